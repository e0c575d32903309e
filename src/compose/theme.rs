//! Colours of what is drawn over and around the page.

/// 8-bit sRGB.
pub type Rgb = [u8; 3];

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// Light letters on dark bars.
    #[default]
    Dark,
    /// Dark letters on light bars.
    Light,
}

/// The colours of a theme.
#[derive(Debug, Clone, Copy)]
pub(super) struct Palette {
    /// Of bars, notes and cues.
    pub surface: Rgb,
    /// Of what lies on a surface and is to stand out from it: chips, key caps.
    pub raised: Rgb,
    /// Thin lines around them.
    pub line: Rgb,
    pub text: Rgb,
    /// Of what is less important.
    pub quiet: Rgb,
    /// Of progress.
    pub accent: Rgb,
    /// Of waiting.
    pub idle: Rgb,
}

impl Theme {
    /// Around the page, where it does not fill the picture.
    pub const fn backdrop(self) -> Rgb {
        match self {
            Self::Dark => [0x17, 0x18, 0x1c],
            Self::Light => [0xe3, 0xe5, 0xea],
        }
    }

    pub(super) const fn palette(self) -> Palette {
        match self {
            Self::Dark => Palette {
                surface: [0x1f, 0x21, 0x27],
                raised: [0x33, 0x36, 0x40],
                line: [0x43, 0x47, 0x53],
                text: [0xf5, 0xf6, 0xf8],
                quiet: [0xac, 0xb2, 0xbf],
                accent: [0x6e, 0xa8, 0xfe],
                idle: [0xf2, 0xb8, 0x4b],
            },
            Self::Light => Palette {
                surface: [0xf8, 0xf8, 0xfa],
                raised: [0xe8, 0xea, 0xee],
                line: [0xcc, 0xd0, 0xd8],
                text: [0x1b, 0x1d, 0x22],
                quiet: [0x5a, 0x60, 0x6d],
                accent: [0x24, 0x65, 0xd6],
                idle: [0x9a, 0x62, 0x00],
            },
        }
    }
}
