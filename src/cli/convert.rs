//! `replayreel convert`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::failure::Failure;
use super::input::Input;
use super::written::{To, target, write_recording};
use super::{Done, say};
use crate::recording::Recording;

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

impl Convert {
    pub(super) fn run(self) -> Done {
        let format = target(&self.output, self.to).map_err(Failure::usage)?;
        let mut whole = self.input.open_telling()?.whole;
        if let Some(id) = &self.window {
            keep_window(&mut whole.recording, id)?;
        }
        if let Some(written) = write_recording(whole, &self.output, format)? {
            say(written)?;
        }
        Ok(ExitCode::SUCCESS)
    }
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
