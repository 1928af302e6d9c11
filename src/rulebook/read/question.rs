//! Questions and consequences: how facts are asked, what their answers speak for, and what follows.

use super::{
    Reader,
    declare::{is_plain, not_an_id},
};
use crate::rulebook::{
    dated::Confidence,
    diagnostic::Diagnostic,
    elaborate::Setting,
    given,
    lexicon::Lexicon,
    model::{Consequence, EntryId, Formula, Given, PackageId, Question, Sort, Speaks, Type},
    row::Row,
    source::Located,
};

/// The table of an engagement in which a question is answered, where it does not say.
const FACTS: &str = "facts";

impl Reader<'_> {
    /// A question, whose id is that of a fact of the package or of one it uses.
    pub(super) fn question(
        self,
        package: PackageId,
        id: &Located<String>,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Question> {
        let fact = self.find(lexicon, package, id, sink)?;
        let entry = lexicon.entry(fact);
        if entry.sort != Sort::Fact || !entry.by.is_empty() {
            let message = format!("「{}」是{}，不能拿来问人", id.value, entry.sort.name());
            let report = Diagnostic::error("question", id.place, message, "应为不按维度区分的 [fact.…] 的 id");
            sink.push(report.help("问题的 id 就是它所问的事实的 id"));
            return None;
        }
        let setting = Setting { sources: self.sources, lexicon, package, at_hand: &[] };
        if row.has("unless") && !row.has("presumed") {
            let report = Diagnostic::error("question", row.place_of("unless"), "没有推定，unless 没有意义", "多余");
            sink.push(report.help("写 presumed = \"否\"，或者删去 unless"));
        }
        Some(Question {
            fact,
            id: entry.id.clone(),
            asks: row.string("asks")?,
            of: row.string("of").unwrap_or_else(|| FACTS.to_owned()),
            evidence: row.texts("evidence").unwrap_or_default().into_iter().map(|one| one.value).collect(),
            burden: row.string("burden"),
            presumed: self.presumed(fact, row, lexicon, sink),
            unless: row.text("unless").and_then(|text| self.formula(setting, text, Type::Boolean, sink)),
            speaks: row.tables("speaks").into_iter().filter_map(|row| self.speaks(setting, row, sink)).collect(),
            tries: self.tries(setting, fact, row, sink),
            words: self.words(fact, row, lexicon, sink),
            stated: self.stated(fact, row, lexicon, sink),
            cite: self.cite(row.text("cite"), None, sink),
            confidence: row.string("confidence").and_then(|mark| Confidence::parse(&mark)),
            note: row.string("note"),
            place: id.place,
        })
    }

    fn presumed(self, fact: EntryId, row: Row<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> Option<Given> {
        let text = row.text("presumed")?;
        given::parse(lexicon, fact, &text.value)
            .map_err(|error| {
                let message = format!("推定写错了：{error}");
                sink.push(Diagnostic::error("form", text.place, message, format!("应为{}", lexicon.entry(fact).of)));
            })
            .ok()
    }

    fn speaks(self, setting: Setting<'_>, row: Row<'_>, sink: &mut Vec<Diagnostic>) -> Option<Speaks> {
        let when = row.text("when").and_then(|text| self.formula(setting, text, Type::Boolean, sink));
        let cite = self.cite(row.text("cite"), None, sink);
        Some(Speaks { when: when?, member: row.text("for")?, cite })
    }

    /// Formulas of the fact's own type, each a value worth trying.
    fn tries(
        self,
        setting: Setting<'_>,
        fact: EntryId,
        row: Row<'_>,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Vec<Formula>> {
        let of = setting.lexicon.entry(fact).of;
        let texts = row.texts("tries")?;
        Some(texts.into_iter().filter_map(|text| self.formula(setting, text, of, sink)).collect())
    }

    /// For each choice the words by which free text is read as it.
    fn words(
        self,
        fact: EntryId,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Vec<(usize, Vec<String>)> {
        let mut words = Vec::new();
        for (member, value) in row.items("words") {
            let found = lexicon.choice_set(fact).and_then(|set| lexicon.member(set, &member.value));
            let texts = row.texts_of(value).into_iter().map(|one| one.value).collect();
            match found {
                Some(at) => words.push((at, texts)),
                None => {
                    let message = format!("「{}」不是这个事实的选项", member.value);
                    sink.push(Diagnostic::error("question", member.place, message, "应为选项的 id"));
                }
            }
        }
        words
    }

    fn stated(self, fact: EntryId, row: Row<'_>, lexicon: &Lexicon, sink: &mut Vec<Diagnostic>) -> bool {
        let stated = row.flag("stated");
        if stated && lexicon.entry(fact).of != Type::Boolean {
            let report = Diagnostic::error("question", row.place_of("stated"), "只有「是否」可以凭有无回答", "多余");
            sink.push(report.help("删去 stated，或者把事实改成 unit = \"是否\""));
        }
        stated
    }

    pub(super) fn consequence(
        self,
        package: PackageId,
        id: &Located<String>,
        row: Row<'_>,
        lexicon: &Lexicon,
        sink: &mut Vec<Diagnostic>,
    ) -> Option<Consequence> {
        if !is_plain(&id.value) {
            sink.push(not_an_id(id));
        }
        let setting = Setting { sources: self.sources, lexicon, package, at_hand: &[] };
        let when = row.text("when").and_then(|text| self.formula(setting, text, Type::Boolean, sink));
        let message = row.text("message").map(|text| self.message(setting, &text, sink));
        let cite = self.cite(row.text("cite"), None, sink);
        Some(Consequence {
            id: id.value.clone(),
            topic: row.string("topic")?,
            when: when?,
            message: message?,
            cite: cite?,
            place: id.place,
        })
    }
}
