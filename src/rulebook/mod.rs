//! TOML files to a checked rule book: packages, versions, regions, instruments, coverage.
