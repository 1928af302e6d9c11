//! The files of a payroll. Each is written beside its place and moved there whole.

use super::{Computed, Run, report};
use crate::{
    cli::{
        error::{CliError, Kind},
        output::Output,
    },
    document::{PayslipFrame, payslip},
    exchange::{
        rejected,
        summary::{self, Paid},
        workbook::{save, to_xlsx},
    },
};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::{collections::BTreeMap, fs, io::IsTerminal as _, path::Path};

/// Runs shorter than this show no bar.
const LONG_RUN: usize = 100;

pub(super) fn write(out: &Path, run: &Run, output: &Output) -> Result<(), CliError> {
    let failed =
        |error: &dyn std::fmt::Display| CliError::input("write", error.to_string()).at(out.display().to_string());
    let slips = out.join("payslips");
    fs::create_dir_all(&slips).map_err(|error| failed(&error))?;
    let internal = |error: &dyn std::fmt::Display| CliError::new(Kind::Internal, "document", error.to_string());
    let paid: Vec<Paid<'_>> =
        run.computed.iter().map(|one| Paid { worker: &one.worker, slip: &one.slip, client: &one.client }).collect();
    let client = summary::tax_client(&paid).map_err(|error| internal(&error))?;
    let workbook = to_xlsx(&[summary::overview(&paid), client]).map_err(|error| internal(&error))?;
    save(&out.join("summary.xlsx"), &workbook).map_err(|error| failed(&error))?;
    save(&out.join("findings.txt"), report::findings(run).as_bytes()).map_err(|error| failed(&error))?;
    let refused = out.join("rejected.xlsx");
    if run.rejected.is_empty() {
        // A list of an earlier try would say that rows were refused which now are not.
        match fs::remove_file(&refused) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(&error)),
            _ => {}
        }
    } else {
        let sheet = to_xlsx(&[rejected::sheet(&run.rejected)]).map_err(|error| internal(&error))?;
        save(&refused, &sheet).map_err(|error| failed(&error))?;
    }
    let bar = progress(run.computed.len(), output);
    run.computed.par_iter().try_for_each(|one| {
        let pdf = slip_pdf(run, one).map_err(|error| internal(&error).at(one.worker.number.clone()))?;
        save(&slips.join(file_name(one)), &pdf).map_err(|error| failed(&error))?;
        bar.inc(1);
        Ok::<(), CliError>(())
    })?;
    bar.finish_and_clear();
    Ok(())
}

/// A bar on long runs, where the terminal is one.
fn progress(slips: usize, output: &Output) -> ProgressBar {
    if slips < LONG_RUN || output.is_json() || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(slips).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("工资条 {bar:40} {pos}/{len}，剩余 {eta}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn slip_pdf(run: &Run, one: &Computed) -> Result<Vec<u8>, crate::document::DocumentError> {
    let frame =
        PayslipFrame { period: run.paying.period_start, paid_on: run.paying.paid_on, rulebook: run.rulebook.clone() };
    let mut result = report::slip_json(one);
    result["period"] = run.period.to_string().into();
    result["paid_on"] = run.paying.paid_on.to_string().into();
    result["known_at"] = run.known_at.map(|day| day.to_string()).into();
    result["rulebook"] = run.rulebook.clone().into();
    let files = BTreeMap::from([
        ("facts.json".to_owned(), report::inputs_json(one).to_string().into_bytes()),
        ("result.json".to_owned(), result.to_string().into_bytes()),
    ]);
    payslip(&one.worker, &one.slip, &frame, &files)
}

/// Bytes of a name that a file system takes with room to spare.
const LONGEST_NAME: usize = 180;

/// `<工号>-<姓名>.pdf`, without what a file system refuses.
fn file_name(one: &Computed) -> String {
    let plain = |c: char| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c };
    let mut name: String = format!("{}-{}", one.worker.number, one.worker.name).chars().map(plain).collect();
    while name.len() > LONGEST_NAME {
        name.pop();
    }
    format!("{name}.pdf")
}
