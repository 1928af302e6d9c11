//! What makes a row fall, and what does not.

use super::{ONE, Random, TWO, assert_exact, fill, inputs_of, on, read_book};
use chrono::NaiveDate;
use gongche::{
    engine::{
        Plan, Question, SlotId, Value,
        columns::{ColumnPlan, LEFT_OUT, NONE},
    },
    quantity::Exact,
};

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
        for rows in [0, 1, 511, 512, 513, 1024, 17_000] {
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
