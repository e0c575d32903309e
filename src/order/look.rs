//! What is drawn over and around the page.

use clap::{Args, ValueEnum};
use jiff::tz::{Offset, TimeZone};

use super::picture::Switch;
use super::stills::Kinds;
use crate::compose::Theme;
use crate::render::{BarItem, BarLook, Look};

/// See the module.
#[derive(Debug, Clone, Args)]
pub(crate) struct LookArgs {
    /// Draw the pointer, clicks and touches. Hover and focus effects of the page show in any case.
    #[arg(long, env = "REPLAYREEL_CURSOR", value_enum, default_value_t = Switch::On, help_heading = "On the picture")]
    cursor: Switch,
    /// Size of the pointer and of the marks of clicks and touches: normal is that of the page.
    #[arg(long, env = "REPLAYREEL_CURSOR_SIZE", value_enum, default_value_t = CursorSize::Normal, help_heading = "On the picture")]
    cursor_size: CursorSize,
    /// Draw a ring where a mouse button was pressed.
    #[arg(long, env = "REPLAYREEL_CLICKS", value_enum, default_value_t = Switch::On, help_heading = "On the picture", hide_short_help = true)]
    clicks: Switch,
    /// Draw fingers, and the way they were drawn.
    #[arg(long, env = "REPLAYREEL_TOUCHES", value_enum, default_value_t = Switch::On, help_heading = "On the picture", hide_short_help = true)]
    touches: Switch,
    /// Draw keys that were pressed and do not only write text, where the recording tells of them (docs/overlays.md).
    #[arg(long, env = "REPLAYREEL_KEYS", value_enum, default_value_t = Switch::Off, help_heading = "On the picture")]
    keys: Switch,
    /// A bar beside the page, which takes nothing from it: the picture grows by it, or, where it has a fixed size, the page is fitted into what is left.
    #[arg(long, env = "REPLAYREEL_BAR", value_enum, default_value_t = BarPlace::Off, help_heading = "On the picture")]
    bar: BarPlace,
    /// What the bar shows: title and URL of the page, window (tab; where there are several), idle (nobody does anything), clock (session time and length), wall (date and time of day), progress (with a mark where something went wrong).
    #[arg(
        long,
        env = "REPLAYREEL_BAR_SHOWS",
        value_name = "ITEM,…",
        value_delimiter = ',',
        num_args = 1,
        default_value = "title,url,window,idle,clock,wall,progress",
        value_parser = parse_item,
        help_heading = "On the picture"
    )]
    bar_shows: Vec<BarItem>,
    /// Zone of the bar's time of day: UTC, local (this machine's), a name as Europe/Berlin, or an offset as +02:00.
    #[arg(long, env = "REPLAYREEL_ZONE", default_value = "UTC", value_name = "ZONE", value_parser = parse_zone, help_heading = "On the picture")]
    zone: TimeZone,
    /// A note over the page, for four seconds, when something happens: a list of the kinds of moments that inspect lists, as in error,failed,rage; problems stands for error, failed, rage and dead. Clicks in rage are red then.
    #[arg(long, env = "REPLAYREEL_MARKS", default_value = "off", value_name = "off|KIND,…", value_parser = parse_marks, help_heading = "On the picture")]
    marks: Kinds,
    /// Say in the picture where idle time was left out ("42 s skipped").
    #[arg(long, env = "REPLAYREEL_IDLE_CUE", value_enum, default_value_t = Switch::On, help_heading = "On the picture", hide_short_help = true)]
    idle_cue: Switch,
    /// Colours of bar, notes, keys, and of the room around a page that does not fill the picture.
    #[arg(long, env = "REPLAYREEL_THEME", value_enum, default_value_t = ThemeArg::Dark, help_heading = "On the picture")]
    theme: ThemeArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CursorSize {
    Normal,
    Large,
    Huge,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum BarPlace {
    Off,
    Top,
    Bottom,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ThemeArg {
    Dark,
    Light,
}

impl LookArgs {
    pub(crate) fn look(&self) -> Look {
        let bar = |above| BarLook { above, shows: self.bar_shows.clone(), zone: self.zone.clone() };
        Look {
            theme: match self.theme {
                ThemeArg::Dark => Theme::Dark,
                ThemeArg::Light => Theme::Light,
            },
            cursor: self.cursor == Switch::On,
            cursor_size: match self.cursor_size {
                CursorSize::Normal => 1.0,
                CursorSize::Large => 1.6,
                CursorSize::Huge => 2.5,
            },
            clicks: self.clicks == Switch::On,
            touches: self.touches == Switch::On,
            keys: self.keys == Switch::On,
            marks: self.marks.0.clone(),
            idle_cue: self.idle_cue == Switch::On,
            bar: match self.bar {
                BarPlace::Off => None,
                BarPlace::Top => Some(bar(true)),
                BarPlace::Bottom => Some(bar(false)),
            },
        }
    }
}

fn parse_item(text: &str) -> Result<BarItem, String> {
    let found = BarItem::NAMES.into_iter().find(|(name, _)| *name == text.trim());
    let names = || BarItem::NAMES.map(|(name, _)| name).join(", ");
    found.map(|(_, item)| item).ok_or_else(|| format!("{text:?} is none of {}", names()))
}

fn parse_zone(text: &str) -> Result<TimeZone, String> {
    let known = match text {
        "local" => return Ok(TimeZone::system()),
        "UTC" | "utc" | "Z" => return Ok(TimeZone::UTC),
        _ => TimeZone::get(text).ok().or_else(|| offset(text).map(TimeZone::fixed)),
    };
    known.ok_or_else(|| {
        format!("must be UTC, local, the name of a zone as Europe/Berlin, or an offset as +02:00 (got {text:?})")
    })
}

/// `+02:00` or `-0330`.
fn offset(text: &str) -> Option<Offset> {
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    let number = |part: &str| part.parse::<i32>().ok();
    let (hours, minutes) = match digits.len() {
        2 => (number(&digits)?, 0),
        4 if digits.is_ascii() => (number(&digits[..2])?, number(&digits[2..])?),
        _ => return None,
    };
    if minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

fn parse_marks(text: &str) -> Result<Kinds, String> {
    if text == "off" { Ok(Kinds(Vec::new())) } else { Kinds::parse(text).map_err(|error| format!("{error}, or off")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_names_and_offsets() {
        for zone in ["UTC", "local", "Europe/Berlin", "+02:00", "-0330", "+05"] {
            assert!(parse_zone(zone).is_ok(), "{zone}");
        }
        for wrong in ["", "Mars/Base", "+2", "+02:75", "+99:00", "02:00", "+é2"] {
            assert!(parse_zone(wrong).unwrap_err().contains("Europe/Berlin"), "{wrong}");
        }
    }

    #[test]
    fn marks_are_kinds_of_moments() {
        assert_eq!(parse_marks("off"), Ok(Kinds(vec![])));
        assert_eq!(parse_marks("rage, errors,rage").map(|marks| marks.0.len()), Ok(2));
        assert_eq!(parse_marks("problems").map(|marks| marks.0.len()), Ok(4));
        assert!(parse_marks("errors,nothing").unwrap_err().contains("is no kind of moment"));
    }

    #[test]
    fn a_bar_shows_what_has_a_name() {
        assert_eq!(parse_item("clock"), Ok(BarItem::Clock));
        assert!(parse_item("time").unwrap_err().contains("title, url, window, idle, clock, wall, progress"));
    }
}
