//! An engagement as somebody wrote it down: typed answers to the book's questions, and the parties and terms of the
//! agreement, all with their places.

use super::{
    chart::Chart,
    table::{Item, Table},
};
use crate::{
    engine::{Value, admits},
    quantity::Exact,
    rulebook::{
        Diagnostic, Faulty, FileId, Given, Located, Place, Question, Severity, Sources, Type, parse, parse_given, place,
    },
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What is written for an answer that nobody knows; it may as well be left out.
const NOT_KNOWN: [&str; 3] = ["", "未知", "不知道"];

/// What is written for a restriction that there is not.
const UNRESTRICTED: [&str; 4] = ["无", "不限", "否", "没有"];

/// One engagement: what is known of it, and the agreement that is proposed.
#[derive(Debug, Clone)]
pub struct Engagement {
    /// Where the work is done, by canonical GB/T 2260 code.
    pub region: Option<String>,
    /// The day on which it is judged.
    pub on: NaiveDate,
    /// The answers, by the id of the question. What nobody knows is not there.
    pub answers: BTreeMap<String, Answer>,
    /// `[facts]` as written.
    pub facts: Table,
    /// `[employer]`: the party that takes the work.
    pub employer: Table,
    /// `[worker]`: the person who works.
    pub worker: Table,
    /// `[client]`: the party at which the work is done, where that is another.
    pub client: Table,
    /// `[terms]`: what the agreement is to say.
    pub terms: Table,
    /// The file, for messages that point into it.
    pub sources: Sources,
}

/// An answer and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What was answered; none where it was said in words that mean no choice of the book's.
    pub given: Option<Given>,
    /// As it was written.
    pub written: String,
    /// Where it stands.
    pub place: Place,
}

impl Answer {
    /// What an item says to a question; none where it says that it is not known. The place means nothing.
    ///
    /// # Errors
    /// What is wrong, and what was expected.
    pub fn read(chart: &Chart<'_>, question: &Question, item: &Item) -> Result<Option<Self>, (String, String)> {
        let written = item.written().unwrap_or_default();
        if item.written().is_some_and(|text| NOT_KNOWN.contains(&text.trim())) {
            return Ok(None);
        }
        let given = given(chart, question, item)?;
        Ok(Some(Self { given, written, place: Place::default() }))
    }
}

impl Engagement {
    /// Reads an engagement file.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn read(chart: &Chart<'_>, path: &str, text: &str) -> Result<Self, Faulty> {
        let sources = Sources::new([(path.to_owned(), text.to_owned())].into());
        let mut sink = Vec::new();
        let root = {
            let parsed = parse(&sources, FileId::FIRST, &mut sink);
            Table::read(place(FileId::FIRST, 0..0), parsed.get_ref(), &mut sink)
        };
        let read = Reader { chart, sink };
        let (read, diagnostics) = read.engagement(&root, sources.clone());
        match read {
            Some(engagement) if diagnostics.iter().all(|one| one.severity != Severity::Error) => Ok(engagement),
            _ => Err(Faulty { sources, diagnostics }),
        }
    }

    /// An engagement of answers alone, as a row of a workforce or an interview gives them.
    #[must_use]
    pub fn of_answers(region: Option<String>, on: NaiveDate, answers: BTreeMap<String, Answer>) -> Self {
        let none = Table::default;
        let (facts, employer, worker, client, terms) = (none(), none(), none(), none(), none());
        Self { region, on, answers, facts, employer, worker, client, terms, sources: Sources::default() }
    }

    /// The answer to a question, if it is known.
    #[must_use]
    pub fn answer(&self, question: &str) -> Option<&Given> {
        self.answers.get(question)?.given.as_ref()
    }
}

/// The keys of the file itself.
const REGION: &str = "region";
const ON: &str = "on";
const TABLES: [&str; 5] = ["facts", "employer", "worker", "client", "terms"];

struct Reader<'c, 'b> {
    chart: &'c Chart<'b>,
    sink: Vec<Diagnostic>,
}

impl Reader<'_, '_> {
    fn engagement(mut self, root: &Table, sources: Sources) -> (Option<Engagement>, Vec<Diagnostic>) {
        let known = [REGION, ON].into_iter().chain(TABLES);
        for key in root.keys().filter(|key| !known.clone().any(|known| known == *key)) {
            let place = root.place_of_key(key).unwrap_or_default();
            let all = format!("可用的键：{}", known.clone().collect::<Vec<_>>().join("、"));
            let report = Diagnostic::error("unknown-key", place, format!("这里没有「{key}」这个键"), all);
            // What was meant for a table below it, but stands above its heading.
            let help = if self.chart.question(key).is_some() {
                "写到 [facts] 下面"
            } else {
                "删去它，或改成可用的键"
            };
            self.sink.push(report.suggest(key, known.clone(), help));
        }
        let region = self.region(root);
        let on = self.on(root);
        let tables = TABLES.map(|name| self.table(root, name));
        let sections: Vec<(&str, &Table)> = TABLES.into_iter().zip(&tables).collect();
        let answers = self.answers(&sections);
        let [facts, employer, worker, client, terms] = tables;
        let read = on.map(|on| Engagement { region, on, answers, facts, employer, worker, client, terms, sources });
        (read, self.sink)
    }

    fn region(&mut self, root: &Table) -> Option<String> {
        let item = root.get(REGION)?;
        let Some(text) = item.value.written() else {
            let report = Diagnostic::error("form", item.place, format!("这里是{}", item.value.kind()), "应为地区");
            self.sink.push(report.help("写名称或者六位代码，例如 region = \"310000\""));
            return None;
        };
        let regions = self.chart.book.regions();
        match regions.find(&text) {
            Ok(code) => Some(regions.canonical(code).to_owned()),
            Err(error) => {
                let report = Diagnostic::error("region", item.place, error.to_string(), "应为一个地区");
                self.sink.push(report.help("写名称或者 GB/T 2260 的六位代码，例如 region = \"310000\""));
                None
            }
        }
    }

    fn on(&mut self, root: &Table) -> Option<NaiveDate> {
        let Some(item) = root.get(ON) else {
            let report = Diagnostic::error("missing-key", root.place, "没有写在哪一天判断", "这里");
            self.sink.push(report.help("在文件开头写 on = 2026-09-30 这样的日期"));
            return None;
        };
        let day = match &item.value {
            Item::Date(day) => Some(*day),
            Item::Text(text) => NaiveDate::parse_from_str(text, "%Y-%m-%d").ok(),
            _ => None,
        };
        if day.is_none() {
            let report = Diagnostic::error("form", item.place, format!("这里是{}", item.value.kind()), "应为日期");
            self.sink.push(report.help("例如 on = 2026-09-30"));
        }
        day
    }

    fn table(&mut self, root: &Table, name: &str) -> Table {
        match root.get(name) {
            Some(Located { value: Item::Table(table), .. }) => table.clone(),
            Some(item) => {
                let message = format!("「{name}」应为一节，这里是{}", item.value.kind());
                let report = Diagnostic::error("form", item.place, message, "应为表");
                self.sink.push(report.help(format!("写 [{name}]，下面一行一项")));
                Table::default()
            }
            None => Table::default(),
        }
    }

    /// The answers to the book's questions, in whichever table they stand. In `[facts]` nothing else may stand.
    fn answers(&mut self, sections: &[(&str, &Table)]) -> BTreeMap<String, Answer> {
        let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
        for (section, table) in sections {
            for key in table.keys() {
                let Some(item) = table.get(key) else { continue };
                let Some(question) = self.chart.question(key) else {
                    if *section == TABLES[0] {
                        self.unknown_fact(key, table.place_of_key(key).unwrap_or_default());
                    }
                    continue;
                };
                let Some(answer) = self.answer(question, item) else { continue };
                match answers.get(key) {
                    Some(first) if first.given != answer.given => {
                        let message = format!("「{key}」有两个不同的回答");
                        let report = Diagnostic::error("two-givers", answer.place, message, "第二个");
                        self.sink.push(report.with(first.place, "第一个").help("删去一个"));
                    }
                    Some(_) => {}
                    None => _ = answers.insert(key.to_owned(), answer),
                }
            }
        }
        answers
    }

    fn unknown_fact(&mut self, key: &str, place: Place) {
        let message = format!("[facts] 没有「{key}」这一项");
        let report = Diagnostic::error("unknown-key", place, message, "应为规则库里的问题");
        let ids = self.chart.questions().map(|question| question.id.as_str());
        self.sink.push(report.suggest(key, ids, "gongche check --template 列出全部的项"));
    }

    /// What is answered; none where it is said that it is not known, or where it was reported.
    fn answer(&mut self, question: &Question, item: &Located<Item>) -> Option<Answer> {
        match Answer::read(self.chart, question, &item.value) {
            Ok(answer) => answer.map(|answer| Answer { place: item.place, ..answer }),
            Err((problem, expected)) => {
                let message = format!("{}：{problem}", self.chart.name(question));
                let report = Diagnostic::error("answer", item.place, message, expected);
                self.sink.push(report.help(example(self.chart, question)));
                None
            }
        }
    }
}

/// What an item says to a question, or what is wrong and what was expected.
fn given(chart: &Chart<'_>, question: &Question, item: &Item) -> Result<Option<Given>, (String, String)> {
    let book = chart.book;
    let of = book.entry(question.fact).of;
    let expected = || expected(chart, question);
    if question.stated {
        return match item {
            Item::Flag(answer) => Ok(Some(Given::Boolean(*answer))),
            Item::Table(_) => Err((format!("这里是{}", item.kind()), expected())),
            other => {
                let restricts = other.written().is_none_or(|text| !UNRESTRICTED.contains(&text.trim()));
                Ok(Some(Given::Boolean(restricts)))
            }
        };
    }
    let parsed = match (of, item) {
        (Type::Boolean, Item::Flag(answer)) => Given::Boolean(*answer),
        (Type::Date, Item::Date(day)) => Given::Date(*day),
        (Type::Number(_), Item::Whole(number)) => Given::Number(Exact::from(*number)),
        (Type::Choice(_), Item::Text(text)) if !question.words.is_empty() => {
            let read = question.words.iter().find(|(_, words)| words.iter().any(|word| text.contains(word.as_str())));
            return Ok(read.map(|(at, _)| Given::Choice(*at)));
        }
        // That there is no restriction, said as an answer to a choice which has a member for it.
        (Type::Choice(set), Item::Flag(false)) if book.lexicon().member(set, "none").is_some() => {
            return Ok(book.lexicon().member(set, "none").map(Given::Choice));
        }
        (_, Item::Text(text)) => {
            parse_given(book.lexicon(), question.fact, text).map_err(|error| (error, expected()))?
        }
        _ => return Err((format!("这里是{}", item.kind()), expected())),
    };
    admits(book, question.fact, &Value::from(&parsed)).map_err(|error| (error, expected()))?;
    Ok(Some(parsed))
}

/// What an answer looks like, in words.
fn expected(chart: &Chart<'_>, question: &Question) -> String {
    match chart.book.entry(question.fact).of {
        Type::Boolean => "应为 true 或 false".to_owned(),
        Type::Date => "应为日期".to_owned(),
        Type::Choice(set) => {
            let members = chart.book.lexicon().members(set).iter();
            let names: Vec<String> = members.map(|member| format!("{}（{}）", member.id, member.name)).collect();
            format!("应为 {}", names.join("、"))
        }
        of => format!("应为数，单位{}", of.unit()),
    }
}

/// How an answer is written, by example.
fn example(chart: &Chart<'_>, question: &Question) -> String {
    let id = &question.id;
    match chart.book.entry(question.fact).of {
        Type::Boolean => format!("例如 {id} = true；不知道的删去这一行"),
        Type::Date => format!("例如 {id} = 2026-07-01；不知道的删去这一行"),
        Type::Choice(set) => {
            let first = chart.book.lexicon().members(set).first().map_or("", |member| member.name.as_str());
            format!("例如 {id} = \"{first}\"；不知道的删去这一行")
        }
        Type::Number(unit) if unit.is_percent() => format!("例如 {id} = \"12%\"；不知道的删去这一行"),
        _ => format!("例如 {id} = 8 或 {id} = \"4.5\"；不知道的删去这一行"),
    }
}
