//! Which column of a table is which of a roster's.

use std::collections::BTreeMap;

use thiserror::Error;

use super::columns::{COLUMNS, Column, Field, IGNORED};
use crate::{exchange::text::heading_key, rulebook::nearest};

/// Something wrong with the columns of a roster.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "each message says it")]
pub enum ColumnFault {
    #[error("不认识的列“{heading}”{}", hint(*.nearest))]
    Unknown { heading: String, nearest: Option<&'static str> },
    #[error("“{first}”和“{second}”是同一列（{heading}），请只留一列")]
    Twice { heading: &'static str, first: String, second: String },
    #[error("缺少必填列：{}。找到的列有：{}", .missing.join("、"), .found.join("、"))]
    Missing { missing: Vec<&'static str>, found: Vec<String> },
}

fn hint(nearest: Option<&str>) -> String {
    match nearest {
        Some(heading) => format!("，是不是“{heading}”？如果用不着，请删去这一列"),
        None => "；请改用模板里的列名，如果用不着，请删去这一列（gongche pay --template 可以生成模板）".to_owned(),
    }
}

/// Where each column stands among the headings; `with_wage`: whether there must be one for the wage.
pub(super) fn places(headings: &[String], with_wage: bool) -> Result<BTreeMap<Field, usize>, Vec<ColumnFault>> {
    let mut places = BTreeMap::new();
    let mut faults = Vec::new();
    for (place, heading) in headings.iter().enumerate() {
        match Field::of_heading(heading) {
            Some(field) => {
                if let Some(first) = places.insert(field, place) {
                    let (first, second) = (headings[first].clone(), heading.clone());
                    faults.push(ColumnFault::Twice { heading: field.column().heading, first, second });
                }
            }
            None if IGNORED.contains(&heading_key(heading).as_str()) => {}
            None => faults.push(ColumnFault::Unknown { heading: heading.clone(), nearest: suggestion(heading) }),
        }
    }
    let missing: Vec<&str> = COLUMNS
        .iter()
        .filter(|column| column.required && (with_wage || column.field != Field::BaseWage))
        .filter(|column| !places.contains_key(&column.field))
        .map(|column| column.heading)
        .collect();
    if !missing.is_empty() {
        faults.push(ColumnFault::Missing { missing, found: headings.to_vec() });
    }
    if faults.is_empty() { Ok(places) } else { Err(faults) }
}

/// The heading whose nearest spelling is nearest.
fn suggestion(heading: &str) -> Option<&'static str> {
    let spelling = nearest(&heading_key(heading), COLUMNS.iter().flat_map(Column::spellings))?;
    Field::of_heading(spelling).map(|field| field.column().heading)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUIRED: [&str; 8] =
        ["工号", "姓名", "证件类型", "证件号码", "用工形式", "参保地", "任职受雇日期", "基本工资"];

    fn headings(more: &[&str]) -> Vec<String> {
        REQUIRED.iter().chain(more).map(ToString::to_string).collect()
    }

    #[test]
    fn the_required_columns_are_enough_and_a_running_number_does_no_harm() {
        assert_eq!(places(&headings(&[]), true).unwrap().len(), REQUIRED.len());
        let places = places(&headings(&["序号", " 备 注 "]), true).unwrap();
        assert_eq!(places.get(&Field::Note), Some(&9));
    }

    #[test]
    fn an_unknown_column_suggests_the_nearest() {
        let faults = places(&headings(&["夜班津帖", "社保基数1", "血型"]), true).unwrap_err();
        let nearest: Vec<_> = faults
            .iter()
            .map(|fault| match fault {
                ColumnFault::Unknown { nearest, .. } => *nearest,
                other => panic!("{other}"),
            })
            .collect();
        assert_eq!(nearest, [Some("夜班津贴"), Some("社保缴费基数"), None]);
        assert_eq!(faults[0].to_string(), "不认识的列“夜班津帖”，是不是“夜班津贴”？如果用不着，请删去这一列");
    }

    #[test]
    fn each_missing_required_column_is_named_with_what_was_found() {
        for left_out in REQUIRED {
            let rest: Vec<String> = headings(&[]).into_iter().filter(|heading| heading != left_out).collect();
            let faults = places(&rest, true).unwrap_err();
            assert_eq!(faults, [ColumnFault::Missing { missing: vec![left_out], found: rest.clone() }]);
            assert!(faults[0].to_string().contains(&rest.join("、")));
            // Beside the month a run may pay no wage.
            assert_eq!(places(&rest, false).is_ok(), left_out == "基本工资", "{left_out}");
        }
    }

    #[test]
    fn two_spellings_of_one_column_are_refused() {
        let faults = places(&headings(&["身份证号"]), true).unwrap_err();
        let twice =
            ColumnFault::Twice { heading: "证件号码", first: "证件号码".into(), second: "身份证号".into() };
        assert_eq!(faults, [twice]);
    }
}
