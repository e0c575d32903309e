//! A finished picture.

/// One picture: 8-bit sRGB, three bytes a pixel (R, G, B), rows from the top, without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Device px.
    pub width: u32,
    /// Device px.
    pub height: u32,
    /// `width * height * 3` bytes.
    pub pixels: Vec<u8>,
}
