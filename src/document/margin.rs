//! Remarks in the margin: a narrow column on the right, beside what they are about.

use super::{
    blocks::{Place, Setter, column},
    error::DocumentError,
    layout::{Aside, Piece},
    line::{self, Edge},
    model::{Align, Block, Document, Text},
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

/// Sets remarks beside the first of some pieces.
pub(super) fn beside(
    setter: &Setter,
    remarks: &[Text],
    mut pieces: Vec<Piece>,
    width: Milli,
) -> Result<Vec<Piece>, DocumentError> {
    let size = setter.scale.small;
    let x = width + GUTTER;
    let mut asides = Vec::new();
    for remark in remarks {
        let lines = line::lines(remark, size.size, COLUMN - INSET, 0, Edge::Ragged)?;
        let place = Place { x: x + INSET, width: COLUMN - INSET, align: Align::Left };
        let mut items = Vec::new();
        let height = column(&lines, place, 0, size, INK, &mut items);
        items.push(Item::Fill { x, y: 0, width: FIRM * 2, height, shade: MUTED });
        asides.push(Aside { height: height + size.leading / 2, items });
    }
    if let Some(first) = pieces.first_mut() {
        first.asides = asides;
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
    fn remarks_take_no_room_from_what_they_are_about() {
        let setter = Setter { scale: crate::document::model::ScaleName::Prose.scale(), page_height: mm(200) };
        let set = |remarks: &[Remark]| setter.blocks(&blocks(remarks)[2..3], mm(120)).unwrap();
        let height = |pieces: &[Piece]| pieces.iter().map(|piece| piece.height).sum::<Milli>();
        let (plain, remarked) = (set(&[]), set(&[remark("a"), remark("a")]));
        assert_eq!(height(&plain), height(&remarked));
        assert!(plain[0].asides.is_empty());
        assert_eq!(remarked[0].asides.len(), 2);
    }
}
