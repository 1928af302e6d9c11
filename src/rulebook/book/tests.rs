//! Which place answers for a cell, what was known when, and that a digest identifies a book.

use super::*;
use crate::rulebook::Gap;

fn files() -> BTreeMap<String, String> {
    let package = r#"
[package]
id    = "t"
title = "t"
clock = "period"
place = "insurance"

[dimension.line]
name    = "险种"
members = { pension = "养老", injury = "工伤" }

[value.rate]
name = "费率"
unit = "%"
by   = ["region", "line"]

[value.tier]
name     = "分档"
unit     = "元"
by       = ["region"]
inherits = false

[value.national]
name = "全国值"
unit = "元"
by   = ["line"]

[[supply]]
value = "rate"
dated = [{ from = 2026-01-01, value = "1%", cite = "unknown", source = "t", checked = 2026-01-01, confidence = "U" }]

[[supply]]
value = "rate"
line  = "injury"
none  = "不缴"
cite  = "unknown"
source = "t"

[[supply]]
value = "national"
dated = [{ from = 2026-01-01, value = "7", cite = "unknown", source = "t", checked = 2026-01-01, confidence = "U" }]
"#;
    let province = r#"
[region]
code = "530000"
name = "云南省"

[[supply]]
value = "t.rate"
line  = "pension"
dated = [
  { from = 2026-01-01, until = 2027-01-01, value = "2%", cite = "unknown", source = "t", checked = 2026-01-01, confidence = "U" },
]

[[supply]]
value   = "t.rate"
line    = "pension"
places  = ["530112"]
unknown = "未查得"

[[supply]]
value  = "t.tier"
places = ["530102"]
dated  = [{ from = 2026-01-01, value = "100", cite = "unknown", source = "t", checked = 2026-01-01, confidence = "U" }]
"#;
    let city = r#"
[region]
code = "530100"
name = "昆明市"

[[supply]]
value = "t.rate"
line  = "injury"
dated = [
  { from = 2026-01-01, value = "3%", cite = "unknown", source = "t", checked = 2026-01-01, confidence = "U" },
  { from = 2026-07-01, published = 2026-08-21, value = "4%", cite = "unknown", source = "t", checked = 2026-01-01, confidence = "U" },
]
"#;
    let regions = "[region]\n000000 = \"全国\"\n530000 = \"云南省\"\n530100 = \"昆明市\"\n530102 = \"五华区\"\n530103 = \"盘龙区\"\n530112 = \"西山区\"\n310000 = \"上海市\"\n310100 = \"市辖区\"\n";
    let files = [
        ("t.toml", package),
        ("regions.toml", regions),
        ("regions/530000/530000.toml", province),
        ("regions/530000/530100.toml", city),
    ];
    files.map(|(path, text)| (path.to_owned(), text.to_owned())).into()
}

fn book() -> Book {
    match Book::read_all(Sources::new(files())) {
        Ok(book) => book,
        Err(faulty) => panic!("{}", crate::rulebook::render(&faulty.sources, &faulty.diagnostics)),
    }
}

/// What the book says of a cell in a place on a day: the place that answers, and the number, 无, or why there is none.
fn says(book: &Book, value: &str, cell: &[usize], region: &str, on: &str, known_at: Option<&str>) -> String {
    let value = book.lexicon().find_anywhere(value).unwrap();
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    match book.answer(value, cell, region).unwrap() {
        None => "nobody".to_owned(),
        Some((Answer::Unknown(unsaid), code)) => format!("{code} unknown {}", unsaid.reason),
        Some((Answer::None(nothing), code)) => format!("{code} none {}", nothing.reason),
        Some((Answer::Dated(timeline), code)) => match timeline.on(day(on), known_at.map(day)) {
            Ok(version) => format!("{code} {}", version.literal),
            Err(Gap::After(until)) => format!("{code} after {until}"),
            Err(Gap::Before(from)) => format!("{code} before {from}"),
            Err(Gap::Unpublished) => format!("{code} unpublished"),
        },
    }
}

#[test]
fn the_most_special_place_that_says_anything_answers() {
    let book = book();
    let (pension, injury) = (&[0][..], &[1][..]);
    let rate = |cell, region| says(&book, "rate", cell, region, "2026-08-31", None);
    // The district has the city's, the city its own or the province's, elsewhere the nation's.
    assert_eq!(rate(injury, "530102"), "530100 0.04");
    assert_eq!(rate(pension, "530102"), "530000 0.02");
    // What is not known stops what is around it, and only that cell.
    assert_eq!(rate(pension, "530112"), "530112 unknown 未查得");
    assert_eq!(rate(injury, "530112"), "530100 0.04");
    assert_eq!(rate(pension, "310000"), "000000 0.01");
    assert_eq!(rate(pension, "310100"), "000000 0.01");
    // Of the nation's supplies the one that names the line goes before the one for all.
    assert_eq!(rate(injury, "530000"), "000000 none 不缴");
}

#[test]
fn a_place_whose_dates_do_not_cover_the_day_never_falls_back() {
    let book = book();
    let rate = |on| says(&book, "rate", &[0], "530100", on, None);
    assert_eq!(rate("2025-12-31"), "530000 before 2026-01-01");
    assert_eq!(rate("2026-12-31"), "530000 0.02");
    assert_eq!(rate("2027-01-01"), "530000 after 2027-01-01");
}

#[test]
fn what_was_published_later_is_seen_from_that_day() {
    let book = book();
    let rate = |known_at| says(&book, "rate", &[1], "530100", "2026-08-01", known_at);
    assert_eq!(rate(Some("2026-08-20")), "530100 0.03");
    assert_eq!(rate(Some("2026-08-21")), "530100 0.04");
    assert_eq!(rate(Some("2025-12-31")), "530100 unpublished");
    assert_eq!(rate(None), "530100 0.04");
}

#[test]
fn a_value_without_heirs_answers_only_where_it_is_given() {
    let book = book();
    let tier = |region| says(&book, "tier", &[], region, "2026-08-01", None);
    assert_eq!(tier("530102"), "530102 100");
    assert_eq!(tier("530103"), "nobody");
    assert_eq!(tier("530000"), "nobody");
    // What does not differ by place has one answer wherever one asks.
    assert_eq!(says(&book, "national", &[1], "530102", "2026-08-01", None), "000000 7");
}

#[test]
fn a_digest_tells_books_apart_and_nothing_else() {
    let digest = |change: &dyn Fn(&mut BTreeMap<String, String>)| {
        let mut files = files();
        change(&mut files);
        Book::read(Sources::new(files)).unwrap().digest().to_string()
    };
    let plain = digest(&|_| {});
    let edit = |path: &'static str, from: &'static str, to: &'static str| {
        digest(&move |files| {
            let text = files.get_mut(path).unwrap();
            assert!(text.contains(from));
            *text = text.replace(from, to);
        })
    };
    assert_eq!(edit("t.toml", "[package]\n", "# 注释\n\n[package]\n"), plain);
    assert_eq!(edit("t.toml", "name = \"费率\"", "name    =   \"费率\"  # 注"), plain);
    assert_ne!(edit("t.toml", "\"1%\"", "\"1.0%\""), plain);
    assert_ne!(edit("t.toml", "不缴", "不 缴"), plain);
    // A place counts although no question has touched it yet.
    assert_ne!(edit("regions/530000/530100.toml", "\"3%\"", "\"3.5%\""), plain);
    assert_ne!(digest(&|files| drop(files.remove("regions/530000/530100.toml"))), plain);
}

#[test]
fn a_place_with_a_faulty_file_is_refused_and_others_are_not() {
    let mut files = files();
    files.insert("regions/530000/530100.toml".to_owned(), "[region]\ncode = \"530100\"\n".to_owned());
    let book = Book::read(Sources::new(files.clone())).unwrap();
    let rate = book.lexicon().find_anywhere("rate").unwrap();
    assert_eq!(book.answer(rate, &[0], "530102").unwrap_err()[0].code, "missing-key");
    assert!(book.answer(rate, &[0], "530000").is_ok());
    assert!(Book::read_all(Sources::new(files)).is_err());
}
