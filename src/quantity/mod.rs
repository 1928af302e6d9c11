//! Money, rates, units, rounding and amounts in Chinese capitals. Knows no law.
//!
//! Two rules hold everywhere here. Nothing is rounded but by a [`Rounding`] that somebody named: an operation whose exact
//! result does not fit is an [`ArithmeticError`], never a near miss. And an amount that is paid is [`Money`], which has
//! whole fen by construction; what lies between is [`Exact`].

mod capitals;
mod exact;
mod money;
mod number;
mod numeral;
mod ratio;
mod rounding;
mod shape;
mod unit;

pub use capitals::capitals;
pub use exact::{ArithmeticError, Exact};
pub use money::Money;
pub use number::{NumberError, format_amount, format_decimal, format_thousands};
pub use numeral::numeral;
pub use rounding::{Rounding, RoundingError, RoundingMode};
pub use shape::{Count, Days, Hours, Rate};
pub use unit::{Unit, UnitError};
