//! Workbooks and CSV in and out. Decides nothing.
//!
//! Inwards: [`table`] finds the table in somebody's file and remembers where each cell stood; [`roster`] makes typed
//! rows of it and lists what is wrong with the others, and [`attendance`] fills them from shifts and absences. Outwards: [`workbook`] writes sheets of typed cells,
//! [`rejected`] the rows that were refused, [`layout`] the files that
//! tax bureau, banks and funds take, from [`figures`], all that is known of a person's month; [`journal`] the entries for
//! the books. [`reconcile`] holds what others computed against it.
//!
//! A number in a workbook is a binary float. It becomes decimal text in one place on the way in
//! (`table/xlsx.rs`) and a float again in one place on the way out ([`workbook`]); nothing is computed in between.

pub mod attendance;
pub mod figures;
pub mod journal;
pub mod layout;
pub mod live;
pub mod prose;
pub mod reconcile;
pub mod rejected;
pub mod roster;
pub mod summary;
pub mod table;
pub mod tender;
mod text;
pub mod workbook;
pub mod workforce;
