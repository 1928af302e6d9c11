//! Text as it is compared: without spaces and line breaks, signs and digits half-width, Latin letters small.

/// Folded text, with the place in the original of each of its bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    text: String,
    /// For each byte of the text and one past the last, the byte of the original that it came from.
    origins: Vec<usize>,
    /// For each byte of the text and one past the last, how many characters come before it.
    counts: Vec<usize>,
}

/// Folds a text.
#[must_use]
pub fn fold(original: &str) -> Folded {
    let mut folded = Folded::default();
    for (at, character) in original.char_indices() {
        folded.push(at, character);
    }
    folded.close(original.len());
    folded
}

impl Folded {
    fn push(&mut self, at: usize, character: char) {
        let kept = match character {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
            '﹐' => ',',
            '﹑' => '、',
            '﹔' => ';',
            other => other,
        };
        let unseen = matches!(kept, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}');
        if kept.is_whitespace() || unseen {
            return;
        }
        let kept = kept.to_ascii_lowercase();
        let count = self.counts.last().map_or(0, |last| last + 1);
        self.text.push(kept);
        for _ in 0..kept.len_utf8() {
            self.origins.push(at);
            self.counts.push(count);
        }
    }

    fn close(&mut self, end: usize) {
        self.origins.push(end);
        self.counts.push(self.counts.last().map_or(0, |last| last + 1));
    }

    /// The folded text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The byte of the original that a byte of the folded text came from.
    #[must_use]
    pub fn origin(&self, at: usize) -> usize {
        self.origins.get(at).copied().unwrap_or_default()
    }

    /// How many characters stand between two bytes of the folded text.
    #[must_use]
    pub fn characters(&self, from: usize, to: usize) -> usize {
        let count = |at: usize| self.counts.get(at).copied().unwrap_or_default();
        count(to).saturating_sub(count(from))
    }

    /// This text with another before it, as a list's items are read after the sentence that introduces them.
    ///
    /// Origins in the part before are those of its own original.
    #[must_use]
    pub fn after(&self, before: &Self) -> Self {
        let mut joined = before.clone();
        joined.origins.pop();
        joined.counts.pop();
        let shift = before.counts.last().copied().unwrap_or_default();
        joined.text.push_str(&self.text);
        joined.origins.extend(&self.origins);
        joined.counts.extend(self.counts.iter().map(|count| count + shift));
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_spaces_and_line_breaks_do_not_matter_and_places_are_kept() {
        let original = "第 12\u{3000}条\n乙方，须交ＡB";
        let folded = fold(original);
        assert_eq!(folded.text(), "第12条乙方,须交ab");
        let at = folded.text().find("乙").unwrap();
        assert_eq!(&original[folded.origin(at)..][.."乙方".len()], "乙方");
        assert_eq!(folded.origin(folded.text().len()), original.len());
        assert_eq!(folded.characters(0, at), 4);
    }

    #[test]
    fn a_lead_and_its_item_read_as_one() {
        let (lead, item) = (fold("不得 有:"), fold("收 押金"));
        let joined = item.after(&lead);
        assert_eq!(joined.text(), "不得有:收押金");
        assert_eq!(joined.characters(0, joined.text().len()), 7);
        assert_eq!(joined.origin(lead.text().len() + "收".len()), "收 ".len());
    }
}
