//! Patterns of one's own.
//!
//! One search of a regular expression takes time in proportion to the text; all of them together may take the square of it, where each looks at
//! all that is left and finds a single character (`a.*b|a` in a text of `a`). So only the first matches of a text are looked for in all that is
//! left of it, as many as [`FREE`] allows, and the rest in pieces.

use std::ops::Range;

use regex::Regex;

/// How many bytes the searches of one text may look at, counted as if each looked at all that is left.
const FREE: usize = 1 << 28;

/// Beyond that: the longest match that is found for certain, in bytes.
const LONGEST: usize = 2048;

/// Adds where a pattern matches: its group `value` if it has one that took part, else all of the match.
pub(super) fn find(pattern: &Regex, text: &str, found: &mut Vec<Range<usize>>) {
    find_within(pattern, text, FREE, found);
}

fn find_within(pattern: &Regex, text: &str, mut free: usize, found: &mut Vec<Range<usize>>) {
    let grouped = pattern.capture_names().flatten().any(|name| name == "value");
    let mut at = 0;
    while at <= text.len() {
        let left = text.len() - at;
        let end = match free.checked_sub(left) {
            Some(rest) => {
                free = rest;
                text.len()
            }
            None => text.ceil_char_boundary(at.saturating_add(2 * LONGEST)),
        };
        // The text before stays in sight, so that `^` and `\b` mean what they say.
        let Some((whole, value)) = text.get(..end).and_then(|piece| next(pattern, piece, at, grouped)) else {
            if end == text.len() {
                return;
            }
            at = text.ceil_char_boundary((at + 1).max(end - LONGEST));
            continue;
        };
        if !value.is_empty() {
            found.push(value);
        }
        at = if whole.is_empty() { text.ceil_char_boundary(whole.end + 1).max(whole.end + 1) } else { whole.end };
    }
}

fn next(pattern: &Regex, piece: &str, at: usize, grouped: bool) -> Option<(Range<usize>, Range<usize>)> {
    if !grouped {
        return pattern.find_at(piece, at).map(|whole| (whole.range(), whole.range()));
    }
    let captures = pattern.captures_at(piece, at)?;
    let whole = captures.get(0)?.range();
    let value = captures.name("value").map_or(whole.clone(), |value| value.range());
    Some((whole, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(pattern: &str, text: &'t str) -> Vec<&'t str> {
        let mut ranges = Vec::new();
        find(&Regex::new(pattern).unwrap(), text, &mut ranges);
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_group_called_value_narrows_what_is_found() {
        assert_eq!(found(r"order (?<value>\d+)|ref \d+", "order 12, ref 34"), ["12", "ref 34"]);
    }

    #[test]
    fn anchors_mean_the_whole_text() {
        assert_eq!(found(r"^\w+|\w+$", "äa b c"), ["äa", "c"]);
        assert_eq!(found(r"\b\w", "ab cd"), ["a", "c"]);
    }

    #[test]
    fn a_match_of_nothing_is_no_match() {
        assert!(found("x*", "äöü").is_empty());
        assert_eq!(found("x*", "äxxö"), ["xx"]);
    }

    #[test]
    fn pieces_find_what_the_whole_text_finds() {
        let text = "ä filler id-123456; ".repeat(2000);
        let pattern = Regex::new(r"\bid-(?<value>\d+)").unwrap();
        let (mut whole, mut pieces) = (Vec::new(), Vec::new());
        find_within(&pattern, &text, FREE, &mut whole);
        find_within(&pattern, &text, 0, &mut pieces);
        assert_eq!(whole.len(), 2000);
        assert_eq!(whole, pieces);
    }

    #[test]
    fn a_pattern_that_looks_far_ahead_each_time_comes_to_an_end() {
        assert_eq!(found("a.*b|a", &"a".repeat(1 << 18)).len(), 1 << 18);
    }
}
