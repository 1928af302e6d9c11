//! `gongche pay` through the binary, as a payroll clerk and as a program use it; its figures against other arithmetic.
#![allow(clippy::print_stdout, reason = "helpers of tests are tests")]
#![allow(clippy::arithmetic_side_effects, reason = "fractions without limit do not overflow, and a test may fail")]

mod arithmetic;
mod arrears;
mod attendance;
mod clerk;
mod engagements;
mod filings;
mod firm;
mod golden;
mod hotline;
mod identities;
mod killed;
mod kinds;
mod leavers;
mod ledger;
#[path = "../../../examples/made_up/citizen_number.rs"]
mod made_up;
mod parts;
mod refusals;
mod runs;
mod several;
mod statements;
mod year;

pub(crate) use crate::ledger::raw_file as raw;
use crate::rules::Ran;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// A person of a roster: cells by heading.
pub(crate) type Person = BTreeMap<&'static str, String>;

/// Runs `gongche` on the rules that it carries.
pub(crate) fn gongche(arguments: &[&str]) -> Ran {
    let done = assert_cmd::Command::new(env!("CARGO_BIN_EXE_gongche")).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: done.status.code().unwrap(), out: text(done.stdout), complaint: text(done.stderr) }
}

/// Code and message of an error object.
pub(crate) fn error(ran: &Ran) -> (String, String) {
    let error = &ran.json()["error"];
    let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
    (text("code"), text("message"))
}

/// A folder with a roster, where a run puts its files.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text_path(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Writes people as `roster.csv`.
    pub(crate) fn write(&self, people: &[Person]) -> String {
        let mut headings: Vec<&str> = Vec::new();
        for heading in people.iter().flat_map(BTreeMap::keys) {
            if !headings.contains(heading) {
                headings.push(heading);
            }
        }
        let mut writer = csv::Writer::from_path(self.path("roster.csv")).unwrap();
        writer.write_record(&headings).unwrap();
        for person in people {
            writer.write_record(headings.iter().map(|one| person.get(one).map_or("", String::as_str))).unwrap();
        }
        writer.flush().unwrap();
        self.text_path("roster.csv")
    }

    /// Pays people for a month, as text.
    pub(crate) fn pay_as_text(&self, people: &[Person], period: &str, more: &[&str]) -> Ran {
        let roster = self.write(people);
        let out = self.text_path("out");
        gongche(&[&["pay", &roster, "--period", period, "--out", &out], more].concat())
    }

    /// Pays people for a month, as JSON.
    pub(crate) fn pay(&self, people: &[Person], period: &str, more: &[&str]) -> Ran {
        self.pay_as_text(people, period, &[more, &["--format", "json"]].concat())
    }

    /// Pays people for a month with the ledger of the desk.
    pub(crate) fn book(&self, people: &[Person], period: &str, more: &[&str]) -> Ran {
        let ledger = self.text_path("ledger.db");
        self.pay(people, period, &[&["--db", &ledger], more].concat())
    }

    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(self.path(folder))
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// A made-up citizen number with a right check digit.
pub(crate) fn citizen_number(sequence: u32) -> String {
    made_up::with_check_digit(&format!("31010119900307{sequence:03}"))
}

/// Somebody in Shanghai with 20,000 yuan and the fund at 7 %, employed since August 2025.
pub(crate) fn person(sequence: u32, changes: &[(&'static str, &str)]) -> Person {
    let mut person: Person = [
        ("姓名", "样例甲"),
        ("证件类型", "居民身份证"),
        ("用工形式", "全日制"),
        ("参保地", "上海市"),
        ("任职受雇日期", "2025-08-01"),
        ("基本工资", "20000"),
        ("社保缴费基数", "20000"),
        ("公积金缴存基数", "20000"),
        ("公积金缴存比例", "7%"),
        ("工伤行业类别", "1"),
        ("期初累计收入", "0"),
    ]
    .map(|(heading, cell)| (heading, cell.to_owned()))
    .into();
    person.insert("工号", format!("A{sequence:03}"));
    person.insert("证件号码", citizen_number(sequence));
    person.extend(changes.iter().map(|(heading, cell)| (*heading, (*cell).to_owned())));
    person
}

/// The figure of a slip, which is text.
pub(crate) fn figure<'s>(slip: &'s Value, name: &str) -> &'s str {
    slip[name].as_str().unwrap_or_else(|| panic!("no {name} in {slip}"))
}

/// The amount of a line.
pub(crate) fn line<'s>(slip: &'s Value, id: &str) -> &'s str {
    let lines = slip["lines"].as_array().unwrap();
    let line = lines.iter().find(|line| line["id"] == id).unwrap_or_else(|| panic!("no {id} in {slip}"));
    line["amount"].as_str().unwrap()
}

/// The codes of a slip's findings.
pub(crate) fn findings(slip: &Value) -> Vec<&str> {
    slip["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

/// Row, column and problem of each refusal.
pub(crate) fn refusals(json: &Value) -> Vec<(u64, &str, &str)> {
    let rejected = json["rejected"].as_array().unwrap().iter();
    let told = |one: &Value| !one["remedy"].as_str().unwrap().is_empty();
    rejected
        .inspect(|one| assert!(told(one), "{one}"))
        .map(|one| (one["row"].as_u64().unwrap(), one["column"].as_str().unwrap(), one["problem"].as_str().unwrap()))
        .collect()
}

/// The text of a PDF where poppler is installed.
pub(crate) fn pdf_text(path: &Path) -> Option<String> {
    match Command::new("pdftotext").arg("-layout").arg(path).arg("-").output() {
        Ok(done) => {
            assert!(done.status.success(), "{}", path.display());
            Some(String::from_utf8(done.stdout).unwrap())
        }
        Err(_) => {
            println!("skipped: pdftotext is not installed");
            None
        }
    }
}
