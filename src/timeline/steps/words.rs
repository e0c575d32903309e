//! Acts and moments as sentences.

use super::acts::{Act, By, Deed};
use super::phrase::Phrase;
use super::{StepKind, StepOptions};
use crate::recording::SessionTime;
use crate::timeline::elements::{Described, Noun};
use crate::timeline::{Moment, MomentKind};

/// What it is and what to say of it; `None` for what is said with something else.
pub(super) fn of_act(act: &Act, options: StepOptions) -> Option<(StepKind, Phrase)> {
    let on = act.on.as_ref();
    let values = options.values && !on.is_some_and(|on| on.secret);
    Some(match &act.deed {
        Deed::Click { by: By::Mouse } => (StepKind::Click, thing(Phrase::ours("Clicks "), on)),
        Deed::Click { by: By::Finger } => (StepKind::Tap, thing(Phrase::ours("Taps "), on)),
        Deed::Click { by: By::Keyboard } => {
            (StepKind::Click, thing(Phrase::ours("Presses "), on).then(" without the mouse"))
        }
        Deed::DoubleClick => (StepKind::DoubleClick, thing(Phrase::ours("Double-clicks "), on)),
        Deed::RightClick => (StepKind::RightClick, thing(Phrase::ours("Right-clicks "), on)),
        Deed::Type(text) if text.is_empty() => (StepKind::Type, place(Phrase::ours("Empties "), on)),
        Deed::Type(text) => {
            let typed = match Some(text).filter(|text| values && is_legible(text)) {
                Some(text) => Phrase::ours("Types ").theirs(text).then(" in "),
                None => Phrase::ours("Types in "),
            };
            (StepKind::Type, place(typed, on))
        }
        Deed::Change(value) => (StepKind::Change, change(value, on, values)),
        Deed::Tick(is_on) => (StepKind::Change, place(Phrase::ours(if *is_on { "Ticks " } else { "Unticks " }), on)),
        Deed::Key(key) => (StepKind::Key, Phrase::ours("Presses ").theirs(key)),
        Deed::Title(_) => return None,
    })
}

/// One of many clicks.
pub(super) fn click(act: &Act) -> Phrase {
    let is_tap = act.deed == Deed::Click { by: By::Finger };
    thing(Phrase::ours(if is_tap { "Taps " } else { "Clicks " }), act.on.as_ref())
}

fn change(value: &str, on: Option<&Described>, values: bool) -> Phrase {
    let noun = on.map(|on| on.noun);
    if noun == Some(Noun::File) {
        return place(Phrase::ours("Chooses a file in "), on);
    }
    match Some(value).filter(|value| values && is_legible(value)) {
        Some(value) if matches!(noun, Some(Noun::List | Noun::Choice)) => {
            place(Phrase::ours("Chooses ").theirs(value).then(" in "), on)
        }
        Some(value) => place(Phrase::ours("Sets "), on).then(" to ").theirs(value),
        None => place(Phrase::ours("Changes "), on),
    }
}

/// Something to act on, with what it is: `button “Pay now”`.
fn thing(phrase: Phrase, on: Option<&Described>) -> Phrase {
    let Some(on) = on else { return phrase.then("something that was not recorded") };
    match &on.name {
        Some(name) if on.noun.named().is_empty() => phrase.theirs(name),
        Some(name) => phrase.then(on.noun.named()).then(" ").theirs(name),
        None => phrase.then(on.noun.unnamed()),
    }
}

/// Something that has a value, by its name alone: the verb says what it is.
fn place(phrase: Phrase, on: Option<&Described>) -> Phrase {
    match on {
        Some(Described { name: Some(name), .. }) => phrase.theirs(name),
        Some(on) => phrase.then(on.noun.unnamed()),
        None => phrase.then("a field"),
    }
}

/// Whether somebody can read it: a recorder may have masked it.
fn is_legible(value: &str) -> bool {
    value.chars().any(|character| !matches!(character, '*' | '•' | '●' | '█') && !character.is_whitespace())
}

/// What to say of a moment; `None` for those that are no steps.
pub(super) fn of_moment(moment: &Moment, title: Option<&str>) -> Option<Phrase> {
    let label = &moment.label;
    Some(match moment.kind {
        MomentKind::Error => Phrase::ours("Error: ").theirs(label),
        MomentKind::Failed => Phrase::ours("A request fails: ").theirs(label),
        MomentKind::Slow => Phrase::ours("A request is slow: ").theirs(label),
        MomentKind::Rage => Phrase::ours("Clicks again and again: ").theirs(label),
        MomentKind::Dead => Phrase::ours("Clicks, and nothing happens: ").theirs(label),
        MomentKind::Submit => Phrase::ours("Sends a form: ").theirs(label),
        MomentKind::Marker => Phrase::ours("Mark: ").theirs(label),
        MomentKind::Window => Phrase::ours("Goes ").then(label),
        MomentKind::Page => opens(moment.url.as_deref().unwrap_or(label), title),
        MomentKind::Idle => {
            let length = moment.until.unwrap_or(moment.at) - moment.at;
            Phrase::ours(&format!("Nothing for {}", length_of(length)))
        }
        MomentKind::Viewport => return None,
    })
}

/// A page that comes up.
pub(super) fn opens(url: &str, title: Option<&str>) -> Phrase {
    let opens = Phrase::ours("Opens ").address(&crate::timeline::payload::bounded(url, 300));
    title.map_or_else(|| opens.clone(), |title| opens.clone().then(" (").theirs(title).then(")"))
}

/// `42 s`, `3 min 5 s`
pub(in crate::timeline) fn length_of(length: SessionTime) -> String {
    let seconds = length.seconds().round() as i64;
    match (seconds / 60, seconds % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}
