//! The embedded templates: registered once, strict, and held to an example of their view.
//!
//! Handlebars' strict mode says nothing of a wrong name in `{{#if}}`, `{{#each}}` or an argument, which would print an
//! empty table. So every template `NAME.hbs` has an example `NAME.view.json` beside it, or shares the `view.json` of its
//! folder: the template may use no name that the example has not, and a view must have the example's shape, field for
//! field. Parts, which several templates include (`{{> clauses/probation}}`), are held to the examples of those.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use handlebars::{
    Handlebars, Path,
    template::{HelperTemplate, Parameter, Template, TemplateElement},
};
use include_dir::{Dir, include_dir};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{error::DocumentError, markup, model::Document};

static TEMPLATES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The folder of parts. What stands in it is no document by itself.
const PARTS: &str = "clauses/";

/// A template with its example.
struct Entry {
    example: Value,
    version: String,
    /// The parts that it includes.
    parts: BTreeSet<String>,
}

struct Library {
    handlebars: Handlebars<'static>,
    entries: BTreeMap<String, Entry>,
}

/// The document that a template makes of a view.
///
/// The template also sees `document.engine` (this program's version) and `document.template` (its own).
pub(super) fn document(name: &str, view: &Value) -> Result<Document, DocumentError> {
    let library = library()?;
    let entry = library.entries.get(name).ok_or_else(|| DocumentError::UnknownTemplate(name.to_owned()))?;
    let mut problems = Vec::new();
    compare(view, &entry.example, "", &mut problems);
    if !problems.is_empty() {
        return Err(DocumentError::View { template: name.to_owned(), problems });
    }
    let context = with_document(view, &entry.version);
    let rendered = library.handlebars.render(name, &context).map_err(|error| fault(name, error.to_string()))?;
    from_markup(name, &rendered)
}

/// Reads markup; a fault names the document, the line and what stands there.
pub(super) fn from_markup(name: &str, source: &str) -> Result<Document, DocumentError> {
    markup::parse(source).map_err(|found| {
        let line = source.lines().nth(found.line.saturating_sub(1)).unwrap_or_default();
        fault(name, format!("第 {} 行“{}”：{}", found.line, line.trim(), found.message))
    })
}

/// The parts that a template includes, by name without their folder.
///
/// # Errors
/// No such template, or a faulty library of templates.
pub fn template_parts(name: &str) -> Result<&'static BTreeSet<String>, DocumentError> {
    let entry = library()?.entries.get(name);
    entry.map(|entry| &entry.parts).ok_or_else(|| DocumentError::UnknownTemplate(name.to_owned()))
}

/// The version of a template: the first eight hexadecimal digits of the SHA-256 of its source, and of its parts'.
///
/// # Errors
/// No such template, or a faulty library of templates.
pub fn template_version(name: &str) -> Result<String, DocumentError> {
    let library = library()?;
    library
        .entries
        .get(name)
        .map(|entry| entry.version.clone())
        .ok_or_else(|| DocumentError::UnknownTemplate(name.to_owned()))
}

fn fault(template: &str, message: impl Into<String>) -> DocumentError {
    DocumentError::Template { template: template.to_owned(), message: message.into() }
}

fn with_document(view: &Value, version: &str) -> Value {
    let mut context = view.clone();
    if let Value::Object(fields) = &mut context {
        fields.insert("document".to_owned(), serde_json::json!({ "engine": engine(), "template": version }));
    }
    context
}

/// The program as pages name it.
pub(super) fn engine() -> String {
    format!("gongche {}", env!("CARGO_PKG_VERSION"))
}

fn library() -> Result<&'static Library, DocumentError> {
    static LIBRARY: OnceLock<Result<Library, (String, String)>> = OnceLock::new();
    LIBRARY.get_or_init(load).as_ref().map_err(|(template, message)| fault(template, message))
}

fn load() -> Result<Library, (String, String)> {
    let mut handlebars = Handlebars::new();
    handlebars.set_strict_mode(true);
    handlebars.register_escape_fn(markup::escape);
    let mut sources = BTreeMap::new();
    collect(&TEMPLATES, &mut sources).map_err(|path| (path, "不是 UTF-8 文本".to_owned()))?;
    let mut parts = BTreeMap::new();
    let mut templates = Vec::new();
    for (name, source) in &sources {
        let failed = |message: String| ((*name).to_owned(), message);
        // Where a part begins is marked, so that remarks find it.
        let source = match name.strip_prefix(PARTS) {
            Some(part) => format!("@part {part}\n{source}"),
            None => (*source).to_owned(),
        };
        let template = Template::compile(&source).map_err(|error| failed(error.to_string()))?;
        if name.starts_with(PARTS) {
            handlebars.register_template(name, template.clone());
            parts.insert((*name).to_owned(), template);
        } else {
            templates.push((*name, template));
        }
    }
    let mut entries = BTreeMap::new();
    for (name, template) in templates {
        let failed = |message: String| (name.to_owned(), message);
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let example = TEMPLATES
            .get_file(format!("{name}.view.json"))
            .or_else(|| TEMPLATES.get_file(format!("{folder}/view.json")))
            .ok_or_else(|| failed(format!("缺少样例 templates/{name}.view.json")))?;
        let example: Value = serde_json::from_slice(example.contents()).map_err(|error| failed(error.to_string()))?;
        let included = included(&template);
        let mut digest = Sha256::new();
        digest.update(sources.get(name).copied().unwrap_or_default());
        for part in &included {
            digest.update(sources.get(part.as_str()).copied().unwrap_or_default());
        }
        let version = digest.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect::<String>();
        let problems = faults(&template, &with_document(&example, &version), &parts);
        if !problems.is_empty() {
            return Err(failed(problems.join("；")));
        }
        handlebars.register_template(name, template);
        let parts = included.iter().filter_map(|part| part.strip_prefix(PARTS)).map(str::to_owned).collect();
        entries.insert(name.to_owned(), Entry { example, version, parts });
    }
    Ok(Library { handlebars, entries })
}

/// The sources of the templates by their path without `.hbs`, or the path of one that is no text.
fn collect(folder: &'static Dir<'static>, sources: &mut BTreeMap<&'static str, &'static str>) -> Result<(), String> {
    for file in folder.files() {
        let path = file.path().to_str().unwrap_or_default();
        if let Some(name) = path.strip_suffix(".hbs") {
            sources.insert(name, file.contents_utf8().ok_or_else(|| path.to_owned())?);
        }
    }
    folder.dirs().try_for_each(|folder| collect(folder, sources))
}

/// The names of what a template includes.
fn included(template: &Template) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for element in &template.elements {
        match element {
            TemplateElement::PartialExpression(partial) => names.extend(partial_name(&partial.name)),
            TemplateElement::HelperBlock(helper) => {
                let blocks = helper.template.iter().chain(&helper.inverse);
                names.extend(blocks.flat_map(included));
            }
            _ => {}
        }
    }
    names
}

fn partial_name(name: &Parameter) -> Option<String> {
    match name {
        Parameter::Name(name) | Parameter::Path(Path::Relative((_, name))) => Some(name.clone()),
        _ => None,
    }
}

/// What is wrong with a template and its example: names that the example has not, lists that show no entry.
fn faults(template: &Template, example: &Value, parts: &BTreeMap<String, Template>) -> Vec<String> {
    let mut faults = Vec::new();
    walk(template, &[example], parts, &mut faults);
    lists_without_entry(example, "", &mut faults);
    faults
}

/// An empty list in an example would let any entry pass.
fn lists_without_entry(example: &Value, path: &str, faults: &mut Vec<String>) {
    match example {
        Value::Array(items) if items.is_empty() => faults.push(format!("样例中的列表 {path} 没有一项")),
        Value::Array(items) => items.iter().for_each(|item| lists_without_entry(item, path, faults)),
        Value::Object(fields) => {
            for (field, value) in fields {
                lists_without_entry(value, &inner(path, field), faults);
            }
        }
        _ => {}
    }
}

fn inner(path: &str, field: &str) -> String {
    if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") }
}

/// `scopes`: what `this` is here, after what it is outside.
fn walk(template: &Template, scopes: &[&Value], parts: &BTreeMap<String, Template>, faults: &mut Vec<String>) {
    for element in &template.elements {
        match element {
            TemplateElement::Expression(helper) => {
                // `{{name}}` parses as a call without arguments.
                if let Parameter::Path(path) = &helper.name
                    && helper.params.is_empty()
                {
                    resolve(path, scopes, faults);
                }
                arguments(helper, scopes, faults);
            }
            TemplateElement::HelperBlock(helper) => {
                let subjects = arguments(helper, scopes, faults);
                let helper_name = match &helper.name {
                    Parameter::Name(name) => name.as_str(),
                    Parameter::Path(Path::Relative((_, raw))) => raw.as_str(),
                    _ => "",
                };
                let mut inner = scopes.to_vec();
                match (helper_name, subjects.first()) {
                    ("each", Some(Some(Value::Array(items)))) => inner.extend(items.first()),
                    ("with", Some(Some(subject))) => inner.push(subject),
                    _ => {}
                }
                if let Some(block) = &helper.template {
                    walk(block, &inner, parts, faults);
                }
                if let Some(block) = &helper.inverse {
                    walk(block, scopes, parts, faults);
                }
            }
            TemplateElement::RawString(_) | TemplateElement::Comment(_) => {}
            // A part includes no other, so that no circle is possible.
            TemplateElement::PartialExpression(partial) if partial.params.is_empty() && partial.hash.is_empty() => {
                let name = partial_name(&partial.name).unwrap_or_default();
                match parts.get(&name) {
                    Some(part) => walk(part, scopes, &BTreeMap::new(), faults),
                    None => faults.push(format!("（没有部件 {name}，或者部件里又有部件）")),
                }
            }
            // Three braces would let a value write markup.
            TemplateElement::HtmlExpression(_) => faults.push("（不得使用三重花括号）".to_owned()),
            _ => faults.push("（不支持带参数的部件与 decorator）".to_owned()),
        }
    }
}

/// What each argument of a helper stands for in the example.
fn arguments<'a>(helper: &HelperTemplate, scopes: &[&'a Value], faults: &mut Vec<String>) -> Vec<Option<&'a Value>> {
    let mut found = Vec::new();
    for parameter in helper.params.iter().chain(helper.hash.values()) {
        match parameter {
            Parameter::Path(path) => found.push(resolve(path, scopes, faults)),
            Parameter::Subexpression(inner) => {
                if let TemplateElement::Expression(helper) = inner.as_element() {
                    arguments(helper, scopes, faults);
                }
                found.push(None);
            }
            _ => found.push(None),
        }
    }
    found
}

fn resolve<'a>(path: &Path, scopes: &[&'a Value], faults: &mut Vec<String>) -> Option<&'a Value> {
    let Path::Relative((_, raw)) = path else { return None };
    let mut name = raw.as_str();
    let mut scope = scopes.len();
    while let Some(outer) = name.strip_prefix("../") {
        name = outer;
        scope = scope.saturating_sub(1);
    }
    let (root, name) = match name.strip_prefix("@root.") {
        Some(rest) => (scopes.first(), rest),
        None => (scopes.get(scope.saturating_sub(1)), name),
    };
    let mut value = *root?;
    for field in name.split(['.', '/']).filter(|field| !field.is_empty() && *field != "this") {
        let Some(inner) = value.get(field) else {
            faults.push(format!("样例中没有 {raw}"));
            return None;
        };
        value = inner;
    }
    Some(value)
}

/// Every difference in shape between a view and the example: fields that lack, fields nobody knows, other types.
fn compare(view: &Value, example: &Value, path: &str, problems: &mut Vec<String>) {
    match (view, example) {
        (Value::Object(view), Value::Object(example)) => {
            for (field, shape) in example {
                match view.get(field) {
                    Some(value) => compare(value, shape, &inner(path, field), problems),
                    None => problems.push(format!("缺少 {}", inner(path, field))),
                }
            }
            problems.extend(
                view.keys()
                    .filter(|field| !example.contains_key(*field))
                    .map(|field| format!("多出 {}", inner(path, field))),
            );
        }
        (Value::Array(items), Value::Array(example)) => {
            let Some(shape) = example.first() else { return };
            for (index, item) in items.iter().enumerate() {
                compare(item, shape, &format!("{path}[{index}]"), problems);
            }
        }
        (Value::String(_), Value::String(_)) | (Value::Bool(_), Value::Bool(_)) => {}
        _ => problems.push(format!("{path} 应为{}，不是{}", kind(example), kind(view))),
    }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "空值",
        Value::Bool(_) => "是或否",
        Value::Number(_) => "数",
        Value::String(_) => "文字",
        Value::Array(_) => "列表",
        Value::Object(_) => "一组字段",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_embedded_templates_make_documents_of_their_examples() {
        let library = library().unwrap();
        assert!(library.entries.contains_key("payslip"));
        for (name, entry) in &library.entries {
            assert!(!document(name, &entry.example).unwrap().blocks.is_empty(), "{name}");
            assert_eq!(template_version(name).unwrap().len(), 8);
        }
        assert!(matches!(document("none", &json!({})), Err(DocumentError::UnknownTemplate(_))));
    }

    #[test]
    fn names_that_strict_mode_overlooks_are_found() {
        let example = json!({ "a": "", "list": [{ "b": "", "c": { "d": "" } }], "flag": true });
        let parts = BTreeMap::from([("clauses/one".to_owned(), Template::compile("{{a}}{{wrong}}").unwrap())]);
        let found = |source: &str| faults(&Template::compile(source).unwrap(), &example, &parts);
        let good = "{{a}}{{#each list}}{{@index}}{{b}}{{this.b}}{{../a}}{{c.d}}{{#if ../flag}}{{@root.a}}{{/if}}{{#with c}}{{d}}{{/with}}{{/each}}";
        assert_eq!(found(good), Vec::<String>::new());
        for (source, name) in [
            ("{{#if wrong}}x{{/if}}", "wrong"),
            ("{{#unless wrong}}x{{/unless}}", "wrong"),
            ("{{#each wrong}}x{{/each}}", "wrong"),
            ("{{#each list}}{{a}}{{/each}}", "a"),
            ("{{#each list}}{{../b}}{{/each}}", "../b"),
            ("{{#if flag}}{{list.b}}{{else}}{{nothing}}{{/if}}", "nothing"),
            ("{{#if (eq wrong 'x')}}{{/if}}", "wrong"),
            ("{{#with list}}{{/with}}{{#each list}}{{#with c}}{{b}}{{/with}}{{/each}}", "b"),
        ] {
            assert!(found(source).contains(&format!("样例中没有 {name}")), "{source}: {:?}", found(source));
        }
        assert!(found("{{{a}}}")[0].contains("三重花括号"));
        assert!(found("{{> other}}")[0].contains("没有部件 other"));
        assert_eq!(found("{{> clauses/one}}"), ["样例中没有 wrong"]);
        assert!(found("{{> clauses/one a=1}}")[0].contains("带参数"));
        let empty = json!({ "a": { "list": [] } });
        assert_eq!(faults(&Template::compile("").unwrap(), &empty, &parts), ["样例中的列表 a.list 没有一项"]);
    }

    #[test]
    fn a_view_of_another_shape_is_refused_with_every_difference() {
        let example = json!({ "a": "", "list": [{ "b": "" }], "flag": true });
        let mut problems = Vec::new();
        compare(&json!({ "list": [{ "b": "" }, { "c": "" }], "flag": 1, "d": null }), &example, "", &mut problems);
        assert_eq!(problems, ["缺少 a", "flag 应为是或否，不是数", "缺少 list[1].b", "多出 list[1].c", "多出 d"]);
        problems.clear();
        compare(&json!({ "a": "x", "list": [], "flag": false }), &example, "", &mut problems);
        assert_eq!(problems, Vec::<String>::new());
    }
}
