//! Files inside a PDF: what it was computed from, and what came out, so that it can be checked later.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use super::{
    error::DocumentError,
    protect::opened,
    writer::{date, text},
};

/// More than this, unpacked, is no attachment of ours.
const LARGEST: usize = 64 << 20;

/// Puts files into the name tree of embedded files and marks them as associated with the document.
pub(super) fn attach(
    file: &mut Document,
    files: &BTreeMap<String, Vec<u8>>,
    created: NaiveDate,
) -> Result<(), DocumentError> {
    if files.is_empty() {
        return Ok(());
    }
    let mut names = Vec::new();
    let mut associated = Vec::new();
    for (name, content) in files {
        let length = i64::try_from(content.len()).map_err(|error| DocumentError::Pdf(error.to_string()))?;
        let parameters = dictionary! { "Size" => length, "ModDate" => date(created) };
        let stream = dictionary! {
            "Type" => "EmbeddedFile",
            "Subtype" => media_type(name),
            "Params" => parameters,
        };
        let stream = file.add_object(Stream::new(stream, content.clone()));
        let specification = file.add_object(dictionary! {
            "Type" => "Filespec",
            "F" => text(name),
            "UF" => text(name),
            "EF" => dictionary! { "F" => stream, "UF" => stream },
            "AFRelationship" => "Data",
        });
        names.extend([text(name), Object::Reference(specification)]);
        associated.push(Object::Reference(specification));
    }
    let catalog = file.catalog_mut()?;
    let tree = dictionary! { "Names" => names };
    catalog.set("Names", dictionary! { "EmbeddedFiles" => tree });
    catalog.set("AF", associated);
    Ok(())
}

/// Reads the files embedded in a PDF without a password, by name.
///
/// # Errors
/// As [`protected_attachments`].
pub fn attachments(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, DocumentError> {
    protected_attachments(bytes, None)
}

/// Reads the files embedded in a PDF that may have a password, by name.
///
/// # Errors
/// Bytes that are no PDF, a password that is wrong or missing, and name trees or streams that are broken. A PDF without
/// attachments is no error.
pub fn protected_attachments(bytes: &[u8], password: Option<&str>) -> Result<BTreeMap<String, Vec<u8>>, DocumentError> {
    let file = opened(bytes, password)?;
    let catalog = file.catalog()?;
    let mut files = BTreeMap::new();
    let Ok(names) = catalog.get_deref(b"Names", &file).and_then(Object::as_dict) else { return Ok(files) };
    let Ok(tree) = names.get_deref(b"EmbeddedFiles", &file).and_then(Object::as_dict) else { return Ok(files) };
    read_names(&file, tree, 0, &mut files)?;
    Ok(files)
}

/// A node of the name tree: names, or children with names. Ours has one node; files that were saved again may have more.
fn read_names(
    file: &Document,
    node: &Dictionary,
    depth: usize,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), DocumentError> {
    const DEEPEST: usize = 16;
    if depth > DEEPEST {
        return Err(DocumentError::Pdf("附件目录嵌套过深".to_owned()));
    }
    if let Ok(kids) = node.get_deref(b"Kids", file).and_then(Object::as_array) {
        for kid in kids {
            let kid = file.dereference(kid).and_then(|(_, kid)| kid.as_dict())?;
            read_names(file, kid, depth + 1, files)?;
        }
    }
    let Ok(names) = node.get_deref(b"Names", file).and_then(Object::as_array) else { return Ok(()) };
    for pair in names.chunks_exact(2) {
        let specification = file.dereference(&pair[1]).and_then(|(_, object)| object.as_dict())?;
        let name = specification.get(b"UF").or_else(|_| specification.get(b"F"))?;
        let name = lopdf::decode_text_string(name)?;
        let embedded = specification.get_deref(b"EF", file).and_then(Object::as_dict)?;
        let stream = embedded.get_deref(b"F", file).and_then(Object::as_stream)?;
        let content = stream.get_plain_content_with_limit(LARGEST)?;
        files.insert(name, content);
    }
    Ok(())
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("json") => "application/json",
        Some("csv") => "text/csv",
        Some("toml" | "txt") => "text/plain",
        _ => "application/octet-stream",
    }
}
