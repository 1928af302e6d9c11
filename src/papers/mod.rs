//! The papers of a tender: what is printed of a price, and the workbook in which it can be recalculated.
//!
//! ```text
//! Quote ─► view (finished strings) ─► templates/quote/*.hbs ─► PDFs
//!       └► formulas ─► exchange::live ─► workbook
//! ```
//!
//! Nothing here decides a price. What is reckoned is shares for a chart, sums that a table prints, and the formulas that
//! say the price again, whose result must be the engine's to the fen.

mod view;
mod workbook;

use crate::{
    document::{DocumentError, Meta, render},
    exchange::workbook::WorkbookError,
    quantity::ArithmeticError,
    quote::{Quote, StartPlan},
};
use std::collections::BTreeMap;
use thiserror::Error;

pub use workbook::workbook;

/// A paper: its template, and what its file and its title are called.
struct Paper {
    template: &'static str,
    name: &'static str,
}

/// In the order in which a bid has them.
const PAPERS: [Paper; 6] = [
    Paper { template: "quote/opening", name: "开标一览表" },
    Paper { template: "quote/itemised", name: "分项报价表" },
    Paper { template: "quote/labour", name: "人工成本测算表" },
    Paper { template: "quote/commitment", name: "不可竞争费用承诺函" },
    Paper { template: "quote/rates", name: "费率依据说明" },
    Paper { template: "quote/evidence", name: "报价合理性说明" },
];

/// Why a paper could not be made.
#[derive(Debug, Error)]
pub enum PaperError {
    /// The document.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The workbook.
    #[error(transparent)]
    Workbook(#[from] WorkbookError),
    /// A sum or a share that does not fit.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// The plan of an offer that was awarded, as a PDF: who does what by when, and what each position is paid.
///
/// # Errors
/// Characters that no font has, and amounts that do not fit.
pub fn start_paper(quote: &Quote, plan: &StartPlan, files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, PaperError> {
    let title = format!("进场计划 {}", quote.tender.title);
    let meta = Meta { title, created: plan.signed };
    Ok(render("quote/start", &view::start(quote, plan)?, files, &meta)?)
}

/// The papers of a quote as PDFs, by file name, in the order in which a bid has them.
///
/// `files` are embedded in each: the facts that the price was computed from and the result.
///
/// # Errors
/// Characters that no font has, and amounts that do not fit.
pub fn papers(quote: &Quote, files: &BTreeMap<String, Vec<u8>>) -> Result<BTreeMap<String, Vec<u8>>, PaperError> {
    let view = view::view(quote)?;
    let mut papers = BTreeMap::new();
    for (number, paper) in (1..).zip(&PAPERS) {
        let title = format!("{} {}", paper.name, quote.tender.title);
        let pdf = render(paper.template, &view, files, &Meta { title, created: quote.tender.opening })?;
        papers.insert(format!("{number}-{}.pdf", paper.name), pdf);
    }
    Ok(papers)
}
