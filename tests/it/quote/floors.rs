//! Floors: the tender's under both readings, and the statutory one.

use super::{assert_ties, codes, hotline, yuan};
use gongche::quote::FloorReading;

/// A firm whose levy is not known, so that the floor is that of the law alone.
const NO_LEVY: (&str, &str) = ("staff            = 200 ", "# ");

#[test]
fn the_tenders_floor_has_two_readings() {
    let quote = hotline(&[]);
    let [price, cost] = quote.floors.as_slice() else { panic!() };
    assert_eq!((price.reading, price.chosen, price.price), (FloorReading::Price, true, yuan("3164626.00")));
    assert_eq!((cost.reading, cost.chosen, cost.price), (FloorReading::Cost, false, yuan("3378831.14")));
    assert_eq!((price.shortfall, cost.shortfall), (yuan("0"), yuan("257554.79")));
    // Small-scale, the second reading asks for less; with the three surcharges rounded one by one a fen more than at 12 %.
    let small = hotline(&[("taxpayer         = \"general\"", "taxpayer = \"small\"")]);
    assert_eq!(small.floors[1].price, yuan("3200112.40"));
    assert!(hotline(&[("floor      =", "# floor =")]).floors.is_empty());
}

#[test]
fn a_price_a_fen_under_the_floor_is_stopped() {
    assert!(!hotline(&[]).is_unlawful());
    let under = hotline(&[("total         = \"3164626.00\"", "total = \"3164625.99\"")]);
    assert_eq!(under.floors[0].shortfall, yuan("0.01"));
    assert_eq!(codes(&under)[0], "offer.below_tender_floor");
    // Under the second reading a price that meets it with all its cost and no profit is enough.
    let second = [
        ("floor_reading = \"price\"", "floor_reading = \"cost\""),
        ("total         = \"3164626.00\"", "total = \"3378831.14\""),
        ("base         = \"3250.00\"", "base = \"3900.00\""),
    ];
    assert!(!codes(&hotline(&second)).contains(&"offer.below_tender_floor"));
}

#[test]
fn kunming_has_no_lawful_price_under_the_statutory_one() {
    // From September to August one standard holds, as far as anybody knows: 2,270, base 4,403, fund 5 %.
    let dates = [("from       = 2026-01-01", "from = 2026-09-01"), ("to         = 2026-12-31", "to = 2027-08-31")];
    let floor = hotline(&[dates[0], dates[1], NO_LEVY]).statutory_floor;
    let line = |id: &str| floor.lines.iter().find(|(line, _, _)| line == id).unwrap().2;
    assert_eq!(line("base"), yuan("817200.00"));
    assert_eq!(line("holiday_overtime"), yuan("77336.55"));
    assert_eq!(line("housing_fund"), yuan("41040.00"));
    assert_eq!(line("union_fee"), yuan("17890.73"));
    assert_eq!(floor.cost.sub(line("union_fee")).unwrap(), yuan("1328678.55"));
    assert_eq!(floor.price, yuan("1437714.98"));
    assert_eq!(floor.with_required, yuan("1604274.21"));
    let sum = gongche::quantity::Money::sum(floor.lines.iter().map(|(_, _, amount)| *amount)).unwrap();
    assert_eq!(sum, floor.price);
}

#[test]
fn shanghais_standard_is_net_of_what_workers_pay_themselves() {
    let changes = [
        ("place      = \"530100\"", "place = \"310000\""),
        ("from       = 2026-01-01", "from = 2026-07-01"),
        ("to         = 2026-12-31", "to = 2027-06-30"),
        NO_LEVY,
    ];
    let quote = hotline(&changes);
    assert_ties(&quote);
    let floor = &quote.statutory_floor;
    let (_, standard, lowest, _) = &floor.positions[0].wages[0];
    assert_eq!((*standard, *lowest), (yuan("2740.00"), yuan("3718.33")));
    let union = floor.lines.iter().find(|(line, _, _)| line == "union_fee").unwrap().2;
    assert_eq!(floor.cost.sub(union).unwrap(), yuan("2230393.66"));
    assert_eq!(floor.price, yuan("2412652.28"));
}

#[test]
fn a_price_under_the_statutory_one_is_unlawful_and_one_at_it_is_not() {
    let no_floor = ("floor      =", "# floor =");
    let floor = hotline(&[no_floor]).statutory_floor.price;
    let at = |fen: i64| {
        let total = gongche::quantity::Money::from_fen(floor.fen() + fen);
        hotline(&[no_floor, ("total         = \"3164626.00\"", &format!("total = \"{total}\""))])
    };
    assert!(!codes(&at(0)).contains(&"offer.below_statutory_floor"));
    assert_eq!(codes(&at(-1))[0], "offer.below_statutory_floor");
}
