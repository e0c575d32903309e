//! Progress and calling off are one call.

use crate::recording::SessionTime;

/// How far a render is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// First moment shown.
    pub from: SessionTime,
    /// Last moment shown.
    pub to: SessionTime,
    /// The moment being shown.
    pub at: SessionTime,
    /// Share of the work that is done, from 0 to 1. Runs ahead of `at` where several browsers work.
    pub done: f64,
    /// Pictures taken so far.
    pub captured: u64,
    /// Frames handed to encoders so far.
    pub frames: u64,
}

impl Progress {
    /// Session time that is done.
    pub fn gone(&self) -> SessionTime {
        SessionTime::from_millis_f64((self.to - self.from).millis() * self.done)
    }
}

/// Somebody who wants to know how far a render is, and can call it off.
pub trait Watch: Send + Sync {
    /// Called often; has to be quick. `false` calls the render off.
    fn goes_on(&self, progress: &Progress) -> bool;
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn goes_on(&self, _: &Progress) -> bool {
        true
    }
}
