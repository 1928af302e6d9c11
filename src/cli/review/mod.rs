//! `gongche review`: somebody else's text, read for what is unlawful, risky or missing in it.

mod report;

use super::{
    Done, book,
    error::{CliError, Kind},
    output::Output,
};
use crate::{
    exchange::{prose, workbook},
    review::{Finding, Missing, Review as Reviewed, Settings, review},
    rulebook::{Book, Gravity, ReviewRules},
};
use chrono::NaiveDate;
use clap::Args;
use report::{Frame, quoted, verdict};
use serde_json::{Value as Json, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// 审查别人起草的合同、采购文件或者规章制度
#[derive(Args)]
pub(super) struct Review {
    /// 要审查的文本（.txt .md .docx .pdf），或者放着这些文本的文件夹
    #[arg(value_name = "文件或文件夹")]
    path: PathBuf,
    /// 作为哪一种文本：employment non_full_time dispatch over_age internship platform_managed independent_service
    /// outsourcing tender handbook
    #[arg(long = "as", value_name = "种类")]
    kind: String,
    /// 按哪一天的法律；缺省为审查规则最后一次与法律核对的那一天
    #[arg(long, value_name = "日期", value_parser = book::date)]
    on: Option<NaiveDate>,
    /// 工作地：名称或 GB/T 2260 代码，用来比对最低工资
    #[arg(long, value_name = "地区")]
    region: Option<String>,
    /// 把审查意见写到这个文件夹：每份文本一份 PDF，合起来一份工作簿 review.xlsx
    #[arg(long, value_name = "文件夹")]
    out: Option<PathBuf>,
}

/// A text and what was found in it.
struct Document {
    /// The file's path, from the folder that was given.
    name: String,
    review: Reviewed,
}

impl Review {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let book = book::read(rules)?;
        let patterns = book.review().map_err(|diagnostics| CliError::rules(book.sources(), diagnostics))?;
        let kind = self.kind(patterns)?;
        let region = self.region.as_deref().map(|text| book::region(&book, text)).transpose()?;
        let region = region.map(|code| book.regions().canonical(&code).to_owned());
        let settings = Settings { kind, on: self.on.unwrap_or(patterns.checked), region: region.as_deref() };
        let documents = self.documents(&book, settings)?;
        if let Some(out) = &self.out {
            let region = region.as_deref().and_then(|code| book.regions().name(code)).unwrap_or_default().to_owned();
            let kind = patterns.kinds[kind].name.as_str();
            write(&Frame { kind, on: settings.on, region, book: &book }, &documents, out)?;
        }
        if output.is_json() {
            output.json(&self.json(&book, settings, &documents));
        } else {
            output.text(self.text(&patterns.kinds[kind].name, settings, &documents).trim_end());
        }
        let unlawful = documents
            .iter()
            .flat_map(|document| &document.review.findings)
            .any(|finding| finding.severity == Gravity::Unlawful);
        Ok(if unlawful { Done::Unlawful } else { Done::Clean })
    }

    fn kind(&self, patterns: &ReviewRules) -> Result<usize, CliError> {
        patterns.kind(&self.kind).ok_or_else(|| {
            let known: Vec<String> =
                patterns.kinds.iter().map(|kind| format!("{}（{}）", kind.id, kind.name)).collect();
            let message = format!("没有「{}」这种文本", self.kind);
            CliError::input("kind", message).at("--as").hint(format!("可用：{}", known.join("、")))
        })
    }

    fn documents(&self, book: &Book, settings: Settings<'_>) -> Result<Vec<Document>, CliError> {
        let mut paths = Vec::new();
        if self.path.is_dir() {
            let listed = fs::read_dir(&self.path).map_err(|error| unreadable(&self.path, &error.to_string()))?;
            paths.extend(listed.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| prose::is_prose(path)));
            paths.sort();
            if paths.is_empty() {
                return Err(unreadable(&self.path, "文件夹里没有可以审查的文本").hint("支持 .txt .md .docx .pdf"));
            }
        } else {
            paths.push(self.path.clone());
        }
        let mut documents = Vec::new();
        for path in paths {
            let bytes = fs::read(&path).map_err(|error| unreadable(&path, &error.to_string()))?;
            let text = prose::read(&path, &bytes)
                .map_err(|fault| unreadable(&path, &fault.to_string()).hint(fault.remedy()))?;
            let review =
                review(book, settings, &text).map_err(|diagnostics| CliError::rules(book.sources(), diagnostics))?;
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            documents.push(Document { name, review });
        }
        Ok(documents)
    }

    fn json(&self, book: &Book, settings: Settings<'_>, documents: &[Document]) -> Json {
        let head = json!({
            "kind": self.kind,
            "on": settings.on.to_string(),
            "region": settings.region,
            "rulebook": book.digest().to_string(),
        });
        let join = |mut head: Json, body: Json| {
            if let (Some(head), Json::Object(body)) = (head.as_object_mut(), body) {
                head.extend(body);
            }
            head
        };
        match documents {
            [one] if !self.path.is_dir() => join(head, document_json(one)),
            many => {
                let documents: Vec<Json> = many.iter().map(document_json).collect();
                join(head, json!({ "documents": documents }))
            }
        }
    }

    fn text(&self, kind: &str, settings: Settings<'_>, documents: &[Document]) -> String {
        let mut lines = Vec::new();
        for document in documents {
            let Reviewed { findings, missing, open, sentences } = &document.review;
            let Document { name, review } = document;
            lines.push(format!("{name}，作为{kind}，按 {} 的法律：{sentences} 句，{}", settings.on, verdict(review)));
            lines.extend(findings.iter().map(finding_text));
            lines.extend(missing.iter().map(missing_text));
            lines.extend(open.iter().map(|open| format!("未比对：{open}")));
            lines.push(String::new());
        }
        lines.join("\n")
    }
}

/// Writes the reports: one PDF a text, one workbook for all.
fn write(frame: &Frame<'_>, documents: &[Document], out: &Path) -> Result<(), CliError> {
    let internal = |error: &dyn std::fmt::Display| CliError::new(Kind::Internal, "report", error.to_string());
    fs::create_dir_all(out).map_err(|error| unreadable(out, &error.to_string()))?;
    for document in documents {
        let pdf = frame.pdf(document).map_err(|error| internal(&error).at(document.name.clone()))?;
        let path = out.join(format!("{}-审查意见.pdf", document.name));
        workbook::save(&path, &pdf).map_err(|error| unreadable(out, &error.to_string()))?;
    }
    let sheets = frame.workbook(documents).map_err(|error| internal(&error))?;
    workbook::save(&out.join("review.xlsx"), &sheets).map_err(|error| unreadable(out, &error.to_string()))
}

fn unreadable(path: &Path, problem: &str) -> CliError {
    CliError::new(Kind::Input, "file", problem).at(path.display().to_string())
}

fn document_json(document: &Document) -> Json {
    json!({
        "file": document.name,
        "findings": document.review.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "missing": document.review.missing.iter().map(missing_json).collect::<Vec<_>>(),
        "open": document.review.open,
        "sentences": document.review.sentences,
    })
}

fn finding_json(finding: &Finding) -> Json {
    json!({
        "code": finding.code,
        "title": finding.title,
        "severity": finding.severity.word(),
        "clause": finding.clause,
        "excerpt": finding.excerpt,
        "words": finding.words,
        "message": finding.message,
        "cite": finding.cite,
        "remedy": finding.remedy,
        "confidence": finding.confidence.mark(),
    })
}

fn missing_json(missing: &Missing) -> Json {
    json!({
        "code": missing.code,
        "title": missing.title,
        "severity": missing.severity.word(),
        "message": missing.message,
        "cite": missing.cite,
        "remedy": missing.remedy,
        "confidence": missing.confidence.mark(),
    })
}

fn finding_text(finding: &Finding) -> String {
    let Finding { severity, clause, title, excerpt, words, message, cite, remedy, .. } = finding;
    format!(
        "\n{}　{clause}　{title}\n  原文：{excerpt}\n  词句：{}\n  理由：{message}\n  依据：{cite}\n  改法：{remedy}",
        severity.name(),
        quoted(words),
    )
}

fn missing_text(missing: &Missing) -> String {
    let Missing { title, message, cite, remedy, .. } = missing;
    format!("\n缺少　{title}\n  理由：{message}\n  依据：{cite}\n  改法：{remedy}")
}
