//! The files of a payroll. They are made in a folder beside their places and moved there when the ledger has the run,
//! so that a run that breaks off leaves none.

use super::{
    filings,
    order::{Order, Run},
    people::Computed,
    report,
    spool::BLOCK,
};
use crate::{
    cli::{
        error::{CliError, Kind},
        output::Output,
    },
    document::{DocumentError, PayslipFrame, payslip, payslip_setting, payslips, protect},
    exchange::{
        figures::Pattern,
        rejected,
        summary::{self, Overview},
        workbook::{WorkbookError, WorkbookWriter, to_xlsx},
    },
    store::Period,
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

/// The files of a run before they are in their places; gone if they never get there.
pub(super) struct Staged<'o> {
    out: &'o Path,
    /// Whether there was no such folder before.
    is_new: bool,
    folder: PathBuf,
    slips: BTreeSet<String>,
    others: Vec<PathBuf>,
}

impl<'o> Staged<'o> {
    /// An empty folder for the files of a month.
    pub(super) fn begin(out: &'o Path, period: Period) -> Result<Self, CliError> {
        let folder = out.join(format!(".{period}.part"));
        let is_new = !out.exists();
        let staged = Self { out, is_new, folder, slips: BTreeSet::new(), others: Vec::new() };
        // What a run that broke off may have left.
        let _ = fs::remove_dir_all(&staged.folder);
        fs::create_dir_all(staged.folder.join(SLIPS)).map_err(|error| staged.cannot(&error))?;
        Ok(staged)
    }

    /// Where the files are until they are published.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the files of a run. Where nobody was computed there is only the list of what was refused.
    pub(super) fn fill(
        &mut self,
        run: &Run,
        order: &Order<'_>,
        password: Option<&Pattern>,
        output: &Output,
    ) -> Result<(), CliError> {
        if !run.rejected.is_empty() {
            let sheet = to_xlsx(&[rejected::sheet(&run.rejected)]).map_err(|error| internal(&error))?;
            self.add(REFUSED, &sheet)?;
        }
        if run.people.is_empty() {
            return Ok(());
        }
        self.summary(run)?;
        let findings = self.path(FINDINGS)?;
        report::findings(run, &findings)?;
        if order.outgoing.print {
            self.bind(run, order.outgoing.full_id)?;
        }
        if order.with_slips { self.slips(run, order.outgoing.full_id, password, output) } else { Ok(()) }
    }

    fn summary(&mut self, run: &Run) -> Result<(), CliError> {
        let mut overview = Overview::default();
        run.people.all(|one| {
            overview.see(&one.paid());
            Ok(())
        })?;
        let failed = |error: WorkbookError| internal(&error);
        let mut workbook = WorkbookWriter::new(&self.folder).map_err(failed)?;
        let sheet = workbook.add(overview.headed()).map_err(failed)?;
        run.people.all(|one| workbook.push(sheet, &overview.row(&one.paid())).map_err(failed))?;
        if !run.hours.is_empty() {
            let sheet = workbook.add(summary::hours_headed()).map_err(failed)?;
            run.hours.iter().try_for_each(|one| workbook.push(sheet, &summary::hours_row(one)).map_err(failed))?;
        }
        let path = self.path(SUMMARY)?;
        workbook.save(&path).map_err(failed)
    }

    fn slips(&mut self, run: &Run, full_id: bool, password: Option<&Pattern>, output: &Output) -> Result<(), CliError> {
        let bar = output.progress("工资条", run.people.len());
        run.people.blocks(0..run.people.len(), |block| {
            block.par_iter().try_for_each(|one| {
                let pdf = slip_pdf(run, one, full_id).map_err(|error| internal(&error).at(one.worker.label()))?;
                let pdf = match password {
                    Some(pattern) => protect(&pdf, &filings::password(run, one, pattern)?)
                        .map_err(|error| internal(&error).at(one.worker.label()))?,
                    None => pdf,
                };
                let path = self.folder.join(SLIPS).join(file_name(one));
                fs::write(path, pdf).map_err(|error| self.cannot(&error))?;
                bar.inc(1);
                Ok::<(), CliError>(())
            })?;
            self.slips.extend(block.iter().map(file_name));
            Ok(())
        })?;
        bar.finish_and_clear();
        Ok(())
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
    fn bind(&mut self, run: &Run, full_id: bool) -> Result<(), CliError> {
        let frame = frame(run, full_id);
        let many = run.people.len() > BLOCK;
        let mut number = 0;
        run.people.blocks(0..run.people.len(), |block| {
            let slips: Vec<_> = block.iter().map(|one| (&one.worker, &one.slip)).collect();
            let bound = payslips(&slips, &frame).map_err(|error| internal(&error))?;
            number += 1;
            let number = if many { format!("-{number}") } else { String::new() };
            self.add(format!("{BOUND}{number}.pdf"), &bound)
        })
    }

    /// The place of a file that is to be published, for whoever writes it.
    pub(super) fn path(&mut self, name: impl AsRef<Path>) -> Result<PathBuf, CliError> {
        let name = name.as_ref();
        let path = self.folder.join(name);
        path.parent().map_or(Ok(()), fs::create_dir_all).map_err(|error| self.cannot(&error))?;
        self.others.push(name.to_owned());
        Ok(path)
    }

    /// A file that is to be published.
    pub(super) fn add(&mut self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), CliError> {
        let path = self.path(name)?;
        fs::write(path, bytes).map_err(|error| self.cannot(&error))
    }

    fn cannot(&self, error: &io::Error) -> CliError {
        cannot_write(self.out, error).hint("核对 --out：要写一个可以写入的文件夹")
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        // What cannot be removed is removed by the next run.
        let _ = fs::remove_dir_all(&self.folder);
        if self.is_new {
            // Refused where anything was published to it.
            let _ = fs::remove_dir(self.out);
        }
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

fn frame(run: &Run, full_id: bool) -> PayslipFrame {
    PayslipFrame {
        period: run.paying.period_start,
        paid_on: run.paying.paid_on,
        rulebook: run.rulebook.clone(),
        full_id,
    }
}

fn slip_pdf(run: &Run, one: &Computed, full_id: bool) -> Result<Vec<u8>, DocumentError> {
    let mut result = report::slip_json(&(&one.worker).into(), &one.slip);
    result["period"] = run.period.to_string().into();
    result["paid_on"] = run.paying.paid_on.to_string().into();
    result["known_at"] = run.known_at.map(|day| day.to_string()).into();
    result["rulebook"] = run.rulebook.clone().into();
    result["setting"] = payslip_setting(&one.slip)?.into();
    let mut facts = report::inputs_json(one);
    if full_id {
        facts["id_number"] = one.worker.id_number.clone().into();
    }
    let files = BTreeMap::from([
        ("facts.json".to_owned(), facts.to_string().into_bytes()),
        ("result.json".to_owned(), result.to_string().into_bytes()),
    ]);
    payslip(&one.worker, &one.slip, &frame(run, full_id), &files)
}

/// Bytes of a name that every file system takes. The longest 工号 leaves room for some of 姓名.
const LONGEST_NAME: usize = 240;

/// `<工号>-<姓名>.pdf`, without what a file system refuses. As no 工号 is there twice, no name is.
fn file_name(one: &Computed) -> String {
    format!("{}.pdf", plain(&format!("{}-{}", one.worker.label(), one.worker.name)))
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
