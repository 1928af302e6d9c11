//! The whole way from a tender to its price.

use super::{
    build::as_known,
    core::Core,
    desk::Desk,
    findings::{self, Judged},
    floors,
    lines::{Laid, SEVERANCE, lay_out, subtotals},
    model::{Exposure, Finding, PositionQuote, Quote},
    refusal::Refusal,
    rivals, rota, scenarios, solve, standing,
    tender::{Given, Tender},
};
use crate::{
    quantity::{Money, capitals},
    rulebook::Book,
};

/// Prices a tender as its file says.
///
/// # Errors
/// Why it could not be priced.
pub fn price(book: &Book, tender: &Tender) -> Result<Quote, Refusal> {
    price_with(book, tender, &Given::default())
}

/// Prices a tender, with a total, a profit or a wage to solve for.
///
/// # Errors
/// Why it could not be priced, or why what was asked for cannot be met.
pub fn price_with(book: &Book, tender: &Tender, given: &Given) -> Result<Quote, Refusal> {
    let desk = Desk::new(book, tender, &tender.place)?;
    let (tender, solution) = solve::solve(&desk, tender, given)?;
    desk.forget();
    let core = Core::new(&desk, &tender, &as_known)?;
    let laid = lay_out(&core.closer, &core.build, &core.closing, core.persons)?;
    let floors = floors::of_tender(&core)?;
    let unit_prices = floors::unit_prices(&core)?;
    let months = standing::month_rows(&desk, &laid)?;
    let uncertain = standing::uncertain(&desk);
    let values_digest = standing::digest(&desk);
    let statutory_floor = floors::statutory(&desk, &tender, &core.build, &as_known)?;
    let at_risk = standing::at_risk(&core, &months)?;
    let exposures = exposures(&core)?;
    let (rotas, of_rotas) = rota::reports(&desk, &tender, &core.build.posts)?;
    let (rivals, of_rivals) = rivals::rivalry(&core)?;
    let judged = Judged {
        laid: &laid,
        floors: &floors,
        unit_prices: &unit_prices,
        statutory: &statutory_floor,
        months: &months,
        at_risk: at_risk.as_ref(),
        exposures: &exposures,
    };
    let mut findings = findings::of_offer(&core, &judged)?;
    findings.extend(findings::of_posts(&core)?);
    findings.extend(of_rotas);
    findings.extend(findings::of_papers(&core)?);
    findings.extend(core.closer.tax_papers(core.closing.total)?.1.into_iter().map(Finding::of));
    findings.extend(of_rivals);
    // The gravest first; what the rules order stays in their order.
    findings.sort_by_key(|finding| finding.severity);
    let scenarios = scenarios::scenarios(book, &core)?;
    let positions = positions(&core, &laid)?;
    Ok(Quote {
        place: book.regions().path(&desk.place),
        month_count: u32::try_from(desk.months.len()).unwrap_or(u32::MAX),
        persons: core.persons,
        total: core.closing.total,
        capitals: capitals(core.closing.total),
        subtotals: subtotals(&desk, &laid.lines)?,
        positions,
        months,
        unit_prices,
        floors,
        statutory_floor,
        rotas,
        exposures,
        at_risk,
        solution,
        scenarios,
        rivals,
        findings,
        uncertain,
        rulebook: book.digest().to_string(),
        values_digest,
        lines: laid.lines,
        tender: tender.clone(),
    })
}

/// What may come and is not in the price.
fn exposures(core: &Core<'_, '_>) -> Result<Vec<Exposure>, Refusal> {
    let (side, offer) = (&core.closer.side, &core.closer.tender.offer);
    let mut exposures = Vec::new();
    let priced = offer.severance || core.build.amount(SEVERANCE) > Money::ZERO;
    if !priced && side.severance > Money::ZERO {
        exposures.push(Exposure {
            id: SEVERANCE.to_owned(),
            name: "期满不续签的经济补偿".to_owned(),
            amount: Some(side.severance),
            result: Some(core.closing.profit.sub(side.severance)?),
            why: format!(
                "劳动合同与服务期同时届满而不续签时应付，{}个月工资",
                super::lines::shown(core.closer.desk.severance_months)
            ),
        });
    }
    let unpriced: [(&str, &str, &str); 5] = [
        ("handover", "交接班时间", "班次之间的交接如在工时以外，须支付加班工资"),
        ("sick_leave", "病假工资和产假顶岗", "带薪病假、产假期间另需人员顶岗"),
        ("notice", "代通知金和中途减员", "采购人中途减少服务量时的解除费用"),
        ("standby", "技术支持、设备维护和专属客户经理", "采购文件要求而没有单列费用的服务"),
        ("bond", "履约保证金的资金成本", "保证金占用的资金"),
    ];
    exposures.extend(unpriced.map(|(id, name, why)| Exposure {
        id: id.to_owned(),
        name: name.to_owned(),
        amount: None,
        result: None,
        why: why.to_owned(),
    }));
    Ok(exposures)
}

fn positions(core: &Core<'_, '_>, laid: &Laid) -> Result<Vec<PositionQuote>, Refusal> {
    let (desk, tender) = (core.closer.desk, core.closer.tender);
    let named = |item: &str| {
        desk.items.iter().find(|(id, _)| id == item).map_or_else(|| item.to_owned(), |(_, name)| name.clone())
    };
    let mut positions = Vec::new();
    for (at, position) in tender.positions.iter().enumerate() {
        let lines = laid
            .cells
            .iter()
            .map(|cells| Money::sum(cells.get(at).into_iter().flatten().copied()))
            .collect::<Result<Vec<_>, _>>()?;
        positions.push(PositionQuote {
            name: position.name.clone(),
            persons: position.persons,
            average_pay: core.build.posts.get(at).map_or(Money::ZERO, |post| post.average),
            pay: position.pay.iter().map(|(item, amount)| (item.clone(), named(item), *amount)).collect(),
            total: Money::sum(lines.iter().copied())?,
            lines,
        });
    }
    Ok(positions)
}
