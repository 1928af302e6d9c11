//! What a whole consists of: one bar of all its parts, and under it a row for each part with a bar of its own.
//!
//! Shares come as whole millionths; what is multiplied here is lengths on paper.

use super::{
    blocks::{Place, Setter, column, rule, stacked},
    error::DocumentError,
    layout::Piece,
    line::{self, Edge, Line},
    model::{Align, Bar, Text},
    page::{Item, Milli, Shade},
    scale::{self, FIRM, HAIRLINE, INK, MUTED, THIN},
};

/// The white between two parts of the bar.
const SEAM: Milli = 600;

/// The bar of all parts, then the rows; they stay on one page, since each explains the other.
pub(super) fn pieces(setter: &Setter, bars: &[Bar], width: Milli) -> Result<Vec<Piece>, DocumentError> {
    let mut pieces = vec![whole(setter, bars, width)];
    let columns = Columns::new(setter, bars, width)?;
    let longest = bars.iter().map(|bar| bar.millionths).max().unwrap_or(0);
    for (bar, shade) in bars.iter().zip(shades()) {
        pieces.push(columns.row(setter, bar, shade, longest)?);
    }
    if let Some((last, before)) = pieces.split_last_mut() {
        before.iter_mut().for_each(|piece| piece.keep = true);
        last.items.push(rule(0, last.height - THIN, width, THIN, INK));
    }
    Ok(pieces)
}

fn shades() -> impl Iterator<Item = Shade> {
    scale::part_colours().map(Shade::rgb)
}

/// Every part side by side, in proportion.
fn whole(setter: &Setter, bars: &[Bar], width: Milli) -> Piece {
    let height = setter.scale.body.leading;
    let sum: i64 = bars.iter().map(|bar| i64::from(bar.millionths.max(0))).sum();
    let mut items = Vec::new();
    let mut passed = 0;
    let mut x = 0;
    for (bar, shade) in bars.iter().zip(shades()) {
        passed += i64::from(bar.millionths.max(0));
        // From sums of shares, so that the last part ends on the margin to the unit.
        let end = part(width, passed, sum);
        if end - x > SEAM {
            let seam = if end == width { 0 } else { SEAM };
            items.push(Item::Fill { x, y: 0, width: end - x - seam, height, shade });
        }
        x = end;
    }
    Piece { height: height + setter.scale.row_padding * 2, before: setter.scale.gap, items, ..Piece::default() }
}

/// `share` of `whole`, as a length.
fn part(length: Milli, share: i64, whole: i64) -> Milli {
    i64::from(length).saturating_mul(share).checked_div(whole).and_then(|part| part.try_into().ok()).unwrap_or(0)
}

/// Where the label, the bar, the figure and the share of a row stand.
struct Columns {
    label: Place,
    bar: Place,
    figure: Place,
    share: Place,
}

impl Columns {
    fn new(setter: &Setter, bars: &[Bar], width: Milli) -> Result<Self, DocumentError> {
        let size = setter.scale.table;
        let gap = size.size;
        let widest = |text: fn(&Bar) -> &Text| {
            let widths = bars.iter().map(|bar| line::single(text(bar), size.size).map(|line| line.width));
            widths.collect::<Result<Vec<_>, _>>().map(|widths| widths.into_iter().max().unwrap_or(0))
        };
        let label_x = size.size + gap / 2;
        // Labels come from people; the bars keep at least a third of the width.
        let label = widest(|bar| &bar.label)?.min(width / 3);
        let (figure, share) = (widest(|bar| &bar.figure)?, widest(|bar| &bar.share)?);
        let share_x = width - share;
        let figure_x = share_x - gap - figure;
        let bar_x = label_x + label + gap;
        let bar = setter.room(figure_x - gap - bar_x, size)?;
        Ok(Self {
            label: Place { x: label_x, width: label, align: Align::Left },
            bar: Place { x: bar_x, width: bar, align: Align::Left },
            figure: Place { x: figure_x, width: figure, align: Align::Right },
            share: Place { x: share_x, width: share, align: Align::Right },
        })
    }

    fn row(&self, setter: &Setter, bar: &Bar, shade: Shade, longest: i32) -> Result<Piece, DocumentError> {
        let (size, padding) = (setter.scale.table, setter.scale.row_padding);
        let set = |text: &Text, place: Place| line::lines(text, size.size, place.width, 0, Edge::Ragged);
        let cells: [(Vec<Line>, Place, Shade); 3] = [
            (set(&bar.label, self.label)?, self.label, INK),
            (set(&bar.figure, self.figure)?, self.figure, INK),
            (set(&bar.share, self.share)?, self.share, MUTED),
        ];
        let mut items = Vec::new();
        let mut height = stacked(size, 1);
        for (lines, place, ink) in cells {
            height = height.max(column(&lines, place, padding, size, ink, &mut items));
        }
        // As high as a character, in the middle of the first line.
        let side = size.size * 8 / 10;
        let top = padding + (size.leading - side) / 2;
        items.push(Item::Fill { x: 0, y: top, width: side, height: side, shade });
        let length = part(self.bar.width, i64::from(bar.millionths.max(0)), i64::from(longest));
        if length > 0 {
            items.push(Item::Fill { x: self.bar.x, y: top, width: length.max(FIRM), height: side, shade });
        }
        let height = height + 2 * padding;
        items.push(rule(self.label.x, height - THIN, self.share.x + self.share.width - self.label.x, THIN, HAIRLINE));
        Ok(Piece { height, items, ..Piece::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{model::ScaleName, page::mm};

    const WIDTH: Milli = mm(170);

    fn set(shares: &[i32]) -> Vec<Piece> {
        let bar = |&millionths: &i32| Bar {
            label: Text::plain("工资"),
            figure: Text::plain("1.00"),
            share: Text::plain("1%"),
            millionths,
        };
        let bars: Vec<Bar> = shares.iter().map(bar).collect();
        pieces(&Setter { scale: ScaleName::Slip.scale(), page_height: mm(200) }, &bars, WIDTH).unwrap()
    }

    /// Left edge and width of the coloured marks.
    fn fills(piece: &Piece) -> Vec<(Milli, Milli)> {
        let fill = |item: &Item| match item {
            Item::Fill { x, width, shade, .. } if shades().take(11).any(|part| part == *shade) => Some((*x, *width)),
            _ => None,
        };
        piece.items.iter().filter_map(fill).collect()
    }

    #[test]
    fn the_parts_fill_the_bar_from_margin_to_margin_in_proportion() {
        let parts = fills(&set(&[500_000, 250_000, 250_000])[0]);
        assert_eq!(parts[0], (0, WIDTH / 2 - SEAM));
        assert_eq!(parts[1].0, WIDTH / 2);
        assert_eq!(parts[2].0 + parts[2].1, WIDTH, "the last ends on the margin");
    }

    #[test]
    fn the_longest_row_fills_its_column_and_a_loss_has_no_bar() {
        let rows = set(&[800_000, 400_000, -50_000]);
        let lengths: Vec<Vec<Milli>> =
            rows[1..].iter().map(|row| fills(row).iter().map(|(_, width)| *width).collect()).collect();
        let swatch = lengths[0][0];
        assert_eq!(lengths[1][1], lengths[0][1] / 2);
        assert_eq!(lengths[2], [swatch], "only the mark that names it");
        assert_eq!(fills(&rows[0]).len(), 2, "nor a part of the whole");
    }

    #[test]
    fn nothing_to_show_is_no_fault() {
        assert!(fills(&set(&[0, 0])[0]).is_empty());
        assert_eq!(set(&[]).len(), 1);
    }

    #[test]
    fn bars_stay_together() {
        assert_eq!(set(&[1, 2]).iter().map(|piece| piece.keep).collect::<Vec<_>>(), [true, true, false]);
    }
}
