//! Which problems a ticket shows.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{short, wall_clock};
use crate::recording::{Recording, SessionTime};
use crate::timeline::{Moment, MomentKind, Phrase, Step, StepKind, Turn, follow, turn_at, without_passwords};

/// What is asked of a ticket.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What was typed and chosen is told. Never what was typed as a password.
    pub values: bool,
    /// Steps told, at most.
    pub steps: usize,
    /// Kinds of moments that are problems.
    pub kinds: Vec<MomentKind>,
    /// Moments chosen by hand: then nothing is looked for.
    pub at: Vec<SessionTime>,
    /// Problems shown, at most.
    pub most: usize,
    /// Only what happened in this window.
    pub window: Option<String>,
    /// The end of the session, which is shown where there is no problem.
    pub end: SessionTime,
    /// Extension of the clips; `None` for none.
    pub clip: Option<&'static str>,
}

/// Something that went wrong, or was chosen.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    /// A moment's kind, `moment` for one that was chosen by hand, `end` for the end of a session without problems.
    pub kind: &'static str,
    /// What it is called in a heading: `Error`, `Failed request`.
    #[serde(skip)]
    pub heading: &'static str,
    /// It in a line.
    pub words: Phrase,
    /// When.
    pub at_ms: f64,
    /// The same.
    #[serde(skip)]
    pub time: SessionTime,
    /// When it was over.
    #[serde(skip)]
    pub until: SessionTime,
    /// The same as wall-clock time, RFC 3339 UTC.
    pub at: Option<String>,
    /// The window's id, where it is known.
    pub window: Option<String>,
    /// The page.
    pub url: Option<String>,
    /// How often it happened.
    pub count: usize,
    /// Whether the pictures show the window in which it happened.
    pub in_view: bool,
    /// Name of the picture.
    pub still: String,
    /// Name of the clip.
    pub clip: Option<String>,
}

/// What was chosen.
pub(super) struct Chosen {
    pub problems: Vec<Problem>,
    pub more: BTreeMap<&'static str, usize>,
    pub found: bool,
    /// Its place among the problems.
    gravest: usize,
}

impl Chosen {
    pub(super) fn headline(&self) -> Option<&Problem> {
        self.problems.get(self.gravest)
    }
}

pub(super) fn choose(recording: &Recording, moments: &[Moment], steps: &[Step], choice: &Choice) -> Chosen {
    let known = Known { recording, moments, steps, choice, turns: follow(recording) };
    if !choice.at.is_empty() {
        let number = |(place, at): (usize, &SessionTime)| (format!("moment-{}", place + 1), *at);
        let mut chosen: Vec<(String, SessionTime)> = choice.at.iter().enumerate().map(number).collect();
        chosen.sort_by_key(|(_, at)| *at);
        let of = |(name, at): (String, SessionTime)| by_hand(&known, (at, "moment", &name));
        // What was named first is what it is about.
        let gravest = chosen.iter().position(|(name, _)| name == "moment-1").unwrap_or_default();
        return Chosen { problems: chosen.into_iter().map(of).collect(), more: BTreeMap::new(), found: true, gravest };
    }
    let found = Found::among(moments, choice);
    if found.is_empty() {
        let end = by_hand(&known, (choice.end, "end", "end"));
        return Chosen { problems: vec![end], more: BTreeMap::new(), found: false, gravest: 0 };
    }
    let mut places: Vec<usize> = (0..found.len()).collect();
    // Stable: of one kind, the first ones.
    places.sort_by_key(|place| found.get(*place).map(|found| found.moment.kind));
    let (shown, rest) = places.split_at(places.len().min(choice.most.max(1)));
    let gravest = shown.first().copied();
    let mut more: BTreeMap<&'static str, usize> = BTreeMap::new();
    for one in rest.iter().filter_map(|place| found.get(*place)) {
        *more.entry(one.moment.kind.name()).or_default() += one.count;
    }
    let mut shown = shown.to_vec();
    shown.sort_unstable();
    let gravest = shown.iter().position(|place| Some(*place) == gravest).unwrap_or_default();
    let shown = shown.into_iter().filter_map(|place| found.get(place));
    let problems = shown.map(|found| of_moment(&known, found)).collect();
    Chosen { problems, more, found: true, gravest }
}

/// A moment, which one of its kind it is, and how often the same was found.
struct Found<'m> {
    moment: &'m Moment,
    number: usize,
    count: usize,
}

impl<'m> Found<'m> {
    /// Those that count as problems, by time, the same again and again as one.
    fn among(moments: &'m [Moment], choice: &Choice) -> Vec<Self> {
        let mut numbers: HashMap<MomentKind, usize> = HashMap::new();
        let mut known: HashMap<(MomentKind, &str, Option<i64>), usize> = HashMap::new();
        let mut found: Vec<Self> = Vec::new();
        for moment in moments {
            // As `error:2` counts them: over all windows.
            let number = numbers.entry(moment.kind).or_default();
            *number += 1;
            let is_wanted = choice.window.as_ref().is_none_or(|window| *window == moment.window);
            if !choice.kinds.contains(&moment.kind) || !is_wanted {
                continue;
            }
            // Links that are all called `a` are not the same.
            let same = (moment.kind, moment.label.as_str(), moment.node);
            let again = known.get(&same).and_then(|place| found.get_mut(*place));
            if let Some(first) = again {
                first.count += 1;
            } else {
                known.insert(same, found.len());
                found.push(Self { moment, number: *number, count: 1 });
            }
        }
        found
    }
}

/// What a problem is told from.
struct Known<'k> {
    recording: &'k Recording,
    moments: &'k [Moment],
    steps: &'k [Step],
    choice: &'k Choice,
    turns: Vec<Turn>,
}

impl Known<'_> {
    /// The window that the person is in.
    fn in_view(&self, at: SessionTime) -> Option<&str> {
        let turn = turn_at(&self.turns, at)?;
        self.recording.windows.get(turn.window).map(|window| window.id.as_str())
    }
}

fn of_moment(known: &Known<'_>, found: &Found<'_>) -> Problem {
    let Known { recording, steps, choice, .. } = *known;
    let Found { moment, number, count } = *found;
    let kind = moment.kind.name();
    let name = format!("{kind}-{number}");
    // A step names what was clicked as people see it.
    let said = steps.iter().find(|step| {
        step.at == moment.at && step.kind == StepKind::Moment(moment.kind) && step.window == moment.window
    });
    let words = match (moment.kind, said) {
        (MomentKind::Rage | MomentKind::Dead | MomentKind::Submit, Some(step)) => step.words.clone(),
        (MomentKind::Page, _) => Phrase::ours("Page opened: ").address(&moment.label),
        _ => Phrase::ours(heading(moment.kind)).then(": ").theirs(&without_passwords(&moment.label)),
    };
    Problem {
        kind,
        heading: heading(moment.kind),
        words,
        at_ms: moment.at.millis(),
        time: moment.at,
        until: moment.until.unwrap_or(moment.at),
        at: wall_clock(recording, moment.at),
        window: Some(short(&moment.window)),
        url: moment.url.as_deref().map(without_passwords),
        count,
        in_view: choice.window.is_some() || known.in_view(moment.at).is_none_or(|id| id == moment.window),
        still: format!("{name}.png"),
        clip: choice.clip.map(|extension| format!("{name}.{extension}")),
    }
}

/// A moment that no rule found.
fn by_hand(known: &Known<'_>, (at, kind, name): (SessionTime, &'static str, &str)) -> Problem {
    let Known { recording, moments, steps, choice, .. } = *known;
    let window = choice.window.clone().or_else(|| known.in_view(at).map(str::to_owned));
    let in_window = |id: &str| window.as_deref() == Some(id);
    let last = steps.iter().rev().find(|step| step.kind.is_act() && step.at <= at && in_window(&step.window));
    let here = moments.iter().find(|moment| moment.at == at && choice.kinds.contains(&moment.kind));
    let heading = if kind == "end" { "End of the session" } else { "Chosen moment" };
    let words = match (here, last) {
        (Some(moment), _) => {
            Phrase::ours(self::heading(moment.kind)).then(": ").theirs(&without_passwords(&moment.label))
        }
        (None, Some(step)) if kind != "end" => join("After: ", &step.words),
        _ => Phrase::ours(heading),
    };
    Problem {
        kind,
        heading,
        words,
        at_ms: at.millis(),
        time: at,
        until: at,
        at: wall_clock(recording, at),
        url: last.and_then(|step| step.url.as_deref()).map(without_passwords),
        window: window.as_deref().map(short),
        count: 1,
        in_view: true,
        still: format!("{name}.png"),
        clip: choice.clip.map(|extension| format!("{name}.{extension}")),
    }
}

fn join(before: &str, phrase: &Phrase) -> Phrase {
    use crate::timeline::Words;
    phrase.words().iter().fold(Phrase::ours(before), |joined, words| match words {
        Words::Ours(text) => joined.then(text),
        Words::Theirs(text) => joined.theirs(text),
        Words::Address(text) => joined.address(text),
    })
}

fn heading(kind: MomentKind) -> &'static str {
    match kind {
        MomentKind::Error => "Error",
        MomentKind::Failed => "Failed request",
        MomentKind::Rage => "Rage clicks",
        MomentKind::Dead => "Dead click",
        MomentKind::Slow => "Slow request",
        MomentKind::Submit => "Form sent",
        MomentKind::Marker => "Mark",
        MomentKind::Window => "Another window",
        MomentKind::Page => "Page opened",
        MomentKind::Viewport => "Another size",
        MomentKind::Idle => "Nobody does anything",
    }
}
