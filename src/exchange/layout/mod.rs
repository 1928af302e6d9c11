//! Layouts of the files that go out: the tax client's imports, a bank's batch payment, declarations of insurance and
//! fund. Each is a named and dated schema in data: which columns, in which order, and what of a person's month stands in
//! each. The shipped ones are under `templates/exchange/`; a bank's is a file of the user's.

mod fill;
mod read;

use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

pub use self::{
    fill::{Filled, Filling, LeftOut},
    read::LayoutError,
};

/// A layout.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Its name and vintage: `tax-wage@2024`.
    pub schema: String,
    /// What it is, for people.
    pub title: String,
    /// What is to be said once a file of it has been written.
    #[serde(default)]
    pub notice: Option<String>,
    /// The first month for which this vintage is taken unasked: `2024-01`. Without it, it must be asked for.
    #[serde(default)]
    pub from: Option<String>,
    /// What the sheet is called; for rows of insurance each line has a sheet of its own name.
    #[serde(default)]
    sheet: Option<String>,
    #[serde(default)]
    rows: Rows,
    /// Whose rows it takes, by the method of their tax (`wages`, `labour`, `intern`, `platform`); empty for everybody's.
    #[serde(default)]
    methods: Vec<String>,
    /// Only people who have this amount, and not nought.
    #[serde(default)]
    having: Option<String>,
    /// Rows that a file holds at most, besides its heading.
    #[serde(default)]
    most_rows: Option<usize>,
    #[serde(default)]
    form: Form,
    #[serde(rename = "column")]
    columns: Vec<Column>,
}

/// What a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Rows {
    /// A person: what several payments of the run come to together.
    #[default]
    Person,
    /// What a person is paid for one project: to the tax on a fee that is one payment.
    Project,
    /// One payment.
    Payment,
    /// A person's side of an insurance line; a sheet for each line and side.
    InsuranceLine,
}

/// What sort of file it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Form {
    kind: FormKind,
    /// Text files: `utf-8` (with a mark), `gbk`.
    encoding: Encoding,
    /// Text files: what stands between cells.
    separator: char,
    /// Text files: whether the headings are written.
    heading: bool,
}

impl Default for Form {
    fn default() -> Self {
        Self { kind: FormKind::Xlsx, encoding: Encoding::Utf8, separator: ',', heading: true }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum FormKind {
    Xlsx,
    Csv,
    Txt,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Encoding {
    #[serde(rename = "utf-8")]
    Utf8,
    Gbk,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    name: String,
    kind: CellKind,
    /// The key of what stands there; a column without one stays empty for somebody to fill in.
    #[serde(default)]
    take: Option<String>,
    /// The key of an amount that is added to it.
    #[serde(default)]
    plus: Option<String>,
    /// The same in every row, in place of what is known.
    #[serde(default)]
    always: Option<String>,
    /// What stands there for each value of what is taken.
    #[serde(default)]
    words: std::collections::BTreeMap<String, String>,
    /// The tax client marks the heading of a required column with an asterisk.
    #[serde(default)]
    required: bool,
    /// Whether a required column's heading has that asterisk.
    #[serde(default = "yes")]
    marked: bool,
    /// Characters that it holds at most.
    #[serde(default)]
    longest: Option<usize>,
    /// Whether nobody may have what another has.
    #[serde(default)]
    unique: bool,
    /// Whether the amount must be more than nought.
    #[serde(default)]
    positive: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CellKind {
    /// Text, and numbers of documents and accounts.
    Text,
    /// An amount in yuan.
    Money,
    /// An amount in whole fen.
    Fen,
    /// The number of the row, from 1.
    Sequence,
}

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates/exchange/layouts");

#[expect(clippy::expect_used, reason = "the files are embedded; a test reads them")]
static LAYOUTS: LazyLock<Vec<Layout>> = LazyLock::new(|| {
    let text = |file: &'static include_dir::File<'static>| file.contents_utf8().expect("layouts are UTF-8");
    let mut layouts: Vec<Layout> =
        SHIPPED.files().map(|file| Layout::read(text(file)).expect("the shipped layouts are well-formed")).collect();
    layouts.sort_by(|one, other| (one.family(), &one.from).cmp(&(other.family(), &other.from)));
    layouts
});

impl Layout {
    /// The same with a row for each payment where it had one for each person: two payments may go to two accounts.
    #[must_use]
    pub fn by_payment(mut self) -> Self {
        if self.rows == Rows::Person {
            self.rows = Rows::Payment;
        }
        self
    }

    /// The layouts that the program carries, by family and vintage.
    #[must_use]
    pub fn shipped() -> &'static [Self] {
        &LAYOUTS
    }

    /// The vintage of each family that a month's files are written in: the latest that had begun. A month is
    /// `2026-09`.
    #[must_use]
    pub fn of_month(month: &str) -> Vec<&'static Self> {
        let mut chosen: Vec<&'static Self> = Vec::new();
        for layout in Self::shipped().iter().filter(|one| one.from.as_deref().is_some_and(|from| from <= month)) {
            match chosen.iter_mut().find(|one| one.family() == layout.family()) {
                Some(one) => *one = layout,
                None => chosen.push(layout),
            }
        }
        chosen
    }

    /// What it is a vintage of, and what its file is called: `tax-wage`.
    #[must_use]
    pub fn family(&self) -> &str {
        self.schema.split('@').next().unwrap_or_default()
    }

    /// The ending of its file's name.
    #[must_use]
    pub fn extension(&self) -> &'static str {
        match self.form.kind {
            FormKind::Xlsx => "xlsx",
            FormKind::Csv => "csv",
            FormKind::Txt => "txt",
        }
    }

    /// The headings as written, in the layout's order.
    pub fn headings(&self) -> impl Iterator<Item = String> {
        self.columns.iter().map(|column| {
            let mark = if column.required && column.marked { "*" } else { "" };
            format!("{mark}{}", column.name)
        })
    }
}
