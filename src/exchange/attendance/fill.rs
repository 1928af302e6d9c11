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
    payroll::{Class, HoursRules, PayDays, SheetError, Sums, Timesheet},
    quantity::{Exact, Money},
    rulebook::{DayKind, Given},
};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// The attendance of a month, and whose rows have been filled from it.
pub struct Attended<'b> {
    rules: HoursRules<'b>,
    start: NaiveDate,
    end: NaiveDate,
    payer: String,
    records: Vec<Record>,
    /// Where somebody's records are, by 工号.
    index: BTreeMap<String, Vec<usize>>,
    refused: Vec<(Option<String>, Rejected)>,
    /// The rows of the file that belong to somebody of the roster.
    taken: BTreeSet<u32>,
    /// Who is in the roster.
    known: BTreeSet<String>,
    told: Told,
}

/// What is to be told of attendance as a whole, by 工号.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The sums of each, with the name.
    pub sums: Vec<(String, String, Sums)>,
    /// How many have none, whose hours are those of the roster.
    pub without: usize,
    /// Those whose relation is not paid by it.
    pub unused: Vec<String>,
    /// Those paid by the hour whose first week lacks the days before the month.
    pub cut: Vec<String>,
    /// Those whose last shift goes on past the month, and the hours that fall into the next.
    pub spilled: Vec<(String, Exact)>,
}

/// How hours are reckoned for a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum System {
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
        Self {
            rules,
            start: paying.period_start,
            end: paying.period_end,
            payer: paying.payer.clone(),
            records: read.records,
            index,
            refused: read.refused,
            taken: BTreeSet::new(),
            known: BTreeSet::new(),
            told: Told::default(),
        }
    }

    /// Fills a row.
    ///
    /// # Errors
    /// All that is wrong with its attendance, and where the row says something else.
    pub fn fill(&mut self, row: &mut RosterRow) -> Result<(), Vec<Rejected>> {
        let payer = row.payer.as_deref().unwrap_or(&self.payer);
        let of_number = self.index.get(&row.worker_no).map_or(&[][..], Vec::as_slice);
        let mine = |record: &&Record| record.payer.as_deref().is_none_or(|one| one == payer);
        let of_payer: Vec<&Record> = of_number.iter().filter_map(|at| self.records.get(*at)).filter(mine).collect();
        let of_row: Vec<&Record> = of_payer
            .iter()
            .copied()
            .filter(|record| record.project.is_none() || record.project == row.project)
            .collect();
        self.taken.extend(of_row.iter().map(|record| record.row));
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
        let system = self.system(row);
        let sheet = Sheet { from: self, row, system };
        let timesheet = sheet.checked(&of_row, &mut faults);
        // The limits of non-full-time work are those of one employer, whatever the projects.
        let whole = sheet.timesheet(&of_payer);
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
        for record in self.records.iter().filter(|record| !self.taken.contains(&record.row)) {
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
    let days = first.iter().filter_map(|(settled, begun)| u32::try_from((*settled - *begun).num_days() + 1).ok());
    days.max()
}

/// A row of the roster and what its attendance is held against.
struct Sheet<'s, 'b> {
    from: &'s Attended<'b>,
    row: &'s RosterRow,
    system: System,
}

impl Sheet<'_, '_> {
    /// Whether working days and days of rest are told apart.
    fn has_days_of_rest(&self) -> bool {
        self.system == System::Standard && self.row.engagement != Engagement::NonFullTime
    }

    /// The records as they are.
    fn timesheet(&self, records: &[&Record]) -> Timesheet {
        Timesheet {
            stretches: records.iter().flat_map(|record| record.stretches.iter().copied()).collect(),
            own_days: records.iter().filter_map(|record| Some((record.day, record.own_day?))).collect(),
        }
    }

    /// The records, looked through.
    fn checked(&self, records: &[&Record], faults: &mut Vec<Rejected>) -> Timesheet {
        let mut refuse = |record: &Record, of: Of, value: String, problem: String, remedy: &str| {
            faults.push(rejected(record.row, of.heading(), value, problem, remedy));
        };
        let (start, end) = (self.from.start, self.from.end);
        // Days before the month: its first week, for the sums of a week, and the night before.
        let earliest = start.pred_opt().map_or(start, |eve| monday(start).min(eve));
        let calendar = self.from.rules.book().calendar();
        let timesheet = self.timesheet(records);
        for record in records {
            let day = record.day;
            let mut wrong = |problem: String, remedy: &str| refuse(record, Of::Day, day.to_string(), problem, remedy);
            if day < earliest || day > end {
                wrong(
                    format!("不在本期（{start} 至 {end}）"),
                    "删去这一行；本期以前的，只带第一周的各日和上月末日的夜班",
                );
            } else if day < self.row.hired {
                wrong(format!("早于任职受雇日期 {}", self.row.hired), "核对日期和任职受雇日期");
            } else if self.row.left.is_some_and(|left| day > left) {
                wrong("晚于离职日期".to_owned(), "核对日期和离职日期");
            }
            let conflict = |other: &&&Record| {
                other.own_day.is_some() && record.own_day.is_some() && other.own_day != record.own_day
            };
            if let Some(other) =
                records.iter().filter(|other| other.day == day && other.row < record.row).find(conflict)
            {
                let problem = format!("与第 {} 行的日别不同", other.row);
                refuse(record, Of::OwnDay, String::new(), problem, "同一天只能是一种，改正其中一行");
            }
            match (calendar.kind(day), record.own_day) {
                (Ok(DayKind::Statutory(name)), Some(_)) => {
                    refuse(
                        record,
                        Of::OwnDay,
                        String::new(),
                        format!("{day} 是法定休假日（{name}），轮班不能改动"),
                        "这一行不填日别",
                    );
                }
                (Ok(_), _) => {}
                (Err(error), _) => {
                    refuse(record, Of::Day, day.to_string(), error.to_string(), "用补充过日历的规则库（--rules）")
                }
            }
            let leaves = !record.activity.is_work() && !record.stretches.is_empty();
            let free = timesheet.class(calendar, day).is_ok_and(|class| class != Class::Work);
            if leaves && free && self.has_days_of_rest() {
                let remedy = "请假和补休只填工作日的小时；轮班的，日别填工作日";
                refuse(record, Of::Activity, String::new(), format!("{day} 不是工作日，没有可以请假的时间"), remedy);
            }
        }
        let mut spans: Vec<_> = records.iter().filter_map(|record| Some((record.span?, *record))).collect();
        spans.sort_by_key(|(span, record)| (*span, record.row));
        let mut latest: Option<(chrono::NaiveDateTime, u32)> = None;
        for ((from, until), record) in spans {
            if let Some((_, other)) = latest.filter(|(before, _)| *before > from) {
                refuse(
                    record,
                    Of::Begin,
                    from.to_string(),
                    format!("与第 {other} 行的时间重叠"),
                    "改正时间，或删去重复的一行",
                );
            }
            if latest.is_none_or(|(before, _)| until > before) {
                latest = Some((until, record.row));
            }
        }
        let mut days: BTreeMap<NaiveDate, Exact> = BTreeMap::new();
        for record in records {
            for one in &record.stretches {
                let sum = days.entry(one.day).or_insert(Exact::ZERO);
                let before = *sum;
                *sum = sum.add(one.hours).unwrap_or(before);
                if *sum > Exact::from(24) && before <= Exact::from(24) {
                    let problem = format!("{} 的各行合计超过 24 小时", one.day);
                    refuse(record, Of::Hours, one.hours.to_string(), problem, "核对当天的各行和前一天的夜班");
                }
            }
        }
        let moved = |wanted: bool, kind: DayKind<'_>| {
            let days = timesheet.own_days.iter().filter(|(_, own)| **own == wanted);
            days.filter(|(day, _)| calendar.kind(**day) == Ok(kind)).count()
        };
        let (taken, given) = (moved(true, DayKind::Rest), moved(false, DayKind::Work));
        if self.has_days_of_rest()
            && taken > given
            && let Some(record) = records.iter().find(|record| record.own_day == Some(true))
        {
            let problem = format!("日别把 {taken} 个休息日改为工作日，只把 {given} 个工作日改为休息日");
            let remedy = "轮休的那天也填一行（日别填休息日，不填小时）；没有另外安排休息的，不改日别，按休息日加班";
            refuse(record, Of::OwnDay, String::new(), problem, remedy);
        }
        timesheet
    }

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
