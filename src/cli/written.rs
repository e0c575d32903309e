//! Recordings as files, in every format that is written: what `convert` and `redact` have in common.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use clap::ValueEnum;

use super::failure::Failure;
use super::pack::{counted, is_package_name, write_package};
use super::signals::{Stop, work_until_signal};
use crate::destination::Destination;
use crate::package;
use crate::recording::{self, Form, Recording};

/// A format that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum To {
    Rrweb,
    Jsonl,
    Posthog,
    Package,
}

/// Compression around the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Squeeze {
    None,
    Gzip,
    Zstd,
}

/// Writes a recording and says what was written. `None` on stdout, where nothing else may stand.
pub(super) fn write_recording(
    opened: package::Opened,
    output: &Path,
    (to, squeeze): (To, Squeeze),
) -> Result<Option<String>, Failure> {
    let form = match to {
        To::Package => return Ok(Some(write_package(opened, output)?.to_string())),
        To::Rrweb => Form::Rrweb,
        To::Jsonl => Form::Lines,
        To::Posthog => Form::Posthog,
    };
    if output == Path::new("-") {
        return to_stdout(&opened.recording, form).map(|()| None);
    }
    let destination = Destination::open(output)?;
    let windows = counted(opened.recording.windows.len(), "window");
    let events = counted(opened.recording.windows.iter().map(|window| window.events.len()).sum(), "event");
    let destination = work_until_signal(move |stop| write(&opened.recording, form, squeeze, destination, stop))?;
    let file = destination.keep()?;
    let bytes = indicatif::DecimalBytes(file.bytes);
    Ok(Some(format!("{}: {events} of {windows}, {bytes}", file.path.display())))
}

/// What to write, by the name of the file and what was asked for.
pub(super) fn target(output: &Path, to: Option<To>) -> Result<(To, Squeeze), String> {
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

fn to_stdout(recording: &Recording, form: Form) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    match recording::write(recording, form, &mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
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
