//! docs/redaction.md lists every place that is looked at: here is that each of them is planted, and none is planted that it does not list.

use std::collections::BTreeSet;

use super::planted;
use crate::kit::in_repository;

#[test]
fn every_place_of_the_table_is_planted_and_every_planted_place_is_in_the_table() {
    let page = std::fs::read_to_string(in_repository("docs/redaction.md")).unwrap();
    let section = page.split("\n## ").find(|section| section.starts_with("Every place that is looked at")).unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ")).skip(1);
    let listed: BTreeSet<String> = rows.map(|row| row.split('|').nth(1).unwrap().trim().to_owned()).collect();
    assert!(listed.len() > 30, "{listed:?}");
    let (mut all, _) = planted::package();
    all.extend(planted::wireframes().0);
    let mut planted: BTreeSet<String> = all.into_iter().map(|planted| planted.place.to_owned()).collect();
    planted.insert(planted::SCREENSHOTS.to_owned());
    let missing: Vec<_> = listed.difference(&planted).collect();
    let surplus: Vec<_> = planted.difference(&listed).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "not planted: {missing:?}; not in the table: {surplus:?}");
}
