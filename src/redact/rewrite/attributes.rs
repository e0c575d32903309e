//! Attributes of elements.

use super::super::info::{Info, Role, Verdict};
use super::super::tape::{Kind, Value};
use super::super::{Action, Place, RuleId};
use super::picture::is_binary;
use super::{Page, cover};

/// Attributes that make up an element's look and function and hold nothing that anybody has written: they stay as they are in elements whose
/// texts are masked, since the page would fall apart without them. Patterns are looked for in them all the same.
const STRUCTURE: &[&str] = &[
    "align",
    "async",
    "autocomplete",
    "autofocus",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "charset",
    "checked",
    "class",
    "clip-path",
    "color",
    "cols",
    "colspan",
    "contenteditable",
    "crossorigin",
    "cx",
    "cy",
    "d",
    "decoding",
    "defer",
    "dir",
    "disabled",
    "dx",
    "dy",
    "enctype",
    "face",
    "fill",
    "fill-opacity",
    "fill-rule",
    "filter",
    "font-family",
    "font-size",
    "font-weight",
    "for",
    "fx",
    "fy",
    "gradienttransform",
    "gradientunits",
    "headers",
    "height",
    "hidden",
    "http-equiv",
    "id",
    "inert",
    "is",
    "lang",
    "loading",
    "mask",
    "max",
    "maxlength",
    "media",
    "method",
    "min",
    "multiple",
    "nowrap",
    "offset",
    "opacity",
    "open",
    "part",
    "pattern",
    "points",
    "preserveaspectratio",
    "r",
    "readonly",
    "rel",
    "required",
    "role",
    "rows",
    "rowspan",
    "rx",
    "ry",
    "selected",
    "size",
    "sizes",
    "slot",
    "span",
    "spellcheck",
    "start",
    "step",
    "stop-color",
    "stop-opacity",
    "stroke",
    "stroke-width",
    "style",
    "tabindex",
    "target",
    "text-anchor",
    "transform",
    "type",
    "valign",
    "viewbox",
    "width",
    "wrap",
    "x",
    "y",
];
/// Attributes that name what an element shows.
const SHOWN: &[&str] =
    &["src", "srcset", "href", "xlink:href", "poster", "data", "background", "rr_dataurl", "rr_src", "srcdoc"];
/// Attributes that are addresses.
const ADDRESSES: &[&str] = &[
    "href",
    "src",
    "srcset",
    "action",
    "formaction",
    "poster",
    "data",
    "cite",
    "background",
    "ping",
    "xlink:href",
    "rr_src",
    "manifest",
    "longdesc",
    "icon",
    "imagesrcset",
];
/// Attributes that are drawings in numbers: digits in them are no telephone numbers.
const DRAWINGS: &[&str] = &[
    "d",
    "points",
    "transform",
    "viewbox",
    "values",
    "keytimes",
    "keysplines",
    "gradienttransform",
    "stroke-dasharray",
    "path",
    "x",
    "y",
    "dx",
    "dy",
];

impl Page<'_, '_, '_> {
    /// All attributes of an element that is put in.
    pub(super) fn attributes(&mut self, attributes: Value<'_>, info: Option<&Info>, tag: Option<&str>, drawn: bool) {
        let verdict = info.and_then(|info| info.verdict);
        if let Some(verdict) = verdict.filter(|verdict| verdict.action == Action::Remove) {
            let left = if verdict.own { cover::GONE_ATTRIBUTES } else { "{}" };
            return self.removed(attributes, verdict, left);
        }
        for (name, value) in attributes.members() {
            self.attribute(&name.string().to_lowercase(), name, value, info, tag);
        }
        if tag == Some("meta") && verdict.is_none() {
            self.content_of_meta(attributes);
        }
        if let Some(verdict) = verdict.filter(|verdict| verdict.action == Action::Cover) {
            let style = attributes.members().find(|(name, _)| name.is("style"));
            if !style.is_some_and(|(_, value)| value.kind() == Kind::String) {
                let more = if attributes.members().next().is_some() { "," } else { "" };
                let style = serde_json::Value::from(cover::style(verdict.own, drawn));
                self.edits.insert(attributes.span().start + 1, format!(r#""style":{style}{more}"#));
            }
            if verdict.own {
                self.redactor.tally.count(verdict.rule, Place::Attributes);
            }
        }
    }

    /// `<meta name="csrf-token" content="…">`
    fn content_of_meta(&mut self, attributes: Value<'_>) {
        let name = ["name", "property", "itemprop"].into_iter().find_map(|name| attributes.get(name)?.as_string());
        let rule = name.and_then(|name| self.redactor.finder.by_name(&name, Place::Attributes));
        let content = attributes.get("content").and_then(|content| Some((content, content.as_string()?)));
        if let Some((rule, (value, content))) = rule.zip(content) {
            self.whole(value, &content, rule, Place::Attributes);
        }
    }

    /// Those that a mutation sets.
    pub(super) fn changed_attributes(&mut self, attributes: Value<'_>, info: Option<&Info>) {
        let removal = info.and_then(|info| info.verdict).filter(|verdict| verdict.action == Action::Remove);
        if let Some(verdict) = removal {
            let restyled = verdict.own && attributes.get("style").is_some();
            return self.removed(attributes, verdict, if restyled { cover::GONE_ATTRIBUTES } else { "{}" });
        }
        for (name, value) in attributes.members() {
            self.attribute(&name.string().to_lowercase(), name, value, info, None);
        }
    }

    fn removed(&mut self, attributes: Value<'_>, verdict: Verdict, left: &str) {
        if attributes.members().next().is_some() || left != "{}" {
            self.edits.replace(attributes.span(), left.to_owned());
            self.redactor.tally.count(verdict.rule, Place::Attributes);
        }
    }

    fn attribute(&mut self, name: &str, key: Value<'_>, value: Value<'_>, info: Option<&Info>, tag: Option<&str>) {
        // Names are made up by pages, too.
        self.string(key, Place::Attributes, info);
        if value.kind() == Kind::Object || name == "style" && info.is_some_and(Info::is_covered) {
            return self.style(value, info);
        }
        // A number is a text as well, to a page.
        let Some(text) = (matches!(value.kind(), Kind::String | Kind::Number)).then(|| value.string()) else { return };
        let picture = info.is_some_and(Info::loses_its_picture);
        if SHOWN.contains(&name) && picture {
            if let Some(verdict) = info.and_then(|info| info.verdict) {
                self.blank(name, value, &text, verdict);
            }
            return;
        }
        if matches!(name, "src" | "href" | "xlink:href" | "rr_dataurl")
            && let Some(rule) = info.and_then(|info| info.region)
        {
            return self.region(value, &text, rule);
        }
        match name {
            "value" => return self.field(value, info),
            "style" | "_csstext" => return self.css(value, info),
            _ => {}
        }
        let verdict = info.and_then(|info| info.verdict);
        if let Some(verdict) = verdict.filter(|_| !is_structure(name, tag)) {
            if let Some(text) = self.redactor.in_element(&text, verdict, place_of(name)) {
                self.edits.replace_string(value.span(), &text);
            }
            return;
        }
        if let Some(rule) = self.named(name, info)
            && !is_structure(name, tag)
        {
            return self.whole(value, &text, rule, Place::Attributes);
        }
        self.addressed(name, value, &text, info);
    }

    /// The rule that knows an attribute by its name.
    fn named(&self, name: &str, info: Option<&Info>) -> Option<RuleId> {
        let redactor = &self.redactor;
        let inside = |rule| info.is_some_and(|info| info.is_inside(redactor.rules, rule));
        redactor.finder.by_name_inside(name, Place::Attributes, &inside)
    }

    /// An attribute by what it holds: an address, a resource written out, or a text.
    fn addressed(&mut self, name: &str, value: Value<'_>, text: &str, info: Option<&Info>) {
        if text.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
            if !is_binary(text)
                && let Some(text) = self.redactor.css(text, info)
            {
                self.edits.replace_string(value.span(), &text);
            }
            return;
        }
        self.string(value, place_of(name), info);
    }
}

fn is_structure(name: &str, tag: Option<&str>) -> bool {
    // Whatever else `rr_` names is a size or a state.
    let of_recorder = name.starts_with("rr_");
    let of_resource = matches!(name, "src" | "srcset" | "poster")
        || matches!(name, "href" | "xlink:href") && matches!(tag, Some("link" | "use" | "image" | "base"));
    of_recorder || of_resource || name.starts_with("xmlns") || STRUCTURE.contains(&name)
}

fn place_of(name: &str) -> Place {
    if ADDRESSES.contains(&name) {
        Place::Urls
    } else if DRAWINGS.contains(&name) || matches!(name, "class" | "style") {
        Place::Styles
    } else {
        Place::Attributes
    }
}

impl Info {
    fn is_covered(&self) -> bool {
        self.verdict.is_some_and(|verdict| verdict.action == Action::Cover)
    }

    /// Whether what it shows goes: of a covered element with all in it, of a picture that a rule masks by itself, and of what is drawn or framed
    /// where texts are masked, since nobody can mask texts in there.
    fn loses_its_picture(&self) -> bool {
        self.verdict.is_some_and(|verdict| {
            verdict.hides()
                || self.role == Role::Canvas
                || verdict.own && matches!(self.role, Role::Picture | Role::Embedded)
        })
    }
}

impl Verdict {
    /// Whether nothing of it is seen any more.
    pub(super) fn hides(self) -> bool {
        matches!(self.action, Action::Cover | Action::Remove)
    }
}
