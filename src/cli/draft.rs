//! `gongche draft`: the agreement that the relation calls for, as PDF, as a file to edit, and with a manifest for signing.

use super::{
    Done, book,
    check::{decided, read},
    error::{CliError, Kind},
    eval::finding_json,
    output::Output,
    pay::cannot_write,
};
use crate::{
    agreement::{Draft, Obstacle, Problem, Refusal, Signed, drafts, manifest},
    classify::{Decision, Engagement, Judge},
    document::{DocumentError, Meta, template_version},
    engine::RaisedFinding,
    rulebook::{Book, Gravity},
};
use clap::Args;
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// 起草与用工关系相应的协议：PDF、可编辑的 DOCX 和签署清单
#[derive(Args)]
pub(super) struct DraftCommand {
    /// 一份用工（.toml），条件写在 employer、worker、client 和 terms 各表里
    #[arg(value_name = "文件")]
    engagement: PathBuf,
    /// 输出目录
    #[arg(long, value_name = "目录")]
    out: PathBuf,
    /// 起草哪一种协议：id 或名称；不写就是用工关系所要求的
    #[arg(long, value_name = "协议")]
    agreement: Option<String>,
    /// 条件违法也照样起草，供协商使用：意见写在页边和批注里
    #[arg(long)]
    as_proposed: bool,
}

/// A file before it is written.
type File = (String, Vec<u8>);

impl DraftCommand {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let book = book::read(rules)?;
        let mut judge = Judge::new(&book)?;
        let engagement = read(&judge, &self.engagement)?;
        let decision = decided(&book, &mut judge, &engagement)?;
        let drafts = drafts(&book, &engagement, &decision, self.agreement.as_deref(), self.as_proposed);
        let drafts = match drafts {
            Err(Obstacle::Refused(refusal)) => return refused(&book, &decision, refusal, output),
            Err(obstacle) => return Err(CliError::obstacle(&book, &engagement, obstacle)),
            Ok(drafts) => drafts,
        };
        let unlawful = drafts.iter().any(Draft::is_unlawful);
        let stopped = unlawful && !self.as_proposed;
        let mut files = Vec::new();
        if !stopped {
            for draft in &drafts {
                files.push(made(&book, draft)?);
            }
            self.write(files.iter().flatten())?;
        }
        if output.is_json() {
            output.json(&report_json(&book, &decision, &drafts, &files, stopped)?);
        } else {
            output.text(report_text(&decision, &drafts, &files, &self.out, stopped).trim_end());
        }
        Ok(if unlawful { Done::Unlawful } else { Done::Clean })
    }

    fn write<'f>(&self, mut files: impl Iterator<Item = &'f File>) -> Result<(), CliError> {
        let cannot = |error| cannot_write(&self.out, &error).hint("核对 --out：要写一个可以写入的文件夹");
        fs::create_dir_all(&self.out).map_err(cannot)?;
        files.try_for_each(|(name, bytes)| fs::write(self.out.join(name), bytes)).map_err(cannot)
    }
}

/// The files of a draft; what is for negotiation has nothing to be signed.
fn made(book: &Book, draft: &Draft<'_>) -> Result<Vec<File>, CliError> {
    let document = draft.compose()?;
    let stem = draft.file_stem();
    let meta = Meta { title: stem.clone(), created: draft.dated };
    let template = draft.template();
    let rests_on = json!({
        "agreement": draft.agreement.id,
        "template": { "id": template, "version": template_version(&template)? },
        "engine": format!("gongche {}", env!("CARGO_PKG_VERSION")),
        "rulebook": book.digest().to_string(),
        "values_digest": draft.values_digest,
    });
    let attached = BTreeMap::from([("agreement.json".to_owned(), rests_on.to_string().into_bytes())]);
    let pdf = (format!("{stem}.pdf"), document.pdf(&attached, &meta)?);
    let docx = (format!("{stem}.docx"), document.docx(&meta)?);
    if draft.as_proposed {
        return Ok(vec![pdf, docx]);
    }
    let manifest = manifest(
        draft,
        &book.digest().to_string(),
        Signed { name: &pdf.0, bytes: &pdf.1 },
        Signed { name: &docx.0, bytes: &docx.1 },
    )?;
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| internal(&error))?;
    let manifest = (format!("{stem}.signing.json"), text.into_bytes());
    Ok(vec![pdf, docx, manifest])
}

/// What the relation does not bear is a finding; what nobody can decide yet is a fault of the input.
fn refused(book: &Book, decision: &Decision, refusal: Refusal, output: &Output) -> Result<Done, CliError> {
    let (wanted, relation, reasons, instead, cite) = match refusal {
        Refusal::Undetermined(questions) => {
            let message = format!("还不能认定是什么关系，无法决定用哪一种协议。先回答：\n  {}", questions.join("\n  "));
            return Err(
                CliError::input("undetermined", message).hint("在 [facts] 里补充回答；gongche check 说明每一问的作用")
            );
        }
        Refusal::NoSuchAgreement(name, near) => {
            let kinds: Vec<String> =
                book.clauses().agreements.iter().map(|one| format!("{}（{}）", one.id, one.name)).collect();
            let hint =
                near.map_or_else(|| format!("可用的协议：{}", kinds.join("、")), |near| format!("是不是「{near}」？"));
            return Err(CliError::input("agreement", format!("没有「{name}」这种协议")).hint(hint));
        }
        Refusal::NoneFor(relation) => {
            let message = format!("条款库没有{relation}的协议");
            return Err(CliError::new(Kind::Coverage, "agreement", message));
        }
        Refusal::Unsupported { wanted, relation, reasons, instead, cite } => (wanted, relation, reasons, instead, cite),
    };
    let grounds =
        if reasons.is_empty() { String::new() } else { format!("依据的事实：{}。", reasons.join("；")) };
    let options: Vec<String> = instead.iter().map(|(id, name)| format!("{name}（--agreement {id}）")).collect();
    let finding = RaisedFinding {
        code: "agreement.relation".to_owned(),
        severity: Gravity::Unlawful,
        message: format!("事实表明是{relation}，不能订立{wanted}：协议的名称不决定关系。{grounds}"),
        cite,
        remedy: Some(if options.is_empty() {
            "改变用工的实际安排，或者补充事实后重新认定。".to_owned()
        } else {
            format!("订立{}；或者改变用工的实际安排后重新认定。", options.join("、"))
        }),
    };
    if output.is_json() {
        let relation = decision.relation.as_ref().map(|relation| relation.id.clone());
        output.json(&json!({
            "relation": relation,
            "stopped": true,
            "agreements": [],
            "files": [],
            "findings": [finding_json(&finding)],
            "rulebook": book.digest().to_string(),
        }));
    } else {
        output.text(&format!("{}没有写出任何文件。", finding_text(&finding)));
    }
    Ok(Done::Unlawful)
}

fn report_json(
    book: &Book,
    decision: &Decision,
    drafts: &[Draft<'_>],
    files: &[Vec<File>],
    stopped: bool,
) -> Result<Json, CliError> {
    let names = |files: &[File]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let mut agreements = Vec::new();
    for (at, draft) in drafts.iter().enumerate() {
        let template = draft.template();
        agreements.push(json!({
            "id": draft.agreement.id,
            "title": draft.agreement.name,
            "cite": draft.agreement.cite,
            "template": { "id": template, "version": template_version(&template)? },
            "files": files.get(at).map(|files| names(files)).unwrap_or_default(),
            "findings": findings_json(draft),
            "values_digest": draft.values_digest,
        }));
    }
    let findings: Vec<Json> = distinct(drafts).into_iter().map(finding_json).collect();
    Ok(json!({
        "relation": decision.relation.as_ref().map(|relation| relation.id.clone()),
        "stopped": stopped,
        "agreements": agreements,
        "files": files.iter().flat_map(|files| names(files)).collect::<Vec<_>>(),
        "findings": findings,
        "rulebook": book.digest().to_string(),
    }))
}

fn findings_json(draft: &Draft<'_>) -> Vec<Json> {
    let with_clause = draft.findings.iter().map(|one| {
        let mut finding = finding_json(&one.finding);
        finding["clause"] = json!(one.clause);
        finding
    });
    with_clause.collect()
}

/// The findings of all drafts, each once: agreements that go together share their terms.
fn distinct<'d>(drafts: &'d [Draft<'_>]) -> Vec<&'d RaisedFinding> {
    let mut distinct: Vec<&RaisedFinding> = Vec::new();
    for one in drafts.iter().flat_map(|draft| &draft.findings) {
        if !distinct.contains(&&one.finding) {
            distinct.push(&one.finding);
        }
    }
    distinct
}

fn report_text(decision: &Decision, drafts: &[Draft<'_>], files: &[Vec<File>], out: &Path, stopped: bool) -> String {
    let mut text = String::new();
    let relation = decision.relation.as_ref().map_or("", |relation| relation.name.as_str());
    let names: Vec<&str> = drafts.iter().map(|draft| draft.agreement.name.as_str()).collect();
    let _ = writeln!(text, "{relation}：{}", names.join("、"));
    for finding in distinct(drafts) {
        text.push_str(&finding_text(finding));
    }
    for (name, _) in files.iter().flatten() {
        let _ = writeln!(text, "{}", out.join(name).display());
    }
    if stopped {
        text.push_str("条件违法，没有写出任何文件。改正后再起草；供协商使用的，加 --as-proposed。");
    }
    text
}

fn finding_text(finding: &RaisedFinding) -> String {
    let mut text = format!("{}：{}\n", finding.severity.name(), finding.message);
    if let Some(remedy) = &finding.remedy {
        let _ = writeln!(text, "  改正：{remedy}");
    }
    if let Some(cite) = &finding.cite {
        let _ = writeln!(text, "  依据：{cite}");
    }
    text
}

impl CliError {
    fn obstacle(book: &Book, engagement: &Engagement, obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Terms(problems) => terms(engagement, &problems),
            Obstacle::Rules(diagnostics) => Self::rules(book.sources(), &diagnostics),
            Obstacle::Fault(fault) => fault.into(),
            Obstacle::Library(message) => Self::input("rules", message),
            Obstacle::Document(error) => error.into(),
            Obstacle::Refused(refusal) => internal(&format!("{refusal:?}")),
        }
    }
}

/// All that is wrong with the terms, by table.
fn terms(engagement: &Engagement, problems: &[Problem]) -> CliError {
    let mut message = format!("协议的条件有 {} 处不全或者有误：", problems.len());
    let mut table = "";
    let mut sorted: Vec<&Problem> = problems.iter().collect();
    sorted.sort_by_key(|one| one.key.split_once('.').map_or("", |(table, _)| table));
    for one in &sorted {
        let of = one.key.split_once('.').map_or("", |(table, _)| table);
        if of != table {
            table = of;
            let _ = write!(message, "\n[{table}]");
        }
        let place = one.place.map_or(String::new(), |place| format!("{}：", engagement.sources.line(place)));
        let _ = write!(message, "\n  {place}{}。写作 {}", one.message, one.example);
    }
    let details = problems.iter().map(|one| {
        let place = one.place.map(|place| engagement.sources.line(place));
        json!({ "code": "term", "message": one.message, "key": one.key, "where": place, "hint": one.example })
    });
    CliError::input("terms", message).with_details(details.collect())
}

impl From<DocumentError> for CliError {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::MissingCharacters(_) => Self::input("characters", error.to_string()),
            error => internal(&error),
        }
    }
}

fn internal(error: &dyn std::fmt::Display) -> CliError {
    CliError::new(Kind::Internal, "document", error.to_string())
}
