//! A month of payroll: rows in, slips, findings and totals out.
