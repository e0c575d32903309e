//! Numbers as people say them.

/// `0:12`, `12:05`, `1:02:03`, of ms.
pub(super) fn clock(ms: f64) -> String {
    crate::recording::clock_of((ms.max(0.0) / 1000.0) as u64)
}

/// `840 B`, `12 kB`, `3.4 MB`.
pub(super) fn size(bytes: u64) -> String {
    let value = bytes as f64;
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{:.0} kB", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", value / 1e6),
        _ => format!("{:.1} GB", value / 1e9),
    }
}

/// `just now`, `3 minutes ago`, of ms.
pub(super) fn ago(ms: i64) -> String {
    let seconds = ms / 1000;
    match seconds {
        ..45 => "just now".to_owned(),
        45..3600 => count((seconds + 30) / 60, "minute"),
        3600..86_400 => count((seconds + 1800) / 3600, "hour"),
        86_400..5_184_000 => count((seconds + 43_200) / 86_400, "day"),
        5_184_000..63_072_000 => count(seconds / 2_592_000, "month"),
        _ => count(seconds / 31_536_000, "year"),
    }
}

fn count(number: i64, what: &str) -> String {
    format!("{number} {what}{} ago", if number == 1 { "" } else { "s" })
}

/// `about 2 minutes left`, of ms.
pub(super) fn left(ms: u64) -> String {
    match ms / 1000 {
        0..5 => "a few seconds left".to_owned(),
        seconds @ 5..60 => format!("about {} seconds left", seconds.div_ceil(5) * 5),
        60..90 => "about a minute left".to_owned(),
        seconds @ 90..5400 => format!("about {} minutes left", (seconds + 30) / 60),
        seconds => format!("about {} hours left", (seconds + 1800) / 3600),
    }
}

/// A part of an address: what is no plain character is written as `%XX`.
pub(super) fn segment(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            segment.extend(['%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
    segment
}

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).unwrap_or('0').to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_has_hours_only_where_there_are_any() {
        assert_eq!(
            [0.0, 999.0, 61_000.0, 3_723_000.0, -5.0, f64::NAN].map(clock),
            ["0:00", "0:00", "1:01", "1:02:03", "0:00", "0:00"]
        );
    }

    #[test]
    fn sizes_are_rounded_to_what_people_compare() {
        assert_eq!(
            [0, 999, 1000, 12_345, 3_400_000, 5_000_000_000].map(size),
            ["0 B", "999 B", "1 kB", "12 kB", "3.4 MB", "5.0 GB"]
        );
    }

    #[test]
    fn ages_have_one_unit() {
        let hour = 3_600_000;
        assert_eq!(
            [-5, 0, 60_000, 120_000, hour, 23 * hour, 24 * hour, 70 * 24 * hour, 800 * 24 * hour].map(ago),
            [
                "just now",
                "just now",
                "1 minute ago",
                "2 minutes ago",
                "1 hour ago",
                "23 hours ago",
                "1 day ago",
                "2 months ago",
                "2 years ago"
            ]
        );
    }

    #[test]
    fn what_is_left_is_no_promise_to_the_second() {
        assert_eq!(
            [0, 7000, 61_000, 150_000, 7_200_000].map(left),
            [
                "a few seconds left",
                "about 10 seconds left",
                "about a minute left",
                "about 3 minutes left",
                "about 2 hours left"
            ]
        );
    }

    #[test]
    fn a_part_of_an_address_cannot_lead_elsewhere() {
        assert_eq!(segment("replay-error-1.png"), "replay-error-1.png");
        assert_eq!(segment("../a?b#c\"é"), "..%2Fa%3Fb%23c%22%C3%A9");
    }
}
