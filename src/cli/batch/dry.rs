//! `--dry-run`: what would be done, and what it is thought to cost.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::pending;
use crate::batch::{Estimate, Item, Prices, Todo, Why};
use crate::cli::failure::Failure;
use crate::cli::pack::counted;
use crate::cli::say;
use crate::order::said::Said;
use crate::recording::clock_of;
use crate::source::Place;
use crate::worker::Machine;

/// Tells it on stdout.
pub(super) async fn tell(
    plan: &[(Item, Todo)],
    machine: &Arc<Machine>,
    said: &Said,
    jobs: usize,
    passed_over: usize,
    stop: &CancellationToken,
) -> Result<(), Failure> {
    let count = |wanted: fn(&Todo) -> bool| plan.iter().filter(|(_, todo)| wanted(todo)).count();
    say(format_args!("{} found", counted(plan.len(), "recording")))?;
    for (what, number) in [
        ("new", count(|todo| *todo == Todo::Render(Why::New))),
        ("to be made with other options", count(|todo| *todo == Todo::Render(Why::Order))),
        ("with files missing", count(|todo| *todo == Todo::Render(Why::Missing))),
        ("to be made anew", count(|todo| *todo == Todo::Render(Why::Fresh))),
        ("failed before, to be tried again", count(|todo| *todo == Todo::Render(Why::Failed))),
        ("to be read, and made if they have changed", count(|todo| *todo == Todo::Look)),
        ("there already", count(|todo| *todo == Todo::Nothing)),
        ("failed before, not tried again", count(|todo| *todo == Todo::FailedBefore)),
        ("files not called like recordings", passed_over),
    ] {
        if number > 0 {
            say(format_args!("  {number} {what}"))?;
        }
    }
    let (mut all, mut read, mut unread, mut unreadable) = (Estimate::default(), 0_usize, 0_usize, 0_usize);
    for item in pending(plan) {
        if stop.is_cancelled() {
            return Err(Failure::interrupted());
        }
        let Ok(places) = item.locations() else { continue };
        if !places.iter().all(Place::is_local) {
            unread += 1;
            continue;
        }
        match machine.estimate(&places, said).await {
            Ok(estimate) => {
                all = all.and(estimate);
                read += 1;
            }
            Err(_) => unreadable += 1,
        }
    }
    if unreadable > 0 {
        say(format_args!("  {unreadable} cannot be read and will fail"))?;
    }
    // What is not here yet is thought to be like what is.
    let scale = if read > 0 { (read + unread) as f64 / read as f64 } else { 1.0 };
    if read > 0 {
        let seconds = all.seconds * scale / jobs.max(1) as f64;
        let like = if unread > 0 {
            format!(" ({unread} are not on this machine, and thought to be like the {read} that are)")
        } else {
            String::new()
        };
        say(format_args!(
            "about {} with {}, and {} of files{like}",
            clock_of(seconds.ceil() as u64),
            counted(jobs, "job"),
            indicatif::DecimalBytes((all.bytes * scale) as u64)
        ))?;
    } else if unread > 0 {
        say("none of them is on this machine: time and size cannot be told without reading them")?;
    }
    Ok(())
}

impl Machine {
    async fn estimate(self: &Arc<Self>, places: &[Place], said: &Said) -> Result<Estimate, Failure> {
        let opened = self.opened(places, said).await.map_err(Failure::failed)?;
        let outputs = said.order.outputs("replay")?;
        let videos = outputs.videos.iter().map(|video| (video.fps.as_f64(), video.speed.as_f64()));
        let estimates = videos.map(|(fps, speed)| Estimate::of(&opened, fps, speed, &Prices::MEASURED));
        Ok(estimates.fold(Estimate::default(), Estimate::and))
    }
}
