//! Groups of digits that stand together: what numbers of cards and telephones are made of.

use std::ops::Range;

/// How many characters may stand between two groups that belong together: `) - `.
const LONGEST_GAP: usize = 4;

/// Gives `each` the groups of digits that stand together, with nothing between them but characters that `joins` says may stand there, where they
/// are so many digits at `least`.
pub(super) fn runs(text: &str, joins: fn(char) -> bool, least: usize, mut each: impl FnMut(&[Range<usize>])) {
    let mut run: Vec<Range<usize>> = Vec::new();
    let mut count = 0;
    let mut at = 0;
    while let Some(step) = text.as_bytes().get(at..).and_then(|rest| rest.iter().position(u8::is_ascii_digit)) {
        let start = at + step;
        let end = start + digits_at(text, start);
        if run.last().is_some_and(|last| !joined(text.get(last.end..start), joins)) {
            if count >= least {
                each(&run);
            }
            run.clear();
            count = 0;
        }
        count += end - start;
        run.push(start..end);
        at = end;
    }
    if count >= least {
        each(&run);
    }
}

fn joined(gap: Option<&str>, joins: fn(char) -> bool) -> bool {
    gap.is_some_and(|gap| gap.len() <= 3 * LONGEST_GAP && gap.chars().count() <= LONGEST_GAP && gap.chars().all(joins))
}

/// How many digits stand at a place.
pub(super) fn digits_at(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len())
}

/// The character before a place.
pub(super) fn before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// The character at a place.
pub(super) fn after(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Whether a number goes on beyond its end: as a word, or with a fraction.
pub(super) fn goes_on(text: &str, end: usize, joints: &[char]) -> bool {
    let Some(next) = after(text, end) else { return false };
    let digit_follows = || after(text, end + next.len_utf8()).is_some_and(|second| second.is_ascii_digit());
    next.is_alphanumeric() || joints.contains(&next) && digit_follows()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_together_where_nothing_else_is_between() {
        let mut found = Vec::new();
        runs("a1 23\u{a0}4,5-6", |c| c == ' ' || c == '\u{a0}', 2, |run| found.push(run.to_vec()));
        assert_eq!(found, [[1..2, 3..5, 7..8]]);
    }
}
