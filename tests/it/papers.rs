//! The papers of a tender: what they say, and a workbook that spreadsheet programs recalculate to the engine's fen.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy.toml frees tests of these, but not the helpers that they share

use calamine::{Data, Reader as _, Xlsx, open_workbook_from_rs};
use gongche::{
    document::attachments,
    exchange::live::{Address, Expression, LiveBook, LiveSheet, Role, Shows, Style},
    papers::{papers, start_paper, workbook},
    quantity::{Exact, Money, Rounding},
    quote::{Quote, Tender, price, start_plan},
    rulebook::{Book, Sources},
};
use std::{
    collections::BTreeMap,
    fs,
    io::Cursor,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

const TENDER: &str = include_str!("../../examples/hotline/tender.toml");

fn book() -> &'static Book {
    static BOOK: OnceLock<Book> = OnceLock::new();
    BOOK.get_or_init(|| {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
        Book::read(Sources::read(&rules).unwrap()).unwrap_or_else(|faulty| panic!("{:?}", faulty.diagnostics))
    })
}

fn quoted(tender: &str) -> Quote {
    let tender = Tender::read(book(), "tender.toml", tender).unwrap_or_else(|fault| panic!("{fault}"));
    price(book(), &tender).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// The tender with some of its words replaced, each of which must be there.
fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(TENDER.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

// ---- what the papers say

/// A PDF's text; `None`, and a line that says so, where there is no program to read it.
fn text_of(pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("paper.pdf");
    fs::write(&path, pdf).unwrap();
    let Ok(output) = Command::new("pdftotext").args(["-layout", path.to_str().unwrap(), "-"]).output() else {
        println!("skipped: pdftotext is not installed");
        return None;
    };
    // The footer's digests change with every rule and every template, and their width moves the columns of the text.
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().filter(|line| !line.contains("规则库 ") && !line.trim().is_empty());
    Some(lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join("  ") + "\n").collect())
}

#[test]
fn the_hotline_has_six_papers_that_say_what_it_costs() {
    let quote = quoted(TENDER);
    let carried = BTreeMap::from([("tender.toml".to_owned(), TENDER.as_bytes().to_vec())]);
    let made = papers(&quote, &carried).unwrap();
    let names: Vec<&str> = made.keys().map(String::as_str).collect();
    let expected = [
        "1-开标一览表.pdf",
        "2-分项报价表.pdf",
        "3-人工成本测算表.pdf",
        "4-不可竞争费用承诺函.pdf",
        "5-费率依据说明.pdf",
        "6-报价合理性说明.pdf",
    ];
    assert_eq!(names, expected);
    for (name, pdf) in &made {
        assert_eq!(attachments(pdf).unwrap(), carried, "{name}");
        if let Some(text) = text_of(pdf) {
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path("../../golden/quote");
            settings.set_prepend_module_to_snapshot(false);
            settings.bind(|| insta::assert_snapshot!(format!("paper-{}", &name[..1]), text));
        }
    }
    assert_eq!(papers(&quote, &carried).unwrap(), made, "the same quote gives the same bytes");
}

#[test]
fn the_start_plan_counts_working_days_and_the_limits_of_law() {
    let quote = quoted(TENDER);
    let signed = "2026-04-20".parse().unwrap();
    let plan = start_plan(book(), &quote, signed, None).unwrap();
    let by: Vec<String> = plan.steps.iter().map(|step| step.by.to_string()).collect();
    // The holidays of May lie on the way; a month is a calendar month, thirty days are days.
    assert_eq!(by, ["2026-05-13", "2026-06-13", "2026-06-12", "2026-06-12"]);
    let sooner = start_plan(book(), &quote, signed, Some(14)).unwrap();
    assert_eq!(sooner.steps[0].by.to_string(), "2026-05-12");
    let pdf = start_paper(&quote, &plan, &BTreeMap::new()).unwrap();
    if let Some(text) = text_of(&pdf) {
        assert!(text.contains("2026年5月13日") && text.contains("劳动合同法  第十条"), "{text}");
    }
}

// ---- the workbook

/// What a sheet says: the number in a column of the rows that name something in another.
fn numbers(xlsx: &[u8], sheet: &str, name: usize, number: usize) -> BTreeMap<String, f64> {
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(xlsx)).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let cell = |row: &[Data]| match (row.get(name), row.get(number)) {
        (Some(Data::String(name)), Some(Data::Float(number))) => Some((name.clone(), *number)),
        #[expect(clippy::cast_precision_loss, reason = "whole yuan of a test")]
        (Some(Data::String(name)), Some(Data::Int(number))) => Some((name.clone(), *number as f64)),
        _ => None,
    };
    range.rows().filter_map(cell).collect()
}

/// Fails unless the workbook's offer is the quote's, line by line to the fen.
fn agrees(xlsx: &[u8], quote: &Quote, what: &str) {
    let found = numbers(xlsx, "报价", 1, 5);
    let held = |name: &str, amount: Money| {
        let number = found.get(name).unwrap_or_else(|| panic!("{what}: {name} is missing"));
        assert_eq!(format!("{number:.6}"), format!("{amount}0000"), "{what}: {name}");
    };
    for line in &quote.lines {
        held(&line.name, line.amount);
    }
    held("投标总价（含税）", quote.total);
}

/// A cell of 参数 by what stands in its first two columns, and the number to put there.
type Change<'c> = (&'c str, &'c str, &'c str);

/// Changes of a workbook, and the same of its tender file: what stands there and what shall.
type Case<'c> = (Vec<Change<'c>>, Vec<(&'c str, &'c str)>);

/// Saves a workbook anew without any computed value, some inputs changed, and has LibreOffice calculate it.
///
/// `None`, and a line that says so, where the programs are not installed.
fn recalculated(books: &[(Vec<u8>, Vec<Change<'_>>)]) -> Option<Vec<Vec<u8>>> {
    const SCRIPT: &str = r"
import json, sys, openpyxl
for path, changes in json.loads(sys.argv[1]):
    book = openpyxl.load_workbook(path)
    for label, of, number in changes:
        sheet = book['参数']
        rows = [row for row in sheet.iter_rows() if row[0].value == label and (row[1].value or '') == of]
        assert len(rows) == 1, (label, of, len(rows))
        rows[0][2].value = float(number)
    book.save(path)
";
    let python = ["python3", "/usr/bin/python3"].into_iter().find(|python| {
        Command::new(python).args(["-c", "import openpyxl"]).output().is_ok_and(|done| done.status.success())
    });
    let Some(python) = python else {
        println!("skipped: openpyxl is not installed");
        return None;
    };
    if Command::new("soffice").arg("--version").output().is_err() {
        println!("skipped: LibreOffice is not installed");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (0..books.len()).map(|number| folder.path().join(format!("{number}.xlsx"))).collect();
    for (path, (bytes, _)) in paths.iter().zip(books) {
        fs::write(path, bytes).unwrap();
    }
    let changes: Vec<_> = paths.iter().zip(books).map(|(path, (_, changes))| (path, changes)).collect();
    let changes = serde_json::to_string(&changes).unwrap();
    let done = Command::new(python).args(["-c", SCRIPT, &changes]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    let out = folder.path().join("out");
    let profile = format!("-env:UserInstallation=file://{}", folder.path().join("profile").display());
    let done = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", "xlsx", "--outdir", out.to_str().unwrap()])
        .args(&paths)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Some(paths.iter().map(|path| fs::read(out.join(path.file_name().unwrap())).unwrap()).collect())
}

/// Tenders that differ in how they are quoted, taxed and rounded.
fn variants() -> Vec<(&'static str, String)> {
    vec![
        ("as it is", TENDER.to_owned()),
        ("quoted by person and year", changed(&[("\"item\"", "\"head_year\"")])),
        ("quoted by person and month", changed(&[("\"item\"", "\"head_month\"")])),
        ("quoted by month", changed(&[("\"item\"", "\"month\"")])),
        ("a small taxpayer, whose surcharges are rounded apart", changed(&[("\"general\"", "\"small\"")])),
        ("a dispatch taxed on the difference", changed(&[("\"outsourcing\"", "\"dispatch\"\nlicensed = true")])),
        ("the fee without what is supervised", changed(&[("\"direct\"", "\"unsupervised\"")])),
        ("no union", changed(&[("staff            = 200", "union = false\nstaff = 200")])),
        ("priced by profit", changed(&[("total         = \"3164626.00\"", "profit = \"3.3%\"")])),
        (
            "Beijing, over July, with a projection",
            changed(&[
                ("530100", "110000"),
                ("2026-01-01", "2026-05-01"),
                ("2026-12-31", "2027-04-30"),
                ("3250.00", "4250.00"),
                ("3164626.00", "4164626.00"),
            ]),
        ),
        ("Shanghai, at the lowest base", changed(&[("530100", "310000"), ("8%", "7%"), ("3250.00", "2999.99")])),
    ]
}

#[test]
fn a_workbook_shows_the_engines_price_before_and_after_it_is_calculated() {
    let quotes: Vec<(&str, Quote)> = variants().into_iter().map(|(what, tender)| (what, quoted(&tender))).collect();
    let books: Vec<Vec<u8>> = quotes.iter().map(|(_, quote)| workbook(quote).unwrap()).collect();
    for ((what, quote), bytes) in quotes.iter().zip(&books) {
        agrees(bytes, quote, &format!("{what}, as written"));
    }
    let Some(calculated) = recalculated(&books.into_iter().map(|bytes| (bytes, Vec::new())).collect::<Vec<_>>()) else {
        return;
    };
    for ((what, quote), bytes) in quotes.iter().zip(&calculated) {
        agrees(bytes, quote, &format!("{what}, calculated"));
    }
}

#[test]
fn a_changed_input_moves_the_workbook_as_it_moves_the_engine() {
    let by_total = ("定价方式", "", "1");
    let cases: Vec<Case<'_>> = vec![
        (vec![("话务员", "大专以上；四种外语", "31")], vec![("persons      = 30", "persons = 31")]),
        (vec![("基本工资", "话务员", "3300.55")], vec![("3250.00", "3300.55")]),
        (vec![("绩效工资", "话务员", "1111.11")], vec![("1100.00", "1111.11")]),
        (vec![("餐费", "餐补，实物提供", "16.35")], vec![("15.00", "16.35")]),
        (vec![("管理费", "见测算", "0.0485")], vec![("management    = \"5%\"", "management = \"4.85%\"")]),
        (
            vec![("投标总价", "定价方式为1时", "3200000.01")],
            vec![("total         = \"3164626.00\"", "total = \"3200000.01\"")],
        ),
    ];
    let books = cases.iter().map(|(changes, _)| {
        let mut all = vec![by_total];
        all.extend(changes);
        (workbook(&quoted(TENDER)).unwrap(), all)
    });
    let Some(calculated) = recalculated(&books.collect::<Vec<_>>()) else { return };
    for ((changes, tender), bytes) in cases.iter().zip(&calculated) {
        let quote = quoted(&changed(tender));
        agrees(bytes, &quote, &format!("{changes:?}"));
        assert_ne!(quote.amount("profit"), quoted(TENDER).amount("profit"), "the change moves something");
    }
}

#[test]
fn the_total_follows_the_cost_where_profit_stays() {
    let quote = quoted(TENDER);
    let changes = vec![("话务员", "大专以上；四种外语", "32"), ("定价方式", "", "2")];
    let Some(calculated) = recalculated(&[(workbook(&quote).unwrap(), changes)]) else { return };
    let total = numbers(&calculated[0], "报价", 1, 5)["投标总价（含税）"];
    assert!(total > 3_164_626.0);
    let total = format!("{total:.2}");
    let again = changed(&[
        ("persons      = 30", "persons = 32"),
        ("total         = \"3164626.00\"", &format!("total = \"{total}\"")),
    ]);
    let again = quoted(&again);
    assert_eq!(again.amount("profit"), quote.amount("profit"), "at {total}");
    agrees(&calculated[0], &again, "profit stays");
}

#[test]
fn half_a_fen_goes_where_the_rule_sends_it_in_a_spreadsheet_too() {
    let mut book = LiveBook::default();
    let sheet = LiveSheet { name: "参数".into(), widths: vec![10, 10, 10], frozen: 0, landscape: false };
    let first = book.sheet(sheet);
    let number = Style::new(Role::Body, Shows::Number);
    let exact = |text: String| Exact::parse(&text).unwrap();
    let mut expected = Vec::new();
    // Products that end in half a fen, half a jiao or half a yuan, and their neighbours: what binary floats get wrong.
    for row in 0..1200_u32 {
        let rounding =
            ["half-up 0.01", "half-up 0.1", "half-up 1", "half-even 0.01", "up 0.01", "down 0.01"][row as usize % 6];
        let (base, rate) = match row % 5 {
            0 => (format!("{}.{:02}", 4403 + row, row % 100), "0.5%".to_owned()),
            1 => (format!("{}.{}", 2000 + 7 * row, 5 * (row % 2)), "7.9%".to_owned()),
            2 => (format!("{}.50", 1 + row), "1%".to_owned()),
            3 => (format!("{}.05", row), "10%".to_owned()),
            _ => (format!("{}", 1_000_005 + 10 * row), "0.05%".to_owned()),
        };
        let at = Address { row, ..first };
        book.number(at.right(1), exact(base), number).unwrap();
        book.number(at.right(2), exact(rate), number).unwrap();
        let product = Expression::Cell(at.right(1)).times(at.right(2)).rounded(Rounding::parse(rounding).unwrap());
        let value = book.formula(at.right(3), &product, number).unwrap();
        book.text(at, format!("{row}"), Style::new(Role::Body, Shows::Text));
        expected.push(format!("{:.4}", value.to_decimal().unwrap()));
    }
    let Some(calculated) = recalculated(&[(book.to_xlsx().unwrap(), Vec::new())]) else { return };
    let found = numbers(&calculated[0], "参数", 0, 3);
    for (row, expected) in expected.iter().enumerate() {
        assert_eq!(format!("{:.4}", found[&row.to_string()]), *expected, "row {row}");
    }
}
