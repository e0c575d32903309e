//! A chunk, read once: every line is an event, all together are bounded, and who somebody is is noted.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use super::super::Problem;
use crate::destination::hexadecimal;
use crate::subject::{self, Subject};

/// A chunk as it is stored: gzip. The file goes with it.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) file: NamedTempFile,
    /// Hex, of the file.
    pub(super) sha256: String,
    pub(super) events: i64,
    pub(super) subjects: BTreeSet<Subject>,
}

/// What every event has. The rest is skipped without being built, however deep it is.
#[derive(Deserialize)]
struct Head<'a> {
    r#type: u8,
    timestamp: f64,
    #[serde(borrow)]
    data: &'a serde_json::value::RawValue,
}

#[derive(Deserialize)]
struct Tagged {
    tag: String,
}

/// rrweb's custom events.
const CUSTOM: u8 = 5;

/// Reads the chunk at `path`, and writes it anew into `folder`.
pub(super) fn read(path: &Path, packed: bool, limit: u64, folder: &Path) -> Result<Chunk, Problem> {
    let file = File::open(path).map_err(|error| broken_disk(&error))?;
    let unpacked: Box<dyn io::Read> =
        if packed { Box::new(MultiGzDecoder::new(BufReader::new(file))) } else { Box::new(file) };
    // One more than is allowed tells what is too large from what just fits.
    let mut lines = BufReader::new(unpacked.take(limit + 1));
    let file = NamedTempFile::with_prefix_in("chunk-", folder).map_err(|error| broken_disk(&error))?;
    let mut writer = GzEncoder::new(
        Hashing { file: file.reopen().map_err(|error| broken_disk(&error))?, hash: Sha256::new() },
        Compression::fast(),
    );
    let (mut line, mut bytes, mut events, mut subjects) = (Vec::new(), 0, 0, BTreeSet::new());
    loop {
        line.clear();
        let got = lines
            .read_until(b'\n', &mut line)
            .map_err(|error| malformed(events, &format!("it cannot be decompressed: {error}")))?;
        bytes += got as u64;
        if bytes > limit {
            return Err(too_large(limit));
        }
        if got == 0 {
            break;
        }
        check(&line, &mut subjects).map_err(|why| malformed(events, &why))?;
        writer.write_all(&line).map_err(|error| broken_disk(&error))?;
        events += 1;
    }
    if events == 0 {
        return Err(malformed(0, "there is no event"));
    }
    let mut written = writer.finish().map_err(|error| broken_disk(&error))?;
    written.file.flush().map_err(|error| broken_disk(&error))?;
    Ok(Chunk { file, sha256: hexadecimal(&written.hash.finalize()), events, subjects })
}

fn check(line: &[u8], subjects: &mut BTreeSet<Subject>) -> Result<(), String> {
    let Some(json) = line.strip_suffix(b"\n") else { return Err("it has no end".to_owned()) };
    // Everything else of a string is checked where it is read; this would only be found when somebody waits for a video.
    let text = std::str::from_utf8(json).map_err(|_| "it is not UTF-8".to_owned())?;
    let head: Head<'_> = serde_json::from_str(text).map_err(|error| format!("it is no event: {error}"))?;
    if !head.timestamp.is_finite() {
        return Err("its timestamp is no time".to_owned());
    }
    if head.r#type == CUSTOM
        && let Ok(Tagged { tag }) = serde_json::from_str(head.data.get())
    {
        subject::of_custom(&tag, json, subjects);
    }
    Ok(())
}

fn malformed(line: i64, why: &str) -> Problem {
    Problem::new("bad-request", format!("line {} of the chunk: {why}", line + 1))
}

pub(super) fn too_large(limit: u64) -> Problem {
    Problem::new("too-large", format!("the chunk has more than {limit} bytes (limit: --ingest-chunk-bytes)"))
}

fn broken_disk(error: &io::Error) -> Problem {
    tracing::error!("a chunk cannot be written: {error}");
    Problem::new("unavailable", "the server cannot store the chunk").after(30)
}

/// What is written is hashed.
struct Hashing {
    file: File,
    hash: Sha256,
}

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &[u8], limit: u64) -> Result<Chunk, Problem> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("body");
        std::fs::write(&path, text).unwrap();
        read(&path, false, limit, folder.path())
    }

    fn why(text: &[u8]) -> String {
        read_text(text, 10_000).unwrap_err().detail
    }

    #[test]
    fn what_is_stored_is_what_was_sent() {
        let text = b"{\"type\":4,\"data\":{},\"timestamp\":1}\n{\"type\":5,\"data\":{\"tag\":\"$identify\",\"payload\":{\"distinct_id\":\"ada\"}},\"timestamp\":2.5}\n";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("body");
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(text).unwrap();
        std::fs::write(&path, packer.finish().unwrap()).unwrap();
        let chunk = read(&path, true, 10_000, folder.path()).unwrap();
        let stored = std::fs::read(chunk.file.path()).unwrap();
        assert_eq!(hexadecimal(&Sha256::digest(&stored)), chunk.sha256);
        let mut again = Vec::new();
        MultiGzDecoder::new(&stored[..]).read_to_end(&mut again).unwrap();
        assert_eq!((again.as_slice(), chunk.events), (&text[..], 2));
        assert_eq!(chunk.subjects.iter().map(|subject| subject.value.as_str()).collect::<Vec<_>>(), ["ada"]);
    }

    #[test]
    fn lines_that_are_no_events_are_told_by_their_number() {
        let good = "{\"type\":3,\"data\":{},\"timestamp\":1}\n";
        for (bad, said) in [
            ("{\"type\":3,\"data\":{},\"timestamp\":1}", "it has no end"),
            ("nothing\n", "it is no event"),
            ("\n", "it is no event"),
            ("[]\n", "it is no event"),
            ("{\"type\":3,\"timestamp\":1}\n", "missing field `data`"),
            ("{\"type\":\"3\",\"data\":{},\"timestamp\":1}\n", "it is no event"),
            ("{\"type\":3,\"data\":{},\"timestamp\":1} x\n", "it is no event"),
        ] {
            let told = why(format!("{good}{bad}").as_bytes());
            assert!(told.starts_with("line 2 of the chunk: ") && told.contains(said), "{bad}: {told}");
        }
        assert!(why(b"").contains("there is no event"));
        assert!(why(b"{\"type\":3,\"data\":\"\xff\",\"timestamp\":1}\n").contains("not UTF-8"));
    }

    #[test]
    fn what_is_deep_is_no_reason_to_stop() {
        let deep = format!("{{\"type\":2,\"data\":{}{},\"timestamp\":1}}\n", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(read_text(deep.as_bytes(), 1 << 20).unwrap().events, 1);
    }

    #[test]
    fn what_grows_when_it_is_unpacked_is_refused_at_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("body");
        let mut packer = GzEncoder::new(File::create(&path).unwrap(), Compression::best());
        packer.write_all(b"{\"type\":3,\"timestamp\":1,\"data\":\"").unwrap();
        for _ in 0..64 {
            packer.write_all(&vec![b'a'; 1 << 20]).unwrap();
        }
        packer.finish().unwrap();
        assert!(path.metadata().unwrap().len() < 100_000);
        let problem = read(&path, true, 1 << 20, folder.path()).unwrap_err();
        assert!(problem.status == 413 && problem.detail.contains("--ingest-chunk-bytes"), "{problem:?}");
        let line = "{\"type\":3,\"data\":{},\"timestamp\":1}\n";
        assert!(read_text(line.as_bytes(), line.len() as u64).is_ok());
        assert_eq!(read_text(line.as_bytes(), line.len() as u64 - 1).unwrap_err().status, 413);
    }
}
