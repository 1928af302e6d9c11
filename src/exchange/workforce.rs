//! A workforce: engagements by row, and shifts, one row each, added up by worker and employer.
//!
//! A column is a question of the rule book, by its id or its name, or one of a few of our own. Rows of one worker at one
//! employer are one engagement: each row may add answers and a shift, and two different answers are refused.

use super::{
    rejected::Rejected,
    table::{Record, Table, Value},
    text::heading_key,
};
use crate::{
    classify::{Answer, Chart, Item, Shifts},
    quantity::Exact,
    rulebook::{Question, nearest},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// A column that is no question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Own {
    Number,
    Name,
    Employer,
    Region,
    Day,
    Hours,
}

/// Columns of our own, each with the headings it may have.
const OWN: [(Own, &[&str]); 6] = [
    (Own::Number, &["工号", "人员编号"]),
    (Own::Name, &["姓名"]),
    (Own::Employer, &["用人单位", "扣缴义务人", "单位"]),
    (Own::Region, &["用工地", "工作地", "参保地"]),
    (Own::Day, &["日期", "工作日期"]),
    (Own::Hours, &["工时", "工作小时"]),
];

/// Headings of a payroll's roster that answer a question here.
const ALSO: [(&str, &str); 3] = [("任职受雇日期", "start"), ("入职日期", "start"), ("基本工资", "monthly_wage")];

/// What a column is.
#[derive(Clone, Copy)]
enum Column<'b> {
    Own(Own),
    Question(&'b Question),
}

/// A worker at an employer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// 工号.
    pub number: String,
    /// 姓名.
    pub name: String,
    /// 用人单位; empty where it was not given.
    pub employer: String,
    /// Where the work is done, by canonical code, if it was given.
    pub region: Option<String>,
    /// The answers.
    pub answers: BTreeMap<String, Answer>,
    /// The shifts.
    pub shifts: Shifts,
    /// The first row.
    pub row: u32,
}

/// A workforce as read.
#[derive(Debug, Clone, Default)]
pub struct Workforce {
    /// The people in the order of their first rows.
    pub people: Vec<Person>,
    /// What was refused; all rows of the worker are then left out.
    pub rejected: Vec<Rejected>,
    /// Headings that mean nothing here.
    pub unused: Vec<String>,
}

/// Whether a heading belongs to a workforce.
#[must_use]
pub fn knows(chart: &Chart<'_>, key: &str) -> bool {
    column(chart, key).is_some()
}

fn column<'b>(chart: &Chart<'b>, key: &str) -> Option<Column<'b>> {
    let own = OWN.iter().find(|(_, headings)| headings.contains(&key)).map(|(own, _)| Column::Own(*own));
    let also = ALSO.iter().find(|(heading, _)| *heading == key).and_then(|(_, id)| chart.question(id));
    let named = || chart.questions().find(|question| question.id == key || heading_key(chart.name(question)) == key);
    own.or_else(|| also.or_else(named).map(Column::Question))
}

/// Makes a workforce of a table.
#[must_use]
pub fn read(chart: &Chart<'_>, table: &Table) -> Workforce {
    let columns: Vec<Option<Column<'_>>> =
        table.headings.iter().map(|heading| column(chart, &heading_key(heading))).collect();
    let unused = table.headings.iter().zip(&columns).filter(|(_, column)| column.is_none());
    let mut reading = Reading {
        chart,
        headings: &table.headings,
        columns: &columns,
        people: Vec::new(),
        index: BTreeMap::new(),
        rejected: Vec::new(),
        refused: Vec::new(),
    };
    for record in &table.rows {
        reading.row(record);
    }
    let Reading { people, rejected, refused, .. } = reading;
    let kept = people.into_iter().enumerate().filter(|(at, _)| !refused.contains(at)).map(|(_, person)| person);
    Workforce { people: kept.collect(), rejected, unused: unused.map(|(heading, _)| heading.clone()).collect() }
}

struct Reading<'r, 'c, 'b> {
    chart: &'c Chart<'b>,
    headings: &'r [String],
    columns: &'r [Option<Column<'b>>],
    people: Vec<Person>,
    /// Where somebody stands among the people, by number and employer.
    index: BTreeMap<(String, String), usize>,
    rejected: Vec<Rejected>,
    /// People some of whose rows were refused.
    refused: Vec<usize>,
}

impl Reading<'_, '_, '_> {
    fn row(&mut self, record: &Record) {
        let own = |wanted: Own| {
            let cells = self.columns.iter().zip(&record.cells);
            cells
                .filter(|(column, _)| matches!(column, Some(Column::Own(own)) if *own == wanted))
                .find_map(|(_, cell)| cell.as_ref())
        };
        let text = |wanted: Own| own(wanted).map(ToString::to_string).unwrap_or_default();
        let (number, name, employer) = (text(Own::Number), text(Own::Name), text(Own::Employer));
        let (day, hours, region) = (own(Own::Day).cloned(), own(Own::Hours).cloned(), own(Own::Region).cloned());
        if number.is_empty() {
            self.refuse(record.row, "工号", "", "没有工号", "每一行写上工号；同一人在同一单位的各行算作一份用工");
            return;
        }
        let people = &mut self.people;
        let at = *self.index.entry((number.clone(), employer.clone())).or_insert_with(|| {
            people.push(Person {
                number,
                name: String::new(),
                employer,
                region: None,
                answers: BTreeMap::new(),
                shifts: Shifts::default(),
                row: record.row,
            });
            people.len() - 1
        });
        if self.people[at].name.is_empty() {
            self.people[at].name = name;
        }
        let before = self.rejected.len();
        self.region(at, record.row, region.as_ref());
        self.shift(at, record.row, day.as_ref(), hours.as_ref());
        for (place, (column, cell)) in self.columns.iter().zip(&record.cells).enumerate() {
            if let (Some(Column::Question(question)), Some(value)) = (column, cell) {
                self.answer(at, record.row, place, question, value);
            }
        }
        if self.rejected.len() > before && !self.refused.contains(&at) {
            self.refused.push(at);
        }
    }

    fn region(&mut self, at: usize, row: u32, region: Option<&Value>) {
        let Some(region) = region.map(ToString::to_string) else { return };
        let regions = self.chart.book().regions();
        match regions.find(&region) {
            Ok(code) => {
                let code = regions.canonical(code).to_owned();
                match &self.people[at].region {
                    Some(first) if *first != code => {
                        self.refuse(row, "用工地", &region, "同一份用工有两个用工地", "留下一个");
                    }
                    _ => self.people[at].region = Some(code),
                }
            }
            Err(error) => self.refuse(row, "用工地", &region, &error.to_string(), "写名称或者 GB/T 2260 的六位代码"),
        }
    }

    fn shift(&mut self, at: usize, row: u32, day: Option<&Value>, hours: Option<&Value>) {
        let (day, hours) = match (day, hours) {
            (None, None) => return,
            (Some(day), Some(hours)) => (day, hours),
            (day, hours) => {
                let (column, found) = if day.is_none() { ("日期", hours) } else { ("工时", day) };
                let found = found.map(ToString::to_string).unwrap_or_default();
                self.refuse(row, column, &found, "日期和工时只有其一", "两项都写，或者都不写");
                return;
            }
        };
        let date = match day {
            Value::Date(date) => Some(*date),
            other => NaiveDate::parse_from_str(&other.to_string(), "%Y-%m-%d").ok(),
        };
        let Some(date) = date else {
            self.refuse(row, "日期", &day.to_string(), "不是日期", "例如 2026-09-07");
            return;
        };
        let longest = Exact::from(24);
        let parsed = Exact::parse(&hours.to_string()).ok().filter(|hours| *hours >= Exact::ZERO);
        let total = parsed.and_then(|hours| {
            hours.add(self.people[at].shifts.of_day(date).unwrap_or(Exact::ZERO)).ok().filter(|total| *total <= longest)
        });
        match (parsed, total) {
            (Some(hours), Some(_)) if self.people[at].shifts.add(date, hours).is_ok() => {}
            _ => self.refuse(
                row,
                "工时",
                &hours.to_string(),
                "不是一天之内的小时数",
                "写 0 至 24 的数，同一天的各行合计不超过 24",
            ),
        }
    }

    fn answer(&mut self, at: usize, row: u32, place: usize, question: &Question, value: &Value) {
        let item = match value {
            Value::Date(date) => Item::Date(*date),
            Value::Bool(answer) => Item::Flag(*answer),
            other => Item::Text(other.to_string()),
        };
        let heading = self.headings.get(place).cloned().unwrap_or_default();
        match Answer::read(self.chart, question, &item) {
            Ok(None) => {}
            Ok(Some(answer)) => {
                let person = &mut self.people[at];
                let known = person.answers.get(&question.id);
                if known.is_some_and(|known| known.given != answer.given) {
                    self.refuse(row, &heading, &value.to_string(), "与同一份用工的另一行不同", "留下一个回答");
                } else {
                    person.answers.insert(question.id.clone(), answer);
                }
            }
            Err((problem, expected)) => self.refuse(row, &heading, &value.to_string(), &problem, &expected),
        }
    }

    fn refuse(&mut self, row: u32, column: &str, value: &str, problem: &str, remedy: &str) {
        self.rejected.push(Rejected {
            row,
            column: column.to_owned(),
            value: value.to_owned(),
            problem: problem.to_owned(),
            remedy: remedy.to_owned(),
        });
    }
}

/// What to say of headings that mean nothing here, with what each may have been meant for.
#[must_use]
pub fn unused(chart: &Chart<'_>, headings: &[String]) -> Option<String> {
    let names: Vec<String> = chart.questions().map(|question| heading_key(chart.name(question))).collect();
    let own = OWN.iter().flat_map(|(_, headings)| headings.iter().copied());
    let known: Vec<&str> = names.iter().map(String::as_str).chain(own).collect();
    let told = headings.iter().map(|heading| match nearest(&heading_key(heading), known.iter().copied()) {
        Some(near) => format!("{heading}（是不是“{near}”？）"),
        None => heading.clone(),
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| format!("没有用到的列：{}", told.join("、")))
}
