//! Decimals and cases: what is proved, and what is refused.

use crate::rulebook::{Book, Sources};

/// The codes of what is wrong with a package of these entries.
fn faults(entries: &str) -> Vec<&'static str> {
    let head = r#"
[package]
id    = "t"
title = "t"
clock = "payment"

[fact.pay]
name = "工资"
unit = "元"

[fact.hours]
name = "工时"
unit = "小时"

[fact.gap]
name  = "差额"
unit  = "元"
range = "-5..=5"

[fact.times]
name  = "次数"
unit  = "次"
range = "0..="

[fact.ok]
name = "在职"
unit = "是否"

[fact.late]
name = "迟到"
unit = "是否"

[fact.old]
name    = "原类别"
choices = { a = "甲", b = "乙", c = "丙" }

[dimension.class]
name    = "类"
members = { a = "甲", b = "乙", c = "丙" }

[fact.from]
name      = "原类"
dimension = "class"

[fact.to]
name      = "新类"
dimension = "class"
"#;
    let sources = Sources::new([("t.toml".to_owned(), format!("{head}{entries}"))].into());
    Book::read(sources).map_or_else(|faulty| faulty.diagnostics.iter().map(|one| one.code).collect(), |_| Vec::new())
}

fn figure(formula: &str) -> Vec<&'static str> {
    faults(&format!("[figure.x]\nname = \"结果\"\nunit = \"元\"\nformula = '{formula}'\n"))
}

#[test]
fn a_money_figure_names_its_rounding_where_it_may_have_more_than_two_decimals() {
    for (formula, fits) in [
        ("工资 + 工资", true),
        ("工资 * 2", true),
        ("工资 * 0.1", false),
        ("工资 * 100%", true),
        ("工资 / 10", false),
        ("INT(工资) / 10", true),
        ("INT(工资 / 3)", true),
        ("工资 / 3", false),
        ("工时 * 0.1元/小时", false),
        ("INT(工时) * 0.25元/小时", true),
        ("MAX(工资, 0.001元)", false),
        ("IF(在职, 工资, 工资 / 3)", false),
        ("ROUND(工资 / 3, \"half-up 0.01\")", true),
        ("ROUND(工资 / 3, \"half-up 0.01\") * 0.5", false),
        ("-ABS(工资)", true),
    ] {
        let expected: &[&str] = if fits { &[] } else { &["rounding"] };
        assert_eq!(figure(formula), expected, "{formula}");
    }
}

#[test]
fn a_figure_may_read_what_is_carried_of_itself() {
    let carried = |agg: &str, formula: &str| {
        faults(&format!(
            "[carried.prior]\nname = \"此前\"\nof = \"x\"\nover = \"tax-year\"\nagg = \"{agg}\"\ndefault = \"0\"\n\
             [figure.x]\nname = \"累计\"\nunit = \"元\"\nformula = \"{formula}\"\n"
        ))
    };
    assert_eq!(carried("sum", "此前 + 工资"), Vec::<&str>::new());
    assert_eq!(carried("last", "此前 * 1.1 + 工资"), ["rounding"]);
    assert_eq!(carried("average", "此前 + 工资"), ["rounding"]);
    assert_eq!(carried("count", "此前 * 1元"), Vec::<&str>::new());
    assert_eq!(carried("count", "此前 + 工资"), ["unit"]);
}

#[test]
fn of_the_cases_exactly_one_holds() {
    let cases = |conditions: &[&str]| {
        let rows: Vec<String> = conditions
            .iter()
            .map(|when| match *when {
                "" => "{ otherwise = true, formula = \"0\" }".to_owned(),
                when => format!("{{ when = '{when}', formula = \"工资\" }}"),
            })
            .collect();
        faults(&format!("[figure.x]\nname = \"结果\"\nunit = \"元\"\ncases = [{}]\n", rows.join(", ")))
    };
    for (conditions, fits) in [
        (&["工资 <= 100元", "工资 > 100元"][..], true),
        (&["工资 <= 100元", "工资 > 100元 AND 工资 <= 200元", "工资 > 200元"], true),
        (&["工资 <= 100元", "工资 > 100元 AND 工资 < 200元", "工资 > 200元"], false),
        (&["工资 <= 100元", "工资 >= 100元"], false),
        (&["100元 >= 工资", ""], true),
        // A sign before a number, a range, and whole numbers.
        (&["差额 < -1元", "差额 >= -1元"], true),
        (&["差额 <= -1元", "差额 >= -1元"], false),
        (&["差额 <= 5元"], true),
        (&["差额 < 5元"], false),
        (&["差额 >= -5元 AND 差额 < 5元", "差额 = 5元"], true),
        (&["次数 = 0次", "次数 >= 1次"], true),
        (&["次数 <= 1次", "次数 > 1次 AND 次数 < 2次", "次数 >= 2次"], true),
        (&["次数 <= 1次", "次数 >= 3次"], false),
        (&["工资 <= 1元", "工资 >= 2元"], false),
        (&["在职", "NOT 在职"], true),
        (&["在职", "迟到", ""], false),
        (&["在职 AND 迟到", "在职 AND NOT 迟到", "NOT 在职"], true),
        (&["在职 = 迟到", "在职 <> 迟到"], true),
        (&["原类别 = 甲", "原类别 = 乙", "原类别 = 丙"], true),
        (&["原类别 = 甲", "原类别 = 乙"], false),
        (&["原类别 = 甲", "原类别 <> 甲"], true),
        // Two choices from one set are two questions.
        (&["原类 = 新类", "原类 <> 新类"], true),
        (&["原类 = 新类", "原类 = 甲", ""], false),
        (&["原类 = 新类", "原类 = 甲 AND 新类 = 乙", ""], true),
        (&["工资 < 工时 * 1元/小时", "工资 >= 工时 * 1元/小时"], true),
        (&["工资 < 工时 * 1元/小时", "工资 > 工时 * 1元/小时"], false),
        (&["是", "否"], true),
    ] {
        let expected: &[&str] = if fits { &[] } else { &["cases"] };
        assert_eq!(cases(conditions), expected, "{conditions:?}");
    }
}

#[test]
fn what_could_not_be_read_is_not_judged_a_second_time() {
    let cases = "[figure.x]\nname = \"结果\"\nunit = \"元\"\ncases = [\n\
                 { when = \"工资 < 1元\", formula = \"工资 / 3\" }, { when = \"工次 >= 1元\", formula = \"0\" }]\n";
    assert_eq!(faults(cases), ["unknown-name"]);
}
