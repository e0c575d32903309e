//! Reads pseudo-classes, and refuses what a recording cannot answer.

use cssparser::{Parser, Token, parse_nth};

use super::parse::{Failure, Reader, fail, place};
use super::syntax::{Among, Nth, Test};

/// Of these no recording tells, or only at the moment.
const OF_THE_MOMENT: [&str; 32] = [
    "active",
    "autofill",
    "-webkit-autofill",
    "current",
    "default",
    "defined",
    "focus",
    "focus-visible",
    "focus-within",
    "fullscreen",
    "future",
    "hover",
    "in-range",
    "indeterminate",
    "invalid",
    "local-link",
    "modal",
    "open",
    "out-of-range",
    "past",
    "paused",
    "placeholder-shown",
    "playing",
    "popover-open",
    "read-only",
    "read-write",
    "target",
    "target-within",
    "user-invalid",
    "user-valid",
    "valid",
    "visited",
];

/// Pseudo-elements that may be written with one colon.
const OLD_PSEUDO_ELEMENTS: [&str; 4] = ["after", "before", "first-letter", "first-line"];

const KNOWN: &str = ":is, :where, :not, :has, :root, :empty, :first-child, :last-child, :only-child, :nth-child, :nth-last-child, \
                     :first-of-type, :last-of-type, :only-of-type, :nth-of-type, :nth-last-of-type, :checked, :disabled, :enabled, \
                     :required, :optional, :link, :any-link, :lang, :host";

impl<'i> Reader<'i> {
    /// What follows the colon at `start`.
    pub(super) fn pseudo(&mut self, input: &mut Parser<'i>, start: usize) -> Result<Test, Failure> {
        match input.next_including_whitespace().cloned() {
            Ok(Token::Ident(name)) => self.plain(&name.to_ascii_lowercase(), start),
            Ok(Token::Function(name)) => {
                let name = name.to_ascii_lowercase();
                self.block(input, start, |reader, input| reader.function(&name, input, start))
            }
            Ok(Token::Colon) => {
                let name = match input.next_including_whitespace() {
                    Ok(Token::Ident(name) | Token::Function(name)) => name.as_ref(),
                    _ => "",
                };
                Err(pseudo_element(name, start))
            }
            _ => Err(fail(start, "the name of a pseudo-class is missing after the colon")),
        }
    }

    fn plain(&mut self, name: &str, start: usize) -> Result<Test, Failure> {
        let test = match name {
            "root" | "scope" => Test::Root,
            "empty" => Test::Empty,
            "first-child" => self.edge(false, Among::All),
            "last-child" => self.edge(true, Among::All),
            "first-of-type" => self.edge(false, Among::SameTag),
            "last-of-type" => self.edge(true, Among::SameTag),
            "only-child" => only(self.edge(false, Among::All), self.edge(true, Among::All)),
            "only-of-type" => only(self.edge(false, Among::SameTag), self.edge(true, Among::SameTag)),
            "checked" => {
                self.looks_at("checked");
                self.looks_at("selected");
                Test::Checked
            }
            "disabled" => {
                self.looks_at("disabled");
                Test::Disabled { part: self.part() }
            }
            "enabled" => {
                self.looks_at("disabled");
                Test::Enabled { part: self.part() }
            }
            "required" => {
                self.looks_at("required");
                Test::Required
            }
            "optional" => {
                self.looks_at("required");
                Test::Optional
            }
            "link" | "any-link" => {
                self.looks_at("href");
                self.looks_at("xlink:href");
                Test::Link
            }
            "host" => Test::Host,
            _ => return Err(refused(name, start)),
        };
        Ok(test)
    }

    fn function(&mut self, name: &str, input: &mut Parser<'i>, start: usize) -> Result<Test, Failure> {
        match name {
            "is" | "where" | "matches" | "-webkit-any" | "-moz-any" => Ok(Test::Any(self.list(input, false)?)),
            "not" => Ok(Test::Not(self.list(input, false)?)),
            "has" if self.in_has => Err(fail(start, "`:has()` cannot stand in `:has()`")),
            "has" => {
                self.in_has = true;
                let list = self.list(input, true);
                self.in_has = false;
                Ok(Test::Has(list?))
            }
            "nth-child" => self.nth(input, false, true),
            "nth-last-child" => self.nth(input, true, true),
            "nth-of-type" => self.nth(input, false, false),
            "nth-last-of-type" => self.nth(input, true, false),
            "lang" => self.lang(input),
            _ => Err(refused(name, start)),
        }
    }

    /// The first or last one.
    fn edge(&mut self, from_end: bool, among: Among) -> Test {
        Test::Nth(Nth { step: 0, offset: 1, from_end, among, part: self.part() })
    }

    fn nth(&mut self, input: &mut Parser<'i>, from_end: bool, can_select: bool) -> Result<Test, Failure> {
        input.skip_whitespace();
        let start = place(input);
        let (step, offset) = parse_nth(input)
            .map_err(|_| fail(start, "a number, `odd`, `even` or a formula like `2n+1` should stand here"))?;
        let among = if !can_select {
            Among::SameTag
        } else if input.try_parse(|input| input.expect_ident_matching("of")).is_ok() {
            Among::Selected(self.list(input, false)?)
        } else {
            Among::All
        };
        Ok(Test::Nth(Nth { step: step.into(), offset: offset.into(), from_end, among, part: self.part() }))
    }

    fn lang(&mut self, input: &mut Parser<'i>) -> Result<Test, Failure> {
        let mut ranges = Vec::new();
        loop {
            input.skip_whitespace();
            let start = place(input);
            match input.next() {
                Ok(Token::Ident(range) | Token::QuotedString(range)) => ranges.push(range.as_ref().to_owned()),
                _ => return Err(fail(start, "a language should stand here, as `en` or `\"de-AT\"`")),
            }
            if input.expect_comma().is_err() {
                break;
            }
        }
        self.looks_at("lang");
        Ok(Test::Lang { ranges, part: self.part() })
    }
}

fn only(first: Test, last: Test) -> Test {
    let both = super::syntax::Complex { first: vec![first, last], steps: Vec::new() };
    Test::Any(vec![both])
}

fn pseudo_element(name: &str, start: usize) -> Failure {
    fail(
        start,
        format!(
            "`::{name}` is a pseudo-element, and those are no elements of the page: select the element that has it"
        ),
    )
}

fn refused(name: &str, start: usize) -> Failure {
    if OLD_PSEUDO_ELEMENTS.contains(&name) {
        pseudo_element(name, start)
    } else if OF_THE_MOMENT.contains(&name) {
        fail(start, format!("`:{name}` holds only at moments that a recording does not tell: leave it out"))
    } else {
        fail(start, format!("`:{name}` is no pseudo-class that is known here; there are {KNOWN}"))
    }
}
