//! Pictures kept on disk, losslessly, to be encoded again.
//!
//! Of each, only the rows between the first and the last that changed, as their difference to the picture before: mostly zeros, which
//! take no room once compressed. Memory holds two pictures, however many there are.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use super::super::EncodeError;
use crate::compose::Frame;

/// The fastest that still finds what repeats.
const LEVEL: i32 = 1;

/// The pictures so far. The file goes with it.
pub(super) struct Spool {
    file: BufWriter<File>,
    compressor: zstd::bulk::Compressor<'static>,
    size: (u32, u32),
    written: u64,
    last: Vec<u8>,
    rows: Vec<u8>,
    packed: Vec<u8>,
}

impl Spool {
    /// Keeps pictures of this width and height in a file without a name under `temp`.
    pub(super) fn new(temp: &Path, size: (u32, u32)) -> Result<Self, EncodeError> {
        let file = tempfile::tempfile_in(temp).map_err(failed)?;
        let compressor = zstd::bulk::Compressor::new(LEVEL).map_err(failed)?;
        let (rows, packed) = (Vec::new(), Vec::new());
        Ok(Self { file: BufWriter::new(file), compressor, size, written: 0, last: vec![0; bytes(size)], rows, packed })
    }

    /// Adds the picture from `slot` on. Its size is that of the others.
    pub(super) fn push(&mut self, slot: u64, frame: &Frame) -> Result<(), EncodeError> {
        let stride = self.size.0 as usize * 3;
        let both = || frame.pixels.chunks_exact(stride).zip(self.last.chunks_exact(stride));
        let first = both().position(|(row, last)| row != last).unwrap_or(0);
        let end = both().rposition(|(row, last)| row != last).map_or(0, |last| last + 1);
        let changed = first * stride..end * stride;
        self.rows.clear();
        self.rows.extend(frame.pixels[changed.clone()].iter().zip(&self.last[changed.clone()]).map(|(a, b)| a ^ b));
        self.packed.resize(zstd::zstd_safe::compress_bound(self.rows.len()), 0);
        let length = self.compressor.compress_to_buffer(&self.rows, &mut self.packed).map_err(failed)?;
        let mut write = |bytes: &[u8]| self.file.write_all(bytes).map_err(failed);
        for number in [slot, first as u64, (end - first) as u64, length as u64] {
            write(&number.to_le_bytes())?;
        }
        write(&self.packed[..length])?;
        self.written += 32 + length as u64;
        self.last[changed.clone()].copy_from_slice(&frame.pixels[changed]);
        Ok(())
    }

    /// How much they take on the disk.
    pub(super) fn bytes(&self) -> u64 {
        self.written
    }

    /// All pictures, in order, from the beginning.
    pub(super) fn read(&mut self) -> Result<Frames<'_>, EncodeError> {
        self.file.flush().map_err(failed)?;
        let file = self.file.get_mut();
        let end = file.seek(SeekFrom::End(0)).map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        Ok(Frames {
            file: BufReader::new(file),
            left: end,
            decompressor: zstd::bulk::Decompressor::new().map_err(failed)?,
            size: self.size,
            pixels: vec![0; bytes(self.size)],
            rows: vec![0; bytes(self.size)],
            packed: Vec::new(),
        })
    }
}

/// See [`Spool::read`].
pub(super) struct Frames<'s> {
    file: BufReader<&'s mut File>,
    left: u64,
    decompressor: zstd::bulk::Decompressor<'static>,
    size: (u32, u32),
    pixels: Vec<u8>,
    rows: Vec<u8>,
    packed: Vec<u8>,
}

impl Frames<'_> {
    /// The next one, with its slot.
    pub(super) fn next(&mut self) -> Result<Option<(u64, Arc<Frame>)>, EncodeError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.picture().map(Some).map_err(failed)
    }

    fn picture(&mut self) -> io::Result<(u64, Arc<Frame>)> {
        let mut numbers = [0; 4];
        for number in &mut numbers {
            let mut bytes = [0; 8];
            self.file.read_exact(&mut bytes)?;
            *number = u64::from_le_bytes(bytes);
        }
        let [slot, first, count, length] = numbers;
        let stride = self.size.0 as usize * 3;
        let (first, end) = (first as usize * stride, (first + count) as usize * stride);
        self.packed.resize(length as usize, 0);
        self.file.read_exact(&mut self.packed)?;
        self.left = self.left.saturating_sub(32 + length);
        let rows = self.decompressor.decompress_to_buffer(&self.packed, &mut self.rows)?;
        let broken = || io::Error::other("the pictures kept on disk are damaged");
        let changed = self.pixels.get_mut(first..end).filter(|changed| changed.len() == rows).ok_or_else(broken)?;
        changed.iter_mut().zip(&self.rows).for_each(|(pixel, difference)| *pixel ^= difference);
        let (width, height) = self.size;
        Ok((slot, Arc::new(Frame { width, height, pixels: self.pixels.clone() })))
    }
}

fn bytes((width, height): (u32, u32)) -> usize {
    width as usize * height as usize * 3
}

fn failed(source: io::Error) -> EncodeError {
    EncodeError::Io { doing: "keeping pictures in the folder for temporary files", source }
}
