//! The ticket in the wiki markup of Jira (<https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa>).
//!
//! Every character that means something there is written with a backslash before it, as the markup has it, or as an entity where a
//! backslash means something itself.

use std::fmt::Write as _;

use super::Ticket;
use super::layout::{self, Language};
use super::lines::{self, Lines};
use crate::timeline::Phrase;

struct Jira;

impl Language for Jira {
    /// Times and sentences, in which only what means something anywhere needs care.
    fn ours(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for character in layout::clean(text).chars() {
            if matches!(character, '\\' | '{' | '[' | '|' | '*' | '_' | '!' | '~' | '^') {
                out.push('\\');
            }
            out.push(character);
        }
        out
    }

    fn theirs(&self, text: &str) -> String {
        format!("“{}”", escaped(text))
    }

    fn address(&self, url: &str) -> String {
        escaped(url)
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in layout::clean(text).chars() {
        match character {
            // Two of the first break a line; of the others links, smileys and mail addresses are made, whatever stands before them.
            '\\' | ':' | '@' | ';' | '&' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "&#{};", u32::from(character));
            }
            '{' | '}' | '[' | ']' | '(' | ')' | '*' | '_' | '-' | '+' | '^' | '~' | '?' | '|' | '!' | '#' | '%'
            | '"' => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
    out
}

impl Lines for Jira {
    fn heading(&self, level: u8, written: &str) -> String {
        // The first level is the issue's own.
        format!("h{}. {written}", level + 1)
    }

    fn fact(&self, name: &str, written: &str) -> String {
        format!("* *{name}:* {written}")
    }

    fn step(&self, _: usize, written: &str) -> String {
        format!("# {written}")
    }

    fn picture(&self, file: &str, _: &str) -> String {
        format!("!{file}|thumbnail!")
    }

    fn movie(&self, file: &str, _: &str) -> String {
        format!("[^{file}]")
    }

    fn columns(&self, names: &[&str]) -> Vec<String> {
        vec![format!("||{}||", names.join("||"))]
    }

    fn row(&self, cells: &[Phrase]) -> String {
        let cells: Vec<String> = cells.iter().map(|phrase| self.phrase(phrase)).collect();
        format!("|{}|", cells.join("|"))
    }
}

impl Ticket {
    /// For Jira.
    pub fn jira(&self) -> String {
        lines::document(self, &Jira)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_of_strangers_is_text() {
        for (text, written) in [
            ("{code}x{code}", r"\{code\}x\{code\}"),
            ("[~admin] [a|https://b]", r"\[\~admin\] \[a\|https&#58;//b\]"),
            ("!image.png!", r"\!image.png\!"),
            ("*a* _b_ -c- +d+ ^e^ ~f~ ??g??", r"\*a\* \_b\_ \-c\- \+d\+ \^e\^ \~f\~ \?\?g\?\?"),
            (r"a\\b", "a&#92;&#92;b"),
            (r#""text":http://x"#, r#"\"text\"&#58;http&#58;//x"#),
            ("a@b.c :) (x)", r"a&#64;b.c &#58;\) \(x\)"),
            ("line\n* list", r"line \* list"),
            ("&#91;x&#93;", r"&#38;\#91&#59;x&#38;\#93&#59;"),
        ] {
            assert_eq!(escaped(text), written);
        }
    }
}
