//! A pipeline of wages, insurance and tax, from a small book, against rational numbers worked out by hand.

use super::{ONE, Random, TWO, assert_exact, fill, on, ratio, read_book};
use gongche::engine::{
    Plan, Question, SlotId, Value,
    columns::{Cell, ColumnPlan},
};
use num_bigint::BigInt;
use num_rational::BigRational;

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
