//! What a bid team says: the tender, the bidder, the positions, the other costs, the offer. Everything as given;
//! nothing is computed here.

mod read;
mod shape;

pub(crate) use shape::{tender_key, tender_keys};

use crate::{
    quantity::{Count, Hours, Money, Rate},
    rulebook::{Diagnostic, Sources, render},
};
use chrono::NaiveDate;
use std::{collections::BTreeMap, fmt};

/// A tender and the offer for it, as given.
#[derive(Debug, Clone, PartialEq)]
pub struct Tender {
    /// 项目名称.
    pub title: String,
    /// 采购人.
    pub purchaser: String,
    /// Place of insurance, fund and work: a name or a GB/T 2260 code.
    pub place: String,
    /// First day of service.
    pub from: NaiveDate,
    /// Last day of service.
    pub to: NaiveDate,
    /// 开标日: which procurement rules hold.
    pub opening: NaiveDate,
    /// Only what was published by then; everything the book holds, without it.
    pub known_at: Option<NaiveDate>,
    /// Persons that the tender asks for. Not seats.
    pub persons: Option<Count>,
    /// Seats that the tender asks for. Not persons.
    pub seats: Option<Count>,
    /// 最高限价.
    pub ceiling: Option<Money>,
    /// 预算金额.
    pub budget: Option<Money>,
    /// 最低报价 that the tender sets for the whole service.
    pub floor: Option<Money>,
    /// What the floor is held against.
    pub floor_reading: FloorReading,
    /// 价格权值.
    pub weight: Option<Rate>,
    /// What is bought, and how.
    pub subject: Subject,
    /// 执行统一价格标准: the price is not scored.
    pub fixed_price: bool,
    /// Whether the purchaser directs the staff's work.
    pub directed: bool,
    /// Whether the tender lets fee and profit be taken on supervised money.
    pub fee_on_supervised: bool,
    /// How each line or group that the tender names may be treated, by id.
    pub kinds: BTreeMap<String, Kind>,
    /// Amounts that the tender fixes for lines.
    pub required: Vec<RequiredLine>,
    /// Who bids.
    pub bidder: Bidder,
    /// The positions.
    pub positions: Vec<Position>,
    /// Costs besides pay.
    pub costs: Vec<Cost>,
    /// How the price is made.
    pub offer: Offer,
    /// What others bid.
    pub rivals: Vec<RivalBid>,
    /// What else to price beside it.
    pub scenarios: Vec<ScenarioChange>,
    /// By how much local bases and minimum wages may rise in months nobody knows yet.
    pub rise: Option<Rate>,
}

/// What a floor of the tender is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FloorReading {
    /// The whole price, with profit and value-added tax.
    Price,
    /// Labour, meals, clothing and management; profit and taxes come on top.
    Cost,
}

/// What is bought and how: the member of `procurement.score.subject`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// 货物招标.
    Goods,
    /// 服务招标.
    Services,
    /// 竞争性磋商.
    Consultation,
}

/// How the tender lets a line be treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kind {
    /// 不可竞争: as the tender says, and no discount.
    pub locked: bool,
    /// 监督使用: spent under the purchaser's eyes, what is left over goes back.
    pub supervised: bool,
    /// 可竞争: may bear a discount.
    pub competitive: bool,
}

/// An amount that the tender fixes for a line or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequiredLine {
    /// Id of the line or group.
    pub line: String,
    /// For the whole service.
    pub amount: Money,
}

/// Who bids.
#[derive(Debug, Clone, PartialEq)]
pub struct Bidder {
    /// 投标人.
    pub name: String,
    /// 纳税人类别.
    pub taxpayer: Taxpayer,
    /// 法律形式.
    pub form: LegalForm,
    /// 持有劳务派遣经营许可证.
    pub licensed: bool,
    /// 差额凭证齐全.
    pub vouchers: bool,
    /// 可享受六税两费减半.
    pub small_enterprise: bool,
    /// 所在地类别: member of `vat.surcharges.district`.
    pub location: String,
    /// 已建立工会组织.
    pub union: bool,
    /// 上年在职职工人数 of the whole firm; none: the levy is not priced, which is said.
    pub staff: Option<Count>,
    /// 上年安排残疾人就业人数.
    pub disabled: Count,
    /// 当地安排残疾人就业比例.
    pub disability_ratio: Option<Rate>,
    /// 公积金缴存比例.
    pub fund_rate: Rate,
    /// 工伤行业类别: member of `social.class`.
    pub industry_class: String,
}

/// 纳税人类别: the member of `vat.rates.kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taxpayer {
    /// 一般纳税人.
    General,
    /// 小规模纳税人.
    Small,
}

/// What the deal is in law, as the bidder says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LegalForm {
    /// 业务外包.
    Outsourcing,
    /// 劳务派遣.
    Dispatch,
    /// 人力资源外包.
    HrOutsourcing,
}

/// Posts that are paid and work alike.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// 岗位.
    pub name: String,
    /// Persons offered.
    pub persons: Count,
    /// Monthly pay for one person by pay item, in yuan: `base`, `performance`, …
    pub pay: BTreeMap<String, Money>,
    /// 年终奖 for one person for twelve months of service.
    pub yearly_bonus: Money,
    /// Pay items that overtime is reckoned from.
    pub overtime_items: Vec<String>,
    /// When they work.
    pub rota: Option<Rota>,
    /// What such people earn elsewhere in a month, if the user knows.
    pub market_pay: Option<Money>,
    /// What the tender asks of them: degree, languages.
    pub requires: Option<String>,
}

/// When a position works.
#[derive(Debug, Clone, PartialEq)]
pub struct Rota {
    /// The shifts of a day.
    pub shifts: Vec<Shift>,
    /// Whether they are worked on every day of the year; otherwise on working days.
    pub every_day: bool,
    /// 综合计算工时已经批准.
    pub approved: bool,
    /// Part of the working time lost to absence.
    pub absence: Rate,
    /// 年休假 days of one person in twelve months.
    pub annual_leave_days: Count,
}

/// A shift of the day.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// 早班, 夜班, …
    pub name: String,
    /// How many persons work it each day.
    pub count: Count,
    /// Hours of work.
    pub hours: Hours,
    /// 中夜班津贴 for one shift.
    pub allowance: Money,
    /// Whether it is a night shift.
    pub night: bool,
}

/// A cost besides pay.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// The line it belongs to.
    pub line: String,
    /// What it is, for people.
    pub what: Option<String>,
    /// How much each.
    pub each: Money,
    /// How often.
    pub per: Per,
    /// How many of them, for one unit of `per`: 2 sets a person.
    pub count: Count,
}

/// What a cost is multiplied with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// Each person, each month.
    HeadMonth,
    /// Each person, each twelve months of service.
    HeadYear,
    /// Each person, once.
    Head,
    /// Each person, each working day of the year in law.
    HeadWorkday,
    /// Each month.
    Month,
    /// Once.
    Once,
}

/// How the price is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// How unit prices are quoted.
    pub quoted: Quoted,
    /// 管理费比例.
    pub management: Rate,
    /// What the management fee is reckoned on.
    pub management_on: ManagementOn,
    /// The price to close to; profit is what is left.
    pub total: Option<Money>,
    /// The profit to reach where no total is given, or the least one where pay is solved for.
    pub profit: Option<Profit>,
    /// Taken off the price.
    pub discount: Money,
    /// Amounts that somebody wrote by hand instead of what was computed.
    pub lines: Vec<OfferedLine>,
    /// 开标一览表 total, where it is already written.
    pub opening_total: Option<Money>,
    /// 开标一览表 capitals, where they are already written.
    pub opening_capitals: Option<String>,
    /// Whether severance at the end of the contract is priced. It is shown either way.
    pub severance: bool,
}

/// How unit prices are quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quoted {
    /// Each line as one item for the whole service.
    Item,
    /// 元/人·年: for one person for twelve months.
    HeadYear,
    /// 元/人·月.
    HeadMonth,
    /// 元/月.
    Month,
}

/// What the management fee is reckoned on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManagementOn {
    /// All direct cost.
    Direct,
    /// Direct cost without supervised lines.
    Unsupervised,
}

/// A profit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Profit {
    /// How much.
    pub rate: Rate,
    /// Of what.
    pub on: ProfitOn,
}

/// What a profit is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfitOn {
    /// The price, value-added tax included.
    Price,
    /// Direct cost and management fee.
    Cost,
}

/// An amount written by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedLine {
    /// Id of the line.
    pub line: String,
    /// For the whole service.
    pub amount: Money,
}

/// What another bids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RivalBid {
    /// Who.
    pub name: String,
    /// 投标报价.
    pub price: Money,
    /// 小微企业价格扣除.
    pub preference: Rate,
}

/// A price beside the price: what is different. What is not said stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScenarioChange {
    /// Its name.
    pub name: String,
    /// Another kind of taxpayer.
    pub taxpayer: Option<Taxpayer>,
    /// Another legal form.
    pub form: Option<LegalForm>,
    /// Another place.
    pub place: Option<String>,
    /// Local bases and minimum wages higher by this from the first day.
    pub raise: Option<Rate>,
    /// Another number of persons, of the first position.
    pub persons: Option<Count>,
    /// The profit to reach; without it the price stays and profit is what is left.
    pub profit: Option<Profit>,
}

/// What the command line says instead of the file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Given {
    /// The price that pay is to be found for.
    pub total: Option<Money>,
    /// The profit to reach, as a share of the price.
    pub profit: Option<Rate>,
    /// Average monthly pay of one person, all items together.
    pub wage: Option<Money>,
}

/// A tender file that is wrong: all of it at once.
#[derive(Debug)]
pub struct TenderFault {
    /// The file.
    pub sources: Sources,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for TenderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(render(&self.sources, &self.diagnostics).trim_end())
    }
}

impl std::error::Error for TenderFault {}
