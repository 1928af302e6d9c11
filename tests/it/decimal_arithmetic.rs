//! Exact arithmetic and rounding against the General Decimal Arithmetic suite (speleotrove.com/decimal), which CPython
//! carries as `test/decimaltestdata`, and against a table of our own that always runs.
#![allow(clippy::unwrap_used)] // helpers of tests, like tests, fail by panicking

use std::{
    fs,
    path::{Path, PathBuf},
};

use gongche::quantity::{ArithmeticError, Exact, Rounding, RoundingMode};
use rust_decimal::Decimal;

/// Where a Python keeps its test data: Debian's libpython3.*-testsuite, a Python built by hand, pyenv.
fn suite() -> Option<PathBuf> {
    let folders = |parent: &Path| -> Vec<PathBuf> {
        let mut found: Vec<_> =
            fs::read_dir(parent).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        found.sort();
        found
    };
    let mut libraries = vec![PathBuf::from("/usr/lib"), PathBuf::from("/usr/local/lib")];
    if let Some(home) = std::env::home_dir() {
        libraries.extend(folders(&home.join(".pyenv/versions")).iter().map(|version| version.join("lib")));
    }
    let pythons = libraries.iter().flat_map(|library| folders(library));
    pythons.map(|python| python.join("test/decimaltestdata")).find(|data| data.join("quantize.decTest").is_file())
}

/// A numeral of the suite with the exponent it is written at, where it fits a decimal: `1.50E+3` is 1500 at 1.
fn numeral(text: &str) -> Option<(Decimal, i32)> {
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let exponent = exponent.parse::<i32>().ok()? - i32::try_from(decimals.len()).ok()?;
    let coefficient: i128 = format!("{whole}{decimals}").parse().ok()?;
    let value = match u32::try_from(exponent) {
        Ok(_) if coefficient == 0 => Decimal::ZERO,
        Ok(zeros) => Decimal::try_from_i128_with_scale(coefficient.checked_mul(10i128.checked_pow(zeros)?)?, 0).ok()?,
        Err(_) => Decimal::try_from_i128_with_scale(coefficient, exponent.unsigned_abs()).ok()?,
    };
    Some((value, exponent))
}

/// `10^exponent`, where it is a decimal.
fn power_of_ten(exponent: i32) -> Option<Decimal> {
    numeral(&format!("1E{exponent}")).map(|(power, _)| power)
}

fn mode(name: &str) -> Option<RoundingMode> {
    match name {
        "half_up" => Some(RoundingMode::HalfUp),
        "half_even" => Some(RoundingMode::HalfEven),
        "up" => Some(RoundingMode::Up),
        "down" => Some(RoundingMode::Down),
        _ => None,
    }
}

/// A case of the suite: `addx063 add 1 '0.000001' -> '1.00000' Inexact Rounded`, in the rounding mode set before it.
struct Case<'a> {
    line: &'a str,
    operation: &'a str,
    operands: &'a [&'a str],
    result: &'a str,
    inexact: bool,
    mode: Option<RoundingMode>,
}

/// What a case showed.
#[derive(Clone, Copy)]
enum Outcome {
    /// The exact result is the suite's.
    Exact,
    /// The exact result, rounded in a mode to the place at which the suite's ends, is the suite's.
    Rounded(RoundingMode),
    /// The suite rounds, and the result before that needs more room than we have.
    TooWide,
}

/// Runs a case; nothing if it is not one for us: an operand or result that is no decimal, a mode that is not ours.
fn run(case: &Case) -> Option<Outcome> {
    let [left, right] = case.operands else { return None };
    let ((a, _), (b, quantum)) = (numeral(left)?, numeral(right)?);
    let (expected, place) = numeral(case.result)?;
    let (left, right) = (Exact::from(a), Exact::from(b));
    let value = match case.operation {
        "add" => left.add(right),
        "subtract" => left.sub(right),
        "multiply" => left.mul(right),
        "divide" => left.div(right),
        "compare" => Ok(Exact::from(left.cmp(&right) as i64)),
        "quantize" => {
            // What is exact is the same in every mode.
            let mode = if case.inexact { case.mode? } else { RoundingMode::HalfEven };
            let rounded = left.round(Rounding { mode, step: power_of_ten(quantum)? }).unwrap();
            assert_eq!(rounded, expected, "{}", case.line);
            assert_eq!(rounded.scale(), place.min(0).unsigned_abs(), "decimals: {}", case.line);
            return Some(Outcome::Rounded(mode));
        }
        _ => return None,
    };
    if !case.inexact {
        assert_eq!(value, Ok(Exact::from(expected)), "{}", case.line);
        return Some(Outcome::Exact);
    }
    let rounding = Rounding { mode: case.mode?, step: power_of_ten(place)? };
    match value {
        Ok(value) => {
            assert_eq!(value.round(rounding), Ok(expected), "{}", case.line);
            Some(Outcome::Rounded(rounding.mode))
        }
        Err(fault) => {
            assert_eq!(fault, ArithmeticError::Overflow, "{}", case.line);
            Some(Outcome::TooWide)
        }
    }
}

fn run_file(path: &Path) -> Vec<Outcome> {
    // Comments are not all UTF-8.
    let text = String::from_utf8_lossy(&fs::read(path).unwrap()).to_lowercase();
    let (mut outcomes, mut rounding) = (Vec::new(), None);
    for line in text.lines() {
        let words = line.split_whitespace().take_while(|word| !word.starts_with("--"));
        let words: Vec<&str> = words.map(|word| word.trim_matches(['\'', '"'])).collect();
        match &words[..] {
            ["rounding:", name] => rounding = mode(name),
            [_, operation, rest @ ..] => {
                let Some(arrow) = rest.iter().position(|word| *word == "->") else { continue };
                let (operands, [_, result, conditions @ ..]) = rest.split_at(arrow) else { continue };
                let inexact = conditions.contains(&"inexact");
                let case = Case { line, operation, operands, result, inexact, mode: rounding };
                outcomes.extend(run(&case));
            }
            _ => {}
        }
    }
    outcomes
}

#[test]
fn general_decimal_arithmetic_suite() {
    let Some(folder) = suite() else {
        println!("skipped: no decimaltestdata (Debian: libpython3.11-testsuite)");
        return;
    };
    // Floors a little under what the suite of 2009, unchanged since, gives, so that a reader that has gone blind is seen.
    let files = [
        ("add", 1300),
        ("subtract", 520),
        ("multiply", 180),
        ("divide", 340),
        ("quantize", 480),
        ("rounding", 480),
        ("compare", 450),
        ("ddAdd", 780),
        ("ddSubtract", 420),
        ("ddMultiply", 220),
        ("ddDivide", 430),
        ("ddQuantize", 420),
        ("ddCompare", 490),
        ("dqAdd", 300),
        ("dqSubtract", 260),
        ("dqMultiply", 230),
        ("dqDivide", 260),
        ("dqQuantize", 410),
        ("dqCompare", 480),
    ];
    let mut all = Vec::new();
    for (file, floor) in files {
        let outcomes = run_file(&folder.join(file).with_extension("decTest"));
        let too_wide = outcomes.iter().filter(|outcome| matches!(outcome, Outcome::TooWide)).count();
        let proved = outcomes.len() - too_wide;
        println!("{file}: {proved} cases, {too_wide} more need too much room before rounding");
        assert!(proved >= floor, "{file}: only {proved} cases ran");
        all.extend(outcomes);
    }
    for (mode, floor) in MODES.into_iter().zip([890, 1700, 150, 270]) {
        let rounded = all.iter().filter(|outcome| matches!(outcome, Outcome::Rounded(used) if *used == mode)).count();
        println!("{mode}: {rounded} results rounded");
        assert!(rounded >= floor, "{mode}: only {rounded} results rounded");
    }
}

const MODES: [RoundingMode; 4] = [RoundingMode::HalfUp, RoundingMode::HalfEven, RoundingMode::Up, RoundingMode::Down];

/// Rounded to a step: the number, the step, and what it is half-up, half-even, up and down.
#[rustfmt::skip]
const ROUNDED: [(&str, &str, [&str; 4]); 30] = [
    // ties to the fen, both signs, before an even and an odd digit
    ("352.245",   "0.01", ["352.25", "352.24", "352.25", "352.24"]),
    ("352.235",   "0.01", ["352.24", "352.24", "352.24", "352.23"]),
    ("-352.245",  "0.01", ["-352.25", "-352.24", "-352.25", "-352.24"]),
    ("-352.235",  "0.01", ["-352.24", "-352.24", "-352.24", "-352.23"]),
    // a hair off the tie
    ("352.2449999999999999999999999", "0.01", ["352.24", "352.24", "352.25", "352.24"]),
    ("352.2450000000000000000000001", "0.01", ["352.25", "352.25", "352.25", "352.24"]),
    ("-0.0049999999999999999999999",  "0.01", ["0.00", "0.00", "-0.01", "0.00"]),
    ("0.0050000000000000000000001",   "0.01", ["0.01", "0.01", "0.01", "0.00"]),
    // ties at zero
    ("0.005",     "0.01", ["0.01", "0.00", "0.01", "0.00"]),
    ("-0.005",    "0.01", ["-0.01", "0.00", "-0.01", "0.00"]),
    ("0.015",     "0.01", ["0.02", "0.02", "0.02", "0.01"]),
    // nothing to round; zeros added and taken off
    ("345",       "0.01", ["345.00", "345.00", "345.00", "345.00"]),
    ("345.1000",  "0.01", ["345.10", "345.10", "345.10", "345.10"]),
    ("0",         "0.01", ["0.00", "0.00", "0.00", "0.00"]),
    ("-0.00",     "0.01", ["0.00", "0.00", "0.00", "0.00"]),
    // to the jiao
    ("0.25",      "0.1",  ["0.3", "0.2", "0.3", "0.2"]),
    ("0.35",      "0.1",  ["0.4", "0.4", "0.4", "0.3"]),
    ("-0.25",     "0.1",  ["-0.3", "-0.2", "-0.3", "-0.2"]),
    ("0.2501",    "0.1",  ["0.3", "0.3", "0.3", "0.2"]),
    // to the yuan
    ("1522.50",   "1",    ["1523", "1522", "1523", "1522"]),
    ("113.50",    "1",    ["114", "114", "114", "113"]),
    ("-113.50",   "1",    ["-114", "-114", "-114", "-113"]),
    ("0.01",      "1",    ["0", "0", "1", "0"]),
    ("9999.99",   "1",    ["10000", "10000", "10000", "9999"]),
    // to ten yuan
    ("2265",      "10",   ["2270", "2260", "2270", "2260"]),
    ("2275",      "10",   ["2280", "2280", "2280", "2270"]),
    ("-2265",     "10",   ["-2270", "-2260", "-2270", "-2260"]),
    ("2264.99",   "10",   ["2260", "2260", "2270", "2260"]),
    // a rate
    ("0.16666650", "0.000001", ["0.166667", "0.166666", "0.166667", "0.166666"]),
    // the largest decimal there is
    ("79228162514264337593543950335", "1", ["79228162514264337593543950335"; 4]),
];

#[test]
fn written_out_roundings() {
    for (number, step, results) in ROUNDED {
        for (mode, result) in MODES.into_iter().zip(results) {
            let rounding = Rounding::parse(&format!("{mode} {step}")).unwrap();
            let rounded = Exact::parse(number).unwrap().round(rounding).unwrap();
            assert_eq!(rounded.to_string(), result, "{number} {rounding}");
        }
    }
}

/// `left operation right`, and the result as it is shown; "overflow" and "by zero" are errors.
#[rustfmt::skip]
const COMPUTED: [(&str, char, &str, &str); 48] = [
    ("0.1", '+', "0.2", "0.3"),
    ("2270", '+', "0.00", "2270"),
    ("1.50", '+', "1.5", "3"),
    ("-1", '+', "1", "0"),
    ("999999998", '+', "1.000000001", "999999999.000000001"),
    ("0.0000000000000000000000000001", '+', "1", "1.0000000000000000000000000001"),
    ("0.0000000000000000000000000001", '+', "7", "7.0000000000000000000000000001"),
    ("0.0000000000000000000000000001", '+', "8", "overflow"),
    ("79228162514264337593543950334", '+', "1", "79228162514264337593543950335"),
    ("79228162514264337593543950335", '+', "1", "overflow"),
    ("79228162514264337593543950335", '+', "0.5", "overflow"),
    ("-79228162514264337593543950335", '+', "-1", "overflow"),
    ("79228162514264337593543950335", '+', "-79228162514264337593543950335", "0"),
    ("7922816251426433759354395033.5", '+', "0.5", "7922816251426433759354395034"),
    ("10000000000000000000000000000", '+', "0.1", "overflow"),
    ("0.3", '-', "0.1", "0.2"),
    ("1", '-', "0.9999999999999999999999999999", "0.0000000000000000000000000001"),
    ("5", '-', "5.000", "0"),
    ("-5", '-', "-5.5", "0.5"),
    ("0", '-', "16%", "-0.16"),
    ("-79228162514264337593543950335", '-', "1", "overflow"),
    ("0.1", '*', "0.1", "0.01"),
    ("4403", '*', "8%", "352.24"),
    ("4403", '*', "16%", "704.48"),
    ("-1.20", '*', "2", "-2.4"),
    ("-3", '*', "-3", "9"),
    ("0", '*', "-3", "0"),
    ("123456789.12", '*', "987654321.98", "121932631352141440.8576"),
    ("100000000000000", '*', "100000000000000", "10000000000000000000000000000"),
    ("1000000000000000", '*', "100000000000000", "overflow"),
    ("0.00000000000001", '*', "0.00000000000001", "0.0000000000000000000000000001"),
    ("0.00000000000001", '*', "0.000000000000001", "0.0000000000000000000000000001/10"),
    ("0.000000000000005", '*', "0.00000000000002", "0.0000000000000000000000000001"),
    ("79228162514264337593543950335", '*', "1.000", "79228162514264337593543950335"),
    ("79228162514264337593543950335", '*', "1.1", "overflow"),
    ("79228162514264337593543950330", '*', "1.1", "overflow"),
    ("1", '/', "2", "0.5"),
    ("1", '/', "3", "1/3"),
    ("-2", '/', "6", "-1/3"),
    ("2", '/', "-6", "-1/3"),
    ("5000", '/', "21.75", "20000/87"),
    ("1", '/', "0.03", "100/3"),
    ("0.1", '/', "3", "0.1/3"),
    ("0", '/', "-7", "0"),
    ("7", '/', "0", "by zero"),
    ("0", '/', "0.00", "by zero"),
    ("79228162514264337593543950335", '/', "79228162514264337593543950335", "1"),
    ("79228162514264337593543950335", '/', "0.3", "overflow"),
];

#[test]
fn written_out_sums_products_and_quotients() {
    for (left, operation, right, expected) in COMPUTED {
        let (a, b) = (Exact::parse(left).unwrap(), Exact::parse(right).unwrap());
        let value = match operation {
            '+' => a.add(b),
            '-' => a.sub(b),
            '*' => a.mul(b),
            _ => a.div(b),
        };
        let shown = match value {
            Ok(value) => value.to_string(),
            Err(ArithmeticError::Overflow) => "overflow".into(),
            Err(ArithmeticError::DivisionByZero) => "by zero".into(),
        };
        assert_eq!(shown, expected, "{left} {operation} {right}");
    }
}
