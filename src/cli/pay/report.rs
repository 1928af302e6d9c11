//! What a payroll says: JSON for programs, text for people.

use super::{books, changes::Change, order::Run, people::Computed, tally::Tally};
use crate::{
    cli::{
        error::{CliError, Kind},
        eval::finding_json,
    },
    exchange::{
        rejected::Rejected,
        roster::{Engagement, RosterRow},
        summary::ClientColumns,
    },
    payroll::{Arrear, Slip, UncertainValue, Worker},
    quantity::Money,
    rulebook::{Book, Given, Gravity, Type},
};
use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap as _, SerializeSeq as _},
};
use serde_json::{Value as Json, json};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

/// The facts of a row as text, by the full id of their cell.
pub(in crate::cli) fn facts(book: &Book, facts: &BTreeMap<String, Given>) -> BTreeMap<String, String> {
    let text = |id: &str, given: &Given| match given {
        Given::None => "无".to_owned(),
        Given::Number(value) => value.to_string(),
        Given::Boolean(value) => if *value { "是" } else { "否" }.to_owned(),
        Given::Date(day) => day.to_string(),
        Given::Choice(at) => {
            let set = book.lexicon().find_anywhere(id).ok().map(|entry| book.entry(entry).of);
            match set {
                Some(Type::Choice(set)) => {
                    book.lexicon().members(set).get(*at).map(|member| member.id.clone()).unwrap_or_default()
                }
                _ => at.to_string(),
            }
        }
    };
    facts.iter().map(|(id, given)| (id.clone(), text(id, given))).collect()
}

/// The row's deductions as the tax client's columns name them. One sum of additional deductions has no column there.
pub(super) fn client_columns(row: &RosterRow) -> ClientColumns {
    let mut columns: Vec<(&'static str, Money)> = vec![
        ("累计个人养老金", row.personal_pension),
        ("企业(职业)年金", row.annuity),
        ("商业健康保险", row.health_insurance),
        ("税延养老保险", row.deferred_pension),
    ];
    if row.engagement == Engagement::Service {
        columns.push(("允许扣除的税费", row.particulars.allowed_taxes));
    }
    if let Some(items) = &row.additional.items {
        columns.extend([
            ("累计子女教育", items.child_education),
            ("累计继续教育", items.continuing_education),
            ("累计住房贷款利息", items.mortgage_interest),
            ("累计住房租金", items.rent),
            ("累计赡养老人", items.elderly_support),
            ("累计3岁以下婴幼儿照护", items.infant_care),
        ]);
    }
    columns.into_iter().map(|(column, amount)| (Cow::Borrowed(column), amount)).collect()
}

/// All that a slip was computed from, identity and account numbers masked as on the page. It can be computed again from
/// this and the rule book: [`super::stored`].
pub(super) fn inputs_json(one: &Computed) -> Json {
    let worker = &one.worker;
    let places = &one.places;
    let arrears: Vec<Json> = one.slip.arrears.iter().map(arrear_json).collect();
    let mut inputs = json!({
        "worker": worker.number,
        "name": worker.name,
        "id_kind": worker.id_kind,
        "id_number": worker.masked_id(),
        "bank_tail": worker.bank_tail(),
        "payer": worker.payer,
        "post": worker.post,
        "department": worker.department,
        "project": worker.project,
        "engagement": worker.engagement,
        "hired": worker.hired.to_string(),
        "insured_at": worker.insured_at,
        "fund_at": worker.fund_at,
        "works_at": worker.works_at,
        "relation": worker.relation,
        "places": {
            "insurance": places.insurance, "fund": places.fund, "work": places.work, "host": places.host,
        },
        "arrears": arrears,
        "facts": one.facts,
        "carried": one.carried_in,
    });
    if worker.part > 1 {
        inputs["part"] = worker.part.into();
    }
    inputs
}

/// What is paid for an earlier month.
fn arrear_json(one: &Arrear) -> Json {
    let line = &one.line;
    json!({
        "period": one.period.format("%Y-%m").to_string(),
        "id": line.id, "name": line.name, "amount": line.amount.to_string(), "payer": line.payer,
    })
}

/// Whose slip it is, as its result says.
pub(super) struct Who<'a> {
    /// 工号, with the payment where it is not the first.
    pub(super) worker: String,
    pub(super) name: &'a str,
    pub(super) relation: &'a str,
    pub(super) payer: &'a str,
}

impl<'a> From<&'a Worker> for Who<'a> {
    fn from(worker: &'a Worker) -> Self {
        Self { worker: worker.label(), name: &worker.name, relation: &worker.relation, payer: &worker.payer }
    }
}

/// A slip, canonical: keys in order, amounts as text.
pub(super) fn slip_json(who: &Who<'_>, slip: &Slip) -> Json {
    let money = |amount: Money| json!(amount.to_string());
    let lines: Vec<Json> = slip
        .contributions
        .iter()
        .map(|one| {
            let line = &one.line;
            json!({
                "id": line.id, "name": line.name, "amount": money(line.amount), "payer": line.payer,
                "base": one.base.to_string(), "rate": one.rate,
            })
        })
        .collect();
    let earnings: Vec<Json> = slip
        .earnings
        .iter()
        .map(|one| json!({ "id": one.id, "name": one.name, "amount": money(one.amount) }))
        .collect();
    let uncertain: Vec<Json> = slip
        .uncertain
        .iter()
        .map(|one| {
            json!({
                "name": one.name, "value": one.value, "confidence": one.confidence.mark(), "source": one.source,
                "note": one.note, "provisional": one.provisional,
            })
        })
        .collect();
    let tax = &slip.tax_block;
    let steps: Vec<Json> =
        slip.tax_steps.iter().map(|step| json!({ "id": step.id, "name": step.name, "value": step.value })).collect();
    let to_date = json!({
        "months": tax.months, "income": money(tax.income), "exempt": money(tax.exempt),
        "basic": money(tax.basic), "special": money(tax.special), "additional": money(tax.additional),
        "other": money(tax.other), "taxable": money(tax.taxable), "rate": tax.rate, "quick": money(tax.quick),
        "payable": money(tax.payable), "relief": money(tax.relief), "withheld": money(tax.withheld),
    });
    let mut json = json!({
        "worker": who.worker,
        "name": who.name,
        "relation": who.relation,
        "paper": slip.paper.id,
        "title": slip.paper.name,
        "payer": who.payer,
        "method": slip.method,
        "earnings": earnings,
        "lines": lines,
        "gross": money(slip.gross),
        "own_total": money(slip.own_total),
        "tax": money(slip.tax),
        "loss": money(slip.loss),
        "other_deduction": money(slip.other_deduction),
        "net": money(slip.net),
        "employer_cost": money(slip.employer_cost),
        "tax_to_date": if slip.tax_steps.is_empty() { to_date } else { Json::Null },
        "tax_steps": steps,
        "taxes_apart": slip.taxes_apart.iter().map(|one| json!({
            "id": one.id, "name": one.name, "amount": money(one.amount),
        })).collect::<Vec<_>>(),
        "derivations": slip.derivations.iter().map(|one| json!({
            "id": one.id, "name": one.name, "formula": one.formula, "value": one.value,
        })).collect::<Vec<_>>(),
        "findings": slip.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "uncertain": uncertain,
        "values_digest": slip.values_digest,
    });
    // Hardly any slip has some.
    if !slip.arrears.is_empty() {
        json["arrears"] = slip.arrears.iter().map(arrear_json).collect();
    }
    json
}

fn totals_json(tally: &Tally) -> Json {
    let totals = &tally.totals;
    let lines: BTreeMap<&String, String> = totals.lines.iter().map(|(id, sum)| (id, sum.to_string())).collect();
    json!({
        "workers": tally.people(),
        "gross": totals.gross.to_string(),
        "tax": totals.tax.to_string(),
        "net": totals.net.to_string(),
        "employer_cost": totals.employer_cost.to_string(),
        "lines": lines,
    })
}

fn change_json(change: &Change) -> Json {
    match change {
        Change::New { worker, name } => json!({ "change": "new", "worker": worker, "name": name }),
        Change::Gone { worker, name } => json!({ "change": "gone", "worker": worker, "name": name }),
        Change::Net { worker, name, before, now } => json!({
            "change": "net", "worker": worker, "name": name, "before": before.to_string(), "now": now.to_string(),
        }),
    }
}

/// The whole run, as the contract has it; its slips are written one after the other.
pub(super) struct Report<'r> {
    pub(super) run: &'r Run,
    pub(super) stored: Option<&'r books::Stored>,
}

impl Serialize for Report<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { run, stored } = self;
        let employer = match run.tally.payers.keys().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [one] => (*one).to_owned(),
            [] => run.paying.payer.clone(),
            several => several.join("、"),
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("changes", &run.changes.iter().map(change_json).collect::<Vec<_>>())?;
        map.serialize_entry("employer", &employer)?;
        // Where not one row was done, the run failed as a whole.
        if let (true, Some(first)) = (run.people.is_empty(), run.rejected.first()) {
            let error = json!({
                "code": if run.uncovered { "coverage" } else { "rejected" },
                "message": format!("没有一行可以核算，第一处是：{}", first.problem),
                "where": format!("第 {} 行 {}", first.row, first.column),
            });
            map.serialize_entry("error", &error)?;
        }
        map.serialize_entry("kind", run.batch.kind.word())?;
        map.serialize_entry("known_at", &run.known_at.map(|day| day.to_string()))?;
        let ledger = stored.map(|stored| match stored {
            books::Stored::Written => "written",
            books::Stored::Replaced => "replaced",
            books::Stored::AlreadyThere => "unchanged",
            books::Stored::Previewed => "previewed",
            books::Stored::Approved => "approved",
        });
        map.serialize_entry("ledger", &ledger)?;
        map.serialize_entry("notes", &run.notes)?;
        map.serialize_entry("number", &run.batch.number)?;
        map.serialize_entry("paid_on", &run.paying.paid_on.to_string())?;
        map.serialize_entry("period", &run.period.to_string())?;
        map.serialize_entry("rejected", &run.rejected)?;
        map.serialize_entry("rulebook", &run.rulebook)?;
        map.serialize_entry("samples", &run.samples)?;
        map.serialize_entry("slips", &SlipsJson(run))?;
        map.serialize_entry("totals", &totals_json(&run.tally))?;
        map.end()
    }
}

struct SlipsJson<'r>(&'r Run);

impl Serialize for SlipsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut slips = serializer.serialize_seq(None)?;
        let mut failed = None;
        let read = self.0.people.all(|one| {
            let written = slips.serialize_element(&slip_json(&Who::from(&one.worker), &one.slip));
            written.map_err(|error| {
                failed = Some(error);
                CliError::new(Kind::Internal, "output", "写不下去")
            })
        });
        match (failed, read) {
            (Some(error), _) => Err(error),
            (None, Err(error)) => Err(S::Error::custom(error.message())),
            (None, Ok(())) => slips.end(),
        }
    }
}

/// How many entries of a list the terminal shows; the files have all.
pub(super) const SHOWN: usize = 20;

/// A list under its heading, cut short where it is long.
fn listed(text: &mut String, heading: &str, lines: impl Iterator<Item = String>, all: usize) {
    if all == 0 {
        return;
    }
    let _ = writeln!(text, "\n{heading}");
    for line in lines.take(SHOWN) {
        let _ = writeln!(text, "  {line}");
    }
    if all > SHOWN {
        let _ = writeln!(text, "  ……共 {all} 处");
    }
}

/// What a person wants to know when it is done.
pub(super) fn text(run: &Run, out: &Path, stored: Option<&books::Stored>) -> String {
    let mut text = String::new();
    let totals = &run.tally.totals;
    let kind = run.batch.kind.name();
    let payments = if run.tally.later.is_empty() { String::new() } else { format!("，{} 笔", totals.workers) };
    let _ = writeln!(text, "{} {kind}，{} 支付，{} 人{payments}", run.period, run.paying.paid_on, run.tally.people());
    let unlawful = run.tally.count(Gravity::Unlawful);
    if !run.people.is_empty() {
        for (name, sum) in [
            ("应发工资　　", totals.gross),
            ("个人所得税　", totals.tax),
            ("实发工资　　", totals.net),
            ("用人单位成本", totals.employer_cost),
        ] {
            let _ = writeln!(text, "  {name} {:>16}", sum.thousands());
        }
        let (risks, notes) = (run.tally.count(Gravity::Risk), run.tally.count(Gravity::Note));
        let _ = writeln!(text, "  违法 {unlawful} 条，风险 {risks} 条，提示 {notes} 条，见 findings.txt");
    }
    listed(&mut text, "违法", run.tally.unlawful.iter().cloned(), unlawful);
    let rows: BTreeSet<u32> = run.rejected.iter().map(|one| one.row).collect();
    let heading = format!("退回 {} 行，没有核算，见 rejected.xlsx", rows.len());
    listed(&mut text, &heading, run.rejected.iter().map(rejected_line), run.rejected.len());
    listed(&mut text, "与上月相比", run.changes.iter().map(change_line), run.changes.len());
    let samples = (!run.samples.is_empty()).then(|| "名单里的样例行（工号为“样例”）没有计入".to_owned());
    let notes: Vec<String> = run.notes.iter().cloned().chain(samples).collect();
    let all = notes.len();
    listed(&mut text, "请留意", notes.into_iter(), all);
    text.push('\n');
    text.push_str(match stored {
        Some(books::Stored::Written) => "已记入账本。",
        Some(books::Stored::Replaced) => "已记入账本，代替原来的一版；原版仍保留。",
        Some(books::Stored::AlreadyThere) => "账本里已有同样的一次，没有重复记入。",
        Some(books::Stored::Previewed) => {
            "已试算，账本里只留了摘要；由另一人核对后批准（gongche run approve）。名单、规则有改动的，要重新试算。"
        }
        Some(books::Stored::Approved) => "已批准并记入账本（批准人由本人自报，程序不核实身份）。",
        None => "",
    });
    let made = if run.people.is_empty() { "退回的行" } else { "工资条和汇总表" };
    let _ = writeln!(text, "{made}在 {}", out.display());
    text
}

fn rejected_line(one: &Rejected) -> String {
    let value = if one.value.is_empty() { String::new() } else { format!("“{}”", one.value) };
    format!("第 {} 行 {}{value}：{}。{}", one.row, one.column, one.problem, one.remedy)
}

fn change_line(change: &Change) -> String {
    match change {
        Change::New { worker, name } => format!("上月没有，本月有：{worker} {name}"),
        Change::Gone { worker, name } => format!("上月有，本月没有：{worker} {name}"),
        Change::Net { worker, name, before, now } => {
            let difference = now.sub(*before).map_or_else(|error| error.to_string(), Money::thousands);
            let sign = if now > before { "+" } else { "" };
            format!("实发变化：{worker} {name} {} → {}（{sign}{difference}）", before.thousands(), now.thousands())
        }
    }
}

/// Writes the findings, person by person, then what changed since the month before.
pub(super) fn findings(run: &Run, path: &Path) -> Result<(), CliError> {
    let failed = |error: io::Error| super::cannot_write(path, &error);
    let mut to = BufWriter::new(File::create(path).map_err(failed)?);
    write!(to, "{} 工资的提示\n规则库 {}\n", run.period, run.rulebook).map_err(failed)?;
    let mut uncertain: BTreeMap<String, usize> = BTreeMap::new();
    run.people.all(|one| {
        for value in &one.slip.uncertain {
            let people = uncertain.entry(uncertain_line(value)).or_default();
            *people = people.saturating_add(1);
        }
        of_person(&mut to, one).map_err(failed)
    })?;
    of_all(&mut to, run, &uncertain).and_then(|()| to.flush()).map_err(failed)
}

fn of_person(to: &mut impl Write, one: &Computed) -> io::Result<()> {
    if one.slip.findings.is_empty() {
        return Ok(());
    }
    writeln!(to, "\n{} {}", one.worker.label(), one.worker.name)?;
    for finding in &one.slip.findings {
        writeln!(to, "  {}：{}", finding.severity.name(), finding.message)?;
        if let Some(cite) = &finding.cite {
            writeln!(to, "    依据：{cite}")?;
        }
        if let Some(remedy) = &finding.remedy {
            writeln!(to, "    处理：{remedy}")?;
        }
    }
    Ok(())
}

fn of_all(to: &mut impl Write, run: &Run, uncertain: &BTreeMap<String, usize>) -> io::Result<()> {
    if !run.changes.is_empty() {
        writeln!(to, "\n与上月相比")?;
        for change in &run.changes {
            writeln!(to, "  {}", change_line(change))?;
        }
    }
    if !uncertain.is_empty() {
        writeln!(to, "\n所用规则中尚不确定的")?;
        for (line, people) in uncertain {
            writeln!(to, "  {line}：{people} 人")?;
        }
    }
    Ok(())
}

fn uncertain_line(value: &UncertainValue) -> String {
    let note = value.note.as_ref().map_or(String::new(), |note| format!("；{note}"));
    let due = if value.provisional { "；已到复核日" } else { "" };
    let (mark, meaning) = (value.confidence.mark(), value.confidence.meaning());
    format!("{} = {}（{mark} {meaning}；{}{note}{due}）", value.name, value.value, value.source)
}
