//! `gongche run` and `gongche ledger` as two people use them: who may do what from where, and that it comes out again.

use super::{Desk, Person, error, figure, findings, gongche, line, person, raw};
use crate::rules::Ran;
use serde_json::{Value, json};
use std::{fs, thread};

pub(super) fn staff(wage: &str) -> Vec<Person> {
    let one = |number: u32, wage: &str| person(number, &[("基本工资", wage), ("任职受雇日期", "2026-01-01")]);
    vec![one(1, wage), one(2, "20000")]
}

impl Desk {
    /// A step that needs the roster.
    pub(super) fn prepare(&self, step: &str, people: &[Person], by: &str, more: &[&str]) -> Ran {
        let (roster, out, ledger) = (self.write(people), self.text_path("out"), self.text_path("ledger.db"));
        let arguments = ["run", step, &roster, "--period", "2026-09", "--out", &out, "--db", &ledger];
        let act = ["--by", by, "--at", "2026-09-30", "--why", "样例：核对无误", "--format", "json"];
        gongche(&[&arguments[..], &act, more].concat())
    }

    /// A step with what stands in the ledger.
    pub(super) fn step(&self, step: &str, more: &[&str]) -> Ran {
        let ledger = self.text_path("ledger.db");
        let arguments = ["run", step, "--period", "2026-09", "--db", &ledger];
        let act = ["--by", "样例出纳", "--at", "2026-09-30", "--why", "样例：回单已到", "--format", "json"];
        gongche(&[&arguments[..], &act, more].concat())
    }

    pub(super) fn ledger_says(&self, arguments: &[&str]) -> Ran {
        let ledger = self.text_path("ledger.db");
        gongche(&[&["ledger"], arguments, &["--db", &ledger, "--format", "json"]].concat())
    }

    pub(super) fn state(&self) -> Value {
        let ledger = self.text_path("ledger.db");
        let json = gongche(&["run", "list", "--db", &ledger, "--format", "json"]).json();
        json["runs"][0]["state"].clone()
    }
}

pub(super) fn refused(ran: &Ran) -> (i32, String) {
    (ran.code, error(ran).0)
}

#[test]
fn two_people_bring_a_run_from_preview_to_closed() {
    let desk = Desk::new();
    let people = staff("20000");
    let previewed = desk.prepare("preview", &people, "样例甲", &[]).json();
    assert_eq!((&previewed["ledger"], desk.state()), (&"previewed".into(), "previewed".into()));
    let approved = desk.prepare("approve", &people, "样例乙", &[]).json();
    assert_eq!((&approved["ledger"], desk.state()), (&"approved".into(), "approved".into()));
    assert_eq!(approved["slips"], previewed["slips"]);
    let paid = desk.step("paid", &[]).json();
    assert_eq!(paid["runs"][0]["state"], "paid");
    assert_eq!(paid["at"], "2026-09-30T00:00:00+08:00");
    assert_eq!(desk.step("close", &[]).json()["runs"][0]["state"], "closed");

    let ledger = desk.text_path("ledger.db");
    let listed = gongche(&["run", "list", "--db", &ledger, "--format", "json"]).json();
    let steps = listed["runs"][0]["steps"].as_array().unwrap();
    let told: Vec<_> = steps.iter().map(|step| (step["to"].as_str().unwrap(), step["by"].as_str().unwrap())).collect();
    let all = [("previewed", "样例甲"), ("approved", "样例乙"), ("paid", "样例出纳"), ("closed", "样例出纳")];
    assert_eq!(told, all);
    assert!(steps.iter().all(|step| step["at"] == "2026-09-30T00:00:00+08:00" && step["why"] != ""), "{steps:?}");
    let text = gongche(&["run", "list", "--db", &ledger]).out;
    let lines: Vec<&str> = text.trim_end().lines().skip(1).collect();
    assert!(lines[0].starts_with("2026-09") && lines[0].contains("已关账"), "{text}");
    for (line, (what, who)) in
        lines.iter().zip(["已试算", "已批准", "已发放", "已关账"].iter().zip(all.map(|one| one.1)))
    {
        assert!(line.contains(&format!("{what} {who}，2026-09-30T00:00:00+08:00：样例：")), "{text}");
    }
    assert_eq!(desk.ledger_says(&["verify"]).json()["fault"], Value::Null);
    assert_eq!(desk.ledger_says(&["replay", "2026-09"]).json()["runs"][0]["same"], 2);
}

#[test]
fn pay_stops_at_the_preview_where_approval_is_needed() {
    let desk = Desk::new();
    let by = ["--approval", "--by", "样例甲", "--at", "2026-09-28"];
    assert_eq!(desk.book(&staff("20000"), "2026-09", &by).json()["ledger"], "previewed");
    let nobody = desk.book(&staff("20000"), "2026-09", &[]);
    assert_eq!(refused(&nobody), (2, "by".to_owned()));
    assert_eq!(desk.book(&staff("20000"), "2026-09", &by[1..]).json()["ledger"], "previewed");
    assert_eq!(desk.state(), "previewed");
}

pub(super) fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &target) } else { _ = fs::copy(entry.path(), target).unwrap() }
    }
}

#[test]
fn the_preparer_does_not_approve() {
    let desk = Desk::new();
    desk.prepare("preview", &staff("20000"), "样例甲", &[]);
    let own = desk.prepare("approve", &staff("20000"), "样例甲", &[]);
    assert_eq!(refused(&own), (2, "own-approval".to_owned()));
    assert!(error(&own).1.contains("自报"), "{}", error(&own).1);
    let unseen = Desk::new();
    unseen.prepare("preview", &staff("20000"), "样例甲", &["--number", "7"]);
    let none = unseen.prepare("approve", &staff("20000"), "样例乙", &[]);
    assert_eq!(refused(&none), (2, "not-previewed".to_owned()));
}

#[test]
fn a_step_from_the_wrong_state_is_refused() {
    let desk = Desk::new();
    desk.prepare("preview", &staff("20000"), "样例甲", &[]);
    assert_eq!(refused(&desk.step("paid", &[])), (2, "state".to_owned()));
    desk.prepare("approve", &staff("20000"), "样例乙", &[]);
    let early = desk.step("close", &[]);
    assert_eq!(refused(&early), (2, "state".to_owned()));
    assert!(error(&early).1.contains("已批准，不能关账。可以："), "{}", error(&early).1);
    assert_eq!(refused(&desk.step("paid", &["--employer", "没有这家"])), (2, "no-run".to_owned()));
    let ledger = desk.text_path("ledger.db");
    let unexplained = gongche(&["run", "paid", "--period", "2026-09", "--db", &ledger, "--by", "样例出纳"]);
    assert_eq!(unexplained.code, 2);
    assert!(unexplained.complaint.contains("事由"), "{}", unexplained.complaint);
}

#[test]
fn a_closed_period_is_refused_until_it_is_reopened() {
    let desk = Desk::new();
    desk.prepare("preview", &staff("20000"), "样例甲", &[]);
    desk.prepare("approve", &staff("20000"), "样例乙", &[]);
    desk.step("paid", &[]);
    desk.step("close", &[]);
    for more in [&[][..], &["--kind", "bonus"]] {
        let closed = desk.prepare("preview", &staff("30000"), "样例甲", more);
        assert_eq!(refused(&closed), (2, "closed".to_owned()), "{more:?}");
    }
    assert_eq!(desk.step("reopen", &[]).json()["runs"][0]["state"], "reopened");
    desk.prepare("preview", &staff("30000"), "样例甲", &[]).json();
    assert_eq!(desk.prepare("approve", &staff("30000"), "样例乙", &[]).json()["ledger"], "approved");
    // Paid once more, and replaced without reopening.
    desk.step("paid", &[]);
    desk.prepare("preview", &staff("31000"), "样例甲", &[]);
    assert_eq!(refused(&desk.prepare("approve", &staff("31000"), "样例乙", &[])), (2, "state".to_owned()));
    assert_eq!(desk.prepare("replace", &staff("31000"), "样例乙", &[]).json()["ledger"], "approved");
    assert_eq!(desk.ledger_says(&["verify"]).json()["fault"], Value::Null);
}

#[test]
fn a_void_run_is_not_carried_forward() {
    let desk = Desk::new();
    desk.book(&staff("20000"), "2026-08", &[]);
    let ledger = desk.text_path("ledger.db");
    let void =
        ["run", "void", "--period", "2026-08", "--db", &ledger, "--by", "样例甲", "--why", "样例：重复", "--format"];
    assert_eq!(gongche(&[&void[..], &["json"]].concat()).json()["runs"][0]["state"], "void");
    let september = desk.book(&staff("20000"), "2026-09", &[]).json();
    assert_eq!(september["slips"][0]["tax_to_date"]["income"], "20000.00");
    assert_eq!(desk.ledger_says(&["verify"]).json()["fault"], Value::Null);
}

#[test]
fn a_bonus_run_beside_the_month_contributes_nothing_twice() {
    let desk = Desk::new();
    let first = person(1, &[("任职受雇日期", "2026-09-01")]);
    desk.book(std::slice::from_ref(&first), "2026-09", &[]);
    let mut bonus = first.clone();
    bonus.extend([("基本工资", "0".to_owned()), ("奖金", "10000".to_owned())]);
    let paid = desk.book(std::slice::from_ref(&bonus), "2026-09", &["--kind", "bonus"]).json();
    let slip = &paid["slips"][0];
    assert_eq!((&paid["kind"], &paid["number"], &paid["changes"]), (&"bonus".into(), &2.into(), &json!([])));
    assert_eq!((figure(slip, "own_total"), line(slip, "pension_employer")), ("0.00", "0.00"));
    // 30000 − 3500 − 5000 = 21500: 645.00 − 345.00.
    assert_eq!((figure(slip, "tax"), figure(slip, "net")), ("300.00", "9700.00"));
    assert!(!findings(slip).contains(&"payroll.below_minimum"), "{slip}");
    // October has both.
    let october = desk.book(&[first], "2026-10", &[]).json();
    assert_eq!(october["slips"][0]["tax_to_date"]["income"], "50000.00");
    assert_eq!(october["slips"][0]["tax_to_date"]["withheld"], "645.00");
    for period in ["2026-09", "2026-10"] {
        let replayed = desk.ledger_says(&["replay", period]);
        assert_eq!(replayed.code, 0, "{}", replayed.out);
    }
}

#[test]
fn a_run_of_bonuses_or_corrections_needs_no_wage_and_no_base() {
    let without = |headings: &[&'static str], more: (&'static str, &str)| {
        let mut one = person(1, &[("任职受雇日期", "2026-01-01"), more]);
        for heading in headings {
            one.remove(heading);
        }
        one
    };
    let bonus = without(&["基本工资", "社保缴费基数"], ("奖金", "10000"));
    for kind in ["bonus", "correction"] {
        let paid = Desk::new().pay(std::slice::from_ref(&bonus), "2026-09", &["--kind", kind]).json();
        assert_eq!((figure(&paid["slips"][0], "gross"), &paid["rejected"]), ("10000.00", &json!([])), "{kind}");
    }
    // The month and the settlement of who leaves pay a wage, and contribute.
    for kind in ["regular", "leaver"] {
        let refused = Desk::new().pay(std::slice::from_ref(&bonus), "2026-09", &["--kind", kind]);
        assert!(error(&refused).1.contains("缺少必填列：基本工资"), "{kind}: {}", refused.out);
    }
    // A cell that is there and is no amount is refused all the same.
    let wrong = without(&[], ("基本工资", "x"));
    let refused = Desk::new().pay(&[wrong], "2026-09", &["--kind", "bonus"]).json();
    assert_eq!(super::refusals(&refused)[0].1, "基本工资", "{refused}");
}

#[test]
fn of_two_runs_at_once_one_wins_and_the_other_is_told() {
    let desk = Desk::new();
    let others: Vec<Desk> = (0..4).map(|_| Desk::new()).collect();
    let ledger = desk.text_path("ledger.db");
    let run = |(at, other): (usize, &Desk)| {
        let wage = (20_000 + at).to_string();
        let ran = other.pay(&staff(&wage), "2026-09", &["--db", &ledger]);
        let json = ran.json();
        (ran.code, json["error"]["message"].as_str().or(json["ledger"].as_str()).unwrap().to_owned())
    };
    let run = &run;
    let outcomes: Vec<(i32, String)> = thread::scope(|scope| {
        let started: Vec<_> = others.iter().enumerate().map(|one| scope.spawn(move || run(one))).collect();
        started.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let won = outcomes.iter().filter(|(code, said)| *code == 0 && said == "written").count();
    assert_eq!(won, 1, "{outcomes:?}");
    for (code, said) in outcomes.iter().filter(|(code, _)| *code != 0) {
        assert!(*code == 2 && said.contains("账本里已有"), "{said}");
    }
    let replayed = desk.ledger_says(&["replay", "2026-09"]).json();
    assert_eq!((&replayed["runs"][0]["slips"], &replayed["runs"][0]["same"]), (&2.into(), &2.into()));
}

#[test]
fn a_year_comes_out_again_to_the_byte() {
    let desk = Desk::new();
    let people = |month: u32| {
        let opening = if month == 3 { "60000" } else { "" };
        let place = if month < 6 { "上海市" } else { "北京市" };
        let wage = (15_000 + 777 * month).to_string();
        [
            person(1, &[("基本工资", &wage), ("期初累计收入", opening), ("累计专项附加扣除", "3000")]),
            person(2, &[("参保地", place), ("工作地", "昆明市"), ("离职日期", "2026-05-20"), ("期初累计收入", "")]),
        ]
    };
    for month in 3..=6 {
        let period = format!("2026-{month:02}");
        let known_at = format!("2026-{:02}-28", month + 2);
        assert!(desk.book(&people(month), &period, &["--known-at", &known_at]).code < 2, "{period}");
        let replayed = desk.ledger_says(&["replay", &period]);
        assert_eq!(replayed.code, 0, "{}", replayed.out);
        assert_eq!(replayed.json()["runs"][0]["same"], 2);
    }
    let text = gongche(&["ledger", "replay", "2026-05", "--db", &desk.text_path("ledger.db")]).out;
    assert!(text.contains("2 张工资单重算，逐字节相同"), "{text}");
}

#[test]
fn a_changed_slip_is_found_by_both() {
    let desk = Desk::new();
    let paid = desk.book(&staff("20000"), "2026-09", &[]).json();
    let net = figure(&paid["slips"][0], "net");
    raw(
        &desk.path("ledger.db"),
        &format!(r#"UPDATE slip SET result = replace(result, '"net":"{net}"', '"net":"1.00"') WHERE worker = 'A001'"#),
    );
    let verified = desk.ledger_says(&["verify"]);
    assert_eq!(verified.code, 2);
    assert!(verified.json()["fault"].as_str().unwrap().contains("工资单 A001"), "{}", verified.out);
    let replayed = desk.ledger_says(&["replay", "2026-09"]);
    assert_eq!(replayed.code, 2);
    let differing = replayed.json()["runs"][0]["differing"].clone();
    assert_eq!(differing.as_array().unwrap().len(), 1);
    assert_eq!(differing[0]["problem"], format!("net：存的是 \"1.00\"，重算是 \"{net}\""));
    let text = gongche(&["ledger", "verify", "--db", &desk.text_path("ledger.db")]);
    assert!(text.out.contains("账本不完好"), "{}", text.out);
}

#[test]
fn a_book_is_read_again_from_the_ledger() {
    let desk = Desk::new();
    let rules = desk.path("rules");
    copy(std::path::Path::new("rules"), &rules);
    let rules = rules.to_str().unwrap();
    let file = format!("{rules}/tax/wages.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("value = \"5000\"", "value = \"6000\"")).unwrap();
    let paid = desk.book(&staff("20000")[..1], "2026-09", &["--rules", rules]).json();
    assert_eq!(paid["slips"][0]["tax_to_date"]["basic"], "54000.00");
    let replayed = desk.ledger_says(&["replay", "2026-09"]);
    assert_eq!((replayed.code, &replayed.json()["runs"][0]["same"]), (0, &1.into()), "{}", replayed.out);
}

#[test]
fn a_step_is_not_taken_before_the_one_that_it_follows() {
    let desk = Desk::new();
    desk.prepare("preview", &staff("20000"), "样例甲", &[]);
    let (roster, out, ledger) = (desk.write(&staff("20000")), desk.text_path("out"), desk.text_path("ledger.db"));
    let approve = |at: &str| {
        let arguments = ["run", "approve", &roster, "--period", "2026-09", "--out", &out, "--db", &ledger];
        gongche(&[&arguments[..], &["--by", "样例乙", "--at", at, "--why", "样例", "--format", "json"]].concat())
    };
    let early = approve("2026-09-29T23:59:59");
    assert_eq!(refused(&early), (2, "at".to_owned()));
    assert!(error(&early).1.contains("早于上一步（样例甲，2026-09-30T00:00:00+08:00）"), "{}", error(&early).1);
    // The same moment in another zone; an hour more would be before it.
    assert_eq!(refused(&approve("2026-09-29T15:59:59Z")), (2, "at".to_owned()));
    assert_eq!(approve("2026-09-29T16:00:00Z").json()["ledger"], "approved");
    let paid = |at: &str| {
        let arguments = ["run", "paid", "--period", "2026-09", "--db", &ledger, "--by", "样例出纳", "--at", at];
        gongche(&[&arguments[..], &["--why", "样例", "--format", "json"]].concat())
    };
    assert_eq!(refused(&paid("2026-09-29")), (2, "at".to_owned()));
    assert_eq!(desk.state(), "approved");
    assert_eq!(paid("2026-09-30").code, 0);
}

#[test]
fn a_name_that_looks_the_same_is_the_same_person() {
    let desk = Desk::new();
    desk.prepare("preview", &staff("20000"), "样例甲 A", &[]);
    for other in ["样例甲 Ａ", "样例甲A", "  样例甲 a "] {
        assert_eq!(refused(&desk.prepare("approve", &staff("20000"), other, &[])), (2, "own-approval".to_owned()));
    }
    for hidden in ["样例\u{200B}乙", "样例乙\u{A0}", "样例\u{3000}乙"] {
        let refusal = desk.prepare("approve", &staff("20000"), hidden, &[]);
        assert_eq!(refused(&refusal), (2, "by".to_owned()));
        assert!(error(&refusal).1.contains("看不见的字符"), "{}", error(&refusal).1);
    }
    assert_eq!(desk.prepare("approve", &staff("20000"), "样例 乙", &[]).json()["ledger"], "approved");
}

#[test]
fn where_nothing_is_committed_nothing_is_written() {
    let desk = Desk::new();
    let ledger = desk.path("ledger.db");
    let broken = vec![person(1, &[("参保地", "没有这个地方")])];
    assert_eq!(desk.book(&broken, "2026-09", &[]).code, 2);
    assert_ne!(desk.book(&staff("20000"), "1990-09", &[]).code, 0, "no rule is that old");
    desk.prepare("preview", &broken, "样例甲", &[]);
    assert_eq!(refused(&desk.book(&staff("20000"), "2026-09", &["--approval"])), (2, "by".to_owned()));
    assert!(!ledger.exists(), "no empty ledger is left");

    desk.prepare("preview", &staff("20000"), "样例甲", &[]);
    let rows = || desk.ledger_says(&["verify"]).json()["sound"].clone();
    let before = rows();
    let stale = desk.prepare("approve", &staff("20001"), "样例乙", &[]);
    assert_eq!((refused(&stale), rows()), ((2, "stale".to_owned()), before.clone()));
    assert_eq!(desk.prepare("approve", &staff("20000"), "样例乙", &[]).code, 0);
    assert_ne!(rows(), before);
}

#[test]
fn a_ledger_that_cannot_be_read_is_said_to_be_damaged() {
    let desk = Desk::new();
    desk.book(&staff("20000"), "2026-09", &[]);
    let whole = fs::read(desk.path("ledger.db")).unwrap();
    let mut overwritten = whole.clone();
    overwritten[16..4096].fill(0xa5);
    for content in [&whole[..100], &whole[..5000], &overwritten] {
        fs::write(desk.path("ledger.db"), content).unwrap();
        for ran in [desk.ledger_says(&["verify"]), desk.book(&staff("20000"), "2026-10", &[])] {
            assert_eq!(refused(&ran), (2, "ledger".to_owned()));
            let message = error(&ran).1;
            assert!(message.contains("不是账本，或者已经损坏") && message.contains("备份"), "{message}");
        }
        assert_eq!(fs::read(desk.path("ledger.db")).unwrap(), content, "it is left as it is");
    }
}
