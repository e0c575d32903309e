//! Where the recordings are, and which of them.

use std::time::Duration;

use clap::Args;
use glob::Pattern;

use super::display::Display;
use crate::batch::{Found, Search};
use crate::cli::failure::Failure;
use crate::order::values::parse_long;
use crate::source::{Collection, Filter};
use crate::worker::Machine;

/// Where the recordings are, and which of them.
#[derive(Debug, Clone, Args)]
pub(super) struct Sources {
    /// Recordings: folders (searched with all below them), files, patterns in quotes ('logs/**/*.json.gz'), lists (@FILE or @-, a recording to a line), `s3://BUCKET/PREFIX/`, `posthog:` or the address of a project in PostHog, and whatever render reads.
    #[arg(value_name = "SRC", required = true, num_args = 1..)]
    src: Vec<String>,
    /// Take files and objects that match this, like *.log or 2026/**: against the name, or, with a / in it, against the path below SRC (any number). By default those that are called like recordings (.json, .jsonl, .zip, also compressed).
    #[arg(long, env = "REPLAYREEL_INCLUDE", value_name = "PATTERN", value_parser = pattern, help_heading = "Selection")]
    include: Vec<Pattern>,
    /// And leave out those that match this (any number).
    #[arg(long, env = "REPLAYREEL_EXCLUDE", value_name = "PATTERN", value_parser = pattern, help_heading = "Selection")]
    exclude: Vec<Pattern>,
    /// What one recording is: each file, or all files of a folder, as tools write that cut sessions into pieces.
    #[arg(long, env = "REPLAYREEL_EACH", value_enum, default_value_t = Each::File, help_heading = "Selection", hide_short_help = true)]
    each: Each,
    /// PostHog: recordings that began at or after this, as 2026-01-31, an instant, or -30d.
    #[arg(long, env = "REPLAYREEL_SINCE", value_name = "DATE", value_parser = date, allow_hyphen_values = true, help_heading = "Selection")]
    since: Option<String>,
    /// PostHog: recordings that began before this.
    #[arg(long, env = "REPLAYREEL_UNTIL", value_name = "DATE", value_parser = date, allow_hyphen_values = true, help_heading = "Selection")]
    until: Option<String>,
    /// PostHog: recordings of this distinct ID.
    #[arg(long, env = "REPLAYREEL_PERSON", value_name = "DISTINCT_ID", help_heading = "Selection")]
    person: Option<String>,
    /// PostHog: recordings of at least this length.
    #[arg(long, env = "REPLAYREEL_MIN_DURATION", value_name = "LENGTH", value_parser = parse_long, help_heading = "Selection")]
    min_duration: Option<Duration>,
    /// PostHog: recordings of at most this length.
    #[arg(long, env = "REPLAYREEL_MAX_DURATION", value_name = "LENGTH", value_parser = parse_long, help_heading = "Selection")]
    max_duration: Option<Duration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Each {
    File,
    Folder,
}

impl Sources {
    pub(super) async fn find(&self, most: usize, machine: &Machine, display: &Display) -> Result<Found, Failure> {
        let filter = Filter {
            since: self.since.clone(),
            until: self.until.clone(),
            person: self.person.clone(),
            min_s: self.min_duration.map(|length| length.as_secs_f64()),
            max_s: self.max_duration.map(|length| length.as_secs_f64()),
        };
        let is_project = |src: &String| matches!(Collection::parse(src), Some(Collection::PostHog { .. }));
        // A list may name a project.
        if filter != Filter::default() && !self.src.iter().any(|src| is_project(src) || src.starts_with('@')) {
            return Err(Failure::usage(
                "--since, --until, --person, --min-duration and --max-duration choose among the recordings of a PostHog project, and none is given",
            ));
        }
        let mut settings = machine.settings().map_err(Failure::failed)?;
        settings.limits.objects = most;
        display.looking();
        let search = Search {
            places: self.src.clone(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            folders: self.each == Each::Folder,
            filter,
            most,
        };
        search.find(&settings).await.map_err(|error| match error {
            crate::batch::FindError::Source(error) => error.into(),
            crate::batch::FindError::Pattern { .. } => Failure::usage(error),
            error => Failure::input(error),
        })
    }
}

fn pattern(text: &str) -> Result<Pattern, String> {
    Pattern::new(text).map_err(|error| error.to_string())
}

/// As PostHog reads dates: relative ones, and ISO 8601.
fn date(text: &str) -> Result<String, String> {
    let relative = text.strip_prefix('-').is_some_and(|rest| {
        let digits = rest.trim_end_matches(['h', 'd', 'w', 'm', 'y']);
        digits.len() + 1 == rest.len() && digits.parse::<u32>().is_ok()
    });
    let is_date = text.parse::<jiff::civil::Date>().is_ok() || text.parse::<jiff::Timestamp>().is_ok();
    if relative || is_date {
        Ok(text.to_owned())
    } else {
        Err(format!("must be a date like 2026-01-31, an instant like 2026-01-31T12:00:00Z, or -30d (got {text:?})"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_iso_or_so_long_ago() {
        for right in ["2026-01-31", "2026-01-31T12:00:00Z", "-30d", "-12h"] {
            assert!(date(right).is_ok(), "{right}");
        }
        for wrong in ["", "yesterday", "-d", "-30", "31.01.2026", "2026-02-30"] {
            assert!(date(wrong).is_err(), "{wrong}");
        }
    }
}
