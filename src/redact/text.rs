//! One text, redacted: what rules find in it, what is known from elsewhere, and what was typed meanwhile.

use std::ops::Range;

use super::echo::Echoes;
use super::find::{Finder, Found};
use super::info::Info;
use super::secrets::{Secrets, is_masked};
use super::stand_in::{mask, stand_in};
use super::taint::Taint;
use super::tally::Tally;
use super::vocabulary::Vocabulary;
use super::{Place, RuleId, Rules};

/// Redacts texts, wherever they stand.
pub(super) struct Redactor<'r, 's> {
    pub(super) rules: &'r Rules,
    pub(super) finder: &'r Finder,
    pub(super) secrets: &'s mut Secrets<'r>,
    pub(super) vocabulary: Vocabulary,
    pub(super) echoes: Echoes,
    pub(super) tally: Tally,
}

/// Something to put in the place of a part of a text.
struct Piece {
    range: Range<usize>,
    stand_in: String,
    rule: RuleId,
}

impl Redactor<'_, '_> {
    /// The text without what must not stay. `None` if all of it may.
    pub(super) fn text(&mut self, text: &str, place: Place, info: Option<&Info>, taints: &[Taint]) -> Option<String> {
        let found = match place {
            Place::Urls => self.in_address(text, info),
            place => self.find(text, place, info),
        };
        self.without(text, place, info, taints, found)
    }

    /// [`Self::text`] of an address that stands in another place than where addresses stand.
    pub(super) fn address(&mut self, text: &str, place: Place) -> Option<String> {
        let mut found = self.in_address(text, None);
        found.extend(self.find(text, place, None));
        self.without(text, place, None, &[], found)
    }

    fn without(
        &mut self,
        text: &str,
        place: Place,
        info: Option<&Info>,
        taints: &[Taint],
        found: Vec<Found>,
    ) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        let mut pieces: Vec<Piece> = Vec::new();
        for taint in taints {
            pieces.extend(self.of_taint(text, taint));
        }
        for found in found {
            if let Some(raw) = text.get(found.range.clone()) {
                self.secrets.note(found.rule, raw, &found.value);
                let stand_in = stand_in(self.rules, found.rule, raw, &found.value);
                pieces.push(Piece { range: found.range, stand_in, rule: found.rule });
            }
        }
        for found in self.vocabulary.find(self.rules, text, place) {
            let raw = text.get(found.range.clone()).unwrap_or_default();
            let stand_in = if self.is_whole(&found) {
                stand_in(self.rules, found.rule, raw, &found.value)
            } else {
                mask(self.rules, found.rule, raw)
            };
            pieces.push(Piece { range: found.range, stand_in, rule: found.rule });
        }
        pieces.extend(self.echoes.find(text).into_iter().map(|(range, stand_in, rule)| Piece {
            range,
            stand_in,
            rule,
        }));
        pieces.retain(|piece| !kept(info, piece.rule));
        self.put_together(text, place, pieces)
    }

    fn find(&self, text: &str, place: Place, info: Option<&Info>) -> Vec<Found> {
        self.finder.find(text, place, &|rule| info.is_some_and(|info| info.is_inside(self.rules, rule)))
    }

    fn in_address(&self, text: &str, info: Option<&Info>) -> Vec<Found> {
        self.finder.in_url(text, &|rule| info.is_some_and(|info| info.is_inside(self.rules, rule)))
    }

    fn is_whole(&self, found: &Found) -> bool {
        self.secrets.has(found.rule, &found.value)
    }

    fn of_taint(&self, text: &str, taint: &Taint) -> Option<Piece> {
        let start = byte_of(text, taint.chars.start);
        let end = byte_of(text, taint.chars.end);
        let rule = self.secrets.get(taint.secret)?.rule;
        let stand_in = self.secrets.part(taint.secret, taint.from, taint.chars.end - taint.chars.start);
        Some(Piece { range: start..end, stand_in, rule })
    }

    /// Of pieces that overlap, the first one given holds; what of the others stands out is masked.
    fn put_together(&mut self, text: &str, place: Place, pieces: Vec<Piece>) -> Option<String> {
        let mut chosen: Vec<Piece> = Vec::new();
        for piece in pieces {
            let mut rest = vec![piece.range.clone()];
            for over in &chosen {
                rest = rest.into_iter().flat_map(|part| outside(&part, &over.range)).collect();
            }
            if rest.first() == Some(&piece.range) {
                chosen.push(piece);
                continue;
            }
            for part in rest {
                let stand_in = mask(self.rules, piece.rule, text.get(part.clone()).unwrap_or_default());
                chosen.push(Piece { range: part, stand_in, rule: piece.rule });
            }
        }
        if chosen.is_empty() {
            return None;
        }
        chosen.sort_by_key(|piece| piece.range.start);
        let mut out = String::with_capacity(text.len());
        let mut copied = 0;
        for piece in chosen {
            out.push_str(text.get(copied..piece.range.start)?);
            out.push_str(&piece.stand_in);
            copied = piece.range.end;
            self.tally.count(piece.rule, place);
        }
        out.push_str(text.get(copied..)?);
        (out != text).then_some(out)
    }

    /// All of a text, which a rule of elements, fields or names redacts.
    pub(super) fn whole(&mut self, text: &str, rule: RuleId, place: Place) -> Option<String> {
        if text.trim().is_empty() || is_masked(text) || self.finder.keeps(rule, text.trim()) {
            return None;
        }
        if self.rules.get(rule).is_some_and(|rule| rule.everywhere) {
            self.secrets.note_whole(rule, text);
        }
        let out = self.stand_in_of_whole(text, rule);
        self.tally.count(rule, place);
        (out != text).then_some(out)
    }

    pub(super) fn stand_in_of_whole(&self, text: &str, rule: RuleId) -> String {
        // White space around it is layout, not value: a name is the same name on a line of its own.
        let value = text.trim();
        let start = text.len() - text.trim_start().len();
        let (before, after) = (&text[..start], &text[start + value.len()..]);
        format!("{before}{}{after}", stand_in(self.rules, rule, value, value))
    }

    /// All of a text in a covered element: the box over it is drawn, and what is under it keeps its size.
    pub(super) fn under_cover(&mut self, text: &str, rule: RuleId, place: Place) -> Option<String> {
        if text.trim().is_empty() {
            return None;
        }
        self.tally.count(rule, place);
        let out = mask(self.rules, rule, text);
        (out != text).then_some(out)
    }
}

fn kept(info: Option<&Info>, rule: RuleId) -> bool {
    info.is_some_and(|info| info.kept & (1 << rule.set.min(15)) != 0)
}

/// What of `part` lies outside `over`.
fn outside(part: &Range<usize>, over: &Range<usize>) -> Vec<Range<usize>> {
    let before = part.start..part.end.min(over.start);
    let after = part.start.max(over.end)..part.end;
    [before, after].into_iter().filter(|range| range.start < range.end).collect()
}

/// The byte at which a character begins; the end, if there are not as many.
fn byte_of(text: &str, character: u32) -> usize {
    text.char_indices().nth(character as usize).map_or(text.len(), |(at, _)| at)
}
