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
    /// Pictures taken so far.
    pub captured: u64,
    /// Frames handed to encoders so far.
    pub frames: u64,
}

impl Progress {
    /// From 0 to 1.
    pub fn ratio(&self) -> f64 {
        let all = (self.to - self.from).seconds();
        if all > 0.0 { ((self.at - self.from).seconds() / all).clamp(0.0, 1.0) } else { 1.0 }
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
