//! One row of the table made one person's month, or all the reasons why not.

use std::collections::{BTreeMap, btree_map::Entry};

use chrono::{Datelike, NaiveDate};

use super::{
    AdditionalDeductions, AdditionalItems, Attendance, Engagement, Opening, Particulars, RosterRow, Settlement,
    columns::{Field, ITEMS, SAMPLE},
    identity::{id_kind, id_number},
    particulars,
    values::{self, Fault, Reading},
};
use crate::{
    exchange::{
        rejected::Rejected,
        table::{Record, Table, Value},
        text::fold,
    },
    payroll::masked,
    quantity::Money,
};

/// Reads the rows of one table, one after the other, and remembers who has been seen.
pub(super) struct People<'a> {
    table: &'a Table,
    places: BTreeMap<Field, usize>,
    period_end: NaiveDate,
    /// The row that first had a worker's number, with the payer and the number of the document.
    worker_numbers: BTreeMap<String, Holding>,
    /// The row that first had a document, by payer, kind and number, and its worker's number.
    documents: BTreeMap<(Option<String>, String, String), Holding>,
    /// The row of each payment.
    payments: BTreeMap<(Option<String>, String, u32), u32>,
    /// The row that first had a bank account, and whose it was by the number of the document.
    accounts: BTreeMap<String, Holding>,
}

/// The row that had something first, and whose it was.
type Holding = (u32, String);

impl<'a> People<'a> {
    pub(super) fn new(table: &'a Table, places: BTreeMap<Field, usize>, period_end: NaiveDate) -> Self {
        Self {
            table,
            places,
            period_end,
            worker_numbers: BTreeMap::new(),
            documents: BTreeMap::new(),
            payments: BTreeMap::new(),
            accounts: BTreeMap::new(),
        }
    }

    /// Whether the row is the template's made-up one.
    pub(super) fn is_sample(&self, record: &Record) -> bool {
        let place = self.places.get(&Field::WorkerNo);
        let worker_no = place.and_then(|place| record.cells.get(*place)?.as_ref());
        worker_no.is_some_and(|value| value.to_string() == SAMPLE)
    }

    /// The person, or everything that is wrong with the row, in the order of the columns.
    pub(super) fn read(&mut self, record: &Record) -> Result<RosterRow, Vec<Rejected>> {
        let mut cells = Cells { table: self.table, places: &self.places, record, faults: Vec::new() };
        if let Some(total) = cells.total_line() {
            return Err(vec![total]);
        }

        let worker_no = cells.required(Field::WorkerNo, values::worker_no);
        let name = cells.required(Field::Name, values::name);
        let id_kind = cells.required(Field::IdKind, |value| id_kind(&values::text(value)?));
        let period_end = self.period_end;
        let id_number = cells.required(Field::IdNumber, |value| {
            let written = values::number_text(value)?;
            id_kind.map_or(Ok(written.clone()), |kind| id_number(kind, &written, period_end))
        });
        let payer = cells.optional(Field::Payer, values::text);
        let engagement = cells.required(Field::Engagement, engagement);
        let insured_place = cells.required(Field::InsuredPlace, values::text);
        let hired = cells.required(Field::Hired, |value| employed_by(values::date(value)?, period_end));
        let left = cells.optional(Field::Left, |value| not_before(values::date(value)?, hired));
        let particulars = Particulars::read(&mut cells);
        let main_pay = particulars::main_pay(&mut cells, engagement, &particulars);
        let insurance_base = cells.optional(Field::InsuranceBase, values::amount);
        let insurance_from = cells.optional(Field::InsuranceFrom, values::month);
        if engagement.is_none_or(Engagement::has_declared_base) {
            let insurance = Insurance { base: insurance_base, from: insurance_from, hired, left };
            cells.check_insurance_base(insurance, period_end);
        }

        let part = cells.optional(Field::Part, part).unwrap_or(1);
        let part_contributes = cells.optional(Field::PartContributes, values::yes_no);
        if let (Some(worker_no), Some(kind), Some(number)) = (&worker_no, id_kind, &id_number) {
            let document = (payer.clone(), kind.name.clone(), number.clone());
            let whose = format!("{} {number}", payer.as_deref().unwrap_or_default());
            let is_own = cells.own(Field::WorkerNo, self.worker_numbers.entry(worker_no.clone()), &whose)
                && cells.own(Field::IdNumber, self.documents.entry(document), worker_no);
            if is_own {
                cells.first_time(self.payments.entry((payer.clone(), worker_no.clone(), part)), part);
            }
        }

        let post = cells.optional(Field::Post, values::text);
        let department = cells.optional(Field::Department, values::text);
        let project = cells.optional(Field::Project, values::text);
        let fund_place = cells.optional(Field::FundPlace, values::text);
        let work_place = cells.optional(Field::WorkPlace, values::text);
        let attendance = Attendance::read(&mut cells);
        let settlement = Settlement::read(&mut cells);
        let items = ITEMS.map(|(field, item)| (item, cells.amount(field)));
        let items = items.into_iter().filter(|(_, amount)| *amount != Money::ZERO).collect();
        let absence_deduction = cells.amount(Field::AbsenceDeduction);
        let loss_deduction = cells.amount(Field::LossDeduction);
        let loss_agreed = cells.is_yes(Field::LossAgreed);
        let other_deduction = cells.amount(Field::OtherDeduction);
        let fund_base = cells.optional(Field::FundBase, values::amount);
        let fund_rate = cells.optional(Field::FundRate, values::share);
        let fund_from = cells.optional(Field::FundFrom, values::month);
        let injury_class = cells.optional(Field::InjuryClass, values::injury_class);
        let medical_scheme = cells.optional(Field::MedicalScheme, values::scheme);
        let local_household = cells.optional(Field::LocalHousehold, values::yes_no);
        let additional = cells.additional_deductions();
        let personal_pension = cells.amount(Field::PersonalPension);
        let annuity = cells.amount(Field::Annuity);
        let health_insurance = cells.amount(Field::HealthInsurance);
        let deferred_pension = cells.amount(Field::DeferredPension);
        let opening = cells.opening();
        let first_wage_this_year = cells.is_yes(Field::FirstWageThisYear);
        let low_income_last_year = cells.is_yes(Field::LowIncomeLastYear);
        let bank_account = cells.optional(Field::BankAccount, values::bank_account);
        if let (Some(account), Some(number)) = (&bank_account, &id_number) {
            cells.own(Field::BankAccount, self.accounts.entry(account.clone()), number);
        }
        let note = cells.optional(Field::Note, values::text);

        match (worker_no, name, id_kind, id_number, engagement, insured_place, hired, main_pay) {
            (
                Some(worker_no),
                Some(name),
                Some(id_kind),
                Some(id_number),
                Some(engagement),
                Some(insured_place),
                Some(hired),
                Some(main_pay),
            ) if cells.faults.is_empty() => Ok(RosterRow {
                row: record.row,
                worker_no,
                name,
                id_kind: id_kind.name.clone(),
                id_number,
                engagement,
                post,
                department,
                project,
                payer,
                part,
                part_contributes,
                insured_place,
                fund_place,
                work_place,
                hired,
                left,
                main_pay,
                items,
                particulars,
                attendance,
                settlement,
                absence_deduction,
                loss_deduction,
                loss_agreed,
                other_deduction,
                insurance_base,
                insurance_from,
                fund_base,
                fund_rate,
                fund_from,
                injury_class,
                medical_scheme,
                local_household,
                additional,
                personal_pension,
                annuity,
                health_insurance,
                deferred_pension,
                opening,
                first_wage_this_year,
                low_income_last_year,
                bank_account,
                note,
            }),
            _ => Err(cells.into_rejected()),
        }
    }
}

/// What decides whether a base of insurance may be left blank.
#[derive(Clone, Copy)]
struct Insurance {
    base: Option<Money>,
    from: Option<NaiveDate>,
    hired: Option<NaiveDate>,
    left: Option<NaiveDate>,
}

/// The cells of one row, and what was found wrong with them, with the place of the column.
pub(super) struct Cells<'a> {
    table: &'a Table,
    places: &'a BTreeMap<Field, usize>,
    record: &'a Record,
    faults: Vec<(usize, Rejected)>,
}

impl Cells<'_> {
    fn value(&self, field: Field) -> Option<&Value> {
        self.places.get(&field).and_then(|place| self.record.cells.get(*place)?.as_ref())
    }

    pub(super) fn is_blank(&self, field: Field) -> bool {
        self.value(field).is_none()
    }

    pub(super) fn required<T>(&mut self, field: Field, read: impl FnOnce(&Value) -> Reading<T>) -> Option<T> {
        if self.value(field).is_none() {
            self.reject(field, Fault::new("必填，这里是空的", format!("请填写{}", field.column().heading)));
        }
        self.optional(field, read)
    }

    pub(super) fn optional<T>(&mut self, field: Field, read: impl FnOnce(&Value) -> Reading<T>) -> Option<T> {
        match read(self.value(field)?) {
            Ok(value) => Some(value),
            Err(fault) => {
                self.reject(field, fault);
                None
            }
        }
    }

    /// An answer that is no where it is left out.
    pub(super) fn is_yes(&mut self, field: Field) -> bool {
        self.optional(field, values::yes_no).unwrap_or(false)
    }

    /// An amount that is zero where it is left out.
    pub(super) fn amount(&mut self, field: Field) -> Money {
        self.optional(field, values::amount).unwrap_or_default()
    }

    fn additional_deductions(&mut self) -> AdditionalDeductions {
        const ITEMS: [Field; 6] = [
            Field::ChildEducation,
            Field::ContinuingEducation,
            Field::MortgageInterest,
            Field::Rent,
            Field::ElderlySupport,
            Field::InfantCare,
        ];
        let stated = self.optional(Field::AdditionalTotal, values::amount);
        if ITEMS.iter().all(|item| self.value(*item).is_none()) {
            return AdditionalDeductions { total: stated.unwrap_or_default(), items: None };
        }
        let amounts = ITEMS.map(|item| self.amount(item));
        let sum = Money::sum(amounts).unwrap_or_default();
        if let Some(stated) = stated.filter(|stated| *stated != sum) {
            let problem = format!("合计 {stated} 与各项之和 {sum} 不一致");
            self.reject(Field::AdditionalTotal, Fault::new(problem, "请改正，或只留合计，或只留各项"));
        }
        let [child_education, continuing_education, mortgage_interest, rent, elderly_support, infant_care] = amounts;
        let items = AdditionalItems {
            child_education,
            continuing_education,
            mortgage_interest,
            rent,
            elderly_support,
            infant_care,
        };
        AdditionalDeductions { total: sum, items: Some(items) }
    }

    fn opening(&mut self) -> Option<Opening> {
        const COLUMNS: [Field; 4] =
            [Field::OpeningIncome, Field::OpeningSpecial, Field::OpeningOther, Field::OpeningWithheld];
        let given = COLUMNS.iter().any(|field| self.value(*field).is_some());
        let [income, special, other, withheld] = COLUMNS.map(|field| self.amount(field));
        given.then_some(Opening { income, special, other, withheld })
    }

    /// A blank base means the month's wage for somebody who joined in the month; anybody else insured in it has one.
    fn check_insurance_base(&mut self, insurance: Insurance, period_end: NaiveDate) {
        let (Some(hired), None) = (insurance.hired, self.value(Field::InsuranceBase)) else { return };
        let period_start = period_end.with_day(1).unwrap_or(period_end);
        let joins = hired >= period_start;
        let insured = insurance.from.is_none_or(|from| from <= period_end)
            && insurance.left.is_none_or(|left| left >= period_start);
        if insurance.base.is_none() && insured && !joins {
            let remedy = "请填写核定的缴费基数；只有本期入职的人员可以不填，以本期工资为准";
            self.reject(Field::InsuranceBase, Fault::new("不是本期入职，社保缴费基数不能空", remedy));
        }
    }

    /// Refuses a payment that an earlier row already is.
    fn first_time(&mut self, seen: Entry<'_, (Option<String>, String, u32), u32>, part: u32) {
        match seen {
            Entry::Vacant(place) => {
                place.insert(self.record.row);
            }
            Entry::Occupied(first) => {
                let problem = format!("与第 {} 行是同一人，同为第 {part} 笔", first.get());
                let remedy = "请删去重复的行；确是分几笔支付的，在笔次里填 1、2、3";
                self.reject(Field::WorkerNo, Fault::new(problem, remedy));
            }
        }
    }

    /// Refuses what is somebody else's in an earlier row: one of the two would be paid the other's wage.
    fn own<K: Ord>(&mut self, field: Field, seen: Entry<'_, K, Holding>, whose: &str) -> bool {
        match seen {
            Entry::Vacant(place) => {
                place.insert((self.record.row, whose.to_owned()));
                true
            }
            Entry::Occupied(first) if first.get().1 != whose => {
                let row = first.get().0;
                let (problem, remedy) = match field {
                    Field::BankAccount => {
                        (format!("与第 {row} 行另一人的银行账号相同"), "核对账号；确要代收的，按本人账号支付")
                    }
                    Field::IdNumber => (
                        format!("同一扣缴义务人的证件号码与第 {row} 行重复"),
                        "请删去重复的行，或改正其中一行；同一人分几笔支付的，工号要相同",
                    ),
                    _ => (format!("工号与第 {row} 行重复"), "请删去重复的行，或改正其中一行"),
                };
                self.reject(field, Fault::new(problem, remedy));
                false
            }
            Entry::Occupied(_) => true,
        }
    }

    /// A line of totals at the foot of the table.
    fn total_line(&self) -> Option<Rejected> {
        let (place, value) =
            self.record.cells.iter().enumerate().find_map(|(place, cell)| Some((place, cell.as_ref()?)))?;
        let label: String = fold(&value.to_string()).chars().filter(|c| !c.is_whitespace()).collect();
        let is_total = ["合计", "总计", "小计", "合计:", "总计:", "小计:"].contains(&label.as_str());
        is_total.then(|| Rejected {
            row: self.record.row,
            column: self.table.headings.get(place).cloned().unwrap_or_default(),
            value: value.to_string(),
            problem: "这是合计行，不是人员".to_owned(),
            remedy: "请删去合计行".to_owned(),
        })
    }

    pub(super) fn reject(&mut self, field: Field, fault: Fault) {
        let place = self.places.get(&field).copied();
        let column = place.and_then(|place| self.table.headings.get(place)).map_or(field.column().heading, |h| h);
        let value = self.value(field).map(ToString::to_string).unwrap_or_default();
        let value = if matches!(field, Field::IdNumber | Field::BankAccount) { masked(&value) } else { value };
        let column = column.to_owned();
        let Fault { problem, remedy } = fault;
        let rejected = Rejected { row: self.record.row, column, value, problem, remedy };
        // A column that is not in the table comes after those that are.
        self.faults.push((place.unwrap_or(usize::MAX), rejected));
    }

    fn into_rejected(mut self) -> Vec<Rejected> {
        self.faults.sort_by_key(|(place, _)| *place);
        self.faults.into_iter().map(|(_, rejected)| rejected).collect()
    }
}

fn engagement(value: &Value) -> Reading<Engagement> {
    let written = fold(&values::text(value)?);
    match Engagement::ALL.into_iter().find(|form| form.label() == written) {
        Some(form) => Ok(form),
        None => {
            let labels = Engagement::ALL.map(Engagement::label).join("、");
            Err(Fault::new("不认识的用工形式", format!("请从以下选一种：{labels}")))
        }
    }
}

fn part(value: &Value) -> Reading<u32> {
    match values::count(value)? {
        0 => Err(Fault::new("笔次从 1 起", "请填 1、2、3……")),
        part => Ok(part),
    }
}

fn employed_by(hired: NaiveDate, period_end: NaiveDate) -> Reading<NaiveDate> {
    if hired <= period_end {
        Ok(hired)
    } else {
        Err(Fault::new(format!("任职受雇日期晚于本期末 {period_end}"), "请改正日期，或在入职的月份再列入"))
    }
}

fn not_before(left: NaiveDate, hired: Option<NaiveDate>) -> Reading<NaiveDate> {
    match hired {
        Some(hired) if left < hired => {
            Err(Fault::new(format!("离职日期早于任职受雇日期 {hired}"), "请改正其中一个日期"))
        }
        _ => Ok(left),
    }
}
