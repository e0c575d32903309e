//! Parts of pictures.

use toml::de::DeValue;

use super::source::Table;
use crate::redact::{Area, Length, RuleError};

/// `{ x = 0, y = 0, width = "100%", height = 80 }`
pub(super) fn read(table: &Table<'_>) -> Result<Area, RuleError> {
    table.only(&["x", "y", "width", "height"], "a region")?;
    let area = Area {
        x: length(table, "x")?,
        y: length(table, "y")?,
        width: length(table, "width")?,
        height: length(table, "height")?,
    };
    for (key, side) in [("width", area.width), ("height", area.height)] {
        let (Length::Pixels(value) | Length::Share(value)) = side;
        if value <= 0.0 {
            return Err(table.error(key, format!("a region without {key} covers nothing")));
        }
    }
    Ok(area)
}

fn length(table: &Table<'_>, key: &str) -> Result<Length, RuleError> {
    let Some(value) = table.get(key) else {
        return Err(table.error(key, format!("the region's `{key}` is missing; it needs x, y, width and height")));
    };
    let read = match value.get_ref() {
        DeValue::Integer(number) => number.to_string().parse().ok().map(Length::Pixels),
        DeValue::Float(number) => number.as_str().parse().ok().map(Length::Pixels),
        DeValue::String(text) => written(text),
        _ => None,
    };
    match read {
        Some(length @ (Length::Pixels(value) | Length::Share(value))) if value.is_finite() && value >= 0.0 => {
            Ok(length)
        }
        Some(_) => Err(table.error(key, format!("`{key}` cannot be negative or infinite"))),
        None => Err(table
            .error(key, format!("`{key}` has to be a number of pixels, as 80 or \"80px\", or a share, as \"12.5%\""))),
    }
}

fn written(text: &str) -> Option<Length> {
    if let Some(percent) = text.strip_suffix('%') {
        return percent.trim().parse::<f64>().ok().map(|percent| Length::Share(percent / 100.0));
    }
    text.strip_suffix("px")?.trim().parse().ok().map(Length::Pixels)
}
