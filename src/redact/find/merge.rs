//! What was found several times, made into a list without overlaps.

use super::Found;

/// What one rule found, in order: of what overlaps one is made. Of the same range found in several layers, the last one's value holds: it is the
/// one with its escapes undone.
pub(super) fn joined(mut found: Vec<Found>, text: &str) -> Vec<Found> {
    // Stable, so that layers stay in order.
    found.sort_by_key(|one| (one.range.start, std::cmp::Reverse(one.range.end)));
    let mut out: Vec<Found> = Vec::with_capacity(found.len());
    for one in found {
        let Some(last) = out.last_mut().filter(|last| one.range.start < last.range.end) else {
            out.push(one);
            continue;
        };
        if one.range == last.range {
            last.value = one.value;
        } else if one.range.end > last.range.end {
            last.range.end = one.range.end;
            text.get(last.range.clone()).unwrap_or_default().clone_into(&mut last.value);
        }
    }
    out
}

/// What earlier rules found, and what a later one found besides. Both in order, without overlaps.
pub(super) fn besides(earlier: Vec<Found>, later: Vec<Found>, text: &str) -> Vec<Found> {
    if earlier.is_empty() {
        return later;
    }
    let mut pieces = Vec::new();
    let mut next = 0;
    for found in later {
        while earlier.get(next).is_some_and(|taken| taken.range.end <= found.range.start) {
            next += 1;
        }
        let mut start = found.range.start;
        let mut index = next;
        while let Some(taken) = earlier.get(index).filter(|taken| taken.range.start < found.range.end) {
            piece(&found, start..taken.range.start, text, &mut pieces);
            start = taken.range.end;
            index += 1;
        }
        next = index.saturating_sub(1).max(next);
        if start == found.range.start {
            pieces.push(found);
        } else {
            piece(&found, start..found.range.end, text, &mut pieces);
        }
    }
    let mut all = earlier;
    all.append(&mut pieces);
    all.sort_by_key(|one| one.range.start);
    all
}

/// A part that says nothing is left alone.
fn piece(of: &Found, range: std::ops::Range<usize>, text: &str, pieces: &mut Vec<Found>) {
    let Some(value) = text.get(range.clone()).filter(|value| value.contains(char::is_alphanumeric)) else { return };
    pieces.push(Found { range, rule: of.rule, value: value.to_owned() });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::RuleId;

    fn found(rule: u16, range: std::ops::Range<usize>, value: &str) -> Found {
        Found { range, rule: RuleId { set: 0, rule }, value: value.to_owned() }
    }

    #[test]
    fn of_what_one_rule_found_twice_one_is_made() {
        let text = "abcdefgh";
        let all = vec![found(0, 4..6, "ef"), found(0, 0..3, "abc"), found(0, 0..3, "ABC"), found(0, 2..5, "cde")];
        assert_eq!(joined(all, text), [found(0, 0..6, "abcdef")]);
        assert_eq!(joined(vec![found(0, 0..3, "abc"), found(0, 0..3, "ABC")], text), [found(0, 0..3, "ABC")]);
        assert_eq!(joined(vec![found(0, 0..5, "x"), found(0, 1..2, "y")], text), [found(0, 0..5, "x")]);
    }

    #[test]
    fn of_two_rules_the_earlier_one_holds_and_nothing_is_lost() {
        let text = "ab-cd-ef-gh";
        let earlier = vec![found(0, 3..5, "cd")];
        let later = vec![found(1, 0..2, "x"), found(1, 2..8, "-cd-ef"), found(1, 9..11, "gh")];
        let expected = [found(1, 0..2, "x"), found(0, 3..5, "cd"), found(1, 5..8, "-ef"), found(1, 9..11, "gh")];
        assert_eq!(besides(earlier, later, text), expected);
    }

    #[test]
    fn one_long_find_of_an_earlier_rule_takes_several_later_ones() {
        let text = "abcdefgh";
        let all = besides(
            vec![found(0, 0..7, "abcdefg")],
            vec![found(1, 1..2, "b"), found(1, 3..4, "d"), found(1, 6..8, "gh")],
            text,
        );
        assert_eq!(all, [found(0, 0..7, "abcdefg"), found(1, 7..8, "h")]);
    }
}
