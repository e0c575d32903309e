//! The ticket in the wiki markup of Jira (<https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa>).
//!
//! Every character that means something there is written with a backslash before it, as the markup has it, or as an entity where a
//! backslash means something itself.

use std::fmt::Write as _;

use super::Ticket;
use super::layout::{self, Language};
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

fn row(phrases: &[Phrase]) -> String {
    let cells: Vec<String> = phrases.iter().map(|phrase| Jira.phrase(phrase)).collect();
    format!("|{}|", cells.join("|"))
}

impl Ticket {
    /// For Jira.
    pub fn jira(&self) -> String {
        let mut lines = vec![format!("h2. {}", Jira.phrase(&self.title)), String::new()];
        for facts in [&self.summary, &self.environment] {
            lines.extend(facts.iter().map(|fact| format!("* *{}:* {}", fact.name, Jira.phrase(&fact.value))));
        }
        lines.extend([String::new(), "h3. Steps to reproduce".to_owned(), String::new()]);
        lines.extend(layout::before_steps(self).into_iter().flat_map(|told| [Jira.ours(&told), String::new()]));
        let steps = self.steps.iter();
        lines.extend(steps.map(|step| format!("# {} ({})", Jira.phrase(&step.words), layout::time(step.at_ms))));
        lines.extend([String::new(), "h3. What happened".to_owned(), String::new()]);
        lines.extend(layout::before_problems(self).into_iter().flat_map(|told| [Jira.ours(&told), String::new()]));
        for problem in &self.problems {
            lines.extend([format!("h4. {}", Jira.phrase(&problem.words)), String::new()]);
            lines.extend([Jira.phrase(&layout::place(problem)), String::new()]);
            lines.extend([format!("!{}|thumbnail!", problem.still), String::new()]);
            if let Some(clip) = &problem.clip {
                let clip = if layout::is_movie(clip) { format!("[^{clip}]") } else { format!("!{clip}|thumbnail!") };
                lines.extend([clip, String::new()]);
            }
        }
        lines.extend(layout::after_problems(self).into_iter().flat_map(|told| [Jira.ours(&told), String::new()]));
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
    lines.extend([format!("h3. {heading}"), String::new(), format!("||{}||", columns.join("||"))]);
    lines.extend(rows);
    lines.push(String::new());
    lines.extend(layout::left_out(left_out).into_iter().flat_map(|told| [Jira.ours(&told), String::new()]));
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
