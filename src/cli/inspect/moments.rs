//! The list of moments, for a terminal.

use std::fmt;

use crate::recording::{clock, printable};
use crate::timeline::{Moment, MomentKind};

/// Longest list shown; the rest is counted, `--json` has it all.
const MOST_ROWS: usize = 20;
/// Longest label shown, characters.
const MOST_CHARACTERS: usize = 90;

/// The gravest moments by time, and how many there are besides.
pub(super) fn list(f: &mut fmt::Formatter<'_>, moments: &[Moment]) -> fmt::Result {
    if moments.is_empty() {
        return writeln!(f, "Moments    none");
    }
    let mut places: Vec<usize> = (0..moments.len()).collect();
    // Stable: of one kind, the first ones are shown.
    places.sort_by_key(|place| moments.get(*place).map(|moment| moment.kind));
    let (shown, rest) = places.split_at(places.len().min(MOST_ROWS));
    let mut shown = shown.to_vec();
    shown.sort_unstable();
    writeln!(f, "Moments")?;
    for moment in shown.into_iter().filter_map(|place| moments.get(place)) {
        writeln!(f, "  {:>9}  {:<8}  {}", clock(moment.at.millis()), moment.kind.name(), shortened(&moment.label))?;
    }
    if rest.is_empty() {
        return Ok(());
    }
    let count = |kind: MomentKind| {
        let of_kind = |place: &&usize| moments.get(**place).is_some_and(|moment| moment.kind == kind);
        Some(rest.iter().filter(of_kind).count()).filter(|count| *count > 0).map(|count| format!("{kind} {count}"))
    };
    let counts: Vec<String> = MomentKind::ALL.into_iter().filter_map(count).collect();
    writeln!(f, "  … and {} more: {}", rest.len(), counts.join(", "))
}

/// Without what a terminal would obey: labels come from strangers.
fn shortened(label: &str) -> String {
    let mut kept = printable(&label.chars().take(MOST_CHARACTERS).collect::<String>());
    if label.chars().nth(MOST_CHARACTERS).is_some() {
        kept.push('…');
    }
    kept
}
