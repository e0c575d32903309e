//! One picture to a file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageError};

use super::fit::still_within;
use super::{EncodeError, Fitted};
use crate::compose::Frame;
use crate::destination::{Destination, Kept};

/// A kind of still picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StillFormat {
    /// Lossless.
    Png,
    /// 1 (smallest) to 100 (best).
    Jpeg {
        /// 1 to 100; 90 keeps text clean.
        quality: u8,
    },
    /// Lossless.
    WebP,
}

impl StillFormat {
    /// The format that a file name extension (without the dot, any case) stands for; JPEG of quality 90.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "png" => Some(Self::Png),
            "jpg" | "jpeg" => Some(Self::Jpeg { quality: 90 }),
            "webp" => Some(Self::WebP),
            _ => None,
        }
    }

    /// The media type to serve it under.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg { .. } => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }
}

/// A still that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Still {
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Of the file, in hexadecimal.
    pub sha256: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// How it keeps to a limit, if it was given one.
    pub fitted: Option<Fitted>,
}

/// Writes one picture, as large as it is. The file appears whole or not at all.
pub fn write_still(frame: &Frame, format: StillFormat, destination: &Path) -> Result<Still, EncodeError> {
    super::feed::check_shape(frame, (frame.width, frame.height))?;
    StillPlace::reserve(format, None, destination)?.write(frame)?.keep()
}

/// Where a still will be, found writable. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct StillPlace {
    target: Destination,
    format: StillFormat,
    max_bytes: Option<u64>,
}

/// A still that is written, but not yet in its place. Dropped, it leaves nothing.
#[derive(Debug)]
pub struct WrittenStill {
    target: Destination,
    size: (u32, u32),
    fitted: Option<Fitted>,
}

impl StillPlace {
    /// Fails at once where writing would fail: a quality out of range, or a destination that cannot be written.
    pub fn reserve(format: StillFormat, max_bytes: Option<u64>, destination: &Path) -> Result<Self, EncodeError> {
        if let StillFormat::Jpeg { quality: quality @ (0 | 101..) } = format {
            return Err(EncodeError::Unsupported(format!("quality {quality} is not between 1 and 100, as JPEG needs")));
        }
        Ok(Self { target: Destination::open(destination)?, format, max_bytes })
    }

    /// Writes the picture as large as it is, or so that it keeps to the limit.
    pub fn write(self, frame: &Frame) -> Result<WrittenStill, EncodeError> {
        super::feed::check_shape(frame, (frame.width, frame.height))?;
        let Self { target, format, max_bytes } = self;
        let failed = |source| {
            let path = target.path().to_owned();
            if is_full(&source) {
                EncodeError::DiskFull { path, stderr: String::new() }
            } else {
                EncodeError::Image { path, source }
            }
        };
        let Some(max_bytes) = max_bytes else {
            write_file(target.partial(), |file| write_picture(frame, format, file)).map_err(failed)?;
            return Ok(WrittenStill { target, size: (frame.width, frame.height), fitted: None });
        };
        let within = still_within(frame, format, max_bytes, target.path())?;
        write_file(target.partial(), |file| Ok(file.write_all(&within.bytes)?)).map_err(failed)?;
        Ok(WrittenStill { target, size: within.size, fitted: Some(within.fitted) })
    }
}

impl WrittenStill {
    /// Puts it in its place.
    pub fn keep(self) -> Result<Still, EncodeError> {
        let Kept { path, bytes, sha256 } = self.target.keep()?;
        let (width, height) = self.size;
        Ok(Still { path, bytes, sha256, width, height, fitted: self.fitted })
    }
}

/// Encoders wrap the system's error in their own.
fn is_full(error: &ImageError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::StorageFull) {
            return true;
        }
        cause = error.source();
    }
    matches!(error, ImageError::IoError(error) if error.kind() == std::io::ErrorKind::StorageFull)
}

fn write_file(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), ImageError>,
) -> Result<(), ImageError> {
    let mut file = BufWriter::new(File::create(path)?);
    write(&mut file)?;
    // A buffered writer that is merely dropped swallows the error of its last write.
    Ok(file.flush()?)
}

pub(super) fn write_picture(frame: &Frame, format: StillFormat, file: &mut impl Write) -> Result<(), ImageError> {
    let (pixels, width, height, colour) = (&frame.pixels, frame.width, frame.height, ExtendedColorType::Rgb8);
    match format {
        StillFormat::Png => {
            PngEncoder::new_with_quality(file, CompressionType::Fast, FilterType::Adaptive)
                .write_image(pixels, width, height, colour)?;
        }
        StillFormat::Jpeg { quality } => {
            JpegEncoder::new_with_quality(file, quality).write_image(pixels, width, height, colour)?;
        }
        StillFormat::WebP => {
            WebPEncoder::new_lossless(file).write_image(pixels, width, height, colour)?;
        }
    }
    Ok(())
}
