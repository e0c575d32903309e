//! Where idle browsers lie.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

use super::{Key, Lease, PoolCounters, PoolOptions, Stage, StageError};
use crate::stage::browser::Browser;

/// What each step of making a page ready ahead of its job is given; nobody waits for it yet.
const READY_TIMEOUT: Duration = Duration::from_secs(30);

/// A browser that is idle, or will be as soon as its next page is ready. Dropping it ends the browser.
#[derive(Debug)]
pub(super) struct Berth {
    key: Arc<Key>,
    since: Instant,
    /// Makes the page ready; holds it then.
    page: JoinHandle<Result<Stage, StageError>>,
    /// Once it has started.
    browser: Arc<OnceLock<Weak<Browser>>>,
}

impl Drop for Berth {
    fn drop(&mut self) {
        self.page.abort();
    }
}

impl Berth {
    fn new(
        key: &Arc<Key>,
        browser: Arc<OnceLock<Weak<Browser>>>,
        page: impl Future<Output = Result<Stage, StageError>> + Send + 'static,
    ) -> Self {
        Self { key: Arc::clone(key), since: Instant::now(), page: tokio::spawn(page), browser }
    }

    /// Waits for the page.
    pub(super) async fn ready(mut self) -> Result<Stage, StageError> {
        let lost = |error: tokio::task::JoinError| StageError::Protocol {
            doing: "while opening a page".into(),
            message: error.to_string(),
        };
        (&mut self.page).await.map_err(lost)?
    }

    /// Whether there is, or will be, nothing to use.
    fn is_dead(&self) -> bool {
        match self.browser.get() {
            Some(browser) => browser.upgrade().is_none_or(|browser| browser.is_gone()),
            None => self.page.is_finished(),
        }
    }
}

/// What the pool, its upkeep and its leases share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) options: PoolOptions,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// The one that was used last comes last.
    idle: Vec<Berth>,
    /// All that were started, as long as they are there.
    running: Vec<Weak<Browser>>,
    counters: PoolCounters,
}

impl Shared {
    pub(super) fn new(options: PoolOptions) -> Self {
        Self { options, state: Mutex::default() }
    }

    /// Takes out the idle browser that was used last.
    pub(super) fn take(&self, key: &Key) -> Option<Berth> {
        self.end_dead();
        let mut state = self.state();
        let fits = |berth: &Berth| *berth.key == *key;
        let ready = state.idle.iter().rposition(|berth| fits(berth) && berth.page.is_finished());
        let found = ready.or_else(|| state.idle.iter().rposition(fits))?;
        Some(state.idle.remove(found))
    }

    /// Starts a browser for a job.
    pub(super) async fn launch(
        self: &Arc<Self>,
        key: &Arc<Key>,
        loads: bool,
        page_timeout: Duration,
    ) -> Result<Stage, StageError> {
        launch(Arc::downgrade(self), Arc::clone(key), loads, page_timeout, Arc::default()).await
    }

    /// Has one idle, or about to be.
    pub(super) fn warm(self: &Arc<Self>, key: &Arc<Key>) {
        let mut state = self.state();
        if state.idle.len() >= self.options.most_idle || state.idle.iter().any(|berth| berth.key == *key) {
            return;
        }
        let started = Arc::<OnceLock<_>>::default();
        let page = launch(Arc::downgrade(self), Arc::clone(key), false, READY_TIMEOUT, Arc::clone(&started));
        state.idle.push(Berth::new(key, started, page));
    }

    /// Keeps a browser whose job ended in order, or ends it.
    pub(super) fn keep(self: &Arc<Self>, browser: Arc<Browser>, key: &Arc<Key>, jobs: u32, loads: bool, lease: Lease) {
        if jobs >= self.options.most_jobs {
            self.count(|counters| counters.recycled_after_jobs += 1);
            end(browser);
            self.warm(key);
            return;
        }
        if self.options.most_idle == 0 {
            self.count(|counters| counters.recycled_surplus += 1);
            end(browser);
            return;
        }
        let known = Arc::new(OnceLock::from(Arc::downgrade(&browser)));
        let berth = Berth::new(key, known, lease.page(browser, loads, READY_TIMEOUT));
        let mut state = self.state();
        state.idle.push(berth);
        let surplus = state.idle.len().saturating_sub(self.options.most_idle);
        let ended: Vec<Berth> = state.idle.drain(..surplus).collect();
        state.counters.recycled_surplus += surplus as u64;
        drop(state);
        end(ended);
    }

    /// Ends idle browsers that are of no use any more.
    pub(super) fn end_dead(&self) {
        self.end_where(Berth::is_dead, |counters, ended| counters.died += ended);
    }

    /// Ends idle browsers that took too much memory, which is counted already.
    pub(super) fn end_condemned(&self) {
        let condemned = |berth: &Berth| {
            let browser = berth.browser.get().and_then(Weak::upgrade);
            browser.is_some_and(|browser| browser.is_condemned())
        };
        self.end_where(condemned, |_, _| {});
    }

    /// Ends idle browsers that nobody wanted.
    pub(super) fn end_unwanted(&self) {
        let idle_time = self.options.idle_time;
        self.end_where(|berth| berth.since.elapsed() >= idle_time, |counters, ended| counters.recycled_idle += ended);
    }

    fn end_where(&self, which: impl Fn(&Berth) -> bool, count: impl Fn(&mut PoolCounters, u64)) {
        let mut state = self.state();
        let ended: Vec<Berth> = state.idle.extract_if(.., |berth| which(berth)).collect();
        count(&mut state.counters, ended.len() as u64);
        drop(state);
        if !ended.is_empty() {
            end(ended);
        }
    }

    /// All browsers that run, idle and at work.
    pub(super) fn running(&self) -> Vec<Arc<Browser>> {
        let mut state = self.state();
        state.running.retain(|browser| browser.strong_count() > 0);
        state.running.iter().filter_map(Weak::upgrade).filter(|browser| !browser.is_gone()).collect()
    }

    pub(super) fn count(&self, count: impl FnOnce(&mut PoolCounters)) {
        count(&mut self.state().counters);
    }

    pub(super) fn counters(&self) -> PoolCounters {
        let running = self.running().len();
        let state = self.state();
        let idle = state.idle.iter().filter(|berth| !berth.is_dead()).count();
        PoolCounters { idle, running, ..state.counters }
    }

    /// Ends all idle browsers, before it returns.
    pub(super) fn clear(&self) {
        let ended = std::mem::take(&mut self.state().idle);
        drop(ended);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts a browser, and makes its first page ready. `started` is told of it.
async fn launch(
    shared: Weak<Shared>,
    key: Arc<Key>,
    loads: bool,
    page_timeout: Duration,
    started: Arc<OnceLock<Weak<Browser>>>,
) -> Result<Stage, StageError> {
    let (browser, first) = Browser::start(key.chromium.clone(), key.width, key.height).await?;
    let _ = started.set(Arc::downgrade(&browser));
    let lease = {
        let Some(shared) = shared.upgrade() else {
            return Err(StageError::Protocol { doing: "while starting".into(), message: "its pool is gone".into() });
        };
        let mut state = shared.state();
        state.counters.started += 1;
        state.running.push(Arc::downgrade(&browser));
        drop(state);
        Lease::new(&shared, &key)
    };
    // Nobody will use the page that it began with, which is a process of its own.
    let closed = browser.close_page(&first, key.chromium.start_timeout).await;
    closed.map_err(|error| browser.launch_error(error))?;
    lease.page(browser, loads, page_timeout).await
}

/// Ends what is dropped. That waits for processes to end and folders to be removed, and nobody else is to wait for it.
fn end<T: Send + 'static>(ended: T) {
    drop(tokio::task::spawn_blocking(move || drop(ended)));
}
