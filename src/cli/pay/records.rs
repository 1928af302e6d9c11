//! A run as the ledger takes it: header and digests, slips, opening balances.

use super::{order::Run, people::Computed, report, spool::BLOCK};
use crate::{
    cli::error::CliError,
    payroll::Worker,
    rulebook::Digest,
    store::{Amounts, Opening, Problem, RunHeader, SlipRecord, Slips, person_key},
};
use chrono::Datelike as _;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

/// The opening balances that the people at some positions of a run rest on.
pub(super) fn openings(run: &Run, positions: &[usize]) -> Result<Vec<Opening>, CliError> {
    let mut openings = Vec::new();
    run.people.each(positions.iter().copied(), |one| {
        if let Some(opening) = &one.opening {
            let amounts: Amounts =
                opening.amounts.iter().map(|(id, amount)| (id.clone(), amount.to_string())).collect();
            openings.push(Opening { person: person(&one.worker), as_of: run.period.back(1), amounts });
        }
        Ok(())
    })?;
    Ok(openings)
}

/// See [`person_key`].
pub(super) fn person(worker: &Worker) -> String {
    person_key(&worker.id_kind, &worker.id_number)
}

/// The slips of one payer as the ledger takes them, made a block at a time when they are asked for in turn.
pub(super) struct Records<'r> {
    run: &'r Run,
    positions: &'r [usize],
    /// The block that was asked for last, and where it begins.
    block: Mutex<(usize, Vec<SlipRecord>)>,
}

impl<'r> Records<'r> {
    pub(super) fn new(run: &'r Run, positions: &'r [usize]) -> Self {
        Self { run, positions, block: Mutex::default() }
    }
}

impl Slips for Records<'_> {
    fn count(&self) -> usize {
        self.positions.len()
    }

    fn slip(&self, at: usize) -> Result<Cow<'_, SlipRecord>, Problem> {
        let missing = || Problem::Spool(format!("没有第 {at} 张"));
        let mut block = self.block.lock().unwrap_or_else(PoisonError::into_inner);
        let (begin, records) = &mut *block;
        if at < *begin || at >= *begin + records.len() {
            let positions = self.positions.get(at..).ok_or_else(missing)?;
            let positions = &positions[..positions.len().min(BLOCK)];
            let people = self.run.people.read(positions).map_err(|error| Problem::Spool(error.message().to_owned()))?;
            let numbered: Vec<(usize, &Computed)> = (at..).zip(&people).collect();
            *records = numbered.par_iter().map(|(at, one)| record(self.run, one, *at)).collect();
            *begin = at;
        }
        records.get(at - *begin).cloned().map(Cow::Owned).ok_or_else(missing)
    }
}

/// The run of each payer as the ledger takes it, with the digest of all that whoever looks at a preview relies on: the
/// roster to the last byte, the rule book, and what came of them.
pub(super) type Headers = BTreeMap<String, (RunHeader, String)>;

/// See [`Headers`].
pub(super) fn headers(run: &Run) -> Result<Headers, CliError> {
    let header = |(payer, positions): (&String, &Vec<usize>)| Ok((payer.clone(), header(run, payer, positions)?));
    run.tally.payers.iter().map(header).collect()
}

fn header(run: &Run, payer: &str, positions: &[usize]) -> Result<(RunHeader, String), CliError> {
    let (mut inputs, mut results) = (Sha256::new(), Sha256::new());
    run.people.blocks(positions.iter().copied(), |block| {
        let texts: Vec<(String, String)> = block
            .par_iter()
            .map(|one| {
                let result = report::slip_json(&(&one.worker).into(), &one.slip);
                (report::inputs_json(one).to_string(), result.to_string())
            })
            .collect();
        for (one, result) in texts {
            inputs.update(one);
            inputs.update("\n");
            results.update(result);
            results.update("\n");
        }
        Ok(())
    })?;
    let header = RunHeader {
        key: run.batch.key(payer, run.period),
        kind: run.batch.kind.word().to_owned(),
        paid_on: run.paying.paid_on,
        known_at: run.known_at,
        inputs_digest: hexadecimal(inputs),
        rulebook_digest: run.rulebook.clone(),
        engine_version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let parts = [
        header.key.to_string(),
        header.kind.clone(),
        header.paid_on.to_string(),
        header.known_at.map_or_else(String::new, |day| day.to_string()),
        header.rulebook_digest.clone(),
        run.roster.clone(),
        header.inputs_digest.clone(),
        hexadecimal(results),
    ];
    Ok((header, Digest::of(parts.join("\n").as_bytes()).to_string()))
}

fn hexadecimal(hasher: Sha256) -> String {
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn record(run: &Run, one: &Computed, at: usize) -> SlipRecord {
    let carried = one.slip.carried.iter().map(|(id, amount)| (id.clone(), amount.to_string())).collect();
    SlipRecord {
        worker: one.worker.label(),
        person: person(&one.worker),
        name: one.worker.name.clone(),
        sequence: u32::try_from(at).unwrap_or(u32::MAX),
        tax_year: run.paying.paid_on.year(),
        carried,
        result: report::slip_json(&(&one.worker).into(), &one.slip).to_string(),
        inputs: report::inputs_json(one).to_string(),
    }
}
