use std::fs;

use super::*;
use crate::outbound::{Client, Limits, Policy};

fn settings() -> Settings {
    Settings::new(Client::new(Policy::default(), Limits::default()).unwrap())
}

fn tree(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    folder
}

async fn found(search: Search) -> Result<Vec<String>, FindError> {
    let search = Search { most: if search.most == 0 { 100 } else { search.most }, ..search };
    Ok(search.find(&settings()).await?.items.into_iter().map(|item| item.path).collect())
}

fn places(folder: &tempfile::TempDir, below: &str) -> Vec<String> {
    vec![folder.path().join(below).to_str().unwrap().to_owned()]
}

fn patterns(texts: &[&str]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::new(text).unwrap()).collect()
}

#[tokio::test]
async fn a_folder_is_searched_for_what_is_called_like_a_recording() {
    let folder =
        tree(&["a.json", "m/b.json.gz", "m/n/c.replay.zip", "notes.md", ".hidden.json", ".git/x.json", "m/v.mp4"]);
    let search = Search { places: places(&folder, ""), most: 100, ..Search::default() };
    let found = search.find(&settings()).await.unwrap();
    let paths: Vec<_> = found.items.iter().map(|item| item.path.as_str()).collect();
    assert_eq!(paths, ["a", "m/b", "m/n/c"]);
    assert_eq!(found.passed_over, 2);
    assert!(found.items.iter().all(|item| item.stamp.is_some() && item.places[0].starts_with('/')));
}

#[tokio::test]
async fn an_archive_below_a_folder_is_not_searched() {
    let folder = tree(&["a.json", "out/.replayreel/lock", "out/manifest.jsonl", "out/a.json"]);
    assert_eq!(found(Search { places: places(&folder, ""), ..Search::default() }).await.unwrap(), ["a"]);
}

#[tokio::test]
async fn patterns_choose_by_name_or_by_path() {
    let folder = tree(&["a.json", "m/b.json.gz", "m/n/c.log", "m/skip-d.json"]);
    let search = Search {
        places: places(&folder, ""),
        include: patterns(&["*.log", "m/*.json*"]),
        exclude: patterns(&["skip-*"]),
        ..Search::default()
    };
    assert_eq!(found(search).await.unwrap(), ["m/b", "m/n/c.log"]);
}

#[tokio::test]
async fn a_pattern_is_a_place_and_names_begin_behind_its_fixed_part() {
    let folder = tree(&["2026/01/a.json", "2026/02/b.json", "2026/02/c.txt"]);
    let search = Search { places: places(&folder, "2026/*/*.json"), ..Search::default() };
    assert_eq!(found(search).await.unwrap(), ["01/a", "02/b"]);
}

#[tokio::test]
async fn a_list_names_places_as_seen_from_where_it_lies() {
    let folder = tree(&["m/a.json", "b.txt"]);
    fs::write(
        folder.path().join("list"),
        "# some\n\nm/a.json\n  b.txt\nhttps://example.org/c.json?token=x\nposthog:0190\nm/a.json\n",
    )
    .unwrap();
    let list = format!("@{}", folder.path().join("list").display());
    assert_eq!(
        found(Search { places: vec![list.clone()], ..Search::default() }).await.unwrap(),
        ["c", "0190", "a", "b.txt"]
    );
    fs::write(folder.path().join("list"), "m/a.json\nm/none.json\n").unwrap();
    let error = found(Search { places: vec![list], ..Search::default() }).await.unwrap_err();
    assert!(error.to_string().contains("line 2") && error.to_string().contains("no such file"), "{error}");
}

#[tokio::test]
async fn the_files_of_a_folder_can_be_one_session() {
    let folder = tree(&["s1/1.jsonl", "s1/2.jsonl", "s2/1.jsonl"]);
    let search = Search { places: places(&folder, ""), folders: true, most: 100, ..Search::default() };
    let items = search.find(&settings()).await.unwrap().items;
    let facts: Vec<_> = items.iter().map(|item| (item.path.as_str(), item.places.len(), item.bytes)).collect();
    assert_eq!(facts, [("s1", 2, Some(20)), ("s2", 1, Some(10))]);
}

#[tokio::test]
async fn too_many_and_none_are_said() {
    let folder = tree(&["a.json", "b.json"]);
    let error = found(Search { places: places(&folder, ""), most: 1, ..Search::default() }).await.unwrap_err();
    assert!(error.to_string().contains("--max-recordings"), "{error}");
    let error = found(Search { places: places(&folder, "none"), ..Search::default() }).await.unwrap_err();
    assert!(matches!(error, FindError::Nothing(_)));
}
