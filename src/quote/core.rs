//! A tender at a desk, closed: the build-up with what was written by hand, the discount, the total.

use super::{
    amounts::{rounded, spread},
    build::{BuildUp, Built, Rise, build_up},
    close::{Closer, Closing},
    desk::Desk,
    lines::{MANAGEMENT, PROFIT, SEVERANCE, each, many, quantity},
    refusal::Refusal,
    tender::{OfferedLine, Quoted, Tender},
};
use crate::quantity::{Count, Exact, Money};
use std::collections::BTreeMap;

/// A closed price and what it was closed from.
pub(super) struct Core<'d, 'b> {
    pub(super) build: BuildUp,
    /// What each line that somebody wrote by hand was reckoned to be.
    pub(super) expected: BTreeMap<String, Money>,
    pub(super) closer: Closer<'d, 'b>,
    pub(super) closing: Closing,
    pub(super) persons: Count,
    /// What may bear a discount.
    pub(super) competitive: Money,
}

impl<'d, 'b> Core<'d, 'b> {
    /// Builds up and closes.
    pub(super) fn new(desk: &'d Desk<'b>, tender: &'d Tender, rise: Rise<'_>) -> Result<Self, Refusal> {
        let mut build = build_up(desk, tender, rise)?;
        let mut expected = BTreeMap::new();
        let mut write = |build: &mut BuildUp, by_hand: &OfferedLine| {
            expected.insert(by_hand.line.clone(), build.amount(&by_hand.line));
            put(desk, tender, build, &by_hand.line, by_hand.amount);
        };
        // The severance follows from wages that may themselves be written by hand; its own hand-written amount is last.
        let (severances, others): (Vec<_>, Vec<_>) =
            tender.offer.lines.iter().filter(|one| one.line != MANAGEMENT).partition(|one| one.line == SEVERANCE);
        others.into_iter().for_each(|one| write(&mut build, one));
        if tender.offer.severance {
            let severance = Closer::new(desk, tender, &build)?.side.severance;
            put(desk, tender, &mut build, SEVERANCE, severance);
        }
        severances.into_iter().for_each(|one| write(&mut build, one));
        let mut closer = Closer::new(desk, tender, &build)?;
        if tender.offer.lines.iter().any(|line| line.line == MANAGEMENT) {
            expected.insert(MANAGEMENT.to_owned(), closer.management_reckoned(&build)?);
        }
        let full = match (tender.offer.total, tender.offer.profit) {
            (Some(total), _) => total,
            (None, Some(profit)) => closer.price_for(profit)?.0,
            (None, None) => return Err(Refusal::facts("报价", "既没有投标总价，也没有利润率")),
        };
        let persons = persons(tender)?;
        let before = closer.close(full)?;
        let competitive = competitive(&closer, &before)?;
        let discount = tender.offer.discount;
        let total = if discount > Money::ZERO && discount <= competitive { full.sub(discount)? } else { full };
        let total = quotable(desk, tender, total, persons)?;
        if discount > Money::ZERO && total < full {
            closer.bear(&before, total)?;
        }
        let closing = closer.close(total)?;
        Ok(Self { build, expected, closer, closing, persons, competitive })
    }

    /// What a line is in the build-up, or follows to be.
    pub(super) fn profit_share(&self) -> Result<Exact, Refusal> {
        Ok(Exact::from(self.closing.profit).div(self.closing.total.into())?)
    }
}

/// Persons of all positions.
pub(super) fn persons(tender: &Tender) -> Result<Count, Refusal> {
    let all = super::amounts::sum(tender.positions.iter().map(|position| Exact::from(position.persons)))?;
    Count::from_decimal(all.to_decimal().unwrap_or_default()).map_err(|error| Refusal::facts("人数", error.to_string()))
}

/// The lowest total, from so much on, that is a whole number of fen for each unit that is quoted.
fn quotable(desk: &Desk<'_>, tender: &Tender, total: Money, persons: Count) -> Result<Money, Refusal> {
    if tender.offer.quoted == Quoted::Item {
        return Ok(total);
    }
    let (count, _) = quantity(desk, persons, tender.offer.quoted)?;
    many(each(total, count, desk.rounding_up)?, count)
}

/// What may bear a discount: profit, unless the tender locks it, and the fee where the tender lets it compete.
fn competitive(closer: &Closer<'_, '_>, closing: &Closing) -> Result<Money, Refusal> {
    let desk = closer.desk;
    let mut sum = Money::ZERO;
    for line in &desk.lines {
        let kind = desk.kind(closer.tender, line);
        let amount = match line.id.as_str() {
            PROFIT if !kind.locked => closing.profit.max(Money::ZERO),
            MANAGEMENT if kind.competitive => closer.side.management,
            _ => Money::ZERO,
        };
        sum = sum.add(amount)?;
    }
    Ok(sum)
}

impl Closer<'_, '_> {
    /// Lets the fee bear its part of a discount where it competes: in proportion to fee and profit before.
    fn bear(&mut self, before: &Closing, total: Money) -> Result<(), Refusal> {
        let of_fee = self.desk.lines.iter().find(|line| line.id == MANAGEMENT);
        if !of_fee.is_some_and(|line| self.desk.kind(self.tender, line).competitive) {
            return Ok(());
        }
        let left = total.sub(self.side.direct)?.sub(self.taxes(total)?.all()?)?;
        let both = self.side.management.add(before.profit)?;
        if both <= Money::ZERO {
            return Ok(());
        }
        let fee = Exact::from(left).mul(self.side.management.into())?.div(both.into())?;
        let fee = rounded(fee, self.desk.rounding)?;
        self.side.management = fee;
        self.side.cost = self.side.direct.add(fee)?;
        Ok(())
    }
}

/// Puts an amount in the place of a line, divided as the line was; a line that was not there, by persons.
fn put(desk: &Desk<'_>, tender: &Tender, build: &mut BuildUp, line: &str, amount: Money) {
    let heads = |count: Count| Money::from_decimal(count.value()).unwrap_or_default();
    let by_persons =
        || tender.positions.iter().map(|position| vec![heads(position.persons); desk.months.len()]).collect();
    let built = build.lines.entry(line.to_owned()).or_insert_with(|| Built {
        cells: by_persons(),
        amount: Money::ZERO,
        terms: Vec::new(),
        trace: Vec::new(),
        confidence: None,
        notes: Vec::new(),
    });
    built.cells = spread(amount, &built.cells);
    built.amount = amount;
}
