//! Agreements from engagement to files: what is drafted, what is refused, and that both files say the same.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests, like tests, fail by panicking

use crate::documents::own_pages;
use gongche::{
    agreement,
    rulebook::{Book, Sources},
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeSet,
    fs,
    io::Read as _,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

/// The example engagements, and the agreements that each gives.
const EXAMPLES: [(&str, &[&str]); 8] = [
    ("full-time", &["full_time"]),
    ("non-full-time", &["non_full_time"]),
    ("dispatch", &["dispatch_contract", "dispatch_agreement"]),
    ("over-age", &["over_age"]),
    ("internship", &["internship"]),
    ("civil-service", &["civil_service"]),
    ("platform", &["platform"]),
    ("outsourcing", &["outsourcing"]),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn example(name: &str) -> String {
    fs::read_to_string(root().join(format!("examples/agreements/{name}.toml"))).unwrap()
}

/// What `gongche draft` did with an engagement.
struct Drafted {
    code: i32,
    said: Value,
    folder: TempDir,
}

impl Drafted {
    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    fn files(&self) -> Vec<String> {
        self.said["files"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    }

    fn read(&self, suffix: &str) -> Vec<u8> {
        let name = self.files().into_iter().find(|name| name.ends_with(suffix)).unwrap();
        fs::read(self.out().join(name)).unwrap()
    }

    fn findings(&self) -> Vec<&str> {
        self.said["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
    }
}

fn draft(engagement: &str, options: &[&str]) -> Drafted {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("engagement.toml");
    fs::write(&path, engagement).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongche"));
    command.args(["--format", "json", "draft"]).arg(&path).arg("--out").arg(folder.path().join("out")).args(options);
    let output = command.output().unwrap();
    let said = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    Drafted { code: output.status.code().unwrap(), said, folder }
}

fn without_space(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

/// The text of a part of a `.docx`.
fn docx(bytes: &[u8], part: &str) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut xml = String::new();
    archive.by_name(part).unwrap().read_to_string(&mut xml).unwrap();
    let texts = xml.split("<w:t ").skip(1).filter_map(|rest| rest.split_once('>')?.1.split_once("</w:t>"));
    let text: String = texts.map(|(text, _)| text).collect();
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

/// The text of a PDF without the two lines over and the two under each page, which stand last on it.
fn body(bytes: &[u8]) -> String {
    let page = |page: &String| {
        let lines: Vec<&str> = page.lines().collect();
        lines[..lines.len() - 4].concat()
    };
    own_pages(bytes).iter().map(page).collect()
}

/// An example with some of its lines written anew: those that begin with the key.
fn changed(name: &str, changes: &[(&str, &str)]) -> String {
    let mut lines: Vec<String> = example(name).lines().map(str::to_owned).collect();
    for (key, line) in changes {
        let found = lines.iter().position(|line| line.split([' ', '=']).next() == Some(*key));
        match found {
            Some(at) => lines[at] = (*line).to_owned(),
            None => {
                let terms = lines.iter().position(|line| line == "[terms]").unwrap();
                lines.insert(terms + 1, (*line).to_owned());
            }
        }
    }
    lines.join("\n")
}

#[test]
fn the_example_view_has_every_term_of_the_library() {
    let book = Book::read(Sources::embedded()).unwrap();
    let path = root().join("templates/agreements/view.json");
    let fresh = serde_json::to_string_pretty(&agreement::example(&book)).unwrap() + "\n";
    if std::env::var_os("UPDATE_VIEW").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), fresh, "run this test with UPDATE_VIEW=1");
}

#[test]
fn every_part_is_a_clause_and_every_agreement_has_an_example() {
    let book = Book::read(Sources::embedded()).unwrap();
    let parts = fs::read_dir(root().join("templates/clauses")).unwrap();
    let parts: BTreeSet<String> =
        parts.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let clauses: BTreeSet<String> = book.clauses().clauses.iter().map(|clause| clause.id.clone()).collect();
    assert_eq!(parts, clauses);
    let drafted: BTreeSet<&str> = EXAMPLES.iter().flat_map(|(_, agreements)| agreements.iter().copied()).collect();
    let agreements: BTreeSet<&str> = book.clauses().agreements.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(drafted, agreements);
}

#[test]
fn every_agreement_reads_as_approved_and_both_files_say_the_same() {
    for (name, agreements) in EXAMPLES {
        let drafted = draft(&example(name), &[]);
        assert_eq!((drafted.code, drafted.findings()), (0, Vec::new()), "{name}: {:#}", drafted.said);
        let ids: Vec<&str> =
            drafted.said["agreements"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(ids, agreements, "{name}");
        for one in drafted.said["agreements"].as_array().unwrap() {
            let id = one["id"].as_str().unwrap();
            let read = |suffix: &str| {
                let names = one["files"].as_array().unwrap();
                let name = names.iter().map(|name| name.as_str().unwrap()).find(|name| name.ends_with(suffix)).unwrap();
                fs::read(drafted.out().join(name)).unwrap()
            };
            let (pdf, editable) = (read(".pdf"), read(".docx"));
            assert_eq!(without_space(&body(&pdf)), without_space(&docx(&editable, "word/document.xml")), "{id}");
            let manifest: Value = serde_json::from_slice(&read(".signing.json")).unwrap();
            let digest =
                |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            assert_eq!(manifest["document"]["sha256"], digest(&pdf), "{id}");
            assert_eq!(manifest["editable"]["sha256"], digest(&editable), "{id}");
            assert_eq!(manifest["template"], one["template"], "{id}");
            let pages = own_pages(&pdf);
            assert!(without_space(&pages[pages.len() - 1]).contains("签"), "{id}: where is it signed?");
            crate::rulebook::golden("documents")
                .bind(|| insta::assert_snapshot!(format!("agreement-{}", id.replace('_', "-")), pages.concat()));
        }
    }
}

#[test]
fn a_labour_contract_says_its_amounts_dates_and_law_in_words() {
    let drafted = draft(&example("full-time"), &[]);
    let pages = own_pages(&drafted.read(".pdf")).len();
    assert!((6..=9).contains(&pages), "{pages} pages");
    let text = without_space(&body(&drafted.read(".pdf")));
    for words in [
        "自2026年9月1日起至2029年8月31日止",
        "税前人民币8,500.00元（大写：捌仟伍佰元整）",
        "试用期内，乙方的月工资为人民币6,800.00元（大写：陆仟捌佰元整）",
        "乙方提前三十日以书面形式通知甲方",
        "按不低于工资的百分之三百支付",
        "每月不超过三十六小时",
    ] {
        assert!(text.contains(words), "{words}");
    }
    let manifest: Value = serde_json::from_slice(&drafted.read(".signing.json")).unwrap();
    assert_eq!(manifest["retention"]["until"], "2031-08-31");
    assert_eq!(manifest["signers"][1]["number"], "**************0037");
}

#[test]
fn the_same_engagement_gives_the_same_bytes() {
    let (one, other) = (draft(&example("dispatch"), &[]), draft(&example("dispatch"), &[]));
    for name in one.files() {
        assert!(fs::read(one.out().join(&name)).unwrap() == fs::read(other.out().join(&name)).unwrap(), "{name}");
    }
}

#[test]
fn an_unlawful_term_stops_the_draft_and_says_what_would_be_lawful() {
    for (name, change, code) in [
        ("full-time", ("probation_months", "probation_months = \"7\""), "labour.probation.too_long"),
        ("full-time", ("probation_wage", "probation_wage = \"5439.99\""), "labour.probation.pay_below_share"),
        ("full-time", ("wage", "wage = \"2739.99\""), "agreement.full_time.below_minimum"),
        ("full-time", ("no_show_penalty", "no_show_penalty = true"), "clause.penalty"),
        ("full-time", ("deposit", "deposit = true"), "clause.deposit"),
        ("full-time", ("insurance_waiver", "insurance_waiver = true"), "clause.insurance_waiver"),
        ("full-time", ("weekly_hours", "weekly_hours = \"40.5\""), "labour.hours.week_too_long"),
        (
            "full-time",
            ("training_penalty", "training_penalty = \"18000.01\""),
            "agreement.full_time.training_penalty_too_high",
        ),
        ("non-full-time", ("settlement_days", "settlement_days = \"16\""), "labour.non_full_time.settled_too_late"),
        ("non-full-time", ("hourly_wage", "hourly_wage = \"24.99\""), "labour.non_full_time.below_minimum"),
        ("dispatch", ("end", "end = 2028-08-30"), "labour.dispatch.contract_too_short"),
        ("dispatch", ("dispatched", "dispatched = \"34\""), "labour.dispatch.over_quota"),
        ("over-age", ("wage", "wage = \"2739.99\""), "agreement.over_age.below_minimum"),
        ("internship", ("interns", "interns = \"11\""), "labour.interns.too_many"),
        ("civil-service", ("rota", "rota = \"按甲方排班到岗打卡\""), "clause.rota"),
        ("outsourcing", ("rota", "rota = \"甲方对乙方人员考勤\""), "clause.rota"),
    ] {
        let drafted = draft(&changed(name, &[change]), &[]);
        assert_eq!(drafted.code, 1, "{code}: {:#}", drafted.said);
        assert!(drafted.findings().contains(&code), "{code}: {:?}", drafted.findings());
        assert!(drafted.files().is_empty() && !drafted.out().exists(), "{code}: something was written");
        for finding in drafted.said["findings"].as_array().unwrap() {
            let remedy = finding["remedy"].as_str().unwrap();
            assert!(finding["cite"].is_string() && !remedy.contains('{'), "{finding:#}");
        }
    }
}

#[test]
fn the_last_lawful_value_is_let_through() {
    for (name, change) in [
        ("full-time", ("probation_months", "probation_months = \"6\"")),
        ("full-time", ("probation_wage", "probation_wage = \"6800\"")),
        ("full-time", ("training_penalty", "training_penalty = \"18000\"")),
        ("non-full-time", ("hourly_wage", "hourly_wage = \"25\"")),
        ("dispatch", ("end", "end = 2028-08-31")),
        ("dispatch", ("dispatched", "dispatched = \"33\"")),
        ("over-age", ("wage", "wage = \"2740\"")),
        ("internship", ("interns", "interns = \"10\"")),
    ] {
        let drafted = draft(&changed(name, &[change]), &[]);
        assert_eq!(drafted.code, 0, "{change:?}: {:#}", drafted.said);
    }
}

#[test]
fn as_proposed_puts_the_findings_in_the_margin_and_in_comments() {
    let unlawful = changed(
        "full-time",
        &[
            ("probation_months", "probation_months = \"7\""),
            ("no_show_penalty", "no_show_penalty = true"),
            ("deposit", "deposit = true"),
        ],
    );
    let drafted = draft(&unlawful, &["--as-proposed"]);
    assert_eq!(drafted.code, 1);
    let files = drafted.files();
    assert_eq!(files, ["劳动合同-样例乙-审阅稿.pdf", "劳动合同-样例乙-审阅稿.docx"], "nothing of it is to be signed");
    let pages = without_space(&own_pages(&drafted.read(".pdf")).concat());
    let comments = without_space(&docx(&drafted.read(".docx"), "word/comments.xml"));
    for finding in drafted.said["findings"].as_array().unwrap() {
        let message = without_space(finding["message"].as_str().unwrap());
        assert!(pages.contains(&message), "the margin lacks {message}");
        assert!(comments.contains(&message), "the comments lack {message}");
    }
    assert!(pages.contains("审阅稿") && pages.contains("押金"), "the void clause stands to be talked about");
    let clauses: Vec<&str> = drafted.said["agreements"][0]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["clause"].as_str().unwrap())
        .collect();
    assert_eq!(clauses.iter().collect::<BTreeSet<_>>().len(), 3, "{clauses:?}");
}

#[test]
fn a_relation_refuses_the_agreement_that_it_does_not_bear() {
    for (name, wanted) in [
        ("full-time", "civil_service"),
        ("full-time", "个人劳务服务协议"),
        ("non-full-time", "civil_service"),
        ("over-age", "civil_service"),
        ("dispatch", "outsourcing"),
        ("civil-service", "full_time"),
    ] {
        let drafted = draft(&example(name), &["--agreement", wanted, "--as-proposed"]);
        assert_eq!((drafted.code, drafted.findings()), (1, vec!["agreement.relation"]), "{name}: {:#}", drafted.said);
        assert!(!drafted.out().exists());
        let remedy = drafted.said["findings"][0]["remedy"].as_str().unwrap();
        assert!(remedy.contains("--agreement"), "{remedy}");
    }
    let drafted = draft(&example("full-time"), &["--agreement", "full_tim"]);
    assert_eq!((drafted.code, drafted.said["error"]["code"].as_str()), (2, Some("agreement")));
    assert!(drafted.said["error"]["hint"].as_str().unwrap().contains("full_time"));
}

#[test]
fn what_the_paper_is_called_is_a_wish_that_may_be_refused() {
    let called = |title: &str, options: &[&str]| {
        let text = example("full-time").replace("\"劳动合同\"", &format!("\"{title}\""));
        let drafted = draft(&text, options);
        (drafted.code, drafted.findings().join(" "))
    };
    let refused = || (1, "agreement.relation".to_owned());
    assert_eq!(called("劳务协议", &[]), refused());
    assert_eq!(called("合作协议", &[]), refused());
    assert_eq!(called("劳务派遣协议", &[]), refused(), "the longest title that fits counts");
    assert_eq!(called("劳务协议", &["--agreement", "full_time"]), (0, String::new()), "asked for outright");
    assert_eq!(called("劳动合同书", &[]), (0, String::new()));
    assert_eq!(called("约定", &[]), (0, String::new()), "a title that means nothing decides nothing");
}

#[test]
fn what_is_not_known_leaves_the_relation_and_so_the_agreement_open() {
    let facts = "region = \"310000\"\non = 2026-08-25\n[facts]\nfull_time_student = true\n";
    let drafted = draft(facts, &[]);
    assert_eq!((drafted.code, drafted.said["error"]["code"].as_str()), (2, Some("undetermined")));
}

#[test]
fn missing_and_wrong_terms_are_all_named_at_once_with_key_and_example() {
    let text = example("full-time");
    let terms = text.find("[employer]").unwrap();
    let drafted = draft(&text[..terms], &[]);
    assert_eq!((drafted.code, drafted.said["error"]["code"].as_str()), (2, Some("terms")));
    let details = drafted.said["error"]["diagnostics"].as_array().unwrap();
    let keys: Vec<&str> = details.iter().map(|one| one["key"].as_str().unwrap()).collect();
    for key in ["employer.name", "worker.id_number", "terms.wage", "terms.term_kind", "terms.pay_day"] {
        assert!(keys.contains(&key), "{key}: {keys:?}");
    }
    assert!(!keys.contains(&"terms.daily_hours"), "the facts say how long is worked");
    assert!(details.iter().all(|one| one["hint"].as_str().unwrap().contains('=')), "{details:#?}");

    let wrong = changed(
        "full-time",
        &[
            ("wage", "wage = \"八千\""),
            ("end", "ende = 2029-08-31"),
            ("post", "post = [\"甲\"]"),
            ("special", "special = \"甲\""),
        ],
    );
    let drafted = draft(&wrong, &[]);
    let details = drafted.said["error"]["diagnostics"].as_array().unwrap();
    let keys: Vec<&str> = details.iter().map(|one| one["key"].as_str().unwrap()).collect();
    for key in ["terms.wage", "terms.ende", "terms.end", "terms.post", "terms.special"] {
        assert!(keys.contains(&key), "{key}: {keys:?}");
    }
    let of = |key: &str| details.iter().find(|one| one["key"] == key).unwrap();
    assert!(of("terms.ende")["hint"].as_str().unwrap().contains("end"));
    assert!(of("terms.wage")["where"].as_str().unwrap().contains("engagement.toml:"));
}

#[test]
fn a_place_without_a_minimum_wage_is_not_covered() {
    let text = example("full-time").replace("\"310000\"", "\"810000\"");
    let drafted = draft(&text, &[]);
    assert_eq!(drafted.code, 3, "{:#}", drafted.said);
}
