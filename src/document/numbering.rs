//! Chapters, articles and items count themselves, so that one can be left out without counting the others anew.

use crate::quantity::numeral;

/// Where the counting stands.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    chapter: u32,
    article: u32,
    item: u32,
    point: u32,
}

impl Numbering {
    /// The number that a label asks for: 章, 条 (counted through all chapters), 项 (in each article) or 目 (in each item).
    pub(super) fn next(&mut self, label: &str) -> Option<String> {
        let step = |count: &mut u32| {
            *count = count.saturating_add(1);
            *count
        };
        match label {
            "章" => Some(format!("第{}章", numeral(step(&mut self.chapter)))),
            "条" => {
                (self.item, self.point) = (0, 0);
                Some(format!("第{}条", numeral(step(&mut self.article))))
            }
            "项" => {
                self.point = 0;
                Some(format!("（{}）", numeral(step(&mut self.item))))
            }
            "目" => Some(format!("{}.", step(&mut self.point))),
            _ => None,
        }
    }
}
