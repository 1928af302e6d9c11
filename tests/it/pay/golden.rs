//! The hotline's month as it was approved. Digests stand as `########`: they change with any rule of the book.

use super::hotline::HOTLINE;
use gongche::document;
use serde_json::Value;
use std::{fmt::Write as _, fs};

fn approve(name: &str, text: &str) {
    crate::rulebook::golden("payroll").bind(|| insta::assert_snapshot!(name, text));
}

/// The digest of the book and of the values of a slip, in full and as a page shows them.
fn without_digests(text: &str, slip: &Value) -> String {
    let digests = [&HOTLINE.json["rulebook"], &slip["values_digest"]].map(|digest| digest.as_str().unwrap());
    digests
        .iter()
        .fold(text.to_owned(), |text, digest| text.replace(digest, "########").replace(&digest[..12], "########"))
}

/// JSON with a line for each field, and for each entry of a list of objects.
fn fields(text: &mut String, object: &Value, indent: &str) {
    for (key, value) in object.as_object().unwrap() {
        match value.as_array() {
            Some(entries) if entries.first().is_some_and(Value::is_object) => {
                let _ = writeln!(text, "{indent}{key}:");
                for entry in entries {
                    let _ = writeln!(text, "{indent}  {entry}");
                }
            }
            _ => {
                let _ = writeln!(text, "{indent}{key}: {value}");
            }
        }
    }
}

#[test]
fn the_figures_are_as_approved() {
    let mut run = HOTLINE.json.clone();
    let slips = run.as_object_mut().unwrap().remove("slips").unwrap();
    run["rulebook"] = "########".into();
    let mut text = String::new();
    fields(&mut text, &run, "");
    for mut slip in slips.as_array().unwrap().iter().cloned() {
        let _ = writeln!(text, "\n{} {}", slip["worker"].as_str().unwrap(), slip["name"].as_str().unwrap());
        // What is uncertain is the same for all and is approved with the findings.
        for key in ["uncertain", "values_digest", "worker", "name"] {
            slip.as_object_mut().unwrap().remove(key).unwrap();
        }
        fields(&mut text, &slip, "  ");
    }
    approve("hotline-figures", &text);
}

#[test]
fn the_findings_are_as_approved() {
    let text = fs::read_to_string(HOTLINE.file("findings.txt")).unwrap();
    approve("hotline-findings", &without_digests(&text, &HOTLINE.slips()[0]));
}

#[test]
fn a_payslip_reads_as_approved() {
    let slip = &HOTLINE.slips()[0];
    let bytes = fs::read(HOTLINE.file("payslips/YL001-赵一样.pdf")).unwrap();
    let text = without_digests(&crate::documents::own_pages(&bytes).concat(), slip);
    let template = document::template_version("payslip").unwrap();
    let text = text.replace(&template, "########").replace(env!("CARGO_PKG_VERSION"), "#.#.#");
    approve("hotline-payslip", &text);
}
