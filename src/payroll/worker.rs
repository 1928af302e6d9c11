//! Who a slip is for.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Who is paid, by whom and for what; nothing here is computed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worker {
    /// 工号.
    pub number: String,
    /// 笔次: which of the person's payments in the run it is, from 1.
    pub part: u32,
    /// 姓名.
    pub name: String,
    /// 证件类型.
    pub id_kind: String,
    /// 证件号码, in full.
    pub id_number: String,
    /// 用工形式, for people: 全日制.
    pub engagement: String,
    /// The relation, for programs: `employment`.
    pub relation: String,
    /// 扣缴义务人.
    pub payer: String,
    /// 岗位.
    pub post: String,
    /// 部门.
    pub department: String,
    /// 项目.
    pub project: String,
    /// 参保地, by name.
    pub insured_at: String,
    /// 公积金缴存地, by name.
    pub fund_at: String,
    /// 工作地, by name.
    pub works_at: String,
    /// 任职受雇日期.
    pub hired: NaiveDate,
    /// 银行账号; empty where it was not given.
    pub bank_account: String,
}

impl Worker {
    /// 工号, with the payment where it is not the first: what tells the slips of a run apart.
    #[must_use]
    pub fn label(&self) -> String {
        label(&self.number, self.part)
    }

    /// The identity number with all but the last four characters masked.
    #[must_use]
    pub fn masked_id(&self) -> String {
        masked(&self.id_number)
    }

    /// The last four digits of the bank account.
    #[must_use]
    pub fn bank_tail(&self) -> String {
        let length = self.bank_account.chars().count();
        self.bank_account.chars().skip(length.saturating_sub(4)).collect()
    }
}

/// What tells the slips of a run apart: 工号, with the payment where it is not the first.
#[must_use]
pub fn label(number: &str, part: u32) -> String {
    if part == 1 { number.to_owned() } else { format!("{number}（第{part}笔）") }
}

/// All but the last four characters hidden, and all of fewer: what may be shown of an identity or account number.
#[must_use]
pub fn masked(number: &str) -> String {
    let length = number.chars().count();
    let shown = if length > 4 { 4 } else { 0 };
    number.chars().enumerate().map(|(place, c)| if place + shown < length { '*' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_show_their_last_four_characters_only() {
        assert_eq!(masked("530102199001010017"), "**************0017");
        assert_eq!(masked("12345"), "*2345");
        assert_eq!(masked("1234"), "****");
    }
}
