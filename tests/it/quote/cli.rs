//! `gongche quote` through the binary: what people read, what programs parse, how it ends.

use super::HOTLINE;
use crate::pay::{error, gongche};
use std::fs;
use tempfile::TempDir;

fn approve(name: &str, text: &str) {
    crate::rulebook::golden("quote").bind(|| insta::assert_snapshot!(name, text));
}

/// The last line names digests, which change with any rule of the book.
fn without_digests(text: &str) -> String {
    text.lines()
        .map(|line| if line.starts_with("规则库 ") { "规则库 ########" } else { line })
        .collect::<Vec<_>>()
        .join("\n")
}

/// A folder with a tender file.
fn desk(text: &str) -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("tender.toml");
    fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn the_reports_are_as_approved() {
    for example in ["hotline", "beijing"] {
        let ran = gongche(&["quote", &format!("examples/{example}/tender.toml")]);
        assert_eq!((ran.code, ran.complaint.as_str()), (0, ""));
        approve(example, &without_digests(&ran.out));
    }
}

#[test]
fn json_keeps_the_contract() {
    let ran = gongche(&["quote", "examples/hotline/tender.toml", "--format", "json"]);
    let json = ran.json();
    for key in [
        "total",
        "total_capitals",
        "floor",
        "shortfall",
        "lines",
        "subtotals",
        "statutory_floor",
        "scenarios",
        "findings",
        "rulebook",
    ] {
        assert!(json.get(key).is_some(), "{key}");
    }
    assert_eq!(json["statutory_floor"], "1419309.14");
    assert!(json["lines"][0].get("trace").is_none());
    let traced = gongche(&["quote", "examples/hotline/tender.toml", "--format", "json", "--trace"]).json();
    assert_eq!(traced["lines"][6]["trace"][0]["trace"]["id"], "quote.month.contribution[pension,employer]");
    // Two runs, the same bytes.
    assert_eq!(ran.out, gongche(&["quote", "examples/hotline/tender.toml", "--format", "json"]).out);
}

#[test]
fn a_price_that_is_not_to_be_handed_in_writes_nothing() {
    let (folder, path) = desk(HOTLINE);
    let out = folder.path().join("out");
    let ran = gongche(&["quote", &path, "--out", out.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.complaint);
    assert!(out.join("quote.json").exists());
    let lowered = HOTLINE.replace("[offer]\n", "[offer]\nlines = [{ line = \"clothing\", amount = \"44399.99\" }]\n");
    let (folder, path) = desk(&lowered);
    let out = folder.path().join("out");
    let ran = gongche(&["quote", &path, "--out", out.to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("服装费") && !out.exists());
}

#[test]
fn bad_input_and_uncovered_places_have_their_exit_codes() {
    let (_folder, path) = desk(&HOTLINE.replace("fund_rate        = \"8%\"", "fund_rate = \"8\""));
    let ran = gongche(&["quote", &path, "--format", "json"]);
    assert_eq!((ran.code, error(&ran).0.as_str()), (2, "tender"));
    assert_eq!(ran.json()["error"]["diagnostics"][0]["code"], "range");
    let (_folder, path) = desk(&HOTLINE.replace("place      = \"530100\"", "place = \"542500\""));
    let ran = gongche(&["quote", &path, "--format", "json"]);
    assert_eq!((ran.code, error(&ran).0.as_str()), (3, "coverage"));
    assert_eq!(gongche(&["quote", "no/such.toml"]).code, 2);
    assert_eq!(gongche(&["quote", &path, "--total", "0"]).code, 2);
}

#[test]
fn the_template_is_a_tender_and_overwrites_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("new.toml");
    let path = path.to_str().unwrap();
    assert_eq!(gongche(&["quote", "--template", path]).code, 0);
    assert_eq!(gongche(&["quote", path]).code, 0);
    assert_eq!(gongche(&["quote", "--template", path]).code, 2);
}
