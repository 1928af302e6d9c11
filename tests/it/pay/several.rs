//! Several runs of one person in a year: what was paid before counts once, whatever came first, and is insured once.

use super::{Desk, Person, error, figure, findings, gongche, ledger::slip, line, person, raw};
use serde_json::Value;

fn staff() -> Person {
    person(1, &[("任职受雇日期", "2026-09-01"), ("期初累计收入", "")])
}

fn bonus() -> Person {
    let mut bonus = staff();
    bonus.extend([("基本工资", "0".to_owned()), ("奖金", "10000".to_owned())]);
    bonus
}

fn with(person: &Person, cells: &[(&'static str, &str)]) -> Person {
    let mut changed = person.clone();
    changed.extend(cells.iter().map(|(heading, cell)| (*heading, (*cell).to_owned())));
    changed
}

/// Cumulative income and what was withheld before.
fn to_date(slip: &Value) -> (&str, &str) {
    (figure(&slip["tax_to_date"], "income"), figure(&slip["tax_to_date"], "withheld"))
}

fn replays(desk: &Desk, period: &str) {
    let replayed = desk.ledger_says(&["replay", period]);
    assert_eq!(replayed.code, 0, "{}", replayed.out);
}

#[test]
fn a_bonus_that_went_in_before_the_wage_of_its_day_counts() {
    let desk = Desk::new();
    let first = slip(&desk, &bonus(), "2026-09", &["--kind", "bonus"]);
    // 10000 − 5000 = 5000: 150.00.
    assert_eq!((figure(&first, "tax"), to_date(&first)), ("150.00", ("10000.00", "0.00")));
    let wage = slip(&desk, &staff(), "2026-09", &[]);
    // 30000 − 3500 − 5000 = 21500: 645.00 − 150.00.
    assert_eq!((figure(&wage, "tax"), to_date(&wage)), ("495.00", ("30000.00", "150.00")));
    // Replaced, the bonus does not count the wage that was computed on top of it, and says that this is to be done anew.
    let more = with(&bonus(), &[("奖金", "20000")]);
    let again = desk.book(&[more], "2026-09", &["--kind", "bonus", "--replace"]).json();
    assert_eq!(to_date(&again["slips"][0]), ("20000.00", "0.00"));
    let note = again["notes"].to_string();
    assert!(note.contains("已有 2026-09 的工资") && note.contains("从 2026-09 第 1 批起"), "{note}");
    let wage = slip(&desk, &staff(), "2026-09", &["--replace"]);
    // 40000 − 3500 − 5000 = 31500: 945.00 − 450.00.
    assert_eq!((figure(&wage, "tax"), to_date(&wage)), ("495.00", ("40000.00", "450.00")));
    // What is paid the next day has both, and what is paid the day before has neither.
    let october = slip(&desk, &staff(), "2026-10", &[]);
    assert_eq!(to_date(&october), ("60000.00", "945.00"));
    replays(&desk, "2026-09");
    replays(&desk, "2026-10");
}

#[test]
fn a_bonus_of_another_day_counts_by_its_day() {
    let desk = Desk::new();
    slip(&desk, &bonus(), "2026-09", &["--kind", "bonus", "--paid-on", "2026-10-01"]);
    assert_eq!(to_date(&slip(&desk, &staff(), "2026-09", &[])), ("20000.00", "0.00"));
    // It was computed without the wage that is paid before it.
    let bonus = slip(&desk, &bonus(), "2026-09", &["--kind", "bonus", "--paid-on", "2026-10-01", "--replace"]);
    assert_eq!(to_date(&bonus), ("30000.00", "345.00"));
}

#[test]
fn a_replaced_run_names_the_off_cycle_runs_that_rest_on_it() {
    let desk = Desk::new();
    slip(&desk, &staff(), "2026-09", &[]);
    slip(&desk, &bonus(), "2026-09", &["--kind", "bonus"]);
    slip(&desk, &staff(), "2026-10", &[]);
    slip(&desk, &bonus(), "2026-10", &["--kind", "bonus", "--number", "7"]);
    let changed = with(&staff(), &[("基本工资", "21000")]);
    let notes = desk.book(&[changed], "2026-09", &["--replace"]).json()["notes"].clone();
    let note = notes.to_string();
    assert!(note.contains("已有 2026-10 的工资、2026-09 第 2 批、2026-10 第 7 批，"), "{note}");
    assert!(note.contains("从 2026-09 第 2 批起"), "{note}");
    // The last of them carries nothing on.
    let last = with(&bonus(), &[("奖金", "1")]);
    let notes = desk.book(&[last], "2026-10", &["--kind", "bonus", "--number", "7", "--replace"]).json();
    assert!(!notes["notes"].to_string().contains("重算"), "{notes}");
    let ledger = desk.text_path("ledger.db");
    let void = ["run", "void", "--period", "2026-10", "--db", &ledger, "--by", "样例甲", "--why", "样例：重复"];
    let void = gongche(&[&void[..], &["--format", "json"]].concat()).json();
    assert!(void["notes"][0].as_str().unwrap().contains("2026-10 第 7 批"), "{void}");
}

#[test]
fn a_leaver_in_the_run_of_the_month_as_well_is_insured_once() {
    let desk = Desk::new();
    let leaver = with(&staff(), &[("离职日期", "2026-09-20"), ("基本工资", "8000")]);
    let first = slip(&desk, &leaver, "2026-09", &["--kind", "leaver"]);
    assert_eq!(figure(&first, "own_total"), "3500.00");
    let regular = desk.book(&[staff(), person(2, &[])], "2026-09", &[]).json();
    let (both, other) = (&regular["slips"][0], &regular["slips"][1]);
    assert_eq!((figure(both, "own_total"), line(both, "pension_employer")), ("0.00", "0.00"));
    assert_eq!(to_date(both).0, "28000.00");
    assert_eq!(figure(other, "own_total"), "3500.00", "whoever is in this run only is insured by it");
    let note = regular["notes"].to_string();
    assert!(note.contains("A001（第 3 批）") && !note.contains("A002"), "{note}");
    // The one that came first goes on to contribute when it is computed anew.
    let again = slip(&desk, &with(&leaver, &[("基本工资", "8001")]), "2026-09", &["--kind", "leaver", "--replace"]);
    assert_eq!(figure(&again, "own_total"), "3500.00");
    replays(&desk, "2026-09");
}

#[test]
fn a_bonus_before_the_wage_contributes_nothing_in_its_place() {
    let desk = Desk::new();
    slip(&desk, &bonus(), "2026-09", &["--kind", "bonus"]);
    let regular = desk.book(&[staff()], "2026-09", &[]).json();
    assert_eq!(
        (figure(&regular["slips"][0], "own_total"), regular["notes"].to_string().contains("不再缴")),
        ("3500.00", false)
    );
}

#[test]
fn insurance_without_the_fund_leaves_the_fund_to_the_other_run() {
    let desk = Desk::new();
    let unfunded = with(&staff(), &[("公积金缴存比例", "0"), ("离职日期", "2026-09-20")]);
    assert_eq!(figure(&slip(&desk, &unfunded, "2026-09", &["--kind", "leaver"]), "own_total"), "2100.00");
    let regular = slip(&desk, &staff(), "2026-09", &[]);
    assert_eq!((figure(&regular, "own_total"), line(&regular, "housing_fund_employee")), ("1400.00", "1400.00"));
}

const UNKNOWN: &str = "payroll.earlier_employment_unknown";

#[test]
fn who_leaves_and_comes_back_keeps_the_months_of_before() {
    let desk = Desk::new();
    let spell = person(1, &[("任职受雇日期", "2026-01-05"), ("期初累计收入", "")]);
    slip(&desk, &spell, "2026-01", &[]);
    slip(&desk, &spell, "2026-02", &[]);
    slip(&desk, &with(&spell, &[("离职日期", "2026-03-31")]), "2026-03", &[]);
    let back = with(&spell, &[("任职受雇日期", "2026-08-03")]);
    let august = slip(&desk, &back, "2026-08", &[]);
    // 80000 − 14000 − 4 × 5000 = 46000: 2080.00 − 1035.00.
    assert_eq!(
        (figure(&august["tax_to_date"], "months"), to_date(&august), figure(&august, "tax")),
        ("4", ("80000.00", "1035.00"), "1045.00")
    );
    assert!(!findings(&august).contains(&UNKNOWN) && !super::ledger::is_missing_months(&august), "{august}");
    assert_eq!(slip(&desk, &back, "2026-09", &[])["tax_to_date"]["months"], "5");
    // A month of the new employment that is missing is said, though there were earlier payments.
    assert!(super::ledger::is_missing_months(&slip(&desk, &back, "2026-11", &[])));
    replays(&desk, "2026-08");
}

#[test]
fn who_comes_back_without_having_left_is_asked_about() {
    let desk = Desk::new();
    let spell = person(1, &[("任职受雇日期", "2026-01-05"), ("期初累计收入", "")]);
    slip(&desk, &spell, "2026-01", &[]);
    slip(&desk, &spell, "2026-02", &[]);
    let back = with(&spell, &[("任职受雇日期", "2026-08-03")]);
    let august = slip(&desk, &back, "2026-08", &[]);
    assert_eq!((figure(&august["tax_to_date"], "months"), findings(&august).contains(&UNKNOWN)), ("3", true));
    // Told when it ended, it is clear.
    slip(&desk, &with(&spell, &[("离职日期", "2026-03-10")]), "2026-02", &["--replace"]);
    let august = slip(&desk, &back, "2026-08", &["--replace"]);
    assert_eq!((figure(&august["tax_to_date"], "months"), findings(&august).contains(&UNKNOWN)), ("4", false));
}

/// Changes what was carried into the last slip, where its result does not betray it.
fn carried_changed(desk: &Desk, from: &str, to: &str) {
    raw(
        &desk.path("ledger.db"),
        &format!("UPDATE slip SET inputs = replace(inputs, '{from}', '{to}') WHERE id = (SELECT max(id) FROM slip)"),
    );
}

#[test]
fn a_replay_holds_what_was_carried_against_the_rows_before() {
    let desk = Desk::new();
    slip(&desk, &staff(), "2026-09", &[]);
    slip(&desk, &staff(), "2026-10", &[]);
    replays(&desk, "2026-10");
    carried_changed(
        &desk,
        r#""payroll.months_missing":"0""#,
        r#""payroll.months_missing":"0","payroll.remuneration.prior_intern_income":"5""#,
    );
    let replayed = desk.ledger_says(&["replay", "2026-10"]);
    assert_eq!(replayed.code, 2, "{}", replayed.out);
    let problem = replayed.json()["runs"][0]["differing"][0]["problem"].clone();
    assert_eq!(problem, "此前累计的“此前累计实习报酬”：存的是 5，按账本里它以前的各行是 无");
}

#[test]
fn a_replay_takes_the_rows_as_they_stood_then() {
    let desk = Desk::new();
    slip(&desk, &staff(), "2026-09", &[]);
    slip(&desk, &staff(), "2026-10", &[]);
    slip(&desk, &with(&staff(), &[("基本工资", "21000")]), "2026-09", &["--replace"]);
    replays(&desk, "2026-10");
    replays(&desk, "2026-09");
}

#[test]
fn nothing_is_paid_on_top_of_a_row_that_was_changed() {
    let desk = Desk::new();
    slip(&desk, &staff(), "2026-09", &[]);
    raw(&desk.path("ledger.db"), r#"UPDATE slip SET carried = replace(carried, '20000', '10000')"#);
    let refused = desk.book(&[staff()], "2026-10", &[]);
    let (code, message) = error(&refused);
    assert_eq!((refused.code, code.as_str()), (2, "ledger"));
    assert!(message.contains("工资单 A001") && message.contains("gongche ledger verify"), "{message}");
}
