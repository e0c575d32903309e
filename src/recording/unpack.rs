//! Decompression, with the bytes that really come out counted: what a header claims proves nothing.

use std::io::{self, Read};

use bytes::Bytes;

use super::{Compression, Limits, RecordingError};

/// gzip inside zstd and the like is met (an already compressed file stored compressed); more layers only in bombs.
const MOST_LAYERS: usize = 2;

/// An input without its outer compressions.
#[derive(Debug)]
pub(super) struct Unpacked {
    pub(super) bytes: Bytes,
    /// Outermost first.
    pub(super) compressions: Vec<Compression>,
    /// A compressed stream ended early; `bytes` is what came out of it.
    pub(super) cut: bool,
}

/// What may still be produced by decompression, over the whole input and all fields of its events.
#[derive(Debug)]
pub(super) struct Budget<'a> {
    limits: &'a Limits,
    used: u64,
}

/// Why a stream did not decompress.
#[derive(Debug)]
pub(super) enum InflateError {
    /// More came out than the limit of this name allows.
    TooLarge { limit: &'static str, value: u64 },
    /// The data ends early; this came out before.
    Cut(Vec<u8>),
    /// The data is damaged.
    Corrupt(io::Error),
}

impl<'a> Budget<'a> {
    pub(super) fn new(limits: &'a Limits) -> Self {
        Self { limits, used: 0 }
    }

    /// Reads a whole input's decompressor.
    pub(super) fn inflate(&mut self, decoder: impl Read) -> Result<Vec<u8>, InflateError> {
        self.inflate_within(decoder, u64::MAX)
    }

    /// Reads the decompressor of one event's field, which has its own, smaller cap.
    pub(super) fn inflate_field(&mut self, decoder: impl Read) -> Result<Vec<u8>, InflateError> {
        self.inflate_within(decoder, self.limits.field_bytes)
    }

    fn inflate_within(&mut self, decoder: impl Read, field_cap: u64) -> Result<Vec<u8>, InflateError> {
        let left = self.limits.unpacked_bytes.saturating_sub(self.used);
        let cap = left.min(field_cap);
        let mut out = Vec::new();
        let outcome = decoder.take(cap.saturating_add(1)).read_to_end(&mut out);
        let produced = out.len() as u64;
        self.used = self.used.saturating_add(produced);
        if produced > cap {
            return Err(if field_cap < left {
                InflateError::TooLarge { limit: "field_bytes", value: field_cap }
            } else {
                InflateError::TooLarge { limit: "unpacked_bytes", value: self.limits.unpacked_bytes }
            });
        }
        match outcome {
            Ok(_) => Ok(out),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(InflateError::Cut(out)),
            Err(error) => Err(InflateError::Corrupt(error)),
        }
    }
}

/// Takes off whatever compressions `bytes` begin with.
pub(super) fn unpack(mut bytes: Bytes, budget: &mut Budget<'_>) -> Result<Unpacked, RecordingError> {
    let mut compressions = Vec::new();
    let mut cut = false;
    while let Some(compression) = Compression::of(&bytes) {
        if compressions.len() == MOST_LAYERS {
            return Err(RecordingError::TooManyLayers { compression, layers: MOST_LAYERS });
        }
        let mut unread: &[u8] = &bytes;
        let outcome = match compression {
            Compression::Gzip => budget.inflate(flate2::bufread::MultiGzDecoder::new(&mut unread)),
            Compression::Zstd => match zstd::Decoder::with_buffer(&mut unread) {
                Ok(decoder) => budget.inflate(decoder),
                Err(error) => Err(InflateError::Corrupt(error)),
            },
        };
        let offset = bytes.len() - unread.len();
        bytes = match outcome {
            Ok(out) => out.into(),
            // An interrupted download is worth showing up to where it breaks off; what is missing shows in the JSON.
            Err(InflateError::Cut(out)) => {
                cut = true;
                out.into()
            }
            Err(InflateError::TooLarge { limit, value }) => {
                return Err(RecordingError::TooLarge { limit, value, event: None });
            }
            Err(InflateError::Corrupt(error)) => {
                return Err(RecordingError::CorruptCompression { compression, offset, error });
            }
        };
        compressions.push(compression);
    }
    Ok(Unpacked { bytes, compressions, cut })
}
