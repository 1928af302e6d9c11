//! The entries of the rule book that a payroll names, found once.

use crate::rulebook::{Book, Carried, Cell, EntryId, PackageId, Sort};

/// A rule book that lacks what a payroll names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("规则库没有「{0}」，无法核算工资")]
pub struct ChartError(pub String);

/// The names a payroll uses, as entries of one book.
#[derive(Debug)]
pub struct Chart<'b> {
    pub(super) book: &'b Book,
    pub(super) package: PackageId,
    pub(super) amount: EntryId,
    pub(super) contribution: EntryId,
    pub(super) base: EntryId,
    pub(super) rate: EntryId,
    pub(super) line: EntryId,
    pub(super) payer: EntryId,
    pub(super) item: EntryId,
    pub(super) fund: EntryId,
    pub(super) fund_base: EntryId,
    pub(super) fund_rate: EntryId,
    pub(super) absence: EntryId,
    pub(super) other_deduction: EntryId,
    pub(super) gross: EntryId,
    pub(super) special: EntryId,
    pub(super) net: EntryId,
    pub(super) employer_cost: EntryId,
    pub(super) tax: EntryId,
    pub(super) tax_block: TaxEntries,
}

/// The entries of the cumulative tax block of a slip.
#[derive(Debug)]
pub(super) struct TaxEntries {
    pub(super) months: EntryId,
    pub(super) income: EntryId,
    pub(super) exempt: EntryId,
    pub(super) basic: EntryId,
    pub(super) special: EntryId,
    pub(super) additional: EntryId,
    pub(super) other: EntryId,
    pub(super) taxable: EntryId,
    pub(super) rate: EntryId,
    pub(super) quick: EntryId,
    pub(super) payable: EntryId,
    pub(super) relief: EntryId,
    pub(super) withheld: EntryId,
}

impl<'b> Chart<'b> {
    /// Finds the names in a book.
    ///
    /// # Errors
    /// The first that the book does not have.
    pub fn new(book: &'b Book) -> Result<Self, ChartError> {
        let find = |id: &str| book.lexicon().find_anywhere(id).map_err(|_| ChartError(id.to_owned()));
        Ok(Self {
            book,
            package: book.entry(find("payroll.net")?).package,
            amount: find("payroll.amount")?,
            contribution: find("social.contribution")?,
            base: find("social.base")?,
            rate: find("social.effective_rate")?,
            line: find("social.line")?,
            payer: find("social.payer")?,
            item: find("labour.pay_items.item")?,
            fund: find("fund.contribution")?,
            fund_base: find("fund.base")?,
            fund_rate: find("fund.rate")?,
            absence: find("payroll.absence")?,
            other_deduction: find("payroll.other_deduction")?,
            gross: find("payroll.gross")?,
            special: find("payroll.special")?,
            net: find("payroll.net")?,
            employer_cost: find("payroll.employer_cost")?,
            tax: find("tax.wages.tax")?,
            tax_block: TaxEntries {
                months: find("tax.wages.months")?,
                income: find("tax.wages.cumulative_income")?,
                exempt: find("tax.wages.cumulative_exempt")?,
                basic: find("tax.wages.cumulative_basic")?,
                special: find("tax.wages.cumulative_special")?,
                additional: find("tax.wages.cumulative_additional")?,
                other: find("tax.wages.cumulative_other")?,
                taxable: find("tax.wages.taxable")?,
                rate: find("tax.wages.rate")?,
                quick: find("tax.wages.quick")?,
                payable: find("tax.wages.cumulative_tax")?,
                relief: find("tax.wages.cumulative_relief")?,
                withheld: find("tax.wages.prior_withheld")?,
            },
        })
    }

    /// What a plan for a slip must have: all that the slip shows and all that a row may give.
    pub(super) fn goals(&self) -> Vec<Cell> {
        let tax = &self.tax_block;
        let mut goals: Vec<Cell> = [self.gross, self.special, self.net, self.employer_cost, self.tax]
            .into_iter()
            .chain([tax.months, tax.income, tax.exempt, tax.basic, tax.special, tax.additional, tax.other])
            .chain([tax.taxable, tax.rate, tax.quick, tax.payable, tax.relief, tax.withheld])
            .map(|entry| (entry, Vec::new()))
            .collect();
        for entry in [self.contribution, self.rate, self.base, self.fund, self.fund_base] {
            goals.extend(self.book.lexicon().cells(&self.book.entry(entry).by).into_iter().map(|cell| (entry, cell)));
        }
        // Figures that later slips carry, and facts that nothing above reads.
        for package in self.book.reach(self.package) {
            for &entry in &self.book.package(package).entries {
                match self.book.entry(entry).sort {
                    Sort::Fact => {
                        let cells = self.book.lexicon().cells(&self.book.entry(entry).by);
                        goals.extend(cells.into_iter().map(|cell| (entry, cell)));
                    }
                    Sort::Carried => {
                        goals.push((entry, Vec::new()));
                        goals.extend(self.book.carried(entry).map(|carried| (carried.figure, Vec::new())));
                    }
                    _ => {}
                }
            }
        }
        goals
    }

    /// The cell of a full id with its members: `payroll.amount[base]`.
    pub(super) fn cell(&self, id: &str) -> Result<Cell, ChartError> {
        crate::rulebook::cell(self.book.lexicon(), None, id).map_err(|_| ChartError(id.to_owned()))
    }

    /// The carried values of the payroll and what they carry.
    pub(super) fn carried(&self) -> Vec<(EntryId, &'b Carried)> {
        let book = self.book;
        let entries = book.reach(self.package).into_iter().flat_map(|one| book.package(one).entries.iter().copied());
        entries.filter_map(|entry| Some((entry, book.carried(entry)?))).collect()
    }
}
