//! The founding case: thirty persons for a year, 3,164,626.00 yuan.

use super::{assert_ties, codes, hotline, whole, yuan};
use num_rational::BigRational;

/// A decimal text as a fraction.
fn ratio(text: &str) -> BigRational {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits: num_bigint::BigInt = format!("{whole}{decimals}").parse().unwrap();
    BigRational::new(digits, num_bigint::BigInt::from(10).pow(decimals.len() as u32))
}

/// To the fen, half up.
fn fen(value: &BigRational) -> BigRational {
    let hundred = ratio("100");
    (value * &hundred + ratio("0.5")).floor() / hundred
}

#[test]
fn every_line_is_that_of_the_build_up() {
    let quote = hotline(&[]);
    assert_ties(&quote);
    assert_eq!(quote.total, yuan("3164626.00"));
    assert_eq!(quote.capitals, "叁佰壹拾陆万肆仟陆佰贰拾陆元整");
    #[rustfmt::skip]
    let lines = [
        ("base", "1170000.00", "39000.00", "3250.00"),
        ("performance", "396000.00", "13200.00", "1100.00"),
        ("night", "65700.00", "2190.00", "182.50"),
        ("holiday_overtime", "148200.00", "4940.00", "411.67"),
        ("heat", "0.00", "0.00", "0.00"),
        ("bonus", "90000.00", "3000.00", "250.00"),
        ("pension", "299185.20", "9972.84", "831.07"),
        // Kunming levies maternity inside medical: 130,892.40 and 16,830.00.
        ("medical", "147722.40", "4924.08", "410.34"),
        ("unemployment", "13089.60", "436.32", "36.36"),
        ("injury", "3740.40", "124.68", "10.39"),
        ("housing_fund", "149760.00", "4992.00", "416.00"),
        ("union_fee", "37398.00", "1246.60", "103.88"),
        ("disability_levy", "25243.65", "841.46", "70.12"),
        ("festival", "28800.00", "960.00", "80.00"),
        ("health_check", "9000.00", "300.00", "25.00"),
        ("recruiting", "0.00", "0.00", "0.00"),
        ("training", "21600.00", "720.00", "60.00"),
        ("liability", "7200.00", "240.00", "20.00"),
        ("meals", "111600.00", "3720.00", "310.00"),
        ("clothing", "44400.00", "1480.00", "123.33"),
        ("severance", "0.00", "0.00", "0.00"),
        ("other", "0.00", "0.00", "0.00"),
        ("management", "138431.96", "4614.40", "384.53"),
        ("profit", "56929.45", "1897.65", "158.14"),
        ("vat", "179129.77", "5970.99", "497.58"),
        ("surcharges", "21495.57", "716.52", "59.71"),
    ];
    let found: Vec<[String; 4]> = quote
        .lines
        .iter()
        .map(|line| {
            [line.id.clone(), line.amount.to_string(), line.per_head_year.to_string(), line.per_head_month.to_string()]
        })
        .collect();
    let expected = lines.map(|(id, amount, year, month)| [id, amount, year, month].map(str::to_owned));
    assert_eq!(found, expected);
    let sums =
        [("wages", "1869900.00"), ("insurance", "463737.60"), ("welfare", "129241.65"), ("direct", "2768639.25")];
    for (id, amount) in sums {
        let sum = quote.subtotals.iter().find(|sum| sum.id == id).unwrap();
        assert_eq!(sum.amount, yuan(amount), "{id}");
    }
}

/// A few lines again, in fractions, from the assumptions alone.
#[test]
fn other_arithmetic_gives_the_same_lines() {
    let quote = hotline(&[]);
    let (heads, months) = (ratio("30"), ratio("12"));
    let base = ratio("3250") * &heads * &months;
    let performance = ratio("1100") * &heads * &months;
    let night = ratio("365") * (ratio("6") * ratio("10") + ratio("3") * ratio("40"));
    let hour = (ratio("3250") + ratio("1100")) / ratio("21.75") / ratio("8");
    let holidays = ratio("13") * ratio("19") * ratio("8") * hour * ratio("3");
    let wages = base + performance + night + &holidays + ratio("3000") * &heads;
    let average = fen(&(&wages / &heads / &months));
    let pension = fen(&(&average * ratio("0.16"))) * &heads * &months;
    let fund = (&average * ratio("0.08") + ratio("0.5")).floor() * &heads * &months;
    let levy = fen(&(ratio("30") * ratio("0.015") * (&wages / ratio("30")) * ratio("0.9")));
    let price = ratio("3164626.00");
    let vat = fen(&(&price / ratio("1.06") * ratio("0.06")));
    let surcharges: BigRational = ["0.07", "0.03", "0.02"].iter().map(|rate| fen(&(&vat * ratio(rate)))).sum();
    for (id, amount) in [
        ("holiday_overtime", holidays),
        ("pension", pension),
        ("housing_fund", fund),
        ("union_fee", fen(&(&wages * ratio("0.02")))),
        ("disability_levy", levy),
        ("vat", vat),
        ("surcharges", surcharges),
    ] {
        assert_eq!(ratio(&quote.amount(id).to_string()), amount, "{id}");
    }
}

#[test]
fn quoted_by_heads_the_same_offer_goes_up_to_the_next_fen() {
    for (quoted, unit_price, total) in [
        ("head_year", "105487.54", "3164626.20"),
        ("head_month", "8790.63", "3164626.80"),
        ("month", "263718.84", "3164626.08"),
    ] {
        let quote = hotline(&[("\"item\"", &format!("\"{quoted}\""))]);
        assert_ties(&quote);
        assert_eq!(quote.total, yuan(total), "{quoted}");
        let units = quote.lines.iter().map(|line| line.unit_price);
        assert_eq!(gongche::quantity::Money::sum(units).unwrap(), yuan(unit_price), "{quoted}");
        assert!(!quote.is_unlawful(), "{:?}", codes(&quote));
    }
}

#[test]
fn unit_prices_are_recomputed_as_a_committee_does() {
    let quote = hotline(&[]);
    let found: Vec<[String; 5]> = quote
        .unit_prices
        .iter()
        .map(|one| {
            [one.unit_price, one.recomputed, one.shortfall, one.remedy, one.remedy_total]
                .map(|amount| amount.to_string())
        })
        .collect();
    let expected = [
        ["105487.53", "3164625.90", "0.10", "105487.54", "3164626.20"],
        ["8790.63", "3164626.80", "0.00", "8790.63", "3164626.80"],
        ["263718.83", "3164625.96", "0.04", "263718.84", "3164626.08"],
    ];
    assert_eq!(found, expected.map(|row| row.map(str::to_owned)));
}

#[test]
fn what_the_price_does_not_bear_is_said() {
    let quote = hotline(&[]);
    let severance = quote.exposures.iter().find(|one| one.id == "severance").unwrap();
    assert_eq!((severance.amount, severance.result), (Some(yuan("155825.00")), Some(yuan("-98895.55"))));
    // Priced, it is a line, the levies stay, the fee is reckoned on it as well, and profit bears it.
    let priced = hotline(&[("severance     = false", "severance     = true")]);
    assert_ties(&priced);
    assert_eq!(priced.amount("severance"), yuan("155825.00"));
    assert_eq!(priced.amount("management"), yuan("146223.21"));
    assert!(priced.exposures.iter().all(|one| one.id != "severance"));
    assert!(codes(&priced).contains(&"offer.loss"));
}

#[test]
fn the_rota_counts_shifts_holidays_and_nights() {
    let quote = hotline(&[]);
    let rota = &quote.rotas[0];
    let shown = [rota.shifts, rota.holiday_shifts, rota.holiday_hours, rota.night_shifts].map(|one| one.to_string());
    assert_eq!(shown, ["6688", "247", "1976", "1095"]);
    assert_eq!(rota.capacity_each.to_string(), "1885.68");
    // 8,760 hours over 1,885.68 are 4.65 persons a post; thirty keep 6.46 of them.
    assert!(rota.summary.contains("≈6.46个全天岗位"), "{}", rota.summary);
    let unabsent = hotline(&[("absence           = \"3%\"", "absence           = \"0%\"")]);
    assert!(unabsent.rotas[0].summary.contains("≈6.66个全天岗位"), "{}", unabsent.rotas[0].summary);
    // Thirty seats kept round the clock are about a hundred and forty persons.
    let seats = hotline(&[("persons    = 30 ", "seats = 30\npersons = 30 ")]);
    assert!(seats.rotas[0].summary.contains("需要≈139.37人"), "{}", seats.rotas[0].summary);
    assert!(codes(&seats).contains(&"rota.seats_not_persons"));
}

#[test]
fn scenarios_stand_beside_the_price() {
    let quote = whole(&[]);
    let scenario = |name: &str| quote.scenarios.iter().find(|one| one.name == name).unwrap();
    // The three surcharges are rounded one by one, which is a fen more than 12 % at once.
    let small = scenario("小规模纳税人");
    assert_eq!((small.taxes, small.profit), (yuan("35092.89"), yuan("222461.90")));
    assert_eq!(scenario("利润为总价的5%").profit, yuan("163944.22"));
    assert_eq!(scenario("利润为总价的5%").total, yuan("3278884.33"));
    assert!(scenario("劳务派遣（没有许可证）").notes[0].contains("没有劳务派遣经营许可证"));
    assert!(scenario("上海市").profit < gongche::quantity::Money::ZERO);
    assert!(scenario("当地标准上涨5%").statutory_floor > quote.statutory_floor.price);
    let uncovered = whole(&[("place = \"310000\"", "place = \"542500\"")]);
    let scenario = uncovered.scenarios.iter().find(|one| one.name == "上海市").unwrap();
    assert!(scenario.notes[0].starts_with("不能测算"), "{:?}", scenario.notes);
}

#[test]
fn rivals_are_scored_and_low_prices_examined() {
    let quote = hotline(&[]);
    let rivals = quote.rivals.unwrap();
    let scores: Vec<String> = rivals.bids.iter().map(|bid| bid.score.unwrap().to_string()).collect();
    assert_eq!(scores, ["10", "9.62", "9.17"]);
    assert!(rivals.bids.iter().all(|bid| bid.abnormal == Some(false)));
    // The day before the rule there was no such test.
    let before = hotline(&[("2026-02-10", "2026-01-31")]);
    assert!(before.rivals.unwrap().bids.iter().all(|bid| bid.abnormal.is_none()));
    // A fixed price is not scored.
    let fixed = hotline(&[("weight     = \"10%\"", "weight = \"10%\"\nfixed_price = true")]);
    assert!(fixed.rivals.unwrap().bids.iter().all(|bid| bid.score.is_none()));
}

#[test]
fn a_low_price_is_examined_strictly_under_each_line() {
    // 45 % of the ceiling is no reason to ask; a fen less is. The ceiling is chosen so that 45 % of it is the price.
    let ceiling = |amount: &str| hotline(&[("weight     =", &format!("ceiling = \"{amount}\"\nweight     ="))]);
    // 3,164,626.00 / 0.45 = 7,032,502.22…
    let at = ceiling("7032502.22");
    assert!(!codes(&at).contains(&"procurement.abnormal.low_against_ceiling"));
    let under = ceiling("7032502.23");
    assert!(codes(&under).contains(&"procurement.abnormal.low_against_ceiling"));
    assert_eq!(under.rivals.unwrap().bids[0].abnormal, Some(true));
    // Over the ceiling a bid is void, at it it is not.
    assert!(codes(&ceiling("3164625.99")).contains(&"procurement.score.above_ceiling"));
    assert!(!ceiling("3164626.00").is_unlawful());
}
