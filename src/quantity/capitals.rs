//! Amounts in Chinese capitals, as bank bills and bid openings write them.
//!
//! The People's Bank's rules for filling in bills (《支付结算办法》 附一《正确填写票据和结算凭证的基本规定》) leave a choice in
//! three places. Here inner zeros are always written, once; none stands between 元 and 角 when the yuan end in zero; and
//! 整 follows 角 as it follows 元.

use super::Money;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];

/// Largest first. Multiples of 万 and 亿 are read as numbers themselves.
const UNITS: [(u64, &str); 5] = [(100_000_000, "亿"), (10_000, "万"), (1_000, "仟"), (100, "佰"), (10, "拾")];

/// The amount in Chinese capitals: 16409.02 is 壹万陆仟肆佰零玖元零贰分. Every amount has them.
#[must_use]
pub fn capitals(amount: Money) -> String {
    let fen = amount.fen().unsigned_abs();
    let (yuan, jiao, fen) = (fen / 100, fen / 10 % 10, fen % 10);
    let mut text = String::new();
    if amount < Money::ZERO {
        text.push('负');
    }
    if yuan > 0 || (jiao, fen) == (0, 0) {
        write_whole(yuan, &mut text);
        text.push('元');
    }
    if jiao > 0 {
        write_whole(jiao, &mut text);
        text.push('角');
    } else if yuan > 0 && fen > 0 {
        text.push('零');
    }
    if fen > 0 {
        write_whole(fen, &mut text);
        text.push('分');
    } else {
        text.push('整');
    }
    text
}

fn write_whole(number: u64, text: &mut String) {
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| number >= *unit) else {
        text.extend(DIGITS.get(number as usize));
        return;
    };
    let (multiple, rest) = (number / unit, number % unit);
    write_whole(multiple, text);
    text.push_str(name);
    if rest > 0 {
        // A zero on either side of the unit's name is an inner zero: 壹拾万零柒仟, 壹拾亿零壹拾.
        if multiple.is_multiple_of(10) || rest < unit / 10 {
            text.push('零');
        }
        write_whole(rest, text);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_as_bills_write_them() {
        #[rustfmt::skip]
        let table = [
            // the examples of the People's Bank, where it allows two the one without a zero before the jiao
            ("1409.50", "壹仟肆佰零玖元伍角整"),
            ("6007.14", "陆仟零柒元壹角肆分"),
            ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
            ("107000.53", "壹拾万零柒仟元伍角叁分"),
            ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
            ("325.04", "叁佰贰拾伍元零肆分"),
            // zero, and less than a yuan
            ("0", "零元整"),
            ("0.01", "壹分"),
            ("0.05", "伍分"),
            ("0.10", "壹角整"),
            ("0.50", "伍角整"),
            ("0.99", "玖角玖分"),
            // yuan with every kind of jiao and fen
            ("1", "壹元整"),
            ("1.01", "壹元零壹分"),
            ("1.10", "壹元壹角整"),
            ("1.11", "壹元壹角壹分"),
            ("10", "壹拾元整"),
            ("10.05", "壹拾元零伍分"),
            ("10.50", "壹拾元伍角整"),
            ("20.5", "贰拾元伍角整"),
            // inner zeros in a group
            ("11", "壹拾壹元整"),
            ("100", "壹佰元整"),
            ("101", "壹佰零壹元整"),
            ("110", "壹佰壹拾元整"),
            ("1000", "壹仟元整"),
            ("1001", "壹仟零壹元整"),
            ("1010", "壹仟零壹拾元整"),
            ("1100", "壹仟壹佰元整"),
            ("1101", "壹仟壹佰零壹元整"),
            ("9999.99", "玖仟玖佰玖拾玖元玖角玖分"),
            // across 万
            ("10000", "壹万元整"),
            ("10001", "壹万零壹元整"),
            ("10010", "壹万零壹拾元整"),
            ("10100", "壹万零壹佰元整"),
            ("11000", "壹万壹仟元整"),
            ("100000", "壹拾万元整"),
            ("101000", "壹拾万零壹仟元整"),
            ("3164626.00", "叁佰壹拾陆万肆仟陆佰贰拾陆元整"),
            ("10000000", "壹仟万元整"),
            ("10000001.01", "壹仟万零壹元零壹分"),
            ("99999999", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元整"),
            // across 亿
            ("100000000", "壹亿元整"),
            ("100000001", "壹亿零壹元整"),
            ("100010000", "壹亿零壹万元整"),
            ("100100000", "壹亿零壹拾万元整"),
            ("110000000", "壹亿壹仟万元整"),
            ("1000000010.10", "壹拾亿零壹拾元壹角整"),
            ("1010000000", "壹拾亿零壹仟万元整"),
            ("123456789.12", "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元壹角贰分"),
            ("1000000000000", "壹万亿元整"),
            ("1000100000000", "壹万零壹亿元整"),
            ("10000000000000000", "壹亿亿元整"),
            // below zero, and both ends
            ("-0.01", "负壹分"),
            ("-16409.02", "负壹万陆仟肆佰零玖元零贰分"),
            ("92233720368547758.07", "玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零柒分"),
            ("-92233720368547758.08", "负玖亿贰仟贰佰叁拾叁万柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零捌分"),
        ];
        for (amount, expected) in table {
            assert_eq!(capitals(Money::parse(amount).unwrap()), expected, "{amount}");
        }
    }

    /// The number that capitals say: what stands before the largest unit times the unit, and what stands after it.
    fn read(text: &str) -> i128 {
        let text = text.trim_start_matches('零');
        let split = |(unit, name): (u64, &str)| text.rsplit_once(name).map(|(multiple, rest)| (multiple, unit, rest));
        match UNITS.into_iter().find_map(split) {
            Some((multiple, unit, rest)) => read(multiple) * i128::from(unit) + read(rest),
            None => DIGITS.iter().position(|digit| text == digit.to_string()).unwrap_or(0) as i128,
        }
    }

    proptest! {
        /// They say the amount, and no zero twice or in vain.
        #[test]
        fn capitals_say_the_amount(fen in any::<i64>(), shift in 0u32..63) {
            let amount = Money::from_fen(fen >> shift);
            let text = capitals(amount);
            let (sign, size) = text.strip_prefix('负').map_or((1, &*text), |size| (-1, size));
            let (yuan, rest) = size.split_once('元').unwrap_or(("", size));
            let (jiao, rest) = rest.split_once('角').unwrap_or(("", rest));
            let fen = rest.trim_end_matches(['分', '整']);
            prop_assert_eq!(sign * (read(yuan) * 100 + read(jiao) * 10 + read(fen)), i128::from(amount.fen()));
            prop_assert!(!text.contains("零零") && !size.trim_end_matches("元整").ends_with('零') || size == "零元整");
            prop_assert_eq!(text.ends_with('整'), amount.fen() % 10 == 0);
        }
    }
}
