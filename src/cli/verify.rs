//! `gongche verify`: a slip's PDF, computed again from what it carries.

use super::{
    Done, book,
    difference::{Difference, differences},
    error::{CliError, Kind},
    ledger::stored_book,
    output::Output,
    pay::{StoredInputs, recompute},
};
use crate::{
    document::{DocumentError, PayslipFrame, page_contents, payslip, payslip_setting, protected_attachments},
    payroll::{Month, Slip},
    quantity::Money,
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
    /// By which program and template its pages were set; nothing where a program wrote it that did not say.
    setting: Option<String>,
}

/// What became of it.
enum Verdict {
    /// It says what the rules said and say.
    Unchanged,
    /// It does not say what its own rule book gives.
    Changed(Vec<String>),
    /// It says what its own rule book gave, or may have given; the one of today gives something else.
    Outdated {
        /// Whether its own rule book was at hand.
        proved: bool,
        today: Today,
    },
    /// What it carries is right; its pages were set by another program or template, so that they cannot be compared.
    PageUnknown {
        /// What the rule book of today gives, where that is something else.
        today: Option<Today>,
    },
}

/// What the rule book of today gives.
enum Today {
    /// Other figures.
    Slip { differences: Vec<Difference>, slip: Box<Slip> },
    /// None.
    None(String),
}

/// How the pages are to those that this program sets.
enum Page {
    Same,
    Other(String),
    SetOtherwise,
}

/// How many differences are told on the screen; JSON has all.
const TOLD: usize = 20;

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
        if output.is_json() {
            let mut json = json!({
                "verdict": verdict.word(), "sentence": verdict.sentence(&carried), "differences": verdict.differences(),
                "rulebook": carried.rulebook, "today": today.digest().to_string(), "period": carried.period.to_string(),
            });
            if let Some(Today::Slip { slip, .. }) = verdict.today() {
                let sums = sums(slip).map(|(key, _, amount)| (key.to_owned(), amount.to_string().into()));
                json["today_gives"] = Json::Object(sums.into_iter().collect());
            }
            output.json(&json);
        } else {
            let mut text = verdict.sentence(&carried);
            let differences = verdict.differences();
            for one in differences.iter().take(TOLD) {
                text += &format!("\n  {one}");
            }
            if differences.len() > TOLD {
                text += &format!("\n  ……共 {} 处", differences.len());
            }
            if let Some(Today::Slip { slip, .. }) = verdict.today() {
                let sums = sums(slip).map(|(_, name, amount)| format!("{name} {}", amount.thousands()));
                text += &format!("\n现在的规则书算出：{}", sums.join("，"));
            }
            output.text(&text);
        }
        Ok(match verdict {
            Verdict::Unchanged | Verdict::Outdated { proved: true, .. } => Done::Clean,
            Verdict::Changed(_) | Verdict::Outdated { proved: false, .. } | Verdict::PageUnknown { .. } => Done::Failed,
        })
    }

    fn verdict(&self, bytes: &[u8], carried: &Carried, today: &Book) -> Result<Verdict, CliError> {
        let now = match again(today, carried) {
            Ok(slip) => {
                let differences = differs(carried, &slip);
                if differences.is_empty() {
                    // Another edition of the book with the same values gives the same page but for the digest that it
                    // prints.
                    return Ok(match self.page(bytes, carried, &slip)? {
                        Page::Same => Verdict::Unchanged,
                        Page::Other(what) => Verdict::Changed(vec![what]),
                        Page::SetOtherwise => Verdict::PageUnknown { today: None },
                    });
                }
                Today::Slip { differences, slip: Box::new(slip) }
            }
            Err(Trouble::Refused(reason)) => Today::None(reason),
            Err(Trouble::Cli(error)) => return Err(error),
        };
        if carried.rulebook == today.digest().to_string() {
            return Ok(Verdict::Changed(now.told()));
        }
        let Some(db) = &self.db else { return Ok(Verdict::Outdated { proved: false, today: now }) };
        let then = self.book_of_then(db, carried)?;
        let slip = match again(&then, carried) {
            Ok(slip) => slip,
            Err(Trouble::Refused(reason)) => {
                return Ok(Verdict::Changed(vec![format!("按当时的规则书算不出来：{reason}")]));
            }
            Err(Trouble::Cli(error)) => return Err(error),
        };
        let differences = differs(carried, &slip);
        if !differences.is_empty() {
            return Ok(Verdict::Changed(differences.iter().map(told).collect()));
        }
        Ok(match self.page(bytes, carried, &slip)? {
            Page::Same => Verdict::Outdated { proved: true, today: now },
            Page::Other(what) => Verdict::Changed(vec![what]),
            Page::SetOtherwise => Verdict::PageUnknown { today: Some(now) },
        })
    }

    /// Whether the pages are as this program makes them from a slip.
    fn page(&self, bytes: &[u8], carried: &Carried, slip: &Slip) -> Result<Page, CliError> {
        let Some(worker) = carried.inputs.worker() else { return Ok(Page::SetOtherwise) };
        let frame = PayslipFrame {
            period: carried.period.first_day(),
            paid_on: carried.paid_on,
            rulebook: carried.rulebook.clone(),
            // A number that was masked when it was written stays as it is.
            full_id: true,
        };
        let made = payslip(&worker, slip, &frame, &BTreeMap::new()).map_err(|error| self.fault(&error))?;
        let pages = |pdf: &[u8], password| page_contents(pdf, password).map_err(|error| self.fault(&error));
        let (theirs, ours) = (pages(bytes, self.password.as_deref())?, pages(&made, None)?);
        if theirs == ours {
            return Ok(Page::Same);
        }
        let setting = payslip_setting(slip).map_err(|error| self.fault(&error))?;
        if carried.setting.as_ref() != Some(&setting) {
            return Ok(Page::SetOtherwise);
        }
        if theirs.len() != ours.len() {
            return Ok(Page::Other(format!("有 {} 页，应有 {} 页", theirs.len(), ours.len())));
        }
        let page = theirs.iter().zip(&ours).position(|(theirs, ours)| theirs != ours).unwrap_or_default();
        Ok(Page::Other(format!("第 {} 页印的不是所附的内容", page.saturating_add(1))))
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
                setting: taken("setting"),
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

/// The figures of a file that a slip has otherwise.
fn differs(carried: &Carried, slip: &Slip) -> Vec<Difference> {
    let computed = serde_json::from_str(&carried.inputs.result(slip)).unwrap_or_default();
    differences(&carried.result, &computed)
}

fn told(difference: &Difference) -> String {
    let Difference { place, one, other } = difference;
    format!("{place}：文件上是 {one}，重算是 {other}")
}

/// What a person asks for first, with the key of the result and the name.
fn sums(slip: &Slip) -> [(&'static str, &'static str, Money); 5] {
    [
        ("gross", "应发", slip.gross),
        ("own_total", "个人缴费", slip.own_total),
        ("tax", "个人所得税", slip.tax),
        ("net", "实发", slip.net),
        ("employer_cost", "用人单位成本", slip.employer_cost),
    ]
}

impl Today {
    fn told(&self) -> Vec<String> {
        match self {
            Self::Slip { differences, .. } => differences.iter().map(told).collect(),
            Self::None(reason) => vec![format!("现在算不出来：{reason}")],
        }
    }
}

impl Verdict {
    fn word(&self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Changed(_) => "changed",
            Self::Outdated { proved: true, .. } => "outdated",
            Self::Outdated { proved: false, .. } => "unproved",
            Self::PageUnknown { .. } => "page_unknown",
        }
    }

    fn today(&self) -> Option<&Today> {
        match self {
            Self::Unchanged | Self::Changed(_) => None,
            Self::Outdated { today, .. } => Some(today),
            Self::PageUnknown { today } => today.as_ref(),
        }
    }

    /// Where it differs: from what it should say, or from what the rules of today give.
    fn differences(&self) -> Vec<String> {
        match self {
            Self::Changed(what) => what.clone(),
            _ => self.today().map(Today::told).unwrap_or_default(),
        }
    }

    fn sentence(&self, carried: &Carried) -> String {
        let first = self.differences().into_iter().next().unwrap_or_default();
        match self {
            Self::Unchanged => "没有改动：页面、附件与重算的结果一致".to_owned(),
            Self::Changed(_) => format!("有改动：{first}"),
            Self::Outdated { proved: true, .. } => {
                format!("没有改动，按当时的规则书是对的；按现在的规则书会不同：{first}")
            }
            Self::Outdated { proved: false, .. } => format!(
                "与现在的规则书算出的不同：{first}。文件写明的规则书是 {}，不是现在的；有账本的，用 --db 取出当时的规则书再核对",
                carried.rulebook
            ),
            Self::PageUnknown { today } => {
                let setting = carried.setting.as_deref().unwrap_or("未写明");
                let now = today.as_ref().map_or(String::new(), |_| format!("按现在的规则书会不同：{first}。"));
                format!(
                    "附件与重算的结果一致。{now}页面是另一版程序或模板（{setting}）排印的，不能逐字比对：请把页面上的数与附件 result.json 对照"
                )
            }
        }
    }
}
