//! The purchaser's statement: whom it shows, whom it does not, and that it is the run.

use super::{Desk, Person, error, figure, line, pdf_text, person};
use gongche::{
    quantity::Money,
    rulebook::{Book, Sources},
    statement::Form,
};
use std::{collections::BTreeSet, fs, process::Command};

const SHEET: &str = "import openpyxl, sys, json\n\
    book = openpyxl.load_workbook(sys.argv[1])\n\
    print(json.dumps({s.title: [[None if c is None else str(c) for c in r] for r in s.iter_rows(values_only=True)] for s in book}))\n";

/// The sheets of a workbook as another library reads them; nothing where that is not installed.
fn sheets(path: &str) -> Option<serde_json::Value> {
    let Ok(done) = Command::new("python3").args(["-c", SHEET, path]).output() else {
        println!("skipped: python3 is not installed");
        return None;
    };
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    if said.contains("No module named") {
        println!("skipped: openpyxl is not installed");
        return None;
    }
    assert!(done.status.success(), "{said}");
    Some(serde_json::from_slice(&done.stdout).unwrap())
}

fn four() -> Vec<Person> {
    let joined = ("任职受雇日期", "2026-09-01");
    vec![
        person(1, &[("姓名", "样例甲"), ("项目", "热线"), ("伙食补贴", "300"), joined]),
        person(2, &[("姓名", "样例乙"), ("项目", "热线"), ("实物伙食", "200"), ("部门", "话务一组"), joined]),
        person(3, &[("姓名", "样例丙"), ("项目", "热线"), ("缺勤扣款", "120"), ("岗位", "班长"), joined]),
        person(4, &[("姓名", "样例丁"), ("项目", "大厅"), joined]),
    ]
}

/// A text as if its lines were one, without the spaces between words.
fn unbroken(text: &str) -> String {
    text.split_whitespace().collect()
}

fn yuan(text: &str) -> Money {
    Money::parse(text).unwrap()
}

#[test]
fn nobody_gets_a_statement_that_was_not_asked_for() {
    let desk = Desk::new();
    assert_eq!(desk.pay(&four(), "2026-09", &[]).code, 0);
    assert!(!desk.path("out/filings/statements").exists());
}

#[test]
fn numbers_stand_for_names_and_the_totals_are_those_of_the_run() {
    let desk = Desk::new();
    let ran = desk.pay(&four(), "2026-09", &["--statement"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let json = ran.json();
    assert_eq!(desk.files("out/filings/statements"), ["大厅.pdf", "大厅.xlsx", "热线.pdf", "热线.xlsx"]);
    assert!(json["notes"].to_string().contains("“大厅”的月报只有 1 人"), "{}", json["notes"]);
    assert!(!json["notes"].to_string().contains("“热线”"), "three hide each other: {}", json["notes"]);
    if let Some(text) = pdf_text(&desk.path("out/filings/statements/热线.pdf")) {
        for hidden in ["样例甲", "样例乙", "样例丙", "话务一组", "班长", "个人所得税 "] {
            assert!(!text.contains(hidden), "{hidden} in {text}");
        }
        for shown in ["代001", "代003", "基本养老保险", "个人信息保护法第六条", "实物"] {
            assert!(unbroken(&text).contains(shown), "no {shown} in {text}");
        }
    }
    let Some(read) = sheets(&desk.text_path("out/filings/statements/热线.xlsx")) else { return };
    let shown = read.to_string();
    let slips = json["slips"].as_array().unwrap();
    for slip in slips {
        assert!(!shown.contains(figure(slip, "name")) && !shown.contains(figure(slip, "worker")), "{shown}");
        assert!(!shown.contains(figure(slip, "net")), "what somebody takes home is not the purchaser's: {shown}");
    }
    let rows = read["逐人"].as_array().unwrap();
    assert_eq!(rows.len(), 5, "a heading, three people, the totals");
    let column = |name: &str| rows[0].as_array().unwrap().iter().position(|cell| cell == name).unwrap();
    let total = |name: &str| yuan(rows[4][column(name)].as_str().unwrap());
    let of_run = |amount: &dyn Fn(&serde_json::Value) -> Money| Money::sum(slips[..3].iter().map(amount)).unwrap();
    assert_eq!(total("应发合计"), of_run(&|slip| yuan(figure(slip, "gross"))));
    assert_eq!(total("用人单位成本"), of_run(&|slip| yuan(figure(slip, "employer_cost"))));
    assert_eq!(total("基本养老保险（单位）"), of_run(&|slip| yuan(line(slip, "pension_employer"))));
    // 3 × 20,000 and 300 of meals in money less 120 for absence; the meals in kind are in no sum.
    assert_eq!(total("应发合计"), yuan("60180.00"));
    assert_eq!(total("实物伙食（福利，实物，不计入合计）"), yuan("200.00"));
    // Who is who is told beside the folder, to the payer alone.
    let key = sheets(&desk.text_path("out/filings/statement-key.xlsx")).unwrap().to_string();
    assert!(key.contains("样例丁") && key.contains("代003"), "{key}");
}

#[test]
fn the_numbers_stay_and_do_not_follow_the_order_of_the_roster() {
    let written = |people: &[Person]| {
        let desk = Desk::new();
        assert_eq!(desk.pay(people, "2026-09", &["--statement"]).code, 0);
        fs::read(desk.path("out/filings/statements/热线.xlsx")).unwrap()
    };
    let mut turned = four();
    turned.reverse();
    assert_eq!(written(&four()), written(&turned));
}

#[test]
fn names_are_given_on_a_ground_that_is_printed_and_on_no_other() {
    let desk = Desk::new();
    let ran = desk.pay(&four(), "2026-09", &["--statement-named", "2026年8月各人签署的单独同意书"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    if let Some(text) = pdf_text(&desk.path("out/filings/statements/热线.pdf")) {
        for shown in ["样例甲", "A001", "2026年8月各人签署的单独同意书", "个人信息保护法第二十三条"]
        {
            assert!(unbroken(&text).contains(shown), "no {shown} in {text}");
        }
        assert!(!text.contains(&super::citizen_number(1)), "{text}");
    }
    assert!(!desk.path("out/filings/statement-key.xlsx").exists());
    let refused = desk.pay(&four(), "2026-09", &["--statement-named", " "]);
    assert_eq!((refused.code, error(&refused).0.as_str()), (2, "statement"));
}

#[test]
fn whoever_has_no_project_is_named_and_on_none() {
    let desk = Desk::new();
    let mut people = four();
    people[3].remove("项目");
    let ran = desk.pay(&people, "2026-09", &["--statement"]);
    assert_eq!(desk.files("out/filings/statements"), ["热线.pdf", "热线.xlsx"]);
    assert!(ran.json()["notes"].to_string().contains("1 人没有填项目，不在任何一份月报里（A004）"), "{}", ran.out);
    // Where nobody has one, all are on one.
    people.iter_mut().for_each(|one| drop(one.remove("项目")));
    assert_eq!(desk.pay(&people, "2026-09", &["--statement"]).code, 0);
    assert_eq!(desk.files("out/filings/statements"), ["全部人员.pdf", "全部人员.xlsx"]);
}

#[test]
fn the_form_cites_what_is_registered_and_groups_what_there_is() {
    let book = Book::read(Sources::embedded()).unwrap();
    for cite in Form::shipped().citations() {
        assert_eq!(book.instruments().uncited(cite), Vec::<&str>::new());
    }
    let lexicon = book.lexicon();
    let members = lexicon.members(lexicon.find_anywhere("labour.pay_items.item").unwrap());
    let known: BTreeSet<&str> = members.iter().map(|one| one.id.as_str()).chain(["absence"]).collect();
    for item in Form::shipped().items() {
        assert!(known.contains(item), "{item} is no pay item");
    }
}
