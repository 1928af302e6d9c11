//! Writes a roster of made-up people, for measuring: `cargo run --release --example made_up_roster -- 100000 > roster.csv`.
//!
//! The same count gives the same bytes.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program for the command line")]

#[path = "made_up/citizen_number.rs"]
mod citizen_number;

use std::{
    io::{BufWriter, Write as _},
    process::ExitCode,
};

/// Place of insurance and the rate of the housing fund that is common there.
const PLACES: [(&str, &str); 3] = [("上海市", "7%"), ("北京市", "12%"), ("昆明市", "5%")];

const HEADINGS: &str = "工号,姓名,证件类型,证件号码,用工形式,参保地,任职受雇日期,基本工资,绩效工资,社保缴费基数,\
                        公积金缴存基数,公积金缴存比例,工伤行业类别,累计专项附加扣除,期初累计收入";

fn main() -> ExitCode {
    let Some(count) = std::env::args().nth(1).and_then(|count| count.parse::<u32>().ok()) else {
        eprintln!("how many people?");
        return ExitCode::from(2);
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let written = writeln!(out, "{HEADINGS}").and_then(|()| (0..count).try_for_each(|at| writeln!(out, "{}", row(at))));
    match written.and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// One person; wages from 4,000 to 44,000 yuan, spread evenly.
fn row(at: u32) -> String {
    let (place, fund) = PLACES[at as usize % PLACES.len()];
    let wage = 4_000 + at.wrapping_mul(7_919) % 40_000;
    let performance = at.wrapping_mul(131) % 3_000;
    format!(
        "Y{at:06},样例{at:06},居民身份证,{},全日制,{place},2026-01-01,{wage}.{:02},{performance},{wage},{wage},{fund},1,{},0",
        citizen_number(at),
        at % 100,
        (at % 4) * 9_000
    )
}

fn citizen_number(at: u32) -> String {
    let (day, sequence) = (at / 999, at % 999 + 1);
    let (year, month, day) = (1_980 + day / 336, day / 28 % 12 + 1, day % 28 + 1);
    citizen_number::with_check_digit(&format!("310101{year}{month:02}{day:02}{sequence:03}"))
}
