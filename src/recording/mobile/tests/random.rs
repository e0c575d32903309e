//! Whatever an app does, the page after the changes is the page that a full snapshot of the same screen makes.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{change, full, meta, page};

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides
    }
}

#[derive(Clone)]
struct View {
    id: i64,
    look: usize,
    children: Vec<View>,
}

impl View {
    fn wireframe(&self) -> Value {
        let mut wireframe = match self.look % 5 {
            0 => json!({"type": "div", "style": {"backgroundColor": "#abc", "borderWidth": self.look}}),
            1 => json!({"type": "text", "text": format!("text {}", self.look)}),
            2 => {
                json!({"type": "input", "inputType": "checkbox", "checked": self.look.is_multiple_of(2), "label": "label"})
            }
            3 => json!({"type": "input", "inputType": "progress", "value": self.look, "max": 100}),
            _ => json!({"type": "placeholder", "label": "x".repeat(self.look % 3)}),
        };
        wireframe["id"] = self.id.into();
        wireframe["x"] = self.look.into();
        wireframe["width"] = 100.into();
        wireframe["height"] = 50.into();
        if !self.children.is_empty() {
            wireframe["childWireframes"] = self.children.iter().map(View::wireframe).collect();
        }
        wireframe
    }

    /// All views by their number, each with its parent's and its own wireframe, in order of appearance.
    fn flat<'v>(&'v self, parent: i64, into: &mut Vec<(i64, i64, &'v View)>) {
        into.push((self.id, parent, self));
        for child in &self.children {
            child.flat(self.id, into);
        }
    }

    /// Changes the views below at random. Children are moved only where the view itself changes too: phones tell of no order else.
    fn shuffle(&mut self, dice: &mut Dice, next: &mut i64) {
        let changes = dice.roll(4) == 0;
        if changes {
            self.look = dice.roll(60);
        }
        self.children.retain(|_| dice.roll(6) != 0);
        if changes && self.children.len() > 1 {
            let (from, to) = (dice.roll(self.children.len()), dice.roll(self.children.len()));
            self.children.swap(from, to);
        }
        for child in &mut self.children {
            child.shuffle(dice, next);
        }
        if dice.roll(4) == 0 {
            *next += 1;
            let child = View { id: *next, look: dice.roll(60), children: Vec::new() };
            let place = if changes { dice.roll(self.children.len() + 1) } else { self.children.len() };
            self.children.insert(place, child);
        }
    }
}

/// What Android's recorder tells of a change: it compares the views one by one, by number, without their children, and sends each
/// that is new or different with all that stands in it.
fn told(at: i64, before: &View, after: &View) -> Value {
    let (mut old, mut new) = (Vec::new(), Vec::new());
    before.flat(0, &mut old);
    after.flat(0, &mut new);
    let looks: BTreeMap<i64, usize> = old.iter().map(|(id, _, view)| (*id, view.look)).collect();
    let item = |(_, parent, view): &(i64, i64, &View)| json!({"parentId": parent, "wireframe": view.wireframe()});
    let adds: Vec<Value> = new.iter().filter(|(id, ..)| !looks.contains_key(id)).map(item).collect();
    let updates: Vec<Value> =
        new.iter().filter(|(id, _, view)| looks.get(id).is_some_and(|look| *look != view.look)).map(item).collect();
    let stay: Vec<i64> = new.iter().map(|(id, ..)| *id).collect();
    let removes: Vec<Value> = old
        .iter()
        .filter(|(id, ..)| !stay.contains(id))
        .map(|(id, parent, _)| json!({"parentId": parent, "id": id}))
        .collect();
    change(at, adds.into(), updates.into(), removes.into())
}

#[test]
fn after_any_changes_the_page_is_that_of_a_full_snapshot() {
    for seed in 0..30 {
        let mut dice = Dice(seed);
        let mut next = 1;
        let mut screen = View { id: 1, look: 0, children: Vec::new() };
        for _ in 0..6 {
            screen.shuffle(&mut dice, &mut next);
        }
        let mut events = vec![meta(0), full(0, json!([screen.wireframe()]))];
        for step in 1..12 {
            let before = screen.clone();
            screen.shuffle(&mut dice, &mut next);
            events.push(told(step, &before, &screen));
            let whole = page(&[meta(0), full(0, json!([screen.wireframe()]))]);
            assert_eq!(page(&events).outline(), whole.outline(), "seed {seed}, step {step}");
        }
    }
}
