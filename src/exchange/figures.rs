//! Everything that is known of a person's month, each thing under a key and a heading: what the layouts of filings take
//! from, and what `figures.csv` holds in full.

use super::{
    roster::holder,
    summary::Paid,
    workbook::{Cell, Kind, Sheet},
};
use crate::{
    payroll::{Contribution, Line, Slip, TaxBlock, Worker},
    quantity::{ArithmeticError, Exact, Money},
    rulebook::nearest,
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// One thing that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// How layouts name it: `net`, `line.pension_employee`.
    pub key: String,
    /// How people name it: 实发工资.
    pub heading: String,
    /// What it is.
    pub cell: Cell,
}

/// A person's month, in a fixed order, no key twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    figures: Vec<Figure>,
    /// Insurance lines, both sides, for layouts with a row for each.
    pub(super) insurance: Vec<Contributed>,
}

/// One side of a line as a declaration lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contributed {
    /// 基本养老保险（个人）.
    pub(super) title: String,
    /// `line.base`, `line.rate`, `line.amount`.
    pub(super) cells: BTreeMap<&'static str, Cell>,
}

/// What the row of an insurance line has besides the person's keys.
pub(super) const LINE_KEYS: [&str; 4] = ["line.title", "line.base", "line.rate", "line.amount"];

/// The keys that everybody has. Earnings (`earning.base`), lines (`line.pension_employee`), what is paid on a line for earlier
/// months (`arrear.pension_employee`) and the tax client's deductions (`client.累计子女教育`) come besides.
pub(super) const KEYS: [&str; 48] = [
    "period",
    "paid_on",
    "number",
    "name",
    "id_kind",
    "id_number",
    "nationality",
    "sex",
    "birth_date",
    "payer",
    "engagement",
    "relation",
    "post",
    "department",
    "project",
    "insured_at",
    "fund_at",
    "works_at",
    "hired",
    "bank_account",
    "method",
    "paper",
    "gross",
    "taxed",
    "insurance_employee",
    "insurance_employer",
    "fund_base",
    "fund_total",
    "own_total",
    "tax",
    "other_deduction",
    "loss",
    "net",
    "employer_cost",
    "tax.months",
    "tax.income",
    "tax.exempt",
    "tax.basic",
    "tax.special",
    "tax.additional",
    "tax.other",
    "tax.taxable",
    "tax.rate",
    "tax.quick",
    "tax.payable",
    "tax.relief",
    "tax.withheld",
    "findings",
];

impl Figures {
    /// What is known of a person of a run.
    ///
    /// # Errors
    /// Sums beyond what money can hold.
    pub fn of(paid: &Paid<'_>, month: &str, paid_on: NaiveDate) -> Result<Self, ArithmeticError> {
        let insurance = paid.slip.contributions.iter().filter(|one| !one.line.id.starts_with(FUND)).map(contributed);
        let mut made = Self { figures: Vec::new(), insurance: insurance.collect() };
        made.text("period", "所属月份", month);
        made.put("paid_on", "支付日", Cell::date(paid_on));
        made.worker(paid.worker);
        made.pay(paid.slip)?;
        made.tax_to_date(&paid.slip.tax_block);
        for (name, amount) in paid.client {
            made.money(format!("client.{name}"), format!("报税：{name}"), *amount);
        }
        let messages: Vec<&str> = paid.slip.findings.iter().map(|finding| finding.message.as_str()).collect();
        made.text(FINDINGS, "提示", &messages.join(" "));
        Ok(made)
    }

    /// The thing under a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Cell> {
        self.figures.iter().find(|figure| figure.key == key).map(|figure| &figure.cell)
    }

    /// Adds a later payment: amounts of the period are summed; what is to date is that of the later one, except for what
    /// was withheld before the run.
    fn add(&mut self, later: &Self) -> Result<(), ArithmeticError> {
        for figure in &later.figures {
            let Some(found) = self.figures.iter_mut().find(|one| one.key == figure.key) else {
                self.figures.push(figure.clone());
                continue;
            };
            if figure.key == WITHHELD {
                continue;
            }
            let to_date = figure.key.starts_with("tax.") || figure.key.starts_with("client.累计");
            match (&mut found.cell, &figure.cell) {
                (Cell::Money(sum), Cell::Money(more)) if !to_date && figure.key != FUND_BASE => {
                    *sum = sum.add(*more)?
                }
                (Cell::Text(said), Cell::Text(more)) if figure.key == FINDINGS && !more.is_empty() => {
                    *said = [said.as_str(), more].join(" ").trim().to_owned();
                }
                (cell, later) if to_date || *cell == Cell::Blank || *cell == Cell::Money(Money::ZERO) => {
                    *cell = later.clone();
                }
                _ => {}
            }
        }
        for one in later.insurance.iter().filter(|one| !one.is_nothing()) {
            match self.insurance.iter_mut().find(|found| found.title == one.title && found.is_nothing()) {
                Some(found) => *found = one.clone(),
                None => self.insurance.push(one.clone()),
            }
        }
        Ok(())
    }

    /// All of it, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Figure> {
        self.figures.iter()
    }

    fn put(&mut self, key: impl Into<String>, heading: impl Into<String>, cell: Cell) {
        self.figures.push(Figure { key: key.into(), heading: heading.into(), cell });
    }

    fn text(&mut self, key: &str, heading: &str, text: &str) {
        self.put(key, heading, Cell::text(text));
    }

    fn money(&mut self, key: impl Into<String>, heading: impl Into<String>, amount: Money) {
        self.put(key, heading, Cell::Money(amount));
    }

    fn worker(&mut self, worker: &Worker) {
        for (key, heading, text) in [
            ("number", "工号", &worker.number),
            ("name", "姓名", &worker.name),
            ("id_kind", "证件类型", &worker.id_kind),
            ("id_number", "证件号码", &worker.id_number),
        ] {
            self.text(key, heading, text);
        }
        let holder = holder(&worker.id_kind, &worker.id_number);
        self.put("nationality", "国籍(地区)", Cell::maybe(holder.nationality.as_ref()));
        self.text("sex", "性别", holder.sex.unwrap_or_default());
        self.put("birth_date", "出生日期", holder.born.map_or(Cell::Blank, Cell::date));
        self.text("relation", "法律关系", &worker.relation);
        for (key, heading, text) in [
            ("payer", "扣缴义务人", &worker.payer),
            ("engagement", "用工形式", &worker.engagement),
            ("post", "岗位", &worker.post),
            ("department", "部门", &worker.department),
            ("project", "项目", &worker.project),
            ("insured_at", "参保地", &worker.insured_at),
            ("fund_at", "公积金缴存地", &worker.fund_at),
            ("works_at", "工作地", &worker.works_at),
        ] {
            self.text(key, heading, text);
        }
        self.put("hired", "任职受雇日期", Cell::date(worker.hired));
        self.text("bank_account", "银行账号", &worker.bank_account);
    }

    fn pay(&mut self, slip: &Slip) -> Result<(), ArithmeticError> {
        self.text("method", "计税方法", &slip.method);
        self.text("paper", "单据", &slip.paper.name);
        for earning in &slip.earnings {
            self.money(format!("earning.{}", earning.id), &earning.name, earning.amount);
        }
        self.money("gross", "应发工资", slip.gross);
        self.money("taxed", "应税收入", slip.taxed);
        for contribution in &slip.contributions {
            let line = &contribution.line;
            self.money(format!("line.{}", line.id), title(line), line.amount);
        }
        let mut arrears: BTreeMap<&str, (String, Money)> = BTreeMap::new();
        for line in slip.arrears.iter().map(|one| &one.line) {
            let (_, sum) = arrears.entry(&line.id).or_insert_with(|| (format!("{}补差", title(line)), Money::ZERO));
            *sum = sum.add(line.amount)?;
        }
        for (id, (heading, sum)) in arrears {
            self.money(format!("arrear.{id}"), heading, sum);
        }
        let fund_base = slip.contributions.iter().find(|one| one.line.id.starts_with(FUND)).map(|one| amount(one.base));
        self.put(FUND_BASE, "住房公积金缴存基数", fund_base.unwrap_or(Cell::Blank));
        let side = |payer: &str, fund: bool| {
            // What is paid for earlier months is owed to the same bureau.
            let all = slip.lines().chain(slip.arrears.iter().map(|one| &one.line));
            let lines = all.filter(|line| line.payer == payer && line.id.starts_with(FUND) == fund);
            Money::sum(lines.map(|line| line.amount))
        };
        self.money("insurance_employee", "社会保险费（个人合计）", side("employee", false)?);
        self.money("insurance_employer", "社会保险费（单位合计）", side("employer", false)?);
        self.money("fund_total", "住房公积金（合计）", side("employee", true)?.add(side("employer", true)?)?);
        self.money("own_total", "个人缴费合计", slip.own_total);
        self.money("tax", "个人所得税", slip.tax);
        self.money("other_deduction", "其他扣款", slip.other_deduction);
        self.money("loss", "赔偿损失扣款", slip.loss);
        self.money("net", "实发工资", slip.net);
        self.money("employer_cost", "用人单位成本", slip.employer_cost);
        Ok(())
    }

    fn tax_to_date(&mut self, tax: &TaxBlock) {
        self.text("tax.months", "任职受雇月份数", &tax.months);
        for (key, heading, amount) in [
            ("tax.income", "累计收入", tax.income),
            ("tax.exempt", "累计免税收入", tax.exempt),
            ("tax.basic", "累计减除费用", tax.basic),
            ("tax.special", "累计专项扣除", tax.special),
            ("tax.additional", "累计专项附加扣除", tax.additional),
            ("tax.other", "累计其他扣除", tax.other),
            ("tax.taxable", "累计应纳税所得额", tax.taxable),
        ] {
            self.money(key, heading, amount);
        }
        self.text("tax.rate", "税率", &tax.rate);
        for (key, heading, amount) in [
            ("tax.quick", "速算扣除数", tax.quick),
            ("tax.payable", "累计应扣缴税额", tax.payable),
            ("tax.relief", "累计减免税额", tax.relief),
            (WITHHELD, "累计已缴税额", tax.withheld),
        ] {
            self.money(key, heading, amount);
        }
    }
}

const FUND_BASE: &str = "fund_base";
const FINDINGS: &str = "findings";
const WITHHELD: &str = "tax.withheld";

/// How the ids of the fund's lines begin.
const FUND: &str = "housing_fund_";

impl Contributed {
    /// Whether nothing is contributed.
    fn is_nothing(&self) -> bool {
        self.cells.get("line.amount") == Some(&Cell::Money(Money::ZERO))
    }
}

fn contributed(one: &Contribution) -> Contributed {
    let title = title(&one.line);
    let cells = BTreeMap::from([
        ("line.title", Cell::text(&title)),
        ("line.base", amount(one.base)),
        ("line.rate", Cell::text(&one.rate)),
        ("line.amount", Cell::Money(one.line.amount)),
    ]);
    Contributed { title, cells }
}

/// 基本养老保险（个人）
fn title(line: &Line) -> String {
    let side = if line.payer == "employee" { "个人" } else { "单位" };
    format!("{}（{side}）", line.name)
}

/// A base as an amount; as text where it has parts of a fen.
fn amount(value: Exact) -> Cell {
    let money = value.to_decimal().and_then(|yuan| Money::from_decimal(yuan).ok());
    money.map_or_else(|| Cell::text(value.to_string()), Cell::Money)
}

/// What a person is paid in one run, payment by payment, and the same added up: hardly anybody has more than one.
#[derive(Debug, Clone)]
pub struct Payments {
    each: Vec<Figures>,
    /// Added up, where there is anything to add up: by method of tax, and by project besides.
    together: Option<[Vec<Figures>; 2]>,
}

impl Payments {
    /// Of the payments of one person with one payer, in order.
    ///
    /// # Errors
    /// Sums beyond what money can hold.
    pub fn new(each: Vec<Figures>) -> Result<Self, ArithmeticError> {
        if each.len() < 2 {
            return Ok(Self { each, together: None });
        }
        let together = [merged(&each, &["method"])?, merged(&each, &["method", "project"])?];
        Ok(Self { each, together: Some(together) })
    }

    /// Payment by payment.
    #[must_use]
    pub fn each(&self) -> &[Figures] {
        &self.each
    }

    /// What is taxed by one method, added up.
    #[must_use]
    pub fn together(&self) -> &[Figures] {
        self.together.as_ref().map_or(&self.each, |[together, _]| together)
    }

    /// What is taxed by one method and for one project, added up.
    #[must_use]
    pub fn by_project(&self) -> &[Figures] {
        self.together.as_ref().map_or(&self.each, |[_, by_project]| by_project)
    }
}

/// Those that are the same under some keys made one.
fn merged(each: &[Figures], same: &[&str]) -> Result<Vec<Figures>, ArithmeticError> {
    let mut merged: Vec<Figures> = Vec::new();
    for one in each {
        match merged.iter_mut().find(|found| same.iter().all(|key| found.get(key) == one.get(key))) {
            Some(found) => found.add(one)?,
            None => merged.push(one.clone()),
        }
    }
    Ok(merged)
}

/// The columns of a sheet of all of it, one row a person. A column that only some have is blank for the others.
#[derive(Debug, Default)]
pub struct Columns {
    columns: Vec<(String, String, Kind)>,
}

impl Columns {
    /// Takes up what is known of one person more. A column that earlier people lack stands behind the one it follows
    /// here.
    pub fn see(&mut self, person: &Figures) {
        let mut behind = 0;
        for figure in person.iter() {
            let is_its = |(key, ..): &(String, String, Kind)| *key == figure.key;
            if self.columns.get(behind).is_some_and(is_its) {
                behind += 1;
            } else if let Some(place) = self.columns.iter().position(is_its) {
                behind = place + 1;
            } else {
                let kind = if matches!(figure.cell, Cell::Money(_)) { Kind::Money } else { Kind::Text };
                self.columns.insert(behind, (figure.key.clone(), figure.heading.clone(), kind));
                behind += 1;
            }
        }
    }

    /// The sheet without its rows.
    #[must_use]
    pub fn headed(&self) -> Sheet {
        let blank = Sheet::new("明细").frozen(2);
        self.columns.iter().fold(blank, |sheet, (_, heading, kind)| sheet.column(heading, *kind, 14))
    }

    /// The row of a person who was seen.
    #[must_use]
    pub fn row(&self, person: &Figures) -> Vec<Cell> {
        let mut figures = person.iter().peekable();
        let cell = |(key, ..): &(String, String, Kind)| {
            let here = figures.next_if(|figure| figure.key == *key).map(|figure| &figure.cell);
            here.or_else(|| person.get(key)).cloned().unwrap_or(Cell::Blank)
        };
        self.columns.iter().map(cell).collect()
    }
}

/// A text made of what is known of a person: `{id_number:-6}` is the last six characters of the document number,
/// `{birth_date:4}` the first four of the birth date, `{number}` all of 工号; what stands outside the braces is itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<PatternPart>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum PatternPart {
    Words(String),
    Known { key: String, take: Option<isize> },
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// In a sentence: braces that do not close, keys under which nothing is known of everybody, counts that are none.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            if !words.is_empty() {
                parts.push(PatternPart::Words(words.to_owned()));
            }
            let (inside, after) = after.split_once('}').ok_or_else(|| format!("“{text}”里的 {{ 没有配对的 }}"))?;
            let (key, take) = match inside.split_once(':') {
                Some((key, count)) => {
                    let count = count.parse().ok().filter(|count| *count != 0);
                    (key, Some(count.ok_or_else(|| format!("“{{{inside}}}”冒号后应是取几个字，后几个写负数"))?))
                }
                None => (inside, None),
            };
            if !KEYS.contains(&key) {
                let near = nearest(key, KEYS).map_or(String::new(), |near| format!("，是不是 {near}"));
                return Err(format!("“{key}”不是可取的数据{near}"));
            }
            parts.push(PatternPart::Known { key: key.to_owned(), take });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(PatternPart::Words(rest.to_owned()));
        }
        Ok(Self { parts })
    }

    /// The text for a person; nothing where something it is made of is not known, or has fewer characters.
    #[must_use]
    pub fn of(&self, person: &Figures) -> Option<String> {
        let part = |part: &PatternPart| match part {
            PatternPart::Words(words) => Some(words.clone()),
            PatternPart::Known { key, take } => {
                let text = person.get(key)?.to_text();
                let length = text.chars().count();
                let count = take.map_or(length, isize::unsigned_abs);
                let skipped = if take.is_some_and(isize::is_negative) { length.checked_sub(count)? } else { 0 };
                (length >= count && count > 0).then(|| text.chars().skip(skipped).take(count).collect())
            }
        };
        self.parts.iter().map(part).collect::<Option<String>>().filter(|text| !text.is_empty())
    }
}
