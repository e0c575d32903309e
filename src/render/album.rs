//! Contact sheets and the poster in the making: they come from the pass, picture by picture.

use std::sync::Arc;

use super::gallery::{PlannedStill, Purpose};
use super::plan::Plan;
use super::poster;
use super::report::OutputCell;
use super::{RenderError, Request};
use crate::compose::{Busyness, Frame, Grid, Lettering, Sheet, Theme};
use crate::encode::{StillPlace, WrittenStill};
use crate::recording::{SessionTime, clock};

/// Characters of a page's title.
const LONGEST_TITLE: usize = 200;

/// See the module. Dropping it leaves nothing.
#[derive(Debug, Default)]
pub(super) struct Album {
    /// By the number of the sheet; none for one without cells.
    sheets: Vec<Option<Page>>,
    poster: Option<Poster>,
    lettering: Option<Lettering>,
}

#[derive(Debug)]
struct Page {
    place: StillPlace,
    grid: Grid,
    sheet: Sheet,
    cells: Vec<OutputCell>,
}

#[derive(Debug)]
struct Poster {
    place: StillPlace,
    best: Option<Best>,
}

#[derive(Debug)]
struct Best {
    score: f64,
    at: SessionTime,
    title: String,
    picture: Arc<Frame>,
}

/// A file that is written, but not yet in its place, and what it shows.
#[derive(Debug)]
pub(super) struct Pasted {
    pub still: WrittenStill,
    pub shows: Shows,
}

/// What a picture of a whole session shows.
#[derive(Debug, Clone)]
pub(super) enum Shows {
    Cells(Vec<OutputCell>),
    Best { at: SessionTime, title: String },
}

impl Album {
    /// Reserves the places of all files.
    pub(super) fn open(request: &Request, plan: &Plan) -> Result<Self, RenderError> {
        let mut album = Self::default();
        let theme: Theme = request.look.theme;
        for planned in &plan.overview.sheets {
            if planned.cells == 0 {
                album.sheets.push(None);
                continue;
            }
            let place = StillPlace::reserve(planned.format, request.overview.max_bytes, &planned.path)?;
            let grid = planned.grid(&plan.layout, request.scale);
            album.sheets.push(Some(Page { place, grid, sheet: Sheet::new(grid, theme), cells: Vec::new() }));
            album.lettering.get_or_insert_with(Lettering::new);
        }
        if let Some((path, format)) = &plan.overview.poster {
            let place = StillPlace::reserve(*format, request.overview.max_bytes, path)?;
            album.poster = Some(Poster { place, best: None });
        }
        Ok(album)
    }

    /// Takes a picture in, if it is one of its own. `title` is that of the page.
    pub(super) fn take(&mut self, planned: &PlannedStill, picture: &Arc<Frame>, title: &str) {
        let title: String = title.chars().take(LONGEST_TITLE).collect();
        match &planned.purpose {
            Purpose::File { .. } => {}
            Purpose::Cell { sheet, cell, page: url } => {
                if let (Some(Some(page)), Some(lettering)) = (self.sheets.get_mut(*sheet), self.lettering.as_mut()) {
                    let title = if title.trim().is_empty() { url.clone() } else { title };
                    page.put(planned, *cell, picture, title, lettering);
                }
            }
            Purpose::Candidate { weight } => {
                let Some(poster) = &mut self.poster else { return };
                let score = poster::score(*weight, Busyness::of(picture));
                if poster.best.as_ref().is_none_or(|best| score > best.score) {
                    let (at, picture) = (planned.at, Arc::clone(picture));
                    poster.best = Some(Best { score, at, title, picture });
                }
            }
        }
    }

    /// Writes all of them beside their places.
    pub(super) fn write(self) -> Result<Vec<Pasted>, RenderError> {
        let mut written = Vec::new();
        for Page { place, sheet, cells, .. } in self.sheets.into_iter().flatten() {
            written.push(Pasted { still: place.write(&sheet.finish())?, shows: Shows::Cells(cells) });
        }
        if let Some(Poster { place, best }) = self.poster {
            let best = best.ok_or(RenderError::Internal("no picture was taken for the poster"))?;
            let shows = Shows::Best { at: best.at, title: best.title };
            written.push(Pasted { still: place.write(&best.picture)?, shows });
        }
        Ok(written)
    }
}

impl Page {
    fn put(&mut self, planned: &PlannedStill, cell: u32, picture: &Frame, title: String, lettering: &mut Lettering) {
        let title = match &planned.moment {
            Some(of) => format!("{}: {}", of.moment.kind, of.moment.label),
            None => title,
        };
        self.sheet.put(cell, picture, &clock(planned.at.millis()), &title, lettering);
        let (x, y) = self.grid.place(cell);
        let (width, height) = self.grid.cell;
        self.cells.push(OutputCell { at_ms: planned.at.millis(), x, y, width, height, title });
    }
}
