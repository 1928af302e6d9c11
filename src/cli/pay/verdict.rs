//! What is decided of one person's engagement, and the facts that come of it: the relation, what the month would owe
//! under it where the roster gives less, what the lack of a written contract costs, and what the document says of the age.

use super::engagements::Engaged;
use crate::{
    classify::{Ages, Answer, Decision, Depth, Engagement, Item, Judge, SecondWage, Shifts},
    cli::error::CliError,
    exchange::{
        rejected::Rejected,
        roster::{self, Field, Holder, Payable, Paying, RosterRow},
    },
    payroll::{Month, Recast, Refusal},
    quantity::{Exact, Money},
    rulebook::{Book, Given},
};

/// How what was decided compares with the roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    Agrees,
    Differs,
    Undetermined,
}

const PAID_AS: &str = "labour.relations.relation";
const RELATION: &str = "payroll.classified.relation";
const UNDETERMINED: &str = "payroll.classified.undetermined";
const SHEET: &str = "payroll.classified.sheet_relation";
const INSURANCE_EMPLOYER: &str = "payroll.classified.insurance_employer";
const INSURANCE_EMPLOYEE: &str = "payroll.classified.insurance_employee";
const TAX: &str = "payroll.classified.tax";
const NOT_COMPUTED: &str = "payroll.classified.not_computed";
const SECOND_WAGE: &str = "payroll.classified.second_wage";
const SECOND_WAGE_FROM: &str = "payroll.classified.second_wage_from";
const SECOND_WAGE_UNTIL: &str = "payroll.classified.second_wage_until";
const SILENCE: &str = "payroll.classified.second_wage_silence";
const UNDER_AGE: &str = "payroll.signs.under_retirement_age";
const PAST_AGE: &str = "payroll.signs.past_retirement_age";

/// Pay by the hour, which stays what it is under every relation.
const BY_THE_HOUR: [&str; 2] = ["payroll.hours", "payroll.hourly_rate"];

/// What the holder of a document is asked, and nobody need write again.
const BIRTH_DATE: &str = "birth_date";
const SEX: &str = "sex";

/// A choice of a fact by the id of its member.
fn choice(book: &Book, fact: &str, member: &str) -> Option<Given> {
    let lexicon = book.lexicon();
    let set = lexicon.choice_set(lexicon.find_anywhere(fact).ok()?)?;
    lexicon.member(set, member).map(Given::Choice)
}

/// The relation that a fact chooses.
fn chosen(book: &Book, fact: &str, given: &Given) -> Option<roster::Engagement> {
    let lexicon = book.lexicon();
    let set = lexicon.choice_set(lexicon.find_anywhere(fact).ok()?)?;
    let Given::Choice(at) = given else { return None };
    roster::Engagement::of_relation(&lexicon.members(set).get(*at)?.id)
}

fn holder(row: &RosterRow) -> Holder {
    roster::holder(&row.id_kind, &row.id_number)
}

/// The engagement as it is judged for the month: on its last day, or that of leaving; where it names no place, where the
/// roster says that the work is done; with what the identity document says of the person.
pub(super) fn engagement(
    judge: &Judge<'_>,
    one: &Engaged,
    row: &RosterRow,
    payable: &Payable,
    paying: &Paying,
) -> Engagement {
    let regions = judge.chart().book().regions();
    let worked_at = || payable.month.places.work.as_deref().map(|code| regions.canonical(code).to_owned());
    let region = one.region.clone().or_else(worked_at);
    let on = row.left.map_or(paying.period_end, |left| left.min(paying.period_end));
    let mut answers = one.answers.clone();
    let holder = holder(row);
    let known = [(BIRTH_DATE, holder.born.map(Item::Date)), (SEX, holder.sex.map(|sex| Item::Text(sex.to_owned())))];
    for (id, item) in known {
        let (Some(item), Some(question)) = (item, judge.chart().question(id)) else { continue };
        if let (false, Ok(Some(answer))) = (answers.contains_key(id), Answer::read(judge.chart(), question, &item)) {
            answers.insert(id.to_owned(), answer);
        }
    }
    Engagement::of_answers(region, on, answers)
}

/// Decides an engagement whose place and day were prepared.
pub(super) fn decision(
    judge: &Judge<'_>,
    book: &Book,
    engagement: Engagement,
    shifts: &Shifts,
    row: &RosterRow,
) -> Result<Decision, Vec<Rejected>> {
    let refused = |problem: &str| {
        vec![Rejected {
            row: row.row,
            column: Field::WorkerNo.column().heading.to_owned(),
            value: row.worker_no.clone(),
            problem: format!("用工事实认定不了：{problem}"),
            remedy: "用 gongche check 核对这个人的用工文件".to_owned(),
        }]
    };
    let shifts = shifts.until(engagement.on);
    let (engagement, _) = judge.with_shifts(engagement, &shifts).map_err(|error| refused(&error.to_string()))?;
    judge.decide(&engagement, Depth::Brief).map_err(|trouble| refused(CliError::trouble(book, trouble).message()))
}

/// A row with what was decided: as it is, or computed by what was decided.
pub(super) fn told(
    book: &Book,
    paying: &Paying,
    decision: Decision,
    by_classification: bool,
    mut row: RosterRow,
    mut payable: Payable,
) -> Result<(Outcome, (RosterRow, Payable)), Vec<Rejected>> {
    let decided = decision.relation.as_ref().and_then(|relation| roster::Engagement::of_relation(&relation.id));
    let Some(decided) = decided else {
        payable.month.facts.insert(UNDETERMINED.to_owned(), Given::Boolean(true));
        return Ok((Outcome::Undetermined, (row, payable)));
    };
    let sheet = row.engagement;
    let differs = decided != sheet;
    if differs && by_classification {
        let hours: Vec<_> = BY_THE_HOUR.iter().filter_map(|id| payable.month.facts.remove_entry(*id)).collect();
        row.engagement = decided;
        payable = roster::payable(&row, paying, book).map_err(|reasons| by_decision(reasons, decided))?;
        payable.month.facts.extend(hours);
    }
    let facts = &mut payable.month.facts;
    facts.extend(choice(book, RELATION, decided.relation()).map(|given| (RELATION.to_owned(), given)));
    if differs && by_classification {
        facts.extend(choice(book, SHEET, sheet.relation()).map(|given| (SHEET.to_owned(), given)));
    }
    // What nobody wrote of the contract matters where the slip is not what it should be.
    if (differs && !by_classification) || matches!(decision.second_wage, SecondWage::Owed { .. }) {
        facts.extend(second_wage(book, decision.second_wage));
    }
    let outcome = if differs { Outcome::Differs } else { Outcome::Agrees };
    Ok((outcome, (row, payable)))
}

/// Why a row cannot be computed by what was decided, with what that was.
fn by_decision(reasons: Vec<Rejected>, decided: roster::Engagement) -> Vec<Rejected> {
    let told = reasons
        .into_iter()
        .map(|one| Rejected { problem: format!("按用工事实是{}：{}", decided.label(), one.problem), ..one });
    told.collect()
}

fn second_wage(book: &Book, second_wage: SecondWage) -> Vec<(String, Given)> {
    let silence = |why: &str| choice(book, SILENCE, why).map(|given| (SILENCE.to_owned(), given));
    match second_wage {
        SecondWage::Owed { from, until, amount } => vec![
            (SECOND_WAGE.to_owned(), Given::Number(amount)),
            (SECOND_WAGE_FROM.to_owned(), Given::Date(from)),
            (SECOND_WAGE_UNTIL.to_owned(), Given::Date(until)),
        ],
        SecondWage::NotOwed => silence("not_owed").into_iter().collect(),
        SecondWage::Open(questions) => {
            let named = questions.iter().find_map(|question| silence(question));
            named.or_else(|| silence("other")).into_iter().collect()
        }
    }
}

/// Puts to a row's facts what the month would owe under what was decided, where the roster gives less.
pub(super) fn expose(book: &Book, month: &Month<'_>, row: &RosterRow, payable: &mut Payable) {
    let facts = &payable.month.facts;
    let Some(relation) = facts.get(RELATION).filter(|relation| Some(*relation) != facts.get(PAID_AS)) else { return };
    let Some(decided) = chosen(book, RELATION, relation) else { return };
    let (from, to) = (row.engagement.main_item(), decided.main_item());
    let exposure = month.exposure(&payable.month, &Recast { relation: relation.clone(), from, to });
    let facts = &mut payable.month.facts;
    match exposure {
        Ok(None) => {}
        Ok(Some(exposure)) => {
            let amount = |amount: Money| Given::Number(Exact::from(amount));
            facts.insert(INSURANCE_EMPLOYER.to_owned(), amount(exposure.insurance_employer));
            facts.insert(INSURANCE_EMPLOYEE.to_owned(), amount(exposure.insurance_employee));
            facts.insert(TAX.to_owned(), amount(exposure.tax));
        }
        Err(refusal) => {
            let why = match refusal {
                Refusal::Coverage { .. } => "coverage",
                Refusal::Facts(_) => "facts",
                Refusal::Open(_) => "open",
            };
            facts.extend(choice(book, NOT_COMPUTED, why).map(|given| (NOT_COMPUTED.to_owned(), given)));
        }
    }
}

/// Puts to a row's facts what its document says of the age, where that is against the form of work. The date of birth
/// itself is not kept.
pub(super) fn tell_age(book: &Book, ages: &Ages<'_, '_>, (row, payable): &mut (RosterRow, Payable)) {
    let Holder { born: Some(born), sex: Some(sex), .. } = holder(row) else { return };
    let is_over_age = row.engagement == roster::Engagement::OverAge;
    let against = match ages.is_past(born, sex) {
        Some(false) if is_over_age => UNDER_AGE,
        Some(true) if !is_over_age => PAST_AGE,
        _ => return,
    };
    // Books of others may say nothing of it.
    if book.lexicon().find_anywhere(against).is_ok() {
        payable.month.facts.insert(against.to_owned(), Given::Boolean(true));
    }
}
