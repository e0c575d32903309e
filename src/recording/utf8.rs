//! Makes text of bytes in place: a recording is not held twice for the sake of one bad byte.

use bytes::{Bytes, BytesMut};

/// Stands for each byte that is not UTF-8. One byte long, so that nothing moves and offsets in messages stay true.
const REPLACEMENT: u8 = b'?';

/// `bytes` as UTF-8, and whether anything had to be replaced. Copies only what somebody else holds as well.
pub(super) fn repaired(bytes: Bytes) -> (Bytes, bool) {
    let Err(error) = std::str::from_utf8(&bytes) else {
        return (bytes, false);
    };
    let mut at = error.valid_up_to();
    let mut buffer = bytes.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&*shared));
    while let Err(error) = std::str::from_utf8(&buffer[at..]) {
        at += error.valid_up_to();
        let length = error.error_len().unwrap_or(buffer.len() - at);
        buffer[at..at + length].fill(REPLACEMENT);
        at += length;
    }
    (buffer.freeze(), true)
}

/// UTF-16 with its byte order mark, as PostHog's first long-term storage wrote it, as UTF-8. `None` if `bytes` are no such.
pub(super) fn from_utf16(bytes: &[u8]) -> Option<Bytes> {
    let (little, rest) = match bytes {
        [0xff, 0xfe, rest @ ..] => (true, rest),
        [0xfe, 0xff, rest @ ..] => (false, rest),
        _ => return None,
    };
    let unit = if little { u16::from_le_bytes } else { u16::from_be_bytes };
    let units = rest.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
    let text: String = char::decode_utf16(units).map(|read| read.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Some(Bytes::from(text.into_bytes().into_boxed_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_that_is_not_utf8_becomes_a_question_mark_where_it_stands() {
        let stored = Bytes::from_static(b"a\xffb\xc3\xa4c\xe2\x82d\xf0\x9f\x98");
        let (text, replaced) = repaired(stored);
        assert_eq!((text.as_ref(), replaced), ("a?b\u{e4}c??d???".as_bytes(), true));
    }

    #[test]
    fn utf16_is_told_by_its_byte_order_mark() {
        let little = [0xff, 0xfe, b'[', 0, 0xe4, 0, 0x3d, 0xd8, 0, 0xde];
        assert_eq!(from_utf16(&little).as_deref(), Some("[\u{e4}\u{1f600}".as_bytes()));
        let big = [0xfe, 0xff, 0, b'[', 0, 0xe4, 0xd8, 0x3d];
        assert_eq!(from_utf16(&big).as_deref(), Some("[\u{e4}\u{fffd}".as_bytes()));
        assert_eq!(from_utf16(b"[]"), None);
    }

    #[test]
    fn text_is_handed_on_as_it_is_and_mended_in_its_own_place() {
        let good = Bytes::from("na\u{ef}ve".to_owned());
        let place = good.as_ptr();
        let (text, replaced) = repaired(good);
        assert_eq!((text.as_ptr(), replaced), (place, false));

        let bad = Bytes::from(vec![b'x', 0xff, b'y']);
        let place = bad.as_ptr();
        assert_eq!(repaired(bad).0.as_ptr(), place, "a second copy was made");
    }
}
