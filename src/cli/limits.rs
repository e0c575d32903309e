//! What reading may cost.

use std::time::Duration;

use clap::Args;

use crate::order::values::parse_duration;
use crate::recording::SessionTime;
use crate::{package, recording};

/// Limits on packages and other ZIPs.
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "the options are named after the fields")]
pub(super) struct PackageLimits {
    /// Most entries of a package or other ZIP.
    #[arg(long, env = "REPLAYREEL_MAX_PACKAGE_ENTRIES", default_value_t = package::Limits::default().entries, value_name = "N", help_heading = "Limits", hide_short_help = true)]
    max_package_entries: u64,
    /// Largest entry of a package or other ZIP, bytes after decompression.
    #[arg(long, env = "REPLAYREEL_MAX_PACKAGE_ENTRY_BYTES", default_value_t = package::Limits::default().entry_bytes, value_name = "BYTES", help_heading = "Limits", hide_short_help = true)]
    max_package_entry_bytes: u64,
    /// All entries of a package or other ZIP together, bytes after decompression.
    #[arg(long, env = "REPLAYREEL_MAX_PACKAGE_BYTES", default_value_t = package::Limits::default().total_bytes, value_name = "BYTES", help_heading = "Limits", hide_short_help = true)]
    max_package_bytes: u64,
    /// How many bytes one compressed byte of a package or other ZIP may become; for entries above 1 MiB.
    #[arg(long, env = "REPLAYREEL_MAX_PACKAGE_RATIO", default_value_t = package::Limits::default().ratio, value_name = "N", help_heading = "Limits", hide_short_help = true)]
    max_package_ratio: u64,
    /// Largest manifest of a package, bytes after decompression.
    #[arg(long, env = "REPLAYREEL_MAX_MANIFEST_BYTES", default_value_t = package::Limits::default().manifest_bytes, value_name = "BYTES", help_heading = "Limits", hide_short_help = true)]
    max_manifest_bytes: u64,
}

impl PackageLimits {
    /// Together with those of the recording inside.
    pub(super) fn with(&self, recording: recording::Limits) -> package::Limits {
        package::Limits {
            entries: self.max_package_entries,
            entry_bytes: self.max_package_entry_bytes,
            total_bytes: self.max_package_bytes,
            ratio: self.max_package_ratio,
            manifest_bytes: self.max_manifest_bytes,
            recording,
        }
    }
}

/// Limits on recordings.
#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "the options are named after the fields")]
pub(super) struct ReadingLimits {
    /// Largest input, bytes after decompression.
    #[arg(long, env = "REPLAYREEL_MAX_UNPACKED_BYTES", default_value_t = recording::Limits::default().unpacked_bytes, value_name = "BYTES", help_heading = "Limits", hide_short_help = true)]
    max_unpacked_bytes: u64,
    /// Largest field or event that a recorder compressed, bytes after decompression.
    #[arg(long, env = "REPLAYREEL_MAX_FIELD_BYTES", default_value_t = recording::Limits::default().field_bytes, value_name = "BYTES", help_heading = "Limits", hide_short_help = true)]
    max_field_bytes: u64,
    /// Most events.
    #[arg(long, env = "REPLAYREEL_MAX_EVENTS", default_value_t = recording::Limits::default().events, value_name = "N", help_heading = "Limits", hide_short_help = true)]
    max_events: u32,
    /// Most nodes that one mutation may add; larger ones are split.
    #[arg(long, env = "REPLAYREEL_MAX_MUTATION_ADDS", default_value_t = recording::Limits::default().mutation_adds, value_name = "N", help_heading = "Limits", hide_short_help = true)]
    max_mutation_adds: usize,
    /// Most wireframes of a phone's recording in one another; deeper ones are left out.
    #[arg(long, env = "REPLAYREEL_MAX_WIREFRAME_DEPTH", default_value_t = recording::Limits::default().wireframe_depth, value_name = "N", help_heading = "Limits", hide_short_help = true)]
    max_wireframe_depth: usize,
    /// A longer pause between two events is a jump of the clock; one second is left of it.
    #[arg(long, env = "REPLAYREEL_MAX_GAP", default_value = "86400s", value_name = "LENGTH", value_parser = parse_duration, help_heading = "Limits", hide_short_help = true)]
    max_gap: Duration,
}

impl ReadingLimits {
    pub(super) fn limits(&self) -> recording::Limits {
        recording::Limits {
            unpacked_bytes: self.max_unpacked_bytes,
            field_bytes: self.max_field_bytes,
            events: self.max_events,
            mutation_adds: self.max_mutation_adds,
            wireframe_depth: self.max_wireframe_depth,
            longest_gap: SessionTime::from_millis_f64(self.max_gap.as_secs_f64() * 1000.0),
        }
    }
}
