//! A layout filled with people, and its file written.

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::GBK;

use super::{CellKind, Column, Encoding, Form, FormKind, Layout, Rows};
use crate::{
    exchange::{
        figures::{Contributed, Figures},
        workbook::{Cell, Delimited, Kind, Sheet, WorkbookError, to_delimited, to_xlsx},
    },
    quantity::{ArithmeticError, Money},
};

/// A layout with the rows of a month.
#[derive(Debug, Clone)]
pub struct Filled {
    /// The sheets of each file: more than one file where the rows are more than a file may hold.
    files: Vec<Vec<Sheet>>,
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

impl Layout {
    /// The people of a month in the layout's order. Whoever does not fit it is left out, with the reason; so are, and
    /// silently, those whom it does not concern.
    ///
    /// # Errors
    /// A total beyond an amount.
    pub fn fill(&self, people: &[Figures]) -> Result<Filled, ArithmeticError> {
        let mut filling = Filling { layout: self, seen: BTreeMap::new(), left_out: Vec::new() };
        let mut sheets: Vec<(String, Vec<Vec<Cell>>)> = Vec::new();
        for person in people.iter().filter(|person| self.concerns(person)) {
            for (sheet, contributed) in self.rows_of(person) {
                let at = sheets.iter().position(|(name, _)| *name == sheet).unwrap_or_else(|| {
                    sheets.push((sheet, Vec::new()));
                    sheets.len() - 1
                });
                let rows = &mut sheets[at].1;
                match filling.row(person, contributed, rows.len()) {
                    Ok(row) => rows.push(row),
                    Err(left_out) => {
                        filling.left_out.push(left_out);
                        break;
                    }
                }
            }
        }
        let payable = self.columns.iter().rposition(|column| column.positive);
        let amounts = sheets.iter().flat_map(|(_, rows)| rows).filter_map(|row| match row.get(payable?) {
            Some(Cell::Money(amount)) => Some(*amount),
            Some(Cell::Count(fen)) => Some(Money::from_fen(*fen)),
            _ => None,
        });
        let total = Money::sum(amounts)?;
        Ok(Filled {
            rows: sheets.iter().map(|(_, rows)| rows.len()).sum(),
            total: payable.map(|_| total),
            left_out: filling.left_out,
            files: self.divided(sheets),
        })
    }

    /// The file or files, with the names that they are given in a folder.
    ///
    /// # Errors
    /// What a workbook cannot hold.
    pub fn files(&self, filled: &Filled) -> Result<Vec<(String, Vec<u8>)>, WorkbookError> {
        let many = filled.files.len() > 1;
        let written = filled.files.iter().enumerate().map(|(at, sheets)| {
            let number = if many { format!("-{}", at + 1) } else { String::new() };
            let name = format!("{}{number}.{}", self.family(), self.extension());
            Ok((name, self.bytes(sheets)?))
        });
        written.collect()
    }

    fn bytes(&self, sheets: &[Sheet]) -> Result<Vec<u8>, WorkbookError> {
        if self.form.kind == FormKind::Xlsx {
            return to_xlsx(sheets);
        }
        let form = Delimited {
            separator: self.form.separator,
            heading: self.form.heading,
            marked: self.form.encoding == Encoding::Utf8,
        };
        let text: String = sheets.iter().map(|sheet| to_delimited(sheet, &form)).collect();
        Ok(match self.form.encoding {
            Encoding::Utf8 => text.into_bytes(),
            // Rows with characters that it has not were left out.
            Encoding::Gbk => GBK.encode(&text).0.into_owned(),
        })
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
            Rows::Person => vec![(self.sheet.clone().unwrap_or_default(), None)],
            Rows::InsuranceLine => person.insurance.iter().map(|one| (one.title.clone(), Some(one))).collect(),
        }
    }

    /// The files that the rows take.
    fn divided(&self, sheets: Vec<(String, Vec<Vec<Cell>>)>) -> Vec<Vec<Sheet>> {
        let most = self.most_rows.unwrap_or(usize::MAX).max(1);
        let mut files: Vec<Vec<Sheet>> = Vec::new();
        for (name, rows) in sheets {
            for (at, rows) in rows.chunks(most).enumerate() {
                let mut sheet = self.blank(&name);
                rows.iter().for_each(|row| sheet.push(row.clone()));
                match files.get_mut(at) {
                    Some(file) => file.push(sheet),
                    None => files.push(vec![sheet]),
                }
            }
        }
        files
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

struct Filling<'l> {
    layout: &'l Layout,
    /// Whose it was first, by column and what stood there.
    seen: BTreeMap<(usize, String), String>,
    left_out: Vec<LeftOut>,
}

impl Filling<'_> {
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
