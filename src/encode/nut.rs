//! The smallest NUT stream that carries raw pictures with exact timestamps.
//!
//! NUT is ffmpeg's own container (<https://git.ffmpeg.org/gitweb/nut.git>, `docs/nut.txt`). Unlike Matroska it has rational time bases, so a slot number is its
//! own timestamp; unlike raw video it has timestamps at all. One stream, a syncpoint before every frame, every frame a key frame.

/// First bytes of a file.
const FILE_ID: &[u8] = b"nut/multimedia container\0";
const MAIN: u64 = 0x4E4D_7A56_1F5F_04AD;
const STREAM: u64 = 0x4E53_1140_5BF2_F9DB;
const SYNCPOINT: u64 = 0x4E4B_E4AD_EECA_4569;
const INFO: u64 = 0x4E49_AB68_B596_BA78;

const FLAG_KEY: u64 = 1;
const FLAG_CODED_PTS: u64 = 1 << 3;
const FLAG_SIZE_MSB: u64 = 1 << 5;
const FLAG_CHECKSUM: u64 = 1 << 6;
/// Marks a frame code as unused.
const FLAG_INVALID: u64 = 1 << 13;
/// The one frame code in use. Any but `N`, with which every startcode begins.
const FRAME_CODE: u8 = 0;
/// Frames larger than twice this need their own header checksum, and packets further apart than this a syncpoint; pictures have both.
const MAX_DISTANCE: u64 = 32_768;
/// Packet headers above this size need a checksum of their own. Ours are far below.
const MAX_UNCHECKED_PACKET: usize = 4096;

/// Bytes of a chapter's title. ffmpeg reads 1,023 at most.
const LONGEST_TITLE: usize = 1000;

/// A named stretch of the video, in ticks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chapter {
    pub(super) from: u64,
    pub(super) to: u64,
    /// One line.
    pub(super) title: String,
}

/// How a picture's bytes lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pixels {
    /// R, G, B, three bytes a pixel.
    Rgb,
    /// 4:2:0 planes, of even width and height.
    Planes,
}

/// The shape of a stream of pictures.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stream {
    pub(super) pixels: Pixels,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Ticks a second, as a fraction: the time base is its inverse.
    pub(super) ticks: (u32, u32),
}

impl Stream {
    /// What comes before the first frame.
    pub(super) fn header(&self, chapters: &[Chapter]) -> Vec<u8> {
        let (rate_num, rate_den) = self.ticks;
        let mut out = FILE_ID.to_vec();
        packet(&mut out, MAIN, |body| {
            varint(body, 3); // version
            varint(body, 1); // streams
            varint(body, MAX_DISTANCE);
            varint(body, 1); // time bases
            varint(body, u64::from(rate_den));
            varint(body, u64::from(rate_num));
            frame_codes(body);
            varint(body, 0); // elision headers beyond the empty one
        });
        packet(&mut out, STREAM, |body| {
            varint(body, 0); // stream number
            varint(body, 0); // class: video
            bytes(body, self.fourcc());
            varint(body, 0); // time base
            varint(body, 0); // msb_pts_shift: timestamps are always written whole
            varint(body, 1); // max_pts_distance: every frame further on has a checksum
            varint(body, 0); // decode delay
            varint(body, 0); // flags: not fixed rate
            bytes(body, &[]); // codec data
            varint(body, u64::from(self.width));
            varint(body, u64::from(self.height));
            varint(body, 1); // square pixels
            varint(body, 1);
            varint(body, 0); // colour space unknown
        });
        // ffmpeg takes the length of the very last frame from here: one tick.
        packet(&mut out, INFO, |body| {
            varint(body, 1); // about stream 0
            signed(body, 0); // no chapter
            varint(body, 0);
            varint(body, 0);
            varint(body, 1); // entries
            bytes(body, b"r_frame_rate");
            signed(body, -1); // a UTF-8 string
            bytes(body, format!("{rate_num}/{rate_den}").as_bytes());
        });
        for (number, chapter) in (1..).zip(chapters) {
            let title = super::webvtt::bounded(&chapter.title, LONGEST_TITLE).as_bytes();
            packet(&mut out, INFO, |body| {
                varint(body, 0); // about no stream
                signed(body, number);
                varint(body, chapter.from); // in time base 0, the only one
                varint(body, chapter.to.saturating_sub(chapter.from));
                varint(body, 1); // entries
                bytes(body, b"title");
                signed(body, -1); // a UTF-8 string
                bytes(body, title);
            });
        }
        out
    }

    fn fourcc(&self) -> &'static [u8] {
        match self.pixels {
            Pixels::Rgb => b"RGB\x18",
            Pixels::Planes => b"I420",
        }
    }

    /// What comes before a picture's pixels.
    pub(super) fn frame_header(&self, tick: u64) -> Vec<u8> {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let size = match self.pixels {
            Pixels::Rgb => pixels * 3,
            Pixels::Planes => pixels * 3 / 2,
        };
        let mut out = Vec::with_capacity(48);
        packet(&mut out, SYNCPOINT, |body| {
            varint(body, tick); // of time base 0, the only one
            varint(body, 0); // no way back: nobody seeks in a pipe
        });
        let frame = out.len();
        out.push(FRAME_CODE);
        varint(&mut out, tick + 1); // + (1 << msb_pts_shift): a whole timestamp, not its low bits
        varint(&mut out, size);
        let sum = crc32(&out[frame..]);
        out.extend_from_slice(&sum.to_be_bytes());
        out
    }
}

/// All 256 frame codes: the first says everything in its fields, the others are unused.
fn frame_codes(body: &mut Vec<u8>) {
    let used = FLAG_KEY | FLAG_CODED_PTS | FLAG_SIZE_MSB | FLAG_CHECKSUM;
    for (flags, count) in [(used, 1), (FLAG_INVALID, 254)] {
        varint(body, flags);
        varint(body, 6); // fields that follow
        signed(body, 0); // pts delta
        varint(body, 1); // size multiplier
        varint(body, 0); // stream
        varint(body, 0); // size, low part
        varint(body, 0); // reserved
        varint(body, count); // `N` is skipped and not counted
    }
}

fn packet(out: &mut Vec<u8>, startcode: u64, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut body = Vec::new();
    fill(&mut body);
    debug_assert!(body.len() + 4 <= MAX_UNCHECKED_PACKET, "a packet this long needs a header checksum");
    let sum = crc32(&body);
    out.extend_from_slice(&startcode.to_be_bytes());
    varint(out, body.len() as u64 + 4);
    out.extend_from_slice(&body);
    out.extend_from_slice(&sum.to_be_bytes());
}

/// Seven bits a byte, high part first, top bit set on all but the last.
fn varint(out: &mut Vec<u8>, value: u64) {
    let groups = (64 - value.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let bits = (value >> (7 * group)) as u8 & 0x7F;
        out.push(if group == 0 { bits } else { bits | 0x80 });
    }
}

/// 0, 1, -1, 2, -2 … as 0, 1, 2, 3, 4 ….
fn signed(out: &mut Vec<u8>, value: i64) {
    varint(out, if value > 0 { 2 * value.unsigned_abs() - 1 } else { 2 * value.unsigned_abs() });
}

fn bytes(out: &mut Vec<u8>, data: &[u8]) {
    varint(out, data.len() as u64);
    out.extend_from_slice(data);
}

/// NUT's checksum: polynomial 04C11DB7, most significant bit first, starting from and xored with 0. Only headers of a few bytes are summed, so no table.
fn crc32(data: &[u8]) -> u32 {
    data.iter().fold(0, |sum, &byte| {
        (0..8).fold(sum ^ (u32::from(byte) << 24), |sum, _| {
            if sum & 0x8000_0000 == 0 { sum << 1 } else { (sum << 1) ^ 0x04C1_1DB7 }
        })
    })
}
