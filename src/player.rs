//! Recordings to be played offline, in any browser: as one HTML file, or by an element of other pages that reads packages.
//!
//! Both run the same script (`player-assets/src/player`), which shows a page as videos show it: it applies events as the stage's driver does.
//! What happens when is worked out here, once, and goes with the package as its [`Index`].

mod file;
mod index;

#[cfg(test)]
mod tests;

pub use file::{ELEMENT, Player};
pub use index::Index;
