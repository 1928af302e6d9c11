//! From the document model to pages.
//!
//! Blocks become pieces, which do not split; pieces are stacked until a page is full. What must not be parted (a
//! heading and what it heads, the first two and the last two lines of a paragraph) is marked on the piece.

use std::{collections::VecDeque, rc::Rc};

use super::{
    blocks::{self, Place, Setter},
    error::DocumentError,
    line::{self, Edge},
    model::{Align, Document, Furniture, FurniturePart, Text},
    page::{Item, Milli, Page, mm},
    scale::{HAIRLINE, MUTED, Scale, THIN},
};

const SHEET_WIDTH: Milli = mm(210);
const SHEET_HEIGHT: Milli = mm(297);
/// Between the body and the line under the header or over the footer.
const FURNITURE_GAP: Milli = 9_000;

/// What a page takes or leaves as a whole. Its items count from the body's left edge and the piece's own top.
#[derive(Debug, Clone, Default)]
pub(super) struct Piece {
    pub(super) height: Milli,
    /// Space over it, unless it starts a page.
    pub(super) before: Milli,
    /// Must stand on one page with the next piece.
    pub(super) keep: bool,
    /// Starts a page.
    pub(super) new_page: bool,
    pub(super) items: Vec<Item>,
    /// Put in front when the piece starts a page: the head of its table.
    pub(super) head: Option<Rc<Piece>>,
    /// What stands in the margin beside it, or as near to it as there is room.
    pub(super) asides: Vec<Aside>,
}

/// Something in the margin. Its items count from the body's left edge and its own top.
#[derive(Debug, Clone, Default)]
pub(super) struct Aside {
    pub(super) height: Milli,
    pub(super) items: Vec<Item>,
}

/// Lays a document out on A4.
///
/// # Errors
/// Characters that no font has; columns in which nothing fits.
pub(super) fn pages(document: &Document) -> Result<Vec<Page>, DocumentError> {
    let [top, right, bottom, left] = document.margins.map(mm);
    let width = SHEET_WIDTH - left - right;
    let height = SHEET_HEIGHT - top - bottom;
    let scale = document.scale.scale();
    let pieces = Setter { scale, page_height: height }.blocks(&document.blocks, width)?;
    let bodies = paginate(&pieces, height);
    let count = bodies.len();
    let mut pages = Vec::with_capacity(count);
    for (number, body) in (1..).zip(bodies) {
        let mut items: Vec<Item> = body.into_iter().map(|item| item.moved(left, top)).collect();
        let furnishing = Furnishing { scale, left, width, number, count };
        furnishing.set(&document.header, top - FURNITURE_GAP, Side::Over, &mut items)?;
        furnishing.set(&document.footer, SHEET_HEIGHT - bottom + FURNITURE_GAP, Side::Under, &mut items)?;
        pages.push(Page { width: SHEET_WIDTH, height: SHEET_HEIGHT, items });
    }
    Ok(pages)
}

/// Stacks pieces on as many pages as they need, at least one.
fn paginate(pieces: &[Piece], height: Milli) -> Vec<Vec<Item>> {
    let mut pages = vec![Vec::new()];
    let mut margin = Margin { height, used: 0, waiting: VecDeque::new() };
    let mut used = 0;
    let mut kept_until = 0;
    for (index, piece) in pieces.iter().enumerate() {
        // Whether a chain fits is asked once, at its first piece.
        let needed = if index < kept_until {
            piece.height
        } else {
            let (end, chain) = chain(&pieces[index..], height);
            kept_until = index + end;
            chain
        };
        if used > 0 && (piece.new_page || used + piece.before + needed > height) {
            pages.push(margin.next_page());
            used = 0;
        }
        let Some(page) = pages.last_mut() else { break };
        if used > 0 {
            used += piece.before;
        } else if let Some(head) = &piece.head {
            page.extend(head.items.iter().cloned());
            used = head.height;
        }
        page.extend(piece.items.iter().cloned().map(|item| item.moved(0, used)));
        margin.waiting.extend(piece.asides.iter().cloned());
        margin.place(used, page);
        used += piece.height;
    }
    while !margin.waiting.is_empty() {
        pages.push(margin.next_page());
    }
    pages
}

/// The margin of a page while it is filled.
struct Margin {
    height: Milli,
    used: Milli,
    waiting: VecDeque<Aside>,
}

impl Margin {
    /// Places what waits at `top` or under what stands there, moved up where the page ends; the rest waits on.
    fn place(&mut self, top: Milli, page: &mut Vec<Item>) {
        while let Some(aside) = self.waiting.front() {
            let room = self.height - aside.height;
            // What no page holds begins one, and is cut by nobody but the paper.
            if self.used > room.max(0) {
                return;
            }
            let y = top.min(room).max(self.used);
            page.extend(aside.items.iter().cloned().map(|item| item.moved(0, y)));
            self.used = y + aside.height;
            self.waiting.pop_front();
        }
    }

    /// What waited, at the top of a new page.
    fn next_page(&mut self) -> Vec<Item> {
        self.used = 0;
        let mut page = Vec::new();
        self.place(0, &mut page);
        page
    }
}

/// How many pieces must stay with the first, and their height; one alone where they are more than a page.
fn chain(pieces: &[Piece], height: Milli) -> (usize, Milli) {
    let end = pieces.iter().position(|piece| !piece.keep).map_or(pieces.len(), |last| last + 1);
    let chained = &pieces[..end];
    let needed: Milli = chained.iter().map(|piece| piece.before + piece.height).sum::<Milli>() - pieces[0].before;
    if needed <= height { (end, needed) } else { (1, pieces[0].height) }
}

/// On which side of its rule the text of page furniture stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Over,
    Under,
}

/// Where page furniture stands, and which page it is.
struct Furnishing<'a> {
    scale: &'a Scale,
    left: Milli,
    width: Milli,
    number: usize,
    count: usize,
}

impl Furnishing<'_> {
    fn set(&self, furniture: &Furniture, rule: Milli, side: Side, items: &mut Vec<Item>) -> Result<(), DocumentError> {
        if *furniture == Furniture::default() {
            return Ok(());
        }
        items.push(blocks::rule(self.left, rule, self.width, THIN, HAIRLINE));
        let size = self.scale.small;
        let right = line::single(&self.text(&furniture.right), size.size)?;
        // The left side may hold a firm's long name, so it is what gives way.
        let room = (self.width - right.width - 2 * size.size).max(self.width / 4);
        let left = line::lines(&self.text(&furniture.left), size.size, room, 0, Edge::Ragged)?;
        let top = match side {
            Side::Over => rule - FURNITURE_GAP / 3 - blocks::stacked(size, left.len()),
            Side::Under => rule + FURNITURE_GAP / 3,
        };
        let place = Place { x: self.left, width: room, align: Align::Left };
        blocks::column(&left, place, top, size, MUTED, items);
        items.extend(right.items(self.left + self.width - right.width, top + size.baseline(), MUTED));
        Ok(())
    }

    fn text(&self, parts: &[FurniturePart]) -> Text {
        Text::plain(
            parts
                .iter()
                .map(|part| match part {
                    FurniturePart::Text(text) => text.clone(),
                    FurniturePart::Page => self.number.to_string(),
                    FurniturePart::Pages => self.count.to_string(),
                })
                .collect::<String>(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::scale::INK;

    /// A piece of this height with a mark to find it by.
    fn piece(height: Milli) -> Piece {
        Piece { height, items: vec![mark(height)], ..Piece::default() }
    }

    fn mark(width: Milli) -> Item {
        Item::Fill { x: 0, y: 0, width, height: 0, shade: INK }
    }

    /// Width and place of every mark, page by page.
    fn marks(pages: &[Vec<Item>]) -> Vec<Vec<(Milli, Milli)>> {
        let place = |item: &Item| match item {
            Item::Fill { width, y, .. } => (*width, *y),
            Item::Text(_) => panic!("a mark is a box"),
        };
        pages.iter().map(|page| page.iter().map(place).collect()).collect()
    }

    #[test]
    fn pages_fill_to_the_last_unit_and_not_over() {
        assert_eq!(marks(&paginate(&[piece(60), piece(40)], 100)), [[(60, 0), (40, 60)]]);
        assert_eq!(marks(&paginate(&[piece(60), piece(41)], 100)), [[(60, 0)], [(41, 0)]]);
        assert_eq!(marks(&paginate(&[], 100)), [[]]);
    }

    #[test]
    fn space_over_a_piece_vanishes_at_the_top_of_a_page() {
        let spaced = |height| Piece { before: 10, ..piece(height) };
        assert_eq!(marks(&paginate(&[spaced(50), spaced(40)], 100)), [[(50, 0), (40, 60)]]);
        assert_eq!(marks(&paginate(&[spaced(50), spaced(41)], 100)), [[(50, 0)], [(41, 0)]]);
    }

    #[test]
    fn a_heading_goes_with_what_it_heads() {
        let heading = || Piece { keep: true, ..piece(20) };
        let pages = paginate(&[piece(50), heading(), piece(31)], 100);
        assert_eq!(marks(&pages), [vec![(50, 0)], vec![(20, 0), (31, 20)]]);
        let pages = paginate(&[piece(50), heading(), piece(30)], 100);
        assert_eq!(marks(&pages), [[(50, 0), (20, 50), (30, 70)]]);
    }

    #[test]
    fn a_chain_longer_than_a_page_is_cut() {
        let kept = |height| Piece { keep: true, ..piece(height) };
        let pages = paginate(&[piece(10), kept(60), kept(50), piece(30)], 100);
        assert_eq!(marks(&pages), [vec![(10, 0), (60, 10)], vec![(50, 0), (30, 50)]]);
    }

    #[test]
    fn a_table_goes_on_under_its_head() {
        let head = Rc::new(piece(15));
        let row = |height| Piece { head: Some(Rc::clone(&head)), ..piece(height) };
        let pages = paginate(&[Piece { keep: true, ..piece(15) }, row(40), row(40), row(41)], 100);
        assert_eq!(marks(&pages), [vec![(15, 0), (40, 15), (40, 55)], vec![(15, 0), (41, 15)]]);
    }

    #[test]
    fn what_stands_in_the_margin_is_near_and_never_over_the_edge() {
        let aside = |height| Aside { height, items: vec![mark(height)] };
        let beside = |height, asides: &[Milli]| Piece {
            asides: asides.iter().map(|height| aside(*height)).collect(),
            ..piece(height)
        };
        // Under each other, and moved up at the foot of the page.
        let pages = paginate(&[beside(10, &[30]), beside(10, &[20]), piece(40), beside(20, &[45])], 100);
        assert_eq!(marks(&pages), [[(10, 0), (30, 0), (10, 10), (20, 30), (40, 20), (20, 60), (45, 55)]]);
        // What finds no room waits for the next page, which is made for it if need be.
        let pages = paginate(&[beside(10, &[60, 60])], 100);
        assert_eq!(marks(&pages), [vec![(10, 0), (60, 0)], vec![(60, 0)]]);
    }

    #[test]
    fn a_page_may_be_asked_for() {
        let pages = paginate(&[piece(10), Piece { new_page: true, ..piece(20) }], 100);
        assert_eq!(marks(&pages), [[(10, 0)], [(20, 0)]]);
    }
}
