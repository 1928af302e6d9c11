//! The files of a payroll. They are made in a folder beside their places and moved there when the ledger has the run,
//! so that a run that breaks off leaves none.

use super::{
    filings::{self, Filings},
    order::{Computed, Order, Run},
    report,
};
use crate::{
    cli::{
        error::{CliError, Kind},
        output::Output,
    },
    document::{PayslipFrame, payslip, payslips, protect},
    exchange::{
        rejected,
        summary::{self, Paid},
        workbook::to_xlsx,
    },
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

/// The folder of the slips.
const SLIPS: &str = "payslips";
const SUMMARY: &str = "summary.xlsx";
const FINDINGS: &str = "findings.txt";
const REFUSED: &str = "rejected.xlsx";

/// The slips in one file, for printing.
const BOUND: &str = "payslips-for-print";

/// How many slips are bound in one file: more than that is held in memory at once, and no printer wants it.
const BOUND_SLIPS: usize = 500;

/// The files of a run before they are in their places; gone if they never get there.
pub(super) struct Staged<'o> {
    out: &'o Path,
    folder: PathBuf,
    slips: BTreeSet<String>,
    others: Vec<PathBuf>,
}

impl<'o> Staged<'o> {
    /// Makes the files of a run. Where nobody was computed there is only the list of what was refused.
    pub(super) fn make(
        out: &'o Path,
        run: &Run,
        order: &Order<'_>,
        filings: Filings,
        output: &Output,
    ) -> Result<Self, CliError> {
        let folder = out.join(format!(".{}.part", run.period));
        let printed: &[Computed] = if order.with_slips { &run.computed } else { &[] };
        let slips = printed.iter().map(file_name).collect();
        let mut staged = Self { out, folder, slips, others: Vec::new() };
        // What a run that broke off may have left.
        let _ = fs::remove_dir_all(&staged.folder);
        fs::create_dir_all(staged.folder.join(SLIPS)).map_err(|error| staged.cannot(&error))?;
        if !run.rejected.is_empty() {
            let sheet = to_xlsx(&[rejected::sheet(&run.rejected)]).map_err(|error| internal(&error))?;
            staged.add(REFUSED, &sheet)?;
        }
        if run.computed.is_empty() {
            return Ok(staged);
        }
        let paid: Vec<Paid<'_>> =
            run.computed.iter().map(|one| Paid { worker: &one.worker, slip: &one.slip, client: &one.client }).collect();
        let mut sheets = vec![summary::overview(&paid)];
        if !run.hours.is_empty() {
            sheets.push(summary::hours(&run.hours));
        }
        let workbook = to_xlsx(&sheets).map_err(|error| internal(&error))?;
        staged.add(SUMMARY, &workbook)?;
        staged.add(FINDINGS, report::findings(run).as_bytes())?;
        for (path, bytes) in filings.files {
            staged.add(Path::new(filings::FOLDER).join(path), &bytes)?;
        }
        if order.outgoing.print {
            staged.bind(run)?;
        }
        let bar = output.progress("工资条", printed.len());
        printed.par_iter().try_for_each(|one| {
            let pdf = slip_pdf(run, one).and_then(|pdf| match filings.passwords.get(&one.worker.number) {
                Some(password) => protect(&pdf, password),
                None => Ok(pdf),
            });
            let pdf = pdf.map_err(|error| internal(&error).at(one.worker.number.clone()))?;
            let path = staged.folder.join(SLIPS).join(file_name(one));
            fs::write(path, pdf).map_err(|error| staged.cannot(&error))?;
            bar.inc(1);
            Ok::<(), CliError>(())
        })?;
        bar.finish_and_clear();
        Ok(staged)
    }

    /// Moves the files to their places. Gives the number of slips there that are not of this run.
    pub(super) fn publish(self) -> Result<usize, CliError> {
        let moved = |name: &Path| fs::rename(self.folder.join(name), self.out.join(name));
        let publish = || {
            if !self.slips.is_empty() {
                fs::create_dir_all(self.out.join(SLIPS))?;
            }
            for slip in &self.slips {
                moved(&Path::new(SLIPS).join(slip))?;
            }
            // Files of an earlier try, with people who are no longer in it, must not be handed in.
            match fs::remove_dir_all(self.out.join(filings::FOLDER)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            for entry in fs::read_dir(self.out)? {
                let entry = entry?;
                let bound = |name: &str| name.starts_with(BOUND) && name.ends_with(".pdf");
                if entry.file_name().to_str().is_some_and(bound) {
                    fs::remove_file(entry.path())?;
                }
            }
            for other in &self.others {
                if let Some(folder) = other.parent() {
                    fs::create_dir_all(self.out.join(folder))?;
                }
                moved(other)?;
            }
            // A list of an earlier try would say that rows were refused which now are not.
            if !self.others.iter().any(|other| other == Path::new(REFUSED)) {
                match fs::remove_file(self.out.join(REFUSED)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            let Ok(folder) = fs::read_dir(self.out.join(SLIPS)) else { return Ok(0) };
            let names = folder.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            Ok(names.filter(|name| name.ends_with(".pdf") && !self.slips.contains(name)).count())
        };
        publish().map_err(|error| self.cannot(&error))
    }

    /// All slips in one file, or in as many as a printer takes at once.
    fn bind(&mut self, run: &Run) -> Result<(), CliError> {
        let frame = frame(run);
        let parts: Vec<&[Computed]> = run.computed.chunks(BOUND_SLIPS).collect();
        for (at, part) in parts.iter().enumerate() {
            let slips: Vec<_> = part.iter().map(|one| (&one.worker, &one.slip)).collect();
            let bound = payslips(&slips, &frame).map_err(|error| internal(&error))?;
            let number = if parts.len() > 1 { format!("-{}", at + 1) } else { String::new() };
            self.add(format!("{BOUND}{number}.pdf"), &bound)?;
        }
        Ok(())
    }

    fn add(&mut self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), CliError> {
        let name = name.as_ref();
        let path = self.folder.join(name);
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        folder.and_then(|()| fs::write(&path, bytes)).map_err(|error| self.cannot(&error))?;
        self.others.push(name.to_owned());
        Ok(())
    }

    fn cannot(&self, error: &io::Error) -> CliError {
        cannot_write(self.out, error).hint("核对 --out：要写一个可以写入的文件夹")
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        // What cannot be removed is removed by the next run.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Why a path could not be written, in words.
pub(in crate::cli) fn cannot_write(path: &Path, error: &io::Error) -> CliError {
    let reason = match error.kind() {
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => "不是文件夹".to_owned(),
        io::ErrorKind::NotFound => "没有这个文件夹，也建不了".to_owned(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => "没有写入权限".to_owned(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "磁盘空间不足".to_owned(),
        _ => format!("无法写入（{error}）"),
    };
    CliError::input("write", reason).at(path.display().to_string())
}

pub(super) fn internal(error: &dyn std::fmt::Display) -> CliError {
    CliError::new(Kind::Internal, "document", error.to_string())
}

fn frame(run: &Run) -> PayslipFrame {
    PayslipFrame { period: run.paying.period_start, paid_on: run.paying.paid_on, rulebook: run.rulebook.clone() }
}

fn slip_pdf(run: &Run, one: &Computed) -> Result<Vec<u8>, crate::document::DocumentError> {
    let mut result = report::slip_json(&(&one.worker).into(), &one.slip);
    result["period"] = run.period.to_string().into();
    result["paid_on"] = run.paying.paid_on.to_string().into();
    result["known_at"] = run.known_at.map(|day| day.to_string()).into();
    result["rulebook"] = run.rulebook.clone().into();
    let files = BTreeMap::from([
        ("facts.json".to_owned(), report::inputs_json(one).to_string().into_bytes()),
        ("result.json".to_owned(), result.to_string().into_bytes()),
    ]);
    payslip(&one.worker, &one.slip, &frame(run), &files)
}

/// Bytes of a name that every file system takes. The longest 工号 leaves room for some of 姓名.
const LONGEST_NAME: usize = 240;

/// `<工号>-<姓名>.pdf`, without what a file system refuses. As no 工号 is there twice, no name is.
fn file_name(one: &Computed) -> String {
    format!("{}.pdf", plain(&format!("{}-{}", one.worker.number, one.worker.name)))
}

/// A name without what a file system refuses.
pub(super) fn plain(name: &str) -> String {
    let plain = |c: char| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c };
    let mut name: String = name.chars().map(plain).collect();
    while name.len() > LONGEST_NAME {
        name.pop();
    }
    name
}
