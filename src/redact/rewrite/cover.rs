//! Boxes over elements, and elements that are gone.
//!
//! Nodes stay where they are, emptied: later events name them by their ids, and a player cannot place a node beside one that is not there.

use super::super::info::{Info, Verdict};
use super::super::tape::{Kind, Value};
use super::super::text::Redactor;
use super::super::{Action, Place};
use super::Page;

/// Attributes of a removed element.
pub(super) const GONE_ATTRIBUTES: &str = r#"{"style":"display:none !important"}"#;
/// A box in the place of an element.
const BOX: &str = ";background:#2f363d !important;color:transparent !important;-webkit-text-fill-color:transparent !important;text-shadow:none !important;caret-color:transparent !important;border-color:#2f363d !important";
/// What lies in the box.
const HIDDEN: &str = ";visibility:hidden !important";
/// Properties that would show through the box, or take it away.
const OF_THE_BOX: [&str; 8] =
    ["background", "color", "-webkit-text-fill", "text-shadow", "caret", "border", "visibility", "mask"];

/// The inline style of a covered element, or (not `own`) of one in it. Parts of drawings have no background: those are hidden.
pub(super) fn style(own: bool, drawn: bool) -> &'static str {
    let style = if own && !drawn { BOX } else { HIDDEN };
    style.trim_start_matches(';')
}

impl Page<'_, '_, '_> {
    /// An inline style, whole or as the properties that have changed.
    pub(super) fn style(&mut self, value: Value<'_>, info: Option<&Info>) {
        let covered = info.and_then(|info| info.verdict).filter(|verdict| verdict.action == Action::Cover);
        match (covered, value.kind()) {
            (None, Kind::Object) => {
                for one in value.all().filter(|one| one.kind() == Kind::String) {
                    self.css(one, info);
                }
            }
            (None, _) => self.css(value, info),
            (Some(_), Kind::Object) => {
                let stays = value.members().filter(|(name, value)| {
                    let name = name.string();
                    let mut of_the_box = OF_THE_BOX.iter();
                    !of_the_box.any(|property| name.starts_with(property)) && !value.raw().contains("url(")
                });
                let stays: Vec<String> = stays.map(|(name, value)| format!("{}:{}", name.raw(), value.raw())).collect();
                self.edits.replace(value.span(), format!("{{{}}}", stays.join(",")));
            }
            (Some(verdict), _) => {
                let own = value.as_string().unwrap_or_default();
                let own = if own.contains("url(") { without_urls(&own) } else { own.into_owned() };
                let own = self.redactor.css(&own, info).unwrap_or(own);
                let with = if verdict.own { BOX } else { HIDDEN };
                self.edits.replace_string(value.span(), &format!("{own}{with}"));
            }
        }
    }
}

impl Redactor<'_, '_> {
    /// A text in an element that a rule holds for.
    pub(super) fn in_element(&mut self, text: &str, verdict: Verdict, place: Place) -> Option<String> {
        match verdict.action {
            Action::Remove if text.is_empty() => None,
            Action::Remove => {
                self.tally.count(verdict.rule, place);
                Some(String::new())
            }
            Action::Cover => self.under_cover(text, verdict.rule, place),
            Action::Mask | Action::Pseudonym => self.whole(text, verdict.rule, place),
        }
    }
}

/// A style without the pictures that it names.
fn without_urls(style: &str) -> String {
    let mut out = String::with_capacity(style.len());
    let mut rest = style;
    while let Some(start) = rest.find("url(") {
        let (before, url) = rest.split_at(start);
        out.push_str(before);
        out.push_str("none");
        let inner = url.get(4..).unwrap_or_default();
        let quote = inner.trim_start().chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let end = match quote {
            Some(quote) => {
                inner.match_indices(quote).nth(1).and_then(|(end, _)| Some(end + inner.get(end..)?.find(')')?))
            }
            None => inner.find(')'),
        };
        rest = end.and_then(|end| inner.get(end + 1..)).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_loses_its_pictures_and_nothing_else() {
        for (style, expected) in [
            ("color:red;background:url(a.png) no-repeat;top:0", "color:red;background:none no-repeat;top:0"),
            (r#"background:url("a).png"), url('b')"#, "background:none, none"),
            ("background:url(broken", "background:none"),
            ("top:0", "top:0"),
        ] {
            assert_eq!(without_urls(style), expected);
        }
    }
}
