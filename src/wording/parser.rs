//! Pattern text to pattern.
//!
//! ```text
//! {^worker} …!{^employer} *{pay} {penalty} & !{service_period}
//! ```

use super::{
    lexicon::{ConceptId, Lexicon, expand},
    pattern::{Atom, Gap, Item, Part, Pattern},
    quantity::Family,
};
use crate::formula::Span;

/// What is wrong with a pattern's text, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The characters at fault.
    pub span: Span,
    /// What was found and what was expected, in Chinese.
    pub message: String,
    /// The name of a concept that the lexicon has not.
    pub unknown: Option<String>,
}

/// Items that stand beside each other have at most so many characters between them, and no comma.
const NEAR: usize = 8;
/// The longest pattern, in items.
const MOST_ITEMS: usize = 12;

/// Parses a pattern. Words that stand in it themselves become concepts of the lexicon.
///
/// # Errors
/// The first thing that is wrong, with its characters.
pub fn parse(text: &str, lexicon: &mut Lexicon) -> Result<Pattern, PatternError> {
    let mut parts = Vec::new();
    let mut start = 0;
    for part in text.split('&') {
        let mut parser = Parser { text, at: start, lexicon };
        let found = parser.part(start + part.len())?;
        parts.push(found);
        start += part.len() + 1;
    }
    if !parts.iter().any(|part| matches!(part, Part::Sequence(_))) {
        let message = "至少要有一部分是要找的".to_owned();
        return Err(PatternError { span: Span::new(0, text.len()), message, unknown: None });
    }
    Ok(Pattern { parts })
}

struct Parser<'p> {
    text: &'p str,
    at: usize,
    lexicon: &'p mut Lexicon,
}

impl Parser<'_> {
    fn fault<T>(&self, start: usize, end: usize, message: impl Into<String>) -> Result<T, PatternError> {
        Err(PatternError { span: Span::new(start, end), message: message.into(), unknown: None })
    }

    fn rest(&self, end: usize) -> &str {
        self.text.get(self.at..end).unwrap_or_default()
    }

    fn spaces(&mut self, end: usize) {
        let rest = self.rest(end);
        self.at += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, sign: &str, end: usize) -> bool {
        let found = self.rest(end).starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn part(&mut self, end: usize) -> Result<Part, PatternError> {
        let start = self.at;
        self.spaces(end);
        if self.eat("!", end) {
            let item = self.item(end)?;
            self.spaces(end);
            return if self.at == end {
                Ok(Part::Absent(item))
            } else {
                self.fault(self.at, end, "「!」后面只能有一项")
            };
        }
        let mut items = Vec::new();
        loop {
            let before = self.at;
            let gap = self.gap(end)?;
            if self.at == end {
                if self.text[before..end].trim().is_empty() {
                    break;
                }
                return self.fault(before, end, "间隔后面还应有一项");
            }
            items.push((gap, self.item(end)?));
            if items.len() > MOST_ITEMS {
                return self.fault(start, end, format!("一个句式最多 {MOST_ITEMS} 项"));
            }
        }
        if items.is_empty() {
            return self.fault(start, end, "这一部分是空的");
        }
        Ok(Part::Sequence(items))
    }

    fn gap(&mut self, end: usize) -> Result<Gap, PatternError> {
        self.spaces(end);
        let mut gap = Gap { most: Some(NEAR), over_commas: false, without: Vec::new() };
        if self.eat("+", end) {
            gap.most = Some(0);
        } else if self.eat("…", end) {
            let digits: String = self.rest(end).chars().take_while(char::is_ascii_digit).collect();
            self.at += digits.len();
            gap.most = digits.parse().ok();
            gap.over_commas = true;
        }
        while self.eat("!", end) {
            gap.without.push(self.item(end)?);
        }
        self.spaces(end);
        Ok(gap)
    }

    fn item(&mut self, end: usize) -> Result<Item, PatternError> {
        let act = self.eat("*", end);
        let mut any = Vec::new();
        if self.eat("[", end) {
            let start = self.at;
            let Some(length) = self.rest(end).find(']') else { return self.fault(start - 1, end, "缺少「]」") };
            let close = start + length;
            while self.at < close {
                let next = self.rest(close).find('|').map_or(close, |length| self.at + length);
                any.extend(self.atom(next)?);
                self.spaces(next);
                if self.at != next {
                    return self.fault(self.at, next, "各项之间用「|」分开");
                }
                self.at = (next + 1).min(close);
            }
            self.at = close + 1;
        } else {
            any.extend(self.atom(end)?);
        }
        Ok(Item { any, act })
    }

    fn atom(&mut self, end: usize) -> Result<Vec<Atom>, PatternError> {
        self.spaces(end);
        let start = self.at;
        if self.eat("@", end) {
            return Ok(vec![Atom::Found]);
        }
        if self.eat("^", end) {
            return Ok(vec![Atom::Start]);
        }
        if self.eat("$", end) {
            return Ok(vec![Atom::End]);
        }
        for (open, close) in [("{", '}'), ("<", '>')] {
            if !self.eat(open, end) {
                continue;
            }
            let Some(length) = self.rest(end).find(close) else {
                return self.fault(start, end, format!("缺少「{close}」"));
            };
            let inner = self.rest(end)[..length].to_owned();
            self.at += length + close.len_utf8();
            return match (open, Family::of(&inner)) {
                ("<", Some(family)) => Ok(vec![Atom::Quantity(family)]),
                ("<", None) => {
                    let known: Vec<_> = Family::ALL.iter().map(|(_, sign)| format!("<{sign}>")).collect();
                    self.fault(start, self.at, format!("没有这种数量；可用：{}", known.join("、")))
                }
                _ => self.concepts(&inner, start),
            };
        }
        let rest = self.rest(end);
        let length = rest.find(|c: char| c.is_whitespace() || "…[]{}<>|!*@^$+&".contains(c)).unwrap_or(rest.len());
        let word = rest[..length].to_owned();
        self.at += length;
        if word.is_empty() {
            return self.fault(start, end.min(start + 1).max(start), "这里应为词、{概念}、<数量>或「[…|…]」");
        }
        let words = expand(&word).or_else(|message| self.fault(start, self.at, message))?;
        // A word that stands in a pattern is a concept of its own, by its own spelling.
        let concept = self.lexicon.concept(&word);
        for word in words {
            self.lexicon.add(concept, &word);
        }
        Ok(vec![Atom::Concept(concept)])
    }

    fn concepts(&self, inner: &str, start: usize) -> Result<Vec<Atom>, PatternError> {
        let (name, subject) = match inner.strip_prefix('^') {
            Some(name) => (name, true),
            None => (inner, false),
        };
        let atom = |concept: ConceptId| if subject { Atom::Subject(concept) } else { Atom::Concept(concept) };
        match self.lexicon.find(name) {
            Some(concept) => Ok(vec![atom(concept)]),
            None => {
                let message = format!("没有「{name}」这个概念");
                Err(PatternError { span: Span::new(start, self.at), message, unknown: Some(name.to_owned()) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon() -> Lexicon {
        let mut lexicon = Lexicon::default();
        for name in ["worker", "pay"] {
            lexicon.concept(name);
        }
        lexicon
    }

    #[test]
    fn a_pattern_is_read_whole() {
        let mut lexicon = lexicon();
        let pattern = parse("{^worker} …20!{pay} *[交|{pay}] + <元> & !押金", &mut lexicon).unwrap();
        let [Part::Sequence(items), Part::Absent(absent)] = pattern.parts.as_slice() else { panic!("{pattern:?}") };
        let worker = lexicon.find("worker").unwrap();
        assert_eq!(items[0].1.any, [Atom::Subject(worker)]);
        assert_eq!((items[1].0.most, items[1].0.over_commas, items[1].0.without.len()), (Some(20), true, 1));
        assert!(items[1].1.act);
        assert_eq!(items[1].1.any.len(), 2);
        assert_eq!((items[2].0.most, items[2].1.any[0]), (Some(0), Atom::Quantity(Family::Yuan)));
        assert_eq!(absent.any, [Atom::Concept(lexicon.find("押金").unwrap())]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_characters() {
        for (text, at, needle) in [
            ("{worke}", 0, "没有「worke」这个概念"),
            ("a {pay", 2, "缺少「}」"),
            ("<斤>", 0, "没有这种数量"),
            ("[a|b", 0, "缺少「]」"),
            ("a & ", 3, "是空的"),
            ("!a", 0, "至少"),
            ("!a b & c", 3, "只能有一项"),
            ("(a", 0, "括号"),
            ("a | b", 2, "这里应为"),
            ("a …12 ", 1, "还应有一项"),
        ] {
            let error = parse(text, &mut lexicon()).unwrap_err();
            assert!(error.message.contains(needle), "{text}: {error:?}");
            assert_eq!(error.span.start, at, "{text}: {error:?}");
        }
        assert!(parse(&"a ".repeat(13), &mut lexicon()).is_err());
    }
}
