//! Just enough of a font file to measure text: which glyph a character has, and how wide it is.
//!
//! Layout asks this of every character, and input checks ask it of every name. The table is searched where it stands,
//! so nothing is parsed ahead, and the library that embeds fonts is woken only when a file is written.

/// Views of the tables of one font.
#[derive(Debug, Clone, Copy)]
pub(super) struct Metrics {
    /// Groups of `cmap` format 12: first character, last character, first glyph, four bytes each, ascending.
    groups: &'static [u8],
    /// `hmtx`: advance and bearing of each glyph, two bytes each; the last advance holds for all glyphs after it.
    advances: &'static [u8],
}

const GROUP: usize = 12;
const METRIC: usize = 4;
/// Windows, full Unicode: the encoding whose subtable has format 12.
const PLATFORM_AND_ENCODING: u32 = 0x0003_000A;

impl Metrics {
    /// Finds the tables; `None` if this is no font, or one without a table for all of Unicode.
    pub(super) fn read(font: &'static [u8]) -> Option<Self> {
        let cmap = table(font, b"cmap")?;
        let subtable = (0..u16_at(cmap, 2)?.into()).find_map(|index: usize| {
            let record = 4 + 8 * index;
            (u32_at(cmap, record)? == PLATFORM_AND_ENCODING).then(|| u32_at(cmap, record + 4)).flatten()
        })?;
        let subtable = cmap.get(usize::try_from(subtable).ok()?..)?;
        if u16_at(subtable, 0)? != 12 {
            return None;
        }
        let groups = subtable.get(16..)?.get(..GROUP * usize::try_from(u32_at(subtable, 12)?).ok()?)?;
        let count: usize = u16_at(table(font, b"hhea")?, 34)?.into();
        let advances = table(font, b"hmtx")?.get(..METRIC * count)?;
        Some(Self { groups, advances })
    }

    /// Glyph and advance (in font units) of a character.
    pub(super) fn glyph(&self, character: char) -> Option<(u16, u16)> {
        let code = u32::from(character);
        let (mut low, mut high) = (0, self.groups.len() / GROUP);
        while low < high {
            let middle = usize::midpoint(low, high);
            let group = middle * GROUP;
            let first = u32_at(self.groups, group)?;
            if code < first {
                high = middle;
            } else if code > u32_at(self.groups, group + 4)? {
                low = middle + 1;
            } else {
                let index = u16::try_from(u32_at(self.groups, group + 8)? + (code - first)).ok()?;
                return Some((index, self.advance(index)?));
            }
        }
        None
    }

    fn advance(&self, index: u16) -> Option<u16> {
        let last = (self.advances.len() / METRIC).checked_sub(1)?;
        u16_at(self.advances, usize::from(index).min(last) * METRIC)
    }
}

fn table(font: &'static [u8], tag: &[u8; 4]) -> Option<&'static [u8]> {
    let count: usize = u16_at(font, 4)?.into();
    let record = (0..count).map(|index| 12 + 16 * index).find(|&at| font.get(at..at + 4) == Some(tag))?;
    let start = usize::try_from(u32_at(font, record + 8)?).ok()?;
    font.get(start..)?.get(..usize::try_from(u32_at(font, record + 12)?).ok()?)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|&chunk| u16::from_be_bytes(chunk))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|&chunk| u32::from_be_bytes(chunk))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_font_has_no_tables() {
        for bytes in [&b""[..], b"\0\x01\0\0", &[0xFF; 64]] {
            assert!(Metrics::read(bytes).is_none());
        }
    }
}
