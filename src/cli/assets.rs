//! `--assets` and `--fetch-assets`: what recordings do not hold themselves.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use super::failure::Failure;
use super::input::Opened;
use super::signals::run_until_signal;
use crate::assets::fetch::{Harvest, Pace, fetch};
use crate::assets::{self, Assets, Limits, Origin, Shelf, scan};
use crate::order::redacted::{redact_assets, unless_redacted};
use crate::order::values::parse_duration;
use crate::outbound::{self, Client, Policy};
use crate::package;
use crate::redact::Rules;
use crate::source::SourceBytes;

/// Where pictures, style sheets and fonts come from that the recording does not hold.
#[derive(Debug, Args)]
pub(super) struct AssetsArgs {
    /// Pictures, style sheets and fonts that the recording does not hold, by URL (any number): a folder with an index.json, a mirror as wget makes it, a HAR file, or a .replay.zip. Nothing is fetched while rendering.
    #[arg(long = "assets", env = "REPLAYREEL_ASSETS", value_name = "DIR|FILE", help_heading = "Assets")]
    places: Vec<PathBuf>,
    /// Before rendering, fetch what the recording refers to at this origin (any number), for example `https://cdn.example.org`; or * for every origin: the recording then decides whom this machine talks to.
    #[arg(
        long = "fetch-assets",
        env = "REPLAYREEL_FETCH_ASSETS",
        value_name = "ORIGIN",
        hide_short_help = true,
        help_heading = "Assets"
    )]
    origins: Vec<Origin>,
    /// Keep what was fetched in this folder, for --assets of the next render.
    #[arg(long, env = "REPLAYREEL_KEEP_ASSETS", value_name = "DIR", hide_short_help = true, help_heading = "Assets")]
    keep_assets: Option<PathBuf>,
    #[command(flatten)]
    limits: AssetLimits,
}

/// What resources may cost.
#[derive(Debug, Args)]
pub(super) struct AssetLimits {
    /// How long fetching may take; what has not come by then is shown as missing.
    #[arg(long, env = "REPLAYREEL_FETCH_TIME", default_value = "120s", value_name = "LENGTH", value_parser = parse_duration, help_heading = "Limits", hide_short_help = true)]
    fetch_time: Duration,
    /// Most assets.
    #[arg(long, env = "REPLAYREEL_MAX_ASSETS", default_value_t = Limits::default().count, value_name = "N", help_heading = "Limits", hide_short_help = true)]
    max_assets: usize,
    /// Largest asset, bytes.
    #[arg(long, env = "REPLAYREEL_MAX_ASSET_BYTES", default_value_t = Limits::default().bytes_each, value_name = "BYTES", help_heading = "Limits", hide_short_help = true)]
    max_asset_bytes: u64,
    /// All assets together, bytes.
    #[arg(long, env = "REPLAYREEL_MAX_ASSETS_BYTES", default_value_t = Limits::default().bytes_total, value_name = "BYTES", help_heading = "Limits", hide_short_help = true)]
    max_assets_bytes: u64,
}

impl AssetsArgs {
    /// Everything asked for, ready to be served to a page of this recording.
    ///
    /// `policy` says whom fetching may talk to.
    pub(super) fn shelf(&self, opened: &mut Opened, policy: Policy) -> Result<Arc<Shelf>, Failure> {
        let failures = self.gather(opened, policy)?;
        Ok(opened.whole.shelve(failures))
    }

    /// Puts everything asked for to what the recording's own package holds: what was given, and what is fetched, redacted as the recording
    /// is. Returns what could not be fetched.
    pub(super) fn gather(&self, opened: &mut Opened, policy: Policy) -> Result<Vec<(String, String)>, Failure> {
        let redacted = |assets, opened: &mut Opened| {
            let format = &opened.whole.recording.format;
            redact_assets(assets, format, &opened.rules, &mut opened.whole.redaction)
        };
        let given = self.read(&opened.rules)?;
        let given = redacted(given, opened);
        opened.whole.assets.merge(given);
        let harvest = self.fetch(opened, policy)?;
        let fetched = redacted(harvest.assets, opened);
        self.keep(&fetched)?;
        opened.whole.assets.merge(fetched);
        Ok(harvest.failures)
    }

    /// What was given with `--assets`.
    fn read(&self, rules: &Rules) -> Result<Assets, Failure> {
        let limits = self.limits.limits();
        let mut assets = Assets::default();
        for place in &self.places {
            assets.merge(load(place, &limits, rules)?);
        }
        Ok(assets)
    }

    /// What was asked for with `--fetch-assets`, beyond what is there. The recording is redacted already: what it does not say any more is
    /// not told to servers either.
    fn fetch(&self, opened: &Opened, mut policy: Policy) -> Result<Harvest, Failure> {
        if self.origins.is_empty() {
            return match &self.keep_assets {
                Some(_) => Err(Failure::usage("--keep-assets keeps what --fetch-assets fetches: give an origin too")),
                None => Ok(Harvest::default()),
            };
        }
        if self.origins.contains(&Origin::Any) {
            tracing::warn!("--fetch-assets '*': the recording decides whom this machine talks to");
        }
        // Who names an http origin means it.
        policy.plain_http |= self.origins.iter().any(|origin| origin.to_string().starts_with("http://"));
        let references = scan::recording(&opened.whole.recording);
        let have = &opened.whole.assets;
        let pace = Pace { time: self.limits.time(), ..Pace::default() };
        let harvest = run_until_signal(async {
            let client = Client::new(policy, outbound::Limits::default()).map_err(Failure::failed)?;
            Ok(fetch(&references, &self.origins, have, &self.limits.limits(), pace, &client).await)
        })?;
        for (url, reason) in harvest.failures.iter().take(MOST_TOLD) {
            tracing::warn!("{url} could not be fetched: {reason}");
        }
        Ok(harvest)
    }

    /// Keeps what was fetched, where that was asked for.
    fn keep(&self, fetched: &Assets) -> Result<(), Failure> {
        match &self.keep_assets {
            Some(folder) if !fetched.is_empty() => Ok(assets::keep(fetched, folder)?),
            _ => Ok(()),
        }
    }
}

impl AssetLimits {
    pub(super) fn limits(&self) -> Limits {
        Limits { count: self.max_assets, bytes_each: self.max_asset_bytes, bytes_total: self.max_assets_bytes }
    }

    pub(super) fn time(&self) -> Duration {
        self.fetch_time
    }
}

/// Failures to fetch that are logged one by one; the report counts all.
const MOST_TOLD: usize = 20;

/// A folder or a file, by what it is.
fn load(place: &Path, limits: &Limits, rules: &Rules) -> Result<Assets, Failure> {
    if place.is_dir() || !place.exists() {
        return Ok(assets::load_dir(place, limits)?);
    }
    if place.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip")) {
        return of_package(place, limits, rules);
    }
    Ok(assets::load_har(place, limits)?)
}

/// The assets of another recording's package.
fn of_package(place: &Path, limits: &Limits, rules: &Rules) -> Result<Assets, Failure> {
    let name = place.display().to_string();
    let read = || -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        // One byte more than allowed tells "exactly at the limit" from "beyond it".
        std::fs::File::open(place)?.take(limits.bytes_total.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().map_err(|error| Failure::input(format!("cannot read {name}: {error}")))?;
    if bytes.len() as u64 > limits.bytes_total {
        let limit = limits.bytes_total;
        return Err(Failure::input(format!("{name} is larger than the limit of {limit} bytes (--max-assets-bytes)")));
    }
    let limits = package::Limits { total_bytes: limits.bytes_total, ..package::Limits::default() };
    let names = [name.clone()];
    let opened = package::open(vec![SourceBytes { name, bytes: bytes.into() }], &limits);
    Ok(opened.map_err(|error| unless_redacted(error, &names, rules))?.assets)
}
