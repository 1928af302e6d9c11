//! The entries of the rule book that a payroll names, found once.

use crate::rulebook::{Book, Carried, Cell, EntryId, PackageId, Sort, Window};
use std::collections::BTreeSet;

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
    pub(super) in_cash: EntryId,
    pub(super) taxed: EntryId,
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
    pub(super) loss: EntryId,
    /// Whether an insurance line is due under the relation, by line; whether the fund is.
    pub(super) line_due: EntryId,
    pub(super) fund_due: EntryId,
    /// For how many months insurance and fund are contributed.
    pub(super) insured_months: EntryId,
    pub(super) fund_months: EntryId,
    /// Whether the roster pays somebody as a relation with less protection than the facts call for; a book of an older
    /// program does not have it.
    pub(super) withholds: Option<EntryId>,
    /// The relation, and what the paper is called by it.
    pub(super) relation: EntryId,
    pub(super) paper: EntryId,
    pub(super) tax_block: TaxEntries,
    pub(super) methods: Vec<Method>,
    /// The taxes of what is taxed apart from the month.
    pub(super) taxes_apart: Vec<EntryId>,
    /// What a slip derives with its numbers, where it is not nought.
    pub(super) derived: Vec<EntryId>,
}

/// What is taxed by a rule of its own.
const TAXES_APART: [&str; 2] = ["payroll.one_off.severance_tax", "payroll.one_off.bonus_tax"];

/// What a reader of a slip would otherwise have to reckon again.
const DERIVED: [&str; 15] = [
    "payroll.hourly_pay",
    "payroll.attendance.share",
    "payroll.days.extended",
    "labour.overtime.hour_wage",
    "labour.overtime.part",
    "payroll.attendance.sick_cut",
    "payroll.attendance.personal_cut",
    "labour.annual_leave.pay",
    "labour.severance.months",
    "labour.severance.amount",
    "labour.severance.owed",
    "tax.severance.taxable",
    "tax.severance.tax",
    "tax.bonus.tax",
    "payroll.fund_above",
];

/// A method of withholding other than that for wages.
#[derive(Debug)]
pub(super) struct Method {
    /// For programs: `labour`, `intern`, `platform`.
    pub(super) id: &'static str,
    /// Whether it is the one that applies.
    pub(super) applies: EntryId,
    /// What a slip shows of it, as far as the tax was computed from it.
    pub(super) steps: Vec<EntryId>,
    /// What a slip tells or hands on even where its own tax does not rest on it.
    pub(super) always: Vec<EntryId>,
}

/// The methods besides that for wages: the condition, the steps in the order in which they are read, and what
/// is computed even where the tax does not rest on it.
const METHODS: [(&str, &str, &[&str], &[&str]); 3] = [
    (
        "labour",
        "payroll.remuneration.by_payment",
        &[
            "tax.labour.one_payment",
            "tax.labour.allowed_taxes",
            "tax.labour.expense",
            "tax.labour.taxable",
            "tax.labour.rate",
            "tax.labour.quick",
            "tax.labour.earlier_withheld",
        ],
        &["tax.labour.rate", "tax.labour.quick"],
    ),
    (
        "intern",
        "payroll.remuneration.as_intern",
        &[
            "tax.intern.cumulative_income",
            "tax.intern.expense_ratio",
            "tax.intern.months",
            "tax.intern.cumulative_basic",
            "tax.intern.taxable",
            "tax.intern.rate",
            "tax.intern.quick",
            "tax.intern.cumulative_tax",
            "tax.intern.prior_withheld",
        ],
        &["tax.intern.rate", "tax.intern.quick"],
    ),
    (
        "platform",
        "payroll.remuneration.as_platform",
        &[
            "tax.platform.chosen_reading",
            "tax.platform.counted_income",
            "tax.platform.expense_ratio",
            "tax.platform.basic_deduction",
            "tax.platform.counted_months",
            "tax.platform.taxable",
            "tax.platform.rate",
            "tax.platform.quick",
            "tax.platform.cumulative_tax",
            "tax.platform.counted_withheld",
        ],
        &[
            "tax.platform.rate",
            "tax.platform.quick",
            "payroll.remuneration.platform_month",
            "payroll.remuneration.month_of_payment",
        ],
    ),
];

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
            amount: find("payroll.earned")?,
            in_cash: find("labour.pay_items.in_cash")?,
            taxed: find("payroll.taxed_with_month")?,
            contribution: find("social.contribution")?,
            base: find("social.base")?,
            rate: find("social.effective_rate")?,
            line: find("social.line")?,
            payer: find("social.payer")?,
            item: find("labour.pay_items.item")?,
            fund: find("fund.contribution")?,
            fund_base: find("fund.base")?,
            fund_rate: find("fund.rate")?,
            absence: find("payroll.absence_total")?,
            other_deduction: find("payroll.other_deduction")?,
            gross: find("payroll.gross")?,
            special: find("payroll.special")?,
            net: find("payroll.net")?,
            employer_cost: find("payroll.employer_cost")?,
            tax: find("payroll.tax")?,
            loss: find("payroll.loss")?,
            line_due: find("payroll.line_due")?,
            fund_due: find("payroll.fund_due")?,
            insured_months: find("social.months")?,
            fund_months: find("fund.months")?,
            withholds: find("payroll.classified.withholds").ok(),
            relation: find("labour.relations.relation")?,
            paper: find("tax.relations.paper")?,
            taxes_apart: TAXES_APART.iter().map(|id| find(id)).collect::<Result<_, _>>()?,
            // A ledger's book of an earlier year does not derive what was not there yet.
            derived: DERIVED.iter().filter_map(|id| find(id).ok()).collect(),
            methods: METHODS
                .iter()
                .map(|(id, applies, steps, always)| {
                    let all = |ids: &[&str]| ids.iter().map(|one| find(one)).collect::<Result<Vec<_>, _>>();
                    Ok(Method { id, applies: find(applies)?, steps: all(steps)?, always: all(always)? })
                })
                .collect::<Result<_, ChartError>>()?,
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
        let methods = self
            .methods
            .iter()
            .flat_map(|method| [method.applies].into_iter().chain(method.steps.iter().chain(&method.always).copied()));
        let mut goals: Vec<Cell> =
            [self.gross, self.special, self.net, self.employer_cost, self.tax, self.taxed, self.fund_due]
                .into_iter()
                .chain(methods)
                .chain([tax.months, tax.income, tax.exempt, tax.basic, tax.special, tax.additional, tax.other])
                .chain([tax.taxable, tax.rate, tax.quick, tax.payable, tax.relief, tax.withheld])
                .map(|entry| (entry, Vec::new()))
                .collect();
        goals.extend(self.withholds.iter().map(|entry| (*entry, Vec::new())));
        goals.extend(self.taxes_apart.iter().map(|entry| (*entry, Vec::new())));
        for entry in [
            self.amount,
            self.in_cash,
            self.contribution,
            self.rate,
            self.base,
            self.line_due,
            self.fund,
            self.fund_base,
            self.paper,
        ]
        .into_iter()
        .chain(self.derived.iter().copied())
        {
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

    /// Whether anything is carried over the twelve months before, which reach into the tax year before.
    #[must_use]
    pub fn looks_back_a_year(&self) -> bool {
        self.carried().iter().any(|(_, carried)| carried.over == Window::TwelveMonths)
    }

    /// The full ids of the figures that are carried project by project.
    #[must_use]
    pub fn by_project(&self) -> BTreeSet<&'b str> {
        let carried = self.carried().into_iter().filter(|(_, carried)| carried.over == Window::ProjectMonth);
        carried.map(|(_, carried)| self.book.entry(carried.figure).full_id.as_str()).collect()
    }

    /// The carried values of the payroll and what they carry.
    pub(super) fn carried(&self) -> Vec<(EntryId, &'b Carried)> {
        let book = self.book;
        let entries = book.reach(self.package).into_iter().flat_map(|one| book.package(one).entries.iter().copied());
        entries.filter_map(|entry| Some((entry, book.carried(entry)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::Sources;

    #[test]
    fn todays_book_has_all_that_a_slip_derives() {
        let book = Book::read(Sources::embedded()).unwrap();
        assert_eq!(Chart::new(&book).unwrap().derived.len(), DERIVED.len());
    }
}
