//! What each rota needs, and what the offered persons can cover.

use super::{
    build::Post,
    desk::Desk,
    lines::shown,
    model::{Finding, RotaReport},
    refusal::Refusal,
    sheet::Facts,
    tender::{Position, Rota, Tender},
};
use crate::quantity::Exact;

/// The reports of the positions that have a rota, and what is wrong with them.
pub(super) fn reports(
    desk: &Desk<'_>,
    tender: &Tender,
    posts: &[Post],
) -> Result<(Vec<RotaReport>, Vec<Finding>), Refusal> {
    let (mut reports, mut findings) = (Vec::new(), Vec::new());
    for (position, post) in tender.positions.iter().zip(posts) {
        let Some(rota) = &position.rota else { continue };
        let mut said = desk.rota.with(&facts(desk, tender, position, rota, post)?)?;
        let mut ask = |id: &str| said.number(&format!("quote.rota.{id}"));
        let ordinary = ask("ordinary_hours")?;
        let mut report = RotaReport {
            position: position.name.clone(),
            shifts: ask("ordinary_shifts")?,
            holiday_shifts: ask("holiday_shifts")?,
            holiday_hours: ask("holiday_hours")?,
            night_shifts: ask("night_shifts")?,
            hours: ordinary.add(ask("holiday_hours")?)?,
            capacity_each: ask("capacity")?,
            needed: ask("needed")?,
            offered: position.persons,
            round_the_clock: ask("posts")?,
            for_seats: said.maybe("quote.rota.for_seats")?,
            summary: String::new(),
        };
        report.summary = summary(&report);
        findings.extend(said.findings(&["quote.rota"]).into_iter().map(|raised| Finding::on(raised, &position.name)));
        reports.push(report);
    }
    Ok((reports, findings))
}

fn summary(report: &RotaReport) -> String {
    let seats =
        report.for_seats.map_or_else(String::new, |seats| format!("；采购文件的席位全天在岗需要{}人", shown(seats)));
    format!(
        "{}：平日{}班、法定节假日{}班（{}小时），夜班{}班；每人可排{}小时，正常工时内需要{}人，投入{}人，可保持{}个全天岗位{seats}",
        report.position,
        shown(report.shifts),
        shown(report.holiday_shifts),
        shown(report.holiday_hours),
        shown(report.night_shifts),
        shown(report.capacity_each),
        shown(report.needed),
        report.offered,
        shown(report.round_the_clock)
    )
}

fn facts(desk: &Desk<'_>, tender: &Tender, position: &Position, rota: &Rota, post: &Post) -> Result<Facts, Refusal> {
    let whole = |count: u32| Exact::from(i64::from(count));
    let (mut days, mut statutory) = (0, 0);
    for month in &desk.months {
        if rota.every_day {
            days += month.days - month.statutory_days;
            statutory += month.statutory_days;
        } else {
            days += month.working_days;
        }
    }
    let (mut shifts, mut hours, mut nights) = (Exact::ZERO, Exact::ZERO, Exact::ZERO);
    for shift in &rota.shifts {
        let count = Exact::from(shift.count);
        shifts = shifts.add(count)?;
        hours = hours.add(count.mul(shift.hours.into())?)?;
        if shift.night {
            nights = nights.add(count)?;
        }
    }
    let mut busiest = Exact::ZERO;
    for hours in &post.holiday_hours {
        if busiest.sub(*hours)?.is_negative() {
            busiest = *hours;
        }
    }
    Ok(Facts::default()
        .number("quote.rota.days", whole(days))
        .number("quote.rota.statutory_days", whole(statutory))
        .number("quote.rota.shifts", shifts)
        .number("quote.rota.shift_hours", hours)
        .number("quote.rota.nights", nights)
        .number("quote.rota.months", super::amounts::rounded(desk.month_sum, desk.rounding)?)
        .number("quote.rota.leave", rota.annual_leave_days)
        .number("quote.rota.absence", rota.absence)
        .number("quote.rota.persons", position.persons)
        .maybe("quote.rota.seats", tender.seats)
        .number("quote.rota.busiest", busiest)
        .yes("quote.rota.approved", rota.approved)
        .yes("quote.rota.every_day", rota.every_day))
}
