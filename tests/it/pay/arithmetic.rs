//! Straightforward arithmetic on fractions, and the wage tax of the law, to hold slips against.

use num_bigint::BigInt;
use num_rational::BigRational;

/// 12.34, -5, 0.3% as a fraction; nothing is nought.
pub(crate) fn number(text: &str) -> BigRational {
    let text = text.trim();
    if text.is_empty() {
        return BigRational::default();
    }
    if let Some(percent) = text.strip_suffix('%') {
        return number(percent) / whole(100);
    }
    let (digits, decimals) = match text.split_once('.') {
        Some((whole, decimals)) => (format!("{whole}{decimals}"), decimals.len()),
        None => (text.to_owned(), 0),
    };
    BigRational::new(digits.parse().unwrap(), BigInt::from(10).pow(decimals.try_into().unwrap()))
}

pub(crate) fn whole(number: i64) -> BigRational {
    BigRational::from_integer(number.into())
}

/// To a step, half up; what is rounded here is not negative.
pub(crate) fn rounded(value: &BigRational, step: &str) -> BigRational {
    let step = number(step);
    (value / &step + number("0.5")).floor() * step
}

/// To the fen.
pub(crate) fn fen(value: &BigRational) -> BigRational {
    rounded(value, "0.01")
}

pub(crate) fn clamp(value: BigRational, floor: &str, ceiling: &str) -> BigRational {
    value.max(number(floor)).min(number(ceiling))
}

/// 个人所得税预扣率表一: up to, rate, quick deduction.
const TABLE_1: [(i64, i64, i64); 7] = [
    (36_000, 3, 0),
    (144_000, 10, 2_520),
    (300_000, 20, 16_920),
    (420_000, 25, 31_920),
    (660_000, 30, 52_920),
    (960_000, 35, 85_920),
    (i64::MAX, 45, 181_920),
];

/// The tax of the year on a taxable income.
pub(crate) fn annual_tax(taxable: BigRational) -> BigRational {
    let taxable = taxable.max(whole(0));
    let (_, rate, quick) = TABLE_1.into_iter().find(|(to, ..)| taxable <= whole(*to)).unwrap();
    fen(&(taxable * whole(rate) / whole(100) - whole(quick)))
}

/// The sums of a year with one payer.
#[derive(Default)]
pub(crate) struct Year {
    pub(crate) income: BigRational,
    pub(crate) special: BigRational,
    pub(crate) withheld: BigRational,
}

impl Year {
    /// Withholds for a month: what the tax to date is above what was withheld, and never less than nothing.
    pub(crate) fn withhold(&mut self, gross: &BigRational, own: &BigRational, deductions: &BigRational) -> BigRational {
        self.income += gross;
        self.special += own;
        let to_date = annual_tax(&self.income - &self.special - deductions);
        let tax = (to_date - &self.withheld).max(whole(0));
        self.withheld += &tax;
        tax
    }
}

#[test]
fn the_official_series() {
    let mut year = Year::default();
    let months = [1, 2, 3].map(|month| year.withhold(&whole(30_000), &whole(4_500), &whole(7_000 * month)));
    assert_eq!(months, [number("555"), number("625"), number("1850")]);
    assert_eq!(rounded(&number("113.5"), "1"), whole(114));
    assert_eq!(number("-0.3%"), BigRational::new((-3).into(), 1000.into()));
}
