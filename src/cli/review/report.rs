//! The report of a review, as PDF and as workbook.

use super::Document;
use crate::{
    document::{DocumentError, Meta, render},
    exchange::workbook::{Cell, Kind, Sheet, WorkbookError, to_xlsx},
    review::{Finding, Review},
    rulebook::{Book, Confidence, Gravity},
};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a report says besides what was found.
pub(super) struct Frame<'f> {
    /// What such a text is called.
    pub(super) kind: &'f str,
    /// The day whose law it was held against.
    pub(super) on: NaiveDate,
    /// The place of work, by name; empty where none was given.
    pub(super) region: String,
    /// The rule book.
    pub(super) book: &'f Book,
}

impl Frame<'_> {
    /// The report of one text.
    pub(super) fn pdf(&self, document: &Document) -> Result<Vec<u8>, DocumentError> {
        let meta = Meta { title: format!("审查意见 {}", document.name), created: self.on };
        let result = serde_json::to_vec_pretty(&super::document_json(document)).unwrap_or_default();
        let files = BTreeMap::from([("review.json".to_owned(), result)]);
        render("review", &self.view(document), &files, &meta)
    }

    fn view(&self, document: &Document) -> Value {
        let Review { findings, missing, open, sentences } = &document.review;
        let findings: Vec<Value> = (1..).zip(findings).map(|(number, one)| finding(number, one)).collect();
        let missing: Vec<Value> = missing
            .iter()
            .map(|one| json!({ "title": one.title, "message": one.message, "cite": one.cite, "remedy": one.remedy }))
            .collect();
        let open: Vec<Value> =
            (1..).zip(open).map(|(number, text)| json!({ "number": format!("{number}"), "text": text })).collect();
        json!({
            "file": document.name,
            "kind": self.kind,
            "on": self.on.to_string(),
            "region": if self.region.is_empty() { "没有给出" } else { &self.region },
            "sentences": sentences.to_string(),
            "verdict": verdict(&document.review),
            "rulebook": self.book.digest().short(),
            "findings": findings,
            "missing": missing,
            "open": open,
        })
    }

    /// The findings of all texts, and what they lack, as a workbook.
    pub(super) fn workbook(&self, documents: &[Document]) -> Result<Vec<u8>, WorkbookError> {
        let mut findings = Sheet::new("违法与风险")
            .column("文本", Kind::Text, 24)
            .column("条款", Kind::Text, 14)
            .column("性质", Kind::Text, 8)
            .column("问题", Kind::Text, 24)
            .column("原文", Kind::Text, 60)
            .column("词句", Kind::Text, 24)
            .column("理由", Kind::Text, 50)
            .column("依据", Kind::Text, 36)
            .column("改法", Kind::Text, 50)
            .column("可信度", Kind::Text, 8)
            .column("代码", Kind::Text, 20)
            .frozen(2);
        let mut missing = Sheet::new("缺少的条款")
            .column("文本", Kind::Text, 24)
            .column("条款", Kind::Text, 30)
            .column("理由", Kind::Text, 50)
            .column("依据", Kind::Text, 36)
            .column("改法", Kind::Text, 50)
            .frozen(1);
        for document in documents {
            for one in &document.review.findings {
                findings.push(vec![
                    Cell::text(&document.name),
                    Cell::text(&one.clause),
                    Cell::text(one.severity.name()),
                    Cell::text(&one.title),
                    Cell::text(&one.excerpt),
                    Cell::text(quoted(&one.words)),
                    Cell::text(&one.message),
                    Cell::text(&one.cite),
                    Cell::text(&one.remedy),
                    Cell::text(one.confidence.mark()),
                    Cell::text(&one.code),
                ]);
            }
            for one in &document.review.missing {
                missing.push(vec![
                    Cell::text(&document.name),
                    Cell::text(&one.title),
                    Cell::text(&one.message),
                    Cell::text(&one.cite),
                    Cell::text(&one.remedy),
                ]);
            }
        }
        to_xlsx(&[findings, missing])
    }
}

fn finding(number: usize, finding: &Finding) -> Value {
    // What was read at its source needs no remark.
    let doubt = match finding.confidence {
        Confidence::Verified => String::new(),
        confidence => format!("可信度 {}：{}", confidence.mark(), confidence.meaning()),
    };
    json!({
        "number": number.to_string(),
        "clause": finding.clause,
        "title": finding.title,
        "severity": finding.severity.name(),
        "excerpt": finding.excerpt,
        "words": quoted(&finding.words),
        "message": finding.message,
        "cite": finding.cite,
        "doubt": doubt,
        "remedy": finding.remedy,
    })
}

/// `违法 2 处，风险 1 处，缺 0 项`.
pub(super) fn verdict(review: &Review) -> String {
    let count = |gravity: Gravity| review.findings.iter().filter(|one| one.severity == gravity).count();
    format!("违法 {} 处，风险 {} 处，缺 {} 项", count(Gravity::Unlawful), count(Gravity::Risk), review.missing.len())
}

/// `「离职」「违约金」`.
pub(super) fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("「{word}」")).collect()
}
