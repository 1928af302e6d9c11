//! What the engine makes of a small book: what is not known, what there is none of, what the book does not cover.

use chrono::NaiveDate;
use gongche::{
    engine::{Evaluation, FaultKind, Plan, Question, Value, show, trace},
    rulebook::{Book, Cell, Sources, parse_given},
};
use std::collections::BTreeMap;

const INSTRUMENTS: &str = r#"
[[instrument]]
id = "样例办法"
title = "样例办法"
issuer = "样例机关"
rank = "规范性文件"
"#;

const REGIONS: &str = r#"
[region]
000000 = "全国"
530000 = "样例省"
530100 = "样例市"
530102 = "样例区"
530103 = "样例县"
"#;

const CITY: &str = r#"
[region]
code = "530100"
name = "样例市"

[[supply]]
value = "pay.share"
line = ["a", "b"]
dated = [
  { from = 2025-01-01, value = "5%", cite = "样例办法 第一条", checked = 2026-01-01, confidence = "V" },
  { from = 2026-07-01, value = "6%", cite = "样例办法 第一条", published = 2026-08-15, checked = 2026-09-01, confidence = "V*" },
]

[[supply]]
value = "pay.share"
line = "c"
none = "本市不征"
cite = "样例办法 第二条"

[[supply]]
value = "pay.tier"
places = ["530102"]
dated = [{ from = 2025-01-01, value = "2270", cite = "样例办法 第五条", checked = 2026-01-01, confidence = "V" }]
"#;

const PACKAGE: &str = r#"
[package]
id = "pay"
title = "样例"
clock = "payment"
horizon = "6月"

[dimension.line]
name = "险种"
members = { a = "甲险", b = "乙险", c = "丙险" }

[dimension.class]
name = "类别"
members = { low = "低", high = "高" }

[fact.wage]
name = "工资"
unit = "元"
range = "0..=1000000"

[fact.bonus]
name = "奖金"
unit = "元"
default = "0"

[fact.married]
name = "已婚"
unit = "是否"

[fact.kind]
name = "类型"
dimension = "class"

[fact.hired]
name = "入职日"
unit = "日期"

[fact.left]
name = "离职日"
unit = "日期"
default = "无"

[carried.before]
name = "此前合计"
of = "taxed"
over = "tax-year"
agg = "sum"
default = "0"

[value.step]
name = "舍入方式"
unit = "舍入"
by = ["line"]
[[supply]]
value = "step"
dated = [{ from = 2025-01-01, value = "half-up 0.01", cite = "样例办法 第三条", checked = 2026-01-01, confidence = "V" }]
[[supply]]
value = "step"
line = "b"
dated = [{ from = 2025-01-01, value = "up 1", cite = "样例办法 第三条", checked = 2026-01-01, confidence = "V" }]

[value.share]
name = "费率"
unit = "%"
by = ["region", "line"]

[value.tier]
name = "档次"
unit = "元/月"
by = ["region"]
inherits = false

[value.by_class]
name = "类别费率"
unit = "%"
by = ["class"]
[[supply]]
value = "by_class"
class = "low"
dated = [{ from = 2025-01-01, value = "1%", cite = "样例办法 第四条", checked = 2026-01-01, confidence = "V" }]
[[supply]]
value = "by_class"
class = "high"
dated = [{ from = 2025-01-01, value = "2%", cite = "样例办法 第四条", checked = 2026-01-01, confidence = "V" }]

[value.counted]
name = "计入"
unit = "是否"
by = ["line"]
[[supply]]
value = "counted"
line = ["a", "c"]
dated = [{ from = 2025-01-01, value = "是", cite = "样例办法 第四条", checked = 2026-01-01, confidence = "V" }]
[[supply]]
value = "counted"
line = "b"
dated = [{ from = 2025-01-01, value = "否", cite = "样例办法 第四条", checked = 2026-01-01, confidence = "U", note = "有争议" }]

[value.stale]
name = "旧值"
unit = "元"
dated = [{ from = 2025-01-01, value = "7", cite = "样例办法 第六条", checked = 2026-01-01, review_by = 2026-01-01, confidence = "V" }]

[scale.table]
name = "税率表"
[[scale.table.dated]]
from = 2025-01-01
cite = "样例办法 附表"
checked = 2026-01-01
confidence = "V"
bands = [{ to = "100", rate = "10%", quick = "0" }, { rate = "20%", quick = "10" }]

[figure.due]
name = "应缴"
unit = "元"
by = ["line"]
formula = "工资 * 费率"
round = "舍入方式"

[figure.all]
name = "合计"
unit = "元"
formula = "SUM(险种, 应缴)"

[figure.some]
name = "计入合计"
unit = "元"
formula = "SUM(line WHERE 计入, 应缴)"

[figure.looked_up]
name = "查得"
unit = "元"
formula = "工资 × 类别费率[类型]"
round = "half-up 0.01"

[figure.chosen]
name = "所选"
unit = "元"
formula = "IF(工资 > 1000元, 奖金, 档次 * 1月)"

[figure.guarded]
name = "有条件"
unit = "是否"
formula = "工资 > 100元 OR 已婚"

[figure.taxed]
name = "税"
unit = "元"
formula = "MAX(0, BAND(税率表, 工资 + 此前合计) - 此前合计)"
round = "half-up 0.01"

[figure.third]
name = "三分之一"
unit = "元"
formula = "工资 / 3"
round = "exact"

[figure.thrice]
name = "三个三分之一"
unit = "元"
formula = "三分之一 * 3"
round = "half-up 0.01"

[figure.cased]
name = "分情形"
unit = "元"
cases = [
  { when = "类型 = 低", formula = "1元" },
  { otherwise = true, formula = "2元" },
]

[figure.served]
name = "在职月数"
unit = "月"
formula = "MONTHS(入职日, IFNONE(离职日, EDATE(入职日, 12月)))"

[figure.old]
name = "用旧值"
unit = "元"
formula = "旧值"

[finding.small]
when = "工资 < 50元"
severity = "risk"
message = "工资{工资}太低，{地区}。"
remedy = "在{地区}补足{工资}，旧值是{旧值}。"
cite = "样例办法 第七条"
"#;

fn book() -> Book {
    let files = [
        ("instruments.toml", INSTRUMENTS),
        ("regions.toml", REGIONS),
        ("pay.toml", PACKAGE),
        ("regions/530000/530100.toml", CITY),
    ];
    let files: BTreeMap<String, String> = files.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    Book::read(Sources::new(files)).unwrap_or_else(|faulty| {
        panic!("{}", gongche::rulebook::render(&faulty.sources, &faulty.diagnostics));
    })
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A cell's value as people see it: or `?` and the facts it wants, or `!` and the fault.
fn eval(book: &Book, goal: &str, question: &Question, given: &[(&str, &str)]) -> String {
    let cell = |text: &str| -> Cell { gongche::rulebook::cell(book.lexicon(), None, text).unwrap() };
    let goal = cell(goal);
    let mut goals = vec![goal.clone()];
    goals.extend(given.iter().map(|(name, _)| cell(name)));
    let package = book.entry(goal.0).package;
    let plan = Plan::new(book, question.clone(), package, &goals).unwrap();
    let inputs = given.iter().map(|(name, text)| {
        let (entry, members) = cell(name);
        let value = Value::from(&parse_given(book.lexicon(), entry, text).unwrap());
        (plan.find(entry, &members).unwrap(), value)
    });
    let mut evaluation = Evaluation::new(&plan, inputs.collect::<Vec<_>>());
    match evaluation.cell(goal.0, &goal.1) {
        Ok(Value::Unknown(unknown)) => {
            let names: Vec<String> = unknown.facts().map(|slot| plan.name(slot)).collect();
            format!("?{}", names.join("、"))
        }
        Ok(value) => show(book.lexicon(), &value, book.entry(goal.0).of),
        Err(fault) => match fault.kind {
            FaultKind::Coverage(coverage) => format!("!{coverage}"),
            kind => format!("!{kind}"),
        },
    }
}

fn question(book: &Book, on: &str, region: Option<&str>) -> Question {
    Question::simple(day(on), None, region, book.regions())
}

#[test]
fn dimensions_are_unrolled_and_none_is_passed_over() {
    let book = book();
    let may = question(&book, "2026-05-31", Some("530100"));
    let given = [("wage", "1000.10")];
    assert_eq!(eval(&book, "due[a]", &may, &given), "50.01元", "50.005 half up");
    assert_eq!(eval(&book, "due[b]", &may, &given), "51.00元", "the line's own rounding: up to the yuan");
    assert_eq!(eval(&book, "due[c]", &may, &given), "无");
    assert_eq!(eval(&book, "all", &may, &given), "101.01元");
    assert_eq!(eval(&book, "some", &may, &given), "50.01元", "a filter that the book decides");
    // A district has what its city supplies.
    let district = question(&book, "2026-05-31", Some("530102"));
    assert_eq!(eval(&book, "all", &district, &given), "101.01元");
}

#[test]
fn the_version_is_picked_on_both_axes() {
    let book = book();
    let at =
        |on: &str, known: Option<&str>| Question { known_at: known.map(day), ..question(&book, on, Some("530100")) };
    let due = |question: Question| eval(&book, "due[a]", &question, &[("wage", "100")]);
    assert_eq!(due(at("2026-06-30", None)), "5.00元");
    assert_eq!(due(at("2026-07-01", None)), "6.00元");
    assert_eq!(due(at("2026-08-31", Some("2026-08-14"))), "5.00元");
    assert_eq!(due(at("2026-08-31", Some("2026-08-15"))), "6.00元");
    let before = due(at("2024-12-31", None));
    assert!(before.starts_with("!规则库里样例省样例市的「费率[甲险]」不覆盖 2024-12-31：最早的一版"), "{before}");
    assert!(before.contains("自 2025-01-01 起"), "{before}");
}

#[test]
fn what_is_not_demanded_need_not_be_covered() {
    let book = book();
    let nowhere = question(&book, "2026-05-31", None);
    assert_eq!(eval(&book, "chosen", &nowhere, &[("wage", "1000.01"), ("bonus", "5")]), "5.00元");
    assert_eq!(eval(&book, "chosen", &nowhere, &[("wage", "1000")]), "!「档次」因地区而异，没有说明参保地；请给出地区");
    let county = question(&book, "2026-05-31", Some("530103"));
    assert_eq!(eval(&book, "chosen", &county, &[("wage", "1")]), "!规则库没有样例省样例市样例县的「档次」");
    let district = question(&book, "2026-05-31", Some("530102"));
    assert_eq!(eval(&book, "chosen", &district, &[("wage", "1")]), "2270.00元");
}

#[test]
fn what_is_not_known_is_a_value_and_names_its_facts() {
    let book = book();
    let may = question(&book, "2026-05-31", Some("530100"));
    assert_eq!(eval(&book, "all", &may, &[]), "?工资");
    assert_eq!(eval(&book, "looked_up", &may, &[("wage", "100")]), "?类型");
    assert_eq!(eval(&book, "guarded", &may, &[("wage", "101")]), "是", "one true settles it");
    assert_eq!(eval(&book, "guarded", &may, &[("wage", "100")]), "?已婚");
    assert_eq!(eval(&book, "guarded", &may, &[("married", "是")]), "是");
    assert_eq!(eval(&book, "cased", &may, &[]), "?类型");
}

#[test]
fn look_ups_cases_dates_and_scales() {
    let book = book();
    let may = question(&book, "2026-05-31", Some("530100"));
    assert_eq!(eval(&book, "looked_up", &may, &[("wage", "100"), ("kind", "high")]), "2.00元");
    assert_eq!(eval(&book, "cased", &may, &[("kind", "low")]), "1.00元");
    assert_eq!(eval(&book, "cased", &may, &[("kind", "高")]), "2.00元");
    assert_eq!(eval(&book, "served", &may, &[("hired", "2024-02-29")]), "12个月");
    assert_eq!(eval(&book, "served", &may, &[("hired", "2024-02-29"), ("left", "2024-03-28")]), "0个月");
    for (wage, tax) in [("100", "10.00元"), ("100.01", "10.00元"), ("100.05", "10.01元"), ("200", "30.00元")] {
        assert_eq!(eval(&book, "taxed", &may, &[("wage", wage)]), tax, "{wage}");
    }
    assert_eq!(eval(&book, "taxed", &may, &[("wage", "100"), ("before", "100")]), "0.00元");
}

#[test]
fn a_quotient_is_divided_once_at_the_rounding() {
    let book = book();
    let may = question(&book, "2026-05-31", Some("530100"));
    assert_eq!(eval(&book, "thrice", &may, &[("wage", "100")]), "100.00元");
    assert_eq!(eval(&book, "third", &may, &[("wage", "100")]), "≈33.333333元");
}

#[test]
fn a_review_overdue_is_provisional_and_then_no_answer() {
    let book = book();
    assert_eq!(eval(&book, "old", &question(&book, "2026-06-30", None), &[]), "7.00元");
    let late = eval(&book, "old", &question(&book, "2026-07-01", None), &[]);
    assert!(late.starts_with("!") && late.contains("2026-01-01"), "{late}");
}

#[test]
fn findings_say_the_sentence_with_its_values_and_place() {
    let book = book();
    let goal = gongche::rulebook::cell(book.lexicon(), None, "wage").unwrap();
    let package = book.entry(goal.0).package;
    let plan =
        Plan::new(&book, question(&book, "2026-05-31", Some("530100")), package, std::slice::from_ref(&goal)).unwrap();
    let raised = |wage: &str| {
        let value = Value::from(&parse_given(book.lexicon(), goal.0, wage).unwrap());
        Evaluation::new(&plan, [(plan.find(goal.0, &[]).unwrap(), value)]).findings()
    };
    assert_eq!(raised("49.99")[0].message, "工资49.99元太低，样例省样例市。");
    assert_eq!(raised("50"), []);
    assert_eq!(Evaluation::new(&plan, []).findings(), [], "what is not known raises nothing");
}

#[test]
fn a_remedy_has_its_values_too_and_one_that_is_not_covered_takes_no_finding_away() {
    let book = book();
    let goal = gongche::rulebook::cell(book.lexicon(), None, "wage").unwrap();
    let package = book.entry(goal.0).package;
    let remedy = |on: &str| {
        let question = question(&book, on, Some("530100"));
        let plan = Plan::new(&book, question, package, std::slice::from_ref(&goal)).unwrap();
        let value = Value::from(&parse_given(book.lexicon(), goal.0, "49.99").unwrap());
        let mut evaluation = Evaluation::new(&plan, [(plan.find(goal.0, &[]).unwrap(), value)]);
        evaluation.findings().remove(0).remedy.unwrap()
    };
    assert_eq!(remedy("2026-06-30"), "在样例省样例市补足49.99元，旧值是7.00元。");
    // A day later the old value is past its review and the horizon.
    assert_eq!(remedy("2026-07-01"), "在样例省样例市补足49.99元，旧值是（规则库未覆盖）。");
}

#[test]
fn a_trace_follows_the_formula_and_the_case() {
    let book = book();
    let cell = |text: &str| gongche::rulebook::cell(book.lexicon(), None, text).unwrap();
    let (goal, wage) = (cell("some"), cell("wage"));
    let package = book.entry(goal.0).package;
    let may = question(&book, "2026-05-31", Some("530100"));
    let plan = Plan::new(&book, may, package, &[goal.clone(), wage.clone()]).unwrap();
    let value = Value::from(&parse_given(book.lexicon(), wage.0, "1000.10").unwrap());
    let mut evaluation = Evaluation::new(&plan, [(plan.find(wage.0, &[]).unwrap(), value)]);
    let slot = plan.find(goal.0, &[]).unwrap();
    assert!(evaluation.value(slot).is_ok());
    let step = trace(&evaluation, slot);
    assert_eq!(step.numbers.as_deref(), Some("(50.01元)"), "乙险 is filtered out, of 丙险 there is none");
    let names: Vec<&str> = step.steps.iter().map(|step| &*step.name).collect();
    assert_eq!(names, ["计入[甲险]", "应缴[甲险]", "计入[乙险]", "计入[丙险]", "应缴[丙险]"]);
    assert_eq!(step.steps[1].numbers.as_deref(), Some("1000.10元 * 5%"));
    assert_eq!(step.steps[1].rounding.as_deref(), Some("四舍五入到分"));
}
