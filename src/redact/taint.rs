//! Which characters of a text belong to values that were found, carried from one version of the text to the next and to the one before.

use std::ops::Range;

/// A stretch of a text that is part of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Taint {
    /// Characters of the text.
    pub(super) chars: Range<u32>,
    /// Number of the value in [`super::secrets::Secrets`].
    pub(super) secret: u32,
    /// Which character of the value the stretch begins with.
    pub(super) from: u32,
}

impl Taint {
    /// What of a value found at `range` of `whole` lies in the part of it that stands at `place`. Bytes, at character boundaries.
    pub(super) fn of_part(whole: &str, range: &Range<usize>, place: &Range<usize>, secret: u32) -> Option<Self> {
        let (start, end) = (place.start.max(range.start), place.end.min(range.end));
        let count = |range: Range<usize>| whole.get(range).map_or(0, |part| part.chars().count()) as u32;
        let chars = count(place.start..start.min(place.end))..count(place.start..end.max(place.start));
        (start < end).then(|| Self { chars, secret, from: count(range.start..start) })
    }

    /// The part of it that lies in `chars`, moved by `by`.
    fn within(&self, chars: &Range<u32>, by: i64) -> Option<Self> {
        let start = self.chars.start.max(chars.start);
        let end = self.chars.end.min(chars.end);
        if start >= end {
            return None;
        }
        let moved = |at: u32| u32::try_from(i64::from(at) + by).ok();
        Some(Self {
            chars: moved(start)?..moved(end)?,
            secret: self.secret,
            from: self.from + (start - self.chars.start),
        })
    }
}

/// The taints of one version of a text in another one: what an edit left in place at the beginning and at the end. Somebody who types
/// changes one place at a time.
pub(super) fn carried(taints: &[Taint], from: &[char], to: &[char]) -> Vec<Taint> {
    let most = from.len().min(to.len());
    let head = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let tail = from.iter().rev().zip(to.iter().rev()).take(most - head).take_while(|(a, b)| a == b).count();
    let head_range = 0..head as u32;
    let tail_range = (from.len() - tail) as u32..from.len() as u32;
    let length = |text: &[char]| i64::try_from(text.len()).unwrap_or(i64::MAX);
    let by = length(to) - length(from);
    let before = taints.iter().filter_map(|taint| taint.within(&head_range, 0));
    let after = taints.iter().filter_map(|taint| taint.within(&tail_range, by));
    before.chain(after).collect()
}

/// `top` over `base`: where both are, `top` holds. By place.
pub(super) fn overlaid(base: &[Taint], top: &[Taint]) -> Vec<Taint> {
    let mut all = top.to_vec();
    for taint in base {
        let mut rest = vec![taint.clone()];
        for over in top {
            rest = rest
                .iter()
                .flat_map(|part| [part.within(&(0..over.chars.start), 0), part.within(&(over.chars.end..u32::MAX), 0)])
                .flatten()
                .collect();
        }
        all.extend(rest);
    }
    all.sort_by_key(|taint| taint.chars.start);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taint(chars: Range<u32>, from: u32) -> Taint {
        Taint { chars, secret: 0, from }
    }

    fn carry(taints: &[Taint], from: &str, to: &str) -> Vec<Taint> {
        carried(taints, &from.chars().collect::<Vec<_>>(), &to.chars().collect::<Vec<_>>())
    }

    #[test]
    fn what_was_typed_before_a_value_was_whole_is_part_of_it() {
        let whole = [taint(3..13, 0)];
        assert_eq!(carry(&whole, "to a@b.example", "to a@b.exampl"), [taint(3..13, 0)]);
        assert_eq!(carry(&whole, "to a@b.exampl", "to a@"), [taint(3..5, 0)]);
        assert_eq!(carry(&whole, "to a@b.exampl", "to "), []);
    }

    #[test]
    fn a_change_before_a_value_moves_it() {
        assert_eq!(carry(&[taint(0..3, 0)], "a@b", "to a@b"), [taint(3..6, 0)]);
        assert_eq!(carry(&[taint(0..5, 0)], "ab@cd", "abX@cd"), [taint(0..2, 0), taint(3..6, 2)]);
    }

    #[test]
    fn a_later_finding_holds_over_an_earlier_one() {
        let top = [Taint { chars: 2..4, secret: 1, from: 0 }];
        assert_eq!(overlaid(&[taint(0..6, 0)], &top), [taint(0..2, 0), top[0].clone(), taint(4..6, 4)]);
        assert_eq!(overlaid(&[taint(2..4, 0)], &top), top);
        assert_eq!(overlaid(&[taint(5..6, 0)], &[]), [taint(5..6, 0)]);
    }
}
