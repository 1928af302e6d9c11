//! Counting in Chinese: 第十二条, 三十日. Amounts have their own capitals.

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// Largest first.
const UNITS: [(u32, &str); 5] = [(100_000_000, "亿"), (10_000, "万"), (1_000, "千"), (100, "百"), (10, "十")];

/// A number as articles and days are counted in law: 12 is 十二, 102 is 一百零二.
#[must_use]
pub fn numeral(number: u32) -> String {
    let mut text = String::new();
    write(number, &mut text);
    // 十二, not 一十二, where nothing stands before it.
    match text.strip_prefix("一十") {
        Some(rest) => format!("十{rest}"),
        None => text,
    }
}

fn write(number: u32, text: &mut String) {
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| number >= *unit) else {
        text.extend(DIGITS.get(number as usize));
        return;
    };
    let (multiple, rest) = (number / unit, number % unit);
    write(multiple, text);
    text.push_str(name);
    if rest > 0 {
        if rest < unit / 10 {
            text.push('零');
        }
        write(rest, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_articles_are_counted() {
        for (number, expected) in [
            (0, "零"),
            (1, "一"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (30, "三十"),
            (98, "九十八"),
            (100, "一百"),
            (102, "一百零二"),
            (110, "一百一十"),
            (1_000, "一千"),
            (1_024, "一千零二十四"),
            (10_010, "一万零一十"),
            (120_000, "十二万"),
        ] {
            assert_eq!(numeral(number), expected, "{number}");
        }
    }
}
