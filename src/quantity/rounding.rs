//! Rounding as a value: a mode and a step, written `half-up 0.01` in rule files.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use thiserror::Error;

/// How a number that lies between two steps is brought to one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoundingMode {
    /// To the nearer step, a tie away from zero (四舍五入).
    HalfUp,
    /// To the nearer step, a tie to the even one (GB/T 8170, 四舍六入五成双).
    HalfEven,
    /// Away from zero.
    Up,
    /// Toward zero.
    Down,
}

impl RoundingMode {
    const ALL: [RoundingMode; 4] = [Self::HalfUp, Self::HalfEven, Self::Up, Self::Down];

    /// The word of the rule format.
    fn word(self) -> &'static str {
        match self {
            Self::HalfUp => "half-up",
            Self::HalfEven => "half-even",
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Self::HalfUp => "四舍五入",
            Self::HalfEven => "四舍六入五成双",
            Self::Up => "只入不舍",
            Self::Down => "只舍不入",
        }
    }
}

impl fmt::Display for RoundingMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A rounding mode and the step that results are whole multiples of.
///
/// ```
/// # use gongche::quantity::{Exact, Rounding};
/// let rounding = Rounding::parse("half-up 0.01")?;
/// assert_eq!(rounding.describe(), "四舍五入到分");
/// assert_eq!(Exact::parse("352.235")?.round(rounding)?.to_string(), "352.24");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rounding {
    /// What to do between two steps.
    pub mode: RoundingMode,
    /// In the unit of what is rounded, above zero. [`Rounding::parse`] gives powers of ten only.
    pub step: Decimal,
}

/// A text that is not a rounding.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "「{text}」不是舍入方式：应写成 half-up 0.01 的样子，方式为 half-up、half-even、up、down 之一，\
     步长为 10、1、0.1、0.01 之一（比率可细至 0.000001）"
)]
pub struct RoundingError {
    /// What was written.
    pub text: String,
}

/// The steps that can be written: for amounts ten yuan to a fen, for rates down to the sixth decimal.
const STEPS: [(&str, Decimal); 8] = [
    ("10", Decimal::TEN),
    ("1", Decimal::ONE),
    ("0.1", step(1)),
    ("0.01", step(2)),
    ("0.001", step(3)),
    ("0.0001", step(4)),
    ("0.00001", step(5)),
    ("0.000001", step(6)),
];

const fn step(decimals: u32) -> Decimal {
    Decimal::from_parts(1, 0, 0, false, decimals)
}

impl Rounding {
    /// To the fen, half up: how amounts that are paid are rounded unless a rule says otherwise.
    pub const FEN_HALF_UP: Rounding = Rounding { mode: RoundingMode::HalfUp, step: step(2) };

    /// Reads `half-up 0.01`: a mode, one space, a step of 10, 1, 0.1, 0.01 and on to 0.000001 (for rates).
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(text: &str) -> Result<Rounding, RoundingError> {
        let known = |(mode, step): (&str, &str)| {
            let mode = RoundingMode::ALL.into_iter().find(|known| known.word() == mode)?;
            let (_, step) = STEPS.into_iter().find(|(known, _)| *known == step)?;
            Some(Rounding { mode, step })
        };
        text.split_once(' ').and_then(known).ok_or_else(|| RoundingError { text: text.into() })
    }

    /// How many decimals results have: 2 for a step of 0.01, 0 for 1 and 10.
    #[must_use]
    pub fn decimals(&self) -> u32 {
        self.step.normalize().scale()
    }

    /// For people, the step named as of an amount in yuan: 四舍五入到分, 只入不舍到角.
    #[must_use]
    pub fn describe(&self) -> String {
        let step = match STEPS.iter().position(|(_, step)| *step == self.step) {
            Some(0) => "十元".into(),
            Some(1) => "元".into(),
            Some(2) => "角".into(),
            Some(3) => "分".into(),
            Some(_) => format!("小数点后{}位", self.decimals()),
            None => format!("{}的整数倍", self.step.normalize()),
        };
        format!("{}到{step}", self.mode.describe())
    }
}

impl FromStr for Rounding {
    type Err = RoundingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Rounding::parse(text)
    }
}

impl fmt::Display for Rounding {
    /// The text that [`Rounding::parse`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.mode, self.step.normalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_shows() {
        for mode in RoundingMode::ALL {
            for (text, step) in STEPS {
                let rounding = Rounding { mode, step };
                assert_eq!(rounding.to_string(), format!("{mode} {text}"));
                assert_eq!(Rounding::parse(&rounding.to_string()), Ok(rounding));
            }
        }
        assert_eq!(Rounding::FEN_HALF_UP.to_string(), "half-up 0.01");
    }

    #[test]
    fn refuses_other_texts() {
        for text in [
            "",
            "half-up",
            "0.01",
            "half-up 0.02",
            "half-up 100",
            "half-up 0",
            "half-up -1",
            "half-up 0.010",
            "half-up 0.0000001",
            "half-down 0.01",
            "HALF-UP 0.01",
            "half-up  0.01",
            " half-up 0.01",
            "half-up 0.01 ",
            "0.01 half-up",
            "四舍五入到分",
        ] {
            let fault = Rounding::parse(text).unwrap_err();
            assert!(fault.to_string().contains(&format!("「{text}」")), "{text}");
        }
    }

    #[test]
    fn tells_people_what_it_does() {
        #[rustfmt::skip]
        let table = [
            ("half-up 0.01", "四舍五入到分"),
            ("half-up 1", "四舍五入到元"),
            ("half-even 0.01", "四舍六入五成双到分"),
            ("up 0.1", "只入不舍到角"),
            ("down 10", "只舍不入到十元"),
            ("half-up 0.0001", "四舍五入到小数点后4位"),
        ];
        for (text, description) in table {
            assert_eq!(Rounding::parse(text).unwrap().describe(), description);
        }
        let step = Decimal::new(50, 2);
        assert_eq!(Rounding { mode: RoundingMode::Up, step }.describe(), "只入不舍到0.5的整数倍");
    }

    #[test]
    fn knows_how_many_decimals_it_leaves() {
        for (text, decimals) in [("up 10", 0), ("up 1", 0), ("up 0.1", 1), ("up 0.01", 2), ("up 0.000001", 6)] {
            assert_eq!(Rounding::parse(text).unwrap().decimals(), decimals);
        }
        assert_eq!(Rounding { mode: RoundingMode::Up, step: Decimal::new(50, 2) }.decimals(), 1);
    }
}
