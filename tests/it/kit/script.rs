//! Scripts of `tests/page`, which drive a real browser through pages.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;
use std::process::Command;

use super::in_repository;

/// What `tests/page/SCRIPT` prints, given these words. It has to succeed. With `PAGE_PICTURES` a folder for screenshots is its last word.
pub(crate) fn page_script<T: AsRef<OsStr>>(
    script: &str,
    words: impl IntoIterator<Item = T>,
    set: &[(&str, &str)],
) -> String {
    let folder = in_repository("tests/page");
    install(&folder);
    let mut node = Command::new("node");
    node.arg(folder.join(script)).args(words).args(std::env::var_os("PAGE_PICTURES")).envs(set.iter().copied());
    let done = node.output().unwrap();
    assert!(
        done.status.success(),
        "{script}: {}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).unwrap()
}

/// The scripts' packages, where they are missing: any of the tests may be the first on this machine.
fn install(folder: &Path) {
    let alone = File::create(std::env::temp_dir().join("replayreel-page-tests.lock")).unwrap();
    alone.lock().unwrap();
    // npm writes this file last.
    if folder.join("node_modules/.package-lock.json").exists() {
        return;
    }
    assert!(Command::new(in_repository("scripts/setup")).arg("node").status().unwrap().success());
    let options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    assert!(Command::new("npm").args(options).current_dir(folder).status().unwrap().success());
}
