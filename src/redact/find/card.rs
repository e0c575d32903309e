//! Numbers of payment cards.

use std::ops::Range;

use super::digits::{before, goes_on, runs};

/// How a number is written in groups. Behind groups of four the last one may be shorter.
const GROUPINGS: [&[usize]; 4] = [&[4, 4, 4, 4], &[4, 4, 4, 4, 3], &[4, 6, 5], &[4, 6, 4]];

/// Adds where card numbers stand.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    runs(text, is_separator, 13, |run| {
        let mut first = 0;
        while let Some(groups) = run.get(first..).filter(|groups| !groups.is_empty()) {
            let count = number_at(text, run, first).unwrap_or(0);
            if let Some(last) = count.checked_sub(1).and_then(|last| groups.get(last)) {
                found.push(groups.first().map_or(last.start, |group| group.start)..last.end);
            }
            first += count.max(1);
        }
    });
}

/// Line breaks too: a page may give each group a block of its own.
fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '-' | '+' | '\n' | '\r' | '\t' | '\u{a0}' | '\u{2000}'..='\u{2015}' | '\u{202f}')
}

/// Of how many groups the card number is that begins with the group `first` of a run. The longest, if there are several.
fn number_at(text: &str, run: &[Range<usize>], first: usize) -> Option<usize> {
    let groups = run.get(first..)?;
    let start = groups.first()?.start;
    if before(text, start).is_some_and(|previous| previous.is_alphanumeric() || previous == '.') {
        return None;
    }
    (1..=groups.len().min(5)).rev().find(|count| {
        groups.get(..*count).is_some_and(|groups| {
            let end = groups.last().map_or(start, |group| group.end);
            let length: usize = groups.iter().map(ExactSizeIterator::len).sum();
            (13..=19).contains(&length)
                && (*count == 1 || is_grouped(text, groups) && stands_alone(text, run, first, *count))
                && !goes_on(text, end, &['.'])
                && is_card(text.get(start..end).unwrap_or_default(), length)
        })
    })
}

fn is_grouped(text: &str, groups: &[Range<usize>]) -> bool {
    let sizes: Vec<usize> = groups.iter().map(ExactSizeIterator::len).collect();
    let known = GROUPINGS.iter().any(|grouping| {
        grouping.len() == sizes.len()
            && sizes.split_last().zip(grouping.split_last()).is_some_and(|((last, others), (longest, sizes))| {
                others == sizes && (*last == *longest || last < longest && *longest < 5 && sizes.len() > 2)
            })
    });
    let mut gaps = groups.iter().zip(groups.iter().skip(1)).filter_map(|(one, next)| gap(text, one, next));
    let Some(separator) = gaps.next() else { return false };
    known && gaps.all(|gap| gap == separator || gap == '\n' || separator == '\n')
}

/// What stands between two groups, as one character: a line break if there is one, else the first.
fn gap(text: &str, one: &Range<usize>, next: &Range<usize>) -> Option<char> {
    let gap = text.get(one.end..next.start)?;
    if gap.contains('\n') { Some('\n') } else { gap.chars().next() }
}

/// Whether no dash joins the groups to others before or after.
fn stands_alone(text: &str, run: &[Range<usize>], first: usize, count: usize) -> bool {
    let dashed = |index: usize| {
        let pair = run.get(index).zip(run.get(index + 1));
        pair.and_then(|(one, next)| gap(text, one, next)).filter(|gap| !gap.is_whitespace())
    };
    let inner = dashed(first);
    inner.is_none() || (first == 0 || dashed(first - 1) != inner) && dashed(first + count - 1) != inner
}

/// Whether the digits are those of a card: such a beginning, such a length, and the right check digit.
fn is_card(number: &str, length: usize) -> bool {
    let digits = number.bytes().filter(u8::is_ascii_digit).map(|digit| u32::from(digit - b'0'));
    let beginning = digits.take(4).fold(0, |number, digit| number * 10 + digit);
    let (first, second) = (beginning / 1000, beginning / 100 % 10);
    let issued = match (first, second) {
        (4, _) => matches!(length, 13 | 16 | 19),
        // Mir and Mastercard. Four years in a row, as in a list to choose from, are no card.
        (2, _) => matches!(beginning, 2200..=2204 | 2221..=2720) && (16..=19).contains(&length),
        (1, 8) => length == 15,
        (3, 0 | 4..=9) => (14..=19).contains(&length),
        (5, 0 | 6..=8) | (6, _) => true,
        (5, _) => length == 16,
        _ => false,
    };
    issued && check_digit_fits(number)
}

/// Luhn's formula.
fn check_digit_fits(number: &str) -> bool {
    let digits = number.bytes().rev().filter(u8::is_ascii_digit).map(|digit| u32::from(digit - b'0'));
    let sum: u32 = digits
        .enumerate()
        .map(|(index, digit)| match (index % 2, digit) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => 2 * digit - 9,
            (_, digit) => 2 * digit,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        let mut ranges = Vec::new();
        find(text, &mut ranges);
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn numbers_of_every_issuer_are_found() {
        for number in [
            "4111111111111111",
            "4222222222222",
            "5555555555554444",
            "2223003122003222",
            "378282246310005",
            "30569309025904",
            "6011111111111117",
            "3530111333300000",
            "6205500000000000004",
            "6759649826438453",
            "5019717010103742",
        ] {
            assert_eq!(found(&format!("pay {number}, now")), [number]);
        }
    }

    #[test]
    fn groups_are_joined_by_blanks_dashes_and_line_breaks() {
        for number in [
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
            "4111\n1111\n1111\n1111",
            "4111 1111\n1111 1111",
            "4111+1111+1111+1111",
            "3782 822463 10005",
            "3056 930902 5904",
            "4222 2222 2222 2",
            "4111  1111  1111  1111",
        ] {
            assert_eq!(found(number), [number]);
            assert_eq!(found(&format!("2 {number} 12/27")), [number], "among other numbers");
        }
    }

    #[test]
    fn a_card_number_is_found_only_with_its_check_digit() {
        assert!(found("4111111111111112").is_empty());
        assert!(found("4111 1111 1111 1112").is_empty());
    }

    #[test]
    fn years_in_a_list_are_no_card() {
        for first in 1990..2030 {
            let years: Vec<String> = (first..first + 12).rev().map(|year| year.to_string()).collect();
            assert_eq!(found(&years.join("\n")), [""; 0], "{years:?}");
        }
    }

    #[test]
    fn other_numbers_are_no_cards() {
        for text in [
            "1763700000000",
            "0.4111111111111111",
            "4111111111111111.5",
            "x4111111111111111",
            "4111111111111111x",
            "94111111111111111234",
            "41 11 11 11 11 11 11 11",
            "4111 1111-1111 1111",
            "1234-4111-1111-1111-1111",
            "4111-1111-1111-1111-1234",
            "9111111111111111",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
