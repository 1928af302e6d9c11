//! Tables: column widths, rows, and the head that comes again on the next page.

use std::rc::Rc;

use super::{
    blocks::{Place, Setter, column, rule, stacked},
    error::DocumentError,
    layout::Piece,
    line::{self, Edge, Line},
    model::{Row, Table, Text},
    page::{Item, Milli, Shade},
    scale::{FIRM, HAIRLINE, INK, MUTED, Size, THIN},
};

/// One piece for the head and one for each row; several for a row that no page holds.
pub(super) fn pieces(setter: &Setter, table: &Table, width: Milli) -> Result<Vec<Piece>, DocumentError> {
    let set = TableSetter { setter, places: places(setter, table, width)?, width };
    let mut pieces = Vec::new();
    let head = match &table.head {
        Some(cells) => {
            let mut head = set.head(cells)?;
            let repeated = Rc::new(head.clone());
            head.keep = !table.rows.is_empty();
            pieces.push(head);
            Some(repeated)
        }
        None => None,
    };
    for (index, row) in table.rows.iter().enumerate() {
        let last = index + 1 == table.rows.len();
        // A total is not parted from the row over it.
        if row.total
            && let Some(over) = pieces.last_mut()
        {
            over.keep = true;
        }
        for mut piece in set.row(row, last, head.as_ref().map_or(0, |head| head.height))? {
            piece.head.clone_from(&head);
            pieces.push(piece);
        }
    }
    if let Some(first) = pieces.first_mut() {
        first.before = setter.scale.gap / 3;
        if head.is_none() {
            first.items.push(rule(0, 0, width, FIRM, INK));
        }
    }
    Ok(pieces)
}

/// The columns, with a gap between neighbours and none at the table's edges.
fn places(setter: &Setter, table: &Table, width: Milli) -> Result<Vec<Place>, DocumentError> {
    let gap = setter.scale.table.size;
    let count = Milli::try_from(table.columns.len()).unwrap_or(Milli::MAX);
    let shares: i64 = table.columns.iter().map(|column| i64::from(column.share)).sum();
    let room = i64::from(width - gap * (count - 1));
    let mut places = Vec::new();
    let (mut x, mut passed) = (0, 0);
    for column in &table.columns {
        // From share sums, not widths, so that the last column ends on the margin to the unit.
        let start = room * passed / shares;
        passed += i64::from(column.share);
        let width = Milli::try_from(room * passed / shares - start).unwrap_or(0);
        places.push(Place { x, width: setter.room(width, setter.scale.table)?, align: column.align });
        x += width + gap;
    }
    Ok(places)
}

struct TableSetter<'a> {
    setter: &'a Setter,
    places: Vec<Place>,
    width: Milli,
}

impl TableSetter<'_> {
    fn head(&self, cells: &[Text]) -> Result<Piece, DocumentError> {
        let size = self.setter.scale.table;
        let cells = self.cells(cells, size)?;
        let mut piece = self.slice(&cells, 0, usize::MAX, size, MUTED);
        piece.items.push(rule(0, 0, self.width, FIRM, INK));
        piece.items.push(rule(0, piece.height - THIN, self.width, THIN, INK));
        Ok(piece)
    }

    fn row(&self, row: &Row, last: bool, head: Milli) -> Result<Vec<Piece>, DocumentError> {
        let scale = self.setter.scale;
        let size = scale.table;
        let bold: Vec<Text>;
        let texts = if row.total {
            bold = row.cells.iter().map(Text::bold).collect();
            &bold
        } else {
            &row.cells
        };
        let cells = self.cells(texts, size)?;
        let lines = cells.iter().map(Vec::len).max().unwrap_or(0);
        let padding = 2 * scale.row_padding;
        let held = usize::try_from((self.setter.page_height - head - padding) / size.leading).unwrap_or(0).max(1);
        let mut pieces = Vec::new();
        let mut from = 0;
        loop {
            let to = lines.min(from + held);
            let mut piece = self.slice(&cells, from, to, size, INK);
            if row.total && from == 0 {
                piece.items.push(rule(0, -THIN, self.width, THIN, INK));
            }
            let ends = to >= lines;
            let shade = if ends && last { INK } else { HAIRLINE };
            piece.items.push(rule(0, piece.height - THIN, self.width, THIN, shade));
            pieces.push(piece);
            if ends {
                return Ok(pieces);
            }
            from = to;
        }
    }

    fn cells(&self, cells: &[Text], size: Size) -> Result<Vec<Vec<Line>>, DocumentError> {
        let set = |(place, cell): (&Place, &Text)| line::lines(cell, size.size, place.width, 0, Edge::Ragged);
        self.places.iter().zip(cells).map(set).collect()
    }

    /// Lines `from..to` of every cell.
    fn slice(&self, cells: &[Vec<Line>], from: usize, to: usize, size: Size, shade: Shade) -> Piece {
        let padding = self.setter.scale.row_padding;
        let mut items: Vec<Item> = Vec::new();
        let mut height = stacked(size, 1);
        for (place, lines) in self.places.iter().zip(cells) {
            let lines = lines.get(from..to.min(lines.len())).unwrap_or_default();
            height = height.max(column(lines, *place, padding, size, shade, &mut items));
        }
        Piece { height: height + 2 * padding, items, ..Piece::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{
        model::{Align, Column, ScaleName},
        page::mm,
    };

    const PAGE: Milli = mm(60);

    fn set(rows: &[(&str, bool)]) -> Vec<Piece> {
        let row = |&(text, total): &(&str, bool)| Row { cells: vec![Text::plain(text), Text::plain("1.00")], total };
        let table = Table {
            columns: vec![Column { share: 2, align: Align::Left }, Column { share: 1, align: Align::Right }],
            head: Some(vec![Text::plain("项目"), Text::plain("金额")]),
            rows: rows.iter().map(row).collect(),
        };
        pieces(&Setter { scale: ScaleName::Slip.scale(), page_height: PAGE }, &table, mm(90)).unwrap()
    }

    /// Where the last character of an item ends, or a rule.
    fn right_edge(item: &Item) -> Milli {
        match item {
            Item::Fill { x, width, .. } => x + width,
            Item::Text(run) => run.x,
        }
    }

    #[test]
    fn rules_reach_from_margin_to_margin_and_text_stays_within() {
        for piece in set(&[("基本工资", false), ("合计", true)]) {
            assert!(piece.items.iter().any(|item| right_edge(item) == mm(90)));
            assert!(piece.items.iter().all(|item| right_edge(item) <= mm(90)));
        }
    }

    #[test]
    fn the_head_keeps_to_its_first_row_and_the_row_before_a_total_to_the_total() {
        let kept: Vec<bool> = set(&[("一", false), ("二", false), ("合计", true)]).iter().map(|p| p.keep).collect();
        assert_eq!(kept, [true, false, true, false]);
    }

    #[test]
    fn a_row_is_one_piece_unless_no_page_holds_it() {
        let long = "一行很长的说明。".repeat(20);
        assert_eq!(set(&[(&long, false)]).len(), 2);
        let longer = "一行很长的说明。".repeat(100);
        let pieces = set(&[(&longer, false)]);
        let (head, slices) = pieces.split_first().unwrap();
        assert!(slices.len() > 1);
        let mut characters = 0;
        for slice in slices {
            assert!(head.height + slice.height <= PAGE);
            assert_eq!(slice.head.as_ref().unwrap().height, head.height);
            let runs = slice.items.iter().filter_map(|item| if let Item::Text(run) = item { Some(run) } else { None });
            characters += runs.map(|run| run.characters.len()).sum::<usize>();
        }
        assert_eq!(characters, longer.chars().count() + "1.00".len(), "nothing is lost");
    }
}
