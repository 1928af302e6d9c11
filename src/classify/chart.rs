//! The entries of the rule book that a classification names, found once.

use crate::rulebook::{Book, Cell, EntryId, PackageId, Question};

/// A rule book that lacks what a classification names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("规则库没有「{0}」，无法认定用工关系")]
pub struct ChartError(pub String);

/// The names a classification uses, as entries of one book.
#[derive(Debug)]
pub struct Chart<'b> {
    pub(super) book: &'b Book,
    /// The package whose view is taken: it uses all others that bear on an engagement.
    pub(super) package: PackageId,
    /// What is decided.
    pub(super) relation: EntryId,
    /// The day on which it is judged.
    pub(super) on: EntryId,
    /// What remains of the second wage after its whole months: until when they run, when it ends, and the working days
    /// between, which the calendar knows and no formula does.
    pub(super) whole_months_until: EntryId,
    pub(super) second_wage_ends: EntryId,
    pub(super) part_month_days: EntryId,
    /// What the second wage comes to: since when, how many whole months, how much.
    pub(super) second_wage_begins: EntryId,
    pub(super) second_wage_months: EntryId,
    pub(super) second_wage_amount: EntryId,
    /// Whether somebody is past the retirement age, and of which class by sex.
    pub(super) over_age: EntryId,
    pub(super) own_class: EntryId,
    /// The limits of non-full-time work.
    pub(super) most_a_day: EntryId,
    pub(super) most_a_week: EntryId,
    /// Every question there is, in the order of the files.
    pub(super) questions: Vec<&'b Question>,
}

impl<'b> Chart<'b> {
    /// Finds the names in a book.
    ///
    /// # Errors
    /// The first that the book does not have.
    pub fn new(book: &'b Book) -> Result<Self, ChartError> {
        let find = |id: &str| book.lexicon().find_anywhere(id).map_err(|_| ChartError(id.to_owned()));
        let top = "labour.consequences";
        let package = book.packages().find(|(_, package)| package.id == top).map(|(id, _)| id);
        let package = package.ok_or_else(|| ChartError(top.to_owned()))?;
        let relation = find("labour.classification.relation")?;
        let questions =
            book.reach(package).into_iter().flat_map(|one| &book.package(one).questions).collect::<Vec<_>>();
        Ok(Self {
            book,
            package,
            relation,
            on: find("labour.classification.on")?,
            whole_months_until: find("labour.engagement.whole_months_until")?,
            second_wage_ends: find("labour.second_wage.ends")?,
            part_month_days: find("labour.second_wage.part_month_days")?,
            second_wage_begins: find("labour.second_wage.begins")?,
            second_wage_months: find("labour.second_wage.months")?,
            second_wage_amount: find("labour.second_wage.amount")?,
            over_age: find("labour.over_age.is_over_age")?,
            own_class: find("labour.classification.own_class")?,
            most_a_day: find("labour.non_full_time.most_a_day")?,
            most_a_week: find("labour.non_full_time.most_a_week")?,
            questions,
        })
    }

    /// What a plan must have: the relation, the day, and every fact that is asked.
    pub(super) fn goals(&self) -> Vec<Cell> {
        let asked = self.questions.iter().map(|question| question.fact);
        let own = [self.relation, self.on, self.whole_months_until, self.second_wage_ends, self.part_month_days];
        let second_wage = [self.second_wage_begins, self.second_wage_months, self.second_wage_amount];
        let others = [self.over_age, self.own_class, self.most_a_day, self.most_a_week];
        own.into_iter().chain(second_wage).chain(others).chain(asked).map(|entry| (entry, Vec::new())).collect()
    }

    /// The book.
    #[must_use]
    pub const fn book(&self) -> &'b Book {
        self.book
    }

    /// What a question asks for, in the law's terms.
    #[must_use]
    pub fn name(&self, question: &Question) -> &'b str {
        &self.book.entry(question.fact).name
    }

    /// The question that is answered under a key.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&'b Question> {
        self.questions.iter().copied().find(|question| question.id == id)
    }

    /// Every question, in the order in which they are asked.
    pub fn questions(&self) -> impl Iterator<Item = &'b Question> {
        self.questions.iter().copied()
    }
}
