//! The table of engagements in `golden/classification`: each comes out as it says, for the reason it gives.

use super::{judged, relation};
use gongche::classify::Item;
use std::{collections::BTreeSet, fs, path::Path};
use toml::{Table, Value};

/// The least number of engagements in the table.
const LEAST: usize = 60;

struct Case {
    name: String,
    on: String,
    region: Option<String>,
    facts: Vec<(String, Item)>,
    relation: String,
    findings: Vec<String>,
    not: Vec<String>,
    open: Vec<String>,
}

fn item(value: &Value) -> Item {
    match value {
        Value::String(text) => Item::Text(text.clone()),
        Value::Integer(number) => Item::Whole(*number),
        Value::Boolean(answer) => Item::Flag(*answer),
        Value::Datetime(day) => Item::Date(day.to_string().parse().unwrap()),
        other => panic!("{other:?}"),
    }
}

fn texts(case: &Table, key: &str) -> Vec<String> {
    let list = case.get(key).and_then(Value::as_array);
    list.into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()).collect()
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/classification");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|one| one == "toml")) {
        let file: Table = fs::read_to_string(path).unwrap().parse().unwrap();
        for case in file["case"].as_array().unwrap() {
            let case = case.as_table().unwrap();
            let known = ["title", "why", "on", "region", "with", "facts", "relation", "findings", "not", "open"];
            assert!(case.keys().all(|key| known.contains(&key.as_str())), "{case:?}");
            let text = |key: &str| case[key].as_str().unwrap().to_owned();
            assert!(!text("why").is_empty());
            let mut facts = Table::new();
            if let Some(with) = case.get("with") {
                facts.extend(file["common"][with.as_str().unwrap()].as_table().unwrap().clone());
            }
            facts.extend(case.get("facts").and_then(Value::as_table).cloned().unwrap_or_default());
            cases.push(Case {
                name: format!("{}: {}", path.file_stem().unwrap().to_str().unwrap(), text("title")),
                on: case["on"].as_datetime().unwrap().to_string(),
                region: case.get("region").map(|code| code.as_str().unwrap().to_owned()),
                facts: facts.iter().map(|(key, value)| (key.clone(), item(value))).collect(),
                relation: text("relation"),
                findings: texts(case, "findings"),
                not: texts(case, "not"),
                open: texts(case, "open"),
            });
        }
    }
    cases
}

#[test]
fn every_engagement_of_the_table_is_what_it_should_be() {
    let cases = cases();
    assert!(cases.len() >= LEAST, "only {}", cases.len());
    let mut wrong = Vec::new();
    for case in &cases {
        let decision = judged(case.region.as_deref(), &case.on, case.facts.clone());
        let mut amiss = |what: String| wrong.push(format!("{}: {what}", case.name));
        if relation(&decision) != case.relation {
            let by = decision.settled_by.as_ref().map_or("", |test| &test.name);
            amiss(format!("is {}, should be {} ({by})", relation(&decision), case.relation));
        }
        let raised: BTreeSet<&str> = decision.findings.iter().map(|finding| finding.code.as_str()).collect();
        for code in case.findings.iter().filter(|code| !raised.contains(code.as_str())) {
            amiss(format!("{code} is not raised, but {raised:?}"));
        }
        for code in case.not.iter().filter(|code| raised.contains(code.as_str())) {
            amiss(format!("{code} is raised"));
        }
        let asked: Vec<&str> = decision.open_questions.iter().map(|open| open.question.as_str()).collect();
        let first_is_right = case.open.first().is_none_or(|first| asked.first() == Some(&first.as_str()));
        if !first_is_right || case.open.iter().any(|question| !asked.contains(&question.as_str())) {
            amiss(format!("asks {asked:?}, should ask {:?}", case.open));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_relation_is_in_the_table() {
    let relations: BTreeSet<String> = cases().into_iter().map(|case| case.relation).collect();
    let all = [
        "dispatch",
        "employment",
        "independent_service",
        "internship",
        "non_full_time",
        "over_age",
        "platform_managed",
        "undetermined",
    ];
    assert_eq!(relations.iter().map(String::as_str).collect::<Vec<_>>(), all);
}

#[test]
fn every_finding_of_an_engagement_is_raised_by_the_table() {
    let cases = cases();
    let raised: BTreeSet<&String> = cases.iter().flat_map(|case| &case.findings).collect();
    let (_, package) = super::book().packages().find(|(_, package)| package.id == "labour.engagement").unwrap();
    let codes = package.findings.iter().map(|finding| format!("{}.{}", package.id, finding.id));
    let never: Vec<String> = codes.filter(|code| !raised.contains(code)).collect();
    assert!(never.is_empty(), "no engagement of the table raises {never:?}");
}
