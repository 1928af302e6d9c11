//! From an engagement and what was decided of it to agreements that can be set.

use super::{
    judge::{Judged, Unjudged, judge},
    pick::{Refusal, pick},
    terms::{Problem, Said, Terms, read},
    view::view,
};
use crate::{
    classify::{Decision, Engagement},
    document::{Composed, DocumentError, Remark, compose, template_parts},
    engine::Fault,
    rulebook::{Agreement, Book, Diagnostic, Given, Gravity},
};
use chrono::{Months, NaiveDate};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// The folder of the agreements' templates.
const TEMPLATES: &str = "agreements";

/// What a draft for negotiation says of itself.
const NOTICE: &str =
    "审阅稿：按对方提出的条件起草，供协商使用，不得签署。页边（或者批注）写明规则库对条款的意见、依据和改正办法。";

/// Why there is nothing to draft.
#[derive(Debug)]
pub enum Obstacle {
    /// No agreement fits the relation, or the one that was asked for does not.
    Refused(Refusal),
    /// Terms are missing or wrong.
    Terms(Vec<Problem>),
    /// A region file is wrong.
    Rules(Vec<Diagnostic>),
    /// The book does not cover the place or the day.
    Fault(Fault),
    /// Library and template do not agree on the clauses of an agreement; what is wrong.
    Library(String),
    /// The templates are faulty.
    Document(DocumentError),
}

impl From<Unjudged> for Obstacle {
    fn from(unjudged: Unjudged) -> Self {
        match unjudged {
            Unjudged::Rules(diagnostics) => Self::Rules(diagnostics),
            Unjudged::Fault(fault) => Self::Fault(fault),
        }
    }
}

/// An agreement with its terms judged.
#[derive(Debug)]
pub struct Draft<'b> {
    /// What kind it is.
    pub agreement: &'b Agreement,
    /// What the rules say of its terms, the gravest first.
    pub findings: Vec<Judged>,
    /// The day that it bears.
    pub dated: NaiveDate,
    /// The last day of its term, if it has one.
    pub ends: Option<NaiveDate>,
    /// For how many years after its end it is kept.
    pub kept_years: Option<u32>,
    /// The digest of the values of the book that it rests on.
    pub values_digest: String,
    /// Whether it is a draft for negotiation.
    pub as_proposed: bool,
    view: Json,
    parties: Vec<Party>,
}

/// Who signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// What the signer is called in the agreement.
    pub role: String,
    /// The name.
    pub name: String,
    /// The number by which the signer is known: of an identity document or a firm's registration.
    pub number: String,
    /// Whether the signer is a natural person.
    pub is_person: bool,
}

impl Draft<'_> {
    /// Whether the law does not suffer the terms.
    #[must_use]
    pub fn is_unlawful(&self) -> bool {
        self.findings.iter().any(|one| one.finding.severity == Gravity::Unlawful)
    }

    /// The name of its template.
    #[must_use]
    pub fn template(&self) -> String {
        format!("{TEMPLATES}/{}", self.agreement.id)
    }

    /// Who signs it, in order.
    #[must_use]
    pub fn parties(&self) -> &[Party] {
        &self.parties
    }

    /// Its name without what a file system refuses: the agreement's and that of the other side.
    #[must_use]
    pub fn file_stem(&self) -> String {
        let of = self.parties.iter().find(|party| party.is_person).or(self.parties.first());
        let mark = if self.as_proposed { "-审阅稿" } else { "" };
        let plain = |c: char| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c };
        let name = of.map_or("", |party| party.name.as_str());
        format!("{}-{name}{mark}", self.agreement.name).chars().map(plain).collect()
    }

    /// The document; in a draft for negotiation the findings stand in its margin.
    ///
    /// # Errors
    /// Faulty templates.
    pub fn compose(&self) -> Result<Composed, DocumentError> {
        let remark = |one: &Judged| {
            let part = |lead: &str, text: Option<&String>| text.map_or(String::new(), |text| format!("\n{lead}{text}"));
            let finding = &one.finding;
            Remark {
                part: one.clause.clone().unwrap_or_default(),
                heading: finding.severity.name().to_owned(),
                text: format!(
                    "{}{}{}",
                    finding.message,
                    part("改正：", finding.remedy.as_ref()),
                    part("依据：", finding.cite.as_ref())
                ),
            }
        };
        let remarks: Vec<Remark> = self.findings.iter().filter(|_| self.as_proposed).map(remark).collect();
        compose(&self.template(), &self.view, &remarks)
    }

    /// Until when it is at least kept, where its end is known.
    #[must_use]
    pub fn kept_until(&self) -> Option<NaiveDate> {
        self.ends?.checked_add_months(Months::new(self.kept_years?.checked_mul(12)?))
    }
}

/// Drafts the agreements of an engagement: those that its relation calls for, or the one that is wanted by id or name.
///
/// # Errors
/// Everything that stands in the way; unlawful terms do not, they are findings of the drafts.
pub fn drafts<'b>(
    book: &'b Book,
    engagement: &Engagement,
    decision: &Decision,
    wanted: Option<&str>,
    as_proposed: bool,
) -> Result<Vec<Draft<'b>>, Obstacle> {
    let picked = pick(book.clauses(), engagement, decision, wanted).map_err(Obstacle::Refused)?;
    let (terms, mut problems) = read(book, engagement);
    for agreement in &picked {
        for missing in terms.missing(book, agreement) {
            if !problems.iter().any(|known| known.key == missing.key) {
                problems.push(missing);
            }
        }
    }
    if !problems.is_empty() {
        return Err(Obstacle::Terms(problems));
    }
    picked.into_iter().map(|agreement| draft(book, engagement, agreement, &terms, as_proposed)).collect()
}

fn draft<'b>(
    book: &'b Book,
    engagement: &Engagement,
    agreement: &'b Agreement,
    terms: &Terms,
    as_proposed: bool,
) -> Result<Draft<'b>, Obstacle> {
    held_to_template(book, agreement)?;
    let judgement = judge(book, agreement, terms, engagement.region.as_deref(), engagement.on)?;
    let date = |term: &str| match terms.0.get(term) {
        Some(Said::Fact(_, Given::Date(day))) => Some(*day),
        _ => None,
    };
    let text = |term: String| match terms.0.get(&term) {
        Some(Said::Text(text)) => text.clone(),
        _ => String::new(),
    };
    let party = |(prefix, role): &(String, String)| {
        let id = text(format!("{prefix}_id_number"));
        let is_person = !id.is_empty();
        let number = if is_person { id } else { text(format!("{prefix}_code")) };
        Party { role: role.clone(), name: text(format!("{prefix}_name")), number, is_person }
    };
    let notice = if as_proposed { NOTICE } else { "" };
    Ok(Draft {
        agreement,
        view: view(book, agreement, terms, &judgement.quotes, notice),
        parties: agreement.signers.iter().map(party).collect(),
        findings: judgement.findings,
        dated: date("signed_on").unwrap_or(engagement.on),
        ends: date("end"),
        kept_years: judgement.kept_years,
        values_digest: judgement.values_digest,
        as_proposed,
    })
}

/// The template has exactly the clauses that the library gives the agreement: none is forgotten, none slips in.
fn held_to_template(book: &Book, agreement: &Agreement) -> Result<(), Obstacle> {
    let parts = template_parts(&format!("{TEMPLATES}/{}", agreement.id)).map_err(Obstacle::Document)?;
    let of = |ids: &[String]| ids.contains(&agreement.id);
    let clauses = book.clauses().clauses.iter().filter(|clause| {
        of(&clause.required) || of(&clause.allowed) || clause.void.iter().any(|void| of(&void.agreements))
    });
    let clauses: BTreeSet<String> = clauses.map(|clause| clause.id.clone()).collect();
    let differing: Vec<&str> = clauses.symmetric_difference(parts).map(String::as_str).collect();
    if differing.is_empty() {
        return Ok(());
    }
    Err(Obstacle::Library(format!("{}的条款库与模板不一致：{}", agreement.name, differing.join("、"))))
}
