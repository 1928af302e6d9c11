//! Whatever is answered, the decision stands: nothing crashes, and more control never makes an employee a contractor.

use super::{book, judged, relation};
use gongche::{
    classify::{Chart, Item},
    rulebook::Type,
};
use proptest::prelude::*;

/// Answers that are signs of control: a yes more never speaks for independence.
const CONTROL: [&str; 8] = [
    "rules_apply",
    "directed_by_employer",
    "paid_by_employer",
    "work_is_part_of_business",
    "price_set_by_platform",
    "penalised_by_platform",
    "directed_by_client",
    "client_appraises",
];

/// Answers that are signs of autonomy: a no more never does.
const AUTONOMY: [&str; 6] =
    ["free_to_refuse", "sets_own_hours", "own_tools", "may_substitute", "paid_per_result", "works_for_several"];

/// The relations of those who are employed in one way or another.
const EMPLOYED: [&str; 3] = ["employment", "non_full_time", "dispatch"];

/// Any answer to a question: none, or one of its kind.
fn answer(of: Type) -> BoxedStrategy<Option<Item>> {
    let some: BoxedStrategy<Item> = match of {
        Type::Boolean => any::<bool>().prop_map(Item::Flag).boxed(),
        Type::Date => (1i32..30_000)
            .prop_map(|days| Item::Date(chrono::NaiveDate::from_num_days_from_ce_opt(711_858 + days).unwrap()))
            .boxed(),
        Type::Choice(set) => {
            let ids: Vec<String> = book().lexicon().members(set).iter().map(|member| member.name.clone()).collect();
            proptest::sample::select(ids).prop_map(Item::Text).boxed()
        }
        Type::Number(unit) if unit.is_percent() => (0i64..=100).prop_map(|n| Item::Text(format!("{n}%"))).boxed(),
        _ => (1i64..=24).prop_map(Item::Whole).boxed(),
    };
    prop_oneof![2 => Just(None), 3 => some.prop_map(Some)].boxed()
}

/// Answers to all questions, by id.
fn answers() -> BoxedStrategy<Vec<(String, Item)>> {
    let chart = Chart::new(book()).unwrap();
    let strategies: Vec<BoxedStrategy<Option<(String, Item)>>> = chart
        .questions()
        .map(|question| {
            let id = question.id.clone();
            answer(book().entry(question.fact).of).prop_map(move |item| item.map(|item| (id.clone(), item))).boxed()
        })
        .collect();
    strategies.prop_map(|answers| answers.into_iter().flatten().collect()).boxed()
}

fn day() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["2022-05-31", "2025-08-31", "2025-09-01", "2026-06-30", "2026-07-01", "2026-11-20"])
}

/// The answers with another answer to one question.
fn with(answers: &[(String, Item)], question: &str, item: Option<Item>) -> Vec<(String, Item)> {
    let mut changed: Vec<_> = answers.iter().filter(|(id, _)| id != question).cloned().collect();
    changed.extend(item.map(|item| (question.to_owned(), item)));
    changed
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_answered_is_decided_or_left_open_with_questions(answers in answers(), on in day()) {
        let decision = judged(Some("310000"), on, answers);
        if let Some(relation) = &decision.relation {
            prop_assert_eq!(&decision.candidates, &vec![relation.clone()]);
            prop_assert!(decision.open_questions.is_empty());
        } else {
            // Either a test said that a person must decide, or there is something to ask.
            prop_assert!(decision.settled_by.is_some() || !decision.open_questions.is_empty() || decision.candidates.is_empty());
        }
        for flip in &decision.flips {
            prop_assert!(Some(&flip.relation) != decision.relation.as_ref());
            prop_assert!(!flip.changes.is_empty() && flip.changes.len() <= gongche::classify::MOST_CHANGES);
        }
    }

    #[test]
    fn more_control_never_makes_an_employee_a_contractor(answers in answers(), on in day()) {
        let before = judged(None, on, answers.clone());
        if EMPLOYED.contains(&relation(&before)) {
            let more = CONTROL.iter().map(|id| (id, true)).chain(AUTONOMY.iter().map(|id| (id, false)));
            for (question, answer) in more {
                let after = judged(None, on, with(&answers, question, Some(Item::Flag(answer))));
                prop_assert_ne!(relation(&after), "independent_service", "{} = {}", question, answer);
            }
        }
    }

    #[test]
    fn what_is_said_to_flip_the_result_does(answers in answers(), on in day()) {
        let decision = judged(None, on, answers.clone());
        let chart = Chart::new(book()).unwrap();
        for flip in &decision.flips {
            let mut changed = answers.clone();
            for change in &flip.changes {
                let of = book().entry(chart.question(&change.question).unwrap().fact).of;
                let item = match of {
                    Type::Boolean => Item::Flag(change.to == "是"),
                    Type::Number(_) => Item::Text(change.to.trim_end_matches("小时").to_owned()),
                    _ => Item::Text(change.to.clone()),
                };
                changed = with(&changed, &change.question, Some(item));
            }
            let after = judged(None, on, changed);
            prop_assert_eq!(relation(&after), &flip.relation.id);
        }
    }
}

#[test]
fn each_control_question_alone_from_a_plain_employment() {
    let plain: Vec<(String, Item)> = CONTROL[..4].iter().map(|id| ((*id).to_owned(), Item::Flag(true))).collect();
    for (question, answer) in CONTROL.iter().map(|id| (*id, true)).chain(AUTONOMY.iter().map(|id| (*id, false))) {
        let after = judged(None, "2026-06-01", with(&plain, question, Some(Item::Flag(answer))));
        assert_ne!(relation(&after), "independent_service", "{question} = {answer}");
    }
}
