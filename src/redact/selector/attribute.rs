//! Attributes of elements in selectors.

use super::syntax::{AttributeTest, Operator, ValueTest};

/// Attributes whose values HTML compares without their case, if a selector does not say.
pub(super) const VALUES_IGNORE_CASE: [&str; 46] = [
    "accept",
    "accept-charset",
    "align",
    "alink",
    "axis",
    "bgcolor",
    "charset",
    "checked",
    "clear",
    "codetype",
    "color",
    "compact",
    "declare",
    "defer",
    "dir",
    "direction",
    "disabled",
    "enctype",
    "face",
    "frame",
    "hreflang",
    "http-equiv",
    "lang",
    "language",
    "link",
    "media",
    "method",
    "multiple",
    "nohref",
    "noresize",
    "noshade",
    "nowrap",
    "readonly",
    "rel",
    "rev",
    "rules",
    "scope",
    "scrolling",
    "selected",
    "shape",
    "target",
    "text",
    "type",
    "valign",
    "valuetype",
    "vlink",
];

impl AttributeTest {
    /// Whether one of an element's attributes is so.
    pub(super) fn holds(&self, attributes: &[(String, String)]) -> bool {
        attributes
            .iter()
            .filter(|(name, _)| self.is_named(name))
            .any(|(_, value)| self.value.as_ref().is_none_or(|test| test.holds(value)))
    }

    fn is_named(&self, name: &str) -> bool {
        let local = if self.any_prefix { name.rsplit(':').next().unwrap_or(name) } else { name };
        local.eq_ignore_ascii_case(&self.name) || name.eq_ignore_ascii_case(&self.name)
    }
}

impl ValueTest {
    fn holds(&self, value: &str) -> bool {
        let wanted = self.value.as_bytes();
        let value = value.as_bytes();
        match self.operator {
            Operator::Equals => self.same(value, wanted),
            Operator::Dash => {
                self.same(value, wanted)
                    || (value.get(wanted.len()) == Some(&b'-') && self.same(&value[..wanted.len()], wanted))
            }
            _ if wanted.is_empty() => false,
            Operator::Word => value.split(u8::is_ascii_whitespace).any(|word| self.same(word, wanted)),
            Operator::Prefix => value.get(..wanted.len()).is_some_and(|start| self.same(start, wanted)),
            Operator::Suffix => value
                .len()
                .checked_sub(wanted.len())
                .and_then(|from| value.get(from..))
                .is_some_and(|end| self.same(end, wanted)),
            Operator::Contains if self.ignore_case => {
                value.windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted))
            }
            Operator::Contains => memchr::memmem::find(value, wanted).is_some(),
        }
    }

    fn same(&self, one: &[u8], other: &[u8]) -> bool {
        if self.ignore_case { one.eq_ignore_ascii_case(other) } else { one == other }
    }
}
