//! `gongche pay`: one payroll, from a roster to slips, a summary and the ledger.

mod books;
mod files;
mod report;

use super::{
    Done, book,
    error::{CliError, Kind},
    output::Output,
};
use crate::{
    document::missing_characters,
    exchange::{
        rejected::Rejected,
        roster::{self, Field, Payable, Paying, RosterRow},
    },
    payroll::{Month, Refusal, Slip, Totals, Worker},
    quantity::{Exact, Money},
    rulebook::Book,
    store::Period,
};
use chrono::{Days, Months, NaiveDate};
use clap::Args;
use rayon::prelude::*;
use std::{
    collections::BTreeMap,
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
    /// 扣缴义务人；名单里有这一列时以名单为准
    #[arg(long, value_name = "名称")]
    employer: Option<String>,
    /// 账本文件；写了就累计以前各月，并把本次记入
    #[arg(long, value_name = "文件")]
    db: Option<PathBuf>,
    /// 账本里已有本期而内容不同时，以本次为准（旧的仍保留）
    #[arg(long, requires = "db")]
    replace: bool,
    /// 只写一份空白名单到这个文件
    #[arg(long, value_name = "文件", conflicts_with_all = ["roster", "db"])]
    template: Option<PathBuf>,
}

/// The payer of rows that name none, where the command names none either.
const PAYER_UNSTATED: &str = "未注明扣缴义务人";

/// One person, computed.
struct Computed {
    worker: Worker,
    slip: Slip,
    /// The facts it was computed from.
    facts: BTreeMap<String, String>,
    /// What was carried into it from earlier months, by the full id of the figure.
    carried_in: BTreeMap<String, String>,
    /// The roster's opening balance that it was computed with, which the ledger is to keep.
    opening: Option<BTreeMap<String, Exact>>,
    /// Deductions as the tax client lists them.
    client: BTreeMap<&'static str, Money>,
}

/// The payroll, computed.
struct Run {
    period: Period,
    paying: Paying,
    known_at: Option<NaiveDate>,
    rulebook: String,
    computed: Vec<Computed>,
    rejected: Vec<Rejected>,
    /// Row numbers of the template's made-up row, which was left out.
    samples: Vec<u32>,
    totals: Totals,
    /// The first thing that the rule book does not cover, if that is why there is no slip at all.
    uncovered: Option<String>,
    /// Against the month before in the ledger.
    changes: Vec<books::Change>,
}

impl Pay {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        if let Some(path) = &self.template {
            roster::template(path).map_err(|error| CliError::input("template", error.to_string()))?;
            output.text(&format!("空白名单已写入 {}", path.display()));
            return Ok(Done::Clean);
        }
        let (Some(roster), Some(period), Some(out)) = (&self.roster, self.period, &self.out) else {
            return Err(CliError::input("usage", "要写明名单、--period 和 --out"));
        };
        let book = book::read(rules)?;
        let paying = self.paying(period)?;
        let read = roster::read(roster, paying.period_end)
            .map_err(|error| CliError::input("roster", error.to_string()).at(roster.display().to_string()))?;
        let ledger = self.db.as_ref().map(|path| books::Books::open(path)).transpose()?;
        let mut run = self.compute(&book, period, paying, &read.rows, ledger.as_ref())?;
        run.rejected.extend(read.rejected);
        run.rejected.sort_by_key(|one| one.row);
        run.samples = read.samples;
        let mut stored = None;
        if let Some(ledger) = ledger.as_ref().filter(|_| !run.computed.is_empty()) {
            run.changes = ledger.changes(&run)?;
            stored = Some(ledger.commit(&book, &run, self.replace)?);
        }
        files::write(out, &run, output)?;
        if output.is_json() {
            output.json(&report::json(&run));
        } else {
            output.text(report::text(&run, out, stored.as_ref()).trim_end());
        }
        Ok(match (run.uncovered.is_some(), run.rejected.is_empty()) {
            (true, _) => Done::Uncovered,
            (false, false) => Done::Rejected,
            (false, true) if run.computed.iter().any(|one| one.slip.is_unlawful()) => Done::Unlawful,
            _ => Done::Clean,
        })
    }

    fn paying(&self, period: Period) -> Result<Paying, CliError> {
        let start = NaiveDate::from_ymd_opt(i32::from(period.year()), u32::from(period.month()), 1);
        let end = start.and_then(|start| start.checked_add_months(Months::new(1))?.checked_sub_days(Days::new(1)));
        let (Some(period_start), Some(period_end)) = (start, end) else {
            return Err(CliError::input("period", format!("{period} 不是月份")).at("--period"));
        };
        let paid_on = self.paid_on.unwrap_or(period_end);
        if paid_on < period_start {
            let message = format!("支付日 {paid_on} 早于所属月份 {period}");
            return Err(CliError::input("paid-on", message).at("--paid-on").hint("核对 --period 和 --paid-on"));
        }
        let payer = self.employer.clone().unwrap_or_else(|| PAYER_UNSTATED.to_owned());
        Ok(Paying { period_start, period_end, paid_on, payer })
    }

    fn compute(
        &self,
        book: &Book,
        period: Period,
        paying: Paying,
        rows: &[RosterRow],
        ledger: Option<&books::Books>,
    ) -> Result<Run, CliError> {
        let mut rejected = Vec::new();
        let mut payables: Vec<(&RosterRow, Payable)> = Vec::new();
        for row in rows {
            match roster::payable(row, &paying, book.regions()) {
                Ok(payable) => match unprintable(row.row, &payable.worker) {
                    None => payables.push((row, payable)),
                    Some(refused) => rejected.push(refused),
                },
                Err(reasons) => rejected.extend(reasons),
            }
        }
        if let Some(ledger) = ledger {
            ledger.recall(period, paying.paid_on, &mut payables)?;
        }
        let mut month = Month::new(book, paying.period_start, paying.period_end, paying.paid_on, self.known_at)
            .map_err(|error| CliError::input("rules", error.to_string()))?;
        month
            .prepare(payables.iter().map(|(_, payable)| &payable.month.places))
            .map_err(|diagnostics| CliError::rules(book.sources(), &diagnostics))?;
        let slips: Vec<Result<Slip, Refusal>> =
            payables.par_iter().map(|(_, payable)| month.slip(&payable.month)).collect();
        let (mut computed, mut coverage) = (Vec::new(), Vec::new());
        for ((row, payable), slip) in payables.into_iter().zip(slips) {
            match slip {
                Ok(slip) => computed.push(Computed {
                    facts: report::facts(book, &payable),
                    carried_in: report::carried_in(&payable),
                    opening: books::used_opening(row, &payable),
                    worker: payable.worker,
                    slip,
                    client: report::client_columns(row),
                }),
                Err(refusal) => {
                    if let Refusal::Coverage(reason) = &refusal {
                        coverage.push(reason.clone());
                    }
                    rejected.push(refused(row, refusal));
                }
            }
        }
        let totals = Totals::of(computed.iter().map(|one| &one.slip))
            .map_err(|error| CliError::new(Kind::Input, "totals", error.to_string()).at("合计"))?;
        let only_uncovered = computed.is_empty() && coverage.len() == rejected.len();
        Ok(Run {
            period,
            paying,
            known_at: self.known_at,
            rulebook: book.digest().to_string(),
            computed,
            rejected,
            samples: Vec::new(),
            totals,
            uncovered: coverage.into_iter().next().filter(|_| only_uncovered),
            changes: Vec::new(),
        })
    }
}

/// A row whose words no font can print is refused: an empty box on a slip is nobody's name.
fn unprintable(row: u32, worker: &Worker) -> Option<Rejected> {
    let fields = [
        (Field::Name, &worker.name),
        (Field::Payer, &worker.payer),
        (Field::Post, &worker.post),
        (Field::Department, &worker.department),
        (Field::Project, &worker.project),
        (Field::WorkerNo, &worker.number),
    ];
    fields.into_iter().find_map(|(field, text)| {
        let missing = missing_characters(text);
        (!missing.is_empty()).then(|| Rejected {
            row,
            column: field.column().heading.to_owned(),
            value: text.clone(),
            problem: format!("字库里没有这些字：{}", missing.iter().collect::<String>()),
            remedy: "核对是否有误；确为生僻字的，用公安机关登记的规范字形".to_owned(),
        })
    })
}

fn refused(row: &RosterRow, refusal: Refusal) -> Rejected {
    let (field, value, problem, remedy) = match refusal {
        Refusal::Coverage(reason) => (
            Field::InsuredPlace,
            row.insured_place.clone(),
            reason,
            "用 gongche rules coverage 查看规则库覆盖的地区和期间；可用 --rules 读补充过的规则库".to_owned(),
        ),
        Refusal::Facts(reason) => (Field::WorkerNo, row.worker_no.clone(), reason, "核对这一行的金额和日期".to_owned()),
        Refusal::Open(names) => {
            let problem = format!("缺少：{}", names.join("、"));
            (Field::WorkerNo, row.worker_no.clone(), problem, "补充这些内容".to_owned())
        }
    };
    Rejected { row: row.row, column: field.column().heading.to_owned(), value, problem, remedy }
}
