//! Slips of the ledger, computed again from what the ledger keeps of them.

use super::report::{Who, slip_json};
use crate::{
    engine::Places,
    payroll::{Arrear, Known, Line, Month, Refusal, Row, Slip, Worker, label},
    quantity::Money,
    rulebook::{Book, Given, cell, parse_given},
    store::{NotAPeriod, Period},
};
use chrono::NaiveDate;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a slip was computed from, as [`super::report::inputs_json`] writes it; what only people read is left aside.
#[derive(Deserialize)]
pub(in crate::cli) struct StoredInputs {
    worker: String,
    #[serde(default = "first")]
    part: u32,
    name: String,
    relation: String,
    payer: String,
    id_kind: String,
    id_number: String,
    bank_tail: String,
    #[serde(default)]
    post: String,
    #[serde(default)]
    department: String,
    #[serde(default)]
    project: String,
    #[serde(default)]
    engagement: String,
    #[serde(default)]
    hired: String,
    insured_at: String,
    fund_at: String,
    works_at: String,
    places: StoredPlaces,
    arrears: Vec<StoredArrear>,
    facts: BTreeMap<String, String>,
    carried: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct StoredPlaces {
    insurance: Option<String>,
    fund: Option<String>,
    work: Option<String>,
    host: Option<String>,
}

#[derive(Deserialize)]
struct StoredArrear {
    period: String,
    id: String,
    name: String,
    amount: String,
    payer: String,
}

impl StoredInputs {
    /// Reads the inputs of a slip; nothing where a program wrote them that did not keep all of them.
    pub(in crate::cli) fn read(inputs: &str) -> Option<Self> {
        serde_json::from_str(inputs).ok()
    }

    /// Where the person is insured, has the fund, works.
    pub(in crate::cli) fn places(&self) -> Places {
        let StoredPlaces { insurance, fund, work, host } = &self.places;
        Places { insurance: insurance.clone(), fund: fund.clone(), work: work.clone(), host: host.clone() }
    }

    /// The result of a slip, canonical, as the ledger keeps it.
    pub(in crate::cli) fn result(&self, slip: &Slip) -> String {
        let who = Who {
            worker: label(&self.worker, self.part),
            name: &self.name,
            relation: &self.relation,
            payer: &self.payer,
        };
        slip_json(&who, slip).to_string()
    }

    /// Whose slip it is, as far as its page shows it; nothing where a program wrote the inputs that did not keep it.
    pub(in crate::cli) fn worker(&self) -> Option<Worker> {
        Some(Worker {
            number: self.worker.clone(),
            part: self.part,
            name: self.name.clone(),
            id_kind: self.id_kind.clone(),
            id_number: self.id_number.clone(),
            engagement: self.engagement.clone(),
            relation: self.relation.clone(),
            payer: self.payer.clone(),
            post: self.post.clone(),
            department: self.department.clone(),
            project: self.project.clone(),
            insured_at: self.insured_at.clone(),
            fund_at: self.fund_at.clone(),
            works_at: self.works_at.clone(),
            hired: self.hired.parse().ok()?,
            bank_account: self.bank_tail.clone(),
        })
    }

    /// A row with nothing but what decides what is carried into it, which `known` is to be put to; nothing where the
    /// inputs do not say when the employment began.
    pub(in crate::cli) fn row(&self, known: Known) -> Option<Row> {
        let left = self.facts.get("tax.months.leave_date").and_then(|text| text.parse().ok());
        Some(Row {
            places: self.places(),
            hired: self.hired()?,
            left,
            project: self.project.clone(),
            facts: BTreeMap::new(),
            known,
            arrears: Vec::new(),
        })
    }

    /// Which of the person's payments in the run it is, from 1.
    pub(in crate::cli) fn part(&self) -> u32 {
        self.part
    }

    /// 项目; empty where there is none.
    pub(in crate::cli) fn project(&self) -> &str {
        &self.project
    }

    /// The first day of the employment.
    pub(in crate::cli) fn hired(&self) -> Option<NaiveDate> {
        self.facts.get("tax.months.hire_date")?.parse().ok()
    }

    /// What was carried into it, by the full id of the carried value.
    pub(in crate::cli) fn carried(&self) -> &BTreeMap<String, String> {
        &self.carried
    }

    fn given(&self, book: &Book) -> Result<BTreeMap<String, Given>, String> {
        let read = |(id, text): (&String, &String)| {
            let (entry, _) = cell(book.lexicon(), None, id)?;
            Ok((id.clone(), parse_given(book.lexicon(), entry, text)?))
        };
        self.facts.iter().chain(&self.carried).map(read).collect()
    }

    fn arrears(&self) -> Result<Vec<Arrear>, String> {
        let read = |one: &StoredArrear| {
            let StoredArrear { period, id, name, amount, payer } = one;
            let amount = Money::parse(amount).map_err(|error| error.to_string())?;
            let line = Line { id: id.clone(), name: name.clone(), amount, payer: payer.clone() };
            let period: Period = period.parse().map_err(|error: NotAPeriod| error.to_string())?;
            Ok(Arrear { period: period.first_day(), line })
        };
        self.arrears.iter().map(read).collect()
    }
}

/// The payment of inputs that name none.
fn first() -> u32 {
    1
}

/// The slip that a month gives for stored inputs; the plans for their places must be prepared.
pub(in crate::cli) fn recompute(book: &Book, month: &Month<'_>, inputs: &StoredInputs) -> Result<Slip, String> {
    let (given, arrears) = (inputs.given(book)?, inputs.arrears()?);
    month.slip_of(&inputs.places(), &given, &arrears).map_err(|refusal| match refusal {
        Refusal::Coverage { reason, .. } | Refusal::Facts(reason) => reason,
        Refusal::Open(names) => format!("缺少：{}", names.join("、")),
    })
}
