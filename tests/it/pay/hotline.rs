//! The hotline's forty-two slips, of all seven kinds, computed a second time: from the cells of the roster and the figures of the law as they
//! are written here, on fractions, and compared line by line.

use super::{
    arithmetic::{Year, clamp, fen, number, rounded, whole},
    figure,
};
use gongche::document;
use num_rational::BigRational;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::LazyLock,
};
use tempfile::TempDir;

/// The run of the example, made once.
pub(crate) struct Hotline {
    folder: TempDir,
    pub(crate) json: Value,
}

impl Hotline {
    pub(crate) fn slips(&self) -> &[Value] {
        self.json["slips"].as_array().unwrap()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

pub(crate) static HOTLINE: LazyLock<Hotline> = LazyLock::new(|| {
    let folder = TempDir::new().unwrap();
    let (roster, out) = (example("roster-2026-09.xlsx"), folder.path().to_str().unwrap());
    let arguments = ["pay", roster.to_str().unwrap(), "--period", "2026-09", "--out", out, "--format", "json"];
    let done = super::gongche(&arguments);
    assert_eq!((done.code, done.complaint.as_str()), (0, ""));
    let json = done.json();
    Hotline { folder, json }
});

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hotline").join(name)
}

/// A row of the roster: cells by heading.
type Row = BTreeMap<String, String>;

fn rows() -> Vec<Row> {
    let mut reader = csv::Reader::from_path(example("roster-2026-09.csv")).unwrap();
    let rows: Vec<Row> = reader.deserialize().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 42);
    rows
}

/// What a slip must say, by the id of the line or the name of the figure.
type Expected = BTreeMap<&'static str, BigRational>;

fn computed(row: &Row) -> Expected {
    match row["用工形式"].as_str() {
        "全日制" | "劳务派遣" => employee(row),
        "非全日制" | "超龄" => insured_against_injury(row),
        "实习" => intern(row),
        "平台" => platform(row),
        "劳务" => service(row),
        other => panic!("{other}"),
    }
}

/// What is paid without any contribution of the worker's, after tax.
fn paid(gross: BigRational, tax: BigRational, injury: Option<BigRational>) -> Expected {
    let cost = injury.as_ref().map_or_else(|| gross.clone(), |injury| &gross + injury);
    let mut expected: Expected = injury.map(|injury| ("injury_employer", injury)).into_iter().collect();
    expected.extend([("net", &gross - &tax), ("employer_cost", cost), ("own_total", whole(0))]);
    expected.extend([("tax", tax), ("gross", gross)]);
    expected
}

/// By the hour, or past the age of retirement: injury insurance alone, on the month's pay; nobody here owes tax.
fn insured_against_injury(row: &Row) -> Expected {
    let cell = |heading: &str| number(&row[heading]);
    let gross = cell("基本工资") + fen(&(cell("计酬小时") * cell("小时计酬标准")));
    let base = clamp(gross.clone(), "4403", "22017");
    paid(gross, whole(0), Some(fen(&(base * number("0.2%")))))
}

/// Eight tenths of the pay to date, less 5,000 a month, on the annual table.
fn cumulative(row: &Row, months: i64) -> Expected {
    let cell = |heading: &str| number(&row[heading]);
    let pay = cell("劳务报酬");
    let to_date = (cell("期初累计收入") + &pay) * number("80%");
    let mut year = Year { income: to_date, special: whole(0), withheld: cell("期初累计已预扣税额") };
    let tax = year.withhold(&whole(0), &whole(0), &whole(5_000 * months));
    paid(pay, tax, None)
}

fn intern(row: &Row) -> Expected {
    cumulative(row, 10 - row["任职受雇日期"][5..7].parse::<i64>().unwrap())
}

/// The months of the unbroken run; whoever had a month without income took the reading by which only these begin anew.
fn platform(row: &Row) -> Expected {
    cumulative(row, row["连续月份数"].parse().unwrap())
}

/// The payment less 800 yuan or a fifth, at a fifth up to 20,000 yuan.
fn service(row: &Row) -> Expected {
    let pay = number(&row["劳务报酬"]);
    let taxable = if pay <= whole(4_000) { &pay - whole(800) } else { &pay * number("80%") };
    assert!(taxable <= whole(20_000));
    paid(pay, fen(&(taxable * number("20%"))), None)
}

/// Kunming, September 2026; everybody is in an industry of the first class.
fn employee(row: &Row) -> Expected {
    let cell = |heading: &str| number(&row[heading]);
    let wage = cell("基本工资") + cell("绩效工资") + cell("夜班津贴") + cell("奖金");
    let gross = &wage - cell("缺勤扣款");
    // Whoever joined in the month is insured on the month's wage.
    let declared = if row["社保缴费基数"].is_empty() { wage } else { cell("社保缴费基数") };
    let base = clamp(declared, "4403", "22017");
    let insurance = |rate: &str| fen(&(&base * number(rate)));
    let fund = match row["公积金缴存比例"].as_str() {
        "" => whole(0),
        rate => rounded(&(clamp(cell("公积金缴存基数"), "2270", "32543") * number(rate)), "1"),
    };
    let employee = [
        ("pension_employee", insurance("8%")),
        // One yuan a month of large-sum medical.
        ("medical_employee", insurance("2%") + whole(1)),
        ("unemployment_employee", insurance("0.3%")),
        ("housing_fund_employee", fund.clone()),
    ];
    let employer = [
        ("pension_employer", insurance("16%")),
        ("medical_employer", insurance("7.9%")),
        ("unemployment_employer", insurance("0.7%")),
        ("injury_employer", insurance("0.2%")),
        ("housing_fund_employer", fund),
    ];
    let sum = |lines: &[(&str, BigRational)]| lines.iter().fold(whole(0), |sum, (_, amount)| sum + amount);
    let (own, employers) = (sum(&employee), sum(&employer));

    let hired = &row["任职受雇日期"];
    let this_year = hired.starts_with("2026-") && row["本年首次取得工资"] != "是";
    let months = if this_year { 10 - hired[5..7].parse::<i64>().unwrap() } else { 9 };
    let basic = if row["上年收入不超六万"] == "是" { 60_000 } else { 5_000 * months };
    let items =
        ["累计子女教育", "累计继续教育", "累计住房贷款利息", "累计住房租金", "累计赡养老人", "累计3岁以下婴幼儿照护"];
    let additional = items.iter().fold(whole(0), |sum, item| sum + cell(item));
    let mut year =
        Year {
            income: cell("期初累计收入"), special: cell("期初累计专项扣除"), withheld: cell("期初累计已预扣税额")
        };
    let tax = year.withhold(&gross, &own, &(whole(basic) + additional));

    let mut expected: Expected = employee.into_iter().chain(employer).collect();
    expected.insert("net", &gross - &own - &tax - cell("其他扣款"));
    expected.insert("employer_cost", &gross + employers);
    expected.extend([("tax", tax), ("own_total", own), ("gross", gross)]);
    expected
}

#[test]
fn every_line_of_every_slip_is_what_other_arithmetic_makes_of_the_roster() {
    let slips = HOTLINE.slips();
    let rows = rows();
    assert_eq!(slips.len(), rows.len());
    for (row, slip) in rows.iter().zip(slips) {
        let worker = &row["工号"];
        assert_eq!(figure(slip, "worker"), worker);
        let mut found: BTreeMap<&str, BigRational> =
            ["gross", "own_total", "tax", "net", "employer_cost"].map(|name| (name, number(figure(slip, name)))).into();
        let lines = slip["lines"].as_array().unwrap();
        found.extend(lines.iter().map(|line| (figure(line, "id"), number(figure(line, "amount")))));
        assert_eq!(found, computed(row), "{worker}");
    }
}

#[test]
fn the_totals_are_the_sums_of_the_slips() {
    let totals = &HOTLINE.json["totals"];
    assert_eq!(totals["workers"], 42);
    for name in ["gross", "tax", "net", "employer_cost"] {
        let sum = HOTLINE.slips().iter().fold(whole(0), |sum, slip| sum + number(figure(slip, name)));
        assert_eq!(number(figure(totals, name)), sum, "{name}");
    }
    let mut sums: BTreeMap<&str, BigRational> = BTreeMap::new();
    for line in HOTLINE.slips().iter().flat_map(|slip| slip["lines"].as_array().unwrap()) {
        *sums.entry(figure(line, "id")).or_default() += number(figure(line, "amount"));
    }
    let told: BTreeMap<&str, BigRational> = totals["lines"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, amount)| (id.as_str(), number(amount.as_str().unwrap())))
        .collect();
    assert_eq!(told, sums);
}

#[test]
fn everybody_has_a_slip_of_one_page_that_carries_what_it_was_made_from() {
    let mut names = BTreeSet::new();
    for slip in HOTLINE.slips() {
        let name = format!("payslips/{}-{}.pdf", figure(slip, "worker"), figure(slip, "name"));
        let bytes = std::fs::read(HOTLINE.file(&name)).unwrap();
        assert_eq!(crate::documents::own_pages(&bytes).len(), 1, "{name}");
        let files = document::attachments(&bytes).unwrap();
        let result: Value = serde_json::from_slice(&files["result.json"]).unwrap();
        assert_eq!((&result["net"], &result["lines"]), (&slip["net"], &slip["lines"]), "{name}");
        assert_eq!(result["period"], "2026-09");
        let facts: Value = serde_json::from_slice(&files["facts.json"]).unwrap();
        assert!(figure(&facts, "id_number").starts_with("**************"), "{name}");
        names.insert(name);
    }
    assert_eq!(names.len(), 42);
}
