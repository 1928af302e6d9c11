//! The purchaser's monthly statement: what a project's people were paid and what the employer contributed for them, person
//! by person, with totals that tie to the run. Pseudonymous unless the user states on what ground names are given.
//!
//! ```text
//! slips, one by one ─► Statements ─ close, against the run's totals ─► Statement ─┬► sheets ─► workbook
//!                                                                                 └► view ─► templates/statement.hbs ─► PDF
//! ```
//!
//! Nothing is computed here but sums. What is the worker's own affair (the own share, tax, net pay) is not in it.

mod form;
mod sheets;
mod view;

use crate::{
    payroll::{Slip, Totals, Worker},
    quantity::{ArithmeticError, Money},
    rulebook::Digest,
};
use std::collections::BTreeMap;
use thiserror::Error;

pub use form::Form;
pub use sheets::key_sheet;
pub use view::Frame;

/// How the ids of the fund's lines begin.
const FUND: &str = "housing_fund_";

const EMPLOYER: &str = "employer";

/// Why there is no statement: its sums are not those of the run.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StatementError {
    /// A person's items do not add up to what the slip says.
    #[error("{number} 的{what}：逐项合计 {items}，工资条是 {slip}")]
    Person {
        /// 工号.
        number: String,
        /// Which sum.
        what: &'static str,
        /// The sum of the items.
        items: Money,
        /// What the slip says.
        slip: Money,
    },
    /// All statements together are not the run.
    #[error("{what}：各份合计 {statements}，本次合计 {run}")]
    Run {
        /// Which sum.
        what: String,
        /// The sum of the statements and of those who are on none.
        statements: Money,
        /// The sum of the run.
        run: Money,
    },
    /// A sum beyond an amount.
    #[error("合计超出范围：{0}")]
    Sum(#[from] ArithmeticError),
}

/// A kind of pay that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item {
    name: String,
    /// What is given in kind is in no sum.
    in_cash: bool,
}

/// A person's month as the purchaser sees it.
#[derive(Debug, Clone)]
struct Entry {
    /// What the order of the numbers comes from.
    order: String,
    number: String,
    name: String,
    post: String,
    /// By the key of [`Statement::items`].
    pay: BTreeMap<ItemKey, Money>,
    /// The employer's lines of the month, by id.
    lines: BTreeMap<String, Money>,
    /// The employer's part for earlier months: of insurance, of the fund.
    insurance_arrears: Money,
    fund_arrears: Money,
    gross: Money,
    cost: Money,
}

/// Group in the form, place in the rules, id.
type ItemKey = (usize, usize, String);

/// The statements of a run while its people come in, one by one.
#[derive(Debug)]
pub struct Statements<'f> {
    form: &'f Form,
    by_project: BTreeMap<(String, String), Statement<'f>>,
}

/// What a purchaser gets for a project and month from one payer.
#[derive(Debug)]
pub struct Statement<'f> {
    form: &'f Form,
    /// Who pays.
    pub payer: String,
    /// The project; empty where nobody of the run has one.
    pub project: String,
    people: Vec<Entry>,
    items: BTreeMap<ItemKey, Item>,
    /// Ids and names, in the order of the slips.
    lines: Vec<(String, String)>,
}

/// The statements of a run, and who is on none.
#[derive(Debug)]
pub struct Closed<'f> {
    /// By payer and project.
    pub statements: Vec<Statement<'f>>,
    /// 工号 of those who have no project where others have one.
    pub without_project: Vec<String>,
}

impl<'f> Statements<'f> {
    /// None yet.
    #[must_use]
    pub fn new(form: &'f Form) -> Self {
        Self { form, by_project: BTreeMap::new() }
    }

    /// Takes in a person.
    ///
    /// # Errors
    /// Items that do not add up to what the slip says.
    pub fn add(&mut self, worker: &Worker, slip: &Slip) -> Result<(), StatementError> {
        let key = (worker.payer.clone(), worker.project.clone());
        let form = self.form;
        let statement = self.by_project.entry(key).or_insert_with(|| Statement {
            form,
            payer: worker.payer.clone(),
            project: worker.project.clone(),
            people: Vec::new(),
            items: BTreeMap::new(),
            lines: Vec::new(),
        });
        statement.add(worker, slip)
    }

    /// The statements, if they tie to the run.
    ///
    /// # Errors
    /// Sums that are not those of the run.
    pub fn close(mut self, totals: &Totals) -> Result<Closed<'f>, StatementError> {
        for statement in self.by_project.values_mut() {
            statement.people.sort_by(|one, other| (&one.order, &one.number).cmp(&(&other.order, &other.number)));
        }
        let people = || self.by_project.values().flat_map(|statement| &statement.people);
        tied("应发工资", people().map(|one| one.gross), totals.gross)?;
        tied("用人单位成本", people().map(|one| one.cost), totals.employer_cost)?;
        let mut lines: BTreeMap<&str, Money> = BTreeMap::new();
        for (id, amount) in people().flat_map(|one| &one.lines) {
            let sum = lines.entry(id).or_default();
            *sum = sum.add(*amount)?;
        }
        for (id, run) in totals.lines.iter().filter(|(id, _)| id.ends_with(EMPLOYER)) {
            tied(id, lines.remove(id.as_str()), *run)?;
        }
        for (id, sum) in lines {
            tied(id, [sum], Money::ZERO)?;
        }
        let any = self.by_project.keys().any(|(_, project)| !project.is_empty());
        let (statements, without): (Vec<_>, Vec<_>) =
            self.by_project.into_values().partition(|one| !(any && one.project.is_empty()));
        let without_project = without.into_iter().flat_map(|one| one.people).map(|one| one.number).collect();
        Ok(Closed { statements, without_project })
    }
}

fn tied(what: &str, amounts: impl IntoIterator<Item = Money>, run: Money) -> Result<(), StatementError> {
    let statements = Money::sum(amounts)?;
    if statements == run { Ok(()) } else { Err(StatementError::Run { what: what.to_owned(), statements, run }) }
}

impl Entry {
    /// Adds a later payment.
    fn add(&mut self, later: &Self) -> Result<(), ArithmeticError> {
        for (key, amount) in &later.pay {
            let sum = self.pay.entry(key.clone()).or_default();
            *sum = sum.add(*amount)?;
        }
        for (id, amount) in &later.lines {
            let sum = self.lines.entry(id.clone()).or_default();
            *sum = sum.add(*amount)?;
        }
        self.insurance_arrears = self.insurance_arrears.add(later.insurance_arrears)?;
        self.fund_arrears = self.fund_arrears.add(later.fund_arrears)?;
        self.gross = self.gross.add(later.gross)?;
        self.cost = self.cost.add(later.cost)?;
        Ok(())
    }
}

impl Statement<'_> {
    fn add(&mut self, worker: &Worker, slip: &Slip) -> Result<(), StatementError> {
        let mut entry = Entry {
            order: order(worker),
            number: worker.number.clone(),
            name: worker.name.clone(),
            post: worker.post.clone(),
            pay: BTreeMap::new(),
            lines: BTreeMap::new(),
            insurance_arrears: Money::ZERO,
            fund_arrears: Money::ZERO,
            gross: slip.gross,
            cost: slip.employer_cost,
        };
        let mut cash = Money::ZERO;
        for earning in &slip.earnings {
            let key = (self.form.group(&earning.id), earning.place, earning.id.clone());
            let item = || Item { name: earning.name.clone(), in_cash: earning.in_cash };
            self.items.entry(key.clone()).or_insert_with(item);
            let sum = entry.pay.entry(key).or_default();
            *sum = sum.add(earning.amount)?;
            if earning.in_cash {
                cash = cash.add(earning.amount)?;
            }
        }
        let mut behind = 0;
        for line in slip.lines().filter(|line| line.payer == EMPLOYER) {
            // A line that earlier people lack stands behind the one it follows here.
            let place = self.lines.iter().position(|(id, _)| *id == line.id).unwrap_or_else(|| {
                self.lines.insert(behind, (line.id.clone(), line.name.clone()));
                behind
            });
            behind = place.saturating_add(1);
            let sum = entry.lines.entry(line.id.clone()).or_default();
            *sum = sum.add(line.amount)?;
        }
        for line in slip.arrears.iter().map(|one| &one.line).filter(|line| line.payer == EMPLOYER) {
            let sum = if line.id.starts_with(FUND) { &mut entry.fund_arrears } else { &mut entry.insurance_arrears };
            *sum = sum.add(line.amount)?;
        }
        let agrees = |what, items, slip| {
            let number = worker.number.clone();
            if items == slip { Ok(()) } else { Err(StatementError::Person { number, what, items, slip }) }
        };
        agrees("应发工资", cash, slip.gross)?;
        agrees("用人单位成本", slip.gross.add(entry.contributed()?)?, slip.employer_cost)?;
        let earlier = self.people.iter_mut().filter(|_| worker.part > 1);
        match earlier.rev().find(|one| one.number == worker.number) {
            Some(earlier) => earlier.add(&entry)?,
            None => self.people.push(entry),
        }
        Ok(())
    }

    /// How many people are on it.
    #[must_use]
    pub fn size(&self) -> usize {
        self.people.len()
    }

    /// What stands for each person, in order: 代001, 代002, …; no 工号 looks like that.
    fn aliases(&self) -> impl Iterator<Item = (String, &Entry)> {
        self.people.iter().enumerate().map(|(at, one)| (format!("代{:03}", at.saturating_add(1)), one))
    }

    /// Whether anybody has something for earlier months.
    fn has_arrears(&self) -> bool {
        self.people.iter().any(|one| one.insurance_arrears != Money::ZERO || one.fund_arrears != Money::ZERO)
    }
}

impl Entry {
    /// The employer's insurance (or fund) with what is paid for earlier months.
    fn side(&self, fund: bool) -> Result<Money, ArithmeticError> {
        let lines = self.lines.iter().filter(|(id, _)| id.starts_with(FUND) == fund).map(|(_, amount)| *amount);
        Money::sum(lines)?.add(if fund { self.fund_arrears } else { self.insurance_arrears })
    }

    fn contributed(&self) -> Result<Money, ArithmeticError> {
        self.side(false)?.add(self.side(true)?)
    }

    /// What is given in kind, or paid in money.
    fn paid(
        &self,
        items: &BTreeMap<ItemKey, Item>,
        in_cash: bool,
        group: Option<usize>,
    ) -> Result<Money, ArithmeticError> {
        let wanted = |key: &ItemKey| {
            items.get(key).is_some_and(|item| item.in_cash == in_cash) && group.is_none_or(|group| group == key.0)
        };
        Money::sum(self.pay.iter().filter(|(key, _)| wanted(key)).map(|(_, amount)| *amount))
    }
}

/// The order of the numbers says nothing of names. It stays the same from month to month while the people do. What goes
/// into it the statement does not show, and the purchaser does not have all of it, so that it cannot be worked out again.
fn order(worker: &Worker) -> String {
    let Worker { payer, project, number, id_number, bank_account, hired, .. } = worker;
    let hired = hired.to_string();
    let parts = [payer, project, number, id_number, bank_account, &hired].map(String::as_str);
    Digest::of(parts.join("\n").as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worker(number: &str, project: &str) -> Worker {
        Worker {
            number: number.to_owned(),
            part: 1,
            name: "样例".to_owned(),
            id_kind: String::new(),
            id_number: number.to_owned(),
            engagement: String::new(),
            relation: String::new(),
            payer: "样例公司".to_owned(),
            post: String::new(),
            department: String::new(),
            project: project.to_owned(),
            insured_at: String::new(),
            fund_at: String::new(),
            works_at: String::new(),
            hired: chrono::NaiveDate::from_ymd_opt(2026, 9, 1).unwrap(),
            bank_account: String::new(),
        }
    }

    fn slip(base: i64, pension: i64) -> Slip {
        let money = Money::from_fen;
        let line = crate::payroll::Line {
            id: "pension_employer".to_owned(),
            name: "基本养老保险".to_owned(),
            amount: money(pension),
            payer: EMPLOYER.to_owned(),
        };
        Slip {
            paper: crate::payroll::Paper { id: String::new(), name: String::new() },
            method: "wages".into(),
            earnings: vec![crate::payroll::Earning {
                id: "base".to_owned(),
                name: "基本工资".to_owned(),
                place: 0,
                in_cash: true,
                amount: money(base),
            }],
            taxed: money(base),
            contributions: vec![crate::payroll::Contribution {
                line,
                base: crate::quantity::Exact::ZERO,
                rate: String::new(),
                uncertain: Vec::new(),
            }],
            gross: money(base),
            own_total: Money::ZERO,
            tax: Money::ZERO,
            other_deduction: Money::ZERO,
            loss: Money::ZERO,
            net: money(base),
            employer_cost: money(base + pension),
            tax_block: crate::payroll::TaxBlock::default(),
            tax_steps: Vec::new(),
            taxes_apart: Vec::new(),
            derivations: Vec::new(),
            findings: Vec::new(),
            uncertain: Vec::new(),
            values_digest: String::new(),
            carried: BTreeMap::new(),
            arrears: Vec::new(),
        }
    }

    fn closed(slips: &[Slip], totals: &Totals) -> Result<usize, StatementError> {
        let mut statements = Statements::new(Form::shipped());
        for (at, slip) in slips.iter().enumerate() {
            statements.add(&worker(&at.to_string(), "热线"), slip)?;
        }
        statements.close(totals).map(|closed| closed.statements.iter().map(Statement::size).sum())
    }

    #[test]
    fn what_does_not_tie_is_not_written() {
        let slips = [slip(500_000, 80_000), slip(600_000, 96_000)];
        let totals = Totals::of(&slips).unwrap();
        assert_eq!(closed(&slips, &totals), Ok(2));
        // Somebody is missing; a fen is too much in the run; a line is another.
        assert!(matches!(closed(&slips[..1], &totals), Err(StatementError::Run { .. })));
        let fen = Money::from_fen(1);
        let more = Totals { employer_cost: totals.employer_cost.add(fen).unwrap(), ..totals.clone() };
        assert!(matches!(closed(&slips, &more), Err(StatementError::Run { what, .. }) if what == "用人单位成本"));
        let lines = BTreeMap::from([("injury_employer".to_owned(), totals.lines["pension_employer"])]);
        let mut other = totals.clone();
        other.lines = lines;
        assert!(matches!(closed(&slips, &other), Err(StatementError::Run { .. })));
        // The items are a fen short of the slip.
        let mut short = slips.clone();
        short[1].gross = short[1].gross.add(fen).unwrap();
        assert!(matches!(closed(&short, &totals), Err(StatementError::Person { what: "应发工资", .. })));
        let mut costly = slips;
        costly[0].employer_cost = costly[0].employer_cost.sub(fen).unwrap();
        assert!(matches!(closed(&costly, &totals), Err(StatementError::Person { what: "用人单位成本", .. })));
    }
}
