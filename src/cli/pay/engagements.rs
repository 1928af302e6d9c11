//! The engagements behind a roster: where they are read from, whose they are, and what is said of all of them.
//!
//! A person is found by 工号 and, where the engagement names an employer, by the payer. What comes of an engagement is in
//! [`super::verdict`].

use super::{
    order::PAYER_UNSTATED,
    verdict::{self, Outcome},
};
use crate::{
    classify::{Answer, Engagement, Judge, Shifts},
    cli::error::CliError,
    exchange::{
        rejected::Rejected,
        roster::{Payable, Paying, RosterRow},
        table::{self, is_table, list},
        workforce::{self, Workforce},
    },
    payroll::Month,
    rulebook::{Book, Digest},
};
use chrono::NaiveDate;
use clap::Args;
use rayon::prelude::*;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Where the engagements are, and whether their classification decides.
#[derive(Args)]
pub(in crate::cli) struct Engagements {
    /// 各人的用工事实：一张表（.xlsx、.csv），或者一个文件夹（每人一份 .toml，文件名是工号）；名单与事实不一致的给出提示
    #[arg(long, value_name = "文件或文件夹")]
    engagements: Option<PathBuf>,
    /// 用工形式由认定决定：税、保险、最低工资照认定的关系算；不写就照名单算
    #[arg(long, requires = "engagements")]
    by_classification: bool,
}

/// One engagement, and whose it is.
pub(super) struct Engaged {
    number: String,
    /// The employer; empty where none was named.
    employer: String,
    pub(super) region: Option<String>,
    pub(super) answers: BTreeMap<String, Answer>,
    pub(super) shifts: Shifts,
    /// The file, or the row of the table.
    place: String,
    found: bool,
}

/// The engagements of a run, and who judges them.
pub(super) struct Classifier<'b> {
    judge: Judge<'b>,
    by_classification: bool,
    engaged: Vec<Engaged>,
    /// Where the engagements of a 工号 are.
    index: BTreeMap<String, Vec<usize>>,
    /// The digest of the files; none where there are none.
    digest: Option<String>,
    notes: Vec<String>,
    outcomes: BTreeMap<Outcome, usize>,
    /// 工号 of those without an engagement.
    without: Vec<String>,
}

/// The key of `[worker]` that says whose engagement it is, where the file's name does not.
const NUMBER: &str = "number";

/// How many 工号 a note lists.
const LISTED: usize = 10;

/// The fact that a book must have whose payroll can be held against engagements.
const NEEDED: &str = "payroll.classified.relation";

impl Engagements {
    /// Reads the engagements, all of them or none.
    pub(super) fn read<'b>(&self, book: &'b Book, known_at: Option<NaiveDate>) -> Result<Classifier<'b>, CliError> {
        let mut classifier = Classifier {
            judge: Judge::new(book)?.known_at(known_at),
            by_classification: self.by_classification,
            engaged: Vec::new(),
            index: BTreeMap::new(),
            digest: None,
            notes: Vec::new(),
            outcomes: BTreeMap::new(),
            without: Vec::new(),
        };
        let Some(path) = &self.engagements else { return Ok(classifier) };
        if book.lexicon().find_anywhere(NEEDED).is_err() {
            let message = format!("规则库没有「{NEEDED}」，不能用 --engagements");
            return Err(CliError::input("engagements", message).hint("用 --rules 读新的规则库，或者不写 --engagements"));
        }
        if is_table(path) {
            classifier.read_table(path)?;
        } else {
            classifier.read_files(path)?;
        }
        classifier.make_index(path)?;
        Ok(classifier)
    }
}

impl Classifier<'_> {
    /// The rows of a table as `gongche check` reads it.
    fn read_table(&mut self, path: &Path) -> Result<(), CliError> {
        let chart = self.judge.chart();
        let table = table::read(path, |key| workforce::knows(chart, key))
            .map_err(|error| fault(path, error.fault.to_string()))?;
        let Workforce { people, rejected, unused } = workforce::read(chart, &table);
        if !rejected.is_empty() {
            let rows = rejected.iter().map(|one| {
                format!("第 {} 行 {}「{}」：{}（{}）", one.row, one.column, one.value, one.problem, one.remedy)
            });
            return Err(fault(path, list(&rows.collect::<Vec<_>>())));
        }
        self.notes.extend(workforce::unused(chart, &unused).map(|unused| format!("{}：{unused}", path.display())));
        let bytes = fs::read(path).map_err(|error| unreadable(path, &error))?;
        self.digest = Some(Digest::of(&bytes).to_string());
        let engaged = people.into_iter().map(|person| Engaged {
            number: person.number,
            employer: person.employer,
            region: person.region,
            answers: person.answers,
            shifts: person.shifts,
            place: format!("第 {} 行", person.row),
            found: false,
        });
        self.engaged = engaged.collect();
        Ok(())
    }

    /// The files of a folder, or one file.
    fn read_files(&mut self, path: &Path) -> Result<(), CliError> {
        let (mut faults, mut digests) = (Vec::new(), Vec::new());
        for file in files(path)? {
            let place = file.display().to_string();
            let text = fs::read_to_string(&file).map_err(|error| unreadable(&file, &error))?;
            let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            digests.push(format!("{stem} {}", Digest::of(text.as_bytes())));
            match Engagement::read(self.judge.chart(), &place, &text) {
                Err(faulty) => faults.push(CliError::engagement(&faulty)),
                Ok(engagement) => {
                    let named = engagement.worker.get(NUMBER).and_then(|number| number.value.written());
                    self.engaged.push(Engaged {
                        number: named.unwrap_or(stem),
                        employer: engagement.employer.text("name").unwrap_or_default().to_owned(),
                        region: engagement.region,
                        answers: engagement.answers,
                        shifts: Shifts::default(),
                        place,
                        found: false,
                    });
                }
            }
        }
        self.digest = Some(Digest::of(digests.join("\n").as_bytes()).to_string());
        CliError::all(faults).map_or(Ok(()), Err)
    }

    /// Whose engagements they are; two of one person with one employer are refused.
    fn make_index(&mut self, path: &Path) -> Result<(), CliError> {
        let mut seen: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        for (at, one) in self.engaged.iter().enumerate() {
            if let Some(first) = seen.insert((&one.number, &one.employer), &one.place) {
                let message = format!("{} 有两份用工：{first}，{}", one.number, one.place);
                return Err(fault(path, message).hint("留下一份；在几个单位各有一份的，分别写明单位"));
            }
            self.index.entry(one.number.clone()).or_default().push(at);
        }
        Ok(())
    }

    /// The engagement of somebody whom a payer pays: the one with that employer, else the one that names none; where
    /// nobody says who pays, the only one.
    fn find(&self, number: &str, payer: &str) -> Option<usize> {
        let of_number = self.index.get(number)?;
        let with = |employer: &str| of_number.iter().copied().find(|at| self.engaged[*at].employer == employer);
        let only = || of_number.first().copied().filter(|_| payer == PAYER_UNSTATED && of_number.len() == 1);
        with(payer).or_else(|| with("")).or_else(only)
    }

    /// The digest of a roster with that of the engagements behind it: a preview holds for both.
    pub(super) fn sealed(&self, roster: String) -> String {
        match &self.digest {
            Some(engagements) => format!("{roster}\n{engagements}"),
            None => roster,
        }
    }

    /// Classifies the people of some rows and puts to their facts what was decided. Gives those that cannot be.
    pub(super) fn classify(
        &mut self,
        book: &Book,
        paying: &Paying,
        payables: &mut Vec<(RosterRow, Payable)>,
    ) -> Result<Vec<Rejected>, CliError> {
        let trouble = |trouble| CliError::trouble(book, trouble);
        let mut asked = Vec::new();
        for (row, payable) in payables.drain(..) {
            let at = self.find(&payable.worker.number, &payable.worker.payer);
            let engagement = match at {
                Some(at) => {
                    self.engaged[at].found = true;
                    let one = &self.engaged[at];
                    let engagement = verdict::engagement(&self.judge, one, &row, &payable, paying);
                    self.judge.prepare(engagement.region.as_deref(), engagement.on).map_err(trouble)?;
                    Some((engagement, one.shifts.clone()))
                }
                None => {
                    // Where no engagements were given nobody lacks one.
                    self.without.extend(self.digest.as_ref().map(|_| payable.worker.number.clone()));
                    None
                }
            };
            asked.push((row, payable, engagement));
        }
        self.judge.prepare_ages(paying.period_end).map_err(trouble)?;
        let (judge, by_classification) = (&self.judge, self.by_classification);
        let ages = judge.ages(paying.period_end);
        let classified: Vec<Result<_, Vec<Rejected>>> = asked
            .into_par_iter()
            .map(|(row, payable, engagement)| {
                let (outcome, mut ready) = match engagement {
                    Some((engagement, shifts)) => {
                        let decision = verdict::decision(judge, book, engagement, &shifts, &row)?;
                        let (outcome, ready) = verdict::told(book, paying, decision, by_classification, row, payable)?;
                        (Some(outcome), ready)
                    }
                    None => (None, (row, payable)),
                };
                if let Some(ages) = &ages {
                    verdict::tell_age(book, ages, &mut ready);
                }
                Ok((outcome, ready))
            })
            .collect();
        let mut rejected = Vec::new();
        for one in classified {
            match one {
                Ok((outcome, ready)) => {
                    payables.push(ready);
                    if let Some(outcome) = outcome {
                        *self.outcomes.entry(outcome).or_default() += 1;
                    }
                }
                Err(reasons) => rejected.extend(reasons),
            }
        }
        Ok(rejected)
    }

    /// Puts to the facts what the month would owe, where the roster gives less than was decided.
    pub(super) fn expose(book: &Book, month: &Month<'_>, payables: &mut [(RosterRow, Payable)]) {
        payables.par_iter_mut().for_each(|(row, payable)| verdict::expose(book, month, row, payable));
    }

    /// What is to be said of all of them; nothing where no engagements were given.
    pub(super) fn notes(&self) -> Vec<String> {
        if self.digest.is_none() {
            return Vec::new();
        }
        let mut notes = self.notes.clone();
        let count = |outcome| self.outcomes.get(&outcome).copied().unwrap_or_default();
        notes.push(format!(
            "用工事实：{} 人与名单一致，{} 人不一致，{} 人不能确定",
            count(Outcome::Agrees),
            count(Outcome::Differs),
            count(Outcome::Undetermined)
        ));
        if !self.without.is_empty() {
            notes.push(format!("{} 人没有给出用工事实，没有认定：{}", self.without.len(), listed(&self.without)));
        }
        let unused: Vec<&str> = self.engaged.iter().filter(|one| !one.found).map(|one| one.number.as_str()).collect();
        if !unused.is_empty() {
            let told = listed(&unused);
            notes.push(format!("{} 份用工没有用到，名单里没有这个工号，或者单位不是扣缴义务人：{told}", unused.len()));
        }
        notes
    }
}

/// The first of some 工号.
fn listed(numbers: &[impl AsRef<str>]) -> String {
    let first: Vec<&str> = numbers.iter().take(LISTED).map(AsRef::as_ref).collect();
    let rest = if numbers.len() > LISTED { "……" } else { "" };
    format!("{}{rest}", first.join("、"))
}

/// The files of a folder by name, or the one file that it is.
fn files(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| unreadable(path, &error))? {
        let file = entry.map_err(|error| unreadable(path, &error))?.path();
        files.extend(Some(file).filter(|file| file.extension().is_some_and(|extension| extension == "toml")));
    }
    files.sort();
    if files.is_empty() {
        let hint = "每人一份，文件名是工号，例如 YL001.toml；空白的用 gongche check --template 写出";
        return Err(fault(path, "文件夹里没有用工文件（.toml）".to_owned()).hint(hint));
    }
    Ok(files)
}

fn fault(path: &Path, message: String) -> CliError {
    CliError::input("engagements", message).at(path.display().to_string())
}

fn unreadable(path: &Path, error: &io::Error) -> CliError {
    fault(path, format!("读不了：{error}"))
}
