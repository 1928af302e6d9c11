//! `gongche pay`: one payroll, from a roster to slips, a summary and the ledger.

mod attendance;
mod books;
mod changes;
mod engagements;
mod files;
mod filings;
mod order;
mod parts;
mod people;
mod recall;
mod records;
mod report;
mod spool;
mod statements;
mod stored;
mod tally;
mod verdict;

pub(super) use books::{Books, outdated};
pub(super) use engagements::Engagements;
pub(super) use filings::Outgoing;
pub(super) use order::{Batch, Order, RunKind};
pub(super) use recall::{exact, known};
pub(super) use report::facts;
pub(super) use stored::{StoredInputs, recompute};

pub(super) use files::cannot_write;

use super::{
    Done,
    act::Actor,
    book,
    error::{CliError, Kind},
    output::Output,
};
use crate::{
    exchange::{roster, workbook::WorkbookError},
    rulebook::{Book, Gravity},
    store::{Act, Period},
};
use books::Stored;
use chrono::NaiveDate;
use clap::Args;
use files::Staged;
use order::Run;
use records::Headers;
use serde_json::json;
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// 核算一个月的工资：名单进，工资条、汇总和账本出
#[derive(Args)]
pub(super) struct Pay {
    /// 名单，.xlsx 或 .csv
    #[arg(value_name = "名单", required_unless_present = "template")]
    roster: Option<PathBuf>,
    /// 工资所属月份，如 2026-09
    #[arg(long, value_name = "年-月", required_unless_present = "template")]
    period: Option<Period>,
    /// 输出目录
    #[arg(long, value_name = "目录", required_unless_present = "template")]
    out: Option<PathBuf>,
    /// 支付日；不写就是所属月份的最后一天
    #[arg(long, value_name = "日期", value_parser = book::date)]
    paid_on: Option<NaiveDate>,
    /// 只看到这一天为止已公布的规则；不写就是规则库里的全部
    #[arg(long, value_name = "日期", value_parser = book::date)]
    known_at: Option<NaiveDate>,
    /// 考勤，.xlsx 或 .csv：一班或者一次请假一行，各类小时由它合计（docs/attendance.md）
    #[arg(long, value_name = "文件")]
    attendance: Option<PathBuf>,
    /// 扣缴义务人；名单里有这一列时以名单为准
    #[arg(long, value_name = "名称")]
    employer: Option<String>,
    /// 付的是什么；当月工资以外的是单独一批
    #[arg(long, value_enum, default_value = "regular", value_name = "种类")]
    kind: RunKind,
    /// 第几批；不写就按种类：工资 1，奖金 2，离职结算 3，更正 4
    #[arg(long, value_name = "数", value_parser = clap::value_parser!(u32).range(1..))]
    number: Option<u32>,
    /// 账本：文件，或者 postgres:// 开头的地址；写了就累计以前各月，并把本次记入
    #[arg(long, value_name = "账本")]
    db: Option<PathBuf>,
    /// 账本里已有本期而内容不同时，以本次为准（旧的仍保留）
    #[arg(long, requires = "db")]
    replace: bool,
    /// 不出工资条（PDF），只出汇总和提示
    #[arg(long)]
    no_slips: bool,
    /// 新建的账本要有人批准：先试算，另一人批准后才记入（gongche run）
    #[arg(long, requires = "db", conflicts_with = "replace")]
    approval: bool,
    #[command(flatten)]
    actor: Actor,
    #[command(flatten)]
    engagements: Engagements,
    #[command(flatten)]
    outgoing: Outgoing,
    /// 只写一份空白名单到这个 .xlsx 文件，已有的文件不覆盖
    #[arg(long, value_name = "文件", conflicts_with_all = ["roster", "db"])]
    template: Option<PathBuf>,
}

/// What is to become of a run in the ledger.
#[derive(Clone, Copy)]
pub(super) enum Intent<'a> {
    /// It goes in at once.
    Commit {
        /// Whether what stands there may be replaced.
        replace: bool,
    },
    /// Its digest is kept.
    Preview(&'a Act),
    /// It goes in as what somebody else previewed.
    Approve(&'a Act),
    /// The same, in the place of a run that is approved or paid.
    Replace(&'a Act),
}

impl Pay {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        if let Some(path) = &self.template {
            return template(path, output);
        }
        let (Some(roster), Some(period), Some(out)) = (&self.roster, self.period, &self.out) else {
            return Err(CliError::input("usage", "要写明名单、--period 和 --out"));
        };
        let order = Order {
            roster,
            period,
            out,
            paid_on: self.paid_on,
            known_at: self.known_at,
            employer: self.employer.as_deref(),
            batch: Batch::new(self.kind, self.number),
            attendance: self.attendance.as_deref(),
            outgoing: &self.outgoing,
            engagements: &self.engagements,
            with_slips: !self.no_slips,
        };
        let book = book::read(rules)?;
        let ledger = self.db.as_ref().map(|place| Books::open(place, self.approval)).transpose()?;
        // In a ledger with approval one person alone gets no further than a preview.
        let act = match &ledger {
            Some(ledger) if ledger.requires_approval() => Some(self.actor.act("这个账本要有人批准，本次只是试算")?),
            _ => None,
        };
        let intent = act.as_ref().map_or(Intent::Commit { replace: self.replace }, Intent::Preview);
        order.carry_out(&book, ledger.as_ref(), intent, output)
    }
}

impl Order<'_> {
    /// Computes the run, makes its files and does with the ledger what is intended.
    pub(super) fn carry_out(
        &self,
        book: &Book,
        ledger: Option<&Books>,
        intent: Intent<'_>,
        output: &Output,
    ) -> Result<Done, CliError> {
        let chosen = self.outgoing.chosen(book, &self.period.to_string())?;
        let mut files = Staged::begin(self.out, self.period)?;
        let mut run = self.compute(book, ledger, files.folder(), output)?;
        let ledger = ledger.filter(|_| !run.people.is_empty());
        let mut headers = Headers::new();
        if let Some(ledger) = ledger {
            run.changes = ledger.changes(&run)?;
            run.notes.extend(ledger.unpaid_arrears(&run)?);
            headers = records::headers(&run)?;
            if let Intent::Commit { replace: false } = intent {
                ledger.check(book, &run, &headers)?;
            }
        }
        // First the files, which may fail, then the ledger, then the files to their places.
        let filings = chosen.fill(&run, &mut files)?;
        run.notes.extend(filings.notes());
        let incomplete = filings.payouts.iter().any(|payout| payout.left_out > 0);
        let notices = filings.notices;
        files.fill(&run, self, chosen.password(), output)?;
        let stored = ledger.map(|ledger| ledger.store(book, &run, &headers, intent)).transpose()?;
        if let (Some(ledger), Some(Stored::Written | Stored::Replaced | Stored::Approved)) = (ledger, &stored) {
            run.notes.extend(ledger.outdated(&run)?);
            run.notes.extend(unstored(&run, intent));
        }
        run.notes.extend(files.publish()?.notes());
        if output.is_json() {
            output.json(&report::Report { run: &run, stored: stored.as_ref() });
        } else {
            let text = report::text(&run, self.out, stored.as_ref());
            let lines: Vec<&str> = std::iter::once(text.trim_end()).chain(notices.iter().map(String::as_str)).collect();
            output.text(&lines.join("\n"));
        }
        Ok(match done(&run) {
            Done::Clean | Done::Unlawful if incomplete => Done::Rejected,
            done => done,
        })
    }
}

/// How to go on where a ledger has taken a run without the rows that were refused.
fn unstored(run: &Run, intent: Intent<'_>) -> Option<String> {
    let rows: BTreeSet<u32> = run.rejected.iter().map(|one| one.row).collect();
    let again = match intent {
        Intent::Commit { .. } => "加 --replace",
        _ => "先 gongche run preview，再由另一人 gongche run replace",
    };
    (!rows.is_empty()).then(|| {
        format!(
            "退回的 {} 行没有记入账本，其余各行已记入：改好以后用整份名单再核算一次（{again}）；其余各行已经发放的，把这几行另存一份名单，用 --number 另立一批（如 --number 5）",
            rows.len()
        )
    })
}

fn done(run: &Run) -> Done {
    if run.uncovered {
        Done::Uncovered
    } else if !run.rejected.is_empty() {
        Done::Rejected
    } else if run.tally.count(Gravity::Unlawful) > 0 {
        Done::Unlawful
    } else {
        Done::Clean
    }
}

/// Writes an empty roster, and never over one that somebody has filled.
fn template(path: &Path, output: &Output) -> Result<Done, CliError> {
    let place = path.display().to_string();
    if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("xlsx")) {
        return Err(CliError::input("template", "空白名单是 .xlsx 工作簿").at(place).hint("文件名以 .xlsx 结尾"));
    }
    if path.exists() {
        let hint = "换一个文件名，或先把它移走";
        return Err(CliError::input("template", "已有这个文件，没有覆盖").at(place).hint(hint));
    }
    roster::template(path).map_err(|error| match error {
        WorkbookError::Io { source, .. } => files::cannot_write(path, &source),
        other => CliError::new(Kind::Internal, "template", other.to_string()),
    })?;
    if output.is_json() {
        output.json(&json!({ "template": place }));
    } else {
        output.text(&format!("空白名单已写入 {place}"));
    }
    Ok(Done::Clean)
}
