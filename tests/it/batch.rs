//! An archive of recordings, converted, killed on the way, and gone on with.

mod browser;
mod generated;
mod looking;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use crate::kit::program;

/// A folder that batch has made.
struct Archive(PathBuf);

impl Archive {
    /// What the manifest says, by source's file name.
    fn manifest(&self) -> BTreeMap<String, Json> {
        let text = fs::read_to_string(self.0.join("manifest.jsonl")).unwrap();
        let entries = text.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
        entries.map(|entry| (file_name(&entry), entry)).collect()
    }

    /// What is noted by now, whether it is joined to the manifest yet or not.
    fn noted(&self) -> BTreeMap<String, Json> {
        let whole = fs::read_to_string(self.0.join("manifest.jsonl")).unwrap_or_default();
        let lines = whole.lines().map(str::to_owned);
        let loose = fs::read_dir(self.0.join(".replayreel/entries")).into_iter().flatten().flatten();
        // One that is joined while this reads is gone, and in the manifest.
        let loose = loose.filter_map(|file| fs::read_to_string(file.path()).ok());
        let entries = lines.chain(loose).map(|text| serde_json::from_str::<Json>(&text).unwrap());
        entries.map(|entry| (file_name(&entry), entry)).collect()
    }

    /// Every file beside the archive's own.
    fn files(&self) -> Vec<String> {
        let walk = walkdir::WalkDir::new(&self.0).sort_by_file_name().into_iter().map(Result::unwrap);
        let files = walk.filter(|entry| entry.file_type().is_file());
        let names = files.map(|entry| entry.path().strip_prefix(&self.0).unwrap().to_str().unwrap().to_owned());
        names.filter(|name| name != ".replayreel/lock").collect()
    }

    /// All files are those of the manifest, each whole; nothing else is there.
    fn assert_right(&self) {
        let mut expected = vec!["SHA256SUMS".to_owned(), "index.html".to_owned(), "manifest.jsonl".to_owned()];
        for entry in self.manifest().values() {
            for output in entry["outputs"].as_array().unwrap() {
                let name = output["name"].as_str().unwrap();
                let bytes = fs::read(self.0.join(name)).unwrap();
                assert_eq!(bytes.len() as u64, output["bytes"].as_u64().unwrap(), "{name}");
                let sum: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
                assert_eq!(sum, output["sha256"], "{name}");
                expected.push(name.to_owned());
            }
        }
        expected.sort_unstable();
        let mut files = self.files();
        files.sort_unstable();
        assert_eq!(files, expected);
    }
}

fn file_name(entry: &Json) -> String {
    let source = entry["source"].as_str().unwrap();
    source.rsplit('/').next().unwrap().to_owned()
}

/// `replayreel batch FROM --out TO ARGUMENTS`, to its end.
fn batch(from: &str, to: &Path, arguments: &[&str]) -> Output {
    let mut command = program();
    command.args(["batch", from, "--quiet", "--fonts", "bundled", "--out"]).arg(to).args(arguments);
    command.stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
