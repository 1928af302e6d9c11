//! Remarks in the margin: a narrow column on the right, beside what they are about.

use super::{
    blocks::{Setter, rule},
    error::DocumentError,
    layout::Piece,
    line::{self, Edge},
    model::{Block, Document, Text},
    page::{Item, Milli, mm},
    scale::{FIRM, INK, MUTED},
};

/// Between the body and the column.
const GUTTER: Milli = mm(5);
const COLUMN: Milli = mm(46);
/// Between the bar and the words.
const INSET: Milli = 5_000;
/// Margins of a document with remarks, in millimetres: top, right (which holds the column), bottom, left.
const MARGINS: [i32; 4] = [25, 62, 22, 18];

/// A remark on a part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The part; a remark on a part that the document has not stands at its head.
    pub part: String,
    /// What sort of remark it is, in a word or two.
    pub heading: String,
    /// Its words.
    pub text: String,
}

/// Puts remarks beside the first clause of the parts that they are about, and makes room for them.
pub(super) fn annotate(document: &mut Document, remarks: &[Remark]) {
    let blocks = std::mem::take(&mut document.blocks);
    let mut left: Vec<&Remark> = remarks.iter().collect();
    let mut part: Option<String> = None;
    for block in blocks {
        match block {
            Block::Part(name) => part = Some(name),
            Block::Clause { .. } if part.is_some() => {
                let name = part.take();
                let (own, others): (Vec<_>, Vec<_>) = left.iter().partition(|one| Some(&one.part) == name.as_ref());
                left = others;
                document.blocks.push(remarked(&own, block));
            }
            block => document.blocks.push(block),
        }
    }
    let first = document.blocks.iter().position(|block| matches!(block, Block::Paragraph(_) | Block::Heading { .. }));
    if let Some(first) = first.filter(|_| !left.is_empty()) {
        let block = document.blocks.remove(first);
        document.blocks.insert(first, remarked(&left, block));
    }
    if !remarks.is_empty() {
        document.margins = MARGINS;
    }
}

fn remarked(remarks: &[&Remark], block: Block) -> Block {
    if remarks.is_empty() {
        return block;
    }
    let text = |remark: &&Remark| {
        let mut text = Text::plain(format!("{}　", remark.heading)).bold();
        text.0.extend(Text::plain(&remark.text).0);
        text
    };
    Block::Remarked { remarks: remarks.iter().map(text).collect(), block: Box::new(block) }
}

/// Sets remarks beside pieces. A line stands with the piece that it begins beside; what is longer makes the last one
/// higher.
pub(super) fn beside(
    setter: &Setter,
    remarks: &[Text],
    mut pieces: Vec<Piece>,
    width: Milli,
) -> Result<Vec<Piece>, DocumentError> {
    let size = setter.scale.small;
    let x = width + GUTTER;
    let mut rows = Vec::new();
    let mut top = 0;
    for remark in remarks {
        let lines = line::lines(remark, size.size, COLUMN - INSET, 0, Edge::Ragged)?;
        for (index, line) in lines.iter().enumerate() {
            let mut items = vec![rule(x, 0, FIRM * 2, size.leading, MUTED)];
            items.extend(line.items(x + INSET, size.baseline(), INK));
            rows.push((top, items));
            top += size.leading;
            if index + 1 == lines.len() {
                top += size.leading / 2;
            }
        }
    }
    let place = |pieces: &mut [Piece], at: Milli, items: Vec<Item>| {
        let mut piece_top = 0;
        let count = pieces.len();
        for (index, piece) in pieces.iter_mut().enumerate() {
            if index > 0 {
                piece_top += piece.before;
            }
            if at < piece_top + piece.height || index + 1 == count {
                piece.items.extend(items.into_iter().map(|item| item.moved(0, at - piece_top)));
                return;
            }
            piece_top += piece.height;
        }
    };
    for (at, items) in rows {
        place(&mut pieces, at, items);
    }
    let first = pieces.first().map_or(0, |piece| piece.before);
    let used: Milli = pieces.iter().map(|piece| piece.before + piece.height).sum::<Milli>() - first;
    if let Some(last) = pieces.last_mut() {
        last.height += (top - used).max(0);
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::markup;

    fn remark(part: &str) -> Remark {
        Remark { part: part.to_owned(), heading: "违法".to_owned(), text: "理由".repeat(40) }
    }

    fn blocks(remarks: &[Remark]) -> Vec<Block> {
        let source = "# 名\n首部\n\n@part a\n§ 条 | 甲\n§ 条 | 乙\n@part b\n@part c\n§ 条 | 丙";
        let mut document = markup::parse(source).unwrap();
        annotate(&mut document, remarks);
        document.blocks
    }

    #[test]
    fn a_remark_stands_beside_the_first_clause_of_its_part_or_at_the_head() {
        let at = |remarks: &[Remark]| {
            let found = blocks(remarks).iter().map(|block| matches!(block, Block::Remarked { .. })).collect::<Vec<_>>();
            found.iter().enumerate().filter(|(_, found)| **found).map(|(at, _)| at).collect::<Vec<_>>()
        };
        assert_eq!(blocks(&[]).len(), 5, "parts are no blocks");
        assert_eq!(at(&[remark("a")]), [2]);
        assert_eq!(at(&[remark("c"), remark("a")]), [2, 4]);
        assert_eq!(at(&[remark("b")]), [1], "a part that came out empty has no clause");
        assert_eq!(at(&[remark("none")]), [1]);
    }

    #[test]
    fn long_remarks_push_what_follows_down_and_nothing_else() {
        let setter = Setter { scale: crate::document::model::ScaleName::Prose.scale(), page_height: mm(200) };
        let height = |remarks: &[Remark]| -> Milli {
            setter.blocks(&blocks(remarks)[2..3], mm(120)).unwrap().iter().map(|piece| piece.height).sum()
        };
        let plain = height(&[]);
        assert!(height(&[remark("a")]) > plain);
        let short = Remark { text: "短".to_owned(), ..remark("a") };
        assert_eq!(height(&[short]), plain.max(setter.scale.small.leading * 3 / 2));
    }
}
