//! The wages pipeline of the embedded rule book: insurance and fund of both sides, cumulative tax, net pay, employer
//! cost, for one place and month. Four ways of computing the same: the exact path with a trace and without, columns on
//! one thread and two, and the very same arithmetic written out by hand on 64-bit integers.
//!
//! `cargo bench --bench engine -- --quick`; `docs/performance.md` says what came out.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a benchmark fails by panicking")]

mod kernel;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gongche::{
    engine::{
        Evaluation, Plan, Question, SlotId, Value,
        columns::{Cell, ColumnInputs, ColumnPlan},
        trace,
    },
    rulebook::{Book, Faulty, Sources, render},
};
use kernel::{INPUTS, OUTPUTS};
use rust_decimal::Decimal;
use std::{hint::black_box, num::NonZeroUsize, time::Duration};

/// Which goal each output of the kernel is.
const GOALS: [(&str, &[usize]); OUTPUTS] = [
    ("social.contribution", &[0, 0]),
    ("social.contribution", &[0, 1]),
    ("social.contribution", &[1, 0]),
    ("social.contribution", &[1, 1]),
    ("social.contribution", &[2, 0]),
    ("social.contribution", &[2, 1]),
    ("social.contribution", &[3, 1]),
    ("fund.contribution", &[0]),
    ("fund.contribution", &[1]),
    ("payroll.special", &[]),
    ("tax.wages.cumulative_tax", &[]),
    ("tax.wages.tax", &[]),
    ("payroll.net", &[]),
    ("payroll.employer_cost", &[]),
];

/// Which fact each input of the kernel is.
const FACTS: [(&str, &[usize]); INPUTS] = [
    ("payroll.amount", &[0]),
    ("social.declared_base", &[]),
    ("fund.declared_base", &[]),
    ("fund.rate", &[]),
    ("social.industry_class", &[]),
    ("tax.wages.months", &[]),
    ("tax.wages.cumulative_additional", &[]),
    ("payroll.prior_income", &[]),
    ("payroll.prior_special", &[]),
    ("tax.wages.prior_withheld", &[]),
];

/// Made-up worker-months, a column each, in the parts that both ways take.
fn workers(rows: usize) -> Vec<Vec<i64>> {
    let mut state = 20_261_121_u64;
    let mut below = |bound: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 33).unwrap() % bound
    };
    let mut columns = vec![Vec::new(); INPUTS];
    for _ in 0..rows {
        let (wage, months) = (300_000 + below(5_000_000), 1 + below(12));
        let row = [
            wage,
            300_000 + below(4_500_000),
            200_000 + below(4_500_000),
            (5 + below(3)) * 10_000,
            below(8),
            months,
            below(3) * 200_000 * months,
            wage * (months - 1),
            wage / 5 * (months - 1),
            below(wage) / 10 * (months - 1),
        ];
        columns.iter_mut().zip(row).for_each(|(column, cell)| column.push(cell));
    }
    columns
}

fn sound(read: Result<Book, Faulty>) -> Book {
    read.unwrap_or_else(|faulty| panic!("{}", render(&faulty.sources, &faulty.diagnostics)))
}

fn book() -> Book {
    sound(Book::read(Sources::embedded()))
}

fn filled<'c, 'p, 'b>(
    columns: &'c ColumnPlan<'p, 'b>,
    facts: &[SlotId],
    workers: &[Vec<i64>],
) -> ColumnInputs<'c, 'p, 'b> {
    let mut inputs = columns.inputs(workers[0].len());
    for (fact, cells) in facts.iter().zip(workers) {
        inputs.column_mut(*fact).unwrap().cells_mut().copy_from_slice(cells);
    }
    inputs
}

fn given(facts: &[SlotId], workers: &[Vec<i64>], row: usize) -> Vec<(SlotId, Value)> {
    let decimals = [2, 2, 2, 6, 0, 0, 2, 2, 2, 2];
    let values = workers.iter().zip(decimals).enumerate().map(|(at, (column, decimals))| match at {
        4 => Value::Choice(usize::try_from(column[row]).unwrap()),
        _ => Value::Number(Decimal::new(column[row], decimals).into()),
    });
    facts.iter().copied().zip(values).collect()
}

/// Rows by the exact path; a sum, so that nothing is left out.
fn exactly(plan: &Plan<'_>, goals: &[SlotId], rows: &[Vec<(SlotId, Value)>], traced: bool) -> usize {
    let mut done = 0;
    for row in rows {
        let mut evaluation = Evaluation::new(plan, row.iter().cloned());
        done += goals.iter().filter(|goal| evaluation.value(**goal).is_ok()).count();
        if traced {
            done += trace(&evaluation, goals[12]).steps.len();
        }
    }
    done
}

fn wages(criterion: &mut Criterion) {
    let book = book();
    let find = |(id, cell): (&str, &[usize])| (book.lexicon().find_anywhere(id).unwrap(), cell.to_vec());
    let (package, _) = book.packages().find(|(_, package)| package.id == "payroll").unwrap();
    let question = Question::simple("2026-09-30".parse().unwrap(), None, Some("310000"), book.regions());
    let cells: Vec<_> = GOALS.into_iter().map(find).collect();
    let plan = Plan::new(&book, question, package, &cells).unwrap();
    let slot = |wanted| {
        let (entry, cell) = find(wanted);
        plan.find(entry, &cell).unwrap()
    };
    let goals: Vec<SlotId> = GOALS.into_iter().map(slot).collect();
    let facts: Vec<SlotId> = FACTS.into_iter().map(slot).collect();
    let columns = ColumnPlan::new(&plan, &goals, &facts);

    let one = NonZeroUsize::MIN;
    let two = one.saturating_add(1);
    for rows in [1, 1_000, 1_000_000] {
        let workers = workers(rows);
        let inputs = filled(&columns, &facts, &workers);
        hold(&inputs, &workers, rows);

        let mut group = criterion.benchmark_group(format!("wages/{rows}"));
        group.throughput(Throughput::Elements(u64::try_from(rows).unwrap()));
        group.sample_size(10).warm_up_time(Duration::from_millis(500));
        // The exact path keeps its pace: a thousand rows tell what a million take.
        if rows <= 1_000 {
            let exact: Vec<_> = (0..rows).map(|row| given(&facts, &workers, row)).collect();
            for (name, traced) in [("exact, traced", true), ("exact", false)] {
                group.bench_function(name, |bencher| bencher.iter(|| exactly(&plan, &goals, &exact, traced)));
            }
        }
        for threads in [one, two] {
            let id = BenchmarkId::new("columns", threads);
            group.bench_function(id, |bencher| bencher.iter(|| black_box(&inputs).run(threads)));
        }
        group.bench_function("by hand", |bencher| bencher.iter(|| kernel::run(black_box(&workers))));
        group.finish();
    }
    criterion.bench_function("lowering the plan to columns", |bencher| {
        bencher.iter(|| ColumnPlan::new(&plan, &goals, &facts));
    });
}

/// Columns and kernel give the same cells, and no row falls.
fn hold(inputs: &ColumnInputs<'_, '_, '_>, workers: &[Vec<i64>], rows: usize) {
    let results = inputs.run(NonZeroUsize::MIN);
    assert_eq!(results.fallen(), 0);
    let by_hand = kernel::run(workers);
    for goal in 0..OUTPUTS {
        for row in 0..rows {
            let expected = by_hand[kernel::position(rows, goal, row)];
            assert_eq!(results.cell(goal, row), Some(Cell::Whole(expected)), "{} of row {row}", GOALS[goal].0);
        }
    }
}

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("book");
    group.sample_size(10).warm_up_time(Duration::from_millis(500));
    group.bench_function("read and check", |bencher| bencher.iter(book));
    group.bench_function("read and check, every region", |bencher| {
        bencher.iter(|| sound(Book::read_all(Sources::embedded())));
    });
    group.finish();
}

criterion_group!(benches, wages, reading);
criterion_main!(benches);
