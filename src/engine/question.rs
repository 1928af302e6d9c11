//! What a plan is made for: the dates of every clock, what was known, and the places of every role.

use crate::rulebook::{Clock, RegionTree, Role};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// One date for each clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dates {
    /// The day on which pay is paid.
    pub payment: NaiveDate,
    /// A day of the month that contributions are for.
    pub period: NaiveDate,
    /// A day on which the work is done.
    pub work: NaiveDate,
    /// The day on which a contract is signed.
    pub signing: NaiveDate,
}

impl Dates {
    /// The same date for every clock.
    #[must_use]
    pub const fn all(day: NaiveDate) -> Self {
        Self { payment: day, period: day, work: day, signing: day }
    }

    /// The date of a clock.
    #[must_use]
    pub const fn of(&self, clock: Clock) -> NaiveDate {
        match clock {
            Clock::Payment => self.payment,
            Clock::Period => self.period,
            Clock::Work => self.work,
            Clock::Signing => self.signing,
        }
    }
}

/// One place for each role, by canonical GB/T 2260 code; none where it was not said.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Places {
    /// 参保地.
    pub insurance: Option<String>,
    /// 公积金缴存地.
    pub fund: Option<String>,
    /// 工作地.
    pub work: Option<String>,
    /// 用工单位所在地.
    pub host: Option<String>,
}

impl Places {
    /// The same place for every role.
    #[must_use]
    pub fn all(code: Option<&str>) -> Self {
        let code = || code.map(str::to_owned);
        Self { insurance: code(), fund: code(), work: code(), host: code() }
    }

    /// The place of a role.
    #[must_use]
    pub fn of(&self, role: Role) -> Option<&str> {
        match role {
            Role::Insurance => self.insurance.as_deref(),
            Role::Fund => self.fund.as_deref(),
            Role::Work => self.work.as_deref(),
            Role::Host => self.host.as_deref(),
        }
    }
}

/// What a plan is made for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The dates.
    pub dates: Dates,
    /// What was published by then; everything the book holds, without it.
    pub known_at: Option<NaiveDate>,
    /// The places.
    pub places: Places,
}

impl Question {
    /// One date and one place for everything.
    #[must_use]
    pub fn simple(on: NaiveDate, known_at: Option<NaiveDate>, region: Option<&str>, regions: &RegionTree) -> Self {
        let places = Places::all(region.map(|code| regions.canonical(code)));
        Self { dates: Dates::all(on), known_at, places }
    }
}
