//! The purchaser's statements of a run: when they are made, what their files are called, what is said of them.

use super::{
    files::{Staged, internal, plain},
    filings::{FOLDER as FILINGS, TOLD},
    order::Run,
};
use crate::{
    cli::error::CliError,
    exchange::workbook::to_xlsx,
    payroll::{Slip, Worker},
    statement::{Form, Frame, Statement, StatementError, Statements, key_sheet},
};
use clap::Args;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Whether purchasers get a statement.
#[derive(Args, Default)]
pub(super) struct Wanted {
    /// 另出给采购人的月报（工资、福利、社会保险逐人一行，每个项目一份）：以代号代替姓名
    #[arg(long)]
    statement: bool,
    /// 月报列明姓名，并写明依据（如各人单独同意的文件）；依据印在月报上
    #[arg(long, value_name = "依据")]
    statement_named: Option<String>,
}

/// The folder of the statements, under that of the filings.
const FOLDER: &str = "statements";

/// Who stands behind which number: beside the folder, so that the folder can be handed on whole.
const KEY: &str = "statement-key.xlsx";

/// The file of a run in which nobody has a project.
const ALL: &str = "全部人员";

/// The statements of a run while its people come in.
pub(super) struct Collected<'w> {
    statements: Statements<'static>,
    named: Option<&'w str>,
}

impl Wanted {
    /// Begins, if statements are wanted.
    pub(super) fn begin(&self) -> Result<Option<Collected<'_>>, CliError> {
        let named = self.statement_named.as_deref().map(str::trim);
        if named.is_some_and(str::is_empty) {
            let error = CliError::input("statement", "没有写明提供姓名的依据").at("--statement-named");
            return Err(error.hint("写明各人单独同意的文件；没有依据的用 --statement，以代号代替姓名"));
        }
        let wanted = self.statement || named.is_some();
        Ok(wanted.then(|| Collected { statements: Statements::new(Form::shipped()), named }))
    }
}

impl Collected<'_> {
    pub(super) fn add(&mut self, worker: &Worker, slip: &Slip) -> Result<(), CliError> {
        self.statements.add(worker, slip).map_err(|error| untied(&error))
    }

    /// Makes the files, and gives what is to be said of them; none where the sums are not those of the run.
    pub(super) fn write(self, run: &Run, staged: &mut Staged<'_>) -> Result<Vec<String>, CliError> {
        let frame = Frame {
            period: run.paying.period_start,
            paid_on: run.paying.paid_on,
            rulebook: &run.rulebook,
            named: self.named,
        };
        let closed = self.statements.close(&run.tally.totals).map_err(|error| untied(&error))?;
        let mut notes = Vec::new();
        let payers: BTreeSet<&str> = closed.statements.iter().map(|one| one.payer.as_str()).collect();
        let mut taken = BTreeSet::new();
        for one in &closed.statements {
            let name = unused(&mut taken, &file_name(one, payers.len() > 1));
            let path = |ending: &str| -> PathBuf { Path::new(FILINGS).join(FOLDER).join(format!("{name}.{ending}")) };
            let sheets = one.sheets(&frame).map_err(|error| internal(&error))?;
            staged.add(path("xlsx"), &to_xlsx(&sheets).map_err(|error| internal(&error))?)?;
            let pdf = one.pdf(&frame).map_err(|error| internal(&error).at(name.clone()))?;
            staged.add(path("pdf"), &pdf)?;
        }
        let count = closed.statements.len();
        if self.named.is_some() {
            notes.push(format!("给采购人的月报 {count} 份，列明姓名，依据印在上面"));
        } else {
            for one in closed.statements.iter().filter(|one| Form::shipped().is_few(one.size())) {
                let (project, people) = (if one.project.is_empty() { ALL } else { &one.project }, one.size());
                notes
                    .push(format!("“{project}”的月报只有 {people} 人，代号遮不住是谁：交出前取得本人同意，或只报总数"));
            }
            let key = to_xlsx(&[key_sheet(&closed.statements)]).map_err(|error| internal(&error))?;
            staged.add(Path::new(FILINGS).join(KEY), &key)?;
            notes.push(format!("给采购人的月报 {count} 份，以代号代替姓名；代号对照 {KEY} 只供内部，不要一并交出"));
        }
        let without = &closed.without_project;
        if !without.is_empty() {
            let told = without.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join("、");
            let more = if without.len() > TOLD { " 等" } else { "" };
            notes.push(format!("{} 人没有填项目，不在任何一份月报里（{told}{more}）", without.len()));
        }
        Ok(notes)
    }
}

fn untied(error: &StatementError) -> CliError {
    internal(error).at("给采购人的月报")
}

fn file_name(one: &Statement<'_>, several_payers: bool) -> String {
    let project = if one.project.is_empty() { ALL } else { &one.project };
    plain(&if several_payers { format!("{}-{project}", one.payer) } else { project.to_owned() })
}

/// A name that no other file has: two projects may differ only in what a file system refuses.
fn unused(taken: &mut BTreeSet<String>, name: &str) -> String {
    let others = (2_u32..).map(|number| format!("{name}-{number}"));
    let free = std::iter::once(name.to_owned()).chain(others).find(|one| !taken.contains(one)).unwrap_or_default();
    taken.insert(free.clone());
    free
}
