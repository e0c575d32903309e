//! Wireframes as text: which members each has, and the tree they form, as a list in order of appearance.
//!
//! What a wireframe may hold is written down in PostHog's `mobile.types.ts` (`common/replay-shared/src/mobile`); what phones really send, in
//! their SDKs (`PostHogReplayIntegration` of posthog-android and posthog-ios, `SnapshotSender` of posthog-flutter).

use std::borrow::Cow;

use super::super::json::{self, Cursor, Fault};

/// No screen is larger; keeps absurd numbers from becoming absurd pages. CSS px.
const FARTHEST: f64 = 100_000.0;

/// One wireframe, its values as JSON text: what they mean depends on the type.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Wireframe<'a> {
    /// How deep below the first of its tree.
    pub(super) depth: usize,
    pub(super) id: Option<&'a str>,
    pub(super) kind: Option<&'a str>,
    pub(super) input_kind: Option<&'a str>,
    pub(super) x: Option<&'a str>,
    pub(super) y: Option<&'a str>,
    pub(super) width: Option<&'a str>,
    pub(super) height: Option<&'a str>,
    pub(super) style: Option<&'a str>,
    pub(super) text: Option<&'a str>,
    pub(super) value: Option<&'a str>,
    pub(super) label: Option<&'a str>,
    pub(super) url: Option<&'a str>,
    pub(super) base64: Option<&'a str>,
    pub(super) options: Option<&'a str>,
    pub(super) checked: Option<&'a str>,
    pub(super) disabled: Option<&'a str>,
    pub(super) max: Option<&'a str>,
}

/// A width as recorded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Width {
    /// `100vw`.
    Screen,
    /// CSS px.
    Pixels(f64),
}

/// A rectangle of the screen, CSS px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Area {
    pub(super) fn covers(self, other: Self) -> bool {
        self.x <= other.x
            && self.y <= other.y
            && self.x + self.width >= other.x + other.width
            && self.y + self.height >= other.y + other.height
    }
}

impl<'a> Wireframe<'a> {
    fn set(&mut self, key: &str, value: &'a str) {
        let place = match key {
            "id" => &mut self.id,
            "type" => &mut self.kind,
            "inputType" => &mut self.input_kind,
            "x" => &mut self.x,
            "y" => &mut self.y,
            "width" => &mut self.width,
            "height" => &mut self.height,
            "style" => &mut self.style,
            "text" => &mut self.text,
            "value" => &mut self.value,
            "label" => &mut self.label,
            "url" => &mut self.url,
            "base64" => &mut self.base64,
            "options" => &mut self.options,
            "checked" => &mut self.checked,
            "disabled" => &mut self.disabled,
            "max" => &mut self.max,
            _ => return,
        };
        *place = Some(value).filter(|value| *value != "null");
    }

    /// Its type; `div` where there is none, as the schema has it.
    pub(super) fn kind(&self) -> &'a str {
        self.kind.map_or("div", unquoted)
    }

    pub(super) fn is_screenshot(&self) -> bool {
        self.kind() == "screenshot"
    }

    pub(super) fn input_kind(&self) -> &'a str {
        self.input_kind.map_or("text", unquoted)
    }

    /// The recorder's number of it.
    pub(super) fn id(&self) -> Option<i64> {
        self.id.and_then(id)
    }

    pub(super) fn width(&self) -> Option<Width> {
        match self.width? {
            "\"100vw\"" => Some(Width::Screen),
            text => pixels(text).map(|width| Width::Pixels(width.max(0.0))),
        }
    }

    pub(super) fn height(&self) -> Option<f64> {
        self.height.and_then(pixels).map(|height| height.max(0.0))
    }

    /// Its top left corner on the screen; absent if neither coordinate is recorded.
    pub(super) fn position(&self) -> Option<(f64, f64)> {
        let (x, y) = (self.x.and_then(pixels), self.y.and_then(pixels));
        (x.is_some() || y.is_some()).then(|| (x.unwrap_or(0.0), y.unwrap_or(0.0)))
    }

    /// Where it is on the screen, if it says so in whole.
    pub(super) fn area(&self, screen_width: Option<f64>) -> Option<Area> {
        let (x, y) = self.position().unwrap_or_default();
        let width = match self.width()? {
            Width::Screen => screen_width?,
            Width::Pixels(width) => width,
        };
        let height = self.height()?;
        (width > 0.0 && height > 0.0).then_some(Area { x, y, width, height })
    }

    pub(super) fn is_checked(&self) -> bool {
        self.checked == Some("true")
    }

    pub(super) fn is_disabled(&self) -> bool {
        self.disabled == Some("true")
    }

    /// What a member says in words; numbers too, as some recorders send them for values.
    pub(super) fn words(text: Option<&'a str>) -> Option<Cow<'a, str>> {
        let text = text?;
        match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(plain) if !plain.contains('\\') => Some(Cow::Borrowed(plain)),
            Some(_) => json::string(text).map(Cow::Owned),
            None if text.starts_with(['{', '[']) => None,
            None => Some(Cow::Borrowed(text)),
        }
    }

    /// The first choice of a `select`.
    pub(super) fn first_option(&self) -> Option<Cow<'a, str>> {
        let mut first = None;
        // A fault ends the list.
        let _ = json::each_element(self.options?, |option| {
            if first.is_none() {
                first = Self::words(Some(option));
            }
        });
        first
    }
}

/// A number of pixels, also written `"16px"`, within what a screen can be.
pub(super) fn pixels(text: &str) -> Option<f64> {
    let text = unquoted(text).trim();
    let digits = ["px", "dp", "pt"].iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text);
    json::number(digits).map(|number| number.clamp(-FARTHEST, FARTHEST))
}

/// A node's number.
pub(super) fn id(text: &str) -> Option<i64> {
    // Not by way of a float: those of pointers on phones have up to 19 digits.
    let text = unquoted(text);
    text.parse().ok().or_else(|| json::number(text).map(|number| number as i64))
}

pub(super) fn unquoted(text: &str) -> &str {
    text.trim_matches('"')
}

/// Trees of wireframes, each before its children, and how many were left out because they lie deeper than `deepest` below the first.
#[derive(Debug, Default)]
pub(super) struct Wireframes<'a> {
    pub(super) list: Vec<Wireframe<'a>>,
    pub(super) too_deep: u64,
}

impl<'a> Wireframes<'a> {
    /// Reads a list (`[…]`) of wireframes, or a single one (`{…}`). Steps through the nesting with a stack of its own: how deep it goes is
    /// the sender's choice.
    pub(super) fn read(text: &'a str, deepest: usize) -> Self {
        let mut found = Self::default();
        // The text was read as JSON before, so a fault means another type than expected; what came before it holds.
        let _ = found.walk(text, deepest);
        found
    }

    fn walk(&mut self, text: &'a str, deepest: usize) -> Result<(), Fault> {
        let mut cursor = Cursor::new(text);
        // The containers that are open: a list, or the object of the wireframe at that index.
        let mut open: Vec<(Option<usize>, bool)> = Vec::new();
        if cursor.peek() == Some(b'[') {
            cursor.enter(b'[')?;
            open.push((None, true));
        } else {
            self.begin(&mut cursor, 0, &mut open)?;
        }
        while let Some((container, first)) = open.last_mut() {
            let Some(wireframe) = *container else {
                if !cursor.next(b']', first)? {
                    open.pop();
                } else if cursor.peek() == Some(b'{') {
                    let depth = open.iter().filter(|(container, _)| container.is_some()).count();
                    if depth >= deepest {
                        self.too_deep += 1;
                        cursor.value()?;
                    } else {
                        self.begin(&mut cursor, depth, &mut open)?;
                    }
                } else {
                    cursor.value()?;
                }
                continue;
            };
            if !cursor.next(b'}', first)? {
                open.pop();
                continue;
            }
            let key = cursor.key()?;
            if key == "childWireframes" && cursor.peek() == Some(b'[') {
                cursor.enter(b'[')?;
                open.push((None, true));
            } else {
                let value = cursor.value()?;
                self.list[wireframe].set(&key, value);
            }
        }
        Ok(())
    }

    fn begin(
        &mut self,
        cursor: &mut Cursor<'a>,
        depth: usize,
        open: &mut Vec<(Option<usize>, bool)>,
    ) -> Result<(), Fault> {
        cursor.enter(b'{')?;
        open.push((Some(self.list.len()), true));
        self.list.push(Wireframe { depth, ..Wireframe::default() });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_becomes_a_list_in_order_with_depths_wherever_the_children_stand_in_their_object() {
        let text = r#"[{"id":1,"childWireframes":[{"id":2,"childWireframes":[{"id":3}]},{"id":4}],"type":"text","text":"a\"b"},{"id":5}]"#;
        let found = Wireframes::read(text, 10);
        let seen: Vec<_> = found.list.iter().map(|one| (one.id(), one.depth)).collect();
        assert_eq!(seen, [(Some(1), 0), (Some(2), 1), (Some(3), 2), (Some(4), 1), (Some(5), 0)]);
        assert_eq!(found.list[0].kind(), "text");
        assert_eq!(Wireframe::words(found.list[0].text).as_deref(), Some("a\"b"));
        assert_eq!(found.too_deep, 0);
    }

    #[test]
    fn what_lies_too_deep_is_counted_and_costs_no_stack() {
        let deep = 200_000;
        let text = r#"{"id":7,"childWireframes":["#.repeat(deep) + &"]}".repeat(deep);
        let found = Wireframes::read(&text, 50);
        assert_eq!((found.list.len(), found.too_deep), (50, 1));
    }

    #[test]
    fn sizes_are_numbers_or_words_that_say_pixels() {
        assert_eq!(pixels("16"), Some(16.0));
        assert_eq!(pixels("\"16px\""), Some(16.0));
        assert_eq!(pixels("\"16px;}\""), None);
        assert_eq!(pixels("1e300"), Some(FARTHEST));
        assert_eq!(id("9007199254740993"), Some(9_007_199_254_740_993));
    }
}
