//! Findings of an offer, each on both sides.

use super::{assert_ties, codes, hotline, yuan};
use gongche::{
    quote::{Tender, price},
    rulebook::Gravity,
};

const OFFER: &str = "[offer]\n";

fn has(quote: &gongche::quote::Quote, code: &str) -> bool {
    codes(quote).contains(&code)
}

#[test]
fn a_locked_line_lowered_by_a_fen_stops_the_papers() {
    let by_hand = |line: &str, amount: &str| {
        let lines = format!("[offer]\nlines = [{{ line = \"{line}\", amount = \"{amount}\" }}]\n");
        hotline(&[(OFFER, &lines)])
    };
    let same = by_hand("clothing", "44400.00");
    assert_ties(&same);
    assert!(!same.is_unlawful() && !has(&same, "offer.locked_raised"), "{:?}", codes(&same));
    let lower = by_hand("clothing", "44399.99");
    assert_ties(&lower);
    assert_eq!(lower.total, yuan("3164626.00"));
    assert_eq!(codes(&lower)[0], "offer.locked_lowered");
    assert_eq!(lower.stops().count(), 1);
    assert!(lower.findings[0].message.contains("服装费"), "{}", lower.findings[0].message);
    let higher = by_hand("clothing", "44400.01");
    assert!(!higher.is_unlawful() && has(&higher, "offer.locked_raised"));
    // What law fixes may not be left short where the tender does not lock it either.
    let unlocked = [(
        "locked     = [\"wages\", \"insurance\", \"fund\", \"clothing\", \"meals\", \"festival\"]",
        "locked = [\"clothing\"]",
    )];
    let lines = "[offer]\nlines = [{ line = \"pension\", amount = \"299185.19\" }]\n";
    assert_eq!(codes(&hotline(&[unlocked[0], (OFFER, lines)]))[0], "offer.lawful_line_lowered");
    let free = by_hand("health_check", "8999.99");
    assert!(!free.is_unlawful());
}

#[test]
fn an_amount_that_the_tender_fixes_is_held_line_by_line_and_group_by_group() {
    let required = |line: &str, amount: &str| {
        let text = format!("[[required]]\nline = \"{line}\"\namount = \"{amount}\"\n\n[bidder]\n");
        hotline(&[("[bidder]\n", &text)])
    };
    assert!(!required("clothing", "44400.00").is_unlawful());
    assert_eq!(codes(&required("clothing", "44400.01"))[0], "offer.locked_lowered");
    assert!(has(&required("clothing", "44399.99"), "offer.locked_raised"));
    assert!(!required("wages", "1869900.00").is_unlawful());
    assert_eq!(codes(&required("wages", "1869900.01"))[0], "offer.group_lowered");
}

#[test]
fn a_discount_is_borne_by_what_competes_or_refused() {
    let discount = |amount: &str, more: &[(&str, &str)]| {
        let text = format!("[offer]\ndiscount = \"{amount}\"\n");
        let floorless = ("floor      =", "# floor =");
        hotline(&[&[(OFFER, text.as_str()), floorless], more].concat())
    };
    let spread = discount("10000.00", &[]);
    assert_ties(&spread);
    assert_eq!(spread.total, yuan("3154626.00"));
    assert!(has(&spread, "offer.discount_spread") && !spread.is_unlawful(), "{:?}", codes(&spread));
    let before = hotline(&[]);
    for line in before.lines.iter().filter(|line| !["profit", "vat", "surcharges"].contains(&line.id.as_str())) {
        assert_eq!(spread.amount(&line.id), line.amount, "{}", line.id);
    }
    // Profit is 56,929.45: so much may be taken off, a fen more may not, and the price then stays.
    assert!(!discount("56929.45", &[]).is_unlawful());
    let refused = discount("56929.46", &[]);
    assert_eq!(refused.total, yuan("3164626.00"));
    assert_eq!(codes(&refused)[0], "offer.discount_refused");
    // Where the fee competes as well, both bear it.
    let both = discount("56929.46", &[("competitive = [\"profit\"]", "competitive = [\"profit\", \"management\"]")]);
    assert_ties(&both);
    assert!(!both.is_unlawful() && both.amount("management") < before.amount("management"));
    assert!(both.amount("profit") > yuan("0") && both.amount("profit") < before.amount("profit"));
}

#[test]
fn a_fee_on_supervised_money_is_a_risk_unless_the_tender_allows_it_or_it_is_not_taken() {
    assert!(has(&hotline(&[]), "offer.fee_on_supervised"));
    let apart = hotline(&[("\"direct\"", "\"unsupervised\"")]);
    assert_ties(&apart);
    assert!(!has(&apart, "offer.fee_on_supervised"));
    // 2,768,639.25 − 156,000.00 at 5 %.
    assert_eq!(apart.amount("management"), yuan("130631.96"));
    let allowed = hotline(&[("rise       =", "fee_on_supervised = true\nrise =")]);
    assert!(!has(&allowed, "offer.fee_on_supervised"));
}

#[test]
fn figures_and_capitals_must_agree() {
    let written = |total: &str, capitals: &str| {
        let text = format!("[offer]\nopening_total = \"{total}\"\nopening_capitals = \"{capitals}\"\n");
        hotline(&[(OFFER, &text)])
    };
    let right = written("3164626.00", "人民币叁佰壹拾陆万肆仟陆佰贰拾陆圆整");
    assert!(!has(&right, "procurement.corrections.must_confirm"));
    let wrong = written("3164626.00", "叁佰壹拾陆万肆仟陆佰贰拾伍元整");
    let finding = wrong.findings.iter().find(|one| one.code == "procurement.corrections.must_confirm").unwrap();
    assert!(finding.about.as_ref().unwrap().contains("叁佰壹拾陆万肆仟陆佰贰拾陆元整"));
    // A sheet that is not the sum of the lines.
    assert!(has(&written("3164626.01", "叁佰壹拾陆万肆仟陆佰贰拾陆元零壹分"), "procurement.corrections.must_confirm"));
}

#[test]
fn a_floor_price_is_asked_about_and_kept() {
    let quote = hotline(&[]);
    let finding = quote.findings.iter().find(|one| one.code == "quote.offer.floor_price_set").unwrap();
    assert_eq!(finding.severity, Gravity::Risk);
    assert!(!has(&hotline(&[("floor      =", "# floor =")]), "offer.floor_price_set"));
}

#[test]
fn dispatch_needs_a_licence() {
    let dispatch = ("form             = \"outsourcing\"", "form = \"dispatch\"");
    let unlicensed = hotline(&[dispatch]);
    assert_eq!(codes(&unlicensed)[0], "offer.not_licensed");
    let licensed = hotline(&[dispatch, ("staff            =", "licensed = true\nstaff =")]);
    assert_ties(&licensed);
    assert!(!licensed.is_unlawful(), "{:?}", codes(&licensed));
    // Tax on the difference alone: (3,164,626.00 − 2,521,197.60) / 1.06 × 6 %.
    assert_eq!(licensed.amount("vat"), yuan("36420.48"));
}

#[test]
fn a_price_by_heads_under_the_purchasers_direction_looks_like_dispatch() {
    let heads = ("\"item\"", "\"head_month\"");
    let directed = ("rise       =", "directed = true\nrise =");
    assert!(has(&hotline(&[heads, directed]), "offer.disguised_dispatch"));
    assert!(!has(&hotline(&[heads]), "offer.disguised_dispatch"));
    assert!(!has(&hotline(&[directed]), "offer.disguised_dispatch"));
}

#[test]
fn pay_is_held_against_the_minimum_and_the_users_market() {
    let wage = |base: &str, performance: &str| {
        hotline(&[
            ("base         = \"3250.00\"", &format!("base = \"{base}\"")),
            ("performance  = \"1100.00\"", &format!("performance = \"{performance}\"")),
        ])
    };
    // From September 2,270: allowances, holidays and the yearly bonus do not fill it up, performance does.
    assert!(!has(&wage("2270.00", "0"), "post.below_minimum"));
    assert!(has(&wage("2269.99", "0"), "post.below_minimum"));
    assert!(!has(&wage("1170.00", "1100.00"), "post.below_minimum"));
    let market = |pay: &str| hotline(&[("requires     =", &format!("market_pay = \"{pay}\"\nrequires ="))]);
    assert!(!has(&market("5194.17"), "post.below_market"));
    let below = market("5194.18");
    let note = below.findings.iter().find(|one| one.code == "quote.post.below_market").unwrap();
    assert_eq!((note.severity, note.about.as_deref()), (Gravity::Note, Some("话务员")));
}

#[test]
fn persons_hours_and_limits() {
    let persons = |count: &str| hotline(&[("persons      = 30", &format!("persons = {count}"))]);
    assert!(has(&persons("29"), "offer.fewer_persons"));
    assert!(!has(&persons("31"), "offer.fewer_persons"));
    // 53,504 hours over 1,885.68 are 28.37 persons.
    assert!(!has(&persons("29"), "rota.too_few"));
    assert!(has(&persons("28"), "rota.too_few"));
    assert!(has(&persons("20"), "rota.over_limit"));
    assert!(has(&hotline(&[("approved          = true", "approved = false")]), "rota.not_approved"));
}

#[test]
fn a_small_taxpayer_sells_no_more_than_its_limit() {
    let small = ("taxpayer         = \"general\"", "taxpayer = \"small\"");
    let total = |amount: &str| hotline(&[small, ("total         = \"3164626.00\"", &format!("total = \"{amount}\""))]);
    assert!(!has(&total("5050000.00"), "tax.small_over_limit"));
    assert!(has(&total("5050000.01"), "tax.small_over_limit"));
}

#[test]
fn a_levy_that_nobody_can_reckon_is_said() {
    let quote = hotline(&[("disability_ratio = \"1.5%\"", "")]);
    assert!(has(&quote, "offer.levy_unknown"));
    assert_eq!(quote.amount("disability_levy"), yuan("0"));
    // Thirty in the whole firm are exempt.
    let exempt = hotline(&[("staff            = 200", "staff = 30")]);
    assert_eq!(exempt.amount("disability_levy"), yuan("0"));
    assert!(hotline(&[("staff            = 200", "staff = 31")]).amount("disability_levy") > yuan("0"));
}

#[test]
fn severance_ties_whether_it_follows_or_is_written() {
    let asked = ("severance     = false", "severance = true");
    let lines = |text: &str| format!("[offer]\nlines = [{text}]\n");
    let reckoned = hotline(&[asked]);
    assert_ties(&reckoned);
    assert_eq!(reckoned.amount("severance"), yuan("155825.00"));
    let written = hotline(&[(OFFER, &lines("{ line = \"severance\", amount = \"1000.00\" }"))]);
    assert_ties(&written);
    assert_eq!(written.amount("severance"), yuan("1000.00"));
    // What the base wage was set to is what the severance follows from, whatever was written first.
    let both = hotline(&[asked, (OFFER, &lines("{ line = \"base\", amount = \"1000000.00\" }"))]);
    assert_ties(&both);
    assert_eq!(both.amount("severance"), yuan("141658.33"));
    let cost = "[[cost]]\nline = \"severance\"\neach = \"100000.00\"\nper = \"once\"\n\n[offer]\n";
    let cost = hotline(&[(OFFER, cost)]);
    assert_ties(&cost);
    assert_eq!(cost.amount("severance"), yuan("100000.00"));
}

#[test]
fn what_follows_and_what_is_pay_is_no_cost() {
    let with = |line: &str| {
        let cost = format!("[[cost]]\nline = \"{line}\"\neach = \"1000.00\"\nper = \"once\"\n\n[offer]\n");
        Tender::read(&super::BOOK, "tender.toml", &super::ALONE.replace(OFFER, &cost))
    };
    for line in ["management", "profit", "vat", "union_fee", "disability_levy"] {
        let fault = with(line).unwrap_err().to_string();
        assert!(fault.contains("不能写作费用"), "{line}: {fault}");
    }
    for line in ["base", "heat"] {
        let refusal = price(&super::BOOK, &with(line).unwrap()).unwrap_err().to_string();
        assert!(refusal.contains("不能写作费用"), "{line}: {refusal}");
    }
    assert_ties(&price(&super::BOOK, &with("recruiting").unwrap()).unwrap());
}

#[test]
fn overtime_is_reckoned_from_what_the_book_counts_where_nobody_says() {
    let silent = hotline(&[("overtime_items = [\"base\", \"performance\"]", "")]);
    // 3,250 / 21.75 / 8 = 18.678…, three times it 56.03…, for 1,976 hours.
    assert_ties(&silent);
    assert_eq!(silent.amount("holiday_overtime"), yuan("110724.14"));
    let said = hotline(&[]);
    assert_eq!(said.amount("holiday_overtime"), yuan("148200.00"));
}
