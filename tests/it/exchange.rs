//! Rosters as people make them, in real files; workbooks as other programs open them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use chrono::NaiveDate;
use encoding_rs::GBK;
use gongche::{
    exchange::{
        rejected::{self, Rejected},
        roster::{self, COLUMNS, ColumnFault, Roster, RosterError},
        table::{LayoutFault, TableFault},
        tax_client::Layout,
        workbook,
    },
    quantity::Money,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use tempfile::TempDir;

const HEADINGS: [&str; 8] = ["工号", "姓名", "证件类型", "证件号码", "用工形式", "参保地", "任职受雇日期", "基本工资"];
/// A good row for them; whoever joined in the month needs no 社保缴费基数.
const GOOD: [&str; 8] =
    ["YL001", "样例甲", "居民身份证", "530102199001010028", "全日制", "昆明市", "2026-09-01", "3200"];
const SECOND_ID: &str = "530102199502280034";

fn period_end() -> NaiveDate {
    day(2026, 9, 30)
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn yuan(amount: &str) -> Money {
    Money::parse(amount).unwrap()
}

fn read(path: &Path) -> Result<Roster, RosterError> {
    roster::read(path, period_end())
}

fn read_bytes(name: &str, bytes: &[u8]) -> Result<Roster, RosterError> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read(&path)
}

fn csv(lines: &[Vec<&str>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(vec![]);
    for line in lines {
        writer.write_record(line).unwrap();
    }
    writer.into_inner().unwrap()
}

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

fn taken(changes: &[(&'static str, &str)]) -> roster::RosterRow {
    let roster = with(changes);
    assert_eq!(roster.rejected, [], "{changes:?}");
    roster.rows[0].clone()
}

fn table_fault(error: RosterError) -> TableFault {
    match error {
        RosterError::Table(error) => error.fault,
        other => panic!("{other}"),
    }
}

/// A workbook whose first sheet `fill` writes.
fn xlsx(fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet());
    workbook.save_to_buffer().unwrap()
}

fn write_row(sheet: &mut rust_xlsxwriter::Worksheet, row: u32, cells: &[&str]) {
    for (column, cell) in (0..).zip(cells) {
        sheet.write_string(row, column, *cell).unwrap();
    }
}

#[test]
fn the_required_columns_are_enough_and_the_rest_is_zero_or_none() {
    let row = taken(&[]);
    assert_eq!((row.row, row.base_wage, row.hired), (2, yuan("3200"), day(2026, 9, 1)));
    assert_eq!((row.performance_wage, row.additional.total), (Money::ZERO, Money::ZERO));
    assert_eq!((row.opening, row.fund_rate, row.payer, row.left), (None, None, None, None));
    assert!(!row.first_wage_this_year && !row.low_income_last_year);
}

#[test]
fn a_workbook_as_people_make_it_is_read() {
    let bytes = {
        let mut workbook = Workbook::new();
        let hidden = workbook.add_worksheet().set_name("旧").unwrap();
        write_row(hidden, 0, &HEADINGS);
        write_row(hidden, 1, &GOOD);
        hidden.set_hidden(true);
        let sheet = workbook.add_worksheet().set_name("九月").unwrap();
        sheet.set_active(true);
        sheet.merge_range(0, 0, 0, 9, "样例公司九月名册", &Format::new()).unwrap();
        let headings = [
            "公积金缴存比例",
            "*基本 工资（元）",
            "姓\n名",
            "证件号码",
            "参保地",
            "证件类型",
            "用工形式",
            "入职日期",
            "工号",
            "备注",
        ];
        write_row(sheet, 2, &headings);
        let date = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
        for row in [3, 6] {
            sheet.write_number_with_format(row, 0, 0.07, &Format::new().set_num_format("0%")).unwrap();
            sheet.write_formula(row, 1, Formula::new("=3200.10+0").set_result("3200.1")).unwrap();
            write_row(sheet, row, &[]);
            sheet.write_string(row, 2, "样例乙").unwrap();
            sheet.write_string(row, 3, if row == 3 { "530102199001010028" } else { SECOND_ID }).unwrap();
            sheet.write_string(row, 4, " 昆明市 ").unwrap();
            sheet.write_string(row, 5, "身份证").unwrap();
            sheet.write_string(row, 6, "全日制").unwrap();
            sheet.write_with_format(row, 7, &ExcelDateTime::from_ymd(2026, 9, 15).unwrap(), &date).unwrap();
            sheet.write_number(row, 8, 1000 + row).unwrap();
        }
        workbook.save_to_buffer().unwrap()
    };
    let roster = read_bytes("九月.xlsx", &bytes).unwrap();
    assert_eq!(roster.rejected, []);
    let [first, second] = &roster.rows[..] else { panic!("{roster:?}") };
    assert_eq!((first.row, second.row), (4, 7));
    assert_eq!(first.base_wage, yuan("3200.10"));
    assert_eq!(first.fund_rate.map(|rate| rate.to_string()).as_deref(), Some("7%"));
    assert_eq!(first.hired, day(2026, 9, 15));
    assert_eq!((first.worker_no.as_str(), first.insured_place.as_str()), ("1003", "昆明市"));
    assert_eq!(first.id_kind, "居民身份证");
}

#[test]
fn the_kind_of_file_is_told_from_its_bytes() {
    let text = csv(&[HEADINGS.to_vec(), GOOD.to_vec()]);
    let gbk = GBK.encode(std::str::from_utf8(&text).unwrap()).0.into_owned();
    let marked = [b"\xEF\xBB\xBF".to_vec(), text.clone()].concat();
    let book = xlsx(|sheet| {
        write_row(sheet, 0, &HEADINGS);
        write_row(sheet, 1, &GOOD);
    });
    let expected = read_bytes("r.csv", &text).unwrap();
    assert_eq!(expected.rows.len(), 1);
    for (name, bytes) in [("r.csv", &gbk), ("r.txt", &marked), ("r.csv", &book), ("r", &book)] {
        assert_eq!(read_bytes(name, bytes).unwrap(), expected, "{name}");
    }
}

#[test]
fn what_is_no_roster_says_what_it_is() {
    let fault = |name: &str, bytes: &[u8]| table_fault(read_bytes(name, bytes).unwrap_err());
    assert!(matches!(fault("a.csv", b""), TableFault::Empty));
    assert!(matches!(fault("a.xlsx", &xlsx(|_| ())), TableFault::Empty));
    assert!(matches!(fault("a.xlsx", &xlsx(|sheet| write_row(sheet, 0, &["你好"]))), TableFault::NoHeader));
    assert!(matches!(fault("a.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 old"), TableFault::OldWorkbook));
    assert!(matches!(fault("a.xlsx", &encrypted()), TableFault::Encrypted));
    assert!(matches!(fault("a.xls", "<html><table>工号".as_bytes()), TableFault::WebPage));
    assert!(matches!(fault("a.pdf", b"%PDF-1.7 \0\0\xFF"), TableFault::NotATable));
    assert!(matches!(fault("~$a.xlsx", b"\x05lock"), TableFault::LockFile));
    let truncated = &xlsx(|sheet| write_row(sheet, 0, &HEADINGS))[..600];
    assert!(matches!(fault("a.xlsx", truncated), TableFault::Damaged(_)));
    let missing = read(Path::new("没有.xlsx")).unwrap_err();
    assert_eq!(missing.to_string(), "没有.xlsx：找不到这个文件");
}

/// A compound file with the entry that marks an encrypted workbook, and nothing else.
fn encrypted() -> Vec<u8> {
    const FREE: u32 = 0xFFFF_FFFF;
    const END: u32 = 0xFFFF_FFFE;
    const FAT: u32 = 0xFFFF_FFFD;
    let words = |values: &[u32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let mut file = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    file.extend([0; 16]);
    file.extend([0x3E, 0, 3, 0, 0xFE, 0xFF, 9, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
    file.extend(words(&[0, 1, 1, 0, 4096, END, 0, END, 0, 0]));
    file.extend(words(&[FREE; 108]));
    file.extend(words(&[FAT, END]));
    file.extend(words(&[FREE; 126]));
    for (name, kind) in [("Root Entry", 5), ("EncryptedPackage", 2), ("", 0), ("", 0)] {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let length = if name.is_empty() { 0 } else { u16::try_from(entry.len() + 2).unwrap() };
        entry.resize(64, 0);
        entry.extend(length.to_le_bytes());
        entry.extend([kind, 1]);
        entry.extend(words(&[FREE, if kind == 5 { 1 } else { FREE }]));
        entry.resize(116, 0xFF);
        entry.extend(words(&[END, 0, 0]));
        file.extend(entry);
    }
    file
}

#[test]
fn cells_that_could_belong_elsewhere_are_refused() {
    let merged = |area: [u32; 4]| {
        let bytes = xlsx(|sheet| {
            write_row(sheet, 1, &HEADINGS);
            write_row(sheet, 2, &GOOD);
            let [top, left, bottom, right] = area;
            let (left, right) = (u16::try_from(left).unwrap(), u16::try_from(right).unwrap());
            sheet.merge_range(top, left, bottom, right, "合并", &Format::new()).unwrap();
        });
        read_bytes("a.xlsx", &bytes)
    };
    let layout = |error| match table_fault(error) {
        TableFault::Layout(faults) => faults,
        other => panic!("{other}"),
    };
    assert!(merged([0, 0, 0, 7]).is_ok(), "a title above the header");
    let in_header = layout(merged([0, 0, 1, 0]).unwrap_err());
    assert!(in_header.contains(&LayoutFault::Merged { range: "A1:A2".into() }), "{in_header:?}");
    let below = layout(merged([4, 5, 6, 5]).unwrap_err());
    assert_eq!(below, [LayoutFault::Merged { range: "F5:F7".into() }]);

    let mut row = GOOD.to_vec();
    row.push("多出的一格");
    let shifted = layout(read_bytes("a.csv", &csv_ragged(&[HEADINGS.to_vec(), row])).unwrap_err());
    assert_eq!(shifted, [LayoutFault::Unheaded { cell: "I2".into(), value: "多出的一格".into() }]);
}

fn csv_ragged(lines: &[Vec<&str>]) -> Vec<u8> {
    lines.iter().map(|line| line.join(",") + "\n").collect::<String>().into_bytes()
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
fn a_number_that_lost_its_digits_is_refused_and_masked() {
    let bytes = xlsx(|sheet| {
        write_row(sheet, 0, &HEADINGS);
        write_row(sheet, 1, &GOOD);
        sheet.write_number(1, 3, 530_102_199_001_010_028.0).unwrap();
    });
    let roster = read_bytes("a.xlsx", &bytes).unwrap();
    let [only] = &roster.rejected[..] else { panic!("{roster:?}") };
    assert_eq!((only.row, only.column.as_str()), (2, "证件号码"));
    assert!(only.problem.contains("只保留前 15 位") && only.remedy.contains("文本"), "{only:?}");
    assert!(only.value.starts_with("**************"), "{}", only.value);
}

#[test]
fn cells_without_a_value_are_refused() {
    for (formula, shown) in
        [(Formula::new("=NA()").set_result("#N/A"), "#N/A"), (Formula::new("=1/0").set_result("#DIV/0!"), "#DIV/0!")]
    {
        let bytes = xlsx(|sheet| {
            write_row(sheet, 0, &HEADINGS);
            write_row(sheet, 1, &GOOD);
            sheet.write_formula(1, 7, formula).unwrap();
        });
        let roster = read_bytes("a.xlsx", &bytes).unwrap();
        assert_eq!(roster.rejected[0].value, shown);
        assert!(roster.rejected[0].problem.contains("没有可用的值"), "{:?}", roster.rejected);
    }
}

#[test]
fn each_check_has_two_sides() {
    let refused: [(&str, &str, &str); 22] = [
        ("工号", "a/b", "工号里有“/”"),
        ("工号", "..", "“.”或“..”"),
        ("姓名", "样 例", "空格"),
        ("证件类型", "军官证", "证件类型"),
        ("证件号码", "530102199001010029", "校验码"),
        ("证件号码", "530102900101002", "15 位"),
        ("证件号码", "530102199013010028", "出生日期"),
        ("用工形式", "非全日制", "目前只能核算全日制"),
        ("用工形式", "外星人", "不认识的用工形式"),
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
    let total = |row: roster::RosterRow| (row.additional.total, row.additional.items.is_some());
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
    assert_eq!(opening, Some(roster::Opening::default()));
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
    filled.rows[0].cells[0] = Some(gongche::exchange::table::Value::Text("YL001".into()));
    let roster = roster::from_table(&filled, period_end()).unwrap();
    assert_eq!(roster.rejected, []);
    assert_eq!(roster.rows[0].fund_rate.map(|rate| rate.to_string()).as_deref(), Some("7%"));
}

#[test]
fn rejected_rows_are_written_to_a_workbook() {
    let list = with(&[("基本工资", "三千"), ("证件号码", "123")]).rejected;
    let bytes = workbook::to_xlsx(&[rejected::sheet(&list)]).unwrap();
    assert_eq!(bytes, workbook::to_xlsx(&[rejected::sheet(&list)]).unwrap());
    let cells = cells_of(&bytes);
    assert_eq!(cells[0], ["行号", "列", "原值", "问题", "如何改正"]);
    assert_eq!(cells[1][..3], ["2", "证件号码", "***"]);
    assert_eq!(cells[2][..4], ["2", "基本工资", "三千", "不是金额"]);
}

#[test]
fn amounts_come_back_from_a_workbook_to_the_fen() {
    let amounts: Vec<Money> = (0..2_000).map(|n| Money::from_fen(n * n * n * 7 + n)).collect();
    let largest = Money::from_fen(999_999_999_999_999);
    let mut sheet = workbook::Sheet::new("一").column("金额", workbook::Kind::Money, 20);
    for amount in amounts.iter().chain([&largest, &Money::from_fen(-7), &Money::from_fen(1_000_000_000_000_001)]) {
        sheet.push(vec![workbook::Cell::Money(*amount)]);
    }
    let cells = cells_of(&workbook::to_xlsx(&[sheet]).unwrap());
    for (amount, cell) in amounts.iter().zip(&cells[1..]) {
        assert_eq!(yuan(&cell[0]), *amount);
    }
    let last: Vec<&str> = cells[2_001..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(last, ["9999999999999.99", "-0.07", "10000000000000.01"]);
}

/// What is in the first sheet, read independently of the module under test.
fn cells_of(bytes: &[u8]) -> Vec<Vec<String>> {
    use calamine::Reader;
    let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
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
    assert_eq!(book.rows.len(), 30);
    let table = roster::read_table(&hotline("roster-2026-09.csv")).unwrap();
    assert_eq!(roster::workbook(&table).unwrap(), roster::workbook(&table).unwrap(), "the same bytes every time");

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

#[test]
fn ten_thousand_rows_are_read() {
    let ids: Vec<String> = (0..10_000).map(|n| format!("E{n:08}")).collect();
    let numbers: Vec<String> = (0..10_000).map(|n| format!("YL{n:05}")).collect();
    let mut lines = vec![HEADINGS.to_vec()];
    for (id, number) in ids.iter().zip(&numbers) {
        let mut row = GOOD.to_vec();
        (row[0], row[2], row[3]) = (number, "外国护照", id);
        lines.push(row);
    }
    let roster = read_bytes("a.csv", &csv(&lines)).unwrap();
    assert_eq!((roster.rows.len(), roster.rejected.len()), (10_000, 0));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, csv(&lines)).unwrap();
    let book = roster::workbook(&roster::read_table(&path).unwrap()).unwrap();
    assert_eq!(read_bytes("a.xlsx", &book).unwrap(), roster);
}

#[test]
fn other_programs_open_the_workbooks() {
    let folder = TempDir::new().unwrap();
    let template = folder.path().join("template.xlsx");
    roster::template(&template).unwrap();
    let tax = folder.path().join("tax.xlsx");
    let sheet = Layout::wages_2024().fill(&[]).unwrap();
    workbook::save(&tax, &workbook::to_xlsx(&[sheet]).unwrap()).unwrap();

    if runs("python3", &["-c", "import openpyxl"]) {
        for (path, heading) in [(&template, "工号"), (&tax, "*姓名")] {
            let script = "import openpyxl, sys; sheet = openpyxl.load_workbook(sys.argv[1]).worksheets[0]; \
                          assert sys.argv[2] in [cell.value for cell in sheet[1]]";
            assert!(runs("python3", &["-c", script, path.to_str().unwrap(), heading]), "{}", path.display());
        }
    } else {
        println!("skipped: openpyxl is not installed");
    }

    if runs("soffice", &["--version"]) {
        let home = format!("-env:UserInstallation=file://{}", folder.path().join("home").display());
        let out = folder.path().to_str().unwrap();
        let convert =
            [home.as_str(), "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", out];
        assert!(runs("soffice", &[&convert[..], &[template.to_str().unwrap()]].concat()));
        let text = fs::read_to_string(folder.path().join("template.csv")).unwrap();
        assert!(text.starts_with("工号,姓名,证件类型,证件号码,"), "{text}");
    } else {
        println!("skipped: LibreOffice is not installed");
    }
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}
