//! A year in Beijing, month by month and as a whole: what twelve runs withhold is what the annual table makes of the year,
//! except where the law of withholding itself leaves something for the annual settlement.

use super::{
    Desk, Person,
    arithmetic::{Year, annual_tax, clamp, fen, number, whole},
    figure, findings, gongche,
    ledger::{is_missing_months, slip},
    person,
};
use num_rational::BigRational;
use serde_json::Value;
use std::ops::RangeInclusive;

/// What the worker bears in Beijing in a month of 2026: the bases changed in July.
fn own(base: &str, month: i64) -> BigRational {
    let (floor, fund_floor, ceiling) = if month < 7 { ("7162", "2540", "35811") } else { ("7270", "2540", "36348") };
    let insured = clamp(number(base), floor, ceiling);
    let fund = clamp(number(base), fund_floor, ceiling);
    fen(&(&insured * number("8%")))
        + fen(&(&insured * number("2%") + whole(3)))
        + fen(&(&insured * number("0.5%")))
        + fen(&(fund * number("12%")))
}

/// Somebody in Beijing with his cells of a month.
fn worker(month: i64, wage: &str, base: &str, more: &[(&'static str, &str)]) -> Person {
    let additional = (2_000 * month).to_string();
    let cells = [
        ("参保地", "北京市"),
        ("基本工资", wage),
        ("社保缴费基数", base),
        ("公积金缴存基数", base),
        ("公积金缴存比例", "12%"),
        ("累计专项附加扣除", &additional),
        ("期初累计收入", ""),
    ];
    person(1, &[&cells[..], more].concat())
}

fn period(month: i64) -> String {
    format!("2026-{month:02}")
}

#[test]
fn a_year_in_beijing_is_withheld_month_by_month() {
    let desk = Desk::new();
    let mut year = Year::default();
    for month in 1..=12_i64 {
        // A bonus in March, two months of almost nothing, and December's wage in the next tax year.
        let wage = if matches!(month, 7 | 8) { "1000" } else { "38000.37" };
        let bonus = if month == 3 { "50000" } else { "0" };
        let paid_on = (month == 12).then_some("2027-01-08");
        if month == 12 {
            year = Year::default();
        }
        let months = if month == 12 { 1 } else { month };
        let person = worker(months, wage, "40000.55", &[("奖金", bonus)]);
        let more: Vec<&str> = paid_on.iter().flat_map(|day| ["--paid-on", day]).collect();
        let slip = slip(&desk, &person, &period(month), &more);

        let own = own("40000.55", month);
        let gross = number(wage) + number(bonus);
        let tax = year.withhold(&gross, &own, &whole(7_000 * months));
        let period = period(month);
        assert_eq!(number(figure(&slip, "own_total")), own, "{period}");
        assert_eq!(number(figure(&slip, "tax")), tax, "{period}");
        assert_eq!(number(figure(&slip, "net")), gross - own - &tax, "{period}");
        assert_eq!(slip["tax_to_date"]["months"], months.to_string(), "{period}");
        assert!(!is_missing_months(&slip), "{period}");
        // What was withheld too much is not paid back in the year.
        assert_eq!(findings(&slip).contains(&"tax.wages.surplus_withheld"), (7..=9).contains(&month), "{period}");
        assert_eq!(tax == whole(0), (7..=9).contains(&month), "{period}");
    }
}

/// What a year came to.
#[derive(Default)]
struct Closed {
    income: BigRational,
    special: BigRational,
    withheld: BigRational,
    last: Value,
}

impl Closed {
    /// Pays a month: its cells, and what of its pay is taxed with the year.
    fn pay(&mut self, desk: &Desk, month: i64, (person, income): (Person, BigRational)) {
        let slip = slip(desk, &person, &period(month), &["--no-slips"]);
        let own = own(&person["社保缴费基数"], month);
        assert_eq!(number(figure(&slip, "own_total")), own, "{month}");
        self.income += income;
        self.special += own;
        self.withheld += number(figure(&slip, "tax"));
        self.last = slip;
    }

    fn of(months: RangeInclusive<i64>, cells: impl Fn(i64) -> (Person, BigRational)) -> Self {
        let (desk, mut closed) = (Desk::new(), Self::default());
        months.for_each(|month| closed.pay(&desk, month, cells(month)));
        closed
    }

    /// The comprehensive income of the whole year after its deductions: 60,000 for the year whoever pays, and the
    /// additional ones that were declared.
    fn taxable(&self) -> BigRational {
        let additional = number(figure(&self.last["tax_to_date"], "additional"));
        &self.income - &self.special - whole(60_000) - additional
    }
}

/// The annual table of the book, by the one figure that takes it bare: what exceeds an exemption, here of nothing.
fn by_the_annual_table(taxable: &BigRational) -> BigRational {
    let fen = (taxable * whole(100)).to_integer();
    let payment = format!("payment={}.{:02}", &fen / 100, &fen % 100);
    let none = "average_annual_wage=0";
    let arguments =
        ["eval", "tax.severance.tax", "--on", "2026-12-31", "--given", &payment, "--given", none, "--format", "json"];
    number(figure(&gongche(&arguments).json(), "value"))
}

/// Above the ceiling of the bases until June, between the bands from July; the wage rises in July as well, so that the year
/// goes through three brackets.
fn steady(month: i64) -> (Person, BigRational) {
    let (wage, base) = if month < 7 { ("36000.37", "36000.55") } else { ("41000.91", "36200.45") };
    (worker(month, wage, base, &[]), number(wage))
}

#[test]
fn twelve_runs_close_on_the_annual_table_with_and_without_a_bonus_in_december() {
    let desk = Desk::new();
    let mut eleven = Closed::default();
    (1..12).for_each(|month| eleven.pay(&desk, month, steady(month)));
    // December in one of several ways, each in the place of the one before.
    let december = |column: Option<(&'static str, &str)>, merged: &str| {
        let (mut person, income) = steady(12);
        person.extend(column.map(|(heading, cell)| (heading, cell.to_owned())));
        let slip = slip(&desk, &person, "2026-12", &["--no-slips", "--replace"]);
        let own = number(figure(&slip, "own_total"));
        assert_eq!(own, self::own("36200.45", 12));
        Closed {
            income: &eleven.income + income + number(merged),
            special: &eleven.special + own,
            withheld: &eleven.withheld + number(figure(&slip, "tax")),
            last: slip,
        }
    };
    let year = december(None, "0");
    // By hand: 6 × 36000.37 + 6 × 41000.91 = 462007.68; six months of 8060.48 and six of 8148.10 are borne;
    // 280756.20 at 20 % less 16920 is 39231.24.
    assert_eq!((&year.income, &year.taxable()), (&number("462007.68"), &number("280756.20")));
    assert_eq!(year.withheld, number("39231.24"));
    assert_eq!(year.withheld, annual_tax(year.taxable()));
    assert_eq!(year.withheld, by_the_annual_table(&year.taxable()));
    assert!(!findings(&year.last).contains(&"tax.wages.surplus_withheld"));
    assert_eq!(number(figure(&year.last["tax_to_date"], "taxable")), year.taxable());

    // A twelfth of 12000 is still at 10 %; a yuan more is at 20 %: 144000 × 10 % − 210, 144001 × 20 % − 1410.
    for (bonus, tax) in [("144000", "14190.00"), ("144001", "27390.20")] {
        let apart = december(Some(("全年一次性奖金", bonus)), "0");
        assert_eq!(apart.last["taxes_apart"][0]["amount"], tax);
        assert_eq!(&apart.withheld - number(tax), annual_tax(apart.taxable()), "{bonus}");
    }
    // With the year it goes into the bracket of 30 %: 424757.20 × 30 % − 52920.
    let merged = december(Some(("奖金", "144001")), "144001");
    assert_eq!((&merged.last["taxes_apart"], &merged.withheld), (&serde_json::json!([]), &number("74507.16")));
    assert_eq!(merged.withheld, annual_tax(merged.taxable()));
    assert_eq!(merged.withheld, by_the_annual_table(&merged.taxable()));
}

/// Whoever had no wage before in the year has all its months of the basic deduction.
const FIRST: (&str, &str) = ("本年首次取得工资", "是");

#[test]
fn what_was_withheld_too_much_is_left_for_the_annual_settlement() {
    // One high month and three poor ones, from September on.
    let year = Closed::of(9..=12, |month| {
        let wage = if month == 9 { "200000" } else { "1000" };
        (worker(month - 8, wage, "20000", &[("任职受雇日期", "2026-09-01"), FIRST]), number(wage))
    });
    let owed = annual_tax(year.taxable());
    assert_eq!(owed, by_the_annual_table(&year.taxable()));
    // 200000 − 45000 − 2000 − 4503 = 148497 × 20 % − 16920 was withheld in September;
    // 203000 − 60000 − 8000 − 18012 = 116988 × 10 % − 2520 is due.
    assert_eq!((&year.withheld, &owed), (&number("12779.40"), &number("9178.80")));
    let told = year.last["findings"].as_array().unwrap().iter().find(|one| one["code"] == "tax.wages.surplus_withheld");
    let message = told.unwrap()["message"].as_str().unwrap();
    assert!(message.contains("3600.60元"), "{message}");
}

#[test]
fn the_months_at_another_employer_are_left_for_the_annual_settlement() {
    let joined = |first: &[(&'static str, &str)]| {
        Closed::of(10..=12, |month| {
            let cells = [&[("任职受雇日期", "2026-10-08")], first].concat();
            (worker(month - 9, "60000", "20000", &cells), number("60000"))
        })
    };
    // Nine months of the basic deduction are not this employer's to take off: 180000 − 15000 − 6000 − 13509 = 145491 at
    // 20 % less 16920 is withheld; 45000 less at 10 % less 2520 is due.
    let elsewhere = joined(&[]);
    let owed = annual_tax(elsewhere.taxable());
    assert_eq!((&elsewhere.withheld, &owed), (&number("12178.20"), &number("7529.10")));
    let first = joined(&[FIRST]);
    assert_eq!(first.withheld, annual_tax(first.taxable()));
    assert_eq!(first.withheld, by_the_annual_table(&first.taxable()));
}
