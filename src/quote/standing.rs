//! Month by month: the local rules that each month was priced under, and which of them are not known yet.

use super::{
    build::{BuildUp, as_known, build_up},
    core::Core,
    desk::Desk,
    lines::Laid,
    model::{AtRisk, MonthRow, MonthValue, Standing, UncertainValue},
    refusal::Refusal,
};
use crate::{
    engine::{Constant, Origin, Source, show, sources, values_digest},
    quantity::{Exact, Money},
    rulebook::{NATION, Type, Version},
};
use chrono::NaiveDate;

/// A value of a month as the plan has it.
struct Read<'b> {
    month: usize,
    id: String,
    name: String,
    value: String,
    version: &'b Version,
    /// Whether it is an amount of money, which is adjusted from year to year; a rate stays until it is changed.
    standard: bool,
    provisional: bool,
}

/// The rows of the months, without amounts.
pub(super) fn month_rows(desk: &Desk<'_>, laid: &Laid) -> Result<Vec<MonthRow>, Refusal> {
    let read = local_values(desk);
    let as_of = as_of(desk, &read);
    let mut rows = Vec::new();
    for (month, of) in desk.months.iter().enumerate() {
        let carried_on = desk.rules[month].carried_on;
        let mut values: Vec<MonthValue> = Vec::new();
        for one in read.iter().filter(|one| one.month == month) {
            let standing = standing(one, of.first, of.last, as_of, carried_on);
            values.push(MonthValue {
                id: one.id.clone(),
                name: one.name.clone(),
                value: one.value.clone(),
                from: one.version.from,
                published: one.version.published,
                cite: cited(one.version),
                standing,
            });
        }
        let amount = |held: &dyn Fn(&str) -> bool| {
            let of_month = laid.lines.iter().filter(|line| held(&line.id));
            Money::sum(of_month.filter_map(|line| line.months.get(month).copied()))
        };
        let direct = |id: &str| desk.lines.iter().any(|rule| rule.id == id && rule.direct);
        rows.push(MonthRow {
            first: of.first,
            projected: carried_on || !of.arranged || values.iter().any(|value| value.standing == Standing::Projected),
            values,
            days: of.days,
            statutory_days: of.statutory_days,
            direct: amount(&direct)?,
            total: amount(&|_| true)?,
        });
    }
    Ok(rows)
}

/// What the months read of their place: bases, rates, the minimum wage.
fn local_values<'b>(desk: &Desk<'b>) -> Vec<Read<'b>> {
    let mut read = Vec::new();
    for (month, slot) in desk.noted() {
        let plan = desk.rules[month].sheet.plan();
        if let Origin::Constant(Constant::Version { value, version, region: Some(region), provisional }) =
            &plan.slot(slot).origin
            && region != NATION
            && value.number().is_some()
        {
            let of = plan.book().entry(plan.slot(slot).entry).of;
            let standard = matches!(of, Type::Number(unit) if unit.is_priced());
            let (id, name) = (plan.id(slot), plan.name(slot));
            let value = show(plan.book().lexicon(), value, of);
            read.push(Read { month, id, name, value, version, standard, provisional: *provisional });
        }
    }
    read
}

/// The day up to which anybody can know: the day that was asked for, or the last on which the book was checked.
fn as_of(desk: &Desk<'_>, read: &[Read<'_>]) -> Option<NaiveDate> {
    desk.question.known_at.or_else(|| read.iter().map(|one| one.version.checked).max())
}

/// A value is known for a month if it was published by its end and its year has not run out; the year of a standard
/// without a day of review ends with what anybody knows.
fn standing(
    read: &Read<'_>,
    first: NaiveDate,
    last: NaiveDate,
    as_of: Option<NaiveDate>,
    carried_on: bool,
) -> Standing {
    let unknown_yet = read.standard && read.version.review_by.is_none() && as_of.is_some_and(|as_of| as_of < first);
    if carried_on || read.provisional || unknown_yet {
        Standing::Projected
    } else if read.version.published.is_some_and(|published| published > last) {
        Standing::Retroactive
    } else {
        Standing::Known
    }
}

fn cited(version: &Version) -> String {
    match &version.source {
        Some(source) if version.cite == crate::rulebook::UNKNOWN => source.clone(),
        _ => version.cite.clone(),
    }
}

/// What a rise of local standards would cost in the months that are projected.
pub(super) fn at_risk(core: &Core<'_, '_>, rows: &[MonthRow]) -> Result<Option<AtRisk>, Refusal> {
    let (desk, tender) = (core.closer.desk, core.closer.tender);
    let (Some(rate), Some(first)) = (tender.rise, rows.iter().find(|row| row.projected)) else { return Ok(None) };
    let rise = Exact::from(rate);
    let raised = |month: usize| if rows.get(month).is_some_and(|row| row.projected) { rise } else { Exact::ZERO };
    let higher = labour_cost(core, &build_up(desk, tender, &raised)?, &raised)?;
    let known = labour_cost(core, &build_up(desk, tender, &as_known)?, &as_known)?;
    let months = u32::try_from(rows.iter().filter(|row| row.projected).count()).unwrap_or(u32::MAX);
    let amount = super::amounts::rounded(higher.sub(known)?, desk.rounding)?;
    let why = format!(
        "{}起有 {months} 个月的当地标准尚未公布、已过复核期或可能调整；按当地基数上下限和最低工资上涨{rate}计",
        first.first.format("%Y年%-m月")
    );
    Ok(Some(AtRisk { rise, from: first.first, months, amount, why }))
}

/// Direct cost, and what would have to be paid on top to reach the minimum wage.
fn labour_cost(core: &Core<'_, '_>, build: &BuildUp, rise: super::build::Rise<'_>) -> Result<Exact, Refusal> {
    let (desk, tender) = (core.closer.desk, core.closer.tender);
    let direct = super::close::Closer::new(desk, tender, build)?.side.direct;
    let mut cost = Exact::from(direct);
    for (position, post) in tender.positions.iter().zip(&build.posts) {
        for month in 0..desk.months.len() {
            let facts = super::build::month_facts(desk, tender, &position.pay)?
                .number("quote.month.average", post.average)
                .number("quote.month.rise", rise(month));
            let gap = desk.rules[month].sheet.with(&facts)?.number("quote.month.gap")?;
            cost = cost.add(super::amounts::product([gap, position.persons.into(), desk.months[month].share])?)?;
        }
    }
    Ok(cost)
}

/// The values that the price rests on and that are not settled, each told once.
pub(super) fn uncertain(desk: &Desk<'_>) -> Vec<UncertainValue> {
    let mut told: Vec<UncertainValue> = Vec::new();
    for month in 0..desk.months.len() {
        let plan = desk.rules[month].sheet.plan();
        let slots = desk.noted().into_iter().filter(|(of, _)| *of == month).map(|(_, slot)| slot);
        for source in sources(plan, slots).into_iter().filter(Source::is_unsettled) {
            let of = plan.book().entry(plan.slot(source.slot).entry).of;
            let Origin::Constant(constant) = &plan.slot(source.slot).origin else { continue };
            let one = UncertainValue {
                name: format!("{}{}", source.place.unwrap_or_default(), source.name),
                value: show(plan.book().lexicon(), constant.value(), of),
                confidence: source.confidence,
                source: source.cite,
                note: source.note,
                provisional: source.provisional,
            };
            // A value that is merely due in later months is told as it was first met.
            if !told.iter().any(|old| (&old.name, &old.value, &old.source) == (&one.name, &one.value, &one.source)) {
                told.push(one);
            }
        }
    }
    told
}

/// The digest of all values that the months read.
pub(super) fn digest(desk: &Desk<'_>) -> String {
    let noted = desk.noted();
    let digests: Vec<String> = (0..desk.months.len())
        .map(|month| {
            let slots = noted.iter().filter(|(of, _)| *of == month).map(|(_, slot)| *slot);
            values_digest(desk.rules[month].sheet.plan(), slots).to_string()
        })
        .collect();
    crate::rulebook::Digest::of(digests.join("\n").as_bytes()).to_string()
}
