//! The whole program against real Chromium and real ffmpeg, on recordings of the project's own.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::pedantic,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    missing_docs
)]

mod artifacts;
mod batch;
mod browser;
mod cage;
mod endings;
mod erasure;
mod fitting;
mod idle;
mod inputs;
mod kit;
mod ledger;
mod mobile;
mod outbound;
mod overlays;
mod package;
mod page;
mod player;
mod pool;
mod program;
mod readme;
mod recorder;
mod redaction;
mod redaction_command;
mod reference;
mod resources;
mod service;
mod sidecars;
mod sources;
mod stills;
mod supply_chain;
mod ticket;
mod webhook;
mod windows;
