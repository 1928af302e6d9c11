//! Prices beside the price: the same tender with something different.

use super::{
    amounts::rounded,
    build::Rise,
    core::Core,
    desk::Desk,
    floors,
    model::Scenario,
    refusal::Refusal,
    tender::{ScenarioChange, Tender},
};
use crate::{
    quantity::{Exact, Money},
    rulebook::Book,
};

/// Each of the tender's scenarios; one that cannot be priced says why.
pub(super) fn scenarios(book: &Book, core: &Core<'_, '_>, required: Money) -> Result<Vec<Scenario>, Refusal> {
    let tender = core.closer.tender;
    tender.scenarios.iter().map(|change| scenario(book, core, change, required)).collect()
}

fn scenario(book: &Book, core: &Core<'_, '_>, change: &ScenarioChange, required: Money) -> Result<Scenario, Refusal> {
    let changed = changed(core.closer.tender, change, core.closing.total);
    let priced = priced(book, &changed, change, core.closing.total, required);
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

fn priced(
    book: &Book,
    tender: &Tender,
    change: &ScenarioChange,
    total: Money,
    required: Money,
) -> Result<Scenario, Refusal> {
    let desk = Desk::new(book, tender, &tender.place)?;
    let raise = change.raise.map_or(Exact::ZERO, Exact::from);
    let rise: Rise<'_> = &|_| raise;
    let core = Core::new(&desk, tender, rise)?;
    let statutory = floors::statutory(&desk, tender, required, rise)?;
    let side = &core.closer.side;
    let mut notes = Vec::new();
    let gap = core.build.posts.iter().map(|post| post.gap).find(|gap| !gap.is_zero());
    if let Some(gap) = gap {
        notes.push(format!("岗位工资低于当时当地的最低工资 {} 元", rounded(gap, desk.rounding_up)?.thousands()));
    }
    if core.closing.profit < Money::ZERO {
        notes.push("这个总价不够支付成本".to_owned());
    }
    if core.closing.total < statutory.price {
        notes.push("低于法定最低价".to_owned());
    }
    let (_, findings) = core.closer.tax_papers(core.closing.total)?;
    notes.extend(findings.into_iter().map(|finding| finding.message));
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
