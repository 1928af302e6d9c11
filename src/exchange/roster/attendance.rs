//! Hours of overtime and absence, the part of a month, and what is settled at the end of employment.

use super::{Field, RosterRow, payable::Facts, person::Cells, values};
use crate::{
    payroll::PayDays,
    quantity::{Exact, Money, Rate},
    rulebook::Given,
};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// Hours of the month beside those that the wage is for. What was left out is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attendance {
    /// 折算方式, as written: a member of the rule's choices.
    pub proration: Option<String>,
    /// 工时制度, as written.
    pub hours_system: Option<String>,
    /// 特殊工时已批准.
    pub system_approved: Option<bool>,
    /// 加班基数, in 元/月.
    pub overtime_base: Option<Money>,
    /// 平日加班小时.
    pub weekday: Option<Exact>,
    /// 休息日加班小时.
    pub rest_day: Option<Exact>,
    /// 补休小时.
    pub time_off: Option<Exact>,
    /// 法定节假日加班小时.
    pub holiday: Option<Exact>,
    /// 病假小时.
    pub sick: Option<Exact>,
    /// 病假工资比例.
    pub sick_rate: Option<Rate>,
    /// 事假小时.
    pub personal: Option<Exact>,
    /// What no column says and the records of single days do, by the full id of the fact.
    pub of_days: BTreeMap<&'static str, Given>,
}

/// What is settled when somebody leaves, or at the end of the year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settlement {
    /// 解除终止事由, as written: a member of the rule's choices.
    pub ground: Option<String>,
    /// 前12个月月均工资, in 元/月.
    pub average_wage: Option<Money>,
    /// 上月工资标准, in 元/月.
    pub last_month_wage: Option<Money>,
    /// 当地上年度职工月平均工资, in 元/月, where the user states it.
    pub local_average_wage: Option<Money>,
    /// 已提前三十日通知.
    pub notice_given: Option<bool>,
    /// 结算年休假.
    pub leave: bool,
    /// 累计工作年限, whole years.
    pub years_worked: Option<u32>,
    /// 已休年休假天数.
    pub leave_taken: Option<u32>,
    /// 年休假月均工资, in 元/月, overtime pay left out.
    pub leave_wage: Option<Money>,
}

impl Attendance {
    pub(super) fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            proration: cells.optional(Field::Proration, values::text),
            hours_system: cells.optional(Field::HoursSystem, values::text),
            system_approved: cells.optional(Field::SystemApproved, values::yes_no),
            overtime_base: cells.optional(Field::OvertimeBase, values::amount),
            weekday: cells.optional(Field::WeekdayHours, values::hours),
            rest_day: cells.optional(Field::RestDayHours, values::hours),
            time_off: cells.optional(Field::TimeOffHours, values::hours),
            holiday: cells.optional(Field::HolidayHours, values::hours),
            sick: cells.optional(Field::SickHours, values::hours),
            sick_rate: cells.optional(Field::SickRate, values::portion),
            personal: cells.optional(Field::PersonalHours, values::hours),
            of_days: BTreeMap::new(),
        }
    }
}

impl Settlement {
    pub(super) fn read(cells: &mut Cells<'_>) -> Self {
        Self {
            ground: cells.optional(Field::Ground, values::text),
            average_wage: cells.optional(Field::AverageWage, values::amount),
            last_month_wage: cells.optional(Field::LastMonthWage, values::amount),
            local_average_wage: cells.optional(Field::LocalAverageWage, values::more_than_nought),
            notice_given: cells.optional(Field::NoticeGiven, values::yes_no),
            leave: cells.is_yes(Field::LeaveSettled),
            years_worked: cells.optional(Field::YearsWorked, values::count),
            leave_taken: cells.optional(Field::LeaveTaken, values::count),
            leave_wage: cells.optional(Field::LeaveWage, values::amount),
        }
    }
}

impl Facts<'_> {
    /// The hours, and the days that a part of a month is reckoned by.
    pub(super) fn attendance(&mut self, row: &RosterRow, days: Option<&PayDays>) {
        let own = &row.attendance;
        for (id, hours) in [
            ("labour.overtime.weekday_hours", own.weekday),
            ("labour.overtime.rest_day_hours", own.rest_day),
            ("labour.overtime.rest_day_hours_off", own.time_off),
            ("labour.overtime.holiday_hours", own.holiday),
            ("payroll.attendance.sick_hours", own.sick),
            ("payroll.attendance.personal_hours", own.personal),
        ] {
            if let Some(hours) = hours {
                self.give(id, Given::Number(hours));
            }
        }
        for (id, given) in &own.of_days {
            self.give(id, given.clone());
        }
        if let Some(rate) = own.sick_rate {
            self.give("payroll.attendance.sick_rate", Given::Number(rate.into()));
        }
        if let Some(base) = own.overtime_base {
            self.money("labour.overtime.monthly_wage", base);
        }
        if let Some(approved) = own.system_approved {
            self.give("labour.hours.hours_system_approved", Given::Boolean(approved));
        }
        self.choose_written(Field::HoursSystem, "labour.hours.hours_system", own.hours_system.as_deref());
        self.choose_written(Field::Proration, "payroll.attendance.method", own.proration.as_deref());
        let Some(days) = days.filter(|_| own.proration.is_some()) else { return };
        for (id, count) in [
            ("pay_days_here", days.pay_days_here),
            ("pay_days_of_month", days.pay_days_of_month),
            ("days_here", days.days_here),
            ("days_of_month", days.days_of_month),
            ("workdays_here", days.workdays_here),
            ("workdays_of_month", days.workdays_of_month),
        ] {
            self.count(&format!("payroll.attendance.{id}"), count);
        }
    }

    /// Unused leave and the compensation at the end: asked for by the cells that only they need.
    pub(super) fn settlement(&mut self, row: &RosterRow, period_end: NaiveDate) {
        let own = &row.settlement;
        if let Some(ground) = own.ground.as_deref() {
            self.give("payroll.one_off.ends", Given::Boolean(true));
            self.choose_written(Field::Ground, "labour.severance.ground", Some(ground));
            self.give("labour.severance.start", Given::Date(row.hired));
            if let Some(left) = row.left {
                self.give("labour.severance.end", Given::Date(left));
            }
            for (id, wage) in [
                ("labour.severance.monthly_wage", own.average_wage),
                ("labour.severance.last_month_wage", own.last_month_wage),
                ("labour.severance.average_monthly_wage", own.local_average_wage),
            ] {
                if let Some(wage) = wage {
                    self.money(id, wage);
                }
            }
            if let Some(notice) = own.notice_given {
                self.give("labour.severance.notice_given", Given::Boolean(notice));
            }
        }
        if !own.leave {
            return;
        }
        self.give("payroll.one_off.leave_settled", Given::Boolean(true));
        for (id, count) in
            [("labour.annual_leave.cumulative_years", own.years_worked), ("labour.annual_leave.taken", own.leave_taken)]
        {
            if let Some(count) = count {
                self.count(id, count);
            }
        }
        if let Some(wage) = own.leave_wage {
            self.money("labour.annual_leave.average_wage", wage);
        }
        let this_year = |day: &NaiveDate| day.year() == period_end.year();
        if let Some(left) = row.left.filter(this_year) {
            self.give("labour.annual_leave.left_on", Given::Date(left));
        }
        if this_year(&row.hired) {
            self.give("labour.annual_leave.joined_on", Given::Date(row.hired));
        }
    }
}
