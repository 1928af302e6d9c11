//! What a slip says.

use super::{
    chart::{Chart, Method, TaxEntries},
    month::Refusal,
};
use crate::{
    engine::{
        Evaluation, Plan, RaisedFinding, SlotId, Source, Untried, Value, show, sources, trace_in_words, values_digest,
    },
    quantity::{ArithmeticError, Exact, Money, format_amount},
    rulebook::{Confidence, EntryId, Gravity, Type},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// A person's month, computed. Amounts are in yuan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slip {
    /// What the paper is called under the relation.
    pub paper: Paper,
    /// How tax was withheld: `wages`, `labour`, `intern` or `platform`.
    pub method: Cow<'static, str>,
    /// What was earned, item by item, without those that are nought; absence is negative.
    pub earnings: Vec<Earning>,
    /// What of it is taxed with the month, in yuan.
    pub taxed: Money,
    /// Insurance and fund, both sides.
    pub contributions: Vec<Contribution>,
    /// 应发工资.
    pub gross: Money,
    /// 本期专项扣除: the worker's insurance and fund.
    pub own_total: Money,
    /// 本期应预扣预缴税额.
    pub tax: Money,
    /// 其他扣款.
    pub other_deduction: Money,
    /// 赔偿损失扣款.
    pub loss: Money,
    /// 实发工资.
    pub net: Money,
    /// 用人单位成本.
    pub employer_cost: Money,
    /// The cumulative tax block of wages; all nought where tax was withheld by another method.
    pub tax_block: TaxBlock,
    /// The steps of another method, in the order in which they are read; none for wages.
    pub tax_steps: Vec<Step>,
    /// What of [`Self::tax`] is on something taxed apart from the month, as far as it is not nought.
    pub taxes_apart: Vec<Line>,
    /// How the figures came about that a reader cannot see from the page: overtime, a part of a month, compensation.
    pub derivations: Vec<Derivation>,
    /// What is unlawful, risky or to be noted.
    pub findings: Vec<RaisedFinding>,
    /// The uncertain values that it rests on.
    pub uncertain: Vec<UncertainValue>,
    /// The digest of all values that it rests on.
    pub values_digest: String,
    /// What later slips carry, by the full id of the figure.
    pub carried: BTreeMap<String, Exact>,
    /// What is paid with it for months that have been paid, both sides; within [`Self::own_total`] and
    /// [`Self::employer_cost`].
    pub arrears: Vec<Arrear>,
}

/// What a law published later, or entered later, makes of one line of a month that has been paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrear {
    /// The first day of the month that it is for.
    pub period: NaiveDate,
    /// The line; negative where too much was paid.
    pub line: Line,
}

/// What a paper is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// `payslip`, `internship` or `remuneration`.
    pub id: String,
    /// 工资条.
    pub name: String,
}

/// A step of the tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The full id of its entry.
    pub id: String,
    /// Its name in the rule.
    pub name: String,
    /// Its value, with its unit.
    pub value: String,
    /// The same for the page: amounts of money with thousands.
    pub shown: String,
}

/// A figure with the numbers that it was computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Derivation {
    /// Its cell, for programs.
    pub id: String,
    /// Its cell, for people.
    pub name: String,
    /// Its formula with numbers.
    pub formula: String,
    /// Its value, with its unit.
    pub value: String,
}

/// A line of earnings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earning {
    /// The member of the item dimension, or `absence`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its place among the items of the rules.
    pub place: usize,
    /// Whether it is paid in money; what is given in kind is taxed and not in the sum.
    pub in_cash: bool,
    /// In yuan.
    pub amount: Money,
}

/// One side of one line of insurance, or of the fund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contribution {
    /// The line and its payer.
    pub line: Line,
    /// What the rate is applied to, in 元/月; nought where nothing is contributed in the month.
    pub base: Exact,
    /// The rate, shown as a percentage; empty where nothing is contributed in the month.
    pub rate: String,
    /// The positions in [`Slip::uncertain`] of what the amount rests on.
    pub uncertain: Vec<usize>,
}

/// A payable line, as the contract names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// `pension_employee`, `housing_fund_employer`, …
    pub id: String,
    /// 基本养老保险.
    pub name: String,
    /// In yuan.
    pub amount: Money,
    /// `employee` or `employer`.
    pub payer: String,
}

/// The cumulative tax columns. Amounts in yuan, to date.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxBlock {
    /// 任职受雇月份数, as a plain number.
    pub months: String,
    /// 累计收入.
    pub income: Money,
    /// 累计免税收入.
    pub exempt: Money,
    /// 累计减除费用.
    pub basic: Money,
    /// 累计专项扣除.
    pub special: Money,
    /// 累计专项附加扣除.
    pub additional: Money,
    /// 累计依法确定的其他扣除.
    pub other: Money,
    /// 累计预扣预缴应纳税所得额.
    pub taxable: Money,
    /// 预扣率, as a percentage.
    pub rate: String,
    /// 速算扣除数.
    pub quick: Money,
    /// 累计应预扣预缴税额.
    pub payable: Money,
    /// 累计减免税额.
    pub relief: Money,
    /// 累计已预扣预缴税额.
    pub withheld: Money,
}

/// A value of the book that a slip rests on and that is not settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UncertainValue {
    /// The value, with its place.
    pub name: String,
    /// What it is.
    pub value: String,
    /// `V` to `U`.
    pub confidence: Confidence,
    /// Instrument, or where it was read.
    pub source: String,
    /// The other reading, what is not verified.
    pub note: Option<String>,
    /// Whether its review is due.
    pub provisional: bool,
}

/// The sums of a month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many slips.
    pub workers: usize,
    /// 应发工资.
    pub gross: Money,
    /// 个人所得税.
    pub tax: Money,
    /// 实发工资.
    pub net: Money,
    /// 用人单位成本.
    pub employer_cost: Money,
    /// By line id.
    pub lines: BTreeMap<String, Money>,
}

impl Totals {
    /// The sums of some slips.
    ///
    /// # Errors
    /// A sum that leaves what money can hold.
    pub fn of<'s>(slips: impl IntoIterator<Item = &'s Slip>) -> Result<Self, ArithmeticError> {
        let mut totals = Self::default();
        slips.into_iter().try_for_each(|slip| totals.add(slip))?;
        Ok(totals)
    }

    /// Adds a slip.
    ///
    /// # Errors
    /// A sum that leaves what money can hold.
    pub fn add(&mut self, slip: &Slip) -> Result<(), ArithmeticError> {
        self.gross = self.gross.add(slip.gross)?;
        self.tax = self.tax.add(slip.tax)?;
        self.net = self.net.add(slip.net)?;
        self.employer_cost = self.employer_cost.add(slip.employer_cost)?;
        for contribution in &slip.contributions {
            let line = &contribution.line;
            let sum = self.lines.get(&line.id).copied().unwrap_or_default().add(line.amount)?;
            match self.lines.get_mut(&line.id) {
                Some(standing) => *standing = sum,
                None => drop(self.lines.insert(line.id.clone(), sum)),
            }
        }
        self.workers += 1;
        Ok(())
    }
}

impl Slip {
    /// Reads what is paid out off an evaluation, and no more.
    pub(super) fn net_of<'b>(chart: &Chart<'b>, evaluation: &mut Evaluation<'_, 'b>) -> Result<Money, Refusal> {
        Reader { chart, evaluation }.money(chart.net, &[])
    }

    /// Reads a slip off an evaluation.
    pub(super) fn of<'b>(chart: &Chart<'b>, evaluation: &mut Evaluation<'_, 'b>) -> Result<Self, Refusal> {
        let mut reader = Reader { chart, evaluation };
        let net = reader.money(chart.net, &[])?;
        let employer_cost = reader.money(chart.employer_cost, &[])?;
        let method = reader.method()?;
        let mut slip = Self {
            paper: reader.paper()?,
            method: Cow::Borrowed(method.map_or(WAGES, |method| method.id)),
            gross: reader.money(chart.gross, &[])?,
            own_total: reader.money(chart.special, &[])?,
            tax: reader.money(chart.tax, &[])?,
            other_deduction: reader.money(chart.other_deduction, &[])?,
            loss: reader.money(chart.loss, &[])?,
            net,
            employer_cost,
            earnings: reader.earnings()?,
            taxed: reader.money(chart.taxed, &[])?,
            tax_block: match method {
                None => reader.tax_block(&chart.tax_block)?,
                Some(_) => TaxBlock::default(),
            },
            tax_steps: method.map(|method| reader.steps(method)).transpose()?.unwrap_or_default(),
            taxes_apart: reader.taxes_apart()?,
            derivations: reader.derivations()?,
            contributions: Vec::new(),
            findings: Vec::new(),
            uncertain: Vec::new(),
            values_digest: String::new(),
            carried: reader.carried()?,
            arrears: Vec::new(),
        };
        let contributions = reader.contributions()?;
        // Findings read further cells; what the slip rests on is settled before they do.
        let plan = reader.evaluation.plan();
        let demanded = reader.rested_on(&slip.earnings);
        slip.values_digest = values_digest(plan, demanded.iter().copied()).to_string();
        let unsettled = told_once(sources(plan, demanded).into_iter().filter(Source::is_unsettled));
        slip.contributions = contributions
            .into_iter()
            .map(|(mut contribution, rests_on)| {
                let concerns = |group: &Vec<Source>| group.iter().any(|source| rests_on.contains(&source.slot));
                contribution.uncertain =
                    unsettled.iter().enumerate().filter(|(_, group)| concerns(group)).map(|(at, _)| at).collect();
                contribution
            })
            .collect();
        slip.uncertain = unsettled
            .into_iter()
            .filter_map(|group| {
                let name = name_of(plan, &group);
                let source = group.into_iter().next()?;
                let value = reader.evaluation.computed(source.slot).cloned().unwrap_or(Value::None);
                let of = plan.book().entry(plan.slot(source.slot).entry).of;
                Some(UncertainValue {
                    name: format!("{}{name}", source.place.unwrap_or_default()),
                    value: show(plan.book().lexicon(), &value, of),
                    confidence: source.confidence,
                    source: source.cite,
                    note: source.note,
                    provisional: source.provisional,
                })
            })
            .collect();
        let (findings, untried) = reader.evaluation.findings_and_gaps();
        slip.findings = findings;
        slip.findings.extend(untried_findings(untried));
        Ok(slip)
    }

    /// The payable lines.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.contributions.iter().map(|contribution| &contribution.line)
    }

    /// That more was taken off than there was to pay, in the words of the rule; nothing where it was not.
    #[must_use]
    pub fn overdrawn(&self) -> Option<&RaisedFinding> {
        self.findings.iter().find(|finding| finding.code == OVERDRAWN)
    }

    /// Whether anything in it is against the law.
    #[must_use]
    pub fn is_unlawful(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Gravity::Unlawful)
    }
}

/// What ends the code of a finding that could not be tried.
const UNTRIED: &str = "untried";

/// That nothing is said against a wage must not come of having no standard to hold it to: what of the findings could not
/// be tried is itself one, told once for each value that the book does not have. No amount rests on it.
fn untried_findings(untried: Vec<Untried>) -> Vec<RaisedFinding> {
    let mut gaps: Vec<(SlotId, RaisedFinding, Vec<String>)> = Vec::new();
    for one in untried {
        let cites = one.cite.into_iter().flat_map(|cite| cite.split('；').map(str::to_owned).collect::<Vec<_>>());
        match gaps.iter_mut().find(|(slot, ..)| *slot == one.slot) {
            Some((_, _, cited)) => {
                for cite in cites {
                    if !cited.contains(&cite) {
                        cited.push(cite);
                    }
                }
            }
            None => {
                let finding = RaisedFinding {
                    code: format!("{}.{UNTRIED}", one.code),
                    severity: Gravity::Risk,
                    message: format!("未能核对：{}。", one.gap),
                    cite: None,
                    remedy: Some(
                        "按当地公布的标准人工核对；用 gongche rules coverage 查看规则库覆盖的地区和期间，可用 --rules 读补充过的规则库。"
                            .to_owned(),
                    ),
                };
                gaps.push((one.slot, finding, cites.collect()));
            }
        }
    }
    let told = |(_, finding, cites): (SlotId, RaisedFinding, Vec<String>)| {
        let cite = (!cites.is_empty()).then(|| cites.join("；"));
        RaisedFinding { cite, ..finding }
    };
    gaps.into_iter().map(told).collect()
}

/// The cells that one line of the book supplies are one thing to be told.
fn told_once(sources: impl Iterator<Item = Source>) -> Vec<Vec<Source>> {
    let mut groups: Vec<Vec<Source>> = Vec::new();
    for source in sources {
        match groups.iter_mut().find(|group| group.iter().any(|one| one.written == source.written)) {
            Some(group) => group.push(source),
            None => groups.push(vec![source]),
        }
    }
    groups
}

/// How many members a name lists; of more, the name of all says it better.
const LISTED_MEMBERS: usize = 2;

/// One name for cells that stand in one line of the book: with the members that set them apart from the entry's others.
fn name_of(plan: &Plan<'_>, group: &[Source]) -> String {
    let lexicon = plan.book().lexicon();
    let Some(first) = group.first() else { return String::new() };
    let entry = plan.book().entry(plan.slot(first.slot).entry);
    let members: Vec<&str> = entry
        .by
        .iter()
        .enumerate()
        .flat_map(|(at, dimension)| {
            let all = lexicon.members(*dimension);
            let of_group: BTreeSet<usize> =
                group.iter().filter_map(|source| plan.slot(source.slot).cell.get(at).copied()).collect();
            let tells = of_group.len() <= LISTED_MEMBERS && of_group.len() < all.len();
            of_group.into_iter().filter(move |_| tells).filter_map(|member| all.get(member))
        })
        .map(|member| member.name.as_str())
        .collect();
    if members.is_empty() { entry.name.clone() } else { format!("{}[{}]", entry.name, members.join("、")) }
}

/// The method for wages, whose steps are the cumulative block.
const WAGES: &str = "wages";

/// The finding that what is taken off is more than there is.
const OVERDRAWN: &str = "payroll.negative_net";

struct Reader<'e, 'c, 'p, 'b> {
    chart: &'c Chart<'b>,
    evaluation: &'e mut Evaluation<'p, 'b>,
}

impl<'c, 'b> Reader<'_, 'c, '_, 'b> {
    /// The method of withholding, where it is not that for wages.
    fn method(&mut self) -> Result<Option<&'c Method>, Refusal> {
        let chart = self.chart;
        for method in &chart.methods {
            if self.value(method.applies, &[])? == Value::Boolean(true) {
                return Ok(Some(method));
            }
        }
        Ok(None)
    }

    fn paper(&mut self) -> Result<Paper, Refusal> {
        let chart = self.chart;
        let Value::Choice(relation) = self.value(chart.relation, &[])? else {
            return Err(Refusal::Open(vec![chart.book.entry(chart.relation).name.clone()]));
        };
        let paper = self.value(chart.paper, &[relation])?;
        let lexicon = chart.book.lexicon();
        let found = match (paper, chart.book.entry(chart.paper).of) {
            (Value::Choice(at), Type::Choice(papers)) => lexicon.members(papers).get(at),
            _ => None,
        };
        let missing = || Refusal::Facts(lexicon.cell_name(chart.paper, &[relation]));
        found.map(|paper| Paper { id: paper.id.clone(), name: paper.name.clone() }).ok_or_else(missing)
    }

    /// The steps of a method that the tax was computed from.
    fn steps(&mut self, method: &Method) -> Result<Vec<Step>, Refusal> {
        let book = self.chart.book;
        for &entry in &method.always {
            self.value(entry, &[])?;
        }
        let mut steps = Vec::new();
        for &entry in &method.steps {
            if self.was_computed(entry) {
                let (id, name) = (book.entry(entry).full_id.clone(), book.entry(entry).name.clone());
                let value = self.shown(entry, &[])?;
                let shown = match self.value(entry, &[])?.number().and_then(Exact::to_decimal) {
                    Some(number) if value.ends_with('元') => format_amount(number),
                    _ => value.clone(),
                };
                steps.push(Step { id, name, value, shown });
            }
        }
        Ok(steps)
    }

    fn taxes_apart(&mut self) -> Result<Vec<Line>, Refusal> {
        let chart = self.chart;
        let mut lines = Vec::new();
        for &entry in &chart.taxes_apart {
            let amount = self.money(entry, &[])?;
            if amount != Money::ZERO {
                let entry = chart.book.entry(entry);
                let (id, name) = (entry.full_id.clone(), entry.name.clone());
                lines.push(Line { id, name, amount, payer: "employee".to_owned() });
            }
        }
        Ok(lines)
    }

    /// The derivations of what the slip was computed from, but for what is nought, or the whole.
    fn derivations(&mut self) -> Result<Vec<Derivation>, Refusal> {
        let (chart, plan) = (self.chart, self.evaluation.plan());
        let mut derivations = Vec::new();
        for &entry in &chart.derived {
            for cell in chart.book.lexicon().cells(&chart.book.entry(entry).by) {
                let Some(slot) = plan.find(entry, &cell) else { continue };
                let tells = |value: &Value| match value {
                    Value::Number(number) => !number.is_zero() && *number != Exact::from(1),
                    _ => false,
                };
                if !self.evaluation.computed(slot).is_some_and(tells) {
                    continue;
                }
                let step = trace_in_words(self.evaluation, slot);
                let formula = step.numbers.or_else(|| step.formula.map(str::to_owned)).unwrap_or_default();
                // What is another figure derives nothing.
                if formula == step.value {
                    continue;
                }
                let (id, name) = (step.id.into_owned(), step.name.into_owned());
                derivations.push(Derivation { id, name, formula, value: step.value });
            }
        }
        Ok(derivations)
    }

    /// Whether anything of the slip rests on the entry.
    fn was_computed(&self, entry: EntryId) -> bool {
        let slot = self.evaluation.plan().find(entry, &[]);
        slot.is_some_and(|slot| self.evaluation.computed(slot).is_some())
    }

    fn value(&mut self, entry: EntryId, cell: &[usize]) -> Result<Value, Refusal> {
        let plan = self.evaluation.plan();
        match self.evaluation.cell(entry, cell).map_err(|fault| Refusal::of(plan, &fault))? {
            Value::Unknown(unknown) => Err(Refusal::Open(unknown.facts().map(|slot| plan.name(slot)).collect())),
            value => Ok(value),
        }
    }

    /// A number; nought where there is none.
    fn number(&mut self, entry: EntryId, cell: &[usize]) -> Result<Exact, Refusal> {
        Ok(self.value(entry, cell)?.number().unwrap_or(Exact::ZERO))
    }

    fn money(&mut self, entry: EntryId, cell: &[usize]) -> Result<Money, Refusal> {
        let number = self.number(entry, cell)?;
        let money = number.to_decimal().and_then(|yuan| Money::from_decimal(yuan).ok());
        money.ok_or_else(|| {
            let name = self.chart.book.lexicon().cell_name(entry, cell);
            Refusal::Facts(format!("{name}：{number} 不是整分的金额"))
        })
    }

    fn shown(&mut self, entry: EntryId, cell: &[usize]) -> Result<String, Refusal> {
        let value = self.value(entry, cell)?;
        Ok(show(self.chart.book.lexicon(), &value, self.chart.book.entry(entry).of))
    }

    fn earnings(&mut self) -> Result<Vec<Earning>, Refusal> {
        let chart = self.chart;
        let items = chart.book.lexicon().members(chart.item);
        let mut earnings = Vec::new();
        for (place, item) in items.iter().enumerate() {
            let amount = self.money(chart.amount, &[place])?;
            if amount != Money::ZERO {
                let in_cash = self.value(chart.in_cash, &[place])? != Value::Boolean(false);
                earnings.push(Earning { id: item.id.clone(), name: item.name.clone(), place, in_cash, amount });
            }
        }
        let absence = self.money(chart.absence, &[])?;
        if absence != Money::ZERO {
            let amount = absence.neg().map_err(|error| Refusal::Facts(error.to_string()))?;
            let name = chart.book.entry(chart.absence).name.clone();
            earnings.push(Earning { id: "absence".to_owned(), name, place: items.len(), in_cash: true, amount });
        }
        Ok(earnings)
    }

    /// Insurance lines that there are at the place, then the fund, the worker's side before the employer's; with the
    /// slots that each amount rests on.
    fn contributions(&mut self) -> Result<Vec<(Contribution, Vec<SlotId>)>, Refusal> {
        let chart = self.chart;
        let lexicon = chart.book.lexicon();
        let mut contributions = Vec::new();
        let insured = !self.number(chart.insured_months, &[])?.is_zero();
        let in_fund = !self.number(chart.fund_months, &[])?.is_zero();
        for (at_payer, payer) in lexicon.members(chart.payer).iter().enumerate() {
            for (at_line, line) in lexicon.members(chart.line).iter().enumerate() {
                let cell = [at_line, at_payer];
                let due = self.value(chart.line_due, &[at_line])? == Value::Boolean(true);
                if !due || self.value(chart.contribution, &cell)? == Value::None {
                    continue;
                }
                let line = Line {
                    id: format!("{}_{}", line.id, payer.id),
                    name: line.name.clone(),
                    amount: self.money(chart.contribution, &cell)?,
                    payer: payer.id.clone(),
                };
                let (base, rate) = match insured {
                    true => (self.number(chart.base, &[at_line])?, self.shown(chart.rate, &cell)?),
                    false => (Exact::ZERO, String::new()),
                };
                let rests_on = self.rests_on(chart.contribution, &cell);
                contributions.push((Contribution { line, base, rate, uncertain: Vec::new() }, rests_on));
            }
            if self.value(chart.fund_due, &[])? != Value::Boolean(true) {
                continue;
            }
            let line = Line {
                id: format!("housing_fund_{}", payer.id),
                name: chart.book.package(chart.book.entry(chart.fund).package).title.clone(),
                amount: self.money(chart.fund, &[at_payer])?,
                payer: payer.id.clone(),
            };
            let (base, rate) = match in_fund {
                true => (self.number(chart.fund_base, &[])?, self.shown(chart.fund_rate, &[])?),
                false => (Exact::ZERO, String::new()),
            };
            let rests_on = self.rests_on(chart.fund, &[at_payer]);
            contributions.push((Contribution { line, base, rate, uncertain: Vec::new() }, rests_on));
        }
        Ok(contributions)
    }

    /// The slots that the slip was computed from. How an item is treated that was not paid is nothing to it.
    fn rested_on(&self, earnings: &[Earning]) -> Vec<SlotId> {
        let (chart, plan) = (self.chart, self.evaluation.plan());
        let counts = |slot: &SlotId| {
            let slot = plan.slot(*slot);
            let by = &chart.book.entry(slot.entry).by;
            let item = by.iter().zip(&slot.cell).find(|(dimension, _)| **dimension == chart.item);
            item.is_none_or(|(_, place)| earnings.iter().any(|one| one.place == *place))
        };
        self.evaluation.demanded().filter(counts).collect()
    }

    /// The slots that a cell was computed from, near and far.
    fn rests_on(&self, entry: EntryId, cell: &[usize]) -> Vec<SlotId> {
        let plan = self.evaluation.plan();
        plan.find(entry, cell).map(|slot| self.evaluation.rests_on(slot)).unwrap_or_default()
    }

    fn tax_block(&mut self, tax: &TaxEntries) -> Result<TaxBlock, Refusal> {
        Ok(TaxBlock {
            months: self.number(tax.months, &[])?.to_string(),
            income: self.money(tax.income, &[])?,
            exempt: self.money(tax.exempt, &[])?,
            basic: self.money(tax.basic, &[])?,
            special: self.money(tax.special, &[])?,
            additional: self.money(tax.additional, &[])?,
            other: self.money(tax.other, &[])?,
            taxable: self.money(tax.taxable, &[])?,
            rate: self.shown(tax.rate, &[])?,
            quick: self.money(tax.quick, &[])?,
            payable: self.money(tax.payable, &[])?,
            relief: self.money(tax.relief, &[])?,
            withheld: self.money(tax.withheld, &[])?,
        })
    }

    /// What the slip was computed from: who is taxed by one method hands on nothing to another.
    fn carried(&mut self) -> Result<BTreeMap<String, Exact>, Refusal> {
        let mut carried = BTreeMap::new();
        for (_, one) in self.chart.carried() {
            if !self.was_computed(one.figure) {
                continue;
            }
            let id = self.chart.book.entry(one.figure).full_id.clone();
            let amount = self.number(one.figure, &[])?;
            carried.insert(id, amount);
        }
        Ok(carried)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::month::tests::{month, row},
        *,
    };

    fn slips(wages: &[&str]) -> Vec<Slip> {
        let mut month = month("2026-09", "2026-09-30");
        let rows: Vec<_> = wages.iter().map(|wage| row(wage)).collect();
        month.prepare(rows.iter().map(|row| &row.places)).unwrap();
        rows.iter().map(|row| month.slip(row).unwrap()).collect()
    }

    #[test]
    fn totals_are_the_sums_of_the_slips() {
        // 4403 is the floor: 352.24 of pension; 5000 has 400.00.
        let slips = slips(&["4403", "5000"]);
        let totals = Totals::of(&slips).unwrap();
        let yuan = |text: &str| Money::parse(text).unwrap();
        assert_eq!((totals.workers, totals.gross), (2, yuan("9403")));
        assert_eq!(totals.lines["pension_employee"], yuan("752.24"));
        assert_eq!(totals.lines["pension_employer"], yuan("1504.48"));
        let sum = |amount: fn(&Slip) -> Money| Money::sum(slips.iter().map(amount)).unwrap();
        assert_eq!(totals.net, sum(|slip| slip.net));
        assert_eq!(totals.tax, sum(|slip| slip.tax));
        assert_eq!(totals.employer_cost, sum(|slip| slip.employer_cost));
        assert_eq!(Totals::of([]).unwrap(), Totals::default());
    }

    #[test]
    fn an_uncertain_value_is_told_once_by_the_members_that_set_it_apart() {
        let slips = slips(&["5000"]);
        let names: Vec<&str> = slips[0].uncertain.iter().map(|one| one.name.as_str()).collect();
        let once: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), once.len(), "{names:?}");
        // A line of the book for one side of one insurance; a line for all of both.
        assert!(once.contains("云南省缴费费率[失业保险、个人]") && once.contains("缴费舍入"), "{names:?}");
        let marked = slips[0].contributions.iter().find(|one| one.line.id == "unemployment_employee").unwrap();
        let rests_on: Vec<&str> = marked.uncertain.iter().map(|at| names[*at]).collect();
        assert_eq!(rests_on, ["缴费舍入", "云南省缴费费率[失业保险、个人]"]);
    }
}
