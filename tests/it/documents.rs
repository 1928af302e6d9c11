//! Documents from view to file: what the page says, read back by three foreign programs; the same bytes every time.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests are tests")]

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use chrono::NaiveDate;
use gongche::document::{self, DocumentError, Meta};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const VIEW: &str = include_str!("../../templates/payslip.view.json");

fn view() -> Value {
    serde_json::from_str(VIEW).unwrap()
}

fn meta(title: &str) -> Meta {
    Meta { title: title.to_owned(), created: NaiveDate::from_ymd_opt(2026, 9, 30).unwrap() }
}

fn files() -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([
        ("facts.json".to_owned(), br#"{"worker":"YL0007"}"#.to_vec()),
        ("result.json".to_owned(), "{\"实发\":\"6046.31\"}".repeat(100).into_bytes()),
    ])
}

fn payslip() -> Vec<u8> {
    document::render("payslip", &view(), &files(), &meta("工资条 2026年9月 样例")).unwrap()
}

/// Made-up clauses, more than seven pages of them, and a table that goes on over a page.
fn agreement() -> Vec<u8> {
    let mut markup = String::from(
        "@header 样例服务协议（测试用文本） | 编号 样例-0001\n@footer 样例 | 第 {page} 页 共 {pages} 页\n# 样例服务协议\n\n",
    );
    let topics = [
        "服务内容",
        "服务地点与时间",
        "人员安排",
        "费用与结算",
        "质量与验收",
        "保密",
        "数据与个人信息",
        "违约责任",
        "变更与终止",
    ];
    for (number, topic) in (1..).zip(topics) {
        markup +=
            &format!("## 第{}章　{topic}\n\n", ["一", "二", "三", "四", "五", "六", "七", "八", "九"][number - 1]);
        markup += &format!(
            "本章约定双方在“{topic}”方面的权利与义务（下称“本章事项”）。样例甲方与样例乙方均已阅读全文，并就其中的数字、日期、\
             期限逐一核对；凡与附件不一致之处，以附件为准……双方另有书面约定的除外。\n\n"
        );
        for clause in 1..=4 {
            markup += &format!(
                "§ {number}.{clause} | 乙方应当自 2026-{number:02}-15 起 {clause}0 个工作日内完成本条所列事项，并向甲方提交书面报告；逾期的，\
                 每逾期一日按当期费用 ¥{}00.00 的 0.{clause}% 计算逾期费用（累计不超过当期费用的 20%）。甲方收到报告后 5 日内未提出书面\
                 异议的，视为认可——但因《样例数据清单》缺漏、{}等非乙方原因造成的延误，不在此限。\n",
                clause * 12,
                ["系统停机", "场地变更", "政策调整", "线路故障"][clause - 1],
            );
            markup += "§§ （一） | 报告应当列明：起止日期、参与人员、完成数量、未完成的原因及补救办法。\n";
            markup += "§§ （二） | 报告以 PDF 文件提交，文件名称为 report-2026.pdf，同时提交 SHA-256 校验值。\n\n";
        }
    }
    markup += "## 附件　费用明细\n@table 1^ 5 2> 2> 3>\n! 序号 | 项目 | 数量 | 单价（元） | 金额（元）\n";
    for row in 1..=60 {
        markup += &format!("| {row} | 样例坐席服务第{row}组（含夜班、节假日排班） | {row} | 100.00 | {row}00.00\n");
    }
    markup +=
        "= | 合计 | 1830 | | 183,000.00\n@end\n\n@signatures\n甲方（盖章）： | 乙方（盖章）：\n日期： | 日期：\n@end\n";
    document::render_markup(&markup, &BTreeMap::new(), &meta("样例服务协议")).unwrap()
}

/// Where a document is put for programs to read.
struct Scratch {
    _folder: tempfile::TempDir,
    file: PathBuf,
}

fn scratch(bytes: &[u8]) -> Scratch {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("document.pdf");
    fs::write(&file, bytes).unwrap();
    Scratch { _folder: folder, file }
}

/// The output of a foreign program; `None`, and a line that says so, where it is not installed.
fn run(program: &str, arguments: &[&str], file: &Path) -> Option<String> {
    let arguments: Vec<&str> =
        arguments.iter().map(|&a| if a == "FILE" { file.to_str().unwrap() } else { a }).collect();
    match Command::new(program).args(&arguments).output() {
        Ok(output) => {
            let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{program} {arguments:?}: {complaint}");
            Some(String::from_utf8(output.stdout).unwrap())
        }
        Err(_) => {
            println!("skipped: {program} is not installed");
            None
        }
    }
}

fn without_space(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

/// The text as `lopdf` reads it, on any machine, page by page: a line for every run, in reading order.
pub(crate) fn own_pages(bytes: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(bytes).unwrap();
    let text =
        |page| document.extract_text(&[page]).unwrap().lines().map(|line| format!("{}\n", line.trim_end())).collect();
    document.get_pages().into_keys().map(text).collect()
}

fn golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/golden/documents"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn the_payslip_reads_as_approved() {
    // The template's version changes with every comma of it and is proved by its own test.
    let version = document::template_version("payslip").unwrap();
    golden("payslip", &own_pages(&payslip()).concat().replace(&version, "########"));
}

#[test]
fn the_usual_payslip_is_one_page_and_the_agreement_over_seven() {
    // The example has all that there may be; a usual month has no tax apart and nothing to derive.
    let mut usual = view();
    usual["apart"] = Value::Array(Vec::new());
    usual["derivations"] = Value::Array(Vec::new());
    let usual = document::render("payslip", &usual, &files(), &meta("工资条 2026年9月 样例")).unwrap();
    for (bytes, pages) in [(usual, 1..=1), (payslip(), 1..=2), (agreement(), 8..=13)] {
        let count = own_pages(&bytes).len();
        assert!(pages.contains(&count), "{count} pages");
    }
}

#[test]
fn three_programs_read_the_same_text() {
    for bytes in [payslip(), agreement()] {
        let scratch = scratch(&bytes);
        let expected = without_space(&own_pages(&bytes).concat());
        let poppler = |file: &Path| run("pdftotext", &["-raw", "FILE", "-"], file);
        let mupdf = run("mutool", &["draw", "-q", "-F", "txt", "FILE"], &scratch.file);
        // qpdf gives no text; it writes the file anew, and poppler reads that.
        let rewritten = scratch.file.with_file_name("rewritten.pdf");
        let qpdf =
            run("qpdf", &["--qdf", "--object-streams=disable", "FILE", rewritten.to_str().unwrap()], &scratch.file)
                .and_then(|_| poppler(&rewritten));
        for (program, text) in [("poppler", poppler(&scratch.file)), ("mupdf", mupdf), ("qpdf", qpdf)] {
            if let Some(text) = text {
                assert_eq!(without_space(&text), expected, "{program}");
            }
        }
    }
}

#[test]
fn qpdf_finds_no_fault() {
    for bytes in [payslip(), agreement()] {
        if let Some(report) = run("qpdf", &["--check", "FILE"], &scratch(&bytes).file) {
            assert!(report.contains("No syntax or stream encoding errors found"), "{report}");
        }
    }
}

#[test]
fn every_font_is_embedded_subset_and_readable() {
    let mut rare = view();
    rare["worker"]["name"] = json!("样例㐀龦㛃䶮𬱖𫖮𬴊𣸣𠅤");
    let slip = scratch(&document::render("payslip", &rare, &BTreeMap::new(), &meta("工资条")).unwrap());
    if let Some(fonts) = run("pdffonts", &["FILE"], &slip.file) {
        let rows: Vec<&str> = fonts.lines().skip(2).collect();
        assert_eq!(rows.len(), 3, "{fonts}");
        for row in rows {
            let flags: Vec<&str> = row.split_whitespace().rev().skip(2).take(3).collect();
            assert_eq!(flags, ["yes", "yes", "yes"], "{row}");
        }
    }
    let readers = [("pdftotext", &["FILE", "-"][..]), ("mutool", &["draw", "-q", "-F", "txt", "FILE"])];
    for (program, arguments) in readers {
        if let Some(text) = run(program, arguments, &slip.file) {
            assert!(without_space(&text).contains("样例㐀龦㛃䶮𬱖𫖮𬴊𣸣𠅤"), "{program}: {text}");
        }
    }
}

#[test]
fn the_file_says_what_it_is_and_nothing_odd() {
    let bytes = payslip();
    let document = lopdf::Document::load_mem(&bytes).unwrap();
    let catalog = document.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"zh-CN");
    let info = document.trailer.get(b"Info").and_then(|id| document.get_dictionary(id.as_reference()?)).unwrap();
    let mut keys: Vec<&[u8]> = info.iter().map(|(key, _)| key.as_slice()).collect();
    keys.sort_unstable();
    assert_eq!(keys, [&b"CreationDate"[..], b"ModDate", b"Producer", b"Title"]);
    assert_eq!(lopdf::decode_text_string(info.get(b"Title").unwrap()).unwrap(), "工资条 2026年9月 样例");
    assert_eq!(info.get(b"CreationDate").unwrap().as_str().unwrap(), b"D:20260930000000+08'00'");
    for word in ["PDFX", "PDF/X", "1970"] {
        assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{word}");
    }
}

#[test]
fn prose_runs_over_pages_and_the_table_head_comes_again() {
    const FURNITURE: usize = 4;
    let pages = own_pages(&agreement());
    golden("agreement", &pages.join("\n──────── 换页 ────────\n"));
    let count = pages.len();
    let mut heads = 0;
    for (number, page) in (1..).zip(&pages) {
        let text = without_space(page);
        assert!(text.contains(&format!("第{number}页共{count}页")), "page {number}: {page}");
        let has_rows = text.contains("样例坐席服务第");
        assert_eq!(has_rows, text.contains("序号项目数量单价（元）金额（元）"), "page {number}: {page}");
        heads += usize::from(has_rows);
        let lines: Vec<&str> = page.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        for line in &lines {
            assert!(!line.starts_with(['，', '。', '、', '；', '：', '！', '？', '）', '》', '”', '…', '%']), "{line}");
            assert!(!line.ends_with(['（', '《', '“', '¥']), "{line}");
        }
        let last = lines[lines.len() - FURNITURE - 1];
        assert!(!(last.starts_with('第') && last.contains('章')), "a heading ends page {number}: {last}");
    }
    assert!(heads >= 2, "the table must go over a page to prove anything");
}

#[test]
fn a_slip_with_nothing_in_its_lists_and_one_with_much_are_both_set() {
    let mut empty = view();
    for list in ["earnings", "own", "deductions", "employers", "findings", "uncertain"] {
        empty[list] = json!([]);
    }
    empty["bank_tail"] = json!("");
    let text = own_pages(&document::render("payslip", &empty, &BTreeMap::new(), &meta("工资条")).unwrap());
    assert_eq!(text.len(), 1);
    for absent in ["其他扣款", "提示", "未经核实", "尾号"] {
        assert!(!text[0].contains(absent), "{absent}");
    }
    let mut full = view();
    for list in ["earnings", "own", "deductions", "employers", "findings", "uncertain"] {
        let entries = full[list].as_array().unwrap().iter().cycle().take(120).cloned().collect();
        full[list] = Value::Array(entries);
    }
    full["worker"]["id_type"] = json!("外国人永久居留身份证（外国人永久居留证）");
    full["employer"] = json!("样例人力资源服务".repeat(12));
    let text = own_pages(&document::render("payslip", &full, &BTreeMap::new(), &meta("工资条")).unwrap());
    assert!(text.len() > 3);
    for (line, count) in [("夜班津贴", 20), ("工作服赔偿", 120), ("工伤保险", 24), ("样例来源二", 60)]
    {
        assert_eq!(without_space(&text.concat()).matches(line).count(), count, "{line}");
    }
}

#[test]
fn attachments_come_back_as_they_were() {
    assert_eq!(document::attachments(&payslip()).unwrap(), files());
    assert_eq!(document::attachments(&agreement()).unwrap(), BTreeMap::new());
    assert!(matches!(document::attachments(b"no PDF"), Err(DocumentError::Pdf(_))));
    let slip = scratch(&payslip());
    if let Some(list) = run("pdfdetach", &["-list", "FILE"], &slip.file) {
        assert!(list.contains("facts.json") && list.contains("result.json"), "{list}");
    }
    // A file that another program has saved again still says what it was made from.
    let rewritten = slip.file.with_file_name("rewritten.pdf");
    let arguments = ["--object-streams=generate", "FILE", rewritten.to_str().unwrap()];
    if run("qpdf", &arguments, &slip.file).is_some() {
        assert_eq!(document::attachments(&fs::read(rewritten).unwrap()).unwrap(), files());
    }
}

#[test]
fn a_character_that_no_font_has_is_an_error_that_names_it() {
    let mut view = view();
    view["worker"]["name"] = json!("样例\u{30EDD}甲\u{1F600}");
    let error = document::render("payslip", &view, &BTreeMap::new(), &meta("工资条")).unwrap_err();
    assert!(matches!(&error, DocumentError::MissingCharacters(list) if list[..] == ['\u{30EDD}', '\u{1F600}']));
    assert!(error.to_string().contains("“\u{30EDD}”(U+30EDD)、“\u{1F600}”(U+1F600)"), "{error}");
}

#[test]
fn a_view_that_lacks_a_field_is_refused() {
    let mut view = view();
    view["tax"].as_object_mut().unwrap().remove("due");
    view["findings"] = json!([{ "severity": "提示", "text": "" }]);
    let error = document::render("payslip", &view, &BTreeMap::new(), &meta("工资条")).unwrap_err().to_string();
    for part in ["缺少 tax.due", "缺少 findings[0].message", "多出 findings[0].text"] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn values_cannot_become_markup() {
    let mut view = view();
    let hostile = "# 一 | 二 \\ **三** {page} @end > § = !";
    view["worker"]["post"] = json!(hostile);
    view["earnings"][0]["name"] = json!(hostile);
    let slip = scratch(&document::render("payslip", &view, &BTreeMap::new(), &meta("工资条")).unwrap());
    if let Some(text) = run("pdftotext", &["-raw", "FILE", "-"], &slip.file) {
        assert_eq!(without_space(&text).matches(&without_space(hostile)).count(), 2, "{text}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(payslip(), payslip());
    assert_eq!(agreement(), agreement());
    let (first, others) = (payslip(), (0..4).map(|_| std::thread::spawn(payslip)).collect::<Vec<_>>());
    for other in others {
        assert_eq!(other.join().unwrap(), first, "made while others were made");
    }
    let mut other = view();
    other["net"] = json!("6,046.32");
    assert_ne!(document::render("payslip", &other, &files(), &meta("工资条 2026年9月 样例")).unwrap(), payslip());
}

/// Two processes: this test runs itself twice more, and each run prints the digest of what it made.
#[test]
fn two_processes_give_the_same_bytes() {
    const CHILD: &str = "GONGCHE_TEST_PRINT_DIGEST";
    let digest = || {
        let bytes = [payslip(), agreement()].concat();
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    if env::var_os(CHILD).is_some() {
        println!("digest={}", digest());
        return;
    }
    let child = || {
        let arguments = ["--exact", "documents::two_processes_give_the_same_bytes", "--nocapture"];
        let output = Command::new(env::current_exe().unwrap()).args(arguments).env(CHILD, "1").output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let at = printed.find("digest=").expect("the child prints a digest");
        printed[at + "digest=".len()..][..64].to_owned()
    };
    let first = child();
    assert_eq!(first, child());
    assert_eq!(first, digest());
}
