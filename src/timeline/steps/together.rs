//! Acts and moments of a window as one list: what is known of one act in two ways is one step.

use std::collections::HashMap;

use super::acts::{Act, Deed};
use super::phrase::Phrase;
use super::{StepKind, StepOptions, words};
use crate::recording::SessionTime;
use crate::timeline::addresses::Addresses;
use crate::timeline::{Moment, MomentKind};

/// A step without the window's own facts.
#[derive(Debug)]
pub(super) struct Told {
    pub at: SessionTime,
    pub until: SessionTime,
    pub kind: StepKind,
    pub words: Phrase,
}

/// A page's title comes with its snapshot, so long after its address at most.
const TITLE_AFTER: SessionTime = SessionTime::from_millis(2000);

/// The steps of a window, by time.
pub(super) fn told(acts: &[Act], moments: &[&Moment], addresses: &Addresses, options: StepOptions) -> Vec<Told> {
    let mut told = pages(acts, addresses);
    let mut clicks = Clicks::of(moments);
    for act in acts {
        let Some((kind, words)) = words::of_act(act, options) else { continue };
        let step = Told { at: act.at, until: act.until, kind, words };
        if act.is_click() {
            let step = match clicks.burst_at(act.at) {
                Some(_) => Told { words: words::click(act), ..step },
                None => step,
            };
            told.extend(clicks.take(act.node, step));
        } else {
            told.push(step);
        }
    }
    let left = moments.iter().enumerate().filter(|(place, _)| !clicks.is_told(*place));
    for (_, moment) in left.filter(|(_, moment)| moment.kind != MomentKind::Page) {
        if let Some(words) = words::of_moment(moment, None) {
            let until = moment.until.unwrap_or(moment.at);
            told.push(Told { at: moment.at, until, kind: StepKind::Moment(moment.kind), words });
        }
    }
    told.sort_by_key(|step| step.at);
    counted(told)
}

/// Where the window went. A page that is shown anew after a while at the same address is no step.
fn pages(acts: &[Act], addresses: &Addresses) -> Vec<Told> {
    let titles: Vec<(SessionTime, &str)> = acts
        .iter()
        .filter_map(|act| match &act.deed {
            Deed::Title(title) => Some((act.at, title.as_str())),
            _ => None,
        })
        .collect();
    let page = |(at, url): (SessionTime, &str)| {
        let next = titles.partition_point(|(since, _)| *since < at);
        let title = titles.get(next).filter(|(since, _)| *since - at <= TITLE_AFTER).map(|(_, title)| *title);
        let words = words::opens(url, title);
        Told { at, until: at, kind: StepKind::Moment(MomentKind::Page), words }
    };
    addresses.all().map(page).collect()
}

/// What the rules say of clicks.
struct Clicks<'m> {
    moments: &'m [&'m Moment],
    /// By time and node.
    single: HashMap<(SessionTime, i64), Vec<usize>>,
    /// Bursts of clicks, by time; none overlaps another.
    bursts: Vec<usize>,
    told: Vec<bool>,
}

impl<'m> Clicks<'m> {
    fn of(moments: &'m [&'m Moment]) -> Self {
        let mut single: HashMap<(SessionTime, i64), Vec<usize>> = HashMap::new();
        let mut bursts = Vec::new();
        for (place, moment) in moments.iter().enumerate() {
            match (moment.kind, moment.node) {
                (MomentKind::Rage, Some(_)) => bursts.push(place),
                (MomentKind::Dead | MomentKind::Submit, Some(node)) => {
                    single.entry((moment.at, node)).or_default().push(place);
                }
                _ => {}
            }
        }
        Self { moments, single, bursts, told: vec![false; moments.len()] }
    }

    fn is_told(&self, place: usize) -> bool {
        self.told.get(place).copied().unwrap_or_default()
    }

    fn mark(&mut self, place: usize) {
        if let Some(told) = self.told.get_mut(place) {
            *told = true;
        }
    }

    /// A click with what the rules say of it; `None` if it is one of a burst that was told of.
    fn take(&mut self, node: i64, step: Told) -> Option<Told> {
        let known: Vec<usize> = self.single.get(&(step.at, node)).cloned().unwrap_or_default();
        for place in &known {
            self.mark(*place);
        }
        let kinds: Vec<MomentKind> =
            known.iter().filter_map(|place| self.moments.get(*place)).map(|moment| moment.kind).collect();
        let dead = kinds.contains(&MomentKind::Dead);
        let ends = if dead { ", and nothing happens" } else { "" };
        if let Some((place, burst)) = self.burst_at(step.at) {
            let until = burst.until.unwrap_or(burst.at);
            // The label begins with how many there are.
            let count = burst.label.split(' ').next().unwrap_or_default().to_owned();
            let length = (until - burst.at).seconds();
            let words = step.words.then(&format!(" {count} times within {length:.1} s{ends}"));
            let first = !self.is_told(place);
            self.mark(place);
            return first.then_some(Told { at: step.at, until, kind: StepKind::Moment(MomentKind::Rage), words });
        }
        if dead {
            let words = step.words.then(ends);
            return Some(Told { kind: StepKind::Moment(MomentKind::Dead), words, ..step });
        }
        if kinds.contains(&MomentKind::Submit) {
            let words = step.words.then(", which sends the form");
            return Some(Told { kind: StepKind::Moment(MomentKind::Submit), words, ..step });
        }
        Some(step)
    }

    fn burst_at(&self, at: SessionTime) -> Option<(usize, &'m Moment)> {
        let begun = self.bursts.partition_point(|place| self.moments.get(*place).is_some_and(|burst| burst.at <= at));
        let place = *self.bursts.get(begun.checked_sub(1)?)?;
        let burst = *self.moments.get(place)?;
        (at <= burst.until.unwrap_or(burst.at)).then_some((place, burst))
    }
}

fn is_repeated(kind: StepKind) -> bool {
    !kind.is_act() && kind != StepKind::Moment(MomentKind::Idle)
}

/// What the page says again and again is said once, and how often.
fn counted(told: Vec<Told>) -> Vec<Told> {
    let mut kept: Vec<(Told, usize)> = Vec::with_capacity(told.len());
    for step in told {
        match kept.last_mut() {
            Some((last, count)) if is_repeated(step.kind) && last.kind == step.kind && last.words == step.words => {
                (last.until, *count) = (step.until, *count + 1);
            }
            _ => kept.push((step, 1)),
        }
    }
    let say = |(step, count): (Told, usize)| match count {
        1 => step,
        _ => Told { words: step.words.then(&format!(" ({count} times)")), ..step },
    };
    kept.into_iter().map(say).collect()
}
