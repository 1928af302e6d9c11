//! What goes out of a run, read back by others: the tax client's imports, the bank's batch, the entries for the books;
//! what others computed held against it; and a slip that is computed again from what it carries.

use super::{Desk, Person, citizen_number, clerk::sheet, error, gongche, person};
use encoding_rs::GBK;
use gongche::{
    document::{attachments, protected_attachments},
    exchange::{
        figures::Pattern,
        layout::{Layout, LayoutError},
    },
    quantity::Money,
    rulebook::{Book, Sources},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

pub(super) const BANK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/hotline/bank.toml");

fn three() -> Vec<Person> {
    vec![
        person(1, &[("银行账号", "6222000000000000001"), ("项目", "样例热线")]),
        person(2, &[("姓名", "样例乙"), ("银行账号", "6222000000000000002"), ("任职受雇日期", "2026-09-01")]),
        person(3, &[("姓名", "样例丙"), ("任职受雇日期", "2026-09-01")]),
    ]
}

/// The rows of a CSV file: cells by heading.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{FEFF}').as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn yuan(amount: &str) -> Money {
    Money::parse(amount).unwrap()
}

#[test]
fn the_bank_is_told_what_the_slips_say_and_who_has_no_account_is_named() {
    let desk = Desk::new();
    let ran = desk.pay(&three(), "2026-09", &["--bank", BANK]);
    // The two are paid; the third is to be seen to.
    assert_eq!(ran.code, 2, "{}", ran.out);
    let json = ran.json();
    let bytes = fs::read(desk.path("out/filings/bank.csv")).unwrap();
    let (text, _, broken) = GBK.decode(&bytes);
    assert!(!broken);
    let listed = rows(&text);
    assert_eq!(listed.len(), 2);
    for (row, slip) in listed.iter().zip(json["slips"].as_array().unwrap()) {
        assert_eq!(row["金额"], slip["net"].as_str().unwrap());
        assert_eq!(row["户名"], slip["name"].as_str().unwrap());
    }
    assert_eq!(listed[0]["收款账号"], "6222000000000000001", "a number with all of its digits");
    let said = json["notes"].to_string();
    assert!(said.contains("2 笔") && said.contains("A003"), "{said}");
    assert!(desk.path("out/filings/left-out.xlsx").exists());
}

#[test]
fn the_tax_client_gets_the_months_own_columns_in_its_order() {
    let desk = Desk::new();
    assert_eq!(desk.pay(&three(), "2026-09", &[]).code, 0);
    let files = desk.files("out/filings");
    for name in [
        "figures.csv",
        "journal.xlsx",
        "tax-wage.xlsx",
        "tax-person.xlsx",
        "social-insurance.xlsx",
        "housing-fund.xlsx",
    ] {
        assert!(files.iter().any(|file| file == name), "{name} in {files:?}");
    }
    assert!(!files.iter().any(|file| file == "tax-labour.xlsx"), "nobody was paid for services");
    let script = "import openpyxl, sys\n\
                  sheet = openpyxl.load_workbook(sys.argv[1]).worksheets[0]\n\
                  rows = list(sheet.iter_rows(values_only=True))\n\
                  assert sheet.title == '正常工资薪金收入', sheet.title\n\
                  assert len(rows[0]) == 30 and len(rows) == 4, (len(rows[0]), len(rows))\n\
                  assert rows[0][:5] == ('工号', '*姓名', '*证件类型', '*证件号码', '本期收入'), rows[0]\n\
                  assert isinstance(rows[1][3], str) and len(rows[1][3]) == 18, rows[1]\n\
                  assert rows[1][4] == 20000 and rows[1][6] == 1600 and rows[1][9] == 1400, rows[1]\n";
    let file = desk.text_path("out/filings/tax-wage.xlsx");
    match Command::new("python3").args(["-c", script, &file]).output() {
        Ok(done) if done.status.success() => {}
        Ok(done) => {
            let said = String::from_utf8_lossy(&done.stderr).into_owned();
            if said.contains("No module named") {
                println!("skipped: openpyxl is not installed");
            } else {
                panic!("{said}");
            }
        }
        Err(_) => println!("skipped: python3 is not installed"),
    }
}

#[test]
fn an_older_vintage_is_written_where_it_is_asked_for() {
    let desk = Desk::new();
    assert_eq!(desk.pay(&three(), "2026-09", &["--layout", "tax-wage@2024"]).code, 0);
    assert!(desk.path("out/filings/tax-wage.xlsx").exists());
    let (code, message) = error(&desk.pay(&three(), "2026-09", &["--layout", "tax-wage@1999"]));
    assert_eq!(code, "layout");
    assert!(message.contains("tax-wage@1999"), "{message}");
}

#[test]
fn what_the_client_computed_is_held_against_ours_to_the_fen() {
    let desk = Desk::new();
    assert_eq!(desk.pay(&three(), "2026-09", &[]).code, 0);
    let ours = desk.text_path("out/filings/figures.csv");
    let figures = rows(&fs::read_to_string(&ours).unwrap());
    let theirs = |change: &dyn Fn(usize, Money) -> Option<Money>| {
        let mut text = "姓名,证件号码,应补(退)税额\n".to_owned();
        for (at, row) in figures.iter().enumerate() {
            if let Some(tax) = change(at, yuan(&row["个人所得税"])) {
                text += &format!("{},{},{tax}\n", row["姓名"], row["证件号码"]);
            }
        }
        fs::write(desk.path("theirs.csv"), text).unwrap();
        gongche(&["reconcile", &ours, &desk.text_path("theirs.csv"), "--as", "tax", "--format", "json"])
    };
    let same = theirs(&|_, tax| Some(tax));
    assert_eq!((same.code, same.json()["people"].as_u64()), (0, Some(3)), "{}", same.out);
    let fen = Money::from_fen(1);
    let more = theirs(&|at, tax| Some(if at == 1 { tax.add(fen).unwrap() } else { tax }));
    assert_eq!(more.code, 1);
    let differences = more.json()["differences"].clone();
    assert_eq!(differences.as_array().unwrap().len(), 1);
    assert_eq!(differences[0]["remark"], "我方少 0.01");
    let gone = theirs(&|at, tax| (at != 1).then_some(tax));
    assert_eq!(gone.json()["differences"][0]["remark"], "对方没有此人");
    assert_eq!(gone.json()["differences"][0]["id_tail"], citizen_number(2)[14..]);
}

#[test]
fn a_slip_says_whether_it_is_what_it_was() {
    let desk = Desk::new();
    assert_eq!(desk.pay(&three()[1..2], "2026-09", &[]).code, 0);
    let slip = desk.text_path("out/payslips/A002-样例乙.pdf");
    let verify = |file: &str| gongche(&["verify", file, "--format", "json"]);
    let whole = verify(&slip);
    assert_eq!((whole.code, whole.json()["verdict"].as_str()), (0, Some("unchanged")), "{}", whole.out);

    // Somebody raises the net in the result that the file carries, and leaves the page.
    let carried = attachments(&fs::read(&slip).unwrap()).unwrap();
    let result: serde_json::Value = serde_json::from_slice(&carried["result.json"]).unwrap();
    let net = result["net"].as_str().unwrap();
    let raised = yuan(net).add(Money::from_fen(100_000)).unwrap().to_string();
    let mut file = lopdf::Document::load(&slip).unwrap();
    for object in file.objects.values_mut() {
        if let lopdf::Object::Stream(stream) = object
            && let Ok(content) = stream.decompressed_content()
            && let Ok(text) = String::from_utf8(content)
            && text.contains("\"employer_cost\"")
        {
            stream.set_plain_content(text.replace(net, &raised).into_bytes());
        }
    }
    let forged = desk.text_path("forged.pdf");
    file.save(&forged).unwrap();
    let changed = verify(&forged);
    assert_eq!((changed.code, changed.json()["verdict"].as_str()), (2, Some("changed")), "{}", changed.out);
    assert!(changed.json()["sentence"].as_str().unwrap().contains(&raised), "{}", changed.out);

    let (code, _) = error(&verify(BANK));
    assert_eq!(code, "pdf");
}

#[test]
fn slips_are_bound_for_printing_and_shut_with_a_password_of_their_own() {
    let desk = Desk::new();
    let ran = desk.pay(&three(), "2026-09", &["--print", "--slip-password", "{id_number:-6}"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let bound = lopdf::Document::load(desk.path("out/payslips-for-print.pdf")).unwrap();
    assert!(bound.get_pages().len() >= 3);
    let shut = fs::read(desk.path("out/payslips/A002-样例乙.pdf")).unwrap();
    assert!(attachments(&shut).is_err());
    let password = &citizen_number(2)[12..];
    assert!(protected_attachments(&shut, Some(password)).unwrap().contains_key("result.json"));
    let slip = desk.text_path("out/payslips/A002-样例乙.pdf");
    let verified = gongche(&["verify", &slip, "--password", password, "--format", "json"]);
    assert_eq!(verified.json()["verdict"], "unchanged", "{}", verified.out);
    assert_eq!(error(&gongche(&["verify", &slip, "--format", "json"])).0, "password");
    let refused = desk.pay(&three(), "2026-09", &["--slip-password", "{id_numbre}"]);
    assert!(error(&refused).1.contains("id_number"), "{}", refused.out);
}

#[test]
fn patterns_that_mean_nothing_are_refused() {
    assert!(Pattern::read("{id_number:-6}").is_ok());
    for (pattern, told) in
        [("{id_number", "配对"), ("{id_number:x}", "取几个字"), ("{id_number:0}", "取几个字"), ("{idd}", "不是可取")]
    {
        let problem = Pattern::read(pattern).unwrap_err();
        assert!(problem.contains(told), "{pattern}: {problem}");
    }
}

#[test]
fn the_shipped_layouts_take_what_there_is() {
    let book = Book::read(Sources::embedded()).unwrap();
    let lexicon = book.lexicon();
    let members = |id: &str| lexicon.members(lexicon.find_anywhere(id).unwrap()).iter().map(|one| one.id.clone());
    let lines = members("social.line").chain(["housing_fund".to_owned()]);
    let keys = |line: String| ["line", "arrear"].map(|what| format!("{what}.{line}_employee")).to_vec();
    let employers = |line: &String| ["line", "arrear"].map(|what| format!("{what}.{line}_employer")).to_vec();
    let lines = lines.flat_map(|line| [employers(&line), keys(line)].concat());
    let ids: BTreeSet<String> =
        members("labour.pay_items.item").map(|item| format!("earning.{item}")).chain(lines).collect();
    for layout in Layout::shipped() {
        assert_eq!(layout.check(&ids), Ok(()), "{}", layout.schema);
    }
    let columns: Vec<(&str, usize)> =
        Layout::shipped().iter().map(|layout| (layout.schema.as_str(), layout.headings().count())).collect();
    for (schema, count) in [
        ("tax-person@2024", 51),
        ("tax-wage@2024", 24),
        ("tax-wage@2025-28", 28),
        ("tax-wage@2025", 29),
        ("tax-wage@2026", 30),
        ("tax-labour@2024", 14),
        ("tax-labour-cumulative@2025", 14),
        ("tax-bonus@2024-10", 10),
        ("tax-bonus@2024", 11),
    ] {
        assert!(columns.contains(&(schema, count)), "{schema} in {columns:?}");
    }
    // Of each family the newest vintage that had begun.
    let chosen = |month| Layout::of_month(month).into_iter().map(|one| one.schema.as_str()).collect::<Vec<_>>();
    assert!(chosen("2025-12").contains(&"tax-wage@2025") && !chosen("2025-12").contains(&"tax-wage@2026"));
    assert!(chosen("2026-01").contains(&"tax-wage@2026"));
    // What is another edition of a vintage must be asked for.
    assert!(chosen("2026-09").iter().all(|one| !one.ends_with("-28") && !one.ends_with("-10")));
    assert!(chosen("2023-12").is_empty());
}

#[test]
fn a_layout_that_contradicts_itself_is_refused_with_its_column() {
    let layout =
        |column: &str| Layout::read(&format!("schema = 'x@1'\ntitle = 'x'\nsheet = 'x'\ncolumn = [{column}]\n"));
    let fault = |column: &str| layout(column).unwrap_err();
    assert!(
        matches!(fault("{ name = 'a', kind = 'money', always = '1' }"), LayoutError::Column { column, .. } if column == "a")
    );
    assert!(matches!(fault("{ name = 'a', kind = 'text', take = 'net', always = '1' }"), LayoutError::Column { .. }));
    assert!(matches!(fault("{ name = 'a', kind = 'text', positive = true }"), LayoutError::Column { .. }));
    assert!(matches!(fault("{ name = 'a', kind = 'texxt' }"), LayoutError::Toml(_)));
    let misspelt = layout("{ name = 'a', kind = 'money', take = 'nett' }").unwrap();
    let error = misspelt.check(&BTreeSet::new()).unwrap_err();
    assert!(matches!(&error, LayoutError::Key { nearest: Some(near), .. } if near == "net"), "{error}");
}

/// The sums of a journal by account and name: debit, credit.
fn posted(desk: &Desk) -> BTreeMap<String, (String, String)> {
    let rows = sheet(&desk.path("out/filings/journal.xlsx"), 0);
    let lines = rows.iter().skip(1).filter(|row| row[0].parse::<u32>().is_ok());
    lines.map(|row| (format!("{} {} {}", row[0], row[2], row[3]), (row[5].clone(), row[6].clone()))).collect()
}

#[test]
fn fees_for_services_are_no_pay_of_employees_in_the_books() {
    let desk = Desk::new();
    let service = [("用工形式", "劳务"), ("基本工资", ""), ("劳务报酬", "3000"), ("期初累计收入", "")];
    let intern =
        [("用工形式", "实习"), ("基本工资", ""), ("劳务报酬", "1000"), ("全日制在读", "是"), ("期初累计收入", "")];
    let people = [person(1, &[]), person(2, &service), person(3, &intern)];
    assert!(desk.pay(&people, "2026-09", &[]).code < 2);
    let posted = posted(&desk);
    let of = |line: &str| posted.get(line).map(|(debit, credit)| format!("{debit}|{credit}")).unwrap_or_default();
    assert_eq!(of("1 6401 主营业务成本—工资"), "21000|");
    assert_eq!(of("1 2211 应付职工薪酬—工资"), "|21000");
    assert_eq!(of("1 6401 主营业务成本—劳务费"), "3000|");
    assert_eq!(of("1 2241 其他应付款—劳务报酬"), "|3000");
    assert_eq!(of("3 2241 其他应付款—劳务报酬"), "3000|");
    assert_eq!(of("3 2211 应付职工薪酬—工资"), "21000|");

    // Without fees there is nothing of them.
    let wages = Desk::new();
    assert_eq!(wages.pay(&people[..1], "2026-09", &[]).code, 0);
    assert!(self::posted(&wages).keys().all(|line| !line.contains("劳务")), "{:?}", self::posted(&wages));
}

#[test]
fn a_relation_that_there_is_not_is_refused_with_the_account() {
    let desk = Desk::new();
    let accounts = "title = 'x'\n[[voucher]]\nsummary = '{period}'\nentry = [\
        { side = 'debit', account = '6401', name = '成本', take = ['gross'], relations = ['internships'] }]\n";
    fs::write(desk.path("accounts.toml"), accounts).unwrap();
    let (code, message) = error(&desk.pay(&three(), "2026-09", &["--accounts", &desk.text_path("accounts.toml")]));
    assert_eq!(code, "accounts");
    assert!(message.contains("6401") && message.contains("是不是“internship”"), "{message}");
}

#[test]
fn every_relation_has_its_account_in_the_shipped_mapping() {
    let desk = Desk::new();
    let paid = |engagement: &'static str| {
        let fee = matches!(engagement, "实习" | "平台" | "劳务");
        let (wage, fee) = if fee { ("", "1000") } else { ("1000", "") };
        person(1, &[("用工形式", engagement), ("基本工资", wage), ("劳务报酬", fee), ("期初累计收入", "")])
    };
    for engagement in ["全日制", "非全日制", "劳务派遣", "超龄", "实习", "平台", "劳务"] {
        assert!(desk.pay(&[paid(engagement)], "2026-09", &[]).code < 2, "{engagement}");
        let lines = posted(&desk);
        let cost = lines.iter().find(|(line, _)| line.starts_with("1 6401")).unwrap_or_else(|| panic!("{engagement}"));
        assert_eq!(cost.1.0, "1000", "{engagement}");
    }
}

/// The workers that a sheet of a filing lists, by the column that holds 工号.
fn listed(desk: &Desk, file: &str, column: usize) -> Vec<String> {
    let path = desk.path("out/filings").join(file);
    let rows = if path.exists() { sheet(&path, 0) } else { Vec::new() };
    rows.into_iter().skip(1).map(|row| row[column].clone()).collect()
}

#[test]
fn a_run_beside_the_month_lists_only_those_who_have_something_to_declare() {
    let bonus = |apart: &str, merged: &str| {
        let desk = Desk::new();
        let cells = [("基本工资", "0"), ("全年一次性奖金", apart), ("奖金", merged), ("任职受雇日期", "2026-09-01")];
        let people = [person(1, &cells), person(2, &[("基本工资", "100"), ("任职受雇日期", "2026-09-01")])];
        assert!(desk.pay(&people, "2026-09", &["--kind", "bonus"]).code < 2);
        desk
    };
    let apart = bonus("36000", "");
    assert_eq!(listed(&apart, "tax-wage.xlsx", 0), ["A002"]);
    assert_eq!(listed(&apart, "tax-bonus.xlsx", 0), ["A001"]);
    let merged = bonus("", "10000");
    assert_eq!(listed(&merged, "tax-wage.xlsx", 0), ["A001", "A002"]);
    assert_eq!(listed(&merged, "tax-bonus.xlsx", 0), [""; 0]);
    for desk in [apart, merged] {
        assert!(!desk.path("out/filings/social-insurance.xlsx").exists(), "contributed in the run of the month");
        assert!(!desk.path("out/filings/housing-fund.xlsx").exists());
    }
    // In the run of the month a wage of nought is declared as well, and insured all the same.
    let month = Desk::new();
    let unpaid = person(1, &[("基本工资", "0"), ("任职受雇日期", "2026-09-01")]);
    assert!(month.pay(&[unpaid, person(2, &[("社保起缴月", "2026-10")])], "2026-09", &[]).code < 2);
    assert_eq!(listed(&month, "tax-wage.xlsx", 0), ["A001", "A002"]);
    assert_eq!(listed(&month, "social-insurance.xlsx", 10), ["A001"], "the other is not insured yet");
}

#[test]
fn only_a_wage_has_a_bonus_of_its_own_and_only_a_service_has_taxes_that_may_be_deducted() {
    let desk = Desk::new();
    let service = [
        ("用工形式", "劳务"),
        ("基本工资", ""),
        ("劳务报酬", "3000"),
        ("全年一次性奖金", "100"),
        ("允许扣除的税费", "12.34"),
        ("期初累计收入", ""),
    ];
    assert!(desk.pay(&[person(1, &service), person(2, &[])], "2026-09", &[]).code < 2);
    assert_eq!(listed(&desk, "tax-bonus.xlsx", 0), [""; 0]);
    assert_eq!(listed(&desk, "tax-labour.xlsx", 0), ["A001"]);
    assert_eq!(listed(&desk, "tax-labour.xlsx", 10), ["12.34"]);
}

#[test]
fn books_that_do_not_balance_are_not_written() {
    let desk = Desk::new();
    let accounts = "title = 'x'\n[[voucher]]\nsummary = '{period}'\nentry = [\
        { side = 'debit', account = '6401', name = '成本', take = ['gross'] },\
        { side = 'credit', account = '1002', name = '银行', take = ['net'] }]\n";
    fs::write(desk.path("accounts.toml"), accounts).unwrap();
    let ran = desk.pay(&three(), "2026-09", &["--accounts", &desk.text_path("accounts.toml")]);
    let (code, message) = error(&ran);
    assert_eq!(code, "accounts");
    assert!(message.contains("不平"), "{message}");
    assert!(!desk.path("out/payslips").exists(), "nothing is half written");
}

/// A layout for the bank with changes in its text.
fn bank(desk: &Desk, changes: &[(&str, &str)]) -> String {
    let mut text = fs::read_to_string(BANK).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    fs::write(desk.path("bank.toml"), text).unwrap();
    desk.text_path("bank.toml")
}

fn paid() -> Vec<Person> {
    let mut people = three();
    people[2].insert("银行账号", "6222000000000000003".to_owned());
    people
}

#[test]
fn more_rows_than_a_file_holds_go_into_further_files() {
    let desk = Desk::new();
    let layout = bank(&desk, &[("most_rows = 5000", "most_rows = 2")]);
    let ran = desk.pay(&paid(), "2026-09", &["--bank", &layout]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let files: Vec<String> = desk.files("out/filings").into_iter().filter(|file| file.starts_with("bank")).collect();
    assert_eq!(files, ["bank-1.csv", "bank-2.csv"]);
    let read = |name: &str| rows(&GBK.decode(&fs::read(desk.path(name)).unwrap()).0);
    let (first, second) = (read("out/filings/bank-1.csv"), read("out/filings/bank-2.csv"));
    assert_eq!((first.len(), second.len()), (2, 1));
    let listed = Money::sum(first.iter().chain(&second).map(|row| yuan(&row["金额"]))).unwrap();
    assert_eq!(listed.to_string(), ran.json()["totals"]["net"].as_str().unwrap(), "the batch is the net of the run");
}

#[test]
fn a_cell_that_the_banks_program_would_read_otherwise_is_not_written() {
    let told = |changes: &[(&str, &str)], name: &str| {
        let desk = Desk::new();
        let mut people = paid();
        people[1].insert("姓名", name.to_owned());
        let ran = desk.pay(&people, "2026-09", &["--bank", &bank(&desk, changes)]);
        (ran.code, ran.json()["notes"].to_string().contains("A002"))
    };
    assert_eq!(told(&[], "样例乙"), (0, false));
    // A name that GBK has not; in UTF-8 it goes.
    assert_eq!(told(&[], "样例𬴊"), (2, true));
    assert_eq!(told(&[("gbk", "utf-8")], "样例𬴊"), (0, false));
    // What divides cells, where it divides them and where it does not.
    assert_eq!(told(&[], "样例·乙"), (0, false));
    assert_eq!(told(&[("separator = \",\"", "separator = \"·\"")], "样例·乙"), (2, true));
    // On the edge of the length, and one beyond it.
    assert_eq!(told(&[("longest  = 30", "longest  = 3")], "样例乙"), (0, false));
    assert_eq!(told(&[("longest  = 30", "longest  = 2")], "样例乙"), (2, true));
}

#[test]
fn amounts_in_fen_without_a_heading_are_written_as_the_bank_wants_them() {
    let desk = Desk::new();
    let changes = [
        ("heading   = true", "heading   = false"),
        ("kind     = \"money\"", "kind     = \"fen\""),
        ("\"csv\"", "\"txt\""),
    ];
    let ran = desk.pay(&paid()[..1], "2026-09", &["--bank", &bank(&desk, &changes)]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let text = GBK.decode(&fs::read(desk.path("out/filings/bank.txt")).unwrap()).0.into_owned();
    let fen = ran.json()["slips"][0]["net"].as_str().unwrap().replace('.', "");
    assert_eq!(text, format!("1,6222000000000000001,样例甲,{fen},工资\r\n"));
}

#[test]
fn nobody_is_told_to_be_paid_nothing_or_less() {
    let desk = Desk::new();
    let mut people = paid();
    people[1].extend([("基本工资", "0".to_owned()), ("缺勤扣款", "0".to_owned())]);
    let ran = desk.pay(&people, "2026-09", &["--bank", BANK]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    let text = GBK.decode(&fs::read(desk.path("out/filings/bank.csv")).unwrap()).0.into_owned();
    assert!(!text.contains("样例乙"), "{text}");
}

#[test]
fn the_screen_says_that_the_tax_files_are_no_xls() {
    let desk = Desk::new();
    let said = desk.pay_as_text(&three(), "2026-09", &[]).out;
    assert_eq!(said.matches("另存为 .xls").count(), 1, "{said}");
}

#[test]
fn a_number_in_full_is_on_the_slip_and_in_it_only_where_asked_for() {
    let number = citizen_number(2);
    let slip_of = |more: &[&str]| {
        let desk = Desk::new();
        assert_eq!(desk.pay(&three()[1..2], "2026-09", more).code, 0);
        let slip = desk.text_path("out/payslips/A002-样例乙.pdf");
        let carried = attachments(&fs::read(&slip).unwrap()).unwrap();
        let facts = String::from_utf8(carried["facts.json"].clone()).unwrap();
        let page = super::pdf_text(&desk.path("out/payslips/A002-样例乙.pdf"));
        let verified = gongche(&["verify", &slip, "--format", "json"]);
        assert_eq!(verified.json()["verdict"], "unchanged", "{}", verified.out);
        (facts.contains(&number), page.map(|text| text.contains(&number)))
    };
    assert!(matches!(slip_of(&[]), (false, None | Some(false))));
    assert!(matches!(slip_of(&["--full-id"]), (true, None | Some(true))));
}

/// A slip in whose streams some words were put in the place of others.
fn forged(desk: &Desk, slip: &str, change: &dyn Fn(&str) -> Option<String>) -> String {
    let mut file = lopdf::Document::load(slip).unwrap();
    let mut changed = 0;
    for object in file.objects.values_mut() {
        if let lopdf::Object::Stream(stream) = object
            && let Ok(content) = stream.decompressed_content()
            && let Ok(text) = String::from_utf8(content)
            && let Some(new) = change(&text)
        {
            stream.set_plain_content(new.into_bytes());
            changed += 1;
        }
    }
    assert!(changed > 0, "nothing was forged");
    let forged = desk.text_path("forged.pdf");
    file.save(&forged).unwrap();
    forged
}

#[test]
fn a_page_that_was_edited_is_found_and_so_is_every_figure() {
    let desk = Desk::new();
    assert_eq!(desk.pay(&three()[1..2], "2026-09", &[]).code, 0);
    let slip = desk.text_path("out/payslips/A002-样例乙.pdf");
    let verify = |file: &str| gongche(&["verify", file, "--format", "json"]);
    // A line more on the page; what the file carries is left as it is.
    let page = forged(&desk, &slip, &|text| text.contains("BT").then(|| format!("{text}\n0 0 m 9 9 l S\n")));
    let ran = verify(&page);
    assert_eq!((ran.code, ran.json()["verdict"].as_str()), (2, Some("changed")), "{}", ran.out);
    assert!(ran.json()["sentence"].as_str().unwrap().contains("第 1 页"), "{}", ran.out);
    // Two figures at once, and a key that is gone: all are told.
    let figures = forged(&desk, &slip, &|text| {
        text.contains("\"employer_cost\"").then(|| {
            let mut json: serde_json::Value = serde_json::from_str(text).unwrap();
            json["net"] = "1.00".into();
            json["lines"][0]["amount"] = "2.00".into();
            json.as_object_mut().unwrap().remove("tax");
            json.to_string()
        })
    });
    let ran = verify(&figures);
    assert_eq!((ran.code, ran.json()["verdict"].as_str()), (2, Some("changed")), "{}", ran.out);
    let told = ran.json()["differences"].to_string();
    assert!(told.contains("net") && told.contains("_employee].amount") && told.contains("tax"), "{told}");
}

#[test]
fn a_page_that_another_program_set_is_not_called_changed() {
    let desk = Desk::new();
    assert_eq!(desk.pay(&three()[1..2], "2026-09", &[]).code, 0);
    let slip = desk.text_path("out/payslips/A002-样例乙.pdf");
    let older = forged(&desk, &slip, &|text| {
        let text = text.contains("BT").then(|| format!("{text}\n0 0 m 9 9 l S\n")).or_else(|| {
            let mut json: serde_json::Value =
                serde_json::from_str(text).ok().filter(|_| text.contains("\"setting\""))?;
            json["setting"] = "gongche 0.0.9 00000000".into();
            Some(json.to_string())
        })?;
        Some(text)
    });
    let ran = gongche(&["verify", &older, "--format", "json"]);
    assert_eq!((ran.code, ran.json()["verdict"].as_str()), (2, Some("page_unknown")), "{}", ran.out);
    assert!(ran.json()["sentence"].as_str().unwrap().contains("gongche 0.0.9"), "{}", ran.out);
}

#[test]
fn what_the_bureau_computed_is_held_against_ours_line_by_line() {
    let desk = Desk::new();
    assert_eq!(desk.pay(&three(), "2026-09", &[]).code, 0);
    let ours = desk.text_path("out/filings/figures.csv");
    let figures = rows(&fs::read_to_string(&ours).unwrap());
    // One fen more for the first, the second missing, a stranger instead.
    let mut text =
        "序号,姓名,证件类型,证件号码,缴费工资,缴费基数,费率,应缴费额,减免费额,应补(退)费额,人员编号\n".to_owned();
    for row in [&figures[0], &figures[2]] {
        let more = if row["工号"] == "A001" { 1 } else { 0 };
        let amount = yuan(&row["基本养老保险（单位）"]).add(Money::from_fen(more)).unwrap();
        text += &format!("1,{},居民身份证,{},,,16%,{amount},0,{amount},\n", row["姓名"], row["证件号码"]);
    }
    text += &format!("9,样例癸,居民身份证,{},,,16%,5.00,0,5.00,\n", citizen_number(9));
    fs::write(desk.path("theirs.csv"), text).unwrap();
    let (theirs, out) = (desk.text_path("theirs.csv"), desk.text_path("differences.xlsx"));
    let line = "基本养老保险（单位）";
    let run = |more: &[&str]| {
        gongche(&[&["reconcile", &ours, &theirs, "--as", "social", "--line", line, "--out", &out], more].concat())
    };
    let ran = run(&["--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let json = ran.json();
    let told: Vec<(&str, &str, &str)> = json["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["name"].as_str().unwrap(), one["item"].as_str().unwrap(), one["remark"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [("样例甲", line, "我方少 0.01"), ("样例乙", line, "对方没有此人"), ("样例癸", line, "我方没有此人")]
    );
    assert_eq!(json["differences"][0]["difference"], "-0.01");
    assert_eq!(json["differences"][2]["difference"], "-5.00");
    let text = run(&[]).out;
    assert!(text.contains("样例癸") && text.contains(line) && text.contains("我方少 0.01"), "{text}");
    assert!(fs::metadata(desk.path("differences.xlsx")).unwrap().len() > 0);
}

#[test]
fn a_slip_of_an_older_book_is_right_then_and_it_is_told_what_it_would_be_today() {
    let desk = Desk::new();
    let rules = desk.path("rules");
    super::runs::copy(std::path::Path::new("rules"), &rules);
    let rules = rules.to_str().unwrap().to_owned();
    let file = format!("{rules}/tax/wages.toml");
    let text = fs::read_to_string(&file).unwrap();
    let changed = text.replace("value = \"5000\"", "value = \"6000\"");
    assert_ne!(text, changed);
    fs::write(&file, changed).unwrap();
    let ran = desk.book(&three()[1..2], "2026-09", &["--rules", &rules]);
    assert!(ran.code <= 1, "{}", ran.out);
    let slip = desk.text_path("out/payslips/A002-样例乙.pdf");
    let ledger = desk.text_path("ledger.db");
    let verify = |more: &[&str]| gongche(&[&["verify", &slip, "--format", "json"], more].concat());
    let alone = verify(&[]);
    assert_eq!((alone.code, alone.json()["verdict"].as_str()), (2, Some("unproved")), "{}", alone.out);
    let proved = verify(&["--db", &ledger]);
    assert_eq!((proved.code, proved.json()["verdict"].as_str()), (0, Some("outdated")), "{}", proved.out);
    let told = proved.json();
    assert_eq!(told["today_gives"]["gross"], "20000.00");
    assert!(told["differences"].to_string().contains("tax_to_date.basic"), "{told}");
    let then = yuan(ran.json()["slips"][0]["tax"].as_str().unwrap());
    let today = yuan(told["today_gives"]["tax"].as_str().unwrap());
    // A thousand less taken off, at 3 %.
    assert_eq!(today.sub(then).unwrap(), yuan("30.00"));
    assert_eq!(verify(&["--rules", &rules]).json()["verdict"], "unchanged");
    let text = gongche(&["verify", &slip, "--db", &ledger]).out;
    assert!(text.contains("现在的规则书算出：应发 20,000.00"), "{text}");
}
