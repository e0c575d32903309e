//! What is counted on the way, for the report.

use std::time::Duration;

use crate::stage::PageReport;

/// Counts and times of one browser, or of all.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    pub browsers: u64,
    pub calls: u64,
    pub captured: u64,
    pub repeated: u64,
    pub open_time: Duration,
    pub page_time: Duration,
    pub draw_time: Duration,
    pub shoot_time: Duration,
    /// The browser was replaced once; the reason.
    pub replaced: Option<String>,
    pub page: PageReport,
}

impl Tally {
    /// Adds up what two browsers did.
    pub(super) fn add(&mut self, other: Self) {
        self.browsers += other.browsers;
        self.calls += other.calls;
        self.captured += other.captured;
        self.repeated += other.repeated;
        // They start at the same time.
        self.open_time = self.open_time.max(other.open_time);
        self.page_time += other.page_time;
        self.draw_time += other.draw_time;
        self.shoot_time += other.shoot_time;
        self.replaced = self.replaced.take().or(other.replaced);
        self.page.add(other.page);
    }
}
