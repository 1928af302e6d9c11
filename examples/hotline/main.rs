//! Makes `roster-2026-09.xlsx` from `roster-2026-09.csv`, which is the source: `cargo run --example hotline`.

use std::{error::Error, path::Path};

use gongche::exchange::{roster, workbook};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hotline");
    let table = roster::read_table(&folder.join("roster-2026-09.csv"))?;
    workbook::save(&folder.join("roster-2026-09.xlsx"), &roster::to_xlsx(&table)?)?;
    Ok(())
}
