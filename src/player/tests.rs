//! What is written, without a browser.
