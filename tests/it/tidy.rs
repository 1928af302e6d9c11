//! The house keeps itself: what the papers say is so, every rule is sourced and proved, nothing is forgotten.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests, like tests, fail by panicking

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use gongche::rulebook::{Body, Book, Content, EntryId, NATION, Sort, Sources, Timeline, UNKNOWN, citations};
use tempfile::TempDir;

/// The largest source file, in bytes: more than that nobody reads in one sitting.
const LONGEST_FILE: u64 = 40_000;

/// Where floats are allowed: numbers of workbooks on the way in and out, and lengths on paper. No amount is computed.
const FLOAT_SEAMS: [&str; 3] = ["src/document/writer.rs", "src/exchange/table/xlsx.rs", "src/exchange/workbook.rs"];

/// How a citation of the law begins. The law is in `rules/`.
const CITATIONS: [&str; 6] = ["〔19", "〔20", "公告19", "公告20", "令第", "主席令"];

/// What is left lying about by somebody who meant to come back, and what names a machine.
const LEFTOVERS: [&str; 6] = ["TODO", "FIXME", "XXX", "HACK", "/work/", "/home/"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The files below a folder of the project, by their path from its root.
fn files(folder: &str, suffix: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_str().unwrap().ends_with(suffix) {
                found.push(path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/"));
            }
        }
    }
    assert!(!found.is_empty(), "no {suffix} in {folder}");
    found.sort();
    found
}

/// A source file without its unit tests, which stand at its foot.
fn code(path: &str) -> String {
    let text = read(path);
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned()
}

fn book() -> Book {
    Book::read(Sources::embedded()).unwrap_or_else(|faulty| panic!("{:#?}", faulty.diagnostics))
}

fn gongche(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gongche")).args(arguments).current_dir(root()).output().unwrap()
}

// ---- the code

#[test]
fn every_test_file_is_named_in_main() {
    let main = read("tests/it/main.rs");
    for entry in fs::read_dir(root().join("tests/it")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(module) = name.strip_suffix(".rs")
            && module != "main"
        {
            assert!(main.contains(&format!("mod {module};")), "tests/it/{name} is not named in main.rs");
        }
    }
}

#[test]
fn a_source_file_can_be_read_in_one_sitting() {
    for path in files("src", ".rs") {
        let size = fs::metadata(root().join(&path)).unwrap().len();
        assert!(size <= LONGEST_FILE, "{path} has {size} bytes: split it by idea");
    }
}

#[test]
fn floats_stay_at_the_seams() {
    let word = |text: &str, word: &str| {
        text.match_indices(word).any(|(at, _)| {
            let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            !part(text[..at].chars().next_back()) && !part(text[at + word.len()..].chars().next())
        })
    };
    let floats: Vec<String> = files("src", ".rs")
        .into_iter()
        .filter(|path| code(path).lines().any(|line| word(line, "f32") || word(line, "f64")))
        .collect();
    assert_eq!(floats, FLOAT_SEAMS, "binary floats are for these files only");
}

#[test]
fn the_law_is_not_in_the_code_and_nothing_is_left_lying_about() {
    for path in files("src", ".rs").into_iter().chain(files("templates", ".hbs")) {
        let text = code(&path);
        for citation in CITATIONS {
            assert!(!text.contains(citation), "{path} cites the law ({citation}…), which belongs in rules/");
        }
        for leftover in LEFTOVERS {
            assert!(!text.contains(leftover), "{path} has {leftover}");
        }
    }
}

#[test]
fn no_golden_waits_for_approval() {
    let waiting: Vec<String> =
        files("golden", "").into_iter().chain(files("tests", "")).filter(|path| path.ends_with(".snap.new")).collect();
    assert!(waiting.is_empty(), "read and accept, or mend: {waiting:?}");
}

// ---- the rules

/// The timelines of the book with what each is of: those of the nation and those of every place.
fn timelines(book: &Book) -> Vec<(String, &Timeline)> {
    let mut found = Vec::new();
    for (id, entry) in book.entries() {
        if let Body::Value(timeline) | Body::Scale(timeline) = book.body(id) {
            found.push((entry.full_id.clone(), timeline));
        }
    }
    let nation = book.supplies(NATION).unwrap_or_else(|diagnostics| panic!("{diagnostics:#?}"));
    for (code, supply) in nation.into_iter().map(|supply| (NATION, supply)).chain(book.supplied_places()) {
        if let Content::Dated(timeline) = &supply.content {
            found.push((format!("{} of {code}", book.entry(supply.value).full_id), timeline));
        }
    }
    found
}

#[test]
fn every_dated_value_is_sourced_and_was_checked() {
    let book = book();
    let found = timelines(&book);
    assert!(found.len() > 50, "only {} timelines found", found.len());
    for (name, version) in found.iter().flat_map(|(name, line)| line.versions().iter().map(move |one| (name, one))) {
        let what = format!("{name}, from {}", version.from);
        assert!(citations(&version.cite).count() > 0, "{what}: no citation");
        if version.cite == UNKNOWN {
            assert!(version.source.is_some(), "{what}: neither instrument nor source");
        }
        if let Some(published) = version.published {
            assert!(version.checked >= published, "{what}: checked before it was published");
        }
    }
}

#[test]
fn every_figure_is_proved_by_an_example() {
    let book = book();
    let proved: BTreeSet<EntryId> = book
        .examples(true)
        .flat_map(|example| &example.steps)
        .flat_map(|step| step.expect.iter().map(|((entry, _), _)| *entry))
        .collect();
    let figures = book.entries().filter(|(_, entry)| entry.sort == Sort::Figure);
    let unproved: Vec<&str> =
        figures.filter(|(id, _)| !proved.contains(id)).map(|(_, entry)| entry.full_id.as_str()).collect();
    assert!(unproved.is_empty(), "no example expects {}", unproved.join(", "));
}

// ---- the papers

const READMES: [&str; 2] = ["README.md", "README.zh-CN.md"];

/// The documents that people read.
fn papers() -> Vec<String> {
    let roots = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut papers: Vec<String> = roots.filter(|name| name.ends_with(".md")).collect();
    papers.extend(files("docs", ".md"));
    papers.extend(files("examples", ".md"));
    papers
}

/// The blocks of a language in a document, by lines.
fn blocks(text: &str, language: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut open: Option<Vec<String>> = None;
    for line in text.lines() {
        match (line.trim_start().strip_prefix("```"), open.take()) {
            (Some(_), Some(block)) => found.push(block),
            (Some(opened), None) if opened.trim() == language => open = Some(Vec::new()),
            (Some(_), None) => open = Some(Vec::new()).filter(|_: &Vec<String>| false),
            (None, Some(mut block)) => {
                block.push(line.to_owned());
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    found
}

/// What is written after a `gongche`: the sub-commands, which are its words up to the first argument, and the options.
fn sub_commands_and_options(after: &str) -> (Vec<&str>, Vec<&str>) {
    let after = after.split(['`', '\n']).next().unwrap_or_default();
    let mut words = after.split_whitespace();
    let mut sub_commands = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "--rules" | "--format" => _ = words.next(),
            word if word.bytes().all(|byte| byte.is_ascii_lowercase()) => sub_commands.push(word),
            _ => break,
        }
    }
    (sub_commands, after.split_whitespace().filter(|word| word.starts_with("--")).collect())
}

#[test]
fn the_commands_in_the_papers_exist() {
    let mut run = 0;
    for paper in papers() {
        let text = read(&paper);
        for caller in ["`gongche ", "\n$ gongche ", "\n$ cargo run --release -- ", "\ncargo run --release -- "] {
            for after in text.split(caller).skip(1) {
                let (mut arguments, options) = sub_commands_and_options(after);
                arguments.push("--help");
                let help = gongche(&arguments);
                assert!(help.status.success(), "{paper}: there is no gongche {arguments:?}");
                let help = String::from_utf8(help.stdout).unwrap();
                for option in options {
                    assert!(help.contains(option), "{paper}: gongche {arguments:?} knows no {option}:\n{help}");
                }
                run += 1;
            }
        }
    }
    assert!(run > 20, "only {run} commands found");
}

#[test]
fn the_readmes_name_every_command() {
    let help = String::from_utf8(gongche(&["--help"]).stdout).unwrap();
    let commands = help.lines().skip_while(|line| !line.starts_with("命令：")).skip(1);
    let commands: Vec<&str> = commands.map_while(|line| line.split_whitespace().next()).collect();
    assert!(commands.contains(&"pay"), "{help}");
    for readme in READMES {
        let text = read(readme);
        for command in &commands {
            assert!(text.contains(&format!("`gongche {command} ")), "{readme} does not name `gongche {command}`");
        }
    }
}

/// Whether lines are those of a pattern, in which `…` stands for any lines.
fn reads_as(lines: &[&str], pattern: &[String]) -> bool {
    match pattern.split_first() {
        None => lines.is_empty(),
        Some((first, rest)) if first == "…" => (0..=lines.len()).any(|skipped| reads_as(&lines[skipped..], rest)),
        Some((first, rest)) => lines.first() == Some(&first.as_str()) && reads_as(&lines[1..], rest),
    }
}

#[test]
fn the_readmes_show_what_the_program_says() {
    let out = TempDir::new().unwrap();
    for readme in READMES {
        let mut run = 0;
        for block in blocks(&read(readme), "console") {
            let mut rest = block.as_slice();
            while let Some((line, after)) = rest.split_first() {
                let command = line.strip_prefix("$ ").unwrap_or_else(|| panic!("{readme}: {line}"));
                let length = after.iter().position(|line| line.starts_with("$ ")).unwrap_or(after.len());
                let (shown, next) = after.split_at(length);
                rest = next;
                let caller = command.strip_prefix("gongche ").or(command.strip_prefix("cargo run --release -- "));
                let Some(arguments) = caller else { continue };
                let mut arguments: Vec<&str> = arguments.split_whitespace().collect();
                if let Some(at) = arguments.iter().position(|argument| *argument == "--out") {
                    arguments[at + 1] = out.path().to_str().unwrap();
                }
                let output = gongche(&arguments);
                let said = String::from_utf8(output.stdout).unwrap();
                assert!(output.status.success(), "{readme}: {command}\n{}", String::from_utf8_lossy(&output.stderr));
                let lines: Vec<&str> = said.lines().collect();
                assert!(shown.is_empty() || reads_as(&lines, shown), "{readme}: {command}\nsays now:\n{said}");
                run += 1;
            }
        }
        assert!(run >= 4, "{readme}: only {run} commands were run");
    }
}

#[test]
fn the_readmes_quote_the_rules_as_they_are() {
    let rules: String = files("rules", ".toml").iter().map(|path| read(path)).collect();
    let lines: BTreeSet<&str> = rules.lines().collect();
    for readme in READMES {
        let quoted: Vec<String> = blocks(&read(readme), "toml").into_iter().flatten().collect();
        assert!(quoted.len() > 10, "{readme}: {quoted:?}");
        for line in quoted.iter().filter(|line| *line != "…") {
            assert!(lines.contains(line.as_str()), "{readme}: no rule file has the line\n{line}");
        }
    }
}

#[test]
fn what_the_papers_point_at_is_there() {
    for paper in papers() {
        let text = read(&paper);
        let folder: PathBuf = root().join(&paper).parent().unwrap().to_owned();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = link.split('#').next().unwrap_or_default();
            if !target.is_empty() && !target.contains("://") {
                assert!(folder.join(target).exists(), "{paper} points at {target}, which is not there");
            }
        }
    }
}

#[test]
fn decisions_are_numbered_once() {
    let mut numbers = BTreeMap::new();
    for path in files("docs/decisions", ".md") {
        let name = path.rsplit('/').next().unwrap().to_owned();
        let (number, _) = name.split_once('-').unwrap();
        assert!(read(&path).starts_with(&format!("# {}. ", number.trim_start_matches('0'))), "{name}: its heading");
        if let Some(other) = numbers.insert(number.to_owned(), name.clone()) {
            panic!("{other} and {name} have one number");
        }
    }
}
