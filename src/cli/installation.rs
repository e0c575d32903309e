//! Rule files of an installation: they hold in every run, and no option or variable switches them off.

use std::io;
use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::redact::{self, PseudonymKey, RuleSet};

/// Where a machine has its own.
const OF_THE_MACHINE: &str = "/etc/replayreel/redact.toml";
/// Where an installation has its own, from the folder around the program's.
const OF_THE_PROGRAM: &str = "etc/replayreel/redact.toml";
/// Nobody writes more by hand.
const MOST_BYTES: u64 = 1 << 20;

/// A rule file of the installation.
#[derive(Debug)]
pub(super) struct Installed {
    pub(super) path: PathBuf,
    pub(super) set: RuleSet,
    pub(super) key: Option<PseudonymKey>,
}

/// Every rule file that the installation has. One that is there and cannot be used is a failure: what was to be taken out would stay in.
pub(super) fn installed(environment_key: Option<&str>) -> Result<Vec<Installed>, Failure> {
    let mut found = Vec::new();
    for path in places()? {
        found.extend(read_installed(path, environment_key)?);
    }
    Ok(found)
}

/// Where such files are looked for.
pub(super) fn places() -> Result<Vec<PathBuf>, Failure> {
    let unknown = |error| {
        Failure::usage(format!(
            "cannot tell where the program is installed, and so whether it has redaction rules: {error}"
        ))
    };
    let program = std::env::current_exe().map_err(unknown)?;
    // Of the folder and not of the file, which an update may have replaced since.
    let folder = program.parent().unwrap_or(Path::new("/")).canonicalize().map_err(unknown)?;
    let beside = folder.parent().unwrap_or(&folder).join(OF_THE_PROGRAM);
    let mut places = vec![PathBuf::from(OF_THE_MACHINE), beside];
    places.dedup();
    Ok(places)
}

fn read_installed(path: PathBuf, environment_key: Option<&str>) -> Result<Option<Installed>, Failure> {
    match path.symlink_metadata() {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        // A link that leads nowhere is there, and so its rules are missed.
        _ => {
            let read = read_rule_file(&path, environment_key);
            let (set, key) = read.map_err(|reason| {
                Failure::usage(format!("{reason}\nthese redaction rules are the installation's and always hold: nothing is read until whoever runs it has put them right"))
            })?;
            Ok(Some(Installed { path, set, key }))
        }
    }
}

/// Reads a rule file, whosever it is. The error names it.
pub(super) fn read_rule_file(
    path: &Path,
    environment_key: Option<&str>,
) -> Result<(RuleSet, Option<PseudonymKey>), String> {
    let shown = path.display().to_string();
    let text = read_text(path).map_err(|error| format!("cannot read the redaction rules {shown}: {error}"))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    redact::read_rules(&text, &shown, Some(folder), environment_key).map_err(|error| error.to_string())
}

fn read_text(path: &Path) -> io::Result<String> {
    use io::Read as _;
    let mut text = String::new();
    // One byte more than allowed tells "exactly at the limit" from "beyond it".
    let read = std::fs::File::open(path)?.take(MOST_BYTES + 1).read_to_string(&mut text)?;
    if read as u64 > MOST_BYTES {
        return Err(io::Error::other(format!("it is larger than {MOST_BYTES} bytes")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_there_is_none_and_one_that_leads_nowhere_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("redact.toml");
        assert!(read_installed(path.clone(), None).unwrap().is_none());
        assert!(read_installed(path.join("below-a-file"), None).unwrap().is_none());
        std::os::unix::fs::symlink(folder.path().join("nowhere"), &path).unwrap();
        assert!(read_installed(path, None).is_err());
    }

    #[test]
    fn a_file_that_is_too_large_or_no_text_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("redact.toml");
        for content in [vec![b' '; 2 << 20], b"\xff\xfe".to_vec()] {
            std::fs::write(&path, content).unwrap();
            assert!(read_rule_file(&path, None).unwrap_err().contains("redact.toml"));
        }
    }

    #[test]
    fn rules_are_looked_for_on_the_machine_and_beside_the_program() {
        let places = places().unwrap();
        assert_eq!(places[0], Path::new("/etc/replayreel/redact.toml"));
        assert!(places[1].ends_with("etc/replayreel/redact.toml") && places[1] != places[0]);
    }
}
