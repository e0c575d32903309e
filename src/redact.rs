//! Takes out of a recording what must not leave, before anything shows or stores it, and says what was taken out.
//!
//! A video, once shared, cannot be called back: what is redacted is redacted in the events themselves, so that no picture, caption, package
//! or log can hold it. `docs/redaction.md` lists every place that is looked at.
//!
//! Three passes: `survey` follows each window's page and finds what only the page as a whole shows; a first `rewrite` only notes the
//! values that stand in single strings; the second one writes, knowing all values.

mod around;
mod builtin;
pub(crate) mod dom;
mod echo;
mod error;
mod file;
mod find;
mod info;
mod marks;
mod place;
mod pseudonym;
mod rewrite;
mod rule;
mod secrets;
mod selector;
mod stand_in;
mod survey;
mod taint;
mod tally;
pub(crate) mod tape;
mod text;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use builtin::{BuiltIn, builtin};
pub use error::RuleError;
pub use file::read as read_rules;
pub use place::{Place, Places};
pub use pseudonym::PseudonymKey;
pub use rule::{Action, Area, Keep, Length, Pattern, Rule, RuleId, RuleSet, Rules, What};
pub use selector::{Selector, SelectorError};

use crate::package::Opened;
use echo::Echoes;
use find::Finder;
use secrets::Secrets;
use survey::{Findings, survey};
use tally::Tally;
use text::Redactor;
use vocabulary::Vocabulary;

/// Redacts a recording with all that came with it, and notes in [`Opened::redaction`] what was done.
pub fn redact(opened: &mut Opened, rules: &Rules) {
    if rules.is_empty() {
        return;
    }
    let rules = &with_marks(rules);
    let finder = Finder::new(rules);
    let mut secrets = Secrets::new(rules);
    let before = around::referred(opened);
    let windows = &mut opened.recording.windows;
    let findings: Vec<Findings> =
        windows.iter().map(|window| survey(&window.events, rules, &finder, &mut secrets)).collect();
    let typed = windows.iter().zip(&findings);
    let typed: Vec<_> = typed.flat_map(|(window, found)| echo::of_window(window, found, rules, &secrets)).collect();
    let mut redactor = Redactor {
        rules,
        finder: &finder,
        secrets: &mut secrets,
        vocabulary: Vocabulary::default(),
        echoes: Echoes::default(),
        tally: Tally::default(),
    };
    for (window, findings) in windows.iter_mut().zip(&findings) {
        rewrite::rewrite(&mut window.events, findings, &mut redactor, false);
    }
    redactor.vocabulary = Vocabulary::new(rules, redactor.secrets);
    redactor.echoes = Echoes::new(typed);
    redactor.tally = Tally::default();
    for (window, findings) in windows.iter_mut().zip(&findings) {
        rewrite::rewrite(&mut window.events, findings, &mut redactor, true);
    }
    redactor.echoes = Echoes::default();
    around::around(opened, &before, &mut redactor);
    redactor.tally.tell(rules, opened.redaction.get_or_insert_default());
}

/// The rules, and those for what pages' authors have marked, if any set asks for them.
fn with_marks(rules: &Rules) -> Rules {
    let mut all = rules.clone();
    if let Some(set) = all.sets.iter_mut().find(|set| set.respect_marks) {
        set.rules.extend(marks::rules());
    }
    all
}
