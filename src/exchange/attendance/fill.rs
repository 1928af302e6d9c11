//! What attendance makes of a roster's row: the hours that a clerk would have added up, and what no column says.
//!
//! A cell that is filled besides must say the same. Whoever's attendance does not do is refused; the others go on.

use super::{Record, Records, columns::Field as Of, rejected};
use crate::{
    classify::monday,
    exchange::{
        rejected::Rejected,
        roster::{Engagement, Field, Paying, RosterRow},
    },
    payroll::{HoursRules, PayDays, SheetError, Sums, Timesheet},
    quantity::{Exact, Money},
    rulebook::Given,
};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// The attendance of a month, and whose rows have been filled from it.
pub struct Attended<'b> {
    pub(super) rules: HoursRules<'b>,
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
    payer: String,
    records: Vec<Record>,
    /// Where somebody's records are, by 工号.
    index: BTreeMap<String, Vec<usize>>,
    refused: Vec<(Option<String>, Rejected)>,
    /// The rows of the file that belong to somebody, and his row in the roster.
    taken: BTreeMap<u32, u32>,
    /// Who is in the roster.
    known: BTreeSet<String>,
    told: Told,
}

/// What is to be told of attendance as a whole, by 工号.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The sums of each, with the name.
    pub sums: Vec<(String, String, Sums)>,
    /// Those whose attendance does not do.
    pub refused: Vec<String>,
    /// How many have none, whose hours are those of the roster.
    pub without: usize,
    /// Those whose relation is not paid by it.
    pub unused: Vec<String>,
    /// Those paid by the hour whose first week lacks the days before the month.
    pub cut: Vec<String>,
    /// Those whose last shift goes on past the month, and the hours that fall into the next.
    pub spilled: Vec<(String, Exact)>,
    /// The year, where nobody has arranged its swaps of working days yet.
    pub unarranged: Option<i32>,
}

/// How hours are reckoned for a row.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum System {
    Standard,
    Comprehensive,
    Irregular,
}

impl<'b> Attended<'b> {
    /// The attendance of the month that is paid.
    #[must_use]
    pub fn new(read: Records, rules: HoursRules<'b>, paying: &Paying) -> Self {
        let mut index: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, record) in read.records.iter().enumerate() {
            index.entry(record.number.clone()).or_default().push(at);
        }
        let year = paying.period_start.year();
        let unarranged = rules.book().calendar().year(year).is_ok_and(|one| !one.arranged).then_some(year);
        Self {
            rules,
            start: paying.period_start,
            end: paying.period_end,
            payer: paying.payer.clone(),
            records: read.records,
            index,
            refused: read.refused,
            taken: BTreeMap::new(),
            known: BTreeSet::new(),
            told: Told { unarranged, ..Told::default() },
        }
    }

    /// Fills a row.
    ///
    /// # Errors
    /// All that is wrong with its attendance, and where the row says something else.
    pub fn fill(&mut self, row: &mut RosterRow) -> Result<(), Vec<Rejected>> {
        let filled = self.filled(row);
        if filled.is_err() {
            self.told.refused.push(row.worker_no.clone());
        }
        filled
    }

    fn filled(&mut self, row: &mut RosterRow) -> Result<(), Vec<Rejected>> {
        let payer = row.payer.as_deref().unwrap_or(&self.payer);
        let of_number = self.index.get(&row.worker_no).map_or(&[][..], Vec::as_slice);
        let mine = |record: &&Record| record.payer.as_deref().is_none_or(|one| one == payer);
        let of_payer: Vec<&Record> = of_number.iter().filter_map(|at| self.records.get(*at)).filter(mine).collect();
        let of_row: Vec<&Record> = of_payer
            .iter()
            .copied()
            .filter(|record| record.project.is_none() || record.project == row.project)
            .collect();
        // Hours that two rows of one person took would be paid twice.
        let twice = of_row.iter().find_map(|record| Some((*record, *self.taken.get(&record.row)?)));
        self.taken.extend(of_row.iter().map(|record| (record.row, row.row)));
        self.known.insert(row.worker_no.clone());
        let unread = self.refused.iter().filter(|(number, _)| number.as_ref() == Some(&row.worker_no));
        let mut faults: Vec<Rejected> = unread.map(|(_, one)| one.clone()).collect();
        if of_row.is_empty() && faults.is_empty() {
            self.told.without += 1;
            return Ok(());
        }
        if row.engagement.is_remunerated() {
            self.told.unused.push(row.worker_no.clone());
            return if faults.is_empty() { Ok(()) } else { Err(faults) };
        }
        if let Some((record, first)) = twice {
            let problem = format!("名单第 {first} 行和第 {} 行都会算上这一行", row.row);
            let remedy = "一人有几行的，考勤写明扣缴义务人或者项目";
            faults.push(rejected(record.row, Of::Number.heading(), record.number.clone(), problem, remedy));
        }
        let system = self.system(row);
        let sheet = Sheet { from: self, row, system };
        // Nobody is at two places at once, and the limits of non-full-time work are those of one employer, whatever the
        // projects.
        let whole = sheet.checked(&of_payer, &mut faults);
        let timesheet = sheet.timesheet(&of_row);
        if !faults.is_empty() {
            return Err(faults);
        }
        let refuse =
            |error: SheetError| vec![sheet.fault(Field::WorkerNo, &row.worker_no, error.to_string(), "核对考勤表")];
        let month = (self.start, self.end);
        let known_to = row.left.is_none_or(|left| left > self.end).then_some(self.end);
        let (calendar, standards) = (self.rules.book().calendar(), self.rules.standards());
        let mut sums = timesheet.sums(calendar, standards, month, known_to).map_err(refuse)?;
        sums.weeks = whole.sums(calendar, standards, month, known_to).map_err(refuse)?.weeks;
        let mut filled = row.clone();
        let settled = longest_settlement(&of_row);
        sheet.apply(&mut filled, &sums, settled, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        let first_day = of_payer.iter().map(|record| record.day).min();
        self.note(&filled, first_day, &timesheet);
        self.told.sums.push((filled.worker_no.clone(), filled.name.clone(), sums));
        *row = filled;
        Ok(())
    }

    /// What belongs to nobody of the roster, and what is to be told.
    #[must_use]
    pub fn finish(self) -> (Vec<Rejected>, Told) {
        let mut left: Vec<Rejected> = Vec::new();
        for record in self.records.iter().filter(|record| !self.taken.contains_key(&record.row)) {
            let (heading, value) = match (&record.project, &record.payer) {
                (Some(project), _) if self.known.contains(&record.number) => (Of::Project, project),
                (_, Some(payer)) if self.known.contains(&record.number) => (Of::Payer, payer),
                _ => (Of::Number, &record.number),
            };
            let problem = format!("名单里没有能核算的 {} 与这一行相合", record.number);
            let remedy = "核对工号、扣缴义务人和项目；名单里这个人被退回的，先改正名单";
            left.push(rejected(record.row, heading.heading(), value.clone(), problem, remedy));
        }
        let strangers =
            self.refused.into_iter().filter(|(number, _)| number.as_ref().is_none_or(|one| !self.known.contains(one)));
        left.extend(strangers.map(|(_, one)| one));
        left.sort_by_key(|one| one.row);
        (left, self.told)
    }

    /// A word that the rule does not know is told of where the row is made facts.
    fn system(&self, row: &RosterRow) -> System {
        let Some(written) = &row.attendance.hours_system else { return System::Standard };
        let lexicon = self.rules.book().lexicon();
        let entry = lexicon.find_anywhere(HOURS_SYSTEM).ok();
        let members = entry.and_then(|entry| lexicon.choice_set(entry)).map_or(&[][..], |set| lexicon.members(set));
        match members.iter().find(|member| member.name == *written).map(|member| member.id.as_str()) {
            Some("comprehensive") => System::Comprehensive,
            Some("irregular") => System::Irregular,
            _ => System::Standard,
        }
    }

    fn note(&mut self, row: &RosterRow, first_day: Option<NaiveDate>, timesheet: &Timesheet) {
        let by_hours = row.engagement == Engagement::NonFullTime && row.hired < self.start;
        if by_hours && monday(self.start) < self.start && first_day.is_none_or(|day| day >= self.start) {
            self.told.cut.push(row.worker_no.clone());
        }
        let mut spilled = timesheet.stretches.iter().filter(|one| one.day > self.end && one.activity.is_work());
        let spilled = spilled.try_fold(Exact::ZERO, |sum, one| sum.add(one.hours)).unwrap_or(Exact::ZERO);
        if !spilled.is_zero() {
            self.told.spilled.push((row.worker_no.clone(), spilled));
        }
    }
}

const HOURS_SYSTEM: &str = "labour.hours.hours_system";

/// The most days from the first shift that waited for a settlement to the day of the settlement, both counted.
fn longest_settlement(records: &[&Record]) -> Option<u32> {
    let mut first: BTreeMap<NaiveDate, NaiveDate> = BTreeMap::new();
    for record in records.iter().filter(|record| record.activity.is_work()) {
        let Some(settled) = record.settled_on else { continue };
        let earliest = first.entry(settled).or_insert(record.day);
        *earliest = record.day.min(*earliest);
    }
    let days = first
        .iter()
        .filter_map(|(settled, begun)| u32::try_from(settled.signed_duration_since(*begun).num_days() + 1).ok());
    days.max()
}

/// A row of the roster and what its attendance is held against.
pub(super) struct Sheet<'s, 'b> {
    pub(super) from: &'s Attended<'b>,
    pub(super) row: &'s RosterRow,
    pub(super) system: System,
}

impl Sheet<'_, '_> {
    /// Puts the sums where the row has them.
    fn apply(&self, row: &mut RosterRow, sums: &Sums, settled: Option<u32>, faults: &mut Vec<Rejected>) {
        let mut facts: BTreeMap<&'static str, Given> = BTreeMap::new();
        let number = |hours: Exact| Given::Number(hours);
        let own = &mut row.attendance;
        match self.row.engagement {
            Engagement::NonFullTime => {
                let rate = row.particulars.hourly_rate;
                if rate.is_some() && row.particulars.hours.is_none() && row.main_pay != Money::ZERO {
                    let remedy = "按小时计酬的，基本工资空着；一口价的，小时计酬标准空着";
                    faults.push(self.fault(
                        Field::BaseWage,
                        &row.main_pay.to_string(),
                        "已有考勤和小时计酬标准，会重复计算".to_owned(),
                        remedy,
                    ));
                }
                self.agree(Field::PaidHours, &mut row.particulars.hours, sums.worked, faults);
                // No work at all is said as well, so that nothing waits for it.
                row.particulars.hours = row.particulars.hours.or(Some(sums.worked));
                match (row.particulars.settlement_days, settled) {
                    (Some(stated), Some(longest)) if longest > stated => {
                        let problem = format!("考勤里最久的隔了 {longest} 天才结算");
                        faults.push(self.fault(
                            Field::SettlementDays,
                            &stated.to_string(),
                            problem,
                            "按实际的结算周期填写，或者核对结算日",
                        ));
                    }
                    (None, longest) => row.particulars.settlement_days = longest,
                    (Some(_), _) => {}
                }
                facts.insert("payroll.days.most_a_week", number(sums.weeks.most_a_week));
                facts.insert("payroll.days.most_a_day", number(sums.weeks.most_a_day));
                if let Some(day) = sums.weeks.exceeded_on {
                    facts.insert("payroll.days.exceeded_on", Given::Date(day));
                }
                if !sums.holiday.is_zero() {
                    facts.insert("payroll.days.on_holidays", number(sums.holiday));
                }
            }
            _ => {
                self.agree(Field::HolidayHours, &mut own.holiday, sums.holiday, faults);
                self.agree(Field::SickHours, &mut own.sick, sums.sick, faults);
                self.agree(Field::PersonalHours, &mut own.personal, sums.personal, faults);
                // Without days of rest and without a standard there is nothing that they could exceed.
                let (weekday, rest_day) = match self.system {
                    System::Standard => (sums.weekday, sums.rest_day),
                    System::Comprehensive | System::Irregular => (Exact::ZERO, Exact::ZERO),
                };
                self.agree(Field::RestDayHours, &mut own.rest_day, rest_day, faults);
                let time_off = if self.system == System::Standard { sums.time_off } else { Exact::ZERO };
                self.agree(Field::TimeOffHours, &mut own.time_off, time_off, faults);
                match self.system {
                    System::Comprehensive => match self.comprehensive(sums, &mut facts) {
                        Ok(extended) => {
                            // The rule reckons it itself, and the slip shows how.
                            let mut stated = own.weekday;
                            self.agree(Field::WeekdayHours, &mut stated, extended, faults);
                        }
                        Err(problem) => {
                            let value = row.attendance.hours_system.clone().unwrap_or_default();
                            faults.push(self.fault(Field::HoursSystem, &value, problem, "核对考勤表"));
                        }
                    },
                    System::Standard | System::Irregular => {
                        self.agree(Field::WeekdayHours, &mut own.weekday, weekday, faults)
                    }
                }
                if self.system == System::Standard {
                    if !sums.longest_day.is_zero() {
                        facts.insert("labour.overtime.longest_day", number(sums.longest_day));
                    }
                    if let Some(first) = sums.weeks.without_rest.first() {
                        let weeks = i64::try_from(sums.weeks.without_rest.len()).unwrap_or(i64::MAX);
                        facts.insert("payroll.days.weeks_without_rest", number(Exact::from(weeks)));
                        facts.insert("payroll.days.week_without_rest", Given::Date(*first));
                    }
                }
            }
        }
        row.attendance.of_days = facts;
    }

    /// The facts of comprehensive hours, and what they come to.
    fn comprehensive(&self, sums: &Sums, facts: &mut BTreeMap<&'static str, Given>) -> Result<Exact, String> {
        let rules = &self.from.rules;
        let month = (self.from.start, self.from.end);
        let days = PayDays::count(rules.book().calendar(), month, self.row.hired, self.row.left);
        let days = days.map_err(|error| error.to_string())?;
        let sum =
            |parts: [Exact; 3]| parts.into_iter().try_fold(Exact::ZERO, Exact::add).map_err(|error| error.to_string());
        let worked = sums.worked.sub(sums.holiday).map_err(|error| error.to_string())?;
        let count = |days: u32| Given::Number(Exact::from(i64::from(days)));
        facts.extend([
            ("payroll.days.worked_hours", Given::Number(worked)),
            ("payroll.days.leave_hours", Given::Number(sum([sums.sick, sums.personal, sums.paid_leave])?)),
            ("payroll.attendance.workdays_here", count(days.workdays_here)),
            ("payroll.attendance.workdays_of_month", count(days.workdays_of_month)),
        ]);
        let lexicon = rules.book().lexicon();
        let entry = lexicon.find_anywhere(HOURS_SYSTEM).ok();
        let system =
            entry.and_then(|entry| lexicon.choice_set(entry)).and_then(|set| lexicon.member(set, "comprehensive"));
        let system = Given::Choice(system.ok_or("规则库没有综合计算工时制")?);
        rules.extended(facts.iter().map(|(id, given)| (*id, given)).chain([(HOURS_SYSTEM, &system)]))
    }

    /// A cell that was filled says what the days come to; one that was not is filled.
    fn agree(&self, field: Field, stated: &mut Option<Exact>, counted: Exact, faults: &mut Vec<Rejected>) {
        match *stated {
            Some(hours) if hours != counted => {
                let problem = format!("名单填 {hours} 小时，考勤合计 {counted} 小时");
                let remedy = "改正名单或者考勤；这一格空着的，以考勤为准";
                faults.push(self.fault(field, &hours.to_string(), problem, remedy));
            }
            None if !counted.is_zero() => *stated = Some(counted),
            _ => {}
        }
    }

    fn fault(&self, field: Field, value: &str, problem: String, remedy: &str) -> Rejected {
        let (column, value) = (field.column().heading.to_owned(), value.to_owned());
        Rejected { row: self.row.row, column, value, problem, remedy: remedy.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        exchange::roster,
        payroll::{Activity, Month, Stretch},
        rulebook::{Book, Sources},
    };
    use std::{path::Path, sync::LazyLock};

    static BOOK: LazyLock<Book> = LazyLock::new(|| Book::read(Sources::embedded()).unwrap());

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn what_two_rows_of_one_person_would_take_is_refused_to_the_second() {
        let end = day("2026-09-30");
        let roster = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hotline/roster-2026-09.csv");
        let first = roster::read(&roster, end).unwrap().rows.remove(0);
        let second = RosterRow { row: 99, project: Some("样例项目二".to_owned()), ..first.clone() };
        let record = |row, project: Option<&str>| {
            let (day, hours) = (day("2026-09-22"), Exact::from(9));
            let stretches = vec![Stretch { began: day, day, activity: Activity::Work, hours }];
            let project = project.map(str::to_owned);
            let number = first.worker_no.clone();
            let activity = Activity::Work;
            Record {
                row,
                number,
                payer: None,
                project,
                day,
                activity,
                stretches,
                span: None,
                own_day: None,
                settled_on: None,
            }
        };
        let fill = |records: Vec<Record>| {
            let payer = String::new();
            let paying = Paying {
                period_start: day("2026-09-01"),
                period_end: end,
                paid_on: end,
                payer,
                contributed_elsewhere: false,
                completes_month: true,
            };
            let month = Month::new(&BOOK, paying.period_start, end, end, None).unwrap();
            let rules = HoursRules::new(&month).unwrap();
            let mut attended = Attended::new(Records { records, refused: Vec::new() }, rules, &paying);
            let mut hours = |row: &RosterRow| {
                let mut row = row.clone();
                attended.fill(&mut row).map(|()| row.attendance.weekday).map_err(|faults| faults.len())
            };
            (hours(&first), hours(&second))
        };
        let one = Some(Exact::ONE);
        assert_eq!(fill(vec![record(2, None)]), (Ok(one), Err(1)));
        assert_eq!(fill(vec![record(2, first.project.as_deref())]), (Ok(one), Ok(None)));
        let both = vec![record(2, first.project.as_deref()), record(3, Some("样例项目二"))];
        assert_eq!(fill(both), (Ok(one), Ok(one)));
    }
}
