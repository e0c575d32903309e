//! Text: shaped, set in one line and drawn in the bundled fonts, the same on every machine.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use cosmic_text::fontdb::{Database, Source};
use cosmic_text::{
    Attrs, Buffer, Color, Ellipsize, EllipsizeHeightLimit, Fallback, Family, FeatureTag, FontFeatures, FontSystem,
    Metrics, Shaping, SwashCache, Weight as FontWeight, Wrap,
};

use super::blend;
use super::theme::Rgb;

/// What every text is set in; where a letter is missing, the next ones are asked. See `player-assets/fonts/overlay/README.md`.
const FONTS: &[&[u8]] = &[
    include_bytes!("../../player-assets/fonts/overlay/Inter-Medium.ttf"),
    include_bytes!("../../player-assets/fonts/overlay/Inter-Bold.ttf"),
    include_bytes!("../../player-assets/fonts/overlay/NotoSansArabic-Medium.ttf"),
    include_bytes!("../../player-assets/fonts/overlay/NotoSansHebrew-Medium.ttf"),
    include_bytes!("../../player-assets/fonts/overlay/NotoSansThai-Medium.ttf"),
    include_bytes!("../../player-assets/fonts/overlay/NotoSansDevanagari-Medium.ttf"),
    include_bytes!("../../player-assets/fonts/overlay/NanumGothic-Regular.ttf"),
    include_bytes!("../../player-assets/fonts/overlay/Twemoji.ttf"),
    include_bytes!("../../player-assets/fonts/overlay/DroidSansFallbackFull.ttf"),
];
const FAMILY: &str = "Inter";
/// Emoji stand before the CJK font, which has some of them in black and white.
const FALLBACKS: &[&str] = &[
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Thai",
    "Noto Sans Devanagari",
    "Twemoji Mozilla",
    "NanumGothic",
    "Droid Sans Fallback",
];

/// Texts are cut to this many characters before they are shaped: no line that is drawn holds more.
const LONGEST: usize = 400;
/// Lines that are kept for the next time.
const MOST_KEPT: usize = 128;
/// Ink may reach this far out of a line's own box, px per px of size.
const OVERHANG: f64 = 0.25;

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextStyle {
    /// Size of the letters (one em), device px.
    pub size: f64,
    /// Bold rather than medium.
    pub bold: bool,
    /// sRGB. Emoji have their own colours.
    pub colour: Rgb,
}

/// A line of text, ready to be laid on something. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Line {
    /// Advance of the whole line, device px.
    pub width: f64,
    ink: Arc<Ink>,
}

/// Premultiplied RGBA; its origin, on the baseline at the line's beginning, lies `left` px and `top` px within it.
#[derive(Debug)]
struct Ink {
    left: i32,
    top: i32,
    width: usize,
    rgba: Vec<[u8; 4]>,
}

/// Sets lines, and keeps those it has set.
pub struct Lettering {
    fonts: FontSystem,
    glyphs: SwashCache,
    kept: HashMap<(String, u64, bool, Rgb, u64), Line>,
}

struct Bundled;

impl Fallback for Bundled {
    fn common_fallback(&self) -> &[&'static str] {
        FALLBACKS
    }

    fn forbidden_fallback(&self) -> &[&'static str] {
        &[]
    }

    fn script_fallback(&self, _: unicode_script::Script, _: &str) -> &[&'static str] {
        &[]
    }
}

impl fmt::Debug for Lettering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lettering").field("kept", &self.kept.len()).finish_non_exhaustive()
    }
}

impl Default for Lettering {
    fn default() -> Self {
        Self::new()
    }
}

impl Lettering {
    /// Reads the bundled fonts' tables: about a millisecond.
    pub fn new() -> Self {
        let mut db = Database::new();
        for font in FONTS {
            db.load_font_source(Source::Binary(Arc::new(*font)));
        }
        db.set_sans_serif_family(FAMILY);
        // The locale decides between Chinese and Japanese forms of a letter where fonts offer both; ours has one of each.
        let fonts = FontSystem::new_with_locale_and_db_and_fallback("en".to_owned(), db, Bundled);
        Self { fonts, glyphs: SwashCache::new(), kept: HashMap::new() }
    }

    /// Sets a text in one line of at most `most` device px; what is too long ends in an ellipsis. Line breaks and control
    /// characters become spaces.
    pub fn line(&mut self, text: &str, style: TextStyle, most: f64) -> Line {
        let text: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let key = (text, style.size.to_bits(), style.bold, style.colour, most.to_bits());
        if let Some(line) = self.kept.get(&key) {
            return line.clone();
        }
        let line = self.set(&key.0, style, most);
        if self.kept.len() >= MOST_KEPT {
            self.kept.clear();
        }
        self.kept.insert(key, line.clone());
        line
    }

    fn set(&mut self, text: &str, style: TextStyle, most: f64) -> Line {
        let nothing = Line { width: 0.0, ink: Arc::new(Ink { left: 0, top: 0, width: 0, rgba: Vec::new() }) };
        // Shapers divide by it.
        if !(style.size >= 1.0 && style.size <= 1000.0 && most > 0.0) || text.trim().is_empty() {
            return nothing;
        }
        let metrics = Metrics::new(style.size as f32, style.size as f32 * 1.25);
        let mut features = FontFeatures::new();
        // Figures of one width: a clock's do not dance.
        features.enable(FeatureTag::new(b"tnum"));
        let weight = if style.bold { FontWeight::BOLD } else { FontWeight::MEDIUM };
        let attrs = Attrs::new().family(Family::Name(FAMILY)).weight(weight).font_features(features);
        let mut buffer = Buffer::new_empty(metrics);
        buffer.set_wrap(Wrap::None);
        buffer.set_ellipsize(Ellipsize::End(EllipsizeHeightLimit::Lines(1)));
        buffer.set_size(Some(most as f32), None);
        // Left, whatever the text's direction: a line is as wide as its letters.
        buffer.set_text(text, &attrs, Shaping::Advanced, Some(cosmic_text::Align::Left));
        buffer.shape_until_scroll(&mut self.fonts, false);
        let Some(run) = buffer.layout_runs().next() else { return nothing };
        let reach = (style.size * OVERHANG).ceil();
        let (ascent, descent) = ((style.size * 1.1).ceil() + reach, (style.size * 0.4).ceil() + reach);
        let width = (f64::from(run.line_w).min(most).ceil() + 2.0 * reach) as usize;
        let (left, top) = (reach as i32, ascent as i32);
        let mut rgba = vec![[0_u8; 4]; width * (ascent + descent) as usize];
        let [red, green, blue] = style.colour;
        let base = Color::rgb(red, green, blue);
        for glyph in run.glyphs {
            let placed = glyph.physical((0.0, 0.0), 1.0);
            self.glyphs.with_pixels(&mut self.fonts, placed.cache_key, base, |x, y, colour| {
                let (x, y) = (placed.x + x + left, placed.y + y + top);
                let inside = usize::try_from(x).ok().filter(|x| *x < width).zip(usize::try_from(y).ok());
                if let Some(pixel) = inside.and_then(|(x, y)| rgba.get_mut(y * width + x)) {
                    blend::lay(pixel, [colour.r(), colour.g(), colour.b()], colour.a());
                }
            });
        }
        Line { width: f64::from(run.line_w).min(most), ink: Arc::new(Ink { left, top, width, rgba }) }
    }
}

impl Line {
    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.ink.rgba.is_empty()
    }

    /// The ink's rows: where each begins relative to the line's beginning on the baseline (x, y, px), and its premultiplied RGBA.
    pub(super) fn rows(&self) -> impl Iterator<Item = (i32, i32, &[[u8; 4]])> {
        let ink = &*self.ink;
        let rows = ink.rgba.chunks_exact(ink.width.max(1)).zip(-ink.top..);
        rows.map(move |(pixels, row)| (-ink.left, row, pixels))
    }

    /// Lays the line on a picture with its beginning on the baseline at (`x`, `y`), device px. What lies outside is cut.
    pub fn draw(&self, frame: &mut super::Frame, x: i32, y: i32) {
        for (dx, dy, pixels) in self.rows() {
            blend::lay_row(frame, i64::from(x) + i64::from(dx), i64::from(y) + i64::from(dy), pixels, 255);
        }
    }
}

/// The baseline that centres a text's capitals between `top` and `bottom`, px.
pub fn baseline_between(top: f64, bottom: f64, size: f64) -> i32 {
    // Inter's capitals are 0.727 em high.
    ((top + bottom + size * 0.727) / 2.0).round() as i32
}
