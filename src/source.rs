//! Brings the bytes of a recording, from wherever the user says it is. Knows no recording formats.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

use bytes::Bytes;

/// What reading an input may cost.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Largest input accepted, in bytes as stored (before decompression).
    pub input_bytes: u64,
}

/// 512 MiB: a gzipped recording of that size is days long, and it has to fit into memory.
impl Default for Limits {
    fn default() -> Self {
        Self { input_bytes: 512 << 20 }
    }
}

/// An input, whole.
#[derive(Debug, Clone)]
pub struct SourceBytes {
    /// What to call it in messages: the input as the user gave it, `standard input` for `-`.
    pub name: String,
    /// Its content, as stored.
    pub bytes: Bytes,
}

/// Why an input could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The file is not there.
    #[error("{path}: no such file; give the path of a recording, or `-` to read one from standard input")]
    NotFound {
        /// As given.
        path: String,
    },
    /// The path is a directory.
    #[error("{path} is a directory; give the path of one recording in it")]
    Directory {
        /// As given.
        path: String,
    },
    /// The operating system would not let it be read.
    #[error("cannot read {name}: {error}")]
    Io {
        /// The input's name.
        name: String,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// The input is longer than allowed.
    #[error(
        "{name} is larger than the limit of {limit} bytes (input_bytes); raise the limit if the recording is meant to be that large"
    )]
    TooLarge {
        /// The input's name.
        name: String,
        /// [`Limits::input_bytes`].
        limit: u64,
    },
    /// A place that cannot be read from yet.
    #[error("reading from `{scheme}:` is not yet supported ({input}); download the recording and give its path")]
    UnsupportedScheme {
        /// For example `https`.
        scheme: String,
        /// As given.
        input: String,
    },
    /// `-` was given, but nothing is piped in.
    #[error("standard input is a terminal; pipe a recording into it, or give a path instead of `-`")]
    Terminal,
}

/// Reads `input` whole: `-` is standard input, anything without a scheme is a file path.
///
/// # Errors
/// [`SourceError`], naming the input. The limit holds for bytes really read, so it also stops endless pipes.
pub fn read(input: &str, limits: &Limits) -> Result<SourceBytes, SourceError> {
    if input == "-" {
        let stdin = io::stdin();
        if stdin.is_terminal() {
            return Err(SourceError::Terminal);
        }
        return read_whole(stdin.lock(), "standard input", 0, limits);
    }
    if let Some(scheme) = scheme_of(input) {
        return Err(SourceError::UnsupportedScheme { scheme: scheme.to_owned(), input: input.to_owned() });
    }
    let failed = |error| SourceError::Io { name: input.to_owned(), error };
    let file = match File::open(Path::new(input)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(SourceError::NotFound { path: input.to_owned() });
        }
        other => other.map_err(failed)?,
    };
    let metadata = file.metadata().map_err(failed)?;
    if metadata.is_dir() {
        return Err(SourceError::Directory { path: input.to_owned() });
    }
    read_whole(file, input, metadata.len(), limits)
}

/// The scheme of an address such as `https://…` or `posthog:ID`. A Windows drive letter is no scheme, nor is a colon in a file name.
fn scheme_of(input: &str) -> Option<&str> {
    let (scheme, rest) = input.split_once(':')?;
    let well_formed = scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    (well_formed && (rest.starts_with("//") || scheme.eq_ignore_ascii_case("posthog"))).then_some(scheme)
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
    fn a_file_at_the_limit_is_read_and_one_byte_more_is_refused_by_name() -> Outcome {
        let file = file_with(b"12345")?;
        let path = file.path().display().to_string();
        assert_eq!(read(&path, &Limits { input_bytes: 5 })?.bytes.len(), 5);
        let refused = read(&path, &Limits { input_bytes: 4 });
        assert!(matches!(&refused, Err(SourceError::TooLarge { limit: 4, .. })), "{refused:?}");
        assert!(refused.is_err_and(|e| e.to_string().contains("input_bytes") && e.to_string().contains(&path)));
        Ok(())
    }

    #[test]
    fn a_pipe_that_never_ends_is_stopped_at_the_limit() {
        let endless = read_whole(io::repeat(b'x'), "standard input", 0, &Limits { input_bytes: 1000 });
        assert!(matches!(endless, Err(SourceError::TooLarge { limit: 1000, .. })), "{endless:?}");
    }

    #[test]
    fn addresses_are_told_from_paths() {
        for (input, scheme) in [
            ("https://example.org/r.json", Some("https")),
            ("s3://bucket/key", Some("s3")),
            ("posthog:0199-abc", Some("posthog")),
            ("C:\\recordings\\r.json", None),
            ("2024-10-01T12:30.json", None),
            ("dir/https.json", None),
        ] {
            assert_eq!(scheme_of(input), scheme, "{input}");
        }
    }

    #[test]
    fn an_unsupported_scheme_a_missing_file_and_a_directory_each_have_their_own_error() {
        let limits = Limits::default();
        assert!(
            matches!(read("s3://bucket/key", &limits), Err(SourceError::UnsupportedScheme { scheme, .. }) if scheme == "s3")
        );
        assert!(
            matches!(read("no/such/file.json", &limits), Err(SourceError::NotFound { path }) if path == "no/such/file.json")
        );
        assert!(matches!(read("/", &limits), Err(SourceError::Directory { path }) if path == "/"));
    }
}
