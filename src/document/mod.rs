//! Documents: templates to a document model, layout to pages, pages to PDF. Decides nothing.
//!
//! ```text
//! view (JSON) ─ template ─► markup ─ parser ─► model ─ layout ─► pages ─ writer ─► PDF
//!                                              └─► docx
//! ```
//!
//! A view holds finished strings: amounts with their separators, dates in words. Templates choose and place, and do no
//! arithmetic. `docs/templates.md` is the manual for those who write them.

mod attachments;
mod blocks;
mod chart;
mod docx;
mod error;
mod fonts;
mod layout;
mod line;
mod margin;
mod markup;
mod model;
mod numbering;
mod opinion;
mod page;
mod payslip;
mod protect;
mod scale;
mod sfnt;
mod table;
mod template;
pub(crate) mod words;
mod writer;

use std::collections::BTreeMap;

use serde_json::Value;

pub(crate) use self::words::day;
pub use self::{
    attachments::{attachments, protected_attachments},
    error::DocumentError,
    fonts::missing_characters,
    margin::Remark,
    opinion::opinion,
    payslip::{PayslipFrame, payslip, payslip_setting, payslips},
    protect::{page_contents, protect},
    scale::part_colours,
    template::{template_parts, template_version},
    writer::Meta,
};

/// Makes a PDF from a template and a view.
///
/// The view must have the shape of `templates/NAME.view.json`, field for field: text where it has text, lists of the
/// same kind of entries, nothing missing and nothing more. What does not apply is an empty string or an empty list.
/// The same arguments give the same bytes.
///
/// `files` are embedded in the PDF under their names; [`attachments()`] reads them back.
///
/// # Errors
/// No such template, a view of another shape, characters that no font has, a layout in which something does not fit.
pub fn render(
    template: &str,
    view: &Value,
    files: &BTreeMap<String, Vec<u8>>,
    meta: &Meta,
) -> Result<Vec<u8>, DocumentError> {
    set(&template::document(template, view)?, files, meta)
}

/// Makes a PDF from markup as templates write it (`docs/templates.md`), for documents that no template is needed for.
///
/// # Errors
/// Faulty markup, characters that no font has, a layout in which something does not fit.
pub fn render_markup(markup: &str, files: &BTreeMap<String, Vec<u8>>, meta: &Meta) -> Result<Vec<u8>, DocumentError> {
    set(&template::from_markup(&meta.title, markup)?, files, meta)
}

/// A document before it is set, from which a PDF and a file to go on writing in are made: both say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed(model::Document);

/// Composes a document from a template and a view, as [`render`] does, with remarks in the margin.
///
/// # Errors
/// No such template, a view of another shape.
pub fn compose(template: &str, view: &Value, remarks: &[Remark]) -> Result<Composed, DocumentError> {
    let mut document = template::document(template, view)?;
    margin::annotate(&mut document, remarks);
    Ok(Composed(document))
}

impl Composed {
    /// The document as a PDF with files embedded in it.
    ///
    /// # Errors
    /// Characters that no font has, a layout in which something does not fit.
    pub fn pdf(&self, files: &BTreeMap<String, Vec<u8>>, meta: &Meta) -> Result<Vec<u8>, DocumentError> {
        set(&self.0, files, meta)
    }

    /// The document as an Office Open XML file (`.docx`), in which remarks are comments.
    ///
    /// # Errors
    /// What the archive complains of.
    pub fn docx(&self, meta: &Meta) -> Result<Vec<u8>, DocumentError> {
        docx::write(&self.0, meta)
    }
}

/// Makes one PDF of several documents, each a template and its view, one behind the other with page numbers of their
/// own: for printing.
///
/// # Errors
/// As [`render`], for the first that cannot be made.
fn bind(documents: &[(&str, Value)], meta: &Meta) -> Result<Vec<u8>, DocumentError> {
    let mut pages = Vec::new();
    for (template, view) in documents {
        pages.extend(layout::pages(&template::document(template, view)?)?);
    }
    writer::write(&pages, meta, &BTreeMap::new())
}

fn set(document: &model::Document, files: &BTreeMap<String, Vec<u8>>, meta: &Meta) -> Result<Vec<u8>, DocumentError> {
    writer::write(&layout::pages(document)?, meta, files)
}
