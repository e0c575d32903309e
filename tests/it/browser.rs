//! Everything that draws pages. One at a time (`.config/nextest.toml`).

mod determinism;
mod fidelity;
mod formats;
mod hover;
mod rrweb;
