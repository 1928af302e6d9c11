//! The columns of attendance.

use crate::{exchange::text::heading_key, rulebook::nearest};
use std::collections::BTreeMap;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Number,
    Payer,
    Project,
    Day,
    Hours,
    Begin,
    End,
    Break,
    BreakBegin,
    Activity,
    OwnDay,
    SettledOn,
}

/// Each column with its heading and the other headings by which it is recognised.
const COLUMNS: [(Field, &str, &[&str]); 12] = [
    (Field::Number, "工号", &["员工编号", "人员编号", "员工工号"]),
    (Field::Payer, "扣缴义务人", &["用人单位"]),
    (Field::Project, "项目", &["项目名称"]),
    (Field::Day, "日期", &["工作日期", "考勤日期"]),
    (Field::Hours, "小时", &["工时", "工作小时"]),
    (Field::Begin, "上班", &["上班时间", "开始时间"]),
    (Field::End, "下班", &["下班时间", "结束时间"]),
    (Field::Break, "休息", &["休息分钟", "休息(分钟)"]),
    (Field::BreakBegin, "休息开始", &["休息开始时间"]),
    (Field::Activity, "类别", &["考勤类别"]),
    (Field::OwnDay, "日别", &[]),
    (Field::SettledOn, "结算日", &["结算日期"]),
];

/// Headings that are recognised and not read.
const IGNORED: [&str; 4] = ["序号", "姓名", "星期", "备注"];

impl Field {
    pub(super) fn heading(self) -> &'static str {
        COLUMNS[self as usize].1
    }

    fn of(key: &str) -> Option<Self> {
        let known = COLUMNS.iter().find(|(_, heading, others)| *heading == key || others.contains(&key));
        known.map(|(field, ..)| *field)
    }
}

/// Whether a heading belongs to attendance.
pub(super) fn knows(key: &str) -> bool {
    Field::of(key).is_some()
}

/// Where each column stands among the headings.
pub(super) fn places(headings: &[String]) -> Result<BTreeMap<Field, usize>, Vec<String>> {
    let (mut places, mut faults) = (BTreeMap::new(), Vec::new());
    for (place, heading) in headings.iter().enumerate() {
        let key = heading_key(heading);
        match Field::of(&key) {
            Some(field) => {
                if let Some(first) = places.insert(field, place) {
                    faults.push(format!("“{}”和“{heading}”是同一列，请只留一列", headings[first]));
                }
            }
            None if IGNORED.contains(&key.as_str()) => {}
            None => {
                let known = COLUMNS
                    .iter()
                    .flat_map(|(_, heading, others)| [*heading].into_iter().chain(others.iter().copied()));
                let hint = nearest(&key, known).map_or_else(String::new, |near| format!("，是不是“{near}”？"));
                faults.push(format!("不认识的列“{heading}”{hint}；如果用不着，请删去这一列"));
            }
        }
    }
    let missing = |field: &Field| !places.contains_key(field);
    for field in [Field::Number, Field::Day].into_iter().filter(missing) {
        faults.push(format!("缺少必填列“{}”", field.heading()));
    }
    if missing(&Field::Hours) && [Field::Begin, Field::End].iter().any(missing) {
        faults.push("要么有“小时”一列，要么有“上班”和“下班”两列".to_owned());
    }
    if faults.is_empty() { Ok(places) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(headings: &[&str]) -> Result<usize, Vec<String>> {
        let headings: Vec<String> = headings.iter().map(ToString::to_string).collect();
        places(&headings).map(|places| places.len())
    }

    #[test]
    fn the_table_is_in_the_order_of_the_fields() {
        for (place, (field, heading, others)) in COLUMNS.iter().enumerate() {
            assert_eq!(*field as usize, place, "{heading}");
            for spelling in [heading].into_iter().chain(others.iter()) {
                assert_eq!((heading_key(spelling).as_str(), Field::of(spelling)), (*spelling, Some(*field)));
            }
        }
    }

    #[test]
    fn hours_or_times_are_needed_and_all_faults_are_told_at_once() {
        assert_eq!(told(&["工号", "日期", "工时", "姓名"]), Ok(3));
        assert_eq!(told(&["工号", "日期", "上班时间", "下班"]), Ok(4));
        assert_eq!(told(&["工号", "日期", "上班"]).unwrap_err().len(), 1);
        let faults = told(&["工号", "员工编号", "小时", "类型"]).unwrap_err();
        assert_eq!(faults.len(), 3, "{faults:?}");
        assert!(faults[1].contains("类型") && faults[2].contains("日期"), "{faults:?}");
    }
}
