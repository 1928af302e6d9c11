//! The files of a quote: the papers, the workbook, and the result for programs.

use crate::{
    cli::error::{CliError, Kind},
    exchange::workbook::save,
    papers::{PaperError, papers, start_paper, workbook},
    quote::{Quote, StartPlan},
};
use std::{collections::BTreeMap, fs, path::Path};

const WORKBOOK: &str = "报价测算.xlsx";
const START: &str = "7-进场计划.pdf";
const RESULT: &str = "quote.json";

/// Writes what a price is made into. All of it is made before anything is written, so that a price that cannot be
/// printed leaves no half of its papers.
pub(super) fn write(
    out: &Path,
    quote: &Quote,
    plan: Option<&StartPlan>,
    source: (&str, &[u8]),
) -> Result<(), CliError> {
    let result = serde_json::to_string_pretty(&quote.json(true))
        .map_err(|error| CliError::new(Kind::Internal, "json", error.to_string()))?;
    // The derivations are long; the papers carry what they print, and say by which digests it can be derived again.
    let carried = BTreeMap::from([
        (source.0.to_owned(), source.1.to_vec()),
        ("result.json".to_owned(), quote.json(false).to_string().into_bytes()),
    ]);
    let mut files = papers(quote, &carried).map_err(refused)?;
    files.insert(WORKBOOK.to_owned(), workbook(quote).map_err(refused)?);
    if let Some(plan) = plan {
        files.insert(START.to_owned(), start_paper(quote, plan, &carried).map_err(refused)?);
    }
    files.insert(RESULT.to_owned(), result.into_bytes());
    fs::create_dir_all(out).map_err(|error| CliError::input("out", error.to_string()).at(out.display().to_string()))?;
    for (name, bytes) in &files {
        save(&out.join(name), bytes)
            .map_err(|error| CliError::input("out", error.to_string()).at(out.display().to_string()))?;
    }
    Ok(())
}

fn refused(error: PaperError) -> CliError {
    match error {
        PaperError::Document(error @ crate::document::DocumentError::MissingCharacters(_)) => {
            CliError::input("characters", error.to_string())
        }
        other => CliError::new(Kind::Internal, "papers", other.to_string()),
    }
}
