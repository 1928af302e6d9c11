//! `gongche rules show`: all that the book says of one entry.

use super::{
    list::{describe, dimensions},
    survey::{self, Said},
};
use crate::{
    cli::{
        Done, book,
        error::{CliError, Kind},
        output::Output,
        table::table,
    },
    engine::show_number,
    quantity::Unit,
    rulebook::{
        Aggregate, Answer, Body, Book, Carried, EntryId, Fact, Figure, Given, Literal, Member, Round, Type, Version,
        Way, Window,
    },
};
use clap::Args;
use serde_json::{Value as Json, json};
use std::fmt::Write as _;

/// 写出一个条目
#[derive(Args)]
pub(in crate::cli) struct Show {
    /// id（tax.wages.tax）或中文名
    #[arg(value_name = "名称")]
    name: String,
    /// 只看这个地区适用的：名称或 GB/T 2260 代码
    #[arg(long, value_name = "地区")]
    region: Option<String>,
}

impl Show {
    pub(super) fn run(&self, book: &Book, output: &Output) -> Result<Done, CliError> {
        let id = book::entry(book, &self.name)?;
        let region = self.region.as_deref().map(|text| book::region(book, text)).transpose()?;
        let said = match &region {
            Some(code) => survey::in_place(book, id, code)?,
            None => survey::of_entry(book, id)?,
        };
        if let (Some(code), Body::Supplied, true) = (&region, book.body(id), said.is_empty()) {
            let message = format!("规则库没有{}的「{}」", book.regions().path(code), book.entry(id).name);
            return Err(CliError::new(Kind::Coverage, "coverage", message).at(book.entry(id).full_id.clone()));
        }
        if output.is_json() {
            output.json(&json(book, id, &said));
        } else {
            output.text(text(book, id, &said).trim_end());
        }
        Ok(Done::Clean)
    }
}

/// What an entry reads, without repetition, in the order of first mention.
fn reads(book: &Book, figure: &Figure) -> Vec<EntryId> {
    let formulas = figure.way.formulas();
    let mut reads = Vec::new();
    let rounding = if let Round::Value(value) = figure.round { Some(value) } else { None };
    for entry in formulas.into_iter().flat_map(|formula| formula.term.reads()).chain(rounding) {
        if !reads.contains(&entry) {
            reads.push(entry);
        }
    }
    reads.retain(|entry| !matches!(book.body(*entry), Body::Dimension));
    reads
}

/// How a figure is rounded, as the file says it and in words.
fn rounding(book: &Book, round: Round) -> Option<(String, String)> {
    match round {
        Round::Unsaid => None,
        Round::Exact => Some(("exact".to_owned(), "不舍入".to_owned())),
        Round::Fixed(rounding) => Some((rounding.to_string(), rounding.describe())),
        Round::Value(value) => {
            let entry = book.entry(value);
            Some((entry.full_id.clone(), format!("按「{}」（{}）", entry.name, entry.full_id)))
        }
    }
}

fn given(members: &[Member], of: Type, value: &Given) -> String {
    match value {
        Given::None => "无".to_owned(),
        Given::Number(number) => show_number(*number, of),
        Given::Boolean(true) => "是".to_owned(),
        Given::Boolean(false) => "否".to_owned(),
        Given::Date(day) => day.to_string(),
        Given::Choice(at) => members.get(*at).map_or_else(String::new, |member| member.name.clone()),
    }
}

/// The members from which the values of an entry are chosen; those of a dimension itself.
fn choices(book: &Book, id: EntryId) -> &[Member] {
    let lexicon = book.lexicon();
    match book.body(id) {
        Body::Dimension => lexicon.members(id),
        _ => lexicon.choice_set(id).map_or(&[], |set| lexicon.members(set)),
    }
}

const fn window(over: Window) -> (&'static str, &'static str) {
    match over {
        Window::TaxYear => ("tax-year", "本纳税年度以前各月"),
        Window::TwelveMonths => ("12-months", "前十二个月"),
        Window::RunOfMonths => ("run-of-months", "本年连续至本月的各月"),
        Window::Month => ("month", "当月此前各次"),
        Window::ProjectMonth => ("project-month", "当月同一项目此前各次"),
    }
}

const fn aggregate(how: Aggregate) -> (&'static str, &'static str) {
    match how {
        Aggregate::Sum => ("sum", "合计"),
        Aggregate::Average => ("average", "平均"),
        Aggregate::First => ("first", "第一次"),
        Aggregate::Last => ("last", "最后一次"),
        Aggregate::Count => ("count", "次数"),
    }
}

fn json(book: &Book, id: EntryId, said: &[Said<'_>]) -> Json {
    let entry = book.entry(id);
    let members = choices(book, id);
    let mut json = describe(book, entry);
    let mut set = |key: &str, value: Json| json[key] = value;
    if !members.is_empty() {
        let members = members.iter().map(|one| json!({ "id": one.id, "name": one.name }));
        set("choices", members.collect());
    }
    match book.body(id) {
        Body::Fact(Fact { range: (low, high), default, decimals }) => {
            set("range", json!({ "low": low.map(|low| low.to_string()), "high": high.map(|high| high.to_string()) }));
            set("default", json!(default.as_ref().map(|value| given(members, entry.of, value))));
            set("decimals", json!(decimals));
        }
        Body::Carried(Carried { figure, over, aggregate: how, default }) => {
            set("of", json!(book.entry(*figure).full_id));
            set("over", json!(window(*over).0));
            set("agg", json!(aggregate(*how).0));
            set("default", json!(default.as_ref().map(|value| given(members, entry.of, value))));
        }
        Body::Figure(figure) => {
            match &figure.way {
                Way::Formula(formula) => set("formula", json!(formula.text.value)),
                Way::Cases(cases) => {
                    let cases = cases.iter().map(|case| {
                        json!({
                            "when": case.when.as_ref().map(|when| &when.text.value),
                            "formula": case.formula.text.value,
                            "cite": case.cite,
                        })
                    });
                    set("cases", cases.collect());
                }
                Way::Tests(tests) => {
                    let tests = tests.iter().map(|test| {
                        json!({
                            "name": test.name,
                            "when": test.when.as_ref().map(|when| &when.text.value),
                            "gives": test.gives.text.value,
                            "cite": test.cite,
                            "confidence": test.confidence.mark(),
                            "note": test.note,
                        })
                    });
                    set("tests", tests.collect());
                }
            }
            set("round", json!(rounding(book, figure.round).map(|(written, _)| written)));
            set("cite", json!(figure.cite));
            set("instruments", survey::instruments_json(book, figure.cite.as_deref().unwrap_or_default()));
            set("reads", reads(book, figure).into_iter().map(|one| json!(book.entry(one).full_id)).collect());
        }
        Body::Value(_) | Body::Scale(_) | Body::Supplied => {
            let answers = said.iter().map(|one| {
                let cells = one.cells.iter().map(|cell| json!(book.lexicon().cell_id(id, cell)));
                let mut answer = json!({
                    "regions": one.places,
                    "place": one.place_name(book),
                    "cells": cells.collect::<Vec<_>>(),
                    "name": one.name(book),
                });
                match one.answer {
                    Answer::Dated(timeline) => {
                        let versions = timeline.versions().iter();
                        answer["versions"] = versions.map(|one| survey::version_json(book, entry.of, one)).collect();
                    }
                    Answer::None(nothing) => answer["none"] = survey::nothing_json(book, nothing),
                    Answer::Unknown(unsaid) => {
                        answer["unknown"] =
                            json!({ "reason": unsaid.reason, "source": unsaid.source, "note": unsaid.note });
                    }
                }
                answer
            });
            set("answers", answers.collect());
        }
        Body::Dimension => {}
    }
    json
}

fn text(book: &Book, id: EntryId, said: &[Said<'_>]) -> String {
    let entry = book.entry(id);
    let members = choices(book, id);
    let mut text = String::new();
    let _ = writeln!(text, "{}  {}", entry.name, entry.full_id);
    let by: Vec<String> = dimensions(book, entry).into_iter().map(|(_, name)| name).collect();
    let by = if by.is_empty() { String::new() } else { format!("，按{}", by.join("、")) };
    let unit = match entry.of {
        Type::Number(unit) if unit == Unit::NONE => "，不带单位".to_owned(),
        Type::Number(unit) | Type::Scale(unit) => format!("，单位 {unit}"),
        Type::Dimension => String::new(),
        of => format!("，{}", of.unit()),
    };
    let package = book.package(entry.package);
    let _ = writeln!(text, "{}{unit}{by}；{}（{}）", entry.sort.name(), package.title, package.id);
    if let Some(note) = &entry.note {
        let _ = writeln!(text, "注：{note}");
    }
    if !members.is_empty() {
        let members: Vec<String> = members.iter().map(|one| format!("{}（{}）", one.name, one.id)).collect();
        let _ = writeln!(text, "可选：{}", members.join("、"));
    }
    let default = |default: &Option<Given>| match default {
        Some(value) => given(members, entry.of, value),
        None => "没有默认，未给出即为未知".to_owned(),
    };
    match book.body(id) {
        Body::Fact(fact) => {
            let end = |end: Option<_>| end.map_or("…".to_owned(), |end| show_number(end, entry.of));
            if fact.range != (None, None) {
                let _ = writeln!(text, "范围：{} 至 {}（含两端）", end(fact.range.0), end(fact.range.1));
            }
            if matches!(entry.of, Type::Number(_)) {
                let _ = writeln!(text, "小数：最多 {} 位", fact.decimals);
            }
            let _ = writeln!(text, "未给出时：{}", default(&fact.default));
        }
        Body::Carried(carried) => {
            let figure = book.entry(carried.figure);
            let (over, how) = (window(carried.over).1, aggregate(carried.aggregate).1);
            let _ = writeln!(text, "取自：{over}「{}」（{}）的{how}", figure.name, figure.full_id);
            let _ = writeln!(text, "以前没有记录时：{}", default(&carried.default));
        }
        Body::Figure(figure) => write_figure(book, figure, &mut text),
        Body::Value(_) | Body::Scale(_) | Body::Supplied => {
            for one in said {
                text.push('\n');
                write_said(book, one, &mut text);
            }
        }
        Body::Dimension => {}
    }
    let _ = writeln!(text, "\n{}", book.sources().line(entry.place));
    text
}

fn write_figure(book: &Book, figure: &Figure, text: &mut String) {
    match &figure.way {
        Way::Formula(formula) => {
            let _ = writeln!(text, "公式：{}", formula.text.value);
        }
        Way::Cases(cases) => {
            for case in cases {
                let when = case.when.as_ref().map_or("其他情形", |when| when.text.value.as_str());
                let cite = case.cite.as_ref().map_or(String::new(), |cite| format!("（{cite}）"));
                let _ = writeln!(text, "情形：{when}{cite}\n  = {}", case.formula.text.value);
            }
        }
        Way::Tests(tests) => {
            for (at, test) in tests.iter().enumerate() {
                let when = test.when.as_ref().map_or("其他情形", |when| when.text.value.as_str());
                let (result, mark) = (&test.gives.text.value, test.confidence.mark());
                let _ =
                    writeln!(text, "检验{}：{}（{}，{mark}）\n  {when}\n  = {result}", at + 1, test.name, test.cite);
                if let Some(note) = &test.note {
                    let _ = writeln!(text, "  注：{note}");
                }
            }
        }
    }
    if let Some((_, words)) = rounding(book, figure.round) {
        let _ = writeln!(text, "舍入：{words}");
    }
    if let Some(cite) = &figure.cite {
        let _ = writeln!(text, "依据：{cite}");
        write_instruments(book, cite, text);
    }
    let reads = reads(book, figure);
    if !reads.is_empty() {
        let rows: Vec<[String; 4]> = reads
            .into_iter()
            .map(|one| {
                let entry = book.entry(one);
                [format!("  {}", entry.name), entry.full_id.clone(), entry.sort.name().to_owned(), entry.of.unit()]
            })
            .collect();
        let _ = writeln!(text, "读取：\n{}", table(["  名称", "ID", "类别", "单位"], &rows));
    }
}

fn write_said(book: &Book, said: &Said<'_>, text: &mut String) {
    let cells = survey::cells_name(book, said.entry, &said.cells);
    let cells = if cells.is_empty() { String::new() } else { format!("：{cells}") };
    let _ = writeln!(text, "{}{cells}", said.place_name(book));
    match said.answer {
        Answer::Dated(timeline) => {
            for version in timeline.versions() {
                write_version(book, book.entry(said.entry).of, version, text);
            }
        }
        Answer::None(nothing) => {
            let _ = writeln!(text, "  没有：{}", nothing.reason);
            if let Some(cite) = &nothing.cite {
                let _ = writeln!(text, "    依据：{}", survey::cited(cite, nothing.source.as_deref()));
                write_instruments(book, cite, text);
            }
            if let Some(confidence) = nothing.confidence {
                let _ = writeln!(text, "    可信度 {}（{}）", confidence.mark(), confidence.meaning());
            }
            if let Some(note) = &nothing.note {
                let _ = writeln!(text, "    注：{note}");
            }
        }
        Answer::Unknown(unsaid) => {
            let _ = writeln!(text, "  不知道：{}", unsaid.reason);
            if let Some(source) = &unsaid.source {
                let _ = writeln!(text, "    来源：{source}");
            }
            if let Some(note) = &unsaid.note {
                let _ = writeln!(text, "    注：{note}");
            }
        }
    }
}

fn write_version(book: &Book, of: Type, version: &Version, text: &mut String) {
    let until = version.until.map_or(String::new(), |until| format!(" 至 {until}（不含）"));
    let over = if version.over { "，临时" } else { "" };
    let _ = writeln!(text, "  自 {}{until}{over}：{}", version.from, survey::literal(book, of, &version.literal));
    if let Literal::Bands(bands) = &version.literal {
        let unit = of.unit();
        let rows: Vec<[String; 3]> = bands
            .iter()
            .map(|band| {
                let to = band.to.map_or("以上".to_owned(), |to| format!("不超过 {to}{unit}"));
                let rate = survey::literal(book, Type::Number(Unit::PERCENT), &Literal::Number(band.rate));
                [format!("    {to}"), rate, band.quick.to_string()]
            })
            .collect();
        let _ = writeln!(text, "{}", table(["    级距", "税率", "速算扣除数"], &rows));
    }
    let _ = writeln!(text, "    依据：{}", survey::cited(&version.cite, version.source.as_deref()));
    write_instruments(book, &version.cite, text);
    let published = version.published.map_or("公布日不详".to_owned(), |day| format!("公布 {day}"));
    let review = version.review_by.map_or(String::new(), |day| format!("，应于 {day} 前复核"));
    let confidence = version.confidence;
    let _ = writeln!(
        text,
        "    {published}，核对 {}{review}，可信度 {}（{}）",
        version.checked,
        confidence.mark(),
        confidence.meaning()
    );
    if let Some(note) = &version.note {
        let _ = writeln!(text, "    注：{note}");
    }
}

fn write_instruments(book: &Book, cite: &str, text: &mut String) {
    for one in survey::instruments(book, cite) {
        let repealed = one.repealed.map_or(String::new(), |day| format!("，{day} 废止"));
        let next = one.replaced_by.as_ref().map_or(String::new(), |next| format!("，由「{next}」代替"));
        let _ = writeln!(text, "      {}：《{}》，{}，{}{repealed}{next}", one.id, one.title, one.issuer, one.rank);
    }
}
