//! What it costs that there is no written contract, as far as the answers tell.

use super::{chart::Chart, decision::SecondWage, search::Case};
use crate::engine::Value;
use std::collections::BTreeSet;

/// The second wage of a case. A wage that nobody named is nothing to somebody who is owed no month of it.
pub(super) fn of(chart: &Chart<'_>, case: &Case<'_, '_>) -> SecondWage {
    let mut evaluation = case.evaluation();
    let mut value = |entry| evaluation.cell(entry, &[]).unwrap_or(Value::None);
    let (months, days) = (value(chart.second_wage_months), value(chart.part_month_days));
    let is_nought = |value: &Value| value.number().is_some_and(|number| number.is_zero());
    if is_nought(&months) && is_nought(&days) {
        return SecondWage::NotOwed;
    }
    let amount = value(chart.second_wage_amount);
    let (from, until) = (value(chart.second_wage_begins), value(chart.second_wage_ends));
    let open = |value: &Value| match value {
        Value::Unknown(unknown) => unknown.facts().collect(),
        _ => BTreeSet::new(),
    };
    match (amount, from, until) {
        (Value::Number(amount), Value::Date(from), Value::Date(until)) => {
            if amount.is_zero() {
                SecondWage::NotOwed
            } else {
                SecondWage::Owed { from, until, amount }
            }
        }
        (amount, ..) => {
            let waited_for: BTreeSet<_> = open(&months).union(&open(&amount)).copied().collect();
            let questions = case.plan.questions().iter().filter(|planned| waited_for.contains(&planned.slot));
            SecondWage::Open(questions.map(|planned| planned.question.id.clone()).collect())
        }
    }
}
