//! The command line: words for people, JSON for machines, exit codes.
