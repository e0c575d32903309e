//! Which fonts a page gets: the bundled ones for the names that pages use most, so that pictures do not depend on the machine.

use std::io;
use std::path::Path;

/// Where fonts come from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FontSet {
    /// The bundled fonts for the usual names (Arial, Georgia, Menlo, `sans-serif`, …), the machine's own for all else: scripts
    /// that the bundle lacks, emoji, and families asked for by name.
    #[default]
    BundledFirst,
    /// Only the bundled fonts: the same pictures on every machine.
    BundledOnly,
}

/// Folder of fontconfig's cache within the browser's folder; the browser writes to it.
pub(super) const CACHE: &str = "font-cache";

const TEMPLATE: &str = include_str!("../../player-assets/fonts/fonts.conf");
const SYSTEM_DIRS: &str = "<dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir>";

/// Liberation 2.1.5 (SIL OFL 1.1), metrically equal to Arial, Times New Roman and Courier New.
const FONTS: &[(&str, &[u8])] = &[
    ("LiberationMono-Bold.ttf", include_bytes!("../../player-assets/fonts/LiberationMono-Bold.ttf")),
    ("LiberationMono-BoldItalic.ttf", include_bytes!("../../player-assets/fonts/LiberationMono-BoldItalic.ttf")),
    ("LiberationMono-Italic.ttf", include_bytes!("../../player-assets/fonts/LiberationMono-Italic.ttf")),
    ("LiberationMono-Regular.ttf", include_bytes!("../../player-assets/fonts/LiberationMono-Regular.ttf")),
    ("LiberationSans-Bold.ttf", include_bytes!("../../player-assets/fonts/LiberationSans-Bold.ttf")),
    ("LiberationSans-BoldItalic.ttf", include_bytes!("../../player-assets/fonts/LiberationSans-BoldItalic.ttf")),
    ("LiberationSans-Italic.ttf", include_bytes!("../../player-assets/fonts/LiberationSans-Italic.ttf")),
    ("LiberationSans-Regular.ttf", include_bytes!("../../player-assets/fonts/LiberationSans-Regular.ttf")),
    ("LiberationSerif-Bold.ttf", include_bytes!("../../player-assets/fonts/LiberationSerif-Bold.ttf")),
    ("LiberationSerif-BoldItalic.ttf", include_bytes!("../../player-assets/fonts/LiberationSerif-BoldItalic.ttf")),
    ("LiberationSerif-Italic.ttf", include_bytes!("../../player-assets/fonts/LiberationSerif-Italic.ttf")),
    ("LiberationSerif-Regular.ttf", include_bytes!("../../player-assets/fonts/LiberationSerif-Regular.ttf")),
];

/// Writes the bundled fonts under `folder` and a fontconfig file to `config`.
pub(super) fn install(set: FontSet, folder: &Path, config: &Path) -> io::Result<()> {
    let fonts = folder.join("fonts");
    std::fs::create_dir(&fonts)?;
    std::fs::create_dir(folder.join(CACHE))?;
    for (name, bytes) in FONTS {
        std::fs::write(fonts.join(name), bytes)?;
    }
    let system = match set {
        FontSet::BundledFirst => SYSTEM_DIRS,
        FontSet::BundledOnly => "",
    };
    let text = TEMPLATE
        .replace("@BUNDLED_DIR@", &fonts.display().to_string())
        .replace("@SYSTEM_DIRS@", system)
        .replace("@CACHE_DIR@", &folder.join(CACHE).display().to_string());
    std::fs::write(config, text)
}
