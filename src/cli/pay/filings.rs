//! The files that go out of a run: the tax client's imports, the declarations of insurance and fund, the bank's batch,
//! the entries for the books, and all figures as CSV; for each payer apart.

use super::{
    files::{Staged, internal},
    order::Run,
    people::Computed,
    spool::BLOCK,
    statements,
};
use crate::{
    cli::error::CliError,
    exchange::{
        figures::{self, Figures, Pattern, Payments},
        journal::{Accounts, JournalError},
        layout::{Filling, Layout, LeftOut},
        workbook::{Cell, Delimited, Kind, LinesWriter, Sheet, WorkbookError, to_xlsx},
    },
    quantity::Money,
    rulebook::Book,
};
use clap::Args;
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

/// Which files go out, besides those of the month's own layouts.
#[derive(Args, Default)]
pub(in crate::cli) struct Outgoing {
    /// 银行代发文件的布局（.toml）；写了就生成代发文件
    #[arg(long, value_name = "文件")]
    bank: Option<PathBuf>,
    /// 记账凭证的科目对照（.toml）；不写就用通用的
    #[arg(long, value_name = "文件")]
    accounts: Option<PathBuf>,
    /// 指定某种申报表的版本，如 tax-wage@2024；可写多次
    #[arg(long, value_name = "布局")]
    layout: Vec<String>,
    /// 另把全部工资条合成一份 PDF，供打印
    #[arg(long)]
    pub(super) print: bool,
    /// 工资条和所附数据里的证件号码写全；不写就只留末四位
    #[arg(long)]
    pub(super) full_id: bool,
    /// 给每份工资条加打开密码（AES-256），写法如 {id_number:-6}（证件号码后六位）、{birth_date}、{number}
    #[arg(long, value_name = "写法")]
    slip_password: Option<String>,
    #[command(flatten)]
    statement: statements::Wanted,
}

/// The folder of the files.
pub(super) const FOLDER: &str = "filings";

const FIGURES: &str = "figures.csv";
const JOURNAL: &str = "journal.xlsx";
const LEFT_OUT: &str = "left-out.xlsx";
const GENERIC_ACCOUNTS: &str = include_str!("../../../templates/exchange/accounts.toml");

/// Of those whom a file does not list, how many are named on the screen.
pub(super) const TOLD: usize = 5;

/// What is to be said of the files of a run.
#[derive(Default)]
pub(super) struct Filings {
    pub(super) payouts: Vec<Payout>,
    pub(super) left_out: Vec<(String, LeftOut)>,
    /// Why there are no entries for the books, and what else is to be said.
    remarks: Vec<String>,
    /// What stands to be known of files of their kind, whatever is in them.
    pub(super) notices: BTreeSet<String>,
}

/// What a bank is told to pay.
pub(super) struct Payout {
    pub(super) title: String,
    pub(super) payer: String,
    pub(super) rows: usize,
    pub(super) total: Money,
    /// How many it does not list.
    pub(super) left_out: usize,
}

/// The layouts of a run, read and checked before anything is computed.
pub(super) struct Chosen<'l> {
    shipped: Vec<&'l Layout>,
    bank: Option<Layout>,
    accounts: Accounts,
    /// Whether the mapping is the user's own.
    own_accounts: bool,
    password: Option<Pattern>,
    statement: &'l statements::Wanted,
}

impl Outgoing {
    /// Reads the user's layouts, and chooses the vintages of the others for a month.
    pub(super) fn chosen(&self, book: &Book, month: &str) -> Result<Chosen<'_>, CliError> {
        let ids = ids(book);
        let mut shipped = Layout::of_month(month);
        for wanted in &self.layout {
            let Some(layout) = Layout::shipped().iter().find(|one| one.schema == *wanted) else {
                let known: Vec<&str> = Layout::shipped().iter().map(|one| one.schema.as_str()).collect();
                let error = CliError::input("layout", format!("没有布局“{wanted}”")).at("--layout");
                return Err(error.hint(format!("可选：{}", known.join("、"))));
            };
            shipped.retain(|one| one.family() != layout.family());
            shipped.push(layout);
        }
        let bank = self.bank.as_deref().map(|path| {
            let fault = |error: String| CliError::input("layout", error).at(path.display().to_string());
            let layout = Layout::read(&read(path)?).map_err(|error| fault(error.to_string()))?;
            layout.check(&ids).map_err(|error| fault(error.to_string()))?;
            Ok::<_, CliError>(layout.by_payment())
        });
        let (text, place) = match &self.accounts {
            Some(path) => (read(path)?, path.display().to_string()),
            None => (GENERIC_ACCOUNTS.to_owned(), "accounts.toml".to_owned()),
        };
        let fault = |error: JournalError| CliError::input("accounts", error.to_string()).at(place.clone());
        let accounts = Accounts::read(&text).map_err(fault)?;
        accounts.check(&ids).map_err(fault)?;
        let password = self.slip_password.as_deref().map(Pattern::read).transpose().map_err(|problem| {
            CliError::input("password", problem).at("--slip-password").hint("例如 --slip-password '{id_number:-6}'")
        })?;
        Ok(Chosen {
            shipped,
            bank: bank.transpose()?,
            accounts,
            own_accounts: self.accounts.is_some(),
            password,
            statement: &self.statement,
        })
    }
}

impl Chosen<'_> {
    /// What the passwords of slips are made of; nothing where slips are open.
    pub(super) fn password(&self) -> Option<&Pattern> {
        self.password.as_ref()
    }

    /// Makes the files of a run.
    pub(super) fn fill(&self, run: &Run, staged: &mut Staged<'_>) -> Result<Filings, CliError> {
        let apart = run.tally.payers.len() > 1;
        let mut filings = Filings::default();
        for (payer, positions) in &run.tally.payers {
            let folder = Path::new(FOLDER);
            let folder = if apart { folder.join(super::files::plain(payer)) } else { folder.to_owned() };
            Filing { chosen: self, run, positions, folder, staged }.write(payer, &mut filings)?;
        }
        if let Some(mut statements) = self.statement.begin()?.filter(|_| !run.people.is_empty()) {
            run.people.all(|one| statements.add(&one.worker, &one.slip))?;
            filings.remarks.append(&mut statements.write(run, staged)?);
        }
        Ok(filings)
    }
}

/// The files of one payer.
struct Filing<'f, 'o> {
    chosen: &'f Chosen<'f>,
    run: &'f Run,
    positions: &'f [usize],
    folder: PathBuf,
    staged: &'f mut Staged<'o>,
}

impl Filing<'_, '_> {
    /// What is known of each of the payer's people, one after the other, with all payments of each.
    fn each(&self, mut take: impl FnMut(&Payments) -> Result<(), CliError>) -> Result<(), CliError> {
        let month = self.run.period.to_string();
        let later = &self.run.tally.later;
        let further: BTreeSet<usize> = later.values().flatten().copied().collect();
        let mut firsts = self.positions.iter().copied().filter(|at| !further.contains(at)).peekable();
        while firsts.peek().is_some() {
            let block: Vec<usize> = firsts.by_ref().take(BLOCK).collect();
            let known = self.run.people.read(&block)?.into_par_iter().zip(block).map(|(first, at)| {
                let others = later.get(&at).map_or(Ok(Vec::new()), |others| self.run.people.read(others))?;
                let all = std::iter::once(&first).chain(&others).map(|one| known(one, &month, self.run));
                Payments::new(all.collect::<Result<_, _>>()?).map_err(|error| internal(&error))
            });
            known.collect::<Result<Vec<_>, CliError>>()?.iter().try_for_each(&mut take)?;
        }
        Ok(())
    }

    /// Writes all of them.
    fn write(mut self, payer: &str, filings: &mut Filings) -> Result<(), CliError> {
        let failed = |error: WorkbookError| internal(&error);
        let layouts: Vec<&Layout> = self.chosen.shipped.iter().copied().chain(&self.chosen.bank).collect();
        let mut fillings: Vec<Filling<'_>> =
            layouts.iter().map(|layout| layout.filling(self.staged.folder())).collect();
        let mut posting = self.chosen.accounts.posting();
        let mut posted = Ok(());
        let mut columns = figures::Columns::default();
        self.each(|person| {
            person.together().iter().for_each(|one| columns.see(one));
            for one in person.each() {
                if posted.is_ok() {
                    posted = posting.take(one);
                }
            }
            fillings.iter_mut().try_for_each(|filling| filling.take(person).map_err(failed))
        })?;
        self.figures(&columns)?;
        self.journal(posted.and_then(|()| posting.sheet(&self.run.period.to_string())), filings)?;
        let mut left_out: Vec<(String, LeftOut)> = Vec::new();
        for (layout, filling) in layouts.into_iter().zip(fillings) {
            let filled = filling.save(self.staged.folder()).map_err(failed)?;
            for name in &filled.files {
                let from = self.staged.folder().join(name);
                let to = self.staged.path(self.folder.join(name))?;
                fs::rename(from, &to).map_err(|error| super::cannot_write(&to, &error))?;
            }
            filings.notices.extend(layout.notice.clone().filter(|_| filled.rows > 0));
            if self.chosen.bank.as_ref().is_some_and(|bank| bank.schema == layout.schema) {
                filings.payouts.push(Payout {
                    title: layout.title.clone(),
                    payer: payer.to_owned(),
                    rows: filled.rows,
                    total: filled.total.unwrap_or(Money::ZERO),
                    left_out: filled.left_out.len(),
                });
            }
            left_out.extend(filled.left_out.into_iter().map(|one| (layout.title.clone(), one)));
        }
        if !left_out.is_empty() {
            let bytes = to_xlsx(&[left_out_sheet(&left_out)]).map_err(failed)?;
            self.staged.add(self.folder.join(LEFT_OUT), &bytes)?;
        }
        filings.left_out.append(&mut left_out);
        Ok(())
    }

    fn figures(&mut self, columns: &figures::Columns) -> Result<(), CliError> {
        let path = self.staged.path(self.folder.join(FIGURES))?;
        let failed = |error: std::io::Error| super::cannot_write(&path, &error);
        let file = BufWriter::new(fs::File::create(&path).map_err(failed)?);
        let mut lines = LinesWriter::new(file, &columns.headed(), Delimited::CSV).map_err(failed)?;
        self.each(|person| person.together().iter().try_for_each(|one| lines.push(&columns.row(one)).map_err(failed)))?;
        lines.finish().and_then(|mut file| file.flush()).map_err(failed)
    }

    fn journal(&mut self, posted: Result<Sheet, JournalError>, filings: &mut Filings) -> Result<(), CliError> {
        match posted {
            Ok(posted) => {
                let bytes = to_xlsx(&[posted]).map_err(|error| internal(&error))?;
                self.staged.add(self.folder.join(JOURNAL), &bytes)
            }
            Err(error) if self.chosen.own_accounts => {
                Err(CliError::input("accounts", error.to_string()).at("--accounts"))
            }
            // The generic mapping is ours to mend; nobody's pay waits for it.
            Err(error) => {
                filings.remarks.push(format!("没有写出 {JOURNAL}：{error}"));
                Ok(())
            }
        }
    }
}

fn known(one: &Computed, month: &str, run: &Run) -> Result<Figures, CliError> {
    Figures::of(&one.paid(), month, run.paying.paid_on).map_err(|error| internal(&error))
}

/// The password of a slip.
pub(super) fn password(run: &Run, one: &Computed, pattern: &Pattern) -> Result<String, CliError> {
    pattern.of(&known(one, &run.period.to_string(), run)?).ok_or_else(|| {
        let message = format!("{} {} 缺少组成密码的内容", one.worker.label(), one.worker.name);
        CliError::input("password", message).at("--slip-password")
    })
}

impl Filings {
    /// What is to be said of the files.
    pub(super) fn notes(&self) -> Vec<String> {
        let payout =
            |one: &Payout| format!("{}：{}，{} 笔，合计 {}", one.title, one.payer, one.rows, one.total.thousands());
        let mut notes: Vec<String> = self.payouts.iter().map(payout).chain(self.remarks.iter().cloned()).collect();
        let mut by_file: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (title, one) in &self.left_out {
            by_file.entry(title).or_default().push(&one.number);
        }
        notes.extend(by_file.into_iter().map(|(title, workers)| {
            let told = workers.iter().take(TOLD).copied().collect::<Vec<_>>().join("、");
            let more = if workers.len() > TOLD { " 等" } else { "" };
            format!("“{title}”没有列入 {} 人（{told}{more}），原因见 {FOLDER} 里的 {LEFT_OUT}", workers.len())
        }));
        notes
    }
}

/// What the rule book has ids for: `earning.base`, `line.pension_employee`.
fn ids(book: &Book) -> BTreeSet<String> {
    let members = |id: &str| {
        let entry = book.lexicon().find_anywhere(id).ok();
        entry.map(|entry| book.lexicon().members(entry)).unwrap_or_default()
    };
    let sides = ["employee", "employer"];
    let lines = members("social.line").iter().map(|line| line.id.as_str()).chain(["housing_fund"]);
    let keys = |line| sides.map(|side| ["line", "arrear"].map(|what| format!("{what}.{line}_{side}")));
    let lines = lines.flat_map(keys).flatten();
    let earnings = members("labour.pay_items.item").iter().map(|item| format!("earning.{}", item.id));
    lines.chain(earnings).chain(["earning.absence".to_owned()]).collect()
}

fn read(path: &Path) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "找不到这个文件".to_owned(),
            std::io::ErrorKind::InvalidData => "不是 UTF-8 文本".to_owned(),
            _ => format!("打不开（{error}）"),
        };
        CliError::input("read", reason).at(path.display().to_string())
    })
}

fn left_out_sheet(left_out: &[(String, LeftOut)]) -> Sheet {
    let mut sheet = Sheet::new("未列入的人")
        .column("文件", Kind::Text, 28)
        .column("工号", Kind::Text, 10)
        .column("姓名", Kind::Text, 10)
        .column("列", Kind::Text, 16)
        .column("问题", Kind::Text, 32)
        .column("如何改正", Kind::Text, 44);
    for (title, one) in left_out {
        let words = [title, &one.number, &one.name, &one.column, &one.problem, &one.remedy];
        sheet.push(words.map(Cell::text).into());
    }
    sheet
}
