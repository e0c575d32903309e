//! `replayreel player`.

use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::builder::FalseyValueParser;

use super::assets::AssetsArgs;
use super::failure::Failure;
use super::input::Input;
use super::pack::counted;
use super::signals::work_until_signal;
use super::{Done, say};
use crate::destination::{Destination, DestinationError};
use crate::player::{ELEMENT, Player};

/// Write one HTML file that plays the recording offline in any current browser: with its steps, moments, console and network, and nothing that is fetched. docs/player.md says more. The same recording gives the same bytes.
#[derive(Debug, Args)]
pub(super) struct PlayerCommand {
    #[command(flatten)]
    input: Input,
    /// Where to. By default a .html named after the input, in the current folder.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What stands above the page and in the browser's tab. By default the name of the input.
    #[arg(long, env = "REPLAYREEL_TITLE", value_name = "TEXT")]
    title: Option<String>,
    /// Write the player alone instead, as a script that defines the element <replay-reel>, which plays packages in pages of your own. Takes no INPUT.
    #[arg(long, env = "REPLAYREEL_ELEMENT", value_parser = FalseyValueParser::new())]
    element: bool,
    #[command(flatten)]
    assets: AssetsArgs,
}

impl PlayerCommand {
    pub(super) fn run(self) -> Done {
        if self.element {
            return self.write_element();
        }
        let output = self.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.html", self.input.stem())));
        let is_page = output.extension().is_some_and(|is| is.eq_ignore_ascii_case("html") || is == "htm");
        if !is_page {
            return Err(Failure::usage(format!("{}: a player's name has to end in .html", output.display())));
        }
        let title = self.title.clone().unwrap_or_else(|| self.input.stem());
        let mut opened = self.input.open_telling()?;
        self.assets.gather(&mut opened, self.input.policy())?;
        let destination = Destination::open(&output)?;
        let (destination, manifest) = work_until_signal(move |stop| {
            let player = Player::of(&opened.whole, &title)?;
            player
                .write(BufWriter::new(stop.watch(destination.create()?)))
                .map_err(|source| cannot_write(&destination, source))?;
            Ok((destination, player.manifest))
        })?;
        let kept = destination.keep()?;
        let events = counted(manifest.session.events as usize, "event");
        let windows = counted(manifest.session.windows.len(), "window");
        say(format_args!("{}: {events} of {windows}, {}", kept.path.display(), indicatif::DecimalBytes(kept.bytes)))?;
        Ok(ExitCode::SUCCESS)
    }

    fn write_element(&self) -> Done {
        let output = self.output.clone().unwrap_or_else(|| PathBuf::from("replayreel-player.js"));
        let destination = Destination::open(&output)?;
        destination.create()?.write_all(ELEMENT.as_bytes()).map_err(|source| cannot_write(&destination, source))?;
        let kept = destination.keep()?;
        say(format_args!("{}: {}", kept.path.display(), indicatif::DecimalBytes(kept.bytes)))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn cannot_write(destination: &Destination, source: io::Error) -> DestinationError {
    DestinationError { path: destination.path().to_owned(), source }
}
