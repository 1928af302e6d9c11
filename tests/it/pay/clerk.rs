//! What people do at a desk: a template filled in, rows with mistakes, folders that cannot be written.

use super::{Desk, Person, error, figure, findings, gongche, line, pdf_text, person, refusals};
use crate::rules::Ran;
use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
};

/// A sheet of a workbook as text.
pub(super) fn sheet(path: &Path, at: usize) -> Vec<Vec<String>> {
    let mut workbook: Xlsx<_> = open_workbook(path).unwrap();
    let range = workbook.worksheet_range_at(at).unwrap().unwrap();
    let text = |cell: &Data| match cell {
        Data::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year}-{month:02}-{day:02}")
        }
        other => other.to_string(),
    };
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

#[test]
fn the_json_keeps_the_contract() {
    let desk = Desk::new();
    let done = desk.pay(&[person(1, &[("任职受雇日期", "2026-08-01")])], "2026-08", &["--employer", "样例公司"]);
    assert_eq!((done.code, done.complaint.as_str()), (0, ""));
    let json = done.json();
    for key in ["period", "paid_on", "known_at", "employer", "rulebook", "totals", "slips", "rejected"] {
        assert!(json.get(key).is_some(), "{key}");
    }
    assert!(json.get("error").is_none());
    assert_eq!((&json["period"], &json["paid_on"]), (&"2026-08".into(), &"2026-08-31".into()));
    assert_eq!((&json["employer"], &json["known_at"]), (&"样例公司".into(), &Value::Null));
    let slip = &json["slips"][0];
    assert_eq!((&slip["worker"], &slip["relation"]), (&"A001".into(), &"employment".into()));
    for (id, amount) in [
        ("pension_employee", "1600.00"),
        ("medical_employee", "400.00"),
        ("unemployment_employee", "100.00"),
        ("housing_fund_employee", "1400.00"),
        ("pension_employer", "3200.00"),
        ("medical_employer", "1800.00"),
        ("unemployment_employer", "100.00"),
        ("injury_employer", "40.00"),
        ("housing_fund_employer", "1400.00"),
    ] {
        assert_eq!(line(slip, id), amount, "{id}");
    }
    assert_eq!(slip["lines"].as_array().unwrap().len(), 9, "no line that is not published as one of its own");
    for (name, amount) in [("gross", "20000.00"), ("tax", "345.00"), ("net", "16155.00"), ("employer_cost", "26540.00")]
    {
        assert_eq!(figure(slip, name), amount, "{name}");
        assert_eq!(figure(&json["totals"], name), amount, "{name}");
    }
    let finding = &slip["findings"][0];
    for key in ["code", "severity", "message", "cite", "remedy"] {
        assert!(finding[key].is_string(), "{key}");
    }
}

#[test]
fn a_template_is_filled_and_paid() {
    let desk = Desk::new();
    let template = desk.text_path("名单.xlsx");
    let made = gongche(&["pay", "--template", &template, "--format", "json"]);
    assert_eq!((made.code, made.json()["template"].as_str()), (0, Some(template.as_str())));
    let out = desk.text_path("out");
    let run = ["pay", &template, "--period", "2026-09", "--out", &out, "--format", "json"];

    // As it is, nobody is in it but the made-up row.
    let empty = gongche(&run);
    assert_eq!((empty.code, error(&empty).0.as_str()), (2, "empty"));
    assert!(error(&empty).1.contains("样例行"));

    // Filled in as the made-up row says, by a program that keeps the headings.
    let rows = sheet(Path::new(&template), 0);
    let at = rows.iter().position(|row| row.iter().any(|cell| cell == "工号")).unwrap();
    let sample = rows.iter().find(|row| row.iter().any(|cell| cell == "样例")).unwrap();
    let mut book = rust_xlsxwriter::Workbook::new();
    let worksheet = book.add_worksheet();
    for (column, (heading, cell)) in (0..).zip(rows[at].iter().zip(sample)) {
        worksheet.write_string(0, column, heading).unwrap();
        worksheet.write_string(1, column, if cell == "样例" { "B1" } else { cell }).unwrap();
    }
    book.save(desk.path("filled.xlsx")).unwrap();
    let filled = desk.text_path("filled.xlsx");
    let done = gongche(&[&["pay", &filled], &run[2..]].concat());
    let json = done.json();
    assert_eq!(json["slips"].as_array().unwrap().len(), 1, "{json}");
    assert_eq!(desk.files("out/payslips"), ["B1-样例人员.pdf"]);

    // A roster that somebody has filled is never written over; a template is a workbook.
    let again = gongche(&["pay", "--template", &template]);
    assert_eq!(again.code, 2);
    assert!(again.complaint.contains("没有覆盖"), "{}", again.complaint);
    let csv = gongche(&["pay", "--template", &desk.text_path("a.csv"), "--format", "json"]);
    assert_eq!((csv.code, error(&csv).0.as_str()), (2, "template"));
    assert!(!desk.path("a.csv").exists());
}

#[test]
fn bad_rows_are_told_and_good_rows_are_done() {
    let desk = Desk::new();
    let mut stranger = person(9, &[]);
    stranger.insert("证件号码", "31010119900307009?".to_owned());
    let people = [
        person(1, &[]),
        person(2, &[("基本工资", "abc"), ("公积金缴存比例", "7")]),
        stranger,
        person(3, &[("参保地", "香港特别行政区")]),
        person(4, &[("公积金缴存地", "香港特别行政区")]),
        person(6, &[("缺勤扣款", "20000.01")]),
        person(1, &[("工号", "A0012"), ("扣缴义务人", "样例公司")]),
    ];
    let done = desk.pay(&people, "2026-09", &["--employer", "样例公司"]);
    assert_eq!(done.code, 2);
    let json = done.json();
    assert!(json.get("error").is_none(), "some were done");
    assert_eq!(json["slips"].as_array().unwrap().len(), 1);
    let refused = refusals(&json);
    let places: Vec<(u64, &str)> = refused.iter().map(|(row, column, _)| (*row, *column)).collect();
    assert_eq!(
        places,
        [
            (3, "公积金缴存比例"),
            (3, "基本工资"),
            (4, "证件号码"),
            (5, "参保地"),
            (6, "公积金缴存地"),
            (7, "缺勤扣款"),
            (8, "证件号码"),
        ]
    );
    assert!(refused[6].2.contains("第 2 行重复"), "{refused:?}");
    assert!(!done.out.contains(&super::citizen_number(1)), "a number in full");

    assert_eq!(desk.files("out"), ["filings", "findings.txt", "payslips", "rejected.xlsx", "summary.xlsx"]);
    assert_eq!(desk.files("out/payslips"), ["A001-样例甲.pdf"]);
    let listed = sheet(&desk.path("out/rejected.xlsx"), 0);
    let rows = listed.iter().filter(|row| row[0].parse::<u32>().is_ok());
    let listed: Vec<(u64, &str)> = rows.map(|row| (row[0].parse().unwrap(), row[1].as_str())).collect();
    assert_eq!(listed, places);

    // Mended, the list of what was refused is gone.
    let mended = desk.pay_as_text(&people[..1], "2026-09", &[]);
    assert_eq!(mended.code, 0);
    assert_eq!(desk.files("out"), ["filings", "findings.txt", "payslips", "summary.xlsx"]);
    assert!(!mended.out.contains("退回"));
}

#[test]
fn text_says_what_is_to_be_done() {
    let desk = Desk::new();
    let people = [
        person(1, &[("累计专项附加扣除", "2000")]),
        person(2, &[("基本工资", "2000"), ("工作地", "昆明市")]),
        person(3, &[("基本工资", "-1")]),
    ];
    let done = desk.pay_as_text(&people, "2026-09", &[]);
    assert_eq!(done.code, 2);
    for words in [
        "2026-09 工资，2026-09-30 支付，2 人\n",
        "应发工资",
        "22,000.00\n",
        "违法\n  A002 样例甲：可比工资2000.00元低于当地月最低工资标准2270.00元/月。\n",
        "退回 1 行，没有核算，见 rejected.xlsx\n  第 4 行 基本工资“-1”：金额是负数。",
        "1 人的专项附加扣除只填了合计",
        "工资条和汇总表在 ",
    ] {
        assert!(done.out.contains(words), "{words}\n{}", done.out);
    }
    let findings = fs::read_to_string(desk.path("out/findings.txt")).unwrap();
    assert!(findings.contains("A002 样例甲\n") && findings.contains("处理：补足差额。"), "{findings}");
}

#[test]
fn an_additional_deduction_beyond_what_the_months_allow_is_told_and_deducted() {
    // Employed since August: two months of 3,000 for parents, and of rent at most 1,500.
    let told = |elderly: &str, rent: &str| {
        let cells = [("任职受雇日期", "2026-08-01"), ("累计赡养老人", elderly), ("累计住房租金", rent)];
        let json = Desk::new().pay(&[person(1, &cells)], "2026-09", &[]).json();
        let slip = &json["slips"][0];
        let deducted = slip["tax_to_date"]["additional"].as_str().unwrap().to_owned();
        let codes = super::findings(slip).into_iter().filter_map(|code| code.strip_prefix("payroll.additional."));
        (deducted, codes.map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(told("6000", "3000"), ("9000.00".to_owned(), vec![]));
    let beyond = ["rent_above_most", "elderly_above_most"].map(str::to_owned).to_vec();
    assert_eq!(told("6000.01", "3000.01"), ("9000.02".to_owned(), beyond));
}

#[test]
fn where_nobody_could_be_done_there_is_an_error_object() {
    let desk = Desk::new();
    let uncovered = person(1, &[("参保地", "810000")]);
    let done = desk.pay(std::slice::from_ref(&uncovered), "2026-09", &[]);
    assert_eq!((done.code, error(&done).0.as_str()), (3, "coverage"));
    assert!(error(&done).1.contains("香港"), "{}", done.out);
    assert_eq!(refusals(&done.json()).len(), 1);
    // Of what was not computed there is no summary; what was refused is listed.
    assert_eq!(desk.files("out"), ["rejected.xlsx"]);

    // A mistake in another row is the user's to mend, whatever the book covers.
    let done = desk.pay(&[uncovered, person(2, &[("基本工资", "x")])], "2026-09", &[]);
    assert_eq!((done.code, error(&done).0.as_str()), (2, "rejected"));

    // Far past the review of its bases a place is not covered either.
    let done = desk.pay(&[person(1, &[])], "2036-09", &[]);
    assert_eq!((done.code, error(&done).0.as_str()), (3, "coverage"));
    assert!(desk.pay_as_text(&[person(1, &[])], "2036-09", &[]).out.contains("退回 1 行"));
}

#[test]
fn wrong_arguments_and_files_are_exit_2_with_words() {
    let desk = Desk::new();
    let good = [person(1, &[])];
    let refused = |ran: &Ran, code: &str, words: &str| {
        assert_eq!(ran.code, 2, "{} {}", ran.out, ran.complaint);
        let (found, message) = error(ran);
        assert_eq!(found, code, "{message}");
        assert!(message.contains(words), "{message}");
    };
    refused(&desk.pay(&good, "2026-13", &[]), "usage", "不是所属期");
    refused(&desk.pay(&good, "2026-09", &["--paid-on", "2026-08-31"]), "paid-on", "早于所属月份");
    refused(&desk.pay(&good, "2026-09", &["--replace"]), "usage", "--db");
    refused(&gongche(&["pay", "--format", "json"]), "usage", "--period");
    refused(&desk.pay(&[person(1, &[("夜班津帖", "1")])], "2026-09", &[]), "roster", "夜班津贴");

    let out = desk.text_path("out");
    let read = |name: &str, content: &[u8]| {
        fs::write(desk.path(name), content).unwrap();
        gongche(&["pay", &desk.text_path(name), "--period", "2026-09", "--out", &out, "--format", "json"])
    };
    refused(&read("empty.csv", b""), "roster", "文件是空的");
    let headings = "工号,姓名,证件类型,证件号码,用工形式,参保地,任职受雇日期,基本工资\n";
    refused(&read("nobody.csv", headings.as_bytes()), "empty", "没有人员");
    refused(&read("no.xlsx", b"no workbook"), "roster", "");
    let absent = gongche(&["pay", "absent.csv", "--period", "2026-09", "--out", &out, "--format", "json"]);
    refused(&absent, "roster", "找不到");
    let complaint = gongche(&["pay", "absent.csv", "--period", "2026-09", "--out", &out]).complaint;
    assert_eq!(complaint.matches("absent.csv").count(), 1, "the place is told once: {complaint}");
    assert!(!desk.path("out").exists(), "nothing was written");
}

#[test]
fn a_folder_that_cannot_be_written_leaves_the_ledger_as_it_was() {
    let desk = Desk::new();
    fs::write(desk.path("out"), "a file").unwrap();
    let good = [person(1, &[])];
    let done = desk.book(&good, "2026-09", &[]);
    assert_eq!((done.code, error(&done).0.as_str()), (2, "write"));
    assert!(error(&done).1.contains("不是文件夹"));
    fs::remove_file(desk.path("out")).unwrap();
    assert_eq!(desk.book(&good, "2026-09", &[]).json()["ledger"], "written");
}

#[test]
fn contributions_follow_their_columns() {
    let desk = Desk::new();
    let injury = |class: u32| person(class, &[("工伤行业类别", &class.to_string())]);
    let mut people: Vec<Person> = (1..=8).map(injury).collect();
    people.extend([
        person(11, &[("公积金缴存比例", "0.07"), ("公积金缴存地", "昆明市"), ("工作地", "110105")]),
        person(12, &[("公积金缴存比例", ""), ("公积金缴存基数", "")]),
        person(13, &[("社保起缴月", "2026-10"), ("公积金起缴月", "2026-10"), ("社保缴费基数", "")]),
        person(14, &[("任职受雇日期", "2026-09-10"), ("社保缴费基数", ""), ("公积金缴存基数", "")]),
        person(15, &[("参保地", "530102"), ("工伤行业类别", "")]),
        person(16, &[("其他扣款", "100.01"), ("缺勤扣款", "0.99")]),
        person(17, &[("离职日期", "2026-08-31"), ("社保缴费基数", "")]),
    ]);
    let done = desk.pay(&people, "2026-09", &[]);
    assert_eq!(done.code, 0, "{}", done.complaint);
    let json = done.json();
    let slips: BTreeMap<&str, &Value> =
        json["slips"].as_array().unwrap().iter().map(|slip| (slip["worker"].as_str().unwrap(), slip)).collect();
    let injuries: Vec<&str> = ["A001", "A002", "A003", "A004", "A005", "A006", "A007", "A008"]
        .map(|worker| line(slips[worker], "injury_employer"))
        .into();
    assert_eq!(injuries, ["40.00", "80.00", "140.00", "180.00", "220.00", "260.00", "320.00", "380.00"]);
    assert_eq!(line(slips["A011"], "housing_fund_employee"), "1400.00");
    assert_eq!(line(slips["A012"], "housing_fund_employee"), "0.00");
    assert!(findings(slips["A012"]).contains(&"payroll.fund_not_stated"));
    for worker in ["A013", "A017"] {
        assert_eq!(figure(slips[worker], "net"), "20000.00", "{worker}");
        assert_eq!(figure(slips[worker], "employer_cost"), "20000.00", "{worker}");
        assert!(!findings(slips[worker]).contains(&"payroll.fund_not_stated"), "{worker}");
    }
    assert_eq!(line(slips["A014"], "pension_employee"), "1600.00");
    assert_eq!(line(slips["A014"], "housing_fund_employee"), "1400.00");
    assert!(findings(slips["A015"]).contains(&"payroll.class_assumed"));
    assert_eq!(figure(slips["A016"], "gross"), "19999.01");
    assert_eq!(figure(slips["A016"], "net"), "16399.00");

    let first = sheet(&desk.path("out/summary.xlsx"), 0);
    assert_eq!(first.last().unwrap()[0], "合计");
    let headings = sheet(&desk.path("out/filings/tax-wage.xlsx"), 0);
    assert_eq!(headings[0].len(), 30);
    let slip = desk.path("out/payslips/A016-样例甲.pdf");
    if let Some(text) = pdf_text(&slip) {
        for words in ["16,399.00", "壹万陆仟叁佰玖拾玖元整", "其他扣款", "未经核实的数值"] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }
}

#[test]
fn what_was_published_later_is_not_known_before() {
    let desk = Desk::new();
    let rich = [person(1, &[("参保地", "北京"), ("社保缴费基数", "40000"), ("基本工资", "40000")])];
    for (known_at, pension) in [("2026-08-10", "2864.88"), ("2026-08-20", "2864.88"), ("2026-08-21", "2907.84")] {
        let json = desk.pay(&rich, "2026-08", &["--known-at", known_at]).json();
        assert_eq!(json["known_at"], known_at);
        assert_eq!(line(&json["slips"][0], "pension_employee"), pension, "{known_at}");
    }
}

#[test]
fn the_same_roster_gives_the_same_bytes_as_csv_in_either_encoding() {
    let desk = Desk::new();
    let roster = desk.write(&[person(1, &[]), person(2, &[("姓名", "样例乙")])]);
    let text = fs::read_to_string(&roster).unwrap();
    fs::write(desk.path("gbk.csv"), encoding_rs::GBK.encode(&text).0).unwrap();
    for (roster, out) in [(&roster, "a"), (&desk.text_path("gbk.csv"), "b")] {
        let out = desk.text_path(out);
        assert_eq!(gongche(&["pay", roster, "--period", "2026-09", "--out", &out]).code, 0);
    }
    assert_eq!(desk.files("a"), desk.files("b"));
    for name in ["summary.xlsx", "findings.txt", "payslips/A001-样例甲.pdf", "payslips/A002-样例乙.pdf"] {
        let bytes = |out: &str| fs::read(desk.path(out).join(name)).unwrap();
        assert!(bytes("a") == bytes("b"), "{name}");
    }
}

#[test]
fn slips_of_another_run_in_the_folder_are_said() {
    let desk = Desk::new();
    assert_eq!(desk.pay(&[person(1, &[]), person(2, &[])], "2026-09", &[]).json()["notes"], serde_json::json!([]));
    let notes = desk.pay(&[person(1, &[])], "2026-09", &[]).json()["notes"].clone();
    assert_eq!(notes, serde_json::json!(["payslips 里另有 1 份不是本次的工资条：A002-样例甲.pdf"]));
}

#[test]
fn what_a_run_of_another_month_left_is_named_and_left_there() {
    let desk = Desk::new();
    for left in ["out/.2026-08.part/payslips", "out/.2026-09.part/payslips"] {
        fs::create_dir_all(desk.path(left)).unwrap();
    }
    let notes = desk.pay(&[person(1, &[])], "2026-09", &[]).json()["notes"].clone();
    assert_eq!(notes.as_array().map(Vec::len), Some(1), "{notes}");
    assert!(notes[0].as_str().unwrap().contains("留下的 .2026-08.part；"), "{notes}");
    // It may be under way; that of the same month was swept.
    assert!(desk.path("out/.2026-08.part").exists() && !desk.path("out/.2026-09.part").exists());
}

#[test]
fn text_that_is_named_a_workbook_is_told_to_be_none() {
    let desk = Desk::new();
    let told = |name: &str, text: &str| {
        fs::write(desk.path(name), text).unwrap();
        let (file, out) = (desk.text_path(name), desk.text_path("out"));
        error(&gongche(&["pay", &file, "--period", "2026-09", "--out", &out, "--format", "json"])).1
    };
    assert!(told("a.xlsx", "九月工资").contains("内容却是文字，不是工作簿"));
    assert!(told("a.csv", "九月工资").contains("找不到表头"));
    // What has a table in it is read, whatever its name.
    let headed = fs::read_to_string(desk.write(&[person(1, &[("血型", "A")])])).unwrap();
    assert!(told("b.xlsx", &headed).contains("不认识的列“血型”"));
}

#[test]
fn a_closed_pipe_is_no_fault() {
    let desk = Desk::new();
    let roster = desk.write(&[person(1, &[])]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_gongche"))
        .args(["pay", &roster, "--period", "2026-09", "--out", &desk.text_path("out"), "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut complaint = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(complaint, "");
}
