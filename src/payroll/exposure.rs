//! What a month would owe under the relation that the facts of the engagement call for, where the roster pays it as
//! another: the same facts, computed once more.
//!
//! Insurance goes by the declared base, or where there is none by the pay of the month, within floor and ceiling as ever.
//! The tax goes on from the wages of the year; somebody who has been paid for services has none, and is reckoned for
//! this month alone, with one month's deduction. What earlier months owe is for their own slips.

use super::{
    month::{Month, Refusal, Row},
    slip::Slip,
};
use crate::{
    engine::Value,
    quantity::{ArithmeticError, Exact, Money},
    rulebook::Given,
};
use std::collections::BTreeMap;

/// The facts that another relation changes.
#[derive(Debug, Clone)]
pub struct Recast<'r> {
    /// The relation, as a choice of `labour.relations`.
    pub relation: Given,
    /// The item of `labour.pay_items` as which the work is paid on the roster.
    pub from: &'r str,
    /// The item as which it would be paid.
    pub to: &'r str,
}

/// What a month would owe, in yuan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// Insurance, the employer's side, without the housing fund.
    pub insurance_employer: Money,
    /// Insurance, the worker's side.
    pub insurance_employee: Money,
    /// What would be withheld.
    pub tax: Money,
}

const RELATION: &str = "labour.relations.relation";
const PRORATION: &str = "payroll.attendance.method";

/// What only concerns a year of wages: one month of deductions, and nothing that was summed up to date.
const MONTHS: &str = "tax.wages.months";
const OF_THE_YEAR: [&str; 2] = ["tax.wages.cumulative_additional", "tax.wages.elects_60000"];

/// The sides of a line.
const EMPLOYER: &str = "employer";
const EMPLOYEE: &str = "employee";

/// The lines of a slip that are no insurance.
const FUND: &str = "housing_fund_";

impl Recast<'_> {
    /// The facts of a row under the other relation.
    fn of(&self, facts: &BTreeMap<String, Given>) -> Result<BTreeMap<String, Given>, ArithmeticError> {
        let item = |item: &str| format!("payroll.amount[{item}]");
        let mut facts = facts.clone();
        facts.insert(RELATION.to_owned(), self.relation.clone());
        if self.from != self.to {
            let amount = |given: Option<Given>| match given {
                Some(Given::Number(amount)) => amount,
                _ => Exact::ZERO,
            };
            let moved = amount(facts.remove(&item(self.from)));
            let there = amount(facts.get(&item(self.to)).cloned());
            facts.insert(item(self.to), Given::Number(there.add(moved)?));
            // What is paid is what is paid: a wage for the whole month may be cut to a part of it, a fee is not.
            facts.remove(PRORATION);
        }
        Ok(facts)
    }
}

impl Month<'_> {
    /// What a row would owe under the relation that was decided for it; none where the roster gives it all that the
    /// relation asks for.
    ///
    /// # Errors
    /// Why it could not be computed.
    pub fn exposure(&self, row: &Row, recast: &Recast<'_>) -> Result<Option<Exposure>, Refusal> {
        let arithmetic = |error: ArithmeticError| Refusal::Facts(error.to_string());
        let chart = self.chart();
        let mut carried = self.carried(row)?;
        let told = row.facts.iter().chain(&carried);
        let mut evaluation = self.evaluation(&row.places, told, &row.arrears)?;
        let mut holds = |entry| evaluation.cell(entry, &[]) == Ok(Value::Boolean(true));
        if !chart.withholds.is_some_and(&mut holds) {
            return Ok(None);
        }
        let mut facts = recast.of(&row.facts).map_err(arithmetic)?;
        if chart.methods.iter().any(|method| holds(method.applies)) {
            carried.clear();
            facts.insert(MONTHS.to_owned(), Given::Number(Exact::from(1)));
            facts.retain(|id, _| !OF_THE_YEAR.contains(&id.as_str()));
        }
        let slip = self.slip_of(&row.places, facts.iter().chain(&carried), &row.arrears)?;
        let of = |payer: &str| insurance(&slip, payer).map_err(arithmetic);
        Ok(Some(Exposure { insurance_employer: of(EMPLOYER)?, insurance_employee: of(EMPLOYEE)?, tax: slip.tax }))
    }
}

fn insurance(slip: &Slip, payer: &str) -> Result<Money, ArithmeticError> {
    let lines = slip.lines().filter(|line| line.payer == payer && !line.id.starts_with(FUND));
    Money::sum(lines.map(|line| line.amount))
}

#[cfg(test)]
mod tests {
    use super::{
        super::month::tests::{month, row},
        *,
    };

    fn choice(month: &Month<'_>, id: &str, member: &str) -> Given {
        let lexicon = month.chart().book.lexicon();
        let set = lexicon.choice_set(lexicon.find_anywhere(id).unwrap()).unwrap();
        Given::Choice(lexicon.member(set, member).unwrap())
    }

    /// Somebody in Kunming whose roster says one relation, and whose facts say another.
    fn exposure(
        sheet: (&str, &str),
        facts: (&str, &str),
        pay: &str,
        period: &str,
    ) -> Result<Option<Exposure>, Refusal> {
        let mut month = month(period, &format!("{period}-28"));
        let mut row = row(pay);
        for id in ["payroll.amount[base]", "social.declared_base", "fund.declared_base", "fund.rate"] {
            row.facts.remove(id);
        }
        let pay = Given::Number(Exact::from(Money::parse(pay).unwrap()));
        let decided = choice(&month, RELATION, facts.0);
        row.facts.extend([
            (format!("payroll.amount[{}]", sheet.1), pay),
            (RELATION.to_owned(), choice(&month, RELATION, sheet.0)),
            ("payroll.classified.relation".to_owned(), decided.clone()),
            ("fund.rate".to_owned(), Given::Number(Exact::ZERO)),
        ]);
        month.prepare([&row.places]).unwrap();
        month.exposure(&row, &Recast { relation: decided, from: sheet.1, to: facts.1 })
    }

    const SERVICE: (&str, &str) = ("independent_service", "service_fee");
    const EMPLOYMENT: (&str, &str) = ("employment", "base");

    #[test]
    fn the_pay_of_the_month_is_the_base_within_floor_and_ceiling() {
        let employee = |pay| exposure(SERVICE, EMPLOYMENT, pay, "2026-09").unwrap().unwrap().insurance_employee;
        // Kunming's floor is 4,403 and the ceiling 22,017; 8 %, 2 % and 0.3 % of it are withheld, each rounded, and
        // one yuan for the medical insurance of great sums.
        let yuan = |text: &str| Money::parse(text).unwrap();
        assert_eq!(employee("1000"), yuan("454.51"));
        assert_eq!(employee("4403"), yuan("454.51"));
        assert_eq!(employee("10000"), yuan("1031.00"));
        assert_eq!(employee("22017"), yuan("2268.75"));
        assert_eq!(employee("25000"), yuan("2268.75"));
    }

    #[test]
    fn a_fee_is_taxed_as_the_wage_of_one_month() {
        let one = exposure(SERVICE, EMPLOYMENT, "25000", "2026-09").unwrap().unwrap();
        // 25000 - 2268.75 - 5000 = 17731.25, of which 3 %.
        assert_eq!(one.tax, Money::parse("531.94").unwrap());
    }

    #[test]
    fn who_gives_as_much_is_exposed_to_nothing() {
        assert_eq!(exposure(SERVICE, SERVICE, "25000", "2026-09"), Ok(None));
        assert_eq!(exposure(EMPLOYMENT, SERVICE, "25000", "2026-09"), Ok(None));
        assert_eq!(exposure(EMPLOYMENT, ("dispatch", "base"), "25000", "2026-09"), Ok(None));
    }

    #[test]
    fn a_wage_goes_on_from_the_wages_of_the_year() {
        // Hired in July by the hour: two months' deduction more, and no tax. As a fee it is one month's, and there is some.
        let tax = |sheet| {
            let mut month = month("2026-09", "2026-09-30");
            let mut row = row("10000");
            let decided = choice(&month, RELATION, "employment");
            let (_, item) = sheet;
            let pay = row.facts.remove("payroll.amount[base]").unwrap();
            row.facts.extend([
                (format!("payroll.amount[{item}]"), pay),
                ("tax.months.hire_date".to_owned(), Given::Date("2026-07-01".parse().unwrap())),
                (RELATION.to_owned(), choice(&month, RELATION, sheet.0)),
                ("payroll.classified.relation".to_owned(), decided.clone()),
            ]);
            month.prepare([&row.places]).unwrap();
            month.exposure(&row, &Recast { relation: decided, from: item, to: "base" }).unwrap().unwrap().tax
        };
        assert_eq!(tax(("non_full_time", "hourly")), Money::ZERO);
        // 10000 - 1031 - 500 - 5000 = 3469, of which 3 %.
        assert_eq!(tax(SERVICE), Money::parse("104.07").unwrap());
    }

    #[test]
    fn what_the_book_does_not_cover_is_told() {
        assert!(matches!(exposure(SERVICE, EMPLOYMENT, "25000", "2030-09"), Err(Refusal::Coverage { .. })));
    }
}
