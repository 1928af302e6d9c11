//! What can go wrong with a ledger, in words that say how to mend it.

use std::path::Path;

use super::{
    dialect::Dialect,
    lifecycle::{State, Step},
    model::{Act, RunKey},
};

/// A ledger, and what is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("账本 {place}：{problem}")]
pub struct StoreError {
    /// The ledger's file, or its server without the password.
    pub place: String,
    /// What is wrong.
    #[source]
    pub problem: Problem,
}

impl StoreError {
    /// A problem of the ledger at a place, which is told without the password.
    #[must_use]
    pub fn at(place: &Path, problem: Problem) -> Self {
        Self { place: Dialect::shown(place), problem }
    }
}

/// What is wrong with a ledger, or with what it was asked to do.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// There is no such file, and none was to be made.
    #[error("没有这个文件。请检查路径；新账本由第一次记账建立")]
    NotFound,
    /// The file is no SQLite database, or the database is one that something else made. It was not touched.
    #[error("这不是工尺的账本。请换一个文件名（或另一个空的数据库），或指向原来的账本")]
    NotALedger,
    /// The file begins as SQLite's do, and cannot be read as one: cut off, or overwritten.
    #[error("这个文件不是账本，或者已经损坏、不完整。请核对路径；确是账本的，保留原文件，从备份恢复")]
    Unreadable,
    /// A newer version made the ledger.
    #[error("账本格式为第 {found} 版，本程序只认到第 {known} 版。请升级本程序后再打开")]
    Newer {
        /// The version of the ledger.
        found: i64,
        /// The newest version that this program reads.
        known: i64,
    },
    /// Another writer held the ledger for longer than we wait.
    #[error("账本正被另一个程序写入。请等它结束后重试")]
    Locked,
    /// The disk, or the quota, is full. Nothing of the transaction was kept.
    #[error("磁盘空间不足，本次没有写入任何内容。请腾出空间后重试")]
    Full,
    /// The file, or its folder, may not be written to.
    #[error("没有写入权限。请检查文件及其所在文件夹的权限")]
    ReadOnly,
    /// The file cannot be opened: no such folder, or no permission.
    #[error("无法打开。请检查所在文件夹是否存在、是否有读写权限")]
    CannotOpen,
    /// Reading or writing failed beneath the database.
    #[error("磁盘读写失败（{0}）。请检查磁盘与网络驱动器，账本宜放在本机磁盘")]
    Disk(String),
    /// The file, or a row of it, is damaged.
    #[error("账本已损坏（{0}）。请保留原文件，从备份恢复")]
    Corrupted(String),
    /// A row that was to be carried from is not what its hash was made of.
    #[error("第 {id} 行（{row}）被改动，与它的摘要不符，不能据以累计。请用 gongche ledger verify 核对账本，从备份恢复")]
    Tampered {
        /// The number of the row.
        id: i64,
        /// What it is and whose.
        row: String,
    },
    /// One run has two slips of one worker.
    #[error("工号 {0} 在同一批次中出现了两次。每人每批次只能有一张工资单")]
    DuplicateWorker(String),
    /// A run names a rule book that was not kept first.
    #[error("规则书 {0} 尚未存入账本，工资单不能引用它")]
    BookNotKept(String),
    /// A digest is already taken by a rule book of other content.
    #[error("账本中已有摘要为 {0} 的规则书，但内容不同")]
    BookDiffers(String),
    /// A step that a run cannot take from where it stands.
    #[error("{run}{}，不能{step}。{}", state.name(), remedy(*state))]
    WrongState {
        /// The run.
        run: RunKey,
        /// Where it stands.
        state: State,
        /// What was to be done.
        step: Step,
    },
    /// The books of the period are shut.
    #[error("{} {} 已关账，不能再改。差额放进以后的月份（gongche arrears），确要改的先重开（gongche run reopen）", run.payer, run.period)]
    PeriodClosed {
        /// The run that was to be changed or added.
        run: RunKey,
    },
    /// There is nothing to let through.
    #[error("{run}没有可以批准的试算。先试算（gongche run preview），再由另一人批准")]
    NoPreview {
        /// The run.
        run: RunKey,
    },
    /// What was previewed is not what would be let through.
    #[error(
        "{run}的试算已经失效（{act}）：名单、规则或账本在那以后有改动。请重新试算（gongche run preview），核对后再批准"
    )]
    StalePreview {
        /// The run.
        run: RunKey,
        /// Who previewed it, and when.
        act: Box<Act>,
    },
    /// Who prepared a run was to let it through.
    #[error("试算人和批准人都是“{by}”。批准要由另一人作出（--by 由本人自报，本程序不核实身份）")]
    OwnApproval {
        /// Who.
        by: String,
    },
    /// A step that would lie before the one that it follows.
    #[error("{run}：操作时间 {at} 早于上一步（{last}）。核对 --at；不写就是现在")]
    Backwards {
        /// The run.
        run: RunKey,
        /// When the step is said to be taken.
        at: String,
        /// The step before.
        last: Box<Act>,
    },
    /// A run was to go through in one step, which the ledger does not allow.
    #[error("这个账本要有人批准：先试算（gongche run preview），再由另一人批准（gongche run approve）")]
    ApprovalRequired,
    /// A run was to be previewed, which the ledger does not know.
    #[error("这个账本不用批准，一步记账（gongche pay --db）。要批准的账本在新建时加 --approval")]
    ApprovalUnknown,
    /// Only a new ledger can be one with approval.
    #[error("账本里已有记录，不能再改为要批准的账本。请用 --approval 另建一个")]
    NotEmpty,
    /// Somebody booked arrears while others were found.
    #[error("比对期间另一个程序记入了补差，本次没有写入。请重新比对（gongche arrears）")]
    BookedSince,
    /// What was computed could not be read back while it was written.
    #[error("读不回核算的中间结果（{0}）。请检查输出文件夹所在的磁盘")]
    Spool(String),
    /// The server of the database does not answer, or does not let us in.
    #[error("连不上数据库服务器（{0}）。请检查地址、用户名、口令和网络")]
    Unreachable(String),
    /// Anything else the database says.
    #[error("数据库出错（{0}）")]
    Database(String),
}

/// What can be done with a run that stands where it does.
fn remedy(state: State) -> String {
    let steps: Vec<&str> = Step::ALL.into_iter().filter(|step| state.after(*step).is_some()).map(Step::name).collect();
    if steps.is_empty() { String::new() } else { format!("可以：{}", steps.join("、")) }
}
