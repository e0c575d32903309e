//! Presets: names for sets of the same options that anyone can give. What is given by hand, or in the environment, counts more.

use clap::ValueEnum;

/// A set of options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Preset {
    /// For people who have never seen the product: a bar, notes of what goes wrong, a large pointer, without idle time.
    Share,
    /// For a bug tracker: as share, with slow requests, and small enough to be attached.
    Ticket,
    /// To be kept: nothing left out, with the wall clock, at half the rate.
    Archive,
    /// For manuals: a large pointer, keys, double the pixels, light, without idle time or a word of it.
    Docs,
}

impl Preset {
    /// The options of `render` that it stands for: id and value.
    pub(crate) const fn options(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Share => {
                &[("bar", "bottom"), ("marks", "problems"), ("keys", "on"), ("cursor_size", "large"), ("idle", "skip")]
            }
            Self::Ticket => &[
                ("bar", "bottom"),
                ("marks", "problems,slow"),
                ("keys", "on"),
                ("cursor_size", "large"),
                ("idle", "skip"),
                ("max_bytes", "10MB"),
            ],
            Self::Archive => {
                &[("bar", "bottom"), ("bar_shows", "title,url,window,clock,wall"), ("idle", "keep"), ("fps", "15")]
            }
            Self::Docs => &[
                ("theme", "light"),
                ("cursor_size", "large"),
                ("keys", "on"),
                ("scale", "2"),
                ("idle", "skip"),
                ("idle_cue", "off"),
            ],
        }
    }
}

/// A command with other defaults for some of its options.
pub(crate) fn set(command: clap::Command, options: &[(&'static str, &'static str)]) -> clap::Command {
    options.iter().fold(command, |command, (id, value)| command.mut_arg(*id, |option| option.default_value(*value)))
}
