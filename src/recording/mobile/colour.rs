//! Colours from strangers: what is one may go into a style, what is not may not.

/// The text, if it is a colour and nothing else: `#` and hexadecimal digits, a name, or `rgb()`, `rgba()`, `hsl()`, `hsla()` of numbers.
pub(super) fn colour(text: &str) -> Option<&str> {
    let text = text.trim();
    let is_hex =
        |digits: &str| matches!(digits.len(), 3 | 4 | 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_name = || (3..=24).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let good = text.strip_prefix('#').map_or_else(|| is_name() || is_function(text), is_hex);
    good.then_some(text)
}

fn is_function(text: &str) -> bool {
    let Some((name, rest)) = text.split_once('(') else {
        return false;
    };
    let Some(arguments) = rest.strip_suffix(')') else {
        return false;
    };
    matches!(name.to_ascii_lowercase().as_str(), "rgb" | "rgba" | "hsl" | "hsla")
        && arguments.len() <= 64
        && arguments.bytes().all(|byte| byte.is_ascii_digit() || b" .,%/-".contains(&byte))
}

/// Whether black reads better on it than white. Colours that cannot be told are taken for light ones.
pub(super) fn is_light(colour: &str) -> bool {
    let [red, green, blue] = match colour.to_ascii_lowercase().as_str() {
        "black" | "navy" | "maroon" | "purple" | "indigo" | "darkblue" | "darkgreen" | "darkslategray"
        | "midnightblue" => return false,
        other => channels(other).unwrap_or([255.0; 3]),
    };
    // The brightness that the eye sees (ITU-R BT.601).
    0.299 * red + 0.587 * green + 0.114 * blue > 150.0
}

fn channels(colour: &str) -> Option<[f64; 3]> {
    if let Some(digits) = colour.strip_prefix('#') {
        let wide = if digits.len() < 6 { 1 } else { 2 };
        let channel = |place: usize| {
            let value = u8::from_str_radix(digits.get(place * wide..(place + 1) * wide)?, 16).ok()?;
            Some(f64::from(value) * if wide == 1 { 17.0 } else { 1.0 })
        };
        return Some([channel(0)?, channel(1)?, channel(2)?]);
    }
    let arguments = colour.strip_prefix("rgb")?.trim_start_matches('a').strip_prefix('(')?;
    let mut numbers = arguments.split([',', ' ', ')', '/']).filter_map(|number| number.parse::<f64>().ok());
    Some([numbers.next()?, numbers.next()?, numbers.next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_colour_passes() {
        for good in ["#000", "#FFFFFF", "#11223344", "red", "rgb(1, 2, 3)", "rgba(1,2,3,.5)", "hsl(120 50% 50% / 30%)"]
        {
            assert_eq!(colour(good), Some(good));
        }
        for bad in [
            "",
            "#12",
            "#ggg",
            "red;left:0",
            "url(//x)",
            "rgb(1,2,3);a:b",
            "var(--x)",
            "rgb(1,2,3)}",
            "a b",
            "expression(1)",
            "rgb(url(x))",
        ] {
            assert_eq!(colour(bad), None, "{bad}");
        }
    }

    #[test]
    fn light_and_dark_are_told_apart() {
        assert!(is_light("#ffffff") && is_light("#eee") && is_light("rgb(240, 240, 240)") && is_light("white"));
        assert!(!is_light("#303030") && !is_light("#000") && !is_light("rgba(0,0,0,1)") && !is_light("black"));
    }
}
