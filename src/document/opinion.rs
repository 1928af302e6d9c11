//! The opinion: what a decision says, as the template's view.

use super::{
    DocumentError, Meta, render,
    words::{day, shortened},
};
use crate::{
    classify::{Decision, Engagement, MOST_CHANGES, Relation},
    rulebook::{Book, citations},
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What stands where nobody said who or where.
const NOT_SAID: &str = "（未写明）";

/// Makes the opinion on an engagement; `files` are embedded in it.
///
/// # Errors
/// Characters that no font has, and what [`render`] complains of.
pub fn opinion(
    book: &Book,
    engagement: &Engagement,
    decision: &Decision,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Vec<u8>, DocumentError> {
    let worker = engagement.worker.text("name").unwrap_or_default();
    let title = format!("用工关系认定意见书 {worker}").trim_end().to_owned();
    render("opinion", &view(book, engagement, decision), files, &Meta { title, created: engagement.on })
}

/// The view of the template `opinion`, whose shape is `templates/opinion.view.json`.
///
/// | field | content |
/// |---|---|
/// | `employer`, `worker`, `on`, `region` | the parties, the day, the place |
/// | `question`, `conclusion`, `settled`, `note` | what was asked, what came of it, by which test |
/// | `facts` | `name`, `answer`, `origin` (said or presumed); `presumes` says whether any is presumed |
/// | `reasons_for`, `reasons_against` | `name`, `answer`, `relation`, `cite` |
/// | `open` | `number`, `asks`, `leads`, `proof` |
/// | `flips` | `changes`, `relation`; `flips_note` states the bound of the search |
/// | `topics` | `topic` and its `items`: `number`, `message`, `cite` |
/// | `findings` | `severity`, `message`, `cite`, `remedy` |
/// | `uncovered`, `uncertain`, `citations` | `text` |
/// | `heads` | the headings of the sections that not every opinion has, numbered |
/// | `rulebook`, `values` | the two digests, shortened |
fn view(book: &Book, engagement: &Engagement, decision: &Decision) -> Value {
    let party = |name: Option<&str>| name.filter(|name| !name.is_empty()).unwrap_or(NOT_SAID).to_owned();
    let stated = decision.facts.iter().map(|fact| (&fact.name, &fact.answer, "陈述"));
    let presumed = decision.presumed.iter().map(|one| (&one.name, &one.answer, "推定"));
    let facts = stated.chain(presumed);
    let facts: Vec<Value> =
        facts.map(|(name, answer, origin)| json!({ "name": name, "answer": answer, "origin": origin })).collect();
    let supports = |relation: &Relation| decision.relation.as_ref().is_some_and(|one| one.id == relation.id);
    let (reasons_for, against): (Vec<_>, Vec<_>) =
        decision.reasons.iter().partition(|reason| supports(&reason.speaks_for));
    let cite = |cite: &Option<String>| cite.clone().unwrap_or_default();
    let settled = decision.settled_by.as_ref();
    json!({
        "employer": party(engagement.employer.text("name")),
        "worker": party(engagement.worker.text("name")),
        "on": day(engagement.on),
        "region": engagement.region.as_ref().map_or_else(|| NOT_SAID.to_owned(), |code| book.regions().path(code)),
        "question": "该用工在法律上是什么关系，用人单位因此负有哪些义务？以下依所列事实和判断之日有效的规则回答；协议叫什么名称不起决定作用。",
        "conclusion": conclusion(decision),
        "settled": settled.map_or_else(String::new, |test| {
            let (mark, meaning) = (test.confidence.mark(), test.confidence.meaning());
            format!("起决定作用的检验：{}（{}；可信度 {mark}，{meaning}）。", test.name, test.cite)
        }),
        "note": settled.and_then(|test| test.note.clone()).unwrap_or_default(),
        "facts": facts,
        "presumes": if decision.presumed.is_empty() { "" } else { "有" },
        "reasons_for": reasons_for.iter().map(|reason| json!({
            "name": reason.name, "answer": reason.answer, "cite": cite(&reason.cite),
        })).collect::<Vec<_>>(),
        "against_title": if reasons_for.is_empty() { "各项事实所指向的关系" } else { "（二）指向其他关系的" },
        "reasons_against": against.iter().map(|reason| json!({
            "name": reason.name, "answer": reason.answer, "relation": reason.speaks_for.name, "cite": cite(&reason.cite),
        })).collect::<Vec<_>>(),
        "open": open(decision),
        "flips": flips(decision),
        "flips_note": format!("逐项和成组地改变回答（一次最多{MOST_CHANGES}项）再作检验，下面是能使结论不同的最少的改变。"),
        "topics": topics(decision),
        "findings": decision.findings.iter().map(|finding| json!({
            "severity": finding.severity.name(),
            "message": finding.message,
            "cite": cite(&finding.cite),
            "remedy": finding.remedy.clone().unwrap_or_default(),
        })).collect::<Vec<_>>(),
        "uncovered": decision.uncovered.iter().map(|text| json!({ "text": text })).collect::<Vec<_>>(),
        "uncertain": decision.uncertain.iter().map(|source| {
            let note = source.note.as_ref().map_or(String::new(), |note| format!("；{note}"));
            let place = source.place.as_deref().unwrap_or_default();
            json!({ "text": format!("{place}{}：{}（{}{note}）", source.name, source.confidence.meaning(), source.cite) })
        }).collect::<Vec<_>>(),
        "citations": cited(book, decision).into_iter().map(|text| json!({ "text": text })).collect::<Vec<_>>(),
        "heads": heads(decision),
        "rulebook": shortened(&decision.rulebook),
        "values": shortened(&decision.values_digest),
    })
}

/// The numerals of the sections after the third, which every opinion has.
const NUMERALS: [&str; 7] = ["四", "五", "六", "七", "八", "九", "十"];

/// The headings of the sections that not every opinion has, numbered as they follow.
fn heads(decision: &Decision) -> Value {
    let sections = [
        ("open", "还要弄清的问题", !decision.open_questions.is_empty()),
        ("flips", "什么会改变结论", !decision.flips.is_empty()),
        ("topics", "由此产生的权利义务", !decision.follows.is_empty()),
        ("findings", "违法与风险", !decision.findings.is_empty()),
        ("uncovered", "没有计算的", !decision.uncovered.is_empty()),
        ("uncertain", "未经核对的规则", !decision.uncertain.is_empty()),
        ("citations", "依据", true),
    ];
    let mut numerals = NUMERALS.iter();
    let heads = sections.into_iter().map(|(id, title, stands)| {
        let numeral = if stands { numerals.next() } else { None };
        let head = numeral.map_or_else(|| title.to_owned(), |numeral| format!("{numeral}、{title}"));
        (id.to_owned(), Value::String(head))
    });
    Value::Object(heads.collect())
}

fn conclusion(decision: &Decision) -> String {
    match (&decision.relation, decision.candidates.as_slice()) {
        (Some(relation), _) => format!("认定为{}。", relation.name),
        (None, []) => "依所列事实不能确定，须由人判断。".to_owned(),
        (None, several) => {
            let names: Vec<&str> = several.iter().map(|relation| relation.name.as_str()).collect();
            format!("依所列事实尚不能确定：可能是{}。", names.join("，或者"))
        }
    }
}

fn numbered(at: usize) -> String {
    format!("{}.", at + 1)
}

fn open(decision: &Decision) -> Vec<Value> {
    let questions = decision.open_questions.iter().enumerate().map(|(at, open)| {
        let leads: Vec<String> = open
            .leads
            .iter()
            .map(|lead| format!("{}：{}", lead.answer, lead.relation.as_ref().map_or("仍不能确定", |one| &one.name)))
            .collect();
        let burden = open.burden.as_ref().map(|burden| format!("举证：{burden}"));
        let evidence = (!open.evidence.is_empty()).then(|| format!("证据：{}", open.evidence.join("、")));
        let proof: Vec<String> = burden.into_iter().chain(evidence).collect();
        json!({ "number": numbered(at), "asks": open.asks, "leads": leads.join("；"), "proof": proof.join("；") })
    });
    questions.collect()
}

fn flips(decision: &Decision) -> Vec<Value> {
    let flips = decision.flips.iter().map(|flip| {
        let changes: Vec<String> =
            flip.changes.iter().map(|change| format!("{}：{} → {}", change.name, change.from, change.to)).collect();
        json!({ "changes": changes.join("；"), "relation": flip.relation.name })
    });
    flips.collect()
}

fn topics(decision: &Decision) -> Vec<Value> {
    let mut topics: Vec<(&str, Vec<Value>)> = Vec::new();
    for one in &decision.follows {
        if topics.last().is_none_or(|(topic, _)| *topic != one.topic) {
            topics.push((&one.topic, Vec::new()));
        }
        if let Some((_, items)) = topics.last_mut() {
            items.push(json!({ "number": numbered(items.len()), "message": one.message, "cite": one.cite }));
        }
    }
    topics.into_iter().map(|(topic, items)| json!({ "topic": topic, "items": items })).collect()
}

/// The instruments that the decision cites, once each, with their titles, in the order of first mention.
fn cited(book: &Book, decision: &Decision) -> Vec<String> {
    let tests = decision.settled_by.iter().map(|test| test.cite.as_str());
    let reasons = decision.reasons.iter().filter_map(|reason| reason.cite.as_deref());
    let follows = decision.follows.iter().map(|one| one.cite.as_str());
    let findings = decision.findings.iter().filter_map(|finding| finding.cite.as_deref());
    let mut told: Vec<String> = Vec::new();
    for cite in tests.chain(reasons).chain(follows).chain(findings).flat_map(citations) {
        let Some(instrument) = book.instruments().cited(cite) else { continue };
        let text = match instrument.title == instrument.id {
            true => instrument.id.clone(),
            false => format!("{}　{}", instrument.id, instrument.title),
        };
        if !told.contains(&text) {
            told.push(text);
        }
    }
    told
}
