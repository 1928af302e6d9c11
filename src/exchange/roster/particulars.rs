//! What only some relations need: hours and rates, the host of a dispatched worker, what a project or platform paid.

use super::{Engagement, Field, person::Cells, values};
use crate::{
    exchange::table::Value,
    exchange::text::fold,
    quantity::{Exact, Money},
};
use values::{Fault, Reading};

/// The cells of a row that its relation asks for. `None` and `false` are what was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Particulars {
    /// 用工单位所在地.
    pub host_place: Option<String>,
    /// 派遣单位所在地.
    pub agency_place: Option<String>,
    /// 待派遣.
    pub idle: bool,
    /// 劳务报酬.
    pub remuneration: Option<Money>,
    /// 计酬小时.
    pub hours: Option<Exact>,
    /// 小时计酬标准, in 元/小时.
    pub hourly_rate: Option<Money>,
    /// 结算周期天数.
    pub settlement_days: Option<u32>,
    /// 全日制在读.
    pub full_time_student: Option<bool>,
    /// 同项目当月已付.
    pub project_paid: Option<Money>,
    /// 同项目当月已扣税额.
    pub project_withheld: Option<Money>,
    /// 允许扣除的税费.
    pub allowed_taxes: Money,
    /// 本年收入中断.
    pub income_broken: bool,
    /// 中断读法.
    pub break_reading: Option<BreakReading>,
    /// 连续月份数, this month included.
    pub run_months: Option<u32>,
    /// 自首月起月份数, this month included.
    pub calendar_months: Option<u32>,
    /// 中断后累计收入, this month included.
    pub run_income: Option<Money>,
    /// 中断后累计已扣税额.
    pub run_withheld: Option<Money>,
}

/// What a month without income does to the sums of a platform's worker: no text settles it, so a person chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakReading {
    /// Income, months and tax begin anew.
    Restart,
    /// Only the months begin anew.
    Literal,
    /// Nothing begins anew, and months are counted by the calendar.
    Calendar,
}

impl BreakReading {
    /// All readings.
    pub const ALL: [Self; 3] = [Self::Restart, Self::Literal, Self::Calendar];

    /// Its name in a roster.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Restart => "都重新起算",
            Self::Literal => "只有月份重新起算",
            Self::Calendar => "都不重新起算",
        }
    }

    /// The member of the rule's dimension.
    #[must_use]
    pub const fn member(self) -> &'static str {
        match self {
            Self::Restart => "restart",
            Self::Literal => "literal",
            Self::Calendar => "calendar",
        }
    }
}

impl Particulars {
    pub(super) fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            host_place: cells.optional(Field::HostPlace, values::text),
            agency_place: cells.optional(Field::AgencyPlace, values::text),
            idle: cells.is_yes(Field::Idle),
            remuneration: cells.optional(Field::Remuneration, values::amount),
            hours: cells.optional(Field::PaidHours, values::hours),
            hourly_rate: cells.optional(Field::HourlyRate, values::amount),
            settlement_days: cells.optional(Field::SettlementDays, values::count),
            full_time_student: cells.optional(Field::FullTimeStudent, values::yes_no),
            project_paid: cells.optional(Field::ProjectPaid, values::amount),
            project_withheld: cells.optional(Field::ProjectWithheld, values::amount),
            allowed_taxes: cells.amount(Field::AllowedTaxes),
            income_broken: cells.is_yes(Field::IncomeBroken),
            break_reading: cells.optional(Field::BreakReading, break_reading),
            run_months: cells.optional(Field::RunMonths, values::count),
            calendar_months: cells.optional(Field::CalendarMonths, values::count),
            run_income: cells.optional(Field::RunIncome, values::amount),
            run_withheld: cells.optional(Field::RunWithheld, values::amount),
        }
    }
}

/// What the relation pays for its work: the cell that says it, where several could.
pub(super) fn main_pay(
    cells: &mut Cells<'_>,
    engagement: Option<Engagement>,
    particulars: &Particulars,
    with_wage: bool,
) -> Option<Money> {
    let base = cells.optional(Field::BaseWage, values::amount);
    let by_hours = particulars.hours.is_some() && particulars.hourly_rate.is_some();
    match (engagement?, base, particulars.remuneration) {
        (Engagement::NonFullTime, base, None) if by_hours => {
            if base.is_some_and(|base| base != Money::ZERO) {
                let remedy = "按小时计酬的，基本工资空着；一口价的，小时计酬标准空着";
                cells.reject(Field::BaseWage, Fault::new("已有计酬小时和小时计酬标准，会重复计算", remedy));
            }
            Some(Money::ZERO)
        }
        // The hours may come from the records of days.
        (Engagement::NonFullTime, None, None) if particulars.hourly_rate.is_some() => Some(Money::ZERO),
        (one, base, Some(remuneration)) if one.is_remunerated() => {
            if base.is_some_and(|base| base != Money::ZERO) {
                let fault = Fault::new("已填劳务报酬，会重复计算", "实习、平台、劳务的报酬只填在劳务报酬一列");
                cells.reject(Field::BaseWage, fault);
            }
            Some(remuneration)
        }
        (one, _, Some(remuneration)) if remuneration != Money::ZERO => {
            let problem = format!("用工形式是{}，不付劳务报酬", one.label());
            cells.reject(Field::Remuneration, Fault::new(problem, "改填基本工资等各列；只用于实习、平台、劳务"));
            None
        }
        (_, Some(base), _) => Some(base),
        (_, None, _) => {
            // One that is there was told of when it was read.
            if cells.is_blank(Field::BaseWage) {
                if !with_wage {
                    return Some(Money::ZERO);
                }
                cells.required(Field::BaseWage, values::amount);
            }
            None
        }
    }
}

fn break_reading(value: &Value) -> Reading<BreakReading> {
    let written = fold(&values::text(value)?);
    BreakReading::ALL.into_iter().find(|one| one.label() == written).ok_or_else(|| {
        let labels = BreakReading::ALL.map(BreakReading::label).join("、");
        Fault::new("不认识的读法", format!("请从以下选一种：{labels}"))
    })
}
