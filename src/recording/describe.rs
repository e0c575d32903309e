//! Says what a stranger's JSON looks like, for error messages.

use super::json::{self, Cursor};

/// What `text` looks like, for an error message: its kind, and its keys or first element.
pub(super) fn describe(text: &str) -> String {
    let mut cursor = Cursor::new(text);
    match cursor.peek() {
        Some(b'{') => {
            let mut keys = Vec::new();
            // A fault only ends the list of keys.
            let _ = json::each_member(text, |key, _| {
                keys.push(format!("`{}`", key.chars().take(40).collect::<String>()));
                keys.len() < 12
            });
            match keys.len() {
                0 => "an empty JSON object".to_owned(),
                _ => format!("a JSON object with the keys {}", keys.join(", ")),
            }
        }
        Some(b'[') => {
            let inner = cursor.enter(b'[').ok().and_then(|()| cursor.peek().filter(|byte| *byte != b']'));
            match inner {
                None => "an empty JSON array".to_owned(),
                Some(_) => match cursor.value() {
                    Ok(first) if first.starts_with('{') => {
                        format!("a JSON array of which the first element is {}", describe(first))
                    }
                    Ok(first) => format!(
                        "a JSON array of which the first element is `{}`",
                        first.chars().take(40).collect::<String>()
                    ),
                    Err(_) => "a JSON array".to_owned(),
                },
            }
        }
        _ => format!("`{}`", text.chars().take(40).collect::<String>().escape_debug()),
    }
}
