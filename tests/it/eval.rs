//! `gongche eval` through the binary, on the sound book: the contract that people script against.

use crate::rules::{approve, gongche};
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// September 2026 in the made-up city.
const SEPTEMBER: [&str; 4] = ["--on", "2026-09-30", "--region", "甲市"];

fn eval<'a>(figure: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
    [&["eval", figure], arguments].concat()
}

fn json(arguments: &[&str]) -> serde_json::Value {
    gongche("sound", &[arguments, &["--format", "json"]].concat()).json()
}

#[test]
fn the_contract_is_kept() {
    let given = ["--given", "declared_base=4567.8", "--trace"];
    let json = json(&eval("demo.social.contribution[pension, employee]", &[&SEPTEMBER[..], &given].concat()));
    let keys: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = [
        "figure",
        "name",
        "value",
        "unit",
        "on",
        "known_at",
        "region",
        "rulebook",
        "values_digest",
        "confidence",
        "cite",
        "from",
        "open",
        "unused",
        "provisional",
        "uncertain",
        "findings",
        "trace",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
    assert_eq!(json["figure"], "demo.social.contribution[pension,employee]");
    assert_eq!(json["name"], "缴费额[养老保险、个人]");
    // 4567.80 × 8 % + 5.00 = 370.424, to the jiao.
    assert_eq!(json["value"], "370.40");
    assert_eq!((json["unit"].as_str(), json["region"].as_str()), (Some("元"), Some("990100")));
    assert_eq!((json["on"].as_str(), json["known_at"].is_null()), (Some("2026-09-30"), true));
    assert_eq!(json["confidence"], "U");
    assert_eq!((&json["open"], &json["unused"]), (&serde_json::json!([]), &serde_json::json!([])));
    assert_eq!(json["rulebook"].as_str().map(str::len), Some(64));
    assert_eq!(json["trace"]["rounding"], "四舍五入到角");
}

#[test]
fn a_figure_is_found_by_its_id_wherever_that_is_unique_and_by_its_name() {
    for figure in ["demo.social.base", "base", "缴费基数"] {
        let json = json(&eval(figure, &[&SEPTEMBER[..], &["--given", "申报基数=5000"]].concat()));
        assert_eq!((json["figure"].as_str(), json["value"].as_str()), (Some("demo.social.base"), Some("5000.00")));
    }
}

#[test]
fn what_is_not_known_is_null_and_names_the_facts_that_would_decide() {
    let json = json(&eval("demo.wage.tax", &SEPTEMBER));
    assert!(json["value"].is_null());
    let open: Vec<&str> = json["open"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(open, ["demo.wage.income", "demo.wage.paid_on"]);
    // A fact that decides alone leaves the others out.
    let json = crate::eval::json(&eval("demo.wage.tax", &[&SEPTEMBER[..], &["--given", "residence=visitor"]].concat()));
    let open: Vec<&str> = json["open"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(open, ["demo.wage.income"]);
    let ran = gongche("sound", &eval("demo.wage.tax", &SEPTEMBER));
    assert_eq!(ran.code, 0);
    assert!(ran.out.starts_with("本期预扣税额 = 未知\n依据：样例所得税法 第六条\n"), "{}", ran.out);
    assert!(ran.out.contains("\n还缺：本期工资（demo.wage.income）、发放日期"), "{}", ran.out);
}

#[test]
fn what_was_known_is_seen_on_both_sides_of_its_publication() {
    let floor = |known_at: Option<&str>| {
        let known: Vec<&str> = known_at.map_or(Vec::new(), |day| vec!["--known-at", day]);
        json(&eval("base_floor", &[&["--on", "2026-08-31", "--region", "甲市"], &known[..]].concat()))["value"].clone()
    };
    assert_eq!(floor(Some("2026-08-19")), "4000.00");
    assert_eq!(floor(Some("2026-08-20")), "4400.00");
    assert_eq!(floor(None), "4400.00");
}

#[test]
fn what_the_book_does_not_cover_ends_with_three() {
    for (arguments, needle) in [
        (
            eval("base_floor", &["--on", "2025-06-30", "--region", "甲市"]),
            "最早的一版（样社发〔2025〕1号 第一条）自 2025-07-01 起",
        ),
        (eval("base_floor", &["--on", "2027-01-01", "--region", "乙市"]), "施行到 2026-12-31"),
        (eval("base_floor", &["--on", "2026-08-31", "--region", "甲市", "--known-at", "2025-06-19"]), "没有公布"),
        (eval("base_floor", &["--on", "2026-08-31"]), "参保地"),
        (eval("base_floor", &["--on", "2026-08-31", "--region", "中区"]), "样例直辖市中区"),
        // Half a year after the day of review nothing is computed on it any more.
        (eval("base_floor", &["--on", "2028-01-01", "--region", "甲市"]), "复核"),
    ] {
        let ran = gongche("sound", &arguments);
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{arguments:?}");
        assert!(ran.complaint.contains(needle), "{arguments:?}: {}", ran.complaint);
        let error = json(&arguments)["error"].clone();
        assert_eq!((error["code"].as_str(), error["where"].as_str()), (Some("coverage"), Some("基数下限")));
    }
    let day_before = json(&eval("base_floor", &["--on", "2027-12-31", "--region", "甲市"]));
    assert_eq!(day_before["value"], "4400.00", "overdue, but not for so long");
}

#[test]
fn what_is_given_in_vain_is_told() {
    let arguments =
        eval("base", &[&SEPTEMBER[..], &["--given", "declared_base=5000", "--given", "demo.wage.income=1"]].concat());
    assert_eq!(json(&arguments)["unused"][0]["id"], "demo.wage.income");
    let ran = gongche("sound", &arguments);
    assert!(ran.out.contains("没有用到：本期工资（demo.wage.income）"), "{}", ran.out);
}

#[test]
fn what_rests_on_unsettled_values_says_so_to_programs_too() {
    let late = json(&eval("base_floor", &["--on", "2027-12-31", "--region", "甲市"]));
    assert_eq!((&late["provisional"], &late["uncertain"][0]["provisional"]), (&true.into(), &true.into()));
    let settled = json(&eval("base_floor", &["--on", "2026-08-31", "--region", "甲市"]));
    assert_eq!(settled["provisional"], false);
}

/// The words of the library that reads arguments.
const ENGLISH: [&str; 10] = [
    "Usage",
    "Options",
    "Arguments",
    "Commands",
    "Print ",
    "default",
    "ossible values",
    "OPTIONS",
    "COMMAND",
    "FORMAT",
];

#[test]
fn help_is_in_chinese_for_every_command() {
    let help = |arguments: &[&str]| {
        let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_gongche")).args(arguments).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let listed = |text: &str| -> Vec<String> {
        let below = text.lines().skip_while(|line| *line != "命令：").skip(1).take_while(|line| line.starts_with("  "));
        below.filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
    };
    let top = help(&["--help"]);
    let commands = listed(&top);
    assert!(commands.len() > 10, "{top}");
    for command in &commands {
        for flag in ["--help", "-h"] {
            let text = help(&[command, flag]);
            assert!(text.contains("用法：gongche"), "{text}");
            for below in
                std::iter::once(text.clone()).chain(listed(&text).iter().map(|one| help(&[command, one, flag])))
            {
                let left: Vec<&&str> = ENGLISH.iter().filter(|english| below.contains(**english)).collect();
                assert_eq!(left, Vec::<&&str>::new(), "{below}");
            }
        }
    }
    assert!(!top.contains("Print") && help(&[]).contains("用法："), "{top}");
}

#[test]
fn wrong_arguments_are_told_in_chinese() {
    for (arguments, message, hint) in [
        (&["eval", "base", "--on"][..], "--on <日期> 后面没有写值", None),
        (
            &["eval", "base"],
            "还缺 --on <日期>",
            Some("写成 gongche eval --on <日期> --format <格式> <数>；全部参数见 --help"),
        ),
        (&["evla"], "没有「evla」这个命令", Some("是不是「eval」？")),
        (&["eval", "base", "--onn", "2026-09-30"], "没有「--onn」这个参数", Some("是不是「--on」？")),
        (&["eval", "base", "--on", "2026-13-01"], "--on <日期>：“2026-13-01”不是日期，例如 2026-07-01", None),
    ] {
        let error = json(arguments)["error"].clone();
        assert_eq!((error["code"].as_str(), error["message"].as_str()), (Some("usage"), Some(message)));
        assert_eq!(error["hint"].as_str(), hint, "{message}");
    }
}

#[test]
fn what_is_written_wrong_ends_with_two_and_a_hint() {
    for (arguments, code, needle) in [
        (eval("缴费基树", &SEPTEMBER), "unknown-name", "是不是「缴费基数」"),
        (eval("险种", &SEPTEMBER), "not-a-figure", "险种"),
        (eval("contribution[pension]", &SEPTEMBER), "unknown-name", "employee|employer"),
        (eval("contribution[pension, injury]", &SEPTEMBER), "unknown-name", "写了两次"),
        (eval("base", &["--on", "2026-09-30", "--region", "丁市"]), "region", "丁市"),
        (eval("base", &[&SEPTEMBER[..], &["--given", "declared_base=-0.1"]].concat()), "given", "应不小于 0"),
        (eval("base", &[&SEPTEMBER[..], &["--given", "declared_base=1.25"]].concat()), "given", "小数超过 1 位"),
        (eval("base", &[&SEPTEMBER[..], &["--given", "declared_base=许多"]].concat()), "given", "不是数字"),
        (eval("base", &[&SEPTEMBER[..], &["--given", "declared_base"]].concat()), "given", "名称=值"),
        (eval("base", &[&SEPTEMBER[..], &["--given", "base=1"]].concat()), "given", "算出来的数"),
        (
            eval("base", &[&SEPTEMBER[..], &["--given", "declared_base=1", "--given", "申报基数=1"]].concat()),
            "given",
            "写了两次",
        ),
        (eval("tax", &[&SEPTEMBER[..], &["--given", "residence=无"]].concat()), "cases", "没有一种情形成立"),
        (eval("base", &["--on", "2026-9-31"]), "usage", "2026-9-31"),
    ] {
        let ran = gongche("sound", &arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.complaint.contains(needle), "{arguments:?}: {}", ran.complaint);
        let error = json(&arguments)["error"].clone();
        assert_eq!(error["code"], code, "{arguments:?}");
        assert!(error["message"].as_str().unwrap().contains(needle), "{arguments:?}: {error}");
    }
}

#[test]
fn the_ends_of_a_range_belong_to_it() {
    for (months, fits) in [("0", false), ("1", true), ("12", true), ("13", false)] {
        let given = format!("months={months}");
        let arguments = eval("base", &SEPTEMBER);
        let ran = gongche("sound", &[&arguments[..], &["--given", "declared_base=5000", "--given", &given]].concat());
        assert_eq!(ran.code == 0, fits, "{months}: {}", ran.complaint);
    }
}

#[test]
fn an_unlawful_finding_ends_with_one_and_is_said() {
    let given = ["--given", "income=0", "--given", "paid_on=2026-09-30", "--given", "industry=low"];
    let arguments = eval("net", &[&SEPTEMBER[..], &given].concat());
    let ran = gongche("sound", &arguments);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("违法：实发工资-357.00元为负。\n  依据：样例所得税法 第七条\n  处理：核对扣款。"),
        "{}",
        ran.out
    );
    let findings = json(&arguments)["findings"].clone();
    let unlawful = findings.as_array().unwrap().iter().find(|one| one["severity"] == "unlawful").unwrap();
    assert_eq!(unlawful["code"], "demo.wage.net_negative");
}

#[test]
fn a_derivation_reads_as_a_payroll_clerk_would_write_it() {
    let facts = [
        "income=26000",
        "industry=low",
        "paid_on=2026-09-30",
        "hired_on=2026-08-01",
        "allowances[night]=300",
        "prior_income=6000",
        "prior_tax=100",
    ];
    let given: Vec<&str> = facts.iter().flat_map(|fact| ["--given", fact]).collect();
    approve("eval", "tax", &eval("demo.wage.tax", &[&SEPTEMBER[..], &given, &["--trace"]].concat()));
    approve("eval", "tax-open", &eval("demo.wage.tax", &[&SEPTEMBER[..], &["--trace"]].concat()));
    let quotient = ["--on", "2026-09-30", "--given", "income=10000", "--trace"];
    approve("eval", "quotient", &eval("hours_pay", &quotient));
    approve("eval", "provisional", &eval("base_floor", &["--on", "2026-09-01", "--region", "乙市", "--trace"]));
}

#[test]
fn a_closed_pipe_is_no_reason_to_panic() {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/books/sound");
    let mut child = Command::new(env!("CARGO_BIN_EXE_gongche"))
        .arg("--rules")
        .arg(book)
        .args(["rules", "coverage", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
