//! `gongche eval`: one figure, and why it is what it is.

use super::{
    Done, book,
    error::{CliError, Kind},
    output::Output,
};
use crate::{
    engine::{
        Evaluation, Plan, Question, RaisedFinding, SlotId, Source, Step, Unknown, Value, show, show_number, sources,
        trace, values_digest,
    },
    rulebook::{Book, Cell, Confidence, Gravity, PackageId, Sort, Type, citations, parse_given},
};
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value as Json, json};
use std::{fmt::Write as _, path::Path};

/// 计算一个数
#[derive(Args)]
pub(super) struct Eval {
    /// 要算的数：id（tax.wages.tax）或中文名
    #[arg(value_name = "数")]
    figure: String,
    /// 哪一天的规则
    #[arg(long, value_name = "日期", value_parser = book::date)]
    on: NaiveDate,
    /// 只看到这一天为止已公布的规则
    #[arg(long, value_name = "日期", value_parser = book::date)]
    known_at: Option<NaiveDate>,
    /// 地区：名称或 GB/T 2260 代码
    #[arg(long, value_name = "地区")]
    region: Option<String>,
    /// 已知的事实，可以写多个
    #[arg(long, value_name = "名称=值")]
    given: Vec<String>,
    /// 写出推导
    #[arg(long)]
    trace: bool,
}

impl Eval {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let book = book::read(rules)?;
        let region = self.region.as_deref().map(|text| book::region(&book, text)).transpose()?;
        let goal = book::cell(&book, None, &self.figure)?;
        let entry = book.entry(goal.0);
        if !matches!(entry.sort, Sort::Figure | Sort::Value) || matches!(entry.of, Type::Scale(_)) {
            let message = format!("「{}」不是可以计算的数", entry.name);
            return Err(CliError::input("not-a-figure", message).hint("gongche rules list 列出全部名称"));
        }
        let given = self.given(&book, entry.package)?;
        let mut goals = vec![goal.clone()];
        goals.extend(given.iter().map(|(cell, _)| cell.clone()));
        let question = Question::simple(self.on, self.known_at, region.as_deref(), book.regions());
        let plan = Plan::new(&book, question, entry.package, &goals)
            .map_err(|diagnostics| CliError::rules(book.sources(), &diagnostics))?;
        let mut inputs = Vec::new();
        for ((entry, cell), text) in &given {
            let Some(slot) = plan.find(*entry, cell) else { continue };
            let value = parse_given(book.lexicon(), *entry, text)
                .map(|given| Value::from(&given))
                .and_then(|value| plan.admits(slot, &value).map(|()| value))
                .map_err(|error| CliError::input("given", error).at(plan.name(slot)))?;
            inputs.push((slot, value));
        }
        let Some(slot) = plan.find(goal.0, &goal.1) else {
            return Err(CliError::new(Kind::Internal, "plan", "计划里没有所求的数"));
        };
        let given: Vec<SlotId> = inputs.iter().map(|(slot, _)| *slot).collect();
        let mut evaluation = Evaluation::new(&plan, inputs);
        let value = evaluation.value(slot)?;
        let mut result = Evaluated::new(&plan, &mut evaluation, slot, value);
        let reach = plan.reach(slot);
        result.unused = given.into_iter().filter(|slot| !reach.contains(slot)).collect();
        if output.is_json() {
            output.json(&self.json(&result, region.as_deref()));
        } else {
            output.text(self.text(&result).trim_end());
        }
        let unlawful = result.findings.iter().any(|finding| finding.severity == Gravity::Unlawful);
        Ok(if unlawful { Done::Unlawful } else { Done::Clean })
    }

    /// The facts given, by cell, with their text.
    fn given(&self, book: &Book, package: PackageId) -> Result<Vec<(Cell, String)>, CliError> {
        let mut given = Vec::new();
        for text in &self.given {
            let Some((name, value)) = text.split_once('=') else {
                return Err(CliError::input("given", format!("“{text}”应写成 名称=值")).at("--given"));
            };
            let cell = book::cell(book, Some(package), name.trim())?;
            let entry = book.entry(cell.0);
            if !matches!(entry.sort, Sort::Fact | Sort::Carried) {
                let message = format!("「{}」是算出来的数，不能由人给出", entry.name);
                return Err(CliError::input("given", message).at("--given"));
            }
            if given.iter().any(|(known, _)| *known == cell) {
                return Err(CliError::input("given", format!("「{}」写了两次", entry.name)).at("--given"));
            }
            given.push((cell, value.to_owned()));
        }
        Ok(given)
    }

    fn json(&self, result: &Evaluated<'_, '_>, region: Option<&str>) -> Json {
        let plan = result.plan;
        let open: Vec<Json> = result.open.iter().map(|slot| slot_json(plan, *slot)).collect();
        let mut json = json!({
            "figure": plan.id(result.slot),
            "name": plan.name(result.slot),
            "value": result.json_value(),
            "unit": result.unit(),
            "on": self.on.to_string(),
            "known_at": self.known_at.map(|day| day.to_string()),
            "region": region,
            "rulebook": plan.book().digest().to_string(),
            "values_digest": result.values_digest,
            "cite": result.trace.cite,
            "from": result.trace.from.map(|day| day.to_string()),
            "confidence": result.confidence.mark(),
            "provisional": result.uncertain.iter().any(|source| source.provisional),
            "uncertain": result.uncertain.iter().map(|source| source_json(plan, source)).collect::<Vec<_>>(),
            "unused": result.unused.iter().map(|slot| slot_json(plan, *slot)).collect::<Vec<_>>(),
            "open": open,
            "findings": result.findings.iter().map(finding_json).collect::<Vec<_>>(),
        });
        if self.trace {
            json["trace"] = json!(result.trace);
        }
        json
    }

    fn text(&self, result: &Evaluated<'_, '_>) -> String {
        let plan = result.plan;
        let mut text = String::new();
        if self.trace {
            let _ = writeln!(text, "{}", derivation(&result.trace));
        } else {
            let _ = writeln!(text, "{} = {}", plan.name(result.slot), result.shown());
            text.push_str(&result.basis());
        }
        if !result.open.is_empty() {
            let names: Vec<String> =
                result.open.iter().map(|slot| format!("{}（{}）", plan.name(*slot), plan.id(*slot))).collect();
            let _ = writeln!(text, "还缺：{}", names.join("、"));
        }
        if !result.unused.is_empty() {
            let names: Vec<String> =
                result.unused.iter().map(|slot| format!("{}（{}）", plan.name(*slot), plan.id(*slot))).collect();
            let _ = writeln!(text, "没有用到：{}；所求的数与它无关", names.join("、"));
        }
        for finding in &result.findings {
            let _ = writeln!(text, "{}：{}", finding.severity.name(), finding.message);
            if let Some(cite) = &finding.cite {
                let _ = writeln!(text, "  依据：{cite}");
            }
            if let Some(remedy) = &finding.remedy {
                let _ = writeln!(text, "  处理：{remedy}");
            }
        }
        for source in &result.uncertain {
            let note = source.note.as_ref().map_or(String::new(), |note| format!("；{note}"));
            let place = source.place.as_deref().unwrap_or_default();
            let (mark, meaning) = (source.confidence.mark(), source.confidence.meaning());
            let due = if source.provisional { "；已过复核期限，结果暂定" } else { "" };
            let _ = writeln!(text, "存疑：{place}{}（{mark} {meaning}；{}{note}{due}）", source.name, source.cite);
        }
        let book = plan.book().digest().short();
        let short: String = result.values_digest.chars().take(12).collect();
        let _ = writeln!(
            text,
            "可信度 {} {}　规则库 {book}　所用值 {short}",
            result.confidence.mark(),
            result.confidence.meaning()
        );
        text
    }
}

/// How many citations of values are written out.
const CITED: usize = 6;

fn cites(book: &Book, sources: &[Source]) -> Vec<String> {
    let mut cites: Vec<String> = Vec::new();
    for source in sources {
        let names_instrument = citations(&source.cite).any(|one| book.instruments().cited(one).is_some());
        if names_instrument && !cites.contains(&source.cite) {
            cites.push(source.cite.clone());
        }
    }
    cites
}

/// A citation with the day since when it holds, the place that it is for, and how sure that is.
fn cited(step: &Step<'_>, cite: &str) -> String {
    let from = step.from.as_ref().map_or(String::new(), |from| format!("，自 {from} 起"));
    let place = step.place.as_ref().map_or(String::new(), |place| format!("，{place}"));
    let confidence = step.confidence.map_or(String::new(), |mark| format!("，可信度 {mark}"));
    format!("{cite}{from}{place}{confidence}")
}

fn slot_json(plan: &Plan<'_>, slot: SlotId) -> Json {
    json!({ "id": plan.id(slot), "name": plan.name(slot) })
}

/// A value that the result rests on and that is not settled.
fn source_json(plan: &Plan<'_>, source: &Source) -> Json {
    json!({
        "id": plan.id(source.slot),
        "name": source.name,
        "place": source.place,
        "confidence": source.confidence.mark(),
        "cite": source.cite,
        "note": source.note,
        "provisional": source.provisional,
    })
}

pub(super) fn finding_json(finding: &RaisedFinding) -> Json {
    json!({
        "code": finding.code,
        "severity": finding.severity.word(),
        "message": finding.message,
        "cite": finding.cite,
        "remedy": finding.remedy,
    })
}

/// A figure and all that is said of it.
struct Evaluated<'p, 'b> {
    plan: &'p Plan<'b>,
    slot: SlotId,
    value: Value,
    open: Vec<SlotId>,
    confidence: Confidence,
    values_digest: String,
    uncertain: Vec<Source>,
    /// The citations of the values that it rests on, each once.
    cites: Vec<String>,
    /// What was given, and neither the figure nor a finding can ever ask for.
    unused: Vec<SlotId>,
    trace: Step<'b>,
    findings: Vec<RaisedFinding>,
}

impl<'p, 'b> Evaluated<'p, 'b> {
    fn new(plan: &'p Plan<'b>, evaluation: &mut Evaluation<'p, 'b>, slot: SlotId, value: Value) -> Self {
        // Findings read further cells; what the figure rests on is settled before they do.
        let demanded: Vec<SlotId> = evaluation.demanded().collect();
        let rests_on = sources(plan, demanded.iter().copied());
        let open = match &value {
            Value::Unknown(unknown) => Unknown::facts(unknown).collect(),
            _ => Vec::new(),
        };
        let trace = trace(evaluation, slot);
        Self {
            plan,
            slot,
            open,
            confidence: rests_on.iter().map(|source| source.confidence).max().unwrap_or(Confidence::Verified),
            values_digest: values_digest(plan, demanded).to_string(),
            cites: cites(plan.book(), &rests_on),
            uncertain: rests_on.into_iter().filter(Source::is_unsettled).collect(),
            unused: Vec::new(),
            trace,
            findings: evaluation.findings(),
            value,
        }
    }

    /// What the figure follows from: its own article, and the instruments of the values that it was computed from.
    fn basis(&self) -> String {
        let mut text = String::new();
        let own = self.trace.cite.as_deref();
        if let Some(cite) = own {
            let _ = writeln!(text, "依据：{}", cited(&self.trace, cite));
        }
        let others: Vec<&str> = self.cites.iter().map(String::as_str).filter(|cite| Some(*cite) != own).collect();
        if !others.is_empty() {
            let more = if others.len() > CITED { format!("等 {} 处", others.len()) } else { String::new() };
            let _ = writeln!(text, "法定值出自：{}{more}", others[..others.len().min(CITED)].join("；"));
        }
        text
    }

    fn of(&self) -> Type {
        self.plan.book().entry(self.plan.slot(self.slot).entry).of
    }

    fn unit(&self) -> String {
        self.of().unit()
    }

    fn shown(&self) -> String {
        show(self.plan.book().lexicon(), &self.value, self.of())
    }

    fn json_value(&self) -> Json {
        match &self.value {
            Value::Unknown(_) | Value::None => Json::Null,
            Value::Number(number) => json!(show_number(*number, self.of())),
            Value::Boolean(answer) => json!(answer),
            Value::Choice(at) => match self.of() {
                Type::Choice(set) => {
                    json!(self.plan.book().lexicon().members(set).get(*at).map(|member| member.id.clone()))
                }
                _ => json!(at),
            },
            Value::Date(day) => json!(day.to_string()),
            Value::Rounding(rounding) => json!(rounding.to_string()),
        }
    }
}

/// A derivation that a payroll clerk can follow: the result first, and under it what it rests on.
pub(super) fn derivation(step: &Step<'_>) -> String {
    let mut text = String::new();
    write_step(step, 0, &mut text);
    text
}

fn write_step(step: &Step<'_>, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let from = match step.origin {
        "given" => "（给定）",
        "carried" => "（结转数）",
        "default" => "（未给出，按默认）",
        "unknown" => "（未给出）",
        "above" => "（见上）",
        _ => "",
    };
    let _ = writeln!(text, "{indent}{} = {}{from}", step.name, step.value);
    if let Some(case) = &step.case {
        let _ = writeln!(text, "{indent}  │ 情形：{case}");
    }
    if let Some(formula) = &step.formula {
        let _ = writeln!(text, "{indent}  │ {formula}");
    }
    if let Some(numbers) = step.numbers.as_ref().filter(|numbers| step.formula != Some(numbers.as_str())) {
        let _ = writeln!(text, "{indent}  │ = {numbers}");
    }
    if let Some(rounding) = &step.rounding {
        let _ = writeln!(text, "{indent}  │ {rounding}");
    }
    if let Some(cite) = &step.cite {
        let _ = writeln!(text, "{indent}  │ 依据：{}", cited(step, cite));
    }
    if let Some(note) = &step.note {
        let _ = writeln!(text, "{indent}  │ 注：{note}");
    }
    for below in &step.steps {
        write_step(below, depth + 1, text);
    }
}
