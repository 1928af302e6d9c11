//! The other way round: the pay that a price affords, the price that a pay or a profit asks for.

use super::{
    amounts::rounded,
    build::as_known,
    core::{Core, persons},
    desk::Desk,
    model::Solution,
    refusal::Refusal,
    tender::{Given, Profit, ProfitOn, Tender},
};
use crate::quantity::{Exact, Money};

/// The pay item that is raised or lowered.
const BASE: &str = "base";

/// The tender as the command line changes it, with what was found.
pub(super) fn solve(desk: &Desk<'_>, tender: &Tender, given: &Given) -> Result<(Tender, Option<Solution>), Refusal> {
    let mut tender = tender.clone();
    if let Some(rate) = given.profit {
        tender.offer.profit = Some(Profit { rate, on: ProfitOn::Price });
        tender.offer.total = None;
    }
    if given.total.is_some() {
        tender.offer.total = given.total;
    } else if given.wage.is_some() && tender.offer.profit.is_some() {
        tender.offer.total = None;
    }
    match (given.wage, given.total, given.profit) {
        (Some(wage), ..) => {
            let (paid, found) = paying(desk, &tender, wage)?;
            Ok((paid, Some(found)))
        }
        (None, Some(total), _) => {
            let (paid, found) = affordable(desk, &tender, total)?;
            Ok((paid, Some(found)))
        }
        (None, None, Some(rate)) => {
            let profit = Profit { rate, on: ProfitOn::Price };
            let found = for_profit(desk, &tender, profit)?;
            Ok((tender, Some(found)))
        }
        (None, None, None) => Ok((tender, None)),
    }
}

/// The highest uniform change of base wages, to the fen, that the total affords with the least profit asked for.
fn affordable(desk: &Desk<'_>, tender: &Tender, total: Money) -> Result<(Tender, Solution), Refusal> {
    let affords = |change: i64| -> Result<bool, Refusal> {
        let Some(changed) = changed(tender, change) else { return Ok(false) };
        let core = Core::new(desk, &changed, &as_known)?;
        let least = match changed.offer.profit {
            Some(profit) => core.closer.profit_of(profit, core.closing.total)?,
            None => Money::ZERO,
        };
        Ok(core.closing.profit >= least)
    };
    let least = -lowest_base(tender).fen();
    if !affords(least)? {
        return Err(Refusal::facts(
            "总价",
            format!("{}元连基本工资为零也负担不起：其他成本和税费已超过总价", total.thousands()),
        ));
    }
    // The pay of one person cannot be above the price.
    let most = total.fen().max(1);
    let (mut can, mut cannot) = (least, most);
    while cannot - can > 1 {
        let middle = can + (cannot - can) / 2;
        if affords(middle)? { can = middle } else { cannot = middle }
    }
    let solved = changed(tender, can).ok_or_else(|| Refusal::facts("工资", "没有可负担的工资"))?;
    let core = Core::new(desk, &solved, &as_known)?;
    let residue = format!("工资统一到分；余下的 {} 元计入利润，再加一分工资就不够了", core.closing.profit.thousands());
    let exact = core.closing.total == total;
    let residue = match exact {
        true => residue,
        false => format!("{residue}；单价须为整分，总价因此为 {} 元", core.closing.total.thousands()),
    };
    let what = format!("总价 {} 元可负担的工资", total.thousands());
    Ok((solved.clone(), solution(tender, &solved, &core, what, exact, residue)?))
}

/// The base wages with which the average pay of all is so much.
fn paying(desk: &Desk<'_>, tender: &Tender, wage: Money) -> Result<(Tender, Solution), Refusal> {
    let average = |change: i64| -> Result<Option<Money>, Refusal> {
        match changed(tender, change) {
            Some(changed) => Ok(Some(average_pay(&Core::new(desk, &changed, &as_known)?)?)),
            None => Ok(None),
        }
    };
    let (mut under, mut over) = (-lowest_base(tender).fen(), wage.fen());
    let least = average(under)?.unwrap_or_default();
    if least > wage {
        return Err(Refusal::facts(
            "月均工资",
            format!("基本工资为零时已有 {} 元，高于所求的 {} 元", least.thousands(), wage.thousands()),
        ));
    }
    if least < wage {
        while over - under > 1 {
            let middle = under + (over - under) / 2;
            if average(middle)?.is_some_and(|average| average >= wage) { over = middle } else { under = middle }
        }
    } else {
        over = under;
    }
    let solved = changed(tender, over).ok_or_else(|| Refusal::facts("工资", "没有这样的工资"))?;
    let core = Core::new(desk, &solved, &as_known)?;
    let found = average_pay(&core)?;
    let exact = found == wage;
    let residue = match exact {
        true => format!("月均应发恰为 {} 元", wage.thousands()),
        false => format!(
            "基本工资每变动一分，加班工资随之变动，月均应发跳过 {} 元；取不低于它的最小一档 {} 元",
            wage.thousands(),
            found.thousands()
        ),
    };
    let what = format!("月均应发 {} 元所需的总价", wage.thousands());
    Ok((solved.clone(), solution(tender, &solved, &core, what, exact, residue)?))
}

/// The price for a profit.
fn for_profit(desk: &Desk<'_>, tender: &Tender, profit: Profit) -> Result<Solution, Refusal> {
    let core = Core::new(desk, tender, &as_known)?;
    let aim = core.closer.profit_of(profit, core.closing.total)?;
    let exact = core.closing.profit == aim;
    let residue = match exact {
        true => format!("利润恰为总价的 {}，{} 元", profit.rate, aim.thousands()),
        false => format!(
            "利润 {} 元，比总价的 {}（{} 元）多 {} 元：单价须为整分",
            core.closing.profit.thousands(),
            profit.rate,
            aim.thousands(),
            core.closing.profit.sub(aim)?.thousands()
        ),
    };
    solution(tender, tender, &core, format!("利润为总价 {} 的价格", profit.rate), exact, residue)
}

fn solution(
    before: &Tender,
    after: &Tender,
    core: &Core<'_, '_>,
    what: String,
    exact: bool,
    residue: String,
) -> Result<Solution, Refusal> {
    let base = |tender: &Tender, at: usize| tender.positions[at].pay.get(BASE).copied().unwrap_or_default();
    let wages = (0..after.positions.len())
        .map(|at| (after.positions[at].name.clone(), base(before, at), base(after, at)))
        .collect();
    Ok(Solution { what, wages, average_pay: average_pay(core)?, exact, residue })
}

/// The average monthly pay of one person of all positions, to the fen.
fn average_pay(core: &Core<'_, '_>) -> Result<Money, Refusal> {
    let desk = core.closer.desk;
    let heads = desk.head_months(persons(core.closer.tender)?.into())?;
    rounded(Exact::from(core.closer.side.wages).div(heads)?, desk.rounding)
}

fn lowest_base(tender: &Tender) -> Money {
    let bases = tender.positions.iter().map(|position| position.pay.get(BASE).copied().unwrap_or_default());
    bases.min().unwrap_or_default()
}

/// Every base wage changed by so many fen; none where one would fall under nought.
fn changed(tender: &Tender, fen: i64) -> Option<Tender> {
    let mut changed = tender.clone();
    for position in &mut changed.positions {
        let base = position.pay.entry(BASE.to_owned()).or_default();
        *base = base.add(Money::from_fen(fen)).ok().filter(|base| *base >= Money::ZERO)?;
    }
    Some(changed)
}
