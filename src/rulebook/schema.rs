//! The JSON Schema of rule files, for editors: made from the shapes that the reader itself uses.

use super::shape::{CALENDAR, CLAUSES, Form, INSTRUMENTS, Key, PACKAGE, REGION, REGION_TREE, Shape};
use super::shape_review::REVIEW;
use serde_json::{Map, Value, json};

/// The schema of every kind of rule file.
#[must_use]
pub fn json_schema() -> Value {
    let mut definitions = Map::new();
    let kinds = [&PACKAGE, &REGION, &REGION_TREE, &INSTRUMENTS, &CALENDAR, &CLAUSES, &REVIEW]
        .map(|shape| reference(shape, &mut definitions));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Gongche rule file",
        "anyOf": kinds,
        "$defs": definitions,
    })
}

/// A reference to a shape's definition, which is added if it is new.
fn reference(shape: &Shape, definitions: &mut Map<String, Value>) -> Value {
    if !definitions.contains_key(shape.name) {
        definitions.insert(shape.name.to_owned(), Value::Null);
        let mut properties = Map::new();
        for Key { name, form, doc, .. } in shape.keys {
            let mut property = of(form, definitions);
            property["description"] = json!(doc);
            properties.insert((*name).to_owned(), property);
        }
        let required: Vec<_> = shape.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
        let others = shape.others.as_ref().map_or(json!(false), |form| of(form, definitions));
        definitions.insert(
            shape.name.to_owned(),
            json!({
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": others,
            }),
        );
    }
    json!({ "$ref": format!("#/$defs/{}", shape.name) })
}

fn of(form: &Form, definitions: &mut Map<String, Value>) -> Value {
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let map = |items: Value| json!({ "type": "object", "additionalProperties": items });
    match form {
        Form::Text => text,
        Form::Number => json!({ "type": ["string", "number"] }),
        Form::OneOf(words) => json!({ "enum": words }),
        // Editors hand a TOML date to the schema as a string.
        Form::Date => json!({ "type": "string", "format": "date" }),
        Form::Dates => json!({ "type": "array", "items": { "type": "string", "format": "date" } }),
        Form::Flag => json!({ "type": "boolean" }),
        Form::Texts => texts,
        Form::TextOrTexts => json!({ "anyOf": [text, texts] }),
        Form::TextMap => map(text),
        Form::TextsMap => map(json!({ "anyOf": [text, texts] })),
        Form::Table(shape) => reference(shape, definitions),
        Form::Tables(shape) => json!({ "type": "array", "items": reference(shape, definitions) }),
        Form::TableMap(shape) => map(reference(shape, definitions)),
    }
}
