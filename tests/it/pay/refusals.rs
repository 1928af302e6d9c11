//! Everything that a payroll refuses or calls unlawful, once each: the exit code, what is said and where, how to mend it, and
//! what was written. What is unlawful is computed and printed all the same; what is refused leaves no trace.

use super::{
    Desk, Person, error, figure,
    filings::BANK,
    findings, gongche, line, person,
    runs::{copy, refused, staff},
};
use crate::rules::Ran;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};

/// Somebody in Kunming in September 2026, whose minimum wage is 2,270 yuan since its first day, and 22 for an hour.
fn worker(sequence: u32, changes: &[(&'static str, &str)]) -> Person {
    let common = [
        ("参保地", "昆明市"),
        ("任职受雇日期", "2026-01-01"),
        ("社保缴费基数", "5000"),
        ("公积金缴存基数", "5000"),
        ("公积金缴存比例", "5%"),
    ];
    person(sequence, &[&common[..], changes].concat())
}

/// What the folder and the ledger hold: every file to the byte, and the end of the chain.
#[derive(PartialEq)]
struct Kept {
    files: BTreeMap<String, Vec<u8>>,
    ledger: Value,
    runs: Value,
}

fn kept(desk: &Desk) -> Kept {
    fn read(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, files);
            } else {
                files.insert(path.display().to_string(), fs::read(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    read(&desk.path("out"), &mut files);
    let ledger = desk.text_path("ledger.db");
    let runs = gongche(&["run", "list", "--db", &ledger, "--format", "json"]).json();
    Kept { files, ledger: desk.ledger_says(&["verify"]).json(), runs }
}

/// The finding of a slip, which must be unlawful and say how it is mended.
fn unlawful<'s>(slip: &'s Value, code: &str) -> &'s str {
    let finding = slip["findings"].as_array().unwrap().iter().find(|one| one["code"] == code);
    let finding = finding.unwrap_or_else(|| panic!("no {code} in {slip}"));
    assert_eq!(finding["severity"], "unlawful");
    assert!(!figure(finding, "remedy").is_empty() && !figure(finding, "cite").is_empty(), "{finding}");
    figure(finding, "message")
}

// ---- what is unlawful is told, printed and kept

/// Pays one person of whom a rule says that it is unlawful, and returns the slip and what is said of it.
fn paid_unlawfully(person: Person, code: &str) -> (Value, String) {
    let desk = Desk::new();
    let done = desk.book(&[person], "2026-09", &[]);
    let json = done.json();
    assert_eq!((done.code, &json["ledger"], &json["rejected"]), (1, &"written".into(), &json!([])), "{json}");
    let slip = json["slips"][0].clone();
    let message = unlawful(&slip, code).to_owned();
    let text = fs::read_to_string(desk.path("out/findings.txt")).unwrap();
    assert!(text.contains(&message), "{text}");
    assert_eq!(desk.files("out/payslips").len(), 1);
    (slip, message)
}

/// Pays one person of whom nothing is unlawful.
fn paid(person: Person) -> Value {
    let done = Desk::new().pay(&[person], "2026-09", &["--no-slips"]);
    assert_eq!(done.code, 0, "{}", done.out);
    done.json()["slips"][0].clone()
}

#[test]
fn below_the_monthly_floor() {
    let (slip, message) = paid_unlawfully(worker(1, &[("基本工资", "2269.99")]), "payroll.below_minimum");
    assert_eq!(message, "可比工资2269.99元低于当地月最低工资标准2270.00元/月。");
    // 2269.99 − 400 − 101 − 15 − 250.
    assert_eq!(figure(&slip, "net"), "1503.99");
    paid(worker(1, &[("基本工资", "2270")]));
}

#[test]
fn below_the_hourly_floor() {
    let by_the_hour = |rate| {
        let blank = ["基本工资", "社保缴费基数", "公积金缴存基数", "公积金缴存比例"].map(|heading| (heading, ""));
        let cells = [("用工形式", "非全日制"), ("计酬小时", "80"), ("小时计酬标准", rate), ("结算周期天数", "15")];
        worker(2, &[&blank[..], &cells].concat())
    };
    let (slip, message) = paid_unlawfully(by_the_hour("21.99"), "payroll.below_hourly_minimum");
    assert_eq!(message, "每小时21.99元/小时，低于当地非全日制小时最低工资标准22.00元/小时。");
    assert_eq!(figure(&slip, "net"), "1759.20");
    paid(by_the_hour("22"));
}

#[test]
fn a_deduction_for_damage_over_a_fifth_or_not_agreed() {
    let deducted =
        |amount, agreed| worker(3, &[("基本工资", "5000"), ("赔偿损失扣款", amount), ("合同约定赔偿损失", agreed)]);
    let (slip, message) = paid_unlawfully(deducted("1000.01", "是"), "labour.deductions.too_much");
    assert!(message.contains("1000.01元") && message.contains("1000.00元"), "{message}");
    // 5000 − 400 − 101 − 15 − 250 − 1000.01.
    assert_eq!(figure(&slip, "net"), "3233.99");
    let (_, message) = paid_unlawfully(deducted("0.01", "否"), "labour.deductions.not_agreed");
    assert!(message.contains("没有约定"), "{message}");
    assert_eq!(figure(&paid(deducted("1000", "是")), "net"), "3234.00");
}

#[test]
fn a_negative_net_is_printed_and_neither_sent_to_the_bank_nor_booked() {
    let left = |deduction| {
        let cells = [("基本工资", "5000"), ("其他扣款", deduction), ("银行账号", "6222000000000000001")];
        worker(4, &cells)
    };
    let desk = Desk::new();
    let printed = desk.pay(&[left("4234.01")], "2026-09", &[]);
    let slip = printed.json()["slips"][0].clone();
    assert_eq!((printed.code, figure(&slip, "net")), (1, "-0.01"));
    let told = slip["findings"].as_array().unwrap().iter().find(|one| one["code"] == "payroll.negative_net").unwrap();
    assert_eq!(told["message"], "实发工资为-0.01元，扣款超过应发工资。");
    let ran = desk.pay(&[left("4234.01"), worker(5, &[])], "2026-09", &["--bank", BANK]);
    assert_eq!(ran.code, 2);
    assert!(ran.json()["notes"].to_string().contains("A004"), "{}", ran.json()["notes"]);
    assert!(!desk.path("out/filings/bank.csv").exists(), "nobody is left to be paid");
    // A ledger takes the others, and says how to go on.
    let booked = desk.book(&[left("4234.01"), worker(5, &[])], "2026-09", &[]);
    let json = booked.json();
    let problem = "实发工资为-0.01元，扣款超过应发工资。没有记入账本";
    assert_eq!((booked.code, super::refusals(&json)), (2, vec![(2, "其他扣款", problem)]));
    assert!(json["notes"].to_string().contains("退回的 1 行没有记入账本"), "{}", json["notes"]);
    assert!(json["notes"].to_string().contains("--replace"), "{}", json["notes"]);
    let mended = desk.book(&[left("4234"), worker(5, &[])], "2026-09", &["--replace"]);
    assert_eq!((mended.code, mended.json()["slips"].as_array().unwrap().len()), (0, 2), "{}", mended.out);
    assert!(!mended.json()["notes"].to_string().contains("退回"), "{}", mended.json()["notes"]);
    let nothing = paid(left("4234"));
    assert_eq!((figure(&nothing, "net"), findings(&nothing).contains(&"payroll.negative_net")), ("0.00", false));
}

// ---- rows that are refused: the others are done, and of these nothing is kept

/// Pays three people of whom one row is refused, for what reason, with what remedy.
fn refused_row(people: &[Person; 3], more: &[&str]) -> (Desk, (u64, String, String)) {
    let desk = Desk::new();
    let done = desk.book(people, "2026-09", more);
    let json = done.json();
    assert_eq!((done.code, &json["ledger"]), (2, &"written".into()), "{json}");
    let told = super::refusals(&json);
    let [(row, column, problem)] = told[..] else { panic!("{told:?}") };
    let refused = (row, column.to_owned(), problem.to_owned());
    // Neither slip nor file nor ledger has what was refused.
    assert_eq!(json["slips"].as_array().unwrap().len(), 2);
    assert_eq!(desk.files("out/payslips").len(), 2);
    assert_eq!(desk.files("out"), ["filings", "findings.txt", "payslips", "rejected.xlsx", "summary.xlsx"]);
    let replayed = desk.ledger_says(&["replay", "2026-09"]).json();
    assert_eq!((&replayed["runs"][0]["slips"], &replayed["runs"][0]["same"]), (&2.into(), &2.into()));
    (desk, refused)
}

#[test]
fn a_duplicate_person() {
    // The same document under another number, and another document under the same number.
    let document = super::citizen_number(6);
    let people = [worker(6, &[]), worker(7, &[]), worker(8, &[("证件号码", &document)])];
    let (_, refused) = refused_row(&people, &[]);
    assert_eq!(refused, (4, "证件号码".to_owned(), "同一扣缴义务人的证件号码与第 2 行重复".to_owned()));
    let (_, refused) = refused_row(&[worker(6, &[]), worker(7, &[]), worker(8, &[("工号", "A006")])], &[]);
    assert_eq!(refused, (4, "工号".to_owned(), "工号与第 2 行重复".to_owned()));
    // At another payer he is paid as well.
    let elsewhere = [("证件号码", document.as_str()), ("扣缴义务人", "别家公司")];
    let both = [worker(6, &[("扣缴义务人", "样例公司")]), worker(8, &elsewhere)];
    assert_eq!(Desk::new().pay(&both, "2026-09", &["--no-slips"]).code, 0);
}

#[test]
fn an_account_of_two_people() {
    let account = |sequence, account| worker(sequence, &[("银行账号", account)]);
    let people = [account(9, "622200"), account(10, "622201"), account(11, "622200")];
    let (desk, refused) = refused_row(&people, &["--bank", BANK]);
    assert_eq!(refused, (4, "银行账号".to_owned(), "与第 2 行另一人的银行账号相同".to_owned()));
    let bank = String::from_utf8_lossy(&fs::read(desk.path("out/filings/bank.csv")).unwrap()).into_owned();
    assert_eq!((bank.matches("622200").count(), bank.matches("622201").count()), (1, 1), "{bank}");
}

// ---- runs that are refused: nothing at all is written

/// A desk with a month of Shanghai in files and ledger.
fn settled() -> Desk {
    let desk = Desk::new();
    desk.book(&staff("20000"), "2026-09", &[]).json();
    desk
}

#[test]
fn a_period_that_is_closed() {
    let desk = settled();
    assert_eq!(desk.step("paid", &[]).json()["runs"][0]["state"], "paid");
    desk.step("close", &[]);
    let before = kept(&desk);
    for more in [&["--replace"][..], &["--kind", "bonus"]] {
        let closed = desk.book(&staff("30000"), "2026-09", more);
        assert_eq!(refused(&closed), (2, "closed".to_owned()), "{more:?}");
        assert!(error(&closed).1.contains("已关账"), "{}", error(&closed).1);
        assert!(kept(&desk) == before, "{more:?}");
    }
    assert_eq!(desk.book(&staff("20000"), "2026-09", &["--no-slips"]).json()["ledger"], "unchanged");
    assert_eq!(refused(&desk.prepare("preview", &staff("20000"), "样例甲", &[])), (2, "approval".to_owned()));
}

#[test]
fn a_rule_book_without_the_date() {
    let beijing = |hired| vec![worker(12, &[("参保地", "北京市"), ("任职受雇日期", hired), ("期初累计收入", "0")])];
    let desk = settled();
    let before = kept(&desk);
    let pay = |people: &[Person], period, out: &str| {
        let (roster, out, ledger) = (desk.write(people), desk.text_path(out), desk.text_path("ledger.db"));
        gongche(&["pay", &roster, "--period", period, "--out", &out, "--db", &ledger, "--format", "json"])
    };
    // Beijing's bases are known since July 2023, and nobody knows those of 2036.
    for (period, hired) in [("2023-06", "2020-01-01"), ("2036-09", "2026-01-01")] {
        let ran = pay(&beijing(hired), period, period);
        let json = ran.json();
        assert_eq!((ran.code, error(&ran).0.as_str(), &json["slips"]), (3, "coverage", &json!([])), "{period}: {json}");
        let told = super::refusals(&json);
        assert_eq!((told.len(), told[0].0, told[0].1), (1, 2, "参保地"), "{told:?}");
        assert!(told[0].2.contains("缴费基数") && told[0].2.contains("北京市"), "{told:?}");
        let remedy = json["rejected"][0]["remedy"].as_str().unwrap();
        assert!(remedy.contains("gongche rules coverage"), "{remedy}");
        // What was refused is listed; nothing else is there.
        assert_eq!(desk.files(period), ["rejected.xlsx"]);
        assert!(kept(&desk) == before, "{period}");
    }
    let first = pay(&beijing("2020-01-01"), "2023-07", "2023-07");
    assert!(first.code < 2, "{}", first.out);
    assert_eq!(line(&first.json()["slips"][0], "pension_employee"), "506.08");
}

/// Previews one thing and tries to approve another: refused as stale, with nothing of it written. (The text of a rule book
/// that the ledger has not seen may be kept; it says nothing of anybody.)
fn is_stale(desk: &Desk, previewed: &[Person], changed: &[Person], rules: &[&str], change: impl FnOnce(), what: &str) {
    desk.prepare("preview", previewed, "样例甲", rules).json();
    change();
    let before = kept(desk);
    let stale = desk.prepare("approve", changed, "样例乙", rules);
    assert_eq!(refused(&stale), (2, "stale".to_owned()), "{what}");
    assert!(error(&stale).1.contains("重新试算"), "{what}: {}", error(&stale).1);
    let after = kept(desk);
    assert!(after.files == before.files && after.runs == before.runs, "{what}: something was written");
}

fn with_account() -> Vec<Person> {
    let mut people = staff("20000");
    people[0].extend([("银行账号", "6222000000000011234".to_owned()), ("备注", String::new())]);
    people
}

#[test]
fn a_preview_gone_stale_by_an_edit_of_the_roster() {
    for (what, heading, cell) in [
        ("a wage", "基本工资", "20001"),
        ("an account, of which only the end is kept", "银行账号", "6222000000000001234"),
        ("a remark", "备注", "样例"),
    ] {
        let desk = Desk::new();
        let mut changed = with_account();
        changed[0].insert(heading, cell.to_owned());
        is_stale(&desk, &with_account(), &changed, &[], || (), what);
        assert_eq!(desk.state(), "previewed", "{what}");
        desk.prepare("approve", &with_account(), "样例乙", &[]).json();
        assert_eq!(desk.state(), "approved", "{what}: what was previewed still goes through");
    }
}

#[test]
fn a_preview_gone_stale_by_an_edit_of_the_rules() {
    let desk = Desk::new();
    let rules = desk.path("rules");
    copy(Path::new("rules"), &rules);
    let rules = rules.to_str().unwrap();
    let edit = || {
        let file = format!("{rules}/payroll/monthly.toml");
        let text = fs::read_to_string(&file).unwrap();
        let edited = text.replace("title   = \"月度工资\"", "title   = \"月度工资单\"");
        assert_ne!(text, edited);
        fs::write(&file, edited).unwrap();
    };
    is_stale(&desk, &staff("20000"), &staff("20000"), &["--rules", rules], edit, "rules");
}

#[test]
fn a_preview_gone_stale_by_what_an_earlier_month_carries_into_it() {
    let desk = Desk::new();
    let august = |step: &str, wage: &str, by: &str| -> Ran {
        let (roster, out, ledger) = (desk.write(&staff(wage)), desk.text_path("august"), desk.text_path("ledger.db"));
        let arguments = ["run", step, &roster, "--period", "2026-08", "--out", &out, "--db", &ledger];
        let act = ["--by", by, "--at", "2026-08-28T10:00", "--why", "样例：更正", "--format", "json"];
        gongche(&[&arguments[..], &act].concat())
    };
    let let_through = |step: &str, wage: &str| {
        august("preview", wage, "样例甲").json();
        assert_eq!(august(step, wage, "样例乙").json()["ledger"], "approved", "{wage}");
    };
    let_through("approve", "20000");
    let september = staff("20000");
    is_stale(&desk, &september, &september, &[], || let_through("replace", "21000"), "carry");
    // Previewed anew it carries the new August.
    let again = desk.prepare("preview", &september, "样例甲", &[]).json();
    assert_eq!(again["slips"][0]["tax_to_date"]["income"], "41000.00");
    assert_eq!(desk.prepare("approve", &september, "样例乙", &[]).json()["ledger"], "approved");
}

#[test]
fn a_row_without_payer_among_rows_that_name_theirs() {
    let people = [
        worker(6, &[("扣缴义务人", "样例甲公司")]),
        worker(7, &[("扣缴义务人", "")]),
        worker(8, &[("扣缴义务人", "样例甲公司")]),
    ];
    let (_, (row, column, problem)) = refused_row(&people, &[]);
    assert_eq!((row, column.as_str()), (3, "扣缴义务人"));
    assert!(problem.contains("其他行写了扣缴义务人"), "{problem}");
    // Named by the command, or by nobody, all of them are paid.
    for (people, more) in [(&people[..], &["--employer", "样例乙公司"][..]), (&people[1..2], &[])] {
        let paid = Desk::new().pay(people, "2026-09", more).json();
        assert_eq!(
            (&paid["rejected"], paid["slips"].as_array().unwrap().len()),
            (&serde_json::json!([]), people.len())
        );
    }
}
