//! Closing a price: levies and fee on the cost, tax inside the price, profit as what is left.

use super::{
    amounts::{product, rounded, sum},
    build::{BuildUp, Cells},
    desk::{Desk, tax_facts},
    refusal::Refusal,
    sheet::Facts,
    tender::{ManagementOn, Profit, ProfitOn, Tender},
};
use crate::{
    engine::RaisedFinding,
    quantity::{Exact, Money},
};
use serde_json::Value as Json;

/// Cost, before anybody asks for a price.
#[derive(Debug, Clone)]
pub(super) struct CostSide {
    pub(super) wages: Money,
    pub(super) union_fee: Money,
    pub(super) union_rate: Exact,
    pub(super) disability_levy: Money,
    /// The levy in a yuan of wages; none where it was not priced.
    pub(super) levy_rate: Option<Exact>,
    pub(super) direct: Money,
    pub(super) management: Money,
    pub(super) fee_on_supervised: Money,
    pub(super) cost: Money,
    pub(super) passed_on: Money,
    /// What severance at the end of the service comes to, priced or not.
    pub(super) severance: Money,
    pub(super) traces: Traces,
}

/// The derivations of what follows from cost.
#[derive(Debug, Clone, Default)]
pub(super) struct Traces {
    pub(super) union_fee: Json,
    pub(super) disability_levy: Json,
    pub(super) management: Json,
    pub(super) severance: Json,
}

/// Months in a row that are taxed alike.
#[derive(Debug, Clone)]
pub(super) struct TaxRun {
    /// Its first month, by position.
    pub(super) month: usize,
    /// The sum of its months' shares.
    pub(super) months: Exact,
    pub(super) rate: Exact,
    pub(super) surcharge_rate: Exact,
    pub(super) deducts: bool,
}

/// Taxes of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taxes {
    pub(super) vat: Money,
    pub(super) surcharges: Money,
}

impl Taxes {
    pub(super) fn all(self) -> Result<Money, Refusal> {
        Ok(self.vat.add(self.surcharges)?)
    }
}

/// A price, closed.
#[derive(Debug, Clone)]
pub(super) struct Closing {
    pub(super) total: Money,
    pub(super) taxes: Taxes,
    pub(super) profit: Money,
}

/// What prices of one tender are closed with.
pub(super) struct Closer<'d, 'b> {
    pub(super) desk: &'d Desk<'b>,
    pub(super) tender: &'d Tender,
    pub(super) side: CostSide,
    pub(super) runs: Vec<TaxRun>,
    tax_facts: Facts,
}

impl<'d, 'b> Closer<'d, 'b> {
    /// With the cost of a build-up.
    pub(super) fn new(desk: &'d Desk<'b>, tender: &'d Tender, build: &BuildUp) -> Result<Self, Refusal> {
        let side = cost_side(desk, tender, build)?;
        let tax_facts = tax_facts(desk.book, tender)?;
        let runs = tax_runs(desk, &tax_facts)?;
        Ok(Self { desk, tender, side, runs, tax_facts })
    }

    fn tax_of_run(&self, run: &TaxRun, price: Money, passed_on: Money) -> Result<Facts, Refusal> {
        Ok(self
            .tax_facts
            .clone()
            .number("quote.tax.price", price)
            .number("quote.tax.passed_on", passed_on)
            .number("quote.tax.months", rounded(run.months, self.desk.rounding)?))
    }

    /// The part of an amount that falls into each run of months, the last taking what is left.
    fn by_run(&self, amount: Money) -> Result<Vec<Money>, Refusal> {
        let (mut so_far, mut given, mut parts) = (Exact::ZERO, Money::ZERO, Vec::new());
        for run in &self.runs {
            so_far = so_far.add(run.months)?;
            let until = product([Exact::from(amount), so_far])?.div(self.desk.month_sum)?;
            let until = rounded(until, self.desk.rounding)?;
            parts.push(until.sub(given)?);
            given = until;
        }
        Ok(parts)
    }

    /// Value-added tax and surcharges inside a price.
    pub(super) fn taxes(&self, total: Money) -> Result<Taxes, Refusal> {
        self.taxes_on(total, self.side.passed_on)
    }

    /// The same where so much of the price is paid on for the staff.
    pub(super) fn taxes_on(&self, total: Money, passed_on: Money) -> Result<Taxes, Refusal> {
        let mut taxes = Taxes { vat: Money::ZERO, surcharges: Money::ZERO };
        let parts = self.by_run(total)?.into_iter().zip(self.by_run(passed_on)?);
        for (run, (price, passed_on)) in self.runs.iter().zip(parts) {
            let sheet = &self.desk.taxes[run.month].sheet;
            let mut said = sheet.with(&self.tax_of_run(run, price, passed_on)?)?;
            taxes.vat = taxes.vat.add(said.money("quote.tax.vat")?)?;
            taxes.surcharges = taxes.surcharges.add(said.money("quote.tax.surcharges")?)?;
        }
        Ok(taxes)
    }

    /// The derivations of both taxes, and what the packages of the deal's form find.
    pub(super) fn tax_papers(&self, total: Money) -> Result<([Json; 2], Vec<RaisedFinding>), Refusal> {
        let of_form = format!("vat.{}", self.tender.bidder.form.id());
        let packages = ["quote.tax", "vat.surcharges", of_form.as_str()];
        let (mut traces, mut findings): ([Vec<Json>; 2], Vec<RaisedFinding>) = Default::default();
        let parts = self.by_run(total)?.into_iter().zip(self.by_run(self.side.passed_on)?);
        for (run, (price, passed_on)) in self.runs.iter().zip(parts) {
            let sheet = &self.desk.taxes[run.month].sheet;
            let mut said = sheet.with(&self.tax_of_run(run, price, passed_on)?)?;
            traces[0].push(said.trace("quote.tax.vat")?);
            traces[1].push(said.trace("quote.tax.surcharges")?);
            for finding in said.findings(&packages) {
                if !findings.contains(&finding) {
                    findings.push(finding);
                }
            }
        }
        Ok((traces.map(Json::Array), findings))
    }

    /// The price with what it leaves.
    pub(super) fn close(&self, total: Money) -> Result<Closing, Refusal> {
        let taxes = self.taxes(total)?;
        let profit = total.sub(self.side.cost)?.sub(taxes.all()?)?;
        Ok(Closing { total, taxes, profit })
    }

    /// The lowest price that leaves so much after taxes.
    pub(super) fn lowest_leaving(&self, net: Money, passed_on: Money) -> Result<Money, Refusal> {
        lowest(net, |total| Ok(total.sub(self.taxes_on(total, passed_on)?.all()?)? >= net))
    }

    /// The lowest price with so much profit; and whether the profit is met to the fen.
    pub(super) fn price_for(&self, profit: Profit) -> Result<(Money, bool), Refusal> {
        let total = match profit.on {
            ProfitOn::Cost => {
                let aim = self.profit_of(profit, Money::ZERO)?;
                self.lowest_leaving(self.side.cost.add(aim)?, self.side.passed_on)?
            }
            ProfitOn::Price => {
                lowest(self.side.cost, |total| Ok(self.close(total)?.profit >= self.profit_of(profit, total)?))?
            }
        };
        let closing = self.close(total)?;
        Ok((total, closing.profit == self.profit_of(profit, total)?))
    }

    /// The fee that would be reckoned where somebody wrote another by hand.
    pub(super) fn management_reckoned(&self, build: &BuildUp) -> Result<Money, Refusal> {
        let mut plain = self.tender.clone();
        plain.offer.lines.retain(|line| line.line != "management");
        let facts = price_facts(self.desk, &plain, build)?;
        self.desk.price.with(&facts)?.money("quote.price.management")
    }

    /// How much a profit is at a price.
    pub(super) fn profit_of(&self, profit: Profit, total: Money) -> Result<Money, Refusal> {
        let of = match profit.on {
            ProfitOn::Price => total,
            ProfitOn::Cost => self.side.cost,
        };
        rounded(product([Exact::from(profit.rate), Exact::from(of)])?, self.desk.rounding)
    }
}

/// The smallest amount from which on something holds, not under `from`: doubled until it holds, halved to the fen, and a
/// few fen down, since roundings inside may let it hold a little under where it fails.
fn lowest(from: Money, holds: impl Fn(Money) -> Result<bool, Refusal>) -> Result<Money, Refusal> {
    const DOUBLINGS: u32 = 24;
    const FEN_DOWN: i64 = 8;
    let from = from.max(Money::ZERO).fen();
    if holds(Money::from_fen(from))? {
        return Ok(Money::from_fen(from));
    }
    let (mut under, mut step, mut over) = (from, (from / 16).max(1), None);
    for _ in 0..DOUBLINGS {
        let next = under.saturating_add(step);
        if holds(Money::from_fen(next))? {
            over = Some(next);
            break;
        }
        (under, step) = (next, step.saturating_mul(2));
    }
    let Some(mut over) = over else {
        return Err(Refusal::facts("利润率", "没有一个总价能达到：税金和利润合计已不低于总价"));
    };
    while over - under > 1 {
        let middle = under + (over - under) / 2;
        if holds(Money::from_fen(middle))? { over = middle } else { under = middle }
    }
    for fen in (over - FEN_DOWN).max(from)..over {
        if holds(Money::from_fen(fen))? {
            return Ok(Money::from_fen(fen));
        }
    }
    Ok(Money::from_fen(over))
}

/// What `quote.price` is asked with: the build-up, the people, the fee.
pub(super) fn price_facts(desk: &Desk<'_>, tender: &Tender, build: &BuildUp) -> Result<Facts, Refusal> {
    let bidder = &tender.bidder;
    let persons = sum(tender.positions.iter().map(|position| Exact::from(position.persons)))?;
    let mut facts = Facts::default()
        .number("quote.price.persons", persons)
        .number("quote.price.months", rounded(desk.month_sum, desk.rounding)?)
        .number("quote.price.management_rate", tender.offer.management)
        .number("quote.price.severance_months", desk.severance_months)
        .yes("quote.price.management_unsupervised", tender.offer.management_on == ManagementOn::Unsupervised)
        .yes("levies.union", bidder.union)
        .number("levies.disabled", bidder.disabled);
    if let (Some(staff), Some(ratio)) = (bidder.staff, bidder.disability_ratio) {
        facts =
            facts.yes("quote.price.levy_known", true).number("levies.staff", staff).number("levies.local_ratio", ratio);
    }
    for line in &desk.lines {
        let amount = build.amount(&line.id);
        if amount > Money::ZERO {
            facts = facts.number(format!("quote.price.amount[{}]", line.id), amount);
        }
        if desk.kind(tender, line).supervised {
            facts = facts.yes(format!("quote.price.supervised[{}]", line.id), true);
        }
    }
    let by_hand = tender.offer.lines.iter().find(|line| line.line == "management");
    Ok(facts.maybe("quote.price.management_by_hand", by_hand.map(|line| line.amount)))
}

fn cost_side(desk: &Desk<'_>, tender: &Tender, build: &BuildUp) -> Result<CostSide, Refusal> {
    let facts = price_facts(desk, tender, build)?;
    let mut said = desk.price.with(&facts)?;
    let levy_rate = match (tender.bidder.staff, tender.bidder.disability_ratio) {
        (Some(staff), Some(_)) => {
            let of_all = said.number("levies.shortfall")?.mul(said.number("levies.payable_share")?)?;
            Some(of_all.div(staff.into())?)
        }
        _ => None,
    };
    Ok(CostSide {
        wages: said.money("quote.price.wages")?,
        union_fee: said.money("levies.union_fee")?,
        union_rate: said.number("levies.union_rate")?,
        disability_levy: said.money("quote.price.disability_levy")?,
        levy_rate,
        direct: said.money("quote.price.direct")?,
        management: said.money("quote.price.management")?,
        fee_on_supervised: said.money("quote.price.fee_on_supervised")?,
        cost: said.money("quote.price.cost")?,
        passed_on: said.money("quote.price.passed_on")?,
        severance: said.money("quote.price.severance")?,
        traces: Traces {
            union_fee: said.trace("levies.union_fee")?,
            disability_levy: said.trace("quote.price.disability_levy")?,
            management: said.trace("quote.price.management")?,
            severance: said.trace("quote.price.severance")?,
        },
    })
}

fn tax_runs(desk: &Desk<'_>, facts: &Facts) -> Result<Vec<TaxRun>, Refusal> {
    let mut runs: Vec<TaxRun> = Vec::new();
    for (month, of) in desk.months.iter().enumerate() {
        let facts = facts
            .clone()
            .number("quote.tax.price", Exact::ONE)
            .number("quote.tax.passed_on", Exact::ZERO)
            .number("quote.tax.months", Exact::ONE);
        let mut said = desk.taxes[month].sheet.with(&facts)?;
        let rate = said.number("quote.tax.rate")?;
        let surcharge_rate = said.number("quote.tax.surcharge_rate")?;
        let deducts = said.is("quote.tax.deducts")?;
        match runs.last_mut() {
            Some(run) if (run.rate, run.surcharge_rate, run.deducts) == (rate, surcharge_rate, deducts) => {
                run.months = run.months.add(of.share)?;
            }
            _ => runs.push(TaxRun { month, months: of.share, rate, surcharge_rate, deducts }),
        }
    }
    Ok(runs)
}

/// The cells of direct cost, levies included: by them fee, profit and taxes are divided.
pub(super) fn direct_cells(
    desk: &Desk<'_>,
    tender: &Tender,
    build: &BuildUp,
    levies: &[Cells],
) -> Result<Cells, Refusal> {
    let of_lines = desk.lines.iter().filter(|line| line.direct).filter_map(|line| build.lines.get(&line.id));
    super::build::together(desk, tender, of_lines.map(|built| &built.cells).chain(levies))
}
