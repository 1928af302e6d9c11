//! A layout filled with people, one after the other, and its files written.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use encoding_rs::GBK;

use super::{CellKind, Column, Encoding, Form, FormKind, Layout, Rows};
use crate::{
    exchange::{
        figures::{Contributed, Figures, Payments},
        workbook::{Cell, Delimited, Kind, LinesWriter, Sheet, WorkbookError, WorkbookWriter},
    },
    quantity::Money,
};

/// What became of a layout that was filled.
#[derive(Debug, Clone)]
pub struct Filled {
    /// The names of the files in their folder: more than one where the rows are more than a file may hold, none where
    /// there are no rows.
    pub files: Vec<String>,
    /// Rows in all files together.
    pub rows: usize,
    /// The sum of the last column of amounts that must be more than nought: what a bank is told to pay.
    pub total: Option<Money>,
    /// Who could not be listed, and why.
    pub left_out: Vec<LeftOut>,
}

/// A person whom a file does not list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// 工号.
    pub number: String,
    /// 姓名.
    pub name: String,
    /// The layout's column.
    pub column: String,
    /// What is wrong.
    pub problem: String,
    /// How to mend it.
    pub remedy: String,
}

/// A layout that is being filled; its rows are on the disk as soon as they may be very many.
pub struct Filling<'l> {
    layout: &'l Layout,
    scratch: PathBuf,
    targets: Vec<Target>,
    /// How many rows each sheet has, in all files together.
    sheets: Vec<(String, usize)>,
    total: Money,
    /// Whose it was first, by column and what stood there.
    seen: BTreeMap<(usize, String), String>,
    left_out: Vec<LeftOut>,
}

/// One file, by the sheets that it has.
enum Target {
    Workbook(Box<WorkbookWriter>, BTreeMap<usize, usize>),
    Text(BTreeMap<usize, LinesWriter<Vec<u8>>>),
}

impl Layout {
    /// Begins to fill the layout; rows may lie in nameless files of a folder meanwhile.
    #[must_use]
    pub fn filling(&self, scratch: &Path) -> Filling<'_> {
        Filling {
            layout: self,
            scratch: scratch.to_owned(),
            targets: Vec::new(),
            sheets: Vec::new(),
            total: Money::ZERO,
            seen: BTreeMap::new(),
            left_out: Vec::new(),
        }
    }

    fn concerns(&self, person: &Figures) -> bool {
        let text = |key: &str| match person.get(key) {
            Some(Cell::Text(text)) => text.as_str(),
            _ => "",
        };
        let of_method = self.methods.is_empty() || self.methods.iter().any(|one| one == text("method"));
        let has = |key: &String| matches!(person.get(key), Some(Cell::Money(amount)) if *amount != Money::ZERO);
        of_method && self.having.as_ref().is_none_or(has)
    }

    /// The sheet of each row that a person gets.
    fn rows_of<'p>(&self, person: &'p Figures) -> Vec<(String, Option<&'p Contributed>)> {
        match self.rows {
            Rows::Person | Rows::Project | Rows::Payment => vec![(self.sheet.clone().unwrap_or_default(), None)],
            Rows::InsuranceLine => person.insurance.iter().map(|one| (one.title.clone(), Some(one))).collect(),
        }
    }

    /// The last column of amounts that must be more than nought.
    fn payable(&self) -> Option<usize> {
        self.columns.iter().rposition(|column| column.positive)
    }

    fn delimited(&self) -> Delimited {
        Delimited {
            separator: self.form.separator,
            heading: self.form.heading,
            marked: self.form.encoding == Encoding::Utf8,
        }
    }

    fn encoded(&self, bytes: Vec<u8>) -> Vec<u8> {
        match self.form.encoding {
            Encoding::Utf8 => bytes,
            // Rows with characters that it has not were left out.
            Encoding::Gbk => GBK.encode(&String::from_utf8_lossy(&bytes)).0.into_owned(),
        }
    }

    fn unwritten(&self, source: std::io::Error) -> WorkbookError {
        WorkbookError::Io { path: self.schema.clone(), source }
    }

    fn blank(&self, name: &str) -> Sheet {
        self.headings().zip(&self.columns).fold(Sheet::new(name).frozen(2), |sheet, (heading, column)| {
            let (kind, width) = match column.kind {
                CellKind::Text => (Kind::Text, 20),
                CellKind::Money => (Kind::Plain, 14),
                CellKind::Fen | CellKind::Sequence => (Kind::Count, 10),
            };
            sheet.column(&heading, kind, width)
        })
    }
}

/// What nobody sees in a cell, and a program that reads it stumbles over.
fn unseen(c: char) -> bool {
    c.is_control() || (c.is_whitespace() && c != ' ') || "\u{200B}\u{200C}\u{200D}\u{2060}\u{FEFF}".contains(c)
}

impl Form {
    /// The characters of a text that the file's encoding has not.
    pub(super) fn foreign(&self, text: &str) -> BTreeSet<char> {
        if self.encoding != Encoding::Gbk || self.kind == FormKind::Xlsx {
            return BTreeSet::new();
        }
        text.chars().filter(|c| GBK.encode(c.encode_utf8(&mut [0; 4])).2).collect()
    }

    /// Whether a text would end its cell before its end: not every bank's program knows quotes.
    fn divides(&self, text: &str) -> bool {
        self.kind != FormKind::Xlsx && text.contains([self.separator, '"'])
    }
}

impl Filling<'_> {
    /// Lists a person, in the layout's order of columns. Whoever does not fit it is left out, with the reason; so are,
    /// and silently, those whom it does not concern.
    ///
    /// # Errors
    /// A total beyond an amount, rows that cannot be written.
    pub fn take(&mut self, person: &Payments) -> Result<(), WorkbookError> {
        let layout = self.layout;
        let rows = match layout.rows {
            Rows::Person | Rows::InsuranceLine => person.together(),
            Rows::Project => person.by_project(),
            Rows::Payment => person.each(),
        };
        rows.iter().try_for_each(|one| self.take_row(one))
    }

    fn take_row(&mut self, person: &Figures) -> Result<(), WorkbookError> {
        if !self.layout.concerns(person) {
            return Ok(());
        }
        for (sheet, contributed) in self.layout.rows_of(person) {
            let at = self.sheets.iter().position(|(name, _)| *name == sheet).unwrap_or_else(|| {
                self.sheets.push((sheet, 0));
                self.sheets.len() - 1
            });
            match self.row(person, contributed, self.sheets[at].1) {
                Ok(row) => self.push(at, &row)?,
                Err(left_out) => {
                    self.left_out.push(left_out);
                    break;
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, sheet: usize, row: &[Cell]) -> Result<(), WorkbookError> {
        if let Some(payable) = self.layout.payable() {
            let amount = match row.get(payable) {
                Some(Cell::Money(amount)) => *amount,
                Some(Cell::Count(fen)) => Money::from_fen(*fen),
                _ => Money::ZERO,
            };
            let heading = || self.layout.columns[payable].name.clone();
            self.total =
                self.total.add(amount).map_err(|source| WorkbookError::Total { heading: heading(), source })?;
        }
        let (name, rows) = &mut self.sheets[sheet];
        let most = self.layout.most_rows.unwrap_or(usize::MAX).max(1);
        let file = *rows / most;
        if file == self.targets.len() {
            self.targets.push(match self.layout.form.kind {
                FormKind::Xlsx => Target::Workbook(Box::new(WorkbookWriter::new(&self.scratch)?), BTreeMap::new()),
                FormKind::Csv | FormKind::Txt => Target::Text(BTreeMap::new()),
            });
        }
        match &mut self.targets[file] {
            Target::Workbook(writer, places) => {
                let place = match places.get(&sheet) {
                    Some(place) => *place,
                    None => writer.add(self.layout.blank(name))?,
                };
                places.insert(sheet, place);
                writer.push(place, row)?;
            }
            Target::Text(sheets) => {
                let lines = match sheets.remove(&sheet) {
                    Some(lines) => Ok(lines),
                    None => LinesWriter::new(Vec::new(), &self.layout.blank(name), self.layout.delimited()),
                };
                let pushed = lines.and_then(|mut lines| lines.push(row).map(|()| lines));
                sheets.insert(sheet, pushed.map_err(|source| self.layout.unwritten(source))?);
            }
        }
        *rows += 1;
        Ok(())
    }

    /// Writes the file or files into a folder.
    ///
    /// # Errors
    /// What a workbook cannot hold, a folder that cannot be written to.
    pub fn save(self, folder: &Path) -> Result<Filled, WorkbookError> {
        let many = self.targets.len() > 1;
        let mut files = Vec::new();
        for (at, target) in self.targets.into_iter().enumerate() {
            let number = if many { format!("-{}", at + 1) } else { String::new() };
            let name = format!("{}{number}.{}", self.layout.family(), self.layout.extension());
            let path = folder.join(&name);
            match target {
                Target::Workbook(writer, _) => writer.save(&path)?,
                Target::Text(sheets) => {
                    let bytes = sheets.into_values().map(LinesWriter::finish).collect::<Result<Vec<_>, _>>();
                    let written = bytes.and_then(|bytes| fs::write(&path, self.layout.encoded(bytes.concat())));
                    written.map_err(|source| self.layout.unwritten(source))?;
                }
            }
            files.push(name);
        }
        Ok(Filled {
            files,
            rows: self.sheets.iter().map(|(_, rows)| rows).sum(),
            total: self.layout.payable().map(|_| self.total),
            left_out: self.left_out,
        })
    }

    fn row(
        &mut self,
        person: &Figures,
        contributed: Option<&Contributed>,
        rows_before: usize,
    ) -> Result<Vec<Cell>, LeftOut> {
        let text = |key| person.get(key).map_or(String::new(), Cell::to_text);
        let known = |key: &str| contributed.and_then(|one| one.cells.get(key)).or_else(|| person.get(key));
        let mut row = Vec::with_capacity(self.layout.columns.len());
        for (place, column) in self.layout.columns.iter().enumerate() {
            let [taken, plus] = [&column.take, &column.plus].map(|key| key.as_deref().and_then(known));
            let cell = column.cell(taken, plus, rows_before).and_then(|cell| {
                self.lawful(place, column, &cell, &text("number"))?;
                Ok(cell)
            });
            row.push(cell.map_err(|(problem, remedy)| LeftOut {
                number: text("number"),
                name: text("name"),
                column: column.name.clone(),
                problem,
                remedy,
            })?);
        }
        Ok(row)
    }

    /// What the whole file demands of a cell.
    fn lawful(&mut self, place: usize, column: &Column, cell: &Cell, number: &str) -> Result<(), (String, String)> {
        let Cell::Text(text) = cell else { return Ok(()) };
        let foreign = self.layout.form.foreign(text);
        if !foreign.is_empty() {
            let problem = format!("GBK 编码里没有这些字：{}", foreign.iter().collect::<String>());
            return Err((problem, "银行接受的，把布局的 encoding 改为 utf-8；否则按银行的办法单独支付".to_owned()));
        }
        if text.trim() != text || text.chars().any(unseen) {
            return Err((
                format!("“{}”有看不见的字符", text.escape_debug()),
                "在名单里删去空格、换行等，重新填写".to_owned(),
            ));
        }
        if self.layout.form.divides(text) {
            let problem = format!("“{text}”里有分隔符或引号，会错列");
            return Err((problem, "改写这一格，或在布局里换一个 separator".to_owned()));
        }
        if column.unique {
            // A second row of the same person is no second holder.
            let first = self.seen.entry((place, text.clone())).or_insert_with(|| number.to_owned());
            if first != number {
                return Err((format!("与工号 {first} 相同"), "核对两人的号码，改正其中一个".to_owned()));
            }
        }
        Ok(())
    }
}

impl Column {
    /// What stands there for one row; or what is wrong with it and how to mend it.
    fn cell(&self, known: Option<&Cell>, plus: Option<&Cell>, rows_before: usize) -> Result<Cell, (String, String)> {
        let fault = |problem: String, remedy: &str| Err((problem, remedy.to_owned()));
        let filled = match (self.kind, known) {
            (CellKind::Sequence, _) => Cell::Count(i64::try_from(rows_before + 1).unwrap_or(i64::MAX)),
            (CellKind::Text, known) => {
                let text = self.always.clone().unwrap_or_else(|| known.map_or(String::new(), Cell::to_text));
                match self.words.get(&text) {
                    Some(word) => Cell::text(word),
                    None if self.words.is_empty() || text.is_empty() => Cell::text(text),
                    None => return fault(format!("布局没有说“{text}”写作什么"), "在布局的 words 里补上"),
                }
            }
            (CellKind::Money | CellKind::Fen, None | Some(Cell::Blank)) => Cell::Money(Money::ZERO),
            (CellKind::Money | CellKind::Fen, Some(Cell::Money(amount))) => match plus {
                Some(Cell::Money(more)) => match amount.add(*more) {
                    Ok(sum) => Cell::Money(sum),
                    Err(error) => return fault(error.to_string(), "核对金额"),
                },
                _ => Cell::Money(*amount),
            },
            (CellKind::Money | CellKind::Fen, Some(other)) => {
                return fault(format!("“{}”不是整分的金额", other.to_text()), "这一列改用 kind = \"text\"");
            }
        };
        match &filled {
            Cell::Blank if self.required => fault("必填，没有内容".to_owned(), "在名单里补上"),
            Cell::Text(text) if self.longest.is_some_and(|most| text.chars().count() > most) => {
                let most = self.longest.unwrap_or_default();
                fault(format!("“{text}”超过 {most} 个字"), "按对方的要求缩写")
            }
            Cell::Money(amount) if self.positive && *amount <= Money::ZERO => {
                fault(format!("金额 {amount} 不大于零"), "没有可付的，不列入；另行处理")
            }
            Cell::Money(amount) if self.kind == CellKind::Fen => Ok(Cell::Count(amount.fen())),
            _ => Ok(filled),
        }
    }
}
