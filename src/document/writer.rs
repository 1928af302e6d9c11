//! From pages to a PDF: besides `fonts.rs`, which parses them, the only file that knows `printpdf`, `lopdf`'s part of it being the file's own dictionaries.
//!
//! The same pages, facts about the file and attachments give the same bytes: fonts carry our own names, the trailer's
//! identifier is a digest of the content, and the only date is the one handed in.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use lopdf::{Document, Object, StringFormat, dictionary};
use printpdf::{
    Color, FontId, Greyscale, Op, PaintMode, PdfDocument, PdfFont, PdfFontHandle, PdfPage, PdfSaveOptions, Point, Pt,
    Rect, Rgb, TextItem, text::Codepoint,
};
use sha2::{Digest, Sha256};

use super::{
    attachments,
    error::DocumentError,
    fonts::FontFile,
    page::{Item, Milli, Page, Placed, Run, Shade},
};

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// The title a viewer shows.
    pub title: String,
    /// The date of the document, from its inputs, never from a clock.
    pub created: NaiveDate,
}

/// Writes a PDF.
///
/// # Errors
/// What `printpdf` complains of, and what cannot be saved.
pub(super) fn write(pages: &[Page], meta: &Meta, files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, DocumentError> {
    let mut pdf = PdfDocument::new(&meta.title);
    for font in fonts_of(pages) {
        let parsed = font.parsed().ok_or_else(|| DocumentError::Pdf(format!("字体 {font:?} 损坏")))?;
        pdf.resources.fonts.map.insert(FontId(font.id().to_owned()), PdfFont::new(parsed.clone()));
    }
    pdf.pages = pages.iter().map(page).collect();
    let mut warnings = Vec::new();
    let mut file = printpdf::serialize::to_lopdf_doc(&pdf, &PdfSaveOptions::default(), &mut warnings);
    if !warnings.is_empty() {
        return Err(DocumentError::Pdf(format!("{warnings:?}")));
    }
    // 1.7 has associated files; the library says 1.3.
    file.version = "1.7".to_owned();
    describe(&mut file, meta)?;
    attachments::attach(&mut file, files, meta.created)?;
    file.compress();
    file.trailer.remove(b"ID");
    let digest = Sha256::digest(saved(&mut file)?);
    let id = Object::String(digest[..16].to_vec(), StringFormat::Hexadecimal);
    file.trailer.set("ID", vec![id.clone(), id]);
    saved(&mut file)
}

fn saved(file: &mut Document) -> Result<Vec<u8>, DocumentError> {
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).map_err(|error| DocumentError::Pdf(error.to_string()))?;
    Ok(bytes)
}

fn fonts_of(pages: &[Page]) -> BTreeSet<FontFile> {
    let items = pages.iter().flat_map(|page| &page.items);
    items.filter_map(|item| if let Item::Text(run) = item { Some(run.font) } else { None }).collect()
}

/// Title, date, producer and language, in place of what the library writes (an empty PDF/X version among it).
fn describe(file: &mut Document, meta: &Meta) -> Result<(), DocumentError> {
    let date = date(meta.created);
    let info = dictionary! {
        "Title" => text(&meta.title),
        "Producer" => text(&format!("gongche {}", env!("CARGO_PKG_VERSION"))),
        "CreationDate" => date.clone(),
        "ModDate" => date,
    };
    let info_id = file.trailer.get(b"Info").and_then(Object::as_reference)?;
    file.set_object(info_id, info);
    let catalog = file.catalog_mut()?;
    catalog.set("Lang", Object::string_literal("zh-CN"));
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    Ok(())
}

/// A text string of the format: UTF-16 with a byte order mark.
pub(super) fn text(text: &str) -> Object {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    Object::String(units.flat_map(u16::to_be_bytes).collect(), StringFormat::Hexadecimal)
}

/// A date of the format, at midnight in China.
pub(super) fn date(date: NaiveDate) -> Object {
    Object::string_literal(date.format("D:%Y%m%d000000+08'00'").to_string())
}

fn page(page: &Page) -> PdfPage {
    let mut operations = Vec::new();
    let mut shade: Option<Shade> = None;
    for item in &page.items {
        let wanted = match item {
            Item::Text(run) => run.shade,
            Item::Fill { shade, .. } => *shade,
        };
        if shade != Some(wanted) {
            shade = Some(wanted);
            operations.push(Op::SetFillColor { col: colour(wanted) });
        }
        match item {
            Item::Text(run) => text_operations(run, page.height, &mut operations),
            Item::Fill { x, y, width, height, .. } => operations.push(Op::DrawRectangle {
                rectangle: Rect {
                    mode: Some(PaintMode::Fill),
                    ..Rect::from_xywh(points(*x), points(page.height - y - height), points(*width), points(*height))
                },
            }),
        }
    }
    let sheet = Rect::from_wh(points(page.width), points(page.height));
    PdfPage { media_box: sheet.clone(), trim_box: sheet.clone(), crop_box: sheet, ops: operations }
}

fn colour(shade: Shade) -> Color {
    let [red, green, blue] = shade.0.map(|part| thousandths(i32::from(part)));
    if shade == Shade::grey(shade.0[0]) {
        Color::Greyscale(Greyscale::new(red, None))
    } else {
        Color::Rgb(Rgb::new(red, green, blue, None))
    }
}

fn text_operations(run: &Run, page_height: Milli, operations: &mut Vec<Op>) {
    let codepoint = |placed: &Placed| {
        // The format counts in thousandths of the size, and subtracts.
        let per_em = i64::from(placed.after) * 1_000_000 / i64::from(run.size.max(1));
        let back = thousandths(i32::try_from(-per_em).unwrap_or(0));
        Codepoint::with_cid(placed.glyph, back, placed.character.to_string())
    };
    let glyphs = run.characters.iter().map(codepoint).collect();
    operations.extend([
        Op::StartTextSection,
        Op::SetFont { font: PdfFontHandle::External(FontId(run.font.id().to_owned())), size: points(run.size) },
        Op::SetTextCursor { pos: Point { x: points(run.x), y: points(page_height - run.y) } },
        Op::ShowText { items: vec![TextItem::GlyphIds(glyphs)] },
        Op::EndTextSection,
    ]);
}

fn points(length: Milli) -> Pt {
    Pt(thousandths(length))
}

#[expect(clippy::float_arithmetic, reason = "the library takes places on the page as f32; no amount comes here")]
fn thousandths(number: i32) -> f32 {
    number as f32 / 1000.0
}
