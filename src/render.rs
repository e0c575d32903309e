//! The pipeline: one pass over the session feeds every output asked for.

mod album;
mod apart;
mod booth;
mod cues;
mod ensemble;
mod error;
mod gallery;
mod look;
mod loops;
mod moment;
mod naming;
mod overlay;
mod overview;
mod passage;
mod performance;
mod plan;
mod poster;
mod relay;
mod report;
mod request;
mod sidecar;
mod sight;
mod studio;
mod surroundings;
mod tally;
mod unrolled;
mod watch;

use std::sync::{Arc, Mutex};
use std::time::Instant as Clock;

pub use booth::Booth;
pub use error::RenderError;
pub use look::{BarItem, BarLook, Look};
pub use naming::{NameError, NameTemplate};
pub use plan::picture_size;
pub use report::{
    Output, OutputCell, OutputMoment, Report, Resource, Resources, TimeMapPiece, Timings, VideoFacts, Warning,
    WindowTurn,
};
pub use request::{
    CellMoments, MomentStills, Overview, Part, PosterRequest, Request, SheetRequest, SidecarKind, SidecarRequest, Size,
    StillRequest, VideoRequest, WindowChoice,
};
pub use watch::{Progress, Unwatched, Watch};

use crate::stage::{Layout, StageOptions};
use album::Album;
use apart::Apart;
use plan::Plan;
use sidecar::Sidecars;
use studio::{Produced, Studio};
use tally::Tally;

/// Renders a recording.
///
/// All files appear whole at their places at the end, or, on any error and when the future is dropped, none do; browser, encoders
/// and temporary folders are gone in both cases.
pub async fn render(request: &Request, watch: &dyn Watch) -> Result<Report, RenderError> {
    let started = Clock::now();
    let plan = Plan::of(request)?;
    let sidecars = Sidecars::write(request, &plan)?;
    let (produced, tally) = if plan.has_pictures() {
        let played = tokio::time::timeout(request.max_time, play(request, &plan, watch)).await;
        played.map_err(|_| RenderError::TooLong { limit: request.max_time })??
    } else {
        (Produced::default(), Tally::default())
    };
    let mut report = Report::new(&request.recording, &plan, produced, &tally, started.elapsed(), request);
    let files = sidecars.keep(&report.outputs)?;
    report.outputs.extend(files);
    Ok(report)
}

async fn play(request: &Request, plan: &Plan, watch: &dyn Watch) -> Result<(Produced, Tally), RenderError> {
    let album = Arc::new(Mutex::new(Album::open(request, plan)?));
    let mut studio = Studio::open(request, plan, &album)?;
    let mut tally = Tally::default();
    // First those that can be impossible, so that a mistake does not cost a video.
    let apart = Apart::take(request, plan, &album, &mut tally, watch).await?;
    if plan.instants().next().is_some() {
        let options = stage_options(request, plan.layout);
        let windows = &request.recording.windows;
        tally.add(ensemble::play(plan, windows, &options, request.browsers, &mut studio, watch).await?);
    }
    Ok((studio.close().await?.with(apart)?, tally))
}

fn stage_options(request: &Request, layout: Layout) -> StageOptions {
    let [red, green, blue] = request.look.theme.backdrop();
    StageOptions {
        chromium: request.chromium.clone(),
        layout,
        canvas_recorded: request.recording.has_canvas_drawings(),
        deepest: request.deepest,
        background: format!("rgb({red} {green} {blue})"),
        page_timeout: request.page_timeout,
        assets: Arc::clone(&request.assets),
        pool: request.pool.clone(),
    }
}
