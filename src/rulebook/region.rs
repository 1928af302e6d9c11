//! The tree of places: GB/T 2260 codes.

use std::collections::BTreeMap;

/// The code of the nation as a whole. Not a row of GB/T 2260; a convention.
pub const NATION: &str = "000000";

/// The places, by code.
#[derive(Debug, Clone, Default)]
pub struct RegionTree {
    names: BTreeMap<String, String>,
}

impl RegionTree {
    /// Names by six-digit code.
    #[must_use]
    pub fn new(names: BTreeMap<String, String>) -> Self {
        Self { names }
    }

    /// Every place: code and name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().map(|(code, name)| (code.as_str(), name.as_str()))
    }

    /// The name of a place.
    #[must_use]
    pub fn name(&self, code: &str) -> Option<&str> {
        self.names.get(code).map(String::as_str)
    }

    /// The code that stands for a place in the book. GB/T 2260 groups the districts of a municipality under a
    /// "市辖区" code (110100), and the counties that no prefecture governs under codes of their own (429000); all of
    /// these mean what lies around them.
    #[must_use]
    pub fn canonical<'c>(&'c self, code: &'c str) -> &'c str {
        let province = self.parent_of_group(code);
        province.unwrap_or(code)
    }

    /// A grouping row is not a place of its own.
    fn parent_of_group(&self, code: &str) -> Option<&str> {
        let grouping = matches!(self.name(code)?, "市辖区" | "县" | "省直辖县级行政区划" | "自治区直辖县级行政区划");
        let province = format!("{}0000", code.get(..2)?);
        let (found, _) = self.names.get_key_value(&province)?;
        (grouping && code.ends_with("00")).then_some(found.as_str())
    }

    /// The place and those that contain it, from the nearest to the nation.
    #[must_use]
    pub fn lineage(&self, code: &str) -> Vec<String> {
        let mut lineage = vec![self.canonical(code).to_owned()];
        for prefix in [4, 2] {
            if let Some(head) = code.get(..prefix) {
                let above = format!("{head:0<6}");
                let above = self.canonical(&above).to_owned();
                if self.names.contains_key(&above) && !lineage.contains(&above) {
                    lineage.push(above);
                }
            }
        }
        if code != NATION {
            lineage.push(NATION.to_owned());
        }
        lineage
    }

    /// Whether one of two places is the other or lies in it.
    #[must_use]
    pub fn overlap(&self, one: &str, other: &str) -> bool {
        let contains = |outer: &str, inner: &str| self.lineage(inner).iter().any(|code| code == self.canonical(outer));
        contains(one, other) || contains(other, one)
    }

    /// The place that is meant by a code or a name. A name that several places share needs its code.
    ///
    /// # Errors
    /// No such place (with the nearest names), or several.
    pub fn find(&self, text: &str) -> Result<&str, RegionError> {
        let text = text.trim();
        if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return match self.names.get_key_value(text) {
                Some((code, _)) => Ok(self.canonical(code)),
                None => Err(RegionError::NoCode(text.to_owned())),
            };
        }
        let places = |wanted: &dyn Fn(&str) -> bool| -> Vec<&str> {
            let mut codes: Vec<&str> =
                self.iter().filter(|(_, name)| wanted(name)).map(|(code, _)| self.canonical(code)).collect();
            codes.dedup();
            codes
        };
        let mut found = places(&|name| name == text);
        if found.is_empty() {
            // 昆明 for 昆明市, 云南 for 云南省.
            found = places(&|name| {
                name.strip_prefix(text)
                    .is_some_and(|rest| matches!(rest, "市" | "省" | "区" | "县" | "自治区" | "地区" | "盟"))
            });
        }
        // A city goes before the county of its name (吉林市, 朝阳区 of several cities stay ambiguous).
        let cities: Vec<&str> = found.iter().copied().filter(|code| code.ends_with("00")).collect();
        match (found.as_slice(), cities.as_slice()) {
            ([one], _) | (_, [one]) => Ok(one),
            ([], _) => Err(RegionError::NoName(text.to_owned())),
            (many, _) => {
                let listed = many.iter().map(|code| format!("{code} {}", self.path(code))).collect();
                Err(RegionError::Ambiguous(text.to_owned(), listed))
            }
        }
    }

    /// The name with those of the places that contain it: 云南省昆明市.
    #[must_use]
    pub fn path(&self, code: &str) -> String {
        let mut names: Vec<&str> =
            self.lineage(code).iter().filter(|code| *code != NATION).filter_map(|code| self.name(code)).collect();
        names.reverse();
        if names.is_empty() { self.name(code).unwrap_or(code).to_owned() } else { names.concat() }
    }
}

/// Why a place could not be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// The code is in no table.
    #[error("没有代码为 {0} 的地区；请用 GB/T 2260 的六位代码")]
    NoCode(String),
    /// The name is in no table.
    #[error("没有名为「{0}」的地区；请写全称（如 昆明市）或 GB/T 2260 的六位代码")]
    NoName(String),
    /// Several places have the name.
    #[error("「{0}」有几处：{list}；请写代码", list = .1.join("、"))]
    Ambiguous(String, Vec<String>),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> RegionTree {
        let rows = [
            ("000000", "全国"),
            ("110000", "北京市"),
            ("110100", "市辖区"),
            ("110105", "朝阳区"),
            ("220000", "吉林省"),
            ("220100", "长春市"),
            ("220104", "朝阳区"),
            ("220200", "吉林市"),
            ("420000", "湖北省"),
            ("429000", "省直辖县级行政区划"),
            ("429004", "仙桃市"),
            ("530000", "云南省"),
            ("530100", "昆明市"),
            ("530102", "五华区"),
        ];
        RegionTree::new(rows.map(|(code, name)| (code.to_owned(), name.to_owned())).into())
    }

    #[test]
    fn places_are_found_by_code_and_name() {
        let tree = tree();
        assert_eq!(tree.find("530100"), Ok("530100"));
        assert_eq!(tree.find("昆明"), Ok("530100"));
        assert_eq!(tree.find(" 北京市 "), Ok("110000"));
        assert_eq!(tree.find("110100"), Ok("110000"));
        assert!(matches!(tree.find("朝阳区"), Err(RegionError::Ambiguous(_, places)) if places.len() == 2));
        assert!(matches!(tree.find("530199"), Err(RegionError::NoCode(_))));
        assert!(matches!(tree.find("春城"), Err(RegionError::NoName(_))));
    }

    #[test]
    fn a_lineage_ends_with_the_nation() {
        let tree = tree();
        assert_eq!(tree.lineage("530102"), ["530102", "530100", "530000", NATION]);
        assert_eq!(tree.lineage("110105"), ["110105", "110000", NATION]);
        assert_eq!(tree.lineage(NATION), [NATION]);
        assert_eq!(tree.path("530102"), "云南省昆明市五华区");
        // A row that only groups is no place on the way.
        assert_eq!(tree.lineage("429004"), ["429004", "420000", NATION]);
        assert_eq!(tree.path("429004"), "湖北省仙桃市");
        assert_eq!(tree.find("429000"), Ok("420000"));
    }
}
