//! The command line with the defaults of a preset, or of a ticket.

use std::ffi::OsString;

use crate::order::preset::{Preset, set};

/// What a ticket shows if nothing else is asked for.
const OF_TICKETS: [(&str, &str); 4] =
    [("bar", "bottom"), ("marks", "problems,slow"), ("keys", "on"), ("cursor_size", "large")];

/// The command line with a preset's options as its defaults.
pub(super) fn with_defaults(command: clap::Command, arguments: &[OsString]) -> clap::Command {
    let preset = asked_for(&command, arguments);
    let command = command.mut_subcommand("ticket", |ticket| set(ticket, &OF_TICKETS));
    match preset {
        Some(preset) => ["render", "batch"]
            .into_iter()
            .fold(command, |command, name| command.mut_subcommand(name, |one| set(one, preset.options()))),
        None => command,
    }
}

/// The preset named by the option or its environment variable. Mistakes are told when the command line is read for good.
fn asked_for(command: &clap::Command, arguments: &[OsString]) -> Option<Preset> {
    let matches = command.clone().ignore_errors(true).try_get_matches_from(arguments).ok()?;
    let (name, matches) = matches.subcommand()?;
    matches!(name, "render" | "batch").then(|| matches.get_one("preset").copied())?
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, FromArgMatches as _, ValueEnum as _};

    use super::*;
    use crate::cli::{Cli, Command};

    fn parsed(arguments: &[&str]) -> Result<Cli, clap::Error> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        let matches = with_defaults(Cli::command(), &arguments).try_get_matches_from(arguments)?;
        Cli::from_arg_matches(&matches)
    }

    fn described(arguments: &[&str]) -> String {
        match parsed(arguments).unwrap().command {
            Command::Render(render) => format!("{render:?}"),
            _ => String::new(),
        }
    }

    #[test]
    fn every_preset_is_a_set_of_options_that_render_has() {
        for preset in Preset::value_variants() {
            let name = preset.to_possible_value().unwrap().get_name().to_owned();
            let by_name = described(&["replayreel", "render", "x", "--preset", &name]);
            let mut by_hand = vec!["replayreel".to_owned(), "render".to_owned(), "x".to_owned()];
            by_hand.push(format!("--preset={name}"));
            for (id, value) in preset.options() {
                by_hand.push(format!("--{}={value}", id.replace('_', "-")));
            }
            let by_hand: Vec<&str> = by_hand.iter().map(String::as_str).collect();
            assert_eq!(by_name, described(&by_hand), "{name}");
            assert_ne!(by_name, described(&["replayreel", "render", "x"]), "{name}");
        }
    }

    #[test]
    fn what_is_given_by_hand_counts_more() {
        let mixed = described(&["replayreel", "render", "x", "--preset", "share", "--idle", "keep"]);
        assert!(mixed.contains("idle: Keep"), "{mixed}");
    }

    #[test]
    fn an_unknown_preset_is_answered_with_those_there_are() {
        let error = parsed(&["replayreel", "render", "x", "--preset", "tiktok"]).unwrap_err().to_string();
        for name in ["share", "ticket", "archive", "docs"] {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_called_like_the_option_is_none() {
        assert!(described(&["replayreel", "render", "x", "--preset", "docs"]).contains("scale: 2.0"));
        assert!(described(&["replayreel", "render", "--", "--preset=docs"]).contains("scale: 1.0"));
    }

    #[test]
    fn the_page_says_what_each_stands_for() {
        let page = include_str!("../../docs/overlays.md");
        for preset in Preset::value_variants() {
            let options = preset.options().iter().map(|(id, value)| format!("--{} {value}", id.replace('_', "-")));
            let options = options.collect::<Vec<_>>().join(" ");
            let row = format!("| `{}` | `{options}` |", preset.to_possible_value().unwrap().get_name());
            assert!(page.contains(&row), "docs/overlays.md lacks {row}");
        }
        let of_tickets = OF_TICKETS.map(|(id, value)| format!("--{} {value}", id.replace('_', "-"))).join(" ");
        assert!(page.contains(&of_tickets), "docs/overlays.md lacks {of_tickets}");
    }
}
