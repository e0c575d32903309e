//! What recorders may send to `replayreel serve`.

use axum::http::HeaderName;
use clap::Args;

use super::serve::{Keep, parse_keep};
use crate::http::IngestOptions;
use crate::ledger::ms;
use crate::order::values::parse_bytes;

/// What recorders may send.
#[derive(Debug, Args)]
pub(super) struct Ingesting {
    /// How long a session that a recorder sent is kept after its last chunk: 30d, 12h; or for-ever.
    #[arg(long, env = "REPLAYREEL_INGEST_KEEP", value_name = "LENGTH|for-ever", default_value = "30d", value_parser = parse_keep, help_heading = "Recorders")]
    ingest_keep: Keep,
    /// Largest chunk that a recorder may send, decompressed.
    #[arg(long, env = "REPLAYREEL_INGEST_CHUNK_BYTES", value_name = "SIZE", default_value = "64MiB", value_parser = parse_bytes, help_heading = "Recorders", hide_short_help = true)]
    ingest_chunk_bytes: u64,
    /// Most that one session may have, compressed.
    #[arg(long, env = "REPLAYREEL_INGEST_SESSION_BYTES", value_name = "SIZE", default_value = "256MiB", value_parser = parse_bytes, help_heading = "Recorders", hide_short_help = true)]
    ingest_session_bytes: u64,
    /// Most that all sessions of one key may have at a time, compressed. Beyond it no session begins.
    #[arg(long, env = "REPLAYREEL_INGEST_KEY_BYTES", value_name = "SIZE", default_value = "50GB", value_parser = parse_bytes, help_heading = "Recorders", hide_short_help = true)]
    ingest_key_bytes: u64,
    /// What may come from one address in a minute, as sent.
    #[arg(long, env = "REPLAYREEL_INGEST_ADDRESS_BYTES", value_name = "SIZE", default_value = "64MiB", value_parser = parse_bytes, help_heading = "Recorders", hide_short_help = true)]
    ingest_address_bytes: u64,
    /// Sessions that one address may begin in a minute.
    #[arg(long, env = "REPLAYREEL_INGEST_ADDRESS_SESSIONS", value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..), help_heading = "Recorders", hide_short_help = true)]
    ingest_address_sessions: u32,
    /// The header in which a proxy before this server tells its client's address, as X-Forwarded-For. Only where all come by such a proxy.
    #[arg(
        long,
        env = "REPLAYREEL_CLIENT_ADDRESS_HEADER",
        value_name = "NAME",
        help_heading = "Recorders",
        hide_short_help = true
    )]
    client_address_header: Option<HeaderName>,
}

impl Ingesting {
    pub(super) fn options(&self) -> IngestOptions {
        IngestOptions {
            chunk_bytes: self.ingest_chunk_bytes,
            session_bytes: self.ingest_session_bytes,
            key_bytes: self.ingest_key_bytes,
            address_bytes: self.ingest_address_bytes,
            address_sessions: self.ingest_address_sessions,
            keep_ms: self.ingest_keep.0.map(ms),
            address_header: self.client_address_header.clone(),
        }
    }
}
