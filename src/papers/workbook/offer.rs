//! 报价: unit prices and the total of them, as an evaluation committee recomputes it, and what the price consists of.

use super::{
    GROUP, HEADING, REMARK, TEXT, TITLE, WORD, body, down, mark,
    parameters::Parameters,
    reckoning::{Amounts, PROFIT, unit_rounding},
    row, total,
};
use crate::{
    document::part_colours,
    exchange::live::{Address, BarChart, Comparison, Expression, LiveBook, LiveSheet, Role, Shows, Style},
    papers::{
        PaperError,
        view::{groups, kind},
    },
    quantity::{Rounding, RoundingMode},
    quote::{Line, Quote, Quoted},
};

/// Nothing of a total may be lost in its unit price.
const FEN_UP: Rounding = Rounding { mode: RoundingMode::Up, ..Rounding::FEN_HALF_UP };

const COLUMNS: u16 = 8;
const HEADS: [&str; COLUMNS as usize] = ["序号", "项目", "数量", "单位", "单价（元）", "小计（元）", "占比", "性质"];
const PRICE: u16 = 4;
const SUM: u16 = 5;
const SHARE: u16 = 6;
/// Rows that a chart of a bar covers, and its width in dots.
const CHART: (u32, u32) = (26, 760);

/// Writes the sheet.
pub(super) fn write(
    book: &mut LiveBook,
    quote: &Quote,
    parameters: &Parameters,
    amounts: &Amounts,
) -> Result<(), PaperError> {
    let sheet =
        LiveSheet { name: "报价".to_owned(), widths: vec![7, 30, 9, 9, 16, 18, 10, 20], frozen: 3, landscape: false };
    let first = book.sheet(sheet);
    book.wide_text(first, COLUMNS, format!("{}　分项报价", quote.tender.title), TITLE);
    let said = format!("投标人：{}　服务期：{}至{}", quote.tender.bidder.name, quote.tender.from, quote.tender.to);
    book.wide_text(down(first, 1), COLUMNS, said, REMARK);
    row(book, down(first, 2), HEADS, HEADING);

    let groups = groups(quote)?;
    let rows: u32 = groups.iter().map(|group| 1 + u32::try_from(group.lines.len()).unwrap_or(0)).sum();
    let sum = down(first, 3 + rows).right(SUM);
    let mut next = down(first, 3);
    let mut subtotals = Vec::new();
    let mut number = 0_u32;
    // The residue takes what rounded unit prices leave, so it comes when the others stand.
    let mut prices = Vec::new();
    let mut residue = None;
    for group in &groups {
        for line in &group.lines {
            number += 1;
            let style = TEXT.marked(mark(line.kind));
            row(book, next, [number.to_string().as_str(), &line.name], style);
            book.number(next.right(2), line.quantity.into(), body(Shows::Number).marked(mark(line.kind)))?;
            book.text(next.right(3), line.unit, WORD.marked(mark(line.kind)));
            book.text(next.right(7), kind(line.kind), WORD.marked(mark(line.kind)));
            match amounts.0.get(&line.id) {
                Some(_) if line.id == PROFIT && quote.tender.offer.quoted != Quoted::Item => {
                    residue = Some((next, *line));
                }
                Some(amount) => {
                    prices.push(next.right(PRICE));
                    unit_price(book, next, line, &unit_of(quote, line, *amount, next))?;
                }
                None => {}
            }
            next = down(next, 1);
        }
        let lines = u32::try_from(group.lines.len()).unwrap_or(0);
        let (from, to) = (Address { row: next.row - lines, ..next }, Address { row: next.row - 1, ..next });
        row(book, next, ["", &format!("{}小计", group.name), "", "", ""], total(Shows::Text));
        row(book, next.right(SHARE), ["", ""], total(Shows::Text));
        subtotals.push((group.name, next.right(SUM), Expression::Column(from.right(SUM), to.right(SUM))));
        next = down(next, 1);
    }
    if let (Some((at, line)), Some(price)) = (residue, book.named("测算总价")) {
        let whole = Expression::Cell(price).over(at.right(2)).rounded(FEN_UP);
        let others = Expression::Sum(prices.into_iter().map(Expression::Cell).collect());
        unit_price(book, at, line, &whole.less(others).to_fen())?;
    }
    for (_, at, column) in &subtotals {
        book.formula(*at, &column.clone().to_fen(), total(Shows::Money))?;
    }
    row(book, next, ["", "投标总价（含税）", "", "", ""], total(Shows::Text));
    row(book, next.right(SHARE), ["", ""], total(Shows::Text));
    let all = Expression::Sum(subtotals.iter().map(|(_, at, _)| Expression::Cell(*at)).collect());
    book.formula(sum, &all.to_fen(), total(Shows::Money))?;
    book.name("投标总价", sum);
    for row in down(first, 3).row..=next.row {
        let at = Address { row, ..first };
        let share = Expression::Cell(at.right(SUM)).over(sum);
        let style = if row == next.row { total(Shows::Share) } else { body(Shows::Share) };
        book.formula(at.right(SHARE), &share, style)?;
    }
    let next = check(book, down(next, 2), parameters, sum)?;
    composition(book, down(next, 1), &subtotals, sum)
}

/// What one costs: the amount divided, rounded half up, or up where it may not be lowered.
fn unit_of(quote: &Quote, line: &Line, amount: Address, at: Address) -> Expression {
    if quote.tender.offer.quoted == Quoted::Item {
        return amount.into();
    }
    Expression::Cell(amount).over(at.right(2)).rounded(unit_rounding(line))
}

fn unit_price(book: &mut LiveBook, at: Address, line: &Line, price: &Expression) -> Result<(), PaperError> {
    let style = Style { role: Role::Body, shows: Shows::Money, mark: mark(line.kind) };
    book.formula(at.right(PRICE), price, style)?;
    let sum = Expression::Cell(at.right(PRICE)).times(at.right(2)).to_fen();
    book.formula(at.right(SUM), &sum, style)?;
    Ok(())
}

/// Whether the total meets the tender's floor and the reckoning.
fn check(book: &mut LiveBook, at: Address, parameters: &Parameters, sum: Address) -> Result<Address, PaperError> {
    let mut next = at;
    let reckoned = book.named("测算总价");
    book.wide_text(next, COLUMNS, "核对", GROUP);
    next = down(next, 1);
    let mut said = |name: &str, compared: (Expression, Comparison, Expression), words: (&str, &str)| {
        row(book, next, ["", name], TEXT);
        let (one, comparison, other) = &compared;
        book.verdict(next.right(2), (one, *comparison, other), words, WORD)?;
        next = down(next, 1);
        Ok::<(), PaperError>(())
    };
    if let Some(floor) = parameters.floor {
        let compared = (sum.into(), Comparison::AtLeast, floor.into());
        said("总价不低于采购文件的最低报价", compared, ("不低于", "低于"))?;
    }
    if let Some(reckoned) = reckoned {
        let compared = (sum.into(), Comparison::AtLeast, reckoned.into());
        said("按单价汇总不低于测算的总价", compared, ("是", "否"))?;
    }
    Ok(next)
}

/// The groups one under the other, and their chart.
fn composition(
    book: &mut LiveBook,
    at: Address,
    subtotals: &[(&str, Address, Expression)],
    sum: Address,
) -> Result<(), PaperError> {
    book.wide_text(at, COLUMNS, "价格构成", GROUP);
    let first = down(at, 1);
    let mut next = first;
    for (name, amount, _) in subtotals {
        row(book, next, ["", name, "", "", ""], TEXT);
        book.formula(next.right(SUM), &(*amount).into(), body(Shows::Money))?;
        book.formula(next.right(SHARE), &Expression::Cell(next.right(SUM)).over(sum), body(Shows::Share))?;
        book.text(next.right(7), "", TEXT);
        next = down(next, 1);
    }
    let last = Address { row: next.row.saturating_sub(1), ..next };
    let bars = u32::try_from(subtotals.len()).unwrap_or(0);
    book.chart(BarChart {
        title: "价格构成（元）".to_owned(),
        names: (first.right(1), last.right(1)),
        numbers: (first.right(SUM), last.right(SUM)),
        at: down(next, 1),
        size: (CHART.1, 70 + bars * CHART.0),
        colours: part_colours().take(subtotals.len()).collect(),
    });
    Ok(())
}
