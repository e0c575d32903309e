//! One rule of a file.

use std::collections::HashSet;

use super::source::Table;
use super::{hint, pattern, region};
use crate::redact::{Action, BuiltIn, Pattern, Place, Places, Rule, RuleError, What};

const KEYS: [&str; 10] =
    ["name", "selector", "pattern", "builtin", "member", "region", "action", "in", "within", "everywhere"];
/// What a rule can find; it finds one of them.
const FINDS: [&str; 4] = ["selector", "pattern", "builtin", "member"];
const ACTIONS: [Action; 4] = [Action::Mask, Action::Cover, Action::Remove, Action::Pseudonym];
/// A name that is made from a selector gets no longer.
const LONGEST_MADE: usize = 60;

/// Names that rules have.
#[derive(Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    patterns: usize,
    members: usize,
}

impl Names {
    /// `name`, or if a rule has that, with a number.
    pub(super) fn unused(&mut self, name: &str) -> String {
        let numbered = (2..).map(|number| format!("{name} ({number})"));
        let free = std::iter::once(name.to_owned()).chain(numbered).find(|name| !self.taken.contains(name));
        let free = free.unwrap_or_default();
        self.taken.insert(free.clone());
        free
    }

    fn made(&mut self, what: &What, selector: Option<&str>) -> String {
        let name = match what {
            What::Elements(_) => format!("selector {}", short(selector.unwrap_or_default())),
            What::Region(..) => format!("region {}", short(selector.unwrap_or_default())),
            What::Text(Pattern::Email) => "email".to_owned(),
            What::Text(Pattern::Card) => "card".to_owned(),
            What::Text(Pattern::Phone) => "phone".to_owned(),
            What::Text(Pattern::Token) => "token".to_owned(),
            What::Text(Pattern::Own(_)) => {
                self.patterns += 1;
                format!("pattern {}", self.patterns)
            }
            What::Named(_) => {
                self.members += 1;
                format!("member {}", self.members)
            }
        };
        self.unused(&name)
    }
}

fn short(selector: &str) -> String {
    let line = selector.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST_MADE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// `has_key`: whether pseudonyms can be made.
pub(super) fn read(table: &Table<'_>, has_key: bool, names: &mut Names) -> Result<Rule, RuleError> {
    table.only(&KEYS, "a rule")?;
    let what = what(table)?;
    let is_text = matches!(what, What::Text(_) | What::Named(_));
    for key in ["in", "within"] {
        if !is_text && table.get(key).is_some() {
            let message =
                format!("`{key}` narrows what `pattern`, `builtin` and `member` find, not what a selector finds");
            return Err(table.source.error(table.place(key), message));
        }
    }
    if matches!(what, What::Region(..)) && table.get("everywhere").is_some() {
        let message = "`everywhere` is for texts, and a region of a picture has none";
        return Err(table.source.error(table.place("everywhere"), message));
    }
    let action = action(table, &what, has_key)?;
    let places = places(table)?;
    let within = table.text("within")?.map(|within| within.selector()).transpose()?;
    let everywhere = table.flag("everywhere")?.unwrap_or(is_text);
    let name = name(table, &what, names)?;
    Ok(Rule { name, what, action, places, within, everywhere })
}

fn what(table: &Table<'_>) -> Result<What, RuleError> {
    let mut given: Vec<&str> = FINDS.into_iter().filter(|key| table.get(key).is_some()).collect();
    given.sort_by_key(|key| table.place(key));
    let key = match given[..] {
        [key] => key,
        [] => {
            let message = "the rule does not say what it finds: give it `selector`, `pattern`, `builtin` or `member`";
            return Err(table.source.error(table.at, message));
        }
        [first, second, ..] => {
            let message = format!(
                "a rule finds one thing, and this one has `{first}` already: make `{second}` a rule of its own"
            );
            return Err(table.source.error(table.place(second), message));
        }
    };
    if key != "selector" && table.get("region").is_some() {
        let message = "a region needs the `selector` of the elements that show the picture";
        return Err(table.source.error(table.place("region"), message));
    }
    let Some(text) = table.text(key)? else { return Err(table.error(key, "a string is missing")) };
    Ok(match key {
        "selector" => {
            let selector = text.selector()?;
            match table.table("region")? {
                Some(area) => What::Region(selector, region::read(&area)?),
                None => What::Elements(selector),
            }
        }
        "pattern" => What::Text(Pattern::Own(pattern::read(&text)?)),
        "builtin" => text.value.parse::<BuiltIn>().map_err(|message| text.error(message))?.what(),
        _ => What::Named(pattern::read(&text)?),
    })
}

fn action(table: &Table<'_>, what: &What, has_key: bool) -> Result<Action, RuleError> {
    let action = match table.text("action")? {
        None => Action::Mask,
        Some(text) => {
            let known = ACTIONS.into_iter().find(|action| action.name() == text.value);
            known.ok_or_else(|| text.error(hint::unknown("action", text.value, ACTIONS.map(Action::name))))?
        }
    };
    if matches!(what, What::Region(..)) && action != Action::Cover {
        return Err(
            table.error("action", "a region of a picture can only be covered: give the rule `action = \"cover\"`")
        );
    }
    if action == Action::Pseudonym && !has_key {
        let message = "pseudonyms need a key: name a file with one under [pseudonyms], `key-file = \"…\"`, or set REPLAYREEL_REDACT_KEY";
        return Err(table.error("action", message));
    }
    Ok(action)
}

fn places(table: &Table<'_>) -> Result<Places, RuleError> {
    let Some(texts) = table.texts("in")? else { return Ok(Places::ALL) };
    if texts.is_empty() {
        return Err(
            table.error("in", "`in` names no place, so that nothing would be found: name some, or leave it out")
        );
    }
    let place = |text: super::source::Text<'_>| {
        let known = Place::ALL.into_iter().find(|place| place.name() == text.value);
        known.ok_or_else(|| text.error(hint::unknown("place", text.value, Place::ALL.map(Place::name))))
    };
    texts.into_iter().map(place).collect()
}

fn name(table: &Table<'_>, what: &What, names: &mut Names) -> Result<String, RuleError> {
    let Some(text) = table.text("name")? else {
        let selector = table.text("selector")?;
        return Ok(names.made(what, selector.map(|selector| selector.value)));
    };
    let name = text.value.trim();
    if name.is_empty() {
        return Err(text.error("a name cannot be empty: leave it out, and the rule is named after what it finds"));
    }
    if name.chars().any(char::is_control) {
        return Err(text.error("a name is one line of text"));
    }
    if !names.taken.insert(name.to_owned()) {
        return Err(
            text.error(format!("there is a rule called \"{name}\" already: the summary could not tell them apart"))
        );
    }
    Ok(name.to_owned())
}
