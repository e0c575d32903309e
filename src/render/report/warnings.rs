//! What somebody who looks at the result ought to know.

use std::collections::BTreeMap;

use super::{Output, Warning, most_frequent};
use crate::recording::Recording;
use crate::render::Request;
use crate::render::plan::Plan;
use crate::render::tally::Tally;
use crate::stage::PageReport;
use crate::timeline::Piece;

/// Counts placeholders by their kind, the first word of each.
pub(super) fn by_kind(placeholders: &[String]) -> BTreeMap<String, u64> {
    let mut kinds = BTreeMap::new();
    for placeholder in placeholders {
        let kind = placeholder.split(' ').next().unwrap_or_default();
        *kinds.entry(kind.to_owned()).or_default() += 1;
    }
    kinds
}

/// How much idle time there was, and what became of it.
fn idle_time(pieces: &[Piece]) -> String {
    let session: f64 = pieces.iter().map(|piece| (piece.to - piece.from).seconds()).sum();
    let video: f64 = pieces.iter().map(|piece| (piece.video_to_ms - piece.video_from_ms) / 1000.0).sum();
    let became = if video > 0.0 { format!("{video:.1} s of video") } else { "skipped".to_owned() };
    let stretches = if pieces.len() == 1 { "1 stretch".to_owned() } else { format!("{} stretches", pieces.len()) };
    format!("{session:.1} s in which nobody did anything, in {stretches}, are {became} (--idle)")
}

/// What limits on bytes cost.
pub(super) fn gave_way(outputs: &[Output]) -> impl Iterator<Item = Warning> {
    let fitted = |output: &Output| {
        let fitted = output.fitted.as_ref().or_else(|| output.video.as_ref()?.fitted.as_ref())?;
        let message = format!("{}: {fitted} (--max-bytes)", output.path.display());
        (!fitted.gave_up.is_empty()).then_some(Warning { code: "fitted", count: 1, message })
    };
    outputs.iter().filter_map(fitted)
}

/// A film of nothing is worth a word: its page may lack what it needs, or the recording may have been taken of an empty one.
pub(super) fn nothing_seen(blank: bool) -> Option<Warning> {
    let message = "nothing is to be seen of the page: it is one colour from beginning to end".to_owned();
    blank.then_some(Warning { code: "blank", count: 1, message })
}

/// What pages show otherwise than it was recorded.
fn changed(page: &PageReport, request: &Request) -> [(&'static str, u64, String); 4] {
    let PageReport { unplaced, removed, too_deep, undrawn, .. } = page;
    [
        ("unplaced_changes", *unplaced, format!("{unplaced} changes name nodes that the recording does not have")),
        (
            "removed_attributes",
            *removed,
            format!("{removed} attributes that could run, load or navigate were taken out"),
        ),
        (
            "nested_too_deep",
            *too_deep,
            format!(
                "{too_deep} nodes are left out, with all in them: they are nested deeper than {} (--max-page-depth)",
                request.deepest
            ),
        ),
        (
            "undrawn_commands",
            *undrawn,
            format!("{undrawn} drawing commands of canvases need something that was not recorded"),
        ),
    ]
}

pub(super) fn warnings(
    recording: &Recording,
    plan: &Plan,
    tally: &Tally,
    request: &Request,
    without_element: usize,
) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |code, count: u64, message: String| {
        if count > 0 {
            warnings.push(Warning { code, count, message });
        }
    };
    for repair in &recording.repairs {
        warn("repaired", repair.count, repair.to_string());
    }
    let start = plan.landmarks.start;
    if start.millis() >= 1000.0 {
        warn(
            "leading_time_left_out",
            1,
            format!("the first {start} of the recording hold no full snapshot: the video starts after them"),
        );
    }
    for video in &plan.videos {
        let pieces: Vec<Piece> = video.map.shortened().collect();
        let path = video.request.path.display();
        warn("idle_shortened", pieces.len() as u64, format!("{path}: {}", idle_time(&pieces)));
    }
    for (code, count, message) in plan.left_out.told(without_element).into_iter().chain(plan.overview.told()) {
        warn(code, count, message);
    }
    let unshown = plan.scores.iter().map(|score| score.unshown as u64).sum();
    warn(
        "events_before_snapshot",
        unshown,
        format!("{unshown} events before the first full snapshot could not be shown"),
    );
    let is_shown = |index: &usize| {
        let of_moment = plan.apart.iter().any(|still| still.window == Some(*index));
        of_moment || plan.turns.iter().any(|turn| turn.window == *index)
    };
    let others: Vec<&str> = (0..recording.windows.len())
        .filter(|index| !is_shown(index))
        .map(|index| recording.windows[index].id.as_str())
        .collect();
    warn(
        "other_windows",
        others.len() as u64,
        format!(
            "not shown: the windows {} (--window ID shows one, --window each makes a file of each)",
            others.join(", ")
        ),
    );
    let missing = most_frequent(&tally.page.missing);
    let some: Vec<&str> = missing.iter().take(5).map(|resource| resource.url.as_str()).collect();
    let times: u64 = missing.iter().map(|resource| resource.count).sum();
    warn(
        "missing_resources",
        missing.len() as u64,
        format!(
            "{} resources are not in the recording and were asked for {times} times, most often {} (see --assets)",
            missing.len(),
            some.join(", ")
        ),
    );
    for (code, count, message) in changed(&tally.page, request) {
        warn(code, count, message);
    }
    let kinds = by_kind(&tally.page.placeholders);
    let kinds: Vec<String> = kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    warn(
        "placeholders",
        tally.page.placeholders.len() as u64,
        format!("parts of the page were not recorded and are drawn as labelled boxes: {}", kinds.join(", ")),
    );
    if let Some(reason) = &tally.replaced {
        warn("browser_replaced", 1, format!("the browser was replaced on the way: {reason}"));
    }
    let unfetched = request.assets.unfetched();
    let some: Vec<String> = unfetched.iter().take(5).map(|(url, reason)| format!("{url} ({reason})")).collect();
    warn(
        "unfetched_assets",
        unfetched.len() as u64,
        format!("{} assets could not be fetched, for example {}", unfetched.len(), some.join("; ")),
    );
    if !request.chromium.sandbox {
        warn("no_sandbox", 1, "Chromium ran without its sandbox (--no-sandbox)".to_owned());
    }
    warnings
}
