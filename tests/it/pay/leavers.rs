//! The end of employment in a place of whose average wage for the cap on severance the rule book knows nothing.

use super::{Desk, Person, figure, findings, person, refusals};

const LOCAL: &str = "当地上年度职工月平均工资";

/// Somebody in Kunming who leaves at the end of September 2026 after two years.
fn leaver(ground: &str, average: &str, changes: &[(&'static str, &str)]) -> Person {
    let common = [
        ("参保地", "昆明市"),
        ("任职受雇日期", "2024-10-01"),
        ("离职日期", "2026-09-30"),
        ("解除终止事由", ground),
        ("前12个月月均工资", average),
    ];
    person(1, &[&common[..], changes].concat())
}

#[test]
fn who_resigns_is_owed_nothing_and_needs_no_average_wage() {
    let json = Desk::new().pay(&[leaver("劳动者提前通知解除", "30000", &[])], "2026-09", &[]).json();
    assert_eq!(json["rejected"], serde_json::json!([]));
    let slip = &json["slips"][0];
    assert_eq!(figure(slip, "gross"), "20000.00");
    assert!(findings(slip).iter().all(|code| !code.ends_with(".untried") && !code.contains("severance")), "{slip}");
}

#[test]
fn where_none_is_published_the_roster_may_state_it_and_the_slip_says_so() {
    let employer = |cells: &[(&'static str, &str)]| {
        let people = [leaver("用人单位提出的协商一致解除", "30000", cells)];
        Desk::new().pay(&people, "2026-09", &[]).json()
    };
    let unknown = employer(&[]);
    let told = refusals(&unknown);
    assert_eq!(told.len(), 1, "{unknown}");
    assert!(told[0].2.contains("经济补偿封顶口径") && told[0].2.contains("昆明市"), "{told:?}");

    // Three times 8,000 are 24,000, less than 30,000: two years at 24,000. Three years' worth, 288,000, is exempt.
    let stated = employer(&[(LOCAL, "8000")]);
    let slip = &stated["slips"][0];
    assert_eq!(figure(slip, "gross"), "68000.00");
    assert_eq!(slip["taxes_apart"], serde_json::json!([]));
    let own =
        slip["findings"].as_array().unwrap().iter().find(|one| one["code"] == "payroll.one_off.average_wage_stated");
    assert!(figure(own.unwrap(), "message").contains("8000.00元/月是名单里填写的"), "{slip}");
    assert!(findings(slip).contains(&"payroll.one_off.severance_capped"), "{slip}");
    // 10,000 three times is what the wage is, and cuts nothing.
    let uncut = employer(&[(LOCAL, "10000")]);
    let slip = &uncut["slips"][0];
    assert_eq!(figure(slip, "gross"), "80000.00");
    assert!(!findings(slip).contains(&"payroll.one_off.severance_capped"), "{slip}");
}

#[test]
fn an_average_wage_of_nought_is_refused_with_its_column() {
    let json = Desk::new().pay(&[leaver("期满终止", "30000", &[(LOCAL, "0")])], "2026-09", &[]).json();
    assert_eq!(refusals(&json), [(2, LOCAL, "不能是 0")]);
}

#[test]
fn what_the_place_of_work_has_no_standard_for_is_told_and_paid() {
    let desk = Desk::new();
    let done = desk.pay(&[person(1, &[("工作地", "香港特别行政区")]), person(2, &[])], "2026-09", &[]);
    let json = done.json();
    assert_eq!((done.code, &json["rejected"]), (0, &serde_json::json!([])), "{json}");
    let untried = |at: usize| findings(&json["slips"][at]).iter().any(|code| code.ends_with(".untried"));
    assert_eq!((untried(0), untried(1)), (true, false), "{json}");
    assert_eq!(figure(&json["slips"][0], "net"), figure(&json["slips"][1], "net"));
    let told = std::fs::read_to_string(desk.path("out/findings.txt")).unwrap();
    assert!(told.contains("未能核对：规则库没有香港特别行政区的「月最低工资标准」"), "{told}");
}
