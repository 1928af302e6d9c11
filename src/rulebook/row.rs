//! A TOML table held against its shape, and read by key.

use super::{
    diagnostic::Diagnostic,
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

pub(crate) fn place(file: FileId, range: Range<usize>) -> Place {
    Place { file, span: Span::new(range.start, range.end) }
}

/// A table of a file. Reading by key is lenient: what has the wrong form was reported by [`Row::examine`] and reads
/// as left out.
#[derive(Clone, Copy)]
pub(crate) struct Row<'t> {
    pub(crate) file: FileId,
    pub(crate) table: &'t DeTable<'t>,
    /// Where the table stands.
    pub(crate) place: Place,
}

impl<'t> Row<'t> {
    /// The whole of a file.
    pub(crate) fn new(file: FileId, table: &'t DeTable<'t>) -> Self {
        Self { file, table, place: place(file, 0..0) }
    }

    /// Reports every key that the shape does not know, every required key that is missing and every value of the
    /// wrong form, here and in all tables below.
    pub(crate) fn examine(self, shape: &Shape, sink: &mut Vec<Diagnostic>) {
        for (key, value) in self.table {
            let known = shape.keys.iter().find(|known| known.name == key.get_ref());
            match (known.map(|known| &known.form), &shape.others) {
                (Some(form), _) | (None, Some(form)) => self.examine_value(form, value, sink),
                (None, None) => sink.push(self.unknown_key(key, shape)),
            }
        }
        for Key { name, form, .. } in shape.keys.iter().filter(|key| key.required && !self.has(key.name)) {
            let report = Diagnostic::error("missing-key", self.place, format!("缺少「{name}」"), "这里");
            sink.push(report.help(format!("写上{}", form.written(name))));
        }
    }

    fn unknown_key(self, key: &Spanned<std::borrow::Cow<'_, str>>, shape: &Shape) -> Diagnostic {
        let word = key.get_ref();
        let names = || shape.keys.iter().map(|known| known.name);
        let known = format!("可用的键：{}", names().collect::<Vec<_>>().join("、"));
        let place = place(self.file, key.span());
        Diagnostic::error("unknown-key", place, format!("这里没有「{word}」这个键"), known).suggest(
            word,
            names(),
            "删去它，或改成可用的键",
        )
    }

    fn examine_value(self, form: &Form, value: &'t Spanned<DeValue<'t>>, sink: &mut Vec<Diagnostic>) {
        let at = place(self.file, value.span());
        let wrong = |expected: &str| {
            let (found, help) = match value.get_ref() {
                DeValue::Integer(_) | DeValue::Float(_) => {
                    ("数字", Some("数一律写成文字，加上引号，例如 \"5000\"、\"16%\""))
                }
                DeValue::String(_) if matches!(form, Form::Date) => ("文字", Some("日期不加引号")),
                DeValue::String(_) => ("这段文字", None),
                DeValue::Boolean(_) => ("true 或 false", None),
                DeValue::Datetime(_) if matches!(form, Form::Date) => {
                    ("带时间的日期", Some("只写年月日，例如 2026-07-01"))
                }
                DeValue::Datetime(_) => ("日期", Some("这里的日期要加引号")),
                DeValue::Array(_) => ("列表", None),
                DeValue::Table(_) => ("表", None),
            };
            let report = Diagnostic::error("form", at, format!("这里是{found}"), format!("应为{expected}"));
            match help {
                Some(help) => report.help(help),
                None => report,
            }
        };
        match (form, value.get_ref()) {
            (Form::Text, DeValue::String(_)) | (Form::Flag, DeValue::Boolean(_)) => {}
            (Form::Number, DeValue::String(_) | DeValue::Integer(_) | DeValue::Float(_)) => {}
            (Form::Text, _) => sink.push(wrong("文字")),
            (Form::Number, _) => sink.push(wrong("数字，例如 30、\"5000.00\" 或 \"16%\"")),
            (Form::Flag, _) => sink.push(wrong("true 或 false")),
            (Form::OneOf(words), DeValue::String(word)) if words.contains(&word.as_ref()) => {}
            (Form::OneOf(words), DeValue::String(word)) => {
                let report = Diagnostic::error("form", at, format!("「{word}」不在可选之列"), "写错了");
                let all = format!("可选：{}", words.join("、"));
                sink.push(report.suggest(word, words.iter().copied(), &all));
            }
            (Form::OneOf(words), _) => sink.push(wrong(&words.join("、"))),
            (Form::Date, found) if date(found).is_some() => {}
            // A day that no calendar has is no TOML, and was reported as such.
            (Form::Date, DeValue::Datetime(stamp)) if stamp.time.is_none() => {}
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
        let text = match value.get_ref() {
            DeValue::Integer(number) => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            other => other.as_str()?,
        };
        let text = text.to_owned();
        Some(Located { value: text, place: place(self.file, value.span()) })
    }

    pub(crate) fn text(self, key: &str) -> Option<Located<String>> {
        self.located(self.get(key)?)
    }

    /// A text without its place.
    pub(crate) fn string(self, key: &str) -> Option<String> {
        self.text(key).map(|text| text.value)
    }

    pub(crate) fn date(self, key: &str) -> Option<NaiveDate> {
        date(self.get(key)?.get_ref())
    }

    pub(crate) fn dates(self, key: &str) -> Vec<NaiveDate> {
        match self.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(items)) => items.iter().filter_map(|item| date(item.get_ref())).collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn flag(self, key: &str) -> bool {
        self.flag_or(key, false)
    }

    pub(crate) fn flag_or(self, key: &str, left_out: bool) -> bool {
        self.get(key).and_then(|value| value.get_ref().as_bool()).unwrap_or(left_out)
    }

    /// Where the value of a key stands; where it is left out, the table.
    pub(crate) fn place_of(self, key: &str) -> Place {
        self.get(key).map_or(self.place, |value| place(self.file, value.span()))
    }

    pub(crate) fn has(self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A list of texts, or one text as a list of one.
    pub(crate) fn texts(self, key: &str) -> Option<Vec<Located<String>>> {
        Some(self.texts_of(self.get(key)?))
    }

    pub(crate) fn texts_of(self, value: &'t Spanned<DeValue<'t>>) -> Vec<Located<String>> {
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(|item| self.located(item)).collect(),
            _ => self.located(value).into_iter().collect(),
        }
    }

    pub(crate) fn table(self, key: &str) -> Option<Row<'t>> {
        self.row(self.get(key)?)
    }

    pub(crate) fn tables(self, key: &str) -> Vec<Row<'t>> {
        match self.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(items)) => items.iter().filter_map(|item| self.row(item)).collect(),
            _ => Vec::new(),
        }
    }

    /// The entries of a table below, in the order in which they are written.
    pub(crate) fn items(self, key: &str) -> Vec<(Located<String>, &'t Spanned<DeValue<'t>>)> {
        let Some(table) = self.get(key).and_then(|value| value.get_ref().as_table()) else { return Vec::new() };
        self.keys_of(table)
    }

    /// The keys of a table in the order in which they are written.
    pub(crate) fn keys_of(self, table: &'t DeTable<'t>) -> Vec<(Located<String>, &'t Spanned<DeValue<'t>>)> {
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
    pub(crate) fn rows(self, key: &str) -> Vec<(Located<String>, Row<'t>)> {
        self.items(key).into_iter().filter_map(|(id, value)| Some((id, self.row(value)?))).collect()
    }

    /// The texts of a table below, by id, in the order in which they are written.
    pub(crate) fn pairs(self, key: &str) -> Vec<(Located<String>, Located<String>)> {
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
