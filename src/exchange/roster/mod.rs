//! The roster: who is paid this month, and the facts their pay rests on.
//!
//! Headings may come in any order and in the spellings of [`COLUMNS`]; one that nobody knows is refused, because its
//! figures would be left out unseen. A row is taken whole or not at all: whatever is wrong with it is listed with its
//! place and remedy, and the other rows go on.

mod attendance;
mod columns;
mod header;
mod identity;
mod particulars;
mod payable;
mod person;
mod template;
pub(super) mod values;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use thiserror::Error;

pub use attendance::{Attendance, Settlement};
pub use columns::{COLUMNS, Column, Field, Kind};
pub use header::ColumnFault;
pub use identity::{Holder, holder};
pub use particulars::{BreakReading, Particulars};
pub use payable::{Payable, Paying, opening, payable};
pub use template::{template, to_xlsx};

use super::{
    rejected::Rejected,
    table::{self, Table, TableError, list},
};
use crate::quantity::{Money, Rate};

/// An amount in somebody's table, which may be one to be given back; or what is wrong with the cell.
pub(super) fn read_amount(value: &table::Value) -> Result<Money, String> {
    values::signed_amount(value).map_err(|fault| format!("{}，{}", fault.problem, fault.remedy))
}

/// The rows of a roster, good and bad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The rows that can be computed, in the file's order.
    pub rows: Vec<RosterRow>,
    /// All that is wrong with the others, by row and then by column.
    pub rejected: Vec<Rejected>,
    /// Row numbers of the template's made-up row (工号 is 样例), which is left out.
    pub samples: Vec<u32>,
}

/// One person's month. Amounts are in yuan and not negative; what was left out is zero, or `None` where the two differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// Row number in the file, from 1.
    pub row: u32,
    /// 工号: can be part of a file name, and is one person's.
    pub worker_no: String,
    /// 姓名.
    pub name: String,
    /// 证件类型, by the tax client's name for it.
    pub id_kind: String,
    /// 证件号码; of a citizen number the check digit and birth date have been proved.
    pub id_number: String,
    /// 用工形式.
    pub engagement: Engagement,
    /// 岗位.
    pub post: Option<String>,
    /// 部门.
    pub department: Option<String>,
    /// 项目.
    pub project: Option<String>,
    /// 扣缴义务人: who pays and withholds.
    pub payer: Option<String>,
    /// 笔次: which of the person's payments with this payer in the run it is, from 1.
    pub part: u32,
    /// 本笔缴社保公积金; `None` where nobody said.
    pub part_contributes: Option<bool>,
    /// 参保地, a name or a code as written.
    pub insured_place: String,
    /// 公积金缴存地, where it is not the place of insurance.
    pub fund_place: Option<String>,
    /// 工作地, where it is not the place of insurance.
    pub work_place: Option<String>,
    /// 任职受雇日期, not after the period.
    pub hired: NaiveDate,
    /// 离职日期, not before [`Self::hired`].
    pub left: Option<NaiveDate>,
    /// What the work itself pays in the period: 基本工资, or 劳务报酬 where that is what is paid.
    pub main_pay: Money,
    /// The other pay items that are not nought, by the member of the rules (`night`).
    pub items: BTreeMap<&'static str, Money>,
    /// What only some relations need.
    pub particulars: Particulars,
    /// Hours beside those that the wage is for.
    pub attendance: Attendance,
    /// What is settled at the end.
    pub settlement: Settlement,
    /// 缺勤扣款: lowers gross pay.
    pub absence_deduction: Money,
    /// 赔偿损失扣款: lowers net pay.
    pub loss_deduction: Money,
    /// 合同约定赔偿损失.
    pub loss_agreed: bool,
    /// 其他扣款: lowers net pay.
    pub other_deduction: Money,
    /// 社保缴费基数; `None` only for somebody who joined in the period or is not insured in it.
    pub insurance_base: Option<Money>,
    /// 社保起缴月, as its first day.
    pub insurance_from: Option<NaiveDate>,
    /// 公积金缴存基数.
    pub fund_base: Option<Money>,
    /// 公积金缴存比例, the same for both sides; at least 0 and below 1.
    pub fund_rate: Option<Rate>,
    /// 公积金起缴月, as its first day.
    pub fund_from: Option<NaiveDate>,
    /// 工伤行业类别, 1 to 8.
    pub injury_class: Option<u8>,
    /// 参保档次 of the medical insurance, from 1, where the place of insurance has several.
    pub medical_scheme: Option<u8>,
    /// 本地户籍: of the place of insurance; `None` where nobody said.
    pub local_household: Option<bool>,
    /// Special additional deductions, from January through this period.
    pub additional: AdditionalDeductions,
    /// 累计个人养老金, from January through this period.
    pub personal_pension: Money,
    /// 企业(职业)年金 of the period, before what may not be deducted is taken out.
    pub annuity: Money,
    /// 商业健康保险 of the period, before what may not be deducted is taken out.
    pub health_insurance: Money,
    /// 税延养老保险 of the period, as far as it may be deducted.
    pub deferred_pension: Money,
    /// Cumulative figures before this period; `None` where no 期初 column of the row is filled.
    pub opening: Option<Opening>,
    /// 本年首次取得工资.
    pub first_wage_this_year: bool,
    /// 上年收入不超六万.
    pub low_income_last_year: bool,
    /// 银行账号, digits only.
    pub bank_account: Option<String>,
    /// 备注.
    pub note: Option<String>,
}

/// 用工形式: the form of engagement somebody says it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Engagement {
    /// 全日制.
    FullTime,
    /// 非全日制.
    NonFullTime,
    /// 劳务派遣.
    Dispatch,
    /// 超龄.
    OverAge,
    /// 实习.
    Internship,
    /// 平台.
    Platform,
    /// 劳务.
    Service,
}

impl Engagement {
    /// All forms.
    pub const ALL: [Self; 7] = [
        Self::FullTime,
        Self::NonFullTime,
        Self::Dispatch,
        Self::OverAge,
        Self::Internship,
        Self::Platform,
        Self::Service,
    ];
    /// Its name in a roster.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::FullTime => "全日制",
            Self::NonFullTime => "非全日制",
            Self::Dispatch => "劳务派遣",
            Self::OverAge => "超龄",
            Self::Internship => "实习",
            Self::Platform => "平台",
            Self::Service => "劳务",
        }
    }

    /// The relation in law that it is paid as, by the contract's names: a member of `labour.relations`.
    #[must_use]
    pub const fn relation(self) -> &'static str {
        match self {
            Self::FullTime => "employment",
            Self::NonFullTime => "non_full_time",
            Self::Dispatch => "dispatch",
            Self::OverAge => "over_age",
            Self::Internship => "internship",
            Self::Platform => "platform_managed",
            Self::Service => "independent_service",
        }
    }

    /// The form whose relation has an id.
    #[must_use]
    pub fn of_relation(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.relation() == id)
    }

    /// The pay item that its work is paid as, a member of `labour.pay_items`.
    #[must_use]
    pub const fn main_item(self) -> &'static str {
        match self {
            Self::FullTime | Self::Dispatch | Self::OverAge => "base",
            Self::NonFullTime => "hourly",
            Self::Internship => "internship_pay",
            Self::Platform | Self::Service => "service_fee",
        }
    }

    /// Whether the column 劳务报酬 is for it.
    pub(super) const fn is_remunerated(self) -> bool {
        matches!(self, Self::Internship | Self::Platform | Self::Service)
    }

    /// Whether contributions go by a base that is declared for the year; elsewhere the pay of the month may stand in.
    #[must_use]
    pub const fn has_declared_base(self) -> bool {
        matches!(self, Self::FullTime | Self::Dispatch)
    }
}

/// Special additional deductions (专项附加扣除), from January through this period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AdditionalDeductions {
    /// Their sum: 累计专项附加扣除, or the sum of the items.
    pub total: Money,
    /// The items, where they were given one by one.
    pub items: Option<AdditionalItems>,
}

/// The items of [`AdditionalDeductions`], each from January through this period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AdditionalItems {
    /// 累计子女教育.
    pub child_education: Money,
    /// 累计继续教育.
    pub continuing_education: Money,
    /// 累计住房贷款利息.
    pub mortgage_interest: Money,
    /// 累计住房租金.
    pub rent: Money,
    /// 累计赡养老人.
    pub elderly_support: Money,
    /// 累计3岁以下婴幼儿照护.
    pub infant_care: Money,
}

/// The year with this payer before this period, for a firm without a ledger.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Opening {
    /// 期初累计收入.
    pub income: Money,
    /// 期初累计专项扣除: own shares of social insurance and the fund.
    pub special: Money,
    /// 期初累计其他扣除: annuity, health insurance, deferred pension; the personal pension is cumulative by itself.
    pub other: Money,
    /// 期初累计已预扣税额.
    pub withheld: Money,
}

/// Why no roster could be read from a file. `Display` is for the person who made the file.
#[derive(Debug, Error)]
pub enum RosterError {
    /// There is no table in it.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The table has other columns than a roster.
    #[error("{}：{}", path.display(), list(faults))]
    Columns {
        /// The file.
        path: PathBuf,
        /// All that is wrong with its columns.
        faults: Vec<ColumnFault>,
    },
}

/// Reads a roster for the month that ends on `period_end`.
///
/// # Errors
/// [`RosterError`], where the file as a whole is no roster. What is wrong with single rows is in
/// [`Roster::rejected`].
pub fn read(path: &Path, period_end: NaiveDate) -> Result<Roster, RosterError> {
    let table = read_table(path)?;
    from_table(&table, period_end).map_err(|faults| RosterError::Columns { path: path.to_owned(), faults })
}

/// Reads the table of a roster without looking at what its cells mean.
///
/// # Errors
/// [`TableError`], where no table with a roster's headings is found.
pub fn read_table(path: &Path) -> Result<Table, TableError> {
    table::read(path, columns::knows)
}

/// The roster in a table that has been read, for the month that ends on `period_end`.
///
/// # Errors
/// Columns nobody knows, columns twice, required columns that are missing.
pub fn from_table(table: &Table, period_end: NaiveDate) -> Result<Roster, Vec<ColumnFault>> {
    let places = header::places(&table.headings)?;
    let mut people = person::People::new(table, places, period_end);
    let mut roster = Roster { rows: Vec::new(), rejected: Vec::new(), samples: Vec::new() };
    for record in &table.rows {
        if people.is_sample(record) {
            roster.samples.push(record.row);
            continue;
        }
        match people.read(record) {
            Ok(row) => roster.rows.push(row),
            Err(rejected) => roster.rejected.extend(rejected),
        }
    }
    Ok(roster)
}
