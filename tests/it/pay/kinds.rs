//! The seven kinds through the binary: what each pays and contributes, what each is refused for.

use super::{Desk, Person, figure, findings, gongche, line, person, refusals};
use serde_json::Value;

/// Somebody in Kunming in September 2026, employed since its first day.
fn worker(sequence: u32, engagement: &str, changes: &[(&'static str, &str)]) -> Person {
    let common = [
        ("用工形式", engagement),
        ("参保地", "昆明市"),
        ("任职受雇日期", "2026-09-01"),
        ("社保缴费基数", ""),
        ("公积金缴存基数", ""),
        ("公积金缴存比例", ""),
        ("期初累计收入", ""),
    ];
    person(sequence, &[&common[..], changes].concat())
}

fn pay(people: &[Person], more: &[&str]) -> Value {
    Desk::new().pay(people, "2026-09", more).json()
}

fn slip(person: Person) -> Value {
    let json = pay(&[person], &[]);
    assert_eq!(json["rejected"].as_array().map(Vec::len), Some(0), "{json}");
    json["slips"][0].clone()
}

fn lines(slip: &Value) -> Vec<&str> {
    slip["lines"].as_array().unwrap().iter().map(|line| figure(line, "id")).collect()
}

#[test]
fn work_by_the_hour_is_insured_against_injury_alone() {
    let hours = |rate, settled| {
        let cells = [("基本工资", ""), ("计酬小时", "80"), ("小时计酬标准", rate), ("结算周期天数", settled)];
        slip(worker(1, "非全日制", &cells))
    };
    let lawful = hours("22", "15");
    assert_eq!((figure(&lawful, "gross"), figure(&lawful, "relation")), ("1760.00", "non_full_time"));
    assert_eq!((lines(&lawful), line(&lawful, "injury_employer")), (vec!["injury_employer"], "8.81"));
    assert_eq!(findings(&lawful), ["payroll.missing_deductions"]);
    let below = hours("21.99", "16");
    assert!(findings(&below).contains(&"payroll.below_hourly_minimum"));
    assert!(findings(&below).contains(&"payroll.settled_too_late"));
}

#[test]
fn the_dispatched_are_insured_at_the_host_and_idle_months_have_a_floor() {
    let cells = [("社保缴费基数", "4600"), ("公积金缴存基数", "4600"), ("公积金缴存比例", "5%")];
    let dispatched = |changes: &[(&'static str, &str)]| slip(worker(2, "劳务派遣", &[&cells[..], changes].concat()));
    let at_host = dispatched(&[("基本工资", "4600"), ("用工单位所在地", "五华区")]);
    assert_eq!((figure(&at_host, "relation"), line(&at_host, "pension_employer")), ("dispatch", "736.00"));
    assert!(!findings(&at_host).contains(&"payroll.insured_elsewhere"));
    let elsewhere = dispatched(&[("基本工资", "4600"), ("用工单位所在地", "北京市")]);
    assert!(findings(&elsewhere).contains(&"payroll.insured_elsewhere"));
    // Beijing's floor is 2,540 and Kunming's 2,270: in an idle month it is that of the agency's place.
    let idle = |wage, agency| {
        let idle = dispatched(&[("基本工资", wage), ("待派遣", "是"), ("派遣单位所在地", agency)]);
        findings(&idle).contains(&"payroll.below_minimum_idle")
    };
    assert_eq!((idle("2269.99", "昆明市"), idle("2270", "昆明市"), idle("2270", "北京市")), (true, false, true));
}

#[test]
fn who_is_over_age_is_insured_against_injury_since_july_2026() {
    let over_age = worker(3, "超龄", &[("基本工资", "3200"), ("任职受雇日期", "2026-06-01"), ("期初累计收入", "0")]);
    let of = |period| Desk::new().pay(std::slice::from_ref(&over_age), period, &[]).json()["slips"][0].clone();
    let (june, july) = (of("2026-06"), of("2026-07"));
    assert_eq!((lines(&june), lines(&july)), (vec![], vec!["injury_employer"]));
    assert!(findings(&june).contains(&"payroll.over_age_unsettled"));
    assert!(!findings(&july).contains(&"payroll.over_age_unsettled"));
}

#[test]
fn a_student_is_withheld_cumulatively_and_others_by_the_payment() {
    let intern = |student| slip(worker(4, "实习", &[("基本工资", ""), ("劳务报酬", "8000"), ("全日制在读", student)]));
    let (student, other, unsaid) = (intern("是"), intern("否"), intern(""));
    assert_eq!((figure(&student, "tax"), figure(&student, "method")), ("42.00", "intern"));
    assert_eq!((figure(&other, "tax"), figure(&other, "method")), ("1280.00", "labour"));
    assert_eq!((figure(&unsaid, "tax"), findings(&unsaid)), ("42.00", vec!["payroll.remuneration.student_assumed"]));
    assert_eq!((figure(&student, "title"), lines(&student)), ("实习报酬结算单", vec![]));
}

#[test]
fn the_paper_of_a_service_never_speaks_of_wages() {
    let desk = Desk::new();
    let service = worker(5, "劳务", &[("基本工资", ""), ("劳务报酬", "25000"), ("姓名", "样例")]);
    let json = desk.pay(&[service], "2026-09", &[]).json();
    assert_eq!(figure(&json["slips"][0], "net"), "21000.00");
    let bytes = std::fs::read(desk.path("out/payslips/A005-样例.pdf")).unwrap();
    let text = crate::documents::own_pages(&bytes).concat();
    assert!(text.contains("劳务报酬结算单") && !text.contains("工资"), "{text}");
}

#[test]
fn every_payment_for_a_service_from_november_2026_is_to_be_checked_for_vat() {
    let service = worker(6, "劳务", &[("基本工资", ""), ("劳务报酬", "1000")]);
    let paid = |on: &str| findings_of(&pay(std::slice::from_ref(&service), &["--paid-on", on]));
    assert_eq!(paid("2026-10-31"), Vec::<String>::new());
    assert_eq!(paid("2026-11-01"), ["vat.withholding.check_method"]);
}

fn findings_of(json: &Value) -> Vec<String> {
    findings(&json["slips"][0]).into_iter().map(str::to_owned).collect()
}

#[test]
fn payments_of_one_project_in_one_month_are_one_payment() {
    let desk = Desk::new();
    let paid = |project| {
        let cells = [("基本工资", ""), ("劳务报酬", "3000"), ("项目", project), ("任职受雇日期", "2026-07-01")];
        worker(7, "劳务", &cells)
    };
    let tax = |person, period, on| {
        let json = desk.book(&[person], period, &["--paid-on", on]).json();
        figure(&json["slips"][0], "tax").to_owned()
    };
    // Both are paid in September: 440, and with the first 960 in all; another project, or month, begins anew.
    assert_eq!(tax(paid("甲"), "2026-07", "2026-09-10"), "440.00");
    assert_eq!(tax(paid("甲"), "2026-08", "2026-09-20"), "520.00");
    assert_eq!(tax(paid("乙"), "2026-09", "2026-09-30"), "440.00");
    assert_eq!(tax(paid("甲"), "2026-10", "2026-10-31"), "440.00");
}

#[test]
fn a_platform_month_without_income_is_refused_until_a_reading_is_chosen() {
    let months = |reading: &str| {
        let desk = Desk::new();
        let cells = [("基本工资", ""), ("劳务报酬", "10000"), ("任职受雇日期", "2026-06-01"), ("中断读法", reading)];
        let worker = worker(8, "平台", &cells);
        for period in ["2026-06", "2026-07"] {
            let json = desk.book(std::slice::from_ref(&worker), period, &[]).json();
            assert_eq!(figure(&json["slips"][0], "tax"), "90.00", "{period}");
        }
        desk.book(&[worker], "2026-09", &[]).json()
    };
    let refused = months("");
    assert_eq!(refusals(&refused), [(2, "工号", "缺少：采用的中断读法")]);
    for (reading, tax) in [("都重新起算", "90.00"), ("只有月份重新起算", "390.00"), ("都不重新起算", "0.00")]
    {
        let slip = &months(reading)["slips"][0];
        assert_eq!(figure(slip, "tax"), tax, "{reading}");
        assert_eq!(slip["tax_steps"][0]["name"], "采用的中断读法", "{reading}");
    }
}

#[test]
fn an_intern_who_is_hired_hands_on_no_wages() {
    let desk = Desk::new();
    let intern = worker(9, "实习", &[("基本工资", ""), ("劳务报酬", "8000"), ("全日制在读", "是")]);
    desk.book(&[intern], "2026-09", &[]);
    let cells = [("基本工资", "20000"), ("社保缴费基数", "20000"), ("任职受雇日期", "2026-10-01")];
    let json = desk.book(&[worker(9, "全日制", &cells)], "2026-10", &[]).json();
    assert_eq!(figure(&json["slips"][0]["tax_to_date"], "income"), "20000.00");
}

#[test]
fn items_are_taxed_insured_and_compared_as_the_rules_say() {
    let cells = [
        ("基本工资", "2000"),
        ("伙食补贴", "300"),
        ("实物伙食", "100"),
        ("独生子女补贴", "10"),
        ("误餐补助", "50"),
        ("夜班津贴", "200"),
    ];
    let slip = slip(worker(10, "全日制", &cells));
    // 2,560 in cash; of 2,600 taxed 100 are in kind; 2,300 count for the minimum of 2,270.
    assert_eq!(figure(&slip, "gross"), "2560.00");
    assert_eq!(figure(&slip["tax_to_date"], "income"), "2600.00");
    assert!(!findings(&slip).contains(&"payroll.below_minimum"));
    assert_eq!(slip["earnings"].as_array().unwrap().len(), 6);
}

#[test]
fn overtime_is_paid_by_class_and_a_month_has_its_limit() {
    let hours = |weekday| {
        let cells = [
            ("基本工资", "5220"),
            ("平日加班小时", weekday),
            ("休息日加班小时", "11"),
            ("补休小时", "8"),
            ("法定节假日加班小时", "3"),
        ];
        slip(worker(11, "全日制", &cells))
    };
    // 30 yuan an hour: time off takes the place of the rest day's hours only.
    let month = hours("30");
    let overtime = month["earnings"].as_array().unwrap().iter().find(|one| one["id"] == "overtime").unwrap();
    assert_eq!(figure(overtime, "amount"), "1800.00");
    assert!(!findings(&month).contains(&"labour.overtime.month_too_long"));
    assert!(findings(&hours("30.01")).contains(&"labour.overtime.month_too_long"));
    let formulas = month["derivations"].as_array().unwrap();
    assert!(formulas.iter().any(|one| one["formula"] == "30.00元/小时 * 3小时 * 300%"), "{formulas:?}");
}

#[test]
fn a_part_of_a_month_is_reckoned_as_somebody_chose() {
    let part = |method: &str| {
        let cells = [("基本工资", "6525"), ("任职受雇日期", "2026-09-14"), ("折算方式", method)];
        figure(&slip(worker(12, "全日制", &cells)), "gross").to_owned()
    };
    // From the 14th on: 17 days of 30, 13 working days of 22, and with the holiday on the 25th 14 pay days of 23.
    for (method, wage) in [
        ("", "6525.00"),
        ("按计薪日正算", "4200.00"),
        ("按缺勤日倒扣", "3825.00"),
        ("按日历日", "3697.50"),
        ("按工作日", "3855.68"),
    ] {
        assert_eq!(part(method), wage, "{method}");
    }
    let json = pay(&[worker(12, "全日制", &[("折算方式", "大概")])], &[]);
    assert_eq!(refusals(&json), [(2, "折算方式", "不认识")]);
}

#[test]
fn how_a_figure_came_about_is_told_in_words() {
    let told = |engagement: &str, cells: &[(&'static str, &str)], id: &str| {
        let slip = slip(worker(12, engagement, cells));
        let all = slip["derivations"].as_array().unwrap();
        let one = all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("no {id} in {all:?}"));
        (figure(one, "formula").to_owned(), figure(one, "value").to_owned())
    };
    let is = |told: (String, String), formula: &str, value: &str| {
        assert_eq!((told.0.as_str(), told.1.as_str()), (formula, value));
    };
    let hours = [("基本工资", ""), ("计酬小时", "80"), ("小时计酬标准", "22"), ("结算周期天数", "15")];
    is(told("非全日制", &hours, "payroll.hourly_pay"), "80小时 * 22.00元/小时", "1760.00元");
    let part = |method| [("基本工资", "6525"), ("任职受雇日期", "2026-09-14"), ("折算方式", method)];
    let share = |method| told("全日制", &part(method), "payroll.attendance.share");
    is(share("按日历日"), "17天 / 30天", "≈56.666667%（17/30）");
    is(share("按计薪日正算"), "[100%，14天 / (21.75天/月 * 1月)] 的较小者", "≈64.367816%（56/87）");
    let sick = [("基本工资", "6525"), ("病假小时", "8"), ("病假工资比例", "60%")];
    let cut = "[37.50元/小时 * 8小时，6525.00元] 的较小者 * (100% - 60%)";
    is(told("全日制", &sick, "payroll.attendance.sick_cut"), cut, "120.00元");
    // 15 % of 10,000 on each side, of which 12 % are exempt; of 12 % nothing is above.
    let fund = |rate| [("公积金缴存基数", "10000"), ("公积金缴存比例", rate)];
    let above = "[0元，1500.00元 - 1200.00元] 的较大者 + [0元，1500.00元 - 1200.00元] 的较大者";
    is(told("全日制", &fund("15%"), "payroll.fund_above"), above, "600.00元");
    let within = slip(worker(12, "全日制", &fund("12%")));
    assert!(within["derivations"].as_array().unwrap().iter().all(|one| one["id"] != "payroll.fund_above"));
}

#[test]
fn the_end_of_employment_is_settled_and_taxed_by_its_own_rule() {
    let cells = [
        ("基本工资", "43500"),
        ("参保地", "上海市"),
        ("任职受雇日期", "2011-01-01"),
        ("离职日期", "2026-06-30"),
        ("社保缴费基数", "37302"),
        ("解除终止事由", "违法解除或者终止"),
        ("前12个月月均工资", "43500"),
        ("期初累计收入", "0"),
    ];
    let json = Desk::new().pay(&[worker(13, "全日制", &cells)], "2026-06", &[]).json();
    let slip = &json["slips"][0];
    let severance = slip["earnings"].as_array().unwrap().iter().find(|one| one["id"] == "severance").unwrap();
    assert_eq!(figure(severance, "amount"), "905544.00");
    assert_eq!(slip["taxes_apart"][0]["amount"], "82911.60");
}

#[test]
fn pay_that_would_count_twice_is_refused() {
    for (engagement, cells, column) in [
        ("劳务", &[("基本工资", "100"), ("劳务报酬", "100")][..], "基本工资"),
        ("全日制", &[("基本工资", "100"), ("劳务报酬", "100")], "劳务报酬"),
        ("非全日制", &[("基本工资", "100"), ("计酬小时", "8"), ("小时计酬标准", "25")], "基本工资"),
        ("平台", &[("基本工资", ""), ("劳务报酬", "0")], "劳务报酬"),
        ("平台", &[("基本工资", "100"), ("期初累计收入", "5")], "连续月份数"),
        ("实习", &[("基本工资", "")], "基本工资"),
    ] {
        let json = pay(&[worker(18, engagement, cells)], &[]);
        let columns: Vec<&str> = refusals(&json).into_iter().map(|(_, column, _)| column).collect();
        assert_eq!(columns, [column], "{engagement} {cells:?}");
    }
}

// ---- what is asked beside a payroll

#[test]
fn the_gross_of_a_net_is_solved_to_the_fen() {
    let solve = |arguments: &[&str]| gongche(&[&["net"], arguments, &["--format", "json"]].concat()).json();
    let wages = [
        "16155",
        "--on",
        "2026-08-31",
        "--region",
        "310000",
        "--given",
        "fund.rate=7%",
        "--given",
        "social.declared_base=20000",
        "--given",
        "fund.declared_base=20000",
    ];
    let solved = solve(&wages);
    assert_eq!((figure(&solved, "amount"), figure(&solved, "tax")), ("20000.00", "345.00"));
    let service = solve(&["21000", "--on", "2026-09-30", "--region", "昆明市", "--engagement", "劳务"]);
    assert_eq!(figure(&service, "amount"), "25000.00");
    // 34,920 is left at the end of the zone in which one more yuan costs money.
    let bonus = solve(&[
        "34920",
        "--on",
        "2026-09-30",
        "--region",
        "昆明市",
        "--engagement",
        "超龄",
        "--item",
        "year_end_bonus",
    ]);
    assert_eq!(figure(&bonus, "amount"), "38566.67");
}

#[test]
fn a_net_without_the_fund_says_so_and_one_below_nought_is_no_net() {
    let net = |arguments: &[&str]| {
        let place = ["--on", "2026-09-30", "--region", "昆明市", "--format", "json"];
        gongche(&[&["net"], arguments, &place].concat())
    };
    let notes = |arguments: &[&str]| net(arguments).json()["notes"].to_string();
    assert!(notes(&["8000"]).contains("没有计住房公积金"));
    assert_eq!(notes(&["8000", "--given", "fund.rate=5%"]), "[]");
    // The fund is no duty of who renders a service.
    assert_eq!(notes(&["8000", "--engagement", "劳务"]), "[]");
    for wanted in ["-5", "0", "1.005", "x"] {
        let told = super::error(&net(&[wanted]));
        assert!(told.1.starts_with("应为大于零"), "{wanted}: {told:?}");
    }
}

#[test]
fn a_bonus_of_nought_is_told_and_an_amount_needs_a_day_or_a_month() {
    let desk = Desk::new();
    let apart = |bonus: &str| ("全年一次性奖金", bonus.to_owned());
    let mut people = vec![worker(1, "全日制", &[]), worker(2, "全日制", &[]), worker(3, "全日制", &[])];
    people[0].extend([apart("36000")]);
    people[1].extend([apart("0")]);
    let roster = desk.write(&people);
    let json = gongche(&["bonus", &roster, "--period", "2026-09", "--format", "json"]).json();
    assert_eq!(
        (json["bonuses"].as_array().unwrap().len(), &json["without"]),
        (1, &serde_json::json!(["A002", "A003"]))
    );
    assert!(gongche(&["bonus", &roster, "--period", "2026-09"]).out.contains("不比较：2 人（A002、A003）"));

    let amount = |more: &[&str]| gongche(&[&["bonus", "--amount", "36000", "--format", "json"], more].concat());
    for day in [["--period", "2026-09"], ["--on", "2026-09-30"]] {
        assert_eq!(figure(&amount(&day).json()["bonuses"][0], "tax_apart"), "1080.00", "{day:?}");
    }
    assert_eq!(super::error(&amount(&[])).0, "usage");
    let below = gongche(&["bonus", "--amount", "-1", "--on", "2026-09-30", "--format", "json"]);
    assert!(super::error(&below).1.contains("大于零"), "{}", below.out);
}

#[test]
fn a_bonus_is_compared_and_never_chosen() {
    let compare = |amount: &str, other: &str| {
        let other = format!("--other-taxable={other}");
        let arguments = ["bonus", "--on", "2026-12-31", "--amount", amount, &other, "--format", "json"];
        gongche(&arguments).json()["bonuses"][0].clone()
    };
    let trap = compare("36001", "-5000");
    assert_eq!((figure(&trap, "tax_apart"), figure(&trap, "tax_merged")), ("3390.10", "930.03"));
    assert_eq!((figure(&trap, "costs_less"), findings(&trap)[0]), ("merged", "tax.bonus.blind_zone"));
    let edge = compare("36000", "36000");
    assert_eq!((figure(&edge, "costs_less"), findings(&edge)), ("apart", vec![]));

    let desk = Desk::new();
    let roster = desk.write(&[worker(19, "全日制", &[("全年一次性奖金", "36001")])]);
    let done = gongche(&["bonus", &roster, "--period", "2026-09", "--format", "json"]);
    assert_eq!((done.code, figure(&done.json()["bonuses"][0], "tax_apart")), (0, "3390.10"));
}
