//! What is to be said of an offer: which numbers the rules are shown. What they say of them is in `rules/quote`.

use super::{
    core::Core,
    lines::{Laid, SEVERANCE},
    model::{AtRisk, Exposure, Finding, Floor, MonthRow, StatutoryFloor, UnitPrice},
    refusal::Refusal,
    sheet::{Facts, Sheet},
    tender::{FloorReading, LegalForm, Quoted, Tender},
};
use crate::{
    engine::RaisedFinding,
    quantity::{Exact, Money, capitals},
};

/// What a price is judged by.
pub(super) struct Judged<'q> {
    pub(super) laid: &'q Laid,
    pub(super) floors: &'q [Floor],
    pub(super) unit_prices: &'q [UnitPrice],
    pub(super) statutory: &'q StatutoryFloor,
    pub(super) months: &'q [MonthRow],
    pub(super) at_risk: Option<&'q AtRisk>,
    pub(super) exposures: &'q [Exposure],
}

impl Finding {
    /// A finding about the whole.
    pub(super) fn of(raised: RaisedFinding) -> Self {
        let RaisedFinding { code, severity, message, cite, remedy } = raised;
        Self { code, severity, message, cite, remedy, about: None }
    }

    /// A finding about a part.
    pub(super) fn on(raised: RaisedFinding, about: &str) -> Self {
        Self { about: Some(about.to_owned()), ..Self::of(raised) }
    }
}

/// The findings of the offer, in the order of the rules.
pub(super) fn of_offer(core: &Core<'_, '_>, judged: &Judged<'_>) -> Result<Vec<Finding>, Refusal> {
    let desk = core.closer.desk;
    let mut said = desk.offer.with(&offer_facts(core, judged)?)?;
    Ok(said.findings(&["quote.offer"]).into_iter().map(Finding::of).collect())
}

/// What stands against a price beside the price: the law, the form of the deal, a loss.
pub(super) fn of_scenario(core: &Core<'_, '_>, statutory_floor: Money) -> Result<Vec<Finding>, Refusal> {
    let (desk, tender) = (core.closer.desk, core.closer.tender);
    let facts = Facts::default()
        .number("quote.offer.total", core.closing.total)
        .number("quote.offer.profit", core.closing.profit)
        .number("quote.offer.statutory_floor", statutory_floor)
        .number("quote.offer.offered_persons", core.persons)
        .maybe("quote.offer.asked_persons", tender.persons);
    let mut said = desk.offer.with(&of_deal(tender, facts))?;
    Ok(said.findings(&["quote.offer"]).into_iter().map(Finding::of).collect())
}

/// With what the deal is in law, and how it is priced.
fn of_deal(tender: &Tender, facts: Facts) -> Facts {
    facts
        .yes("quote.offer.per_head", matches!(tender.offer.quoted, Quoted::HeadYear | Quoted::HeadMonth))
        .yes("quote.offer.directed", tender.directed)
        .yes("quote.offer.is_dispatch", tender.bidder.form == LegalForm::Dispatch)
        .yes("quote.offer.licensed", tender.bidder.licensed)
}

fn offer_facts(core: &Core<'_, '_>, judged: &Judged<'_>) -> Result<Facts, Refusal> {
    let (desk, tender, side) = (core.closer.desk, core.closer.tender, &core.closer.side);
    let id = |name: &str| format!("quote.offer.{name}");
    let head_year = judged.unit_prices.iter().find(|one| one.quoted == Quoted::HeadYear);
    let floor = |chosen: bool| judged.floors.iter().find(|floor| floor.chosen == chosen);
    let projected = judged.months.iter().filter(|row| row.projected).count();
    let severance = judged.exposures.iter().find(|one| one.id == SEVERANCE);
    let mut facts = Facts::default()
        .number(id("total"), core.closing.total)
        .number(id("profit"), core.closing.profit)
        .number(id("discount"), tender.offer.discount)
        .number(id("competitive"), core.competitive)
        .number(id("statutory_floor"), judged.statutory.price)
        .maybe(&id("tender_floor"), tender.floor)
        .maybe(&id("floor_price"), floor(true).map(|floor| chosen_price(floor, core)))
        .maybe(&id("other_floor_price"), floor(false).map(|floor| floor.price))
        .maybe(&id("unit_price"), head_year.map(|one| one.unit_price))
        .maybe(&id("recomputed"), head_year.map(|one| one.recomputed))
        .maybe(&id("remedy_price"), head_year.map(|one| one.remedy))
        .maybe(&id("remedy_total"), head_year.map(|one| one.remedy_total))
        .number(id("fee_on_supervised"), side.fee_on_supervised)
        .number(id("offered_persons"), core.persons)
        .maybe(&id("asked_persons"), tender.persons)
        .maybe(&id(SEVERANCE), severance.and_then(|one| one.amount))
        .maybe(&id("with_severance"), severance.and_then(|one| one.result))
        .number(id("projected_months"), Exact::from(i64::try_from(projected).unwrap_or(i64::MAX)))
        .maybe(&id("at_risk"), judged.at_risk.map(|risk| risk.amount))
        .yes(id("profit_on_supervised"), tender.fee_on_supervised)
        .yes(id("levy_known"), tender.bidder.staff.is_some() && tender.bidder.disability_ratio.is_some());
    facts = of_deal(tender, facts);
    for line in &judged.laid.lines {
        let of = |name: &str| format!("quote.offer.{name}[{}]", line.id);
        let required = tender.required.iter().find(|one| one.line == line.id).map(|one| one.amount);
        let reckoned = core.expected.get(&line.id).copied();
        // Quoted by heads, a line is whole fen for one and may so be above what was reckoned for all.
        let expected = required.or(reckoned).unwrap_or(line.amount);
        facts = facts
            .number(of("offered"), line.amount)
            .number(of("expected"), expected)
            .yes(of("locked"), line.kind.locked || required.is_some());
    }
    for (group, _) in &desk.groups {
        let Some(required) = tender.required.iter().find(|one| one.line == *group) else { continue };
        if judged.laid.lines.iter().any(|line| line.id == required.line) {
            continue;
        }
        let amounts = judged.laid.lines.iter().filter(|line| line.group == *group).map(|line| line.amount);
        facts = facts
            .number(format!("quote.offer.offered_group[{group}]"), Money::sum(amounts)?)
            .number(format!("quote.offer.expected_group[{group}]"), required.amount);
    }
    Ok(facts)
}

/// The lowest total that meets the chosen reading; with profit in it, what the offer's own cost is short of is added.
fn chosen_price(floor: &Floor, core: &Core<'_, '_>) -> Money {
    match floor.reading {
        FloorReading::Price => floor.price,
        // A price may have profit where its cost falls short: then no total of this cost is enough.
        FloorReading::Cost if floor.shortfall > Money::ZERO => {
            core.closing.total.add(floor.shortfall).unwrap_or(floor.price).max(floor.price)
        }
        FloorReading::Cost => floor.price,
    }
}

/// The findings of each position.
pub(super) fn of_posts(core: &Core<'_, '_>) -> Result<Vec<Finding>, Refusal> {
    let (desk, tender) = (core.closer.desk, core.closer.tender);
    let mut findings = Vec::new();
    for (position, post) in tender.positions.iter().zip(&core.build.posts) {
        let facts = Facts::default()
            .number("quote.post.gap", post.gap)
            .number("quote.post.average", post.average)
            .maybe("quote.post.market", position.market_pay);
        let mut said = desk.post.with(&facts)?;
        findings.extend(said.findings(&["quote.post"]).into_iter().map(|raised| Finding::on(raised, &position.name)));
    }
    Ok(findings)
}

/// The findings on papers that are already written: figures against capitals, opening sheet against the lines.
pub(super) fn of_papers(core: &Core<'_, '_>) -> Result<Vec<Finding>, Refusal> {
    let (desk, offer) = (core.closer.desk, &core.closer.tender.offer);
    let found = |id: &str| format!("procurement.corrections.found[{id}]");
    let conflicts = ["sheet_and_text", "figures_and_capitals", "misplaced_point", "total_and_units"];
    let cells = conflicts.iter().map(|id| found(id)).chain(["procurement.corrections.confirmed".to_owned()]);
    let prevails = conflicts.iter().map(|id| format!("procurement.corrections.prevails[{id}]"));
    let first = "procurement.corrections.prevails[total_and_units]";
    let sheet = Sheet::new(desk.book, first, desk.question.clone(), cells.chain(prevails))?;
    let written = offer.opening_total.unwrap_or(core.closing.total);
    let mut findings = Vec::new();
    if let Some(text) = &offer.opening_capitals
        && plain(text) != plain(&capitals(written))
    {
        let mut said = sheet.with(&Facts::default().yes(found("figures_and_capitals"), true))?;
        let about = format!("小写 {}，大写写作“{text}”，应为“{}”", written.thousands(), capitals(written));
        findings.extend(said.findings(&["procurement.corrections"]).into_iter().map(|one| Finding::on(one, &about)));
    }
    if written != core.closing.total {
        let mut said = sheet.with(&Facts::default().yes(found("total_and_units"), true))?;
        let about = format!("开标一览表 {}，分项合计 {}", written.thousands(), core.closing.total.thousands());
        findings.extend(said.findings(&["procurement.corrections"]).into_iter().map(|one| Finding::on(one, &about)));
    }
    Ok(findings)
}

/// Capitals in one spelling: 圆 and 元, 正 and 整, with or without blanks and a heading.
fn plain(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '圆' => '元',
            '正' => '整',
            other => other,
        })
        .collect();
    let text = text.strip_prefix("人民币").unwrap_or(&text);
    // 整 after 角 may be left out.
    match text.strip_suffix('整') {
        Some(bare) if bare.ends_with('角') => bare.to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn capitals_have_spellings() {
        assert_eq!(plain("人民币 贰角正"), plain("贰角"));
        assert_eq!(plain("壹拾圆整"), plain("壹拾元整"));
        assert_ne!(plain("壹拾元整"), plain("壹佰元整"));
    }
}
