//! `Content-Encoding`: unpacked as it streams, up to a limit.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;

/// Unpacks a body piece by piece.
pub(super) enum Decoder {
    Plain,
    Gzip { decoder: Box<MultiGzDecoder<Bounded>>, fed: bool },
}

/// Why unpacking stopped.
#[derive(Debug)]
pub(super) enum DecodeError {
    TooLarge,
    Corrupt(String),
}

/// Takes bytes up to a limit; a bomb is stopped within the piece in which it goes off.
pub(super) struct Bounded {
    taken: Vec<u8>,
    left: u64,
    full: bool,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            self.full = true;
            return Err(io::Error::other("larger than the limit"));
        };
        self.left = left;
        self.taken.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Decoder {
    /// For this `Content-Encoding`; nothing if it is not one that is asked for.
    pub(super) fn of(encoding: Option<&str>, limit: u64) -> Option<Self> {
        match encoding.map(|encoding| encoding.trim().to_ascii_lowercase()).as_deref() {
            None | Some("" | "identity") => Some(Self::Plain),
            Some("gzip" | "x-gzip") => {
                let bounded = Bounded { taken: Vec::new(), left: limit, full: false };
                Some(Self::Gzip { decoder: Box::new(MultiGzDecoder::new(bounded)), fed: false })
            }
            Some(_) => None,
        }
    }

    /// What a piece unpacks to; may be empty.
    pub(super) fn push(&mut self, piece: Bytes) -> Result<Bytes, DecodeError> {
        match self {
            Self::Plain => Ok(piece),
            Self::Gzip { decoder, fed } => {
                *fed |= !piece.is_empty();
                let done = decoder.write_all(&piece);
                taken(decoder, done)
            }
        }
    }

    /// What is left when all pieces have come. A body that was cut shows here.
    pub(super) fn finish(&mut self) -> Result<Bytes, DecodeError> {
        match self {
            Self::Plain | Self::Gzip { fed: false, .. } => Ok(Bytes::new()),
            Self::Gzip { decoder, .. } => {
                let done = decoder.try_finish();
                taken(decoder, done)
            }
        }
    }
}

fn taken(decoder: &mut MultiGzDecoder<Bounded>, done: io::Result<()>) -> Result<Bytes, DecodeError> {
    let bounded = decoder.get_mut();
    match done {
        Ok(()) => Ok(std::mem::take(&mut bounded.taken).into()),
        Err(_) if bounded.full => Err(DecodeError::TooLarge),
        Err(error) => Err(DecodeError::Corrupt(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn unpack(packed: &[u8], piece: usize, limit: u64) -> Result<Vec<u8>, DecodeError> {
        let mut decoder = Decoder::of(Some("gzip"), limit).unwrap();
        let mut whole = Vec::new();
        for piece in packed.chunks(piece) {
            whole.extend(decoder.push(Bytes::copy_from_slice(piece))?);
        }
        whole.extend(decoder.finish()?);
        Ok(whole)
    }

    #[test]
    fn gzip_is_unpacked_whatever_the_pieces_and_however_many_members() {
        let text = b"replay ".repeat(1000);
        let packed = [gzip(&text), gzip(b"and more")].concat();
        for piece in [1, 7, 4096] {
            assert_eq!(unpack(&packed, piece, 10_000).unwrap(), [text.as_slice(), b"and more"].concat());
        }
        assert_eq!(unpack(&[], 1, 10).unwrap(), b"");
    }

    #[test]
    fn a_cut_or_changed_body_is_noticed() {
        let packed = gzip(&b"replay ".repeat(1000));
        for cut in [5, 20, packed.len() - 1] {
            assert!(matches!(unpack(&packed[..cut], 16, 10_000), Err(DecodeError::Corrupt(_))), "{cut}");
        }
        let mut changed = packed.clone();
        let middle = changed.len() - 6;
        changed[middle] ^= 0xff;
        assert!(matches!(unpack(&changed, 16, 10_000), Err(DecodeError::Corrupt(_))));
    }

    #[test]
    fn a_bomb_is_stopped_at_the_limit() {
        let bomb = gzip(&vec![0; 10 << 20]);
        assert!(matches!(unpack(&bomb, 1024, 1 << 20), Err(DecodeError::TooLarge)));
        assert_eq!(unpack(&bomb, 1024, 10 << 20).unwrap().len(), 10 << 20);
    }

    #[test]
    fn encodings_that_were_not_asked_for_are_not_guessed_at() {
        assert!(Decoder::of(Some("br"), 1).is_none());
        assert!(Decoder::of(Some("gzip, gzip"), 1).is_none());
        assert!(Decoder::of(Some("identity"), 1).is_some());
    }
}
