//! What can go wrong with a ledger, in words that say how to mend it.

use std::path::PathBuf;

/// A ledger, and what is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("账本 {}：{problem}", path.display())]
pub struct StoreError {
    /// The ledger's file.
    pub path: PathBuf,
    /// What is wrong.
    #[source]
    pub problem: Problem,
}

/// What is wrong with a ledger, or with what it was asked to do.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// There is no such file, and none was to be made.
    #[error("没有这个文件。请检查路径；新账本由第一次记账建立")]
    NotFound,
    /// The file is no SQLite database, or one that something else made. It was not touched.
    #[error("这个文件不是工尺的账本。请换一个文件名，或指向原来的账本")]
    NotALedger,
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
    /// One run has two slips of one worker.
    #[error("工号 {0} 在同一批次中出现了两次。每人每批次只能有一张工资单")]
    DuplicateWorker(String),
    /// A run names a rule book that was not kept first.
    #[error("规则书 {0} 尚未存入账本，工资单不能引用它")]
    BookNotKept(String),
    /// A digest is already taken by a rule book of other content.
    #[error("账本中已有摘要为 {0} 的规则书，但内容不同")]
    BookDiffers(String),
    /// A transition names a run that is not there.
    #[error("账本中没有编号为 {0} 的批次")]
    UnknownRun(i64),
    /// A transition starts from a state in which the run no longer is.
    #[error("批次 {run} 的状态是“{found}”，不是“{expected}”。请重新查看后再操作")]
    StateMoved {
        /// The run.
        run: i64,
        /// Its state in the ledger.
        found: String,
        /// The state that the transition starts from.
        expected: String,
    },
    /// Anything else the database says.
    #[error("数据库出错（{0}）")]
    Database(#[source] sqlx::Error),
}
