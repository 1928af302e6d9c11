//! Word documents: `word/document.xml` in a zip.

use super::{LARGEST, ProseFault};
use quick_xml::{Reader, events::Event};
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

pub(super) fn read(bytes: &[u8]) -> Result<String, ProseFault> {
    let damaged = |error: &dyn std::fmt::Display| ProseFault::Damaged(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let file = archive.by_name("word/document.xml").map_err(|error| damaged(&error))?;
    let mut xml = Vec::new();
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX);
    file.take(most + 1).read_to_end(&mut xml).map_err(|error| damaged(&error))?;
    if xml.len() > LARGEST {
        return Err(ProseFault::TooLarge);
    }
    text(&xml).map_err(|error| damaged(&error))
}

/// The paragraphs, one a line. Deleted words, field codes and the fallback of drawings are no words of the text.
fn text(xml: &[u8]) -> Result<String, quick_xml::Error> {
    let mut reader = Reader::from_reader(xml);
    let mut text = String::new();
    // How deep we are in cells of tables, in words, and in what is left out.
    let (mut cells, mut words, mut left_out) = (0_u32, 0_u32, 0_u32);
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer)? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => words += 1,
                "tc" => cells += 1,
                "del" | "instrText" | "Fallback" | "delText" | "moveFrom" => left_out += 1,
                _ => {}
            },
            Event::Empty(tag) if left_out == 0 => match tag.local_name().as_ref() {
                "tab" => text.push(' '),
                "br" | "cr" => text.push('\n'),
                "noBreakHyphen" => text.push('-'),
                // A paragraph without words.
                "p" if cells == 0 => text.push('\n'),
                _ => {}
            },
            Event::Text(found) if words > 0 && left_out == 0 => {
                text.push_str(found.as_ref());
            }
            Event::GeneralRef(found) if words > 0 && left_out == 0 => {
                let name = found.as_ref();
                match found.resolve_char_ref()? {
                    Some(character) => text.push(character),
                    None => text.push_str(quick_xml::escape::resolve_predefined_entity(name).unwrap_or_default()),
                }
            }
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => words = words.saturating_sub(1),
                "p" if cells == 0 => text.push('\n'),
                "p" => text.push(' '),
                "tc" => {
                    cells = cells.saturating_sub(1);
                    text.push('\t');
                }
                "tr" if cells == 0 => text.push('\n'),
                "del" | "instrText" | "Fallback" | "delText" | "moveFrom" => left_out = left_out.saturating_sub(1),
                _ => {}
            },
            Event::Eof => return Ok(text),
            _ => {}
        }
        buffer.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_rows_are_lines_and_deleted_words_are_gone() {
        let xml = r#"<w:document><w:body>
            <w:p><w:r><w:t>第一条 </w:t></w:r><w:r><w:t>甲方&amp;乙方</w:t></w:r><w:del><w:r><w:delText>押金</w:delText></w:r></w:del></w:p>
            <w:tbl><w:tr><w:tc><w:p><w:r><w:t>年龄</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>不限</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
            <w:p/></w:body></w:document>"#;
        let text = text(xml.as_bytes()).unwrap();
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        assert_eq!(lines, ["第一条 甲方&乙方", "年龄 \t不限", ""]);
    }

    #[test]
    fn what_is_no_document_is_said_to_be_broken() {
        assert!(matches!(read(b"PK"), Err(ProseFault::Damaged(_))));
        assert!(matches!(read(b""), Err(ProseFault::Damaged(_))));
    }
}
