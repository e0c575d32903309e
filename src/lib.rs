//! Session recordings in, video out: offline, deterministic, faster than real time.
//!
//! The modules in the order in which a recording passes through them; each imports only from those before it:
//!
//! - [`destination`]: files that appear whole or not at all.
//! - [`outbound`]: the one way out, under one policy.
//! - [`source`]: bytes from wherever the user says they are.
//! - [`recording`]: every format in, one model out.
//! - [`assets`]: what recorded pages need and a recording does not hold.
//! - [`package`]: the portable package, recordings in ZIP files.
//! - [`subject`]: whom and what a recording is about.
//! - [`redact`]: what must not leave is taken out.
//! - [`timeline`]: what happens when, and which moments are asked for.
//! - [`stage`]: Chromium, on a virtual clock.
//! - [`compose`]: what is not page on the pixels.
//! - [`encode`]: frames to files.
//! - [`render`]: the pipeline.
//! - [`ticket`]: what happened, for a bug tracker.
//! - [`player`]: recordings to be played offline, in any browser.
//! - [`order`]: what is asked for, as people say it: options for the command line and the API.
//! - [`artifacts`]: where packages wait and finished files lie.
//! - [`ledger`]: the service's jobs, durable.
//! - [`worker`]: takes jobs from the ledger and renders them.
//! - [`batch`]: an archive of recordings to an archive of files.
//! - [`erasure`]: deletes all that is about one recording or one person.
//! - [`render_object`]: what is told of a job: one shape for the API and webhooks.
//! - [`webhook`]: tells others that a render has ended.
//! - [`http`]: the service's API and pages.
//! - [`telemetry`]: its logs and metrics.

pub mod artifacts;
pub mod assets;
pub mod batch;
pub mod cli;
pub mod compose;
pub mod destination;
pub mod encode;
pub mod erasure;
pub mod http;
pub mod ledger;
pub mod order;
pub mod outbound;
pub mod package;
pub mod player;
pub mod recording;
pub mod redact;
pub mod render;
pub mod render_object;
pub mod source;
pub mod stage;
pub mod subject;
pub mod telemetry;
pub mod ticket;
pub mod timeline;
pub mod webhook;
pub mod worker;
