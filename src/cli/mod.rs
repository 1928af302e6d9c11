//! The command line: words for people, JSON for machines, exit codes.
//!
//! Exit 0 done, 1 done with unlawful findings, 2 bad input, 3 the rule book does not cover it, 70 internal.

mod act;
mod arrears;
mod bonus;
mod book;
mod check;
mod compare;
mod difference;
mod draft;
mod error;
mod eval;
mod ledger;
mod net;
mod output;
mod pay;
mod quote;
mod reconcile;
mod review;
mod rules;
mod run;
mod table;
mod tools;
mod usage;
mod verify;

use clap::{Parser, Subcommand, ValueEnum};
use output::Output;
use std::{ffi::OsString, path::PathBuf, process::ExitCode};

/// 工尺：用一部注明日期和出处的规则库，回答三个问题：是什么关系，该付多少，最低合法价是多少。
#[derive(Parser)]
#[command(name = "gongche", version, disable_help_subcommand = true, next_help_heading = "通用选项")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// 输出格式
    #[arg(long, global = true, value_enum, default_value = "text", value_name = "格式")]
    format: Format,
    /// 读另一部规则库（目录），而不是程序自带的
    #[arg(long, global = true, value_name = "目录")]
    rules: Option<PathBuf>,
}

/// How results are written to standard output.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// 给人看的文字
    Text,
    /// 给程序读的 JSON
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// 全年一次性奖金单独计税还是并入：逐人比较，由本人选
    Bonus(bonus::Bonus),
    /// 认定一份用工是什么关系，为什么，有什么后果
    Check(check::Check),
    /// 起草与用工关系相应的协议
    Draft(draft::DraftCommand),
    /// 计算一个数，并说明它是怎么来的
    Eval(eval::Eval),
    /// 由税后倒算税前
    Net(Box<net::Net>),
    /// 核算一个月的工资
    Pay(pay::Pay),
    /// 让一批工资依次试算、批准、发放、关账
    #[command(subcommand)]
    Run(run::Run),
    /// 比对已发放的各月，把后来公布的规则带来的差额记到本期
    Arrears(arrears::Arrears),
    /// 核对账本，重算账本里的工资
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// 测算一份标书的报价
    Quote(Box<quote::QuoteArgs>),
    /// 对照一个月的承诺和实际支付
    Compare(compare::Compare),
    /// 审查别人起草的合同、采购文件或者规章制度
    Review(review::Review),
    /// 与税务、社保、公积金一方算出的数比对
    Reconcile(reconcile::Reconcile),
    /// 重算一份工资条，看它现在还对不对
    Verify(verify::Verify),
    /// 检查、查看和测试规则库
    #[command(subcommand)]
    Rules(rules::Rules),
    /// 把金额写成大写
    Capitals(tools::Capitals),
    /// 某日之后的第几个工作日
    Workdays(tools::Workdays),
}

/// Runs the command of some arguments, the program's name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&arguments) {
        Ok(arguments) => arguments,
        Err(error) => return usage::report(&error, &arguments),
    };
    let output = Output::new(arguments.format == Format::Json);
    let done = match arguments.command {
        Command::Bonus(bonus) => bonus.run(arguments.rules.as_deref(), &output),
        Command::Check(check) => check.run(arguments.rules.as_deref(), &output),
        Command::Draft(draft) => draft.run(arguments.rules.as_deref(), &output),
        Command::Eval(eval) => eval.run(arguments.rules.as_deref(), &output),
        Command::Net(net) => net.run(arguments.rules.as_deref(), &output),
        Command::Pay(pay) => pay.run(arguments.rules.as_deref(), &output),
        Command::Run(run) => run.run(arguments.rules.as_deref(), &output),
        Command::Arrears(arrears) => arrears.run(arguments.rules.as_deref(), &output),
        Command::Ledger(ledger) => ledger.run(&output),
        Command::Compare(compare) => compare.run(arguments.rules.as_deref(), &output),
        Command::Quote(quote) => quote.run(arguments.rules.as_deref(), &output),
        Command::Review(review) => review.run(arguments.rules.as_deref(), &output),
        Command::Reconcile(reconcile) => reconcile.run(&output),
        Command::Verify(verify) => verify.run(arguments.rules.as_deref(), &output),
        Command::Rules(rules) => rules.run(arguments.rules.as_deref(), &output),
        Command::Capitals(capitals) => capitals.run(&output),
        Command::Workdays(workdays) => workdays.run(arguments.rules.as_deref(), &output),
    };
    match done {
        Ok(code) => code.into(),
        Err(error) => error.report(&output),
    }
}

/// How a command ended that did what it was asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    /// Nothing to complain of.
    Clean,
    /// There are unlawful findings.
    Unlawful,
    /// What was to be shown right is wrong: an example that fails.
    Failed,
    /// Some of many rows were refused; the others are done.
    Rejected,
    /// Every row was refused, since the rule book covers none.
    Uncovered,
}

impl From<Done> for ExitCode {
    fn from(done: Done) -> Self {
        Self::from(match done {
            Done::Clean => 0,
            Done::Unlawful => 1,
            Done::Failed => 2,
            Done::Rejected => 2,
            Done::Uncovered => 3,
        })
    }
}
