//! By what a stage has a browser of a pool.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::berth::Shared;
use super::{Key, Stage, StageError};
use crate::stage::browser::Browser;

/// The way back to the pool, and what the pool wants to know of a browser.
#[derive(Debug)]
pub(in crate::stage) struct Lease {
    /// Weak: a pool that nobody has any more takes no browser back.
    pool: Weak<Shared>,
    key: Arc<Key>,
    /// Jobs done.
    jobs: u32,
    at_work: bool,
}

impl Lease {
    pub(super) fn new(pool: &Arc<Shared>, key: &Arc<Key>) -> Self {
        Self { pool: Arc::downgrade(pool), key: Arc::clone(key), jobs: 0, at_work: false }
    }

    /// A page made ready in a context of its own. `page_timeout` is what each of its steps is given.
    pub(super) async fn page(
        self,
        browser: Arc<Browser>,
        loads: bool,
        page_timeout: Duration,
    ) -> Result<Stage, StageError> {
        let start_timeout = self.key.chromium.start_timeout;
        let opened = browser.new_page(self.key.width, self.key.height, start_timeout).await;
        let page = opened.map_err(|error| browser.launch_error(error))?;
        Ok(Stage::prepare(browser, page, loads, start_timeout, page_timeout).await?.leased(self))
    }

    /// A job has the page from now on.
    pub(in crate::stage) fn begin_work(&mut self) {
        self.at_work = true;
    }

    /// The job ended in order, and its page is gone. The next page will be for one with assets if this one had some: services mostly
    /// render one kind of recording.
    pub(in crate::stage) fn give_back(mut self, browser: Arc<Browser>, loads: bool) {
        self.jobs += 1;
        self.at_work = false;
        if let Some(pool) = self.pool.upgrade() {
            let (key, jobs) = (Arc::clone(&self.key), self.jobs);
            pool.keep(browser, &key, jobs, loads, self);
        }
    }

    /// The browser is ended.
    pub(in crate::stage) fn lose(self, browser: &Browser) {
        if self.at_work
            && !browser.is_condemned()
            && let Some(pool) = self.pool.upgrade()
        {
            pool.count(|counters| counters.killed += 1);
        }
    }
}
