//! A quote as the templates' view, whose shape is `templates/quote/view.json`.
//!
//! All papers share one view: a figure that two of them print is one string.

use crate::{
    document::words::{day, month, shortened},
    quantity::{ArithmeticError, Exact, Money, Rounding, RoundingMode, format_thousands},
    quote::{
        Kind, LegalForm, Line, MonthRow, MonthValue, PositionQuote, Quote, Quoted, Standing, StartPlan, Step, Taxpayer,
        UncertainValue,
    },
};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// Percentages and counts of persons with a part are printed to the second decimal.
const HUNDREDTHS: Rounding = Rounding { mode: RoundingMode::HalfUp, step: Decimal::from_parts(1, 0, 0, false, 2) };

/// Chinese numerals for the groups of a price.
const NUMERALS: [&str; 12] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"];

/// The line that is value-added tax.
const VAT: &str = "vat";

/// A group of lines with its name and sum.
pub(super) struct Group<'q> {
    pub(super) name: &'q str,
    pub(super) amount: Money,
    pub(super) lines: Vec<&'q Line>,
}

/// The groups of a price, in the order of its lines.
pub(super) fn groups(quote: &Quote) -> Result<Vec<Group<'_>>, ArithmeticError> {
    let mut groups: Vec<(&str, Vec<&Line>)> = Vec::new();
    for line in &quote.lines {
        match groups.iter_mut().find(|(id, _)| *id == line.group) {
            Some((_, lines)) => lines.push(line),
            None => groups.push((&line.group, vec![line])),
        }
    }
    let mut named = Vec::with_capacity(groups.len());
    for (id, lines) in groups {
        let name = quote.subtotals.iter().find(|one| one.id == id).map_or("其他", |one| one.name.as_str());
        named.push(Group { name, amount: Money::sum(lines.iter().map(|line| line.amount))?, lines });
    }
    Ok(named)
}

/// The view of all papers.
pub(super) fn view(quote: &Quote) -> Result<Value, ArithmeticError> {
    let tender = &quote.tender;
    let groups = groups(quote)?;
    let vat = quote.amount(VAT);
    let (each_name, positions) = positions(quote)?;
    let locked: Vec<&Line> = quote.lines.iter().filter(|line| line.kind.locked && line.amount != Money::ZERO).collect();
    let supervised: Vec<&Line> =
        quote.lines.iter().filter(|line| line.kind.supervised && line.amount != Money::ZERO).collect();
    Ok(json!({
        "title": tender.title,
        "purchaser": tender.purchaser,
        "bidder": tender.bidder.name,
        "place": quote.place,
        "from": day(tender.from),
        "to": day(tender.to),
        "months": quote.month_count.to_string(),
        "opening": day(tender.opening),
        "persons": quote.persons.to_string(),
        "seats": tender.seats.map_or_else(String::new, |seats| seats.to_string()),
        "total": quote.total.thousands(),
        "capitals": quote.capitals,
        "form": form(tender.bidder.form),
        "taxpayer": taxpayer(tender.bidder.taxpayer),
        "quoted": quoted(tender.offer.quoted),
        "each_name": each_name,
        "tax": vat.thousands(),
        "tax_name": quote.line(VAT).map_or("增值税", |line| line.name.as_str()),
        "without_tax": quote.total.sub(vat)?.thousands(),
        "unit_prices": unit_prices(quote),
        "positions": positions,
        "average_pay": average_pay(quote)?,
        "groups": groups_view(quote, &groups)?,
        "bars": bars(quote, &groups)?,
        "locked": numbered(&locked, |line| json!({ "required": required(quote, line) })),
        "locked_total": total(&locked)?,
        "supervised": numbered(&supervised, |line| json!({ "reckoning": line.reckoning })),
        "supervised_total": total(&supervised)?,
        "schedule": quote.months.iter().map(schedule).collect::<Vec<_>>(),
        "projected": projected(quote),
        "standards": standards(&quote.months),
        "sources": quote.lines.iter().filter_map(source).collect::<Vec<_>>(),
        "own": quote.lines.iter().filter(|line| line.cite.is_none() && line.amount != Money::ZERO)
            .map(|line| json!({ "name": line.name, "reckoning": line.reckoning })).collect::<Vec<_>>(),
        "uncertain": quote.uncertain.iter().map(uncertain).collect::<Vec<_>>(),
        "floor": floor(quote)?,
        "tests": tests(quote)?,
        "ready": quote.rivals.as_ref().map_or_else(Vec::new, |rivals| rivals.ready.clone()),
        "rotas": rotas(quote)?,
        "rulebook": shortened(&quote.rulebook),
        "values": shortened(&quote.values_digest),
    }))
}

/// The view of the start plan, whose shape is `templates/quote/start.view.json`.
pub(super) fn start(quote: &Quote, plan: &StartPlan) -> Result<Value, ArithmeticError> {
    let step = |(number, step): (usize, &Step)| {
        json!({
            "number": (number + 1).to_string(),
            "name": step.name,
            "by": day(step.by),
            "reckoning": step.reckoning,
            "cite": step.cite.clone().unwrap_or_else(|| "采购文件".to_owned()),
        })
    };
    let tender = &quote.tender;
    Ok(json!({
        "title": tender.title,
        "purchaser": tender.purchaser,
        "bidder": tender.bidder.name,
        "place": quote.place,
        "from": day(tender.from),
        "to": day(tender.to),
        "signed": day(plan.signed),
        "on_post": plan.steps.first().map_or_else(String::new, |step| day(step.by)),
        "persons": quote.persons.to_string(),
        "steps": plan.steps.iter().enumerate().map(step).collect::<Vec<_>>(),
        "notes": plan.notes,
        "positions": positions(quote)?.1,
        "average_pay": average_pay(quote)?,
        "rulebook": shortened(&quote.rulebook),
        "values": shortened(&quote.values_digest),
    }))
}

fn groups_view(quote: &Quote, groups: &[Group<'_>]) -> Result<Vec<Value>, ArithmeticError> {
    let months = months(quote).mul(quote.persons.into())?;
    let mut number = 0;
    let group = |(place, group): (usize, &Group<'_>)| {
        let lines = group.lines.iter().map(|line| {
            number += 1;
            json!({
                "number": number.to_string(),
                "name": line.name,
                "quantity": line.quantity.to_string(),
                "unit": line.unit,
                "price": line.unit_price.thousands(),
                "amount": line.amount.thousands(),
                "month": line.per_head_month.thousands(),
                "reckoning": line.reckoning,
                "kind": kind(line.kind),
                "cite": line.cite.clone().unwrap_or_default(),
                "mark": "",
            })
        });
        Ok(json!({
            "number": NUMERALS.get(place).copied().unwrap_or_default(),
            "name": group.name,
            "amount": group.amount.thousands(),
            "subtotal": if group.lines.len() > 1 { group.amount.thousands() } else { String::new() },
            "month": to_hundredths(Exact::from(group.amount).div(months)?)?,
            "lines": lines.collect::<Vec<_>>(),
        }))
    };
    groups.iter().enumerate().map(group).collect()
}

/// What the price consists of, for a chart.
fn bars(quote: &Quote, groups: &[Group<'_>]) -> Result<Vec<Value>, ArithmeticError> {
    let bar = |group: &Group<'_>| {
        let share = percent(Exact::from(group.amount), quote.total)?;
        Ok(json!({ "name": group.name, "amount": group.amount.thousands(), "share": share }))
    };
    groups.iter().filter(|group| group.amount != Money::ZERO).map(bar).collect()
}

fn months(quote: &Quote) -> Exact {
    Exact::from(i64::from(quote.month_count))
}

/// The positions, and what the price of one person for one month is: a unit price only where it multiplies to the total.
fn positions(quote: &Quote) -> Result<(&'static str, Vec<Value>), ArithmeticError> {
    let mut exact = quote.tender.offer.quoted == Quoted::HeadMonth;
    let mut positions = Vec::new();
    for (number, position) in (1..).zip(&quote.positions) {
        let persons = Exact::from(position.persons).mul(months(quote))?;
        let each = Exact::from(position.total).div(persons)?.round(HUNDREDTHS)?;
        exact &= Exact::from(each).mul(persons)? == Exact::from(position.total);
        positions.push(json!({
            "number": number.to_string(),
            "name": position.name,
            "persons": position.persons.to_string(),
            "months": quote.month_count.to_string(),
            "each_month": format_thousands(each),
            "total": position.total.thousands(),
            "share": percent(Exact::from(position.total), quote.total)?,
            "average_pay": position.average_pay.thousands(),
            "pay": pay(position),
            "requires": requires(quote, position),
        }));
    }
    Ok((if exact { "单价（元/人·月）" } else { "折合（元/人·月，只供比较）" }, positions))
}

fn pay(position: &PositionQuote) -> String {
    let items = position.pay.iter().filter(|(_, _, amount)| *amount != Money::ZERO);
    items.map(|(_, name, amount)| format!("{name}{}", amount.thousands())).collect::<Vec<_>>().join("、")
}

fn requires(quote: &Quote, position: &PositionQuote) -> String {
    let given = quote.tender.positions.iter().find(|given| given.name == position.name);
    given.and_then(|given| given.requires.clone()).unwrap_or_default()
}

/// The average pay of all persons.
fn average_pay(quote: &Quote) -> Result<String, ArithmeticError> {
    let mut pay = Exact::ZERO;
    for position in &quote.positions {
        pay = pay.add(Exact::from(position.average_pay).mul(position.persons.into())?)?;
    }
    to_hundredths(pay.div(quote.persons.into())?)
}

/// The unit prices that the offer binds itself to; of an offer by item there are none.
fn unit_prices(quote: &Quote) -> Vec<Value> {
    let binding = |one: &&crate::quote::UnitPrice| {
        one.quoted == quote.tender.offer.quoted && one.quoted != Quoted::Item && one.recomputed == quote.total
    };
    let shown = |one: &crate::quote::UnitPrice| {
        json!({
            "unit": one.unit,
            "quantity": one.quantity.to_string(),
            "price": one.unit_price.thousands(),
            "sum": one.recomputed.thousands(),
        })
    };
    quote.unit_prices.iter().filter(binding).map(shown).collect()
}

/// What the tender says of a line, where it says an amount.
fn required(quote: &Quote, line: &Line) -> String {
    let said = quote.tender.required.iter().find(|one| one.line == line.id);
    said.map_or_else(|| "法定标准和采购文件要求".to_owned(), |one| format!("采购文件规定{}元", one.amount.thousands()))
}

fn numbered(lines: &[&Line], more: impl Fn(&Line) -> Value) -> Vec<Value> {
    let view = |(number, line): (usize, &&Line)| {
        let mut view = more(line);
        view["number"] = (number + 1).to_string().into();
        view["name"] = line.name.clone().into();
        view["amount"] = line.amount.thousands().into();
        view
    };
    lines.iter().enumerate().map(view).collect()
}

fn total(lines: &[&Line]) -> Result<String, ArithmeticError> {
    Money::sum(lines.iter().map(|line| line.amount)).map(Money::thousands)
}

fn schedule(row: &MonthRow) -> Value {
    json!({
        "month": month(row.first),
        "days": row.days.to_string(),
        "holidays": row.statutory_days.to_string(),
        "direct": row.direct.thousands(),
        "total": row.total.thousands(),
        "standing": standing(row.values.iter().map(|value| value.standing).max().unwrap_or(Standing::Known)),
    })
}

/// What is to be said of months whose standards nobody has published yet.
fn projected(quote: &Quote) -> String {
    let months: Vec<NaiveDate> = quote.months.iter().filter(|row| row.projected).map(|row| row.first).collect();
    if months.is_empty() {
        return String::new();
    }
    let runs = runs(&months);
    format!("{runs}的当地标准尚未公布或者已到复核日，按最近一次公布的标准推算；标准调整的，按合同约定处理。")
}

/// Each local standard once, with the months for which it holds.
fn standards(months: &[MonthRow]) -> Vec<Value> {
    let mut standards: Vec<(&MonthValue, Vec<(NaiveDate, Standing)>)> = Vec::new();
    for row in months {
        for value in &row.values {
            let same =
                |known: &MonthValue| (&known.id, &known.value, known.from) == (&value.id, &value.value, value.from);
            match standards.iter_mut().find(|(known, _)| same(known)) {
                Some((_, months)) => months.push((row.first, value.standing)),
                None => standards.push((value, vec![(row.first, value.standing)])),
            }
        }
    }
    let view = |(value, months): &(&MonthValue, Vec<(NaiveDate, Standing)>)| {
        let all: Vec<NaiveDate> = months.iter().map(|(first, _)| *first).collect();
        json!({
            "name": value.name,
            "value": value.value,
            "from": value.from.to_string(),
            "months": runs(&all),
            "cite": value.cite,
            "standing": standing(months.iter().map(|(_, standing)| *standing).max().unwrap_or(Standing::Known)),
        })
    };
    standards.iter().map(view).collect()
}

/// 2026年1月至6月、2026年12月至2027年2月
fn runs(months: &[NaiveDate]) -> String {
    use chrono::{Datelike as _, Months};
    let mut runs: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for first in months {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add_months(Months::new(1)) == Some(*first) => *last = *first,
            _ => runs.push((*first, *first)),
        }
    }
    let run = |(first, last): &(NaiveDate, NaiveDate)| match (first == last, first.year() == last.year()) {
        (true, _) => month(*first),
        (false, true) => format!("{}至{}月", month(*first), last.month()),
        (false, false) => format!("{}至{}", month(*first), month(*last)),
    };
    runs.iter().map(run).collect::<Vec<_>>().join("、")
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Known => "现行",
        Standing::Retroactive => "追溯",
        Standing::Projected => "推算",
    }
}

/// A line whose amount an instrument fixes.
fn source(line: &Line) -> Option<Value> {
    let cite = line.cite.clone()?;
    (line.amount != Money::ZERO).then(|| {
        json!({
            "name": line.name,
            "reckoning": line.reckoning,
            "cite": cite,
            "confidence": line.confidence.map_or("", crate::rulebook::Confidence::meaning),
            "note": line.note.clone().unwrap_or_default(),
        })
    })
}

fn uncertain(one: &UncertainValue) -> Value {
    let due = if one.provisional { "，已到复核日" } else { "" };
    let note = one.note.as_ref().map_or_else(String::new, |note| format!("{}。", note.trim_end_matches('。')));
    json!({
        "name": one.name,
        "value": one.value,
        "confidence": format!("{}{due}", one.confidence.meaning()),
        "remark": format!("{note}来源：{}。", one.source.trim_end_matches('。')),
    })
}

/// The lowest lawful price, and how far the offer is over it.
fn floor(quote: &Quote) -> Result<Value, ArithmeticError> {
    let floor = &quote.statutory_floor;
    let mut wages = Vec::new();
    for position in &floor.positions {
        let offered = quote.positions.iter().find(|one| one.name == position.name);
        for (from, standard, lowest, derivation) in &position.wages {
            wages.push(json!({
                "position": position.name,
                "from": month(*from),
                "standard": standard.thousands(),
                "lowest": lowest.thousands(),
                "offered": offered.map_or_else(String::new, |one| one.average_pay.thousands()),
                "derivation": derivation,
            }));
        }
    }
    let line = |(_, name, amount): &(String, String, Money)| json!({ "name": name, "amount": amount.thousands() });
    let lines = floor.lines.iter().filter(|(_, _, amount)| *amount != Money::ZERO);
    Ok(json!({
        "price": floor.price.thousands(),
        "with_required": floor.with_required.thousands(),
        "margin": quote.total.sub(floor.with_required)?.thousands(),
        "ratio": percent(Exact::from(quote.total), floor.with_required)?,
        "lines": lines.map(line).collect::<Vec<_>>(),
        "wages": wages,
    }))
}

/// The lines that an unusually low price is held against.
fn tests(quote: &Quote) -> Result<Vec<Value>, ArithmeticError> {
    let Some(own) = quote.rivals.as_ref().and_then(|rivals| rivals.bids.first()) else { return Ok(Vec::new()) };
    let test = |(name, line, under): &(String, Exact, bool)| {
        Ok(json!({
            "name": test_name(name),
            "line": to_hundredths(*line)?,
            "price": own.price.thousands(),
            "result": if *under { "低于，须说明" } else { "不低于" },
        }))
    };
    own.lines.iter().map(test).collect()
}

/// What a line of `procurement.abnormal` is held against, in words.
fn test_name(id: &str) -> &str {
    match id {
        "mean_line" => "按全部有效报价的平均价",
        "second_line" => "按次低报价",
        "ceiling_line" => "按最高限价或预算",
        other => other,
    }
}

fn rotas(quote: &Quote) -> Result<Vec<Value>, ArithmeticError> {
    let number = |value: Exact| value.round(HUNDREDTHS).map(|value| format_thousands(value.normalize()));
    let rota = |one: &crate::quote::RotaReport| {
        Ok(json!({
            "position": one.position,
            "shifts": number(one.shifts.add(one.holiday_shifts)?)?,
            "holiday_hours": number(one.holiday_hours)?,
            "hours": number(one.hours)?,
            "needed": to_hundredths(one.needed)?,
            "offered": one.offered.to_string(),
            "summary": one.summary,
        }))
    };
    quote.rotas.iter().map(rota).collect()
}

/// How the tender lets a line be treated, in words.
pub(super) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind { locked: true, supervised: true, .. } => "不可竞争、监督使用",
        Kind { locked: true, .. } => "不可竞争",
        Kind { supervised: true, .. } => "监督使用",
        Kind { competitive: true, .. } => "可竞争",
        Kind { .. } => "",
    }
}

/// The legal form, in words.
pub(super) const fn form(form: LegalForm) -> &'static str {
    match form {
        LegalForm::Outsourcing => "业务外包",
        LegalForm::Dispatch => "劳务派遣",
        LegalForm::HrOutsourcing => "人力资源外包",
    }
}

/// The kind of taxpayer, in words.
pub(super) const fn taxpayer(taxpayer: Taxpayer) -> &'static str {
    match taxpayer {
        Taxpayer::General => "一般纳税人",
        Taxpayer::Small => "小规模纳税人",
    }
}

const fn quoted(quoted: Quoted) -> &'static str {
    match quoted {
        Quoted::Item => "各项按服务期报一个总价",
        Quoted::HeadYear => "按每人每年报单价",
        Quoted::HeadMonth => "按每人每月报单价",
        Quoted::Month => "按月报单价",
    }
}

/// A share of a total: 59.09%; of nothing there is none.
pub(super) fn percent(part: Exact, whole: Money) -> Result<String, ArithmeticError> {
    if whole == Money::ZERO {
        return Ok("0%".to_owned());
    }
    let percent = part.div(whole.into())?.mul(Exact::from(100))?;
    Ok(format!("{}%", percent.round(HUNDREDTHS)?))
}

fn to_hundredths(value: Exact) -> Result<String, ArithmeticError> {
    value.round(HUNDREDTHS).map(format_thousands)
}
