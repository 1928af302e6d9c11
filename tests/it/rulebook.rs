//! Every fault of a rule book is found, pointed at, and said so that it can be mended; a sound book is read whole.

use gongche::rulebook::{Book, Diagnostic, Sources, in_order, render};
use std::{
    fs,
    path::{Path, PathBuf},
};

fn books() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/books")
}

pub(crate) fn golden(folder: &str) -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(folder));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

/// The characters that a diagnostic points at; of several lines the first.
fn pointed_at<'s>(sources: &'s Sources, diagnostic: &Diagnostic) -> &'s str {
    let place = diagnostic.at.0;
    let text = &sources.text(place.file)[place.span.start..place.span.end];
    text.lines().next().unwrap_or_default()
}

#[test]
fn every_fault_is_found_pointed_at_and_explained() {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(books().join("faulty")).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() > 90, "the faulty books are there");
    let mut wrong = Vec::new();
    for folder in folders {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let Err(faulty) = Book::read_all(Sources::read(&folder).unwrap()) else {
            wrong.push(format!("{name}: taken for sound"));
            continue;
        };
        let found = in_order(&faulty.diagnostics);
        let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
        let (codes, texts) = (read("expect"), read("points-at"));
        let expected: Vec<(&str, &str)> = codes.lines().zip(texts.lines()).collect();
        let found: Vec<(&str, &str)> =
            found.into_iter().map(|one| (one.code, pointed_at(&faulty.sources, one))).collect();
        if found != expected {
            wrong.push(format!("{name}: expected {expected:?}, found {found:?}"));
        }
        golden("rulebook").bind(|| insta::assert_snapshot!(name, render(&faulty.sources, &faulty.diagnostics)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_approved_text_has_its_book() {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/rulebook")).unwrap() {
        let name = entry.unwrap().path().file_stem().unwrap().to_owned();
        assert!(books().join("faulty").join(&name).is_dir(), "golden/rulebook/{}: no such book", name.display());
    }
}

#[test]
fn every_diagnostic_speaks_chinese() {
    for folder in fs::read_dir(books().join("faulty")).unwrap() {
        let Err(faulty) = Book::read_all(Sources::read(&folder.unwrap().path()).unwrap()) else { continue };
        for one in &faulty.diagnostics {
            let chinese = |text: &str| text.chars().any(|c| ('一'..='龥').contains(&c));
            assert!(chinese(&one.message) && chinese(&one.at.1), "{one:?}");
        }
    }
}
