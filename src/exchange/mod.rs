//! Workbooks and CSV in and out. Decides nothing.
