//! What archives may cost.

use clap::Args;

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
