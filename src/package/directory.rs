//! The list of entries at the end of a ZIP (PKWARE APPNOTE 6.3.10, sections 4.3.6 to 4.3.16).
//!
//! Read here and not by a library, because what matters is what libraries smooth over: the `zip` crate, for one, keeps the last
//! of several entries of one name and cannot say which name that was, and has built its index before their number can be
//! looked at. There is one way to read a file here, and every other file is refused: no bytes before the archive or
//! behind it, a directory of exactly the stated size and count, nothing on other disks.

use std::ops::Range;

const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const LOCAL: u32 = 0x0403_4b50;

const END_LENGTH: usize = 22;
const LOCATOR_64_LENGTH: usize = 20;
const CENTRAL_LENGTH: usize = 46;
const LOCAL_LENGTH: usize = 30;
const LONGEST_COMMENT: usize = 0xffff;
/// Stands where the ZIP64 extra field holds the number.
const IN_EXTRA_32: u32 = 0xffff_ffff;
const EXTRA_64: u16 = 1;

/// Flag bit 0: encrypted.
const ENCRYPTED: u16 = 1;
/// Flag bit 3: sizes and CRC stand behind the data, and are zero before it.
const SIZES_BEHIND: u16 = 1 << 3;
/// Flag bit 6: strongly encrypted; bit 13: the directory is.
const STRONGLY_ENCRYPTED: u16 = 1 << 6 | 1 << 13;

/// Whether bytes begin like a ZIP: with an entry, or with the end of an empty one.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    matches!(u32_at(bytes, 0), Some(LOCAL | END))
}

/// One entry as the directory describes it. Nothing of it is proven.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) name: Vec<u8>,
    flags: u16,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) size: u64,
    offset: u64,
    /// Unix file mode, 0 if unknown.
    mode: u32,
}

/// Where the directory is.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) entries: u64,
    at: Range<usize>,
}

impl Directory {
    /// Finds it from the end of the archive.
    pub(super) fn find(bytes: &[u8]) -> Result<Self, String> {
        let end = find_end(bytes).ok_or("it has no end record (`PK\\5\\6`) at its end")?;
        let field = |at| u16_at(bytes, end + at).unwrap_or_default();
        let wide = |at| u32_at(bytes, end + at).unwrap_or_default();
        let (disk, first_disk, here, all) = (field(4), field(6), field(8), field(10));
        let (size, start) = (wide(12), wide(16));
        let wants_64 = all == 0xffff || here == 0xffff || size == IN_EXTRA_32 || start == IN_EXTRA_32;
        if let Some(locator) = end.checked_sub(LOCATOR_64_LENGTH).filter(|at| u32_at(bytes, *at) == Some(LOCATOR_64)) {
            return Self::find_64(bytes, locator);
        }
        if wants_64 {
            return Err("its ZIP64 end record is missing".to_owned());
        }
        if disk != 0 || first_disk != 0 || here != all {
            return Err("it is one part of an archive in several parts".to_owned());
        }
        Self::at(u64::from(start), u64::from(size), u64::from(all), end)
    }

    fn find_64(bytes: &[u8], locator: usize) -> Result<Self, String> {
        let broken = || "its ZIP64 end record is broken".to_owned();
        let end = u64_at(bytes, locator + 8).and_then(|at| usize::try_from(at).ok()).ok_or_else(broken)?;
        let wide = |at: usize| end.checked_add(at).and_then(|at| u64_at(bytes, at)).ok_or_else(broken);
        // Its length field counts what follows the field.
        let closes = wide(4)?.checked_add(12).and_then(|length| length.checked_add(end as u64));
        if u32_at(bytes, end) != Some(END_64) || closes != Some(locator as u64) {
            return Err(broken());
        }
        let (disks, here, all, size, start) = (wide(16)?, wide(24)?, wide(32)?, wide(40)?, wide(48)?);
        if disks != 0 || here != all {
            return Err("it is one part of an archive in several parts".to_owned());
        }
        Self::at(start, size, all, end)
    }

    /// `limit` is where the directory has to end.
    fn at(start: u64, size: u64, entries: u64, limit: usize) -> Result<Self, String> {
        if start.checked_add(size) != Some(limit as u64) {
            return Err("its directory is not where its end record says".to_owned());
        }
        if size / (CENTRAL_LENGTH as u64) < entries {
            return Err(format!("its directory of {size} bytes cannot hold {entries} entries"));
        }
        Ok(Self { entries, at: start as usize..limit })
    }

    /// The entries in the order of the directory.
    pub(super) fn headers(&self, bytes: &[u8]) -> Result<Vec<Header>, String> {
        let mut headers = Vec::new();
        let mut rest = bytes.get(self.at.clone()).unwrap_or_default();
        for number in 0..self.entries {
            let (header, length) =
                Header::read(rest).ok_or_else(|| format!("its directory is broken at entry {number}"))?;
            headers.push(header);
            rest = rest.get(length..).unwrap_or_default();
        }
        if rest.is_empty() { Ok(headers) } else { Err("its directory holds more than the entries counted".to_owned()) }
    }

    /// Where the directory begins, and the data has to end.
    pub(super) fn start(&self) -> usize {
        self.at.start
    }
}

impl Header {
    /// A header at the beginning of `bytes`, and its length.
    fn read(bytes: &[u8]) -> Option<(Self, usize)> {
        if u32_at(bytes, 0)? != CENTRAL {
            return None;
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| u16_at(bytes, at).map(usize::from));
        let (name, extra, comment) = (name?, extra?, comment?);
        let name_end = CENTRAL_LENGTH + name;
        let extra_end = name_end + extra;
        let length = extra_end + comment;
        bytes.get(..length)?;
        let made_by_unix = u16_at(bytes, 4)? >> 8 == 3;
        let mut header = Self {
            name: bytes.get(CENTRAL_LENGTH..name_end)?.to_vec(),
            flags: u16_at(bytes, 8)?,
            method: u16_at(bytes, 10)?,
            crc: u32_at(bytes, 16)?,
            compressed: u64::from(u32_at(bytes, 20)?),
            size: u64::from(u32_at(bytes, 24)?),
            offset: u64::from(u32_at(bytes, 42)?),
            mode: if made_by_unix { u32_at(bytes, 38)? >> 16 } else { 0 },
        };
        if u16_at(bytes, 34)? != 0 {
            return None;
        }
        header.widen(bytes.get(name_end..extra_end)?)?;
        Some((header, length))
    }

    /// Takes the numbers that do not fit 32 bits from the ZIP64 extra field: those that are all ones, in this order.
    fn widen(&mut self, extra: &[u8]) -> Option<()> {
        let wide = u64::from(IN_EXTRA_32);
        let mut numbers = extra_field(extra, EXTRA_64).unwrap_or_default();
        for number in [&mut self.size, &mut self.compressed, &mut self.offset] {
            if *number == wide {
                *number = u64_at(numbers, 0)?;
                numbers = numbers.get(8..)?;
            }
        }
        Some(())
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.flags & (ENCRYPTED | STRONGLY_ENCRYPTED) != 0
    }

    pub(super) fn is_symlink(&self) -> bool {
        self.mode & 0o170_000 == 0o120_000
    }

    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with(b"/")
    }

    /// From the entry's own header to the end of its data, and where in there the data begins. `before` is where the directory begins.
    pub(super) fn locate(&self, bytes: &[u8], before: usize) -> Result<(Range<usize>, usize), &'static str> {
        let start = usize::try_from(self.offset).ok().filter(|start| *start < before);
        let own = start.and_then(|start| bytes.get(start..before)).ok_or("is missing")?;
        if u32_at(own, 0) != Some(LOCAL) {
            return Err("is missing");
        }
        let (Some(flags), Some(method), Some(name), Some(extra)) =
            (u16_at(own, 6), u16_at(own, 8), u16_at(own, 26).map(usize::from), u16_at(own, 28).map(usize::from))
        else {
            return Err("is cut off");
        };
        let data = LOCAL_LENGTH + name + extra;
        if own.get(LOCAL_LENGTH..LOCAL_LENGTH + name) != Some(&self.name) {
            return Err("has another name than the directory");
        }
        if method != self.method || (flags ^ self.flags) & (ENCRYPTED | STRONGLY_ENCRYPTED) != 0 {
            return Err("has another compression than the directory");
        }
        if flags & SIZES_BEHIND == 0 && !self.agrees(own) {
            return Err("has other sizes or another checksum than the directory");
        }
        let end = usize::try_from(self.compressed).ok().and_then(|length| data.checked_add(length));
        match end.filter(|end| *end <= own.len()) {
            Some(end) => {
                let start = before - own.len();
                Ok((start..start + end, start + data))
            }
            None => Err("is followed by less data than stated"),
        }
    }

    fn agrees(&self, own: &[u8]) -> bool {
        let number =
            |at, stated: u64| u32_at(own, at).is_some_and(|here| here == IN_EXTRA_32 || u64::from(here) == stated);
        u32_at(own, 14) == Some(self.crc) && number(18, self.compressed) && number(22, self.size)
    }
}

/// The end record whose comment ends with the file.
fn find_end(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(END_LENGTH)?;
    let first = last.saturating_sub(LONGEST_COMMENT);
    (first..=last).rev().find(|at| {
        u32_at(bytes, *at) == Some(END)
            && u16_at(bytes, at + 20).is_some_and(|comment| at + END_LENGTH + usize::from(comment) == bytes.len())
    })
}

fn extra_field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let (id, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        let field = extra.get(4..4 + length)?;
        if id == wanted {
            return Some(field);
        }
        extra = extra.get(4 + length..)?;
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(array_at(bytes, at)?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(array_at(bytes, at)?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(array_at(bytes, at)?))
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}
