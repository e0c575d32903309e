//! Files taken apart by hand: what ffprobe does not tell, or tells wrong.

use std::path::Path;

/// The top-level boxes of an MP4, in order.
pub(crate) struct Mp4 {
    pub(crate) boxes: Vec<String>,
}

impl Mp4 {
    pub(crate) fn open(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        let mut boxes = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (size, name) = (be32(rest), &rest[4..8]);
            boxes.push(String::from_utf8(name.to_vec()).unwrap());
            // 64-bit sizes are for files of gigabytes.
            assert!(size >= 8 && size <= rest.len(), "box {name:?} of {size} bytes");
            rest = &rest[size..];
        }
        Self { boxes }
    }
}

/// An animated GIF: <https://www.w3.org/Graphics/GIF/spec-gif89a.txt>.
pub(crate) struct Gif {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// How long each picture is shown, ms.
    pub(crate) delays_ms: Vec<u32>,
    pub(crate) loops_for_ever: bool,
}

impl Gif {
    pub(crate) fn open(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        assert_eq!(&bytes[..6], b"GIF89a");
        let mut gif =
            Self { width: le16(&bytes[6..]), height: le16(&bytes[8..]), delays_ms: Vec::new(), loops_for_ever: false };
        let mut rest = &bytes[13 + palette(bytes[10])..];
        loop {
            match rest[0] {
                0x21 => {
                    if rest[1] == 0xf9 {
                        gif.delays_ms.push(10 * le16(&rest[4..]));
                    }
                    if rest[1] == 0xff && &rest[3..14] == b"NETSCAPE2.0" {
                        gif.loops_for_ever = le16(&rest[16..]) == 0;
                    }
                    rest = after_blocks(&rest[2..]);
                }
                0x2c => rest = after_blocks(&rest[10 + palette(rest[9]) + 1..]),
                0x3b => return gif,
                other => panic!("block {other:#x} in a GIF"),
            }
        }
    }

    pub(crate) fn duration_ms(&self) -> f64 {
        self.delays_ms.iter().copied().map(f64::from).sum()
    }
}

fn palette(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn after_blocks(mut rest: &[u8]) -> &[u8] {
    while rest[0] != 0 {
        rest = &rest[1 + usize::from(rest[0])..];
    }
    &rest[1..]
}

/// An animated WebP: <https://developers.google.com/speed/webp/docs/riff_container>.
pub(crate) struct WebP {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// How long each picture is shown, ms.
    pub(crate) durations_ms: Vec<u32>,
    pub(crate) loops_for_ever: bool,
}

impl WebP {
    pub(crate) fn open(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap();
        assert_eq!((&bytes[..4], &bytes[8..12]), (&b"RIFF"[..], &b"WEBP"[..]));
        assert_eq!(le32(&bytes[4..]) as usize + 8, bytes.len(), "the size in the header");
        let mut webp = Self { width: 0, height: 0, durations_ms: Vec::new(), loops_for_ever: false };
        let mut rest = &bytes[12..];
        while !rest.is_empty() {
            let (size, data) = (le32(&rest[4..]) as usize, &rest[8..]);
            match &rest[..4] {
                b"VP8X" => (webp.width, webp.height) = (le24(&data[4..]) + 1, le24(&data[7..]) + 1),
                b"ANIM" => webp.loops_for_ever = le16(&data[4..]) == 0,
                b"ANMF" => webp.durations_ms.push(le24(&data[12..])),
                _ => {}
            }
            rest = &rest[8 + size.next_multiple_of(2)..];
        }
        webp
    }

    pub(crate) fn duration_ms(&self) -> f64 {
        self.durations_ms.iter().copied().map(f64::from).sum()
    }
}

fn be32(bytes: &[u8]) -> usize {
    u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize
}

fn le16(bytes: &[u8]) -> u32 {
    u32::from(u16::from_le_bytes(bytes[..2].try_into().unwrap()))
}

fn le24(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], 0])
}

fn le32(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes[..4].try_into().unwrap())
}
