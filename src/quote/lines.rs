//! The closed price as lines: amounts, unit prices, months, positions, each with what it rests on.

use super::{
    amounts::spread,
    build::{BuildUp, Built, Cells},
    close::{Closer, Closing, direct_cells},
    desk::{Desk, LineRule},
    model::{Basis, Line, Subtotal, Term},
    refusal::Refusal,
    tender::{ManagementOn, Quoted},
};
use crate::{
    engine::show_number,
    quantity::{Count, Exact, Money, Rounding, Unit},
    rulebook::{Confidence, Type},
};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Lines that follow from the others.
pub(super) const UNION_FEE: &str = "union_fee";
pub(super) const DISABILITY_LEVY: &str = "disability_levy";
/// The group of the lines that are pay.
pub(super) const WAGES: &str = "wages";

pub(super) const MANAGEMENT: &str = "management";
pub(super) const PROFIT: &str = "profit";
pub(super) const SEVERANCE: &str = "severance";
pub(super) const VAT: &str = "vat";
pub(super) const SURCHARGES: &str = "surcharges";
/// What is shown also at nought.
const ALWAYS: [&str; 4] = ["heat", "recruiting", SEVERANCE, "other"];

/// How many of which unit a way of quoting has.
pub(super) fn quantity(desk: &Desk<'_>, persons: Count, quoted: Quoted) -> Result<(Count, &'static str), Refusal> {
    let months = Count::from_decimal(desk.months.len().into()).unwrap_or_default();
    let one = Count::from_decimal(1.into()).unwrap_or_default();
    Ok(match quoted {
        Quoted::Item => (one, "项"),
        Quoted::HeadYear if desk.years()? == Exact::ONE => (persons, "人·年"),
        Quoted::HeadYear => (persons, "人"),
        Quoted::HeadMonth => (times(persons, months)?, "人·月"),
        Quoted::Month => (months, "月"),
    })
}

fn times(a: Count, b: Count) -> Result<Count, Refusal> {
    let product = Exact::from(a).mul(b.into())?.to_decimal().unwrap_or_default();
    Count::from_decimal(product).map_err(|error| Refusal::facts("数量", error.to_string()))
}

/// An amount for each of so many, rounded.
pub(super) fn each(amount: Money, of: Count, rounding: Rounding) -> Result<Money, Refusal> {
    super::amounts::rounded(Exact::from(amount).div(of.into())?, rounding)
}

/// So many of an amount.
pub(super) fn many(unit_price: Money, of: Count) -> Result<Money, Refusal> {
    let amount = Exact::from(unit_price).mul(of.into())?.to_decimal().unwrap_or_default();
    Money::from_decimal(amount).map_err(|error| Refusal::facts("单价", error.to_string()))
}

/// The lines of a price and their cells.
pub(super) struct Laid {
    pub(super) lines: Vec<Line>,
    /// In the order of the lines.
    pub(super) cells: Vec<Cells>,
}

/// Lays a closed price out.
pub(super) fn lay_out(
    closer: &Closer<'_, '_>,
    build: &BuildUp,
    closing: &Closing,
    persons: Count,
) -> Result<Laid, Refusal> {
    let (desk, tender) = (closer.desk, closer.tender);
    let (count, unit) = quantity(desk, persons, tender.offer.quoted)?;
    let follow = Following::new(closer, build, closing)?;
    let mut drafts = Vec::new();
    for rule in &desk.lines {
        if let Some(draft) = follow.draft(rule, build.lines.get(&rule.id))? {
            drafts.push((rule, draft));
        }
    }
    // Quoted by heads or months, every line is a whole number of fen for one; profit bears what that moves.
    if tender.offer.quoted != Quoted::Item {
        let mut rest = each(closing.total, count, desk.rounding_up)?;
        for (rule, draft) in &mut drafts {
            if rule.id != PROFIT {
                let up = desk.kind(tender, rule).locked;
                draft.unit_price = each(draft.amount, count, if up { desk.rounding_up } else { desk.rounding })?;
                rest = rest.sub(draft.unit_price)?;
            }
        }
        for (rule, draft) in &mut drafts {
            if rule.id == PROFIT {
                draft.unit_price = rest;
            }
            let quoted = many(draft.unit_price, count)?;
            if quoted != draft.amount {
                let note = format!("测算为{}元，单价取整分后为{}元", draft.amount.thousands(), quoted.thousands());
                draft.note = Some(draft.note.take().map_or(note.clone(), |before| format!("{before}；{note}")));
            }
            draft.amount = quoted;
        }
    }
    let mut laid = Laid { lines: Vec::new(), cells: Vec::new() };
    for (rule, draft) in drafts {
        let cells = spread(draft.amount, &draft.cells);
        let months = (0..desk.months.len())
            .map(|month| Money::sum(cells.iter().filter_map(|row| row.get(month).copied())))
            .collect::<Result<Vec<_>, _>>()?;
        let per_year = Exact::from(draft.amount).div(persons.into())?.div(desk.years()?)?;
        let per_month = Exact::from(draft.amount).div(desk.head_months(persons.into())?)?;
        laid.lines.push(Line {
            id: rule.id.clone(),
            name: rule.name.clone(),
            group: rule.group.clone(),
            quantity: count,
            unit,
            unit_price: draft.unit_price,
            amount: draft.amount,
            per_head_year: super::amounts::rounded(per_year, desk.rounding)?,
            per_head_month: super::amounts::rounded(per_month, desk.rounding)?,
            months,
            kind: desk.kind(tender, rule),
            reckoning: draft.reckoning,
            basis: draft.basis,
            cite: draft.cite,
            confidence: draft.confidence,
            note: draft.note,
            trace: draft.trace,
        });
        laid.cells.push(cells);
    }
    Ok(laid)
}

/// Sums of groups, then direct cost, all cost, and what is left without tax.
pub(super) fn subtotals(desk: &Desk<'_>, lines: &[Line]) -> Result<Vec<Subtotal>, Refusal> {
    let of = |id: &str, name: &str, held: &dyn Fn(&Line) -> bool| -> Result<Subtotal, Refusal> {
        let lines: Vec<&Line> = lines.iter().filter(|line| held(line)).collect();
        Ok(Subtotal {
            id: id.to_owned(),
            name: name.to_owned(),
            amount: Money::sum(lines.iter().map(|line| line.amount))?,
            lines: lines.iter().map(|line| line.id.clone()).collect(),
        })
    };
    let mut subtotals = Vec::new();
    for (group, name) in &desk.groups {
        subtotals.push(of(group, name, &|line| line.group == *group)?);
    }
    let direct = |line: &Line| desk.lines.iter().any(|rule| rule.id == line.id && rule.direct);
    subtotals.push(of("direct", "直接成本", &direct)?);
    subtotals.push(of("cost", "全部成本", &|line| direct(line) || line.id == MANAGEMENT)?);
    subtotals.push(of("net", "不含税价", &|line| line.id != VAT && line.id != SURCHARGES)?);
    subtotals.push(of("supervised", "监督使用", &|line| line.kind.supervised)?);
    subtotals.push(of("locked", "不可竞争", &|line| line.kind.locked)?);
    Ok(subtotals)
}

/// A line before it is quoted.
struct Draft {
    amount: Money,
    unit_price: Money,
    cells: Cells,
    basis: Basis,
    reckoning: String,
    cite: Option<String>,
    confidence: Option<Confidence>,
    note: Option<String>,
    trace: Json,
}

/// What follows from the lines that were built up.
struct Following<'c, 'd, 'b> {
    closer: &'c Closer<'d, 'b>,
    closing: &'c Closing,
    /// Wages by position and month: what levies are divided by.
    wages: Cells,
    /// Direct cost by position and month: what fee, profit and taxes are divided by.
    direct: Cells,
    taxes: [Json; 2],
    by_hand: BTreeMap<&'c str, Money>,
}

impl<'c, 'd, 'b> Following<'c, 'd, 'b> {
    fn new(closer: &'c Closer<'d, 'b>, build: &BuildUp, closing: &'c Closing) -> Result<Self, Refusal> {
        let (desk, tender, side) = (closer.desk, closer.tender, &closer.side);
        let of_wages = desk.lines.iter().filter(|line| line.group == WAGES);
        let wages = super::build::together(
            desk,
            tender,
            of_wages.filter_map(|line| build.lines.get(&line.id)).map(|built| &built.cells),
        )?;
        let levies = [spread(side.union_fee, &wages), spread(side.disability_levy, &wages)];
        let direct = direct_cells(desk, tender, build, &levies)?;
        let (taxes, _) = closer.tax_papers(closing.total)?;
        let by_hand = tender.offer.lines.iter().map(|line| (line.line.as_str(), line.amount)).collect();
        Ok(Self { closer, closing, wages, direct, taxes, by_hand })
    }

    fn draft(&self, rule: &LineRule, built: Option<&Built>) -> Result<Option<Draft>, Refusal> {
        let side = &self.closer.side;
        let ids = |held: &dyn Fn(&LineRule) -> bool| -> Vec<String> {
            self.closer.desk.lines.iter().filter(|line| held(line)).map(|line| line.id.clone()).collect()
        };
        let offer = &self.closer.tender.offer;
        Ok(Some(match rule.id.as_str() {
            UNION_FEE => {
                let basis = match self.closer.tender.bidder.union {
                    true => Basis::Share { rate: side.union_rate, of: ids(&|line| line.group == WAGES) },
                    false => Basis::Fixed,
                };
                let reckoning = format!("工资合计{}元 × {}", side.wages.thousands(), percent(side.union_rate));
                self.follows(side.union_fee, &self.wages, basis, reckoning, &side.traces.union_fee)
            }
            DISABILITY_LEVY => {
                let reckoning = match self.closer.tender.bidder.staff {
                    Some(staff) => format!("全公司{staff}人的残保金，按本项目人数分摊"),
                    None => "没有给出计算依据，未计".to_owned(),
                };
                let of = ids(&|line| line.group == WAGES);
                let basis = side.levy_rate.map_or(Basis::Fixed, |rate| Basis::Share { rate, of });
                self.follows(side.disability_levy, &self.wages, basis, reckoning, &side.traces.disability_levy)
            }
            MANAGEMENT => {
                let supervised = |line: &LineRule| {
                    offer.management_on == ManagementOn::Unsupervised
                        && self.closer.desk.kind(self.closer.tender, line).supervised
                };
                let of = ids(&|line| line.direct && !supervised(line));
                let rate = Exact::from(offer.management);
                let (basis, reckoning) = match self.by_hand.get(MANAGEMENT) {
                    Some(_) => (Basis::Fixed, "手工填写".to_owned()),
                    None if offer.management_on == ManagementOn::Unsupervised => {
                        (Basis::Share { rate, of }, format!("直接成本（不含监督使用的项目） × {}", percent(rate)))
                    }
                    None => {
                        let direct = side.direct.thousands();
                        (Basis::Share { rate, of }, format!("直接成本{direct}元 × {}", percent(rate)))
                    }
                };
                self.follows(side.management, &self.direct, basis, reckoning, &side.traces.management)
            }
            PROFIT => {
                let reckoning = "总价减去全部成本和税费的余额".to_owned();
                self.follows(self.closing.profit, &self.direct, Basis::Residue, reckoning, &Json::Null)
            }
            VAT => {
                let total = self.closing.total.thousands();
                let (basis, reckoning) = match self.closer.runs.as_slice() {
                    [run] => {
                        let (rate, shown) = (run.rate, percent(run.rate));
                        let deducted = if run.deducts { passed_on_lines(self.closer.desk) } else { Vec::new() };
                        let price = if run.deducts { format!("({total} − 代付)") } else { total };
                        let reckoning = format!("{price}元 ÷ (1 + {shown}) × {shown}");
                        (Basis::Included { rate, deducted }, reckoning)
                    }
                    runs => (Basis::Fixed, format!("税率在服务期内变化，分{}段计算", runs.len())),
                };
                self.follows(self.closing.taxes.vat, &self.direct, basis, reckoning, &self.taxes[0])
            }
            SURCHARGES => {
                let vat = self.closing.taxes.vat.thousands();
                let (basis, reckoning) = match self.closer.runs.as_slice() {
                    [run] => (
                        Basis::Share { rate: run.surcharge_rate, of: vec![VAT.to_owned()] },
                        format!("增值税{vat}元 × {}，各项分别舍入", percent(run.surcharge_rate)),
                    ),
                    runs => (Basis::Fixed, format!("税率在服务期内变化，分{}段计算", runs.len())),
                };
                self.follows(self.closing.taxes.surcharges, &self.direct, basis, reckoning, &self.taxes[1])
            }
            SEVERANCE if built.is_none() => {
                let reckoning = format!("未计入报价；期满不续签为{}元", side.severance.thousands());
                self.follows(Money::ZERO, &self.wages, Basis::Fixed, reckoning, &side.traces.severance)
            }
            // Written by hand or as a cost it is what somebody says, not what the wages make it.
            SEVERANCE if self.closer.tender.offer.severance && !self.by_hand.contains_key(SEVERANCE) => {
                let wages = side.wages.thousands();
                let reckoning =
                    format!("工资合计{wages}元 ÷ 服务月数 × {}月", shown(self.closer.desk.severance_months));
                self.follows(side.severance, &self.wages, Basis::Fixed, reckoning, &side.traces.severance)
            }
            _ => match built {
                Some(built) => self.built(rule, built),
                None if ALWAYS.contains(&rule.id.as_str()) => {
                    self.follows(Money::ZERO, &self.direct, Basis::Fixed, "未列支".to_owned(), &Json::Null)
                }
                None => return Ok(None),
            },
        }))
    }

    fn built(&self, rule: &LineRule, built: &Built) -> Draft {
        let by_hand = self.by_hand.get(rule.id.as_str());
        let reckoning = built.terms.iter().map(reckoning).collect::<Vec<_>>().join(" ＋ ");
        let mut cites: Vec<String> = built.trace.iter().filter_map(|one| text(&one["trace"]["cite"])).collect();
        cites.extend(built.terms.iter().filter_map(|term| term.rated.as_ref()).map(|rated| rated.cite.clone()));
        Draft {
            amount: built.amount,
            unit_price: built.amount,
            cells: built.cells.clone(),
            basis: if by_hand.is_some() { Basis::Fixed } else { Basis::Terms(built.terms.clone()) },
            reckoning: if by_hand.is_some() { format!("手工填写；测算为 {reckoning}") } else { reckoning },
            cite: once(&cites),
            confidence: built.confidence,
            note: (!built.notes.is_empty()).then(|| built.notes.join("；")),
            trace: if built.trace.is_empty() { Json::Null } else { Json::Array(built.trace.clone()) },
        }
    }

    fn follows(&self, amount: Money, by: &Cells, basis: Basis, reckoning: String, trace: &Json) -> Draft {
        let traces = trace.as_array().map_or_else(|| std::slice::from_ref(trace), Vec::as_slice);
        Draft {
            amount,
            unit_price: amount,
            cells: spread(amount, by),
            basis,
            reckoning,
            cite: once(&traces.iter().filter_map(|one| text(&one["cite"])).collect::<Vec<_>>()),
            confidence: traces.iter().filter_map(weakest).max(),
            note: None,
            trace: trace.clone(),
        }
    }
}

fn text(json: &Json) -> Option<String> {
    json.as_str().map(str::to_owned)
}

fn once(cites: &[String]) -> Option<String> {
    let mut told: Vec<&str> = Vec::new();
    for cite in cites.iter().flat_map(|cite| cite.split('；')).filter(|cite| !cite.is_empty()) {
        if !told.contains(&cite) {
            told.push(cite);
        }
    }
    (!told.is_empty()).then(|| told.join("；"))
}

/// The weakest source of a derivation.
fn weakest(trace: &Json) -> Option<Confidence> {
    let own = trace["confidence"].as_str().and_then(|mark| Confidence::ALL.into_iter().find(|one| one.mark() == mark));
    let below = trace["steps"].as_array().into_iter().flatten().filter_map(weakest);
    below.chain(own).max()
}

fn passed_on_lines(desk: &Desk<'_>) -> Vec<String> {
    desk.lines.iter().filter(|line| line.passed_on).map(|line| line.id.clone()).collect()
}

/// A ratio for people.
pub(super) fn percent(rate: Exact) -> String {
    rate.mul(Exact::from(100)).map_or_else(|_| rate.to_string(), |percent| format!("{}%", shown(percent)))
}

/// A number for people: six decimals at most.
pub(super) fn shown(number: Exact) -> String {
    match number.to_decimal() {
        Some(decimal) => decimal.normalize().to_string(),
        None => Rounding::parse("half-up 0.01")
            .ok()
            .and_then(|rounding| number.round(rounding).ok())
            .map_or_else(|| number.to_string(), |near| format!("≈{}", near.normalize())),
    }
}

fn yuan(number: Exact) -> String {
    match number.to_decimal() {
        Some(_) => show_number(number, Type::Number(Unit::YUAN)),
        None => shown(number),
    }
}

/// A term in words: 话务员 831.07元（5194.17元 × 16%） × 30人 × 12月.
fn reckoning(term: &Term) -> String {
    let mut text = if term.what.is_empty() { String::new() } else { format!("{} ", term.what) };
    text.push_str(&format!("{}元", yuan(term.each)));
    if let Some(rated) = &term.rated {
        let fixed = if rated.fixed.is_zero() { String::new() } else { format!(" ＋ {}元", yuan(rated.fixed)) };
        text.push_str(&format!("（{}元 × {}{fixed}）", yuan(rated.base), percent(rated.rate)));
    }
    for (count, unit) in &term.times {
        text.push_str(&format!(" × {}{unit}", shown(*count)));
    }
    text
}
