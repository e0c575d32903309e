//! Telephone numbers.
//!
//! Digits alone are no telephone number: there are too many other numbers. It takes a `+`, a `00`, a `tel:`, or groups as people write them.

use std::ops::Range;

use super::digits::{after, before, digits_at, goes_on, runs};
use crate::redact::Place;

/// What says in front of a number that it is one.
const SCHEMES: [&str; 3] = ["tel:", "sms:", "callto:"];

/// How many digits a number has at least.
const SHORTEST: usize = 8;

/// How many digits a number behind a scheme has at least.
const SHORTEST_NAMED: usize = 5;

/// The most groups that a number is written in.
const MOST_GROUPS: usize = 8;

/// Words before the number of an extension.
const EXTENSIONS: [&str; 5] = ["extension", "ext.", "ext", "x", "#"];

/// Adds where telephone numbers stand. Attributes and styles are full of numbers: there it takes the international form, or a `tel:`.
pub(super) fn find(text: &str, place: Place, found: &mut Vec<Range<usize>>) {
    named(text, found);
    let strict = matches!(place, Place::Attributes | Place::Styles | Place::Assets | Place::Pictures);
    runs(text, is_separator, SHORTEST, |run| {
        let mut first = 0;
        while first < run.len() {
            match number_at(text, run, first, strict) {
                Some((range, count)) => {
                    found.push(range);
                    first += count.max(1);
                }
                None => first += 1,
            }
        }
    });
}

fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{a0}' | '\u{2010}'..='\u{2013}' | '\u{202f}')
}

/// Numbers behind `tel:`.
fn named(text: &str, found: &mut Vec<Range<usize>>) {
    for colon in memchr::memchr_iter(b':', text.as_bytes()) {
        let is_named = SCHEMES.iter().any(|scheme| {
            let start = (colon + 1).checked_sub(scheme.len());
            start.is_some_and(|start| {
                text.get(start..=colon).is_some_and(|written| written.eq_ignore_ascii_case(scheme))
                    && !before(text, start).is_some_and(char::is_alphanumeric)
            })
        });
        let Some(rest) = text.get(colon + 1..).filter(|_| is_named) else { continue };
        let blank = rest.len() - rest.trim_start_matches([' ', '/']).len();
        let Some(number) = rest.get(blank..) else { continue };
        let end = number
            .find(|character: char| !(character.is_ascii_digit() || character == '+' || is_separator(character)))
            .unwrap_or(number.len());
        let number =
            number.get(..end).unwrap_or_default().trim_end_matches(|character: char| !character.is_ascii_digit());
        if number.bytes().filter(u8::is_ascii_digit).count() >= SHORTEST_NAMED {
            let start = colon + 1 + blank;
            found.push(start..start + number.len());
        }
    }
}

/// The number that begins with the group `first`: where it stands and of how many groups it is.
fn number_at(text: &str, run: &[Range<usize>], first: usize, strict: bool) -> Option<(Range<usize>, usize)> {
    let groups = run.get(first..(first + MOST_GROUPS).min(run.len()))?;
    let digits = groups.first()?.start;
    let (start, is_international) = beginning(text, digits);
    let can_begin = is_international
        || strict
        || text.as_bytes().get(digits).is_some_and(|digit| *digit == b'0')
        || groups.len() >= 3;
    if !can_begin || strict && !is_international || !begins_clean(text, start) {
        return None;
    }
    (1..=groups.len()).rev().find_map(|count| {
        let number = groups.get(..count)?;
        let end = number.last()?.end;
        if !(SHORTEST..=17).contains(&total(number)) {
            return None;
        }
        let extension = extension(text, end);
        let ends = match run.get(first + count) {
            Some(next) => text.get(end..next.start)?.trim_start_matches(')').starts_with(char::is_whitespace),
            None => extension.is_some() || !goes_on(text, end, &['.', ',', ':', '/', '-']) && !is_unit(text, end),
        };
        let spaced = || {
            first > 0 && run.get(first - 1).is_some_and(|last| blank(text, last.end..start))
                || run.get(first + count).is_some_and(|next| blank(text, end..next.start))
        };
        let fits = ends
            && if is_international {
                is_abroad(text, number)
            } else {
                is_from_abroad(text, number) || is_american(text, number, spaced) || is_national(text, number)
            };
        fits.then(|| (without_open(text, start..extension.unwrap_or(end)), count))
    })
}

/// Without a parenthesis that closes only behind the number.
fn without_open(text: &str, range: Range<usize>) -> Range<usize> {
    let number = text.get(range.clone()).unwrap_or_default();
    let open = number.starts_with('(') && number.matches('(').count() > number.matches(')').count();
    range.start + usize::from(open)..range.end
}

fn blank(text: &str, range: Range<usize>) -> bool {
    text.get(range).is_some_and(|gap| gap.chars().all(char::is_whitespace))
}

/// Where a number begins whose first digit stands at `digits`, and whether a `+` says that it is an international one.
fn beginning(text: &str, digits: usize) -> (usize, bool) {
    let opened = |at: usize| if before(text, at) == Some('(') { at - 1 } else { at };
    let start = opened(digits);
    match before(text, start) {
        Some('+') => (opened(start - 1), true),
        _ => (start, false),
    }
}

/// Whether nothing before a number says that it is a part of something else: a word, a date, a fraction.
fn begins_clean(text: &str, start: usize) -> bool {
    let Some(previous) = before(text, start) else { return true };
    let second = before(text, start - previous.len_utf8());
    match previous {
        '_' | '+' => false,
        '-' => !second.is_some_and(char::is_alphanumeric),
        '.' | ',' | ':' | '/' | ')' | '\u{2010}'..='\u{2013}' => !second.is_some_and(|second| second.is_ascii_digit()),
        _ => !previous.is_alphanumeric(),
    }
}

fn is_unit(text: &str, end: usize) -> bool {
    after(text, end).is_some_and(|next| matches!(next, '%' | '°' | '_'))
}

/// Where an extension ends that stands behind a number.
fn extension(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    let word = rest.trim_start_matches([' ', ',']);
    if rest.len() - word.len() > 2 {
        return None;
    }
    let known = EXTENSIONS
        .iter()
        .find(|known| word.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known)))?;
    let number = word.get(known.len()..)?;
    let number = number.strip_prefix([' ', ':', '.']).unwrap_or(number);
    let count = digits_at(number, 0);
    let stop = text.len() - number.len() + count;
    ((1..=6).contains(&count) && !goes_on(text, stop, &[])).then_some(stop)
}

fn total(groups: &[Range<usize>]) -> usize {
    groups.iter().map(ExactSizeIterator::len).sum()
}

/// Behind a `+`: the country's number does not begin with 0, North America's numbers have eleven digits.
fn is_abroad(text: &str, groups: &[Range<usize>]) -> bool {
    let digits = total(groups);
    match first_digit(text, groups) {
        Some(b'1') => digits == 11,
        Some(b'2'..=b'9') => (8..=15).contains(&digits) && groups.iter().skip(1).all(|group| group.len() <= 12),
        _ => false,
    }
}

/// `0049 30 123456`.
fn is_from_abroad(text: &str, groups: &[Range<usize>]) -> bool {
    let start = groups.first().map_or(0, |group| group.start);
    let country =
        text.get(start..).and_then(|number| number.strip_prefix("00")).and_then(|number| number.bytes().next());
    groups.len() > 1
        && matches!(country, Some(b'1'..=b'9'))
        && (10..=17).contains(&total(groups))
        && !is_address(groups)
}

/// `(555) 123-4567`, with or without a 1.
fn is_american(text: &str, groups: &[Range<usize>], in_list: impl Fn() -> bool) -> bool {
    let sizes: Vec<usize> = groups.iter().map(ExactSizeIterator::len).collect();
    let local = match sizes.as_slice() {
        [3, 3, 4] => groups,
        [1, 3, 3, 4] if first_digit(text, groups) == Some(b'1') => groups.get(1..).unwrap_or_default(),
        _ => return false,
    };
    let area = first_digit(text, local).is_some_and(|digit| matches!(digit, b'2'..=b'9'));
    let only_blanks = groups.iter().zip(groups.iter().skip(1)).all(|(one, next)| blank(text, one.end..next.start));
    area && !(only_blanks && in_list())
}

/// `030 123456`: a 0, an area, a separator.
fn is_national(text: &str, groups: &[Range<usize>]) -> bool {
    let sizes: Vec<usize> = groups.iter().map(ExactSizeIterator::len).collect();
    let start = groups.first().map_or(0, |group| group.start);
    let pairs = sizes.iter().all(|size| *size == 2);
    let dots = groups.iter().zip(groups.iter().skip(1)).all(|(one, next)| text.get(one.end..next.start) == Some("."));
    first_digit(text, groups) == Some(b'0')
        && matches!(text.as_bytes().get(start + 1), Some(b'1'..=b'9'))
        && sizes.len() > 1
        && sizes.iter().all(|size| *size >= 2)
        && (8..=12).contains(&total(groups))
        && (!pairs || sizes.len() == 5)
        && !matches!(sizes.as_slice(), [2, 2, 4, ..] | [4, 2, 2, ..])
        && !(dots && sizes.len() == 2)
        && !is_address(groups)
}

/// Four short groups: of a computer in the network.
fn is_address(groups: &[Range<usize>]) -> bool {
    groups.len() == 4 && groups.iter().all(|group| group.len() == 3)
}

fn first_digit(text: &str, groups: &[Range<usize>]) -> Option<u8> {
    text.as_bytes().get(groups.first()?.start).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found_at(text: &str, place: Place) -> Vec<&str> {
        let mut ranges = Vec::new();
        find(text, place, &mut ranges);
        ranges.into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn numbers_are_found_as_people_write_them() {
        for number in [
            "+4915112345678",
            "+49 151 1234-5678",
            "+49 (0)30 123456",
            "+1 555-123-4567",
            "+1 (555) 123-4567",
            "(+44) 20 7946 0958",
            "0049 30 123456",
            "555-123-4567",
            "(555) 123-4567",
            "(555)123-4567",
            "1-555-123-4567",
            "555.123.4567",
            "555 123 4567",
            "555-123-4567 ext. 89",
            "555-123-4567x89",
            "0171 1234567",
            "(030) 123 456",
            "089/123456",
            "020 7946 0958",
            "01 42 68 53 00",
            "01.42.68.53.00",
        ] {
            for around in ["{}", "Call {}!", "Call {}.", "Tel.: {}, or write", "Phone:{}\n12 days", "({})"] {
                let text = around.replace("{}", number);
                assert_eq!(found_at(&text, Place::Text), [number], "{text}");
            }
        }
    }

    #[test]
    fn a_scheme_makes_any_number_one_of_a_telephone() {
        assert_eq!(found_at("tel:5551234567", Place::Attributes), ["5551234567"]);
        assert_eq!(found_at("SMS:12345?body=x", Place::Urls), ["12345"]);
        assert!(found_at("hotel:5551234567", Place::Attributes).is_empty());
    }

    #[test]
    fn attributes_take_the_international_form() {
        assert_eq!(found_at("+49 30 123456", Place::Attributes), ["+49 30 123456"]);
        assert!(found_at("555 123 4567", Place::Attributes).is_empty());
    }

    #[test]
    fn other_numbers_are_no_telephone_numbers() {
        for text in [
            "2026-11-21",
            "21.11.2026",
            "01.02.2026",
            "01/02/2026 08:30",
            "01.02.2026 12:30",
            "01.02.2026 - 05.03.2026",
            "08-10 12-14",
            "10:30:55",
            "192.168.100.200",
            "010.020.030.040",
            "1.20.300",
            "0.1234 0.5678",
            "52.520008, 13.404954",
            "2019-2026",
            "M200 300 4000",
            "100 200 300 4000",
            "300 400 5000 600",
            "550e8400-e29b-41d4-a716-446655440000",
            "5551234567",
            "1763700000000",
            "1+12345678",
            "+1234",
            "x555-123-4567",
            "555-123-4567y",
            "AB-0123-456789",
            "4111 1111 1111 1111",
        ] {
            assert!(found_at(text, Place::Text).is_empty(), "{text}");
        }
    }
}
