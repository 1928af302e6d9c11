//! `gongche pay --attendance`: shifts and absences through the binary, to hours, pay and what is said of them.

use super::{Desk, Person, error, figure, findings, gongche, person, refusals};
use crate::rules::Ran;
use calamine::{Reader, Xlsx, open_workbook};
use rust_xlsxwriter::{ExcelDateTime, Format};
use serde_json::Value;
use std::fs;

const HEADINGS: &str = "工号,日期,小时,上班,下班,类别,日别,结算日,项目\n";

/// Somebody in Kunming with 5,220 yuan a month, which is 30 an hour.
fn worker(sequence: u32, changes: &[(&'static str, &str)]) -> Person {
    let common = [("参保地", "昆明市"), ("基本工资", "5220"), ("社保缴费基数", "5220"), ("公积金缴存基数", "5220")];
    person(sequence, &[&common[..], changes].concat())
}

/// Somebody there who is paid by the hour, 22 yuan each.
fn hourly(sequence: u32, changes: &[(&'static str, &str)]) -> Person {
    let blank = ["基本工资", "社保缴费基数", "公积金缴存基数", "公积金缴存比例"].map(|heading| (heading, ""));
    let own = [("用工形式", "非全日制"), ("小时计酬标准", "22"), ("结算周期天数", "15")];
    worker(sequence, &[&blank[..], &own, changes].concat())
}

fn pay_of(desk: &Desk, people: &[Person], days: &[&str], more: &[&str]) -> Ran {
    let rows: String = days.iter().map(|day| format!("{day}\n")).collect();
    fs::write(desk.path("attendance.csv"), format!("{HEADINGS}{rows}")).unwrap();
    let attendance = desk.text_path("attendance.csv");
    desk.pay(people, "2026-09", &[&["--attendance", &attendance], more].concat())
}

fn pay(people: &[Person], days: &[&str]) -> Value {
    pay_of(&Desk::new(), people, days, &[]).json()
}

/// The slip of one person, who is not refused.
fn slip(person: Person, days: &[&str]) -> Value {
    let json = pay(&[person], days);
    assert_eq!(refusals(&json), [], "{json}");
    json["slips"][0].clone()
}

fn overtime(slip: &Value) -> &str {
    let mut earnings = slip["earnings"].as_array().unwrap().iter();
    earnings.find(|one| one["id"] == "overtime").map_or("0.00", |one| figure(one, "amount"))
}

fn has(slip: &Value, code: &str) -> bool {
    findings(slip).contains(&code)
}

fn message<'s>(slip: &'s Value, code: &str) -> &'s str {
    let all = slip["findings"].as_array().unwrap();
    figure(all.iter().find(|one| one["code"] == code).unwrap_or_else(|| panic!("no {code} in {slip}")), "message")
}

#[test]
fn the_calendar_decides_what_an_hour_is_paid() {
    // Saturday the 19th is free and Sunday the 20th worked; Friday the 25th is the mid-autumn holiday.
    let night = "A001,2026-09-24,,22:00,06:00,,,,";
    let sunday = "A001,2026-09-20,9,,,,,,";
    assert_eq!(overtime(&slip(worker(1, &[]), &[night])), "540.00");
    assert_eq!(overtime(&slip(worker(1, &[]), &[sunday])), "45.00");
    assert_eq!(overtime(&slip(worker(1, &[]), &["A001,2026-09-19,9,,,,,,"])), "540.00");
    assert_eq!(overtime(&slip(worker(1, &[]), &["A001,2026-09-21,8,,,,,,"])), "0.00");
    let all = slip(worker(1, &[]), &[night, sunday]);
    let shown: Vec<&str> = all["derivations"].as_array().unwrap().iter().map(|one| figure(one, "id")).collect();
    assert_eq!(shown, ["labour.overtime.hour_wage", "labour.overtime.part[weekday]", "labour.overtime.part[holiday]"]);
}

#[test]
fn time_off_stands_for_work_on_days_of_rest_and_for_nothing_else() {
    let days = ["A001,2026-09-19,8,,,,,,", "A001,2026-09-22,9,,,,,,", "A001,2026-09-25,8,,,,,,"];
    let with = |off: &[&str]| slip(worker(1, &[]), &[&days[..], off].concat());
    // 8 × 200 % + 1 × 150 % + 8 × 300 % at 30 yuan.
    assert_eq!(overtime(&with(&[])), "1245.00");
    assert_eq!(overtime(&with(&["A001,2026-09-21,8,,,补休,,,"])), "765.00");
    let more = with(&["A001,2026-09-21,8,,,补休,,,", "A001,2026-09-23,8,,,补休,,,"]);
    assert_eq!(overtime(&more), "765.00");
    assert!(has(&more, "labour.overtime.more_time_off_than_worked"));
}

#[test]
fn the_limits_of_overtime_are_findings_beyond_and_not_at_them() {
    let saturdays = ["05", "12", "19", "26"].map(|day| format!("A001,2026-09-{day},9,,,,,,"));
    let saturdays: Vec<&str> = saturdays.iter().map(String::as_str).collect();
    let month = |last: &str| slip(worker(1, &[]), &[&saturdays[..], &[last]].concat());
    assert!(!has(&month("A001,2026-09-22,8,,,,,,"), "labour.overtime.month_too_long"));
    assert!(has(&month("A001,2026-09-22,8.01,,,,,,"), "labour.overtime.month_too_long"));
    for (hours, code) in [
        ("9", None),
        ("9.01", Some("labour.overtime.day_unusual")),
        ("11", Some("labour.overtime.day_unusual")),
        ("11.01", Some("labour.overtime.day_too_long")),
    ] {
        let day = slip(worker(1, &[]), &[&format!("A001,2026-09-22,{hours},,,,,,")]);
        let raised = findings(&day).into_iter().find(|code| code.starts_with("labour.overtime.day"));
        assert_eq!(raised, code, "{hours}");
    }
}

#[test]
fn a_week_without_a_day_of_rest_is_named() {
    let week: Vec<String> = (7..=13).map(|day| format!("A001,2026-09-{day:02},8,,,,,,")).collect();
    let week: Vec<&str> = week.iter().map(String::as_str).collect();
    let seven = slip(worker(1, &[]), &week);
    assert!(message(&seven, "payroll.days.no_day_of_rest").contains("2026-09-07"));
    assert!(!has(&slip(worker(1, &[]), &week[..6]), "payroll.days.no_day_of_rest"));
}

#[test]
fn the_day_is_named_on_which_part_time_work_is_exceeded() {
    // Monday the 7th to Saturday the 12th, four hours each.
    let rows = |number: &str| -> Vec<String> {
        (7..=12).map(|day| format!("{number},2026-09-{day:02},,17:00,21:00,,,,")).collect()
    };
    let hired = ("任职受雇日期", "2026-09-01");
    let week = rows("A001");
    let with = |more: &[&str]| {
        let days: Vec<&str> = week.iter().map(String::as_str).chain(more.iter().copied()).collect();
        slip(hourly(1, &[hired]), &days)
    };
    let within = with(&[]);
    assert_eq!((figure(&within, "gross"), has(&within, "payroll.days.beyond_non_full_time")), ("528.00", false));
    let beyond = with(&["A001,2026-09-13,,17:00,17:15,,,,"]);
    let told = message(&beyond, "payroll.days.beyond_non_full_time");
    assert!(told.contains("2026-09-13起") && told.contains("24.25小时"), "{told}");
    assert_eq!(figure(&beyond, "gross"), "533.50");
    // A quarter of an hour more on average, and not twenty-four in all.
    let average = slip(hourly(1, &[hired]), &["A001,2026-09-07,,17:00,21:15,,,,"]);
    assert!(message(&average, "payroll.days.beyond_non_full_time").contains("2026-09-07起"));
    assert!(!has(&slip(hourly(1, &[hired]), &["A001,2026-09-07,4,,,,,,"]), "payroll.days.beyond_non_full_time"));
    let holiday = slip(hourly(1, &[hired]), &["A001,2026-09-25,4,,,,,,"]);
    assert!(has(&holiday, "payroll.days.hourly_on_holidays"));
    assert_eq!((overtime(&holiday), figure(&holiday, "gross")), ("0.00", "88.00"));
}

#[test]
fn a_week_that_began_in_the_month_before_needs_its_days() {
    let september = ["01", "02", "03", "04", "05"].map(|day| format!("A001,2026-09-{day},4,,,,,,"));
    let september: Vec<&str> = september.iter().map(String::as_str).collect();
    let noted = |json: &Value| {
        json["notes"].as_array().unwrap().iter().any(|note| note.as_str().unwrap().contains("第一周从上月开始"))
    };
    let alone = pay(&[hourly(1, &[])], &september);
    assert!(noted(&alone), "{alone}");
    let with = |monday: &str| pay(&[hourly(1, &[])], &[&september[..], &[monday]].concat());
    let (within, beyond) = (with("A001,2026-08-31,4,,,,,,"), with("A001,2026-08-31,4.01,,,,,,"));
    assert!(!noted(&within) && !has(&within["slips"][0], "payroll.days.beyond_non_full_time"));
    assert!(message(&beyond["slips"][0], "payroll.days.beyond_non_full_time").contains("2026-09-05"));
    // August's hours are not paid again.
    assert_eq!(figure(&beyond["slips"][0], "gross"), "440.00");
    // Nobody misses days before they were hired.
    assert!(!noted(&pay(&[hourly(1, &[("任职受雇日期", "2026-09-01")])], &september)));
}

#[test]
fn settlements_are_as_far_apart_as_the_days_say() {
    let settled = |begun: &str, stated| {
        let first = format!("A001,2026-09-{begun},4,,,,,2026-09-16,");
        pay(&[hourly(1, &[("任职受雇日期", "2026-09-01"), ("结算周期天数", stated)])], &[&first])
    };
    let late = |json: &Value| has(&json["slips"][0], "payroll.settled_too_late");
    assert_eq!((late(&settled("02", "")), late(&settled("01", ""))), (false, true));
    assert_eq!(refusals(&settled("01", "15")), [(2, "结算周期天数", "考勤里最久的隔了 16 天才结算")]);
    assert_eq!(refusals(&settled("02", "15")), []);
    assert!(late(&settled("02", "16")));
}

#[test]
fn comprehensive_hours_are_held_against_the_month() {
    let approved = [("工时制度", "综合计算工时制"), ("特殊工时已批准", "是")];
    // Twenty shifts of eight hours, weekends among them, then what makes 165.36 in all.
    let days: Vec<String> = (1..=20).map(|day| format!("A001,2026-09-{day:02},8,,,,,,")).collect();
    let with = |last: &str| {
        let days: Vec<&str> = days.iter().map(String::as_str).chain([last]).collect();
        slip(worker(1, &approved), &days)
    };
    assert_eq!(overtime(&with("A001,2026-09-21,5.36,,,,,,")), "0.00");
    let beyond = with("A001,2026-09-21,6.36,,,,,,");
    assert_eq!(overtime(&beyond), "45.00");
    assert!(beyond["derivations"].as_array().unwrap().iter().all(|one| one["id"] != "labour.overtime.part[rest_day]"));
    // A holiday is paid for itself; leave lowers the standard.
    assert_eq!(overtime(&with("A001,2026-09-25,8,,,,,,")), "720.00");
    assert_eq!(overtime(&with("A001,2026-09-22,8,,,年休假,,,")), "118.80");
    let stated = |hours| {
        let person = worker(1, &[&approved[..], &[("平日加班小时", hours)]].concat());
        pay(
            &[person],
            &[&days.iter().map(String::as_str).collect::<Vec<_>>()[..], &["A001,2026-09-21,6.36,,,,,,"]].concat(),
        )
    };
    assert_eq!(overtime(&stated("1")["slips"][0]), "45.00");
    assert_eq!(refusals(&stated("2")), [(2, "平日加班小时", "名单填 2 小时，考勤合计 1 小时")]);
}

#[test]
fn no_fixed_hours_leave_only_the_holiday_to_be_asked_about() {
    let person = worker(1, &[("工时制度", "不定时工作制"), ("特殊工时已批准", "是")]);
    let paid = slip(person, &["A001,2026-09-19,8,,,,,,", "A001,2026-09-22,12,,,,,,", "A001,2026-09-25,8,,,,,,"]);
    assert_eq!(overtime(&paid), "0.00");
    assert!(has(&paid, "labour.overtime.irregular_not_paid"));
    assert!(!has(&paid, "labour.overtime.day_too_long"));
}

#[test]
fn leave_takes_off_what_the_rules_say() {
    let days = ["A001,2026-09-08,8,,,病假,,,", "A001,2026-09-09,4,,,事假,,,", "A001,2026-09-10,8,,,年休假,,,"];
    let paid = slip(worker(1, &[("病假工资比例", "60%")]), &days);
    // 8 × 30 × 40 % and 4 × 30.
    assert_eq!(figure(&paid, "gross"), "5004.00");
    let unsaid = pay(&[worker(1, &[])], &days);
    assert_eq!(refusals(&unsaid), [(2, "工号", "缺少：病假工资比例")]);
}

#[test]
fn the_rota_has_days_of_rest_of_its_own() {
    let saturday = "A001,2026-09-12,9,,,,工作日,,";
    let moved = slip(worker(1, &[]), &[saturday, "A001,2026-09-09,,,,,休息日,,"]);
    assert_eq!(overtime(&moved), "45.00");
    let works = slip(worker(1, &[]), &["A001,2026-09-09,9,,,,休息日,,"]);
    assert_eq!(overtime(&works), "540.00");
    let json = pay(&[worker(1, &[])], &[saturday, "A001,2026-09-25,8,,,,工作日,,"]);
    let columns: Vec<(u64, &str)> = refusals(&json).into_iter().map(|(row, column, _)| (row, column)).collect();
    assert_eq!(columns, [(2, "考勤表的日别"), (3, "考勤表的日别")]);
}

#[test]
fn what_does_not_do_is_refused_for_its_worker_and_the_others_go_on() {
    let desk = Desk::new();
    let people =
        [worker(1, &[("任职受雇日期", "2026-09-02")]), worker(2, &[]), worker(3, &[("离职日期", "2026-09-20")])];
    let days = [
        "A001,2026-10-01,8,,,,,,",
        "A001,2026-09-01,8,,,,,,",
        "A001,2026-09-08,,08:00,16:00,,,,",
        "A001,2026-09-08,,15:59,18:00,,,,",
        "A001,2026-09-09,20,,,,,,",
        "A001,2026-09-09,4.01,,,,,,",
        "A001,2026-09-12,8,,,病假,,,",
        "A002,2026-09-19,8,,,,,,",
        "A003,2026-09-21,8,,,,,,",
        "A009,2026-09-21,8,,,,,,",
        "A002,2026-09-21,八,,,,,,",
        ",2026-09-21,8,,,,,,",
    ];
    let ran = pay_of(&desk, &people, &[&days[..7], &days[8..10], &days[11..]].concat(), &[]);
    let json = ran.json();
    assert_eq!((ran.code, json["slips"].as_array().unwrap().len()), (2, 1));
    let columns: Vec<(u64, &str)> = refusals(&json).into_iter().map(|(row, column, _)| (row, column)).collect();
    let day = "考勤表的日期";
    assert_eq!(
        columns,
        [
            (2, day),
            (3, day),
            (5, "考勤表的上班"),
            (7, "考勤表的小时"),
            (8, day),
            (9, day),
            (10, "考勤表的工号"),
            (11, "考勤表的工号"),
        ]
    );
    assert_eq!(json["notes"][0], "考勤有误，或者与名单不同，没有核算：A001、A003");
    // One cell that cannot be read keeps its worker out, not only the row.
    let json = pay(&people[1..2], &[days[7], days[10]]);
    assert_eq!(refusals(&json), [(3, "考勤表的小时", "不是小时数")]);
    assert_eq!(json["slips"], Value::Array(Vec::new()));
}

#[test]
fn shifts_that_touch_do_not_overlap_and_a_day_has_twenty_four_hours() {
    let touching = ["A001,2026-09-08,,08:00,16:00,,,,", "A001,2026-09-08,,16:00,18:00,,,,"];
    assert_eq!(overtime(&slip(worker(1, &[]), &touching)), "90.00");
    let night = ["A001,2026-09-08,,22:00,06:00,,,,", "A001,2026-09-09,,05:00,07:00,,,,"];
    assert_eq!(refusals(&pay(&[worker(1, &[])], &night))[0].1, "考勤表的上班");
    let whole = ["A001,2026-09-09,20,,,,,,", "A001,2026-09-09,4,,,,,,"];
    assert_eq!(overtime(&slip(worker(1, &[]), &whole)), "720.00");
}

#[test]
fn a_cell_of_the_roster_says_the_same_or_is_refused() {
    let days = ["A001,2026-09-22,9.5,,,,,,"];
    assert_eq!(overtime(&slip(worker(1, &[("平日加班小时", "1.5")]), &days)), "67.50");
    let json = pay(&[worker(1, &[("平日加班小时", "2"), ("事假小时", "1")])], &days);
    let told =
        [(2, "事假小时", "名单填 1 小时，考勤合计 0 小时"), (2, "平日加班小时", "名单填 2 小时，考勤合计 1.5 小时")];
    assert_eq!(refusals(&json), told);
    let json = pay(&[hourly(1, &[("计酬小时", "4.5")])], &["A001,2026-09-22,4,,,,,,"]);
    assert_eq!(refusals(&json), [(2, "计酬小时", "名单填 4.5 小时，考勤合计 4 小时")]);
    // Without attendance a rate alone pays nothing.
    let json = Desk::new().pay(&[hourly(1, &[])], "2026-09", &[]).json();
    assert_eq!(refusals(&json), [(2, "计酬小时", "填了小时计酬标准，没有填计酬小时")]);
}

#[test]
fn records_are_of_a_payer_and_a_project_where_they_say_so() {
    let person = || worker(1, &[("项目", "甲项目")]);
    assert_eq!(overtime(&slip(person(), &["A001,2026-09-22,9,,,,,,甲项目"])), "45.00");
    let json = pay(&[person()], &["A001,2026-09-22,9,,,,,,乙项目"]);
    assert_eq!(refusals(&json)[0].1, "考勤表的项目");
    // Who is paid as agreed is paid all the same.
    let service = worker(2, &[("用工形式", "劳务"), ("基本工资", ""), ("劳务报酬", "3000"), ("社保缴费基数", "")]);
    let service = pay(&[service], &["A002,2026-09-22,9,,,,,,"]);
    assert_eq!(figure(&service["slips"][0], "gross"), "3000.00");
    assert!(service["notes"][0].as_str().unwrap().contains("A002"), "{service}");
}

#[test]
fn the_last_night_of_the_month_is_told_of() {
    let json = pay(&[worker(1, &[])], &["A001,2026-09-30,,22:00,06:00,,,,"]);
    assert!(json["notes"][0].as_str().unwrap().contains("A001（6 小时）"), "{json}");
    assert_eq!(overtime(&json["slips"][0]), "0.00");
    // The night before the month: its last six hours are on Tuesday the 1st, within the ten of the shift.
    let before = slip(worker(1, &[]), &["A001,2026-08-31,,20:00,06:00,,,,"]);
    assert_eq!(overtime(&before), "90.00");
}

#[test]
fn a_year_that_is_not_arranged_is_told_of() {
    let desk = Desk::new();
    fs::write(desk.path("attendance.csv"), format!("{HEADINGS}A001,2027-01-02,8,,,,,,\n")).unwrap();
    let attendance = desk.text_path("attendance.csv");
    let json = desk.pay(&[worker(1, &[])], "2027-01", &["--attendance", &attendance]).json();
    assert!(json["notes"].to_string().contains("2027 年的放假安排尚未公布"), "{json}");
    let json = desk.pay(&[worker(1, &[])], "2026-09", &["--attendance", &attendance]).json();
    assert_eq!(refusals(&json)[0].1, "考勤表的日期");
}

#[test]
fn a_file_that_is_no_attendance_is_told_of_as_a_whole() {
    let desk = Desk::new();
    fs::write(desk.path("attendance.csv"), "工号,日期,小时,血型\nA001,2026-09-22,9,甲\n").unwrap();
    let attendance = desk.text_path("attendance.csv");
    let ran = desk.pay(&[worker(1, &[])], "2026-09", &["--attendance", &attendance]);
    let (code, message) = error(&ran);
    assert_eq!((ran.code, code.as_str()), (2, "attendance"));
    assert!(message.contains("血型"), "{message}");
    assert!(desk.files("out").is_empty());
}

#[test]
fn the_ledger_computes_the_same_again_and_an_edit_clears_a_preview() {
    let desk = Desk::new();
    let people = [worker(1, &[]), hourly(2, &[("任职受雇日期", "2026-09-01")])];
    let days = ["A001,2026-09-24,,22:00,06:00,,,,", "A002,2026-09-07,5,,,,,,"];
    let ledger = desk.text_path("ledger.db");
    let ran = pay_of(&desk, &people, &days, &["--db", &ledger]);
    assert_eq!(ran.code, 0, "{}", ran.complaint);
    let replay = gongche(&["ledger", "replay", "2026-09", "--db", &ledger]);
    assert_eq!(replay.code, 0, "{}{}", replay.out, replay.complaint);

    let (roster, attendance, approval) =
        (desk.write(&people), desk.text_path("attendance.csv"), desk.text_path("approval.db"));
    let out = desk.text_path("run");
    let step = |step, by| {
        let shared = ["--period", "2026-09", "--out", &out, "--db", &approval, "--by", by, "--why", "九月"];
        gongche(&[&["run", step, &roster, "--attendance", &attendance], &shared[..]].concat())
    };
    assert_eq!(step("preview", "甲").code, 0);
    let before = fs::read_to_string(desk.path("attendance.csv")).unwrap();
    fs::write(desk.path("attendance.csv"), before.replace("22:00", "22:01")).unwrap();
    assert_ne!(step("approve", "乙").code, 0);
    fs::write(desk.path("attendance.csv"), before).unwrap();
    let approved = step("approve", "乙");
    assert_eq!(approved.code, 0, "{}", approved.complaint);
}

#[test]
fn a_workbook_keeps_times_as_times() {
    let desk = Desk::new();
    let paid = |pause_begin: (u16, u8), ends_on: Option<&str>| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let (date, time) = (Format::new().set_num_format("yyyy-mm-dd"), Format::new().set_num_format("hh:mm"));
        sheet.write_row(0, 0, ["工号", "日期", "上班", "下班", "休息", "休息开始"]).unwrap();
        sheet.write(1, 0, "A001").unwrap();
        let day = ExcelDateTime::parse_from_str("2026-09-24").unwrap();
        sheet.write_datetime_with_format(1, 1, &day, &date).unwrap();
        let at = |hour, minute| ExcelDateTime::from_hms(hour, minute, 0).unwrap();
        sheet.write_datetime_with_format(1, 2, at(22, 20), &time).unwrap();
        match ends_on {
            Some(day) => {
                sheet.write_datetime_with_format(1, 3, ExcelDateTime::parse_from_str(day).unwrap(), &date).unwrap()
            }
            None => sheet.write_datetime_with_format(1, 3, at(6, 10), &time).unwrap(),
        };
        sheet.write(1, 4, 60).unwrap();
        sheet.write_datetime_with_format(1, 5, at(pause_begin.0, pause_begin.1), &time).unwrap();
        book.save(desk.path("attendance.xlsx")).unwrap();
        let attendance = desk.text_path("attendance.xlsx");
        desk.pay(&[worker(1, &[])], "2026-09", &["--attendance", &attendance]).json()
    };
    // Six hours and ten minutes on the holiday, an hour of them free: 5.17 at 90 yuan.
    assert_eq!(overtime(&paid((1, 30), None)["slips"][0]), "465.30");
    // Half of the break before midnight: 5.67 hours.
    assert_eq!(overtime(&paid((23, 30), None)["slips"][0]), "510.30");
    let told = paid((1, 30), Some("2026-09-25"));
    assert_eq!(refusals(&told), [(2, "考勤表的下班", "这里是日期")]);
}

/// The hotline's month with its attendance, changed or not.
fn hotline(change: impl Fn(String) -> String) -> (Desk, Ran) {
    let desk = Desk::new();
    let example = |name: &str| format!("{}/examples/hotline/{name}", env!("CARGO_MANIFEST_DIR"));
    let days = change(fs::read_to_string(example("attendance-2026-09.csv")).unwrap());
    fs::write(desk.path("attendance.csv"), days).unwrap();
    let (roster, out, attendance) =
        (example("roster-2026-09.xlsx"), desk.text_path("out"), desk.text_path("attendance.csv"));
    let ran = gongche(&[
        "pay",
        &roster,
        "--period",
        "2026-09",
        "--out",
        &out,
        "--attendance",
        &attendance,
        "--no-slips",
        "--format",
        "json",
    ]);
    (desk, ran)
}

#[test]
fn the_example_says_what_its_readme_does() {
    let (desk, ran) = hotline(|days| days);
    let json = ran.json();
    assert_eq!((ran.code, refusals(&json)), (0, Vec::new()), "{}", ran.complaint);
    let slip = |number: &str| json["slips"].as_array().unwrap().iter().find(|slip| slip["worker"] == number).unwrap();
    // 3,200 / 21.75 / 8 is 18.39 an hour: one hour at 150 % and five at 300 %, 27.59 and 275.86.
    assert_eq!(overtime(slip("YL002")), "303.45");
    assert_eq!((figure(slip("YL005"), "gross"), figure(slip("YL031"), "gross")), ("4244.14", "2032.75"));
    assert!(!has(slip("YL031"), "payroll.days.beyond_non_full_time"));
    assert_eq!(json["notes"], serde_json::json!(["37 人没有考勤，小时以名单为准"]));

    let mut summary: Xlsx<_> = open_workbook(desk.path("out/summary.xlsx")).unwrap();
    let sums = summary.worksheet_range("考勤合计").unwrap();
    let row: Vec<String> = sums.rows().nth(1).unwrap().iter().map(ToString::to_string).collect();
    // Work, beyond the day, on a day of rest, on the holiday; time off; the longest week.
    assert_eq!(row, ["YL002", "钱二样", "32", "1", "8", "5", "8", "0", "0", "0", "16"]);

    let (_, longer) =
        hotline(|days| days.replace("YL031,陶卅一,2026-09-05,,17:30,21:30", "YL031,陶卅一,2026-09-05,,17:30,21:45"));
    let json = longer.json();
    assert_eq!(longer.code, 2);
    assert_eq!(refusals(&json), [(32, "计酬小时", "名单填 86.5 小时，考勤合计 86.75 小时")]);
}
