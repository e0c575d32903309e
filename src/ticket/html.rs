//! The ticket as one page beside its pictures, without script, that loads nothing from elsewhere.

use std::fmt::Write as _;

use super::layout::{self, Language};
use super::{Fact, Problem, Ticket};
use crate::timeline::Phrase;

// Browsers call no file `'self'` where the page is a file, too.
const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file: data:; style-src 'unsafe-inline'; media-src 'self' file:">
<meta name="referrer" content="no-referrer">
"#;

const STYLE: &str = r"<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --quiet: #666; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --quiet: #aaa; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2.5rem auto; max-width: 62rem; padding: 0 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.3; margin: 0 0 1.5rem; }
h2 { border-bottom: 1px solid var(--line); font-size: 1.2rem; margin: 2.5rem 0 1rem; padding-bottom: .3rem; }
h3 { font-size: 1.05rem; margin: 2rem 0 .3rem; }
p { margin: .5rem 0; }
dl { align-content: start; display: grid; gap: .2rem 1.5rem; grid-template-columns: max-content 1fr; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
.facts { display: grid; gap: 1rem 2.5rem; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); }
ol { margin: 0; padding-left: 2.2rem; }
li { padding: .1rem 0; }
time, .quiet { color: var(--quiet); font-variant-numeric: tabular-nums; }
li time { font-size: .85em; margin-left: .5em; }
code { background: var(--soft); border-radius: .25em; font: .9em ui-monospace, monospace; padding: .1em .3em; }
figure { margin: 1rem 0; }
figcaption { color: var(--quiet); font-size: .85rem; }
b { font-weight: 600; }
h1 b, h3 b { font-weight: inherit; }
img, video { border: 1px solid var(--line); border-radius: .3rem; display: block; height: auto; max-width: 100%; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem 1rem .3rem 0; text-align: left; vertical-align: top; }
td:first-child { font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.bad td { color: var(--bad); }
@media (max-width: 40rem) { .facts { grid-template-columns: 1fr; } }
@media print { body { margin: 0; max-width: none; } .clip { display: none; } figure, tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
</style>
</head>
<body>
";

/// Names stand in quotes where they are part of a sentence, and as code where they stand alone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Html {
    Sentence,
    Cell,
}

impl Language for Html {
    fn ours(&self, text: &str) -> String {
        escaped(text)
    }

    fn theirs(&self, text: &str) -> String {
        match self {
            Self::Sentence => format!("<b>“{}”</b>", escaped(text)),
            Self::Cell => format!("<code>{}</code>", escaped(text)),
        }
    }

    fn address(&self, url: &str) -> String {
        format!("<code>{}</code>", escaped(url))
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in layout::clean(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}

impl Ticket {
    /// For a browser; the pictures stand beside it.
    pub fn html(&self) -> String {
        let mut html = String::from(HEAD);
        // Writing to a string cannot fail.
        let _ = writeln!(
            html,
            "<title>{}</title>\n{STYLE}<h1>{}</h1>",
            escaped(&self.title.to_string()),
            Html::Sentence.phrase(&self.title)
        );
        html.push_str("<div class=\"facts\">\n");
        facts(&mut html, &self.summary);
        facts(&mut html, &self.environment);
        html.push_str("</div>\n<h2>Steps to reproduce</h2>\n");
        paragraph(&mut html, layout::before_steps(self));
        html.push_str("<ol>\n");
        for step in &self.steps {
            let words = Html::Sentence.phrase(&step.words);
            let _ = writeln!(html, "<li>{words}<time>{}</time></li>", layout::time(step.at_ms));
        }
        html.push_str("</ol>\n<h2>What happened</h2>\n");
        paragraph(&mut html, layout::before_problems(self));
        for one in &self.problems {
            problem(&mut html, one);
        }
        paragraph(&mut html, layout::after_problems(self));
        let is_bad = |level: &str| matches!(level, "error" | "assert" | "fatal");
        let console = self.console.rows.iter().map(|line| row(&layout::console_row(line), is_bad(&line.level)));
        table(&mut html, "Console", &layout::CONSOLE, &console.collect::<String>(), self.console.left_out);
        let network = self.network.rows.iter().map(|line| row(&layout::network_row(line), line.failed));
        table(&mut html, "Network", &layout::NETWORK, &network.collect::<String>(), self.network.left_out);
        html.push_str("</body>\n</html>\n");
        html
    }
}

fn facts(html: &mut String, facts: &[Fact]) {
    html.push_str("<dl>\n");
    for fact in facts {
        let _ = writeln!(html, "<dt>{}</dt><dd>{}</dd>", fact.name, Html::Cell.phrase(&fact.value));
    }
    html.push_str("</dl>\n");
}

fn paragraph(html: &mut String, text: Option<String>) {
    if let Some(text) = text {
        let _ = writeln!(html, "<p class=\"quiet\">{}</p>", escaped(&text));
    }
}

fn problem(html: &mut String, problem: &Problem) {
    let alternative = escaped(&layout::alternative(problem));
    let _ = writeln!(html, "<h3>{}</h3>", Html::Sentence.phrase(&problem.words));
    let _ = writeln!(html, "<p>{}</p>", Html::Sentence.phrase(&layout::place(problem)));
    let _ = writeln!(html, "<figure><img src=\"{}\" alt=\"{alternative}\"></figure>", escaped(&problem.still));
    let Some(clip) = &problem.clip else { return };
    let name = escaped(clip);
    let shown = if layout::is_movie(clip) {
        format!("<video src=\"{name}\" controls muted playsinline></video>")
    } else {
        format!("<img src=\"{name}\" alt=\"{alternative}, as a clip\" loading=\"lazy\">")
    };
    let _ = writeln!(html, "<figure class=\"clip\">{shown}<figcaption>Before and after it.</figcaption></figure>");
}

fn row(phrases: &[Phrase], is_bad: bool) -> String {
    let cells: Vec<String> = phrases.iter().map(|phrase| Html::Cell.phrase(phrase)).collect();
    let cells = cells.join("</td><td>");
    let class = if is_bad { " class=\"bad\"" } else { "" };
    format!("<tr{class}><td>{cells}</td></tr>\n")
}

fn table(html: &mut String, heading: &str, columns: &[&str], rows: &str, left_out: usize) {
    if rows.is_empty() {
        return;
    }
    let columns = columns.join("</th><th>");
    let _ = writeln!(
        html,
        "<h2>{heading}</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>{columns}</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>"
    );
    paragraph(html, layout::left_out(left_out));
}
