//! A decision as text for people and as JSON for programs.

use crate::{
    classify::{Decision, Engagement, Open, Relation},
    cli::eval::finding_json,
    engine::{Value, show_number},
    rulebook::{Confidence, Gravity},
};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

/// What the relation is called where it cannot be determined.
const UNDETERMINED: &str = "undetermined";

pub(super) fn json(decision: &Decision, engagement: &Engagement) -> Json {
    let id = |relation: &Option<Relation>| {
        relation.as_ref().map_or_else(|| UNDETERMINED.to_owned(), |relation| relation.id.clone())
    };
    let reasons = decision.reasons.iter().map(|reason| {
        json!({
            "question": reason.question,
            "name": reason.name,
            "answer": answer(&reason.value, &reason.answer),
            "speaks_for": reason.speaks_for.id,
            "cite": reason.cite,
        })
    });
    let open = decision.open_questions.iter().map(|open| {
        json!({
            "question": open.question,
            "name": open.name,
            "asks": open.asks,
            "evidence": open.evidence,
            "burden": open.burden,
            "cite": open.cite,
            "leads": open.leads.iter().map(|lead| json!({ "answer": lead.answer, "relation": id(&lead.relation) })).collect::<Vec<_>>(),
        })
    });
    let presumed = decision.presumed.iter().map(|one| {
        json!({
            "question": one.question,
            "name": one.name,
            "answer": one.answer,
            "cite": one.cite,
            "confidence": one.confidence.map(Confidence::mark),
        })
    });
    let flips = decision.flips.iter().map(|flip| {
        let changes = flip.changes.iter().map(
            |change| json!({ "question": change.question, "name": change.name, "from": change.from, "to": change.to }),
        );
        json!({ "changes": changes.collect::<Vec<_>>(), "relation": flip.relation.id })
    });
    let follows = decision.follows.iter().map(|one| {
        let values: serde_json::Map<String, Json> =
            one.values.iter().map(|(id, text)| (id.clone(), json!(text))).collect();
        json!({ "code": one.code, "topic": one.topic, "message": one.message, "cite": one.cite, "values": values })
    });
    json!({
        "relation": id(&decision.relation),
        "name": decision.relation.as_ref().map(|relation| &relation.name),
        "undetermined": decision.is_undetermined(),
        "on": engagement.on.to_string(),
        "region": engagement.region,
        "settled_by": decision.settled_by.as_ref().map(|test| json!({
            "test": test.name, "cite": test.cite, "confidence": test.confidence.mark(), "note": test.note,
        })),
        "candidates": decision.candidates.iter().map(|relation| &relation.id).collect::<Vec<_>>(),
        "facts": facts(decision),
        "reasons": reasons.collect::<Vec<_>>(),
        "presumed": presumed.collect::<Vec<_>>(),
        "open_questions": open.collect::<Vec<_>>(),
        "flips": flips.collect::<Vec<_>>(),
        "flips_bound": crate::classify::MOST_CHANGES,
        "findings": decision.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "follows": follows.collect::<Vec<_>>(),
        "uncovered": decision.uncovered,
        "rulebook": decision.rulebook,
        "values_digest": decision.values_digest,
    })
}

/// An answer for programs: yes and no as such, all else as text.
fn answer(value: &Value, shown: &str) -> Json {
    match value {
        Value::Boolean(answer) => json!(answer),
        Value::Number(number) => json!(show_number(*number, crate::rulebook::Type::Zero)),
        _ => json!(shown),
    }
}

/// The facts alone, as a document carries them.
pub(super) fn facts_json(engagement: &Engagement, decision: &Decision) -> Json {
    json!({ "on": engagement.on.to_string(), "region": engagement.region, "facts": facts(decision) })
}

/// The answers by the id of their question.
fn facts(decision: &Decision) -> Json {
    let facts = decision.facts.iter().map(|fact| (fact.question.clone(), json!(fact.answer)));
    Json::Object(facts.collect())
}

pub(super) fn text(decision: &Decision, engagement: &Engagement) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}（判断日期 {}）", conclusion(decision), engagement.on);
    if let Some(test) = &decision.settled_by {
        let _ = writeln!(
            text,
            "  依据：{}（{}，{} {}）",
            test.name,
            test.cite,
            test.confidence.mark(),
            test.confidence.meaning()
        );
        if let Some(note) = &test.note {
            let _ = writeln!(text, "  说明：{note}");
        }
    }
    section(
        &mut text,
        "理由",
        decision.reasons.iter().map(|reason| {
            let cite = reason.cite.as_ref().map_or(String::new(), |cite| format!("（{cite}）"));
            format!("{}：{} → 指向{}{cite}", reason.name, reason.answer, reason.speaks_for.name)
        }),
    );
    section(
        &mut text,
        "没有人说、按推定处理的",
        decision.presumed.iter().map(|one| format!("{}：{}", one.name, one.answer)),
    );
    section(&mut text, "还要弄清（最能决定的在前）", decision.open_questions.iter().map(asked));
    section(
        &mut text,
        "改变这些回答，结论就会不同",
        decision.flips.iter().map(|flip| {
            let changes: Vec<String> =
                flip.changes.iter().map(|one| format!("{} {}→{}", one.name, one.from, one.to)).collect();
            format!("{}：成为{}", changes.join("，"), flip.relation.name)
        }),
    );
    let mut topics: Vec<&str> = Vec::new();
    for one in &decision.follows {
        if !topics.contains(&one.topic.as_str()) {
            topics.push(&one.topic);
        }
    }
    for topic in topics {
        let of_topic = decision.follows.iter().filter(|one| one.topic == topic);
        section(&mut text, topic, of_topic.map(|one| format!("{}（{}）", one.message, one.cite)));
    }
    section(&mut text, "规则库没有、因而没有算的", decision.uncovered.iter().cloned());
    for severity in [Gravity::Unlawful, Gravity::Risk, Gravity::Note] {
        let of_severity = decision.findings.iter().filter(|finding| finding.severity == severity);
        section(
            &mut text,
            severity.name(),
            of_severity.map(|finding| {
                let cite = finding.cite.as_ref().map_or(String::new(), |cite| format!("（{cite}）"));
                let remedy = finding.remedy.as_ref().map_or(String::new(), |remedy| format!("\n    处理：{remedy}"));
                format!("{}{cite}{remedy}", finding.message)
            }),
        );
    }
    let short: String = decision.rulebook.chars().take(12).collect();
    let _ = writeln!(text, "\n以上依规则库 {short} 得出，不是裁判机关的认定。");
    text
}

/// The result in a sentence.
fn conclusion(decision: &Decision) -> String {
    match (&decision.relation, decision.candidates.as_slice()) {
        (Some(relation), _) => format!("认定：{}", relation.name),
        (None, []) => "不能确定：须由人判断".to_owned(),
        (None, several) => {
            let names: Vec<&str> = several.iter().map(|relation| relation.name.as_str()).collect();
            format!("不能确定：可能是{}", names.join("，或者"))
        }
    }
}

fn asked(open: &Open) -> String {
    let leads: Vec<String> = open
        .leads
        .iter()
        .map(|lead| format!("{}：{}", lead.answer, lead.relation.as_ref().map_or("仍不能确定", |one| &one.name)))
        .collect();
    let leads = if leads.is_empty() { String::new() } else { format!("\n    {}", leads.join("；")) };
    let burden = open.burden.as_ref().map_or(String::new(), |burden| format!("\n    举证：{burden}"));
    format!("{}（{}）{leads}{burden}", open.asks, open.question)
}

fn section(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let mut lines = lines.peekable();
    if lines.peek().is_some() {
        let _ = writeln!(text, "\n{title}");
        for line in lines {
            let _ = writeln!(text, "  · {line}");
        }
    }
}
