//! `gongche rules` through the binary: what people read and programs parse, and how each command ends.

use assert_cmd::Command;
use serde_json::Value;
use std::{fs, path::Path};

/// What a command wrote, and its exit code.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) complaint: String,
    pub(crate) code: i32,
}

impl Ran {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.complaint))
    }
}

/// Runs `gongche` on a book below `tests/books`.
pub(crate) fn gongche(book: &str, arguments: &[&str]) -> Ran {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/books").join(book);
    let output =
        Command::new(env!("CARGO_BIN_EXE_gongche")).arg("--rules").arg(folder).args(arguments).output().unwrap();
    Ran {
        out: String::from_utf8(output.stdout).unwrap(),
        complaint: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}

/// The text of a command on the sound book is the approved one.
pub(crate) fn approve(folder: &str, name: &str, arguments: &[&str]) {
    let ran = gongche("sound", arguments);
    assert_eq!((ran.code, ran.complaint.as_str()), (0, ""), "{arguments:?}");
    crate::rulebook::golden(folder).bind(|| insta::assert_snapshot!(name, ran.out));
}

#[test]
fn what_people_read_is_as_approved() {
    for (name, arguments) in [
        ("list", vec!["list"]),
        ("list-package", vec!["list", "--package", "样例税率表"]),
        ("check", vec!["check"]),
        ("check-on", vec!["check", "--on", "2026-11-21"]),
        ("test", vec!["test"]),
        ("coverage", vec!["coverage"]),
        ("coverage-region", vec!["coverage", "--region", "东区"]),
        ("coverage-missing", vec!["coverage", "--region", "乙市"]),
        ("show-fact", vec!["show", "demo.social.declared_base"]),
        ("show-choice", vec!["show", "居民身份"]),
        ("show-carried", vec!["show", "prior_tax"]),
        ("show-dimension", vec!["show", "险种"]),
        ("show-value", vec!["show", "减除费用"]),
        ("show-supplied", vec!["show", "缴费费率"]),
        ("show-supplied-places", vec!["show", "基数下限"]),
        ("show-supplied-tiers", vec!["show", "分档补贴"]),
        ("show-supplied-region", vec!["show", "demo.social.rounding", "--region", "990101"]),
        ("show-scale", vec!["show", "样例税率表一"]),
        ("show-figure", vec!["show", "demo.wage.taxable"]),
        ("show-cases", vec!["show", "缴费额"]),
    ] {
        approve("rules", name, &[vec!["rules"], arguments].concat());
    }
}

#[test]
fn due_is_what_still_answers_from_the_day_on() {
    let due = |on: &str| {
        let json = gongche("sound", &["rules", "check", "--on", on, "--format", "json"]).json();
        let ids = |key: &str| -> Vec<String> {
            json[key].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        (ids("overdue"), ids("repealed"))
    };
    assert_eq!(due("2026-08-31").0, Vec::<String>::new());
    assert_eq!(due("2026-09-01").0, ["demo.social.base_floor"]);
    assert_eq!(due("2026-06-30").1, Vec::<String>::new());
    assert_eq!(due("2026-07-01").1, ["demo.social.base_raised"]);
    // Without a day nothing is due, and nothing is guessed.
    let json = gongche("sound", &["rules", "check", "--format", "json"]).json();
    assert!(json["overdue"].is_null() && json["repealed"].is_null());
    let counted: u64 = json["confidence"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!(json["values"].as_u64(), Some(counted));
}

#[test]
fn coverage_names_what_one_place_lacks_and_another_has() {
    let json = gongche("sound", &["rules", "coverage", "--format", "json"]).json();
    let place = |code: &str| {
        let places = json["places"].as_array().unwrap();
        places.iter().find(|place| place["region"] == code).unwrap().clone()
    };
    let (city, other) = (place("990100"), place("990200"));
    assert_eq!(city["missing"][0]["cells"], serde_json::json!(["demo.social.tier"]));
    assert_eq!(city["missing"][0]["supplied_by"], serde_json::json!(["990101", "990102", "990200"]));
    assert_eq!(city["missing"][0]["supplied_by_count"], 3);
    // Places without a file are told supply by supply, and on their own when asked for.
    let listed: Vec<_> = json["listed"].as_array().unwrap().iter().map(|one| one["regions"].clone()).collect();
    assert_eq!(listed, [serde_json::json!(["990101"]), serde_json::json!(["990102"])]);
    let district = gongche("sound", &["rules", "coverage", "--region", "990101", "--format", "json"]).json();
    let district = &district["places"][0];
    assert_eq!(
        (&district["missing"], &district["subjects"][0]["from"]),
        (&serde_json::json!([]), &serde_json::json!("2026-01-01"))
    );
    assert_eq!(other["missing"][0]["cells"], serde_json::json!(["demo.social.fixed[employee]"]));
    assert_eq!(other["missing"][0]["supplied_by"], serde_json::json!(["990100"]));
    assert_eq!(city["inherits"], serde_json::json!(["990000", "000000"]));
    assert!(city["subjects"][0]["from"].is_null());
    let floor = other["covered"].as_array().unwrap().iter().find(|one| one["id"] == "demo.social.base_floor").unwrap();
    assert_eq!((floor["until"].as_str(), &floor["regions"]), (Some("2027-01-01"), &serde_json::json!(["990200"])));
}

#[test]
fn every_command_gives_json_alone() {
    for (arguments, key) in [
        (vec!["list"], "entries"),
        (vec!["show", "tax"], "cases"),
        (vec!["show", "缴费费率"], "answers"),
        (vec!["check"], "rulebook"),
        (vec!["test"], "passed"),
        (vec!["coverage"], "places"),
        (vec!["schema"], "$defs"),
    ] {
        let ran = gongche("sound", &[vec!["--format", "json", "rules"], arguments.clone()].concat());
        assert!(!ran.json()[key].is_null(), "{arguments:?}");
        assert_eq!((ran.code, ran.complaint.as_str()), (0, ""), "{arguments:?}");
    }
}

#[test]
fn commands_end_with_the_code_of_what_went_wrong() {
    for (arguments, code, needle) in [
        (vec!["rules", "show", "本期预扣税"], 2, "是不是「本期预扣税额」"),
        (vec!["rules", "show", "xyz"], 2, "rules list"),
        (vec!["rules", "list", "--package", "demo.wages"], 2, "是不是「demo.wage」"),
        (vec!["rules", "show", "基数下限", "--region", "丁市"], 2, "丁市"),
        (vec!["rules", "show", "基数下限", "--region", "中区"], 3, "样例直辖市中区"),
        (vec!["rules", "show", "分档补贴", "--region", "甲市"], 3, "样例省甲市"),
        (vec!["rules", "coverage", "--region", "980000"], 3, "样例直辖市"),
        (vec!["rules", "check", "--on", "2026-02-30"], 2, "不是日期"),
    ] {
        let ran = gongche("sound", &arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.complaint);
        assert!(ran.complaint.contains(needle) && ran.out.is_empty(), "{arguments:?}: {}{}", ran.out, ran.complaint);
        let json = gongche("sound", &[arguments.clone(), vec!["--format", "json"]].concat());
        assert_eq!(json.code, code);
        assert!(json.json()["error"]["message"].as_str().is_some_and(|message| !message.is_empty()));
    }
}

#[test]
fn a_faulty_book_is_refused_with_everything_that_is_wrong() {
    let ran = gongche("faulty/five-at-once", &["rules", "check"]);
    assert_eq!(ran.code, 2);
    for code in ["unknown-key", "cycle", "gap", "rounding", "unknown-name", "region"] {
        assert!(ran.complaint.contains(&format!("error[{code}]")), "{code}");
    }
    let json = gongche("faulty/five-at-once", &["rules", "check", "--format", "json"]).json();
    assert_eq!(json["error"]["code"], "rules");
    let all = json["error"]["diagnostics"].as_array().unwrap();
    let gap = all.iter().find(|one| one["code"] == "gap").unwrap();
    assert_eq!((all.len(), gap["where"].as_str()), (7, Some("b.toml:19")));
}

#[test]
fn an_example_that_fails_fails_the_command_in_one_piece_of_json() {
    let book = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/books/sound"), book.path());
    let file = book.path().join("pay/wage.toml");
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("\"225.75\"", "\"225.76\"")).unwrap();
    let run = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gongche"));
        command.arg("--rules").arg(book.path()).args(["rules", "test", "--format", format]).output().unwrap()
    };
    let (text, json) = (run("text"), run("json"));
    assert_eq!((text.status.code(), json.status.code()), (Some(2), Some(2)));
    assert!(String::from_utf8(text.stdout).unwrap().contains("应为 225.76元，得 225.75元"));
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((json["passed"].as_u64(), json["failed"].as_array().map(Vec::len)), (Some(4), Some(1)));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

#[test]
fn the_schema_for_editors_is_fresh() {
    let schema = serde_json::to_string_pretty(&gongche::rulebook::json_schema()).unwrap() + "\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.schema.json");
    assert!(
        fs::read_to_string(path).unwrap() == schema,
        "docs/rules.schema.json is stale: cargo run -- rules schema > docs/rules.schema.json"
    );
}

#[test]
fn the_summary_of_coverage_is_fresh() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gongche"))
        .args(["rules", "coverage", "--summary"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/coverage.md")).unwrap();
    assert!(said == kept, "gongche rules coverage --summary > docs/coverage.md");
}

/// What the program says as JSON of the book that it carries.
fn said(arguments: &[&str]) -> serde_json::Value {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_gongche"))
        .args(arguments)
        .args(["--format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_diff_of_two_days_of_knowledge_is_what_was_published_between_them() {
    let beijing = ["--on", "2026-08-31", "--region", "110000"];
    let diff = |a: &str, b: &str| said(&[&["rules", "diff", a, b][..], &beijing[..]].concat());
    assert_eq!(diff("2026-08-10", "2026-08-20"), serde_json::json!([]));
    let published = diff("2026-08-20", "2026-08-21");
    let ceiling = published.as_array().unwrap().iter().find(|one| one["id"] == "social.base_ceiling[pension]").unwrap();
    assert_eq!(ceiling["place"], "北京市");
    assert_eq!(ceiling["before"][0]["value"], "35811.00元/月");
    assert_eq!(ceiling["after"][0]["value"], "36348.00元/月");
    assert_eq!(ceiling["after"][0]["cite"], "京人社发〔2026〕7号");
}

#[test]
fn an_impact_names_the_affected_and_by_how_much() {
    let roster = ["--roster", "examples/hotline/roster-2026-09.csv", "--period", "2026-09"];
    let impact = |a: &str, b: &str| said(&[&["rules", "impact", a, b][..], &roster[..]].concat());
    assert_eq!(impact("2026-09-04", "2026-11-21"), serde_json::json!([]));
    // The bases of Yunnan were published on 2026-09-04: who is between floor and ceiling does not notice.
    let affected = impact("2026-09-03", "2026-09-04");
    let affected = affected.as_array().unwrap();
    let of = |worker: &str| affected.iter().find(|one| one["worker"] == worker);
    let pension = &of("YL001").unwrap()["figures"]["pension_employee"];
    assert_eq!(pension, &serde_json::json!({ "name": "基本养老保险（个人）", "before": "348.62", "after": "352.24" }));
    assert!(of("YL016").is_none() || affected.len() < 30, "not everybody is affected");
}
