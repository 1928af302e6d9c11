//! Text to a value of a fact: what callers, examples and defaults write.

use super::{
    dated::Literal,
    lexicon::Lexicon,
    model::{EntryId, Given, Type},
};
use crate::quantity::Exact;
use chrono::NaiveDate;

/// What says that there is none.
const NONE: &str = "无";

/// Reads the text for a cell of an entry.
///
/// # Errors
/// What was expected, in Chinese.
pub fn parse(lexicon: &Lexicon, entry: EntryId, text: &str) -> Result<Given, String> {
    if text.trim() == NONE {
        return Ok(Given::None);
    }
    parse_typed(lexicon, lexicon.entry(entry).of, text)
}

pub(super) fn parse_typed(lexicon: &Lexicon, of: Type, text: &str) -> Result<Given, String> {
    let text = text.trim();
    match of {
        Type::Number(_) | Type::Zero => Exact::parse(text).map(Given::Number).map_err(|error| error.to_string()),
        Type::Boolean => match text {
            "是" | "true" | "yes" => Ok(Given::Boolean(true)),
            "否" | "false" | "no" => Ok(Given::Boolean(false)),
            _ => Err(format!("「{text}」不是「是」或「否」")),
        },
        Type::Date => {
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d");
            date.map(Given::Date).map_err(|_| format!("「{text}」不是日期，例如 2026-07-01"))
        }
        Type::Choice(set) => lexicon.member(set, text).map(Given::Choice).ok_or_else(|| {
            let known: Vec<String> =
                lexicon.members(set).iter().map(|member| format!("{}（{}）", member.id, member.name)).collect();
            format!("「{text}」不是可选项；应为：{}", known.join("、"))
        }),
        Type::Rounding | Type::Scale(_) | Type::Dimension => Err("这一项不能由人给出".to_owned()),
    }
}

/// What is given as what the law fixes.
pub(super) fn literal(given: &Given) -> Result<Literal, String> {
    match *given {
        Given::Number(value) => Ok(Literal::Number(value)),
        Given::Boolean(value) => Ok(Literal::Boolean(value)),
        Given::Date(value) => Ok(Literal::Date(value)),
        Given::Choice(at) => Ok(Literal::Member(at)),
        Given::None => Err("没有值；没有这一项时用 supply 的 none".to_owned()),
    }
}
