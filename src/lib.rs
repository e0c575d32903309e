//! Session recordings in, video out.
pub mod recording;
