//! Agreements from engagement to files: what is drafted, what is refused, and that both files say the same.

use gongche::{
    agreement,
    rulebook::{Book, Sources},
};
use std::{fs, path::Path};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_example_view_has_every_term_of_the_library() {
    let book = Book::read(Sources::embedded()).unwrap();
    let path = root().join("templates/agreements/view.json");
    let fresh = serde_json::to_string_pretty(&agreement::example(&book)).unwrap() + "\n";
    if std::env::var_os("UPDATE_VIEW").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), fresh, "run this test with UPDATE_VIEW=1");
}
