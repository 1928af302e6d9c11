//! A price as text: the itemised table first, then the floors, the months, what stands beside it, the findings.

use crate::{
    cli::table::table,
    quote::{FloorReading, Line, Quote, Standing, percent_of, two_decimals},
    rulebook::Gravity,
};
use std::fmt::Write as _;

/// The whole report.
pub(super) fn report(quote: &Quote) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", heading(quote));
    let _ = writeln!(text, "\n{}", items(quote));
    let _ = writeln!(text, "\n投标总价 {} 元（{}）", quote.total.thousands(), quote.capitals);
    for part in [solution, floors, unit_prices, statutory, months, rotas, exposures, scenarios, rivals, findings] {
        let part = part(quote);
        if !part.is_empty() {
            let _ = writeln!(text, "\n{}", part.trim_end());
        }
    }
    let short = |digest: &str| digest.chars().take(12).collect::<String>();
    let _ = writeln!(text, "\n规则库 {}　所用值 {}", short(&quote.rulebook), short(&quote.values_digest));
    text
}

fn heading(quote: &Quote) -> String {
    let tender = &quote.tender;
    format!(
        "{}\n{}　{} 至 {}（{} 个月）　{} 人　{}　{}",
        tender.title,
        quote.place,
        tender.from,
        tender.to,
        quote.month_count,
        quote.persons,
        tender.bidder.form.name(),
        tender.bidder.taxpayer.name()
    )
}

/// The lines with the subtotals of groups that have several.
fn items(quote: &Quote) -> String {
    let mut rows: Vec<[String; 7]> = Vec::new();
    let groups: Vec<_> = quote.subtotals.iter().collect();
    for group in groups.iter().filter(|group| quote.lines.iter().any(|line| line.group == group.id)) {
        let lines: Vec<&Line> = quote.lines.iter().filter(|line| line.group == group.id).collect();
        for line in &lines {
            rows.push([
                line.name.clone(),
                format!("{}{}", line.quantity, line.unit),
                right(&line.unit_price.thousands()),
                right(&line.amount.thousands()),
                right(&line.per_head_month.thousands()),
                kind(line),
                line.reckoning.clone(),
            ]);
        }
        if lines.len() > 1 {
            let amount = right(&group.amount.thousands());
            let name = format!("【{}】", group.name);
            rows.push([name, String::new(), String::new(), amount, String::new(), String::new(), String::new()]);
        }
    }
    for id in ["direct", "cost"] {
        if let Some(sum) = groups.iter().find(|group| group.id == id) {
            let amount = right(&sum.amount.thousands());
            let name = format!("【{}】", sum.name);
            rows.push([name, String::new(), String::new(), amount, String::new(), String::new(), String::new()]);
        }
    }
    table(["项目", "数量", "单价(元)", "金额(元)", "折每人每月", "性质", "计算"], &rows)
}

/// Padded to the width of an amount.
fn right(amount: &str) -> String {
    format!("{amount:>12}")
}

fn kind(line: &Line) -> String {
    let marks = [(line.kind.locked, "不可竞争"), (line.kind.supervised, "监督使用"), (line.kind.competitive, "可竞争")];
    marks.into_iter().filter(|(holds, _)| *holds).map(|(_, name)| name).collect::<Vec<_>>().join("、")
}

fn solution(quote: &Quote) -> String {
    let Some(found) = &quote.solution else { return String::new() };
    let mut text = format!("{}：月均应发 {} 元\n", found.what, found.average_pay.thousands());
    for (name, before, after) in &found.wages {
        let _ = writeln!(text, "  {name} 基本工资 {} → {} 元/月", before.thousands(), after.thousands());
    }
    let _ = writeln!(text, "  {}", found.residue);
    text
}

fn floors(quote: &Quote) -> String {
    let mut text = String::new();
    for floor in &quote.floors {
        let name = match floor.reading {
            FloorReading::Price => "读法一",
            FloorReading::Cost => "读法二",
        };
        let chosen = if floor.chosen { "（按此读法报价）" } else { "" };
        let held = if floor.shortfall.fen() > 0 {
            format!("差 {} 元", floor.shortfall.thousands())
        } else {
            "满足".to_owned()
        };
        let _ = writeln!(
            text,
            "最低报价·{name}{chosen}：{}；须报 {} 元；现有 {} 元，{held}",
            floor.derivation,
            floor.price.thousands(),
            floor.found.thousands()
        );
    }
    text
}

fn unit_prices(quote: &Quote) -> String {
    let rows: Vec<[String; 7]> = quote
        .unit_prices
        .iter()
        .map(|one| {
            [
                format!("元/{}", one.unit),
                one.quantity.to_string(),
                right(&one.unit_price.thousands()),
                right(&one.recomputed.thousands()),
                right(&one.shortfall.thousands()),
                right(&one.remedy.thousands()),
                right(&one.remedy_total.thousands()),
            ]
        })
        .collect();
    format!(
        "按单价复核（评审时以单价计算结果为准）\n{}",
        table(["单价", "数量", "折合单价", "汇总", "低于最低报价", "不低于总价的单价", "汇总"], &rows)
    )
}

fn statutory(quote: &Quote) -> String {
    let floor = &quote.statutory_floor;
    let mut text = format!("法定最低价 {} 元", floor.price.thousands());
    if floor.with_required != floor.price {
        let _ = write!(text, "；连同监督使用的项目 {} 元", floor.with_required.thousands());
    }
    text.push('\n');
    for position in &floor.positions {
        for (from, _, lowest, how) in &position.wages {
            let _ = writeln!(
                text,
                "  {} {} 起：每人每月最低应发 {} 元（{how}）",
                position.name,
                from.format("%Y-%m"),
                lowest.thousands()
            );
        }
    }
    let parts: Vec<String> =
        floor.lines.iter().map(|(_, name, amount)| format!("{name} {}", amount.thousands())).collect();
    let _ = writeln!(text, "  {}", parts.join("；"));
    text
}

fn months(quote: &Quote) -> String {
    let shown = ["月最低工资标准", "缴费基数下限[基本养老保险]", "缴费基数下限[基本医疗保险]", "公积金缴存基数下限"];
    let rows: Vec<[String; 7]> = quote
        .months
        .iter()
        .map(|row| {
            let value = |name: &str| {
                row.values.iter().find(|value| value.name == name).map_or_else(String::new, |value| {
                    let mark = match value.standing {
                        Standing::Known => "",
                        Standing::Retroactive => "△",
                        Standing::Projected => "＊",
                    };
                    format!("{}{mark}", value.value)
                })
            };
            let [minimum, pension, medical, fund] = shown.map(value);
            let month = row.first.format("%Y-%m").to_string();
            [month, row.statutory_days.to_string(), minimum, pension, medical, fund, right(&row.direct.thousands())]
        })
        .collect();
    let heads = ["月份", "法定节假日", "最低工资", "养老基数下限", "医疗基数下限", "公积金基数下限", "直接成本(元)"];
    let mut text = format!("各月所用的当地标准（△ 该月过后才公布，须补差；＊ 推算）\n{}\n", table(heads, &rows));
    if let Some(risk) = &quote.at_risk {
        let _ = writeln!(text, "上涨风险：{}，直接成本增加 {} 元", risk.why, risk.amount.thousands());
    }
    text
}

fn rotas(quote: &Quote) -> String {
    quote.rotas.iter().map(|rota| format!("排班　{}\n", rota.summary)).collect()
}

fn exposures(quote: &Quote) -> String {
    let mut text = String::from("没有计入报价的支出\n");
    for one in &quote.exposures {
        let amount = match (one.amount, one.result) {
            (Some(amount), Some(result)) => {
                format!("：{} 元，计入后结果为 {} 元", amount.thousands(), result.thousands())
            }
            (Some(amount), None) => format!("：{} 元", amount.thousands()),
            (None, _) => String::new(),
        };
        let _ = writeln!(text, "  {}{amount}（{}）", one.name, one.why);
    }
    text
}

fn scenarios(quote: &Quote) -> String {
    if quote.scenarios.is_empty() {
        return String::new();
    }
    let rows: Vec<[String; 7]> = quote
        .scenarios
        .iter()
        .map(|one| {
            [
                one.name.clone(),
                right(&one.total.thousands()),
                right(&one.direct.thousands()),
                right(&one.taxes.thousands()),
                right(&one.profit.thousands()),
                percent_of(one.profit_share),
                right(&one.statutory_floor.thousands()),
            ]
        })
        .collect();
    let mut text = format!(
        "并列的情形\n{}\n",
        table(["情形", "总价(元)", "直接成本", "税费", "利润", "利润率", "法定最低价"], &rows)
    );
    for one in &quote.scenarios {
        for note in &one.notes {
            let _ = writeln!(text, "  {}：{note}", one.name);
        }
    }
    text
}

fn rivals(quote: &Quote) -> String {
    let Some(rivals) = &quote.rivals else { return String::new() };
    let rows: Vec<[String; 5]> = rivals
        .bids
        .iter()
        .map(|bid| {
            let low = match bid.abnormal {
                Some(true) => "启动审查",
                Some(false) => "不启动",
                None => "当时没有这一审查",
            };
            [
                bid.name.clone(),
                right(&bid.price.thousands()),
                right(&bid.evaluated.thousands()),
                bid.score.map_or_else(|| "不评分".to_owned(), two_decimals),
                low.to_owned(),
            ]
        })
        .collect();
    format!("价格评分\n{}\n", table(["投标人", "报价(元)", "评审价", "价格分", "异常低价"], &rows))
}

fn findings(quote: &Quote) -> String {
    let mut text = String::new();
    for finding in &quote.findings {
        let about = finding.about.as_ref().map_or_else(String::new, |about| format!("（{about}）"));
        let _ = writeln!(text, "{}：{}{about}", finding.severity.name(), finding.message);
        if let Some(cite) = &finding.cite {
            let _ = writeln!(text, "  依据：{cite}");
        }
        if let Some(remedy) = &finding.remedy {
            let _ = writeln!(text, "  处理：{remedy}");
        }
    }
    if quote.findings.iter().any(|finding| finding.severity == Gravity::Unlawful) {
        let _ = writeln!(text, "有不合法或者会被否决的事项，不出具报价文件。");
    }
    text
}
