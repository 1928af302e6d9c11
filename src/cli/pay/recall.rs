//! What the ledger knows of earlier payments, as the payment of a person takes it.

use super::books::corrupted;
use crate::{
    cli::error::CliError,
    payroll::{Balance, Chart, Earlier, Employment, Known},
    quantity::{Exact, Money},
    store::{Amounts, Asking, EarlierSlip, Ledger, Opening, Period, Span},
};
use chrono::{Datelike, NaiveDate};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// The order of payments: by day, then period, then number of the run, then place in the ledger.
type PaymentKey = (NaiveDate, Period, u32, i64);

/// What the ledger has of persons before a payment, by their keys; each with the first day of the employment that is
/// paid. Opening balances of months that they sum up stand for the slips of these.
pub(in crate::cli) fn known(
    ledger: &Ledger,
    asking: Asking<'_>,
    chart: &Chart<'_>,
    persons: &BTreeMap<String, NaiveDate>,
) -> Result<BTreeMap<String, Known>, CliError> {
    let keys: BTreeSet<String> = persons.keys().cloned().collect();
    let year = asking.paid_on.year();
    let openings = ledger.opening_balances(&asking.run.payer, year, &keys, asking.before)?;
    let mut found: BTreeMap<String, BTreeMap<PaymentKey, EarlierSlip>> = BTreeMap::new();
    let year_before = chart.looks_back_a_year().then_some(Span::Months(12));
    for span in [Span::TaxYear(year)].into_iter().chain(year_before) {
        for (person, slips) in ledger.earlier_slips(asking, span, &keys)? {
            let of_person = found.entry(person).or_default();
            of_person.extend(slips.into_iter().map(|slip| ((slip.paid_on, slip.period, slip.number, slip.id), slip)));
        }
    }
    let by_project = chart.by_project();
    let mut known = BTreeMap::new();
    for (person, hired) in persons {
        // Of a month that it sums up itself, an opening balance says nothing.
        let opening = openings.get(person).filter(|opening| opening.as_of < asking.run.period);
        let slips = found.remove(person).unwrap_or_default().into_values();
        let slips: Vec<EarlierSlip> =
            slips.filter(|slip| opening.is_none_or(|opening| slip.period > opening.as_of)).collect();
        let began = (hired.year(), hired.month());
        // Only of somebody who was paid before, or as, the employment began is it asked which one that was.
        let comes_back = slips.iter().any(|slip| {
            let first = slip.period.first_day();
            (first.year(), first.month()) <= began
        });
        let slips = slips.iter().map(|slip| {
            // Only a slip of the same month is asked what it was for, and there is hardly ever one.
            let for_what = is_same_month(slip.paid_on, asking.paid_on)
                && slip.carried.keys().any(|id| by_project.contains(id.as_str()));
            let inputs = if for_what || comes_back { inputs(&slip.inputs)? } else { Json::Null };
            Ok(Earlier {
                period: slip.period.first_day(),
                paid_on: slip.paid_on,
                project: inputs["project"].as_str().unwrap_or_default().to_owned(),
                employment: employment(&inputs),
                same_run: false,
                amounts: exact(&slip.carried)?,
            })
        });
        let slips = slips.collect::<Result<_, CliError>>()?;
        known.insert(person.clone(), Known { opening: opening.map(balance).transpose()?, slips });
    }
    Ok(known)
}

/// What of a month another slip of the same month has contributed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Contributed {
    pub(super) insurance: bool,
    pub(super) fund: bool,
    /// The run that did.
    pub(super) number: u32,
}

/// Who has had insurance or fund of the month contributed by another run that the ledger had first.
pub(super) fn contributed(
    ledger: &Ledger,
    asking: Asking<'_>,
    persons: &BTreeSet<String>,
) -> Result<BTreeMap<String, Contributed>, CliError> {
    let mut contributed: BTreeMap<String, Contributed> = BTreeMap::new();
    for (person, slips) in ledger.earlier_slips(asking, Span::Period, persons)? {
        for slip in slips {
            let (inputs, result) = (inputs(&slip.inputs)?, inputs(&slip.result)?);
            let paid = |line: &Json| {
                line["amount"]
                    .as_str()
                    .and_then(|amount| Money::parse(amount).ok())
                    .is_some_and(|one| one != Money::ZERO)
            };
            if !result["lines"].as_array().is_some_and(|lines| lines.iter().any(paid)) {
                continue;
            }
            let due = |months: &str| inputs["facts"][months].as_str() != Some("0");
            let of_person = contributed.entry(person.clone()).or_default();
            of_person.insurance |= due("social.months");
            of_person.fund |= due("fund.months");
            of_person.number = slip.number;
        }
    }
    contributed.retain(|_, one| one.insurance || one.fund);
    Ok(contributed)
}

fn inputs(text: &str) -> Result<Json, CliError> {
    serde_json::from_str(text).map_err(|_| corrupted("名单内容"))
}

/// The employment that a slip was computed with; nothing where its inputs do not say.
fn employment(inputs: &Json) -> Option<Employment> {
    let fact = |id: &str| inputs["facts"][id].as_str();
    Some(Employment {
        hired: fact("tax.months.hire_date")?.parse().ok()?,
        left: fact("tax.months.leave_date").and_then(|day| day.parse().ok()),
        from_january: fact("tax.months.first_wage_of_year") == Some("是"),
    })
}

fn is_same_month(one: NaiveDate, other: NaiveDate) -> bool {
    (one.year(), one.month()) == (other.year(), other.month())
}

/// Amounts of the ledger as numbers.
pub(in crate::cli) fn exact(amounts: &Amounts) -> Result<BTreeMap<String, Exact>, CliError> {
    amounts.iter().map(|(id, text)| Ok((id.clone(), Exact::parse(text).map_err(|_| corrupted("金额"))?))).collect()
}

fn balance(opening: &Opening) -> Result<Balance, CliError> {
    Ok(Balance { through: opening.as_of.first_day(), amounts: exact(&opening.amounts)? })
}
