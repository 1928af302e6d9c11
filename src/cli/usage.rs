//! What clap says of arguments, in Chinese: of those that it does not understand, and of those that there are.

use super::{error::CliError, output::Output};
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use std::{
    error::Error as _,
    ffi::OsString,
    io::{IsTerminal, Write},
    process::ExitCode,
};

/// Writes what is wrong with the arguments; help and version are no errors.
pub(super) fn report(error: &Error, arguments: &[OsString]) -> ExitCode {
    if !error.use_stderr() {
        print(error, std::io::stdout());
        return ExitCode::SUCCESS;
    }
    // A command alone: what is below it helps more than a complaint.
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        print(error, std::io::stderr());
        return ExitCode::from(2);
    }
    let asks_json = arguments.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json")
        || arguments.iter().any(|one| one == "--format=json");
    let complaint = CliError::input("usage", message(error));
    let complaint = match hint(error) {
        Some(hint) => complaint.hint(hint),
        None => complaint,
    };
    complaint.report(&Output::new(asks_json))
}

/// What clap has no templates for, longer texts before those that they contain.
const IN_CHINESE: [(&str, &str); 15] = [
    ("Usage: ", "用法："),
    ("Commands:", "命令："),
    ("Arguments:", "参数："),
    ("Options:", "选项："),
    ("通用选项:", "通用选项："),
    ("[OPTIONS]", "[选项]"),
    ("<COMMAND>", "<命令>"),
    ("[COMMAND]", "[命令]"),
    ("Print help (see a summary with '-h')", "显示帮助（-h 只显示摘要）"),
    ("Print help (see more with '--help')", "显示帮助（--help 更详细）"),
    ("Print help", "显示帮助"),
    ("Print version", "显示版本"),
    ("[default: ", "[默认："),
    ("[possible values: ", "[可以写："),
    ("Possible values:", "可以写："),
];

fn in_chinese(text: &str) -> String {
    IN_CHINESE.iter().fold(text.to_owned(), |text, (english, chinese)| text.replace(english, chinese))
}

/// Writes help or version. A closed pipe is no reason to fail.
fn print(error: &Error, mut to: impl Write + IsTerminal) {
    let text = error.render();
    let text = if to.is_terminal() { text.ansi().to_string() } else { text.to_string() };
    let _ = write!(to, "{}", in_chinese(&text));
}

fn message(error: &Error) -> String {
    let told = |kind| texts(error, kind).join("、");
    let argument = told(ContextKind::InvalidArg);
    let value = told(ContextKind::InvalidValue);
    match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} 后面没有写值"),
        ErrorKind::InvalidValue => format!("{argument} 不能是「{value}」"),
        ErrorKind::ValueValidation => match error.source() {
            Some(source) => format!("{argument}：{source}"),
            None => format!("{argument} 不能是「{value}」"),
        },
        ErrorKind::UnknownArgument => format!("没有「{argument}」这个参数"),
        ErrorKind::InvalidSubcommand => format!("没有「{}」这个命令", told(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("还缺 {argument}"),
        ErrorKind::MissingSubcommand => "没有写要做什么".to_owned(),
        ErrorKind::ArgumentConflict if told(ContextKind::PriorArg) == argument => format!("{argument} 写了两次"),
        ErrorKind::ArgumentConflict => format!("{argument} 不能与 {} 同时写", told(ContextKind::PriorArg)),
        ErrorKind::TooManyValues => format!("{argument} 的值太多，多出「{value}」"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => format!("{argument} 的值的个数不对"),
        ErrorKind::NoEquals => format!("{argument} 与它的值之间要写等号"),
        ErrorKind::InvalidUtf8 => "参数里有不是 UTF-8 的字符".to_owned(),
        _ => error.to_string().trim_end().to_owned(),
    }
}

/// What was probably meant, else what may stand there, else how the command is written.
fn hint(error: &Error) -> Option<String> {
    let meant = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(meant) = meant.into_iter().flat_map(|kind| texts(error, kind)).next() {
        return Some(format!("是不是「{meant}」？"));
    }
    let known = texts(error, ContextKind::ValidValue);
    if !known.is_empty() {
        return Some(format!("可以写：{}", known.join("、")));
    }
    let usage = texts(error, ContextKind::Usage).into_iter().next()?;
    let usage = usage.trim_start_matches("Usage:").trim();
    Some(format!("写成 {}；全部参数见 --help", in_chinese(usage)))
}

fn texts(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}
