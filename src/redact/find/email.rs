//! Mail addresses.

use std::ops::Range;

/// Ends of file names that are no top-level domains: `logo@2x.png`.
const FILE_ENDINGS: [&str; 34] = [
    "avif", "bmp", "bundle", "chunk", "cjs", "css", "csv", "eot", "esm", "gif", "htm", "html", "ico", "jpeg", "jpg",
    "js", "json", "jsx", "less", "map", "min", "mjs", "otf", "pdf", "png", "scss", "svg", "tsx", "ttf", "vue", "webm",
    "webp", "woff", "woff2",
];

/// Top-level domains that an address has even if the ending of a file follows: `/mail/john@x.org.html`.
const COMMON_DOMAINS: [&str; 9] = ["app", "biz", "com", "dev", "edu", "gov", "info", "net", "org"];

/// The longest quoted name before the `@`.
const LONGEST_QUOTED: usize = 64;

/// Adds where mail addresses stand. Between two `@` every character is looked at twice at most.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let mut free = 0;
    for at in memchr::memchr_iter(b'@', text.as_bytes()) {
        let Some(length) = text.get(at + 1..).and_then(domain) else { continue };
        if let Some(start) = text.get(free..at).and_then(name).map(|start| free + start) {
            free = at + 1 + length;
            found.push(start..free);
        }
    }
}

/// Where the name begins that ends a text.
fn name(text: &str) -> Option<usize> {
    if let Some(quoted) = text.strip_suffix('"') {
        let earliest = quoted.ceil_char_boundary(quoted.len().saturating_sub(LONGEST_QUOTED));
        let start = earliest + quoted.get(earliest..)?.rfind('"')?;
        let inner = quoted.get(start + 1..)?;
        return (!inner.is_empty() && !inner.contains('\n')).then_some(start);
    }
    let run = text.char_indices().rev().take_while(|(_, character)| is_name(*character)).last()?.0;
    let name = text.get(run..)?;
    name.contains(char::is_alphanumeric).then(|| {
        let signs = name.find(|character: char| character.is_alphanumeric() || matches!(character, '_' | '+'));
        run + signs.unwrap_or(0)
    })
}

/// Some that the standard allows are left out: they stand more often before an address than in one (`?a=1&mail=john@x.org`).
fn is_name(character: char) -> bool {
    is_letter(character) || matches!(character, '.' | '_' | '+' | '-' | '\'' | '!' | '$' | '*' | '^' | '~')
}

/// A letter of any alphabet, or an accent that stands as a character of its own.
fn is_letter(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '\u{300}'..='\u{36f}')
}

/// How long the domain is that a text begins with.
fn domain(text: &str) -> Option<usize> {
    let end =
        text.find(|character: char| !is_letter(character) && !matches!(character, '.' | '-')).unwrap_or(text.len());
    let mut domain = text.get(..end)?;
    // Two dots end a domain, and so does a dash beside a dot.
    for break_at in ["..", ".-", "-."] {
        domain = domain.split(break_at).next()?;
    }
    domain = domain.trim_end_matches(['.', '-']);
    if domain.starts_with(['.', '-']) {
        return None;
    }
    let mut named = false;
    loop {
        let (rest, last) = domain.rsplit_once('.')?;
        let is_ending = FILE_ENDINGS.iter().any(|ending| last.eq_ignore_ascii_case(ending));
        if !is_ending && is_top_level(last) {
            return (!named || is_common(last)).then_some(domain.len());
        }
        // `john@x.org-profile`: no top-level domain has a dash.
        if let Some((start, _)) = last.split_once('-').filter(|(start, _)| is_top_level(start) && is_common(start)) {
            return Some(rest.len() + 1 + start.len());
        }
        // `john@x.org.2`: a number behind it is no part of it. Any other word would be, and what stands before it may be no domain.
        named |= is_ending || !last.bytes().all(|byte| byte.is_ascii_digit());
        domain = rest;
    }
}

fn is_common(label: &str) -> bool {
    label.len() == 2 || COMMON_DOMAINS.iter().any(|common| label.eq_ignore_ascii_case(common))
}

fn is_top_level(label: &str) -> bool {
    let puny = label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    puny || label.chars().nth(1).is_some()
        && label.chars().all(|character| character.is_alphabetic() || !character.is_ascii() && is_letter(character))
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
    fn addresses_are_found_in_what_stands_around_them() {
        for address in [
            "john@x.org",
            "John.Doe+news@mail.example.co.uk",
            "o'brien@x-y.org",
            "_a@x.io",
            "jörg@bücher.example",
            "用户@例子.中国",
            "a@xn--bcher-kva.xn--p1ai",
            "\"john doe\"@x.org",
        ] {
            for around in
                ["{}", "<{}>", "mailto:{}?subject=x", "?mail={}&a=b", "Write to {}.", "'{}'", "a {}, b", "({})", "[{}]"]
            {
                assert_eq!(found(&around.replace("{}", address)), [address], "{around}");
            }
        }
    }

    #[test]
    fn several_addresses_are_found_each() {
        assert_eq!(found("a@x.org,b@y.org;c@z.org"), ["a@x.org", "b@y.org", "c@z.org"]);
    }

    #[test]
    fn the_ending_of_a_file_does_not_hide_an_address() {
        assert_eq!(found("/john@x.org.html"), ["john@x.org"]);
        assert_eq!(found("/john@x.org-profile"), ["john@x.org"]);
    }

    #[test]
    fn other_texts_with_an_at_sign_are_no_addresses() {
        for text in [
            "logo@2x.png",
            "react@18.2.0/index.js",
            "@media (x)",
            "user@localhost",
            "foo@bar.min.js",
            "x@y.bundle.js.map",
            "a @ b.org",
            "@a.org",
            "john@",
            "john@.org",
            "https://x.org/@john.doe/",
            "lodash@4.17.21",
            "a@@b",
            "...@x.org",
            "é@é",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
