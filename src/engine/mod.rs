//! The formula language: parsed, checked, compiled to a plan, evaluated with a trace or in columns.
