//! The life of a run: `draft → previewed → approved → paid → closed`, and the ways back.
//!
//! A draft is the clerk's roster; the ledger knows nothing of it. A preview is a digest beside the chain of runs, an
//! approval brings the run itself with all its slips. In a ledger without approval a run goes in at once, as committed.

use std::{fmt, str::FromStr};

use chrono::DateTime;

use super::{
    error::Problem,
    model::{Act, RunKey, StoredRun},
    name,
    previews::StoredPreview,
};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The ledger knows nothing of it.
    Draft,
    /// Somebody computed it and looked at it; a digest is kept.
    Previewed,
    /// It went in in one step, in a ledger without approval.
    Committed,
    /// Somebody else than the preparer let it through.
    Approved,
    /// The money has gone out.
    Paid,
    /// The books of it are shut.
    Closed,
    /// It was opened again, to be replaced.
    Reopened,
    /// Another run stands in its place.
    Replaced,
    /// It does not count.
    Void,
}

/// What is done to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Computing it and keeping the digest.
    Preview,
    /// Writing it in one step, without approval.
    Commit,
    /// Letting through what was previewed.
    Approve,
    /// Letting through what was previewed in the place of a run that is approved or paid.
    Replace,
    /// Booking what earlier months owe, to be paid with it.
    Book,
    /// Noting that the money has gone out.
    Pay,
    /// Shutting its books.
    Close,
    /// Opening it again.
    Reopen,
    /// Declaring that it does not count.
    Void,
}

/// Every state with the word that the ledger keeps, and the one for people.
const STATES: [(State, &str, &str); 9] = [
    (State::Draft, "draft", "草稿"),
    (State::Previewed, "previewed", "已试算"),
    (State::Committed, "committed", "已记账"),
    (State::Approved, "approved", "已批准"),
    (State::Paid, "paid", "已发放"),
    (State::Closed, "closed", "已关账"),
    (State::Reopened, "reopened", "已重开"),
    (State::Replaced, "replaced", "已被代替"),
    (State::Void, "void", "已作废"),
];

impl State {
    /// The word that the ledger keeps: `approved`.
    #[must_use]
    pub fn word(self) -> &'static str {
        STATES.iter().find(|(state, ..)| *state == self).map_or("", |(_, word, _)| word)
    }

    /// The word for people: 已批准.
    #[must_use]
    pub fn name(self) -> &'static str {
        STATES.iter().find(|(state, ..)| *state == self).map_or("", |(.., name)| name)
    }

    /// The state after a step; none where the step cannot be taken from here.
    #[must_use]
    pub fn after(self, step: Step) -> Option<Self> {
        match (step, self) {
            // What a preview of a standing run prepares is its replacement; until then it stands as it did.
            (Step::Preview, Self::Draft | Self::Previewed) => Some(Self::Previewed),
            (Step::Preview, Self::Approved | Self::Paid | Self::Reopened | Self::Void) => Some(self),
            (Step::Commit, Self::Draft | Self::Committed | Self::Reopened | Self::Void) => Some(Self::Committed),
            (Step::Approve, Self::Previewed | Self::Reopened | Self::Void) => Some(Self::Approved),
            (Step::Replace, Self::Approved | Self::Paid) => Some(Self::Approved),
            // Once the money has gone out there is nothing to pay it with.
            (Step::Book, Self::Draft | Self::Previewed | Self::Committed) => Some(self),
            (Step::Book, Self::Approved | Self::Reopened | Self::Void) => Some(self),
            (Step::Pay, Self::Approved | Self::Committed) => Some(Self::Paid),
            (Step::Close, Self::Paid | Self::Reopened) => Some(Self::Closed),
            (Step::Reopen, Self::Approved | Self::Paid | Self::Closed) => Some(Self::Reopened),
            (Step::Void, Self::Approved | Self::Committed | Self::Paid | Self::Reopened) => Some(Self::Void),
            _ => None,
        }
    }

    /// Whether the money has gone out: such a month may owe something.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Committed | Self::Paid | Self::Closed)
    }
}

impl FromStr for State {
    type Err = Problem;

    fn from_str(word: &str) -> Result<Self, Problem> {
        let found = STATES.iter().find(|(_, known, _)| *known == word);
        found.map(|(state, ..)| *state).ok_or_else(|| Problem::Corrupted(format!("没有“{word}”这种批次状态")))
    }
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 9] = [
        Self::Preview,
        Self::Commit,
        Self::Approve,
        Self::Replace,
        Self::Book,
        Self::Pay,
        Self::Close,
        Self::Reopen,
        Self::Void,
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Preview => "试算",
            Self::Commit => "记账",
            Self::Approve => "批准",
            Self::Replace => "代替",
            Self::Book => "记入补差",
            Self::Pay => "发放",
            Self::Close => "关账",
            Self::Reopen => "重开",
            Self::Void => "作废",
        }
    }

    /// Whether it changes what has been computed, and not only what is said of it.
    fn changes_slips(self) -> bool {
        matches!(self, Self::Preview | Self::Commit | Self::Approve | Self::Replace | Self::Book | Self::Void)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the ledger knows of the run of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The current run.
    pub run: Option<StoredRun>,
    /// The last preview, if nothing has happened to the run since.
    pub preview: Option<StoredPreview>,
    /// Who took the last step with it, of those of which the ledger keeps that.
    pub last: Option<Act>,
    /// Whether the regular run of the period is closed, and with it the period.
    pub period_closed: bool,
}

impl Standing {
    /// Where the run stands.
    #[must_use]
    pub fn state(&self) -> State {
        match (&self.run, &self.preview) {
            (Some(run), _) => run.state,
            (None, Some(_)) => State::Previewed,
            (None, None) => State::Draft,
        }
    }

    /// The state after a step, or why it cannot be taken.
    pub(super) fn after(&self, key: &RunKey, step: Step) -> Result<State, Problem> {
        if self.period_closed && step.changes_slips() {
            return Err(Problem::PeriodClosed { run: key.clone() });
        }
        let state = self.state();
        state.after(step).ok_or_else(|| match step {
            Step::Approve if state == State::Draft => Problem::NoPreview { run: key.clone() },
            _ => Problem::WrongState { run: key.clone(), state, step },
        })
    }

    /// Whether a step is not taken before the one that it follows, as those who took them tell the time.
    pub(super) fn follows(&self, key: &RunKey, act: &Act) -> Result<(), Problem> {
        let time = |act: &Act| DateTime::parse_from_rfc3339(&act.at).ok();
        let backwards = self.last.as_ref().filter(|last| time(last).zip(time(act)).is_some_and(|(last, at)| at < last));
        match backwards {
            None => Ok(()),
            Some(last) => {
                Err(Problem::Backwards { run: key.clone(), at: act.at.clone(), last: Box::new(last.clone()) })
            }
        }
    }

    /// Whether what was computed is what was previewed, and who lets it through is not who prepared it.
    pub(super) fn release(&self, key: &RunKey, digest: &str, act: &Act) -> Result<(), Problem> {
        let Some(preview) = &self.preview else { return Err(Problem::NoPreview { run: key.clone() }) };
        if preview.digest != digest {
            return Err(Problem::StalePreview { run: key.clone(), act: Box::new(preview.act.clone()) });
        }
        if name::same(&preview.act.by, &act.by) {
            return Err(Problem::OwnApproval { by: act.by.clone() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_goes_forward_and_only_over_reopening_back() {
        let way = [Step::Preview, Step::Approve, Step::Pay, Step::Close];
        let end = way.iter().fold(State::Draft, |state, step| state.after(*step).unwrap());
        assert_eq!(end, State::Closed);
        let open: Vec<Step> = Step::ALL.into_iter().filter(|step| end.after(*step).is_some()).collect();
        assert_eq!(open, [Step::Reopen], "a closed run can only be opened again");
        assert_eq!(end.after(Step::Reopen), Some(State::Reopened));
        assert_eq!(State::Reopened.after(Step::Pay), None, "nothing is paid twice");
        assert_eq!(State::Paid.after(Step::Book), None);
    }

    #[test]
    fn what_was_replaced_stays_so() {
        assert!(Step::ALL.into_iter().all(|step| State::Replaced.after(step).is_none()));
    }

    #[test]
    fn the_ledger_reads_the_words_that_it_writes() {
        for (state, word, _) in STATES {
            assert_eq!(word.parse::<State>().unwrap(), state);
        }
        assert!("pending".parse::<State>().is_err());
    }
}
