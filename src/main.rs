//! The doorbell: everything lives in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    gongche::cli::run(std::env::args_os())
}
