//! The payslip: what a slip says, as the template's view.

use super::{
    DocumentError, Meta, bind, render,
    template::{engine, template_version},
    words::{day, month, shortened},
};
use crate::{
    payroll::{Arrear, Contribution, Slip, UncertainValue, Worker},
    quantity::{Exact, Money, capitals, format_amount},
};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a payslip says besides the worker and the slip.
#[derive(Debug, Clone)]
pub struct PayslipFrame {
    /// The first day of the month that is paid.
    pub period: NaiveDate,
    /// The day of payment.
    pub paid_on: NaiveDate,
    /// The digest of the rule book.
    pub rulebook: String,
    /// Whether the number of the identity document is shown in full, and not its last four characters only.
    pub full_id: bool,
}

/// Marks in the order in which uncertain values are listed: ① to ⑳; beyond them numbers in brackets.
const FIRST_MARK: u32 = 0x2460;
const MARKS: u32 = 20;

/// Makes a payslip; `files` are embedded in it.
///
/// # Errors
/// Characters that no font has, and what [`render`] complains of.
pub fn payslip(
    worker: &Worker,
    slip: &Slip,
    frame: &PayslipFrame,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Vec<u8>, DocumentError> {
    let title = format!("{} {} {} {}", slip.paper.name, month(frame.period), worker.label(), worker.name);
    let (template, view) = view(worker, slip, frame);
    render(template, &view, files, &Meta { title, created: frame.paid_on })
}

/// By which program and template a slip's pages are set, as they say at their foot. Pages set by others cannot be held
/// against those that this program sets.
///
/// # Errors
/// A faulty library of templates.
pub fn payslip_setting(slip: &Slip) -> Result<String, DocumentError> {
    Ok(format!("{} {}", engine(), template_version(template(slip))?))
}

/// Makes one PDF of many payslips, in the order given, for printing; nothing is embedded in it.
///
/// # Errors
/// As [`payslip`].
pub fn payslips(slips: &[(&Worker, &Slip)], frame: &PayslipFrame) -> Result<Vec<u8>, DocumentError> {
    let views: Vec<(&str, Value)> = slips.iter().map(|(worker, slip)| view(worker, slip, frame)).collect();
    let title = format!("工资条 {}", month(frame.period));
    bind(&views, &Meta { title, created: frame.paid_on })
}

/// The template of a slip, by the method of its tax, and the view for it.
fn view(worker: &Worker, slip: &Slip, frame: &PayslipFrame) -> (&'static str, Value) {
    let mut view = common(worker, slip, frame);
    let template = template(slip);
    if template == WAGES {
        view["tax"] = tax(slip);
        return (template, view);
    }
    let steps = slip.tax_steps.iter().map(|step| json!({ "name": step.name, "value": step.shown }));
    view["steps"] = steps.collect();
    view["tax_due"] = of_month(slip).into();
    // 劳务报酬结算单 settles 劳务报酬.
    view["what"] = slip.paper.name.trim_end_matches("结算单").into();
    (template, view)
}

/// The templates: of wages, and of what is taxed by another method.
const WAGES: &str = "payslip";
const OTHERS: &str = "remuneration";

fn template(slip: &Slip) -> &'static str {
    if slip.tax_steps.is_empty() { WAGES } else { OTHERS }
}

/// What the views of the templates `payslip` and `remuneration` share; their shapes are `templates/*.view.json`. The first
/// adds `tax`; the second the steps of its method (`steps`: `name`, `value`), the tax of the payment (`tax_due`), and what is
/// paid (`what`: 劳务报酬 or 实习报酬), which is never called wages.
///
/// | field | content |
/// |---|---|
/// | `title` | 工资条, 劳务报酬结算单 |
/// | `employer` | 扣缴义务人 |
/// | `period`, `paid_on` | 2026年9月; 2026年9月30日 |
/// | `worker` | `number`, `name`, `id_type`, `id_number` (all but the last four masked unless asked), `post`, `department`, `project`, `relation`, `insured_at`, `fund_at`, `works_at`, `hired_on` |
/// | `earnings` | `name`, `amount`, `mark`; then `gross` |
/// | `own` | the worker's insurance and fund: `name`, `base`, `rate`, `amount`, `mark`, then the same of earlier months, without base and rate; then `own_total` |
/// | `tax` | the cumulative block: `months`, `income`, `exempt`, `basic`, `special`, `additional`, `other`, `taxable`, `rate`, `quick`, `payable`, `relief`, `withheld`, `due`, `mark` |
/// | `apart`, `tax_total` | taxes of what is taxed apart: `name`, `amount`; all tax of the payment |
/// | `derivations` | `name`, `formula` (with numbers), `value` |
/// | `deductions` | other deductions: `name`, `reason`, `amount`; then `deductions_total` |
/// | `net`, `net_capitals`, `bank_tail` | what is paid; the last four digits of the account |
/// | `employers` | the employer's lines: as `own`; then `employers_total` and `cost` |
/// | `findings` | `severity` (in words), `message`, `cite`, `remedy` |
/// | `uncertain` | what the marks refer to: `mark`, `name`, `value`, `confidence` (in words), `remark` (as much of note and source as there is room for) |
/// | `shortened` | whether remarks were cut short, and where they stand in full |
/// | `rulebook`, `values` | the two digests, shortened |
fn common(worker: &Worker, slip: &Slip, frame: &PayslipFrame) -> Value {
    let side = |payer: &str| -> Vec<Value> {
        let of_month = slip.contributions.iter().filter(|one| one.line.payer == payer).map(contribution);
        of_month.chain(slip.arrears.iter().filter(|one| one.line.payer == payer).map(arrear)).collect()
    };
    let lines = slip.lines().chain(slip.arrears.iter().map(|one| &one.line));
    let employers = lines.filter(|line| line.payer == "employer").map(|line| line.amount);
    let earnings: Vec<Value> = slip
        .earnings
        .iter()
        .map(|one| {
            let name = if one.in_cash { one.name.clone() } else { format!("{}（计税，不发放）", one.name) };
            json!({ "name": name, "amount": one.amount.thousands(), "mark": "" })
        })
        .collect();
    let deductions = [("赔偿损失扣款", slip.loss), ("其他扣款", slip.other_deduction)];
    let deducted: Vec<Value> = deductions
        .iter()
        .filter(|(_, amount)| *amount != Money::ZERO)
        .map(|(name, amount)| json!({ "name": name, "reason": "", "amount": amount.thousands() }))
        .collect();
    let deductions_total = Money::sum(deductions.map(|(_, amount)| amount));
    let findings: Vec<Value> = slip
        .findings
        .iter()
        .map(|one| {
            json!({
                "severity": one.severity.name(),
                "message": one.message,
                "cite": one.cite.clone().unwrap_or_default(),
                "remedy": one.remedy.clone().unwrap_or_default(),
            })
        })
        .collect();
    let (uncertain, shortened_remarks) = uncertain(&slip.uncertain);
    json!({
        "title": slip.paper.name,
        "employer": worker.payer,
        "period": month(frame.period),
        "paid_on": day(frame.paid_on),
        "worker": {
            "number": worker.label(),
            "name": worker.name,
            "id_type": worker.id_kind,
            "id_number": if frame.full_id { worker.id_number.clone() } else { worker.masked_id() },
            "post": worker.post,
            "department": worker.department,
            "project": worker.project,
            "relation": worker.engagement,
            "insured_at": worker.insured_at,
            "fund_at": worker.fund_at,
            "works_at": worker.works_at,
            "hired_on": day(worker.hired),
        },
        "earnings": earnings,
        "gross": slip.gross.thousands(),
        "own": side("employee"),
        "own_total": slip.own_total.thousands(),
        "apart": slip.taxes_apart.iter().map(|one| json!({ "name": one.name, "amount": one.amount.thousands() }))
            .collect::<Value>(),
        "tax_total": slip.tax.thousands(),
        "derivations": slip.derivations.iter().map(|one| json!({
            "name": one.name, "formula": signs(&one.formula), "value": one.value,
        })).collect::<Value>(),
        "deductions": deducted,
        "deductions_total": deductions_total.map_or_else(|error| error.to_string(), Money::thousands),
        "net": slip.net.thousands(),
        "net_capitals": capitals(slip.net),
        "bank_tail": worker.bank_tail(),
        "employers": side("employer"),
        "employers_total": Money::sum(employers).map_or_else(|error| error.to_string(), Money::thousands),
        "cost": slip.employer_cost.thousands(),
        "findings": findings,
        "uncertain": uncertain,
        "shortened": if shortened_remarks { "说明有节略，全文在本文件所附的 result.json 里。" } else { "" },
        "rulebook": shortened(&frame.rulebook),
        "values": shortened(&slip.values_digest),
    })
}

/// The cumulative block of wages.
fn tax(slip: &Slip) -> Value {
    let tax = &slip.tax_block;
    json!({
        "months": tax.months,
        "income": tax.income.thousands(),
        "exempt": tax.exempt.thousands(),
        "basic": tax.basic.thousands(),
        "special": tax.special.thousands(),
        "additional": tax.additional.thousands(),
        "other": tax.other.thousands(),
        "taxable": tax.taxable.thousands(),
        "rate": tax.rate,
        "quick": tax.quick.thousands(),
        "payable": tax.payable.thousands(),
        "relief": tax.relief.thousands(),
        "withheld": tax.withheld.thousands(),
        "due": of_month(slip),
        "mark": "",
    })
}

/// The tax of the month without what is taxed apart.
fn of_month(slip: &Slip) -> String {
    let apart = Money::sum(slip.taxes_apart.iter().map(|one| one.amount));
    apart.and_then(|apart| slip.tax.sub(apart)).map_or_else(|error| error.to_string(), Money::thousands)
}

/// Characters that a page has room for in the list of uncertain values.
const ROOM: usize = 820;

/// The least that is worth saying of a remark that is cut short.
const LEAST_REMARK: usize = 6;

/// The uncertain values, and whether any remark was cut short: the list takes what room there is on the page, evenly.
fn uncertain(values: &[UncertainValue]) -> (Vec<Value>, bool) {
    let confidence = |one: &UncertainValue| {
        format!("{}{}", one.confidence.meaning(), if one.provisional { "，已到复核日" } else { "" })
    };
    let length = |one: &UncertainValue| [&one.name, &one.value, &confidence(one)].map(|text| text.chars().count());
    let taken: usize = values.iter().flat_map(length).sum();
    let room = ROOM.saturating_sub(taken).checked_div(values.len()).unwrap_or_default();
    let mut any_shortened = false;
    let entries = values.iter().enumerate().map(|(at, one)| {
        let note = one.note.as_ref().map_or(String::new(), |note| format!("{}。", note.trim_end_matches('。')));
        let whole = format!("{note}来源：{}。", one.source.trim_end_matches('。'));
        let remark = brief(&whole, room);
        any_shortened |= remark != whole;
        json!({
            "mark": mark(at), "name": one.name, "value": one.value, "confidence": confidence(one), "remark": remark,
        })
    });
    (entries.collect(), any_shortened)
}

/// A formula with the signs of arithmetic that people read, not those of spreadsheets.
fn signs(formula: &str) -> String {
    formula.replace(" * ", " × ").replace(" / ", " ÷ ")
}

/// As much of a text as has room, ended where it takes breath if it can be.
fn brief(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    if room < LEAST_REMARK {
        return String::new();
    }
    let fits: Vec<char> = text.chars().take(room - 1).collect();
    let breath = fits.iter().rposition(|c| "。；，、".contains(*c)).filter(|at| *at * 2 >= fits.len());
    let kept: String = fits.iter().take(breath.unwrap_or(fits.len())).collect();
    format!("{kept}…")
}

fn contribution(one: &Contribution) -> Value {
    let marks: Vec<String> = one.uncertain.iter().map(|at| mark(*at)).collect();
    json!({
        "name": one.line.name,
        "base": if one.rate.is_empty() { "—".to_owned() } else { base(one.base) },
        "rate": if one.rate.is_empty() { "—" } else { &one.rate },
        "amount": one.line.amount.thousands(),
        "mark": marks.concat(),
    })
}

/// What is paid for an earlier month has neither base nor rate of its own: it is a difference.
fn arrear(one: &Arrear) -> Value {
    json!({
        "name": format!("{}（{}补差）", one.line.name, month(one.period)),
        "base": "",
        "rate": "",
        "amount": one.line.amount.thousands(),
        "mark": "",
    })
}

/// A base with thousands, and with two decimals unless it has more.
fn base(value: Exact) -> String {
    value.to_decimal().map_or_else(|| value.to_string(), format_amount)
}

fn mark(at: usize) -> String {
    let circled = u32::try_from(at).ok().filter(|at| *at < MARKS).and_then(|at| char::from_u32(FIRST_MARK + at));
    circled.map_or_else(|| format!("[{}]", at + 1), String::from)
}
