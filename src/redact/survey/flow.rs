//! Text as it is read: joined over the nodes that it is split into.

use super::super::dom::{Dom, NodeKind};

/// A stretch of a page's text.
#[derive(Debug, Default)]
pub(super) struct Flow {
    pub(super) text: String,
    /// The text nodes in it, in order: node and first byte.
    pub(super) pieces: Vec<Piece>,
}

/// A text node in a flow.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) node: i64,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Elements that stand in a line of text with what is around them, unless a style says otherwise. Custom elements do as well.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "nobr", "output", "q", "rp", "rt", "ruby", "s", "samp", "slot", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tspan", "textpath", "tt", "u", "var", "wbr", "blink", "picture", "meter",
    "progress",
];
/// A block is read together with what stands beside it in its parent if that is no longer than this, bytes: the four cells of a card's number.
const SMALL: usize = 2048;
/// The most that is read at once around a change, bytes.
const LARGE: usize = 32 << 10;
/// Neighbours on each side that are read with a node whose block is longer.
const NEIGHBOURS: usize = 16;
/// Texts that stand letter to letter and are tried together, at most.
const MOST_GLUED: usize = 20;
/// Nodes that are looked at for it, at most.
const MOST_NODES: usize = 4096;

/// Whether it begins and ends a line.
fn is_block(dom: &Dom, id: i64) -> bool {
    match dom.kind(id) {
        Some(NodeKind::Element { tag, .. }) => !INLINE.contains(&tag.as_str()) && !tag.contains('-'),
        Some(NodeKind::Document | NodeKind::Doctype) => true,
        _ => false,
    }
}

/// Whether its text is no text of the page.
fn is_silent(dom: &Dom, id: i64) -> bool {
    matches!(dom.tag(id), Some("style" | "script" | "noscript"))
}

/// Where to read after the text of a node has changed: the block around it, with its neighbours if they are small.
pub(super) fn scope(dom: &Dom, node: i64) -> i64 {
    let mut block = node;
    while let Some(parent) = dom.parent(block) {
        block = parent;
        if is_block(dom, block) {
            break;
        }
    }
    match dom.parent(block).filter(|parent| !matches!(dom.kind(*parent), Some(NodeKind::Document))) {
        Some(parent) if is_small(dom, parent) => parent,
        _ => block,
    }
}

/// What stands beside a node in its line, for when its block is too long to be read at once.
pub(super) fn nearby(dom: &Dom, node: i64) -> Vec<i64> {
    let mut place = node;
    while let Some(parent) = dom.parent(place).filter(|parent| !is_block(dom, *parent)) {
        place = parent;
    }
    let before = std::iter::successors(dom.previous(place), |id| dom.previous(*id)).take(NEIGHBOURS);
    let after = std::iter::successors(dom.next(place), |id| dom.next(*id)).take(NEIGHBOURS);
    let mut roots: Vec<i64> = before.collect();
    roots.reverse();
    roots.push(place);
    roots.extend(after);
    roots
}

fn is_small(dom: &Dom, id: i64) -> bool {
    // Texts are not measured but counted: what they hold is read later, and then only as far as it may.
    dom.subtree(id).take(SMALL / 16).count() < SMALL / 16
}

/// The text under `roots`, one after another, as far as it may be read at once; `text` gives the text of a node. `whole` reads it all.
pub(super) fn join<'t>(
    dom: &Dom,
    roots: &[i64],
    whole: bool,
    text: impl Fn(i64) -> Option<std::borrow::Cow<'t, str>>,
) -> Flow {
    enum Step {
        Into(i64),
        /// After a block.
        Out,
    }
    let (most_bytes, most_nodes) = if whole { (usize::MAX, usize::MAX) } else { (LARGE, MOST_NODES) };
    let mut flow = Flow::default();
    let mut steps: Vec<Step> = roots.iter().rev().map(|root| Step::Into(*root)).collect();
    let mut nodes = 0;
    while let Some(step) = steps.pop() {
        let Step::Into(id) = step else {
            flow.line();
            continue;
        };
        nodes += 1;
        if nodes > most_nodes || flow.text.len() > most_bytes {
            break;
        }
        match dom.kind(id) {
            Some(NodeKind::Text { .. } | NodeKind::CData) => {
                if let Some(text) = text(id) {
                    flow.add(id, &text);
                }
            }
            Some(NodeKind::Element { .. } | NodeKind::Document) if !is_silent(dom, id) => {
                if is_block(dom, id) {
                    flow.line();
                    steps.push(Step::Out);
                }
                let from = steps.len();
                steps.extend(dom.children(id).map(Step::Into));
                steps[from..].reverse();
            }
            _ => {}
        }
    }
    flow
}

/// Stretches of joined texts that have to be looked at by themselves: where two of them stand against each other letter to letter, what stands
/// before or after a value hides that it is one (`Card41111111` and `11111111`).
///
/// `pieces` are the places of the texts in `whole`.
pub(super) fn hidden(whole: &str, pieces: &[std::ops::Range<usize>]) -> Vec<std::ops::Range<usize>> {
    let letter = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    let glued = |at: usize| {
        let (before, after) = (whole.get(..at).unwrap_or_default(), whole.get(at..).unwrap_or_default());
        letter(before.chars().next_back()) && letter(after.chars().next())
    };
    let follows =
        |place: usize| place > 0 && pieces[place - 1].end == pieces[place].start && glued(pieces[place].start);
    let mut stretches = Vec::new();
    for first in 0..pieces.len() {
        for last in first + 1..pieces.len().min(first + MOST_GLUED) {
            if !follows(last) {
                break;
            }
            let goes_on = last + 1 < pieces.len() && follows(last + 1);
            if follows(first) || goes_on {
                stretches.push(pieces[first].start..pieces[last].end);
            }
        }
    }
    stretches
}

impl Flow {
    /// What follows does not stand in one line with what was before.
    fn line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn add(&mut self, node: i64, text: &str) {
        if text.trim().is_empty() {
            // White space between blocks is not shown, and between words it is one space.
            if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) && !text.is_empty() {
                self.text.push(' ');
            }
            return;
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.pieces.push(Piece { node, start, end: self.text.len() });
    }
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn texts_are_tried_together_where_others_stand_against_them() {
        // The value is the second and third of four.
        let whole = "Card41111111expires";
        assert_eq!(hidden(whole, &[0..4, 4..8, 8..12, 12..19]), [0..8, 0..12, 4..12, 4..19, 8..19]);
    }

    #[test]
    fn texts_with_a_gap_between_them_need_no_second_look() {
        assert!(hidden("Card: 4111 1111", &[0..6, 6..11, 11..15]).is_empty());
        assert!(hidden("41111111", &[0..4, 4..8]).is_empty());
    }
}
