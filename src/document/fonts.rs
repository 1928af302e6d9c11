//! The embedded fonts (`assets/fonts/`, made by `make.py` there) and which of them has a character.
//!
//! A font is parsed when the first file is written with it, so commands that print nothing pay nothing; to measure a
//! usual character takes no parsing at all, and only one that is not usual wakes the font with the rare ones.

use std::sync::OnceLock;

use printpdf::ParsedFont;

use super::sfnt::Metrics;

/// One of the embedded font files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FontFile {
    /// Noto Sans SC Regular: GB 2312, the 8,105 standard characters, Latin, signs.
    Regular,
    /// The same characters in bold.
    Bold,
    /// The other characters of GB 18030 levels 1 and 2, in regular weight only.
    Rare,
}

/// A character's place in a font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glyph {
    pub(super) font: FontFile,
    /// Its number there.
    pub(super) index: u16,
    /// Thousandths of the font size.
    pub(super) advance: i32,
}

impl FontFile {
    /// The name in the PDF. It doubles as the subset tag, for which the format wants exactly six capital letters.
    pub(super) const fn id(self) -> &'static str {
        match self {
            Self::Regular => "GCREGU",
            Self::Bold => "GCBOLD",
            Self::Rare => "GCRARE",
        }
    }

    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../../assets/fonts/NotoSansSC-Regular.ttf"),
            Self::Bold => include_bytes!("../../assets/fonts/NotoSansSC-Bold.ttf"),
            Self::Rare => include_bytes!("../../assets/fonts/NotoSansSC-Rare.otf"),
        }
    }

    /// The parsed font; `None` only if the embedded file were broken, which the tests exclude.
    pub(super) fn parsed(self) -> Option<&'static ParsedFont> {
        static PARSED: [OnceLock<Option<ParsedFont>>; 3] = [const { OnceLock::new() }; 3];
        PARSED[self as usize].get_or_init(|| ParsedFont::from_bytes(self.bytes(), 0, &mut Vec::new())).as_ref()
    }

    fn glyph(self, character: char) -> Option<Glyph> {
        let (index, advance) = if self == Self::Rare {
            // Asked seldom, and its table is of another format: the library may do it.
            let font = self.parsed()?;
            let index = font.lookup_glyph_index(u32::from(character)).filter(|&index| index != 0)?;
            (index, font.get_horizontal_advance(index))
        } else {
            static METRICS: [OnceLock<Option<Metrics>>; 2] = [const { OnceLock::new() }; 2];
            METRICS[self as usize].get_or_init(|| Metrics::read(self.bytes())).as_ref()?.glyph(character)?
        };
        // All three fonts have 1000 units per em, so an advance needs no scaling.
        Some(Glyph { font: self, index, advance: i32::from(advance) })
    }
}

/// The glyph of a character: in the weight asked for, or a rare one in its only weight.
pub(super) fn glyph(character: char, bold: bool) -> Option<Glyph> {
    let usual = if bold { FontFile::Bold } else { FontFile::Regular };
    usual.glyph(character).or_else(|| FontFile::Rare.glyph(character))
}

/// The characters of `text` that none of the fonts has, each once, in order of appearance.
///
/// Line breaks do not count. Meant for checks of input, so that an error can name the row instead of a page showing an
/// empty box.
#[must_use]
pub fn missing_characters(text: &str) -> Vec<char> {
    let mut missing = Vec::new();
    for character in text.chars() {
        if character != '\n' && glyph(character, false).is_none() && !missing.contains(&character) {
            missing.push(character);
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [FontFile; 3] = [FontFile::Regular, FontFile::Bold, FontFile::Rare];

    #[test]
    fn every_font_parses_with_1000_units_per_em() {
        for font in ALL {
            let parsed = font.parsed().unwrap();
            assert_eq!(parsed.pdf_font_metrics.units_per_em, 1000, "{font:?}");
            assert_eq!(font.id().len(), 6);
            assert!(font.id().chars().all(|letter| letter.is_ascii_uppercase()));
        }
    }

    #[test]
    fn measures_agree_with_the_library_that_writes() {
        for font in [FontFile::Regular, FontFile::Bold] {
            let parsed = font.parsed().unwrap();
            for character in (0..=0xFFFF_u32).chain(0x2_0000..0x2_0800).filter_map(char::from_u32) {
                let theirs = parsed.lookup_glyph_index(u32::from(character)).filter(|&index| index != 0);
                let ours = font.glyph(character);
                assert_eq!(ours.map(|glyph| glyph.index), theirs, "{font:?} {character}");
                if let Some(glyph) = ours {
                    assert_eq!(glyph.advance, i32::from(parsed.get_horizontal_advance(glyph.index)), "{character}");
                }
            }
        }
    }

    #[test]
    fn regular_and_bold_have_the_same_characters_and_rare_the_others() {
        for code in 0x20..0x3_0000_u32 {
            let Some(character) = char::from_u32(code) else { continue };
            let [regular, bold, rare] = ALL.map(|font| font.glyph(character).is_some());
            assert_eq!(regular, bold, "{character}");
            assert!(!(regular && rare), "{character} is in two fonts");
        }
    }

    #[test]
    fn names_with_rare_characters_print() {
        assert!(missing_characters("㛃䶮𬱖𫖮𬴊𣸣𠅤镕堃喆").is_empty());
        assert_eq!(glyph('䶮', true).unwrap().font, FontFile::Bold);
        assert_eq!(glyph('㐀', true).unwrap().font, FontFile::Rare);
        assert_eq!(glyph('龦', false).unwrap().font, FontFile::Rare);
    }

    #[test]
    fn what_no_font_has_is_named_once() {
        assert_eq!(missing_characters("样例𰻝甲𰻝😀\n"), ['𰻝', '😀']);
        assert_eq!(missing_characters("\u{0}a\u{E000}"), ['\u{0}', '\u{E000}']);
    }
}
