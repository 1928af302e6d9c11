//! Late law: what a value published after a month was paid makes of it, booked once, both sides, month by month.

use super::{Desk, Person, error, figure, findings, gongche, line, person};
use crate::rules::Ran;
use serde_json::{Value, json};

impl Desk {
    fn arrears(&self, period: &str, more: &[&str]) -> Ran {
        let ledger = self.text_path("ledger.db");
        gongche(&[&["arrears", "--period", period, "--db", &ledger, "--format", "json"], more].concat())
    }
}

const BOOK: [&str; 5] = ["--book", "--by", "样例甲", "--why", "样例：新基数公布"];

/// At the ceiling, at the floor, and in between, where the new base changes nothing.
fn staff() -> Vec<Person> {
    let one = |number: u32, base: &str| {
        let changes = [
            ("参保地", "北京市"),
            ("基本工资", base),
            ("社保缴费基数", base),
            ("公积金缴存基数", base),
            ("公积金缴存比例", "12%"),
            ("任职受雇日期", "2026-07-01"),
        ];
        person(number, &changes)
    };
    vec![one(1, "40000"), one(2, "7000"), one(3, "20000")]
}

/// The amounts by worker, line and month.
fn amounts(ran: &Ran) -> Vec<(String, String, String, String)> {
    let json = ran.json();
    let runs = json["runs"].as_array().unwrap_or_else(|| panic!("{json}"));
    let arrears = runs.iter().flat_map(|run| run["arrears"].as_array().unwrap().clone());
    let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    arrears.map(|one| (text(&one, "worker"), text(&one, "period"), text(&one, "id"), text(&one, "amount"))).collect()
}

/// Beijing's base for July was published on 21 August: 35811 became 36348, 7162 became 7270.
#[test]
fn a_base_published_in_august_is_made_up_for_july_in_august() {
    let desk = Desk::new();
    let july = desk.book(&staff(), "2026-07", &["--known-at", "2026-08-10", "--paid-on", "2026-08-10"]).json();
    assert_eq!(line(&july["slips"][0], "pension_employee"), "2864.88");
    // As it was known then, nothing is owed.
    assert_eq!(amounts(&desk.arrears("2026-08", &["--known-at", "2026-08-20"])), []);

    let found = desk.arrears("2026-08", &["--known-at", "2026-08-21"]);
    let told = amounts(&found);
    let of = |worker: &str, id: &str| {
        let found = told.iter().find(|(one, _, line, _)| one == worker && line == id);
        found.map(|(_, period, _, amount)| (period.as_str(), amount.as_str()))
    };
    // 36348 − 35811 = 537: 8 % and 16 %, 2 %, 0.5 % of it.
    assert_eq!(of("A001", "pension_employee"), Some(("2026-07", "42.96")));
    assert_eq!(of("A001", "pension_employer"), Some(("2026-07", "85.92")));
    assert_eq!(of("A001", "medical_employee"), Some(("2026-07", "10.74")));
    assert!(told.iter().all(|(worker, ..)| worker != "A003"), "{told:?}");
    assert_eq!(found.json()["booked"], false);
    assert_eq!(amounts(&desk.arrears("2026-08", &[])), told, "looking books nothing");

    let booked = desk.arrears("2026-08", &BOOK);
    assert_eq!((booked.json()["booked"].clone(), amounts(&booked)), (json!(true), told.clone()));
    assert_eq!(amounts(&desk.arrears("2026-08", &[])), [], "nothing is booked twice");
    assert_eq!(amounts(&desk.arrears("2026-09", &[])), []);

    let august = desk.book(&staff(), "2026-08", &["--paid-on", "2026-09-10"]).json();
    let slip = &august["slips"][0];
    let arrears = slip["arrears"].as_array().unwrap();
    assert!(arrears.iter().any(|one| *one
        == json!({
            "period": "2026-07", "id": "pension_employee", "name": "基本养老保险", "amount": "42.96",
            "payer": "employee",
        })));
    // What the month itself costs, and what it makes up for July: all of it is deducted for tax in this month.
    let sum = |payer: &str| -> i64 {
        let fen = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
        let of_month = slip["lines"].as_array().unwrap().iter().chain(arrears);
        of_month.filter(|one| one["payer"] == payer).map(|one| fen(one["amount"].as_str().unwrap())).sum()
    };
    let fen = |text: &str| text.replace('.', "").parse::<i64>().unwrap();
    assert_eq!(fen(figure(slip, "own_total")), sum("employee"));
    assert_eq!(fen(figure(slip, "employer_cost")), fen(figure(slip, "gross")) + sum("employer"));
    assert_eq!(fen(figure(slip, "net")), fen(figure(slip, "gross")) - sum("employee") - fen(figure(slip, "tax")));
    assert!(august["slips"][2].get("arrears").is_none());
    assert!(!findings(slip).contains(&"payroll.below_minimum"));
    // It comes out again, and so does July, as it was paid.
    let ledger = desk.text_path("ledger.db");
    for period in ["2026-07", "2026-08"] {
        let replayed = gongche(&["ledger", "replay", period, "--db", &ledger, "--format", "json"]);
        assert_eq!(replayed.code, 0, "{}", replayed.out);
    }
    assert_eq!(amounts(&desk.arrears("2026-09", &[])), []);
    assert_eq!(gongche(&["ledger", "verify", "--db", &ledger]).code, 0);
}

#[test]
fn each_month_has_a_line_of_its_own_and_our_own_late_entry_is_found() {
    let desk = Desk::new();
    let rules = desk.path("rules");
    super::runs::copy(std::path::Path::new("rules"), &rules);
    let rules = rules.to_str().unwrap().to_owned();
    let staff = [person(1, &[("任职受雇日期", "2026-07-01")])];
    for period in ["2026-07", "2026-08"] {
        desk.book(&staff, period, &[]);
    }
    // The worker's rate of the pension, say, was entered too low by us.
    let file = format!("{rules}/social/insurance.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = text.replacen("value = \"8%\"", "value = \"8.5%\"", 1);
    assert_ne!(text, changed);
    std::fs::write(&file, changed).unwrap();
    let with_rules = ["--rules", rules.as_str()];
    let told = amounts(&desk.arrears("2026-09", &with_rules));
    let months: Vec<_> =
        told.iter().map(|(_, period, id, amount)| (period.as_str(), id.as_str(), amount.as_str())).collect();
    assert_eq!(months, [("2026-07", "pension_employee", "100.00"), ("2026-08", "pension_employee", "100.00")]);
    desk.arrears("2026-09", &[&with_rules[..], &BOOK].concat());
    let september = desk.book(&staff, "2026-09", &with_rules).json();
    let arrears = september["slips"][0]["arrears"].as_array().unwrap();
    assert_eq!(arrears.iter().map(|one| one["period"].as_str().unwrap()).collect::<Vec<_>>(), ["2026-07", "2026-08"]);
    assert_eq!(figure(&september["slips"][0], "own_total"), "3800.00");
    // The entry was wrong after all: the other way round, and again by month.
    let back = amounts(&desk.arrears("2026-10", &[]));
    assert_eq!(
        back.iter().map(|(_, period, _, amount)| (period.as_str(), amount.as_str())).collect::<Vec<_>>(),
        [("2026-07", "-100.00"), ("2026-08", "-100.00"), ("2026-09", "-100.00")]
    );
}

#[test]
fn arrears_are_booked_only_in_a_month_that_can_still_be_paid() {
    let desk = Desk::new();
    desk.book(&staff(), "2026-07", &["--known-at", "2026-08-10"]);
    desk.book(&staff(), "2026-08", &[]);
    let ledger = desk.text_path("ledger.db");
    let step = |step: &str| {
        let arguments = ["run", step, "--period", "2026-08", "--db", &ledger, "--by", "样例乙", "--why", "样例"];
        assert_eq!(gongche(&arguments).code, 0, "{step}");
    };
    step("paid");
    let paid = desk.arrears("2026-08", &BOOK);
    assert_eq!((paid.code, error(&paid).0.as_str()), (2, "state"));
    step("close");
    let closed = desk.arrears("2026-08", &BOOK);
    assert_eq!((closed.code, error(&closed).0.as_str()), (2, "closed"));
    assert_eq!(desk.arrears("2026-09", &BOOK).code, 0);
    let unsaid = desk.arrears("2026-09", &["--book", "--by", "样例甲"]);
    assert_eq!((unsaid.code, error(&unsaid).0.as_str()), (2, "why"));
}

#[test]
fn who_is_gone_is_named() {
    let desk = Desk::new();
    desk.book(&staff(), "2026-07", &["--known-at", "2026-08-10"]);
    desk.arrears("2026-08", &BOOK);
    let august = desk.book(&staff()[1..], "2026-08", &[]).json();
    let notes = august["notes"].as_array().unwrap();
    assert!(notes.iter().any(|note| note.as_str().unwrap().ends_with("没有扣缴：A001")), "{notes:?}");
    let text = gongche(&["arrears", "--period", "2026-08", "--db", &desk.text_path("ledger.db")]).out;
    assert!(text.contains("2026-08 以前已发放的各月没有差额"), "{text}");
}

/// What is withheld for July is deducted in August: the files of August say so, as the slips do.
#[test]
fn what_goes_out_holds_what_is_paid_for_earlier_months() {
    let desk = Desk::new();
    desk.book(&staff(), "2026-07", &["--known-at", "2026-08-10", "--paid-on", "2026-08-10"]);
    desk.arrears("2026-08", &BOOK);
    let layout = "schema = 'own@1'\ntitle = 'x'\nsheet = 'x'\n[form]\nkind = 'csv'\nencoding = 'utf-8'\n\
        [[column]]\nname = '工号'\nkind = 'text'\ntake = 'number'\n\
        [[column]]\nname = '养老'\nkind = 'money'\ntake = 'line.pension_employee'\nplus = 'arrear.pension_employee'\n";
    std::fs::write(desk.path("own.toml"), layout).unwrap();
    let own = desk.text_path("own.toml");
    let ran = desk.book(&staff(), "2026-08", &["--paid-on", "2026-09-10", "--bank", &own, "--statement"]);
    assert!(ran.code <= 1, "{}", ran.out);
    let text = std::fs::read_to_string(desk.path("out/filings/own.csv")).unwrap();
    // 36,348 × 8 % = 2,907.84 of August and 42.96 for July; nothing for July where the base did not change.
    assert_eq!(text, "\u{FEFF}工号,养老\r\nA001,2950.80\r\nA002,590.24\r\nA003,1600.00\r\n");
    // The sheets of the bureaus tell the month and what is made up apart.
    let of = |file: &str, sheet: &str| -> Vec<Vec<String>> {
        let path = desk.path("out/filings").join(file);
        let mut book: calamine::Xlsx<_> = calamine::open_workbook(path).unwrap();
        let range = calamine::Reader::worksheet_range(&mut book, sheet).unwrap();
        range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
    };
    let pension = of("social-insurance.xlsx", "基本养老保险（个人）");
    assert_eq!((pension[0][11].as_str(), pension[0][10].as_str()), ("以前月份补差", "人员编号"));
    let told: Vec<[&str; 3]> = pension[1..].iter().map(|row| [&*row[10], &*row[7], &*row[11]]).collect();
    assert_eq!(told, [["A001", "2907.84", "42.96"], ["A002", "581.6", "8.64"], ["A003", "1600", "0"]]);
    // The tax client's file, the entries and the statement, which is refused where it does not tie.
    for file in ["tax-wage.xlsx", "journal.xlsx", "statements/全部人员.xlsx", "statements/全部人员.pdf"] {
        assert!(desk.path("out/filings").join(file).exists(), "{file}");
    }
    if let Some(text) = super::pdf_text(&desk.path("out/filings/statements/全部人员.pdf")) {
        assert!(text.contains("以前月份补差"), "{text}");
    }
}
