//! A statement as the view of `templates/statement.hbs`, whose shape is `templates/statement.view.json`: pay by group, the
//! employer's contributions by line, then what each item came to.

use super::{Entry, Statement, form::Notice};
use crate::{
    document::{
        DocumentError, Meta, render,
        words::{day, month, shortened},
    },
    quantity::{ArithmeticError, Money},
};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a statement says besides the amounts.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// The first day of the month.
    pub period: NaiveDate,
    /// The day of payment.
    pub paid_on: NaiveDate,
    /// The digest of the rule book.
    pub rulebook: &'a str,
    /// On what ground names are given; without one, numbers stand for them.
    pub named: Option<&'a str>,
}

impl Frame<'_> {
    /// 2026年9月
    pub(super) fn month(&self) -> String {
        month(self.period)
    }
}

impl Statement<'_> {
    /// What is said of names.
    pub(super) fn notice(&self, frame: &Frame<'_>) -> &Notice {
        if frame.named.is_some() { &self.form.named } else { &self.form.pseudonymous }
    }

    /// The statement as a PDF. Nothing is embedded in it: what it was computed from is the workers' own.
    ///
    /// # Errors
    /// Characters that no font has, sums beyond an amount.
    pub fn pdf(&self, frame: &Frame<'_>) -> Result<Vec<u8>, DocumentError> {
        let view = self.view(frame).map_err(|error| DocumentError::Pdf(error.to_string()))?;
        let title = [&self.form.title, &frame.month(), &self.project].map(String::as_str).join(" ");
        render("statement", &view, &BTreeMap::new(), &Meta { title: title.trim().to_owned(), created: frame.paid_on })
    }

    fn view(&self, frame: &Frame<'_>) -> Result<Value, ArithmeticError> {
        let mut columns = Columns::default();
        let has = |wanted: &dyn Fn(&Entry) -> Result<Money, ArithmeticError>| {
            let mut amounts = self.people.iter().map(wanted);
            amounts.any(|amount| amount != Ok(Money::ZERO))
        };
        for group in 0..=self.form.groups.len() {
            if has(&|one| one.paid(&self.items, true, Some(group))) {
                let amounts = self.each(|one| one.paid(&self.items, true, Some(group)))?;
                columns.put(self.form.heading(group), amounts)?;
            }
        }
        columns.put("应发合计", self.each(|one| Ok(one.gross))?)?;
        columns.put("单位社保费", self.each(|one| one.side(false))?)?;
        columns.put("单位公积金", self.each(|one| one.side(true))?)?;
        columns.put("成本合计", self.each(|one| Ok(one.cost))?)?;
        if has(&|one| one.paid(&self.items, false, None)) {
            columns.put("另：实物福利", self.each(|one| one.paid(&self.items, false, None))?)?;
        }
        let mut lines = Columns::default();
        for (id, name) in &self.lines {
            lines.put(name, self.each(|one| Ok(one.lines.get(id).copied().unwrap_or_default()))?)?;
        }
        if self.has_arrears() {
            lines.put("以前月份补差", self.each(|one| one.insurance_arrears.add(one.fund_arrears))?)?;
        }
        lines.put("单位缴纳合计", self.each(Entry::contributed)?)?;
        let who: Vec<String> = self
            .aliases()
            .map(|(alias, one)| match frame.named {
                Some(_) => format!("{} {}", one.number, one.name),
                None => alias,
            })
            .collect();
        let notice = self.notice(frame);
        Ok(json!({
            "title": self.form.title,
            "payer": self.payer,
            "project": self.project,
            "month": frame.month(),
            "paid_on": day(frame.paid_on),
            "people": self.size().to_string(),
            "who": if frame.named.is_some() { "工号、姓名" } else { "代号" },
            "notice": notice.sentence,
            "cite": notice.cite,
            "basis": frame.named.unwrap_or_default(),
            "pay": columns.view(&who),
            "lines": lines.view(&who),
            "items": self.item_totals()?,
            "rulebook": shortened(frame.rulebook),
        }))
    }

    /// What each item came to.
    fn item_totals(&self) -> Result<Vec<Value>, ArithmeticError> {
        let total = |(key, item): (&super::ItemKey, &super::Item)| {
            let amounts: Vec<Money> = self.people.iter().filter_map(|one| one.pay.get(key).copied()).collect();
            let name =
                if item.in_cash { item.name.clone() } else { format!("{}（实物，不计入合计）", item.name) };
            let (people, amount) = (amounts.len().to_string(), Money::sum(amounts)?.thousands());
            Ok(json!({ "group": self.form.heading(key.0), "name": name, "people": people, "amount": amount }))
        };
        self.items.iter().map(total).collect()
    }

    fn each(&self, amount: impl Fn(&Entry) -> Result<Money, ArithmeticError>) -> Result<Vec<Money>, ArithmeticError> {
        self.people.iter().map(amount).collect()
    }
}

/// Columns of amounts, a row a person, with totals.
#[derive(Default)]
struct Columns {
    headings: Vec<String>,
    amounts: Vec<Vec<Money>>,
    totals: Vec<Money>,
}

impl Columns {
    fn put(&mut self, heading: &str, amounts: Vec<Money>) -> Result<(), ArithmeticError> {
        self.headings.push(heading.to_owned());
        self.totals.push(Money::sum(amounts.iter().copied())?);
        self.amounts.push(amounts);
        Ok(())
    }

    fn view(&self, who: &[String]) -> Value {
        let cell = |amount: &Money| json!({ "amount": amount.thousands() });
        let row = |(at, who): (usize, &String)| {
            let cells: Vec<Value> = self.amounts.iter().filter_map(|column| column.get(at)).map(cell).collect();
            json!({ "who": who, "cells": cells })
        };
        json!({
            "columns": self.headings.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
            "rows": who.iter().enumerate().map(row).collect::<Vec<_>>(),
            "totals": self.totals.iter().map(cell).collect::<Vec<_>>(),
        })
    }
}
