//! Tables for terminals, in which a Chinese character takes two columns.

use unicode_width::UnicodeWidthStr as _;

/// Lines with aligned columns, two spaces apart, the heads first.
pub(super) fn table<const N: usize>(heads: [&str; N], rows: &[[String; N]]) -> String {
    let mut widths = heads.map(|head| head.width());
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let line = |cells: [&str; N]| {
        let padded =
            cells.iter().zip(widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let lines = std::iter::once(line(heads)).chain(rows.iter().map(|row| line(row.each_ref().map(String::as_str))));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_width_not_by_characters() {
        let rows =
            [["a".to_owned(), "元/月".to_owned(), "x".to_owned()], ["险种".to_owned(), "%".to_owned(), String::new()]];
        assert_eq!(table(["id", "单位", "注"], &rows), "id    单位   注\na     元/月  x\n险种  %");
    }
}
