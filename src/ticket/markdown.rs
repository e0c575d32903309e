//! The ticket in Markdown, as GitHub and Linear read it.
//!
//! A stranger's words stand in code spans: there, nothing is a link, a tag, a reference to another issue or a person to be notified.

use super::Ticket;
use super::layout::{self, Language};
use super::lines::{self, Lines};
use crate::timeline::Phrase;

struct Markdown;

impl Language for Markdown {
    fn ours(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for character in layout::clean(text).chars() {
            if matches!(character, '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '&' | '#' | '|' | '~' | '@') {
                out.push('\\');
            }
            out.push(character);
        }
        out
    }

    fn theirs(&self, text: &str) -> String {
        code(text)
    }

    fn address(&self, url: &str) -> String {
        code(url)
    }
}

/// A code span that holds just this text.
fn code(text: &str) -> String {
    let text = layout::clean(text);
    // Of spaces alone it would be none, and of nothing no span at all.
    let text = if text.trim().is_empty() { "(empty)".to_owned() } else { text.trim().to_owned() };
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let gap = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{gap}{text}{gap}{fence}")
}

/// What stands in a table: a bar ends a cell even in a code span, unless a backslash stands before it; and what a second backslash
/// before that one means, readers do not agree on.
fn cell(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let mut last = ' ';
    for character in written.chars() {
        if character == '|' {
            out.push_str(if last == '\\' { "\u{200b}\\" } else { "\\" });
        }
        out.push(character);
        last = character;
    }
    out
}

fn cell_of(phrase: &Phrase) -> String {
    use crate::timeline::Words;
    let write = |words: &Words| match words {
        // Escaped already.
        Words::Ours(text) => Markdown.ours(text),
        Words::Theirs(text) | Words::Address(text) => cell(&code(text)),
    };
    phrase.words().iter().map(write).collect()
}

impl Lines for Markdown {
    fn heading(&self, level: u8, written: &str) -> String {
        format!("{} {written}", "#".repeat(level.into()))
    }

    fn fact(&self, name: &str, written: &str) -> String {
        format!("- **{name}:** {written}")
    }

    fn step(&self, number: usize, written: &str) -> String {
        format!("{number}. {written}")
    }

    fn picture(&self, file: &str, alternative: &str) -> String {
        format!("![{alternative}]({file})")
    }

    fn movie(&self, file: &str, alternative: &str) -> String {
        format!("[{alternative}]({file})")
    }

    fn columns(&self, names: &[&str]) -> Vec<String> {
        vec![format!("| {} |", names.join(" | ")), format!("|{}", "--|".repeat(names.len()))]
    }

    fn row(&self, cells: &[Phrase]) -> String {
        let cells: Vec<String> = cells.iter().map(cell_of).collect();
        format!("| {} |", cells.join(" | "))
    }
}

impl Ticket {
    /// For GitHub and Linear.
    pub fn markdown(&self) -> String {
        lines::document(self, &Markdown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_spans_hold_whatever_is_put_in_them() {
        for (text, written) in [
            ("a", "`a`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("``a```", "```` ``a``` ````"),
            ("", "`(empty)`"),
            ("  ", "`(empty)`"),
            ("a\nb\u{202e}c\u{200b}", "`a bc`"),
            ("@all #12 [x](y) <b>", "`@all #12 [x](y) <b>`"),
        ] {
            assert_eq!(code(text), written);
        }
    }

    #[test]
    fn bars_end_no_cell() {
        assert_eq!(cell("`a|b`"), r"`a\|b`");
        assert_eq!(cell(r"`a\|b`"), "`a\\\u{200b}\\|b`");
    }
}
