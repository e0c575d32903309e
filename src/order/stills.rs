//! `--stills`, `--full-page` and `--crop`: stills that find their moments, and what of the page stills show.

use clap::Args;
use clap::builder::FalseyValueParser;

use crate::render::{MomentStills, NameTemplate, Part};
use crate::timeline::MomentKind;

/// Stills of moments, and what of the page stills show.
#[derive(Debug, Clone, Args)]
pub(crate) struct StillsArgs {
    /// Also take a still of every moment of these kinds, each in the window in which it happened: errors, failed, rage, dead, slow, submits, markers, pages, windows, viewports, idle; problems are errors, failed, rage and dead. See docs/stills.md.
    #[arg(long = "stills", env = "REPLAYREEL_STILLS", value_name = "KIND[,KIND]...", value_parser = Kinds::parse)]
    kinds: Option<Kinds>,
    /// What the stills of --stills are called; the extension names the format: png, jpg or webp. In braces: kind, n (the number among its kind: error 2 is error:2), time (of the session) and stem (the input's name).
    #[arg(long, env = "REPLAYREEL_STILLS_TO", value_name = "TEMPLATE", default_value = "{stem}-{kind}-{n}.png", value_parser = template)]
    stills_to: NameTemplate,
    /// Most stills of --stills. Of more moments, the first of every kind go before the second of any.
    #[arg(
        long,
        env = "REPLAYREEL_MOST_STILLS",
        default_value_t = 100,
        value_name = "N",
        help_heading = "Limits",
        hide_short_help = true
    )]
    most_stills: usize,
    /// Stills show the whole page, from its top to its end, rather than what was in view.
    #[arg(long, env = "REPLAYREEL_FULL_PAGE", value_parser = FalseyValueParser::new())]
    full_page: bool,
    /// Stills show one element, the first visible one that this CSS selector matches, wherever on the page it stands.
    #[arg(long, env = "REPLAYREEL_CROP", value_name = "SELECTOR", conflicts_with = "full_page", value_parser = selector)]
    crop: Option<String>,
    /// What --crop shows around the element, CSS px on each side.
    #[arg(long, env = "REPLAYREEL_CROP_PADDING", value_name = "PX", default_value_t = 0.0, value_parser = padding)]
    crop_padding: f64,
}

impl StillsArgs {
    /// Whether stills of moments are wanted.
    pub(crate) fn are_wanted(&self) -> bool {
        self.kinds.is_some()
    }

    pub(crate) fn moments(&self, stem: &str, max_bytes: Option<u64>) -> Option<MomentStills> {
        let Kinds(kinds) = self.kinds.clone()?;
        Some(MomentStills { kinds, names: self.stills_to.clone().with_stem(stem), most: self.most_stills, max_bytes })
    }

    pub(crate) fn part(&self) -> Part {
        match &self.crop {
            Some(selector) => Part::Element { selector: selector.clone(), padding: self.crop_padding },
            None if self.full_page => Part::Page,
            None => Part::Viewport,
        }
    }
}

/// Kinds of moments, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kinds(pub Vec<MomentKind>);

const ALLOWED: &str = "errors, failed, rage, dead, slow, submits, markers, pages, windows, viewports, idle, or problems for the first four";

impl Kinds {
    /// Parses `errors,rage`; one and several are the same.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut kinds = Vec::new();
        for word in text.split(',').map(str::trim) {
            let single = || word.strip_suffix('s').and_then(MomentKind::named);
            let named = match word {
                "problem" | "problems" => MomentKind::PROBLEMS.to_vec(),
                word => MomentKind::named(word).or_else(single).into_iter().collect(),
            };
            if named.is_empty() {
                return Err(format!("{word:?} is no kind of moment; there are {ALLOWED}"));
            }
            kinds.extend(named);
        }
        kinds.sort_unstable();
        kinds.dedup();
        Ok(Self(kinds))
    }
}

fn template(text: &str) -> Result<NameTemplate, String> {
    NameTemplate::parse(text).map_err(|error| error.to_string())
}

fn selector(text: &str) -> Result<String, String> {
    if text.trim().is_empty() { Err("takes a CSS selector".to_owned()) } else { Ok(text.to_owned()) }
}

fn padding(text: &str) -> Result<f64, String> {
    let px = text.strip_suffix("px").unwrap_or(text).parse().ok().filter(|px| (0.0..=10_000.0).contains(px));
    px.ok_or_else(|| format!("must be a number of CSS pixels from 0 to 10000 (got {text:?})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_named_one_or_many_and_each_counts_once() {
        let kinds = Kinds::parse("errors,page, rage,error").unwrap();
        assert_eq!(kinds, Kinds(vec![MomentKind::Error, MomentKind::Rage, MomentKind::Page]));
        for kind in MomentKind::ALL {
            assert_eq!(Kinds::parse(kind.name()), Ok(Kinds(vec![kind])));
            assert_eq!(Kinds::parse(&format!("{kind}s")), Ok(Kinds(vec![kind])));
        }
    }

    #[test]
    fn problems_are_what_went_wrong() {
        assert_eq!(Kinds::parse("problems"), Ok(Kinds(MomentKind::PROBLEMS.to_vec())));
        assert_eq!(Kinds::parse("rage,problems"), Ok(Kinds(MomentKind::PROBLEMS.to_vec())));
    }

    #[test]
    fn an_unknown_kind_is_answered_with_those_there_are() {
        for text in ["tears", "", "errors,", "all"] {
            let message = Kinds::parse(text).unwrap_err();
            assert!(message.contains("submits") && message.contains("problems"), "{message}");
        }
    }

    #[test]
    fn padding_is_a_number_of_pixels() {
        assert_eq!(padding("8px"), Ok(8.0));
        assert_eq!(padding("0.5"), Ok(0.5));
        assert!(padding("-1").is_err() && padding("NaN").is_err() && padding("1em").is_err());
    }
}
