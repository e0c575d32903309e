//! Files and standard input.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use bytes::Bytes;

use super::{Limits, SourceBytes, SourceError};

pub(super) fn read_stdin(limits: &Limits) -> Result<SourceBytes, SourceError> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(SourceError::Terminal);
    }
    read_whole(stdin.lock(), "standard input", 0, limits)
}

pub(super) fn read(path: &str, limits: &Limits) -> Result<SourceBytes, SourceError> {
    let failed = |error| SourceError::Io { name: path.to_owned(), error };
    let file = match File::open(Path::new(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(SourceError::NotFound { path: path.to_owned() });
        }
        other => other.map_err(failed)?,
    };
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(SourceError::Directory { path: path.to_owned() });
    }
    read_whole(file, path, metadata.len(), limits)
}

/// `expected` is the length a file claims, 0 if unknown: a hint to allocate once, never trusted (`/proc` files claim 0, files can grow).
fn read_whole(reader: impl Read, name: &str, expected: u64, limits: &Limits) -> Result<SourceBytes, SourceError> {
    let limit = limits.input_bytes;
    let too_large = || SourceError::TooLarge { name: name.to_owned(), limit };
    if expected > limit {
        return Err(too_large());
    }
    let mut buffer = Vec::with_capacity(usize::try_from(expected).unwrap_or(0).saturating_add(1));
    // One byte more than allowed tells "exactly at the limit" from "beyond it".
    reader
        .take(limit.saturating_add(1))
        .read_to_end(&mut buffer)
        .map_err(|error| SourceError::Io { name: name.to_owned(), error })?;
    if buffer.len() as u64 > limit {
        return Err(too_large());
    }
    Ok(SourceBytes { name: name.to_owned(), bytes: Bytes::from(buffer) })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn file_with(content: &[u8]) -> io::Result<tempfile::NamedTempFile> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), content)?;
        Ok(file)
    }

    #[test]
    fn a_file_is_read_whole_and_keeps_its_name() -> Outcome {
        let file = file_with(b"[1,2,3]")?;
        let path = file.path().display().to_string();
        let source = read(&path, &Limits::default())?;
        assert_eq!((source.bytes.as_ref(), source.name), (b"[1,2,3]".as_slice(), path));
        Ok(())
    }

    #[test]
    fn the_limit_is_inclusive_and_named() -> Outcome {
        let file = file_with(b"12345")?;
        let path = file.path().display().to_string();
        let limits = |input_bytes| Limits { input_bytes, ..Limits::default() };
        assert_eq!(read(&path, &limits(5))?.bytes.len(), 5);
        assert!(matches!(read(&path, &limits(4)), Err(SourceError::TooLarge { limit: 4, .. })));
        // A file that claims no length is stopped all the same.
        assert!(matches!(read("/proc/self/status", &limits(4)), Err(SourceError::TooLarge { limit: 4, .. })));
        Ok(())
    }

    #[test]
    fn a_missing_file_and_a_directory_each_have_their_own_error() {
        let limits = Limits::default();
        assert!(
            matches!(read("no/such/file.json", &limits), Err(SourceError::NotFound { path }) if path == "no/such/file.json")
        );
        assert!(matches!(read("/", &limits), Err(SourceError::Directory { path }) if path == "/"));
    }
}
