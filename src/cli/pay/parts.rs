//! Several payments of one person in one run (笔次), and one person with several payers: which payment the month's
//! insurance goes with, and what each hands on to the next.

use crate::{
    exchange::{
        rejected::Rejected,
        roster::{Field, Payable, Paying, RosterRow},
    },
    payroll::{Earlier, Known, Slip},
    quantity::{ArithmeticError, Exact, Money},
    rulebook::{Book, Given, cell},
};
use std::collections::{BTreeMap, BTreeSet};

const OTHER_PAYER: &str = "payroll.other_payer";
const ADDITIONAL_ELSEWHERE: &str = "payroll.additional_elsewhere";
const MOVED: &str = "payroll.moved";
const EARLIER_OWN: &str = "payroll.earlier_own";
const EARLIER_AMOUNT: &str = "payroll.earlier_amount";

/// Payer, kind and number of the document.
type Who = (String, String, String);

/// What is known of the rows of a roster beyond each single one.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// Those with more than one payment.
    several: BTreeMap<Who, Several>,
    /// The documents of those with more than one payer.
    elsewhere: BTreeMap<(String, String), Elsewhere>,
}

#[derive(Debug)]
struct Elsewhere {
    /// The payers whose rows have additional deductions.
    deducting: BTreeSet<String>,
}

/// The payments of one person with one payer.
#[derive(Debug, Default)]
struct Several {
    last: u32,
    /// Those whose row says that the month is contributed with them.
    said: Vec<u32>,
    /// Whether the first says that it is not.
    first_denies: bool,
    /// Whether the rows name several places of insurance, of the fund, of work.
    insured_apart: bool,
    worked_apart: bool,
    done: Option<Done>,
}

/// The payments that have been computed.
#[derive(Debug)]
struct Done {
    part: u32,
    /// The row of the first.
    first: RosterRow,
    known: Known,
    own: Money,
    amounts: BTreeMap<String, Money>,
}

fn who(row: &RosterRow, paying: &Paying) -> Who {
    let payer = row.payer.clone().unwrap_or_else(|| paying.payer.clone());
    (payer, row.id_kind.clone(), row.id_number.clone())
}

impl Parts {
    /// Looks at all rows.
    pub(super) fn of(rows: &[RosterRow], paying: &Paying) -> Self {
        let mut parts = Self::default();
        for row in rows.iter().filter(|row| row.part > 1) {
            parts.several.entry(who(row, paying)).or_default();
        }
        let mut payers: BTreeMap<(&str, &str), (&str, bool)> = BTreeMap::new();
        let mut first_rows: BTreeMap<Who, &RosterRow> = BTreeMap::new();
        for row in rows {
            let payer = row.payer.as_deref().unwrap_or(&paying.payer);
            let deducts = row.additional.total > Money::ZERO;
            let (first, first_deducts) = *payers.entry((&row.id_kind, &row.id_number)).or_insert((payer, deducts));
            if first != payer {
                let document = (row.id_kind.clone(), row.id_number.clone());
                let elsewhere =
                    parts.elsewhere.entry(document).or_insert_with(|| Elsewhere { deducting: BTreeSet::new() });
                let deducting = [(first, first_deducts), (payer, deducts)];
                elsewhere.deducting.extend(deducting.into_iter().filter(|one| one.1).map(|one| one.0.to_owned()));
            }
            if parts.several.is_empty() {
                continue;
            }
            let who = who(row, paying);
            let Some(several) = parts.several.get_mut(&who) else { continue };
            several.last = several.last.max(row.part);
            several.said.extend((row.part_contributes == Some(true)).then_some(row.part));
            several.first_denies |= row.part == 1 && row.part_contributes == Some(false);
            let first = *first_rows.entry(who).or_insert(row);
            let fund = |row: &RosterRow| row.fund_place.clone().unwrap_or_else(|| row.insured_place.clone());
            let work = |row: &RosterRow| row.work_place.clone().unwrap_or_else(|| row.insured_place.clone());
            several.insured_apart |= first.insured_place != row.insured_place || fund(first) != fund(row);
            several.worked_apart |= work(first) != work(row);
        }
        parts
    }

    /// The payments of a row's person, if there are several. Hardly any roster has such people, and is not asked for each.
    fn several(&self, row: &RosterRow, paying: &Paying) -> Option<&Several> {
        if self.several.is_empty() { None } else { self.several.get(&who(row, paying)) }
    }

    /// Whether somebody has more than one payment.
    pub(super) fn are_several(&self, row: &RosterRow, paying: &Paying) -> bool {
        self.several(row, paying).is_some()
    }

    /// How a row is paid: what the month contributes goes with one payment, and the last makes the month whole. What is
    /// said once for the year is taken from the first.
    pub(super) fn admit(&self, row: &mut RosterRow, paying: &Paying) -> Result<Paying, Vec<Rejected>> {
        let mut own = paying.clone();
        let refuse = |row: &RosterRow, field: Field, value: String, problem: String, remedy: &str| {
            let column = field.column().heading.to_owned();
            vec![Rejected { row: row.row, column, value, problem, remedy: remedy.to_owned() }]
        };
        let said = |row: &RosterRow| row.part_contributes.map_or("", |yes| if yes { "是" } else { "否" }).to_owned();
        let Some(several) = self.several(row, paying) else {
            // What the law asks for no cell of a sheet switches off.
            if row.part_contributes == Some(false) {
                let problem = "本期名单里只有这一笔，不能不缴".to_owned();
                let remedy = "删去；由同月另一批缴的，用账本（--db），已缴的不会再缴";
                return Err(refuse(row, Field::PartContributes, said(row), problem, remedy));
            }
            return Ok(own);
        };
        let contributing = match several.said.as_slice() {
            [one] => *one,
            [] if !several.insured_apart && !several.first_denies => 1,
            [] => {
                let problem = "没有说明本期随哪一笔缴（各笔的参保地或缴存地不同，或者第 1 笔填了否）".to_owned();
                return Err(refuse(row, Field::PartContributes, said(row), problem, "在应缴的一笔填是，其余填否"));
            }
            _ => {
                let problem = "有几笔都填了是，本期会重复缴".to_owned();
                return Err(refuse(row, Field::PartContributes, said(row), problem, "只在一笔填是，其余填否"));
            }
        };
        own.contributed_elsewhere |= row.part != contributing;
        own.completes_month &= row.part == several.last;
        if row.part == contributing && !own.contributed_elsewhere && row.insurance_base.is_none() {
            let due = row.engagement.has_declared_base();
            let problem = "分几笔支付的，一笔的工资不是整月的工资，不能以它为缴费基数".to_owned();
            if due {
                return Err(refuse(row, Field::InsuranceBase, String::new(), problem, "填写核定的缴费基数"));
            }
        }
        if row.part == 1 {
            return Ok(own);
        }
        let before = row.part - 1;
        let Some(done) = several.done.as_ref().filter(|done| done.part == before) else {
            let problem = format!("第 {before} 笔没有核算，本笔的累计数算不出");
            return Err(refuse(
                row,
                Field::Part,
                row.part.to_string(),
                problem,
                "先改正前一笔那一行；笔次从 1 起连续填写",
            ));
        };
        let first = &done.first;
        let differing = [
            (Field::Hired, row.hired.to_string(), row.hired != first.hired),
            (
                Field::AdditionalTotal,
                row.additional.total.to_string(),
                row.additional.total > Money::ZERO && row.additional != first.additional,
            ),
            (
                Field::PersonalPension,
                row.personal_pension.to_string(),
                row.personal_pension > Money::ZERO && row.personal_pension != first.personal_pension,
            ),
            (Field::OpeningIncome, String::new(), row.opening.is_some() && row.opening != first.opening),
        ];
        if let Some((field, value, _)) = differing.into_iter().find(|(.., differs)| *differs) {
            let problem = format!("与第 1 笔（第 {} 行）不同", first.row);
            return Err(refuse(row, field, value, problem, "按年累计的和任职的内容各笔相同，可以只在第 1 笔填"));
        }
        row.additional = first.additional;
        row.personal_pension = first.personal_pension;
        row.first_wage_this_year = first.first_wage_this_year;
        row.low_income_last_year = first.low_income_last_year;
        row.opening = None;
        Ok(own)
    }

    /// Puts what other rows say of the person to the facts of one.
    pub(super) fn tell(&self, row: &RosterRow, paying: &Paying, book: &Book, payable: &mut Payable) {
        let mut give = |id: &str, given: Given| {
            payable.month.facts.insert(id.to_owned(), given);
        };
        if !self.elsewhere.is_empty()
            && let Some(elsewhere) = self.elsewhere.get(&(row.id_kind.clone(), row.id_number.clone()))
        {
            give(OTHER_PAYER, Given::Boolean(true));
            let others = elsewhere.deducting.iter().any(|other| *other != payable.worker.payer);
            give(ADDITIONAL_ELSEWHERE, Given::Boolean(others));
        }
        let Some(several) = self.several(row, paying) else {
            return;
        };
        let Some(done) = several.done.as_ref().filter(|_| row.part > 1) else { return };
        payable.month.known = done.known.clone();
        if row.part < several.last {
            return;
        }
        if several.worked_apart {
            give(MOVED, Given::Boolean(true));
        }
        give(EARLIER_OWN, Given::Number(Exact::from(done.own)));
        for (item, amount) in &done.amounts {
            let id = format!("{EARLIER_AMOUNT}[{item}]");
            // Absence is no item: the standard is for normal work.
            if cell(book.lexicon(), None, &id).is_ok() {
                give(&id, Given::Number(Exact::from(*amount)));
            }
        }
    }

    /// Takes what a payment hands on to the next.
    ///
    /// # Errors
    /// Sums beyond an amount.
    pub(super) fn hand_on(
        &mut self,
        row: &RosterRow,
        paying: &Paying,
        known: &Known,
        slip: &Slip,
    ) -> Result<(), ArithmeticError> {
        if self.several.is_empty() {
            return Ok(());
        }
        let Some(several) = self.several.get_mut(&who(row, paying)) else { return Ok(()) };
        let done = several.done.get_or_insert_with(|| Done {
            part: 0,
            first: row.clone(),
            known: known.clone(),
            own: Money::ZERO,
            amounts: BTreeMap::new(),
        });
        done.part = row.part;
        done.own = done.own.add(slip.own_total)?;
        for earning in &slip.earnings {
            let sum = done.amounts.entry(earning.id.clone()).or_default();
            *sum = sum.add(earning.amount)?;
        }
        done.known.slips.push(Earlier {
            period: paying.period_start,
            paid_on: paying.paid_on,
            employment: None,
            project: row.project.clone().unwrap_or_default(),
            same_run: true,
            amounts: slip.carried.clone(),
        });
        Ok(())
    }
}
