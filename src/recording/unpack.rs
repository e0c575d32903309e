//! Takes off what is around a file's JSON: compressions, and what carries them.

mod budget;
mod detect;
mod envelope;
mod snappy;

use std::io::{self, BufRead, Read};

use brotli_decompressor::BrotliDecoderParameter;
use bytes::Bytes;

pub(super) use self::budget::{Budget, InflateError};
pub(super) use self::detect::begins_like_json;
use super::{Compression, RecordingError};

/// gzip inside zstd, base64 around gzip and the like are met (an already compressed file stored compressed); more layers only in bombs.
const MOST_LAYERS: usize = 3;

/// A file without its outer compressions.
#[derive(Debug)]
pub(super) struct Unpacked {
    pub(super) bytes: Bytes,
    /// Outermost first.
    pub(super) compressions: Vec<Compression>,
    /// A compressed stream ended early; `bytes` is what came out of it.
    pub(super) cut: bool,
    /// There was the header line of a Sentry segment before compressed data.
    pub(super) sentry: bool,
}

/// Takes off whatever compressions `bytes` have. What is unpacked is let go of before the next layer.
pub(super) fn unpack(mut bytes: Bytes, budget: &mut Budget<'_>) -> Result<Unpacked, RecordingError> {
    let mut compressions = Vec::new();
    let (mut cut, mut sentry) = (false, false);
    loop {
        if let Some(segment) = envelope::compressed_segment(&bytes) {
            bytes = segment;
            sentry = true;
        }
        let inner = envelope::base64_body(&bytes);
        let compression = if inner.is_some() { Some(Compression::Base64) } else { detect::detect(&bytes) };
        let Some(compression) = compression else {
            return Ok(Unpacked { bytes, compressions, cut, sentry });
        };
        if compressions.len() == MOST_LAYERS {
            return Err(RecordingError::TooManyLayers { compression, layers: MOST_LAYERS });
        }
        let (outcome, offset) = match inner {
            Some(inner) => (budget.spend(inner.len() as u64).map(|()| inner), 0),
            None => unpack_layer(&bytes, compression, budget),
        };
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
}

/// Takes off one layer; also returns how far the compressed data was read.
pub(super) fn unpack_layer(
    bytes: &[u8],
    compression: Compression,
    budget: &mut Budget<'_>,
) -> (Result<Vec<u8>, InflateError>, usize) {
    let mut unread = bytes;
    let outcome = match compression {
        Compression::Snappy => snappy::raw(bytes, budget),
        Compression::SnappyBlocks => snappy::blocks(bytes, budget),
        _ => match decoder(&mut unread, compression) {
            Some(decoder) => budget.inflate(decoder, claimed_size(bytes, compression)),
            None => Err(InflateError::Corrupt(io::ErrorKind::InvalidData.into())),
        },
    };
    (outcome, bytes.len() - unread.len())
}

/// The decoder of a stream compression. `None` for those that are no streams, and if it cannot be made.
fn decoder<'a>(unread: &'a mut (impl BufRead + 'a), compression: Compression) -> Option<Box<dyn Read + 'a>> {
    Some(match compression {
        Compression::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(unread)),
        Compression::Zlib => Box::new(flate2::bufread::ZlibDecoder::new(unread)),
        Compression::Deflate => Box::new(flate2::bufread::DeflateDecoder::new(unread)),
        Compression::Zstd => Box::new(zstd::Decoder::with_buffer(unread).ok()?),
        Compression::Brotli => {
            let reader = Ending { reader: unread, ended: false };
            let mut decoder = brotli_decompressor::Decompressor::new(reader, BROTLI_BUFFER);
            // Windows beyond RFC 7932 would let a header of a few bytes ask for a gigabyte.
            decoder.set_parameter(BrotliDecoderParameter::BROTLI_DECODER_PARAM_LARGE_WINDOW, 0);
            Box::new(Brotli(decoder))
        }
        Compression::Snappy | Compression::SnappyBlocks | Compression::Base64 => return None,
    })
}

const BROTLI_BUFFER: usize = 64 << 10;

/// brotli's decoder calls a cut stream and a damaged one alike invalid data; only the first is worth showing.
struct Brotli<R: Read>(brotli_decompressor::Decompressor<Ending<R>>);

impl<R: Read> Read for Brotli<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(
            |error| {
                if self.0.get_ref().ended { io::ErrorKind::UnexpectedEof.into() } else { error }
            },
        )
    }
}

/// Remembers whether more was asked for than there is.
struct Ending<R> {
    reader: R,
    ended: bool,
}

impl<R: Read> Read for Ending<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.ended |= read == 0 && !buffer.is_empty();
        Ok(read)
    }
}

/// What the compressed data says it unpacks to, bytes; 0 if it says nothing, or what no data of its length can unpack to.
fn claimed_size(bytes: &[u8], compression: Compression) -> u64 {
    let (claim, most_ratio) = match compression {
        // RFC 1952: the last four bytes, of the last member and modulo 2^32: a hint.
        Compression::Gzip => (bytes.last_chunk::<4>().map_or(0, |size| u64::from(u32::from_le_bytes(*size))), 1032),
        Compression::Zstd => (zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten().unwrap_or(0), 10_000),
        _ => (0, 0),
    };
    if claim <= (bytes.len() as u64).saturating_mul(most_ratio) { claim } else { 0 }
}
