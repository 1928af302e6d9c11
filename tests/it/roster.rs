//! The roster: what is taken, what is refused and how that is said; the template; the hotline's example.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy.toml frees tests of these, but not the helpers that they share

use std::{
    fs,
    path::{Path, PathBuf},
};

use gongche::{
    exchange::{
        rejected::Rejected,
        roster::{self, COLUMNS, ColumnFault, Opening, Roster, RosterError, RosterRow},
        table::Value,
    },
    quantity::Money,
};
use tempfile::TempDir;

use crate::exchange::{GOOD, HEADINGS, SECOND_ID, csv, csv_ragged, day, period_end, read, read_bytes, yuan};

/// The roster of one good row with some cells changed or added.
fn with(changes: &[(&'static str, &str)]) -> Roster {
    let mut headings = HEADINGS.to_vec();
    let mut row: Vec<&str> = GOOD.to_vec();
    for (heading, value) in changes {
        match headings.iter().position(|known| known == heading) {
            Some(place) => row[place] = value,
            None => {
                headings.push(heading);
                row.push(value);
            }
        }
    }
    read_bytes("r.csv", &csv(&[headings, row])).unwrap()
}

/// The only problem of the only row.
fn problem(changes: &[(&'static str, &str)]) -> Rejected {
    let roster = with(changes);
    assert!(roster.rows.is_empty(), "{changes:?} was taken");
    assert_eq!(roster.rejected.len(), 1, "{:?}", roster.rejected);
    roster.rejected[0].clone()
}

fn taken(changes: &[(&'static str, &str)]) -> RosterRow {
    let roster = with(changes);
    assert_eq!(roster.rejected, [], "{changes:?}");
    roster.rows[0].clone()
}

#[test]
fn the_required_columns_are_enough_and_the_rest_is_zero_or_none() {
    let row = taken(&[]);
    assert_eq!((row.row, row.main_pay, row.hired), (2, yuan("3200"), day(2026, 9, 1)));
    assert_eq!((row.items.len(), row.additional.total), (0, Money::ZERO));
    assert_eq!((row.opening, row.fund_rate, row.payer, row.left), (None, None, None, None));
    assert!(!row.first_wage_this_year && !row.low_income_last_year);
}

#[test]
fn columns_are_known_or_refused_all_at_once() {
    let mut headings = HEADINGS.to_vec();
    headings[5] = "参保低";
    headings.extend(["夜班津帖", "岗位", "职位"]);
    let error = read_bytes("a.csv", &csv_ragged(&[headings])).unwrap_err();
    let RosterError::Columns { faults, .. } = &error else { panic!("{error}") };
    assert_eq!(faults.len(), 4, "{error}");
    assert_eq!(faults[0], ColumnFault::Unknown { heading: "参保低".into(), nearest: Some("参保地") });
    assert_eq!(faults[1], ColumnFault::Unknown { heading: "夜班津帖".into(), nearest: Some("夜班津贴") });
    assert!(matches!(&faults[2], ColumnFault::Twice { heading: "岗位", .. }));
    assert!(matches!(&faults[3], ColumnFault::Missing { missing, .. } if missing == &["参保地"]));
    assert!(error.to_string().contains("a.csv"));
}

#[test]
fn each_check_has_two_sides() {
    let refused: [(&str, &str, &str); 21] = [
        ("工号", "a/b", "工号里有“/”"),
        ("工号", "..", "“.”或“..”"),
        ("姓名", "样 例", "空格"),
        ("证件类型", "军官证", "证件类型"),
        ("证件号码", "530102199001010029", "校验码"),
        ("证件号码", "530102900101002", "15 位"),
        ("证件号码", "530102199013010028", "出生日期"),
        ("用工形式", "临时工", "不认识的用工形式"),
        ("任职受雇日期", "2026-10-01", "晚于本期末"),
        ("任职受雇日期", "九月", "不是日期"),
        ("离职日期", "2026-08-31", "早于任职受雇日期"),
        ("基本工资", "3200.005", "两位小数"),
        ("基本工资", "-1", "负数"),
        ("夜班津贴", "10000000000.01", "100 亿"),
        ("公积金缴存比例", "7", "100%"),
        ("工伤行业类别", "9", "风险类别"),
        ("社保起缴月", "13月", "不是月份"),
        ("本年首次取得工资", "大概", "是"),
        ("上年收入不超六万", "2", "否"),
        ("银行账号", "6222-0", "数字"),
        ("基本工资", "", "必填"),
    ];
    for (column, value, part) in refused {
        let problem = problem(&[(column, value)]);
        assert_eq!((problem.row, problem.column.as_str()), (2, column));
        assert!(problem.problem.contains(part), "{column} {value}: {problem:?}");
        assert!(!problem.remedy.is_empty());
    }
    let good = [
        ("工号", "a-b"),
        ("姓名", "样·例"),
        ("证件类型", "外国护照"),
        ("证件号码", "530102 19900101 0028"),
        ("任职受雇日期", "2026-09-30"),
        ("离职日期", "2026-09-01"),
        ("基本工资", "3,200.05"),
        ("基本工资", "0"),
        ("夜班津贴", "10000000000"),
        ("公积金缴存比例", "7%"),
        ("公积金缴存比例", "0.07"),
        ("工伤行业类别", "8"),
        ("社保起缴月", "2026年9月"),
        ("本年首次取得工资", "Y"),
        ("上年收入不超六万", "空"),
        ("银行账号", "6222 0000 0000 0000 000"),
    ];
    for change in good {
        taken(&[change]);
    }
}

#[test]
fn all_problems_of_a_row_are_listed_in_the_order_of_the_columns() {
    let mut headings = HEADINGS.to_vec();
    headings.reverse();
    let mut row = GOOD.to_vec();
    row[7] = "三千";
    row[0] = "";
    row[3] = "12345";
    row.reverse();
    let roster = read_bytes("a.csv", &csv(&[headings, row])).unwrap();
    let columns: Vec<&str> = roster.rejected.iter().map(|problem| problem.column.as_str()).collect();
    assert_eq!(columns, ["基本工资", "证件号码", "工号"]);
    assert_eq!(roster.rejected[1].value, "*2345");
    assert_eq!(roster.rejected[2].value, "");
}

#[test]
fn a_blank_base_is_for_those_who_join_in_the_month() {
    let blank = |hired, more: &[(&'static str, &'static str)]| {
        with(&[&[("任职受雇日期", hired), ("社保缴费基数", "")], more].concat())
    };
    assert_eq!(blank("2026-09-01", &[]).rejected, []);
    let refused = blank("2026-08-31", &[]).rejected;
    assert_eq!((refused.len(), refused[0].column.as_str()), (1, "社保缴费基数"));
    assert!(refused[0].problem.contains("不是本期入职"));
    // Without the column the same is said.
    assert_eq!(with(&[("任职受雇日期", "2026-08-31")]).rejected[0].column, "社保缴费基数");
    // Who is not insured in the month needs no base.
    assert_eq!(blank("2026-08-31", &[("社保起缴月", "2026-10")]).rejected, []);
    assert_eq!(blank("2026-08-31", &[("社保起缴月", "2026-09")]).rejected.len(), 1);
    assert_eq!(blank("2026-08-01", &[("离职日期", "2026-08-31")]).rejected, []);
    assert_eq!(blank("2026-08-01", &[("离职日期", "2026-09-01")]).rejected.len(), 1);
    // A base that cannot be read is said once.
    assert_eq!(with(&[("任职受雇日期", "2026-08-31"), ("社保缴费基数", "四千")]).rejected.len(), 1);
}

#[test]
fn who_comes_twice_is_refused_the_second_time() {
    let mut headings = HEADINGS.to_vec();
    headings.push("扣缴义务人");
    let row = |no: &'static str, id: &'static str, payer: &'static str| {
        let mut row = GOOD.to_vec();
        (row[0], row[3]) = (no, id);
        row.push(payer);
        row
    };
    let roster = read_bytes(
        "a.csv",
        &csv(&[
            headings,
            row("1", GOOD[3], "甲公司"),
            row("1", SECOND_ID, "甲公司"),
            row("2", GOOD[3], "乙公司"),
            row("3", GOOD[3], "甲公司"),
        ]),
    )
    .unwrap();
    let good: Vec<u32> = roster.rows.iter().map(|row| row.row).collect();
    assert_eq!(good, [2, 4]);
    let said: Vec<_> = roster.rejected.iter().map(|r| (r.row, r.column.as_str(), r.problem.as_str())).collect();
    assert_eq!(said, [(3, "工号", "工号与第 2 行重复"), (5, "证件号码", "同一扣缴义务人的证件号码与第 2 行重复"),]);
    assert_eq!(roster.rejected[1].value, "**************0028");
}

#[test]
fn deductions_are_a_sum_or_items_that_add_up() {
    let total = |row: RosterRow| (row.additional.total, row.additional.items.is_some());
    assert_eq!(total(taken(&[("累计专项附加扣除", "27000")])), (yuan("27000"), false));
    let items = [("累计赡养老人", "13500"), ("累计3岁以下婴幼儿照护", "18000")];
    assert_eq!(total(taken(&items)), (yuan("31500"), true));
    assert_eq!(total(taken(&[("累计专项附加扣除", "31500"), items[0], items[1]])), (yuan("31500"), true));
    let differs = problem(&[("累计专项附加扣除", "31499.99"), items[0], items[1]]);
    assert_eq!(differs.problem, "合计 31499.99 与各项之和 31500.00 不一致");
}

#[test]
fn an_opening_is_given_or_not() {
    assert_eq!(taken(&[("期初累计收入", "")]).opening, None);
    let opening = taken(&[("期初累计收入", "0"), ("期初累计已预扣税额", "")]).opening;
    assert_eq!(opening, Some(Opening::default()));
    let opening = taken(&[("期初累计收入", "25600"), ("期初累计专项扣除", "5000.08")]).opening.unwrap();
    assert_eq!((opening.income, opening.special, opening.withheld), (yuan("25600"), yuan("5000.08"), Money::ZERO));
}

#[test]
fn a_line_of_totals_is_named_for_what_it_is() {
    let total = vec!["合 计", "", "", "", "", "", "", "3200"];
    let roster = read_bytes("a.csv", &csv(&[HEADINGS.to_vec(), GOOD.to_vec(), total])).unwrap();
    assert_eq!(roster.rows.len(), 1);
    assert_eq!(roster.rejected.len(), 1);
    assert_eq!(roster.rejected[0].problem, "这是合计行，不是人员");
}

#[test]
fn the_template_is_a_roster_without_people() {
    let folder = TempDir::new().unwrap();
    let [one, two] = ["一.xlsx", "二.xlsx"].map(|name| folder.path().join(name));
    roster::template(&one).unwrap();
    roster::template(&two).unwrap();
    assert_eq!(fs::read(&one).unwrap(), fs::read(&two).unwrap(), "the same bytes every time");

    let table = roster::read_table(&one).unwrap();
    assert_eq!(table.headings, COLUMNS.each_ref().map(|column| column.heading));
    let empty = read(&one).unwrap();
    assert_eq!((empty.rows.len(), empty.rejected.len(), empty.samples), (0, 0, vec![2]));

    // Its made-up row is a good one, but for the mark.
    let mut filled = table;
    filled.rows[0].cells[0] = Some(Value::Text("YL001".into()));
    let roster = roster::from_table(&filled, period_end()).unwrap();
    assert_eq!(roster.rejected, []);
    assert_eq!(roster.rows[0].fund_rate.map(|rate| rate.to_string()).as_deref(), Some("7%"));
}

fn hotline(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hotline").join(name)
}

#[test]
fn the_hotline_roster_is_the_same_in_both_files_and_wholly_good() {
    let book = read(&hotline("roster-2026-09.xlsx")).unwrap();
    let text = read(&hotline("roster-2026-09.csv")).unwrap();
    assert_eq!(book, text, "cargo run --example hotline");
    assert_eq!(book.rejected, []);
    assert_eq!(book.rows.len(), 42);
    let table = roster::read_table(&hotline("roster-2026-09.csv")).unwrap();
    assert_eq!(roster::to_xlsx(&table).unwrap(), roster::to_xlsx(&table).unwrap(), "the same bytes every time");

    let names: String = book.rows.iter().map(|row| row.name.as_str()).collect();
    assert!(names.contains('䶮') && names.contains('𬴊'));
    let joiner = &book.rows[16];
    assert_eq!((joiner.insurance_base, joiner.opening, joiner.first_wage_this_year), (None, None, true));
    assert!(book.rows.iter().all(|row| row.note.is_some() || row.opening.is_some()));
    let bases: Vec<String> =
        book.rows.iter().filter_map(|row| row.insurance_base).map(|base| base.to_string()).collect();
    for edge in ["4402.99", "4403.00", "4403.01", "22017.00", "22017.01"] {
        assert!(bases.iter().any(|base| base == edge), "{edge}");
    }
}
