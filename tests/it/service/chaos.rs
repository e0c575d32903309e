//! Workers, servers and browsers killed at random: every job ends once, and nothing half-written is ever served.
//!
//! The short form runs with the tests. `make chaos` runs it with 200 jobs: `REPLAYREEL_CHAOS_JOBS`.

mod browser;
