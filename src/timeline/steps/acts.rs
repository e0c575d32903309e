//! What the person did in a window: clicks, typing, choices, keys.

use std::collections::HashSet;

use crate::recording::interaction::{CONTEXT_MENU, DOUBLE_CLICK, FOCUS, TOUCH_START};
use crate::recording::{Event, EventKind, Incremental, SessionTime, Window};
use crate::redact::tape::Value;
use crate::timeline::clicks::{self, Click};
use crate::timeline::elements::{Described, Noun, Page};
use crate::timeline::keys;
use crate::timeline::payload::{self, Reader};

/// Two clicks that are a double click lie no further apart.
const DOUBLE: SessionTime = SessionTime::from_millis(1000);
/// A browser tells of the mouse that a finger stands for so soon after the finger.
const AS_A_FINGER: SessionTime = SessionTime::from_millis(1000);
/// A pause after which typing is another step.
const PAUSE: SessionTime = SessionTime::from_millis(5000);
/// A box is told to be ticked so soon after the click on it.
const ANSWER: SessionTime = SessionTime::from_millis(100);
/// A choice made in a list whose click came before.
const CHOICE: SessionTime = SessionTime::from_millis(30_000);
/// Characters of a value.
const LONGEST_VALUE: usize = 80;

/// Something done.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Act {
    pub at: SessionTime,
    pub until: SessionTime,
    /// As the recording numbers it.
    pub node: i64,
    pub deed: Deed,
    /// `None` where the recording does not have it.
    pub on: Option<Described>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Deed {
    Click {
        by: By,
    },
    DoubleClick,
    RightClick,
    /// The field's text afterwards.
    Type(String),
    /// The list's or slider's value afterwards, as a person reads it.
    Change(String),
    Tick(bool),
    Key(String),
    /// A page got its title.
    Title(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Mouse,
    Finger,
    /// Or a script.
    Keyboard,
}

impl Act {
    fn new(at: SessionTime, node: i64, deed: Deed, on: Option<Described>) -> Self {
        Self { at, until: at, node, deed, on }
    }

    pub(super) fn is_click(&self) -> bool {
        matches!(self.deed, Deed::Click { .. } | Deed::DoubleClick)
    }

    /// The node of what does something.
    fn acts_on(&self) -> i64 {
        self.on.as_ref().map_or(self.node, |on| on.node)
    }

    fn is_click_on(&self, node: i64) -> bool {
        matches!(self.deed, Deed::Click { .. }) && self.acts_on() == node
    }
}

/// By time.
pub(super) fn of(window: &Window, reader: &mut Reader) -> Vec<Act> {
    let clicks = clicks::of(window);
    let mut clicks = clicks.iter().peekable();
    let is_focus =
        |event: &Event| matches!(event.kind, EventKind::Incremental(Incremental::MouseInteraction { kind: FOCUS, .. }));
    let knows_focus = window.events.iter().any(is_focus);
    let mut told = Told { knows_focus, ..Told::default() };
    for (index, event) in window.events.iter().enumerate() {
        if let Some(click) = clicks.next_if(|click| click.event == index) {
            told.click(click);
        }
        told.event(event, reader);
    }
    told.acts
}

#[derive(Default)]
struct Told {
    page: Page,
    acts: Vec<Act>,
    touched: Option<SessionTime>,
    /// The recorder tells which element has the focus. Then what was written where the person never was, a script wrote.
    knows_focus: bool,
    /// Where the person was since the page came up.
    visited: HashSet<i64>,
}

impl Told {
    fn event(&mut self, event: &Event, reader: &mut Reader) {
        match &event.kind {
            EventKind::FullSnapshot => {
                self.page.follow(event, reader);
                self.visited.clear();
                if let Some(title) = self.page.title() {
                    self.acts.push(Act::new(event.at, 0, Deed::Title(title), None));
                }
            }
            EventKind::Incremental(Incremental::Mutation) => self.page.follow(event, reader),
            EventKind::Incremental(Incremental::MouseInteraction { kind, node, .. }) => match *kind {
                CONTEXT_MENU => {
                    let on = self.page.described(*node);
                    self.acts.push(Act::new(event.at, *node, Deed::RightClick, on));
                }
                DOUBLE_CLICK => self.double_click(event.at, *node),
                FOCUS => drop(self.visited.insert(*node)),
                TOUCH_START => self.touched = Some(event.at),
                _ => {}
            },
            EventKind::Incremental(Incremental::Input) => self.input(event, reader),
            EventKind::Custom { .. } => {
                let key = key(event, reader).map(|key| Act::new(event.at, 0, Deed::Key(key), None));
                self.acts.extend(key);
            }
            _ => {}
        }
    }

    fn click(&mut self, click: &Click) {
        let by = if self.touched.is_some_and(|touched| click.at - touched <= AS_A_FINGER) {
            By::Finger
        } else if click.is_of_a_hand() || click.position.is_none() {
            By::Mouse
        } else {
            By::Keyboard
        };
        let on = self.page.described(click.node);
        let act = Act::new(click.at, click.node, Deed::Click { by }, on);
        self.visited.extend([act.node, act.acts_on()]);
        // Browsers click a list when a choice was made in it, and a slider when it was let go.
        let of_value = act.on.as_ref().is_some_and(|on| matches!(on.noun, Noun::List | Noun::Slider | Noun::Field));
        let ends = |last: &Act| {
            matches!(last.deed, Deed::Change(_)) && last.node == act.acts_on() && act.at - last.until <= DOUBLE
        };
        if of_value && (by == By::Keyboard || self.acts.last().is_some_and(ends)) {
            return;
        }
        self.acts.push(act);
    }

    /// The two clicks of it were told before.
    fn double_click(&mut self, at: SessionTime, node: i64) {
        let mut first = at;
        for _ in 0..2 {
            let of_it = |act: &Act| matches!(act.deed, Deed::Click { .. }) && act.node == node && at - act.at <= DOUBLE;
            if self.acts.last().is_some_and(of_it) {
                first = self.acts.pop().map_or(first, |act| act.at);
            }
        }
        let on = self.page.described(node);
        self.acts.push(Act { until: at, ..Act::new(first, node, Deed::DoubleClick, on) });
    }

    fn input(&mut self, event: &Event, reader: &mut Reader) {
        let Some(data) = reader.data(event) else { return };
        let Some(node) = data.get("id").and_then(Value::integer) else { return };
        // What a script wrote nobody did; recorders say it where they are asked to.
        if data.get("userTriggered").is_some_and(|by_hand| by_hand.raw() == "false") {
            return;
        }
        let text = data.get("text").and_then(Value::as_string).unwrap_or_default();
        let text = payload::bounded(&text, LONGEST_VALUE);
        let is_checked = data.get("isChecked").is_some_and(|checked| checked.raw() == "true");
        if self.goes_on(event.at, node, &text) {
            return;
        }
        if self.knows_focus && !self.visited.contains(&node) {
            return;
        }
        let on = self.page.described(node);
        let deed = match on.as_ref().map(|on| on.noun) {
            Some(Noun::CheckBox | Noun::Switch) => Deed::Tick(is_checked),
            // Those that another choice took the place of.
            Some(Noun::Choice) if !is_checked => return,
            Some(Noun::Choice) => Deed::Change(on.as_ref().and_then(|on| on.choice.clone()).unwrap_or(text)),
            Some(Noun::Field) | None => Deed::Type(text),
            Some(_) => Deed::Change(self.chosen(node, text)),
        };
        let room = match deed {
            Deed::Type(_) | Deed::Change(_) if !matches!(on.as_ref().map(|on| on.noun), Some(Noun::Choice)) => CHOICE,
            _ => ANSWER,
        };
        // The click into the field, on the box or on its label is part of it.
        while self.acts.last().is_some_and(|last| last.is_click_on(node) && event.at - last.at <= room) {
            self.acts.pop();
        }
        self.acts.push(Act::new(event.at, node, deed, on));
    }

    /// Whether it goes on with what was typed or chosen before, in which case it is taken in there.
    fn goes_on(&mut self, at: SessionTime, node: i64, text: &str) -> bool {
        // A click into the same field sets the caret.
        let carets = self.acts.iter().rev().take_while(|act| act.is_click_on(node)).count();
        let Some(last) = self.acts.len().checked_sub(carets + 1) else { return false };
        let Some(act) = self.acts.get_mut(last).filter(|act| act.node == node && at - act.until <= PAUSE) else {
            return false;
        };
        let is_choice = act.on.as_ref().is_some_and(|on| on.noun == Noun::Choice);
        let chosen = match &act.deed {
            Deed::Type(_) => Deed::Type(text.to_owned()),
            Deed::Change(_) if !is_choice => Deed::Change(chosen(&self.page, node, text.to_owned())),
            _ => return false,
        };
        (act.deed, act.until) = (chosen, at);
        self.acts.truncate(last + 1);
        true
    }

    fn chosen(&self, node: i64, text: String) -> String {
        chosen(&self.page, node, text)
    }
}

/// A list's choice as it is read there.
fn chosen(page: &Page, node: i64, text: String) -> String {
    page.get(node).filter(|element| element.tag() == "select").and_then(|list| list.option(&text)).unwrap_or(text)
}

/// The keys that an event tells of.
fn key(event: &Event, reader: &mut Reader) -> Option<String> {
    keys::caps(event, false, reader).map(|caps| caps.join("+"))
}
