//! What is drawn over and around the page.

mod browser;
mod options;
