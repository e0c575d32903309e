//! `--contact-sheet` and `--poster`: pictures of the session as a whole.

use std::path::{Path, PathBuf};

use clap::Args;

use super::output::still_format;
use super::stills::Kinds;
use super::values::parse_seconds;
use crate::encode::StillFormat;
use crate::recording::SessionTime;
use crate::render::{CellMoments, Overview, PosterRequest, SheetRequest};
use crate::timeline::{Idle, When};

/// Pictures of the session as a whole.
#[derive(Debug, Clone, Args)]
pub(crate) struct OverviewArgs {
    /// Also make a contact sheet: pictures of several moments in a grid, each with its time and title, evenly over the time shown (any number of sheets). columns (4) stand side by side; cells (16) is the most; at=KINDS shows moments of these kinds, as --stills names them; every=LENGTH shows a picture every so often. See docs/stills.md.
    #[arg(
        long = "contact-sheet",
        env = "REPLAYREEL_CONTACT_SHEET",
        value_name = "FILE[,KEY=VALUE]...",
        value_parser = SheetArg::parse
    )]
    contact_sheets: Vec<SheetArg>,
    /// Also write the one picture that stands best for the session, for the poster of a video or a preview in a chat: of a page that stands still, was long in view and has much to see, and not soon after an error. See docs/stills.md.
    #[arg(long, env = "REPLAYREEL_POSTER", value_name = "FILE", value_parser = poster)]
    poster: Option<PosterArg>,
}

impl OverviewArgs {
    /// Whether any are wanted.
    pub(crate) fn are_wanted(&self) -> bool {
        !self.contact_sheets.is_empty() || self.poster.is_some()
    }

    /// Whether a poster is.
    pub(crate) fn has_poster(&self) -> bool {
        self.poster.is_some()
    }

    /// Adds those that were asked for by other words.
    pub(crate) fn add(&mut self, sheets: Vec<SheetArg>, poster_at: Option<PathBuf>) {
        self.contact_sheets.extend(sheets);
        self.poster = poster_at.and_then(|path| poster(&path.to_string_lossy()).ok()).or_else(|| self.poster.take());
    }

    pub(crate) fn overview(
        &self,
        from: Option<&When>,
        to: Option<&When>,
        idle: Idle,
        max_bytes: Option<u64>,
    ) -> Overview {
        let sheets = self.contact_sheets.iter();
        let poster = self.poster.clone();
        Overview {
            sheets: sheets.map(|sheet| SheetRequest { max_bytes, ..sheet.0.clone() }).collect(),
            poster: poster.map(|PosterArg(path, format)| PosterRequest { path, format, max_bytes }),
            from: from.cloned(),
            to: to.cloned(),
            idle,
        }
    }
}

/// `FILE[,columns=4,cells=16,at=KINDS|every=10s]`
#[derive(Debug, Clone)]
pub(crate) struct SheetArg(SheetRequest);

#[derive(Debug, Clone)]
struct PosterArg(PathBuf, StillFormat);

const MOST_COLUMNS: u32 = 20;
const MOST_CELLS: u32 = 400;

impl SheetArg {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(',').peekable();
        let mut path = parts.next().unwrap_or_default().to_owned();
        // A comma only begins options if `key=` follows, so that paths may hold commas.
        while let Some(part) = parts.next_if(|part| option(part).is_none()) {
            path.push(',');
            path.push_str(part);
        }
        let (mut columns, mut cells, mut at) = (4, None, CellMoments::Evenly);
        while let Some((key, value)) = parts.next().and_then(option) {
            let mut value = value.to_owned();
            // The kinds of `at` are separated by commas too.
            while let Some(part) = parts.next_if(|part| option(part).is_none()) {
                value.push(',');
                value.push_str(part);
            }
            if at != CellMoments::Evenly && (key == "at" || key == "every") {
                return Err("a contact sheet shows moments (at) or equal lengths (every), not both".to_owned());
            }
            match key {
                "columns" => columns = number(key, &value, MOST_COLUMNS)?,
                "cells" => cells = Some(number(key, &value, MOST_CELLS)?),
                "at" => at = CellMoments::Kinds(Kinds::parse(&value)?.0),
                "every" => at = CellMoments::Every(length(&value)?),
                _ => {
                    return Err(format!("unknown option {key:?}; a contact sheet can have columns, cells, at, every"));
                }
            }
        }
        let format = still_format(Path::new(&path))?;
        let most = if matches!(at, CellMoments::Every(_)) { 100 } else { 16 };
        Ok(Self(SheetRequest { path: path.into(), format, columns, cells: cells.unwrap_or(most), at, max_bytes: None }))
    }
}

fn option(part: &str) -> Option<(&str, &str)> {
    part.split_once('=').filter(|(key, _)| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase()))
}

fn number(key: &str, value: &str, most: u32) -> Result<u32, String> {
    let number = value.parse().ok().filter(|number| (1..=most).contains(number));
    number.ok_or_else(|| format!("{key}: must be a number from 1 to {most} (got {value:?})"))
}

fn length(value: &str) -> Result<SessionTime, String> {
    let seconds = parse_seconds(value).filter(|seconds| (0.1..=86_400.0).contains(seconds));
    seconds
        .map(|seconds| SessionTime::from_millis_f64(seconds * 1000.0))
        .ok_or_else(|| format!("every: must be a length of time from 100ms to a day, like 10s (got {value:?})"))
}

fn poster(text: &str) -> Result<PosterArg, String> {
    Ok(PosterArg(text.into(), still_format(Path::new(text))?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::MomentKind;

    fn sheet(text: &str) -> SheetRequest {
        SheetArg::parse(text).unwrap().0
    }

    #[test]
    fn a_sheet_has_sixteen_pictures_in_four_columns_if_nothing_else_is_said() {
        let SheetRequest { path, columns, cells, at, .. } = sheet("a,b.png");
        assert_eq!((path, columns, cells, at), (PathBuf::from("a,b.png"), 4, 16, CellMoments::Evenly));
    }

    #[test]
    fn kinds_may_stand_between_other_options() {
        let sheet = sheet("s.webp,at=pages,errors,columns=3,cells=9");
        assert_eq!(sheet.at, CellMoments::Kinds(vec![MomentKind::Error, MomentKind::Page]));
        assert_eq!((sheet.columns, sheet.cells, sheet.format), (3, 9, StillFormat::WebP));
    }

    #[test]
    fn pictures_every_so_often_are_as_many_as_there_are_up_to_a_hundred() {
        assert_eq!(sheet("s.png,every=10s").cells, 100);
        assert_eq!(sheet("s.png,every=500ms,cells=7").at, CellMoments::Every(SessionTime::from_millis(500)));
    }

    #[test]
    fn what_a_sheet_cannot_be_says_why() {
        let message = |text| SheetArg::parse(text).unwrap_err();
        assert!(message("s.gif").contains("png, jpg or webp"));
        assert!(message("s.png,rows=3").contains("columns, cells, at, every"));
        assert!(message("s.png,columns=0").contains("from 1 to 20"));
        assert!(message("s.png,cells=401").contains("from 1 to 400"));
        assert!(message("s.png,at=tears").contains("submits"));
        assert!(message("s.png,at=pages,every=5s").contains("not both"));
        assert!(message("s.png,every=0").contains("100ms"));
    }
}
