//! Tender files: read whole, or refused with everything that is wrong.

use super::{BOOK, HOTLINE};
use gongche::quote::Tender;

fn faults(text: &str) -> Vec<(String, String)> {
    let fault = Tender::read(&BOOK, "tender.toml", text).unwrap_err();
    fault.diagnostics.iter().map(|one| (one.code.to_owned(), one.message.clone())).collect()
}

#[test]
fn everything_that_is_wrong_is_said_at_once_with_its_place() {
    let text = HOTLINE
        .replace("persons    = 30 ", "persons = \"三十\" ")
        .replace("place      = \"530100\"", "place = \"春城\"")
        .replace("locked     = [\"wages\"", "locked = [\"wage\"")
        .replace("performance  =", "performence =")
        .replace("to         = 2026-12-31", "to = 2025-12-31")
        .replace("taxpayer         = \"general\"", "taxpayer = \"large\"")
        .replace("fund_rate        = \"8%\"", "fund_rate = \"108%\"")
        .replace("hours = 8, allowance = \"10.00\"", "hours = 25, allowance = \"10.00\"")
        .replace("each = \"80.00\"", "each = \"80.001\"")
        .replace("total         = \"3164626.00\"", "");
    let found = faults(&text);
    let codes: Vec<&str> = found.iter().map(|(code, _)| code.as_str()).collect();
    for code in ["number", "region", "unknown-name", "unknown-key", "dates", "form", "range", "missing-key"] {
        assert!(codes.contains(&code), "{code} is not among {found:?}");
    }
    let fault = Tender::read(&BOOK, "tender.toml", &text).unwrap_err().to_string();
    assert!(fault.contains("是不是「wages」？") && fault.contains("是不是「performance」？"), "{fault}");
    assert!(fault.contains("tender.toml:"), "{fault}");
}

#[test]
fn what_follows_from_others_is_not_written_by_hand_and_names_are_used_once() {
    let by_hand = HOTLINE.replace("[offer]\n", "[offer]\nlines = [{ line = \"vat\", amount = \"1\" }]\n");
    assert_eq!(faults(&by_hand)[0].0, "by-hand");
    let twice = HOTLINE.replace("样例乙公司", "样例甲公司");
    assert_eq!(faults(&twice)[0].0, "named-twice");
    let both = HOTLINE.replace("competitive = [\"profit\"]", "competitive = [\"wages\"]");
    assert_eq!(faults(&both)[0].0, "kind");
    let night = HOTLINE.replace("base         =", "night = \"1\"\nbase         =");
    assert_eq!(faults(&night)[0].0, "pay-item");
    let broken = HOTLINE.replace("[offer]", "[offer");
    assert_eq!(faults(&broken)[0].0, "toml");
}

#[test]
fn numbers_may_stand_bare_and_lines_go_by_their_names() {
    let text = HOTLINE
        .replace("base         = \"3250.00\"", "base = 3250.00")
        .replace("fund_rate        = \"8%\"", "fund_rate = 0.08")
        .replace("line = \"meals\"", "line = \"餐费\"");
    let plain = Tender::read(&BOOK, "tender.toml", HOTLINE).unwrap();
    assert_eq!(Tender::read(&BOOK, "tender.toml", &text).unwrap(), plain);
}

/// The template as a workbook, read back.
#[test]
fn a_workbook_says_the_same_as_the_file() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("tender.xlsx");
    gongche::exchange::workbook::save(&path, &gongche::exchange::tender::to_xlsx(HOTLINE).unwrap()).unwrap();
    let text = gongche::exchange::tender::to_toml(&path).unwrap();
    let read = Tender::read(&BOOK, "tender.xlsx", &text).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(read, Tender::read(&BOOK, "tender.toml", HOTLINE).unwrap());
    // A fault names its cell.
    let wrong = text.replace("persons = \"30\" # 工作表「岗位」", "persons = \"三十\" # 工作表「岗位」");
    assert_ne!(wrong, text);
    let fault = Tender::read(&BOOK, "tender.xlsx", &wrong).unwrap_err().to_string();
    assert!(fault.contains("工作表「岗位」第 2 行「投入人数」"), "{fault}");
}
