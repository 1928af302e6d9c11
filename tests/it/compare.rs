//! `gongche compare`: promised against paid.

use assert_cmd::Command;
use serde_json::{Value, json};

/// A payroll of so many people, with what they were paid in all on the first one's slip.
fn payroll(people: usize, base: &str) -> Value {
    let slip = |number: usize| {
        let (earnings, lines) = match number {
            0 => (
                json!([{ "id": "base", "amount": base }, { "id": "performance", "amount": "33000.00" }]),
                json!([
                    { "id": "pension_employer", "payer": "employer", "amount": "24932.10" },
                    { "id": "pension_employee", "payer": "employee", "amount": "12466.05" },
                ]),
            ),
            _ => (json!([]), json!([])),
        };
        json!({ "worker": number.to_string(), "relation": "employment", "earnings": earnings, "lines": lines })
    };
    json!({ "period": "2026-09", "slips": (0..people).map(slip).collect::<Vec<_>>() })
}

fn compared(payroll: &Value, more: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("payroll.json");
    std::fs::write(&path, payroll.to_string()).unwrap();
    let mut command = Command::cargo_bin("gongche").unwrap();
    command.args(["compare", "examples/hotline/tender.toml", path.to_str().unwrap(), "--format", "json"]).args(more);
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    serde_json::from_slice(&done.stdout).unwrap()
}

/// The findings of a comparison whose sentence names this.
fn about<'j>(said: &'j Value, name: &str) -> Vec<&'j str> {
    let findings = said["findings"].as_array().unwrap().iter();
    let of = findings.filter(|finding| finding["message"].as_str().unwrap().contains(name));
    of.map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[test]
fn locked_pay_may_not_be_undercut_by_a_fen() {
    let said = compared(&payroll(30, "97500.00"), &[]);
    assert!(about(&said, "基本工资").is_empty());
    assert!(about(&said, "基本养老保险费").is_empty(), "the employer's side alone counts");
    let said = compared(&payroll(30, "97499.99"), &[]);
    assert_eq!(about(&said, "基本工资"), ["quote.statement.locked_undercut"]);
}

#[test]
fn supervised_money_is_to_be_spent() {
    let said = compared(&payroll(30, "97500.00"), &["--spent", "meals=9299.99"]);
    assert_eq!(about(&said, "餐费"), ["quote.statement.supervised_unspent"]);
    let said = compared(&payroll(30, "97500.00"), &["--spent", "meals=9300.00"]);
    assert!(about(&said, "餐费").is_empty());
}

#[test]
fn a_person_missing_is_said() {
    assert!(about(&compared(&payroll(30, "97500.00"), &[]), "实际发薪").is_empty());
    assert_eq!(about(&compared(&payroll(29, "97500.00"), &[]), "实际发薪"), ["quote.statement.fewer_persons"]);
}
