//! Pictures of the session as a whole, planned: which moments stand on a contact sheet, and of which a poster is chosen. Pure.

use std::path::PathBuf;

use super::gallery::{self, PlannedStill, Purpose, Wanted};
use super::plan::{check_pixels, window_at};
use super::poster::{Candidate, candidates};
use super::{CellMoments, RenderError, Request, SheetRequest};
use crate::compose::Grid;
use crate::encode::StillFormat;
use crate::recording::{Recording, SessionTime};
use crate::stage::Layout;
use crate::timeline::{Landmarks, Moment, MomentKind, Score, TimeMap, Turn};

/// What the files are; their moments are among the plan's stills.
#[derive(Debug, Default)]
pub(super) struct PlannedOverview {
    pub sheets: Vec<PlannedSheet>,
    pub poster: Option<(PathBuf, StillFormat)>,
}

/// A sheet that has at least one cell.
#[derive(Debug)]
pub(super) struct PlannedSheet {
    pub path: PathBuf,
    pub format: StillFormat,
    pub columns: u32,
    pub cells: u32,
    /// Moments that are on no cell.
    pub beyond: usize,
    /// The kinds asked for, if there is no moment of any: then there is no file.
    pub none_of: Vec<MomentKind>,
}

/// What the plan knows already.
pub(super) struct Known<'a> {
    pub recording: &'a Recording,
    pub landmarks: &'a Landmarks,
    pub turns: &'a [Turn],
    pub scores: &'a mut [Score],
}

/// Plans all of them over the time that `map` shows, and adds their moments to `stills`.
pub(super) fn plan(
    request: &Request,
    known: &mut Known<'_>,
    map: &TimeMap,
    stills: &mut Vec<PlannedStill>,
) -> PlannedOverview {
    let mut planned = PlannedOverview::default();
    for (sheet, wanted) in request.overview.sheets.iter().enumerate() {
        let (mut cells, beyond) = cells(request, known, map, wanted);
        for (cell, still) in cells.iter_mut().enumerate() {
            let page = page_at(known, still.at).unwrap_or_default();
            still.purpose = Purpose::Cell { sheet, cell: cell as u32, page };
        }
        let none_of = match &wanted.at {
            CellMoments::Kinds(kinds) if cells.is_empty() => kinds.clone(),
            _ => Vec::new(),
        };
        planned.sheets.push(PlannedSheet {
            path: wanted.path.clone(),
            format: wanted.format,
            columns: wanted.columns,
            cells: cells.len() as u32,
            beyond,
            none_of,
        });
        stills.append(&mut cells);
    }
    if let Some(poster) = &request.overview.poster {
        planned.poster = Some((poster.path.clone(), poster.format));
        let found = candidates(known.recording, known.turns, map, &known.landmarks.moments);
        let still = |one: Candidate| PlannedStill::seen_at(one.at, Purpose::Candidate { weight: one.weight });
        stills.extend(found.into_iter().map(still));
    }
    planned
}

/// The cells of a sheet, and how many more moments there are.
fn cells(request: &Request, known: &mut Known<'_>, map: &TimeMap, wanted: &SheetRequest) -> (Vec<PlannedStill>, usize) {
    let most = wanted.cells as usize;
    let cell = || Purpose::Cell { sheet: 0, cell: 0, page: String::new() };
    let seen = |times: Vec<SessionTime>| times.into_iter().map(|at| PlannedStill::seen_at(at, cell())).collect();
    match &wanted.at {
        CellMoments::Evenly => (seen(evenly(map, most)), 0),
        CellMoments::Every(step) => (seen(every(map, *step, most)), beyond(map, *step, most)),
        CellMoments::Kinds(kinds) => {
            let purpose = |_, _, _| cell();
            let wanted = Wanted { kinds, most, purpose: &purpose };
            let mut cells = Vec::new();
            let left = gallery::add(request, &wanted, known.landmarks, known.scores, &mut cells);
            cells.retain(|still| map.begins() <= still.at && still.at <= map.ends());
            (cells, left.beyond)
        }
    }
}

/// The URL of the page in view.
fn page_at(known: &Known<'_>, at: SessionTime) -> Option<String> {
    let window = &known.recording.windows[window_at(known.turns, at)].id;
    let moments = &known.landmarks.moments;
    let begun = moments.partition_point(|moment| moment.at <= at);
    let of_page = |moment: &&Moment| moment.kind == MomentKind::Page && moment.window == *window;
    moments[..begun].iter().rfind(of_page).map(|moment| moment.label.clone())
}

/// The middles of so many equal parts of the time shown.
fn evenly(map: &TimeMap, cells: usize) -> Vec<SessionTime> {
    let all = length(map);
    let middle = |index: usize| ((index as f64 + 0.5) / cells as f64 * all as f64) as i64;
    let mut times: Vec<SessionTime> = (0..cells).map(|index| map.video_to_session(middle(index))).collect();
    times.dedup();
    times
}

/// The beginning of the time shown, and every `step` after it.
fn every(map: &TimeMap, step: SessionTime, most: usize) -> Vec<SessionTime> {
    let all = length(map);
    let step = step.micros().max(1);
    let times = (0..most as i64).map(|index| index * step).take_while(|at| *at == 0 || *at < all);
    times.map(|at| map.video_to_session(at)).collect()
}

fn beyond(map: &TimeMap, step: SessionTime, most: usize) -> usize {
    let (all, step) = (length(map).max(1).unsigned_abs(), step.micros().max(1).unsigned_abs());
    usize::try_from(all.div_ceil(step)).unwrap_or(usize::MAX).saturating_sub(most)
}

/// Of what is shown, µs.
fn length(map: &TimeMap) -> i64 {
    map.session_to_video(map.ends()).max(0)
}

impl PlannedSheet {
    /// Where its cells stand, if pictures are of this layout.
    pub(super) fn grid(&self, layout: &Layout, scale: f64) -> Grid {
        Grid::of(self.cells, self.columns, (layout.width, layout.height), scale)
    }
}

impl PlannedOverview {
    /// Refuses sheets that are too large.
    pub(super) fn check(&self, request: &Request, layout: &Layout) -> Result<(), RenderError> {
        self.sheets.iter().filter(|sheet| sheet.cells > 0).try_for_each(|sheet| {
            let (width, height) = sheet.grid(layout, request.scale).size();
            check_pixels(width, height, request.max_pixels)
        })
    }

    /// What the report warns of.
    pub(super) fn told(&self) -> Vec<(&'static str, u64, String)> {
        let mut told = Vec::new();
        for sheet in &self.sheets {
            let path = sheet.path.display();
            let kinds: Vec<&str> = sheet.none_of.iter().map(|kind| kind.name()).collect();
            let none = format!(
                "{path} was not made: the recording has no moments of the kinds asked for ({})",
                kinds.join(", ")
            );
            told.push(("no_moments", u64::from(!kinds.is_empty()), none));
            let beyond = sheet.beyond;
            told.push((
                "moments_beyond_the_most",
                beyond as u64,
                format!("{beyond} more moments are not on {path} (cells)"),
            ));
        }
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::{Idle, Span, Speed, Stretch};

    fn ms(ms: i64) -> SessionTime {
        SessionTime::from_millis(ms)
    }

    fn map(speed: f64, skipped: &[(i64, i64)]) -> TimeMap {
        let span = Span { from: ms(1000), to: ms(9000), speed: speed.to_string().parse::<Speed>().unwrap() };
        let idle: Vec<_> = skipped.iter().map(|(from, to)| Stretch { from: ms(*from), to: ms(*to) }).collect();
        TimeMap::new(span, Idle::Skip, &idle).unwrap()
    }

    #[test]
    fn even_cells_show_the_middles_of_equal_parts() {
        assert_eq!(evenly(&map(1.0, &[]), 4), [ms(2000), ms(4000), ms(6000), ms(8000)]);
        assert_eq!(evenly(&map(4.0, &[]), 4), [ms(2000), ms(4000), ms(6000), ms(8000)]);
        assert_eq!(evenly(&map(1.0, &[]), 1), [ms(5000)]);
    }

    #[test]
    fn time_that_is_skipped_has_no_cells() {
        assert_eq!(evenly(&map(1.0, &[(2000, 8000)]), 4), [ms(1250), ms(1750), ms(8250), ms(8750)]);
    }

    #[test]
    fn a_cell_for_every_so_much_time_begins_with_the_beginning() {
        assert_eq!(every(&map(1.0, &[]), ms(3000), 100), [ms(1000), ms(4000), ms(7000)]);
        assert_eq!(every(&map(1.0, &[]), ms(4000), 100), [ms(1000), ms(5000)]);
        assert_eq!(every(&map(1.0, &[]), ms(60_000), 100), [ms(1000)]);
        assert_eq!((every(&map(1.0, &[]), ms(1000), 3).len(), beyond(&map(1.0, &[]), ms(1000), 3)), (3, 5));
        assert_eq!(beyond(&map(1.0, &[]), ms(60_000), 3), 0);
    }
}
