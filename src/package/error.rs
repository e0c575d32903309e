//! What can be wrong with a package.

use std::io;

use super::manifest::Manifest;
use crate::recording::{NOT_SHOWN, RecordingError};

/// Why an input could not be opened, or a package not written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// The recording itself.
    #[error(transparent)]
    Recording(Box<RecordingError>),
    /// It begins like a ZIP, but is none that can be read.
    #[error("{name} is no readable ZIP: {reason}; was the download cut off?")]
    Archive {
        /// The input's name.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// More entries than allowed.
    #[error("{name} has {count} entries, more than the limit of {limit} (entries, --max-package-entries)")]
    TooManyEntries {
        /// The input's name.
        name: String,
        /// How many it has.
        count: u64,
        /// [`super::Limits::entries`].
        limit: u64,
    },
    /// One entry is not as it must be.
    #[error("{name}: entry `{}`: {fault}", entry.escape_debug())]
    Entry {
        /// The input's name.
        name: String,
        /// The entry's path as the archive has it.
        entry: String,
        /// What is wrong with it.
        fault: EntryFault,
    },
    /// Something other than a package was given where only a package will do.
    #[error("{name} is not a replay package: {reason}; `replayreel pack` makes one of a recording")]
    NotAPackage {
        /// The input's name.
        name: String,
        /// What was looked for.
        reason: &'static str,
    },
    /// The manifest is not what the format says.
    #[error("{name}: manifest.json cannot be used: {reason}")]
    Manifest {
        /// The input's name.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// Written by a newer program, in a format that this one cannot know.
    #[error(
        "{name} is of package format {version}, and this is replayreel {}, which reads {}.x; use a newer replayreel, or have the package \
         written as {}.x",
        env!("CARGO_PKG_VERSION"), super::manifest::MAJOR, super::manifest::MAJOR
    )]
    NewerFormat {
        /// The input's name.
        name: String,
        /// The version it states.
        version: String,
    },
    /// A ZIP without files.
    #[error("{name} is a ZIP without a recording in it: it holds no files")]
    NoFiles {
        /// The input's name.
        name: String,
    },
    /// A package was given together with other files.
    #[error(
        "{name} is a replay package and holds a whole recording; give it alone, without the other {others} file(s)"
    )]
    NotAlone {
        /// The package's name.
        name: String,
        /// How many other files there are.
        others: usize,
    },
    /// Writing failed.
    #[error("cannot write the package: {0}")]
    Write(#[from] io::Error),
}

/// What is wrong with one entry of an archive.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EntryFault {
    /// A name that could lead out of the folder that it is unpacked in, or that not every system can hold.
    #[error("its path {0}, which is refused")]
    Path(&'static str),
    /// The name is there twice: two readers could take two different contents.
    #[error("there is another entry of this name")]
    Duplicate,
    /// Needs a password.
    #[error("it is encrypted; unpack it with its password and give the recording itself")]
    Encrypted,
    /// A link.
    #[error("it is a symbolic link")]
    Symlink,
    /// Its bytes are also another entry's.
    #[error("it overlaps the entry `{}`, as archive bombs do", .0.escape_debug())]
    Overlap(String),
    /// A compression that is neither stored nor deflate.
    #[error("it is compressed with ZIP method {0}; only 0 (stored) and 8 (deflate) are read")]
    Method(u16),
    /// The header before its data is missing or says something else than the directory.
    #[error("its own header {0}")]
    LocalHeader(&'static str),
    /// It does not decompress.
    #[error("its data is damaged: {0}")]
    Corrupt(String),
    /// The CRC-32 is another.
    #[error("its data is damaged: the CRC-32 is {found:08x} and not {stated:08x}")]
    Crc {
        /// As the directory states it.
        stated: u32,
        /// Of the bytes.
        found: u32,
    },
    /// More or fewer bytes than stated.
    #[error("it holds {found} bytes and not {stated} as stated{}", if *.in_manifest { " in the manifest" } else { "" })]
    Size {
        /// As stated.
        stated: u64,
        /// What came out (where it was too much: at least that).
        found: u64,
        /// The manifest states it, not the ZIP.
        in_manifest: bool,
    },
    /// Beyond a limit.
    #[error(
        "it unpacks to more than the limit of {value} bytes ({limit}); if this is no archive bomb, raise the limit"
    )]
    TooLarge {
        /// The limit's name and option.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// Unpacks to suspiciously much.
    #[error(
        "{compressed} bytes unpack to more than {value} times as much (ratio, --max-package-ratio); if this is no archive bomb, raise the limit"
    )]
    Ratio {
        /// Its bytes in the archive.
        compressed: u64,
        /// [`super::Limits::ratio`].
        value: u64,
    },
    /// The content is another than the one that was packed.
    #[error("its SHA-256 is {found} and not {stated} as the manifest states")]
    Sha256 {
        /// As the manifest states it.
        stated: String,
        /// Of the bytes.
        found: String,
    },
    /// The manifest lists it, and it is not there.
    #[error("the manifest lists it, but it is missing")]
    Missing,
    /// It is there, and the manifest does not list it.
    #[error("the manifest does not list it")]
    Surplus,
    /// Its bytes are right, and still no recording can be read from them.
    #[error("it cannot be shown: {0}")]
    Unusable(Box<RecordingError>),
}

impl From<RecordingError> for PackageError {
    fn from(error: RecordingError) -> Self {
        Self::Recording(Box::new(error))
    }
}

impl PackageError {
    /// The same without anything that the input holds, for recordings of which nothing may show. Of files it names only those that are
    /// `known` already.
    #[must_use]
    pub fn without_quotes(self, known: &dyn Fn(&str) -> bool) -> Self {
        match self {
            Self::Recording(error) => Self::Recording(Box::new(error.without_quotes(known))),
            Self::Entry { name, entry, fault } => {
                let entry = if entry == Manifest::PATH { entry } else { NOT_SHOWN.to_owned() };
                Self::Entry { name, entry, fault: fault.without_quotes(known) }
            }
            Self::Manifest { name, .. } => Self::Manifest { name, reason: "it is not what the format says".to_owned() },
            error => error,
        }
    }
}

impl EntryFault {
    fn without_quotes(self, known: &dyn Fn(&str) -> bool) -> Self {
        match self {
            Self::Overlap(_) => Self::Overlap(NOT_SHOWN.to_owned()),
            // What the manifest states can be any text.
            Self::Sha256 { found, .. } => Self::Sha256 { stated: NOT_SHOWN.to_owned(), found },
            Self::Unusable(error) => Self::Unusable(Box::new(error.without_quotes(known))),
            fault => fault,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "john@x.org";

    /// Every error that quotes what it was given, and so every one that has to be told without.
    fn quoting() -> Vec<PackageError> {
        let text = || SECRET.to_owned();
        let recording = |error| PackageError::Recording(Box::new(error));
        let entry = |fault| PackageError::Entry { name: "a.zip".to_owned(), entry: text(), fault };
        let broken = || Box::new(RecordingError::NotJson { found: text() });
        vec![
            recording(RecordingError::NotJson { found: text() }),
            recording(RecordingError::UnknownShape { found: text() }),
            recording(RecordingError::UnknownPacker { version: text(), event: 1 }),
            recording(RecordingError::DifferentSessions {
                first: text(),
                first_session: text(),
                second: text(),
                second_session: text(),
            }),
            recording(RecordingError::InFile { file: text(), error: broken() }),
            entry(EntryFault::Missing),
            entry(EntryFault::Overlap(text())),
            entry(EntryFault::Sha256 { stated: text(), found: "00".to_owned() }),
            entry(EntryFault::Unusable(broken())),
            PackageError::Manifest { name: "a.zip".to_owned(), reason: text() },
        ]
    }

    #[test]
    fn without_quotes_nothing_of_the_input_shows() {
        for error in quoting() {
            assert!(error.to_string().contains(SECRET), "{error}");
            let told = error.without_quotes(&|name| name == "a.zip").to_string();
            assert!(!told.contains(SECRET), "{told}");
        }
    }

    #[test]
    fn without_quotes_the_files_that_were_given_are_still_named() {
        let inner = Box::new(RecordingError::Empty);
        let error = RecordingError::InFile { file: "b.json".to_owned(), error: inner };
        assert!(error.without_quotes(&|name| name == "b.json").to_string().starts_with("b.json: the input is empty"));
        let fault = EntryFault::Missing;
        let error = PackageError::Entry { name: "a.zip".to_owned(), entry: Manifest::PATH.to_owned(), fault };
        assert!(error.without_quotes(&|_| false).to_string().contains("a.zip: entry `manifest.json`"));
    }
}
