//! Assets in the page, and the page written down.

mod assets;
mod fetching;
mod written;
