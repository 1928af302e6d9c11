//! CSV as spreadsheet programs save it: UTF-8 with or without a mark, GBK (GB18030), or UTF-16 ("Unicode text").

use super::{Grid, TableFault, Value};
use crate::exchange::text::{Decoded, decode};

pub(super) fn read(bytes: &[u8]) -> Result<Grid, TableFault> {
    let text = match decode(bytes) {
        Decoded::Text(text) => text,
        Decoded::Binary => return Err(TableFault::NotATable),
        Decoded::Fault { line } => return Err(TableFault::Encoding { line }),
    };
    if text.contains('\0') {
        return Err(TableFault::NotATable);
    }
    if looks_like_web_page(&text) {
        return Err(TableFault::WebPage);
    }

    let mut grid = Grid::default();
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    // A field may run over several lines, which a spreadsheet program shows as one row.
    let mut lines_within_fields = 0;
    for record in reader.records() {
        let record = record.map_err(|error| TableFault::Damaged(error.to_string()))?;
        let line = record.position().map_or(1, |position| position.line() + blank_lines(&text, position));
        let row = u32::try_from(line.saturating_sub(1 + lines_within_fields)).unwrap_or(u32::MAX);
        for (column, field) in (0..).zip(&record) {
            lines_within_fields += field.matches('\n').count() as u64;
            if let Some(value) = Value::typed(field) {
                grid.put(row, column, value);
            }
        }
    }
    Ok(grid)
}

/// The blank lines that the reader skips between a record's position and its first character.
fn blank_lines(text: &str, position: &::csv::Position) -> u64 {
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let ahead = text.as_bytes().get(start..).unwrap_or_default();
    let skipped = ahead.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    skipped.filter(|byte| **byte == b'\n').count() as u64
}

fn looks_like_web_page(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(200).collect::<String>().to_lowercase();
    start.starts_with('<') && ["<html", "<!doctype html", "<table", "<meta"].iter().any(|tag| start.contains(tag))
}

/// A comma, unless the first line has tabs and no comma.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if first.contains('\t') && !first.contains(',') { b'\t' } else { b',' }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{Encoding, GB18030, GBK, UTF_16LE};

    use super::*;

    fn cell(bytes: &[u8], row: u32, column: u32) -> Option<String> {
        read(bytes).unwrap().rows.get(&row)?.get(&column).map(ToString::to_string)
    }

    #[test]
    fn encodings_are_told_apart() {
        let text = "工号,姓名\n1,䶮\n2,张三\n";
        let rare_is_four_bytes = GB18030.encode(text).0;
        let utf_16: Vec<u8> =
            std::iter::once(0xFEFF).chain(text.replace(',', "\t").encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(Encoding::for_bom(&utf_16), Some((UTF_16LE, 2)));
        for bytes in [text.as_bytes(), format!("\u{FEFF}{text}").as_bytes(), &rare_is_four_bytes, &utf_16] {
            assert_eq!(cell(bytes, 0, 0).as_deref(), Some("工号"));
            assert_eq!(cell(bytes, 1, 1).as_deref(), Some("䶮"));
            assert_eq!(cell(bytes, 2, 1).as_deref(), Some("张三"));
        }
    }

    #[test]
    fn undecodable_text_names_its_line() {
        let mut bytes = GBK.encode("工号,姓名\n1,张三\n").0.into_owned();
        bytes.extend([0x32, b',', 0xFF, 0xFF, b'\n']);
        assert!(matches!(read(&bytes), Err(TableFault::Encoding { line: 3 })));
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts_them() {
        let bytes = "\"工\n号\",姓名\n\n1,\"张\r\n三\"\n2,李四\n".as_bytes();
        assert_eq!(cell(bytes, 2, 0).as_deref(), Some("1"));
        assert_eq!(cell(bytes, 3, 1).as_deref(), Some("李四"));
    }

    #[test]
    fn quoted_commas_stay_in_their_cell() {
        assert_eq!(cell("姓名,工资\n张三,\"3,200\"\n".as_bytes(), 1, 1).as_deref(), Some("3,200"));
    }
}
