//! Small tools.

use super::{Done, error::CliError, output::Output};
use crate::quantity::{Money, capitals};
use clap::Args;
use serde_json::json;

/// 把金额写成大写
#[derive(Args)]
pub(super) struct Capitals {
    /// 金额，元，最多两位小数
    #[arg(value_name = "金额", allow_hyphen_values = true)]
    amount: String,
}

impl Capitals {
    pub(super) fn run(&self, output: &Output) -> Result<Done, CliError> {
        let amount =
            Money::parse(&self.amount).map_err(|error| CliError::input("amount", error.to_string()).at("金额"))?;
        let words = capitals(amount);
        if output.is_json() {
            output.json(&json!({ "amount": amount.to_string(), "capitals": words }));
        } else {
            output.text(&words);
        }
        Ok(Done::Clean)
    }
}
