//! From text to lines: where a line may end, and how its space is shared out.
//!
//! Chinese may break between any two characters, save that stops and closing brackets do not begin a line and opening
//! ones do not end it (避头尾, GB/T 15834 §5), and that Latin words and numbers stay whole. Punctuation is full-width
//! with its ink on one side, so that two in a row, or one at the end of a line, give up the empty half.

use super::{
    error::DocumentError,
    fonts::{self, FontFile},
    model::Text,
    page::{Item, Milli, Placed, Run, Shade},
};

/// May not begin a line.
const NOT_FIRST: &str = "，。、；：！？）〕】》〉」』〗’”…·～／％‰℃％,.;:!?)]}%°々）］｝〃•";
/// May not end a line.
const NOT_LAST: &str = "（〔【《〈「『〖‘“([{¥￥$＄£€№§（［｛＃#";
/// Twins that stand for one sign.
const UNDIVIDED: &str = "—…";
/// Full-width signs whose right half is empty.
const EMPTY_RIGHT: &str = "，。、；：）〕】》〉」』〗’”］｝";
/// Full-width signs whose left half is empty.
const EMPTY_LEFT: &str = "（〔【《〈「『〖‘“［｛";

/// A character ready to be set.
#[derive(Debug, Clone, Copy)]
struct Set {
    character: char,
    font: FontFile,
    glyph: u16,
    size: Milli,
    /// How far it stands over the baseline.
    rise: Milli,
    advance: Milli,
    /// Space added after it if the line goes on.
    after: Milli,
}

/// A line of text with its place for every character.
#[derive(Debug, Clone)]
pub(super) struct Line {
    characters: Vec<Set>,
    /// From the first character's start to the last one's end.
    pub(super) width: Milli,
    /// Whether the text goes on in the next line (and this one may be stretched to the measure).
    goes_on: bool,
}

/// Whether the lines' right edge is even.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Ragged,
    Even,
}

/// Breaks `text` into lines no wider than `measure`, the first one shorter by `indent`.
///
/// # Errors
/// Characters that no font has, all of them.
pub(super) fn lines(
    text: &Text,
    size: Milli,
    measure: Milli,
    indent: Milli,
    edge: Edge,
) -> Result<Vec<Line>, DocumentError> {
    let mut lines = Vec::new();
    for paragraph in prepared(text, size)? {
        let mut rest = paragraph.as_slice();
        loop {
            let room = if lines.is_empty() { measure - indent } else { measure };
            let end = first_line_end(rest, room);
            let (here, later) = rest.split_at(end);
            let mut line = Line::new(here, !later.is_empty());
            if edge == Edge::Even {
                line.stretch_to(room, size);
            }
            lines.push(line);
            rest = without_leading_space(later);
            if rest.is_empty() {
                break;
            }
        }
    }
    Ok(lines)
}

/// A single line, however wide.
pub(super) fn single(text: &Text, size: Milli) -> Result<Line, DocumentError> {
    let all: Vec<Set> = prepared(text, size)?.into_iter().flatten().collect();
    Ok(Line::new(&all, false))
}

/// One list of characters for each forced line.
fn prepared(text: &Text, size: Milli) -> Result<Vec<Vec<Set>>, DocumentError> {
    let mut missing: Vec<char> = Vec::new();
    let mut paragraphs = vec![Vec::new()];
    for span in &text.0 {
        for character in span.text.chars() {
            if character == '\n' {
                paragraphs.push(Vec::new());
                continue;
            }
            match fonts::glyph(character, span.bold) {
                Some(glyph) => {
                    let (size, rise) = if span.raised { (size * 7 / 10, size * 3 / 10) } else { (size, 0) };
                    let advance = glyph.advance * size / 1000;
                    if let Some(paragraph) = paragraphs.last_mut() {
                        paragraph.push(Set {
                            character,
                            font: glyph.font,
                            glyph: glyph.index,
                            size,
                            rise,
                            advance,
                            after: 0,
                        });
                    }
                }
                None if missing.contains(&character) => {}
                None => missing.push(character),
            }
        }
    }
    if !missing.is_empty() {
        return Err(DocumentError::MissingCharacters(missing));
    }
    for paragraph in &mut paragraphs {
        for index in 1..paragraph.len() {
            paragraph[index - 1].after = between(paragraph[index - 1].character, paragraph[index].character, size);
        }
    }
    Ok(paragraphs)
}

/// The space between two neighbours: less between two signs, a little more between Chinese and Latin.
fn between(left: char, right: char, size: Milli) -> Milli {
    let squeezed = (is(EMPTY_RIGHT, left) && (is(EMPTY_RIGHT, right) || is(EMPTY_LEFT, right)))
        || (is(EMPTY_LEFT, left) && is(EMPTY_LEFT, right));
    if squeezed {
        -size / 2
    } else if left == '—' && right == '—' {
        // The ink of the font's dash leaves 93 thousandths free: with them gone, the two are one stroke.
        -size * 93 / 1000
    } else if (is_ideograph(left) && is_letter_or_digit(right)) || (is_letter_or_digit(left) && is_ideograph(right)) {
        // A twelfth of an em: seen, yet too little for a reader of the file to take for a space.
        size / 12
    } else {
        0
    }
}

fn is(list: &str, character: char) -> bool {
    list.contains(character)
}

const fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

const fn is_letter_or_digit(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '\u{C0}'..='\u{24F}')
}

/// Part of a Latin word, a number, a date, a code.
const fn is_western(character: char) -> bool {
    matches!(character, '!'..='~' | '\u{A1}'..='\u{24F}')
}

/// Whether a line may end between these two.
fn may_break(left: char, right: char) -> bool {
    let barred = right == ' ' || is(NOT_FIRST, right) || is(NOT_LAST, left);
    let divides_twins = is(UNDIVIDED, left) && left == right;
    let divides_word = is_western(left) && is_western(right);
    !(barred || divides_twins || divides_word)
}

/// How many characters the first line takes. A raised mark stays with what it marks.
fn first_line_end(characters: &[Set], measure: Milli) -> usize {
    let mut width = 0;
    let mut end = None;
    for (index, set) in characters.iter().enumerate() {
        width += set.advance;
        if width - empty_right(set) > measure && set.character != ' ' {
            // A word longer than a line is the one thing that is cut anywhere.
            return end.unwrap_or(index.max(1));
        }
        if let Some(next) = characters.get(index + 1)
            && next.rise == 0
            && may_break(set.character, next.character)
        {
            end = Some(index + 1);
        }
        width += set.after;
    }
    characters.len()
}

/// What a sign at the end of a line gives up.
fn empty_right(set: &Set) -> Milli {
    if is(EMPTY_RIGHT, set.character) { set.advance / 2 } else { 0 }
}

fn without_leading_space(characters: &[Set]) -> &[Set] {
    let spaces = characters.iter().take_while(|set| set.character == ' ').count();
    &characters[spaces..]
}

impl Line {
    fn new(characters: &[Set], goes_on: bool) -> Self {
        let trailing = characters.iter().rev().take_while(|set| set.character == ' ').count();
        let mut characters = characters[..characters.len() - trailing].to_vec();
        let mut trimmed = 0;
        if let Some(last) = characters.last_mut() {
            last.after = 0;
            if goes_on {
                trimmed = empty_right(last);
            }
        }
        let width = characters.iter().map(|set| set.advance + set.after).sum::<Milli>() - trimmed;
        Self { characters, width, goes_on }
    }

    /// Shares the space that is left over among the gaps that may grow: all but those within a word.
    fn stretch_to(&mut self, measure: Milli, size: Milli) {
        if !self.goes_on {
            return;
        }
        let gaps: Vec<usize> = (1..self.characters.len())
            .filter(|&next| {
                let (left, right) = (self.characters[next - 1].character, self.characters[next].character);
                left == ' ' || !(is_western(left) && is_western(right)) && right != ' '
            })
            .map(|next| next - 1)
            .collect();
        let left_over = measure - self.width;
        let Ok(count) = Milli::try_from(gaps.len()) else { return };
        // Wider gaps than half a character look worse than a ragged edge.
        if count == 0 || left_over <= 0 || left_over / count > size / 2 {
            return;
        }
        let (share, remainder) = (left_over / count, left_over % count);
        for (order, gap) in (0..).zip(gaps) {
            self.characters[gap].after += share + Milli::from(order < remainder);
        }
        self.width = measure;
    }

    /// The line as runs of one font and size each, starting at `x` on the baseline `y`.
    pub(super) fn items(&self, x: Milli, y: Milli, shade: Shade) -> Vec<Item> {
        let mut items: Vec<Run> = Vec::new();
        let mut pen = x;
        for set in &self.characters {
            let placed = Placed { character: set.character, glyph: set.glyph, after: set.after };
            let (font, size, y) = (set.font, set.size, y - set.rise);
            match items.last_mut() {
                Some(run) if (run.font, run.size, run.y) == (font, size, y) => run.characters.push(placed),
                _ => items.push(Run { x: pen, y, size, font, shade, characters: vec![placed] }),
            }
            pen += set.advance + set.after;
        }
        items.into_iter().map(Item::Text).collect()
    }

    #[cfg(test)]
    fn text(&self) -> String {
        self.characters.iter().map(|set| set.character).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Milli = 10_000;

    fn broken(text: &str, characters: Milli) -> Vec<String> {
        let lines = lines(&Text::plain(text), SIZE, characters * SIZE, 0, Edge::Even).unwrap();
        for line in &lines {
            assert!(line.width <= characters * SIZE, "{} is too wide", line.text());
        }
        lines.iter().map(Line::text).collect()
    }

    #[test]
    fn chinese_breaks_anywhere() {
        assert_eq!(broken("甲乙丙丁戊己庚", 3), ["甲乙丙", "丁戊己", "庚"]);
    }

    #[test]
    fn no_line_begins_with_a_stop_or_a_closing_sign() {
        for sign in NOT_FIRST.chars() {
            // The sign would be the fourth of three: it takes its neighbour along, or fits by its empty half.
            let text = format!("甲乙丙{sign}丁戊己庚");
            for line in broken(&text, 3) {
                assert!(!line.starts_with(sign), "{line}");
            }
        }
    }

    #[test]
    fn no_line_ends_with_an_opening_sign() {
        for sign in NOT_LAST.chars() {
            for line in broken(&format!("甲乙{sign}丙丁戊己庚"), 3) {
                assert!(!line.ends_with(sign), "{line}");
            }
        }
    }

    #[test]
    fn a_stop_at_the_end_of_a_line_gives_up_its_empty_half() {
        // 3.5 characters' width: the stop's ink fits, its full width does not.
        let fit = lines(&Text::plain("甲乙丙，丁戊"), SIZE, 35_000, 0, Edge::Even).unwrap();
        assert_eq!(fit[0].text(), "甲乙丙，");
        let tight = lines(&Text::plain("甲乙丙，丁戊"), SIZE, 34_999, 0, Edge::Even).unwrap();
        assert_eq!(tight[0].text(), "甲乙");
    }

    #[test]
    fn two_signs_in_a_row_give_up_half_a_width() {
        let squeezed = single(&Text::plain("（甲）。乙"), SIZE).unwrap();
        assert_eq!(squeezed.width, 45_000);
        assert_eq!(single(&Text::plain("《《甲》》，"), SIZE).unwrap().width, 45_000);
        assert_eq!(single(&Text::plain("（“甲”）"), SIZE).unwrap().width, 40_000);
    }

    #[test]
    fn dashes_and_ellipses_are_not_divided() {
        for twin in ["——", "……"] {
            for width in 3..7 {
                for line in broken(&format!("甲乙丙{twin}丁戊己"), width) {
                    assert_ne!(line.matches(&twin[..3]).count(), 1, "{line}");
                }
            }
        }
    }

    #[test]
    fn words_numbers_and_dates_stay_whole() {
        for word in ["gongche", "3,164,626.00", "2026-09-30", "-12.5%"] {
            for width in 7..12 {
                let lines = broken(&format!("甲乙丙丁{word}戊己庚辛"), width);
                assert!(lines.iter().any(|line| line.contains(word)), "{lines:?}");
            }
        }
    }

    #[test]
    fn a_word_longer_than_a_line_is_cut_and_nothing_is_lost() {
        let digest = "0123456789abcdef".repeat(4);
        assert_eq!(broken(&digest, 5).concat(), digest);
    }

    #[test]
    fn spaces_vanish_at_the_edges_of_lines() {
        assert_eq!(broken("abc def ghi", 3), ["abc", "def", "ghi"]);
    }

    #[test]
    fn every_line_but_the_last_reaches_the_measure() {
        let text = Text::plain("甲方应当按月足额支付 2026 年的报酬（含补贴），不得以任何理由克扣。".repeat(6));
        let lines = lines(&text, SIZE, 173_000, 20_000, Edge::Even).unwrap();
        let (last, full) = lines.split_last().unwrap();
        assert_eq!(full[0].width, 153_000);
        assert!(full[1..].iter().all(|line| line.width == 173_000));
        assert!(last.width < 173_000);
    }

    #[test]
    fn a_forced_line_end_is_kept() {
        assert_eq!(broken("甲乙\n丙", 5), ["甲乙", "丙"]);
    }

    #[test]
    fn missing_characters_are_all_named() {
        let error = lines(&Text::plain("甲😀乙\u{E000}😀"), SIZE, 100_000, 0, Edge::Ragged).unwrap_err();
        assert!(matches!(error, DocumentError::MissingCharacters(list) if list == ['😀', '\u{E000}']));
    }
}
