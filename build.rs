//! Embeds the rule files: every `.toml` below `rules/`, so that the binary needs no file beside it.

#![expect(clippy::expect_used, reason = "a build that cannot embed its rules must stop")]

use std::{env, fmt::Write as _, fs, path::Path};

fn main() {
    println!("cargo:rerun-if-changed=rules");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let mut files = Vec::new();
    collect(&Path::new(&root).join("rules"), "", &mut files);
    files.sort();
    let mut code = String::from("&[\n");
    for (name, path) in files {
        writeln!(code, "    ({name:?}, include_str!({path:?})),").expect("a string takes all");
    }
    code.push(']');
    let out = env::var("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("rules.rs"), code).expect("the output folder can be written");
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files);
        } else if name.ends_with(".toml") {
            files.push((format!("{prefix}{name}"), path.to_string_lossy().into_owned()));
        }
    }
}
