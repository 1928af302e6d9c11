//! Worked examples, run.

use super::{
    evaluate::{Evaluation, Fault, FaultKind},
    plan::{Plan, SlotId},
    question::Question,
    show::show,
    value::Value,
};
use crate::rulebook::{Aggregate, Body, Book, Carried, Cell, Example, PackageId, Window};
use std::collections::{BTreeMap, BTreeSet};

/// How an example fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleFailure {
    /// What was expected and what came out, a line each.
    pub lines: Vec<String>,
}

/// Runs an example: over its steps, carried values that are not given are made of the earlier steps.
///
/// # Errors
/// Every figure that came out otherwise.
pub fn run_example(book: &Book, example: &Example) -> Result<(), ExampleFailure> {
    let fail = |line: String| ExampleFailure { lines: vec![line] };
    let region = match &example.region {
        Some(text) => Some(book.regions().find(text).map_err(|error| fail(error.to_string()))?),
        None => None,
    };
    let question = Question::simple(example.on, example.known_at, region, book.regions());
    let mut goals: Vec<Cell> =
        example.steps.iter().flat_map(|step| step.expect.iter().map(|(cell, _)| cell.clone())).collect();
    goals.extend(example.refused.iter().map(|(cell, _)| cell.clone()));
    let package = package_of(book, example, &goals).ok_or_else(|| fail("没有 expect".to_owned()))?;
    let carried: Vec<_> = book
        .reach(package)
        .into_iter()
        .flat_map(|one| book.package(one).entries.iter().copied())
        .filter_map(|entry| match book.body(entry) {
            Body::Carried(carried) => Some((entry, carried)),
            _ => None,
        })
        .collect();
    goals.extend(carried.iter().map(|(_, carried)| (carried.figure, Vec::new())).filter(|_| example.steps.len() > 1));
    goals.extend(example.steps.iter().flat_map(|step| step.given.iter().map(|(cell, _)| cell.clone())));
    let plan = Plan::new(book, question, package, &goals)
        .map_err(|errors| ExampleFailure { lines: errors.into_iter().map(|one| one.message).collect() })?;
    let mut lines = Vec::new();
    let mut history: BTreeMap<Cell, Vec<Value>> = BTreeMap::new();
    for (month, step) in example.steps.iter().enumerate() {
        let mut given: Vec<(SlotId, Value)> = Vec::new();
        for ((entry, cell), value) in &step.given {
            if let Some(slot) = plan.find(*entry, cell) {
                let value = Value::from(value);
                if let Err(error) = plan.admits(slot, &value) {
                    lines.push(format!("{}：{error}", plan.name(slot)));
                }
                given.push((slot, value));
            }
        }
        // The steps are months: nothing was paid earlier in the month of one.
        let reaches_back = |carried: &Carried| !matches!(carried.over, Window::Month | Window::ProjectMonth);
        for (entry, carried) in carried.iter().filter(|(_, carried)| month > 0 && reaches_back(carried)) {
            let by_hand = step.given.iter().any(|((one, _), _)| one == entry);
            if let (false, Some(slot), Some(earlier)) =
                (by_hand, plan.find(*entry, &[]), history.get(&(carried.figure, Vec::new())))
            {
                given.push((slot, aggregate(carried.aggregate, earlier)));
            }
        }
        let mut evaluation = Evaluation::new(&plan, given);
        for ((entry, cell), expected) in &step.expect {
            let expected = Value::from(expected);
            let of = book.entry(*entry).of;
            let found = evaluation.cell(*entry, cell);
            if found.as_ref() != Ok(&expected) {
                let found = found.map_or_else(|fault| fault.to_string(), |value| open(&plan, &value, of));
                let name = book.lexicon().cell_name(*entry, cell);
                let month = if example.steps.len() > 1 { format!("第{}步 ", month + 1) } else { String::new() };
                lines.push(format!("{month}{name}：应为 {}，得 {found}", show(book.lexicon(), &expected, of)));
            }
        }
        // A figure may be carried over several windows, and is still of one slip.
        let figures: BTreeSet<_> = carried.iter().map(|(_, carried)| carried.figure).collect();
        for figure in figures {
            if let Ok(value) = evaluation.cell(figure, &[]) {
                history.entry((figure, Vec::new())).or_default().push(value);
            }
        }
        let last = month + 1 == example.steps.len();
        for ((entry, cell), words) in example.refused.iter().filter(|_| last) {
            let of = book.entry(*entry).of;
            let found = match evaluation.cell(*entry, cell) {
                Err(Fault { kind: FaultKind::Coverage(coverage), .. }) => {
                    let said = coverage.to_string();
                    if said.contains(&words.value) {
                        continue;
                    }
                    said
                }
                found => found.map_or_else(|fault| fault.to_string(), |value| open(&plan, &value, of)),
            };
            let name = book.lexicon().cell_name(*entry, cell);
            lines.push(format!("{name}：应因规则库不覆盖（{}）而算不出，得 {found}", words.value));
        }
        if let (Some(expected), true) = (&example.findings, last) {
            let raised: Vec<String> = evaluation.findings().into_iter().map(|finding| finding.code).collect();
            let prefix = format!("{}.", book.package(package).id);
            let raised: Vec<&str> = raised.iter().map(|code| code.strip_prefix(&prefix).unwrap_or(code)).collect();
            let expected: Vec<&str> = expected.iter().map(|name| name.value.as_str()).collect();
            if raised != expected {
                lines.push(format!("提示：应为 [{}]，得 [{}]", expected.join("、"), raised.join("、")));
            }
        }
    }
    if lines.is_empty() { Ok(()) } else { Err(ExampleFailure { lines }) }
}

/// The package whose view an example takes: its own, or in a region file that of the first figure it expects.
fn package_of(book: &Book, example: &Example, goals: &[Cell]) -> Option<PackageId> {
    example.package.or_else(|| goals.first().map(|(entry, _)| book.entry(*entry).package))
}

fn open(plan: &Plan<'_>, value: &Value, of: crate::rulebook::Type) -> String {
    match value {
        Value::Unknown(unknown) => {
            let facts: Vec<String> = unknown.facts().map(|slot| plan.name(slot)).collect();
            format!("未知（缺：{}）", facts.join("、"))
        }
        value => show(plan.book().lexicon(), value, of),
    }
}

/// What is made of earlier values.
fn aggregate(how: Aggregate, earlier: &[Value]) -> Value {
    use crate::{formula::ArithmeticOperator, quantity::Exact};
    let count = Value::Number(Exact::from(i64::try_from(earlier.len()).unwrap_or(i64::MAX)));
    let sum = || super::operations::sum(earlier).unwrap_or(Value::None);
    match how {
        Aggregate::Count => count,
        Aggregate::First => earlier.first().cloned().unwrap_or(Value::None),
        Aggregate::Last => earlier.last().cloned().unwrap_or(Value::None),
        Aggregate::Sum => sum(),
        Aggregate::Average => {
            super::operations::arithmetic(ArithmeticOperator::Divide, &sum(), &count).unwrap_or(Value::None)
        }
    }
}
