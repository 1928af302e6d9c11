//! The text of a PDF, page by page, as far as its fonts say which characters they draw.

use super::ProseFault;
use lopdf::Document;

pub(super) fn read(bytes: &[u8]) -> Result<String, ProseFault> {
    let damaged = |error: lopdf::Error| ProseFault::Damaged(error.to_string());
    let document = Document::load_mem(bytes).map_err(damaged)?;
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    let mut text = String::new();
    for page in pages {
        text.push_str(&document.extract_text(&[page]).map_err(damaged)?);
        text.push('\n');
    }
    Ok(text)
}
