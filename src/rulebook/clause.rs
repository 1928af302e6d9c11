//! The library of clauses: which agreements there are, of which clauses they are made, and which terms those need.

use super::{
    example::Cell,
    model::{EntryId, Gravity, PackageId},
    source::Place,
};

/// Every agreement, term and clause of the book.
#[derive(Debug, Default)]
pub struct ClauseLibrary {
    /// The agreements.
    pub agreements: Vec<Agreement>,
    /// The terms that clauses take, in the order in which they are asked for.
    pub terms: Vec<Term>,
    /// The clauses.
    pub clauses: Vec<Clause>,
    /// Values of the law that clauses quote.
    pub quotes: Vec<Quote>,
}

/// A kind of agreement; its words are the template `agreements/<id>`.
#[derive(Debug)]
pub struct Agreement {
    /// Its id.
    pub id: String,
    /// Its title.
    pub name: String,
    /// The relations in law on which it may be made.
    pub relations: Vec<String>,
    /// The relations for which it is drafted where nobody names an agreement.
    pub default: Vec<String>,
    /// What such a paper is called.
    pub titles: Vec<String>,
    /// The package whose findings judge its terms.
    pub judge: Option<PackageId>,
    /// Who signs it: the prefix of the signer's terms, and what the signer is called.
    pub signers: Vec<(String, String)>,
    /// How long it is kept: the cell of a number of years.
    pub kept: Option<Cell>,
    /// Cells that the book must have for the day and the place, or the terms cannot be judged.
    pub needs: Vec<Cell>,
    /// Instrument and article.
    pub cite: Option<String>,
    /// Where its id stands.
    pub place: Place,
}

/// What a term is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TermForm {
    /// Words.
    Text,
    /// A list of words.
    Texts,
    /// A list of rows with these columns, by key and name.
    Rows(Vec<(String, String)>),
    /// What these facts are, which are all of one type.
    Facts(Vec<EntryId>),
}

/// What people have to settle.
#[derive(Debug)]
pub struct Term {
    /// Its id, by which templates call it.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub form: TermForm,
    /// Facts of yes or no that are yes if it is given.
    pub shows: Vec<EntryId>,
    /// Where an engagement says it, as `table.key`; of several the first that does.
    pub keys: Vec<String>,
    /// How it is written, for people who left it out.
    pub example: String,
}

/// A clause; its words are the part `clauses/<id>`.
#[derive(Debug)]
pub struct Clause {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub name: String,
    /// Agreements in which it must stand.
    pub required: Vec<String>,
    /// Agreements in which it may stand; it does if its first term is given.
    pub allowed: Vec<String>,
    /// Agreements in which it must not stand.
    pub void: Vec<Void>,
    /// The terms that it cannot do without.
    pub terms: Vec<String>,
    /// Terms that it needs besides if the choice of a term is this: term, choice and what it needs.
    pub if_chosen: Vec<(String, String, Vec<String>)>,
    /// Terms that it takes if they are given.
    pub optional: Vec<String>,
    /// Findings about it: packages or findings by id.
    pub judged_by: Vec<String>,
    /// Instrument and article.
    pub cite: Option<String>,
}

/// Where a clause must not stand, and why.
#[derive(Debug)]
pub struct Void {
    /// The agreements.
    pub agreements: Vec<String>,
    /// How grave it is.
    pub severity: Gravity,
    /// What is wrong with it.
    pub message: String,
    /// What would be lawful.
    pub remedy: String,
    /// Instrument and article.
    pub cite: String,
}

/// A value of the law that clauses quote.
#[derive(Debug)]
pub struct Quote {
    /// The id by which templates call it.
    pub id: String,
    /// The cell.
    pub cell: Cell,
}

impl ClauseLibrary {
    /// The agreement of an id.
    #[must_use]
    pub fn agreement(&self, id: &str) -> Option<&Agreement> {
        self.agreements.iter().find(|one| one.id == id)
    }

    /// The term of an id.
    #[must_use]
    pub fn term(&self, id: &str) -> Option<&Term> {
        self.terms.iter().find(|one| one.id == id)
    }
}
