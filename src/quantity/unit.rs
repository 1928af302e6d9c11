//! Units and their algebra: yuan a month times months is yuan.

use std::{fmt, str::FromStr};

use thiserror::Error;

use super::number::excerpt;

/// The base units, in the order in which a product names them.
const BASES: [&str; 9] = ["元", "人", "次", "班", "套", "年", "月", "天", "小时"];
const YUAN: usize = 0;
/// A power that is too large to be written. Nothing brings it back, and it compares with nothing.
const BEYOND: i8 = i8::MIN;
/// People, times, shifts, sets, years and months are counted whole.
const COUNTED: std::ops::Range<usize> = 1..7;

/// A product of powers of 元 人 次 班 套 年 月 天 小时, or a plain ratio.
///
/// `%` and `倍` are plain ratios too: they only remember how the number is shown, and go with plain numbers.
///
/// ```
/// # use gongche::quantity::Unit;
/// let pay = Unit::parse("元/月")?.mul(Unit::parse("月")?);
/// assert!(pay.is_money());
/// # Ok::<(), gongche::quantity::UnitError>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    exponents: [i8; BASES.len()],
    mark: Option<Mark>,
}

/// How a ratio is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Mark {
    Percent,
    Times,
}

impl Mark {
    fn symbol(self) -> &'static str {
        match self {
            Mark::Percent => "%",
            Mark::Times => "倍",
        }
    }
}

/// A text that is not a unit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "单位「{text}」中的「{found}」无法识别：单位由 元、人、次、班、套、年、月、天、小时 组成，\
     相乘用「·」，相除用一个「/」，如 元/月、人·月；比率写 %、倍 或留空"
)]
pub struct UnitError {
    /// The whole unit as written, cut short where it is long.
    pub text: String,
    /// The part that is not understood.
    pub found: String,
}

#[expect(clippy::should_implement_trait, reason = "beside the checked operations of numbers, of the same names")]
impl Unit {
    /// A plain number.
    pub const NONE: Unit = Unit { exponents: [0; BASES.len()], mark: None };
    /// Yuan.
    pub const YUAN: Unit = Unit::base(YUAN);
    /// Years, months and days, of which dates are made.
    pub const YEAR: Unit = Unit::base(5);
    /// Months.
    pub const MONTH: Unit = Unit::base(6);
    /// Days.
    pub const DAY: Unit = Unit::base(7);
    /// A ratio shown as a percentage.
    pub const PERCENT: Unit = Unit { exponents: [0; BASES.len()], mark: Some(Mark::Percent) };

    /// The base unit at a position of [`BASES`].
    const fn base(at: usize) -> Unit {
        let mut exponents = [0; BASES.len()];
        exponents[at] = 1;
        Unit { exponents, mark: None }
    }

    /// Reads `元`, `元/月`, `人·月`, `元/人·月` (everything after the stroke divides), `1/月`, `%`, `倍`, `%/天`, or the
    /// empty text for a plain number.
    ///
    /// # Errors
    /// Unknown units, two strokes, empty parts, and powers over 127.
    pub fn parse(text: &str) -> Result<Unit, UnitError> {
        let fault = |found: &str| {
            // Nothing between two signs is best shown by the whole.
            let found = if found.trim().is_empty() { text } else { found };
            UnitError { text: excerpt(text), found: excerpt(found) }
        };
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Ok(Unit::NONE);
        }
        let (above, below) = match trimmed.split_once('/') {
            Some((above, below)) => (above, Some(below)),
            None => (trimmed, None),
        };
        let mut unit = match above.trim() {
            "%" | "％" => Unit::PERCENT,
            "倍" => Unit { mark: Some(Mark::Times), ..Unit::NONE },
            "1" if below.is_some() => Unit::NONE,
            _ => Unit::NONE.with_factors(above, 1).map_err(fault)?,
        };
        if let Some(below) = below {
            unit = unit.with_factors(below, -1).map_err(fault)?;
        }
        Ok(unit)
    }

    /// The unit times (or over) each factor of a product; else the factor that is not understood.
    fn with_factors(mut self, product: &str, power: i8) -> Result<Unit, &str> {
        for factor in product.split('·') {
            let known = BASES.iter().position(|base| *base == factor.trim());
            let exponent = known.and_then(|index| self.exponents.get_mut(index)).ok_or(factor)?;
            *exponent = exponent.checked_add(power).filter(|sum| *sum != BEYOND).ok_or(factor)?;
        }
        Ok(self)
    }

    /// The unit of a product. Ratios leave a unit as it is; a percentage of a plain number stays a percentage.
    ///
    /// A product with a power over 127 has a unit that compares with none, so a check against any unit fails.
    #[must_use]
    pub fn mul(self, other: Unit) -> Unit {
        Unit::combine(self, other, self.mark.or(other.mark), i8::checked_add)
    }

    /// The unit of a quotient. A percentage over a percentage is a plain number.
    #[must_use]
    pub fn div(self, other: Unit) -> Unit {
        let mark = if other.mark.is_some() { None } else { self.mark };
        Unit::combine(self, other, mark, i8::checked_sub)
    }

    fn combine(left: Unit, right: Unit, mark: Option<Mark>, combine: fn(i8, i8) -> Option<i8>) -> Unit {
        let mut exponents = left.exponents;
        for (exponent, other) in exponents.iter_mut().zip(right.exponents) {
            let beyond = *exponent == BEYOND || other == BEYOND;
            *exponent = combine(*exponent, other).filter(|_| !beyond).unwrap_or(BEYOND);
        }
        // Only what has nothing else above the stroke can be shown as a percentage or a multiple.
        let mark = mark.filter(|_| exponents.iter().all(|exponent| *exponent <= 0));
        Unit { exponents, mark }
    }

    /// Whether numbers of these units can be added and compared. Plain numbers, `%` and `倍` can.
    #[must_use]
    pub fn same_dimension(&self, other: &Unit) -> bool {
        self.exponents == other.exponents && !self.exponents.contains(&BEYOND)
    }

    /// Whether it is a plain number, `%` or `倍`.
    #[must_use]
    pub fn is_ratio(&self) -> bool {
        self.same_dimension(&Unit::NONE)
    }

    /// Whether it is exactly 元.
    #[must_use]
    pub fn is_money(&self) -> bool {
        *self == Unit::YUAN
    }

    /// Whether it is 元 or 元 by anything.
    #[must_use]
    pub fn is_priced(&self) -> bool {
        self.exponents[YUAN] > 0
    }

    /// Whether it is a ratio shown as a percentage.
    #[must_use]
    pub fn is_percent(&self) -> bool {
        *self == Unit::PERCENT
    }

    /// How many decimals numbers of the unit have where nobody says: 2 for 元 and 元 by anything, 0 for what is counted
    /// (人 次 班 套 年 月 and their products), 2 for other products with 天 or 小时, 6 for ratios and all else.
    #[must_use]
    pub fn default_decimals(&self) -> u32 {
        let [yuan, ..] = self.exponents;
        let whole = self.exponents.iter().all(|exponent| *exponent >= 0) && !self.is_ratio();
        let counted =
            self.exponents.iter().enumerate().all(|(index, exponent)| *exponent == 0 || COUNTED.contains(&index));
        match (yuan > 0, whole, counted) {
            (true, _, _) => 2,
            (false, true, true) => 0,
            (false, true, false) => 2,
            (false, false, _) => 6,
        }
    }

    /// Writes the base units on one side of the stroke, each as often as its power says.
    fn write_product(&self, f: &mut fmt::Formatter<'_>, side: fn(&i8) -> bool) -> fmt::Result {
        let named = BASES.iter().zip(&self.exponents).filter(|(_, exponent)| side(exponent));
        let factors = named.flat_map(|(base, exponent)| std::iter::repeat_n(*base, exponent.unsigned_abs().into()));
        for (at, factor) in factors.enumerate() {
            f.write_str(if at == 0 { "" } else { "·" })?;
            f.write_str(factor)?;
        }
        Ok(())
    }
}

impl FromStr for Unit {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Unit::parse(text)
    }
}

impl fmt::Display for Unit {
    /// The text that [`Unit::parse`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let above = |exponent: &i8| *exponent > 0;
        let below = |exponent: &i8| *exponent < 0;
        let (any_above, any_below) = (self.exponents.iter().any(above), self.exponents.iter().any(below));
        match self.mark {
            Some(mark) => f.write_str(mark.symbol())?,
            None if any_below && !any_above => f.write_str("1")?,
            None => self.write_product(f, above)?,
        }
        if any_below {
            f.write_str("/")?;
            self.write_product(f, below)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(text: &str) -> Unit {
        Unit::parse(text).unwrap()
    }

    #[test]
    fn reads_and_shows() {
        #[rustfmt::skip]
        let table = [
            ("", ""),
            (" ", ""),
            ("元", "元"),
            ("元/月", "元/月"),
            (" 元 / 月 ", "元/月"),
            ("元/小时", "元/小时"),
            ("人·月", "人·月"),
            ("月·人", "人·月"),
            ("元/人·月", "元/人·月"),
            ("元/月·人", "元/人·月"),
            ("元·元", "元·元"),
            ("元/元", ""),
            ("1/月", "1/月"),
            ("%", "%"),
            ("％", "%"),
            ("倍", "倍"),
            ("%/天", "%/天"),
        ];
        for (text, shown) in table {
            assert_eq!(unit(text).to_string(), shown, "{text}");
            assert_eq!(unit(shown), unit(text));
        }
        for base in BASES {
            assert_eq!(unit(base).to_string(), base);
        }
    }

    #[test]
    fn refuses_and_points_at_the_part() {
        #[rustfmt::skip]
        let table = [
            ("美元", "美元"),
            ("元/周", "周"),
            ("人*月", "人*月"),
            ("元/月/人", "月/人"),
            ("元·%", "%"),
            ("元/%", "%"),
            ("1", "1"),
            ("元/1", "1"),
            ("元/", "元/"),
            ("/月", "/月"),
            ("人··月", "人··月"),
        ];
        for (text, found) in table {
            assert_eq!(Unit::parse(text), Err(UnitError { text: text.into(), found: found.into() }));
        }
        let fault = Unit::parse("元/周").unwrap_err().to_string();
        assert!(fault.starts_with("单位「元/周」中的「周」无法识别："), "{fault}");
        assert!(Unit::parse(&["元"; 127].join("·")).is_ok());
        assert!(Unit::parse(&["元"; 128].join("·")).is_err());
        assert!(Unit::parse(&format!("1/{}", ["月"; 127].join("·"))).is_ok());
        assert!(Unit::parse(&format!("1/{}", ["月"; 128].join("·"))).is_err());
    }

    #[test]
    fn multiplies_and_divides() {
        #[rustfmt::skip]
        let table = [
            ("元/月", '*', "月", "元"),
            ("元/人·月", '*', "人·月", "元"),
            ("元/人·月", '*', "人", "元/月"),
            ("元", '/', "小时", "元/小时"),
            ("元/月", '/', "天", "元/月·天"),
            ("元", '/', "元", ""),
            ("元", '/', "元/月", "月"),
            ("元", '*', "元", "元·元"),
            ("月", '/', "月·月", "1/月"),
            ("元", '*', "%", "元"),
            ("倍", '*', "元", "元"),
            ("元", '/', "%", "元"),
            ("%", '*', "", "%"),
            ("", '*', "%", "%"),
            ("%", '*', "%", "%"),
            ("%", '/', "", "%"),
            ("%", '/', "%", ""),
            ("", '/', "%", ""),
            ("", '/', "月", "1/月"),
            ("%/天", '*', "天", "%"),
            ("%", '/', "天", "%/天"),
            ("%/天", '*', "元·天", "元"),
        ];
        for (left, operation, right, result) in table {
            let (a, b) = (unit(left), unit(right));
            let combined = if operation == '*' { a.mul(b) } else { a.div(b) };
            assert_eq!(combined, unit(result), "{left} {operation} {right}");
        }
    }

    #[test]
    fn tells_dimensions_apart() {
        assert!(unit("%").same_dimension(&unit("")) && unit("倍").same_dimension(&unit("%")));
        assert!(!unit("元").same_dimension(&unit("元/月")) && !unit("月").same_dimension(&unit("年")));
        assert!(unit("").is_ratio() && unit("%").is_ratio() && unit("倍").is_ratio() && unit("元/元").is_ratio());
        assert!(!unit("元").is_ratio() && !unit("%/天").is_ratio());
        assert!(
            unit("元").is_money() && !unit("元/月").is_money() && !unit("").is_money() && !unit("元·元").is_money()
        );
        assert!(unit("%").is_percent() && !unit("").is_percent() && !unit("%/天").is_percent());
        assert_eq!((Unit::NONE, Unit::YUAN, Unit::PERCENT), (unit(""), unit("元"), unit("%")));
        assert_eq!(Unit::default(), Unit::NONE);
    }

    #[test]
    fn powers_too_large_compare_with_nothing() {
        for base in [Unit::YUAN, unit("1/月")] {
            let mut power = base;
            for _ in 0..6 {
                power = power.mul(power);
            }
            // 64, 127, and one too many
            let most = power.mul(power.div(base));
            assert!(most.same_dimension(&unit(&most.to_string())));
            let beyond = most.mul(base);
            assert!(!beyond.same_dimension(&beyond));
            assert!(!beyond.div(most).same_dimension(&base));
            assert!(!beyond.div(beyond).is_ratio());
        }
    }

    #[test]
    fn knows_its_decimals() {
        #[rustfmt::skip]
        let table = [
            ("元", 2), ("元/月", 2), ("元/小时", 2), ("元/人·月", 2), ("元·月", 2),
            ("人", 0), ("次", 0), ("班", 0), ("套", 0), ("年", 0), ("月", 0), ("人·月", 0),
            ("天", 2), ("小时", 2), ("人·天", 2),
            ("%", 6), ("", 6), ("倍", 6), ("%/天", 6), ("次/月", 6), ("月/元", 6),
        ];
        for (text, decimals) in table {
            assert_eq!(unit(text).default_decimals(), decimals, "{text}");
        }
    }
}
