//! What holds of every slip, whatever the facts: random people of three cities over three months.

use chrono::{Days, Months, NaiveDate};
use gongche::{
    engine::Places,
    payroll::{Balance, Earlier, Known, Line, Month, Row, Slip, Totals},
    quantity::{Exact, Money},
    rulebook::{Book, Given, Sources},
};
use proptest::prelude::*;
use std::{collections::BTreeMap, sync::LazyLock};

const CITIES: [&str; 3] = ["110000", "310000", "530100"];

static BOOK: LazyLock<Book> = LazyLock::new(|| Book::read(Sources::embedded()).unwrap());

/// September to November 2026, each with its day of payment.
static MONTHS: LazyLock<Vec<(NaiveDate, Month<'static>)>> = LazyLock::new(|| {
    let places: Vec<Places> = CITIES.iter().map(|code| Places::all(Some(code))).collect();
    (9..=11)
        .map(|number| {
            let start = NaiveDate::from_ymd_opt(2026, number, 1).unwrap();
            let end = start + Months::new(1) - Days::new(1);
            let mut month = Month::new(&BOOK, start, end, end, None).unwrap();
            month.prepare(&places).unwrap();
            (end, month)
        })
        .collect()
});

/// Somebody with the amounts of each month, all in fen.
#[derive(Debug, Clone)]
struct Someone {
    city: usize,
    hired: NaiveDate,
    first_wage: bool,
    elects_60000: bool,
    class: usize,
    declared: i64,
    fund_base: i64,
    fund_rate: i64,
    insured: bool,
    opening: Option<[i64; 3]>,
    months: Vec<OneMonth>,
}

#[derive(Debug, Clone)]
struct OneMonth {
    items: [i64; 5],
    /// How much of the wage was missed, in thousandths.
    absent: i64,
    other: i64,
    additional: i64,
    annuity: i64,
}

fn one_month() -> impl Strategy<Value = OneMonth> {
    let amount = || prop_oneof![2 => Just(0), 3 => 0..6_000_000_i64, 1 => 0..60_000_000_i64];
    (prop::array::uniform5(amount()), 0..=1000_i64, 0..50_000_i64, 0..800_000_i64, 0..50_000_i64)
        .prop_map(|(items, absent, other, additional, annuity)| OneMonth { items, absent, other, additional, annuity })
}

fn someone() -> impl Strategy<Value = Someone> {
    let hired = (0..1000_u64).prop_map(|days| NaiveDate::from_ymd_opt(2026, 9, 30).unwrap() - Days::new(days));
    let opening = prop::option::of([0..50_000_000_i64, 0..8_000_000, 0..9_000_000]);
    let who = (0..CITIES.len(), hired, any::<bool>(), any::<bool>(), 0..8_usize, any::<bool>());
    let bases = (0..6_000_000_i64, 0..6_000_000_i64, 5..=12_i64);
    (who, bases, opening, prop::collection::vec(one_month(), 3)).prop_map(
        |(
            (city, hired, first_wage, elects_60000, class, insured),
            (declared, fund_base, fund_rate),
            opening,
            months,
        )| {
            Someone {
                city,
                hired,
                first_wage,
                elects_60000,
                class,
                declared,
                fund_base,
                fund_rate,
                insured,
                opening,
                months,
            }
        },
    )
}

fn yuan(fen: i64) -> Given {
    Given::Number(Exact::from(Money::from_fen(fen)))
}

impl Someone {
    fn row(&self, at: usize, paid_on: NaiveDate, known: Known) -> Row {
        let month = &self.months[at];
        let names = ["base", "performance", "night", "heat", "bonus"];
        let wage: i64 = month.items.iter().sum();
        let mut facts: BTreeMap<String, Given> =
            names.iter().zip(month.items).map(|(name, fen)| (format!("payroll.amount[{name}]"), yuan(fen))).collect();
        facts.extend(
            [
                ("payroll.absence", yuan(wage * month.absent / 1000)),
                ("payroll.other_deduction", yuan(month.other)),
                ("payroll.annuity", yuan(month.annuity)),
                ("tax.wages.cumulative_additional", yuan(month.additional)),
                ("tax.months.paid_on", Given::Date(paid_on)),
                ("tax.months.hire_date", Given::Date(self.hired)),
                ("tax.months.first_wage_of_year", Given::Boolean(self.first_wage)),
                ("tax.wages.elects_60000", Given::Boolean(self.elects_60000)),
                ("social.declared_base", yuan(self.declared)),
                ("social.industry_class", Given::Choice(self.class)),
                ("social.months", Given::Number(Exact::from(i64::from(self.insured)))),
                ("fund.declared_base", yuan(self.fund_base)),
                ("fund.rate", Given::Number(Exact::from(self.fund_rate).div(Exact::from(100)).unwrap())),
            ]
            .map(|(id, given)| (id.to_owned(), given)),
        );
        Row {
            places: Places::all(Some(CITIES[self.city])),
            hired: self.hired,
            left: None,
            project: String::new(),
            facts,
            known,
            arrears: Vec::new(),
        }
    }

    fn known(&self) -> Known {
        let ids = ["payroll.taxable_income", "payroll.special", "tax.wages.tax"];
        let opening = self.opening.map(|amounts| Balance {
            through: NaiveDate::from_ymd_opt(2026, 8, 31).unwrap(),
            amounts: ids.iter().zip(amounts).map(|(id, fen)| ((*id).to_owned(), Money::from_fen(fen).into())).collect(),
        });
        Known { opening, slips: Vec::new() }
    }

    /// The slips of the three months, each carried into the next.
    fn slips(&self) -> Vec<Slip> {
        let mut known = self.known();
        let slip = |(at, (paid_on, month)): (usize, &(NaiveDate, Month<'static>))| {
            let slip = month.slip(&self.row(at, *paid_on, known.clone())).unwrap();
            known.slips.push(Earlier {
                period: *paid_on,
                paid_on: *paid_on,
                project: String::new(),
                employment: None,
                same_run: false,
                amounts: slip.carried.clone(),
            });
            slip
        };
        MONTHS.iter().enumerate().map(slip).collect()
    }
}

fn sum(amounts: impl IntoIterator<Item = Money>) -> Money {
    Money::sum(amounts).unwrap()
}

fn of_payer<'s>(slip: &'s Slip, payer: &'s str) -> impl Iterator<Item = &'s Line> {
    slip.lines().filter(move |line| line.payer == payer)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_slip_adds_up(someone in someone()) {
        let slips = someone.slips();
        let opening = someone.opening.unwrap_or_default().map(Money::from_fen);
        let [mut income, mut special, mut withheld] = opening;
        for slip in &slips {
            let own = sum(of_payer(slip, "employee").map(|line| line.amount));
            let employer = sum(of_payer(slip, "employer").map(|line| line.amount));
            prop_assert_eq!(slip.gross, sum(slip.earnings.iter().map(|one| one.amount)));
            prop_assert_eq!(slip.own_total, own);
            prop_assert_eq!(sum([slip.net, own, slip.tax, slip.other_deduction]), slip.gross);
            prop_assert_eq!(slip.employer_cost, slip.gross.add(employer).unwrap());
            prop_assert!(slip.lines().all(|line| line.amount >= Money::ZERO));
            let fund: Vec<Money> =
                slip.lines().filter(|line| line.id.starts_with("housing_fund_")).map(|line| line.amount).collect();
            prop_assert!(fund.len() == 2 && fund[0] == fund[1]);
            if !someone.insured {
                prop_assert_eq!(own, fund[0]);
            }

            // The year to date is what was before and this month.
            let tax = &slip.tax_block;
            (income, special) = (income.add(slip.gross).unwrap(), special.add(own).unwrap());
            prop_assert_eq!((tax.income, tax.special, tax.withheld), (income, special, withheld));
            let deductions = sum([tax.exempt, tax.basic, tax.special, tax.additional, tax.other]);
            prop_assert_eq!(tax.taxable, tax.income.sub(deductions).unwrap());
            // Withheld to date never falls, and is the tax to date unless more was withheld before.
            prop_assert!(slip.tax >= Money::ZERO);
            withheld = withheld.add(slip.tax).unwrap();
            let due = tax.payable.sub(tax.relief).unwrap();
            prop_assert_eq!(withheld, due.max(tax.withheld));
        }

        let totals = Totals::of(&slips).unwrap();
        prop_assert_eq!(totals.workers, slips.len());
        prop_assert_eq!(totals.net, sum(slips.iter().map(|slip| slip.net)));
        prop_assert_eq!(totals.tax, sum(slips.iter().map(|slip| slip.tax)));
        let lines = sum(totals.lines.values().copied());
        prop_assert_eq!(lines, sum(slips.iter().flat_map(Slip::lines).map(|line| line.amount)));
    }
}
