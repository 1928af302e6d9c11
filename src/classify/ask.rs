//! Asking: the template of an engagement file, and the questions of an interview, one after another.

use super::{
    chart::Chart,
    decision::Decision,
    engagement::{Answer, Engagement},
    table::Item,
};
use crate::rulebook::{Question, Type};
use std::fmt::Write as _;

/// The table of questions that stand above all tables.
const ABOVE: &str = "engagement";

/// The table of questions about what the agreement is to say.
const TERMS: &str = "terms";

/// What each answer may be, in words.
fn kind(chart: &Chart<'_>, question: &Question) -> String {
    if question.stated {
        return "true、false，或者写明内容".to_owned();
    }
    if !question.words.is_empty() {
        return "文字".to_owned();
    }
    match chart.book.entry(question.fact).of {
        Type::Boolean => "true 或 false".to_owned(),
        Type::Date => "日期".to_owned(),
        Type::Choice(set) => {
            let members = chart.book.lexicon().members(set).iter();
            members.map(|member| format!("\"{}\" {}", member.id, member.name)).collect::<Vec<_>>().join("，")
        }
        of => format!("数，单位{}，小数加引号", of.unit()),
    }
}

/// How an answer is written in a file, by example.
fn sample(chart: &Chart<'_>, question: &Question) -> String {
    match chart.book.entry(question.fact).of {
        _ if !question.words.is_empty() => "\"劳动合同\"".to_owned(),
        Type::Boolean => "true".to_owned(),
        Type::Date => "2026-07-01".to_owned(),
        Type::Choice(set) => {
            let first = chart.book.lexicon().members(set).first();
            format!("\"{}\"", first.map_or("", |member| member.id.as_str()))
        }
        Type::Number(unit) if unit.is_percent() => "\"10%\"".to_owned(),
        Type::Number(unit) if unit.is_priced() => "\"5000\"".to_owned(),
        _ => "8".to_owned(),
    }
}

/// An engagement file with every question, each commented out under what it asks.
#[must_use]
pub fn template(chart: &Chart<'_>) -> String {
    let mut text = String::from(
        "# 一份用工。知道的去掉行首的 # 写上，不知道的留着不动：没有写的就是不知道，不会当作否。\n\
         # 小数和金额写成文字，例如 \"4.5\"、\"10%\"；日期不加引号。\n\n\
         region = \"310000\"      # 用工地：名称或者 GB/T 2260 的六位代码\n\
         on     = 2026-09-30    # 在哪一天判断\n\n\
         [facts]\n",
    );
    let asked = |text: &mut String, question: &Question| {
        let _ = writeln!(text, "\n# {}（{}）", question.asks, kind(chart, question));
        let _ = writeln!(text, "# {} = {}", question.id, sample(chart, question));
    };
    for question in chart.questions().filter(|question| question.of != ABOVE && question.of != TERMS) {
        asked(&mut text, question);
    }
    text.push_str("\n[employer]\n# name = \"样例有限公司\"\n\n[worker]\n# name = \"样例甲\"\n\n[terms]\n");
    for question in chart.questions().filter(|question| question.of == TERMS) {
        asked(&mut text, question);
    }
    text
}

/// The question to ask next: the one that decides most while the relation is open, then those that bear on what follows
/// from it; none when nothing matters any more.
#[must_use]
pub fn next<'b>(
    chart: &Chart<'b>,
    decision: &Decision,
    engagement: &Engagement,
    passed: &[String],
) -> Option<&'b Question> {
    let open = decision.open_questions.iter().map(|open| &open.question);
    let unasked = |id: &&String| !engagement.answers.contains_key(*id) && !passed.contains(*id);
    let id = open.chain(&decision.waiting).find(unasked)?;
    chart.question(id)
}

/// Reads a line as the answer to a question; none where it says that it is not known.
///
/// # Errors
/// What is wrong, and what was expected.
pub fn answered(chart: &Chart<'_>, question: &Question, line: &str) -> Result<Option<Answer>, (String, String)> {
    let line = match line.trim() {
        "y" | "Y" | "对" | "有" | "是的" => "是",
        "n" | "N" | "不" | "没有" | "不是" => "否",
        "?" | "？" | "不清楚" => "",
        other => other,
    };
    let item = match (chart.book.entry(question.fact).of, line) {
        (Type::Boolean, "是") => Item::Flag(true),
        (Type::Boolean, "否") => Item::Flag(false),
        _ => Item::Text(line.to_owned()),
    };
    Answer::read(chart, question, &item)
}

/// A question as it is put to a person.
#[must_use]
pub fn put(chart: &Chart<'_>, question: &Question) -> String {
    let kind = match chart.book.entry(question.fact).of {
        Type::Boolean if !question.stated => "是／否".to_owned(),
        _ => kind(chart, question).replace("true、false", "是、否"),
    };
    format!("{}（{kind}；不知道的直接回车）", question.asks)
}
