//! A roster's row as the payroll takes it: which column is which fact of the rule book.

use super::{Engagement, Field, RosterRow};
use crate::{
    engine::Places,
    exchange::rejected::Rejected,
    payroll::{Balance, Known, PayDays, Row, Worker},
    quantity::{ArithmeticError, Exact, Money},
    rulebook::{Book, Given, RegionError, RegionTree},
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The month that is paid, and who pays where the roster does not say.
#[derive(Debug, Clone)]
pub struct Paying {
    /// The first day of the month.
    pub period_start: NaiveDate,
    /// Its last day.
    pub period_end: NaiveDate,
    /// The day of payment.
    pub paid_on: NaiveDate,
    /// The payer for rows that name none.
    pub payer: String,
    /// Whether insurance and fund of the month are paid by another run, as where only a bonus is paid.
    pub contributed_elsewhere: bool,
    /// Whether the month's pay is whole with this payment, so that it can be held against the minimum wage.
    pub completes_month: bool,
}

/// A row ready to be computed.
#[derive(Debug, Clone)]
pub struct Payable {
    /// Row number in the file, from 1.
    pub row: u32,
    /// Who.
    pub worker: Worker,
    /// The facts.
    pub month: Row,
}

impl Payable {
    /// Leaves insurance or fund of the month to another run that has contributed them. What is paid is then a part of
    /// the month, as in a run of a bonus ([`Paying::contributed_elsewhere`]).
    pub fn leave_contributions(&mut self, insurance: bool, fund: bool) {
        let facts = &mut self.month.facts;
        facts.insert("payroll.full_month".to_owned(), Given::Boolean(false));
        if insurance {
            facts.insert("social.months".to_owned(), Given::Number(Exact::ZERO));
        }
        if fund {
            facts.insert("fund.months".to_owned(), Given::Number(Exact::ZERO));
            facts.insert("payroll.fund_stated".to_owned(), Given::Boolean(true));
        }
    }
}

/// The opening balance of a row: of all that was paid for the months before.
#[must_use]
pub fn opening(row: &RosterRow, paying: &Paying) -> Option<Balance> {
    let opening = row.opening.as_ref()?;
    let amounts: &[(&str, Money)] = match row.engagement {
        Engagement::Internship => {
            &[("payroll.remuneration.intern_income", opening.income), ("tax.intern.tax", opening.withheld)]
        }
        Engagement::Platform => {
            &[("payroll.remuneration.platform_income", opening.income), ("tax.platform.tax", opening.withheld)]
        }
        _ => &[
            ("payroll.taxable_income", opening.income),
            ("payroll.special", opening.special),
            ("payroll.other_of_period", opening.other),
            ("tax.wages.tax", opening.withheld),
        ],
    };
    let mut amounts: BTreeMap<String, Exact> =
        amounts.iter().map(|(id, amount)| ((*id).to_owned(), Exact::from(*amount))).collect();
    if let (Engagement::Platform, Some(months)) = (row.engagement, row.particulars.run_months) {
        let before = Exact::from(i64::from(months.saturating_sub(1)));
        amounts.insert("payroll.remuneration.platform_month".to_owned(), before);
    }
    Some(Balance { through: paying.period_start.pred_opt()?, amounts })
}

/// Turns a row into facts. What is known of earlier months is the opening balance of the roster, if it has one.
///
/// # Errors
/// All that keeps the row from being computed, in the order of the columns.
pub fn payable(row: &RosterRow, paying: &Paying, book: &Book) -> Result<Payable, Vec<Rejected>> {
    let regions = book.regions();
    let mut reader = Reader { row, rejected: Vec::new() };
    let insured = reader.place(Field::InsuredPlace, Some(&row.insured_place), regions);
    let fund = reader.place(Field::FundPlace, row.fund_place.as_ref(), regions).or_else(|| insured.clone());
    let host = reader.place(Field::HostPlace, row.particulars.host_place.as_ref(), regions);
    let agency = reader.place(Field::AgencyPlace, row.particulars.agency_place.as_ref(), regions);
    let work = reader.place(Field::WorkPlace, row.work_place.as_ref(), regions);
    let idle = row.engagement == Engagement::Dispatch && row.particulars.idle;
    // Between two hosts the floor is that of the agency's place; else that of where the work is done.
    let work = if idle { agency } else { work.or_else(|| host.clone()) }.or_else(|| insured.clone());
    if row.hired > paying.period_end {
        reader.refuse(
            Field::Hired,
            row.hired.to_string(),
            "晚于本期，本期还没有任职",
            "核对任职受雇日期，或从本期名单中去掉",
        );
    }
    if row.hired > paying.paid_on {
        let problem = format!("晚于支付日 {}", paying.paid_on);
        reader.refuse(Field::Hired, row.hired.to_string(), &problem, "核对任职受雇日期和支付日（--paid-on）");
    }
    reader.absence();
    reader.hours();
    reader.platform();
    let mut facts = Facts { book, given: BTreeMap::new(), unknown: Vec::new() };
    facts.amounts(row);
    facts.relation(row, host.as_deref().zip(insured.as_deref()).is_none_or(|(a, b)| regions.overlap(a, b)));
    facts.employment(row, paying);
    facts.deductions(row);
    let month = (paying.period_start, paying.period_end);
    let days = match PayDays::count(book.calendar(), month, row.hired, row.left) {
        Ok(days) => Some(days),
        Err(error) => {
            if let Some(method) = &row.attendance.proration {
                reader.refuse(Field::Proration, method.clone(), &error.to_string(), "改用已按本期填写");
            }
            None
        }
    };
    facts.attendance(row, days.as_ref());
    facts.settlement(row, paying.period_end);
    if row.settlement.ground.is_some() && row.left.is_none() {
        reader.refuse(Field::Left, String::new(), "填了解除终止事由，没有填离职日期", "填写最后工作日");
    }
    for (field, written, names) in std::mem::take(&mut facts.unknown) {
        reader.refuse(field, written, "不认识", &format!("请从以下选一种：{}", names.join("、")));
    }
    reader.insurance(paying, &mut facts);
    reader.fund(paying, &mut facts);
    if !reader.rejected.is_empty() {
        return Err(reader.rejected);
    }
    let name = |code: &Option<String>| code.as_ref().map_or_else(String::new, |code| regions.path(code));
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let worker = Worker {
        number: row.worker_no.clone(),
        part: row.part,
        name: row.name.clone(),
        id_kind: row.id_kind.clone(),
        id_number: row.id_number.clone(),
        engagement: row.engagement.label().to_owned(),
        relation: row.engagement.relation().to_owned(),
        payer: row.payer.clone().unwrap_or_else(|| paying.payer.clone()),
        post: text(&row.post),
        department: text(&row.department),
        project: text(&row.project),
        insured_at: name(&insured),
        fund_at: name(&fund),
        works_at: name(&work),
        hired: row.hired,
        bank_account: text(&row.bank_account),
    };
    let known = Known { opening: opening(row, paying), slips: Vec::new() };
    let places = Places { insurance: insured, fund, host: host.or_else(|| work.clone()), work };
    let project = worker.project.clone();
    let (hired, left, facts) = (row.hired, row.left, facts.given);
    let month = Row { places, hired, left, project, facts, known, arrears: Vec::new() };
    Ok(Payable { row: row.row, worker, month })
}

/// Facts by the full id of their cell.
pub(super) struct Facts<'b> {
    book: &'b Book,
    given: BTreeMap<String, Given>,
    /// Words that are none of the rule's choices: the column, what was written, what could be.
    unknown: Vec<(Field, String, Vec<String>)>,
}

impl Facts<'_> {
    pub(super) fn money(&mut self, id: &str, amount: Money) {
        self.give(id, Given::Number(Exact::from(amount)));
    }

    pub(super) fn give(&mut self, id: &str, given: Given) {
        self.given.insert(id.to_owned(), given);
    }

    pub(super) fn count(&mut self, id: &str, count: u32) {
        self.give(id, Given::Number(Exact::from(i64::from(count))));
    }

    /// A member of what the fact chooses from. A book that has no such member is told of when the fact is read.
    fn choose(&mut self, id: &str, member: &str) {
        let lexicon = self.book.lexicon();
        let set = lexicon.find_anywhere(id).ok().and_then(|entry| lexicon.choice_set(entry));
        let at = set.and_then(|set| lexicon.member(set, member));
        self.give(id, at.map_or(Given::None, Given::Choice));
    }

    /// A choice by what a person wrote.
    pub(super) fn choose_written(&mut self, field: Field, id: &str, written: Option<&str>) {
        let Some(written) = written else { return };
        let lexicon = self.book.lexicon();
        let set = lexicon.find_anywhere(id).ok().and_then(|entry| lexicon.choice_set(entry));
        let members = set.map_or(&[][..], |set| lexicon.members(set));
        match members.iter().position(|member| member.name == written) {
            Some(at) => self.give(id, Given::Choice(at)),
            None => {
                let names = members.iter().map(|member| member.name.clone()).collect();
                self.unknown.push((field, written.to_owned(), names));
            }
        }
    }

    fn amounts(&mut self, row: &RosterRow) {
        self.money(&format!("payroll.amount[{}]", row.engagement.main_item()), row.main_pay);
        for (item, amount) in &row.items {
            self.money(&format!("payroll.amount[{item}]"), *amount);
        }
        self.money("payroll.absence", row.absence_deduction);
        self.money("payroll.loss", row.loss_deduction);
        self.give("payroll.loss_agreed", Given::Boolean(row.loss_agreed));
        self.money("payroll.other_deduction", row.other_deduction);
    }

    /// What the relation asks for; what was left out is left to the rule.
    fn relation(&mut self, row: &RosterRow, insured_at_host: bool) {
        let own = &row.particulars;
        self.choose("labour.relations.relation", row.engagement.relation());
        match row.engagement {
            Engagement::NonFullTime => {
                if let Some(hours) = own.hours {
                    self.give("payroll.hours", Given::Number(hours));
                }
                if let Some(rate) = own.hourly_rate {
                    self.money("payroll.hourly_rate", rate);
                }
                if let Some(days) = own.settlement_days {
                    self.count("payroll.settlement_days", days);
                }
            }
            Engagement::Dispatch => {
                self.give("payroll.idle", Given::Boolean(own.idle));
                self.give("payroll.insured_at_host", Given::Boolean(insured_at_host));
            }
            Engagement::Internship => {
                let stated = own.full_time_student;
                self.give("payroll.remuneration.student_stated", Given::Boolean(stated.is_some()));
                if let Some(student) = stated {
                    self.give("payroll.remuneration.full_time_student", Given::Boolean(student));
                }
            }
            Engagement::Platform => self.platform(row),
            Engagement::Service => {
                for (id, amount) in [
                    ("tax.labour.earlier_in_month", own.project_paid),
                    ("tax.labour.earlier_withheld", own.project_withheld),
                ] {
                    if let Some(amount) = amount {
                        self.money(id, amount);
                    }
                }
                self.money("tax.labour.allowed_taxes", own.allowed_taxes);
            }
            Engagement::FullTime | Engagement::OverAge => {}
        }
    }

    fn platform(&mut self, row: &RosterRow) {
        let own = &row.particulars;
        if own.income_broken {
            self.give("tax.platform.gap", Given::Boolean(true));
        }
        if let Some(reading) = own.break_reading {
            self.choose("tax.platform.chosen_reading", reading.member());
        }
        for (id, months) in
            [("tax.platform.months", own.run_months), ("tax.platform.calendar_months", own.calendar_months)]
        {
            if let Some(months) = months {
                self.count(id, months);
            }
        }
        for (id, amount) in
            [("tax.platform.run_income", own.run_income), ("tax.platform.run_withheld", own.run_withheld)]
        {
            if let Some(amount) = amount {
                self.money(id, amount);
            }
        }
    }

    fn employment(&mut self, row: &RosterRow, paying: &Paying) {
        let full = row.hired <= paying.period_start
            && row.left.is_none_or(|left| left >= paying.period_end)
            && paying.completes_month;
        self.give("payroll.full_month", Given::Boolean(full));
        self.give("tax.months.paid_on", Given::Date(paying.paid_on));
        self.give("tax.months.hire_date", Given::Date(row.hired));
        self.give("tax.months.leave_date", row.left.map_or(Given::None, Given::Date));
        self.give("tax.months.first_wage_of_year", Given::Boolean(row.first_wage_this_year));
        self.give("tax.wages.elects_60000", Given::Boolean(row.low_income_last_year));
    }

    fn deductions(&mut self, row: &RosterRow) {
        self.money("tax.wages.cumulative_additional", row.additional.total);
        if let Some(items) = &row.additional.items {
            for (id, amount) in [
                ("payroll.additional.continuing_education", items.continuing_education),
                ("payroll.additional.home_loan", items.mortgage_interest),
                ("payroll.additional.rent", items.rent),
                ("payroll.additional.elderly", items.elderly_support),
            ] {
                // Books of others may have nothing to hold it against.
                if amount != Money::ZERO && self.book.lexicon().find_anywhere(id).is_ok() {
                    self.money(id, amount);
                }
            }
        }
        self.money("payroll.cumulative_personal_pension", row.personal_pension);
        self.money("payroll.annuity", row.annuity);
        self.money("payroll.health_insurance", row.health_insurance);
        self.money("payroll.deferred_pension", row.deferred_pension);
    }
}

struct Reader<'r> {
    row: &'r RosterRow,
    rejected: Vec<Rejected>,
}

impl Reader<'_> {
    fn refuse(&mut self, field: Field, value: String, problem: &str, remedy: &str) {
        self.rejected.push(Rejected {
            row: self.row.row,
            column: field.column().heading.to_owned(),
            value,
            problem: problem.to_owned(),
            remedy: remedy.to_owned(),
        });
    }

    fn place(&mut self, field: Field, text: Option<&String>, regions: &RegionTree) -> Option<String> {
        let text = text?;
        match regions.find(text) {
            Ok(code) => Some(code.to_owned()),
            Err(error) => {
                let (problem, remedy) = match &error {
                    RegionError::NoCode(_) => ("没有这个代码的地区".to_owned(), "用 GB/T 2260 的六位代码"),
                    RegionError::NoName(_) => {
                        ("没有叫这个名字的地区".to_owned(), "写全称（如 昆明市）或 GB/T 2260 的六位代码")
                    }
                    RegionError::Ambiguous(_, places) => {
                        (format!("有几处叫这个名字：{}", places.join("、")), "写六位代码")
                    }
                };
                self.refuse(field, text.clone(), &problem, remedy);
                None
            }
        }
    }

    fn is_joiner(&self, paying: &Paying) -> bool {
        self.row.hired >= paying.period_start
    }

    /// Whether contributions are due for the month: they have begun, and employment had not ended before it.
    fn is_due(&self, begins: Option<NaiveDate>, paying: &Paying) -> bool {
        !paying.contributed_elsewhere
            && begins.is_none_or(|begins| begins <= paying.period_end)
            && self.row.left.is_none_or(|left| left >= paying.period_start)
    }

    /// Nobody can miss more than there is to earn.
    fn absence(&mut self) {
        let absence = self.row.absence_deduction;
        // A sum that is too great is told where it is computed.
        let Ok(wage) = self.wage() else { return };
        if absence > wage {
            let problem = format!("大于本期各项工资之和 {wage}");
            let remedy = "核对各项工资和缺勤扣款；要从实发中扣的钱填在其他扣款";
            self.refuse(Field::AbsenceDeduction, absence.to_string(), &problem, remedy);
        }
    }

    /// A rate without hours would pay nothing.
    fn hours(&mut self) {
        let own = &self.row.particulars;
        let by_hours = self.row.engagement == Engagement::NonFullTime && own.hourly_rate.is_some();
        if by_hours && own.hours.is_none() && self.wage() == Ok(Money::ZERO) {
            let problem = "填了小时计酬标准，没有填计酬小时";
            self.refuse(Field::PaidHours, String::new(), problem, "填写本期计酬的小时数，或者用 --attendance 给出考勤");
        }
    }

    /// All that the month pays.
    fn wage(&self) -> Result<Money, ArithmeticError> {
        Money::sum(std::iter::once(self.row.main_pay).chain(self.row.items.values().copied()))
    }

    /// A month in which a platform pays nothing is a month without income, which a slip would hide.
    fn platform(&mut self) {
        let own = &self.row.particulars;
        if self.row.engagement != Engagement::Platform {
            return;
        }
        if self.wage() == Ok(Money::ZERO) {
            self.refuse(Field::Remuneration, String::new(), "本期没有报酬", "没有收入的月份不列入名单");
        }
        if self.row.opening.is_some() && own.run_months.is_none() {
            let problem = "填了期初累计收入，没有填连续月份数";
            self.refuse(Field::RunMonths, String::new(), problem, "填写截至本月连续取得收入的月份数");
        }
    }

    /// A base as given; one that may be left blank is the month's wage, which the rules compute.
    fn base(&mut self, field: Field, given: Option<Money>, id: &str, paying: &Paying, facts: &mut Facts<'_>) {
        match given {
            Some(base) => facts.money(id, base),
            None if self.is_joiner(paying) || !self.row.engagement.has_declared_base() => {}
            None => {
                let problem = "不是本期入职，不能空着";
                self.refuse(field, String::new(), problem, "填写本缴费年度的申报基数");
            }
        }
    }

    fn insurance(&mut self, paying: &Paying, facts: &mut Facts<'_>) {
        if self.is_due(self.row.insurance_from, paying) {
            self.base(Field::InsuranceBase, self.row.insurance_base, "social.declared_base", paying, facts);
        } else {
            facts.give("social.months", Given::Number(Exact::ZERO));
            if let Some(base) = self.row.insurance_base {
                facts.money("social.declared_base", base);
            }
        }
        facts.give("payroll.class_stated", Given::Boolean(self.row.injury_class.is_some()));
        if let Some(class) = self.row.injury_class {
            facts.give("social.industry_class", Given::Choice(usize::from(class).saturating_sub(1)));
        }
        if let Some(scheme) = self.row.medical_scheme {
            facts.give("social.insured_scheme", Given::Choice(usize::from(scheme).saturating_sub(1)));
        }
        if let Some(local) = self.row.local_household {
            facts.give("social.local_household", Given::Boolean(local));
        }
    }

    fn fund(&mut self, paying: &Paying, facts: &mut Facts<'_>) {
        let rate = self.row.fund_rate.filter(|rate| !rate.value().is_zero());
        let due = self.is_due(self.row.fund_from, paying);
        let stated = rate.is_some();
        facts.give("payroll.fund_stated", Given::Boolean(stated || !due));
        if !due || !stated {
            if due && self.row.fund_base.is_some() && self.row.fund_rate.is_none() {
                self.refuse(Field::FundRate, String::new(), "填了公积金缴存基数，没有填比例", "填写缴存比例，如 7%");
            }
            facts.give("fund.months", Given::Number(Exact::ZERO));
            facts.give("fund.rate", Given::Number(rate.map_or(Exact::ZERO, Exact::from)));
            facts.money("fund.declared_base", self.row.fund_base.unwrap_or(Money::ZERO));
            return;
        }
        facts.give("fund.rate", Given::Number(rate.map_or(Exact::ZERO, Exact::from)));
        self.base(Field::FundBase, self.row.fund_base, "fund.declared_base", paying, facts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::{Book, Sources};
    use std::{fs, sync::LazyLock};

    static BOOK: LazyLock<Book> = LazyLock::new(|| Book::read(Sources::embedded()).unwrap());

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn paying(paid_on: &str) -> Paying {
        let (period_start, period_end) = (day("2026-09-01"), day("2026-09-30"));
        Paying {
            period_start,
            period_end,
            paid_on: day(paid_on),
            payer: "样例公司".to_owned(),
            contributed_elsewhere: false,
            completes_month: true,
        }
    }

    /// A row of a roster as people write it, with some cells changed.
    fn row(changes: &[(&str, &str)]) -> RosterRow {
        let mut cells = BTreeMap::from([
            ("工号", "A1"),
            ("姓名", "样例甲"),
            ("证件类型", "居民身份证"),
            ("证件号码", "530102199001010028"),
            ("用工形式", "全日制"),
            ("参保地", "昆明市"),
            ("任职受雇日期", "2025-03-01"),
            ("基本工资", "3200"),
            ("社保缴费基数", "4403"),
        ]);
        cells.extend(changes.iter().copied());
        let headings: Vec<&str> = cells.keys().copied().collect();
        let values: Vec<&str> = cells.values().copied().collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r.csv");
        fs::write(&path, format!("{}\n{}\n", headings.join(","), values.join(","))).unwrap();
        let read = super::super::read(&path, day("2026-09-30")).unwrap();
        assert_eq!(read.rejected, []);
        read.rows.into_iter().next().unwrap()
    }

    fn taken(changes: &[(&str, &str)]) -> Payable {
        payable(&row(changes), &paying("2026-09-30"), &BOOK).unwrap()
    }

    fn refused(changes: &[(&str, &str)], paid_on: &str) -> Vec<(String, String)> {
        let reasons = payable(&row(changes), &paying(paid_on), &BOOK).unwrap_err();
        assert!(reasons.iter().all(|one| one.row == 2 && !one.remedy.is_empty()), "{reasons:?}");
        reasons.into_iter().map(|one| (one.column, one.problem)).collect()
    }

    #[test]
    fn scheme_and_household_are_facts_only_where_somebody_said_so() {
        let said = taken(&[("参保档次", "二档"), ("本地户籍", "否")]).month.facts;
        assert_eq!(said["social.insured_scheme"], Given::Choice(1));
        assert_eq!(said["social.local_household"], Given::Boolean(false));
        let unsaid = taken(&[]).month.facts;
        assert!(!unsaid.contains_key("social.insured_scheme") && !unsaid.contains_key("social.local_household"));
    }

    #[test]
    fn every_refusal_names_its_column() {
        for (changes, column, problem) in [
            (&[("参保地", "乌有市")][..], "参保地", "没有叫这个名字的地区"),
            (&[("参保地", "990000")], "参保地", "没有这个代码的地区"),
            (&[("参保地", "朝阳区")], "参保地", "110105 北京市朝阳区"),
            (&[("公积金缴存地", "乌有市")], "公积金缴存地", "没有叫这个名字的地区"),
            (&[("工作地", "乌有市")], "工作地", "没有叫这个名字的地区"),
            (&[("任职受雇日期", "2026-09-16")], "任职受雇日期", "晚于支付日 2026-09-15"),
            (&[("缺勤扣款", "3200.01")], "缺勤扣款", "大于本期各项工资之和 3200.00"),
            (&[("公积金缴存比例", "7%")], "公积金缴存基数", "不是本期入职"),
            (&[("公积金缴存基数", "3200")], "公积金缴存比例", "没有填比例"),
        ] {
            let reasons = refused(changes, "2026-09-15");
            assert_eq!(reasons.len(), 1, "{changes:?}: {reasons:?}");
            assert_eq!(reasons[0].0, column, "{changes:?}");
            assert!(reasons[0].1.contains(problem), "{changes:?}: {reasons:?}");
        }
    }

    #[test]
    fn all_reasons_are_told_at_once() {
        let changes = [("参保地", "乌有市"), ("缺勤扣款", "9999"), ("公积金缴存基数", "3200")];
        let columns: Vec<String> = refused(&changes, "2026-09-30").into_iter().map(|(column, _)| column).collect();
        assert_eq!(columns, ["参保地", "缺勤扣款", "公积金缴存比例"]);
    }

    #[test]
    fn the_other_side_of_each_edge_is_taken() {
        taken(&[("缺勤扣款", "3200")]);
        taken(&[("任职受雇日期", "2026-09-30"), ("社保缴费基数", "")]);
        // A joiner's blank bases are left to the rules, which take the month's wage.
        let joiner = taken(&[("任职受雇日期", "2026-09-01"), ("社保缴费基数", ""), ("公积金缴存比例", "7%")]);
        assert!(!joiner.month.facts.contains_key("social.declared_base"));
        assert!(!joiner.month.facts.contains_key("fund.declared_base"));
    }

    #[test]
    fn additional_deductions_are_held_against_what_they_may_be_where_each_is_told() {
        let rent = |cells: &[(&str, &str)]| taken(cells).month.facts.get("payroll.additional.rent").cloned();
        assert_eq!(rent(&[("累计住房租金", "13500.01")]), Some(Given::Number(Exact::parse("13500.01").unwrap())));
        assert_eq!(rent(&[("累计住房租金", "0"), ("累计赡养老人", "1")]), None);
        assert_eq!(rent(&[("累计专项附加扣除", "13500.01")]), None);
    }

    #[test]
    fn contributions_are_due_from_their_first_month_to_that_of_leaving() {
        let nothing = Some(&Given::Number(Exact::ZERO));
        let fund = [("公积金缴存基数", "3200"), ("公积金缴存比例", "7%")];
        for (cell, due) in [
            (("社保起缴月", "2026-09"), true),
            (("社保起缴月", "2026-10"), false),
            (("离职日期", "2026-09-01"), true),
            (("离职日期", "2026-08-31"), false),
        ] {
            let facts = taken(&[&fund[..], &[cell]].concat()).month.facts;
            assert_eq!(facts.get("social.months") != nothing, due, "{cell:?}");
        }
        for (cell, due) in [
            (("公积金起缴月", "2026-09"), true),
            (("公积金起缴月", "2026-10"), false),
            (("离职日期", "2026-09-01"), true),
            (("离职日期", "2026-08-31"), false),
        ] {
            let facts = taken(&[&fund[..], &[cell]].concat()).month.facts;
            assert_eq!(facts.get("fund.months") != nothing, due, "{cell:?}");
            assert_eq!(facts["payroll.fund_stated"], Given::Boolean(true), "{cell:?}");
        }
        // Who had left needs no base any more, nor one who is not insured yet.
        taken(&[("离职日期", "2026-08-31"), ("社保缴费基数", "")]);
        taken(&[("社保起缴月", "2026-10"), ("社保缴费基数", "")]);
    }

    #[test]
    fn the_fund_is_stated_by_a_rate_that_is_not_nought() {
        for (cells, stated) in [
            (&[][..], false),
            (&[("公积金缴存比例", "0%")], false),
            (&[("公积金缴存比例", "5%"), ("公积金缴存基数", "3200")], true),
            (&[("公积金缴存比例", "0.05"), ("公积金缴存基数", "3200")], true),
        ] {
            let facts = taken(cells).month.facts;
            assert_eq!(facts["payroll.fund_stated"], Given::Boolean(stated), "{cells:?}");
            let rate = if stated { "0.05" } else { "0" };
            assert_eq!(facts["fund.rate"], Given::Number(Exact::parse(rate).unwrap()), "{cells:?}");
        }
    }

    #[test]
    fn a_month_is_full_from_its_first_day_to_its_last() {
        for (cells, full) in [
            (&[("任职受雇日期", "2026-09-01")], true),
            (&[("任职受雇日期", "2026-09-02")], false),
            (&[("离职日期", "2026-09-30")], true),
            (&[("离职日期", "2026-09-29")], false),
        ] {
            assert_eq!(taken(cells).month.facts["payroll.full_month"], Given::Boolean(full), "{cells:?}");
        }
    }

    #[test]
    fn places_that_are_not_said_are_the_place_of_insurance() {
        let one = taken(&[("公积金缴存地", "北京市")]);
        let places = &one.month.places;
        assert_eq!(places.insurance.as_deref(), Some("530100"));
        assert_eq!((places.fund.as_deref(), places.work.as_deref()), (Some("110000"), Some("530100")));
        assert_eq!((one.worker.insured_at.as_str(), one.worker.fund_at.as_str()), ("云南省昆明市", "北京市"));
        assert_eq!(one.worker.payer, "样例公司");
        assert_eq!(taken(&[("扣缴义务人", "另一公司")]).worker.payer, "另一公司");
    }

    #[test]
    fn an_opening_balance_is_of_the_months_before() {
        assert_eq!(taken(&[]).month.known.opening, None);
        let opening = taken(&[("期初累计收入", "0")]).month.known.opening.unwrap();
        assert_eq!(opening.through, day("2026-08-31"));
        assert!(opening.amounts.values().all(Exact::is_zero));
        let opening = taken(&[("期初累计收入", "9000"), ("期初累计已预扣税额", "12.34")]).month.known.opening.unwrap();
        assert_eq!(opening.amounts["payroll.taxable_income"], Exact::from(9000));
        assert_eq!(opening.amounts["tax.wages.tax"], Exact::parse("12.34").unwrap());
    }
}
