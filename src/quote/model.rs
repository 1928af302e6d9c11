//! A price, once made: what the papers print and programs read.

use crate::{
    quantity::{Count, Exact, Money, Rounding},
    quote::{FloorReading, Kind, Quoted, Tender},
    rulebook::{Confidence, Gravity},
};
use chrono::NaiveDate;
use serde_json::Value as Json;

/// The price of a tender, and all that is to be said of it.
#[derive(Debug, Clone)]
pub struct Quote {
    /// What it was made from.
    pub tender: Tender,
    /// The place, by its full name.
    pub place: String,
    /// Months of service.
    pub month_count: u32,
    /// Persons of all positions.
    pub persons: Count,
    /// 投标总价, value-added tax included: the sum of the lines, and of unit prices times quantities.
    pub total: Money,
    /// The same in Chinese capitals.
    pub capitals: String,
    /// The leaves, in the order of the book; their amounts sum to the total.
    pub lines: Vec<Line>,
    /// Groups of lines.
    pub subtotals: Vec<Subtotal>,
    /// The price by position: the same total divided among the posts.
    pub positions: Vec<PositionQuote>,
    /// Month by month.
    pub months: Vec<MonthRow>,
    /// The total as unit prices, each way it can be read.
    pub unit_prices: Vec<UnitPrice>,
    /// The tender's floor under both readings; empty where it sets none.
    pub floors: Vec<Floor>,
    /// The lowest lawful price.
    pub statutory_floor: StatutoryFloor,
    /// What each rota needs and the offered persons can cover.
    pub rotas: Vec<RotaReport>,
    /// Costs that may come and are not in the price.
    pub exposures: Vec<Exposure>,
    /// What a rise of local standards would cost in months nobody knows yet.
    pub at_risk: Option<AtRisk>,
    /// What was solved for, where something was.
    pub solution: Option<Solution>,
    /// Prices beside the price.
    pub scenarios: Vec<Scenario>,
    /// The price among others.
    pub rivals: Option<Rivalry>,
    /// What is unlawful, risky or to be noted.
    pub findings: Vec<Finding>,
    /// Values that the price rests on and that are not settled.
    pub uncertain: Vec<UncertainValue>,
    /// Digest of the rule book.
    pub rulebook: String,
    /// Digest of the values that were read.
    pub values_digest: String,
}

impl Quote {
    /// A line by id.
    #[must_use]
    pub fn line(&self, id: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.id == id)
    }

    /// The amount of a line; nought where the book has no such line.
    #[must_use]
    pub fn amount(&self, id: &str) -> Money {
        self.line(id).map_or(Money::ZERO, |line| line.amount)
    }

    /// Whether anything in it is against the law or the tender.
    #[must_use]
    pub fn is_unlawful(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Gravity::Unlawful)
    }

    /// Why no papers may be written: what the evaluation would reject.
    pub fn stops(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Gravity::Unlawful)
    }
}

/// A leaf of the price.
#[derive(Debug, Clone)]
pub struct Line {
    /// Member of `quote.lines.line`: `base`, `pension`, `vat`, …
    pub id: String,
    /// Its name.
    pub name: String,
    /// Member of `quote.lines.group`: the subtotal it belongs to.
    pub group: String,
    /// How many of the unit; amount = unit price × quantity.
    pub quantity: Count,
    /// 项, 人·年, 人·月, 月.
    pub unit: &'static str,
    /// To the fen.
    pub unit_price: Money,
    /// For the whole service.
    pub amount: Money,
    /// The amount of one person for twelve months, rounded; a conversion, not a unit price.
    pub per_head_year: Money,
    /// The amount of one person for one month, rounded; a conversion, not a unit price.
    pub per_head_month: Money,
    /// The part of each month, in the order of [`Quote::months`]; they sum to the amount.
    pub months: Vec<Money>,
    /// What the tender lets be done with it.
    pub kind: Kind,
    /// How it is reckoned.
    pub basis: Basis,
    /// The reckoning in words: `831.07元 × 30人 × 12月`.
    pub reckoning: String,
    /// Instrument and article, where law fixes it; where the tender or the bidder does, none.
    pub cite: Option<String>,
    /// How well its weakest value is sourced; none where it rests on no value of the book.
    pub confidence: Option<Confidence>,
    /// For the reader: the other reading, what it leaves out.
    pub note: Option<String>,
    /// The derivation by the engine, as `gongche eval --trace` gives it; null where nothing of the book was needed.
    pub trace: Json,
}

/// How a line is reckoned, for a workbook to say it again in formulas.
#[derive(Debug, Clone)]
pub enum Basis {
    /// The sum of products, rounded once where it is not whole fen.
    Terms(Vec<Term>),
    /// A share of the sum of other lines, rounded to the fen.
    Share {
        /// How much.
        rate: Exact,
        /// Ids of the lines.
        of: Vec<String>,
    },
    /// Value-added tax inside the price: (price − deducted) / (1 + rate) × rate, rounded to the fen.
    Included {
        /// The rate.
        rate: Exact,
        /// Ids of the lines that are taken off the price first.
        deducted: Vec<String>,
    },
    /// What is left of the price.
    Residue,
    /// Written by hand, or as the tender fixes it.
    Fixed,
}

/// A product of a line's basis.
#[derive(Debug, Clone)]
pub struct Term {
    /// Of which position, and for which months where they differ: 话务员 2026-01～2026-08.
    pub what: String,
    /// The amount for one, in yuan; may be a fraction of fen.
    pub each: Exact,
    /// Where the amount is itself a rate on a base, rounded: base, rate, fixed sum, rounding.
    pub rated: Option<Factor>,
    /// How many of what it is multiplied with: (30, 人), (12, 月).
    pub times: Vec<(Exact, &'static str)>,
}

/// A rate on a base: `each = round(base × rate + fixed)`.
#[derive(Debug, Clone)]
pub struct Factor {
    /// In yuan a month.
    pub base: Exact,
    /// The lowest and the highest base of the month: the base is the average pay, brought between them.
    pub limits: (Exact, Exact),
    /// The rate.
    pub rate: Exact,
    /// A sum added to it, in yuan.
    pub fixed: Exact,
    /// How it is rounded.
    pub rounding: Rounding,
    /// Instrument of the rate, or where it was read; empty where the bidder chose it.
    pub cite: String,
    /// How well the rate is sourced.
    pub confidence: Option<Confidence>,
}

/// A group of lines.
#[derive(Debug, Clone)]
pub struct Subtotal {
    /// Member of `quote.lines.group`, or `direct`, `net`: see `name`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The sum.
    pub amount: Money,
    /// Ids of its lines.
    pub lines: Vec<String>,
}

/// The price of one position.
#[derive(Debug, Clone)]
pub struct PositionQuote {
    /// 岗位.
    pub name: String,
    /// Persons.
    pub persons: Count,
    /// Average monthly pay of one person, all items together.
    pub average_pay: Money,
    /// Monthly pay items of one person: id, name, amount.
    pub pay: Vec<(String, String, Money)>,
    /// Its part of each line, in the order of [`Quote::lines`]; over the positions they sum to the line.
    pub lines: Vec<Money>,
    /// Its part of the total.
    pub total: Money,
}

/// A month of the service.
#[derive(Debug, Clone)]
pub struct MonthRow {
    /// Its first day.
    pub first: NaiveDate,
    /// The local rules it was priced under.
    pub values: Vec<MonthValue>,
    /// Whether any of them is not known for this month.
    pub projected: bool,
    /// Days of the month in service.
    pub days: u32,
    /// Statutory holidays among them.
    pub statutory_days: u32,
    /// Labour, welfare, meals, clothing of the month.
    pub direct: Money,
    /// Its part of the total.
    pub total: Money,
}

/// A local value that a month is priced under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthValue {
    /// Full id of the cell.
    pub id: String,
    /// Its name.
    pub name: String,
    /// With its unit.
    pub value: String,
    /// Since when in force.
    pub from: NaiveDate,
    /// When it was published, if known.
    pub published: Option<NaiveDate>,
    /// Where it stands.
    pub cite: String,
    /// How it applies to the month.
    pub standing: Standing,
}

/// How a value applies to a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// In force and published before the month ended.
    Known,
    /// Published after the month for which it holds: what was paid is made up later.
    Retroactive,
    /// The last that is known, carried on.
    Projected,
}

/// A way to read the total as unit prices.
#[derive(Debug, Clone)]
pub struct UnitPrice {
    /// Which way.
    pub quoted: Quoted,
    /// 元/人·年 and the like.
    pub unit: &'static str,
    /// How many.
    pub quantity: Count,
    /// The total divided, rounded half up to the fen.
    pub unit_price: Money,
    /// What a committee finds when it multiplies.
    pub recomputed: Money,
    /// By how much that is under the tender's floor; nought where it is not, or there is none.
    pub shortfall: Money,
    /// The lowest unit price that does not come under the total.
    pub remedy: Money,
    /// What that comes to.
    pub remedy_total: Money,
}

/// A floor of the tender, under one reading.
#[derive(Debug, Clone)]
pub struct Floor {
    /// What it is held against.
    pub reading: Reading,
    /// Whether this is the reading the tender file chose.
    pub chosen: bool,
    /// The amount that the tender says.
    pub amount: Money,
    /// The lowest price that meets it; under the second reading with no profit at all.
    pub price: Money,
    /// What the offer has that is held against the amount.
    pub found: Money,
    /// By how much it is short.
    pub shortfall: Money,
    /// The derivation in words.
    pub derivation: String,
}

/// A reading of the floor.
pub type Reading = FloorReading;

/// The lowest lawful price.
#[derive(Debug, Clone)]
pub struct StatutoryFloor {
    /// With value-added tax and surcharges, without profit, meals, clothing or fee.
    pub price: Money,
    /// The same with what is spent under supervision on lines that no law demands.
    pub with_required: Money,
    /// Wages, insurance, fund and levies.
    pub cost: Money,
    /// By line: id, name, amount. They sum to the price.
    pub lines: Vec<(String, String, Money)>,
    /// By position.
    pub positions: Vec<StatutoryPosition>,
    /// The derivation, a line a step.
    pub derivation: Vec<String>,
}

/// The lowest lawful pay of a position.
#[derive(Debug, Clone)]
pub struct StatutoryPosition {
    /// 岗位.
    pub name: String,
    /// For each run of months under one standard: first month, standard, lowest gross, derivation.
    pub wages: Vec<(NaiveDate, Money, Money, String)>,
}

/// What a rota needs.
#[derive(Debug, Clone)]
pub struct RotaReport {
    /// 岗位.
    pub position: String,
    /// Shifts over the service, statutory holidays apart.
    pub shifts: Exact,
    /// Shifts on statutory holidays.
    pub holiday_shifts: Exact,
    /// Hours on statutory holidays.
    pub holiday_hours: Exact,
    /// Night shifts over the service.
    pub night_shifts: Exact,
    /// Hours of work over the service, holidays included.
    pub hours: Exact,
    /// Hours that one person works over the service within normal hours, leave and absence taken off.
    pub capacity_each: Exact,
    /// Persons needed to work the rota within normal hours, a fraction.
    pub needed: Exact,
    /// Persons offered.
    pub offered: Count,
    /// How many posts round the clock the offered persons can keep, a fraction.
    pub round_the_clock: Exact,
    /// Persons needed to keep the tender's seats round the clock, where it names seats.
    pub for_seats: Option<Exact>,
    /// In words.
    pub summary: String,
}

/// A cost that may come and is not in the price.
#[derive(Debug, Clone)]
pub struct Exposure {
    /// Id of the line that would bear it, or a word of its own.
    pub id: String,
    /// What it is.
    pub name: String,
    /// How much, where it can be said.
    pub amount: Option<Money>,
    /// The result of the offer if it comes: profit less the amount.
    pub result: Option<Money>,
    /// Why, and on what basis.
    pub why: String,
}

/// What a rise would cost.
#[derive(Debug, Clone)]
pub struct AtRisk {
    /// By how much.
    pub rise: Exact,
    /// The first month it is reckoned for.
    pub from: NaiveDate,
    /// How many months.
    pub months: u32,
    /// What the direct cost would be higher by.
    pub amount: Money,
    /// Since when standards are projected, in words.
    pub why: String,
}

/// What was solved for.
#[derive(Debug, Clone)]
pub struct Solution {
    /// In words: 总价 3,164,626.00 元可负担的工资.
    pub what: String,
    /// Base wage of each position: name, before, after.
    pub wages: Vec<(String, Money, Money)>,
    /// Average monthly pay of one person, all items together.
    pub average_pay: Money,
    /// Whether what was asked is met to the fen.
    pub exact: bool,
    /// Where the fen went, or why it cannot be met to the fen.
    pub residue: String,
}

/// A price beside the price.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// The price.
    pub total: Money,
    /// Direct cost.
    pub direct: Money,
    /// Management fee.
    pub management: Money,
    /// Profit.
    pub profit: Money,
    /// Profit as a share of the price.
    pub profit_share: Exact,
    /// Value-added tax and surcharges.
    pub taxes: Money,
    /// The lowest lawful price there.
    pub statutory_floor: Money,
    /// The price less that of the offer.
    pub difference: Money,
    /// What to know of it; why it could not be priced.
    pub notes: Vec<String>,
}

/// The price among others.
#[derive(Debug, Clone)]
pub struct Rivalry {
    /// 评标基准价; none where the price is not scored.
    pub lowest: Option<Money>,
    /// 价格权值.
    pub weight: Option<Exact>,
    /// Everybody, the offer first.
    pub bids: Vec<Rival>,
    /// What to have ready for a question about a low price.
    pub ready: Vec<String>,
}

/// A bid among others.
#[derive(Debug, Clone)]
pub struct Rival {
    /// Who.
    pub name: String,
    /// 投标报价.
    pub price: Money,
    /// 评审价格.
    pub evaluated: Money,
    /// 价格得分, where the price is scored.
    pub score: Option<Exact>,
    /// Whether its price is to be examined; none where no rule was in force.
    pub abnormal: Option<bool>,
    /// Each line it is held against: name, line, whether it is under it.
    pub lines: Vec<(String, Exact, bool)>,
}

/// Something unlawful, risky or to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `package.id`.
    pub code: String,
    /// How grave it is.
    pub severity: Gravity,
    /// The sentence.
    pub message: String,
    /// Instrument and article.
    pub cite: Option<String>,
    /// What to do.
    pub remedy: Option<String>,
    /// What it was raised on: a line, a position, a reading.
    pub about: Option<String>,
}

/// A value of the book that the price rests on and that is not settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UncertainValue {
    /// Its name, with its place.
    pub name: String,
    /// With its unit.
    pub value: String,
    /// How well it is sourced.
    pub confidence: Confidence,
    /// Where it was read.
    pub source: String,
    /// For the reader.
    pub note: Option<String>,
    /// Whether its review is due.
    pub provisional: bool,
}
