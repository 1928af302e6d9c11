//! A password on a document: AES-256, as PDF 2.0 has it.

use std::{collections::BTreeMap, sync::Arc};

use lopdf::{
    Document, EncryptionState, EncryptionVersion, LoadOptions, Permissions,
    encryption::crypt_filters::{Aes256CryptFilter, CryptFilter},
};

use super::error::DocumentError;

/// The name under which the format files the one filter for strings and streams.
const FILTER: &[u8] = b"StdCF";

/// The document, to be opened with a password only. It may be printed and read by programs that read aloud; the same
/// password lifts the protection.
///
/// The key of the file is drawn at random, as the format wants it: the bytes differ from one time to the next, what they
/// say does not.
///
/// # Errors
/// Bytes that are no PDF, an empty password, characters that no password may have.
pub fn protect(pdf: &[u8], password: &str) -> Result<Vec<u8>, DocumentError> {
    if password.is_empty() {
        return Err(DocumentError::Pdf("密码是空的".to_owned()));
    }
    let mut file = Document::load_mem(pdf)?;
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| DocumentError::Pdf(error.to_string()))?;
    let filter: Arc<dyn CryptFilter> = Arc::new(Aes256CryptFilter);
    let state = EncryptionState::try_from(EncryptionVersion::V5 {
        encrypt_metadata: true,
        crypt_filters: BTreeMap::from([(FILTER.to_vec(), filter)]),
        file_encryption_key: &key,
        stream_filter: FILTER.to_vec(),
        string_filter: FILTER.to_vec(),
        owner_password: password,
        user_password: password,
        permissions: Permissions::PRINTABLE
            | Permissions::PRINTABLE_IN_HIGH_QUALITY
            | Permissions::COPYABLE_FOR_ACCESSIBILITY,
    })?;
    file.encrypt(&state)?;
    let mut bytes = Vec::new();
    file.save_to(&mut bytes).map_err(|error| DocumentError::Pdf(error.to_string()))?;
    Ok(bytes)
}

/// The document without its password; one that has none as it is.
///
/// # Errors
/// Bytes that are no PDF, and [`DocumentError::Password`] where the password is another or was not given.
pub(super) fn opened(pdf: &[u8], password: Option<&str>) -> Result<Document, DocumentError> {
    let file = match password {
        Some(password) => Document::load_mem_with_options(pdf, LoadOptions::with_password(password)),
        None => Document::load_mem(pdf),
    };
    let locked = DocumentError::Password { given: password.is_some() };
    match file {
        Ok(file) if file.is_encrypted() && file.encryption_state.is_none() => Err(locked),
        Ok(file) => Ok(file),
        Err(lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_)) => Err(locked),
        Err(other) => Err(other.into()),
    }
}

/// What each page of a document draws, unpacked: two files of one document differ elsewhere, but not here.
///
/// # Errors
/// Bytes that are no PDF, a password that is wrong or missing, pages that are broken.
pub fn page_contents(pdf: &[u8], password: Option<&str>) -> Result<Vec<Vec<u8>>, DocumentError> {
    let file = opened(pdf, password)?;
    Ok(file.get_pages().into_values().map(|page| file.get_page_content(page)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Meta, protected_attachments as attachments, render_markup};

    fn page() -> Vec<u8> {
        let files = BTreeMap::from([("facts.json".to_owned(), b"{}".to_vec())]);
        let created = chrono::NaiveDate::from_ymd_opt(2026, 9, 30).unwrap();
        render_markup("工资条", &files, &Meta { title: "样例".to_owned(), created }).unwrap()
    }

    #[test]
    fn a_protected_document_opens_with_its_password_only() {
        let shut = protect(&page(), "990017").unwrap();
        assert!(!shut.windows(10).any(|bytes| bytes == b"facts.json"));
        assert_eq!(attachments(&shut, Some("990017")).unwrap()["facts.json"], b"{}");
        assert!(matches!(attachments(&shut, None), Err(DocumentError::Password { given: false })));
        assert!(matches!(attachments(&shut, Some("990018")), Err(DocumentError::Password { given: true })));
    }

    #[test]
    fn an_open_document_needs_no_password_and_minds_none() {
        assert_eq!(attachments(&page(), None).unwrap().len(), 1);
        assert_eq!(attachments(&page(), Some("990017")).unwrap().len(), 1);
        assert!(protect(&page(), "").is_err());
    }
}
