//! Finished pages: text, rules and boxes at fixed places. What a writer needs and nothing more.
//!
//! All lengths are thousandths of a point, counted from the top left corner of the page, so that layout is integer
//! arithmetic and gives the same page everywhere.

use super::fonts::FontFile;

/// A length in thousandths of a point.
pub(super) type Milli = i32;

/// Whole millimetres as [`Milli`] (an inch is 72 points and 25.4 mm).
pub(super) const fn mm(millimetres: i32) -> Milli {
    millimetres * 720_000 / 254
}

/// A colour: red, green and blue in thousandths. Black is nought of each, white a thousand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shade(pub(super) [u16; 3]);

impl Shade {
    /// Grey.
    pub(super) const fn grey(light: u16) -> Self {
        Self([light; 3])
    }

    /// A colour as web pages write it: `0x1F3A5F`.
    pub(super) const fn rgb(hex: u32) -> Self {
        const fn part(hex: u32, shift: u32) -> u16 {
            ((hex >> shift & 0xFF) * 1000 / 255) as u16
        }
        Self([part(hex, 16), part(hex, 8), part(hex, 0)])
    }
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Page {
    /// Width of the sheet.
    pub(super) width: Milli,
    /// Height of the sheet.
    pub(super) height: Milli,
    /// What stands on it, in painting order.
    pub(super) items: Vec<Item>,
}

/// A mark on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// A run of characters.
    Text(Run),
    /// A filled rectangle; a rule is a thin one.
    Fill {
        /// Left edge.
        x: Milli,
        /// Upper edge.
        y: Milli,
        /// Width.
        width: Milli,
        /// Height.
        height: Milli,
        /// Colour.
        shade: Shade,
    },
}

/// Characters of one font and size on one baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// Where the first character starts.
    pub(super) x: Milli,
    /// The baseline.
    pub(super) y: Milli,
    /// Font size.
    pub(super) size: Milli,
    /// The font all of its characters come from.
    pub(super) font: FontFile,
    /// Colour.
    pub(super) shade: Shade,
    /// Its characters in order.
    pub(super) characters: Vec<Placed>,
}

/// A character of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    /// What a reader of the file finds.
    pub(super) character: char,
    /// What the page shows: the number of its glyph in the run's font.
    pub(super) glyph: u16,
    /// Space to add, or if negative to take away, after it.
    pub(super) after: Milli,
}

impl Item {
    /// The same mark moved to the right and down.
    pub(super) fn moved(mut self, right: Milli, down: Milli) -> Self {
        let (x, y) = match &mut self {
            Self::Text(run) => (&mut run.x, &mut run.y),
            Self::Fill { x, y, .. } => (x, y),
        };
        *x += right;
        *y += down;
        self
    }
}
