//! The ledger on SQLite: runs and slips, append-only and chained by hash.
