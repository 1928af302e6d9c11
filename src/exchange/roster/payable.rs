//! A roster's row as the payroll takes it: which column is which fact of the rule book.

use super::{Engagement, Field, RosterRow};
use crate::{
    engine::Places,
    exchange::rejected::Rejected,
    payroll::{Balance, Known, Row, Worker},
    quantity::{ArithmeticError, Exact, Money},
    rulebook::{Given, RegionError, RegionTree},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The month that is paid, and who pays where the roster does not say.
#[derive(Debug, Clone)]
pub struct Paying {
    /// The first day of the month.
    pub period_start: NaiveDate,
    /// Its last day.
    pub period_end: NaiveDate,
    /// The day of payment.
    pub paid_on: NaiveDate,
    /// The payer for rows that name none.
    pub payer: String,
}

/// A row ready to be computed.
#[derive(Debug, Clone)]
pub struct Payable {
    /// Row number in the file, from 1.
    pub row: u32,
    /// Who.
    pub worker: Worker,
    /// The facts.
    pub month: Row,
}

/// The opening balance of a row: of all that was paid for the months before.
#[must_use]
pub fn opening(row: &RosterRow, paying: &Paying) -> Option<Balance> {
    let opening = row.opening.as_ref()?;
    let amounts = [
        ("payroll.taxable_income", opening.income),
        ("payroll.special", opening.special),
        ("payroll.other_of_period", opening.other),
        ("tax.wages.tax", opening.withheld),
    ];
    let amounts = amounts.into_iter().map(|(id, amount)| (id.to_owned(), Exact::from(amount))).collect();
    Some(Balance { through: paying.period_start.pred_opt()?, amounts })
}

/// Turns a row into facts. What is known of earlier months is the opening balance of the roster, if it has one.
///
/// # Errors
/// All that keeps the row from being computed, in the order of the columns.
pub fn payable(row: &RosterRow, paying: &Paying, regions: &RegionTree) -> Result<Payable, Vec<Rejected>> {
    let mut reader = Reader { row, rejected: Vec::new() };
    let insured = reader.place(Field::InsuredPlace, Some(&row.insured_place), regions);
    let fund = reader.place(Field::FundPlace, row.fund_place.as_ref(), regions).or_else(|| insured.clone());
    let work = reader.place(Field::WorkPlace, row.work_place.as_ref(), regions).or_else(|| insured.clone());
    if row.hired > paying.period_end {
        reader.refuse(
            Field::Hired,
            row.hired.to_string(),
            "晚于本期，本期还没有任职",
            "核对任职受雇日期，或从本期名单中去掉",
        );
    }
    if row.hired > paying.paid_on {
        let problem = format!("晚于支付日 {}", paying.paid_on);
        reader.refuse(Field::Hired, row.hired.to_string(), &problem, "核对任职受雇日期和支付日（--paid-on）");
    }
    reader.absence();
    let mut facts = Facts::default();
    facts.amounts(row);
    facts.employment(row, paying);
    facts.deductions(row);
    reader.insurance(paying, &mut facts);
    reader.fund(paying, &mut facts);
    if !reader.rejected.is_empty() {
        return Err(reader.rejected);
    }
    let name = |code: &Option<String>| code.as_ref().map_or_else(String::new, |code| regions.path(code));
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let worker = Worker {
        number: row.worker_no.clone(),
        name: row.name.clone(),
        id_kind: row.id_kind.clone(),
        id_number: row.id_number.clone(),
        engagement: row.engagement.label().to_owned(),
        relation: relation(row.engagement),
        payer: row.payer.clone().unwrap_or_else(|| paying.payer.clone()),
        post: text(&row.post),
        department: text(&row.department),
        project: text(&row.project),
        insured_at: name(&insured),
        fund_at: name(&fund),
        works_at: name(&work),
        hired: row.hired,
        bank_account: text(&row.bank_account),
    };
    let known = Known { opening: opening(row, paying), slips: Vec::new() };
    let places = Places { insurance: insured, fund, host: work.clone(), work };
    let month = Row { places, hired: row.hired, left: row.left, facts: facts.0, known };
    Ok(Payable { row: row.row, worker, month })
}

/// The relation in law that each kind of engagement is paid as, by the contract's names.
const fn relation(engagement: Engagement) -> &'static str {
    match engagement {
        Engagement::FullTime => "employment",
        Engagement::NonFullTime => "non_full_time",
        Engagement::Dispatch => "dispatch",
        Engagement::OverAge => "over_age",
        Engagement::Internship => "internship",
        Engagement::Platform => "platform_managed",
        Engagement::Service => "independent_service",
    }
}

/// Facts by the full id of their cell.
#[derive(Default)]
struct Facts(BTreeMap<String, Given>);

impl Facts {
    fn money(&mut self, id: &str, amount: Money) {
        self.0.insert(id.to_owned(), Given::Number(Exact::from(amount)));
    }

    fn give(&mut self, id: &str, given: Given) {
        self.0.insert(id.to_owned(), given);
    }

    fn amounts(&mut self, row: &RosterRow) {
        for (item, amount) in [
            ("base", row.base_wage),
            ("performance", row.performance_wage),
            ("night", row.night_allowance),
            ("heat", row.heat_allowance),
            ("bonus", row.bonus),
        ] {
            self.money(&format!("payroll.amount[{item}]"), amount);
        }
        self.money("payroll.absence", row.absence_deduction);
        self.money("payroll.other_deduction", row.other_deduction);
    }

    fn employment(&mut self, row: &RosterRow, paying: &Paying) {
        let full = row.hired <= paying.period_start && row.left.is_none_or(|left| left >= paying.period_end);
        self.give("payroll.full_month", Given::Boolean(full));
        self.give("tax.months.paid_on", Given::Date(paying.paid_on));
        self.give("tax.months.hire_date", Given::Date(row.hired));
        self.give("tax.months.leave_date", row.left.map_or(Given::None, Given::Date));
        self.give("tax.months.first_wage_of_year", Given::Boolean(row.first_wage_this_year));
        self.give("tax.wages.elects_60000", Given::Boolean(row.low_income_last_year));
    }

    fn deductions(&mut self, row: &RosterRow) {
        self.money("tax.wages.cumulative_additional", row.additional.total);
        self.money("payroll.cumulative_personal_pension", row.personal_pension);
        self.money("payroll.annuity", row.annuity);
        self.money("payroll.health_insurance", row.health_insurance);
        self.money("payroll.deferred_pension", row.deferred_pension);
    }
}

struct Reader<'r> {
    row: &'r RosterRow,
    rejected: Vec<Rejected>,
}

impl Reader<'_> {
    fn refuse(&mut self, field: Field, value: String, problem: &str, remedy: &str) {
        self.rejected.push(Rejected {
            row: self.row.row,
            column: field.column().heading.to_owned(),
            value,
            problem: problem.to_owned(),
            remedy: remedy.to_owned(),
        });
    }

    fn place(&mut self, field: Field, text: Option<&String>, regions: &RegionTree) -> Option<String> {
        let text = text?;
        match regions.find(text) {
            Ok(code) => Some(code.to_owned()),
            Err(error) => {
                let (problem, remedy) = match &error {
                    RegionError::NoCode(_) => ("没有这个代码的地区".to_owned(), "用 GB/T 2260 的六位代码"),
                    RegionError::NoName(_) => {
                        ("没有叫这个名字的地区".to_owned(), "写全称（如 昆明市）或 GB/T 2260 的六位代码")
                    }
                    RegionError::Ambiguous(_, places) => {
                        (format!("有几处叫这个名字：{}", places.join("、")), "写六位代码")
                    }
                };
                self.refuse(field, text.clone(), &problem, remedy);
                None
            }
        }
    }

    fn is_joiner(&self, paying: &Paying) -> bool {
        self.row.hired >= paying.period_start
    }

    /// Whether contributions are due for the month: they have begun, and employment had not ended before it.
    fn is_due(&self, begins: Option<NaiveDate>, paying: &Paying) -> bool {
        begins.is_none_or(|begins| begins <= paying.period_end)
            && self.row.left.is_none_or(|left| left >= paying.period_start)
    }

    /// Nobody can miss more than there is to earn.
    fn absence(&mut self) {
        let absence = self.row.absence_deduction;
        // A sum that is too great is told where it is computed.
        let Ok(wage) = self.wage() else { return };
        if absence > wage {
            let problem = format!("大于本期各项工资之和 {wage}");
            let remedy = "核对各项工资和缺勤扣款；要从实发中扣的钱填在其他扣款";
            self.refuse(Field::AbsenceDeduction, absence.to_string(), &problem, remedy);
        }
    }

    /// All that the month pays: the base of a joiner, who has no earlier wage.
    fn wage(&self) -> Result<Money, ArithmeticError> {
        let row = self.row;
        Money::sum([row.base_wage, row.performance_wage, row.night_allowance, row.heat_allowance, row.bonus])
    }

    /// A base as given; a joiner's that was left blank is the month's wage.
    fn base(&mut self, field: Field, given: Option<Money>, paying: &Paying) -> Option<Money> {
        match (given, self.is_joiner(paying)) {
            (Some(base), _) => Some(base),
            (None, true) => match self.wage() {
                Ok(wage) => Some(wage),
                Err(error) => {
                    self.refuse(field, String::new(), &error.to_string(), "核对各项工资");
                    None
                }
            },
            (None, false) => {
                let problem = "不是本期入职，不能空着";
                self.refuse(field, String::new(), problem, "填写本缴费年度的申报基数");
                None
            }
        }
    }

    fn insurance(&mut self, paying: &Paying, facts: &mut Facts) {
        if !self.is_due(self.row.insurance_from, paying) {
            facts.give("social.months", Given::Number(Exact::ZERO));
            // No base is needed; one that is not there would be told to be under the floor.
            let base = self.row.insurance_base.or_else(|| self.wage().ok()).unwrap_or_default();
            facts.money("social.declared_base", base);
        } else if let Some(base) = self.base(Field::InsuranceBase, self.row.insurance_base, paying) {
            facts.money("social.declared_base", base);
        }
        facts.give("payroll.class_stated", Given::Boolean(self.row.injury_class.is_some()));
        if let Some(class) = self.row.injury_class {
            facts.give("social.industry_class", Given::Choice(usize::from(class).saturating_sub(1)));
        }
    }

    fn fund(&mut self, paying: &Paying, facts: &mut Facts) {
        let rate = self.row.fund_rate.filter(|rate| !rate.value().is_zero());
        let due = self.is_due(self.row.fund_from, paying);
        let stated = rate.is_some();
        facts.give("payroll.fund_stated", Given::Boolean(stated || !due));
        if !due || !stated {
            if due && self.row.fund_base.is_some() && self.row.fund_rate.is_none() {
                self.refuse(Field::FundRate, String::new(), "填了公积金缴存基数，没有填比例", "填写缴存比例，如 7%");
            }
            facts.give("fund.months", Given::Number(Exact::ZERO));
            facts.give("fund.rate", Given::Number(rate.map_or(Exact::ZERO, Exact::from)));
            facts.money("fund.declared_base", self.row.fund_base.unwrap_or(Money::ZERO));
            return;
        }
        facts.give("fund.rate", Given::Number(rate.map_or(Exact::ZERO, Exact::from)));
        if let Some(base) = self.base(Field::FundBase, self.row.fund_base, paying) {
            facts.money("fund.declared_base", base);
        }
    }
}
