//! How a stage comes to its page, and how it leaves it.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chromiumoxide::cdp::browser_protocol::browser as protocol;

use super::{Stage, StageOptions};
use crate::stage::browser::{Browser, PageId};
use crate::stage::devtools::DevTools;
use crate::stage::memory;
use crate::stage::pool::Lease;
use crate::stage::setup::{Stock, answer_requests, load_player, quiet};
use crate::stage::{Layout, StageError};

impl Stage {
    /// Starts a browser, or takes one from the pool, and the player in it.
    pub async fn open(options: StageOptions) -> Result<Self, StageError> {
        if let Some(pool) = options.pool.clone() {
            return pool.open(&options).await;
        }
        let Layout { width, height, .. } = options.layout;
        let (browser, page) = Browser::start(options.chromium.clone(), width, height).await?;
        // Those of a pool are looked at by the pool.
        tokio::spawn(memory::watch(Arc::downgrade(&browser)));
        let loads = !options.assets.is_empty();
        let (start, page_timeout) = (options.chromium.start_timeout, options.page_timeout);
        let mut stage = Self::prepare(browser, page, loads, start, page_timeout).await?;
        stage.begin(&options).await?;
        Ok(stage)
    }

    /// Makes a page ready for any job: the player is in it, and nothing else. `loads` says whether the job will have assets.
    /// `start_timeout` is what connecting is given, `page_timeout` each step that the page takes.
    pub(in crate::stage) async fn prepare(
        browser: Arc<Browser>,
        page: PageId,
        loads: bool,
        start_timeout: Duration,
        page_timeout: Duration,
    ) -> Result<Self, StageError> {
        browser.catch_up();
        let attached = DevTools::attach(Arc::clone(&browser), &page, start_timeout).await;
        let (devtools, events) = attached.map_err(|error| browser.launch_error(error))?;
        drop(browser);
        devtools.give(page_timeout);
        let devtools = Arc::new(devtools);
        quiet(&devtools).await?;
        let stock = Stock::default();
        let answering = answer_requests(&devtools, events, Arc::clone(&stock), loads).await?;
        let player = load_player(&devtools).await?;
        let mut stage = Self {
            devtools,
            page,
            answering,
            stock,
            player,
            frames: 0,
            repeated_frames: Arc::default(),
            doing: String::new(),
            loads,
            lease: None,
            vacated: false,
        };
        stage.warm_up().await?;
        Ok(stage)
    }

    /// Makes a page that is ready the page of a job.
    pub(in crate::stage) async fn begin(&mut self, options: &StageOptions) -> Result<(), StageError> {
        // It may have been ready for long.
        self.browser().catch_up();
        self.devtools.give(options.page_timeout);
        *self.stock.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&options.assets);
        self.arrange(options).await?;
        if self.loads {
            self.ask("function(){this.expectAssets()}", String::new(), "while opening the assets").await?;
        }
        if let Some(lease) = &mut self.lease {
            lease.begin_work();
        }
        Ok(())
    }

    /// The first frames of a browser may lack their picture, and tell whether it can be stepped at all.
    async fn warm_up(&mut self) -> Result<(), StageError> {
        "while drawing the first frame".clone_into(&mut self.doing);
        // From here on the player counts the frames it gave.
        self.ask("function(){this.countFrames()}", String::new(), "while loading the player").await?;
        match self.draw().await {
            Ok(_) => self.devtools.watch_graphics().await,
            Err(StageError::Protocol { message, .. }) => {
                let version = self.devtools.call(protocol::GetVersionParams {}, "while asking its version").await;
                let version = version.map_or_else(|_| "unknown".to_owned(), |version| version.product);
                Err(StageError::NoBeginFrame { version, reason: message })
            }
            Err(error) => Err(error),
        }
    }

    async fn arrange(&mut self, options: &StageOptions) -> Result<(), StageError> {
        let StageOptions { layout, background, canvas_recorded, deepest, .. } = options;
        let Layout { left, top, scale, widest, .. } = layout;
        let arguments = serde_json::json!([left, top, scale, widest, background, canvas_recorded, deepest]).to_string();
        self.ask("function(s){this.layout(...JSON.parse(s))}", arguments, "while laying out the page").await?;
        Ok(())
    }

    /// Ends the work in order. A browser of a pool goes back to it, without the page and all that the page left; any other ends, as
    /// it does when the stage is dropped.
    pub async fn close(self) {
        let loads = self.loads;
        match self.vacate().await {
            Ok(Some((browser, lease))) => lease.give_back(browser, loads),
            Ok(None) => {}
            Err(error) => tracing::warn!("a browser is not used again: {error}"),
        }
    }

    /// Closes the page. Returns the browser if it can be used again.
    pub(in crate::stage) async fn vacate(mut self) -> Result<Option<(Arc<Browser>, Lease)>, StageError> {
        self.answering.abort();
        let _ = (&mut self.answering).await;
        // A picture that nobody waited for: the browser may still be at work on it, and no page can be closed under a frame.
        if self.lease.is_none() || Arc::strong_count(&self.devtools) > 1 {
            return Ok(None);
        }
        let browser = Arc::clone(self.browser());
        self.devtools.forget();
        browser.close_page(&self.page, CLOSING_PATIENCE).await?;
        let lease = self.lease.take();
        self.vacated = lease.is_some();
        Ok(lease.map(|lease| (browser, lease)))
    }
}

/// A page that takes longer to close is one not to wait for.
const CLOSING_PATIENCE: Duration = Duration::from_secs(5);
