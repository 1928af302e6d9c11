//! Six months of a made-up firm of three hundred people in one ledger: all seven kinds, four cities, people who join and
//! leave, overtime, sickness, bonuses. What comes out was approved once, and is computed a second time by a few lines of
//! Python that know nothing of the rules.

use super::{
    Desk, Person, arithmetic,
    arithmetic::{number, whole},
    figure, made_up,
};
use num_rational::BigRational;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt::Write as _, fs, ops::RangeInclusive, process::Command, sync::LazyLock};

const PEOPLE: u32 = 300;
const MONTHS: RangeInclusive<u32> = 4..=9;

/// Place, its highest rate of the housing fund, and what an hour of non-full-time work pays there at least.
const CITIES: [(&str, u32, u32); 4] = [("北京市", 12, 28), ("上海市", 7, 25), ("昆明市", 12, 22), ("成都市", 12, 23)];

fn yuan(fen: u32) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// Somebody of the firm; everything of him follows from his number.
#[derive(Clone, Copy)]
struct Someone(u32);

impl Someone {
    fn kind(self) -> &'static str {
        match self.0 % 20 {
            11..=13 => "劳务派遣",
            14 => "非全日制",
            15 => "超龄",
            16 => "实习",
            17 => "平台",
            18 => "劳务",
            _ => "全日制",
        }
    }

    fn city(self) -> (&'static str, u32, u32) {
        CITIES[((self.0 + self.0 / 20) % 4) as usize]
    }

    fn is_employee(self) -> bool {
        matches!(self.kind(), "全日制" | "劳务派遣")
    }

    /// The month and the day of joining, of those who join.
    fn joins(self) -> Option<(u32, u32)> {
        let day = [1, 11, 18][(self.0 / 15 % 3) as usize];
        (self.is_employee() && self.0 % 15 == 4).then_some((5 + self.0 / 15 % 4, day))
    }

    /// The month and the day of leaving, of those who leave; nobody of them has joined in these months.
    fn leaves(self) -> Option<(u32, u32)> {
        (self.is_employee() && !self.is_poor() && self.0 % 24 == 9).then_some((5 + self.0 / 24 % 5, 20))
    }

    fn is_paid(self, month: u32) -> bool {
        // A platform's worker without a task in July.
        let pauses = self.0 % 60 == 17 && month == 7;
        self.joins().is_none_or(|(joined, _)| joined <= month)
            && self.leaves().is_none_or(|(left, _)| month <= left)
            && !pauses
    }

    fn hired(self) -> String {
        let Self(at) = self;
        match self.joins() {
            Some((month, day)) => format!("2026-{month:02}-{day:02}"),
            None if self.is_employee() => {
                format!("{}-{:02}-{:02}", 2010 + at % 16, 1 + (at + at / 24) % 12, 1 + at % 28)
            }
            None => "2026-04-01".to_owned(),
        }
    }

    /// What the contract pays a month, in fen.
    fn wage(self) -> u32 {
        match self.0 {
            // One goes through all the brackets.
            100 => 15_000_000,
            _ if self.is_poor() => 216_000,
            at => 480_000 + at * 793_919 % 4_200_000,
        }
    }

    fn is_poor(self) -> bool {
        self.0 % 60 == 21
    }

    /// The cells of a month.
    fn row(self, month: u32) -> Person {
        let Self(at) = self;
        let mut row = Person::new();
        let born = match self.kind() {
            "超龄" => "19620307",
            "实习" => "20040912",
            _ => "19900307",
        };
        let number = made_up::with_check_digit(&format!("530102{born}{:03}", at + 1));
        let (city, ..) = self.city();
        for (heading, cell) in [
            ("工号", format!("F{at:03}")),
            ("姓名", format!("样例{at:03}")),
            ("证件类型", "居民身份证".to_owned()),
            ("证件号码", number),
            ("用工形式", self.kind().to_owned()),
            ("参保地", city.to_owned()),
            ("任职受雇日期", self.hired()),
            // The base rate of the other classes is not known of Chengdu.
            ("工伤行业类别", if city == "成都市" { "1".to_owned() } else { (at % 8 + 1).to_string() }),
        ] {
            row.insert(heading, cell);
        }
        match self.kind() {
            "非全日制" => self.by_the_hour(&mut row, month),
            "超龄" => {
                row.insert("基本工资", yuan(300_000 + at * 1_357 % 250_000));
                row.insert("绩效工资", yuan((at * 131 + month * 977) % 40_000));
            }
            "实习" => {
                row.insert("劳务报酬", yuan(200_000 + (at * 97_701 + month * 50_303) % 800_000));
                row.insert("全日制在读", if at % 40 == 16 { "否" } else { "是" }.to_owned());
            }
            "平台" => {
                row.insert("劳务报酬", yuan(600_000 + (at * 100_901 + month * 50_307) % 900_000));
                if at % 60 == 17 {
                    let readings = ["都重新起算", "只有月份重新起算", "都不重新起算"];
                    row.insert("中断读法", readings[(at / 60 % 3) as usize].to_owned());
                }
            }
            "劳务" => {
                row.insert("劳务报酬", yuan(50_000 + (at * 777_707 + month * 123_407) % 7_500_000));
                row.insert("项目", "样例项目".to_owned());
            }
            _ => self.employed(&mut row, month),
        }
        row
    }

    fn by_the_hour(self, row: &mut Person, month: u32) {
        let Self(at) = self;
        let least = self.city().2;
        let rate = if at % 100 == 34 { 20 } else { least + at / 20 % 3 };
        row.insert("计酬小时", format!("{}.5", 60 + (at + month * 7) % 40));
        row.insert("小时计酬标准", rate.to_string());
        row.insert("结算周期天数", if at == 74 { "30" } else { "15" }.to_owned());
    }

    fn employed(self, row: &mut Person, month: u32) {
        let Self(at) = self;
        let mut put = |heading: &'static str, given: bool, cell: String| {
            if given {
                row.insert(heading, cell);
            }
        };
        let joining = self.joins().is_some_and(|(joined, _)| joined == month);
        let months_here = month + 1 - self.joins().map_or(1, |(joined, _)| joined);
        put("基本工资", true, yuan(self.wage()));
        put("岗位工资", at % 3 == 0, "500".to_owned());
        put("绩效工资", !self.is_poor(), yuan((at * 13_107 + month * 97_703) % 300_000));
        put("夜班津贴", at % 6 == 1, (20 * ((at + month) % 12)).to_string());
        put("高温津贴", at % 2 == 0 && month >= 6, "180".to_owned());
        put("独生子女补贴", at % 8 == 2, "10".to_owned());
        put("差旅费津贴", at % 8 == 3, "300".to_owned());
        put("伙食补贴", at % 8 == 5, "200.50".to_owned());
        put("奖金", month == 6 && at % 4 > 0, (1_500 * (at % 4)).to_string());
        put("全年一次性奖金", month == 8 && at % 10 == 0, yuan(2_000_000 + at * 98_515));
        put("折算方式", joining, "按日历日".to_owned());

        let overtime = at % 7 == 2;
        put("平日加班小时", overtime, format!("{}.5", (at + month) % 20));
        put("休息日加班小时", overtime, "11".to_owned());
        put("补休小时", overtime, "8".to_owned());
        put("法定节假日加班小时", overtime && matches!(month, 5 | 6 | 9), "8".to_owned());
        let sick = at % 9 == 5 && month.is_multiple_of(2);
        put("病假小时", sick, "12".to_owned());
        put("病假工资比例", sick, format!("{}%", 60 + at % 4 * 10));
        put("事假小时", at % 13 == 3, "4".to_owned());
        put("缺勤扣款", at % 17 == 8, "123.45".to_owned());
        put("其他扣款", at % 31 == 7, "200".to_owned());
        put("赔偿损失扣款", at % 37 == 5, "50".to_owned());
        put("合同约定赔偿损失", at % 37 == 5, "是".to_owned());

        // Whoever joins in the month is insured on what it pays; the others' bases change in July.
        let more = if month < 7 { at % 700 * 100 } else { at * 5_303 % 90_000 };
        let base = self.wage() + if self.is_poor() { 0 } else { more };
        let least = if at % 50 == 0 { 5 } else { 5 + at % 8 };
        put("社保缴费基数", !joining, yuan(base));
        put("公积金缴存基数", !joining, yuan(base));
        put("公积金缴存比例", true, format!("{}%", least.min(self.city().1)));
        put("企业(职业)年金", at % 9 == 4 && !joining, yuan(self.wage() / 2_500 * if at % 2 == 0 { 100 } else { 120 }));
        put("商业健康保险", at % 11 == 6, if at % 2 == 0 { "150" } else { "250" }.to_owned());
        put("累计个人养老金", at % 14 == 3, (2_000 * month).to_string());
        put("累计子女教育", at % 4 == 1, (2_000 * months_here).to_string());
        put("累计赡养老人", at % 4 == 1, (1_500 * months_here).to_string());
        put("累计专项附加扣除", at % 4 == 2, (1_000 * months_here).to_string());
        put("本年首次取得工资", self.joins().is_some() && at % 2 == 0, "是".to_owned());
        put("上年收入不超六万", self.is_poor(), "是".to_owned());
        if self.kind() == "劳务派遣" {
            put("用工单位所在地", true, self.city().0.to_owned());
        }
        if let Some((left, day)) = self.leaves() {
            put("离职日期", left == month, format!("2026-{left:02}-{day}"));
            // The cap on severance is known of the first two cities only; elsewhere people leave of their own will.
            let known = matches!(self.city().0, "北京市" | "上海市");
            let ground = if known { "用人单位提出的协商一致解除" } else { "劳动者提前通知解除" };
            put("解除终止事由", left == month, ground.to_owned());
            put("前12个月月均工资", left == month, yuan(self.wage() / 12 * 13));
        }
        if month == *MONTHS.start() {
            self.opening(row);
        }
    }

    /// January to March, as another program would have kept them.
    fn opening(self, row: &mut Person) {
        let (income, special) = (3 * self.wage(), 3 * (self.wage() * 7 / 40));
        let additional = [0, 10_500, 3_000, 0][(self.0 % 4) as usize];
        let basic = if self.is_poor() { 60_000 } else { 15_000 };
        let taxable = number(&yuan(income)) - number(&yuan(special)) - whole(basic + additional);
        let withheld: BigRational = arithmetic::annual_tax(taxable) * whole(100);
        row.insert("期初累计收入", yuan(income));
        row.insert("期初累计专项扣除", yuan(special));
        row.insert("期初累计已预扣税额", yuan(withheld.to_integer().try_into().unwrap()));
    }
}

/// The six runs, made once.
struct Firm {
    months: BTreeMap<u32, Value>,
    /// Each month's roster, figures and report, by the name of the file.
    files: BTreeMap<String, Vec<u8>>,
}

static FIRM: LazyLock<Firm> = LazyLock::new(|| {
    let desk = Desk::new();
    let mut firm = Firm { months: BTreeMap::new(), files: BTreeMap::new() };
    for month in MONTHS {
        let people: Vec<Person> =
            (0..PEOPLE).map(Someone).filter(|one| one.is_paid(month)).map(|one| one.row(month)).collect();
        let period = format!("2026-{month:02}");
        let done = desk.book(&people, &period, &["--no-slips", "--employer", "样例人力资源有限公司"]);
        let json = done.json();
        assert_eq!(json["rejected"], serde_json::json!([]), "{period}");
        // Some are paid below the floor, on purpose.
        assert_eq!((done.code, &json["ledger"]), (1, &"written".into()), "{period}");
        let read = |name: &str| fs::read(desk.path(name)).unwrap();
        firm.files.insert(format!("roster-{month:02}.csv"), read("roster.csv"));
        firm.files.insert(format!("figures-{month:02}.csv"), read("out/filings/figures.csv"));
        firm.files.insert(format!("run-{month:02}.json"), done.out.into_bytes());
        firm.months.insert(month, json);
    }
    firm
});

fn slips(run: &Value) -> &[Value] {
    run["slips"].as_array().unwrap()
}

/// Every amount of a slip on one line.
fn amounts(slip: &Value) -> String {
    let mut text = figure(slip, "worker").to_owned();
    for list in ["earnings", "lines", "taxes_apart"] {
        for one in slip[list].as_array().unwrap() {
            let _ = write!(text, " {}={}", figure(one, "id"), figure(one, "amount"));
        }
    }
    for name in ["gross", "own_total", "tax", "net", "employer_cost"] {
        let _ = write!(text, " {name}={}", figure(slip, name));
    }
    text
}

fn approve(name: &str, text: &str) {
    crate::rulebook::golden("payroll").bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn six_months_are_as_approved() {
    let mut text = String::new();
    for (month, run) in &FIRM.months {
        let totals = &run["totals"];
        let _ = writeln!(text, "2026-{month:02}: {} people", totals["workers"]);
        for name in ["gross", "tax", "net", "employer_cost"] {
            let _ = writeln!(text, "  {name} {}", figure(totals, name));
        }
        for (id, amount) in totals["lines"].as_object().unwrap() {
            let _ = writeln!(text, "  {id} {}", amount.as_str().unwrap());
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for code in slips(run).iter().flat_map(super::findings) {
            *counts.entry(code).or_default() += 1;
        }
        for (code, count) in counts {
            let _ = writeln!(text, "  {count} × {code}");
        }
        let lines: Vec<String> = slips(run).iter().map(amounts).collect();
        let digest: String = Sha256::digest(lines.join("\n")).iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = writeln!(text, "  every amount of every slip: {digest}\n");
    }
    approve("firm-months", &text);
}

#[test]
fn what_each_is_paid_and_withheld_is_as_approved() {
    let mut people: BTreeMap<&str, (String, [String; 6])> = BTreeMap::new();
    for (month, run) in &FIRM.months {
        for slip in slips(run) {
            let at: u32 = figure(slip, "worker")[1..].parse().unwrap();
            let (kind, (city, ..)) = (Someone(at).kind(), Someone(at).city());
            let (_, months) =
                people.entry(figure(slip, "worker")).or_insert_with(|| (format!("{kind},{city}"), Default::default()));
            months[(month - MONTHS.start()) as usize] = format!("{} {}", figure(slip, "net"), figure(slip, "tax"));
        }
    }
    assert_eq!(people.len(), PEOPLE as usize);
    let mut text = "worker,kind,city, then net and tax of each month from April\n".to_owned();
    for (worker, (who, months)) in people {
        let _ = writeln!(text, "{worker},{who},{}", months.join(","));
    }
    approve("firm-people", &text);
}

#[test]
fn a_few_lines_of_python_come_to_the_same() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/pay/cross_check.py");
    // What it says of the files, some of them changed; nothing where there is no Python.
    let check = |changes: &[(&str, &str, &str)]| {
        let desk = Desk::new();
        for (name, content) in &FIRM.files {
            let mut text = String::from_utf8(content.clone()).unwrap();
            for (_, from, to) in changes.iter().filter(|(file, ..)| file == name) {
                assert!(text.contains(from), "{from} in {name}");
                text = text.replacen(from, to, 1);
            }
            fs::write(desk.path(name), text).unwrap();
        }
        let done = Command::new("python3").arg(script).arg(desk.path("")).output().ok()?;
        let said = [done.stdout, done.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        Some((done.status.code(), said))
    };
    let Some((code, said)) = check(&[]) else {
        println!("skipped: python3 is not installed");
        return;
    };
    assert_eq!(code, Some(0), "{said}");
    let compared: u32 = said.split(' ').next().unwrap().parse().unwrap();
    assert!(compared > 30_000 && said.ends_with(" amounts compared, 0 differ\n"), "{said}");
    println!("{said}");
    // A fen in what one is paid, and a fen in the total of all, are seen.
    let net = figure(&slips(&FIRM.months[&6])[1], "net");
    let total = figure(&FIRM.months[&6]["totals"], "net");
    let more = |amount: &str| format!("{}", number(amount) * whole(100) + whole(1));
    let fen = |amount: &str| yuan(more(amount).parse().unwrap());
    let changes = [("figures-06.csv", net, fen(net)), ("run-06.json", total, fen(total))];
    let changes: Vec<(&str, &str, &str)> = changes.iter().map(|(file, from, to)| (*file, *from, to.as_str())).collect();
    let (code, said) = check(&changes).unwrap();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("6 F001 全日制 上海市 实发工资") && said.contains("6 total net"), "{said}");
    assert!(said.ends_with(" amounts compared, 2 differ\n"), "{said}");
}
