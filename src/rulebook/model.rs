//! What a rule book says, once read.

use super::{
    dated::{Confidence, Timeline},
    source::{Located, Place},
    term::Term,
};
use crate::quantity::{Exact, Rounding, Unit};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An entry of the book: a fact, value, scale, figure, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub(crate) usize);

/// A package of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PackageId(pub(crate) usize);

/// Which date picks the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clock {
    /// The day on which pay is paid.
    Payment,
    /// The month that a contribution is for.
    Period,
    /// The days on which the work is done.
    Work,
    /// The day on which a contract is signed.
    Signing,
}

/// Whose place answers for a value that differs by region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// 参保地: where the worker is insured.
    Insurance,
    /// 公积金缴存地: where the fund is held.
    Fund,
    /// 工作地: where the work is done.
    Work,
    /// 用工单位所在地: where the host is.
    Host,
}

impl Role {
    /// The role's name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Insurance => "参保地",
            Self::Fund => "公积金缴存地",
            Self::Work => "工作地",
            Self::Host => "用工单位所在地",
        }
    }
}

/// A package: the rules of one subject.
#[derive(Debug)]
pub struct Package {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// Which date picks its versions.
    pub clock: Clock,
    /// Whose place answers for its values by region.
    pub place: Role,
    /// Packages whose names it writes without their id.
    pub uses: Vec<PackageId>,
    /// How many months past `review_by` a value still answers.
    pub horizon_months: Option<u32>,
    /// Its entries in the order of the file.
    pub entries: Vec<EntryId>,
    /// Facts of other packages that it computes: the fact, and the figure that gives it.
    pub binds: Vec<(EntryId, EntryId)>,
    /// Its findings.
    pub findings: Vec<Finding>,
    /// How its facts are asked.
    pub questions: Vec<Question>,
    /// What follows, in sentences.
    pub consequences: Vec<Consequence>,
    /// Its heading.
    pub heading: Place,
}

/// A named thing in a package.
#[derive(Debug)]
pub struct Entry {
    /// Its package.
    pub package: PackageId,
    /// Its id in the package.
    pub id: String,
    /// `package.id`.
    pub full_id: String,
    /// The law's term.
    pub name: String,
    /// What sort of thing it is.
    pub sort: Sort,
    /// The dimensions it is given, supplied or computed for, without the region.
    pub by: Vec<EntryId>,
    /// Whether it differs by region.
    pub by_region: bool,
    /// Whether a place without a value of its own has that of the place around it.
    pub inherits: bool,
    /// What type its cells have.
    pub of: Type,
    /// The members of a dimension, or the choices of a fact.
    pub members: Vec<Member>,
    /// For the reader.
    pub note: Option<String>,
    /// Where its id stands.
    pub place: Place,
}

/// The sorts of entry, by the heading they stand under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// `[dimension.…]`
    Dimension,
    /// `[fact.…]`
    Fact,
    /// `[carried.…]`
    Carried,
    /// `[value.…]`
    Value,
    /// `[scale.…]`
    Scale,
    /// `[figure.…]`
    Figure,
}

impl Sort {
    /// All of them, in the order in which a file declares them.
    pub const ALL: [Self; 6] = [Self::Dimension, Self::Fact, Self::Carried, Self::Value, Self::Scale, Self::Figure];

    /// The key in the file.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Dimension => "dimension",
            Self::Fact => "fact",
            Self::Carried => "carried",
            Self::Value => "value",
            Self::Scale => "scale",
            Self::Figure => "figure",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dimension => "维度",
            Self::Fact => "事实",
            Self::Carried => "结转项",
            Self::Value => "法定值",
            Self::Scale => "税率表",
            Self::Figure => "计算项",
        }
    }
}

/// The type of a cell, or of a part of a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A number with a unit.
    Number(Unit),
    /// The literal 0, which fits every unit.
    Zero,
    /// Yes or no.
    Boolean,
    /// A date.
    Date,
    /// How to round.
    Rounding,
    /// One of the members of a dimension or of the choices of a fact, which the id names.
    Choice(EntryId),
    /// A scale.
    Scale(Unit),
    /// A dimension itself.
    Dimension,
}

impl Type {
    /// The unit as a file writes it; for what has none, what it is.
    #[must_use]
    pub fn unit(&self) -> String {
        match self {
            Self::Number(unit) | Self::Scale(unit) => unit.to_string(),
            Self::Zero => String::new(),
            Self::Boolean => "是否".to_owned(),
            Self::Date => "日期".to_owned(),
            Self::Rounding => "舍入".to_owned(),
            Self::Choice(_) => "选项".to_owned(),
            Self::Dimension => String::new(),
        }
    }
}

/// What an entry holds beyond its name and type.
#[derive(Debug)]
pub enum Body {
    /// What the caller supplies.
    Fact(Fact),
    /// What comes from the ledger.
    Carried(Carried),
    /// What is fixed by law, for the whole nation and without dimension.
    Value(Timeline),
    /// What is fixed by law, cell by cell, by the supplies.
    Supplied,
    /// A progressive scale.
    Scale(Timeline),
    /// What follows.
    Figure(Figure),
    /// Things a rule is computed for, one by one.
    Dimension,
}

/// A member of a dimension, or a choice of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// What the caller supplies.
#[derive(Debug)]
pub struct Fact {
    /// The least and the greatest value, both inclusive.
    pub range: (Option<Exact>, Option<Exact>),
    /// What it is when left out.
    pub default: Option<Given>,
    /// How many decimals a value may have.
    pub decimals: u32,
}

/// What a caller, an example or a default gives for a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// There is none.
    None,
    /// A number of the fact's unit.
    Number(Exact),
    /// Yes or no.
    Boolean(bool),
    /// A date.
    Date(chrono::NaiveDate),
    /// A choice or member.
    Choice(usize),
}

/// Which earlier slips count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Those paid earlier in the tax year.
    TaxYear,
    /// Those of the last twelve months.
    TwelveMonths,
    /// Those of the tax year that are paid in the month of this one or in the unbroken run of months before it.
    RunOfMonths,
    /// Those paid in the same month.
    Month,
    /// Those paid in the same month for the same project.
    ProjectMonth,
}

/// What is made of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// Their sum.
    Sum,
    /// Their average.
    Average,
    /// The first.
    First,
    /// The last.
    Last,
    /// How many there are.
    Count,
}

/// What comes from the ledger: the worker's earlier slips with the same payer.
#[derive(Debug)]
pub struct Carried {
    /// The figure that is carried.
    pub figure: EntryId,
    /// Which slips.
    pub over: Window,
    /// What is made of them.
    pub aggregate: Aggregate,
    /// What it is without an earlier slip.
    pub default: Option<Given>,
}

/// What follows from the rest.
#[derive(Debug)]
pub struct Figure {
    /// The formula, or the cases.
    pub way: Way,
    /// How it is rounded.
    pub round: Round,
    /// Instrument and article.
    pub cite: Option<String>,
}

/// How a figure follows.
#[derive(Debug)]
pub enum Way {
    /// By one formula.
    Formula(Formula),
    /// By the one case that holds.
    Cases(Vec<Case>),
    /// By the first test that holds.
    Tests(Vec<Test>),
}

impl Way {
    /// The conditions of its cases or tests.
    pub fn conditions(&self) -> Vec<&Formula> {
        match self {
            Self::Formula(_) => Vec::new(),
            Self::Cases(cases) => cases.iter().filter_map(|case| case.when.as_ref()).collect(),
            Self::Tests(tests) => tests.iter().filter_map(|test| test.when.as_ref()).collect(),
        }
    }

    /// What it may come to: the formulas without the conditions.
    pub fn results(&self) -> Vec<&Formula> {
        match self {
            Self::Formula(formula) => vec![formula],
            Self::Cases(cases) => cases.iter().map(|case| &case.formula).collect(),
            Self::Tests(tests) => tests.iter().map(|test| &test.gives).collect(),
        }
    }

    /// The citations of its cases or tests.
    pub fn cites(&self) -> Vec<&str> {
        match self {
            Self::Formula(_) => Vec::new(),
            Self::Cases(cases) => cases.iter().filter_map(|case| case.cite.as_deref()).collect(),
            Self::Tests(tests) => tests.iter().map(|test| test.cite.as_str()).collect(),
        }
    }

    /// Every formula in it.
    pub fn formulas(&self) -> Vec<&Formula> {
        self.conditions().into_iter().chain(self.results()).collect()
    }
}

/// A formula as written and as understood.
#[derive(Debug)]
pub struct Formula {
    /// The text.
    pub text: Located<String>,
    /// What it means.
    pub term: Term,
}

/// One case of a figure.
#[derive(Debug)]
pub struct Case {
    /// When it holds; none: when no other does.
    pub when: Option<Formula>,
    /// What the figure is then.
    pub formula: Formula,
    /// Its own instrument and article.
    pub cite: Option<String>,
}

/// One test of a figure: the first that holds decides.
#[derive(Debug)]
pub struct Test {
    /// What is tested.
    pub name: String,
    /// When it holds; none: when no test before does.
    pub when: Option<Formula>,
    /// What the figure is then.
    pub gives: Formula,
    /// Instrument and article.
    pub cite: String,
    /// How well that is sourced.
    pub confidence: Confidence,
    /// For the reader.
    pub note: Option<String>,
}

/// How a fact is asked, who must prove it and by what, and what its answers speak for.
#[derive(Debug)]
pub struct Question {
    /// The fact.
    pub fact: EntryId,
    /// The key it is answered under: the id of the fact.
    pub id: String,
    /// The question, as one asks a person.
    pub asks: String,
    /// The table of the engagement it is answered in.
    pub of: String,
    /// By what it is shown.
    pub evidence: Vec<String>,
    /// Who must prove it.
    pub burden: Option<String>,
    /// What it is taken to be while nobody says.
    pub presumed: Option<Given>,
    /// The sign that ends the presumption.
    pub unless: Option<Formula>,
    /// What its answers speak for.
    pub speaks: Vec<Speaks>,
    /// What to try when it is asked what would change the result; without it, every answer there is.
    pub tries: Option<Vec<Formula>>,
    /// For each choice the words by which free text is read as it.
    pub words: Vec<(usize, Vec<String>)>,
    /// Whether anything stated is a yes.
    pub stated: bool,
    /// Instrument and article.
    pub cite: Option<String>,
    /// How sure the presumption is.
    pub confidence: Option<Confidence>,
    /// For the reader.
    pub note: Option<String>,
    /// Where its id stands.
    pub place: Place,
}

/// What an answer speaks for.
#[derive(Debug)]
pub struct Speaks {
    /// When.
    pub when: Formula,
    /// For which member of the dimension that the tests decide, by id.
    pub member: Located<String>,
    /// Instrument and article; none: that of the question.
    pub cite: Option<String>,
}

/// What follows, in a sentence.
#[derive(Debug)]
pub struct Consequence {
    /// Its id in the package.
    pub id: String,
    /// What it is about.
    pub topic: String,
    /// When it follows.
    pub when: Formula,
    /// The sentence, in parts.
    pub message: Vec<MessagePart>,
    /// Instrument and article.
    pub cite: String,
    /// Where its id stands.
    pub place: Place,
}

/// How a figure is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Nothing is said.
    Unsaid,
    /// Not at all: a step that is never paid.
    Exact,
    /// As the file says.
    Fixed(Rounding),
    /// As a value says, for the cell at hand.
    Value(EntryId),
}

/// A sentence that the reader gets, and why.
#[derive(Debug)]
pub struct Finding {
    /// Its id in the package.
    pub id: String,
    /// How grave it is.
    pub severity: Gravity,
    /// When it is raised.
    pub when: Formula,
    /// The sentence, in parts.
    pub message: Vec<MessagePart>,
    /// What to do, in parts.
    pub remedy: Option<Vec<MessagePart>>,
    /// Instrument and article.
    pub cite: Option<String>,
    /// The dimensions it is raised for.
    pub by: Vec<EntryId>,
    /// Where its id stands.
    pub place: Place,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Gravity {
    /// Against the law.
    Unlawful,
    /// It may go wrong.
    Risk,
    /// To be known.
    Note,
}

impl Gravity {
    /// The gravity of a word; what is no such word was reported, and is to be known at most.
    pub(super) fn parse(word: &str) -> Self {
        [Self::Unlawful, Self::Risk].into_iter().find(|one| one.word() == word).unwrap_or(Self::Note)
    }

    /// The word in files and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unlawful => "unlawful",
            Self::Risk => "risk",
            Self::Note => "note",
        }
    }

    /// The word for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unlawful => "违法",
            Self::Risk => "风险",
            Self::Note => "提示",
        }
    }
}

/// A part of a finding's sentence.
#[derive(Debug)]
pub enum MessagePart {
    /// Words.
    Words(String),
    /// The value of a name.
    Value(Term),
    /// The name of the place that answers for the package.
    Region,
}

/// What a region (or the nation) says of one value.
#[derive(Debug)]
pub struct Supply {
    /// The value.
    pub value: EntryId,
    /// The places below the file's that it is for; none: the file's own place.
    pub places: Option<Vec<String>>,
    /// For each of its dimensions the members meant; none: all.
    pub members: Vec<Option<Vec<usize>>>,
    /// What it is.
    pub content: Content,
    /// Where it stands.
    pub place: Place,
}

impl Supply {
    /// Whether it answers for a cell.
    #[must_use]
    pub fn answers(&self, cell: &[usize]) -> bool {
        self.members.iter().zip(cell).all(|(meant, at)| meant.as_ref().is_none_or(|meant| meant.contains(at)))
    }

    /// Whether both answer for some cell with equal right, in a place that both are for.
    pub(super) fn rivals(&self, other: &Self) -> bool {
        self.value == other.value
            && self.named() == other.named()
            && self.members.iter().zip(&other.members).all(|(a, b)| match (a, b) {
                (Some(a), Some(b)) => a.iter().any(|member| b.contains(member)),
                _ => true,
            })
    }

    /// How many dimensions it names members of: the more, the more special.
    #[must_use]
    pub fn named(&self) -> usize {
        self.members.iter().flatten().count()
    }
}

/// What a supply says.
#[derive(Debug)]
pub enum Content {
    /// Its versions.
    Dated(Timeline),
    /// That there is none.
    None(Nothing),
    /// That there is one, which the book does not know.
    Unknown(Unsaid),
}

/// That there is a value which the book does not know: what is around the place does not answer for it either.
#[derive(Debug, Clone)]
pub struct Unsaid {
    /// Why.
    pub reason: String,
    /// Where something was read of it.
    pub source: Option<String>,
    /// For the reader.
    pub note: Option<String>,
}

/// That there is none, which is not the same as missing.
#[derive(Debug, Clone)]
pub struct Nothing {
    /// Why.
    pub reason: String,
    /// Instrument and article.
    pub cite: Option<String>,
    /// Where it was read.
    pub source: Option<String>,
    /// How sure that is.
    pub confidence: Option<Confidence>,
    /// For the reader.
    pub note: Option<String>,
    /// Where it stands.
    pub place: Place,
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(unit) if unit.is_ratio() => f.write_str("不带单位的数"),
            Self::Number(unit) => write!(f, "「{unit}」"),
            Self::Zero => f.write_str("0"),
            Self::Boolean => f.write_str("「是否」"),
            Self::Date => f.write_str("「日期」"),
            Self::Rounding => f.write_str("「舍入」"),
            Self::Choice(_) => f.write_str("选项"),
            Self::Scale(_) => f.write_str("税率表"),
            Self::Dimension => f.write_str("维度"),
        }
    }
}
