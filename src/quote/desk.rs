//! What is laid out before anything is priced: the months, a plan for each, and what the book says of each line.

use super::{
    amounts::{product, sum},
    months::{MonthSheet, ServiceMonth, months, question, sheet_for},
    refusal::Refusal,
    sheet::{Facts, Sheet},
    tender::{LegalForm, Subject, Taxpayer, Tender},
};
use crate::{
    engine::{Dates, Question, SlotId},
    quantity::{Exact, Rounding},
    rulebook::{Book, Member},
};
use std::cell::RefCell;

/// The names of the book that a price uses besides the packages' own figures.
const LINE: &str = "quote.lines.line";
const GROUP: &str = "quote.lines.group";
const INSURANCE: &str = "social.line";
const ITEM: &str = "labour.pay_items.item";

/// What the book says of a line.
#[derive(Debug, Clone)]
pub(super) struct LineRule {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) group: String,
    pub(super) direct: bool,
    /// Whether a dispatch deal may take it off the price before tax.
    pub(super) passed_on: bool,
}

/// The place, the months and the plans of a price.
pub(super) struct Desk<'b> {
    pub(super) book: &'b Book,
    pub(super) place: String,
    pub(super) months: Vec<ServiceMonth>,
    /// The sum of the months' shares: twelve for a year.
    pub(super) month_sum: Exact,
    /// `quote.month` for each month.
    pub(super) rules: Vec<MonthSheet<'b>>,
    /// `quote.tax` for each month.
    pub(super) taxes: Vec<MonthSheet<'b>>,
    /// `quote.price`.
    pub(super) price: Sheet<'b>,
    /// `quote.rota`.
    pub(super) rota: Sheet<'b>,
    /// `quote.post`.
    pub(super) post: Sheet<'b>,
    /// `quote.offer`.
    pub(super) offer: Sheet<'b>,
    /// Months of pay that an end of the relation with the service would cost.
    pub(super) severance_months: Exact,
    pub(super) lines: Vec<LineRule>,
    pub(super) groups: Vec<(String, String)>,
    /// Insurance lines, by id.
    pub(super) insurance: Vec<String>,
    /// Pay items that are lines of a price, by id and name.
    pub(super) items: Vec<(String, String)>,
    pub(super) rounding: Rounding,
    pub(super) rounding_up: Rounding,
    /// Working days of a year in law.
    pub(super) work_days: Exact,
    /// The question that price, rota and offer are asked on.
    pub(super) question: Question,
    /// What was read of the months, so that the price can say what it rests on: the month, and the slot.
    read: RefCell<Vec<(usize, SlotId)>>,
}

impl<'b> Desk<'b> {
    /// Lays out the months of a tender at a place.
    pub(super) fn new(book: &'b Book, tender: &Tender, place: &str) -> Result<Self, Refusal> {
        let months = months(book, tender.from, tender.to)?;
        let Some(first) = months.first() else { return Err(Refusal::facts("服务期", "没有一个月")) };
        let ask = question(place, tender.known_at, tender.opening);
        let question = ask(first.first, first.last);
        let ids = |set: &str| members(book, set);
        let lines = ids(LINE)?;
        let insurance: Vec<String> = ids(INSURANCE)?.iter().map(|member| member.id.clone()).collect();
        let items: Vec<(String, String)> = ids(ITEM)?
            .iter()
            .filter(|item| lines.iter().any(|line| line.id == item.id))
            .map(|item| (item.id.clone(), item.name.clone()))
            .collect();

        let price = Sheet::new(book, "quote.price.profit", question.clone(), price_cells(lines))?;
        let rota = Sheet::new(book, "quote.rota.needed", question.clone(), rota_cells())?;
        let post = Sheet::new(book, "quote.post.shortfall", question.clone(), post_cells())?;
        let groups: Vec<(String, String)> =
            ids(GROUP)?.iter().map(|group| (group.id.clone(), group.name.clone())).collect();
        let offer = Sheet::new(book, "quote.offer.floor_allowed", question.clone(), offer_cells(lines, &groups))?;

        let (rounding, rounding_up, lines) = {
            let mut said = price.with(&Facts::default())?;
            let mut rules = Vec::new();
            for line in lines {
                let group = said.choice(&format!("quote.lines.in_group[{}]", line.id))?;
                rules.push(LineRule {
                    id: line.id.clone(),
                    name: line.name.clone(),
                    group: groups.get(group).map(|(id, _)| id.clone()).unwrap_or_default(),
                    direct: said.is(&format!("quote.lines.direct[{}]", line.id))?,
                    passed_on: said.is(&format!("quote.lines.passed_on[{}]", line.id))?,
                });
            }
            (said.rounding("quote.price.rounding")?, said.rounding("quote.price.rounding_up")?, rules)
        };
        let month_ids = month_cells(&insurance, &items);
        let probe_facts = probe_of_month(book, tender, &items)?;
        let probe = |sheet: &Sheet<'b>| probe_month(sheet, &probe_facts, &insurance);
        let rules = months
            .iter()
            .map(|month| sheet_for(book, month, &ask, ("quote.month.holiday_pay", &month_ids), probe))
            .collect::<Result<Vec<_>, _>>()?;
        let tax_ids = tax_cells();
        let tax_facts = tax_facts(book, tender)?;
        let tax_probe = |sheet: &Sheet<'b>| {
            let facts = tax_facts
                .clone()
                .number("quote.tax.price", 1_000)
                .number("quote.tax.passed_on", Exact::ZERO)
                .number("quote.tax.months", 1);
            let mut said = sheet.with(&facts)?;
            said.number("quote.tax.vat")?;
            said.number("quote.tax.rate")?;
            said.number("quote.tax.surcharges").map(|_| ())
        };
        let taxes = months
            .iter()
            .map(|month| sheet_for(book, month, &ask, ("quote.tax.vat", &tax_ids), tax_probe))
            .collect::<Result<Vec<_>, _>>()?;
        let severance = texts(["labour.severance.months", "labour.severance.start", "labour.severance.end"]);
        let severance = Sheet::new(book, "labour.severance.months", question.clone(), severance)?;
        let term = Facts::default().date("labour.severance.start", tender.from).date("labour.severance.end", tender.to);
        let severance_months = severance.with(&term)?.number("labour.severance.months")?;
        let work_days = rota.with(&Facts::default())?.number("labour.hours.work_days_of_year")?;
        let month_sum = sum(months.iter().map(|month| month.share))?;
        Ok(Self {
            book,
            place: place.to_owned(),
            months,
            month_sum,
            rules,
            taxes,
            price,
            rota,
            post,
            offer,
            severance_months,
            lines,
            groups,
            insurance,
            items,
            rounding,
            rounding_up,
            work_days,
            question,
            read: RefCell::new(Vec::new()),
        })
    }

    /// The twelfth of a yearly amount for each month of the service, summed: an amount of one year for all of it.
    pub(super) fn years(&self) -> Result<Exact, Refusal> {
        Ok(self.month_sum.div(Exact::from(12))?)
    }

    /// Whether the tender's word for a line or its group holds.
    pub(super) fn kind(&self, tender: &Tender, line: &LineRule) -> super::Kind {
        tender.kinds.get(&line.id).or_else(|| tender.kinds.get(&line.group)).copied().unwrap_or_default()
    }

    /// The rules of a month were read in these cells.
    pub(super) fn note(&self, month: usize, slots: impl IntoIterator<Item = SlotId>) {
        self.read.borrow_mut().extend(slots.into_iter().map(|slot| (month, slot)));
    }

    /// Nothing was read yet: what was tried on the way to a solution is no part of the price.
    pub(super) fn forget(&self) {
        self.read.borrow_mut().clear();
    }

    /// The question with every clock on the day on which bids are opened.
    pub(super) fn question_of_opening(&self) -> Question {
        let opening = self.question.dates.signing;
        Question { dates: Dates::all(opening), ..self.question.clone() }
    }

    /// What was read of the months, each cell once, in the order of months and plans.
    pub(super) fn noted(&self) -> Vec<(usize, SlotId)> {
        let mut read = self.read.borrow().clone();
        read.sort_unstable();
        read.dedup();
        read
    }

    /// Persons of a position times months of service.
    pub(super) fn head_months(&self, persons: Exact) -> Result<Exact, Refusal> {
        Ok(product([persons, self.month_sum])?)
    }
}

fn members<'b>(book: &'b Book, set: &str) -> Result<&'b [Member], Refusal> {
    let entry = book.lexicon().find_anywhere(set).map_err(|_| Refusal::Book(set.to_owned()))?;
    Ok(book.lexicon().members(entry))
}

fn texts<const N: usize>(ids: [&str; N]) -> Vec<String> {
    ids.map(str::to_owned).to_vec()
}

fn month_cells(insurance: &[String], items: &[(String, String)]) -> Vec<String> {
    let mut cells = texts([
        "quote.month.average",
        "quote.month.holiday_hours",
        "quote.month.rise",
        "quote.month.holiday_pay",
        "quote.month.fund_base",
        "quote.month.fund_share",
        "quote.month.own",
        "quote.month.standard",
        "quote.month.comparable",
        "quote.month.lowest",
        "quote.month.gap",
        "labour.overtime.monthly_wage",
        "labour.overtime.hour_wage",
        "labour.overtime.rate[holiday]",
        "labour.minimum_wage.monthly",
        "labour.minimum_wage.net_of_own_social",
        "social.industry_class",
        "fund.rate",
        "fund.rate_min",
        "fund.base_floor",
        "fund.base_ceiling",
        "fund.rate_max",
        "fund.rounding",
    ]);
    cells.extend(items.iter().map(|(item, _)| format!("quote.month.pay[{item}]")));
    for line in insurance {
        cells.extend([
            format!("quote.month.contribution[{line},employer]"),
            format!("quote.month.base[{line}]"),
            format!("social.base_floor[{line}]"),
            format!("social.base_ceiling[{line}]"),
            format!("social.effective_rate[{line},employer]"),
            format!("quote.month.flat[{line},employer]"),
            format!("social.rounding[{line},employer]"),
        ]);
    }
    cells
}

fn price_cells(lines: &[Member]) -> Vec<String> {
    let mut cells = texts([
        "quote.price.persons",
        "quote.price.months",
        "quote.price.levy_known",
        "quote.price.management_rate",
        "quote.price.management_unsupervised",
        "quote.price.management_by_hand",
        "quote.price.total",
        "quote.price.vat",
        "quote.price.surcharges",
        "quote.price.severance_months",
        "quote.price.rounding",
        "quote.price.rounding_up",
        "quote.price.wages",
        "quote.price.disability_levy",
        "quote.price.direct",
        "quote.price.management",
        "quote.price.management_base",
        "quote.price.supervised_cost",
        "quote.price.fee_on_supervised",
        "quote.price.cost",
        "quote.price.profit",
        "quote.price.profit_share",
        "quote.price.passed_on",
        "quote.price.severance",
        "levies.union",
        "levies.union_fee",
        "levies.union_rate",
        "levies.staff",
        "levies.disabled",
        "levies.local_ratio",
        "levies.shortfall",
        "levies.payable_share",
    ]);
    for line in lines {
        let of = |value: &str| format!("{value}[{}]", line.id);
        cells.extend(
            [
                "quote.price.amount",
                "quote.price.supervised",
                "quote.lines.in_group",
                "quote.lines.direct",
                "quote.lines.passed_on",
            ]
            .map(of),
        );
    }
    cells
}

fn rota_cells() -> Vec<String> {
    let facts = ["days", "statutory_days", "shifts", "shift_hours", "nights", "months", "leave", "absence", "persons"];
    let more = ["seats", "busiest", "approved", "every_day"];
    let figures = ["ordinary_shifts", "holiday_shifts", "night_shifts", "ordinary_hours", "holiday_hours", "capacity"];
    let needs = ["needed", "one_post", "posts", "for_seats", "shortage", "overtime_each", "month_each"];
    let own = facts.into_iter().chain(more).chain(figures).chain(needs).map(|id| format!("quote.rota.{id}"));
    own.chain(texts(["labour.hours.work_days_of_year", "labour.hours.daily_hours"])).collect()
}

fn post_cells() -> Vec<String> {
    ["gap", "average", "market", "shortfall"].map(|id| format!("quote.post.{id}")).to_vec()
}

fn offer_cells(lines: &[Member], groups: &[(String, String)]) -> Vec<String> {
    let facts = [
        "total",
        "profit",
        "discount",
        "competitive",
        "statutory_floor",
        "tender_floor",
        "floor_price",
        "other_floor_price",
        "unit_price",
        "recomputed",
        "remedy_price",
        "remedy_total",
        "per_head",
        "directed",
        "is_dispatch",
        "licensed",
        "fee_on_supervised",
        "profit_on_supervised",
        "asked_persons",
        "offered_persons",
        "levy_known",
        "severance",
        "with_severance",
        "projected_months",
        "at_risk",
        "floor_allowed",
    ];
    let mut cells: Vec<String> = facts.iter().map(|id| format!("quote.offer.{id}")).collect();
    for line in lines {
        cells.extend(["offered", "expected", "locked"].map(|id| format!("quote.offer.{id}[{}]", line.id)));
    }
    for (group, _) in groups {
        cells.extend(["offered_group", "expected_group"].map(|id| format!("quote.offer.{id}[{group}]")));
    }
    cells
}

fn tax_cells() -> Vec<String> {
    texts([
        "quote.tax.deal",
        "quote.tax.taxpayer",
        "quote.tax.price",
        "quote.tax.passed_on",
        "quote.tax.months",
        "quote.tax.vat",
        "quote.tax.surcharges",
        "quote.tax.deducts",
        "quote.tax.rate",
        "quote.tax.surcharge_rate",
        "vat.dispatch.licensed",
        "vat.dispatch.vouchers",
        "vat.surcharges.location",
        "vat.surcharges.small",
    ])
}

/// Facts of a month that let every cell be asked for.
fn probe_of_month(book: &Book, tender: &Tender, items: &[(String, String)]) -> Result<Facts, Refusal> {
    let facts = Facts::default()
        .number("quote.month.average", 1)
        .number("labour.overtime.monthly_wage", 1)
        .number("fund.rate", tender.bidder.fund_rate)
        .choice(book, "social.industry_class", &tender.bidder.industry_class)?;
    Ok(items.iter().fold(facts, |facts, (item, _)| facts.number(format!("quote.month.pay[{item}]"), Exact::ONE)))
}

fn probe_month(sheet: &Sheet<'_>, facts: &Facts, insurance: &[String]) -> Result<(), Refusal> {
    let mut said = sheet.with(facts)?;
    for line in insurance {
        said.maybe(&format!("quote.month.contribution[{line},employer]"))?;
    }
    for id in
        ["quote.month.fund_share", "quote.month.lowest", "quote.month.gap", "quote.month.holiday_pay", "fund.rate_min"]
    {
        said.number(id)?;
    }
    Ok(())
}

/// What the tender says that taxes depend on.
pub(super) fn tax_facts(book: &Book, tender: &Tender) -> Result<Facts, Refusal> {
    let bidder = &tender.bidder;
    Facts::default()
        .yes("vat.dispatch.licensed", bidder.licensed)
        .yes("vat.dispatch.vouchers", bidder.vouchers)
        .yes("vat.surcharges.small", bidder.small_enterprise)
        .choice(book, "vat.surcharges.location", &bidder.location)?
        .choice(book, "quote.tax.deal", bidder.form.id())?
        .choice(book, "quote.tax.taxpayer", bidder.taxpayer.id())
}

impl Taxpayer {
    /// The member of `vat.rates.kind`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Small => "small",
        }
    }

    /// For people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::General => "一般纳税人",
            Self::Small => "小规模纳税人",
        }
    }
}

impl LegalForm {
    /// The member of `quote.tax.form`, and the package of `vat` that taxes it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Outsourcing => "outsourcing",
            Self::Dispatch => "dispatch",
            Self::HrOutsourcing => "hr_outsourcing",
        }
    }

    /// For people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Outsourcing => "业务外包",
            Self::Dispatch => "劳务派遣",
            Self::HrOutsourcing => "人力资源外包",
        }
    }
}

impl Subject {
    /// The member of `procurement.score.subject`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Goods => "goods",
            Self::Services => "services",
            Self::Consultation => "consultation",
        }
    }
}
