//! Random small formulas, each computed three ways: in columns, by the exact path, and by the oracle.

use super::{
    Random, inputs_of, on,
    oracle::{
        BANDS, CASES, Figure, LITERALS, MEMBERS, MODES, NUMBERS, OPTIONAL, RATES, Row, STEPS, Test, Tree, Undefined,
        WEIGHTS, literal,
    },
    read_book,
};
use gongche::{
    engine::{
        Evaluation, FaultKind, Plan, Question, SlotId, Value,
        columns::{Cell, ColumnPlan},
    },
    quantity::{ArithmeticError, Exact},
};
use num_bigint::BigInt;
use num_rational::BigRational;
use std::{collections::BTreeMap, fmt::Write as _, num::NonZeroUsize};

// ---- making

fn tree(random: &mut Random, depth: u32, figures: usize, at_hand: bool) -> Tree {
    let boxed = |random: &mut Random| Box::new(tree(random, depth - 1, figures, at_hand));
    let some = |random: &mut Random| {
        let many = 1 + random.below(3);
        (0..many).map(|_| tree(random, depth - 1, figures, at_hand)).collect()
    };
    let member = |random: &mut Random| if at_hand && random.below(2) == 0 { None } else { Some(random.below(3)) };
    if depth == 0 {
        return match random.below(12) {
            0 | 1 => Tree::Number(random.of(&LITERALS)),
            2 => Tree::Cell(member(random)),
            3 => Tree::Rate(member(random)),
            4 => Tree::Weight,
            5 | 6 if figures > 0 => Tree::Figure(random.below(figures)),
            _ => Tree::Fact(random.below(NUMBERS.len())),
        };
    }
    match random.below(25) {
        0 => Tree::Negate(boxed(random)),
        1..=9 => Tree::Arithmetic(random.of(&['+', '-', '*', '*', '/', '/']), boxed(random), boxed(random)),
        10 | 11 => Tree::If(Box::new(test(random, depth - 1, figures, at_hand)), boxed(random), boxed(random)),
        12 => Tree::Max(some(random)),
        13 => Tree::Min(some(random)),
        14 => Tree::Clamp(boxed(random), boxed(random), boxed(random)),
        15 => Tree::Abs(boxed(random)),
        16 => Tree::Int(boxed(random)),
        17 | 18 => Tree::Round(boxed(random), random.below(MODES.len()), random.below(STEPS.len())),
        19 | 20 => Tree::Scale(random.of(&["BAND", "RATE", "QUICK"]), boxed(random)),
        21 if !at_hand => {
            let filter = (random.below(2) == 0).then(|| random.of(&LITERALS));
            Tree::Sum(filter, Box::new(tree(random, depth - 1, figures, true)))
        }
        22 => Tree::IfNone(boxed(random), boxed(random)),
        23 => Tree::Add(some(random)),
        _ => tree(random, 0, figures, at_hand),
    }
}

fn test(random: &mut Random, depth: u32, figures: usize, at_hand: bool) -> Test {
    let boxed = |random: &mut Random| Box::new(test(random, depth.saturating_sub(1), figures, at_hand));
    match random.below(if depth == 0 { 5 } else { 9 }) {
        0 => Test::Flag,
        1 => Test::Chosen(random.below(3)),
        2..=4 => {
            let side = |random: &mut Random| tree(random, depth.min(1), figures, at_hand);
            Test::Compare(random.of(&["=", "<>", "<", "<=", ">", ">="]), side(random), side(random))
        }
        5 => Test::Not(boxed(random)),
        6 => Test::And(boxed(random), boxed(random)),
        _ => Test::Or(boxed(random), boxed(random)),
    }
}

// ---- writing

fn index(member: Option<usize>) -> String {
    member.map_or(String::new(), |at| format!("[{}]", MEMBERS[at]))
}

fn list(trees: &[Tree]) -> String {
    trees.iter().map(text).collect::<Vec<_>>().join(", ")
}

fn text(tree: &Tree) -> String {
    match tree {
        Tree::Number(number) if number.starts_with('-') => format!("({number})"),
        Tree::Number(number) => (*number).to_owned(),
        Tree::Fact(at) => NUMBERS[*at].0.to_owned(),
        Tree::Cell(member) => format!("p{}", index(*member)),
        Tree::Rate(member) => format!("rate{}", index(*member)),
        Tree::Weight => "weight[k]".to_owned(),
        Tree::Figure(at) => format!("f{at}"),
        Tree::Negate(x) => format!("(-{})", text(x)),
        Tree::Arithmetic(operator, x, y) => format!("({} {operator} {})", text(x), text(y)),
        Tree::If(when, x, y) => format!("IF({}, {}, {})", condition(when), text(x), text(y)),
        Tree::Add(trees) => format!("ADD({})", list(trees)),
        Tree::Max(trees) => format!("MAX({})", list(trees)),
        Tree::Min(trees) => format!("MIN({})", list(trees)),
        Tree::Clamp(x, low, high) => format!("CLAMP({}, {}, {})", text(x), text(low), text(high)),
        Tree::Abs(x) => format!("ABS({})", text(x)),
        Tree::Int(x) => format!("INT({})", text(x)),
        Tree::Round(x, mode, step) => format!("ROUND({}, \\\"{} {}\\\")", text(x), MODES[*mode], STEPS[*step]),
        Tree::Scale(part, x) => format!("{part}(table, {})", text(x)),
        Tree::Sum(None, x) => format!("SUM(line, {})", text(x)),
        Tree::Sum(Some(above), x) => format!("SUM(line WHERE p > ({above}), {})", text(x)),
        Tree::IfNone(x, y) => format!("IFNONE({}, {})", text(x), text(y)),
    }
}

fn condition(test: &Test) -> String {
    match test {
        Test::Compare(sign, x, y) => format!("({} {sign} {})", text(x), text(y)),
        Test::Flag => "flag".to_owned(),
        Test::Chosen(at) => format!("(k = {})", MEMBERS[*at]),
        Test::Not(x) => format!("(NOT {})", condition(x)),
        Test::And(x, y) => format!("({} AND {})", condition(x), condition(y)),
        Test::Or(x, y) => format!("OR({}, {})", condition(x), condition(y)),
    }
}

fn book_text(figures: &[Figure]) -> String {
    let mut out = String::from("[package]\nid = \"t\"\ntitle = \"样例\"\nclock = \"work\"\n");
    for (name, decimals) in NUMBERS {
        let default = if name == "e" { "default = \"无\"\n" } else { "" };
        let range = if name == "d" { "range = \"0..=5000\"\n" } else { "" };
        write!(out, "[fact.{name}]\nname = \"事实{name}\"\nunit = \"倍\"\ndecimals = \"{decimals}\"\n{default}{range}")
            .unwrap();
    }
    out.push_str("[fact.p]\nname = \"各线\"\nunit = \"倍\"\ndecimals = \"2\"\nby = [\"line\"]\ndefault = \"2.5\"\n");
    out.push_str("[fact.flag]\nname = \"条件\"\nunit = \"是否\"\n[fact.k]\nname = \"选择\"\ndimension = \"line\"\n");
    out.push_str("[dimension.line]\nname = \"线\"\nmembers = { x = \"甲线\", y = \"乙线\", z = \"丙线\" }\n");
    let dated = |key: &str, value: &str| {
        format!(
            "{key} = [{{ from = 2020-01-01, {value}, cite = \"unknown\", source = \"样例\", checked = 2026-11-21, confidence = \"U\" }}]\n"
        )
    };
    for (id, name, cells, missing) in [("rate", "比率", RATES, true), ("weight", "权数", WEIGHTS, false)] {
        write!(out, "[value.{id}]\nname = \"{name}\"\nunit = \"倍\"\nby = [\"line\"]\n").unwrap();
        for (member, cell) in MEMBERS.iter().zip(cells) {
            match cell {
                Some(value) => {
                    let dated = dated("dated", &format!("value = \"{value}\""));
                    write!(out, "[[supply]]\nvalue = \"{id}\"\nline = \"{member}\"\n{dated}").unwrap();
                }
                None if missing => {
                    write!(out, "[[supply]]\nvalue = \"{id}\"\nline = \"{member}\"\nnone = \"样例\"\ncite = \"unknown\"\nsource = \"样例\"\n").unwrap();
                }
                None => {}
            }
        }
    }
    out.push_str("[scale.table]\nname = \"表\"\nunit = \"倍\"\n");
    let bands = BANDS.map(|(to, rate, quick)| {
        let to = to.map_or(String::new(), |to| format!("to = \"{to}\", "));
        format!("{{ {to}rate = \"{rate}\", quick = \"{quick}\" }}")
    });
    write!(
        out,
        "[[scale.table.dated]]\nfrom = 2020-01-01\ncite = \"unknown\"\nsource = \"样例\"\nchecked = 2026-11-21\nconfidence = \"U\"\nbands = [{}]\n",
        bands.join(", ")
    )
    .unwrap();
    for (at, figure) in figures.iter().enumerate() {
        write!(out, "[figure.f{at}]\nname = \"数{at}\"\nunit = \"倍\"\n").unwrap();
        if figure.by_line {
            out.push_str("by = [\"line\"]\n");
        }
        if let Some((mode, step)) = figure.round {
            writeln!(out, "round = \"{} {}\"", MODES[mode], STEPS[step]).unwrap();
        }
        match figure.arms.as_slice() {
            [below, between, above] => writeln!(
                out,
                "cases = [{{ when = \"a < {}\", formula = \"{}\" }}, {{ when = \"a > {}\", formula = \"{}\" }}, {{ otherwise = true, formula = \"{}\" }}]",
                CASES.0,
                text(below),
                CASES.1,
                text(above),
                text(between)
            )
            .unwrap(),
            arms => writeln!(out, "formula = \"{}\"", text(&arms[0])).unwrap(),
        }
    }
    out
}

// ---- holding them together

/// A number without its point: in a quiet row an ordinary one, in a wild row at times nought or at the limit of 64 bits.
fn number(random: &mut Random, wild: bool) -> i64 {
    match random.below(20) {
        0 | 1 if wild => 0,
        2 if wild => random.of(&[i64::MAX, -i64::MAX + 7, 1 << 62, -(1 << 61), 9_999_999_999_999]),
        3 | 4 if wild => random.between(-1_000_000_000, 1_000_000_000),
        0..=4 => random.between(1, 20),
        5..=8 => -random.between(1, 50_000),
        _ => random.between(1, 500_000),
    }
}

fn rational(cell: i64, decimals: u32) -> BigRational {
    BigRational::new(cell.into(), BigInt::from(10).pow(decimals))
}

fn of_exact(value: Exact) -> BigRational {
    let shown = value.to_string();
    let (above, below) = shown.split_once('/').unwrap_or((&shown, "1"));
    literal(above) / literal(below)
}

/// What was seen, so that the test cannot pass on nothing.
#[derive(Debug, Default)]
struct Seen {
    columns: usize,
    fallen: usize,
    /// Numbers that agree with the oracle, and how many of them came out of columns.
    numbers: usize,
    whole: usize,
    none: usize,
    undefined: usize,
    unknown: usize,
    overflow: usize,
}

fn hold(random: &mut Random, rows: usize, seen: &mut Seen) {
    let mut figures: Vec<Figure> = Vec::new();
    for at in 0..5 {
        let by_line = random.below(4) == 0;
        // Only figures of one cell are read by name alone.
        let earlier = figures.iter().position(|figure| figure.by_line).unwrap_or(at);
        let arms = if random.below(4) == 0 { 3 } else { 1 };
        let depth = 1 + u32::try_from(random.below(4)).unwrap();
        let arms = (0..arms).map(|_| tree(random, depth, earlier, by_line)).collect();
        let round = (random.below(3) > 0).then(|| (random.below(MODES.len()), random.below(STEPS.len())));
        figures.push(Figure { arms, round, by_line });
    }
    let text = book_text(&figures);
    if text.lines().any(|line| line.chars().count() > 2000) {
        return;
    }
    let book = read_book(&[("t.toml", &text)]);
    let (package, _) = book.packages().next().unwrap();
    let cells: Vec<(usize, Option<usize>)> = (0..figures.len())
        .flat_map(|at| {
            if figures[at].by_line { vec![(at, Some(0)), (at, Some(1)), (at, Some(2))] } else { vec![(at, None)] }
        })
        .collect();
    let goals: Vec<_> = cells
        .iter()
        .map(|(at, member)| {
            (book.lexicon().find_anywhere(&format!("f{at}")).unwrap(), member.iter().copied().collect())
        })
        .collect();
    let question = Question::simple(on("2026-09-30"), None, None, book.regions());
    let plan = Plan::new(&book, question, package, &goals).unwrap();
    let slots: Vec<SlotId> = goals.iter().map(|(entry, cell)| plan.find(*entry, cell).unwrap()).collect();
    let given = inputs_of(&plan);
    let names: Vec<String> = given.iter().map(|slot| plan.id(*slot)).collect();
    let columns = ColumnPlan::new(&plan, &slots, &given);
    let mut inputs = columns.inputs(rows);
    let mut taken: Vec<BTreeMap<&str, i64>> = Vec::new();
    for row in 0..rows {
        let (wild, mut values) = (row % 3 == 0, BTreeMap::new());
        for (slot, name) in given.iter().zip(&names) {
            let name = name.strip_prefix("t.").unwrap_or(name);
            let value = match name {
                "flag" => random.between(0, 1),
                "k" => random.between(0, if wild { 2 } else { 1 }),
                _ => number(random, wild),
            };
            if !wild || random.below(40) > 0 {
                inputs.column_mut(*slot).unwrap().cells_mut()[row] = value;
                values.insert(name, value);
            }
        }
        taken.push(values);
    }
    let results = inputs.run(NonZeroUsize::new(1 + random.below(2)).unwrap());
    seen.fallen += results.fallen();
    seen.columns += rows - results.fallen();
    for (row, values) in taken.iter().enumerate() {
        let exact_inputs = given.iter().zip(&names).filter_map(|(slot, name)| {
            let name = name.strip_prefix("t.").unwrap_or(name);
            let cell = *values.get(name)?;
            let decimals = NUMBERS.iter().find(|(one, _)| *one == name).map_or(2, |(_, decimals)| *decimals);
            let value = match name {
                "flag" => Value::Boolean(cell == 1),
                "k" => Value::Choice(usize::try_from(cell).unwrap()),
                _ => Value::Number(
                    rust_decimal::Decimal::try_from_i128_with_scale(cell.into(), decimals).unwrap().into(),
                ),
            };
            Some((*slot, value))
        });
        let mut evaluation = Evaluation::new(&plan, exact_inputs);
        let oracle = Row {
            figures: &figures,
            numbers: NUMBERS
                .iter()
                .enumerate()
                .map(|(at, (name, decimals))| match values.get(name) {
                    Some(cell) => Ok(Some(rational(*cell, *decimals))),
                    None if at == OPTIONAL => Ok(None),
                    None => Err(Undefined::Open),
                })
                .collect(),
            cells: MEMBERS
                .iter()
                .map(|member| {
                    values.get(format!("p[{member}]").as_str()).map_or(literal("2.5"), |cell| rational(*cell, 2))
                })
                .collect(),
            flag: values.get("flag").map(|cell| *cell == 1).ok_or(Undefined::Open),
            chosen: values.get("k").map(|cell| usize::try_from(*cell).unwrap()).ok_or(Undefined::Open),
        };
        for (goal, (at, member)) in cells.iter().enumerate() {
            let exact = evaluation.value(slots[goal]);
            let found = results.value(goal, row).unwrap();
            let context = || format!("f{at}{member:?} of row {values:?}\n{text}");
            assert_eq!(found, exact, "{}", context());
            let open = values.len() < given.len();
            match (&exact, oracle.figure(*at, *member)) {
                (Ok(Value::Number(value)), Ok(Some(known))) => {
                    seen.numbers += 1;
                    seen.whole += usize::from(matches!(results.cell(goal, row), Some(Cell::Whole(_))));
                    assert_eq!(of_exact(*value), known, "{}", context());
                }
                (Ok(Value::None), Ok(None)) => seen.none += 1,
                (Err(fault), known) => match (&fault.kind, known) {
                    (FaultKind::Arithmetic(ArithmeticError::Overflow), _) => seen.overflow += 1,
                    (FaultKind::Arithmetic(ArithmeticError::DivisionByZero), Err(Undefined::DivisionByZero)) => {
                        seen.undefined += 1
                    }
                    (FaultKind::Coverage(_), Err(Undefined::NotCovered)) => seen.undefined += 1,
                    // What is not known hides a fault that comes after it from the oracle, which stops at the first.
                    (_, Err(Undefined::Open)) if open => seen.unknown += 1,
                    (kind, known) => panic!("{kind:?} for {known:?}: {}", context()),
                },
                // The engine goes on where one branch, or what decides, does not rest on the fact.
                (_, Err(Undefined::Open)) if open => seen.unknown += 1,
                (found, known) => panic!("{found:?} for {known:?}: {}", context()),
            }
        }
    }
}

#[test]
fn columns_exact_path_and_rational_oracle_agree() {
    let mut seen = Seen::default();
    let mut random = Random::new(20_261_121);
    for _ in 0..400 {
        hold(&mut random, 45, &mut seen);
    }
    println!("{seen:?}");
    assert!(seen.whole > 20_000, "{seen:?}");
    assert!(seen.columns > 5_000 && seen.fallen > 500, "{seen:?}");
    assert!(seen.numbers > 50_000 && seen.none > 1_000, "{seen:?}");
    assert!(seen.undefined > 500 && seen.unknown > 100 && seen.overflow > 10, "{seen:?}");
}
