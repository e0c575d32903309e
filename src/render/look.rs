//! What is drawn over and around the page, as it was asked for.

use jiff::tz::TimeZone;

use crate::compose::Theme;
use crate::timeline::MomentKind;

/// See the module. Nothing of it changes what the page looks like, or how often it is captured.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own, and they mean nothing together")]
pub struct Look {
    /// Light or dark bars, notes, keys and backdrop.
    pub theme: Theme,
    /// Draw the pointer and its clicks. Hover and focus effects of the page show in any case.
    pub cursor: bool,
    /// How large the pointer is, against its own size on the page.
    pub cursor_size: f64,
    /// Draw a ring where a mouse button was pressed.
    pub clicks: bool,
    /// Draw fingers and where they were drawn.
    pub touches: bool,
    /// Draw keys that do not only write text.
    pub keys: bool,
    /// Of which moments a note comes up over the page.
    pub marks: Vec<MomentKind>,
    /// Say in the picture where idle time was left out.
    pub idle_cue: bool,
    /// The bar beside the page.
    pub bar: Option<BarLook>,
}

/// What a bar shows, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct BarLook {
    /// Above the page, not below it.
    pub above: bool,
    /// What it shows.
    pub shows: Vec<BarItem>,
    /// The zone of the wall clock.
    pub zone: TimeZone,
}

/// Something that a bar can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BarItem {
    /// The page's title.
    Title,
    /// The page's URL.
    Url,
    /// Which window, where there are several.
    Window,
    /// That nobody does anything.
    Idle,
    /// Session time and the session's length.
    Clock,
    /// Date and time of day, with the zone.
    Wall,
    /// How much is over, and where something went wrong.
    Progress,
}

impl Default for Look {
    /// Pointer, clicks and touches as they were, and a cue where time was left out; no bar, notes or keys.
    fn default() -> Self {
        Self {
            theme: Theme::Dark,
            cursor: true,
            cursor_size: 1.0,
            clicks: true,
            touches: true,
            keys: false,
            marks: Vec::new(),
            idle_cue: true,
            bar: None,
        }
    }
}

impl BarItem {
    /// All of them, by name, in the order in which they are listed.
    pub const NAMES: [(&'static str, Self); 7] = [
        ("title", Self::Title),
        ("url", Self::Url),
        ("window", Self::Window),
        ("idle", Self::Idle),
        ("clock", Self::Clock),
        ("wall", Self::Wall),
        ("progress", Self::Progress),
    ];
}
