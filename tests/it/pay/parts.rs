//! Several payments of one person in one run (笔次), and one person with several payers.

use super::{Desk, Person, figure, findings, gongche, line, person, raw, refusals};
use gongche::quantity::Money;
use serde_json::Value;
use std::fs;

/// Somebody who joined in the month, so that the year has no earlier months.
fn joined(sequence: u32, changes: &[(&'static str, &str)]) -> Person {
    person(sequence, &[&[("任职受雇日期", "2026-09-01"), ("期初累计收入", "")][..], changes].concat())
}

fn yuan(text: &str) -> Money {
    Money::parse(text).unwrap()
}

fn sum(slips: &[Value], name: &str) -> Money {
    Money::sum(slips.iter().map(|slip| yuan(figure(slip, name)))).unwrap()
}

fn slips(json: &Value) -> Vec<Value> {
    json["slips"].as_array().unwrap().clone()
}

#[test]
fn two_payments_are_taxed_as_one_and_insured_once() {
    let (desk, whole) = (Desk::new(), Desk::new());
    let first = [("基本工资", "20000"), ("笔次", "1"), ("累计专项附加扣除", "1000")];
    let two = [joined(1, &first), joined(1, &[("基本工资", "10000"), ("笔次", "2")])];
    let parts = desk.book(&two, "2026-09", &[]);
    assert_eq!(parts.code, 0, "{}", parts.out);
    let one = [joined(1, &[("基本工资", "30000"), ("累计专项附加扣除", "1000")])];
    let one = slips(&whole.book(&one, "2026-09", &[]).json());
    let parts = slips(&parts.json());
    let workers: Vec<&str> = parts.iter().map(|slip| figure(slip, "worker")).collect();
    assert_eq!(workers, ["A001", "A001（第2笔）"]);
    for name in ["gross", "tax", "net", "employer_cost"] {
        assert_eq!(sum(&parts, name), yuan(figure(&one[0], name)), "{name}");
    }
    // By hand: the month is 30,000, less 5,000, own contributions of 20,000 × 17.5 %, and the additional 1,000: 20,500 at
    // 3 %. Of the first payment 10,500.
    assert_eq!((figure(&parts[0], "tax"), figure(&parts[1], "tax")), ("315.00", "300.00"));
    assert_eq!(line(&parts[0], "pension_employee"), "1600.00");
    assert_eq!(line(&parts[1], "pension_employee"), "0.00");
    // Both are in the next month's sums.
    let october = |desk: &Desk| {
        let next = [joined(1, &[("基本工资", "20000"), ("累计专项附加扣除", "2000")])];
        figure(&slips(&desk.book(&next, "2026-10", &[]).json())[0], "tax").to_owned()
    };
    assert_eq!(october(&desk), october(&whole));
    // The ledger has them, and computes them again.
    let ledger = desk.text_path("ledger.db");
    assert!(desk.pay_as_text(&two, "2026-09", &["--db", &ledger]).out.contains("没有重复记入"));
    assert_eq!(gongche(&["ledger", "replay", "2026-09", "--db", &ledger]).code, 0);
    for slip in ["A001-样例甲.pdf", "A001（第2笔）-样例甲.pdf"] {
        assert_eq!(gongche(&["verify", &desk.text_path(&format!("out/payslips/{slip}"))]).code, 0, "{slip}");
    }
}

#[test]
fn files_have_a_person_once_and_the_bank_each_payment() {
    let desk = Desk::new();
    let bank = "schema = \"bank@样例\"\ntitle = \"代发\"\nsheet = \"代发\"\n[form]\nkind = \"csv\"\n\
                [[column]]\nname = \"账号\"\nkind = \"text\"\ntake = \"bank_account\"\n\
                [[column]]\nname = \"金额\"\nkind = \"money\"\ntake = \"net\"\npositive = true\n";
    fs::write(desk.path("bank.toml"), bank).unwrap();
    let account = |sequence, part, account| {
        joined(sequence, &[("笔次", part), ("银行账号", account), ("基本工资", "8000"), ("项目", "热线")])
    };
    let people = [
        account(1, "1", "6222000000000000001"),
        account(2, "1", "6222000000000000003"),
        account(1, "2", "6222000000000000002"),
    ];
    let ran = desk.pay(&people, "2026-09", &["--bank", &desk.text_path("bank.toml"), "--statement"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let paid = slips(&ran.json());
    let bank = fs::read_to_string(desk.path("out/filings/bank.csv")).unwrap();
    let accounts: Vec<&str> = bank.lines().skip(1).map(|line| &line[..19]).collect();
    assert_eq!(accounts, ["6222000000000000001", "6222000000000000002", "6222000000000000003"]);
    let mut figures = csv::Reader::from_path(desk.path("out/filings/figures.csv")).unwrap();
    let headings = figures.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = figures.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    let cell = |name: &str| rows[0].get(headings.iter().position(|heading| heading == name).unwrap()).unwrap();
    let of_first: Vec<Value> = paid.iter().filter(|slip| figure(slip, "worker").starts_with("A001")).cloned().collect();
    assert_eq!((cell("应发工资"), cell("累计收入")), ("16000.00", "16000.00"));
    assert_eq!(cell("实发工资"), sum(&of_first, "net").to_string());
    assert_eq!((cell("累计已缴税额"), cell("基本养老保险（个人）")), ("0.00", "1600.00"));
}

#[test]
fn who_moves_within_the_month_is_insured_where_the_row_says() {
    let desk = Desk::new();
    let kunming = [("参保地", "昆明市"), ("公积金缴存比例", "5%"), ("基本工资", "10000"), ("笔次", "2")];
    let moved = |said: [&'static str; 2]| {
        let first = joined(1, &[("基本工资", "10000"), ("笔次", "1"), ("本笔缴社保公积金", said[0])]);
        [first, joined(1, &[&kunming[..], &[("本笔缴社保公积金", said[1])]].concat())]
    };
    let refused = |said| {
        let ran = desk.pay(&moved(said), "2026-09", &[]);
        let json = ran.json();
        let told =
            refusals(&json).into_iter().map(|(row, column, problem)| (row, column.to_owned(), problem.to_owned()));
        told.collect::<Vec<_>>()
    };
    let silent = refused(["", ""]);
    assert_eq!(
        silent.iter().map(|one| (one.0, one.1.as_str())).collect::<Vec<_>>(),
        [(2, "本笔缴社保公积金"), (3, "本笔缴社保公积金")]
    );
    assert!(refused(["是", "是"])[0].2.contains("重复缴"));
    let ran = desk.pay(&moved(["否", "是"]), "2026-09", &[]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let paid = slips(&ran.json());
    // Shanghai takes nothing; Kunming 8 % of 20,000.
    assert_eq!((line(&paid[0], "pension_employee"), line(&paid[1], "pension_employee")), ("0.00", "1600.00"));
    assert_eq!(line(&paid[1], "housing_fund_employee"), "1000.00");
    let ran = desk.pay(&moved(["是", "否"]), "2026-09", &[]);
    let paid = slips(&ran.json());
    assert_eq!((line(&paid[0], "housing_fund_employee"), line(&paid[1], "housing_fund_employee")), ("1400.00", "0.00"));
}

#[test]
fn all_payments_together_are_held_against_the_minimum_wage() {
    let found = |first: &str, second: &str, place: &'static str| {
        let desk = Desk::new();
        let part = |part, wage, place| {
            joined(
                1,
                &[
                    ("参保地", "昆明市"),
                    ("工作地", place),
                    ("公积金缴存比例", "5%"),
                    ("社保缴费基数", "4403"),
                    ("公积金缴存基数", "2270"),
                    ("基本工资", wage),
                    ("笔次", part),
                ],
            )
        };
        let json = desk.pay(&[part("1", first, "昆明市"), part("2", second, place)], "2026-09", &[]).json();
        let of = |at: usize| {
            let found: Vec<String> = findings(&json["slips"][at]).into_iter().map(str::to_owned).collect();
            found.into_iter().filter(|code| code.contains("minimum")).collect::<Vec<_>>()
        };
        (of(0), of(1))
    };
    // Kunming's is 2,270 a month. Only with the last payment is the month whole.
    assert_eq!(found("1000", "1270", "昆明市"), (vec![], vec![]));
    assert_eq!(found("1000", "1269.99", "昆明市"), (vec![], vec!["payroll.below_minimum".to_owned()]));
    assert_eq!(found("1000", "1000", "北京市"), (vec![], vec!["payroll.below_minimum_moved".to_owned()]));
}

#[test]
fn fees_for_one_project_in_one_run_are_one_payment() {
    let desk = Desk::new();
    let fee = |part, amount, project| {
        let cells = [
            ("用工形式", "劳务"),
            ("基本工资", ""),
            ("社保缴费基数", ""),
            ("公积金缴存基数", ""),
            ("公积金缴存比例", ""),
        ];
        let own = [("笔次", part), ("劳务报酬", amount), ("项目", project)];
        joined(1, &[&cells[..], &own].concat())
    };
    let people = [fee("1", "3000", "甲"), fee("2", "2000", "甲"), fee("3", "2000", "乙")];
    let ran = desk.pay(&people, "2026-09", &[]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let paid = slips(&ran.json());
    // (3,000 − 800) × 20 %; 5,000 × 80 % × 20 % less that; (2,000 − 800) × 20 %.
    let tax: Vec<&str> = paid.iter().map(|slip| figure(slip, "tax")).collect();
    assert_eq!(tax, ["440.00", "360.00", "240.00"]);
}

#[test]
fn a_payment_without_the_one_before_is_refused() {
    let refused = |people: &[Person]| {
        let desk = Desk::new();
        let ran = desk.pay(people, "2026-09", &[]);
        let json = ran.json();
        let told: Vec<(u64, String, String)> = refusals(&json)
            .into_iter()
            .map(|(row, column, problem)| (row, column.to_owned(), problem.to_owned()))
            .collect();
        told
    };
    let part = |part, changes: &[(&'static str, &str)]| joined(1, &[&[("笔次", part)][..], changes].concat());
    let told = |people: &[Person], expected: &[(u64, &str, &str)]| {
        let found = refused(people);
        let found: Vec<(u64, &str, &str)> =
            found.iter().map(|(row, column, what)| (*row, column.as_str(), what.as_str())).collect();
        assert_eq!(found, expected);
    };
    told(&[part("1", &[]), part("3", &[])], &[(3, "笔次", "第 2 笔没有核算，本笔的累计数算不出")]);
    told(&[part("1", &[]), part("1", &[])], &[(3, "工号", "与第 2 行是同一人，同为第 1 笔")]);
    let other = [("工号", "A009"), ("姓名", "样例甲")];
    told(&[part("1", &[]), part("2", &other)], &[(3, "证件号码", "同一扣缴义务人的证件号码与第 2 行重复")]);
    told(&[part("0", &[])], &[(2, "笔次", "笔次从 1 起")]);
    let no = [("本笔缴社保公积金", "否")];
    told(&[joined(1, &no)], &[(2, "本笔缴社保公积金", "本期名单里只有这一笔，不能不缴")]);
    let unsaid = "没有说明本期随哪一笔缴（各笔的参保地或缴存地不同，或者第 1 笔填了否）";
    told(&[part("1", &no), part("2", &[])], &[(2, "本笔缴社保公积金", unsaid), (3, "本笔缴社保公积金", unsaid)]);
    let nowhere = [("参保地", "无此市")];
    let found = refused(&[part("1", &nowhere), part("2", &[("参保地", "无此市"), ("本笔缴社保公积金", "")])]);
    assert_eq!(found.iter().map(|one| one.0).collect::<Vec<_>>(), [2, 3], "{found:?}");
    told(
        &[part("1", &[("累计专项附加扣除", "1000")]), part("2", &[("累计专项附加扣除", "2000")])],
        &[(3, "累计专项附加扣除", "与第 1 笔（第 2 行）不同")],
    );
    told(
        &[part("1", &[("社保缴费基数", "")]), part("2", &[])],
        &[
            (2, "社保缴费基数", "分几笔支付的，一笔的工资不是整月的工资，不能以它为缴费基数"),
            (3, "笔次", "第 1 笔没有核算，本笔的累计数算不出"),
        ],
    );
}

#[test]
fn whoever_has_two_payers_is_told_and_each_withholds_by_itself() {
    let desk = Desk::new();
    let of = |number, payer, additional| {
        let cells = [("工号", number), ("扣缴义务人", payer), ("累计专项附加扣除", additional)];
        joined(1, &cells)
    };
    let codes = |people: &[Person]| {
        let json = desk.pay(people, "2026-09", &[]).json();
        let told = |slip: &Value| {
            let found = findings(slip).into_iter().filter(|code| code.contains("two_payers") || code.contains("twice"));
            found.map(str::to_owned).collect::<Vec<_>>()
        };
        json["slips"].as_array().unwrap().iter().map(told).collect::<Vec<_>>()
    };
    let (two, twice) = ("payroll.two_payers", "payroll.additional_twice");
    assert_eq!(codes(&[of("A001", "样例甲公司", "1000"), of("A002", "样例乙公司", "")]), [vec![two], vec![two]]);
    let both = [of("A001", "样例甲公司", "1000"), of("A002", "样例乙公司", "1000")];
    assert_eq!(codes(&both), [vec![two, twice], vec![two, twice]]);
    assert_eq!(codes(&[of("A001", "样例甲公司", "1000")]), [Vec::<String>::new()]);
}

#[test]
fn a_second_run_of_the_month_names_whose_rows_belong_together() {
    let desk = Desk::new();
    let told = |changes: &[(&'static str, &str)], kind| {
        let ran = desk.pay_as_text(
            &[joined(1, changes), joined(2, changes)],
            "2026-09",
            &["--kind", kind, "--db", &desk.text_path("ledger.db")],
        );
        ran.out.contains("同一个月已由另一批付过：A001、A002")
    };
    assert!(!told(&[], "regular"));
    assert!(told(&[("基本工资", "0"), ("奖金", "5000")], "bonus"));
}

#[test]
fn a_replay_holds_a_later_payment_against_the_one_before() {
    let desk = Desk::new();
    assert_eq!(desk.book(&[joined(1, &[]), joined(1, &[("笔次", "2")])], "2026-09", &[]).code, 0);
    let replay = || gongche(&["ledger", "replay", "2026-09", "--db", &desk.text_path("ledger.db"), "--format", "json"]);
    assert_eq!(replay().code, 0, "{}", replay().out);
    // Where no result betrays it: what an intern was paid before says nothing of a wage.
    let (from, to) = (r#""payroll.months_missing":"0""#, r#""payroll.remuneration.prior_intern_income":"5""#);
    raw(
        &desk.path("ledger.db"),
        &format!("UPDATE slip SET inputs = replace(inputs, '{from}', '{from},{to}') WHERE worker LIKE '%第2笔%'"),
    );
    let replayed = replay();
    assert_eq!(replayed.code, 2, "{}", replayed.out);
    let differing = &replayed.json()["runs"][0]["differing"][0];
    assert_eq!(figure(differing, "worker"), "A001（第2笔）");
    assert_eq!(figure(differing, "problem"), "此前累计的“此前累计实习报酬”：存的是 5，按账本里它以前的各行是 无");
}
