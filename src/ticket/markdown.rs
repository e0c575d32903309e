//! The ticket in Markdown, as GitHub and Linear read it.
//!
//! A stranger's words stand in code spans: there, nothing is a link, a tag, a reference to another issue or a person to be notified.

use super::Ticket;
use super::layout::{self, Language};
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

fn row(phrases: &[Phrase]) -> String {
    let cells: Vec<String> = phrases.iter().map(cell_of).collect();
    format!("| {} |", cells.join(" | "))
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

impl Ticket {
    /// For GitHub and Linear.
    pub fn markdown(&self) -> String {
        let mut lines = vec![format!("# {}", Markdown.phrase(&self.title)), String::new()];
        for facts in [&self.summary, &self.environment] {
            lines.extend(facts.iter().map(|fact| format!("- **{}:** {}", fact.name, Markdown.phrase(&fact.value))));
        }
        lines.extend([String::new(), "## Steps to reproduce".to_owned(), String::new()]);
        if let Some(told) = layout::before_steps(self) {
            lines.extend([Markdown.ours(&told), String::new()]);
        }
        let steps = self.steps.iter().enumerate();
        lines.extend(steps.map(|(place, step)| {
            format!("{}. {} ({})", place + 1, Markdown.phrase(&step.words), layout::time(step.at_ms))
        }));
        lines.extend([String::new(), "## What happened".to_owned(), String::new()]);
        if let Some(told) = layout::before_problems(self) {
            lines.extend([Markdown.ours(&told), String::new()]);
        }
        for problem in &self.problems {
            lines.extend([format!("### {}", Markdown.phrase(&problem.words)), String::new()]);
            lines.extend([Markdown.phrase(&layout::place(problem)), String::new()]);
            let alternative = layout::alternative(problem);
            lines.extend([format!("![{alternative}]({})", problem.still), String::new()]);
            if let Some(clip) = &problem.clip {
                let mark = if layout::is_movie(clip) { "" } else { "!" };
                lines.extend([format!("{mark}[{alternative}, as a clip]({clip})"), String::new()]);
            }
        }
        if let Some(told) = layout::after_problems(self) {
            lines.extend([Markdown.ours(&told), String::new()]);
        }
        let console = self.console.rows.iter().map(|line| row(&layout::console_row(line)));
        table(&mut lines, "Console", &layout::CONSOLE, console.collect(), self.console.left_out);
        let network = self.network.rows.iter().map(|line| row(&layout::network_row(line)));
        table(&mut lines, "Network", &layout::NETWORK, network.collect(), self.network.left_out);
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines.join("\n") + "\n"
    }
}

fn table(lines: &mut Vec<String>, heading: &str, columns: &[&str], rows: Vec<String>, left_out: usize) {
    if rows.is_empty() {
        return;
    }
    lines.extend([format!("## {heading}"), String::new()]);
    lines.push(format!("| {} |", columns.join(" | ")));
    lines.push(format!("|{}", "--|".repeat(columns.len())));
    lines.extend(rows);
    lines.push(String::new());
    lines.extend(layout::left_out(left_out).into_iter().flat_map(|told| [told, String::new()]));
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
