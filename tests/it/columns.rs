//! Many rows in columns give what one row by the exact path gives, to the fen and to the fault.

use chrono::NaiveDate;
use gongche::{
    engine::{
        Evaluation, Origin, Plan, Question, SlotId, Value,
        columns::{Cell, ColumnInputs, ColumnPlan, ColumnResults, Encoding, LEFT_OUT, NONE},
    },
    quantity::Exact,
    rulebook::{Book, PackageId, Sources, Type, render},
};
use num_bigint::BigInt;
use num_rational::BigRational;
use std::num::NonZeroUsize;

// ---- shared with the random formulas

/// Numbers that look random and are the same in every run (SplitMix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.next() % u64::try_from(high - low + 1).unwrap()).unwrap()
    }

    pub(crate) fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

pub(crate) fn on(day: &str) -> NaiveDate {
    day.parse().unwrap()
}

/// A book of these files, without instruments and places.
pub(crate) fn read_book(files: &[(&str, &str)]) -> Book {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    Book::read(Sources::new(files)).unwrap_or_else(|faulty| panic!("{}", render(&faulty.sources, &faulty.diagnostics)))
}

/// The slots of a plan that a caller may give.
pub(crate) fn inputs_of(plan: &Plan<'_>) -> Vec<SlotId> {
    let slots = plan.slots().iter().filter(|slot| matches!(slot.origin, Origin::Input { .. }));
    slots.map(|slot| plan.find(slot.entry, &slot.cell).unwrap()).collect()
}

const ONE: NonZeroUsize = NonZeroUsize::MIN;
const TWO: NonZeroUsize = ONE.saturating_add(1);

/// Every goal of every row is what the exact path says.
fn assert_exact(plan: &Plan<'_>, goals: &[SlotId], rows: &[Vec<(SlotId, Value)>], results: &ColumnResults) {
    for (row, given) in rows.iter().enumerate() {
        let mut evaluation = Evaluation::new(plan, given.clone());
        for (goal, slot) in goals.iter().enumerate() {
            assert_eq!(
                results.value(goal, row),
                Some(evaluation.value(*slot)),
                "{} of {:?}",
                plan.name(*slot),
                given.iter().map(|(slot, value)| (plan.name(*slot), value)).collect::<Vec<_>>()
            );
        }
    }
}

fn fill(inputs: &mut ColumnInputs<'_, '_, '_>, rows: &[Vec<(SlotId, Value)>]) {
    for (row, given) in rows.iter().enumerate() {
        for (slot, value) in given {
            inputs.column_mut(*slot).unwrap().set(row, value);
        }
    }
}

// ---- the whole rule book

/// A value as somebody might give it: mostly ordinary, at times at an edge.
fn any_value(random: &mut Random, plan: &Plan<'_>, slot: SlotId, encoding: Encoding) -> Option<Value> {
    if random.below(20) == 0 {
        return None;
    }
    let book = plan.book();
    let entry = book.entry(plan.slot(slot).entry);
    Some(match encoding {
        Encoding::Boolean => Value::Boolean(random.below(2) == 0),
        Encoding::Choice => {
            let Type::Choice(set) = entry.of else { panic!("{}", entry.full_id) };
            Value::Choice(random.below(book.lexicon().members(set).len()))
        }
        Encoding::Date => {
            let month = random.between(1, 12);
            let day = random.between(1, 28);
            Value::Date(on(&format!("{}-{month:02}-{day:02}", random.of(&[2024, 2025, 2026, 2026, 2026]))))
        }
        Encoding::Number { decimals } => {
            let parts = i128::from(10i64.pow(decimals));
            let money = matches!(entry.of, Type::Number(unit) if unit.to_string().starts_with('元'));
            let largest = if money { 60_000 } else { 13 };
            let number = match random.below(60) {
                0 => parts * 10_i128.pow(16),
                1..=10 => 0,
                11..=20 => i128::from(random.between(0, largest)) * parts,
                21..=25 => i128::from(random.between(0, 20 * largest)) * parts,
                _ => i128::from(random.between(0, largest * 100)) * parts / 100,
            };
            let number = rust_decimal::Decimal::try_from_i128_with_scale(number, decimals).unwrap();
            // A third decimal of money is nothing that a column can hold.
            let odd = if random.below(400) == 0 { "0.0000001" } else { "0" };
            Value::Number(Exact::from(number).add(Exact::parse(odd).unwrap()).unwrap())
        }
    })
}

/// Every figure of a package, in one place, on one day.
fn hold_package(
    book: &Book,
    package: PackageId,
    place: Option<&str>,
    day: &str,
    random: &mut Random,
    rows: usize,
) -> usize {
    let question = Question::simple(on(day), None, place, book.regions());
    let figures = book.package(package).entries.iter().filter(|entry| book.figure(**entry).is_some());
    let cells: Vec<_> = figures
        .flat_map(|entry| book.lexicon().cells(&book.entry(*entry).by).into_iter().map(|cell| (*entry, cell)))
        .collect();
    let plan = Plan::new(book, question, package, &cells).unwrap();
    let goals: Vec<SlotId> = cells.iter().map(|(entry, cell)| plan.find(*entry, cell).unwrap()).collect();
    let every = inputs_of(&plan);
    // What is bound to a figure is given by hand in one half of the runs.
    let unbound = |slot: &&SlotId| matches!(plan.slot(**slot).origin, Origin::Input { bound: None, .. });
    let given: Vec<SlotId> = if random.below(2) == 0 { every } else { every.iter().filter(unbound).copied().collect() };
    let columns = ColumnPlan::new(&plan, &goals, &given);
    let rows: Vec<Vec<(SlotId, Value)>> = (0..rows)
        .map(|_| {
            columns
                .given()
                .filter_map(|(slot, encoding)| Some((slot, any_value(random, &plan, slot, encoding)?)))
                .collect()
        })
        .collect();
    let mut inputs = columns.inputs(rows.len());
    fill(&mut inputs, &rows);
    let results = inputs.run(TWO);
    assert_exact(&plan, &goals, &rows, &results);
    rows.len() - results.fallen()
}

#[test]
fn every_figure_of_the_book_is_the_same_both_ways() {
    let book = Book::read(Sources::embedded())
        .unwrap_or_else(|faulty| panic!("{}", render(&faulty.sources, &faulty.diagnostics)));
    let mut random = Random::new(61);
    let mut in_columns = 0;
    for (package, _) in book.packages() {
        for place in [None, Some("110000"), Some("310000"), Some("530100"), Some("530113")] {
            for day in ["2025-12-31", "2026-09-30"] {
                in_columns += hold_package(&book, package, place, day, &mut random, 60);
            }
        }
    }
    println!("{in_columns} rows in columns");
    assert!(in_columns > 1_000, "{in_columns}");
}

#[test]
fn a_payroll_of_the_book_runs_in_columns() {
    let book = Book::read(Sources::embedded())
        .unwrap_or_else(|faulty| panic!("{}", render(&faulty.sources, &faulty.diagnostics)));
    let find = |id: &str| book.lexicon().find_anywhere(id).unwrap();
    let (package, _) = book.packages().find(|(_, package)| package.id == "payroll").unwrap();
    let question = Question::simple(on("2026-09-30"), None, Some("310000"), book.regions());
    let goals = ["payroll.net", "payroll.employer_cost", "tax.wages.tax", "social.own_total"];
    let cells: Vec<_> = goals.iter().map(|id| (find(id), Vec::new())).collect();
    let plan = Plan::new(&book, question, package, &cells).unwrap();
    let slots: Vec<SlotId> = cells.iter().map(|(entry, cell)| plan.find(*entry, cell).unwrap()).collect();
    let given: Vec<SlotId> = [
        ("labour.pay_items.item", "payroll.amount", vec![0]),
        ("", "social.declared_base", vec![]),
        ("", "social.industry_class", vec![]),
        ("", "fund.declared_base", vec![]),
        ("", "fund.rate", vec![]),
        ("", "tax.months.paid_on", vec![]),
        ("", "tax.months.hire_date", vec![]),
        ("", "tax.months.leave_date", vec![]),
        ("", "payroll.prior_income", vec![]),
        ("", "payroll.prior_special", vec![]),
        ("", "tax.wages.prior_withheld", vec![]),
    ]
    .into_iter()
    .map(|(_, id, cell)| plan.find(find(id), &cell).unwrap())
    .collect();
    let columns = ColumnPlan::new(&plan, &slots, &given);
    assert_eq!(columns.exact_goals().count(), 0);
    let mut random = Random::new(7);
    let (hired, left) = (find("tax.months.hire_date"), find("tax.months.leave_date"));
    let rows: Vec<Vec<(SlotId, Value)>> = (0..3_000)
        .map(|_| {
            let money =
                |random: &mut Random| Value::Number(rust_decimal::Decimal::new(random.between(0, 6_000_000), 2).into());
            let date = |random: &mut Random| {
                Value::Date(on("2024-01-01") + chrono::Days::new(random.below(900).try_into().unwrap()))
            };
            given
                .iter()
                .filter_map(|slot| {
                    let entry = plan.slot(*slot).entry;
                    Some((
                        *slot,
                        match book.entry(entry).full_id.as_str() {
                            "fund.rate" => Value::Number(random.of(&["5%", "7%", "0.0625"]).parse().unwrap()),
                            // Of Shanghai only the first class is known to the book with its own rate, all others nation-wide.
                            "social.industry_class" => Value::Choice(random.below(8)),
                            "tax.months.paid_on" => Value::Date(on("2026-09-30")),
                            _ if entry == hired => date(&mut random),
                            // Hardly anybody leaves: there is no such date, and the row stays in columns.
                            _ if entry == left && random.below(4) > 0 => return None,
                            _ if entry == left => date(&mut random),
                            _ => money(&mut random),
                        },
                    ))
                })
                .collect()
        })
        .collect();
    let mut inputs = columns.inputs(rows.len());
    fill(&mut inputs, &rows);
    for threads in [ONE, TWO] {
        let results = inputs.run(threads);
        assert_eq!(results.fallen(), 0);
        assert_exact(&plan, &slots, &rows, &results);
    }
}

// ---- a small pipeline, against rational numbers

const WAGES: &str = r#"
[package]
id    = "wages"
title = "样例"
clock = "payment"

[dimension.line]
name    = "险种"
members = { pension = "养老", medical = "医疗", unemployment = "失业", injury = "工伤", maternity = "生育" }

[dimension.payer]
name    = "缴费方"
members = { employee = "个人", employer = "单位" }

[fact.declared]
name = "申报基数"
unit = "元/月"

[fact.income]
name = "累计收入"
unit = "元"

[fact.withheld]
name = "已预扣"
unit = "元"

[fact.gross]
name = "应发"
unit = "元"

[fact.months]
name  = "月数"
unit  = "月"
range = "0..=12"

[fact.fund_rate]
name = "公积金比例"
unit = "%"

[value.floor]
name  = "下限"
unit  = "元/月"
dated = [{ from = 2020-01-01, value = "6821.33", cite = "unknown", source = "样例", checked = 2026-11-21, confidence = "U" }]

[value.ceiling]
name  = "上限"
unit  = "元/月"
dated = [{ from = 2020-01-01, value = "35283", cite = "unknown", source = "样例", checked = 2026-11-21, confidence = "U" }]

[value.rate]
name = "费率"
unit = "%"
by   = ["line", "payer"]

[value.rounding]
name = "舍入"
unit = "舍入"
by   = ["line"]
"#;

/// Line by line: the worker's rate, the firm's, in thousandths of a percent; and how a line is rounded.
const LINES: [(&str, i64, i64, &str); 5] = [
    ("pension", 8_000, 16_000, "half-up 0.01"),
    ("medical", 2_000, 9_800, "half-even 0.01"),
    ("unemployment", 500, 500, "up 0.1"),
    ("injury", 0, 213, "down 0.01"),
    ("maternity", 0, 805, "half-up 0.01"),
];
const BANDS: [(i64, i64, i64); 7] = [
    (36_000, 3, 0),
    (144_000, 10, 2_520),
    (300_000, 20, 16_920),
    (420_000, 25, 31_920),
    (660_000, 30, 52_920),
    (960_000, 35, 85_920),
    (i64::MAX, 45, 181_920),
];

fn wages_text() -> String {
    let dated = "cite = \"unknown\", source = \"样例\", checked = 2026-11-21, confidence = \"U\" }]";
    let mut text = WAGES.to_owned();
    for (line, worker, firm, rounding) in LINES {
        for (payer, rate) in [("employee", worker), ("employer", firm)] {
            let rate = format!("{}.{:03}%", rate / 1000, rate % 1000);
            text += &format!(
                "[[supply]]\nvalue = \"rate\"\nline = \"{line}\"\npayer = \"{payer}\"\ndated = [{{ from = 2020-01-01, value = \"{rate}\", {dated}\n"
            );
        }
        text += &format!(
            "[[supply]]\nvalue = \"rounding\"\nline = \"{line}\"\ndated = [{{ from = 2020-01-01, value = \"{rounding}\", {dated}\n"
        );
    }
    let bands: Vec<String> = BANDS
        .iter()
        .map(|(to, rate, quick)| {
            let to = if *to == i64::MAX { String::new() } else { format!("to = \"{to}\", ") };
            format!("{{ {to}rate = \"{rate}%\", quick = \"{quick}\" }}")
        })
        .collect();
    text += &format!(
        "[scale.table]\nname = \"表\"\n[[scale.table.dated]]\nfrom = 2020-01-01\ncite = \"unknown\"\nsource = \"样例\"\nchecked = 2026-11-21\nconfidence = \"U\"\nbands = [{}]\n",
        bands.join(", ")
    );
    for (id, name, unit, by, formula, round) in [
        ("base", "基数", "元/月", "", "CLAMP(申报基数, 下限, 上限)", ""),
        ("contribution", "缴费", "元", "by = [\"line\", \"payer\"]", "基数 * 费率 * 1月", "舍入"),
        ("fund", "公积金", "元", "", "基数 * 公积金比例 * 1月", "half-up 1"),
        ("own", "个人合计", "元", "", "SUM(line, 缴费[个人]) + 公积金", ""),
        ("taxable", "应纳税所得额", "元", "", "累计收入 - 5000 * 月数 * 1元/月 - 个人合计 * 月数 / 1月", ""),
        ("tax", "税额", "元", "", "MAX(0, BAND(表, MAX(0, 应纳税所得额)) - 已预扣)", "half-up 0.01"),
        ("net", "实发", "元", "", "应发 - 个人合计 - 税额", ""),
        ("hourly", "小时工资", "元/小时", "", "应发 / 21.75天 / 8小时 * 1天", "exact"),
        ("overtime", "加班费", "元", "", "小时工资 * 3.5小时 * 150%", "half-up 0.01"),
    ] {
        let round = if round.is_empty() { String::new() } else { format!("round = \"{round}\"") };
        text +=
            &format!("[figure.{id}]\nname = \"{name}\"\nunit = \"{unit}\"\n{by}\nformula = \"{formula}\"\n{round}\n");
    }
    text
}

fn ratio(above: i64, below: i64) -> BigRational {
    BigRational::new(BigInt::from(above), BigInt::from(below))
}

fn rounded(value: &BigRational, how: &str) -> BigRational {
    let (mode, step) = how.split_once(' ').unwrap();
    let step = ratio(1, 10_i64.pow(u32::try_from(step.len().saturating_sub(2)).unwrap()));
    let steps = value / step.clone();
    let half = ratio(1, 2);
    let whole = match mode {
        // Nothing here is below nought.
        "half-up" => (steps + half).floor(),
        "up" => steps.ceil(),
        "down" => steps.floor(),
        _ => {
            let floor = steps.floor();
            let odd = floor.to_integer() % 2 != BigInt::from(0);
            let rest = steps - floor.clone();
            if rest > half || rest == half && odd { floor + ratio(1, 1) } else { floor }
        }
    };
    whole * step
}

/// One worker-month, by rational numbers: the worker's share, tax, net and overtime.
fn wages_oracle(row: &[i64; 6]) -> [BigRational; 4] {
    let [declared, income, withheld, gross, months, fund_rate] = *row;
    let base = ratio(declared, 100).clamp(ratio(682_133, 100), ratio(35_283, 1));
    let shares = LINES.map(|(_, rate, _, how)| rounded(&(base.clone() * ratio(rate, 100_000)), how));
    let fund = rounded(&(base * ratio(fund_rate, 1_000_000)), "half-up 1");
    let own = shares.into_iter().fold(fund, |sum, share| sum + share);
    let taxable = ratio(income, 100) - (ratio(5_000, 1) + own.clone()) * ratio(months, 1);
    let taxable = taxable.max(ratio(0, 1));
    let (_, rate, quick) = BANDS.iter().find(|(to, ..)| taxable <= ratio(*to, 1)).unwrap();
    let tax = taxable * ratio(*rate, 100) - ratio(*quick, 1) - ratio(withheld, 100);
    let tax = rounded(&tax.max(ratio(0, 1)), "half-up 0.01");
    let net = ratio(gross, 100) - own.clone() - tax.clone();
    let overtime =
        rounded(&(ratio(gross, 100) * ratio(100, 2175) / ratio(8, 1) * ratio(35, 10) * ratio(3, 2)), "half-up 0.01");
    [own, tax, net, overtime]
}

#[test]
fn a_wages_pipeline_is_right_to_the_fen_in_twenty_thousand_rows() {
    let book = read_book(&[("wages.toml", &wages_text())]);
    let (package, _) = book.packages().next().unwrap();
    let find = |id: &str| (book.lexicon().find_anywhere(id).unwrap(), Vec::new());
    let cells = ["own", "tax", "net", "overtime"].map(find);
    let plan =
        Plan::new(&book, Question::simple(on("2026-09-30"), None, None, book.regions()), package, &cells).unwrap();
    let slot = |id: &str| plan.find(find(id).0, &[]).unwrap();
    let goals = cells.clone().map(|(entry, cell)| plan.find(entry, &cell).unwrap());
    let facts = ["declared", "income", "withheld", "gross", "months", "fund_rate"].map(slot);
    let columns = ColumnPlan::new(&plan, &goals, &facts);
    assert_eq!(columns.exact_goals().count(), 0);
    let mut random = Random::new(3);
    let rows: Vec<[i64; 6]> = (0..20_000)
        .map(|_| {
            let months = random.between(0, 12);
            // Half-fen ties, the edges of the bands, and whole yuan come up often.
            let income = match random.below(3) {
                0 => (random.of(&BANDS[..6]).0 + 5_000 * months) * 100 + random.between(-2, 2),
                1 => random.between(0, 1_500_000) * 100,
                _ => random.between(0, 150_000_000),
            };
            let rate = random.of(&[0, 50_000, 70_000, 120_000, 62_500]);
            [
                random.between(0, 5_000_000),
                income,
                random.between(0, 1_000_000),
                random.between(0, 9_000_000),
                months,
                rate,
            ]
        })
        .collect();
    let mut inputs = columns.inputs(rows.len());
    for (at, fact) in facts.iter().enumerate() {
        let cells = inputs.column_mut(*fact).unwrap().cells_mut();
        cells.iter_mut().zip(&rows).for_each(|(cell, row)| *cell = row[at]);
    }
    let results = inputs.run(TWO);
    assert_eq!(results.fallen(), 0);
    for (at, row) in rows.iter().enumerate() {
        for (goal, expected) in wages_oracle(row).into_iter().enumerate() {
            let Some(Cell::Whole(cell)) = results.cell(goal, at) else { panic!("{row:?}") };
            assert_eq!(ratio(cell, 100), expected, "goal {goal} of {row:?}");
        }
    }
    let exact_rows: Vec<Vec<(SlotId, Value)>> = rows
        .iter()
        .step_by(20)
        .map(|row| {
            let decimals = [2, 2, 2, 2, 0, 6];
            let values = row.iter().zip(decimals).map(|(cell, scale)| rust_decimal::Decimal::new(*cell, scale));
            facts.into_iter().zip(values.map(|value| Value::Number(value.into()))).collect()
        })
        .collect();
    let mut inputs = columns.inputs(exact_rows.len());
    fill(&mut inputs, &exact_rows);
    assert_exact(&plan, &goals, &exact_rows, &inputs.run(ONE));
}

// ---- edges

const EDGES: &str = r#"
[package]
id    = "edges"
title = "样例"
clock = "work"

[fact.x]
name = "甲"
unit = "倍"
decimals = "2"

[fact.y]
name    = "乙"
unit    = "倍"
decimals = "2"
default = "1.25"

[fact.z]
name    = "丙"
unit    = "倍"
decimals = "0"
default = "无"

[fact.from]
name = "起"
unit = "日期"

[value.ended]
name  = "已止"
unit  = "倍"
dated = [{ from = 2020-01-01, until = 2021-01-01, value = "2", cite = "unknown", source = "样例", checked = 2026-11-21, confidence = "U" }]

[figure.sum]
name    = "和"
unit    = "倍"
formula = "x + y + IFNONE(z, 0)"

[figure.power]
name    = "幂"
unit    = "倍"
formula = "x * x * x * x"

[figure.some_ended]
name    = "或已止"
unit    = "倍"
formula = "IF(x > 100, ended, x)"

[figure.always_ended]
name    = "总已止"
unit    = "倍"
formula = "ended + x"

[figure.share]
name    = "份额"
unit    = "倍"
formula = "IF(y = 0, 0, x / y)"
round   = "half-even 0.01"

[figure.third]
name    = "三分之一"
unit    = "倍"
formula = "x / 3"

[figure.nothing]
name    = "无"
unit    = "倍"
formula = "z * 2"

[figure.later]
name    = "以后"
unit    = "日期"
formula = "EDATE(EOMONTH(from), 3月)"

[figure.between]
name    = "相隔"
unit    = "月"
formula = "MONTHS(from, later)"
"#;

struct Edges<'p, 'b> {
    plan: &'p Plan<'b>,
    columns: ColumnPlan<'p, 'b>,
    goals: Vec<SlotId>,
}

impl Edges<'_, '_> {
    fn slot(&self, id: &str) -> SlotId {
        self.plan.find(self.plan.book().lexicon().find_anywhere(id).unwrap(), &[]).unwrap()
    }

    /// Runs one row both ways and says how many rows fell.
    fn fallen(&self, given: &[(&str, Value)]) -> usize {
        let row: Vec<(SlotId, Value)> = given.iter().map(|(id, value)| (self.slot(id), value.clone())).collect();
        let mut inputs = self.columns.inputs(1);
        fill(&mut inputs, std::slice::from_ref(&row));
        let results = inputs.run(ONE);
        assert_exact(self.plan, &self.goals, &[row], &results);
        results.fallen()
    }
}

fn with_edges(figures: &[&str], check: impl FnOnce(&Edges<'_, '_>)) {
    let book = read_book(&[("edges.toml", EDGES)]);
    let (package, _) = book.packages().next().unwrap();
    let cells: Vec<_> = figures.iter().map(|id| (book.lexicon().find_anywhere(id).unwrap(), Vec::new())).collect();
    let plan =
        Plan::new(&book, Question::simple(on("2026-09-30"), None, None, book.regions()), package, &cells).unwrap();
    let goals: Vec<SlotId> = cells.iter().map(|(entry, cell)| plan.find(*entry, cell).unwrap()).collect();
    let columns = ColumnPlan::new(&plan, &goals, &inputs_of(&plan));
    check(&Edges { plan: &plan, columns, goals });
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().unwrap())
}

#[test]
fn what_is_left_out_has_its_default_or_is_not_known() {
    with_edges(&["sum"], |edges| {
        assert_eq!(edges.fallen(&[("x", number("1"))]), 0, "both others have a default");
        assert_eq!(edges.fallen(&[("x", number("1")), ("z", Value::None)]), 0, "there need be none");
        assert_eq!(edges.fallen(&[("x", number("1")), ("z", number("3"))]), 0);
        assert_eq!(edges.fallen(&[("x", number("1")), ("y", Value::None)]), 1, "by default there is one");
        assert_eq!(edges.fallen(&[("y", number("1"))]), 1, "not known");
    });
}

#[test]
fn values_that_no_cell_can_hold_fall() {
    with_edges(&["sum"], |edges| {
        assert_eq!(edges.fallen(&[("x", number("1.25"))]), 0);
        assert_eq!(edges.fallen(&[("x", number("1.255"))]), 1, "a third decimal");
        assert_eq!(edges.fallen(&[("x", number("10000000"))]), 0);
        assert_eq!(edges.fallen(&[("x", number("10000000.01"))]), 1, "beyond what columns take");
        assert_eq!(edges.fallen(&[("x", number("79228162514264337593543950335"))]), 1, "beyond 64 bits");
        let third = Value::Number(Exact::from(1).div(Exact::from(3)).unwrap());
        assert_eq!(edges.fallen(&[("x", third)]), 1, "no decimal");
        for cell in [i64::MAX, i64::MIN, i64::MIN + 1, i64::MIN + 2] {
            let mut inputs = edges.columns.inputs(1);
            inputs.column_mut(edges.slot("x")).unwrap().cells_mut()[0] = cell;
            let results = inputs.run(ONE);
            let given = match cell {
                LEFT_OUT => vec![],
                NONE => vec![(edges.slot("x"), Value::None)],
                cell => vec![(edges.slot("x"), Value::Number(rust_decimal::Decimal::new(cell, 2).into()))],
            };
            assert_eq!(results.fallen(), 1);
            assert_exact(edges.plan, &edges.goals, &[given], &results);
        }
    });
}

#[test]
fn what_leaves_64_bits_falls() {
    with_edges(&["power"], |edges| {
        // 548^4 hundred-millionths are the last that 64 bits hold.
        assert_eq!(edges.fallen(&[("x", number("551.08"))]), 0);
        assert_eq!(edges.fallen(&[("x", number("551.09"))]), 1);
        assert_eq!(edges.fallen(&[("x", number("-551.08"))]), 0);
        assert_eq!(edges.fallen(&[("x", number("-551.09"))]), 1);
    });
}

#[test]
fn only_rows_that_need_what_is_not_covered_fall() {
    with_edges(&["some_ended"], |edges| {
        assert_eq!(edges.fallen(&[("x", number("100"))]), 0);
        assert_eq!(edges.fallen(&[("x", number("100.01"))]), 1);
    });
    with_edges(&["always_ended", "sum"], |edges| {
        assert_eq!(edges.columns.exact_goals().collect::<Vec<_>>(), [0]);
        assert_eq!(edges.fallen(&[("x", number("1"))]), 0, "the other goal stays in columns");
    });
}

#[test]
fn only_rows_that_divide_by_nought_fall() {
    with_edges(&["share"], |edges| {
        let row = |x: &str, y: &str| [("x", number(x)), ("y", number(y))];
        assert_eq!(edges.fallen(&row("1", "0")), 0, "the condition saw to it");
        for (x, y) in [("1", "8"), ("3", "8"), ("-1", "8"), ("1", "-8"), ("-3", "-8"), ("0", "-0.01")] {
            assert_eq!(edges.fallen(&row(x, y)), 0, "{x} / {y}");
        }
    });
}

#[test]
fn a_goal_that_is_no_decimal_is_computed_exactly() {
    with_edges(&["third"], |edges| {
        assert_eq!(edges.columns.exact_goals().count(), 1);
        edges.fallen(&[("x", number("1"))]);
    });
}

#[test]
fn none_and_dates_come_out_the_same() {
    with_edges(&["nothing", "later", "between"], |edges| {
        let date = |text: &str| ("from", Value::Date(on(text)));
        assert_eq!(edges.fallen(&[date("2026-11-30")]), 0);
        assert_eq!(edges.fallen(&[date("2024-11-15"), ("z", number("4"))]), 0);
        assert_eq!(edges.fallen(&[("from", Value::Date(NaiveDate::MAX))]), 1, "past the end of the calendar");
        assert_eq!(edges.fallen(&[("z", number("4"))]), 1, "the date is not known");
    });
}

#[test]
fn blocks_and_threads_do_not_show() {
    with_edges(&["sum", "share", "nothing"], |edges| {
        for rows in [0, 1, 511, 512, 513, 1024, 2000] {
            let mut random = Random::new(rows);
            let rows: Vec<Vec<(SlotId, Value)>> = (0..rows)
                .map(|_| {
                    let mut given = vec![(edges.slot("x"), Value::Number(random.between(-900, 900).into()))];
                    given.extend(
                        (random.below(9) > 0).then(|| (edges.slot("y"), Value::Number(random.between(-2, 3).into()))),
                    );
                    given.extend(
                        (random.below(2) > 0).then(|| (edges.slot("z"), Value::Number(random.between(0, 9).into()))),
                    );
                    given.extend((random.below(30) == 0).then(|| (edges.slot("x"), Value::None)));
                    given
                })
                .collect();
            let mut inputs = edges.columns.inputs(rows.len());
            fill(&mut inputs, &rows);
            for threads in [ONE, TWO] {
                let results = inputs.run(threads);
                assert_eq!(results.rows(), rows.len());
                assert_exact(edges.plan, &edges.goals, &rows, &results);
                assert_eq!(results.cell(0, rows.len()), None);
                assert_eq!(results.cell(3, 0), None);
            }
        }
    });
}
