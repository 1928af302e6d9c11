//! Tables in real files, as people and programs make them; workbooks as other programs open them.
#![allow(clippy::unwrap_used, clippy::panic)] // clippy.toml frees tests of these, but not the helpers that they share

use std::{fs, path::Path, process::Command};

use chrono::NaiveDate;
use encoding_rs::GBK;
use gongche::{
    exchange::{
        rejected,
        roster::{self, Roster, RosterError},
        table::{LayoutFault, TableFault},
        workbook,
    },
    quantity::Money,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use tempfile::TempDir;

pub(crate) const HEADINGS: [&str; 8] =
    ["工号", "姓名", "证件类型", "证件号码", "用工形式", "参保地", "任职受雇日期", "基本工资"];
/// A good row for them; whoever joined in the month needs no 社保缴费基数.
pub(crate) const GOOD: [&str; 8] =
    ["YL001", "样例甲", "居民身份证", "530102199001010028", "全日制", "昆明市", "2026-09-01", "3200"];
pub(crate) const SECOND_ID: &str = "530102199502280034";

pub(crate) fn period_end() -> NaiveDate {
    day(2026, 9, 30)
}

pub(crate) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub(crate) fn yuan(amount: &str) -> Money {
    Money::parse(amount).unwrap()
}

pub(crate) fn read(path: &Path) -> Result<Roster, RosterError> {
    roster::read(path, period_end())
}

pub(crate) fn read_bytes(name: &str, bytes: &[u8]) -> Result<Roster, RosterError> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    read(&path)
}

pub(crate) fn csv(lines: &[Vec<&str>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(vec![]);
    for line in lines {
        writer.write_record(line).unwrap();
    }
    writer.into_inner().unwrap()
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
            sheet.write_with_format(row, 7, ExcelDateTime::from_ymd(2026, 9, 15).unwrap(), &date).unwrap();
            sheet.write_number(row, 8, 1000 + row).unwrap();
        }
        workbook.save_to_buffer().unwrap()
    };
    let roster = read_bytes("九月.xlsx", &bytes).unwrap();
    assert_eq!(roster.rejected, []);
    let [first, second] = &roster.rows[..] else { panic!("{roster:?}") };
    assert_eq!((first.row, second.row), (4, 7));
    assert_eq!(first.main_pay, yuan("3200.10"));
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

pub(crate) fn csv_ragged(lines: &[Vec<&str>]) -> Vec<u8> {
    lines.iter().map(|line| line.join(",") + "\n").collect::<String>().into_bytes()
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
fn rejected_rows_are_written_to_a_workbook() {
    let mut row = GOOD.to_vec();
    (row[3], row[7]) = ("123", "三千");
    let list = read_bytes("a.csv", &csv(&[HEADINGS.to_vec(), row])).unwrap().rejected;
    let bytes = workbook::to_xlsx(&[rejected::sheet(&list)]).unwrap();
    assert_eq!(bytes, workbook::to_xlsx(&[rejected::sheet(&list)]).unwrap());
    let cells = cells_of(&bytes);
    assert_eq!(cells[0], ["行号", "列", "原值", "问题", "如何改正"]);
    assert_eq!(cells[1][..3], ["2", "证件号码", "***"]);
    assert_eq!(cells[2][..4], ["2", "基本工资", "三千", "不是金额"]);
}

/// A row of cells of text, as XML.
fn text_row(cells: [&str; 8]) -> String {
    let cell = |cell: &str| format!("<c t=\"inlineStr\"><is><t>{cell}</t></is></c>");
    format!("<row>{}</row>", cells.map(cell).concat())
}

#[test]
fn a_formula_saved_without_its_result_is_no_value() {
    let with_wage = |wage: &str| {
        let good = text_row(GOOD).replace("<c t=\"inlineStr\"><is><t>3200</t></is></c>", wage);
        unpacked_workbook(&(text_row(HEADINGS) + &good))
    };
    let cached = read_bytes("a.xlsx", &with_wage("<c><f>3000+200</f><v>3200</v></c>")).unwrap();
    assert_eq!((cached.rows[0].main_pay, cached.rejected.len()), (yuan("3200"), 0));
    let missing = read_bytes("a.xlsx", &with_wage("<c><f>3000+200</f></c>")).unwrap();
    assert_eq!(missing.rejected[0].value, "公式没有保存计算结果");
    let blank = read_bytes("a.xlsx", &with_wage("<c t=\"str\"><f>\"\"</f><v></v></c>")).unwrap();
    assert_eq!(blank.rejected[0].problem, "必填，这里是空的");
}

#[test]
fn a_cell_outside_the_sheet_is_damage_and_no_panic() {
    let with_cell = |place: &str| {
        let stray = format!("<row><c r=\"{place}\"><v>1</v></c></row>");
        read_bytes("a.xlsx", &unpacked_workbook(&(text_row(HEADINGS) + &text_row(GOOD) + &stray)))
    };
    assert_eq!(with_cell("A1048576").unwrap().rejected[0].row, 1_048_576);
    for place in ["A1048577", "XFE1", "A99999999999999", "ZZZZZZZZZZ1"] {
        assert!(matches!(table_fault(with_cell(place).unwrap_err()), TableFault::Damaged(_)), "{place}");
    }
}

/// A workbook of one sheet, as a program writes it that leaves the computing to Excel.
fn unpacked_workbook(rows: &str) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const LINKS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let link = |kind: &str, target: &str| {
        let link = format!("<Relationship Id=\"r1\" Type=\"{LINKS}/{kind}\" Target=\"{target}\"/>");
        format!("<Relationships xmlns=\"{PACKAGE}\">{link}</Relationships>")
    };
    let sheets = "<sheets><sheet name=\"一\" sheetId=\"1\" r:id=\"r1\"/></sheets>";
    stored_zip(&[
        ("_rels/.rels", link("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{LINKS}\">{sheets}</workbook>")),
        ("xl/_rels/workbook.xml.rels", link("worksheet", "worksheets/sheet1.xml")),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>")),
    ])
}

/// Files in a ZIP archive, not compressed.
fn stored_zip(files: &[(&str, String)]) -> Vec<u8> {
    let number = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut crc = flate2::Crc::new();
        crc.update(content.as_bytes());
        // Version, flags, method and time; then checksum, both sizes, and the lengths of name and extra field.
        let mut entry = vec![20, 0, 0, 0, 0, 0, 0, 0, 33, 0];
        entry.extend([crc.sum().to_le_bytes(), number(content.len()), number(content.len())].concat());
        entry.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        entry.extend([0, 0]);
        directory.extend([b"PK\x01\x02\x14\0", &entry[..], &[0; 10], &number(archive.len()), name.as_bytes()].concat());
        archive.extend([b"PK\x03\x04", &entry[..], name.as_bytes(), content.as_bytes()].concat());
    }
    let start = number(archive.len());
    let size = number(directory.len());
    archive.extend(directory);
    archive.extend([b"PK\x05\x06\0\0\0\0", &count[..], &count, &size, &start, &[0, 0]].concat());
    archive
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
    let book = roster::to_xlsx(&roster::read_table(&path).unwrap()).unwrap();
    assert_eq!(read_bytes("a.xlsx", &book).unwrap(), roster);
}

#[test]
fn other_programs_open_the_workbooks() {
    let folder = TempDir::new().unwrap();
    let template = folder.path().join("template.xlsx");
    roster::template(&template).unwrap();
    if runs("python3", &["-c", "import openpyxl"]) {
        let script = "import openpyxl, sys; sheet = openpyxl.load_workbook(sys.argv[1]).worksheets[0]; \
                      assert sys.argv[2] in [cell.value for cell in sheet[1]]";
        assert!(runs("python3", &["-c", script, template.to_str().unwrap(), "工号"]));
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
