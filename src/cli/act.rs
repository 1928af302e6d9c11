//! Who takes a step, when and why.

use super::error::CliError;
use crate::store::{Act, invisible_in};
use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone as _};
use clap::Args;
use std::time::{SystemTime, UNIX_EPOCH};

/// Who, when and why; each transition in a ledger keeps the three.
#[derive(Args)]
pub(super) struct Actor {
    /// 谁在操作；由本人自报，程序不核实身份
    #[arg(long, value_name = "姓名")]
    by: Option<String>,
    /// 操作的时间，如 2026-09-30T17:00:00+08:00；不写就是现在（北京时间）。金额与它无关
    #[arg(long, value_name = "时间", value_parser = moment)]
    at: Option<String>,
    /// 事由
    #[arg(long, value_name = "文字")]
    why: Option<String>,
}

/// Beijing time, in seconds east of Greenwich.
const BEIJING: i32 = 8 * 60 * 60;

impl Actor {
    /// The act; who must be said, since of `what`.
    pub(super) fn act(&self, what: &str) -> Result<Act, CliError> {
        // Of what nobody sees only plain spaces at the ends are let pass: two names that look the same are one person.
        let by = self.by.as_deref().map(|by| by.trim_matches(' ')).filter(|by| !by.is_empty());
        let Some(by) = by else {
            return Err(CliError::input("by", format!("{what}，要写明是谁")).at("--by").hint("加 --by 姓名"));
        };
        if let Some(hidden) = invisible_in(by) {
            let message = format!("姓名“{by}”里有看不见的字符（U+{:04X}）", u32::from(hidden));
            return Err(CliError::input("by", message).at("--by").hint("重新键入姓名，不要粘贴；词与词之间用半角空格"));
        }
        let at = self.at.clone().map_or_else(now, Ok)?;
        Ok(Act { by: by.to_owned(), at, why: self.why.clone().unwrap_or_default().trim().to_owned() })
    }

    /// The act, of which the reason must be said as well.
    pub(super) fn reasoned(&self, what: &str) -> Result<Act, CliError> {
        let act = self.act(what)?;
        if act.why.is_empty() {
            return Err(CliError::input("why", format!("{what}，要写明事由")).at("--why").hint("加 --why 事由"));
        }
        Ok(act)
    }
}

/// The present moment. No figure depends on it.
fn now() -> Result<String, CliError> {
    let unreadable = || CliError::input("at", "读不出系统时间").at("--at").hint("加 --at 写明时间");
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| unreadable())?.as_secs();
    let zone = FixedOffset::east_opt(BEIJING).ok_or_else(unreadable)?;
    let moment = i64::try_from(seconds).ok().and_then(|seconds| zone.timestamp_opt(seconds, 0).single());
    Ok(moment.ok_or_else(unreadable)?.to_rfc3339_opts(SecondsFormat::Secs, false))
}

/// A moment as ISO 8601, with its zone or in Beijing time; a day alone is its first moment.
fn moment(text: &str) -> Result<String, String> {
    let told = || format!("“{text}”不是时间，例如 2026-09-30T17:00:00+08:00");
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(moment.to_rfc3339_opts(SecondsFormat::Secs, false));
    }
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M"))
        .ok()
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0));
    let zone = FixedOffset::east_opt(BEIJING);
    let moment = local.zip(zone).and_then(|(local, zone)| zone.from_local_datetime(&local).single());
    moment.map(|moment| moment.to_rfc3339_opts(SecondsFormat::Secs, false)).ok_or_else(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_kept_with_its_zone() {
        for (text, kept) in [
            ("2026-09-30", "2026-09-30T00:00:00+08:00"),
            ("2026-09-30T17:05", "2026-09-30T17:05:00+08:00"),
            ("2026-09-30T17:05:09Z", "2026-09-30T17:05:09+00:00"),
            ("2026-09-30T17:05:09+08:00", "2026-09-30T17:05:09+08:00"),
        ] {
            assert_eq!(moment(text).as_deref(), Ok(kept));
        }
        assert!(moment("昨天").unwrap_err().contains("不是时间"));
        assert!(now().unwrap().ends_with("+08:00"));
    }
}
