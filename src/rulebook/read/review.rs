//! The files of patterns.

use super::{Reader, misnamed, parse};
use crate::{
    rulebook::{
        dated::Confidence,
        diagnostic::Diagnostic,
        example::{Cell, cell},
        lexicon::Lexicon as Names,
        model::{EntryId, Gravity},
        review::{Breach, Limit, PartyCues, Required, ReviewRules, TextKind, Trap},
        row::Row,
        shape_review::REVIEW,
        source::{FileId, Located},
    },
    wording::{self, ConceptId, GRAMMAR, Grammar, Pattern, expand},
};

/// Words of another concept that a word may name; deeper is a circle.
const DEEPEST: usize = 8;

impl Reader<'_> {
    /// Reads the files of patterns; of a book without any, an empty set.
    pub(in crate::rulebook) fn review(
        self,
        files: &[FileId],
        names: &Names,
        sink: &mut Vec<Diagnostic>,
    ) -> ReviewRules {
        let tables: Vec<_> = files.iter().map(|file| (*file, parse(self.sources, *file, sink))).collect();
        let rows: Vec<Row<'_>> = tables.iter().map(|(file, table)| Row::new(*file, table.get_ref())).collect();
        for row in &rows {
            row.examine(&REVIEW, sink);
        }
        let mut rules = ReviewRules::default();
        let Some(first) = rows.first() else { return rules };
        concepts(&rows, &mut rules, sink);
        match Grammar::of(&rules.lexicon) {
            Ok(grammar) => rules.grammar = Some(grammar),
            Err(lacking) => {
                let message = format!("缺少概念「{lacking}」");
                let report = Diagnostic::error("missing-key", first.place, message, "检索要用它");
                sink.push(report.help(format!("在任一条款规则文件里写 [concept.…]；必须有：{}", GRAMMAR.join("、"))));
            }
        }
        let mut reading = Reading { reader: self, names, rules, sink };
        for (id, row) in rows.iter().flat_map(|row| row.rows("kind")) {
            reading.kind(id, row);
        }
        for row in rows.iter().filter_map(|row| row.table("review")) {
            reading.rules.checked = row.date("checked").unwrap_or_default().max(reading.rules.checked);
            let unless = reading.patterns(row, "unless");
            reading.rules.unless.extend(unless);
            for (name, value) in row.items("groups") {
                let kinds = reading.kinds(row.texts_of(value));
                reading.rules.groups.insert(name.value, kinds);
            }
        }
        for (id, row) in rows.iter().flat_map(|row| row.rows("trap")) {
            reading.trap(id, row);
        }
        for (id, row) in rows.iter().flat_map(|row| row.rows("required")) {
            reading.required(id, row);
        }
        reading.known_traps(&rows);
        let mut rules = reading.rules;
        if !rules.lexicon.build() {
            sink.push(Diagnostic::error("words", first.place, "词太多", "无法建立词表"));
        }
        rules
    }
}

/// The concepts are named first, since words may name the concepts of other files.
fn concepts(rows: &[Row<'_>], rules: &mut ReviewRules, sink: &mut Vec<Diagnostic>) {
    let declared: Vec<(Located<String>, Row<'_>)> = rows.iter().flat_map(|row| row.rows("concept")).collect();
    for (at, (id, row)) in declared.iter().enumerate() {
        if declared[..at].iter().any(|(other, _)| other.value == id.value) {
            sink.push(Diagnostic::error("two-givers", id.place, format!("概念「{}」写了两次", id.value), "第二次"));
        }
        let concept = rules.lexicon.concept(&id.value);
        let cues: Vec<String> = row.texts("cues").unwrap_or_default().into_iter().map(|cue| cue.value).collect();
        if !cues.is_empty() {
            rules.parties.push(PartyCues { concept, cues });
        }
    }
    for (id, row) in &declared {
        let Some(concept) = rules.lexicon.find(&id.value) else { continue };
        for word in words(&declared, *row, 0, sink) {
            rules.lexicon.add(concept, &word);
        }
    }
}

/// The words of a concept, with those of the concepts it names.
fn words(
    declared: &[(Located<String>, Row<'_>)],
    row: Row<'_>,
    depth: usize,
    sink: &mut Vec<Diagnostic>,
) -> Vec<String> {
    let mut found = Vec::new();
    for word in row.texts("words").unwrap_or_default() {
        let other = word.value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        match other.map(|other| declared.iter().find(|(id, _)| id.value == other)) {
            Some(Some((_, row))) if depth < DEEPEST => found.extend(words(declared, *row, depth + 1, sink)),
            Some(_) if depth > 0 => {}
            Some(found) => {
                let message = if found.is_some() { "概念互相包含" } else { "没有这个概念" };
                let ids = declared.iter().map(|(id, _)| id.value.as_str());
                let report = Diagnostic::error("unknown-name", word.place, message, "应为已定义的概念");
                sink.push(report.suggest(other.unwrap_or_default(), ids, "概念写在 [concept.…] 里"));
            }
            None => match expand(&word.value) {
                Ok(words) => found.extend(words),
                // What is wrong with another concept's word is said there.
                Err(_) if depth > 0 => {}
                Err(message) => sink.push(Diagnostic::error("pattern", word.place, message, "这个词")),
            },
        }
    }
    found
}

struct Reading<'a, 's> {
    reader: Reader<'a>,
    names: &'a Names,
    rules: ReviewRules,
    sink: &'s mut Vec<Diagnostic>,
}

impl Reading<'_, '_> {
    fn kind(&mut self, id: Located<String>, row: Row<'_>) {
        if self.rules.kind(&id.value).is_some() {
            let report = Diagnostic::error("two-givers", id.place, format!("「{}」写了两次", id.value), "第二次");
            self.sink.push(report);
            return;
        }
        let mut parties = Vec::new();
        for (party, names) in row.items("parties") {
            let Some(concept) = self.concept(&party) else { continue };
            parties.extend(row.texts_of(names).into_iter().map(|name| (name.value, concept)));
        }
        self.rules.kinds.push(TextKind { id: id.value, name: row.string("name").unwrap_or_default(), parties });
    }

    fn concept(&mut self, name: &Located<String>) -> Option<ConceptId> {
        let found = self.rules.lexicon.find(&name.value);
        if found.is_none() {
            let message = format!("没有「{}」这个概念", name.value);
            let report = Diagnostic::error("unknown-name", name.place, message, "应为已定义的概念");
            self.sink.push(report.suggest(&name.value, self.rules.lexicon.names(), "概念写在 [concept.…] 里"));
        }
        found
    }

    fn patterns(&mut self, row: Row<'_>, key: &str) -> Vec<Pattern> {
        let texts = row.texts(key).unwrap_or_default();
        texts.into_iter().filter_map(|text| self.pattern(&text)).collect()
    }

    fn pattern(&mut self, text: &Located<String>) -> Option<Pattern> {
        match wording::parse(&text.value, &mut self.rules.lexicon) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                let at = self.reader.sources.inside(text, error.span);
                let report = Diagnostic::error("pattern", at, error.message, "句式到这里读不懂");
                self.sink.push(match error.unknown {
                    Some(name) => report.suggest(&name, self.rules.lexicon.names(), "概念写在 [concept.…] 里"),
                    None => report.help("写法见 docs/review.md"),
                });
                None
            }
        }
    }

    /// The positions of kinds, and of those of groups.
    fn kinds(&mut self, named: Vec<Located<String>>) -> Vec<usize> {
        let mut kinds = Vec::new();
        for kind in named {
            match (self.rules.kind(&kind.value), self.rules.groups.get(&kind.value)) {
                (Some(at), _) => kinds.push(at),
                (None, Some(group)) => kinds.extend(group),
                (None, None) => {
                    let message = format!("没有「{}」这种文本", kind.value);
                    let known = self.rules.kinds.iter().map(|kind| kind.id.as_str());
                    let report = Diagnostic::error("unknown-name", kind.place, message, "应为 [kind.…] 的 id");
                    self.sink.push(report.suggest(&kind.value, known, "文本种类写在 [kind.…] 里"));
                }
            }
        }
        kinds
    }

    fn law(&mut self, row: Row<'_>) -> (String, Confidence) {
        let source = row.string("source");
        let cite = self.reader.cite(row.text("cite"), source.as_deref(), self.sink).unwrap_or_default();
        let confidence = row.string("confidence").and_then(|mark| Confidence::parse(&mark));
        (cite, confidence.unwrap_or(Confidence::Uncertain))
    }

    fn trap(&mut self, id: Located<String>, row: Row<'_>) {
        self.once(&id, |rules| rules.traps.iter().any(|trap| trap.id == id.value));
        let (cite, confidence) = self.law(row);
        let limit = row.table("limit").and_then(|limit| self.limit(limit));
        let trap = Trap {
            place: id.place,
            id: id.value,
            title: row.string("title").unwrap_or_default(),
            kinds: self.kinds(row.texts("kinds").unwrap_or_default()),
            severity: gravity(row),
            find: self.patterns(row, "find"),
            unless: self.patterns(row, "unless"),
            unless_near: self.patterns(row, "unless_near"),
            instead_of: row.texts("instead_of").unwrap_or_default().into_iter().map(|id| id.value).collect(),
            limit,
            message: row.string("message").unwrap_or_default(),
            remedy: row.string("remedy").unwrap_or_default(),
            cite,
            confidence,
            from: row.date("from"),
            until: row.date("until"),
        };
        self.rules.traps.push(trap);
    }

    fn required(&mut self, id: Located<String>, row: Row<'_>) {
        self.once(&id, |rules| rules.required.iter().any(|one| one.id == id.value));
        let (cite, confidence) = self.law(row);
        let required = Required {
            id: id.value,
            title: row.string("title").unwrap_or_default(),
            kinds: self.kinds(row.texts("kinds").unwrap_or_default()),
            find: self.patterns(row, "find"),
            severity: gravity(row),
            message: row.string("message").unwrap_or_default(),
            remedy: row.string("remedy").unwrap_or_default(),
            cite,
            confidence,
            from: row.date("from"),
            until: row.date("until"),
        };
        self.rules.required.push(required);
    }

    fn once(&mut self, id: &Located<String>, taken: impl Fn(&ReviewRules) -> bool) {
        if taken(&self.rules) {
            let report = Diagnostic::error("two-givers", id.place, format!("「{}」写了两次", id.value), "第二次");
            self.sink.push(report.help("换一个 id"));
        }
    }

    fn limit(&mut self, row: Row<'_>) -> Option<Limit> {
        let figure = self.cell(&row.text("figure")?);
        let breach = if row.string("breach").as_deref() == Some("less") { Breach::Less } else { Breach::More };
        let mut given = Vec::new();
        for (fact, value) in row.items("given") {
            let patterns: Vec<Pattern> = row.texts_of(value).iter().filter_map(|text| self.pattern(text)).collect();
            given.extend(self.entry(&fact).map(|fact| (fact, patterns)));
        }
        Some(Limit { figure: figure?, breach, given })
    }

    fn cell(&mut self, name: &Located<String>) -> Option<Cell> {
        let found = cell(self.names, None, &name.value);
        let report = |message| Diagnostic::error("unknown-name", name.place, message, "应为规则库里的一格");
        found.map_err(|message| self.sink.push(report(message))).ok()
    }

    fn entry(&mut self, name: &Located<String>) -> Option<EntryId> {
        let found = self.names.find_anywhere(&name.value);
        found.map_err(|error| self.sink.push(misnamed(&error, name, "应为规则库里的全称"))).ok()
    }

    /// Traps that others stand for must exist.
    fn known_traps(&mut self, rows: &[Row<'_>]) {
        for (_, row) in rows.iter().flat_map(|row| row.rows("trap")) {
            for other in row.texts("instead_of").unwrap_or_default() {
                if !self.rules.traps.iter().any(|trap| trap.id == other.value) {
                    let message = format!("没有「{}」这一条", other.value);
                    let known = self.rules.traps.iter().map(|trap| trap.id.as_str());
                    let report = Diagnostic::error("unknown-name", other.place, message, "应为 [trap.…] 的 id");
                    self.sink.push(report.suggest(&other.value, known, "写已有的 id"));
                }
            }
        }
    }
}

fn gravity(row: Row<'_>) -> Gravity {
    Gravity::parse(&row.string("severity").unwrap_or_default())
}
