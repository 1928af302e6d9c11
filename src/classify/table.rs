//! A table of an engagement file: what people wrote under its keys, each with its place.

use crate::rulebook::{Diagnostic, FileId, Located, Place, place};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The only radix of whole numbers that people are asked to write.
const DECIMAL: u32 = 10;

/// What stands behind a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A text; amounts and other fractions are texts too.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// `true` or `false`.
    Flag(bool),
    /// A date without time.
    Date(NaiveDate),
    /// A list.
    List(Vec<Located<Item>>),
    /// A table below.
    Table(Table),
}

/// A table with the place of everything in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// Where it begins.
    pub place: Place,
    items: BTreeMap<String, (Place, Located<Item>)>,
}

impl Item {
    /// What it is, for people.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "文字",
            Self::Whole(_) => "整数",
            Self::Flag(_) => "true 或 false",
            Self::Date(_) => "日期",
            Self::List(_) => "列表",
            Self::Table(_) => "表",
        }
    }

    /// A number or text as it is written.
    #[must_use]
    pub fn written(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Whole(number) => Some(number.to_string()),
            Self::Date(day) => Some(day.to_string()),
            Self::Flag(_) | Self::List(_) | Self::Table(_) => None,
        }
    }
}

impl Table {
    /// Reads a table; what no engagement may hold is reported and left out.
    pub(super) fn read(place_of_table: Place, table: &DeTable<'_>, sink: &mut Vec<Diagnostic>) -> Self {
        let file = place_of_table.file;
        let items = table.iter().filter_map(|(key, value)| {
            let item = item(file, value, sink)?;
            Some((key.get_ref().to_string(), (place(file, key.span()), item)))
        });
        Self { place: place_of_table, items: items.collect() }
    }

    /// What stands behind a key, with the place of the value.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Located<Item>> {
        self.items.get(key).map(|(_, item)| item)
    }

    /// Where a key stands.
    #[must_use]
    pub fn place_of_key(&self, key: &str) -> Option<Place> {
        self.items.get(key).map(|(place, _)| *place)
    }

    /// The text behind a key.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match &self.get(key)?.value {
            Item::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The date behind a key.
    #[must_use]
    pub fn date(&self, key: &str) -> Option<NaiveDate> {
        match self.get(key)?.value {
            Item::Date(day) => Some(day),
            _ => None,
        }
    }

    /// The answer behind a key.
    #[must_use]
    pub fn flag(&self, key: &str) -> Option<bool> {
        match self.get(key)?.value {
            Item::Flag(answer) => Some(answer),
            _ => None,
        }
    }

    /// The table behind a key.
    #[must_use]
    pub fn table(&self, key: &str) -> Option<&Self> {
        match &self.get(key)?.value {
            Item::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The keys in alphabetical order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.items.keys().map(String::as_str)
    }

    /// Whether nothing stands in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

fn item(file: FileId, value: &Spanned<DeValue<'_>>, sink: &mut Vec<Diagnostic>) -> Option<Located<Item>> {
    let at = place(file, value.span());
    let mut wrong = |message: &str, expected: &str, help: &str| {
        sink.push(Diagnostic::error("form", at, message, expected).help(help));
        None
    };
    let item = match value.get_ref() {
        DeValue::String(text) => Item::Text(text.to_string()),
        DeValue::Boolean(answer) => Item::Flag(*answer),
        DeValue::Integer(number) => match number.as_str().parse() {
            Ok(whole) if number.radix() == DECIMAL => Item::Whole(whole),
            _ => return wrong("这个整数太大，或者不是十进制", "应为十进制整数", "写成文字，加上引号"),
        },
        DeValue::Float(_) => return wrong("小数不能直接写", "小数一律写成文字", "加上引号，例如 \"4.5\"、\"12%\""),
        DeValue::Datetime(stamp) => match (stamp.date, stamp.time) {
            (Some(date), None) => {
                let day = NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into());
                match day {
                    Some(day) => Item::Date(day),
                    None => return wrong("没有这一天", "应为日历上有的日期", "例如 2026-07-01"),
                }
            }
            // A day that no calendar has is no TOML, and was reported as such.
            (None, None) => return None,
            _ => return wrong("这里是带时间的日期", "应为日期", "只写年月日，例如 2026-07-01"),
        },
        DeValue::Array(items) => Item::List(items.iter().filter_map(|one| self::item(file, one, sink)).collect()),
        DeValue::Table(table) => Item::Table(Table::read(at, table, sink)),
    };
    Some(Located { value: item, place: at })
}
