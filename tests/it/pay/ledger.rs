//! Months that follow each other: what is carried, what is recognised, what is refused, what has changed since.

use super::{Desk, Person, error, figure, findings, line, person};
use serde_json::{Value, json};
use std::fs;

/// The only slip of a run that must have gone well.
pub(super) fn slip(desk: &Desk, person: &Person, period: &str, more: &[&str]) -> Value {
    let done = desk.book(std::slice::from_ref(person), period, more);
    let json = done.json();
    assert!(done.code < 2, "{period}: {json} {}", done.complaint);
    json["slips"][0].clone()
}

pub(super) fn is_missing_months(slip: &Value) -> bool {
    findings(slip).contains(&"payroll.months_missing")
}

#[test]
fn a_firm_may_start_in_mid_year_with_opening_balances() {
    let desk = Desk::new();
    let opened = person(
        1,
        &[
            ("任职受雇日期", "2026-03-02"),
            ("期初累计收入", "60000"),
            ("期初累计专项扣除", "10500"),
            ("期初累计已预扣税额", "1000"),
        ],
    );
    // 80000 − 14000 − 4 × 5000 = 46000: 2080.00 − 1000.
    assert_eq!(figure(&slip(&desk, &opened, "2026-06", &[]), "tax"), "1080.00");
    // 100000 − 17500 − 25000 = 57500: 3230 − 2080. The roster still has the columns: they count once.
    let again = desk.book(std::slice::from_ref(&opened), "2026-07", &[]).json();
    assert_eq!((figure(&again["slips"][0], "tax"), &again["notes"]), ("1150.00", &json!([])));
    // A roster that sums up the year to date says what the ledger has: 60000 + 2 × 20000, and so on.
    let mut kept = opened.clone();
    kept.extend([("期初累计收入", "100000".to_owned()), ("期初累计专项扣除", "17500".to_owned())]);
    kept.insert("期初累计已预扣税额", "3230".to_owned());
    let third = desk.book(std::slice::from_ref(&kept), "2026-08", &[]).json();
    assert_eq!((figure(&third["slips"][0], "tax"), &third["notes"]), ("1150.00", &json!([])));
    // One that says something else is overruled, and told so.
    kept.insert("期初累计收入", "1".to_owned());
    let fourth = desk.book(std::slice::from_ref(&kept), "2026-09", &[]).json();
    assert_eq!(figure(&fourth["slips"][0], "tax"), "1150.00");
    assert!(fourth["notes"][0].as_str().unwrap().ends_with("以账本为准：A001"), "{}", fourth["notes"]);
    // A month left out after the opening balance is said.
    let gap = slip(&desk, &opened, "2026-11", &[]);
    assert!(is_missing_months(&gap));
    assert!(!is_missing_months(&slip(&desk, &opened, "2026-10", &[])));
}

#[test]
fn an_opening_balance_and_the_months_in_it_do_not_count_twice() {
    let desk = Desk::new();
    let staff = person(1, &[("任职受雇日期", "2026-03-02"), ("期初累计收入", "")]);
    let mut opened = staff.clone();
    opened.extend([("期初累计收入", "60000".to_owned()), ("期初累计专项扣除", "10500".to_owned())]);
    slip(&desk, &opened, "2026-06", &[]);
    // May comes later, and is in the opening balance: it does not rest on it.
    let may = slip(&desk, &staff, "2026-05", &[]);
    assert_eq!((figure(&may["tax_to_date"], "income"), is_missing_months(&may)), ("20000.00", true));
    let july = slip(&desk, &staff, "2026-07", &[]);
    assert_eq!((figure(&july["tax_to_date"], "income"), is_missing_months(&july)), ("100000.00", false));
}

#[test]
fn an_opening_balance_of_a_refused_run_is_not_kept() {
    let desk = Desk::new();
    let opened = |withheld: &str| person(1, &[("期初累计收入", "60000"), ("期初累计已预扣税额", withheld)]);
    let first = slip(&desk, &opened("1000"), "2026-06", &[]);
    let refused = desk.book(&[opened("0")], "2026-06", &[]);
    assert_eq!((refused.code, error(&refused).0.as_str()), (2, "differs"));
    let mut unstated = opened("");
    unstated.insert("期初累计收入", String::new());
    let done = desk.book(&[unstated], "2026-06", &[]).json();
    assert_eq!(
        (&done["ledger"], &done["slips"][0]),
        (&"unchanged".into(), &first),
        "the ledger's opening balance counts"
    );
}

#[test]
fn months_without_record_are_said_and_never_assumed() {
    let desk = Desk::new();
    let stranger = person(1, &[("期初累计收入", "")]);
    let json = desk.pay(std::slice::from_ref(&stranger), "2026-09", &[]).json();
    let finding =
        json["slips"][0]["findings"].as_array().unwrap().iter().find(|one| one["code"] == "payroll.months_missing");
    assert!(finding.unwrap()["message"].as_str().unwrap().contains("缺8次"), "{json}");
    // A nought is a statement; so is having joined now, and being paid for the first month a month later.
    for (changes, more) in [
        (&[("期初累计收入", "0")][..], &[][..]),
        (&[("任职受雇日期", "2026-09-01")], &[]),
        (&[("任职受雇日期", "2026-09-01")], &["--paid-on", "2026-10-10"]),
    ] {
        let mut known = stranger.clone();
        known.extend(changes.iter().map(|(heading, cell)| (*heading, (*cell).to_owned())));
        let json = desk.pay(&[known], "2026-09", more).json();
        assert!(!is_missing_months(&json["slips"][0]), "{changes:?} {more:?}");
    }
}

#[test]
fn a_first_wage_of_the_year_and_sixty_thousand_count_from_january() {
    let desk = Desk::new();
    let json = desk
        .pay(
            &[
                person(1, &[("任职受雇日期", "2026-08-01")]),
                person(2, &[("任职受雇日期", "2026-08-01"), ("本年首次取得工资", "是")]),
                person(3, &[("任职受雇日期", "2026-08-01"), ("上年收入不超六万", "是")]),
            ],
            "2026-08",
            &[],
        )
        .json();
    let seen: Vec<(&str, &str)> = json["slips"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slip| (figure(slip, "tax"), figure(&slip["tax_to_date"], "basic")))
        .collect();
    assert_eq!(seen, [("345.00", "5000.00"), ("0.00", "40000.00"), ("0.00", "60000.00")]);
}

#[test]
fn wages_paid_a_month_later_belong_to_the_tax_year_of_payment() {
    let desk = Desk::new();
    let person = person(1, &[("任职受雇日期", "2026-10-08"), ("期初累计收入", "")]);
    // Paid in November with two months of deduction, in December with three, in January as the first of the year.
    for (period, paid_on, months, tax) in [
        ("2026-10", "2026-11-10", "2", "195.00"),
        ("2026-11", "2026-12-10", "3", "345.00"),
        ("2026-12", "2027-01-10", "1", "345.00"),
    ] {
        let slip = slip(&desk, &person, period, &["--paid-on", paid_on]);
        assert_eq!((figure(&slip["tax_to_date"], "months"), figure(&slip, "tax")), (months, tax), "{period}");
        assert!(!is_missing_months(&slip), "{period}");
    }
}

#[test]
fn somebody_who_left_is_paid_without_contributions() {
    let desk = Desk::new();
    let staff = person(1, &[("任职受雇日期", "2026-03-01"), ("期初累计收入", "")]);
    slip(&desk, &staff, "2026-03", &[]);
    slip(&desk, &staff, "2026-04", &[]);
    let mut leaver = staff;
    leaver.insert("离职日期", "2026-04-20".to_owned());
    let late = slip(&desk, &leaver, "2026-06", &[]);
    // 60000 − 7000 − 2 × 5000 = 43000: 1780 − 690.
    assert_eq!(
        (figure(&late, "own_total"), figure(&late, "tax"), figure(&late, "net")),
        ("0.00", "1090.00", "18910.00")
    );
    assert!(!is_missing_months(&late), "none is expected after leaving");
}

#[test]
fn a_run_is_recognised_or_says_what_differs() {
    let desk = Desk::new();
    let people = [person(1, &[]), person(2, &[("姓名", "样例乙")])];
    assert_eq!(desk.book(&people, "2026-08", &[]).json()["ledger"], "written");
    let again = desk.book(&people, "2026-08", &[]);
    assert_eq!((again.code, &again.json()["ledger"]), (0, &"unchanged".into()));
    let text = desk.pay_as_text(&people, "2026-08", &["--db", &desk.text_path("ledger.db")]);
    assert!(text.out.contains("账本里已有同样的一次"), "{}", text.out);

    let changed = [person(1, &[("基本工资", "20000.5")]), person(3, &[("姓名", "样例丙")])];
    let before = desk.files("out/payslips");
    let refused = desk.book(&changed, "2026-08", &[]);
    assert_eq!((refused.code, error(&refused).0.as_str()), (2, "differs"));
    let message = error(&refused).1;
    for words in [
        "A001 样例甲：本期应税收入 20,000.00 → 20,000.50",
        "A001 样例甲：名单内容或此前累计不同",
        "A002 样例乙：本次没有",
        "A003 样例丙：本次新增",
    ] {
        assert!(message.contains(words), "{words}\n{message}");
    }
    assert!(!message.contains("payroll."), "{message}");
    assert_eq!(desk.files("out/payslips"), before, "nothing of it was written");
    let other_day = desk.book(&people, "2026-08", &["--paid-on", "2026-08-28"]);
    assert!(error(&other_day).1.contains("支付日：2026-08-31 → 2026-08-28"));

    assert_eq!(desk.book(&changed, "2026-08", &["--replace"]).json()["ledger"], "replaced");
    assert_eq!(desk.book(&changed, "2026-08", &[]).json()["ledger"], "unchanged");
}

#[test]
fn a_changed_month_outdates_those_after_it() {
    let desk = Desk::new();
    let staff = |wage: &str| [person(1, &[("基本工资", wage), ("期初累计收入", "")])];
    for period in ["2026-01", "2026-02", "2026-03"] {
        assert_eq!(desk.book(&staff("20000"), period, &[]).json()["notes"], json!([]));
    }
    let notes = desk.book(&staff("30000"), "2026-01", &["--replace"]).json()["notes"].clone();
    assert!(notes[0].as_str().unwrap().contains("已有 2026-02 至 2026-03 的工资"), "{notes}");
    // The month after is now another: 50000 − 7000 − 10000 = 33000: 990 − 645.
    let next = desk.book(&staff("20000"), "2026-02", &["--replace"]).json();
    assert_eq!(figure(&next["slips"][0], "tax"), "345.00");
    assert_eq!(figure(&next["slips"][0]["tax_to_date"], "withheld"), "645.00");
}

#[test]
fn payers_are_kept_apart_and_written_together_or_not_at_all() {
    let desk = Desk::new();
    // One person works for both.
    let with_payer = |payer: &str, number: &str, wage: &str| {
        let changes = [
            ("扣缴义务人", payer),
            ("工号", number),
            ("基本工资", wage),
            ("任职受雇日期", "2026-01-01"),
            ("期初累计收入", ""),
        ];
        person(1, &changes)
    };
    let both = [with_payer("乙公司", "B1", "20000"), with_payer("甲公司", "A1", "20000")];
    let first = desk.book(&both, "2026-01", &[]).json();
    assert_eq!(first["employer"], "乙公司、甲公司");
    let second = desk.book(&both, "2026-02", &[]).json();
    for slip in second["slips"].as_array().unwrap() {
        assert_eq!(figure(&slip["tax_to_date"], "income"), "40000.00", "{}", slip["payer"]);
        assert_eq!(figure(slip, "tax"), "345.00");
    }
    desk.book(&both[1..], "2026-03", &[]);
    let changed = [both[0].clone(), with_payer("甲公司", "A1", "20001")];
    let refused = desk.book(&changed, "2026-03", &[]);
    assert_eq!((refused.code, error(&refused).0.as_str()), (2, "differs"));
    assert_eq!(
        desk.book(&both[..1], "2026-03", &[]).json()["ledger"],
        "written",
        "the other payer had not been written"
    );
}

#[test]
fn against_the_month_before() {
    let desk = Desk::new();
    let named = |number: u32, name: &str, wage: &str| {
        person(number, &[("姓名", name), ("基本工资", wage), ("任职受雇日期", "2026-01-01")])
    };
    let january = [named(1, "样例甲", "20000"), named(2, "样例乙", "20000"), named(3, "样例丙", "20000")];
    assert_eq!(desk.book(&january, "2026-01", &[]).json()["changes"], json!([]));
    let february = [named(1, "样例甲", "20000"), named(2, "样例乙", "20100"), named(4, "样例丁", "20000")];
    let changes = desk.book(&february, "2026-02", &[]).json()["changes"].clone();
    assert_eq!(
        changes,
        json!([
            { "change": "net", "worker": "A002", "name": "样例乙", "before": "16155.00", "now": "16252.00" },
            { "change": "new", "worker": "A004", "name": "样例丁" },
            { "change": "gone", "worker": "A003", "name": "样例丙" },
        ])
    );
    let findings = fs::read_to_string(desk.path("out/findings.txt")).unwrap();
    assert!(findings.contains("实发变化：A002 样例乙 16,155.00 → 16,252.00（+97.00）"), "{findings}");
    assert!(findings.contains("上月有，本月没有：A003 样例丙"), "{findings}");
}

#[test]
fn the_employee_lines_of_beijing_have_the_three_yuan() {
    let desk = Desk::new();
    let json = desk.pay(&[person(1, &[("参保地", "110100")])], "2026-09", &[]).json();
    assert_eq!(line(&json["slips"][0], "medical_employee"), "403.00");
    assert_eq!(line(&json["slips"][0], "housing_fund_employee"), "1400.00");
}
