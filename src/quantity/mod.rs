//! Money, rates, units, rounding and amounts in Chinese capitals. Knows no law.
