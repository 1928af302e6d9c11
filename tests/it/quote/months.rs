//! Months under their own rules: a contract over July, months beyond what is known, the risk of them.

use super::{BOOK, assert_ties, changed, codes, yuan};
use gongche::quote::{Quote, Standing, price};

const BEIJING: &str = include_str!("../../../examples/beijing/tender.toml");

fn beijing(changes: &[(&str, &str)]) -> Quote {
    price(&BOOK, &changed(BEIJING, changes)).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// Month, value, standing of the pension's base floor and of the minimum wage.
fn told(quote: &Quote, id: &str) -> Vec<(String, String, Standing)> {
    quote
        .months
        .iter()
        .map(|row| {
            let value = row.values.iter().find(|value| value.id == id).unwrap_or_else(|| panic!("{id}"));
            (row.first.format("%Y-%m").to_string(), value.value.clone(), value.standing)
        })
        .collect()
}

#[test]
fn beijing_shows_each_months_rules_and_the_base_that_came_in_august() {
    let quote = beijing(&[]);
    assert_ties(&quote);
    let floor = told(&quote, "social.base_floor[pension]");
    let expected = |month: &str| match month {
        "2026-05" | "2026-06" => ("7162.00元/月", Standing::Known),
        // Published on 21 August: July was over.
        "2026-07" => ("7270.00元/月", Standing::Retroactive),
        _ => ("7270.00元/月", Standing::Known),
    };
    for (month, value, standing) in &floor {
        assert_eq!((value.as_str(), *standing), expected(month), "{month}");
    }
    // Nobody can know a minimum wage of months to come.
    let minimum = told(&quote, "labour.minimum_wage.monthly");
    let projected: Vec<&str> =
        minimum.iter().filter(|one| one.2 == Standing::Projected).map(|one| one.0.as_str()).collect();
    assert_eq!(projected, ["2026-12", "2027-01", "2027-02", "2027-03", "2027-04"]);
    assert_eq!(quote.months.iter().filter(|row| row.projected).count(), 5);
    assert!(codes(&quote).contains(&"offer.projection"));
}

#[test]
fn before_august_the_new_base_was_not_known() {
    let quote = beijing(&[("opening    =", "known_at = 2026-04-20\nopening    =")]);
    let floor = told(&quote, "social.base_floor[pension]");
    assert!(floor.iter().all(|(_, value, _)| value == "7162.00元/月"), "{floor:?}");
    // Its year ends with June: from July on it is carried on.
    let known: Vec<&str> = floor.iter().filter(|one| one.2 == Standing::Known).map(|one| one.0.as_str()).collect();
    assert_eq!(known, ["2026-05", "2026-06"]);
}

#[test]
fn lines_follow_the_base_from_month_to_month() {
    let quote = beijing(&[]);
    let pension = quote.line("pension").unwrap();
    // Under the floor: 7,162 × 16 % = 1,145.92, then 7,270 × 16 % = 1,163.20, for ten persons.
    let expected: Vec<_> = (0..12).map(|month| yuan(if month < 2 { "11459.20" } else { "11632.00" })).collect();
    assert_eq!(pension.months, expected);
}

#[test]
fn a_rise_is_reckoned_for_the_months_that_are_projected() {
    let quote = beijing(&[]);
    let risk = quote.at_risk.as_ref().unwrap();
    assert_eq!((risk.months, risk.from.to_string().as_str()), (5, "2026-12-01"));
    // All insurance rests on the floor, the fund on the wage. From 7,270 to 7,633.50 the four lines rise by 58.16, 35.62,
    // 1.82 and 0.73, each rounded, for ten persons in five months.
    assert_eq!(risk.amount, yuan("4816.50"));
    assert!(codes(&quote).contains(&"offer.projection_at_risk"));
    let unasked = beijing(&[("rise       = \"5%\"", "")]);
    assert!(unasked.at_risk.is_none() && !codes(&unasked).contains(&"offer.projection_at_risk"));
}

#[test]
fn a_service_that_ends_within_a_month_pays_wages_by_days_and_insurance_by_months() {
    let quote = beijing(&[("to         = 2027-04-30", "to = 2027-04-15")]);
    assert_ties(&quote);
    let base = quote.line("base").unwrap();
    // Fifteen of thirty days.
    assert_eq!(base.months[11].fen() * 2, base.months[10].fen());
    let pension = quote.line("pension").unwrap();
    assert_eq!(pension.months[11], pension.months[10]);
}

#[test]
fn years_beyond_the_book_are_carried_on_and_said() {
    let quote =
        beijing(&[("to         = 2027-04-30", "to = 2029-04-30"), ("total      = ", "total = \"3000000.00\" # ")]);
    assert_ties(&quote);
    assert_eq!(quote.months.len(), 36);
    assert!(quote.months.iter().skip(7).all(|row| row.projected));
    assert!(!codes(&quote).contains(&"procurement.score.term_too_long"));
}
