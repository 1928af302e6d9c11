//! Units and types: what may stand together, and what is refused and where.

use crate::rulebook::{Book, Sources};

const PACKAGE: &str = r#"
[package]
id    = "t"
title = "t"
clock = "payment"

[dimension.line]
name    = "险种"
members = { pension = "养老", injury = "工伤" }

[fact.pay]
name = "工资"
unit = "元"

[fact.monthly]
name = "月薪"
unit = "元/月"

[fact.months]
name = "月数"
unit = "月"

[fact.hours]
name = "工时"
unit = "小时"

[fact.ratio]
name = "比例"
unit = "%"

[fact.plain]
name = "系数"
unit = "倍"

[fact.heads]
name = "人数"
unit = "人"

[fact.ok]
name = "在职"
unit = "是否"

[fact.day]
name = "日子"
unit = "日期"

[fact.kind]
name    = "类别"
choices = { a = "甲", b = "乙" }

[fact.sort]
name    = "种类"
choices = { a = "甲", c = "丙" }

[fact.chosen]
name      = "所选险种"
dimension = "line"

[fact.part]
name = "分项"
unit = "元"
by   = ["line"]

[scale.steps]
name  = "级距"
[[scale.steps.dated]]
from       = 2026-01-01
cite       = "unknown"
source     = "test"
checked    = 2026-01-01
confidence = "U"
bands      = [{ rate = "3%", quick = "0" }]
"#;

/// What is wrong with a formula for a figure of a unit: for each fault its code and the characters pointed at.
fn faults(unit: &str, formula: &str) -> Vec<(&'static str, String)> {
    let kind = if unit == "险种" { "dimension".to_owned() } else { "unit".to_owned() };
    let text = format!(
        "{PACKAGE}\n[figure.x]\nname = \"结果\"\n{kind} = \"{unit}\"\nround = \"exact\"\nformula = '{formula}'\n"
    );
    match Book::read(Sources::new([("t.toml".to_owned(), text)].into())) {
        Ok(_) => Vec::new(),
        Err(faulty) => faulty
            .diagnostics
            .iter()
            .map(|one| {
                let place = one.at.0;
                (one.code, faulty.sources.text(place.file)[place.span.start..place.span.end].to_owned())
            })
            .collect(),
    }
}

#[test]
fn units_follow_their_algebra() {
    for (unit, formula) in [
        ("元", "工资 + 月薪 * 月数"),
        ("元", "月薪 * 2月 - 工资 / 2"),
        ("元/月", "工资 / 月数"),
        ("元/小时", "月薪 * 1月 / 工时"),
        ("元", "工资 * 比例 * 系数"),
        ("%", "工资 / 工资"),
        ("倍", "比例 + 系数 + 1"),
        ("元", "0"),
        ("元", "MAX(0, -工资)"),
        ("元", "IF(在职, 工资, 0)"),
        ("元", "CLAMP(工资, 0, 5000元)"),
        ("元/人", "IFNONE(工资, 0) / 人数"),
        ("人·月", "人数 * 月数"),
        ("元", "BAND(级距, 工资) + QUICK(级距, 工资)"),
        ("%", "RATE(级距, 工资)"),
        ("元", "SUM(险种, 分项) + SUM(line WHERE 险种 <> 工伤, 分项)"),
        ("元", "分项[养老] + 分项[所选险种] + 分项[injury]"),
        ("是否", "工资 > 0 AND NOT 在职 OR 类别 = 甲"),
        ("是否", "所选险种 = 养老 OR 甲 = 类别"),
        ("是否", "日子 >= EDATE(日子, 3月)"),
        ("月", "MONTHS(日子, EOMONTH(日子)) + MONTH(日子)"),
        ("天", "DAYS(日子, 日子) + DAY(日子)"),
        ("年", "YEAR(日子)"),
        ("日期", "MAX(日子, EOMONTH(日子))"),
        ("元", "ROUND(INT(ABS(工资)), \"down 1\")"),
        ("险种", "所选险种"),
    ] {
        assert_eq!(faults(unit, formula), [], "{formula}");
    }
}

#[test]
fn what_does_not_fit_is_refused_at_its_characters() {
    for (unit, formula, code, at) in [
        ("元", "工资 + 月薪", "unit", "月薪"),
        ("元", "工资 + 1", "unit", "1"),
        ("元", "月薪 * 月数 + 工资 * 工时", "unit", "工资 * 工时"),
        ("元", "月薪", "unit", "月薪"),
        ("元", "工资 > 0", "unit", "工资 > 0"),
        ("是否", "工资", "unit", "工资"),
        ("是否", "工资 > 月薪", "unit", "月薪"),
        ("是否", "在职 > 否", "unit", "在职 > 否"),
        ("是否", "类别 = 种类", "unit", "种类"),
        ("是否", "类别 = 丙", "cell", "丙"),
        ("是否", "日子 = 工资", "unit", "工资"),
        ("元", "在职 * 工资", "unit", "在职"),
        ("元", "IF(工资, 工资, 0)", "unit", "工资"),
        ("元", "IF(在职, 工资, 月薪)", "unit", "月薪"),
        ("元", "MAX(工资, 0, 月数)", "unit", "月数"),
        ("是否", "MAX(在职, 在职)", "unit", "在职"),
        ("元", "级距", "unit", "级距"),
        ("元", "BAND(级距, 月薪)", "unit", "月薪"),
        ("元", "BAND(工资, 工资)", "unit", "工资"),
        ("元", "BAND(级距[养老], 工资)", "cell", "级距[养老]"),
        ("元", "SUM(工资, 分项)", "unit", "工资"),
        ("元", "SUM(险种 WHERE 工资, 分项)", "unit", "工资"),
        ("元", "分项", "cell", "分项"),
        ("元", "分项[养老, 工伤]", "cell", "工伤"),
        ("元", "分项[失业]", "cell", "失业"),
        ("元", "分项[工资]", "unit", "工资"),
        ("元", "工资[养老]", "cell", "养老"),
        ("险种", "险种", "cell", "险种"),
        ("日期", "EDATE(日子, 3)", "unit", "3"),
        ("月", "MONTHS(日子, 月数)", "unit", "月数"),
        ("元", "ROUND(工资, 比例)", "unit", "比例"),
        ("元", "ROUND(工资, \"half-up\")", "rounding", "\"half-up\""),
        ("元", "没有这个", "unknown-name", "没有这个"),
    ] {
        assert_eq!(faults(unit, formula), [(code, at.to_owned())], "{formula}");
    }
}

#[test]
fn everything_wrong_in_a_formula_is_said_at_once() {
    let found = faults("元", "甲甲 + 乙乙 * MAX(丙丙, 在职 + 1)");
    let names: Vec<&str> = found.iter().map(|(_, at)| at.as_str()).collect();
    assert_eq!(names, ["甲甲", "乙乙", "丙丙", "在职"]);
}
