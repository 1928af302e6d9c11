//! A day and a fen to either side of every edge of the law: what the book answers there, pinned in `golden/boundaries/`.
//!
//! Dates: of every dated value the day before a version begins (or ends) and the day itself. Scales: a fen below each
//! bound, the bound, a fen above. Caps: the contribution base a fen outside, on and inside the floor and the ceiling of
//! each place, by the engine. The expectations are read like any golden: against the announcement.

use chrono::NaiveDate;
use gongche::{
    engine::{Evaluation, Plan, Question, Value, show},
    quantity::Exact,
    rulebook::{Band, Body, Book, Content, Literal, Sources, Timeline, Type},
};
use insta::{Settings, assert_snapshot};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::LazyLock,
};

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    Book::read_all(Sources::embedded())
        .unwrap_or_else(|faulty| panic!("{}", gongche::rulebook::render(&faulty.sources, &faulty.diagnostics)))
});

fn golden(name: &str, text: &str) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path("../../golden/boundaries");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| assert_snapshot!(name, text));
}

fn literal(literal: &Literal, of: Type) -> String {
    match literal {
        Literal::Bands(bands) => format!("{} 级", bands.len()),
        other => show(BOOK.lexicon(), &Value::from(other), of),
    }
}

/// What a timeline answers on the day before each of its edges, and on the day.
fn edges(name: &str, timeline: &Timeline, of: Type, text: &mut String) {
    let versions = timeline.versions();
    let days: BTreeSet<NaiveDate> = versions.iter().flat_map(|one| [Some(one.from), one.until]).flatten().collect();
    for day in days {
        let answer = |day: NaiveDate| match timeline.on(day, None) {
            Ok(version) => literal(&version.literal, of),
            Err(_) => "—".to_owned(),
        };
        let before = day.pred_opt().unwrap();
        writeln!(text, "{name} {before} {} | {day} {}", answer(before), answer(day)).unwrap();
    }
}

#[test]
fn every_date_of_the_nation() {
    let mut text = String::new();
    for (id, entry) in BOOK.entries() {
        if let Body::Value(timeline) | Body::Scale(timeline) = BOOK.body(id) {
            edges(&entry.full_id, timeline, entry.of, &mut text);
        }
    }
    golden("dates-000000", &text);
}

#[test]
fn every_date_of_every_place() {
    let mut provinces: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (code, supply) in BOOK.supplied_places() {
        let Content::Dated(timeline) = &supply.content else { continue };
        let entry = BOOK.entry(supply.value);
        let members: Vec<String> = supply
            .members
            .iter()
            .zip(&entry.by)
            .map(|(meant, dimension)| match meant {
                None => "*".to_owned(),
                Some(meant) => {
                    let ids = meant.iter().map(|at| BOOK.lexicon().members(*dimension)[*at].id.as_str());
                    ids.collect::<Vec<_>>().join("+")
                }
            })
            .collect();
        let mut lines = String::new();
        edges(&format!("{code} {}[{}]", entry.full_id, members.join(",")), timeline, entry.of, &mut lines);
        let province = provinces.entry(format!("{}0000", &code[..2])).or_default();
        province.extend(lines.lines().map(str::to_owned));
    }
    assert!(provinces.len() >= 31, "only {} provinces", provinces.len());
    for (province, lines) in provinces {
        golden(&format!("dates-{province}"), &lines.into_iter().collect::<Vec<_>>().join("\n"));
    }
}

#[test]
fn every_bound_of_every_scale() {
    let fen = Exact::parse("0.01").unwrap();
    let mut text = String::new();
    for (id, entry) in BOOK.entries() {
        let Body::Scale(timeline) = BOOK.body(id) else { continue };
        for version in timeline.versions() {
            let Literal::Bands(bands) = &version.literal else { continue };
            let tax = |x: Exact| {
                let band: &Band = bands.iter().find(|band| band.to.is_none_or(|to| x <= to)).unwrap();
                format!("{x} → {} ({} − {})", x.mul(band.rate).unwrap().sub(band.quick).unwrap(), band.rate, band.quick)
            };
            for to in bands.iter().filter_map(|band| band.to) {
                let cases = [to.sub(fen).unwrap(), to, to.add(fen).unwrap()].map(tax);
                writeln!(text, "{} {}: {}", entry.full_id, version.from, cases.join("; ")).unwrap();
            }
        }
    }
    golden("scales", &text);
}

/// The day on which caps are tried: every contribution year of 2026 has begun.
const CAPS_ON: &str = "2026-10-31";

#[test]
fn every_cap_of_every_place() {
    let find = |id: &str| BOOK.lexicon().find_anywhere(id).unwrap();
    let (base, declared, line) = (find("social.base"), find("social.declared_base"), find("social.line"));
    let (floor, ceiling) = (find("social.base_floor"), find("social.base_ceiling"));
    let fen = Exact::parse("0.01").unwrap();
    let mut text = String::new();
    for code in BOOK.places() {
        let question = Question::simple(CAPS_ON.parse().unwrap(), None, Some(code), BOOK.regions());
        let cells: Vec<Vec<usize>> = (0..BOOK.lexicon().members(line).len()).map(|at| vec![at]).collect();
        let goals =
            [base, floor, ceiling].into_iter().flat_map(|entry| cells.iter().map(move |cell| (entry, cell.clone())));
        let goals: Vec<_> = goals.chain([(declared, Vec::new())]).collect();
        let plan = Plan::new(&BOOK, question, BOOK.entry(base).package, &goals).unwrap();
        let fact = plan.find(declared, &[]).unwrap();
        for (cell, member) in cells.iter().zip(BOOK.lexicon().members(line)) {
            for bound in [floor, ceiling] {
                let mut row = Evaluation::new(&plan, []);
                let Ok(Value::Number(at)) = row.cell(bound, cell) else { continue };
                let based = [at.sub(fen).unwrap(), at, at.add(fen).unwrap()].map(|given| {
                    let mut row = Evaluation::new(&plan, [(fact, Value::Number(given))]);
                    let value = row.cell(base, cell).map(|value| show(BOOK.lexicon(), &value, BOOK.entry(base).of));
                    format!("{given} → {}", value.unwrap_or_else(|fault| format!("!{fault}")))
                });
                let which = BOOK.entry(bound).id.as_str();
                writeln!(text, "{code} {} {which}: {}", member.id, based.join("; ")).unwrap();
            }
        }
    }
    assert!(text.lines().count() > 1_000, "only {} caps", text.lines().count());
    golden("caps", &text);
}
