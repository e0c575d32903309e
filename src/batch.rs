//! An archive of recordings to an archive of files that everybody can play.
//!
//! What there is ([`Search`]) is compared with what was done before ([`Manifest`]), and what is missing or has changed is made ([`Batch`]), the largest
//! first, several at once. Each recording is noted as soon as its files are in place: stopped in any way and started again, nothing is done twice that
//! was finished, and no half file ever has a final name.

mod depot;
mod entry;
mod erase;
mod estimate;
mod find;
mod index;
mod item;
mod maker;
mod manifest;
mod naming;
mod plan;
mod queue;
mod run;
mod submit;

pub use depot::{Depot, DepotError};
pub use entry::{Entry, EntryState};
pub use erase::Erased;
pub use estimate::{Estimate, Prices};
pub use find::{FindError, Found, Search};
pub use item::Item;
pub use maker::Here;
pub use manifest::{INDEX, MANIFEST, Manifest, SUMS};
pub use naming::Template;
pub use plan::{Rules, Todo, Why};
pub use run::{Batch, Maker};
pub use submit::{Api, Queue, Service, SubmitError, Via};

/// How far a batch is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counts {
    /// Recordings found.
    pub total: usize,
    /// Made in this run.
    pub done: usize,
    /// Failed in this run.
    pub failed: usize,
    /// There already, and the same.
    pub unchanged: usize,
    /// Failed in an earlier run, and not tried again.
    pub failed_before: usize,
    /// Under way.
    pub running: usize,
    /// Share of the work that is done, 0 to 1.
    pub share: f64,
    /// How long it will take at this pace, seconds.
    pub left_s: Option<f64>,
    /// It was stopped before its end.
    pub stopped: bool,
}

/// Somebody who wants to know.
pub trait Tell: Sync {
    /// How far it is; twice a second.
    fn progress(&self, counts: &Counts);
    /// Something to know.
    fn line(&self, line: &str);
}
