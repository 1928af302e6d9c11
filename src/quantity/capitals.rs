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
