//! Every figure of the rule book, in several places and months.

use super::{ONE, Random, TWO, assert_exact, fill, inputs_of, on};
use gongche::{
    engine::{
        Origin, Plan, Question, SlotId, Value,
        columns::{ColumnPlan, Encoding},
    },
    quantity::Exact,
    rulebook::{Book, PackageId, Sources, Type, render},
};

/// A value as somebody might give it: mostly ordinary, at times at an edge.
fn any_value(random: &mut Random, plan: &Plan<'_>, slot: SlotId, encoding: Encoding) -> Option<Value> {
    if random.below(20) == 0 {
        return None;
    }
    let book = plan.book();
    let entry = book.entry(plan.slot(slot).entry);
    Some(match encoding {
        Encoding::Boolean => Value::Boolean(random.below(2) == 0),
        Encoding::Choice => {
            let Type::Choice(set) = entry.of else { panic!("{}", entry.full_id) };
            Value::Choice(random.below(book.lexicon().members(set).len()))
        }
        Encoding::Date => {
            let month = random.between(1, 12);
            let day = random.between(1, 28);
            Value::Date(on(&format!("{}-{month:02}-{day:02}", random.of(&[2024, 2025, 2026, 2026, 2026]))))
        }
        Encoding::Number { decimals } => {
            let parts = i128::from(10i64.pow(decimals));
            let money = matches!(entry.of, Type::Number(unit) if unit.to_string().starts_with('元'));
            let largest = if money { 60_000 } else { 13 };
            let number = match random.below(60) {
                0 => parts * 10_i128.pow(16),
                1..=10 => 0,
                11..=20 => i128::from(random.between(0, largest)) * parts,
                21..=25 => i128::from(random.between(0, 20 * largest)) * parts,
                _ => i128::from(random.between(0, largest * 100)) * parts / 100,
            };
            let number = rust_decimal::Decimal::try_from_i128_with_scale(number, decimals).unwrap();
            // A third decimal of money is nothing that a column can hold.
            let odd = if random.below(400) == 0 { "0.0000001" } else { "0" };
            Value::Number(Exact::from(number).add(Exact::parse(odd).unwrap()).unwrap())
        }
    })
}

/// Every figure of a package, in one place, on one day.
fn hold_package(
    book: &Book,
    package: PackageId,
    place: Option<&str>,
    day: &str,
    random: &mut Random,
    rows: usize,
) -> usize {
    let question = Question::simple(on(day), None, place, book.regions());
    let figures = book.package(package).entries.iter().filter(|entry| book.figure(**entry).is_some());
    let cells: Vec<_> = figures
        .flat_map(|entry| book.lexicon().cells(&book.entry(*entry).by).into_iter().map(|cell| (*entry, cell)))
        .collect();
    let plan = Plan::new(book, question, package, &cells).unwrap();
    let goals: Vec<SlotId> = cells.iter().map(|(entry, cell)| plan.find(*entry, cell).unwrap()).collect();
    let every = inputs_of(&plan);
    // What is bound to a figure is given by hand in one half of the runs.
    let unbound = |slot: &&SlotId| matches!(plan.slot(**slot).origin, Origin::Input { bound: None, .. });
    let given: Vec<SlotId> = if random.below(2) == 0 { every } else { every.iter().filter(unbound).copied().collect() };
    let columns = ColumnPlan::new(&plan, &goals, &given);
    let rows: Vec<Vec<(SlotId, Value)>> = (0..rows)
        .map(|_| {
            columns
                .given()
                .filter_map(|(slot, encoding)| Some((slot, any_value(random, &plan, slot, encoding)?)))
                .collect()
        })
        .collect();
    let mut inputs = columns.inputs(rows.len());
    fill(&mut inputs, &rows);
    let results = inputs.run(TWO);
    assert_exact(&plan, &goals, &rows, &results);
    rows.len() - results.fallen()
}

#[test]
fn every_figure_of_the_book_is_the_same_both_ways() {
    let book = Book::read(Sources::embedded())
        .unwrap_or_else(|faulty| panic!("{}", render(&faulty.sources, &faulty.diagnostics)));
    let mut random = Random::new(61);
    let mut in_columns = 0;
    for (package, _) in book.packages() {
        for place in [None, Some("110000"), Some("310000"), Some("530100"), Some("530113")] {
            for day in ["2025-12-31", "2026-09-30"] {
                in_columns += hold_package(&book, package, place, day, &mut random, 30);
            }
        }
    }
    println!("{in_columns} rows in columns");
    assert!(in_columns > 1_000, "{in_columns}");
}

#[test]
fn a_payroll_of_the_book_runs_in_columns() {
    let book = Book::read(Sources::embedded())
        .unwrap_or_else(|faulty| panic!("{}", render(&faulty.sources, &faulty.diagnostics)));
    let find = |id: &str| book.lexicon().find_anywhere(id).unwrap();
    let (package, _) = book.packages().find(|(_, package)| package.id == "payroll").unwrap();
    let question = Question::simple(on("2026-09-30"), None, Some("310000"), book.regions());
    let goals = ["payroll.net", "payroll.employer_cost", "tax.wages.tax", "social.own_total"];
    let cells: Vec<_> = goals.iter().map(|id| (find(id), Vec::new())).collect();
    let plan = Plan::new(&book, question, package, &cells).unwrap();
    let slots: Vec<SlotId> = cells.iter().map(|(entry, cell)| plan.find(*entry, cell).unwrap()).collect();
    let given: Vec<SlotId> = [
        ("labour.pay_items.item", "payroll.amount", vec![0]),
        ("", "social.declared_base", vec![]),
        ("", "social.industry_class", vec![]),
        ("", "fund.declared_base", vec![]),
        ("", "fund.rate", vec![]),
        ("", "tax.months.paid_on", vec![]),
        ("", "tax.months.hire_date", vec![]),
        ("", "tax.months.leave_date", vec![]),
        ("", "payroll.prior_income", vec![]),
        ("", "payroll.prior_special", vec![]),
        ("", "tax.wages.prior_withheld", vec![]),
    ]
    .into_iter()
    .map(|(_, id, cell)| plan.find(find(id), &cell).unwrap())
    .collect();
    let columns = ColumnPlan::new(&plan, &slots, &given);
    assert_eq!(columns.exact_goals().count(), 0);
    let mut random = Random::new(7);
    let (hired, left) = (find("tax.months.hire_date"), find("tax.months.leave_date"));
    let rows: Vec<Vec<(SlotId, Value)>> = (0..3_000)
        .map(|_| {
            let money =
                |random: &mut Random| Value::Number(rust_decimal::Decimal::new(random.between(0, 6_000_000), 2).into());
            let date = |random: &mut Random| {
                Value::Date(on("2024-01-01") + chrono::Days::new(random.below(900).try_into().unwrap()))
            };
            given
                .iter()
                .filter_map(|slot| {
                    let entry = plan.slot(*slot).entry;
                    Some((
                        *slot,
                        match book.entry(entry).full_id.as_str() {
                            "fund.rate" => Value::Number(random.of(&["5%", "7%", "0.0625"]).parse().unwrap()),
                            // Of Shanghai only the first class is known to the book with its own rate, all others nation-wide.
                            "social.industry_class" => Value::Choice(random.below(8)),
                            "tax.months.paid_on" => Value::Date(on("2026-09-30")),
                            _ if entry == hired => date(&mut random),
                            // Hardly anybody leaves: there is no such date, and the row stays in columns.
                            _ if entry == left && random.below(4) > 0 => return None,
                            _ if entry == left => date(&mut random),
                            _ => money(&mut random),
                        },
                    ))
                })
                .collect()
        })
        .collect();
    let mut inputs = columns.inputs(rows.len());
    fill(&mut inputs, &rows);
    for threads in [ONE, TWO] {
        let results = inputs.run(threads);
        assert_eq!(results.fallen(), 0);
        assert_exact(&plan, &slots, &rows, &results);
    }
}
