//! What reading an archive may cost.

use crate::recording;

/// Limits on a package (or another ZIP) and on the recording in it. All are held against bytes that are really there or really
/// come out, never against what a header claims.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Most entries of an archive.
    pub entries: u64,
    /// Most bytes of one entry, decompressed.
    pub entry_bytes: u64,
    /// Most bytes of all entries that are read, decompressed.
    pub total_bytes: u64,
    /// Most bytes that one compressed byte may become, for entries above [`Limits::RATIO_FROM`].
    pub ratio: u64,
    /// Most bytes of `manifest.json`, decompressed.
    pub manifest_bytes: u64,
    /// Of the recording itself.
    pub recording: recording::Limits,
}

impl Limits {
    /// Below this many bytes, any ratio is harmless: a file of zeros has a thousand.
    pub const RATIO_FROM: u64 = 1 << 20;

    /// Small ones, for tests and fuzzing: a few megabytes in all.
    pub fn tight() -> Self {
        Self {
            entries: 64,
            entry_bytes: 4 << 20,
            total_bytes: 8 << 20,
            ratio: 200,
            manifest_bytes: 256 << 10,
            recording: recording::Limits {
                unpacked_bytes: 4 << 20,
                field_bytes: 1 << 20,
                ..recording::Limits::default()
            },
        }
    }
}

/// 20,000 entries (a page has some hundred resources); 2 GiB each, as a recording may have; 4 GiB in all. Repeated text of pages
/// deflates to less than a hundred and seventieth (a match of 258 bytes costs 12 bits or more unless it is a run), bombs to
/// a thousandth. 16 MiB of manifest list more than 20,000 entries.
impl Default for Limits {
    fn default() -> Self {
        Self {
            entries: 20_000,
            entry_bytes: 2 << 30,
            total_bytes: 4 << 30,
            ratio: 500,
            manifest_bytes: 16 << 20,
            recording: recording::Limits::default(),
        }
    }
}
