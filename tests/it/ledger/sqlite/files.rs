//! Files that are no ledger, or none that we can read.

use std::{fs, thread};

use gongche::store::{Ledger, Problem, StoreError};

use super::{Bench, PAYER, header, key, raw, slip};

#[test]
fn a_new_ledger_is_empty_sound_and_opens_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("账本?mode=memory#1%20.db");
    for _ in 0..2 {
        let ledger = Ledger::open(&path).unwrap();
        let report = ledger.verify().unwrap();
        assert_eq!((report.sound, report.fault), (0, None));
        assert_eq!(ledger.path(), path);
    }
    let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files, [path], "closed, the ledger is one file under its own name");
}

#[test]
fn one_new_ledger_is_made_by_many_at_once() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.db");
        thread::scope(|scope| {
            let open = |n: usize| {
                let path = &path;
                scope.spawn(move || Ledger::open(path).and_then(|ledger| ledger.keep_book(&n.to_string(), b"content")))
            };
            let openers: Vec<_> = (0..4).map(open).collect();
            openers.into_iter().for_each(|opener| opener.join().unwrap().unwrap());
        });
        assert_eq!(Ledger::open_existing(&path).unwrap().verify().unwrap().sound, 4);
    }
}

#[test]
fn an_empty_file_becomes_a_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.db");
    fs::write(&path, "").unwrap();
    assert_eq!(Ledger::open(&path).unwrap().verify().unwrap().sound, 0);
}

#[test]
fn what_must_be_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("typo.db");
    let error = Ledger::open_existing(&path).unwrap_err();
    assert!(matches!(error.problem, Problem::NotFound), "{error}");
    assert!(!path.exists());
}

#[test]
fn other_peoples_files_are_refused_and_left_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("花名册.csv");
    fs::write(&text, "工号,姓名\n".repeat(200)).unwrap();
    let foreign = folder.path().join("foreign.db");
    raw(&foreign, "CREATE TABLE run (id INTEGER PRIMARY KEY); INSERT INTO run VALUES (1)");
    for path in [text, foreign] {
        let before = fs::read(&path).unwrap();
        let error = Ledger::open(&path).unwrap_err();
        assert!(matches!(error.problem, Problem::NotALedger), "{error:?}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

#[test]
fn a_file_too_short_for_a_page_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("one", &b"x"[..]), ("half", b"SQLite format"), ("zero", b"\0"), ("more", &[b'x'; 511])] {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let error = Ledger::open(&path).unwrap_err();
        assert!(matches!(error.problem, Problem::NotALedger), "{name}: {error:?}");
        assert_eq!(fs::read(&path).unwrap(), content, "{name}");
    }
}

#[test]
fn a_newer_ledger_is_refused() {
    let Some(bench) = Bench::new() else { return };
    raw(&bench.path(), "INSERT INTO schema_version (version) VALUES (1000)");
    let error = Ledger::open(bench.path()).unwrap_err();
    assert!(matches!(error.problem, Problem::Newer { found: 1000, .. }), "{error}");
    assert!(error.to_string().contains("请升级"), "{error}");
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for path in [folder.path().join("none").join("ledger.db"), folder.path().to_owned()] {
        let StoreError { place: named, problem } = Ledger::open(&path).unwrap_err();
        assert!(matches!(problem, Problem::CannotOpen), "{problem:?}");
        assert_eq!(named, path.display().to_string());
    }
}

#[test]
fn a_damaged_file_is_said_to_be_damaged() {
    let Some(bench) = Bench::new() else { return };
    let slips: Vec<_> = (0..500).map(|n| slip(&format!("A{n}"), "0")).collect();
    bench.commit(&header(key(PAYER, "2026-09", 1), "2026-09-30"), &slips);
    let path = bench.path();
    let Bench { folder: _folder, ledger, .. } = bench;
    drop(ledger);

    let mut bytes = fs::read(&path).unwrap();
    let (page, middle) = (4096, bytes.len() / 2 / 4096 * 4096);
    bytes[middle..].chunks_mut(page).for_each(|page| page.fill(0xa5));
    fs::write(&path, bytes).unwrap();
    let error = Ledger::open(&path).and_then(|ledger| ledger.verify()).unwrap_err();
    assert!(matches!(error.problem, Problem::Corrupted(_)), "{error:?}");
}
