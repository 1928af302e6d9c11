//! `gongche check` as people and programs meet it.

use crate::rulebook::golden;
use serde_json::Value;
use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

fn gongche(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gongche"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stdout)))
}

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

const AGENT: &str = "examples/hotline/engagements/agent.toml";

#[test]
fn the_hotlines_people_are_what_its_readme_says() {
    let expected = [
        ("agent", "employment", 0),
        ("agent-directed", "dispatch", 1),
        ("night", "non_full_time", 0),
        ("retiree", "over_age", 0),
        ("intern", "internship", 0),
    ];
    for (name, relation, code) in expected {
        let file = format!("examples/hotline/engagements/{name}.toml");
        let output = gongche(&["check", &file, "--format", "json"], "");
        assert_eq!(output.status.code(), Some(code), "{name}");
        assert_eq!(json(&output)["relation"], relation, "{name}");
    }
}

#[test]
fn a_decision_reads_as_approved() {
    let output = gongche(&["check", "examples/hotline/engagements/agent-directed.toml"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    // The digest changes with every rule of the book.
    let text: String =
        text.lines().filter(|line| !line.starts_with("以上依规则库")).map(|line| format!("{line}\n")).collect();
    golden("classification").bind(|| insta::assert_snapshot!("agent-directed", text));
}

#[test]
fn all_faults_of_a_file_are_told_at_once_with_their_places() {
    let folder = TempDir::new().unwrap();
    let file = written(
        folder.path(),
        "e.toml",
        "region = \"火星\"\n[facts]\nrules_aply = true\nhours_per_day = 4.5\nhours_per_week = 169\nsex_required = \"甲\"\nstart = 2026-02-30\n",
    );
    let output = gongche(&["check", &file, "--format", "json"], "");
    assert_eq!(output.status.code(), Some(2));
    let error = json(&output);
    let places: Vec<&str> =
        error["error"]["diagnostics"].as_array().unwrap().iter().map(|one| one["where"].as_str().unwrap()).collect();
    let lines: Vec<&str> = places.iter().map(|place| place.rsplit(':').next().unwrap()).collect();
    assert_eq!(lines, ["1", "1", "3", "4", "5", "6", "7"], "{error:#}");
    assert!(error.to_string().contains("rules_apply"), "the nearest key is suggested");
}

#[test]
fn what_is_not_known_is_left_out_or_said_to_be_so() {
    let folder = TempDir::new().unwrap();
    let file = written(folder.path(), "e.toml", "on = 2026-06-01\n[facts]\nrules_apply = \"未知\"\n");
    let decision = json(&gongche(&["check", &file, "--format", "json"], ""));
    assert_eq!(decision["relation"], "undetermined");
    assert_eq!(decision["undetermined"], true);
    assert!(decision["open_questions"].as_array().unwrap().iter().any(|open| open["question"] == "rules_apply"));
}

#[test]
fn a_day_before_the_law_is_not_covered() {
    let folder = TempDir::new().unwrap();
    let file = written(
        folder.path(),
        "e.toml",
        "on = 1970-06-01\n[facts]\nbirth_date = 1950-01-01\nsex = \"男\"\nrules_apply = true\n",
    );
    let output = gongche(&["check", &file, "--format", "json"], "");
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(json(&output)["error"]["code"], "coverage");
}

#[test]
fn the_template_has_every_question_and_is_a_sound_file() {
    let template = String::from_utf8(gongche(&["check", "--template"], "").stdout).unwrap();
    for id in ["rules_apply", "dispatch_ratio", "health_certificate_required", "monthly_wage"] {
        assert!(template.contains(&format!("# {id} = ")), "{id}");
    }
    let folder = TempDir::new().unwrap();
    let empty = written(folder.path(), "empty.toml", &template);
    assert_eq!(json(&gongche(&["check", &empty, "--format", "json"], ""))["relation"], "undetermined");
    // With every line uncommented each sample is an answer that is taken.
    let filled: String = template
        .lines()
        .map(|line| {
            line.strip_prefix("# ")
                .filter(|rest| {
                    rest.split_once(" = ")
                        .is_some_and(|(id, _)| id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
                })
                .unwrap_or(line)
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let filled = written(folder.path(), "filled.toml", &filled);
    let output = gongche(&["check", &filled, "--format", "json"], "");
    assert_eq!(
        json(&output)["facts"].as_object().unwrap().len(),
        template.lines().filter(|line| line.starts_with("# ") && line.contains(" = ")).count() - 2
    );
}

#[test]
fn an_interview_asks_what_matters_and_ends() {
    let asked = |output: &Output| String::from_utf8_lossy(&output.stderr).lines().count();
    // Not managed: nothing else matters for the relation, and little for what follows.
    let free = gongche(&["check", "--interview", "--on", "2026-06-01", "--format", "json"], "否\n");
    assert_eq!(json(&free)["relation"], "independent_service");
    // An answer that is none is asked again; the end of the input ends the interview.
    let again = gongche(&["check", "--interview", "--on", "2026-06-01", "--format", "json"], "大概\n是\n");
    assert_eq!(json(&again)["relation"], "undetermined");
    assert!(String::from_utf8_lossy(&again.stderr).contains("请再答一次"));
    // To know nothing ends as well, each question asked once.
    let nothing = gongche(&["check", "--interview", "--on", "2026-06-01", "--format", "json"], &"\n".repeat(200));
    assert_eq!(json(&nothing)["relation"], "undetermined");
    assert!(asked(&nothing) < 60, "{}", asked(&nothing));
}

#[test]
fn an_opinion_is_written_the_same_twice() {
    let (first, second) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for folder in [&first, &second] {
        let out = folder.path().to_str().unwrap();
        assert!(gongche(&["check", AGENT, "--out", out], "").status.success());
    }
    let pdf = |folder: &TempDir| fs::read(folder.path().join("opinion.pdf")).unwrap();
    assert!(pdf(&first).starts_with(b"%PDF") && pdf(&first) == pdf(&second));
}

#[test]
fn an_opinion_says_what_it_says() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().to_str().unwrap();
    gongche(&["check", AGENT, "--out", out], "");
    let text = Command::new("pdftotext").args(["-layout", &format!("{out}/opinion.pdf"), "-"]).output();
    let Ok(text) = text else {
        println!("skipped: there is no pdftotext");
        return;
    };
    let text: String = String::from_utf8(text.stdout).unwrap().split_whitespace().collect();
    for words in [
        "用工关系认定意见书",
        "赵样例",
        "认定为劳动关系。",
        "什么会改变结论",
        "不是仲裁机构或者人民法院的认定",
        "劳社部发〔2005〕12号",
    ] {
        assert!(text.contains(words), "{words}");
    }
}

const SHIFTS: &str = "工号,姓名,用人单位,日期,工时,规章制度适用于劳动者,受用人单位劳动管理,从事用人单位安排的有报酬的劳动,劳动是用人单位业务的组成部分,以小时计酬为主,协议名称,备注
A1,甲样例,样例门店,2026-09-07,4,是,是,是,是,是,兼职协议,
A1,甲样例,样例门店,2026-09-08,4,,,,,,,
A1,甲样例,样例门店,2026-09-09,4,,,,,,,
A1,甲样例,样例门店,2026-09-10,4,,,,,,,
A1,甲样例,样例门店,2026-09-11,4,,,,,,,
A1,甲样例,样例门店,2026-09-12,4,,,,,,,
A1,甲样例,样例门店,2026-09-13,0.5,,,,,,,
A1,甲样例,样例书店,2026-09-13,4,是,是,是,是,是,兼职协议,
A2,乙样例,样例门店,2026-09-07,25,是,是,是,是,是,兼职协议,
A3,丙样例,样例门店,,,是,也许,是,是,是,,
A4,丁样例,样例门店,2026-09-07,8,是,是,是,是,否,劳动合同,
";

#[test]
fn shifts_are_added_up_by_worker_employer_and_week() {
    let folder = TempDir::new().unwrap();
    let file = written(folder.path(), "shifts.csv", SHIFTS);
    let out = folder.path().join("out");
    let output = gongche(&["check", &file, "--format", "json", "--out", out.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(2), "some rows were refused");
    let report = json(&output);
    assert_eq!(report["on"], "2026-09-13", "the last day worked");
    let found = |worker: &str, employer: &str| {
        let all = report["engagements"].as_array().unwrap();
        all.iter().find(|one| one["worker"] == worker && one["employer"] == employer).unwrap().clone()
    };
    let shop = found("A1", "样例门店");
    assert_eq!((&shop["relation"], &shop["hours_per_week"]), (&"employment".into(), &"24.5".into()));
    assert_eq!(shop["exceeded_on"], "2026-09-13");
    assert!(shop["findings"].to_string().contains("stopped_being_non_full_time"));
    // The other employer's hours are its own.
    assert_eq!(found("A1", "样例书店")["relation"], "non_full_time");
    assert_eq!(found("A4", "样例门店")["relation"], "employment");
    let refused: Vec<(u64, &str)> = report["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["row"].as_u64().unwrap(), one["column"].as_str().unwrap()))
        .collect();
    assert_eq!(refused, [(10, "工时"), (11, "受用人单位劳动管理")]);
    assert_eq!(report["notes"], serde_json::json!(["没有用到的列：备注"]));
    assert!(out.join("findings.xlsx").is_file());
}

#[test]
fn a_payrolls_roster_is_a_workforce_too() {
    let roster = "examples/hotline/roster-2026-09.xlsx";
    let output = gongche(&["check", roster, "--on", "2026-09-30", "--format", "json"], "");
    let report = json(&output);
    let rows = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/hotline/roster-2026-09.csv")).unwrap();
    assert_eq!(report["engagements"].as_array().unwrap().len(), rows.lines().count() - 1);
    assert_eq!(report["rejected"], serde_json::json!([]));
    let without_a_day = gongche(&["check", roster], "");
    assert_eq!(without_a_day.status.code(), Some(2));
}
