//! Exact numbers as columns: whole parts of a unit that is chosen when the plan is lowered, over a divisor where a
//! quotient is carried.

use super::code::{Code, Source, Way, What};
use crate::{
    formula::Comparison,
    quantity::{Exact, Rounding},
    rulebook::{Band, ScalePart},
};
use num_integer::Integer;

/// A part of the plan that has no columns: whoever needs it falls to the exact path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fallen;

/// `parts / (unit × over)`. A quotient stays so until it is rounded, compared or looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) parts: Source,
    /// How many parts make one: 100 of fen.
    pub(super) unit: i64,
    /// At least one in every row.
    pub(super) over: Source,
}

/// Exact numbers hold every divisor under this, so what fits here never overflows there.
const DIVISOR_LIMIT: i128 = 1 << 96;

impl Number {
    pub(super) const ZERO: Number = Number { parts: Source::ZERO, unit: 1, over: Source::ONE };

    /// A number for every row.
    pub(super) fn constant(value: Exact) -> Result<Number, Fallen> {
        let (parts, unit) = parts(value)?;
        Ok(Number { parts: Source::Constant(parts), unit, over: Source::ONE })
    }
}

/// A finite decimal as parts of a power of ten.
fn parts(value: Exact) -> Result<(i64, i64), Fallen> {
    let value = value.to_decimal().ok_or(Fallen)?.normalize();
    let unit = 10i64.checked_pow(value.scale()).ok_or(Fallen)?;
    Ok((narrow(value.mantissa())?, unit))
}

fn narrow(value: i128) -> Result<i64, Fallen> {
    i64::try_from(value).map_err(|_| Fallen)
}

/// The whole number of parts that a decimal is, of a unit that it divides.
fn parts_of(value: Exact, unit: i64) -> Result<i64, Fallen> {
    let (parts, own) = parts(value)?;
    if unit % own == 0 { narrow(i128::from(parts) * i128::from(unit / own)) } else { Err(Fallen) }
}

fn common(a: i64, b: i64) -> Result<i64, Fallen> {
    narrow(i128::from(a) / i128::from(a.gcd(&b)) * i128::from(b))
}

impl Code {
    /// The number, if its divisor stays where exact numbers can follow.
    fn fitting(&self, number: Number) -> Result<Number, Fallen> {
        let (_, over) = self.range(number.over);
        if i128::from(number.unit).checked_mul(over).is_some_and(|divisor| divisor < DIVISOR_LIMIT) {
            Ok(number)
        } else {
            Err(Fallen)
        }
    }

    fn times(&mut self, parts: Source, factor: i64) -> Source {
        self.multiply(parts, Source::Constant(factor))
    }

    /// Both as parts of one unit over one divisor.
    pub(super) fn aligned(&mut self, a: Number, b: Number) -> Result<(Source, Source, Number), Fallen> {
        let unit = common(a.unit, b.unit)?;
        let (mut left, mut right) = (self.times(a.parts, unit / a.unit), self.times(b.parts, unit / b.unit));
        let mut over = a.over;
        if a.over != b.over {
            left = self.multiply(left, b.over);
            right = self.multiply(right, a.over);
            over = self.multiply(a.over, b.over);
        }
        let shape = self.fitting(Number { parts: Source::ZERO, unit, over })?;
        Ok((left, right, shape))
    }

    pub(super) fn sum(&mut self, a: Number, b: Number) -> Result<Number, Fallen> {
        let (left, right, shape) = self.aligned(a, b)?;
        Ok(Number { parts: self.add(left, right), ..shape })
    }

    pub(super) fn difference(&mut self, a: Number, b: Number) -> Result<Number, Fallen> {
        let (left, right, shape) = self.aligned(a, b)?;
        Ok(Number { parts: self.subtract(left, right), ..shape })
    }

    pub(super) fn negated(&mut self, a: Number) -> Number {
        Number { parts: self.subtract(Source::ZERO, a.parts), ..a }
    }

    pub(super) fn size(&mut self, a: Number) -> Number {
        let negated = self.negated(a);
        Number { parts: self.maximum(a.parts, negated.parts), ..a }
    }

    pub(super) fn product(&mut self, a: Number, b: Number) -> Result<Number, Fallen> {
        let unit = a.unit.checked_mul(b.unit).ok_or(Fallen)?;
        let number = Number { parts: self.multiply(a.parts, b.parts), unit, over: self.multiply(a.over, b.over) };
        self.fitting(number)
    }

    /// The quotient, and where there is none because the divisor is nought.
    pub(super) fn ratio(&mut self, a: Number, b: Number) -> Result<(Number, Source), Fallen> {
        if let Source::Constant(divisor) = b.parts {
            // a.parts × b.unit / (a.unit × divisor), in lowest terms and with the sign above the stroke.
            let below = i128::from(a.unit) * i128::from(divisor);
            if below == 0 {
                return Err(Fallen);
            }
            let shared = below.gcd(&i128::from(b.unit)) * below.signum();
            let unit = narrow(below / shared)?;
            let parts = self.times(a.parts, narrow(i128::from(b.unit) / shared)?);
            let parts = self.multiply(parts, b.over);
            return Ok((self.fitting(Number { parts, unit, over: a.over })?, Source::NO));
        }
        let shared = a.unit.gcd(&b.unit);
        let parts = self.times(a.parts, b.unit / shared);
        let mut parts = self.multiply(parts, b.over);
        let (low, high) = self.range(b.parts);
        if low < 0 {
            let negative = self.less(b.parts, Source::ZERO);
            let negated = self.subtract(Source::ZERO, parts);
            parts = self.select(negative, negated, parts);
        }
        let mut over = self.size(Number { parts: b.parts, ..b }).parts;
        let mut undefined = Source::NO;
        if low <= 0 && high >= 0 {
            undefined = self.equal(b.parts, Source::ZERO);
            over = self.maximum(over, Source::ONE);
        }
        let over = self.multiply(over, a.over);
        Ok((self.fitting(Number { parts, unit: a.unit / shared, over })?, undefined))
    }

    pub(super) fn compared(&mut self, comparison: Comparison, a: Number, b: Number) -> Result<Source, Fallen> {
        let (left, right, _) = self.aligned(a, b)?;
        Ok(self.compared_parts(comparison, left, right))
    }

    pub(super) fn compared_parts(&mut self, comparison: Comparison, a: Source, b: Source) -> Source {
        match comparison {
            Comparison::Equal => self.equal(a, b),
            Comparison::NotEqual => {
                let equal = self.equal(a, b);
                self.not(equal)
            }
            Comparison::Less => self.less(a, b),
            Comparison::Greater => self.less(b, a),
            Comparison::LessOrEqual => self.emit(What::LessOrEqual, [a, b, Source::ZERO]),
            Comparison::GreaterOrEqual => self.emit(What::LessOrEqual, [b, a, Source::ZERO]),
        }
    }

    /// `a` where the mask holds, else `b`.
    pub(super) fn chosen(&mut self, mask: Source, a: Number, b: Number) -> Result<Number, Fallen> {
        let unit = common(a.unit, b.unit)?;
        let (left, right) = (self.times(a.parts, unit / a.unit), self.times(b.parts, unit / b.unit));
        let (parts, over) = (self.select(mask, left, right), self.select(mask, a.over, b.over));
        self.fitting(Number { parts, unit, over })
    }

    /// Rounded once, from the remainder.
    pub(super) fn rounded(&mut self, a: Number, rounding: Rounding) -> Result<Number, Fallen> {
        let (step, steps_unit) = parts(Exact::from(rounding.step))?;
        if step <= 0 {
            return Err(Fallen);
        }
        // a / step = parts × steps_unit / (unit × step × over)
        let below = i128::from(a.unit) * i128::from(step);
        let shared = below.gcd(&i128::from(steps_unit));
        let (above, below) = (narrow(i128::from(steps_unit) / shared)?, narrow(below / shared)?);
        if below == 1 && a.over == Source::ONE {
            return Ok(a);
        }
        let parts = self.times(a.parts, above);
        let by = self.times(a.over, below);
        let steps = self.divide(parts, by, Way::Rounded(rounding.mode));
        Ok(Number { parts: self.times(steps, step), unit: steps_unit, over: Source::ONE })
    }

    /// The largest whole number that is not above it.
    pub(super) fn whole(&mut self, a: Number) -> Number {
        if a.unit == 1 && a.over == Source::ONE {
            return a;
        }
        let by = self.times(a.over, a.unit);
        Number { parts: self.divide(a.parts, by, Way::Floor), ..Number::ZERO }
    }

    /// A look-up in the bands of a scale, the last of which has no bound.
    pub(super) fn looked_up(&mut self, part: ScalePart, bands: &[Band], x: Number) -> Result<Number, Fallen> {
        let Some((last, bounded)) = bands.split_last() else { return Err(Fallen) };
        if last.to.is_some() || x.over != Source::ONE {
            return self.looked_up_one_by_one(part, bands, x);
        }
        let zero = Exact::ZERO;
        let terms: Vec<(Exact, Exact)> = bands
            .iter()
            .map(|band| match part {
                ScalePart::Band => (band.rate, band.quick.neg()),
                ScalePart::Rate => (zero, band.rate),
                ScalePart::Quick => (zero, band.quick),
            })
            .collect();
        let mut slope_unit = 1;
        let mut unit = 1;
        for (slope, offset) in &terms {
            slope_unit = common(slope_unit, parts(*slope)?.1)?;
            unit = common(unit, parts(*offset)?.1)?;
        }
        let product_unit = x.unit.checked_mul(slope_unit).ok_or(Fallen)?;
        if part == ScalePart::Band {
            unit = common(unit, product_unit)?;
        }
        let pieces: Result<Vec<(i64, i64)>, Fallen> = terms
            .iter()
            .map(|(slope, offset)| {
                let slope = parts_of(*slope, slope_unit)?.checked_mul(unit / product_unit).ok_or(Fallen)?;
                Ok((slope, parts_of(*offset, unit)?))
            })
            .collect();
        // A bound between two parts admits what its floor admits.
        let bounds: Result<Vec<i64>, Fallen> = bounded
            .iter()
            .map(|band| {
                let (bound, own) = parts(band.to.ok_or(Fallen)?)?;
                narrow((i128::from(bound) * i128::from(x.unit)).div_euclid(i128::from(own)))
            })
            .collect();
        let what = What::Pieces { bounds: bounds?, pieces: pieces? };
        let parts = self.emit(what, [x.parts, Source::ZERO, Source::ZERO]);
        self.fitting(Number { parts, unit, over: Source::ONE })
    }

    /// The same for a quotient: bound by bound, by comparison.
    fn looked_up_one_by_one(&mut self, part: ScalePart, bands: &[Band], x: Number) -> Result<Number, Fallen> {
        let mut found = None;
        for band in bands.iter().rev() {
            let (rate, quick) = (Number::constant(band.rate)?, Number::constant(band.quick)?);
            let value = match part {
                ScalePart::Rate => rate,
                ScalePart::Quick => quick,
                ScalePart::Band => {
                    let product = self.product(x, rate)?;
                    self.difference(product, quick)?
                }
            };
            found = Some(match (band.to, found) {
                (None, None) => value,
                (Some(to), Some(above)) => {
                    let to = Number::constant(to)?;
                    let within = self.compared(Comparison::LessOrEqual, x, to)?;
                    self.chosen(within, value, above)?
                }
                _ => return Err(Fallen),
            });
        }
        found.ok_or(Fallen)
    }
}
