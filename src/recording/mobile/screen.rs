//! The phone's screen as it stands: which wireframes are on it, in what order, and which node of the page each is.

use std::collections::{HashMap, HashSet};

use super::colour::is_light;
use super::draw::{Keyboard, Navigation, Scene, draw, keyboard};
use super::node::Element;
use super::part::{Change, Key, Part, Place, ids};
use super::style::Style;
use super::wireframe::Wireframe;

/// The screen.
#[derive(Debug)]
pub(super) struct Screen {
    parts: HashMap<Key, Part>,
    children: HashMap<Place, Vec<(Key, u64)>>,
    /// What each place held, in order, when the page was last told.
    pub(super) stood: HashMap<Place, Vec<Key>>,
    next_id: u64,
    entries: u64,
    nameless: u64,
    deepest: usize,
    navigation: Option<Navigation>,
}

impl Screen {
    /// An empty screen. `deepest` is how many wireframes may stand in one another.
    pub(super) fn new(deepest: usize) -> Self {
        Self {
            parts: HashMap::new(),
            children: HashMap::new(),
            stood: HashMap::new(),
            next_id: ids::FIRST,
            entries: 0,
            nameless: 0,
            deepest,
            navigation: None,
        }
    }

    pub(super) fn part(&self, key: Key) -> Option<&Part> {
        self.parts.get(&key)
    }

    pub(super) fn part_mut(&mut self, key: Key) -> Option<&mut Part> {
        self.parts.get_mut(&key)
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    /// The number of the node that stands for a place.
    pub(super) fn node_of(&self, place: Place) -> u64 {
        match place {
            Place::App => ids::APP,
            Place::Keyboard => ids::KEYBOARD,
            Place::Navigation => ids::NAVIGATION,
            Place::Status => ids::STATUS,
            Place::Inside(key) => self.parts.get(&key).map_or(ids::APP, |part| part.id),
        }
    }

    /// The node that a recorded number means, for touches: the body if it means none.
    pub(super) fn target(&self, id: Option<i64>) -> u64 {
        id.and_then(|id| self.parts.get(&Key::Wireframe(id))).map_or(ids::BODY, |part| part.id)
    }

    /// What a place holds, in order.
    pub(super) fn held(&mut self, place: Place) -> Vec<Key> {
        let Some(list) = self.children.get_mut(&place) else {
            return Vec::new();
        };
        let parts = &self.parts;
        list.retain(|(key, entry)| {
            parts.get(key).is_some_and(|part| part.place == place && part.entry == Some(*entry))
        });
        list.iter().map(|(key, _)| *key).collect()
    }

    /// Puts trees of wireframes (each before its children) where a parent's number says.
    /// An addition that the same event has brought already, as part of a larger tree, is left out.
    pub(super) fn put<'a>(
        &mut self,
        trees: &[Wireframe<'a>],
        parent: Option<i64>,
        is_addition: bool,
        scene: Scene,
        change: &mut Change<'a>,
    ) {
        let Some(root) = trees.first() else {
            return;
        };
        let known = root.id().map(Key::Wireframe).filter(|key| self.parts.contains_key(key));
        let inside = parent.map(Key::Wireframe).filter(|key| self.parts.contains_key(key)).map(Place::Inside);
        let place = match (inside, known.and_then(|key| self.parts.get(&key))) {
            (Some(place), _) => place,
            (None, Some(part)) => part.place,
            (None, None) => {
                let is_body = parent.is_none_or(|parent| matches!(parent, 0 | ids::SAID_BODY));
                if !is_body && !root.is_screenshot() {
                    change.lost_parents += 1;
                }
                Place::App
            }
        };
        if is_addition
            && known.is_some_and(|key| {
                change.fresh.contains_key(&key) && self.parts.get(&key).is_some_and(|part| part.place == place)
            })
        {
            return;
        }
        let above = self.ancestors(place);
        let levels = self.deepest.saturating_sub(above.len());
        let mut path: Vec<(usize, Key)> = Vec::new();
        // Those on the path and above it, which cannot come again below themselves.
        let mut taken: HashSet<Key> = above.into_iter().collect();
        let mut orphans = Vec::new();
        for wireframe in trees {
            while path.last().is_some_and(|(depth, _)| *depth >= wireframe.depth) {
                if let Some((_, key)) = path.pop() {
                    taken.remove(&key);
                }
            }
            // Below one that was left out, everything is.
            if path.len() < wireframe.depth || path.len() >= levels {
                change.too_deep += 1;
                continue;
            }
            let inside = path.last().map_or(place, |(_, key)| Place::Inside(*key));
            let key = wireframe.id().map(Key::Wireframe).filter(|key| !taken.contains(key)).unwrap_or_else(|| {
                self.nameless += 1;
                Key::Nameless(self.nameless)
            });
            self.orphan_children(key, &mut orphans);
            self.place(key, wireframe, inside, scene, change);
            let look = draw(wireframe, scene, &mut change.faults);
            self.renew(key, look, change);
            path.push((wireframe.depth, key));
            taken.insert(key);
        }
        for orphan in orphans {
            if self.parts.get(&orphan).is_some_and(|part| part.entry.is_none()) {
                self.delete(orphan, change);
            }
        }
    }

    /// Finds room for one wireframe: bars go to their side of the screen, screenshots into nothing.
    fn place(&mut self, key: Key, wireframe: &Wireframe<'_>, inside: Place, scene: Scene, change: &mut Change<'_>) {
        let place = match wireframe.kind() {
            "status_bar" => Place::Status,
            "navigation_bar" => {
                let background = Style::read(wireframe.style).background;
                let is_dark = background.is_some_and(|background| !is_light(&background));
                self.navigation = Some(Navigation { height: wireframe.height().unwrap_or(0.0), is_dark });
                Place::Navigation
            }
            "screenshot" => Place::App,
            _ => inside,
        };
        if matches!(place, Place::Status | Place::Navigation) {
            // A phone has one of each.
            for other in self.held(place) {
                if other != key {
                    self.delete(other, change);
                }
            }
        }
        self.attach(key, place, change);
        let shot = wireframe.is_screenshot().then(|| wireframe.area(scene.screen.map(|(width, _)| width))).flatten();
        if let Some(part) = self.parts.get_mut(&key) {
            part.shot = shot;
            part.owner = match inside {
                Place::Inside(owner) if place != inside => Some(owner),
                _ => None,
            };
        }
    }

    /// A screenshot under a new number that covers the one that stands takes that one's place: its picture is all that changes.
    pub(super) fn succeed(&mut self, wireframe: &Wireframe<'_>, scene: Scene) {
        let Some(key) =
            wireframe.id().map(Key::Wireframe).filter(|key| wireframe.is_screenshot() && !self.parts.contains_key(key))
        else {
            return;
        };
        let Some(area) = wireframe.area(scene.screen.map(|(width, _)| width)) else {
            return;
        };
        let held = self.held(Place::App);
        let covered = |key: &&Key| self.parts.get(key).and_then(|part| part.shot).is_some_and(|shot| area.covers(shot));
        let Some(old) = held.iter().rev().find(covered).copied() else {
            return;
        };
        let Some(part) = self.parts.remove(&old) else {
            return;
        };
        let renamed = |keys: &mut Key| {
            if *keys == old {
                *keys = key;
            }
        };
        self.parts.insert(key, part);
        self.children.entry(Place::App).or_default().iter_mut().for_each(|(name, _)| renamed(name));
        self.stood.entry(Place::App).or_default().iter_mut().for_each(renamed);
        // What stands in it is said anew or goes.
        let (from, to) = (Place::Inside(old), Place::Inside(key));
        if let Some(list) = self.children.remove(&from) {
            for (child, _) in &list {
                if let Some(child) = self.parts.get_mut(child).filter(|child| child.place == from) {
                    child.place = to;
                    child.standing = child.standing.map(|(_, id)| (to, id));
                }
            }
            self.children.insert(to, list);
        }
        if let Some(list) = self.stood.remove(&from) {
            self.stood.insert(to, list);
        }
    }

    /// Whether nothing stands but one screenshot, which `wireframe` replaces at the same place.
    pub(super) fn holds_only(&self, wireframe: &Wireframe<'_>, scene: Scene) -> bool {
        let area = wireframe.area(scene.screen.map(|(width, _)| width));
        self.parts.len() == 1 && area.is_some() && self.parts.values().all(|part| part.shot == area)
    }

    /// Takes away the wireframe with this number and all that stands in it.
    pub(super) fn remove(&mut self, id: i64, change: &mut Change<'_>) {
        self.delete(Key::Wireframe(id), change);
    }

    /// Shows or hides the keyboard. Returns whether that changes anything.
    pub(super) fn set_keyboard<'a>(&mut self, state: &Keyboard<'a>, scene: Scene, change: &mut Change<'a>) -> bool {
        match state {
            Keyboard::Open(place) => {
                let navigation = self.navigation.filter(|_| !self.held(Place::Navigation).is_empty());
                let look = keyboard(place, Scene { navigation, ..scene });
                self.attach(Key::Keyboard, Place::Keyboard, change);
                self.renew(Key::Keyboard, look, change);
                true
            }
            Keyboard::Closed => {
                let is_open = self.parts.contains_key(&Key::Keyboard);
                self.delete(Key::Keyboard, change);
                is_open
            }
        }
    }

    /// The chain of wireframes that a place is in.
    pub(super) fn ancestors(&self, mut place: Place) -> Vec<Key> {
        let mut chain = Vec::new();
        while let Place::Inside(key) = place {
            chain.push(key);
            match self.parts.get(&key) {
                Some(part) if chain.len() <= self.deepest => place = part.place,
                _ => break,
            }
        }
        chain
    }

    /// Gives a thing a new look.
    fn renew<'a>(&mut self, key: Key, look: Element<'a>, change: &mut Change<'a>) {
        if let Some(part) = self.parts.get(&key)
            && !part.kept.as_ref().is_some_and(|kept| kept.fits(&look))
        {
            change.touched.insert(part.place);
        }
        change.fresh.insert(key, look);
    }

    fn attach(&mut self, key: Key, place: Place, change: &mut Change<'_>) {
        let stays = self.parts.get(&key).is_some_and(|part| part.place == place && part.entry.is_some());
        if stays {
            return;
        }
        change.touched.insert(place);
        self.entries += 1;
        let entry = Some(self.entries);
        self.children.entry(place).or_default().push((key, self.entries));
        if let Some(part) = self.parts.get_mut(&key) {
            part.place = place;
            part.entry = entry;
            return;
        }
        let id = self.next_id();
        self.parts.insert(key, Part { id, place, entry, owner: None, shot: None, kept: None, standing: None });
    }

    /// Lets go of what stands in `key`: its new version says what stands in it now.
    fn orphan_children(&mut self, key: Key, orphans: &mut Vec<Key>) {
        let mut loose = self.held(Place::Inside(key));
        self.children.remove(&Place::Inside(key));
        for bar in [Place::Status, Place::Navigation] {
            let owned = self
                .held(bar)
                .into_iter()
                .filter(|bar| self.parts.get(bar).is_some_and(|part| part.owner == Some(key)));
            loose.extend(owned.collect::<Vec<_>>());
        }
        for child in &loose {
            if let Some(part) = self.parts.get_mut(child) {
                part.entry = None;
            }
        }
        orphans.extend(loose);
    }

    fn delete(&mut self, key: Key, change: &mut Change<'_>) {
        let mut going = vec![key];
        let mut gone = HashSet::new();
        while let Some(key) = going.pop() {
            if !self.parts.contains_key(&key) {
                continue;
            }
            self.orphan_children(key, &mut going);
            change.fresh.remove(&key);
            self.stood.remove(&Place::Inside(key));
            if let Some(part) = self.parts.remove(&key) {
                // What stands in what goes, goes with it.
                if let Some((place, parent)) = part.standing
                    && !matches!(place, Place::Inside(parent) if gone.contains(&parent))
                {
                    change.gone.push((parent, part.id));
                }
            }
            gone.insert(key);
        }
    }
}
