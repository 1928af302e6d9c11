//! A text as clauses, sentences and the parts between semicolons.

use super::enumerator::{Enumerator, Style, enumerator};
use crate::wording::{Folded, fold};

/// A sentence, up to its full stop.
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    /// The number of its clause: 第十二条(三); where the text has none, 第3段.
    pub(super) clause: String,
    /// Sentences of one clause share this.
    pub(super) group: usize,
    /// Its words, without the line breaks that a page put between them.
    pub(super) text: String,
}

/// What stands between two semicolons, or an item of a list: what a pattern is sought in.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) folded: Folded,
    /// Its sentence.
    pub(super) sentence: usize,
    /// The part that introduces the list that this is an item of.
    pub(super) lead: Option<usize>,
    /// The part before it in the same clause.
    pub(super) before: Option<usize>,
}

/// A text in sentences.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    pub(super) sentences: Vec<Sentence>,
    pub(super) parts: Vec<Part>,
}

/// A line shorter than this ends where its writer ended it; longer ones may have been broken by the page.
const FULL_LINE: usize = 20;

/// Splits a text, one paragraph a line.
pub(super) fn text(source: &str) -> Text {
    let mut splitter = Splitter::default();
    for (number, paragraph) in paragraphs(source).iter().enumerate() {
        splitter.paragraph(number + 1, paragraph);
    }
    splitter.text
}

/// The paragraphs, with the lines joined that a page broke.
pub(super) fn paragraphs(source: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    let mut open = false;
    for line in source.lines() {
        let bare = line.trim();
        if bare.is_empty() {
            // A page break may put an empty line into a sentence; a sentence that is unfinished goes on.
            open = open && paragraphs.last().is_some_and(|last| last.ends_with(GOES_ON));
            continue;
        }
        match paragraphs.last_mut().filter(|last| open && goes_on(last, line)) {
            Some(last) => {
                if last.ends_with(|c: char| c.is_ascii_alphanumeric())
                    && bare.starts_with(|c: char| c.is_ascii_alphanumeric())
                {
                    last.push(' ');
                }
                last.push_str(bare);
            }
            None => paragraphs.push(bare.to_owned()),
        }
        open = true;
    }
    paragraphs
}

/// Signs and words after which no sentence ends.
const GOES_ON: [char; 28] = [
    '，', ',', '、', '的', '向', '和', '与', '及', '或', '在', '为', '对', '由', '应', '须', '将', '把', '被', '不',
    '得', '可', '以', '并', '且', '按', '从', '给', '（',
];

fn goes_on(last: &str, line: &str) -> bool {
    let bare = line.trim_start();
    if enumerator(bare).is_some() || last.contains(['\t', '|']) || line.contains(['\t', '|']) {
        return false;
    }
    if last.ends_with(GOES_ON) || bare.starts_with(['，', ',', '。', '；', ';', '、', '）', ')']) {
        return true;
    }
    let ended = last.ends_with(['。', '；', ';', '：', ':', '！', '？', '!', '?', '”', '》', '.']);
    // A new paragraph is indented.
    !ended && !line.starts_with(char::is_whitespace) && last.chars().count() >= FULL_LINE
}

#[derive(Default)]
struct Splitter {
    text: Text,
    /// The numbers above where we are, the outermost first.
    stack: Vec<Enumerator>,
    group: usize,
    /// The part that introduces the list we are in, and how deep it stands.
    lead: Option<(usize, usize)>,
    /// Whether the last part left its list open: it ended with a semicolon or was the lead itself.
    open: bool,
}

impl Splitter {
    fn paragraph(&mut self, number: usize, paragraph: &str) {
        let mut first = true;
        for sentence in sentences(paragraph) {
            let start = self.text.parts.len();
            let position = self.text.sentences.len();
            let mut clause = None;
            for part in parts(sentence) {
                let found = enumerator(part);
                let body = found.as_ref().map_or(part, |found| &part[found.length..]);
                self.place(found, first, number);
                first = false;
                if clause.is_none() {
                    clause = Some(self.clause(number));
                }
                self.part(position, body);
            }
            if self.text.parts.len() > start {
                self.text.sentences.push(Sentence {
                    clause: clause.unwrap_or_default(),
                    group: self.group,
                    text: sentence.trim().to_owned(),
                });
            }
        }
    }

    fn part(&mut self, sentence: usize, body: &str) {
        let folded = fold(body);
        let at = self.text.parts.len();
        let is_lead = folded.text().ends_with(':');
        let lead = self.lead.map(|(lead, _)| lead).filter(|_| !is_lead || self.open);
        let before = at.checked_sub(1).filter(|before| {
            let before = self.text.parts.get(*before).map(|part| part.sentence);
            before.is_some_and(|before| {
                before == sentence || self.text.sentences.get(before).is_some_and(|one| one.group == self.group)
            })
        });
        self.open = is_lead || folded.text().ends_with([';', ',', '、']);
        if is_lead {
            self.lead = Some((at, self.stack.len()));
        }
        self.text.parts.push(Part { folded, sentence, lead, before });
    }

    /// Takes note of the number that a part begins with, or has not.
    fn place(&mut self, found: Option<Enumerator>, starts_paragraph: bool, number: usize) {
        let Some(found) = found else {
            if starts_paragraph {
                if !self.open {
                    self.lead = None;
                }
                if self.stack.is_empty() {
                    self.group = number;
                }
            }
            return;
        };
        match self.stack.iter().position(|above| above.style == found.style) {
            Some(at) => self.stack.truncate(at),
            // Bullets have no numbers and open no level of their own above others.
            None if found.style == Style::Chapter => self.stack.clear(),
            // Whatever list was open, an article is none of its items.
            None if found.style == Style::Article => self.stack.retain(|above| above.style == Style::Chapter),
            None => {}
        }
        if matches!(found.style, Style::Chapter | Style::Article) {
            self.lead = None;
        }
        self.stack.push(found);
        if self.lead.is_some_and(|(_, depth)| self.stack.len() <= depth) {
            self.lead = None;
        }
        let outermost = self.stack.iter().filter(|above| above.style != Style::Chapter).count();
        if outermost <= 1 {
            self.group = number;
        }
    }

    /// The number of the clause: the numbers above, without chapters; a dotted number says those above it itself.
    fn clause(&self, number: usize) -> String {
        let shown: Vec<&Enumerator> =
            self.stack.iter().filter(|above| above.style != Style::Chapter && !above.label.is_empty()).collect();
        let from =
            shown.iter().rposition(|above| matches!(above.style, Style::Article | Style::Dotted(_))).unwrap_or(0);
        let mut clause = String::new();
        for above in &shown[from..] {
            if clause.ends_with(|c: char| c.is_ascii_digit()) && above.label.starts_with(|c: char| c.is_ascii_digit()) {
                clause.push('.');
            }
            clause.push_str(&above.label);
        }
        if clause.is_empty() { format!("第{number}段") } else { clause }
    }
}

/// The sentences of a paragraph, each with its full stop.
fn sentences(paragraph: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut ended) = (0, false);
    for (at, character) in paragraph.char_indices() {
        let closes = matches!(character, '”' | '’' | '）' | ')' | '」');
        let stops = matches!(character, '。' | '！' | '？' | '!' | '?');
        if ended && !stops && !closes {
            found.push(&paragraph[start..at]);
            start = at;
        }
        ended = stops || ended && closes;
    }
    found.push(&paragraph[start..]);
    found.retain(|sentence| !sentence.trim().is_empty());
    found
}

/// The parts of a sentence: between semicolons, and the items of a list after a colon.
fn parts(sentence: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, character) in sentence.char_indices() {
        let end = at + character.len_utf8();
        let ends = match character {
            '；' | ';' => true,
            '：' | ':' => is_item(&sentence[end..]),
            // A table that was flattened: cells of a row.
            _ => false,
        };
        if ends {
            found.push(&sentence[start..end]);
            start = end;
        }
    }
    found.push(&sentence[start..]);
    found.retain(|part| !part.trim().is_empty());
    found
}

fn is_item(rest: &str) -> bool {
    enumerator(rest).is_some_and(|found| !matches!(found.style, Style::Bullet | Style::Chapter | Style::Article))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> Vec<(String, String)> {
        text(source).sentences.into_iter().map(|one| (one.clause, one.text)).collect()
    }

    #[test]
    fn a_page_breaks_lines_but_no_sentences() {
        let source =
            "第一条 乙方入职时应当向甲方一次性交纳工作服\n押金人民币五百元，\n离职时退还。\n　　第二段。\n标题\n正文。";
        let found: Vec<String> = text(source).sentences.into_iter().map(|one| one.text).collect();
        assert_eq!(
            found,
            ["第一条 乙方入职时应当向甲方一次性交纳工作服押金人民币五百元，离职时退还。", "第二段。", "标题", "正文。"]
        );
    }

    #[test]
    fn clauses_are_named_by_the_numbers_above_them() {
        let source = "第三章 纪律\n第十二条 员工不得有下列行为：\n（一）迟到；\n（二）早退：\n1. 甲；\n2. 乙。\n第十三条 丙。\n12.3 丁。";
        let clauses: Vec<String> = shown(source).into_iter().map(|(clause, _)| clause).collect();
        assert_eq!(
            clauses,
            [
                "第1段",
                "第十二条",
                "第十二条（一）",
                "第十二条（二）",
                "第十二条（二）1",
                "第十二条（二）2",
                "第十三条",
                "12.3"
            ]
        );
    }

    #[test]
    fn items_know_what_introduces_them() {
        for source in [
            "不得有下列行为：（一）甲；（二）乙。\n第二条 丙。",
            "不得有下列行为：\n（一）甲；\n（二）乙。\n第二条 丙。",
        ] {
            let text = text(source);
            let leads: Vec<Option<&str>> =
                text.parts.iter().map(|part| part.lead.map(|lead| text.parts[lead].folded.text())).collect();
            assert_eq!(leads, [None, Some("不得有下列行为:"), Some("不得有下列行为:"), None], "{source}");
        }
    }

    #[test]
    fn a_sentence_keeps_its_semicolons() {
        let found = shown("甲；乙。“丙。”丁");
        assert_eq!(found.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["甲；乙。", "“丙。”", "丁"]);
        assert_eq!(text("甲；乙。").parts.len(), 2);
    }
}
