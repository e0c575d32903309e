//! The table of docs/rrweb.md names a test for everything that is shown: here is that each of them exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::kit::in_repository;

#[test]
fn every_test_that_the_table_names_exists_and_every_test_of_rrweb_is_named() {
    let page = std::fs::read_to_string(in_repository("docs/rrweb.md")).unwrap();
    let named: BTreeSet<&str> = page.split('`').skip(1).step_by(2).filter(|word| is_test_name(word)).collect();
    assert!(named.len() > 15, "{named:?}");
    let mut sources = Vec::new();
    collect(&in_repository("tests/it"), &mut sources);
    collect(&in_repository("src"), &mut sources);
    let all: String = sources.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    // As a function of its own, or made by the macro of tests/it/browser/fidelity.rs.
    let missing: Vec<_> = named
        .iter()
        .filter(|name| !all.contains(&format!("fn {name}()")) && !all.contains(&format!("\" {name},")))
        .collect();
    assert!(missing.is_empty(), "docs/rrweb.md names tests that are not there: {missing:?}");

    let mut here = Vec::new();
    collect(&in_repository("tests/it/browser/rrweb"), &mut here);
    for path in here {
        let source = std::fs::read_to_string(&path).unwrap();
        for test in source.split("#[test]\nfn ").skip(1).filter_map(|rest| rest.split("()").next()) {
            let own = "every_test_that_the_table_names_exists_and_every_test_of_rrweb_is_named";
            assert!(named.contains(test) || test == own, "docs/rrweb.md does not name {test}");
        }
    }
}

/// Tests are sentences; nothing else in the page has that many words joined.
fn is_test_name(word: &str) -> bool {
    word.matches('_').count() >= 4
        && word.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_')
}

fn collect(folder: &Path, sources: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(path);
        }
    }
}
