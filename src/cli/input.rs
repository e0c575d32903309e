//! Where the recording comes from: INPUT and the options that go with it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::failure::Failure;
use super::limits::{PackageLimits, ReadingLimits};
use super::progress::{Fetching, tell_line};
use super::redaction::RedactionArgs;
use super::signals::run_until_signal;
use crate::order::redacted::open;
use crate::order::values::parse_duration;
use crate::outbound::{self, Allowed, Client, Policy};
use crate::package;
use crate::redact::Rules;
use crate::render::Report;
use crate::source::{self, Account, Hints, Key, Place, Settings, SourceBytes, Sourced, SystemClock};
use crate::timeline::When;

/// Where the recording comes from.
#[derive(Debug, Args)]
pub(super) struct Input {
    /// The recording: a file, - for stdin, `https://…`, `s3://BUCKET/KEY` (or `PREFIX/`), `posthog:RECORDING_ID`, or a link copied from PostHog. Several are the files of one session. Shape and compression are detected from the content.
    #[arg(value_name = "INPUT", id = "input", required = true, num_args = 1..)]
    pub places: Vec<String>,
    #[command(flatten)]
    intake: Intake,
    #[command(flatten)]
    cache: CacheOptions,
}

/// How recordings come in, wherever from: what reading may cost, whom it may talk to, and what is taken out of all of them.
#[derive(Debug, Args)]
pub(super) struct Intake {
    #[command(flatten)]
    redaction: RedactionArgs,
    #[command(flatten)]
    source: SourceOptions,
    /// Largest input, bytes as read.
    #[arg(long, env = "REPLAYREEL_MAX_INPUT_BYTES", default_value_t = source::Limits::default().input_bytes, value_name = "BYTES", help_heading = "Limits", hide_short_help = true)]
    pub max_input_bytes: u64,
    #[command(flatten)]
    reading: ReadingLimits,
    #[command(flatten)]
    package: PackageLimits,
}

/// Downloads that are kept.
#[derive(Debug, Args)]
struct CacheOptions {
    /// Where pieces of an unfinished download are kept, so that the next run goes on. By default replayreel in the user's cache folder.
    #[arg(long, env = "REPLAYREEL_CACHE", value_name = "DIR", hide_short_help = true, help_heading = "Sources")]
    cache: Option<PathBuf>,
    /// Keep no pieces of downloads.
    #[arg(long, env = "REPLAYREEL_NO_CACHE", value_parser = FalseyValueParser::new(), hide_short_help = true, help_heading = "Sources")]
    no_cache: bool,
    /// Keep the pieces of complete downloads as well: another run needs only the list of them.
    #[arg(long, env = "REPLAYREEL_KEEP_DOWNLOADS", value_parser = FalseyValueParser::new(), hide_short_help = true, help_heading = "Sources")]
    keep_downloads: bool,
}

/// For recordings that are not here yet.
#[derive(Debug, Args)]
struct SourceOptions {
    /// PostHog server. By default that of the link, or `https://us.posthog.com`. Also read from `POSTHOG_HOST`.
    #[arg(long, env = "REPLAYREEL_POSTHOG_HOST", value_name = "URL", hide_short_help = true, help_heading = "Sources")]
    posthog_host: Option<String>,
    /// PostHog project, its number. By default that of the link, or the key's current one. Also read from `POSTHOG_PROJECT_ID`.
    #[arg(
        long,
        env = "REPLAYREEL_POSTHOG_PROJECT",
        value_name = "ID",
        hide_short_help = true,
        help_heading = "Sources"
    )]
    posthog_project: Option<String>,
    /// PostHog personal API key with the scope `session_recording:read`. Better set in the environment, where other users do not see it. Also read from `POSTHOG_PERSONAL_API_KEY`.
    #[arg(
        long,
        env = "REPLAYREEL_POSTHOG_KEY",
        value_name = "KEY",
        hide_env_values = true,
        hide_short_help = true,
        help_heading = "Sources"
    )]
    posthog_key: Option<String>,
    /// Hosts, addresses and networks that may be connected to although they are not on the public internet, like a PostHog of one's own: posthog.internal, 10.1.2.3, 10.0.0.0/8. May be given several times.
    #[arg(
        long,
        env = "REPLAYREEL_ALLOW_PRIVATE",
        value_name = "HOST|CIDR",
        value_delimiter = ',',
        num_args = 1,
        hide_short_help = true,
        help_heading = "Sources"
    )]
    allow_private: Vec<Allowed>,
    /// Connect to public hosts without TLS, too.
    #[arg(long, env = "REPLAYREEL_ALLOW_HTTP", value_parser = FalseyValueParser::new(), hide_short_help = true, help_heading = "Sources")]
    allow_http: bool,
    /// Longest wait that a busy server may ask for.
    #[arg(long, env = "REPLAYREEL_MAX_WAIT", default_value = "300s", value_name = "LENGTH", value_parser = parse_duration, help_heading = "Limits", hide_short_help = true)]
    max_wait: std::time::Duration,
    /// Most objects below an s3:// prefix.
    #[arg(long, env = "REPLAYREEL_MAX_OBJECTS", default_value_t = source::Limits::default().objects, value_name = "N", help_heading = "Limits", hide_short_help = true)]
    max_objects: usize,
    /// Longest that one request to another machine may take.
    #[arg(long, env = "REPLAYREEL_FETCH_TIMEOUT", default_value = "600s", value_name = "LENGTH", value_parser = parse_duration, help_heading = "Limits", hide_short_help = true)]
    fetch_timeout: std::time::Duration,
    /// Longest that another machine may send nothing.
    #[arg(long, env = "REPLAYREEL_FETCH_IDLE_TIMEOUT", default_value = "30s", value_name = "LENGTH", value_parser = parse_duration, help_heading = "Limits", hide_short_help = true)]
    fetch_idle_timeout: std::time::Duration,
}

/// An input that was read, and redacted by every rule that holds.
pub(super) struct Opened {
    /// The recording, and what its package holds besides.
    pub(super) whole: package::Opened,
    pub(super) hints: Told,
    /// The rules, for what comes to the recording later.
    pub(super) rules: Rules,
}

/// What the place said besides the bytes.
#[derive(Clone)]
pub(super) struct Told(Hints);

impl Told {
    /// Tells it on stderr.
    pub(super) fn tell(&self) {
        for warning in self.warnings() {
            tell_line(format_args!("note: {warning}"));
        }
    }

    /// The moment that a link points to.
    pub(super) fn moment(&self) -> Option<When> {
        self.0.from_s.and_then(|seconds| format!("{seconds:.3}").parse().ok())
    }

    /// What the viewer should know, in sentences.
    pub(super) fn warnings(&self) -> impl Iterator<Item = &str> {
        self.0.warnings.iter().map(|warning| warning.message.as_str())
    }

    /// Adds what the source had to say to what the render has to say.
    pub(super) fn tell_in(&self, report: &mut Report) {
        report.warnings.extend(self.0.warnings.iter().cloned().map(Into::into));
    }
}

impl Input {
    /// What to call outputs after.
    pub(super) fn stem(&self) -> String {
        let first = self.places.first().map(|place| Place::parse(place));
        first.and_then(Result::ok).map_or_else(|| "replay".to_owned(), |place| place.stem())
    }

    /// Whether there is a link among the places, which may point to a moment.
    fn has_link(&self) -> bool {
        self.places.iter().any(|place| matches!(Place::parse(place), Ok(Place::PostHog(_))))
    }

    pub(super) fn open(&self, quiet: bool) -> Result<Opened, Failure> {
        let rules = self.rules()?;
        let Sourced { parts, hints } = self.read(quiet)?;
        let whole = self.open_parts(parts, &rules)?;
        Ok(Opened { whole, hints: Told(hints), rules })
    }

    /// The recording; what the source had to say is told on stderr.
    pub(super) fn open_telling(&self) -> Result<Opened, Failure> {
        let opened = self.open(false)?;
        opened.hints.tell();
        Ok(opened)
    }

    /// The recording before and after redaction, from one reading. What the installation has taken out is in neither.
    pub(super) fn open_twice(&self) -> Result<[Opened; 2], Failure> {
        let (installed, rules) = (self.intake.redaction.installed()?, self.rules()?);
        let Sourced { parts, hints } = self.read(false)?;
        let hints = Told(hints);
        hints.tell();
        let before = self.open_parts(parts.clone(), &installed)?;
        let after = self.open_parts(parts, &rules)?;
        Ok([Opened { whole: before, hints: hints.clone(), rules: installed }, Opened { whole: after, hints, rules }])
    }

    /// Every rule of redaction that holds.
    pub(super) fn rules(&self) -> Result<Rules, Failure> {
        self.intake.rules()
    }

    /// Opens and redacts: nothing gets at a recording by another way, not even a message about what is wrong with it.
    pub(super) fn open_parts(&self, parts: Vec<SourceBytes>, rules: &Rules) -> Result<package::Opened, Failure> {
        Ok(open(parts, &self.limits(), rules)?)
    }

    /// For commands that show one moment: the one given, or the one that a link points to.
    pub(super) fn open_at(&self, at: Option<When>, command: &str) -> Result<(Opened, When), Failure> {
        let no_moment = || {
            Failure::usage(format!(
                "which moment? give it with --at, like --at 12.5 or --at 50% (see replayreel {command} --help)"
            ))
        };
        if at.is_none() && !self.has_link() {
            return Err(no_moment());
        }
        let opened = self.open(true)?;
        let at = at.or_else(|| opened.hints.moment()).ok_or_else(no_moment)?;
        Ok((opened, at))
    }

    /// The one file, as stored, where there has to be one.
    pub(super) fn only_part(&self) -> Result<SourceBytes, Failure> {
        match <[SourceBytes; 1]>::try_from(self.read(true)?.parts) {
            Ok([part]) => Ok(part),
            Err(parts) => Err(Failure::usage(format!("{} files were given; give one package", parts.len()))),
        }
    }

    /// What reading may cost.
    pub(super) fn limits(&self) -> package::Limits {
        self.intake.package_limits()
    }

    /// Whom may be talked to.
    pub(super) fn policy(&self) -> Policy {
        self.intake.policy()
    }

    fn read(&self, quiet: bool) -> Result<Sourced, Failure> {
        let places: Vec<Place> = self.places.iter().map(|place| Place::parse(place)).collect::<Result<_, _>>()?;
        let display = Arc::new(Fetching::new(quiet || places.iter().all(Place::is_local)));
        let settings = self.settings(&display)?;
        if places.iter().all(Place::is_local) {
            // Without listening for signals: a read from a pipe that never ends is ended by the signal itself.
            let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(Failure::failed)?;
            return Ok(runtime.block_on(source::read(&places, &settings))?);
        }
        let sourced = run_until_signal(async { Ok(source::read(&places, &settings).await?) });
        display.clear();
        sourced
    }

    fn settings(&self, display: &Arc<Fetching>) -> Result<Settings, Failure> {
        let (intake, cache) = (&self.intake, &self.cache);
        let display = Arc::clone(display);
        Ok(Settings {
            limits: intake.source_limits(),
            client: Client::new(self.policy(), intake.outbound_limits()).map_err(Failure::failed)?,
            posthog: intake.account(),
            cache: if cache.no_cache { None } else { cache.cache.clone().or_else(cache_folder) },
            keep: cache.keep_downloads,
            clock: Arc::new(SystemClock),
            progress: Arc::new(move |progress| display.tell(progress)),
        })
    }
}

impl Intake {
    /// Every rule of redaction that holds.
    pub(super) fn rules(&self) -> Result<Rules, Failure> {
        self.redaction.rules()
    }

    pub(super) fn package_limits(&self) -> package::Limits {
        self.package.with(self.reading.limits())
    }

    pub(super) fn policy(&self) -> Policy {
        Policy { allowed: self.source.allow_private.clone(), plain_http: self.source.allow_http }
    }

    pub(super) fn source_limits(&self) -> source::Limits {
        source::Limits {
            input_bytes: self.max_input_bytes,
            objects: self.source.max_objects,
            wait: self.source.max_wait,
            ..source::Limits::default()
        }
    }

    pub(super) fn outbound_limits(&self) -> outbound::Limits {
        outbound::Limits {
            response_bytes: self.max_input_bytes,
            total: self.source.fetch_timeout,
            idle: self.source.fetch_idle_timeout,
            ..outbound::Limits::default()
        }
    }

    pub(super) fn account(&self) -> Account {
        self.source.account()
    }
}

impl SourceOptions {
    fn account(&self) -> Account {
        let or = |given: &Option<String>, name| given.clone().or_else(|| others_variable(name));
        Account {
            host: or(&self.posthog_host, "POSTHOG_HOST"),
            project: or(&self.posthog_project, "POSTHOG_PROJECT_ID"),
            key: or(&self.posthog_key, "POSTHOG_PERSONAL_API_KEY").map(|key| Key::new(&key)),
        }
    }
}

/// A variable that is not ours to declare: people have set it for PostHog's own tools.
fn others_variable(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok().filter(|value| !value.is_empty())
}

/// The XDG Base Directory Specification's place for what can be fetched again.
pub(super) fn cache_folder() -> Option<PathBuf> {
    let set = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder =
        set.or_else(|| std::env::home_dir().filter(|home| home.is_absolute()).map(|home| home.join(".cache")))?;
    Some(folder.join("replayreel"))
}
