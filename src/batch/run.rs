//! The run: takes what waits, makes it, keeps the files, notes what became of it.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use futures::{FutureExt as _, StreamExt as _, TryStreamExt as _};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::depot::{Depot, DepotError};
use super::entry::{Entry, EntryState};
use super::item::Item;
use super::maker::{self, Made, Unmade};
use super::manifest::Manifest;
use super::naming::{Names, Template};
use super::plan::{Rules, Todo};
use super::queue::{Queue, Waiting, cost};
use super::submit::Service;
use super::{Counts, Here, Tell};
use crate::ledger::Failure;
use crate::worker::{JobWatch, Outcome, OutputFile, Workspace};

/// Who makes the files.
#[derive(Debug)]
pub enum Maker {
    /// This process.
    Here(Box<Here>),
    /// A service's workers.
    Service(Box<Service>),
}

/// A batch, ready to run.
pub struct Batch {
    /// Where the archive lies.
    pub depot: Depot,
    /// Who makes the files.
    pub maker: Maker,
    /// What is to be done again.
    pub rules: Rules,
    /// What files are called.
    pub template: Template,
    /// Recordings at once.
    pub jobs: usize,
    /// Memory that they may want together, bytes.
    pub memory: i64,
    /// How often a recording is begun, if what failed may go better.
    pub attempts: u32,
    /// Write the page.
    pub page: bool,
}

/// Recordings after which the manifest is written anew.
const JOIN_EVERY: usize = 250;

/// Files that a store is asked for at once: one after the other an archive of ten thousand would take half an hour to look through.
const ASKED_AT_ONCE: usize = 32;

struct Run<'a> {
    batch: Arc<Batch>,
    manifest: Arc<Manifest>,
    workspace: Arc<Workspace>,
    names: Arc<Mutex<Names>>,
    stop: &'a CancellationToken,
    tell: &'a dyn Tell,
    counts: Counts,
    began: Instant,
    /// What runs, by key: how far it is, and what it costs.
    under_way: BTreeMap<String, (Arc<JobWatch>, u64)>,
}

/// One recording's end.
struct Ended {
    waiting: Waiting,
    memory: i64,
    what: Result<What, DepotError>,
}

enum What {
    Noted(EntryState),
    /// Its content is what it was, and so is what came of it.
    Same(EntryState),
    Again(Failure),
    Stopped,
}

impl Batch {
    /// What is to be done with each, in their order. Asks the archive whether the files are there.
    pub async fn plan(&self, manifest: &Manifest, items: Vec<Item>) -> Result<Vec<(Item, Todo)>, DepotError> {
        let planned = items.into_iter().map(async |item| {
            let entry = manifest.get(&item.key());
            let there = match &entry {
                Some(entry) if entry.order == self.rules.order && entry.state == EntryState::Done => {
                    self.all_there(entry).await?
                }
                _ => false,
            };
            let todo = self.rules.decide(&item, entry.as_ref(), |_| there);
            Ok((item, todo))
        });
        futures::stream::iter(planned).buffered(ASKED_AT_ONCE).try_collect().await
    }

    async fn all_there(&self, entry: &Entry) -> Result<bool, DepotError> {
        for output in &entry.outputs {
            if self.depot.size(&output.name).await? != Some(output.bytes) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Does it. Stopped on the way, it ends what it can end at once, writes the manifest and returns; what was finished stays finished.
    pub async fn run(
        self: Arc<Self>,
        manifest: Arc<Manifest>,
        plan: Vec<(Item, Todo)>,
        stop: &CancellationToken,
        tell: &dyn Tell,
    ) -> Result<Counts, DepotError> {
        let mut counts = Counts { total: plan.len(), ..Counts::default() };
        let mut waiting = Vec::new();
        for (item, todo) in plan {
            let look = match todo {
                Todo::Nothing => {
                    counts.unchanged += 1;
                    continue;
                }
                Todo::FailedBefore => {
                    counts.failed_before += 1;
                    continue;
                }
                Todo::Look => true,
                Todo::Render(_) => false,
            };
            let known_sha256 = manifest.get(&item.key()).and_then(|entry| entry.source_sha256).filter(|_| look);
            waiting.push(Waiting { item, attempt: 0, look, known_sha256 });
        }
        let work = self.depot.work_folder();
        let workspace = Workspace::open(&work).map_err(|source| DepotError::Disk { path: work.clone(), source })?;
        let entries = manifest.all();
        let done = entries.iter().filter(|entry| entry.state == EntryState::Done);
        let names = Names::taken(done.map(|entry| (entry.name.as_str(), entry.key.as_str())));
        let queue = Queue::new(waiting, self.memory);
        let run = Run {
            batch: Arc::clone(&self),
            manifest: Arc::clone(&manifest),
            workspace: Arc::new(workspace),
            names: Arc::new(Mutex::new(names)),
            stop,
            tell,
            counts,
            began: Instant::now(),
            under_way: BTreeMap::new(),
        };
        let counts = run.all(queue).await;
        // Whatever ended it, what is known is written where people look for it.
        manifest.join(&self.depot, self.page).await?;
        counts
    }
}

impl Run<'_> {
    async fn all(mut self, mut queue: Queue) -> Result<Counts, DepotError> {
        let mut tasks: JoinSet<Ended> = JoinSet::new();
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(500));
        let (mut done_cost, mut unjoined) = (0, 0);
        loop {
            while tasks.len() < self.batch.jobs.max(1) && !self.stop.is_cancelled() {
                let Some((waiting, memory)) = queue.next() else { break };
                self.begin(&mut tasks, waiting, memory);
            }
            let ended = tokio::select! {
                ended = tasks.join_next() => ended,
                _ = tick.tick() => {
                    self.report(done_cost, queue.bytes());
                    continue;
                }
            };
            let Some(ended) = ended else { break };
            // None is aborted, and a panic is caught where it happens.
            let Ok(Ended { mut waiting, memory, what }) = ended else { continue };
            queue.give_back(memory);
            let key = waiting.item.key();
            self.under_way.remove(&key);
            match what? {
                What::Stopped => continue,
                What::Again(failure) => {
                    self.tell.line(&format!("{} is tried again at the end: {}", waiting.item.shown(), failure.message));
                    waiting.attempt += 1;
                    queue.again(waiting);
                    continue;
                }
                What::Same(EntryState::Done) => self.counts.unchanged += 1,
                What::Same(EntryState::Failed) => self.counts.failed_before += 1,
                What::Noted(EntryState::Done) => self.counts.done += 1,
                What::Noted(EntryState::Failed) => {
                    self.counts.failed += 1;
                    let failure = self.manifest.get(&key).and_then(|entry| entry.failure);
                    let reason = failure.map(|failure| failure.message).unwrap_or_default();
                    self.tell.line(&format!("{} failed: {reason}", waiting.item.shown()));
                }
            }
            done_cost += cost(&waiting.item);
            unjoined += 1;
            if unjoined == JOIN_EVERY {
                unjoined = 0;
                self.manifest.join(&self.batch.depot, self.batch.page).await?;
            }
            self.report(done_cost, queue.bytes());
        }
        self.counts.stopped = self.stop.is_cancelled();
        Ok(self.counts)
    }

    fn begin(&mut self, tasks: &mut JoinSet<Ended>, waiting: Waiting, memory: i64) {
        let watch = maker::watch(self.stop);
        self.under_way.insert(waiting.item.key(), (Arc::clone(&watch), cost(&waiting.item)));
        let one = One {
            batch: Arc::clone(&self.batch),
            manifest: Arc::clone(&self.manifest),
            workspace: Arc::clone(&self.workspace),
            names: Arc::clone(&self.names),
            stop: self.stop.clone(),
            watch,
        };
        tasks.spawn(async move {
            let what = match AssertUnwindSafe(one.make(&waiting)).catch_unwind().await {
                Ok(what) => what,
                Err(_) => one.broke(&waiting.item).await,
            };
            Ended { waiting, memory, what }
        });
    }

    fn report(&mut self, done_cost: u64, waiting_cost: u64) {
        let shares = self.under_way.values().map(|(watch, cost)| (watch.progress().ratio * *cost as f64, *cost as f64));
        let (gone, running) = shares.fold((0.0, 0.0), |sum, share| (sum.0 + share.0, sum.1 + share.1));
        let gone = done_cost as f64 + gone;
        let all = done_cost as f64 + running + waiting_cost as f64;
        self.counts.share = if all > 0.0 { gone / all } else { 1.0 };
        let spent = self.began.elapsed().as_secs_f64();
        // Before something has been done the pace says nothing.
        self.counts.left_s = (self.counts.share > 0.005).then(|| spent * (1.0 - self.counts.share) / self.counts.share);
        self.counts.running = self.under_way.len();
        self.tell.progress(&self.counts);
    }
}

/// One recording under way.
struct One {
    batch: Arc<Batch>,
    manifest: Arc<Manifest>,
    workspace: Arc<Workspace>,
    names: Arc<Mutex<Names>>,
    stop: CancellationToken,
    watch: Arc<JobWatch>,
}

impl One {
    async fn make(&self, waiting: &Waiting) -> Result<What, DepotError> {
        let item = &waiting.item;
        let began = Instant::now();
        let failed = |source| DepotError::Disk { path: self.batch.depot.work_folder(), source };
        let folder = self.workspace.folder().map_err(failed)?;
        let known = waiting.known_sha256.as_deref().filter(|_| waiting.look);
        let making = async {
            match &self.batch.maker {
                Maker::Here(here) => here.make(item, known, folder.path(), &self.watch).await,
                Maker::Service(service) => service.make(item, known, folder.path(), &self.watch).await,
            }
        };
        let made = tokio::select! {
            made = making => made,
            () = self.stop.cancelled() => return Ok(What::Stopped),
        };
        let before = self.manifest.get(&item.key());
        let entry = match made {
            Ok(Made::Same) => {
                let state = before.as_ref().map_or(EntryState::Done, |entry| entry.state);
                if let Some(entry) = before.filter(|entry| entry.stamp != item.stamp) {
                    // Read and found the same: next time its stamp tells.
                    self.note(Entry { stamp: item.stamp.clone(), ..entry }).await?;
                }
                return Ok(What::Same(state));
            }
            Ok(Made::Files(outcome)) => {
                let name = self.name(item, &outcome);
                let outputs = self.keep(&outcome, &name, folder.path()).await?;
                let Outcome { session, video_ms, frames_sha256, moments, warnings, source_sha256, .. } = *outcome;
                Entry {
                    session,
                    video_ms,
                    frames_sha256,
                    moments,
                    warnings,
                    outputs,
                    source_sha256: Some(source_sha256),
                    ..self.blank(item, EntryState::Done, name)
                }
            }
            Err(Unmade { failure, .. }) if self.stop.is_cancelled() && failure.retryable => return Ok(What::Stopped),
            Err(Unmade { failure, .. }) if failure.retryable && waiting.attempt + 1 < self.batch.attempts => {
                return Ok(What::Again(failure));
            }
            Err(Unmade { failure, source_sha256 }) => Entry {
                failure: Some(failure),
                source_sha256,
                ..self.blank(item, EntryState::Failed, item.path.clone())
            },
        };
        let state = entry.state;
        let entry = Entry { took_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX), ..entry };
        let kept: Vec<&str> = entry.outputs.iter().map(|output| output.name.as_str()).collect();
        let gone = before.iter().flat_map(|before| &before.outputs);
        let gone: Vec<String> =
            gone.map(|output| output.name.clone()).filter(|name| !kept.contains(&name.as_str())).collect();
        self.note(entry).await?;
        for name in gone {
            self.batch.depot.delete(&name).await?;
        }
        Ok(What::Noted(state))
    }

    /// A fault of this program ends the one recording that it came with.
    async fn broke(&self, item: &Item) -> Result<What, DepotError> {
        let message = "internal error: see the log".to_owned();
        let failure = Some(Failure { code: "internal".to_owned(), message, retryable: true });
        self.note(Entry { failure, ..self.blank(item, EntryState::Failed, item.path.clone()) }).await?;
        Ok(What::Noted(EntryState::Failed))
    }

    fn blank(&self, item: &Item, state: EntryState, name: String) -> Entry {
        let finished_at = jiff::Timestamp::now().to_string();
        Entry { finished_at, ..Entry::blank(item, state, name, &self.batch.rules.order) }
    }

    async fn note(&self, entry: Entry) -> Result<(), DepotError> {
        self.manifest.note(&self.batch.depot, entry).await
    }

    fn name(&self, item: &Item, outcome: &Outcome) -> String {
        let name = self.batch.template.name(item, outcome.session.as_ref(), &outcome.source_sha256);
        self.names.lock().unwrap_or_else(PoisonError::into_inner).take(name, &item.key())
    }

    /// Puts the files under their names; none counts before the entry is noted.
    async fn keep(&self, outcome: &Outcome, name: &str, folder: &Path) -> Result<Vec<OutputFile>, DepotError> {
        let mut kept = Vec::with_capacity(outcome.outputs.len());
        for output in &outcome.outputs {
            let file = folder.join(&output.name);
            let name = called(name, &output.name);
            self.batch.depot.keep(&file, &name).await?;
            kept.push(OutputFile { name, ..output.clone() });
        }
        Ok(kept)
    }
}

/// What a recording's file is called: `replay.mp4` as the recording, `clip.gif` as the recording and `-clip`.
fn called(recording: &str, file: &str) -> String {
    match file.strip_prefix("replay") {
        Some(rest) if rest.starts_with(['.', '-']) => format!("{recording}{rest}"),
        _ => format!("{recording}-{file}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_after_the_recording() {
        assert_eq!(called("a/b", "replay.mp4"), "a/b.mp4");
        assert_eq!(called("a/b", "replay-error-1.png"), "a/b-error-1.png");
        assert_eq!(called("a/b", "clip.gif"), "a/b-clip.gif");
        assert_eq!(called("a/b", "replays.gif"), "a/b-replays.gif");
    }
}
