//! The price among others: price scores, and whether a price is to be examined as abnormally low.

use super::{
    core::Core,
    model::{Finding, Rival, Rivalry},
    refusal::Refusal,
    sheet::{Answers, Facts, Sheet},
};
use crate::quantity::{Exact, Money, Rate};

const SCORE: &str = "procurement.score";
const ABNORMAL: &str = "procurement.abnormal";
/// The lines that a price is held against: the line's id, and whether a price is under it.
const TESTS: [(&str, &str); 3] =
    [("mean_line", "below_mean"), ("second_line", "below_second"), ("ceiling_line", "below_ceiling")];

/// The offer among the rivals; the findings on the offer's own price and on the tender's way of scoring.
pub(super) fn rivalry(core: &Core<'_, '_>) -> Result<(Option<Rivalry>, Vec<Finding>), Refusal> {
    let tender = core.closer.tender;
    let ours = if tender.bidder.name.is_empty() { "本报价" } else { tender.bidder.name.as_str() };
    let mut bids: Vec<(&str, Money, Rate)> = vec![(ours, core.closing.total, Rate::default())];
    bids.extend(tender.rivals.iter().map(|rival| (rival.name.as_str(), rival.price, rival.preference)));
    let scoring = Scoring::new(core)?;
    let evaluated = bids.iter().map(|bid| scoring.evaluated(bid.1, bid.2)).collect::<Result<Vec<_>, _>>()?;
    let lowest = evaluated.iter().min().copied();
    let mut findings = Vec::new();
    let mut rivals = Vec::new();
    for (at, ((name, price, preference), evaluated)) in bids.iter().zip(&evaluated).enumerate() {
        let score = scoring.score(*price, *preference, lowest)?;
        let low = scoring.low(*price, &bids)?;
        if at == 0 {
            findings.extend(scoring.findings(*price, lowest)?);
            findings.extend(low.findings);
        }
        rivals.push(Rival {
            name: (*name).to_owned(),
            price: *price,
            evaluated: *evaluated,
            score,
            abnormal: low.abnormal,
            lines: low.lines,
        });
    }
    let asked = !tender.rivals.is_empty() || tender.weight.is_some() || tender.ceiling.is_some();
    let rivalry = asked.then(|| Rivalry {
        lowest: lowest.filter(|_| scoring.is_scored()),
        weight: tender.weight.map(Exact::from),
        bids: rivals,
        ready: ready(core),
    });
    Ok((rivalry, findings))
}

/// What to have ready when a committee asks how the price can be so low.
fn ready(core: &Core<'_, '_>) -> Vec<String> {
    let closing = &core.closing;
    let side = &core.closer.side;
    vec![
        format!(
            "每人用工成本构成：工资合计 {} 元，直接成本 {} 元，共 {} 人",
            side.wages.thousands(),
            side.direct.thousands(),
            core.persons
        ),
        "各项社会保险费和公积金：缴费基数、费率、文号，逐险种列出".to_owned(),
        "最低工资的比较：标准、口径、各岗位可比工资".to_owned(),
        "班表和法定节假日加班工资的计算".to_owned(),
        format!("管理费 {} 元、利润 {} 元、税费的计算过程", side.management.thousands(), closing.profit.thousands()),
        "同类项目的合同和履约证明；书面说明须当场提交，由被授权人签字".to_owned(),
    ]
}

/// How low a price is.
struct Low {
    abnormal: Option<bool>,
    lines: Vec<(String, Exact, bool)>,
    findings: Vec<Finding>,
}

struct Scoring<'c, 'd, 'b> {
    core: &'c Core<'d, 'b>,
    score: Sheet<'b>,
    abnormal: Sheet<'b>,
}

impl<'c, 'd, 'b> Scoring<'c, 'd, 'b> {
    fn new(core: &'c Core<'d, 'b>) -> Result<Self, Refusal> {
        let desk = core.closer.desk;
        let cells = |package: &str, names: &[&str]| -> Vec<String> {
            names.iter().map(|name| format!("{package}.{name}")).collect()
        };
        let of_score = cells(
            SCORE,
            &[
                "price",
                "preference",
                "lowest",
                "weight",
                "kind",
                "fixed_price",
                "ceiling",
                "renewed_months",
                "evaluated",
                "score",
            ],
        );
        let of_low = cells(
            ABNORMAL,
            &[
                "price",
                "mean",
                "second_lowest",
                "ceiling",
                "abnormal",
                "mean_line",
                "second_line",
                "ceiling_line",
                "below_mean",
                "below_second",
                "below_ceiling",
            ],
        );
        let score = Sheet::new(desk.book, "procurement.score.score", desk.question_of_opening(), of_score)?;
        let abnormal = Sheet::new(desk.book, "procurement.abnormal.abnormal", desk.question_of_opening(), of_low)?;
        Ok(Self { core, score, abnormal })
    }

    fn is_scored(&self) -> bool {
        let tender = self.core.closer.tender;
        tender.weight.is_some() && !tender.fixed_price
    }

    fn facts(&self, price: Money, preference: Rate) -> Result<Facts, Refusal> {
        let tender = self.core.closer.tender;
        Facts::default()
            .number("procurement.score.price", price)
            .number("procurement.score.preference", preference)
            .maybe("procurement.score.weight", tender.weight)
            .maybe("procurement.score.ceiling", tender.ceiling)
            .yes("procurement.score.fixed_price", tender.fixed_price)
            .choice(self.core.closer.desk.book, "procurement.score.kind", tender.subject.id())
    }

    fn evaluated(&self, price: Money, preference: Rate) -> Result<Money, Refusal> {
        self.score.with(&self.facts(price, preference)?)?.money("procurement.score.evaluated")
    }

    fn score(&self, price: Money, preference: Rate, lowest: Option<Money>) -> Result<Option<Exact>, Refusal> {
        if !self.is_scored() {
            return Ok(None);
        }
        let facts = self.facts(price, preference)?.maybe("procurement.score.lowest", lowest);
        self.score.with(&facts)?.maybe("procurement.score.score")
    }

    /// What the tender's weight, its ceiling and its term say of our price.
    fn findings(&self, price: Money, lowest: Option<Money>) -> Result<Vec<Finding>, Refusal> {
        let months = i64::try_from(self.core.closer.desk.months.len()).unwrap_or(i64::MAX);
        let facts = self
            .facts(price, Rate::default())?
            .maybe("procurement.score.lowest", lowest)
            .number("procurement.score.renewed_months", Exact::from(months));
        Ok(self.score.with(&facts)?.findings(&[SCORE]).into_iter().map(Finding::of).collect())
    }

    fn low(&self, price: Money, bids: &[(&str, Money, Rate)]) -> Result<Low, Refusal> {
        let tender = self.core.closer.tender;
        let mut facts = Facts::default()
            .number("procurement.abnormal.price", price)
            .maybe("procurement.abnormal.ceiling", tender.ceiling.or(tender.budget));
        if bids.len() > 1 {
            let sum = Money::sum(bids.iter().map(|bid| bid.1))?;
            let count = Exact::from(i64::try_from(bids.len()).unwrap_or(i64::MAX));
            let mean = super::amounts::rounded(Exact::from(sum).div(count)?, self.core.closer.desk.rounding)?;
            facts = facts.number("procurement.abnormal.mean", mean);
            let mut prices: Vec<Money> = bids.iter().map(|bid| bid.1).collect();
            prices.sort_unstable();
            // The test of the second lowest is for the lowest alone.
            if prices.first() == Some(&price) {
                facts = facts.maybe("procurement.abnormal.second_lowest", prices.get(1).copied());
            }
        }
        let mut said = self.abnormal.with(&facts)?;
        match said.is("procurement.abnormal.abnormal") {
            Ok(abnormal) => Ok(Low {
                abnormal: Some(abnormal),
                lines: self.lines(&mut said)?,
                findings: said.findings(&[ABNORMAL]).into_iter().map(Finding::of).collect(),
            }),
            // Before the rule was in force there was no such test.
            Err(Refusal::Coverage { .. }) => Ok(Low { abnormal: None, lines: Vec::new(), findings: Vec::new() }),
            Err(other) => Err(other),
        }
    }

    fn lines(&self, said: &mut Answers<'_, '_>) -> Result<Vec<(String, Exact, bool)>, Refusal> {
        let mut lines = Vec::new();
        for (line, below) in TESTS {
            let id = format!("{ABNORMAL}.{line}");
            if let Some(amount) = said.maybe(&id)? {
                let under = said.is(&format!("{ABNORMAL}.{below}"))?;
                lines.push((line.to_owned(), amount, under));
            }
        }
        Ok(lines)
    }
}
