//! Text to a tender: every fault at once, each with its characters and how to mend it.

use super::{
    Bidder, Cost, FloorReading, Kind, LegalForm, ManagementOn, Offer, OfferedLine, Per, Position, Profit, ProfitOn,
    Quoted, RequiredLine, RivalBid, Rota, ScenarioChange, Shift, Subject, Taxpayer, Tender, TenderFault, shape,
};
use crate::{
    engine::Question,
    quantity::{Count, Hours, Money, NumberError, Rate},
    quote::{
        lines::MANAGEMENT,
        refusal::Refusal,
        sheet::{Facts, Sheet},
    },
    rulebook::{Book, Diagnostic, EntryId, FileId, Located, Sources, parse, row::Row},
};
use std::collections::{BTreeMap, BTreeSet};

/// Names of the book that a tender file uses.
const LINE: &str = "quote.lines.line";
const GROUP: &str = "quote.lines.group";
const PAY_ITEM: &str = "labour.pay_items.item";
const INDUSTRY_CLASS: &str = "social.class";
/// Whether the book reckons overtime from a pay item, which holds where nobody says.
const OVERTIME_BASE: &str = "labour.pay_items.overtime_base";
/// Lines that follow from others, which nobody writes by hand.
const FOLLOWING: [&str; 5] = ["union_fee", "disability_levy", "profit", "vat", "surcharges"];
/// The pay item that a rota's allowances make, and the one that is given for a year.
const BY_ROTA: &str = "night";
const BY_YEAR: &str = "bonus";

impl Tender {
    /// Reads a tender file. `path` is only what the file is called in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it, with places.
    pub fn read(book: &Book, path: &str, text: &str) -> Result<Self, TenderFault> {
        let sources = Sources::new([(path.to_owned(), text.to_owned())].into());
        let mut diagnostics = Vec::new();
        let tender = {
            let table = parse(&sources, FileId::FIRST, &mut diagnostics);
            let row = Row::new(FileId::FIRST, table.get_ref());
            if diagnostics.is_empty() {
                row.examine(&shape::FILE, &mut diagnostics);
            }
            if diagnostics.iter().any(|one| one.code == "toml") {
                None
            } else {
                Reader { book, sink: &mut diagnostics }.tender(row)
            }
        };
        match tender {
            Some(tender) if diagnostics.is_empty() => Ok(tender),
            _ => Err(TenderFault { sources, diagnostics }),
        }
    }
}

struct Reader<'b, 's> {
    book: &'b Book,
    sink: &'s mut Vec<Diagnostic>,
}

impl Reader<'_, '_> {
    /// The tender; none where what it cannot do without was reported as missing.
    fn tender(&mut self, file: Row<'_>) -> Option<Tender> {
        let bidder = file.table("bidder").map(|row| self.bidder(row));
        // Only where somebody leaves it to the book need the book have it.
        let left = file.tables("position").iter().any(|row| !row.has("overtime_items"));
        let overtime_items = if left { self.overtime_items(file) } else { Vec::new() };
        let positions: Vec<Position> =
            file.tables("position").into_iter().filter_map(|row| self.position(row, &overtime_items)).collect();
        self.named_once(file, "position", "岗位");
        self.named_once(file, "rival", "投标人");
        self.named_once(file, "scenario", "情形");
        let required = file.tables("required").into_iter().filter_map(|row| self.required(row)).collect();
        let costs = file.tables("cost").into_iter().filter_map(|row| self.cost(row)).collect();
        let offer = file.table("offer").map(|row| self.offer(row));
        let rivals = file.tables("rival").into_iter().filter_map(|row| self.rival(row)).collect();
        let scenarios = file.tables("scenario").into_iter().filter_map(|row| self.scenario(row)).collect();
        let row = file.table("tender")?;
        let place = self.place(row);
        let kinds = self.kinds(row);
        let (from, to) = (row.date("from"), row.date("to"));
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            let report = Diagnostic::error("dates", row.place_of("to"), "服务期最后一天早于第一天", "应不早于第一天");
            self.sink.push(report.with(row.place_of("from"), "第一天"));
        }
        let (from, to) = (from?, to?);
        if positions.is_empty() && file.has("position") {
            return None;
        }
        Some(Tender {
            title: row.string("title")?,
            purchaser: row.string("purchaser").unwrap_or_default(),
            place: place?,
            from,
            to,
            opening: row.date("opening").unwrap_or(from),
            known_at: row.date("known_at"),
            persons: self.count(row, "persons"),
            seats: self.count(row, "seats"),
            ceiling: self.money(row, "ceiling"),
            budget: self.money(row, "budget"),
            floor: self.money(row, "floor"),
            floor_reading: match row.string("floor_reading").as_deref() {
                Some("cost") => FloorReading::Cost,
                _ => FloorReading::Price,
            },
            weight: self.share(row, "weight"),
            subject: match row.string("subject").as_deref() {
                Some("goods") => Subject::Goods,
                Some("consultation") => Subject::Consultation,
                _ => Subject::Services,
            },
            fixed_price: row.flag("fixed_price"),
            directed: row.flag("directed"),
            fee_on_supervised: row.flag("fee_on_supervised"),
            kinds,
            required,
            bidder: bidder?,
            positions,
            costs,
            offer: offer?,
            rivals,
            scenarios,
            rise: self.rate(row, "rise"),
        })
    }

    // ---- sections

    fn bidder(&mut self, row: Row<'_>) -> Bidder {
        // What must be there and is not was reported; what stands in for it here is never priced.
        let class = row.text("industry_class");
        let class = class.and_then(|written| self.member(INDUSTRY_CLASS, &written, "工伤风险类别")).unwrap_or_default();
        Bidder {
            name: row.string("name").unwrap_or_default(),
            taxpayer: taxpayer(row).unwrap_or(Taxpayer::General),
            form: form(row).unwrap_or(LegalForm::Outsourcing),
            licensed: row.flag("licensed"),
            vouchers: row.flag_or("vouchers", true),
            small_enterprise: row.flag("small_enterprise"),
            location: row.string("location").unwrap_or_else(|| "city".to_owned()),
            union: row.flag_or("union", true),
            staff: self.positive_count(row, "staff"),
            disabled: self.count(row, "disabled").unwrap_or_default(),
            disability_ratio: self.share(row, "disability_ratio"),
            fund_rate: self.share(row, "fund_rate").unwrap_or_default(),
            industry_class: class,
        }
    }

    /// The pay items that overtime is reckoned from on the first day of service, as the book has it.
    fn overtime_items(&mut self, file: Row<'_>) -> Vec<String> {
        let Some((row, from)) = file.table("tender").and_then(|row| Some((row, row.date("from")?))) else {
            return Vec::new();
        };
        let question = Question::simple(from, row.date("known_at"), None, self.book.regions());
        let cells: Vec<(String, String)> =
            self.ids(PAY_ITEM).into_iter().map(|item| (format!("{OVERTIME_BASE}[{item}]"), item)).collect();
        let counted = || -> Result<Vec<String>, Refusal> {
            let sheet = Sheet::new(self.book, PAY_ITEM, question, cells.iter().map(|(cell, _)| cell.clone()))?;
            let mut said = sheet.with(&Facts::default())?;
            let mut items = Vec::new();
            for (cell, item) in &cells {
                if said.is(cell)? {
                    items.push(item.clone());
                }
            }
            Ok(items)
        };
        counted().unwrap_or_else(|refusal| {
            let report = Diagnostic::error("coverage", row.place_of("from"), refusal.to_string(), "服务期从这一天起");
            self.sink.push(report.help("每个岗位写明 overtime_items，或者核对服务期"));
            Vec::new()
        })
    }

    fn position(&mut self, row: Row<'_>, overtime_items: &[String]) -> Option<Position> {
        let known: BTreeSet<&str> = shape::section("position")
            .into_iter()
            .flat_map(|(_, shape)| shape.keys.iter().map(|key| key.name))
            .collect();
        let mut pay = BTreeMap::new();
        for (key, _) in row.keys_of(row.table) {
            if known.contains(key.value.as_str()) {
                continue;
            }
            if key.value == BY_ROTA || key.value == BY_YEAR {
                let (word, instead) = if key.value == BY_ROTA {
                    ("夜班津贴", "rota.shifts 的 allowance")
                } else {
                    ("奖金", "yearly_bonus")
                };
                let message = format!("{word}不按月填写");
                let report = Diagnostic::error("pay-item", key.place, message, "写错了地方");
                self.sink.push(report.help(format!("写在 {instead} 里")));
                continue;
            }
            let item = self.known(PAY_ITEM, &key.value).filter(|item| self.known(LINE, item).is_some());
            match item {
                Some(item) => {
                    if let Some(amount) = self.money(row, &key.value) {
                        pay.insert(item, amount);
                    }
                }
                None => {
                    let items = self.ids(PAY_ITEM);
                    let words = known.iter().copied().chain(items.iter().map(String::as_str));
                    let listed = format!("可用的键：{}", words.clone().collect::<Vec<_>>().join("、"));
                    let message = format!("岗位没有「{}」这个键，工资项目里也没有", key.value);
                    let report = Diagnostic::error("unknown-key", key.place, message, listed);
                    self.sink.push(report.suggest(&key.value, words, "删去它，或改成可用的键"));
                }
            }
        }
        if pay.is_empty() {
            let report = Diagnostic::error("missing-key", row.place, "岗位没有写月工资", "这里");
            self.sink.push(report.help("写上 base = \"…\"（基本工资，元/月），必要时还有 performance 等"));
        }
        let overtime_items = match row.texts("overtime_items") {
            Some(items) => items.iter().filter_map(|written| self.member(PAY_ITEM, written, "工资项目")).collect(),
            None => overtime_items.to_vec(),
        };
        Some(Position {
            name: row.string("name")?,
            persons: self.positive_count(row, "persons")?,
            pay,
            yearly_bonus: self.money(row, "yearly_bonus").unwrap_or_default(),
            overtime_items,
            rota: row.table("rota").map(|row| self.rota(row)),
            market_pay: self.money(row, "market_pay"),
            requires: row.string("requires"),
        })
    }

    fn rota(&mut self, row: Row<'_>) -> Rota {
        let shifts = row.tables("shifts").into_iter().filter_map(|row| {
            Some(Shift {
                name: row.string("name")?,
                count: self.positive_count(row, "count")?,
                hours: self.hours(row, "hours")?,
                allowance: self.money(row, "allowance").unwrap_or_default(),
                night: row.flag("night"),
            })
        });
        Rota {
            shifts: shifts.collect(),
            every_day: row.flag_or("every_day", true),
            approved: row.flag("approved"),
            absence: self.share(row, "absence").unwrap_or_default(),
            annual_leave_days: self.count(row, "annual_leave_days").unwrap_or_default(),
        }
    }

    fn required(&mut self, row: Row<'_>) -> Option<RequiredLine> {
        let line = self.line_or_group(&row.text("line")?)?;
        Some(RequiredLine { line, amount: self.money(row, "amount")? })
    }

    fn cost(&mut self, row: Row<'_>) -> Option<Cost> {
        let written = row.text("line")?;
        let line = self.member(LINE, &written, "报价项目");
        if line.as_deref().is_some_and(|line| FOLLOWING.contains(&line) || line == MANAGEMENT) {
            let message = format!("「{}」由其他项目推出，不能写作费用", written.value);
            self.sink.push(Diagnostic::error("cost-line", written.place, message, "删去这一项"));
            return None;
        }
        let per = match row.string("per")?.as_str() {
            "head_month" => Per::HeadMonth,
            "head_year" => Per::HeadYear,
            "head" => Per::Head,
            "head_workday" => Per::HeadWorkday,
            "month" => Per::Month,
            "once" => Per::Once,
            _ => return None,
        };
        Some(Cost {
            line: line?,
            what: row.string("what"),
            each: self.money(row, "each")?,
            per,
            count: match row.has("count") {
                true => self.count(row, "count")?,
                false => Count::parse("1").ok()?,
            },
        })
    }

    fn offer(&mut self, row: Row<'_>) -> Offer {
        let lines = row.tables("lines").into_iter().filter_map(|row| {
            let written = row.text("line")?;
            let line = self.member(LINE, &written, "报价项目")?;
            if FOLLOWING.contains(&line.as_str()) {
                let message = format!("「{}」由其他项目推出，不能手工填写", written.value);
                self.sink.push(Diagnostic::error("by-hand", written.place, message, "删去这一项"));
                return None;
            }
            Some(OfferedLine { line, amount: self.money(row, "amount")? })
        });
        let lines = lines.collect();
        let offer = Offer {
            quoted: match row.string("quoted").as_deref() {
                Some("head_year") => Quoted::HeadYear,
                Some("head_month") => Quoted::HeadMonth,
                Some("month") => Quoted::Month,
                _ => Quoted::Item,
            },
            management: self.share(row, "management").unwrap_or_default(),
            management_on: match row.string("management_on").as_deref() {
                Some("unsupervised") => ManagementOn::Unsupervised,
                _ => ManagementOn::Direct,
            },
            total: self.money(row, "total"),
            profit: self.profit(row),
            discount: self.money(row, "discount").unwrap_or_default(),
            lines,
            opening_total: self.money(row, "opening_total"),
            opening_capitals: row.string("opening_capitals"),
            severance: row.flag("severance"),
        };
        if offer.total.is_none() && offer.profit.is_none() && !row.has("total") && !row.has("profit") {
            let report = Diagnostic::error("missing-key", row.place, "既没有写投标总价，也没有写利润率", "这里");
            self.sink.push(report.help("写 total = \"…\"（利润为余额），或 profit = \"2%\"（据以定价）"));
        }
        offer
    }

    fn rival(&mut self, row: Row<'_>) -> Option<RivalBid> {
        let preference = self.share(row, "preference").unwrap_or_default();
        Some(RivalBid { name: row.string("name")?, price: self.money(row, "price")?, preference })
    }

    fn scenario(&mut self, row: Row<'_>) -> Option<ScenarioChange> {
        Some(ScenarioChange {
            name: row.string("name")?,
            taxpayer: taxpayer(row),
            form: form(row),
            place: if row.has("place") { self.place(row) } else { None },
            raise: self.rate(row, "raise"),
            persons: self.positive_count(row, "persons"),
            profit: self.profit(row),
        })
    }

    fn profit(&mut self, row: Row<'_>) -> Option<Profit> {
        let on = match row.string("profit_on").as_deref() {
            Some("cost") => ProfitOn::Cost,
            _ => ProfitOn::Price,
        };
        self.share(row, "profit").map(|rate| Profit { rate, on })
    }

    fn kinds(&mut self, row: Row<'_>) -> BTreeMap<String, Kind> {
        let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
        for key in ["locked", "supervised", "competitive"] {
            for written in row.texts(key).unwrap_or_default() {
                let Some(id) = self.line_or_group(&written) else { continue };
                let kind = kinds.entry(id).or_default();
                match key {
                    "locked" => kind.locked = true,
                    "supervised" => kind.supervised = true,
                    _ => kind.competitive = true,
                }
                if kind.locked && kind.competitive {
                    let message = format!("「{}」既不可竞争又可竞争", written.value);
                    self.sink.push(Diagnostic::error(
                        "kind",
                        written.place,
                        message,
                        "只能在 locked、competitive 之一",
                    ));
                }
            }
        }
        kinds
    }

    // ---- names of the book

    fn set(&self, id: &str) -> Option<EntryId> {
        self.book.lexicon().find_anywhere(id).ok()
    }

    fn ids(&self, set: &str) -> Vec<String> {
        let members = self.set(set).map(|set| self.book.lexicon().members(set)).unwrap_or_default();
        members.iter().map(|member| member.id.clone()).collect()
    }

    /// The id of a member that is written by id or name.
    fn known(&self, set: &str, written: &str) -> Option<String> {
        let set = self.set(set)?;
        let at = self.book.lexicon().member(set, written)?;
        self.book.lexicon().members(set).get(at).map(|member| member.id.clone())
    }

    fn member(&mut self, set: &str, written: &Located<String>, what: &str) -> Option<String> {
        let found = self.known(set, &written.value);
        if found.is_none() {
            self.unknown_member(&[set], written, what);
        }
        found
    }

    fn line_or_group(&mut self, written: &Located<String>) -> Option<String> {
        let found = self.known(LINE, &written.value).or_else(|| self.known(GROUP, &written.value));
        if found.is_none() {
            self.unknown_member(&[LINE, GROUP], written, "报价项目或费用组");
        }
        found
    }

    fn unknown_member(&mut self, sets: &[&str], written: &Located<String>, what: &str) {
        let ids: Vec<String> = sets.iter().flat_map(|set| self.ids(set)).collect();
        let message = format!("没有名为「{}」的{what}", written.value);
        let all = format!("可选：{}", ids.join("、"));
        let report = Diagnostic::error("unknown-name", written.place, message, "写错了");
        self.sink.push(report.suggest(&written.value, ids.iter().map(String::as_str), &all));
    }

    fn place(&mut self, row: Row<'_>) -> Option<String> {
        let written = row.text("place")?;
        match self.book.regions().find(&written.value) {
            Ok(code) => Some(code.to_owned()),
            Err(error) => {
                let report = Diagnostic::error("region", written.place, error.to_string(), "应为地区的名称或代码");
                self.sink.push(report);
                None
            }
        }
    }

    fn named_once(&mut self, file: Row<'_>, section: &str, what: &str) {
        let mut seen: BTreeMap<String, Located<String>> = BTreeMap::new();
        for name in file.tables(section).into_iter().filter_map(|row| row.text("name")) {
            if let Some(first) = seen.insert(name.value.clone(), name.clone()) {
                let message = format!("{what}「{}」写了两次", name.value);
                let report = Diagnostic::error("named-twice", name.place, message, "第二次");
                self.sink.push(report.with(first.place, "第一次"));
            }
        }
    }

    // ---- numbers

    fn number<T>(&mut self, row: Row<'_>, key: &str, read: impl Fn(&str) -> Result<T, NumberError>) -> Option<T> {
        let written = row.text(key)?;
        match read(&written.value) {
            Ok(value) => Some(value),
            Err(error) => {
                self.sink.push(Diagnostic::error("number", written.place, error.to_string(), "读不懂的数"));
                None
            }
        }
    }

    fn bounded<T: PartialOrd>(
        &mut self,
        row: Row<'_>,
        key: &str,
        value: Option<T>,
        holds: impl Fn(&T) -> bool,
        expected: &str,
    ) -> Option<T> {
        let value = value?;
        if !holds(&value) {
            let report = Diagnostic::error("range", row.place_of(key), "这个数不在范围内", expected.to_owned());
            self.sink.push(report);
            return None;
        }
        Some(value)
    }

    /// An amount of nought or more.
    fn money(&mut self, row: Row<'_>, key: &str) -> Option<Money> {
        let amount = self.number(row, key, Money::parse);
        self.bounded(row, key, amount, |amount| *amount >= Money::ZERO, "应不小于 0 元")
    }

    fn count(&mut self, row: Row<'_>, key: &str) -> Option<Count> {
        let count = self.number(row, key, Count::parse);
        self.bounded(row, key, count, |count| *count >= Count::default(), "应不小于 0")
    }

    fn positive_count(&mut self, row: Row<'_>, key: &str) -> Option<Count> {
        let count = self.number(row, key, Count::parse);
        self.bounded(row, key, count, |count| *count > Count::default(), "应大于 0")
    }

    fn hours(&mut self, row: Row<'_>, key: &str) -> Option<Hours> {
        let hours = self.number(row, key, Hours::parse);
        let day = Hours::from_decimal(24.into()).ok()?;
        self.bounded(row, key, hours, |hours| *hours > Hours::default() && *hours <= day, "应大于 0、不大于 24 小时")
    }

    /// A ratio from 0 to 100 %.
    fn share(&mut self, row: Row<'_>, key: &str) -> Option<Rate> {
        let rate = self.number(row, key, Rate::parse);
        let whole = Rate::from_decimal(1.into()).ok()?;
        self.bounded(row, key, rate, |rate| *rate >= Rate::default() && *rate <= whole, "应在 0% 至 100% 之间")
    }

    /// A ratio of nought or more.
    fn rate(&mut self, row: Row<'_>, key: &str) -> Option<Rate> {
        let rate = self.number(row, key, Rate::parse);
        self.bounded(row, key, rate, |rate| *rate >= Rate::default(), "应不小于 0%")
    }
}

fn taxpayer(row: Row<'_>) -> Option<Taxpayer> {
    match row.string("taxpayer").as_deref() {
        Some("general") => Some(Taxpayer::General),
        Some("small") => Some(Taxpayer::Small),
        _ => None,
    }
}

fn form(row: Row<'_>) -> Option<LegalForm> {
    match row.string("form").as_deref() {
        Some("outsourcing") => Some(LegalForm::Outsourcing),
        Some("dispatch") => Some(LegalForm::Dispatch),
        Some("hr_outsourcing") => Some(LegalForm::HrOutsourcing),
        _ => None,
    }
}
