//! A whole workforce: every engagement of a table judged, hours added up, a workbook of findings.

use super::Check;
use crate::{
    classify::{Decision, Depth, Engagement, Hours, Judge},
    cli::{
        Done,
        error::{CliError, Kind},
        eval::finding_json,
        output::Output,
        pay::cannot_write,
    },
    engine::show_number,
    exchange::{
        rejected::{self, Rejected},
        table,
        workbook::{self, Cell, Sheet, to_xlsx},
        workforce::{self, Person, Workforce},
    },
    rulebook::{Book, Gravity, Type},
};
use chrono::NaiveDate;
use rayon::prelude::*;
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, fmt::Write as _, path::Path};

/// The workbook of findings.
const WORKBOOK: &str = "findings.xlsx";

/// What a relation is called that could not be determined.
const UNDETERMINED: (&str, &str) = ("undetermined", "不能确定");

/// One of the workforce, judged.
struct Judged {
    person: Person,
    decision: Decision,
    hours: Option<Hours>,
}

/// A workforce, judged.
struct Review {
    on: NaiveDate,
    judged: Vec<Judged>,
    rejected: Vec<Rejected>,
    notes: Vec<String>,
    rulebook: String,
    uncovered: bool,
}

pub(super) fn run(
    check: &Check,
    file: &Path,
    book: &Book,
    judge: &mut Judge<'_>,
    output: &Output,
) -> Result<Done, CliError> {
    let review = review(check, file, book, judge)?;
    if let Some(out) = &check.out {
        let bytes = to_xlsx(&sheets(&review)).map_err(|error| internal(&error))?;
        std::fs::create_dir_all(out).map_err(|error| cannot_write(out, &error))?;
        workbook::save(&out.join(WORKBOOK), &bytes).map_err(|error| CliError::input("out", error.to_string()))?;
    }
    if output.is_json() {
        output.json(&json(&review));
    } else {
        output.text(text(&review, check.out.as_deref()).trim_end());
    }
    let unlawful = review.judged.iter().any(|one| count(&one.decision, Gravity::Unlawful) > 0);
    Ok(match (review.uncovered && review.judged.is_empty(), review.rejected.is_empty(), unlawful) {
        (true, ..) => Done::Uncovered,
        (_, false, _) => Done::Rejected,
        (_, true, true) => Done::Unlawful,
        _ => Done::Clean,
    })
}

fn internal(error: &dyn std::fmt::Display) -> CliError {
    CliError::new(Kind::Internal, "workbook", error.to_string())
}

fn review(check: &Check, file: &Path, book: &Book, judge: &mut Judge<'_>) -> Result<Review, CliError> {
    let chart = judge.chart();
    let table = table::read(file, |key| workforce::knows(chart, key))
        .map_err(|error| CliError::input("roster", error.to_string()))?;
    let Workforce { mut people, mut rejected, unused } = workforce::read(chart, &table);
    let notes = workforce::unused(chart, &unused).into_iter().collect();
    let last = people.iter().filter_map(|person| person.shifts.last_day()).max();
    let on = check.on.or(last).ok_or_else(|| {
        CliError::input("on", "没有写在哪一天判断")
            .at("--on")
            .hint("加 --on 2026-09-30；有考勤的，默认为最后一个工作日")
    })?;
    let region = check.region.as_deref().map(|text| crate::cli::book::region(book, text)).transpose()?;
    for person in &mut people {
        if person.region.is_none() {
            person.region.clone_from(&region);
        }
        judge.prepare(person.region.as_deref(), on).map_err(|trouble| CliError::trouble(book, trouble))?;
    }
    let judge = &*judge;
    let results: Vec<Result<Judged, (Rejected, bool)>> =
        people.into_par_iter().map(|person| judged(judge, book, person, on)).collect();
    let mut judged = Vec::new();
    let mut uncovered = false;
    for result in results {
        match result {
            Ok(one) => judged.push(one),
            Err((one, by_book)) => {
                uncovered |= by_book;
                rejected.push(one);
            }
        }
    }
    rejected.sort_by_key(|one| one.row);
    Ok(Review { on, judged, rejected, notes, rulebook: book.digest().to_string(), uncovered })
}

/// One of the workforce, or why not, and whether that is for the book's want.
fn judged(judge: &Judge<'_>, book: &Book, person: Person, on: NaiveDate) -> Result<Judged, (Rejected, bool)> {
    let refused = |problem: String, by_book: bool| {
        let remedy = if by_book { "核对判断日期和用工地" } else { "核对这个人各行的内容" };
        let rejected = Rejected {
            row: person.row,
            column: "工号".to_owned(),
            value: person.number.clone(),
            problem,
            remedy: remedy.to_owned(),
        };
        (rejected, by_book)
    };
    let engagement = Engagement::of_answers(person.region.clone(), on, person.answers.clone());
    let (engagement, hours) =
        judge.with_shifts(engagement, &person.shifts).map_err(|error| refused(error.to_string(), false))?;
    let decision = judge.decide(&engagement, Depth::Brief).map_err(|trouble| {
        let error = CliError::trouble(book, trouble);
        refused(error.message().to_owned(), error.is_coverage())
    })?;
    Ok(Judged { person, decision, hours })
}

fn count(decision: &Decision, severity: Gravity) -> usize {
    decision.findings.iter().filter(|finding| finding.severity == severity).count()
}

/// The relation's id and name.
fn relation(decision: &Decision) -> (&str, &str) {
    decision.relation.as_ref().map_or(UNDETERMINED, |relation| (&relation.id, &relation.name))
}

fn hours_of(hours: &Hours) -> String {
    show_number(hours.most_a_week, Type::Zero)
}

/// How many there are of each relation, by name.
fn totals(review: &Review) -> BTreeMap<(&str, &str), usize> {
    let mut totals = BTreeMap::new();
    for one in &review.judged {
        *totals.entry(relation(&one.decision)).or_default() += 1;
    }
    totals
}

fn json(review: &Review) -> Json {
    let engagements = review.judged.iter().map(|one| {
        let weeks: Option<BTreeMap<String, String>> = one.hours.as_ref().map(|hours| {
            hours.weeks.iter().map(|(monday, sum)| (monday.to_string(), show_number(*sum, Type::Zero))).collect()
        });
        json!({
            "worker": one.person.number,
            "name": one.person.name,
            "employer": one.person.employer,
            "relation": relation(&one.decision).0,
            "undetermined": one.decision.is_undetermined(),
            "open_questions": one.decision.open_questions.iter().map(|open| &open.question).collect::<Vec<_>>(),
            "findings": one.decision.findings.iter().map(finding_json).collect::<Vec<_>>(),
            "hours_by_week": weeks,
            "hours_per_week": one.hours.as_ref().map(hours_of),
            "exceeded_on": one.hours.as_ref().and_then(|hours| hours.exceeded_on).map(|day| day.to_string()),
        })
    });
    let totals: BTreeMap<&str, usize> = totals(review).into_iter().map(|((id, _), count)| (id, count)).collect();
    json!({
        "on": review.on.to_string(),
        "rulebook": review.rulebook,
        "totals": totals,
        "engagements": engagements.collect::<Vec<_>>(),
        "rejected": review.rejected,
        "notes": review.notes,
    })
}

fn text(review: &Review, out: Option<&Path>) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{} 份用工（判断日期 {}）", review.judged.len(), review.on);
    for ((_, name), count) in totals(review) {
        let _ = writeln!(text, "  {name}　{count}");
    }
    let sum = |severity| review.judged.iter().map(|one| count(&one.decision, severity)).sum::<usize>();
    let (unlawful, risk, note) = (sum(Gravity::Unlawful), sum(Gravity::Risk), sum(Gravity::Note));
    let _ = writeln!(text, "  违法 {unlawful} 条，风险 {risk} 条，提示 {note} 条");
    let exceeded = review.judged.iter().filter_map(|one| Some((one, one.hours.as_ref()?.exceeded_on?)));
    for (one, day) in
        exceeded.filter(|(one, _)| one.decision.findings.iter().any(|finding| finding.code.ends_with(STOPPED)))
    {
        let _ = writeln!(text, "  {} {}：自 {day} 起不再是非全日制用工", one.person.number, one.person.name);
    }
    for one in &review.rejected {
        let _ = writeln!(
            text,
            "  退回第 {} 行 {}「{}」：{}（{}）",
            one.row, one.column, one.value, one.problem, one.remedy
        );
    }
    for note in &review.notes {
        let _ = writeln!(text, "  注意：{note}");
    }
    if let Some(out) = out {
        let _ = writeln!(text, "  各人的结论和提示见 {}", out.join(WORKBOOK).display());
    }
    text
}

/// The finding that names the day.
const STOPPED: &str = ".stopped_being_non_full_time";

fn sheets(review: &Review) -> Vec<Sheet> {
    let mut people = Sheet::new("认定").frozen(2);
    for (heading, width) in [("工号", 10), ("姓名", 10), ("用人单位", 24), ("关系", 26), ("依据", 34), ("待查问题", 40)]
    {
        people = people.column(heading, workbook::Kind::Text, width);
    }
    for heading in ["一周最多工时", "超过非全日制之日"] {
        people = people.column(heading, workbook::Kind::Text, 14);
    }
    for severity in [Gravity::Unlawful, Gravity::Risk, Gravity::Note] {
        people = people.column(severity.name(), workbook::Kind::Count, 8);
    }
    let mut findings = Sheet::new("提示").frozen(2);
    let columns = [("工号", 10), ("姓名", 10), ("程度", 8), ("提示", 70), ("依据", 40), ("处理", 50), ("代码", 36)];
    for (heading, width) in columns {
        findings = findings.column(heading, workbook::Kind::Text, width);
    }
    for one in &review.judged {
        let (person, decision) = (&one.person, &one.decision);
        let open: Vec<&str> = decision.open_questions.iter().map(|open| open.name.as_str()).collect();
        let by = decision.settled_by.as_ref().map_or(String::new(), |test| format!("{}（{}）", test.name, test.cite));
        let tally = |severity| Cell::Count(i64::try_from(count(decision, severity)).unwrap_or(i64::MAX));
        people.push(vec![
            Cell::text(&person.number),
            Cell::text(&person.name),
            Cell::text(&person.employer),
            Cell::text(relation(decision).1),
            Cell::text(by),
            Cell::text(open.join("、")),
            Cell::text(one.hours.as_ref().map(hours_of).unwrap_or_default()),
            one.hours.as_ref().and_then(|hours| hours.exceeded_on).map_or(Cell::Blank, Cell::date),
            tally(Gravity::Unlawful),
            tally(Gravity::Risk),
            tally(Gravity::Note),
        ]);
        for finding in &decision.findings {
            findings.push(vec![
                Cell::text(&person.number),
                Cell::text(&person.name),
                Cell::text(finding.severity.name()),
                Cell::text(&finding.message),
                Cell::maybe(finding.cite.as_ref()),
                Cell::maybe(finding.remedy.as_ref()),
                Cell::text(&finding.code),
            ]);
        }
    }
    let mut sheets = vec![people, findings];
    if !review.rejected.is_empty() {
        sheets.push(rejected::sheet(&review.rejected));
    }
    sheets
}
