//! What counts as somebody being there.

use super::{EventKind, Incremental};

impl EventKind {
    /// Whether the event is activity in the sense of PostHog's player (`common/replay-shared/src/segmenter.ts`): full
    /// snapshots, metas, and everything a user does. Mutations, console output and network requests are not.
    pub fn is_active(&self) -> bool {
        match self {
            Self::FullSnapshot | Self::Meta { .. } => true,
            Self::Incremental(incremental) => incremental.is_active(),
            Self::DomContentLoaded | Self::Load | Self::Custom { .. } | Self::Plugin { .. } | Self::Other(_) => false,
        }
    }
}

impl Incremental {
    /// Whether a user did it: pointer, scroll, resize, typing, media controls.
    pub fn is_active(&self) -> bool {
        matches!(
            self,
            Self::Pointer { .. }
                | Self::MouseInteraction { .. }
                | Self::Scroll
                | Self::ViewportResize(_)
                | Self::Input
                | Self::MediaInteraction
        )
    }
}
