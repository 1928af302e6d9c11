//! A TOML table held against its shape, and read by key.

use super::{
    diagnostic::{Diagnostic, nearest},
    shape::{Form, Key, Shape},
    source::{FileId, Located, Place},
};
use crate::formula::Span;
use chrono::NaiveDate;
use std::ops::Range;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

pub(super) fn place(file: FileId, range: Range<usize>) -> Place {
    Place { file, span: Span::new(range.start, range.end) }
}

/// A table of a file. Reading by key is lenient: what has the wrong form was reported by [`Row::examine`] and reads
/// as left out.
#[derive(Clone, Copy)]
pub(super) struct Row<'t> {
    pub(super) file: FileId,
    pub(super) table: &'t DeTable<'t>,
    /// Where the table stands.
    pub(super) place: Place,
}

impl<'t> Row<'t> {
    /// Reports every key that the shape does not know, every required key that is missing and every value of the
    /// wrong form, here and in all tables below.
    pub(super) fn examine(self, shape: &Shape, sink: &mut Vec<Diagnostic>) {
        for (key, value) in self.table {
            let known = shape.keys.iter().find(|known| known.name == key.get_ref());
            match (known.map(|known| &known.form), &shape.others) {
                (Some(form), _) | (None, Some(form)) => self.examine_value(form, value, sink),
                (None, None) => sink.push(self.unknown_key(key, shape)),
            }
        }
        for Key { name, doc, .. } in shape.keys.iter().filter(|key| key.required) {
            if !self.table.contains_key(*name) {
                let message = format!("缺少键「{name}」（{doc}）");
                sink.push(Diagnostic::error("missing-key", self.place, message, format!("这里应写明 {name}")));
            }
        }
    }

    fn unknown_key(self, key: &Spanned<std::borrow::Cow<'_, str>>, shape: &Shape) -> Diagnostic {
        let word = key.get_ref();
        let names = || shape.keys.iter().map(|known| known.name);
        let expected = names().collect::<Vec<_>>().join("、");
        let place = place(self.file, key.span());
        let report = Diagnostic::error(
            "unknown-key",
            place,
            format!("这里没有「{word}」这个键"),
            format!("可用的键：{expected}"),
        );
        match nearest(word, names()) {
            Some(near) => report.help(format!("是不是「{near}」？")),
            None => report,
        }
    }

    fn examine_value(self, form: &Form, value: &'t Spanned<DeValue<'t>>, sink: &mut Vec<Diagnostic>) {
        let at = place(self.file, value.span());
        let wrong = |expected: &str| {
            let found = match value.get_ref() {
                DeValue::Integer(_) | DeValue::Float(_) => "数字（数字一律写成文字，例如 \"5000\"、\"16%\"）",
                DeValue::String(_) => "文字",
                DeValue::Boolean(_) => "true 或 false",
                DeValue::Datetime(_) => "日期",
                DeValue::Array(_) => "列表",
                DeValue::Table(_) => "表",
            };
            Diagnostic::error("form", at, format!("这里是{found}"), format!("应为{expected}"))
        };
        match (form, value.get_ref()) {
            (Form::Text, DeValue::String(_)) | (Form::Flag, DeValue::Boolean(_)) => {}
            (Form::Text, _) => sink.push(wrong("文字")),
            (Form::Flag, _) => sink.push(wrong("true 或 false")),
            (Form::OneOf(words), DeValue::String(word)) if words.contains(&word.as_ref()) => {}
            (Form::OneOf(words), _) => {
                sink.push(wrong(&words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join("、")))
            }
            (Form::Date, found) if date(found).is_some() => {}
            (Form::Date, _) => sink.push(wrong("日期，例如 2026-07-01")),
            (Form::Dates, DeValue::Array(items)) => {
                for item in items {
                    self.examine_value(&Form::Date, item, sink);
                }
            }
            (Form::Dates, _) => sink.push(wrong("日期的列表")),
            (Form::Texts | Form::TextOrTexts, DeValue::Array(items)) => {
                for item in items {
                    self.examine_value(&Form::Text, item, sink);
                }
            }
            (Form::TextOrTexts, DeValue::String(_)) => {}
            (Form::Texts, _) => sink.push(wrong("文字的列表")),
            (Form::TextOrTexts, _) => sink.push(wrong("文字，或文字的列表")),
            (Form::TextMap | Form::TextsMap, DeValue::Table(items)) => {
                let each = if matches!(form, Form::TextMap) { &Form::Text } else { &Form::TextOrTexts };
                for item in items.values() {
                    self.examine_value(each, item, sink);
                }
            }
            (Form::Table(shape), DeValue::Table(_)) => {
                if let Some(row) = self.row(value) {
                    row.examine(shape, sink);
                }
            }
            (Form::TableMap(shape), DeValue::Table(items)) => {
                for item in items.values() {
                    self.examine_value(&Form::Table(shape), item, sink);
                }
            }
            (Form::Tables(shape), DeValue::Array(items)) => {
                for item in items {
                    self.examine_value(&Form::Table(shape), item, sink);
                }
            }
            (Form::TextMap | Form::TextsMap | Form::Table(_) | Form::TableMap(_), _) => sink.push(wrong("表")),
            (Form::Tables(_), _) => sink.push(wrong("表的列表")),
        }
    }

    fn get(self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    fn row(self, value: &'t Spanned<DeValue<'t>>) -> Option<Row<'t>> {
        let table = value.get_ref().as_table()?;
        Some(Row { file: self.file, table, place: self.heading(value) })
    }

    /// Where a table begins: for `[a.b]` its heading, for an inline table all of it.
    fn heading(self, value: &Spanned<DeValue<'_>>) -> Place {
        place(self.file, value.span())
    }

    fn located(self, value: &'t Spanned<DeValue<'t>>) -> Option<Located<String>> {
        let text = value.get_ref().as_str()?.to_owned();
        Some(Located { value: text, place: place(self.file, value.span()) })
    }

    pub(super) fn text(self, key: &str) -> Option<Located<String>> {
        self.located(self.get(key)?)
    }

    /// A text without its place.
    pub(super) fn string(self, key: &str) -> Option<String> {
        self.text(key).map(|text| text.value)
    }

    pub(super) fn date(self, key: &str) -> Option<NaiveDate> {
        date(self.get(key)?.get_ref())
    }

    pub(super) fn dates(self, key: &str) -> Vec<NaiveDate> {
        match self.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(items)) => items.iter().filter_map(|item| date(item.get_ref())).collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn flag(self, key: &str) -> bool {
        self.flag_or(key, false)
    }

    pub(super) fn flag_or(self, key: &str, left_out: bool) -> bool {
        self.get(key).and_then(|value| value.get_ref().as_bool()).unwrap_or(left_out)
    }

    /// A list of texts, or one text as a list of one.
    pub(super) fn texts(self, key: &str) -> Option<Vec<Located<String>>> {
        Some(self.texts_of(self.get(key)?))
    }

    pub(super) fn texts_of(self, value: &'t Spanned<DeValue<'t>>) -> Vec<Located<String>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.located(item)).collect(),
            _ => self.located(value).into_iter().collect(),
        }
    }

    pub(super) fn table(self, key: &str) -> Option<Row<'t>> {
        self.row(self.get(key)?)
    }

    pub(super) fn tables(self, key: &str) -> Vec<Row<'t>> {
        match self.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(items)) => items.iter().filter_map(|item| self.row(item)).collect(),
            _ => Vec::new(),
        }
    }

    /// The entries of a table below, in the order in which they are written.
    pub(super) fn items(self, key: &str) -> Vec<(Located<String>, &'t Spanned<DeValue<'t>>)> {
        let Some(table) = self.get(key).and_then(|value| value.get_ref().as_table()) else { return Vec::new() };
        self.keys_of(table)
    }

    /// The keys of a table in the order in which they are written.
    pub(super) fn keys_of(self, table: &'t DeTable<'t>) -> Vec<(Located<String>, &'t Spanned<DeValue<'t>>)> {
        let mut items: Vec<_> = table
            .iter()
            .map(|(key, value)| {
                let place = place(self.file, key.span());
                (Located { value: key.get_ref().to_string(), place }, value)
            })
            .collect();
        items.sort_by_key(|(key, _)| key.place.span.start);
        items
    }

    /// The tables of a table below, by id, in the order in which they are written.
    pub(super) fn rows(self, key: &str) -> Vec<(Located<String>, Row<'t>)> {
        self.items(key).into_iter().filter_map(|(id, value)| Some((id, self.row(value)?))).collect()
    }

    /// The texts of a table below, by id, in the order in which they are written.
    pub(super) fn pairs(self, key: &str) -> Vec<(Located<String>, Located<String>)> {
        self.items(key).into_iter().filter_map(|(id, value)| Some((id, self.located(value)?))).collect()
    }
}

/// A TOML date without time or zone.
fn date(value: &DeValue<'_>) -> Option<NaiveDate> {
    let stamp = value.as_datetime()?;
    match (stamp.date, stamp.time, stamp.offset) {
        (Some(date), None, None) => {
            NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
        }
        _ => None,
    }
}
