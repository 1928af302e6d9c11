//! From blocks to pieces: how each kind of block is set.

use super::{
    chart,
    error::DocumentError,
    layout::Piece,
    line::{self, Edge, Line},
    margin,
    model::{Align, Block, Text},
    page::{Item, Milli, Shade},
    scale::{FIRM, HAIRLINE, INK, MUTED, Scale, Size, THIN, TINT},
    table,
};

/// Sets blocks in one scale.
pub(super) struct Setter {
    pub(super) scale: &'static Scale,
    /// How much a page holds.
    pub(super) page_height: Milli,
}

/// A column to set text in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) x: Milli,
    pub(super) width: Milli,
    pub(super) align: Align,
}

impl Setter {
    /// The pieces of these blocks, `width` wide.
    pub(super) fn blocks(&self, blocks: &[Block], width: Milli) -> Result<Vec<Piece>, DocumentError> {
        let mut pieces: Vec<Piece> = Vec::new();
        let (mut new_page, mut follows_figures) = (false, false);
        for block in blocks {
            if *block == Block::NewPage {
                new_page = true;
                continue;
            }
            let mut set = self.block(block, width)?;
            if let Some(first) = set.first_mut() {
                first.new_page = std::mem::take(&mut new_page);
                // Text after a table, a box or fields keeps as much distance as they keep from it.
                if follows_figures {
                    first.before = first.before.max(self.scale.gap);
                }
            }
            follows_figures = matches!(
                block,
                Block::Fields { .. } | Block::Table(_) | Block::Bars(_) | Block::Beside(_) | Block::Amount { .. }
            );
            pieces.append(&mut set);
        }
        Ok(pieces)
    }

    fn block(&self, block: &Block, width: Milli) -> Result<Vec<Piece>, DocumentError> {
        let scale = self.scale;
        match block {
            Block::Title { title, opposite } => self.title(title, opposite, width),
            Block::Heading { level, text } => self.heading(*level, text, width),
            Block::Paragraph(text) => {
                let indent = scale.indent * scale.body.size;
                let lines = line::lines(text, scale.body.size, width, indent, Edge::Even)?;
                Ok(prose(&lines, scale.body, INK, indent, 0, scale.paragraph_gap))
            }
            Block::Clause { level, label, text } => self.clause(i32::from(*level), label, text, width),
            Block::Note(text) => {
                let lines = line::lines(text, scale.small.size, width, 0, Edge::Even)?;
                Ok(prose(&lines, scale.small, MUTED, 0, 0, scale.paragraph_gap))
            }
            Block::Fields { columns, pairs } => self.fields(*columns, pairs, width),
            Block::Table(table) => table::pieces(self, table, width),
            Block::Bars(bars) => chart::pieces(self, bars, width),
            Block::Beside(groups) => self.beside(groups, width),
            Block::Amount { label, figure, words } => self.amount(label, figure, words, width),
            Block::Signatures(rows) => self.signatures(rows, width),
            Block::Rule => Ok(vec![Piece {
                height: THIN,
                before: scale.gap,
                items: vec![rule(0, 0, width, THIN, HAIRLINE)],
                ..Piece::default()
            }]),
            Block::Remarked { remarks, block } => margin::beside(self, remarks, self.block(block, width)?, width),
            Block::NewPage | Block::Part(_) => Ok(Vec::new()),
        }
    }

    fn title(&self, title: &Text, opposite: &[Text], width: Milli) -> Result<Vec<Piece>, DocumentError> {
        let (size, side) = (self.scale.title, self.scale.body);
        let measure = if opposite.is_empty() { width } else { width / 2 };
        let title = line::lines(&title.bold(), size.size, measure, 0, Edge::Ragged)?;
        let mut items = Vec::new();
        if opposite.is_empty() {
            let place = Place { x: 0, width, align: Align::Centre };
            let height = column(&title, place, 0, size, INK, &mut items);
            return Ok(vec![Piece { height, before: self.scale.gap, keep: true, items, ..Piece::default() }]);
        }
        let left = Place { x: 0, width, align: Align::Left };
        let right = Place { align: Align::Right, ..left };
        let title_height = column(&title, left, 0, size, INK, &mut items);
        let mut lines = Vec::new();
        for text in opposite {
            lines.extend(line::lines(text, side.size, width - measure - size.size, 0, Edge::Ragged)?);
        }
        // The last line opposite stands on the title's baseline.
        let side_height = stacked(side, lines.len());
        let height = title_height.max(side_height);
        let lift = size.leading - size.baseline() - (side.leading - side.baseline());
        column(&lines, right, height - side_height - lift, side, INK, &mut items);
        let foot = height + self.scale.row_padding;
        items.push(rule(0, foot, width, FIRM + THIN, INK));
        Ok(vec![Piece { height: foot + FIRM + THIN, keep: true, items, ..Piece::default() }])
    }

    fn heading(&self, level: u8, text: &Text, width: Milli) -> Result<Vec<Piece>, DocumentError> {
        let size = self.scale.headings[usize::from(level > 1)];
        let lines = line::lines(&text.bold(), size.size, width, 0, Edge::Ragged)?;
        let mut items = Vec::new();
        let place = Place { x: 0, width, align: Align::Left };
        let height = column(&lines, place, 0, size, INK, &mut items);
        Ok(vec![Piece { height, before: self.scale.gap, keep: true, items, ..Piece::default() }])
    }

    fn clause(&self, level: i32, label: &Text, text: &Text, width: Milli) -> Result<Vec<Piece>, DocumentError> {
        let size = self.scale.body;
        if level == 0 {
            let label = line::single(&label.bold(), size.size)?;
            let indent = label.width + size.size;
            let lines = line::lines(text, size.size, width, indent, Edge::Even)?;
            let mut pieces = prose(&lines, size, INK, indent, 0, self.scale.paragraph_gap);
            if let Some(first) = pieces.first_mut() {
                first.items.splice(0..0, label.items(0, size.baseline(), INK));
            }
            return Ok(pieces);
        }
        let left = (level - 1) * 2 * size.size;
        let label = line::single(&if level == 1 { label.bold() } else { label.clone() }, size.size)?;
        // Room for "1.12" or "（一）", or else for "第十二条"; a longer label pushes its first line on.
        let hang = left + if label.width <= 3 * size.size { 3 * size.size } else { 5 * size.size };
        let indent = (left + label.width - hang).max(0) + if left + label.width > hang { size.size / 2 } else { 0 };
        let lines = line::lines(text, size.size, self.room(width - hang, size)?, indent, Edge::Even)?;
        let mut pieces = prose(&lines, size, INK, indent, hang, self.scale.paragraph_gap);
        if let Some(first) = pieces.first_mut() {
            // Before the text, for whoever reads the file without seeing the page.
            first.items.splice(0..0, label.items(left, size.baseline(), INK));
        }
        Ok(pieces)
    }

    fn fields(&self, columns: usize, pairs: &[(Text, Text)], width: Milli) -> Result<Vec<Piece>, DocumentError> {
        let (size, gutter) = (self.scale.body, self.scale.gutter);
        let count = Milli::try_from(columns).unwrap_or(1).max(1);
        let each = (width - gutter * (count - 1)) / count;
        // A label takes no more than half of its column: values come from people and need room.
        let label_room = self.room(each / 2 - size.size, size)?;
        let labels: Vec<Vec<Line>> = pairs
            .iter()
            .map(|(label, _)| line::lines(label, size.size, label_room, 0, Edge::Ragged))
            .collect::<Result<_, _>>()?;
        let mut pieces = Vec::new();
        for (row, pairs) in pairs.chunks(columns).enumerate() {
            let mut piece = Piece { before: if row == 0 { self.scale.gap } else { 0 }, ..Piece::default() };
            let mut x = 0;
            for (column_index, (_, value)) in pairs.iter().enumerate() {
                // Labels of one column share its widest one's width, so that values stand under each other.
                let under = labels.iter().skip(column_index).step_by(columns).flatten();
                let indent = under.map(|line| line.width).max().unwrap_or(0) + size.size;
                let place = Place { x: x + indent, width: self.room(each - indent, size)?, align: Align::Left };
                let lines = line::lines(value, size.size, place.width, 0, Edge::Ragged)?;
                if let Some(label) = labels.get(row * columns + column_index) {
                    let place = Place { x, width: label_room, align: Align::Left };
                    piece.height = piece.height.max(column(label, place, 0, size, MUTED, &mut piece.items));
                }
                piece.height = piece.height.max(column(&lines, place, 0, size, INK, &mut piece.items));
                x += each + gutter;
            }
            pieces.push(piece);
        }
        Ok(pieces)
    }

    fn beside(&self, groups: &[Vec<Block>], width: Milli) -> Result<Vec<Piece>, DocumentError> {
        let Some(count) = Milli::try_from(groups.len()).ok().filter(|&count| count > 0) else { return Ok(Vec::new()) };
        let gutter = self.scale.gutter;
        let each = (width - gutter * (count - 1)) / count;
        let mut whole = Piece::default();
        let mut x = 0;
        for group in groups {
            let mut y = 0;
            for (index, piece) in self.blocks(group, each)?.into_iter().enumerate() {
                if index == 0 {
                    whole.before = whole.before.max(piece.before);
                } else {
                    y += piece.before;
                }
                whole.items.extend(piece.items.into_iter().map(|item| item.moved(x, y)));
                y += piece.height;
            }
            whole.height = whole.height.max(y);
            x += each + gutter;
        }
        if whole.height <= self.page_height {
            return Ok(vec![whole]);
        }
        // Columns that no page holds follow each other instead.
        let mut pieces = Vec::new();
        for group in groups {
            pieces.append(&mut self.blocks(group, width)?);
        }
        Ok(pieces)
    }

    fn amount(&self, label: &Text, figure: &Text, words: &Text, width: Milli) -> Result<Vec<Piece>, DocumentError> {
        let (big, size) = (self.scale.figure, self.scale.body);
        let padding = self.scale.row_padding * 3;
        let label = line::single(&label.bold(), size.size)?;
        let figure = line::single(&figure.bold(), big.size)?;
        let figure_x = padding + label.width + size.size * 3 / 2;
        let words_x = figure_x + figure.width + size.size * 2;
        let place = Place { x: words_x, width: self.room(width - padding - words_x, size)?, align: Align::Right };
        let words = line::lines(words, size.size, place.width, 0, Edge::Ragged)?;
        let words_height = stacked(size, words.len());
        let height = big.leading.max(words_height) + padding;
        let baseline = (height - big.leading) / 2 + big.baseline();
        let mut items = vec![
            Item::Fill { x: 0, y: 0, width, height, shade: TINT },
            rule(0, 0, width, FIRM, INK),
            rule(0, height - THIN, width, THIN, INK),
        ];
        items.extend(label.items(padding, baseline, INK));
        items.extend(figure.items(figure_x, baseline, INK));
        // One line of words shares the figure's baseline; more stand in the middle.
        let words_top = if words.len() == 1 { baseline - size.baseline() } else { (height - words_height) / 2 };
        column(&words, place, words_top, size, INK, &mut items);
        Ok(vec![Piece { height, before: self.scale.gap, items, ..Piece::default() }])
    }

    fn signatures(&self, rows: &[Vec<Text>], width: Milli) -> Result<Vec<Piece>, DocumentError> {
        let (size, gutter) = (self.scale.body, self.scale.gutter);
        let mut pieces = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let count = Milli::try_from(row.len()).unwrap_or(1).max(1);
            let each = (width - gutter * (count - 1)) / count;
            let height = size.leading * 2;
            let baseline = height - size.leading + size.baseline();
            let mut piece = Piece { height, keep: index + 1 < rows.len(), ..Piece::default() };
            let mut x = 0;
            for label in row {
                let label = line::single(label, size.size)?;
                let start = label.width + size.size / 2;
                piece.items.extend(label.items(x, baseline, INK));
                let foot = baseline + size.size / 4;
                piece.items.push(rule(x + start, foot, self.room(each - start, size)?, THIN, MUTED));
                x += each + gutter;
            }
            pieces.push(piece);
        }
        Ok(pieces)
    }

    /// A width that holds at least two characters, or an error that says so.
    pub(super) fn room(&self, width: Milli, size: Size) -> Result<Milli, DocumentError> {
        if width >= 2 * size.size {
            Ok(width)
        } else {
            Err(DocumentError::Layout(format!("某栏只剩 {} 磅宽，放不下两个字", width / 1000)))
        }
    }
}

/// A horizontal line.
pub(super) const fn rule(x: Milli, y: Milli, width: Milli, thickness: Milli, shade: Shade) -> Item {
    Item::Fill { x, y, width, height: thickness, shade }
}

/// The height of so many lines.
pub(super) fn stacked(size: Size, lines: usize) -> Milli {
    size.leading * Milli::try_from(lines).unwrap_or(Milli::MAX / size.leading)
}

/// Lines under each other from `top` down; returns their height.
pub(super) fn column(
    lines: &[Line],
    place: Place,
    top: Milli,
    size: Size,
    shade: Shade,
    items: &mut Vec<Item>,
) -> Milli {
    let mut y = top;
    for line in lines {
        let spare = place.width - line.width;
        let x = place.x
            + match place.align {
                Align::Left => 0,
                Align::Centre => spare / 2,
                Align::Right => spare,
            };
        items.extend(line.items(x, y + size.baseline(), shade));
        y += size.leading;
    }
    y - top
}

/// Lines as pieces that a page may part, though not after the first nor before the last.
fn prose(lines: &[Line], size: Size, shade: Shade, indent: Milli, left: Milli, gap: Milli) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let x = if index == 0 { left + indent } else { left };
        pieces.push(Piece {
            height: size.leading,
            before: if index == 0 { gap } else { 0 },
            keep: index + 1 < lines.len() && (index == 0 || index + 2 == lines.len()),
            items: line.items(x, size.baseline(), shade),
            ..Piece::default()
        });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{
        model::ScaleName,
        page::{Run, mm},
    };

    fn set(block: Block) -> Vec<Piece> {
        Setter { scale: ScaleName::Prose.scale(), page_height: mm(200) }.blocks(&[block], mm(100)).unwrap()
    }

    fn runs(pieces: &[Piece]) -> Vec<&Run> {
        let items = pieces.iter().flat_map(|piece| &piece.items);
        items.filter_map(|item| if let Item::Text(run) = item { Some(run) } else { None }).collect()
    }

    fn words(count: usize) -> Text {
        Text::plain("甲".repeat(count))
    }

    #[test]
    fn the_first_two_and_the_last_two_lines_of_a_paragraph_stay_together() {
        let kept = |text| set(Block::Paragraph(text)).iter().map(|piece| piece.keep).collect::<Vec<_>>();
        assert_eq!(kept(words(20)), [false]);
        assert_eq!(kept(words(40)), [true, false]);
        assert_eq!(kept(words(70)), [true, true, false]);
        assert_eq!(kept(words(120)), [true, false, false, true, false]);
    }

    #[test]
    fn prose_is_indented_by_two_characters_and_clauses_hang() {
        let paragraph = set(Block::Paragraph(words(60)));
        let starts: Vec<Milli> = runs(&paragraph).iter().map(|run| run.x).collect();
        assert_eq!(starts, [21_000, 0, 0]);
        let clause = set(Block::Clause { level: 1, label: Text::plain("1.1"), text: words(40) });
        let starts: Vec<Milli> = runs(&clause).iter().map(|run| run.x).collect();
        assert_eq!(starts, [0, 31_500, 31_500]);
        let long = set(Block::Clause { level: 1, label: Text::plain("第一百二十三条"), text: words(40) });
        let starts: Vec<Milli> = runs(&long).iter().map(|run| run.x).collect();
        assert_eq!(starts, [0, 7 * 10_500 + 5_250, 52_500]);
    }

    #[test]
    fn a_heading_stays_with_what_follows() {
        assert!(set(Block::Heading { level: 1, text: words(2) }).iter().all(|piece| piece.keep));
    }

    #[test]
    fn a_label_from_the_data_may_be_long() {
        let pairs = vec![(words(30), words(30)), (Text::plain("工号"), Text::plain("1"))];
        let pieces = set(Block::Fields { columns: 2, pairs });
        assert_eq!(pieces.len(), 1);
        assert!(runs(&pieces).iter().all(|run| run.x < mm(100)));
    }

    #[test]
    fn groups_that_no_page_holds_follow_each_other() {
        let group = |count| vec![Block::Paragraph(words(count))];
        assert_eq!(set(Block::Beside(vec![group(20), group(20)])).len(), 1);
        assert!(set(Block::Beside(vec![group(2000), group(20)])).len() > 50);
    }

    #[test]
    fn a_column_too_narrow_for_two_characters_is_an_error() {
        let setter = Setter { scale: ScaleName::Prose.scale(), page_height: mm(200) };
        let fields = Block::Fields { columns: 6, pairs: vec![(words(1), words(1))] };
        assert!(matches!(setter.blocks(&[fields], mm(60)), Err(DocumentError::Layout(_))));
    }
}
