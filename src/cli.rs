//! The command line: every option and its environment variable, declared once.

mod assets;
mod convert;
mod doctor;
mod dom;
mod failure;
mod input;
mod inspect;
mod installation;
mod limits;
mod pack;
mod preset;
mod progress;
mod redact;
mod redaction;
mod render;
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
    /// What to log to stderr: error, warn, info, debug or trace; or a filter such as `replayreel::stage=debug`.
    #[arg(long, global = true, env = "REPLAYREEL_LOG", default_value = "warn", hide_default_value = true)]
    log: String,
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
    start_log(&cli.log);
    let done = match cli.command {
        Command::Render(command) => command.run(),
        Command::Still(command) => command.run(),
        Command::Dom(command) => command.run(),
        Command::Inspect(command) => command.run(),
        Command::Pack(command) => command.run(),
        Command::Unpack(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Convert(command) => command.run(),
        Command::Redact(command) => command.run(),
        Command::Ticket(command) => command.run(),
        Command::Doctor(command) => command.run(),
    };
    match done {
        Ok(code) => code,
        Err(failure) => failure.tell(),
    }
}

fn start_log(filter: &str) {
    let filter = tracing_subscriber::EnvFilter::try_new(filter).unwrap_or_default();
    // A second start (in tests) finds a subscriber there: then that one stays.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .without_time()
        .with_target(false)
        .try_init();
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
