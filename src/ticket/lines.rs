//! A ticket in a language of lines: Markdown, and the wiki markup of Jira.

use super::Ticket;
use super::layout::{self, Language};
use crate::timeline::Phrase;

/// What such a language writes. Phrases come already written in it.
pub(super) trait Lines: Language {
    /// A heading; 1 is the document's.
    fn heading(&self, level: u8, written: &str) -> String;
    /// A line of a list of facts.
    fn fact(&self, name: &str, written: &str) -> String;
    /// A line of a numbered list, and its number.
    fn step(&self, number: usize, written: &str) -> String;
    /// A picture. `alternative` is for who cannot see it.
    fn picture(&self, file: &str, alternative: &str) -> String;
    /// A file of moving pictures that the reader has to open.
    fn movie(&self, file: &str, alternative: &str) -> String;
    /// The lines above the rows of a table.
    fn columns(&self, names: &[&str]) -> Vec<String>;
    /// A row of a table.
    fn row(&self, cells: &[Phrase]) -> String;
}

/// The whole of it.
pub(super) fn document(ticket: &Ticket, language: &impl Lines) -> String {
    let mut page = Page { language, lines: Vec::new() };
    page.paragraph(language.heading(1, &language.phrase(&ticket.title)));
    for facts in [&ticket.summary, &ticket.environment] {
        page.lines.extend(facts.iter().map(|fact| language.fact(fact.name, &language.phrase(&fact.value))));
    }
    page.section("Steps to reproduce");
    page.says(layout::before_steps(ticket));
    page.lines.extend(ticket.steps.iter().enumerate().map(|(place, step)| {
        let written = format!("{} ({})", language.phrase(&step.words), layout::time(step.at_ms));
        language.step(place + 1, &written)
    }));
    page.section("What happened");
    page.says(layout::before_problems(ticket));
    for problem in &ticket.problems {
        page.paragraph(language.heading(3, &language.phrase(&problem.words)));
        page.paragraph(language.phrase(&layout::place(problem)));
        let alternative = layout::alternative(problem);
        page.paragraph(language.picture(&problem.still, &alternative));
        if let Some(clip) = &problem.clip {
            let alternative = format!("{alternative}, as a clip");
            let is_movie = layout::is_movie(clip);
            page.paragraph(if is_movie {
                language.movie(clip, &alternative)
            } else {
                language.picture(clip, &alternative)
            });
        }
    }
    page.says(layout::after_problems(ticket));
    let console = ticket.console.rows.iter().map(|line| language.row(&layout::console_row(line)));
    page.table("Console", &layout::CONSOLE, console.collect(), ticket.console.left_out);
    let network = ticket.network.rows.iter().map(|line| language.row(&layout::network_row(line)));
    page.table("Network", &layout::NETWORK, network.collect(), ticket.network.left_out);
    while page.lines.last().is_some_and(String::is_empty) {
        page.lines.pop();
    }
    page.lines.join("\n") + "\n"
}

struct Page<'l, L> {
    language: &'l L,
    lines: Vec<String>,
}

impl<L: Lines> Page<'_, L> {
    fn paragraph(&mut self, written: String) {
        self.lines.extend([written, String::new()]);
    }

    /// After a list, which needs a gap below it.
    fn section(&mut self, name: &str) {
        self.lines.push(String::new());
        self.paragraph(self.language.heading(2, name));
    }

    fn says(&mut self, text: Option<String>) {
        if let Some(text) = text {
            self.paragraph(self.language.ours(&text));
        }
    }

    fn table(&mut self, name: &str, columns: &[&str], rows: Vec<String>, left_out: usize) {
        if rows.is_empty() {
            return;
        }
        self.paragraph(self.language.heading(2, name));
        self.lines.extend(self.language.columns(columns));
        self.lines.extend(rows);
        self.lines.push(String::new());
        self.says(layout::left_out(left_out));
    }
}
