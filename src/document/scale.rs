//! The two sets of sizes and spaces, and the greys. All lengths in thousandths of a point.

use super::{
    model::ScaleName,
    page::{Milli, Shade},
};

/// Text.
pub(super) const INK: Shade = Shade::grey(90);
/// Labels and small print.
pub(super) const MUTED: Shade = Shade::grey(430);
/// Lines between rows.
pub(super) const HAIRLINE: Shade = Shade::grey(800);
/// The ground of the figure that matters most.
pub(super) const TINT: Shade = Shade::grey(950);
/// Parts of a whole, in the order in which they come; neighbours differ in lightness too, for print in black.
const PARTS: [u32; 11] = [
    0x001F_3A5F,
    0x004F_7CAC,
    0x00A9_C3D6,
    0x003F_8A84,
    0x00D9_B36C,
    0x00B5_654A,
    0x00E3_D5BD,
    0x007A_6A8E,
    0x00C4_BCD0,
    0x006B_7A5C,
    0x00C7_D3B4,
];

/// The colours of the parts of a whole, in the order in which they come, as web pages write them: `0x1F3A5F`. After the
/// last they begin again.
pub fn part_colours() -> impl Iterator<Item = u32> + Clone {
    PARTS.into_iter().cycle()
}

/// Thickness of the line between rows.
pub(super) const THIN: Milli = 350;
/// Thickness of the line that ends or begins something.
pub(super) const FIRM: Milli = 700;

/// A font size and the distance from line to line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    pub(super) size: Milli,
    pub(super) leading: Milli,
}

/// Everything that differs between prose and slips.
#[derive(Debug)]
pub(super) struct Scale {
    pub(super) title: Size,
    pub(super) headings: [Size; 2],
    pub(super) body: Size,
    pub(super) table: Size,
    pub(super) small: Size,
    pub(super) figure: Size,
    /// Indent of a paragraph's first line, in characters.
    pub(super) indent: i32,
    /// Between blocks.
    pub(super) gap: Milli,
    /// Between paragraphs.
    pub(super) paragraph_gap: Milli,
    /// Over and under the text of a table row.
    pub(super) row_padding: Milli,
    /// Between columns of a table, of fields, of groups side by side.
    pub(super) gutter: Milli,
}

static PROSE: Scale = Scale {
    title: Size { size: 20_000, leading: 34_000 },
    headings: [Size { size: 13_000, leading: 22_000 }, Size { size: 11_000, leading: 19_000 }],
    body: Size { size: 10_500, leading: 18_500 },
    table: Size { size: 9_500, leading: 14_500 },
    small: Size { size: 8_000, leading: 12_500 },
    figure: Size { size: 15_000, leading: 22_000 },
    indent: 2,
    gap: 12_000,
    paragraph_gap: 4_000,
    row_padding: 3_000,
    gutter: 12_000,
};

static SLIP: Scale = Scale {
    title: Size { size: 19_000, leading: 26_000 },
    headings: [Size { size: 9_200, leading: 14_000 }, Size { size: 8_500, leading: 13_000 }],
    body: Size { size: 8_500, leading: 13_500 },
    table: Size { size: 8_200, leading: 11_400 },
    small: Size { size: 6_900, leading: 10_200 },
    figure: Size { size: 16_000, leading: 22_000 },
    indent: 0,
    gap: 11_000,
    paragraph_gap: 2_500,
    row_padding: 1_900,
    gutter: 22_000,
};

impl ScaleName {
    pub(super) const fn scale(self) -> &'static Scale {
        match self {
            Self::Prose => &PROSE,
            Self::Slip => &SLIP,
        }
    }
}

impl Size {
    /// From the top of a line to its baseline: Noto Sans SC's em box reaches 0.88 em over the baseline.
    pub(super) const fn baseline(self) -> Milli {
        (self.leading - self.size) / 2 + self.size * 88 / 100
    }
}
