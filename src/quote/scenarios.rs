//! Prices beside the price: the same tender with something different.

use super::{
    build::Rise,
    core::Core,
    desk::Desk,
    findings, floors,
    model::{Finding, Scenario},
    refusal::Refusal,
    tender::{ScenarioChange, Tender},
};
use crate::{
    quantity::{Exact, Money},
    rulebook::{Book, Gravity},
};

/// Each of the tender's scenarios; one that cannot be priced says why.
pub(super) fn scenarios(book: &Book, core: &Core<'_, '_>) -> Result<Vec<Scenario>, Refusal> {
    let tender = core.closer.tender;
    tender.scenarios.iter().map(|change| scenario(book, core, change)).collect()
}

fn scenario(book: &Book, core: &Core<'_, '_>, change: &ScenarioChange) -> Result<Scenario, Refusal> {
    let changed = changed(core.closer.tender, change, core.closing.total);
    let priced = priced(book, &changed, change, core.closing.total);
    match priced {
        Err(refusal @ (Refusal::Coverage { .. } | Refusal::Facts { .. })) => Ok(Scenario {
            name: change.name.clone(),
            total: Money::ZERO,
            direct: Money::ZERO,
            management: Money::ZERO,
            profit: Money::ZERO,
            profit_share: Exact::ZERO,
            taxes: Money::ZERO,
            statutory_floor: Money::ZERO,
            difference: Money::ZERO,
            notes: vec![format!("不能测算：{refusal}")],
        }),
        other => other,
    }
}

fn changed(tender: &Tender, change: &ScenarioChange, total: Money) -> Tender {
    let mut changed = tender.clone();
    if let Some(taxpayer) = change.taxpayer {
        changed.bidder.taxpayer = taxpayer;
    }
    if let Some(form) = change.form {
        changed.bidder.form = form;
    }
    if let Some(place) = &change.place {
        changed.place.clone_from(place);
    }
    if let (Some(persons), Some(first)) = (change.persons, changed.positions.first_mut()) {
        first.persons = persons;
    }
    match change.profit {
        Some(profit) => {
            changed.offer.total = None;
            changed.offer.profit = Some(profit);
        }
        None => changed.offer.total = Some(total),
    }
    changed.offer.discount = Money::ZERO;
    changed
}

fn priced(book: &Book, tender: &Tender, change: &ScenarioChange, total: Money) -> Result<Scenario, Refusal> {
    let desk = Desk::new(book, tender, &tender.place)?;
    let raise = change.raise.map_or(Exact::ZERO, Exact::from);
    let rise: Rise<'_> = &|_| raise;
    let core = Core::new(&desk, tender, rise)?;
    let statutory = floors::statutory(&desk, tender, &core.build, rise)?;
    let side = &core.closer.side;
    let mut findings = findings::of_scenario(&core, statutory.price)?;
    findings.extend(findings::of_posts(&core)?);
    findings.extend(core.closer.tax_papers(core.closing.total)?.1.into_iter().map(Finding::of));
    let notes = findings.into_iter().filter(|one| one.severity != Gravity::Note).map(|one| one.message).collect();
    Ok(Scenario {
        name: change.name.clone(),
        total: core.closing.total,
        direct: side.direct,
        management: side.management,
        profit: core.closing.profit,
        profit_share: core.profit_share()?,
        taxes: core.closing.taxes.all()?,
        statutory_floor: statutory.price,
        difference: core.closing.total.sub(total)?,
        notes,
    })
}
