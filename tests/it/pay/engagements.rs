//! A roster with the engagements behind it: what is said where the two differ, what is owed, and that the ledger keeps it.

use super::{Desk, Person, error, figure, findings, gongche, line, person, refusals};
use serde_json::Value;
use std::fs;

/// Somebody in Kunming in September 2026, paid 5,000 as the roster's form pays it.
fn worker(sequence: u32, form: &str, changes: &[(&'static str, &str)]) -> Person {
    let remunerated = ["实习", "平台", "劳务"].contains(&form);
    let (wage, fee) = if remunerated { ("", "5000") } else { ("5000", "") };
    let common = [
        ("用工形式", form),
        ("参保地", "昆明市"),
        ("扣缴义务人", "样例服务外包有限公司"),
        ("任职受雇日期", "2026-09-01"),
        ("基本工资", wage),
        ("劳务报酬", fee),
        ("社保缴费基数", ""),
        ("公积金缴存基数", ""),
        ("公积金缴存比例", ""),
        ("期初累计收入", ""),
    ];
    person(sequence, &[&common[..], changes].concat())
}

/// Answers by the name of their question.
type Answers = Vec<(&'static str, &'static str)>;

/// The answers that make a relation, as `gongche check` decides it; a written agreement besides.
fn answers(relation: &str) -> Answers {
    let managed = [
        ("规章制度适用于劳动者", "是"),
        ("受用人单位劳动管理", "是"),
        ("从事用人单位安排的有报酬的劳动", "是"),
        ("劳动是用人单位业务的组成部分", "是"),
        ("平均每日工作时间", "8"),
        ("每周累计工作时间", "40"),
        ("受用工单位指挥管理", "否"),
    ];
    let own: &[(&str, &str)] = match relation {
        "employment" => &[],
        "non_full_time" => &[("平均每日工作时间", "4"), ("每周累计工作时间", "24"), ("以小时计酬为主", "是")],
        "dispatch" => &[("受用人单位劳动管理", "否"), ("受用工单位指挥管理", "是")],
        "over_age" => &[("已享受基本养老保险待遇", "是")],
        "internship" => &[("全日制在校学生", "是"), ("即将毕业并以就业为目的", "否")],
        "platform_managed" => &[
            ("规章制度适用于劳动者", "否"),
            ("受用人单位劳动管理", "否"),
            ("通过互联网平台工作", "是"),
            ("平台单方决定价格", "是"),
            ("平台以规则算法考核奖惩", "是"),
            ("可以自主拒绝任务", "是"),
            ("自主决定工作时间", "是"),
        ],
        "independent_service" => &[("规章制度适用于劳动者", "否"), ("受用人单位劳动管理", "否")],
        "undetermined" => &[
            ("受用人单位劳动管理", "否"),
            ("自主决定工作时间", "否"),
            ("按工作成果计酬", "否"),
            ("可以自主拒绝任务", "否"),
        ],
        other => panic!("{other}"),
    };
    let mut answers: Answers = managed.into_iter().filter(|(id, _)| own.iter().all(|(one, _)| one != id)).collect();
    answers.extend(own);
    answers.extend([("已订立书面协议", "是"), ("开始用工日期", "2026-09-01")]);
    answers
}

/// Answers with some changed; one that is empty is left out.
fn with(relation: &str, changes: &[(&'static str, &'static str)]) -> Answers {
    let mut answers = answers(relation);
    answers.retain(|(name, _)| changes.iter().all(|(one, _)| one != name));
    answers.extend(changes);
    answers
}

impl Desk {
    /// Writes a table of engagements.
    fn engage(&self, engagements: &[(&str, Answers)]) -> String {
        let mut headings = vec!["工号"];
        for (name, _) in engagements.iter().flat_map(|(_, answers)| answers) {
            if !headings.contains(name) {
                headings.push(name);
            }
        }
        let mut writer = csv::Writer::from_path(self.path("engagements.csv")).unwrap();
        writer.write_record(&headings).unwrap();
        for (number, answers) in engagements {
            let cell = |heading: &&str| answers.iter().find(|(name, _)| name == heading).map_or("", |(_, cell)| cell);
            writer.write_record(std::iter::once(*number).chain(headings[1..].iter().map(cell))).unwrap();
        }
        writer.flush().unwrap();
        self.text_path("engagements.csv")
    }

    /// Writes engagement files, and gives their folder.
    fn file(&self, files: &[(&str, &str)]) -> String {
        fs::create_dir_all(self.path("engagements")).unwrap();
        for (name, text) in files {
            fs::write(self.path("engagements").join(name), text).unwrap();
        }
        self.text_path("engagements")
    }
}

/// Pays one person with one engagement.
fn paid(person: Person, answers: Answers, more: &[&str]) -> Value {
    let desk = Desk::new();
    let engagements = desk.engage(&[("A001", answers)]);
    desk.pay(&[person], "2026-09", &[&["--no-slips", "--engagements", &engagements], more].concat()).json()
}

/// What is said of the engagement: code and sentence.
fn said(slip: &Value) -> Vec<(&str, &str)> {
    let all = slip["findings"].as_array().unwrap().iter().map(|one| (figure(one, "code"), figure(one, "message")));
    all.filter_map(|(code, message)| Some((code.strip_prefix("payroll.classified.")?, message))).collect()
}

fn notes(json: &Value) -> Vec<&str> {
    json["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap()).collect()
}

const FORMS: [(&str, &str); 7] = [
    ("全日制", "employment"),
    ("非全日制", "non_full_time"),
    ("劳务派遣", "dispatch"),
    ("超龄", "over_age"),
    ("实习", "internship"),
    ("平台", "platform_managed"),
    ("劳务", "independent_service"),
];

#[test]
fn every_form_against_every_relation_has_its_sentence() {
    const NONE: &str = "";
    const SAME: [&str; 4] = ["no_labour_relation"; 4];
    let [a, b, c, d] = SAME;
    // By relation; in the order of the forms: full time, by the hour, dispatched, over age, intern, platform, service.
    let expected = [
        ("employment", [NONE, "withheld", "not_dispatched", "withheld", "withheld", "withheld", "withheld"]),
        ("non_full_time", ["other_form", NONE, "other_form", "other_form", "withheld", "withheld", "withheld"]),
        ("dispatch", ["dispatched", "withheld", NONE, "withheld", "withheld", "withheld", "withheld"]),
        ("over_age", ["other_form", "other_form", "other_form", NONE, "withheld", "withheld", "withheld"]),
        ("internship", [a, b, c, d, NONE, "other_method", "other_method"]),
        ("platform_managed", [a, b, c, d, "other_method", NONE, "other_method"]),
        ("independent_service", [a, b, c, d, "other_method", "other_method", NONE]),
        ("undetermined", ["undetermined"; 7]),
    ];
    let pairs: Vec<(&str, &str, &str)> = expected
        .iter()
        .flat_map(|(relation, codes)| FORMS.iter().zip(codes).map(|((form, _), code)| (*form, *relation, *code)))
        .collect();
    let number = |at: usize| u32::try_from(at).unwrap() + 1;
    let people: Vec<Person> = pairs.iter().enumerate().map(|(at, (form, ..))| worker(number(at), form, &[])).collect();
    let numbers: Vec<String> = (0..pairs.len()).map(|at| format!("A{:03}", number(at))).collect();
    let engagements: Vec<(&str, Answers)> =
        numbers.iter().zip(&pairs).map(|(number, (_, relation, _))| (number.as_str(), answers(relation))).collect();
    let desk = Desk::new();
    let engagements = desk.engage(&engagements);
    let ran = desk.pay(&people, "2026-09", &["--no-slips", "--engagements", &engagements]);
    assert_eq!(ran.code, 1, "{}", ran.complaint);
    let json = ran.json();
    let mut wrong = Vec::new();
    for (slip, (form, relation, code)) in json["slips"].as_array().unwrap().iter().zip(&pairs) {
        let codes: Vec<&str> = said(slip).into_iter().map(|(code, _)| code).collect();
        let wanted: Vec<&str> = Some(*code).filter(|code| !code.is_empty()).into_iter().collect();
        let paid_as = FORMS.iter().find(|(one, _)| one == form).unwrap().1;
        if codes != wanted || figure(slip, "relation") != paid_as {
            wrong.push(format!("{form}, {relation}: {codes:?}, not {wanted:?}"));
        }
        for finding in slip["findings"].as_array().unwrap() {
            if figure(finding, "code") == "payroll.classified.withheld" {
                assert_eq!(figure(finding, "severity"), "unlawful");
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(notes(&json), ["用工事实：7 人与名单一致，42 人不一致，7 人不能确定"]);
}

#[test]
fn a_service_that_is_employment_names_insurance_tax_and_second_wage() {
    let unsigned =
        with("employment", &[("已订立书面协议", "否"), ("开始用工日期", "2026-07-01"), ("约定月工资", "25000")]);
    let cells = [("劳务报酬", "25000"), ("任职受雇日期", "2026-07-01")];
    let json = paid(worker(1, "劳务", &cells), unsigned, &[]);
    let slip = &json["slips"][0];
    // Paid as told: 25,000 less 20 % is 20,000, of which 20 %.
    assert_eq!((figure(slip, "method"), figure(slip, "tax"), figure(slip, "net")), ("labour", "4000.00", "21000.00"));
    // Kunming's ceiling is 22,017. The employer: 16 % 3522.72, 7.9 % 1739.34, 0.7 % 154.12, 0.2 % 44.03; the worker: 8 %
    // 1761.36, 2 % and one yuan 441.34, 0.3 % 66.05. Tax as a wage: 25000 - 2268.75 - 5000 = 17731.25, of which 3 %.
    // The second wage begins a month after the first of July: August, and the twenty-one working days of September before
    // the thirtieth (the twentieth is worked, the twenty-fifth is not): 25000 + 25000 / 21.75 * 21 = 49137.93.
    assert_eq!(
        said(slip),
        [(
            "withheld_without_contract",
            "用工事实是全日制，名单写劳务，本单照名单计算。按全日制，本月应缴社会保险费单位5460.21元、个人2268.75元，\
             本单缴单位0.00元、个人0.00元；个人所得税应预扣531.94元，本单扣4000.00元，相差-3468.06元；\
             没有按时订立书面劳动合同，自2026-08-01起每月支付二倍工资，到2026-09-30的前一日累计另付49137.93元。"
        )]
    );
}

#[test]
fn by_the_hour_against_employment_counts_what_is_paid_already() {
    let hourly = [("基本工资", ""), ("计酬小时", "100"), ("小时计酬标准", "60"), ("结算周期天数", "15")];
    let json = paid(worker(1, "非全日制", &hourly), answers("employment"), &[]);
    let said = said(&json["slips"][0])[0].1;
    // 6,000: the worker's 480 + 121 + 18; injury insurance of 12 is paid as told. 6000 - 619 - 5000 = 381, of which 3 %.
    assert!(said.contains("个人619.00元，本单缴单位12.00元、个人0.00元"), "{said}");
    assert!(said.contains("应预扣11.43元，本单扣30.00元，相差-18.57元"), "{said}");
}

#[test]
fn what_is_not_known_of_the_contract_is_told_in_place_of_a_number() {
    let of = |changes: &[(&'static str, &'static str)]| {
        let json = paid(worker(1, "劳务", &[]), with("employment", changes), &[]);
        let (code, message) = said(&json["slips"][0])[0];
        (code.to_owned(), message.rsplit('；').next().unwrap().to_owned())
    };
    let said = |words: &str| ("withheld".to_owned(), format!("二倍工资{words}。"));
    let unsigned = ("已订立书面协议", "否");
    assert_eq!(of(&[]), said("没有发生（已按时订立，或者这种关系不要求书面劳动合同）"));
    assert_eq!(of(&[("已订立书面协议", "")]), said("没有算，用工文件没有写是否已订立书面协议"));
    assert_eq!(of(&[unsigned, ("开始用工日期", "")]), said("没有算，用工文件没有写开始用工日期"));
    assert_eq!(of(&[unsigned, ("开始用工日期", "2026-07-01")]), said("没有算，用工文件没有写约定月工资"));
    // Within the first month nothing is owed, whatever the wage; from its last day on it is.
    assert_eq!(of(&[unsigned, ("开始用工日期", "2026-08-31")]).0, "withheld");
    let wage = ("约定月工资", "5000");
    assert_eq!(of(&[unsigned, wage, ("开始用工日期", "2026-08-30")]).0, "withheld");
    assert_eq!(of(&[unsigned, wage, ("开始用工日期", "2026-08-29")]).0, "withheld_without_contract");
}

#[test]
fn a_missing_contract_is_told_also_where_the_roster_is_right() {
    let base = [("社保缴费基数", "5000")];
    let of = |form, signed, more: &[&str]| {
        let changes = [("已订立书面协议", signed), ("开始用工日期", "2026-07-01"), ("约定月工资", "25000")];
        let json = paid(worker(1, form, &base), with("employment", &changes), more);
        said(&json["slips"][0]).into_iter().map(|(code, _)| code.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of("全日制", "否", &[]), ["without_contract"]);
    assert_eq!(of("全日制", "是", &[]), Vec::<String>::new());
    assert_eq!(of("劳务", "否", &["--by-classification"]), ["without_contract", "by_classification"]);
}

#[test]
fn what_the_rules_do_not_cover_is_told_in_place_of_a_number() {
    let hong_kong = [("参保地", "810000"), ("工作地", "昆明市")];
    let of = |answers| {
        let json = paid(worker(1, "劳务", &hong_kong), answers, &[]);
        let said = said(&json["slips"][0])[0];
        (said.0.to_owned(), said.1.to_owned())
    };
    let (code, message) = of(answers("employment"));
    assert_eq!(code, "withheld_uncomputed");
    assert!(
        message.contains("应缴的社会保险费、应预扣的个人所得税没有算出：规则库没有覆盖参保地或者当月；"),
        "{message}"
    );
    let unsigned =
        with("employment", &[("已订立书面协议", "否"), ("开始用工日期", "2026-07-01"), ("约定月工资", "5000")]);
    let (code, message) = of(unsigned);
    assert_eq!(code, "withheld_uncomputed_without_contract");
    // A fifth of the 49137.93 of 25,000 yuan.
    assert!(message.ends_with("累计另付9827.59元。"), "{message}");
}

#[test]
fn the_classification_decides_where_that_is_asked_for() {
    let cells =
        [("劳务报酬", "25000"), ("社保缴费基数", "25000"), ("公积金缴存基数", "25000"), ("公积金缴存比例", "5%")];
    let json = paid(worker(1, "劳务", &cells), answers("employment"), &["--by-classification"]);
    let slip = &json["slips"][0];
    assert_eq!((figure(slip, "relation"), figure(slip, "method")), ("employment", "wages"));
    assert_eq!((figure(slip, "title"), figure(slip, "gross")), ("工资条", "25000.00"));
    assert_eq!(line(slip, "pension_employee"), "1761.36");
    assert_eq!(said(slip), [("by_classification", "名单写劳务，用工事实是全日制，本单按用工事实计算。")]);
    // The floor is that of the relation: 2,270 in Kunming, and 300 are below it.
    let low = [("劳务报酬", "300"), ("社保缴费基数", "4403")];
    let by = |more: &[&str]| paid(worker(1, "劳务", &low), answers("employment"), more);
    assert!(findings(&by(&["--by-classification"])["slips"][0]).contains(&"payroll.below_minimum"));
    assert!(!findings(&by(&[])["slips"][0]).contains(&"payroll.below_minimum"));
}

#[test]
fn the_law_is_that_of_the_day_it_was_known() {
    // The order on over-age work is of 2026-07-01; nobody knew it the day before.
    let of = |more: &[&str]| {
        let json = paid(worker(1, "劳务", &[]), answers("over_age"), more);
        said(&json["slips"][0])[0].0.to_owned()
    };
    assert_eq!(of(&["--known-at", "2026-07-01"]), "withheld");
    assert_eq!(of(&["--known-at", "2026-06-30"]), "undetermined");
}

#[test]
fn hours_stay_paid_when_the_classification_decides() {
    let hourly = [
        ("基本工资", ""),
        ("计酬小时", "100"),
        ("小时计酬标准", "60"),
        ("结算周期天数", "15"),
        ("社保缴费基数", "6000"),
    ];
    let json = paid(worker(1, "非全日制", &hourly), answers("employment"), &["--by-classification"]);
    let slip = &json["slips"][0];
    assert_eq!((figure(slip, "relation"), figure(slip, "gross")), ("employment", "6000.00"));
    assert_eq!(line(slip, "pension_employee"), "480.00");
}

#[test]
fn what_cannot_be_determined_is_paid_as_told_whoever_decides() {
    let json = paid(worker(1, "劳务", &[]), answers("undetermined"), &["--by-classification"]);
    let slip = &json["slips"][0];
    assert_eq!(figure(slip, "relation"), "independent_service");
    assert_eq!(said(slip)[0].0, "undetermined");
}

#[test]
fn a_row_that_lacks_what_the_relation_asks_for_is_refused_by_it() {
    let earlier = [("任职受雇日期", "2026-07-01")];
    let json = paid(worker(1, "劳务", &earlier), answers("employment"), &["--by-classification"]);
    assert_eq!(refusals(&json), [(2, "社保缴费基数", "按用工事实是全日制：不是本期入职，不能空着")]);
}

#[test]
fn the_identity_document_answers_what_nobody_wrote() {
    // A man born in 1962 is past the age; a woman born in 1974 is by her post, which nobody told.
    let of = |number: &str, answers: Answers| {
        let json = paid(worker(1, "超龄", &[("证件号码", number)]), answers, &[]);
        said(&json["slips"][0]).into_iter().map(|(code, _)| code.to_owned()).collect::<Vec<_>>()
    };
    let man = "530102196203203617";
    assert_eq!(of(man, answers("employment")), Vec::<String>::new());
    // Who wrote a date has said it.
    assert_eq!(of(man, with("employment", &[("出生日期", "1990-01-01")])), ["withheld"]);
    let woman = "530102197403070042";
    let number = with_check(woman);
    assert_eq!(of(&number, answers("employment")), ["undetermined"]);
    let cadre = with("employment", &[("退休年龄类别", "原法定退休年龄五十五周岁的女职工")]);
    assert_eq!(of(&number, cadre), ["withheld"]);
}

/// A number with its check digit put right.
fn with_check(number: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = &number[..17];
    let sum: u32 = body.chars().zip(WEIGHTS).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    format!("{body}{}", b"10X98765432"[(sum % 11) as usize] as char)
}

const AGENT: &str = include_str!("../../../examples/hotline/engagements/agent.toml");

#[test]
fn files_are_found_by_their_name_or_by_the_number_in_them() {
    let desk = Desk::new();
    let named = AGENT.replace("[worker]", "[worker]\nnumber = \"A002\"");
    let elsewhere = AGENT.replace("name = \"样例服务外包有限公司\"", "name = \"样例别的公司\"");
    let folder = desk.file(&[("A001.toml", AGENT), ("other.toml", &named), ("A003.toml", &elsewhere)]);
    let people = [worker(1, "劳务", &[]), worker(2, "劳务", &[]), worker(3, "劳务", &[]), worker(4, "劳务", &[])];
    let json = desk.pay(&people, "2026-09", &["--no-slips", "--engagements", &folder]).json();
    let told: Vec<bool> = json["slips"].as_array().unwrap().iter().map(|slip| !said(slip).is_empty()).collect();
    assert_eq!(told, [true, true, false, false]);
    assert_eq!(
        notes(&json),
        [
            "用工事实：0 人与名单一致，2 人不一致，0 人不能确定",
            "2 人没有给出用工事实，没有认定：A003、A004",
            "1 份用工没有用到，名单里没有这个工号，或者单位不是扣缴义务人：A003",
        ]
    );
}

#[test]
fn where_nobody_says_who_pays_the_only_engagement_is_meant() {
    let desk = Desk::new();
    let folder = desk.file(&[("A001.toml", AGENT)]);
    let told = |payer: &str| {
        let people = [worker(1, "劳务", &[("扣缴义务人", payer)])];
        let json = desk.pay(&people, "2026-09", &["--no-slips", "--engagements", &folder]).json();
        !said(&json["slips"][0]).is_empty()
    };
    assert!(told(""));
    assert!(!told("样例别的公司"));
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place_and_nothing_is_computed() {
    let people = [worker(1, "劳务", &[])];
    let refused = |desk: &Desk, path: &str| {
        let ran = desk.pay(&people, "2026-09", &["--no-slips", "--engagements", path]);
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(!desk.path("out").exists());
        (error(&ran).1, ran.json()["error"]["where"].as_str().unwrap_or_default().to_owned())
    };
    let desk = Desk::new();
    let folder =
        desk.file(&[("A001.toml", "on = 2026-09-30\n[facts]\nhours_per_day = 4.5\n"), ("A002.toml", "nonsense")]);
    let (message, _) = refused(&desk, &folder);
    assert!(message.contains("A001.toml:3:") && message.contains("A002.toml:1:"), "{message}");

    let desk = Desk::new();
    let table = desk.engage(&[("A001", with("employment", &[("平均每日工作时间", "很长")]))]);
    let (message, place) = refused(&desk, &table);
    assert!(message.contains("第 2 行 平均每日工作时间「很长」"), "{message}");
    assert_eq!(place, table);

    let desk = Desk::new();
    let named = AGENT.replace("[worker]", "[worker]\nnumber = \"A001\"");
    let (message, _) = refused(&desk, &desk.file(&[("A001.toml", AGENT), ("B.toml", &named)]));
    assert!(message.starts_with("A001 有两份用工") && message.contains("B.toml"), "{message}");

    let desk = Desk::new();
    let (message, _) = refused(&desk, &desk.file(&[]));
    assert!(message.contains("没有用工文件"), "{message}");
    let (message, place) = refused(&desk, &desk.text_path("nowhere"));
    assert!(message.contains("读不了") && place.ends_with("nowhere"), "{message}");
}

#[test]
fn shifts_after_the_month_are_nothing_to_it() {
    let desk = Desk::new();
    let answers = with("non_full_time", &[("平均每日工作时间", ""), ("每周累计工作时间", "")]);
    let shifts = |last: &str| {
        let mut text = desk.engage(&[("A001", answers.clone())]);
        let table = fs::read_to_string(&text).unwrap();
        let mut lines = table.lines();
        let (head, row) = (lines.next().unwrap(), lines.next().unwrap());
        let days = ["2026-09-28", "2026-09-29", last];
        let rows: Vec<String> =
            days.iter().map(|day| format!("{row},{day},{}", if *day == last { 9 } else { 4 })).collect();
        text = desk.text_path("shifts.csv");
        fs::write(&text, format!("{head},日期,工时\n{}\n", rows.join("\n"))).unwrap();
        let people = [worker(1, "非全日制", &[])];
        let json = desk.pay(&people, "2026-09", &["--no-slips", "--engagements", &text]).json();
        said(&json["slips"][0]).into_iter().map(|(code, _)| code.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(shifts("2026-10-01"), Vec::<String>::new());
    // 17 hours on three days of the last week of September are more than four a day.
    assert_eq!(shifts("2026-09-30"), ["withheld"]);
}

#[test]
fn the_ledger_computes_the_same_again() {
    let desk = Desk::new();
    let unsigned =
        with("employment", &[("已订立书面协议", "否"), ("开始用工日期", "2026-07-01"), ("约定月工资", "5000")]);
    let engagements = desk.engage(&[
        ("A001", unsigned),
        ("A002", answers("undetermined")),
        ("A003", answers("employment")),
        ("A004", answers("dispatch")),
    ]);
    let base = [("社保缴费基数", "5000")];
    let people =
        [worker(1, "劳务", &base), worker(2, "平台", &base), worker(3, "全日制", &base), worker(4, "劳务", &base)];
    let ledger = desk.text_path("ledger.db");
    let replay = |period: &str| gongche(&["ledger", "replay", period, "--db", &ledger, "--format", "json"]);
    let booked = desk.book(&people, "2026-09", &["--engagements", &engagements]);
    assert_eq!(booked.code, 1, "{}", booked.complaint);
    let replayed = replay("2026-09");
    assert_eq!(replayed.code, 0, "{}", replayed.out);
    let next = desk.book(&people, "2026-10", &["--engagements", &engagements, "--by-classification"]);
    // The contract is still missing, whoever decides.
    assert_eq!(next.code, 1, "{}", next.out);
    assert_eq!(replay("2026-10").code, 0);
    // The slip itself carries what it was computed from.
    let slips = desk.files("out/payslips");
    assert!(!slips.is_empty());
    for slip in slips {
        let path = desk.text_path(&format!("out/payslips/{slip}"));
        assert_eq!(gongche(&["verify", &path, "--format", "json"]).code, 0, "{slip}");
    }
}

#[test]
fn an_edit_of_an_engagement_makes_a_preview_stale() {
    let desk = Desk::new();
    let roster = desk.write(&[worker(1, "劳务", &[])]);
    let (out, ledger) = (desk.text_path("out"), desk.text_path("ledger.db"));
    let folder = desk.file(&[("A001.toml", AGENT)]);
    let step = |step: &str, by: &str, more: &[&str]| {
        let arguments = ["run", step, &roster, "--period", "2026-09", "--out", &out, "--db", &ledger, "--by", by];
        let act = ["--at", "2026-09-28T10:00", "--why", "样例：核对无误", "--format", "json"];
        gongche(&[&arguments[..], &act, more].concat())
    };
    let with = ["--engagements", folder.as_str()];
    assert_eq!(step("preview", "样例甲", &with).code, 1);
    // A remark changes no figure, and yet is not what was looked at.
    desk.file(&[("A001.toml", &format!("# 改过\n{AGENT}"))]);
    assert_eq!(error(&step("approve", "样例乙", &with)).0, "stale");
    assert_eq!(error(&step("approve", "样例乙", &[])).0, "stale");
    desk.file(&[("A001.toml", AGENT)]);
    assert_eq!(error(&step("approve", "样例乙", &[&with[..], &["--by-classification"]].concat())).0, "stale");
    let approved = step("approve", "样例乙", &with);
    assert_eq!(approved.json()["ledger"], "approved");
}

#[test]
fn the_hotlines_people_are_what_they_are_paid_as() {
    let desk = Desk::new();
    let (roster, engagements) = ("examples/hotline/roster-2026-09.xlsx", "examples/hotline/engagements.csv");
    let pay = |more: &[&str]| {
        let out = desk.text_path("out");
        let arguments = ["pay", roster, "--period", "2026-09", "--out", &out, "--no-slips", "--format", "json"];
        let ran = gongche(&[&arguments[..], more].concat());
        assert_eq!(ran.code, 0);
        ran.json()
    };
    let (alone, with) = (pay(&[]), pay(&["--engagements", engagements]));
    assert_eq!(notes(&with), ["用工事实：42 人与名单一致，0 人不一致，0 人不能确定"]);
    assert_eq!(notes(&alone), Vec::<&str>::new());
    assert_eq!(with["slips"], alone["slips"]);
}

#[test]
fn the_roster_is_held_against_itself() {
    let signs = |form: &str, cells: &[(&'static str, &str)]| {
        let json = Desk::new().pay(&[worker(1, form, cells)], "2026-09", &["--no-slips"]).json();
        let slip = json["slips"][0].clone();
        assert!(slip.is_object(), "{json}");
        let codes = findings(&slip).into_iter().filter_map(|code| code.strip_prefix("payroll.signs."));
        codes.map(str::to_owned).collect::<Vec<_>>()
    };
    let none = Vec::<String>::new();
    for cell in [("平日加班小时", "1"), ("事假小时", "1"), ("缺勤扣款", "0.01"), ("工时制度", "不定时工作制")]
    {
        assert_eq!(signs("劳务", &[cell]), ["managed"], "{cell:?}");
        assert_eq!(signs("平台", &[cell]), ["managed"], "{cell:?}");
        assert_eq!(signs("全日制", &[cell]), none, "{cell:?}");
    }
    assert_eq!(signs("劳务", &[]), none);
    assert_eq!(signs("实习", &[("平日加班小时", "1"), ("全日制在读", "是")]), ["intern_overtime"]);
    assert_eq!(signs("实习", &[("全日制在读", "否")]), ["intern_not_student"]);
    // By the document: a man born in 1963 is past the age in 2026, one born in 1990 is not; a woman born in 1974 may be.
    let (past, under, open) = ("530102196203203617", "530102199001010028", with_check("530102197403070042"));
    let born = |form, number: &str| signs(form, &[("证件号码", number)]);
    assert_eq!(
        (born("超龄", past), born("超龄", under), born("超龄", &open)),
        (none.clone(), vec!["not_over_age".to_owned()], none.clone())
    );
    for form in ["全日制", "非全日制", "劳务派遣"] {
        assert_eq!(
            (born(form, past), born(form, under), born(form, &open)),
            (vec!["past_age".to_owned()], none.clone(), none.clone())
        );
    }
    assert_eq!((born("劳务", past), born("劳务", under)), (vec!["retiree_as_service".to_owned()], none));
}

#[test]
fn the_date_of_birth_is_not_kept() {
    let desk = Desk::new();
    let people = [worker(1, "全日制", &[("证件号码", "530102196203203617")])];
    desk.book(&people, "2026-09", &["--no-slips"]).json();
    let bytes = fs::read(desk.path("ledger.db")).unwrap();
    let held = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(held("payroll.signs.past_retirement_age"));
    assert!(!held("1962-03-20") && !held("19620320"));
}
