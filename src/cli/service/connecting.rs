//! What connections to the server may cost.

use std::time::Duration;

use clap::Args;

use crate::http::Connections;
use crate::order::values::parse_duration;

/// What connections to the server may cost.
#[derive(Debug, Args)]
pub(super) struct Connecting {
    /// Connections at once; further ones are answered with 503.
    #[arg(long, env = "REPLAYREEL_MAX_CONNECTIONS", value_name = "N", default_value_t = Connections::default().most as u32, value_parser = clap::value_parser!(u32).range(1..=1_000_000), help_heading = "Limits", hide_short_help = true)]
    max_connections: u32,
    /// Longest that a connection, new or kept open, may take for the head of its next request. Proxies keep theirs open for a minute: it should be longer than that.
    #[arg(long, env = "REPLAYREEL_HEADER_TIMEOUT", value_name = "LENGTH", default_value = "75s", value_parser = parse_duration, help_heading = "Limits", hide_short_help = true)]
    header_timeout: Duration,
    /// Longest that the server waits for more of a body, or for an answer to be read. A body has to come at 1 KiB a second on average.
    #[arg(long, env = "REPLAYREEL_STALL_TIMEOUT", value_name = "LENGTH", default_value = "60s", value_parser = parse_duration, help_heading = "Limits", hide_short_help = true)]
    stall_timeout: Duration,
}

impl Connecting {
    pub(super) fn limits(&self) -> Connections {
        Connections {
            most: self.max_connections as usize,
            head_time: self.header_timeout,
            stall_time: self.stall_timeout,
        }
    }
}
