//! What a result says besides its number: what it rests on, how sure that is, and what is to be noted.

use super::{
    evaluate::{Evaluation, Fault, FaultKind},
    node::Node,
    plan::{Constant, Coverage, Origin, Plan, PlannedConsequence, PlannedFinding, SlotId},
    show::show,
    value::Value,
};
use crate::rulebook::{Confidence, Digest, Gravity, MessagePart, NATION, PackageId, Place, Term, UNKNOWN};
use serde::{Deserialize, Serialize};

/// A value of the book that a result rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its cell.
    pub slot: SlotId,
    /// The name of the cell.
    pub name: String,
    /// Where it stands in the book: cells of one supply stand in one place.
    pub written: Place,
    /// The place that supplies it, if it differs by place.
    pub place: Option<String>,
    /// How well it is sourced.
    pub confidence: Confidence,
    /// Instrument and article, or where it was read.
    pub cite: String,
    /// For the reader.
    pub note: Option<String>,
    /// Whether its review is due, so that results on it are provisional.
    pub provisional: bool,
    /// Whether nobody says when it was published.
    pub publication_unknown: bool,
}

impl Source {
    /// Whether a reader must be told: disputed, derived, of unnamed origin, or due for review.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        self.provisional || matches!(self.confidence, Confidence::Unnamed | Confidence::Uncertain)
    }
}

/// The values of the book among some slots, in the order of the plan.
#[must_use]
pub fn sources(plan: &Plan<'_>, slots: impl IntoIterator<Item = SlotId>) -> Vec<Source> {
    let regions = plan.book().regions();
    let place = |code: &str| (code != NATION).then(|| regions.path(code));
    let cited = |cite: &str, source: Option<&str>| match source {
        Some(source) if cite == UNKNOWN => source.to_owned(),
        _ => cite.to_owned(),
    };
    let source = |slot: SlotId| match &plan.slot(slot).origin {
        Origin::Constant(Constant::Version { version, region, provisional, .. }) => Some(Source {
            slot,
            name: plan.name(slot),
            written: version.place,
            place: region.as_deref().and_then(place),
            confidence: version.confidence,
            cite: cited(&version.cite, version.source.as_deref()),
            note: version.note.clone(),
            provisional: *provisional,
            publication_unknown: version.published.is_none(),
        }),
        Origin::Constant(Constant::Nothing(nothing, region)) => Some(Source {
            slot,
            name: plan.name(slot),
            written: nothing.place,
            place: place(region),
            // Who says nothing of how sure it is states what the instrument says.
            confidence: nothing.confidence.unwrap_or(Confidence::Verified),
            cite: cited(nothing.cite.as_deref().unwrap_or(UNKNOWN), nothing.source.as_deref()),
            note: nothing.note.clone().or_else(|| Some(nothing.reason.clone())),
            provisional: false,
            publication_unknown: false,
        }),
        _ => None,
    };
    slots.into_iter().filter_map(source).collect()
}

/// The digest of the values that a result actually read: a change elsewhere in the book does not change it.
#[must_use]
pub fn values_digest(plan: &Plan<'_>, slots: impl IntoIterator<Item = SlotId>) -> Digest {
    let mut lines: Vec<String> = slots
        .into_iter()
        .filter_map(|slot| {
            let id = plan.id(slot);
            match &plan.slot(slot).origin {
                Origin::Constant(Constant::Version { version, region, .. }) => Some(format!(
                    "{id}@{}|{}|{}|{}",
                    region.as_deref().unwrap_or(NATION),
                    version.from,
                    version.literal,
                    version.cite
                )),
                Origin::Constant(Constant::Nothing(nothing, region)) => {
                    Some(format!("{id}@{region}|none|{}", nothing.reason))
                }
                _ => None,
            }
        })
        .collect();
    lines.sort();
    Digest::of(lines.join("\n").as_bytes())
}

/// A finding that was raised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaisedFinding {
    /// `package.id`.
    pub code: String,
    /// How grave it is.
    pub severity: Gravity,
    /// The sentence.
    pub message: String,
    /// Instrument and article.
    pub cite: Option<String>,
    /// What to do.
    pub remedy: Option<String>,
}

/// A finding that could not be tried for want of coverage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untried {
    /// `package.id`.
    pub code: String,
    /// What the book does not cover.
    pub slot: SlotId,
    /// Why.
    pub gap: Coverage,
    /// Instrument and article of the finding.
    pub cite: Option<String>,
}

/// What follows, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Following {
    /// `package.id`.
    pub code: String,
    /// What it is about.
    pub topic: String,
    /// The sentence.
    pub message: String,
    /// Instrument and article.
    pub cite: String,
    /// The values in it: id and text.
    pub values: Vec<(String, String)>,
    /// What of it the book does not cover, and why.
    pub uncovered: Vec<String>,
}

/// A part of a sentence, and the value that it is, if it is one.
struct Said {
    text: String,
    value: Option<(String, String)>,
}

/// What stands in a sentence for a value that the book does not cover.
const NOT_COVERED: &str = "（规则库未覆盖）";

/// Faults of a condition are nobody's result; the slot they would be named after does not matter.
const NOWHERE: SlotId = SlotId(0);

impl<'b> Evaluation<'_, 'b> {
    /// The findings whose condition holds. What is not known, or not covered, raises none.
    pub fn findings(&mut self) -> Vec<RaisedFinding> {
        self.findings_and_gaps().0
    }

    /// The findings whose condition holds, and those of which the book does not cover whether it does.
    pub fn findings_and_gaps(&mut self) -> (Vec<RaisedFinding>, Vec<Untried>) {
        let (mut raised, mut untried) = (Vec::new(), Vec::new());
        for planned in self.plan().findings() {
            match self.finding(planned) {
                Ok(finding) => raised.extend(finding),
                Err(fault) => {
                    if let FaultKind::Coverage(gap) = fault.kind {
                        let code = self.code(planned);
                        untried.push(Untried { code, slot: fault.slot, gap, cite: planned.finding.cite.clone() });
                    }
                }
            }
        }
        (raised, untried)
    }

    fn code(&self, planned: &PlannedFinding<'b>) -> String {
        format!("{}.{}", self.plan().book().package(planned.package).id, planned.finding.id)
    }

    fn finding(&mut self, planned: &PlannedFinding<'b>) -> Result<Option<RaisedFinding>, Fault> {
        if self.node(NOWHERE, &planned.when)? != Value::Boolean(true) {
            return Ok(None);
        }
        let mut message = String::new();
        for part in self.sentence(&planned.finding.message, &planned.values, planned.package) {
            message.push_str(&part?.text);
        }
        let remedy = planned.finding.remedy.as_ref().map(|parts| {
            // What is found stands, also where the book does not cover a number of what to do.
            let said = self.sentence(parts, &planned.remedy_values, planned.package);
            said.into_iter().map(|part| part.map_or_else(|_| NOT_COVERED.to_owned(), |part| part.text)).collect()
        });
        Ok(Some(RaisedFinding {
            code: self.code(planned),
            severity: planned.finding.severity,
            message,
            cite: planned.finding.cite.clone(),
            remedy,
        }))
    }

    /// The facts for want of which it is not known whether a finding is to be raised or a consequence follows.
    pub fn waited_for(&mut self) -> Vec<SlotId> {
        let plan = self.plan();
        let findings = plan.findings().iter().map(|planned| &planned.when);
        let conditions = findings.chain(plan.consequences().iter().map(|planned| &planned.when));
        let mut waited_for: Vec<SlotId> = Vec::new();
        for when in conditions {
            if let Ok(Value::Unknown(unknown)) = self.node(NOWHERE, when) {
                let new: Vec<SlotId> = unknown.facts().filter(|slot| !waited_for.contains(slot)).collect();
                waited_for.extend(new);
            }
        }
        waited_for
    }

    /// What follows: the consequences whose condition holds.
    pub fn consequences(&mut self) -> Vec<Following> {
        let plan = self.plan();
        plan.consequences().iter().filter_map(|planned| self.consequence(planned)).collect()
    }

    fn consequence(&mut self, planned: &PlannedConsequence<'b>) -> Option<Following> {
        if !self.condition(&planned.when)? {
            return None;
        }
        let consequence = planned.consequence;
        let mut following = Following {
            code: format!("{}.{}", self.plan().book().package(planned.package).id, consequence.id),
            topic: consequence.topic.clone(),
            message: String::new(),
            cite: consequence.cite.clone(),
            values: Vec::new(),
            uncovered: Vec::new(),
        };
        for part in self.sentence(&consequence.message, &planned.values, planned.package) {
            match part {
                Ok(part) => {
                    following.message.push_str(&part.text);
                    following.values.extend(part.value);
                }
                // The sentence still says what follows; what it amounts to is not covered, and why is said beside it.
                Err(fault) => {
                    following.message.push_str(NOT_COVERED);
                    following.uncovered.push(fault.to_string());
                }
            }
        }
        Some(following)
    }

    /// A sentence, part by part.
    fn sentence(
        &mut self,
        parts: &'b [MessagePart],
        values: &[(Node<'b>, &'b Term)],
        package: PackageId,
    ) -> Vec<Result<Said, Fault>> {
        let plan = self.plan();
        let book = plan.book();
        let mut values = values.iter();
        let mut said = Vec::new();
        for part in parts {
            said.push(match part {
                MessagePart::Words(words) => Ok(Said { text: words.clone(), value: None }),
                MessagePart::Region => {
                    let place = plan.question().places.of(book.package(package).place).unwrap_or(NATION);
                    Ok(Said { text: book.regions().path(place), value: None })
                }
                MessagePart::Value(_) => {
                    let Some((node, term)) = values.next() else { continue };
                    self.node(NOWHERE, node).map(|value| {
                        let text = show(book.lexicon(), &value, term.of);
                        let id = if let Node::Slot(slot) = node { Some(plan.id(*slot)) } else { None };
                        Said { value: id.map(|id| (id, text.clone())), text }
                    })
                }
            });
        }
        said
    }

    /// Whether a condition holds, if that is known.
    pub fn condition(&mut self, when: &Node<'b>) -> Option<bool> {
        match self.node(NOWHERE, when) {
            Ok(Value::Boolean(holds)) => Some(holds),
            _ => None,
        }
    }
}
