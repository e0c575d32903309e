//! Stills that find their moments, and stills of more and of less than the viewport.

mod browser;
mod usage;
