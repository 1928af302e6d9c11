//! The manifest for signing: what is signed, by whom, and what the signing platform has to record. Signing itself is the
//! platform's work; its fields are empty here.

use super::draft::Draft;
use crate::{
    document::{DocumentError, template_version},
    payroll::masked,
};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

/// A file of a draft.
#[derive(Debug, Clone, Copy)]
pub struct Signed<'f> {
    /// Its name.
    pub name: &'f str,
    /// What is in it.
    pub bytes: &'f [u8],
}

/// The manifest of a draft: the document that is signed, and its editable twin.
///
/// # Errors
/// No such template.
pub fn manifest(
    draft: &Draft<'_>,
    rulebook: &str,
    document: Signed<'_>,
    editable: Signed<'_>,
) -> Result<Json, DocumentError> {
    let file = |one: Signed<'_>| {
        let digest: String = Sha256::digest(one.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        json!({ "file": one.name, "sha256": digest, "bytes": one.bytes.len() })
    };
    let signers: Vec<Json> = draft
        .parties()
        .iter()
        .map(|party| {
            json!({
                "role": party.role,
                "name": party.name,
                "kind": if party.is_person { "person" } else { "organisation" },
                "number": if party.is_person { masked(&party.number) } else { party.number.clone() },
                "identity_level": null,
                "will_confirmed_at": null,
                "certificate_serial": null,
                "signed_at": null,
            })
        })
        .collect();
    let kept = json!({
        "from": "解除或者终止之日",
        "years": draft.kept_years,
        "until": draft.kept_until().map(|day| day.to_string()),
    });
    let template = draft.template();
    Ok(json!({
        "agreement": draft.agreement.id,
        "title": draft.agreement.name,
        "dated": draft.dated.to_string(),
        "document": file(document),
        "editable": file(editable),
        "template": { "id": template, "version": template_version(&template)? },
        "engine": format!("gongche {}", env!("CARGO_PKG_VERSION")),
        "rulebook": rulebook,
        "values_digest": draft.values_digest,
        "signers": signers,
        "timestamp_token": null,
        "notice_events": [],
        "download_events": [],
        "retention": kept,
    }))
}
