//! `gongche verify`: a slip's PDF, computed again from what it carries.

use super::{
    Done, book,
    error::{CliError, Kind},
    ledger::{first_difference, stored_book},
    output::Output,
    pay::{StoredInputs, recompute},
};
use crate::{
    document::{DocumentError, PayslipFrame, page_contents, payslip, protected_attachments},
    payroll::{Month, Slip},
    rulebook::Book,
    store::{Ledger, Period, StoredRun},
};
use chrono::NaiveDate;
use clap::Args;
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// 用工资条 PDF 里所附的事实重算一遍：没有改动，有改动（改在哪里），还是按旧规则算的（今天会是多少）
#[derive(Args)]
pub(super) struct Verify {
    /// 工资条或结算单，.pdf
    #[arg(value_name = "文件")]
    file: PathBuf,
    /// 打开文件的密码
    #[arg(long, value_name = "密码")]
    password: Option<String>,
    /// 账本：文件上的规则书与现在的不同时，从账本里取出当时的来重算
    #[arg(long, value_name = "账本")]
    db: Option<PathBuf>,
}

/// What a slip's file carries.
struct Carried {
    inputs: StoredInputs,
    /// The result, without what the run adds to it.
    result: Json,
    period: Period,
    paid_on: NaiveDate,
    known_at: Option<NaiveDate>,
    rulebook: String,
}

/// What became of it.
enum Verdict {
    /// It says what the rules said and say.
    Unchanged,
    /// It does not say what its own rule book gives.
    Changed(String),
    /// It says what its own rule book gave, or may have given; the one of today gives something else.
    Outdated {
        /// The first figure that differs.
        difference: String,
        /// Whether its own rule book was at hand.
        proved: bool,
    },
}

impl Verify {
    pub(super) fn run(&self, rules: Option<&Path>, output: &Output) -> Result<Done, CliError> {
        let bytes = fs::read(&self.file).map_err(|error| {
            let reason = match error.kind() {
                std::io::ErrorKind::NotFound => "找不到这个文件".to_owned(),
                _ => format!("打不开（{error}）"),
            };
            CliError::input("read", reason).at(self.place())
        })?;
        let carried = self.carried(&bytes)?;
        let today = book::read(rules)?;
        let verdict = self.verdict(&bytes, &carried, &today)?;
        let (word, sentence) = match &verdict {
            Verdict::Unchanged => ("unchanged", "没有改动：页面、附件与重算的结果一致".to_owned()),
            Verdict::Changed(what) => ("changed", format!("有改动：{what}")),
            Verdict::Outdated { difference, proved: true } => {
                ("outdated", format!("没有改动，按当时的规则书是对的；按现在的规则书会不同：{difference}"))
            }
            Verdict::Outdated { difference, proved: false } => (
                "unproved",
                format!(
                    "与现在的规则书算出的不同：{difference}。文件写明的规则书是 {}，不是现在的；有账本的，用 --db 取出当时的规则书再核对",
                    carried.rulebook
                ),
            ),
        };
        if output.is_json() {
            output.json(&json!({
                "verdict": word, "sentence": sentence, "rulebook": carried.rulebook,
                "today": today.digest().to_string(), "period": carried.period.to_string(),
            }));
        } else {
            output.text(&sentence);
        }
        Ok(match verdict {
            Verdict::Unchanged | Verdict::Outdated { proved: true, .. } => Done::Clean,
            Verdict::Changed(_) | Verdict::Outdated { proved: false, .. } => Done::Failed,
        })
    }

    fn verdict(&self, bytes: &[u8], carried: &Carried, today: &Book) -> Result<Verdict, CliError> {
        let (now, difference) = match again(today, carried) {
            Ok(slip) => {
                let difference = differs(carried, &slip);
                (Some(slip), difference)
            }
            Err(Trouble::Refused(reason)) => (None, Some(format!("现在算不出来：{reason}"))),
            Err(Trouble::Cli(error)) => return Err(error),
        };
        if let (Some(slip), None) = (&now, &difference) {
            // Another edition of the book with the same values gives the same page but for the digest that it prints.
            return Ok(self.page_differs(bytes, carried, slip)?.map_or(Verdict::Unchanged, Verdict::Changed));
        }
        let difference = difference.unwrap_or_default();
        if carried.rulebook == today.digest().to_string() {
            return Ok(Verdict::Changed(difference));
        }
        let Some(db) = &self.db else { return Ok(Verdict::Outdated { difference, proved: false }) };
        let then = self.book_of_then(db, carried)?;
        match again(&then, carried) {
            Ok(slip) => Ok(match differs(carried, &slip) {
                Some(what) => Verdict::Changed(what),
                None => match self.page_differs(bytes, carried, &slip)? {
                    Some(what) => Verdict::Changed(what),
                    None => Verdict::Outdated { difference, proved: true },
                },
            }),
            Err(Trouble::Refused(reason)) => Ok(Verdict::Changed(format!("按当时的规则书算不出来：{reason}"))),
            Err(Trouble::Cli(error)) => Err(error),
        }
    }

    /// The pages that are not as this program makes them from a slip.
    fn page_differs(&self, bytes: &[u8], carried: &Carried, slip: &Slip) -> Result<Option<String>, CliError> {
        let Some(worker) = carried.inputs.worker() else { return Ok(None) };
        let frame = PayslipFrame {
            period: carried.period.first_day(),
            paid_on: carried.paid_on,
            rulebook: carried.rulebook.clone(),
        };
        let made = payslip(&worker, slip, &frame, &BTreeMap::new()).map_err(|error| self.fault(&error))?;
        let pages = |pdf: &[u8], password| page_contents(pdf, password).map_err(|error| self.fault(&error));
        let (theirs, ours) = (pages(bytes, self.password.as_deref())?, pages(&made, None)?);
        if theirs.len() != ours.len() {
            return Ok(Some(format!("有 {} 页，应有 {} 页", theirs.len(), ours.len())));
        }
        let page = theirs.iter().zip(&ours).position(|(theirs, ours)| theirs != ours);
        Ok(page.map(|page| format!("第 {} 页印的不是所附的内容", page + 1)))
    }

    fn book_of_then(&self, db: &Path, carried: &Carried) -> Result<Book, CliError> {
        let ledger = Ledger::open_existing(db)?;
        let of_then = |run: &StoredRun| run.header.rulebook_digest == carried.rulebook;
        for key in ledger.run_keys(None)? {
            if let Some(run) = ledger.run(&key)?.filter(of_then) {
                return stored_book(&ledger, &run);
            }
        }
        let message = format!("账本里没有规则书 {}", carried.rulebook);
        Err(CliError::input("rulebook", message).at(db.display().to_string()).hint("用发放这一批时的账本"))
    }

    fn carried(&self, bytes: &[u8]) -> Result<Carried, CliError> {
        let files = protected_attachments(bytes, self.password.as_deref()).map_err(|error| match &error {
            DocumentError::Password { given: false } => {
                CliError::input("password", error.to_string()).at(self.place()).hint("加上 --password")
            }
            _ => self.fault(&error),
        })?;
        let text = |name: &str| files.get(name).and_then(|content| std::str::from_utf8(content).ok());
        let read = || {
            let mut result: Json = serde_json::from_str(text("result.json")?).ok()?;
            let fields = result.as_object_mut()?;
            let mut taken = |key: &str| fields.remove(key).and_then(|value| value.as_str().map(ToOwned::to_owned));
            let known_at = taken("known_at");
            Some(Carried {
                inputs: StoredInputs::read(text("facts.json")?)?,
                period: taken("period")?.parse().ok()?,
                paid_on: taken("paid_on")?.parse().ok()?,
                known_at: known_at.map(|day| day.parse()).transpose().ok()?,
                rulebook: taken("rulebook")?,
                result,
            })
        };
        read().ok_or_else(|| {
            CliError::input("carries-nothing", "里面没有重算所需的附件（facts.json、result.json），或附件已损坏")
                .at(self.place())
                .hint("只有 gongche pay 写出的工资条可以核对；另存、打印成 PDF 的会丢失附件")
        })
    }

    fn fault(&self, error: &DocumentError) -> CliError {
        CliError::input("pdf", error.to_string()).at(self.place())
    }

    fn place(&self) -> String {
        self.file.display().to_string()
    }
}

/// Why a slip could not be computed again.
enum Trouble {
    /// The book gives none for these facts.
    Refused(String),
    /// The book cannot be used at all.
    Cli(CliError),
}

/// The slip that a book gives for what a file carries.
fn again(book: &Book, carried: &Carried) -> Result<Slip, Trouble> {
    let (start, end) = (carried.period.first_day(), carried.period.last_day());
    let mut month = Month::new(book, start, end, carried.paid_on, carried.known_at)
        .map_err(|error| Trouble::Cli(CliError::new(Kind::Input, "rules", error.to_string())))?;
    let places = carried.inputs.places();
    month.prepare([&places]).map_err(|diagnostics| Trouble::Cli(CliError::rules(book.sources(), &diagnostics)))?;
    recompute(book, &month, &carried.inputs).map_err(Trouble::Refused)
}

/// The first figure of a file that a slip has otherwise.
fn differs(carried: &Carried, slip: &Slip) -> Option<String> {
    let computed = serde_json::from_str(&carried.inputs.result(slip)).unwrap_or_default();
    let (place, carried, computed) = first_difference("", &carried.result, &computed)?;
    Some(format!("{place}：文件上是 {carried}，重算是 {computed}"))
}
