//! Counts what decompression really produces: what a header claims proves nothing.

use std::io::{self, Read};

use super::super::Limits;

/// What may still be produced by decompression, over all files of an input and all fields of its events.
#[derive(Debug)]
pub(in super::super) struct Budget<'a> {
    limits: &'a Limits,
    used: u64,
}

/// Why a stream did not decompress.
#[derive(Debug)]
pub(in super::super) enum InflateError {
    /// More came out than the limit of this name allows.
    TooLarge { limit: &'static str, value: u64 },
    /// The data ends early; this came out before.
    Cut(Vec<u8>),
    /// The data is damaged.
    Corrupt(io::Error),
}

impl<'a> Budget<'a> {
    pub(in super::super) fn new(limits: &'a Limits) -> Self {
        Self { limits, used: 0 }
    }

    /// What may still be produced, bytes.
    pub(in super::super) fn left(&self) -> u64 {
        self.limits.unpacked_bytes.saturating_sub(self.used)
    }

    /// Takes `bytes` that were produced by other means than [`Self::inflate`].
    pub(in super::super) fn spend(&mut self, bytes: u64) -> Result<(), InflateError> {
        let left = self.left();
        self.used = self.used.saturating_add(bytes);
        if bytes > left { Err(self.exceeded()) } else { Ok(()) }
    }

    /// Reads a whole input's decompressor. `expected` is the size that its header claims, 0 if it claims none.
    pub(in super::super) fn inflate(&mut self, decoder: impl Read, expected: u64) -> Result<Vec<u8>, InflateError> {
        self.inflate_within(decoder, u64::MAX, expected)
    }

    /// Reads the decompressor of one event's field, which has its own, smaller cap.
    pub(in super::super) fn inflate_field(&mut self, decoder: impl Read) -> Result<Vec<u8>, InflateError> {
        self.inflate_within(decoder, self.limits.field_bytes, 0)
    }

    fn inflate_within(&mut self, decoder: impl Read, field_cap: u64, expected: u64) -> Result<Vec<u8>, InflateError> {
        let left = self.left();
        let cap = left.min(field_cap);
        let mut out = Vec::new();
        // Growing by doubling would hold up to twice what is needed. A claim that cannot be met costs nothing but itself.
        if expected <= cap {
            let _ = out.try_reserve_exact(usize::try_from(expected).unwrap_or(0).saturating_add(32));
        }
        let outcome = decoder.take(cap.saturating_add(1)).read_to_end(&mut out);
        let produced = out.len() as u64;
        self.used = self.used.saturating_add(produced);
        if produced > cap {
            return Err(if field_cap < left {
                InflateError::TooLarge { limit: "field_bytes", value: field_cap }
            } else {
                self.exceeded()
            });
        }
        out.shrink_to_fit();
        match outcome {
            Ok(_) => Ok(out),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(InflateError::Cut(out)),
            Err(error) => Err(InflateError::Corrupt(error)),
        }
    }

    fn exceeded(&self) -> InflateError {
        InflateError::TooLarge { limit: "unpacked_bytes", value: self.limits.unpacked_bytes }
    }
}
