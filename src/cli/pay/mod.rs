//! `gongche pay`: one payroll, from a roster to slips, a summary and the ledger.

mod books;
mod files;
mod report;

pub(super) use files::cannot_write;

use super::{
    Done, book,
    error::{CliError, Kind},
    output::Output,
};
use crate::{
    document::missing_characters,
    exchange::{
        rejected::Rejected,
        roster::{self, Field, Payable, Paying, Roster, RosterError, RosterRow},
        table::list,
        workbook::WorkbookError,
    },
    payroll::{Balance, Month, Refusal, Slip, Totals, Worker},
    quantity::Money,
    rulebook::{Book, Role},
    store::Period,
};
use chrono::{Days, Months, NaiveDate};
use clap::Args;
use rayon::prelude::*;
use serde_json::json;
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
    /// 只写一份空白名单到这个 .xlsx 文件，已有的文件不覆盖
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
    opening: Option<Balance>,
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
    /// Whether there is no slip at all, and that only since the rule book covers none.
    uncovered: bool,
    /// Against the month before in the ledger.
    changes: Vec<books::Change>,
    /// What is to be said of the run as a whole.
    notes: Vec<String>,
}

/// The people of a roster, computed.
struct People {
    computed: Vec<Computed>,
    rejected: Vec<Rejected>,
    uncovered: bool,
    notes: Vec<String>,
}

impl Pay {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        if let Some(path) = &self.template {
            return template(path, output);
        }
        let (Some(roster), Some(period), Some(out)) = (&self.roster, self.period, &self.out) else {
            return Err(CliError::input("usage", "要写明名单、--period 和 --out"));
        };
        let book = book::read(rules)?;
        let paying = self.paying(period)?;
        let read = read_roster(roster, &paying)?;
        let ledger = self.db.as_ref().map(|path| books::Books::open(path)).transpose()?;
        let people = self.compute(&book, period, &paying, read.rows, read.rejected, ledger.as_ref())?;
        let totals = Totals::of(people.computed.iter().map(|one| &one.slip))
            .map_err(|error| CliError::new(Kind::Input, "totals", error.to_string()).at("合计"))?;
        let mut run = Run {
            period,
            paying,
            known_at: self.known_at,
            rulebook: book.digest().to_string(),
            computed: people.computed,
            rejected: people.rejected,
            samples: read.samples,
            totals,
            uncovered: people.uncovered,
            changes: Vec::new(),
            notes: people.notes,
        };
        let ledger = ledger.filter(|_| !run.computed.is_empty());
        if let Some(ledger) = &ledger {
            run.changes = ledger.changes(&run)?;
            if !self.replace {
                ledger.check(&book, &run)?;
            }
        }
        // First the files, which may fail, then the ledger, then the files to their places.
        let files = files::Staged::make(out, &run, output)?;
        let stored = ledger.as_ref().map(|ledger| ledger.commit(&book, &run, self.replace)).transpose()?;
        if let (Some(ledger), Some(books::Stored::Written | books::Stored::Replaced)) = (&ledger, &stored) {
            run.notes.extend(ledger.outdated(&run)?.into_iter().map(|(payer, first, last)| {
                format!("账本里 {payer} 已有 {first} 至 {last} 的工资，累计数不含本次的变动；请从 {first} 起逐月重算（--replace）")
            }));
        }
        let strangers = files.publish()?;
        if strangers > 0 {
            run.notes.push(format!("payslips 里另有 {strangers} 份不是本次的工资条"));
        }
        if output.is_json() {
            output.json(&report::json(&run, stored.as_ref()));
        } else {
            output.text(report::text(&run, out, stored.as_ref()).trim_end());
        }
        Ok(if run.uncovered {
            Done::Uncovered
        } else if !run.rejected.is_empty() {
            Done::Rejected
        } else if run.computed.iter().any(|one| one.slip.is_unlawful()) {
            Done::Unlawful
        } else {
            Done::Clean
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
        paying: &Paying,
        rows: Vec<RosterRow>,
        mut rejected: Vec<Rejected>,
        ledger: Option<&books::Books>,
    ) -> Result<People, CliError> {
        let mut payables: Vec<(RosterRow, Payable)> = Vec::new();
        let mut seen = BTreeMap::new();
        for row in rows {
            let payable = match roster::payable(&row, paying, book) {
                Ok(payable) => payable,
                Err(reasons) => {
                    rejected.extend(reasons);
                    continue;
                }
            };
            match unprintable(row.row, &payable.worker).or_else(|| seen_before(&mut seen, &payable)) {
                None => payables.push((row, payable)),
                Some(refused) => rejected.push(refused),
            }
        }
        let mut month = Month::new(book, paying.period_start, paying.period_end, paying.paid_on, self.known_at)
            .map_err(|error| CliError::input("rules", error.to_string()))?;
        let mut notes = Vec::new();
        if let Some(ledger) = ledger {
            let left_aside = ledger.recall(period, paying.paid_on, month.chart(), &mut payables)?;
            if !left_aside.is_empty() {
                let workers = left_aside.join("、");
                notes.push(format!("账本里已有本年的工资，与名单里的期初数不同，以账本为准：{workers}"));
            }
        }
        month
            .prepare(payables.iter().map(|(_, payable)| &payable.month.places))
            .map_err(|diagnostics| CliError::rules(book.sources(), &diagnostics))?;
        let slips: Vec<Result<Slip, Refusal>> =
            payables.par_iter().map(|(_, payable)| month.slip(&payable.month)).collect();
        let mut computed = Vec::new();
        let (mut uncovered, mut undivided) = (0, 0);
        for ((row, payable), slip) in payables.into_iter().zip(slips) {
            match slip {
                Ok(slip) => {
                    undivided += usize::from(row.additional.items.is_none() && row.additional.total > Money::ZERO);
                    computed.push(Computed {
                        facts: report::facts(book, &payable),
                        carried_in: report::carried_in(&payable, paying.paid_on),
                        opening: books::used_opening(&row, paying, &payable),
                        worker: payable.worker,
                        slip,
                        client: report::client_columns(&row),
                    });
                }
                Err(refusal) => {
                    uncovered += usize::from(matches!(refusal, Refusal::Coverage { .. }));
                    rejected.push(refused(&row, refusal));
                }
            }
        }
        if undivided > 0 {
            notes.push(format!(
                "{undivided} 人的专项附加扣除只填了合计：summary.xlsx 的报税表里没有分项，导入扣缴端前请补填"
            ));
        }
        let uncovered = computed.is_empty() && uncovered > 0 && uncovered == rejected.len();
        rejected.sort_by_key(|one| one.row);
        Ok(People { computed, rejected, uncovered, notes })
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

/// The roster of a file that is one, and has people in it.
fn read_roster(path: &Path, paying: &Paying) -> Result<Roster, CliError> {
    let place = || path.display().to_string();
    let read = roster::read(path, paying.period_end).map_err(|error| {
        // The place is told beside the message.
        let message = match &error {
            RosterError::Table(error) => error.fault.to_string(),
            RosterError::Columns { faults, .. } => list(faults),
        };
        CliError::input("roster", message).at(place())
    })?;
    if read.rows.is_empty() && read.rejected.is_empty() {
        let message =
            if read.samples.is_empty() { "名单里没有人员" } else { "名单里只有样例行，没有人员" };
        return Err(CliError::input("empty", message).at(place()).hint("从表头的下一行起，一人填一行"));
    }
    Ok(read)
}

/// A second row of one person with one payer. The roster's own check does not know who pays for rows that say nothing.
fn seen_before(seen: &mut BTreeMap<[String; 3], u32>, payable: &Payable) -> Option<Rejected> {
    let worker = &payable.worker;
    let document = [&worker.payer, &worker.id_kind, &worker.id_number].map(Clone::clone);
    let first = *seen.entry(document).or_insert(payable.row);
    (first != payable.row).then(|| Rejected {
        row: payable.row,
        column: Field::IdNumber.column().heading.to_owned(),
        value: worker.masked_id(),
        problem: format!("同一扣缴义务人的证件号码与第 {first} 行重复"),
        remedy: "请删去重复的行，或改正其中一行".to_owned(),
    })
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
    let worker_no = || (Field::WorkerNo, row.worker_no.clone());
    let ((field, value), problem, remedy) = match refusal {
        Refusal::Coverage { role, reason } => (
            role.map_or_else(worker_no, |role| place_of(row, role)),
            reason,
            "用 gongche rules coverage 查看规则库覆盖的地区和期间；可用 --rules 读补充过的规则库".to_owned(),
        ),
        Refusal::Facts(reason) => (worker_no(), reason, "核对这一行的金额和日期".to_owned()),
        Refusal::Open(names) => (worker_no(), format!("缺少：{}", names.join("、")), "补充这些内容".to_owned()),
    };
    Rejected { row: row.row, column: field.column().heading.to_owned(), value, problem, remedy }
}

/// The cell that says where a role's place is; the place of insurance stands for those that are not said.
fn place_of(row: &RosterRow, role: Role) -> (Field, String) {
    let said = match role {
        Role::Insurance => None,
        Role::Fund => row.fund_place.as_ref().map(|place| (Field::FundPlace, place)),
        Role::Work | Role::Host => row.work_place.as_ref().map(|place| (Field::WorkPlace, place)),
    };
    let (field, place) = said.unwrap_or((Field::InsuredPlace, &row.insured_place));
    (field, place.clone())
}
