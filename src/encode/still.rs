//! One picture to a file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageError};

use super::EncodeError;
use super::destination::Destination;
use crate::compose::Frame;

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
}

/// Writes one picture, as large as it is. The file appears whole or not at all.
pub fn write_still(frame: &Frame, format: StillFormat, destination: &Path) -> Result<Still, EncodeError> {
    super::feed::check_shape(frame, (frame.width, frame.height))?;
    if let StillFormat::Jpeg { quality: quality @ (0 | 101..) } = format {
        return Err(EncodeError::Unsupported(format!("quality {quality} is not between 1 and 100, as JPEG needs")));
    }
    let target = Destination::open(destination)?;
    write_picture(frame, format, target.partial()).map_err(|source| match source {
        ImageError::IoError(source) if source.kind() == std::io::ErrorKind::StorageFull => {
            EncodeError::DiskFull { path: destination.to_owned(), stderr: String::new() }
        }
        source => EncodeError::Image { path: destination.to_owned(), source },
    })?;
    let (path, bytes, sha256) = target.keep()?;
    Ok(Still { path, bytes, sha256, width: frame.width, height: frame.height })
}

fn write_picture(frame: &Frame, format: StillFormat, path: &Path) -> Result<(), ImageError> {
    let mut file = BufWriter::new(File::create(path)?);
    let (pixels, width, height, colour) = (&frame.pixels, frame.width, frame.height, ExtendedColorType::Rgb8);
    match format {
        StillFormat::Png => {
            PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive)
                .write_image(pixels, width, height, colour)?;
        }
        StillFormat::Jpeg { quality } => {
            JpegEncoder::new_with_quality(&mut file, quality).write_image(pixels, width, height, colour)?;
        }
        StillFormat::WebP => {
            WebPEncoder::new_lossless(&mut file).write_image(pixels, width, height, colour)?;
        }
    }
    // A buffered writer that is merely dropped swallows the error of its last write.
    file.flush()?;
    Ok(())
}
