//! Floors: the tender's under both readings, and the statutory one, under which no lawful price exists.

use super::{
    amounts::{product, rounded, sum},
    build::{BuildUp, Built, Rise},
    close::Closer,
    core::Core,
    desk::Desk,
    lines::{DISABILITY_LEVY, SURCHARGES, UNION_FEE, VAT, each, many, percent, quantity},
    model::{Floor, StatutoryFloor, StatutoryPosition, UnitPrice},
    refusal::Refusal,
    sheet::Facts,
    tender::{FloorReading, Position, Quoted, Tender},
};
use crate::quantity::{Exact, Money, Rounding};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// How often a lowest pay is asked for until it stands still: it rises at each asking, and soon no more.
const ASKINGS: u32 = 64;

/// The tender's floor, under both readings.
pub(super) fn of_tender(core: &Core<'_, '_>) -> Result<Vec<Floor>, Refusal> {
    let tender = core.closer.tender;
    let Some(amount) = tender.floor else { return Ok(Vec::new()) };
    let side = &core.closer.side;
    let short = |found: Money| amount.sub(found).map(|short| short.max(Money::ZERO));
    let price = core.closer.lowest_leaving(amount, side.passed_on)?;
    let taxes = core.closer.taxes(price)?;
    Ok(vec![
        Floor {
            reading: FloorReading::Price,
            chosen: tender.floor_reading == FloorReading::Price,
            amount,
            price: amount,
            found: core.closing.total,
            shortfall: short(core.closing.total)?,
            derivation: format!("含税总价（含利润）不低于{}元", amount.thousands()),
        },
        Floor {
            reading: FloorReading::Cost,
            chosen: tender.floor_reading == FloorReading::Cost,
            amount,
            price,
            found: side.cost,
            shortfall: short(side.cost)?,
            derivation: format!(
                "人工、餐费、服装费和管理费合计不低于{}元，利润为零时总价 {} ＝ {} ＋ 增值税{} ＋ 附加{}",
                amount.thousands(),
                price.thousands(),
                amount.thousands(),
                taxes.vat.thousands(),
                taxes.surcharges.thousands()
            ),
        },
    ])
}

/// The total as unit prices, each way it can be read.
pub(super) fn unit_prices(core: &Core<'_, '_>) -> Result<Vec<UnitPrice>, Refusal> {
    let (desk, total) = (core.closer.desk, core.closing.total);
    let floor = core.closer.tender.floor.unwrap_or(Money::ZERO);
    let ways = [Quoted::HeadYear, Quoted::HeadMonth, Quoted::Month];
    ways.into_iter()
        .map(|quoted| {
            let (count, unit) = quantity(desk, core.persons, quoted)?;
            let unit_price = each(total, count, desk.rounding)?;
            let recomputed = many(unit_price, count)?;
            let remedy = each(total, count, desk.rounding_up)?;
            Ok(UnitPrice {
                quoted,
                unit,
                quantity: count,
                unit_price,
                recomputed,
                shortfall: floor.sub(recomputed)?.max(Money::ZERO),
                remedy,
                remedy_total: many(remedy, count)?,
            })
        })
        .collect()
}

/// The lowest lawful price, and the one that also holds what the offer spends under supervision on lines that no law
/// demands.
pub(super) fn statutory(
    desk: &Desk<'_>,
    tender: &Tender,
    offered: &BuildUp,
    rise: Rise<'_>,
) -> Result<StatutoryFloor, Refusal> {
    let bare = bare(tender);
    let mut bottom = Bottom { desk, tender: &bare, rise, sums: BTreeMap::new() };
    let positions = bare.positions.iter().map(|position| bottom.position(position)).collect::<Result<Vec<_>, _>>()?;
    let build = bottom.build()?;
    let closer = Closer::new(desk, &bare, &build)?;
    let side = &closer.side;
    let price = closer.lowest_leaving(side.cost, side.passed_on)?;
    let besides = desk
        .lines
        .iter()
        .filter(|line| line.direct && desk.kind(tender, line).supervised && build.amount(&line.id) == Money::ZERO);
    let required = Money::sum(besides.map(|line| offered.amount(&line.id)))?;
    let with_required = closer.lowest_leaving(side.cost.add(required)?, side.passed_on)?;
    let taxes = closer.taxes(price)?;
    // A price is found to the fen; what a rounding inside leaves over belongs to nobody and stays with the tax line.
    let vat = price.sub(side.cost)?.sub(taxes.surcharges)?;
    let mut lines = Vec::new();
    for rule in &desk.lines {
        let amount = match rule.id.as_str() {
            UNION_FEE => side.union_fee,
            DISABILITY_LEVY => side.disability_levy,
            VAT => vat,
            SURCHARGES => taxes.surcharges,
            id => build.amount(id),
        };
        if amount != Money::ZERO {
            lines.push((rule.id.clone(), rule.name.clone(), amount));
        }
    }
    let derivation = derivation(&positions, &lines, side.cost, price);
    Ok(StatutoryFloor { price, with_required, cost: side.cost, lines, positions, derivation })
}

/// The tender with nothing but people: no other cost, no fee, nothing by hand.
fn bare(tender: &Tender) -> Tender {
    let mut bare = tender.clone();
    bare.costs.clear();
    bare.offer.lines.clear();
    bare.offer.management = crate::quantity::Rate::default();
    bare.offer.severance = false;
    bare
}

struct Bottom<'d, 'b> {
    desk: &'d Desk<'b>,
    tender: &'d Tender,
    rise: Rise<'d>,
    sums: BTreeMap<String, Exact>,
}

impl Bottom<'_, '_> {
    fn add(&mut self, line: &str, amount: Exact) -> Result<(), Refusal> {
        let sum = self.sums.entry(line.to_owned()).or_insert(Exact::ZERO);
        *sum = sum.add(amount)?;
        Ok(())
    }

    fn position(&mut self, position: &Position) -> Result<StatutoryPosition, Refusal> {
        let desk = self.desk;
        let persons = Exact::from(position.persons);
        let mut wages: Vec<(NaiveDate, Money, Money, String)> = Vec::new();
        for (month, of) in desk.months.iter().enumerate() {
            let (pay, fund_rate, standard, how) = self.lowest(month)?;
            let hours = match &position.rota {
                Some(rota) if rota.every_day => {
                    let a_day = rota.shifts.iter().map(|shift| product([shift.count.into(), shift.hours.into()]));
                    let a_day = sum(a_day.collect::<Result<Vec<_>, _>>()?)?;
                    product([a_day, Exact::from(i64::from(of.statutory_days))])?
                }
                _ => Exact::ZERO,
            };
            let facts = self.facts(month, pay, fund_rate)?.number("quote.month.holiday_hours", hours);
            let mut said = desk.rules[month].sheet.with(&facts)?;
            self.add("base", product([Exact::from(pay), persons, of.share])?)?;
            self.add("holiday_overtime", said.number("quote.month.holiday_pay")?)?;
            for line in &desk.insurance {
                let each = said.number(&format!("quote.month.contribution[{line},employer]"))?;
                self.add(line, product([each, persons])?)?;
            }
            self.add("housing_fund", product([said.number("quote.month.fund_share")?, persons])?)?;
            if wages.last().is_none_or(|(_, before, lowest, _)| (*before, *lowest) != (standard, pay)) {
                wages.push((of.first, standard, pay, how));
            }
        }
        Ok(StatutoryPosition { name: position.name.clone(), wages })
    }

    fn facts(&self, month: usize, pay: Money, fund_rate: Exact) -> Result<Facts, Refusal> {
        let facts = Facts::default()
            .number("quote.month.pay[base]", pay)
            .number("quote.month.average", pay)
            .number("labour.overtime.monthly_wage", pay)
            .number("fund.rate", fund_rate)
            .number("quote.month.rise", (self.rise)(month));
        facts.choice(self.desk.book, "social.industry_class", &self.tender.bidder.industry_class)
    }

    /// The lowest pay that is lawful in a month, the fund's lowest rate, the standard, and how the pay follows.
    fn lowest(&self, month: usize) -> Result<(Money, Exact, Money, String), Refusal> {
        let sheet = &self.desk.rules[month].sheet;
        let fund_rate = sheet.with(&Facts::default())?.number("fund.rate_min")?;
        let mut pay = Money::ZERO;
        for _ in 0..ASKINGS {
            let mut said = sheet.with(&self.facts(month, pay, fund_rate)?)?;
            let lowest = said.money("quote.month.lowest")?;
            if lowest > pay {
                pay = lowest;
                continue;
            }
            let standard = rounded(said.number("quote.month.standard")?, Rounding { ..self.desk.rounding_up })?;
            let how = if said.is("labour.minimum_wage.net_of_own_social")? {
                let own = said.number("quote.month.own")?;
                format!("标准{standard}元不含个人缴费，加个人社保和公积金（{}）{own}元", percent(fund_rate))
            } else {
                format!("标准{standard}元")
            };
            return Ok((pay, fund_rate, standard, how));
        }
        Err(Refusal::facts("最低合法应发工资", "反复试算没有得到一个不变的数"))
    }

    fn build(self) -> Result<BuildUp, Refusal> {
        let mut lines = BTreeMap::new();
        for (line, sum) in self.sums {
            let amount = rounded(sum, self.desk.rounding)?;
            let built = Built {
                cells: Vec::new(),
                amount,
                terms: Vec::new(),
                trace: Vec::new(),
                confidence: None,
                notes: Vec::new(),
            };
            lines.insert(line, built);
        }
        Ok(BuildUp { lines, posts: Vec::new() })
    }
}

fn derivation(
    positions: &[StatutoryPosition],
    lines: &[(String, String, Money)],
    cost: Money,
    price: Money,
) -> Vec<String> {
    let mut told = Vec::new();
    for position in positions {
        for (from, _, lowest, how) in &position.wages {
            told.push(format!(
                "{} {}起：每人最低应发{}元（{how}）",
                position.name,
                from.format("%Y-%m"),
                lowest.thousands()
            ));
        }
    }
    for (_, name, amount) in lines {
        told.push(format!("{name} {}元", amount.thousands()));
    }
    told.push(format!(
        "法定用工成本{}元，含税价{}元（不含利润、管理费、餐费和服装）",
        cost.thousands(),
        price.thousands()
    ));
    told
}
