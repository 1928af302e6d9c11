//! A price for programs.

use super::{
    lines::{percent, shown},
    model::{Finding, Floor, Line, MonthRow, Quote, Rivalry, Scenario, Standing, StatutoryFloor, UnitPrice},
    tender::{FloorReading, Quoted},
};
use crate::quantity::{Exact, Money};
use serde_json::{Map, Value as Json, json};

impl Quote {
    /// The price as JSON: amounts are text with two decimals. The derivations of the lines are large and come with
    /// `traces`.
    #[must_use]
    pub fn json(&self, traces: bool) -> Json {
        let tender = &self.tender;
        let chosen = self.floors.iter().find(|floor| floor.chosen);
        let scenarios: Map<String, Json> =
            self.scenarios.iter().map(|scenario| (scenario.name.clone(), of_scenario(scenario))).collect();
        json!({
            "title": tender.title,
            "purchaser": tender.purchaser,
            "bidder": tender.bidder.name,
            "place": self.place,
            "from": tender.from.to_string(),
            "to": tender.to.to_string(),
            "months_count": self.month_count,
            "persons": self.persons.to_string(),
            "taxpayer": tender.bidder.taxpayer.id(),
            "form": tender.bidder.form.id(),
            "quoted": tender.offer.quoted.id(),
            "total": money(self.total),
            "total_capitals": self.capitals,
            "floor": tender.floor.map(money),
            "shortfall": money(chosen.map_or(Money::ZERO, |floor| floor.shortfall)),
            "lines": self.lines.iter().map(|line| of_line(line, traces)).collect::<Vec<_>>(),
            "subtotals": self.subtotals.iter().map(|one| json!({
                "id": one.id, "name": one.name, "amount": money(one.amount), "lines": one.lines,
            })).collect::<Vec<_>>(),
            "positions": self.positions.iter().map(|one| json!({
                "name": one.name,
                "persons": one.persons.to_string(),
                "average_pay": money(one.average_pay),
                "pay": one.pay.iter().map(|(id, name, amount)| json!({
                    "id": id, "name": name, "amount": money(*amount),
                })).collect::<Vec<_>>(),
                "total": money(one.total),
            })).collect::<Vec<_>>(),
            "months": self.months.iter().map(of_month).collect::<Vec<_>>(),
            "unit_prices": self.unit_prices.iter().map(of_unit_price).collect::<Vec<_>>(),
            "floors": self.floors.iter().map(of_floor).collect::<Vec<_>>(),
            "statutory_floor": money(self.statutory_floor.price),
            "statutory": of_statutory(&self.statutory_floor),
            "rotas": self.rotas.iter().map(|one| json!({
                "position": one.position,
                "shifts": shown(one.shifts),
                "holiday_shifts": shown(one.holiday_shifts),
                "holiday_hours": shown(one.holiday_hours),
                "night_shifts": shown(one.night_shifts),
                "hours": shown(one.hours),
                "capacity_each": shown(one.capacity_each),
                "needed": shown(one.needed),
                "offered": one.offered.to_string(),
                "round_the_clock": shown(one.round_the_clock),
                "for_seats": one.for_seats.map(shown),
                "summary": one.summary,
            })).collect::<Vec<_>>(),
            "exposures": self.exposures.iter().map(|one| json!({
                "id": one.id, "name": one.name, "amount": one.amount.map(money), "result": one.result.map(money),
                "why": one.why,
            })).collect::<Vec<_>>(),
            "at_risk": self.at_risk.as_ref().map(|one| json!({
                "rise": percent(one.rise), "from": one.from.to_string(), "months": one.months,
                "amount": money(one.amount), "why": one.why,
            })),
            "solution": self.solution.as_ref().map(|one| json!({
                "what": one.what,
                "wages": one.wages.iter().map(|(name, before, after)| json!({
                    "position": name, "before": money(*before), "after": money(*after),
                })).collect::<Vec<_>>(),
                "average_pay": money(one.average_pay),
                "exact": one.exact,
                "residue": one.residue,
            })),
            "scenarios": scenarios,
            "rivals": self.rivals.as_ref().map(of_rivals),
            "findings": self.findings.iter().map(of_finding).collect::<Vec<_>>(),
            "uncertain": self.uncertain.iter().map(|one| json!({
                "name": one.name, "value": one.value, "confidence": one.confidence.mark(), "source": one.source,
                "note": one.note, "provisional": one.provisional,
            })).collect::<Vec<_>>(),
            "rulebook": self.rulebook,
            "values_digest": self.values_digest,
        })
    }
}

fn money(amount: Money) -> String {
    amount.to_string()
}

fn of_line(line: &Line, traces: bool) -> Json {
    let mut json = json!({
        "id": line.id,
        "name": line.name,
        "group": line.group,
        "quantity": line.quantity.to_string(),
        "unit": line.unit,
        "unit_price": money(line.unit_price),
        "amount": money(line.amount),
        "per_head_year": money(line.per_head_year),
        "per_head_month": money(line.per_head_month),
        "months": line.months.iter().copied().map(money).collect::<Vec<_>>(),
        "locked": line.kind.locked,
        "supervised": line.kind.supervised,
        "competitive": line.kind.competitive,
        "reckoning": line.reckoning,
        "cite": line.cite,
        "confidence": line.confidence.map(|confidence| confidence.mark()),
        "note": line.note,
    });
    if traces {
        json["trace"] = line.trace.clone();
    }
    json
}

fn of_month(row: &MonthRow) -> Json {
    json!({
        "month": row.first.format("%Y-%m").to_string(),
        "projected": row.projected,
        "days": row.days,
        "statutory_days": row.statutory_days,
        "direct": money(row.direct),
        "total": money(row.total),
        "values": row.values.iter().map(|value| json!({
            "id": value.id,
            "name": value.name,
            "value": value.value,
            "from": value.from.to_string(),
            "published": value.published.map(|day| day.to_string()),
            "cite": value.cite,
            "standing": value.standing.id(),
        })).collect::<Vec<_>>(),
    })
}

fn of_unit_price(one: &UnitPrice) -> Json {
    json!({
        "quoted": one.quoted.id(),
        "unit": one.unit,
        "quantity": one.quantity.to_string(),
        "unit_price": money(one.unit_price),
        "recomputed": money(one.recomputed),
        "shortfall": money(one.shortfall),
        "remedy": money(one.remedy),
        "remedy_total": money(one.remedy_total),
    })
}

fn of_floor(floor: &Floor) -> Json {
    json!({
        "reading": floor.reading.id(),
        "chosen": floor.chosen,
        "amount": money(floor.amount),
        "price": money(floor.price),
        "found": money(floor.found),
        "shortfall": money(floor.shortfall),
        "derivation": floor.derivation,
    })
}

fn of_statutory(floor: &StatutoryFloor) -> Json {
    json!({
        "price": money(floor.price),
        "with_required": money(floor.with_required),
        "cost": money(floor.cost),
        "lines": floor.lines.iter().map(|(id, name, amount)| json!({
            "id": id, "name": name, "amount": money(*amount),
        })).collect::<Vec<_>>(),
        "positions": floor.positions.iter().map(|position| json!({
            "name": position.name,
            "wages": position.wages.iter().map(|(from, standard, lowest, how)| json!({
                "from": from.to_string(), "standard": money(*standard), "lowest": money(*lowest), "how": how,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "derivation": floor.derivation,
    })
}

fn of_scenario(scenario: &Scenario) -> Json {
    json!({
        "total": money(scenario.total),
        "direct": money(scenario.direct),
        "management": money(scenario.management),
        "profit": money(scenario.profit),
        "profit_share": percent_of(scenario.profit_share),
        "taxes": money(scenario.taxes),
        "statutory_floor": money(scenario.statutory_floor),
        "difference": money(scenario.difference),
        "notes": scenario.notes,
    })
}

fn of_rivals(rivals: &Rivalry) -> Json {
    json!({
        "lowest": rivals.lowest.map(money),
        "weight": rivals.weight.map(percent),
        "bids": rivals.bids.iter().map(|bid| json!({
            "name": bid.name,
            "price": money(bid.price),
            "evaluated": money(bid.evaluated),
            "score": bid.score.map(two_decimals),
            "abnormal": bid.abnormal,
            "lines": bid.lines.iter().map(|(line, amount, under)| json!({
                "line": line, "amount": shown(*amount), "under": under,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "ready": rivals.ready,
    })
}

fn of_finding(finding: &Finding) -> Json {
    json!({
        "code": finding.code,
        "severity": finding.severity.word(),
        "message": finding.message,
        "cite": finding.cite,
        "remedy": finding.remedy,
        "about": finding.about,
    })
}

/// A score as it is announced.
pub(crate) fn two_decimals(number: Exact) -> String {
    number.to_decimal().map_or_else(|| shown(number), |decimal| crate::quantity::format_decimal(decimal, 2))
}

/// A share as a percentage of two decimals.
pub(crate) fn percent_of(share: Exact) -> String {
    let hundred = share.mul(Exact::from(100)).unwrap_or(share);
    let rounding = crate::quantity::Rounding::parse("half-up 0.01");
    let near = rounding.ok().and_then(|rounding| hundred.round(rounding).ok());
    near.map_or_else(|| percent(share), |near| format!("{near}%"))
}

impl Quoted {
    /// The word of the file.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::HeadYear => "head_year",
            Self::HeadMonth => "head_month",
            Self::Month => "month",
        }
    }
}

impl FloorReading {
    /// The word of the file.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Cost => "cost",
        }
    }
}

impl Standing {
    /// For programs.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Retroactive => "retroactive",
            Self::Projected => "projected",
        }
    }

    /// For people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Known => "已公布",
            Self::Retroactive => "事后公布，须补差",
            Self::Projected => "推算",
        }
    }
}
