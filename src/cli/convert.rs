//! `replayreel convert`.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::input::Input;
use super::pack::{counted, is_package_name, write_package};
use super::signals::{Stop, work_until_signal};
use super::{Done, say};
use crate::destination::Destination;
use crate::recording::{self, Form, Recording};

/// Write a recording in another format. The events are those that a render shows: decompressed, in order, with what was broken put right (`inspect` lists it), and with the recording's own clock.
#[derive(Debug, Args)]
pub(super) struct Convert {
    #[command(flatten)]
    input: Input,
    /// Where to, or - for stdout (with --to). The extension names the format: json (rrweb), jsonl, replay.zip; and .gz or .zst behind it compresses.
    #[arg(short, long, value_name = "FILE|-")]
    output: PathBuf,
    /// The format: rrweb (a JSON array of events), jsonl (one event per line), posthog (an export of version 2023-04-28, which PostHog's file playback imports), package. By default as the extension says.
    #[arg(long, env = "REPLAYREEL_CONVERT_TO", value_enum, value_name = "FORMAT")]
    to: Option<To>,
    /// Only this window (tab), by its id as `inspect` lists it. By default all; their events then carry windowId.
    #[arg(long, env = "REPLAYREEL_CONVERT_WINDOW", value_name = "ID")]
    window: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum To {
    Rrweb,
    Jsonl,
    Posthog,
    Package,
}

/// Compression around the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Squeeze {
    None,
    Gzip,
    Zstd,
}

impl Convert {
    pub(super) fn run(self) -> Done {
        let (to, squeeze) = target(&self.output, self.to).map_err(Failure::usage)?;
        let mut opened = self.input.open_telling()?;
        if let Some(id) = &self.window {
            keep_window(&mut opened.recording, id)?;
        }
        let form = match to {
            To::Package => {
                say(write_package(opened, &self.output)?)?;
                return Ok(ExitCode::SUCCESS);
            }
            To::Rrweb => Form::Rrweb,
            To::Jsonl => Form::Lines,
            To::Posthog => Form::Posthog,
        };
        if self.output == Path::new("-") {
            return to_stdout(&opened.recording, form);
        }
        let destination = Destination::open(&self.output)?;
        let windows = counted(opened.recording.windows.len(), "window");
        let events = counted(opened.recording.windows.iter().map(|window| window.events.len()).sum(), "event");
        let destination = work_until_signal(move |stop| write(&opened.recording, form, squeeze, destination, stop))?;
        let file = destination.keep()?;
        let bytes = indicatif::DecimalBytes(file.bytes);
        say(format_args!("{}: {events} of {windows}, {bytes}", file.path.display()))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What to write, by the name of the file and what was asked for.
fn target(output: &Path, to: Option<To>) -> Result<(To, Squeeze), String> {
    let shown = output.display();
    if output == Path::new("-") {
        return match to {
            Some(To::Package) => Err("a package cannot be written to stdout; give a file".to_owned()),
            Some(to) => Ok((to, Squeeze::None)),
            None => Err("stdout has no extension; say with --to what to write: rrweb, jsonl or posthog".to_owned()),
        };
    }
    let extension = |path: &Path| path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    let (squeeze, plain) = match extension(output).as_str() {
        "gz" => (Squeeze::Gzip, output.with_extension("")),
        "zst" => (Squeeze::Zstd, output.with_extension("")),
        _ => (Squeeze::None, output.to_owned()),
    };
    let named = match extension(&plain).as_str() {
        "json" => Some(To::Rrweb),
        "jsonl" | "ndjson" => Some(To::Jsonl),
        "zip" => Some(To::Package),
        _ => None,
    };
    let to = to.or(named).ok_or_else(|| {
        format!("{shown}: the extension has to be json, jsonl or replay.zip (.gz or .zst may follow), or --to has to name the format")
    })?;
    if to == To::Package && (squeeze != Squeeze::None || !is_package_name(output)) {
        return Err(format!(
            "{shown}: a package's name has to end in .replay.zip (or .zip); it is compressed as it is"
        ));
    }
    if to != To::Package && named == Some(To::Package) {
        return Err(format!("{shown}: only a package can be called .zip"));
    }
    Ok((to, squeeze))
}

fn keep_window(recording: &mut Recording, id: &str) -> Result<(), Failure> {
    let has = || recording.windows.iter().map(|window| window.id.as_str()).collect::<Vec<_>>().join(", ");
    match recording.window(id) {
        None => Err(Failure::usage(format!("the recording has no window {id:?}; it has {}", has()))),
        // What could not be opened again is no recording.
        Some(window) if window.first_full_snapshot().is_none() => {
            Err(Failure::usage(format!("window {id:?} has no full snapshot: it cannot be shown by itself")))
        }
        Some(_) => {
            recording.windows.retain(|window| window.id == id);
            Ok(())
        }
    }
}

fn write(
    recording: &Recording,
    form: Form,
    squeeze: Squeeze,
    destination: Destination,
    stop: &Stop,
) -> Result<Destination, Failure> {
    let file = BufWriter::new(stop.watch(destination.create()?));
    let failed = |error: io::Error| Failure::failed(format!("cannot write {}: {error}", destination.path().display()));
    match squeeze {
        Squeeze::None => finish(recording, form, file, Ok),
        Squeeze::Gzip => {
            // Without name and time, so that the same recording gives the same bytes.
            let encoder = flate2::write::GzEncoder::new(file, flate2::Compression::new(6));
            finish(recording, form, encoder, flate2::write::GzEncoder::finish)
        }
        Squeeze::Zstd => {
            let encoder = zstd::Encoder::new(file, 9).map_err(failed)?;
            finish(recording, form, encoder, zstd::Encoder::finish)
        }
    }
    .map_err(failed)?;
    Ok(destination)
}

fn finish<W: Write, F: Write>(
    recording: &Recording,
    form: Form,
    mut out: W,
    close: impl FnOnce(W) -> io::Result<F>,
) -> io::Result<()> {
    recording::write(recording, form, &mut out)?;
    close(out)?.flush()
}

fn to_stdout(recording: &Recording, form: Form) -> Done {
    let mut out = BufWriter::new(io::stdout().lock());
    match recording::write(recording, form, &mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_names_the_format_and_the_compression() {
        let of = |path: &str| target(Path::new(path), None);
        assert_eq!(of("a.json"), Ok((To::Rrweb, Squeeze::None)));
        assert_eq!(of("a.b/c.JSONL.gz"), Ok((To::Jsonl, Squeeze::Gzip)));
        assert_eq!(of("a.json.zst"), Ok((To::Rrweb, Squeeze::Zstd)));
        assert_eq!(of("a.replay.zip"), Ok((To::Package, Squeeze::None)));
        assert!(of("a.mp4").is_err_and(|message| message.contains("jsonl")));
        assert!(of("-").is_err_and(|message| message.contains("--to")));
    }

    #[test]
    fn a_format_that_is_asked_for_goes_before_the_extension_unless_the_name_would_lie() {
        let of = |path: &str, to| target(Path::new(path), Some(to));
        assert_eq!(of("a.json.gz", To::Posthog), Ok((To::Posthog, Squeeze::Gzip)));
        assert_eq!(of("recording", To::Jsonl), Ok((To::Jsonl, Squeeze::None)));
        assert_eq!(of("-", To::Rrweb), Ok((To::Rrweb, Squeeze::None)));
        for (path, to) in
            [("a.json", To::Package), ("a.zip.gz", To::Package), ("a.replay.zip", To::Rrweb), ("-", To::Package)]
        {
            assert!(of(path, to).is_err(), "{path}");
        }
    }
}
