//! The command line: every option and its environment variable, declared once.

mod assets;
mod batch;
mod convert;
mod doctor;
mod dom;
mod failure;
mod input;
mod inspect;
mod installation;
mod limits;
mod pack;
mod player;
mod preset;
mod progress;
mod redact;
mod redaction;
mod render;
mod service;
mod signals;
mod still;
mod ticket;
mod unpack;
mod verify;
mod written;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use failure::Failure;

/// Turns session recordings (rrweb, PostHog and kin) into MP4, GIF, WebM and stills: offline, deterministic, faster than real
/// time.
#[derive(Debug, Parser)]
#[command(name = "replayreel", version, max_term_width = 110, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// What to log to stderr: error, warn, info, debug or trace; or a filter such as `replayreel::stage=debug`. By default warn; info for serve and worker.
    #[arg(long, global = true, env = "REPLAYREEL_LOG")]
    log: Option<String>,
    /// How logs are written: text for people, json for machines, one object per line.
    #[arg(long, global = true, env = "REPLAYREEL_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text, hide_default_value = true, hide_possible_values = true)]
    log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Render a recording to videos and stills.
    Render(render::Render),
    /// Take a still of a recording, without a video.
    Still(still::StillCommand),
    /// Write the page as it stood at a moment as one HTML file, to be explored in a browser's inspector.
    Dom(dom::Dom),
    /// Tell what a recording holds.
    Inspect(inspect::Inspect),
    /// Put a recording and what is known of it into one portable file.
    Pack(pack::Pack),
    /// Write one HTML file that plays a recording offline in any browser; or the player alone, as an element for other pages.
    #[command(mut_arg("input", |input| input.required(false).required_unless_present("element")))]
    Player(player::PlayerCommand),
    /// Take a package apart into a folder.
    Unpack(unpack::Unpack),
    /// Tell whether a package is what was packed.
    Verify(verify::Verify),
    /// Write a recording in another format.
    Convert(convert::Convert),
    /// Take out of a recording what must not leave, by --rules FILE and --builtin, and write what remains; or show with --preview what would be taken out.
    Redact(redact::Redact),
    /// Write what a bug ticket needs: what happened, the steps that led to it, pictures, clips, console and network.
    Ticket(ticket::TicketCommand),
    /// Convert an archive of recordings, and go on where it was left.
    Batch(Box<batch::BatchCommand>),
    /// Answer an API and a page for renders, and make them: the service, in one process.
    Serve(Box<service::Serve>),
    /// Work on the jobs of a service on this machine, or on several.
    Worker(Box<service::WorkerCommand>),
    /// Make, list and revoke API keys of a service.
    Key(service::KeyCommand),
    /// Delete everything about one recording or one person: renders, files, messages, shared links, packages, downloads; with a receipt.
    Erase(Box<service::Erase>),
    /// Bring the tables of a service's database up to date.
    Migrate(service::Migrate),
    /// Tell whether a service is ready.
    Healthcheck(service::Healthcheck),
    /// Print the description of the service's API.
    Openapi(service::OpenApi),
    /// Tell what of Chromium, ffmpeg, fonts, sandbox and temp space is there, and how to mend what is not.
    Doctor(doctor::Doctor),
}

impl Cli {
    fn read(arguments: Vec<OsString>) -> Result<Self, clap::Error> {
        let command = preset::with_defaults(Self::command(), &arguments);
        let matches = command.try_get_matches_from(arguments)?;
        Self::from_arg_matches(&matches)
    }
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = match Cli::read(std::env::args_os().collect()) {
        Ok(cli) => cli,
        Err(error) => return failure::usage(&error),
    };
    let runs_on = matches!(cli.command, Command::Serve(_) | Command::Worker(_));
    let usual = if runs_on { "info" } else { "warn" };
    start_log(cli.log.as_deref().unwrap_or(usual), cli.log_format, runs_on);
    let done = match cli.command {
        Command::Render(command) => command.run(),
        Command::Still(command) => command.run(),
        Command::Dom(command) => command.run(),
        Command::Inspect(command) => command.run(),
        Command::Pack(command) => command.run(),
        Command::Player(command) => command.run(),
        Command::Unpack(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Convert(command) => command.run(),
        Command::Redact(command) => command.run(),
        Command::Ticket(command) => command.run(),
        Command::Batch(command) => command.run(),
        Command::Serve(command) => command.run(),
        Command::Worker(command) => command.run(),
        Command::Key(command) => command.run(),
        Command::Erase(command) => command.run(),
        Command::Migrate(command) => command.run(),
        Command::Healthcheck(command) => command.run(),
        Command::Openapi(command) => command.run(),
        Command::Doctor(command) => command.run(),
    };
    match done {
        Ok(code) => code,
        Err(failure) => failure.tell(),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

/// A second start (in tests) finds a subscriber there: then that one stays.
fn start_log(filter: &str, format: LogFormat, timed: bool) {
    let filter = tracing_subscriber::EnvFilter::try_new(filter).unwrap_or_default();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let _ = match (format, timed) {
        // A job's span is on each of its lines.
        (LogFormat::Json, _) => log.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
        (LogFormat::Text, true) => log.try_init(),
        (LogFormat::Text, false) => log.without_time().try_init(),
    };
}

/// Prints what was asked for. A reader that has seen enough and closed the pipe is no failure.
fn say(text: impl std::fmt::Display) -> Result<(), Failure> {
    use std::io::Write as _;
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

type Done = Result<ExitCode, Failure>;
