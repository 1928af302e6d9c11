//! Where two results, both canonical JSON, differ.

use serde_json::Value as Json;

/// A place where they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// `lines[pension_employee].amount`.
    pub(super) place: String,
    /// What stands there in the one; `null` where it has nothing.
    pub(super) one: String,
    /// What stands there in the other.
    pub(super) other: String,
}

/// All places, in the order of the first, then what only the second has.
pub(super) fn differences(one: &Json, other: &Json) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("", one, other, &mut found);
    found
}

fn compare(place: &str, one: &Json, other: &Json, found: &mut Vec<Difference>) {
    match (one, other) {
        (Json::Object(mine), Json::Object(others)) => {
            let keys = mine.keys().chain(others.keys().filter(|key| !mine.contains_key(*key)));
            for key in keys {
                let below = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                let of = |side: &serde_json::Map<String, Json>| side.get(key).cloned().unwrap_or_default();
                compare(&below, &of(mine), &of(others), found);
            }
        }
        (Json::Array(mine), Json::Array(others)) => match (named(mine), named(others)) {
            (Some(mine), Some(others)) => {
                let ids = mine.iter().chain(others.iter().filter(|(id, _)| !mine.iter().any(|(one, _)| one == id)));
                for (id, _) in ids {
                    let of = |side: &[(&str, &Json)]| {
                        side.iter().find(|(one, _)| one == id).map(|(_, entry)| (*entry).clone()).unwrap_or_default()
                    };
                    compare(&format!("{place}[{id}]"), &of(&mine), &of(&others), found);
                }
            }
            _ => {
                for at in 0..mine.len().max(others.len()) {
                    let of = |side: &[Json]| side.get(at).cloned().unwrap_or_default();
                    compare(&format!("{place}[{at}]"), &of(mine), &of(others), found);
                }
            }
        },
        _ if one == other => {}
        _ => found.push(Difference { place: place.to_owned(), one: one.to_string(), other: other.to_string() }),
    }
}

/// The entries of a list by their ids; nothing where one has none, or two have the same.
fn named(list: &[Json]) -> Option<Vec<(&str, &Json)>> {
    let entries: Option<Vec<(&str, &Json)>> =
        list.iter().map(|entry| Some((entry.get("id")?.as_str()?, entry))).collect();
    let mut ids: Vec<&str> = entries.iter().flatten().map(|(id, _)| *id).collect();
    ids.sort_unstable();
    entries.filter(|_| ids.windows(2).all(|pair| pair[0] != pair[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn places(one: &Json, other: &Json) -> Vec<String> {
        differences(one, other).into_iter().map(|one| format!("{} {} {}", one.place, one.one, one.other)).collect()
    }

    #[test]
    fn every_place_is_told_by_name() {
        let one = json!({ "net": "1", "lines": [{ "id": "a", "amount": "2" }, { "id": "b", "amount": "3" }] });
        assert_eq!(places(&one, &one), Vec::<String>::new());
        let other = json!({ "net": "1", "lines": [{ "id": "b", "amount": "4" }], "tax": "5" });
        let gone = r#"lines[a] {"amount":"2","id":"a"} null"#;
        assert_eq!(places(&one, &other), [gone, r#"lines[b].amount "3" "4""#, r#"tax null "5""#]);
    }

    #[test]
    fn entries_without_an_id_or_with_the_same_go_by_their_place() {
        assert_eq!(places(&json!([1, 2]), &json!([1])), ["[1] 2 null"]);
        let twice = json!([{ "id": "a", "x": 1 }, { "id": "a", "x": 2 }]);
        let other = json!([{ "id": "a", "x": 1 }, { "id": "a", "x": 3 }]);
        assert_eq!(places(&twice, &other), ["[1].x 2 3"]);
    }
}
