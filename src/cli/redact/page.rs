//! The page of a preview: one HTML file beside its pictures, without script, that loads nothing from elsewhere.

use std::fmt::Write as _;

use crate::cli::redaction::Table;
use crate::package::Redaction;
use crate::recording::clock;

/// A moment before and after.
pub(super) struct Pair<'a> {
    pub(super) at_ms: f64,
    /// Name of a file beside the page.
    pub(super) before: &'a str,
    /// Name of a file beside the page.
    pub(super) after: &'a str,
    pub(super) width: u32,
    pub(super) height: u32,
}

const HEAD: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'">
<title>Redaction: before and after</title>
<style>
:root { color-scheme: light dark; --line: #8886; --before: #b3261e; --after: #1b7f4b; }
@media (prefers-color-scheme: dark) { :root { --before: #ff8a80; --after: #69d69d; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 110rem; padding: 0 1.5rem; }
table { border-collapse: collapse; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem 1rem .35rem 0; text-align: left; vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
section { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem 1.5rem; margin-top: 2.5rem; }
h2 { grid-column: 1 / -1; margin: 0; font-size: 1.1rem; }
figure { margin: 0; }
figcaption { font-weight: 600; }
.before figcaption { color: var(--before); }
.after figcaption { color: var(--after); }
img { border: 1px solid var(--line); display: block; height: auto; max-width: 100%; }
@media (max-width: 60rem) { section { grid-template-columns: 1fr; } }
</style>
</head>
<body>
<h1>Redaction: before and after</h1>
<p>These pictures are for judging the rules: those on the left show what is taken out, so do not pass this folder on.</p>
"#;

/// The whole page.
pub(super) fn page(pairs: &[Pair<'_>], redaction: &Redaction) -> String {
    let mut html = String::from(HEAD);
    write_table(&mut html, redaction);
    for pair in pairs {
        write_pair(&mut html, pair);
    }
    html.push_str("</body>\n</html>\n");
    html
}

/// Writing to a string cannot fail.
fn write_table(html: &mut String, redaction: &Redaction) {
    // Only counts are numbers.
    let class = |column| if column == 2 { " class=\"number\"" } else { "" };
    html.push_str("<table>\n<thead><tr>");
    for (column, heading) in Table::HEADINGS.iter().enumerate() {
        let _ = write!(html, "<th{}>{heading}</th>", class(column));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in Table(redaction).rows() {
        html.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            let _ = write!(html, "<td{}>{}</td>", class(column), escaped(cell));
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody>\n</table>\n");
}

fn write_pair(html: &mut String, pair: &Pair<'_>) {
    let Pair { width, height, .. } = pair;
    let at = clock(pair.at_ms);
    let _ = writeln!(html, "<section>\n<h2>{at}</h2>");
    for (side, label, file) in [("before", "Before", pair.before), ("after", "After", pair.after)] {
        let file = escaped(file);
        let _ = writeln!(
            html,
            "<figure class=\"{side}\"><figcaption>{label}</figcaption><a href=\"{file}\"><img src=\"{file}\" alt=\"{label}, {at}\" width=\"{width}\" height=\"{height}\"></a></figure>"
        );
    }
    html.push_str("</section>\n");
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            character => html.push(character),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::RedactionRule;

    #[test]
    fn the_page_shows_both_sides_and_the_summary_and_trusts_no_name() {
        let name = "<script>\"&".to_owned();
        let places = [("text".to_owned(), 3)].into();
        let rules = vec![RedactionRule { name, action: "mask".to_owned(), count: 3, places }];
        let pair = Pair { at_ms: 65_250.0, before: "before-1.png", after: "after-1.png", width: 800, height: 600 };
        let html = page(&[pair], &Redaction { rules });
        assert!(!html.contains("<script>"), "{html}");
        for part in [
            "<td>&lt;script&gt;&quot;&amp;</td><td>mask</td><td class=\"number\">3</td><td>text 3</td>",
            "<h2>1:05.3</h2>",
            "<img src=\"before-1.png\"",
            "<img src=\"after-1.png\" alt=\"After, 1:05.3\" width=\"800\" height=\"600\">",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
    }

    #[test]
    fn the_page_follows_the_readers_colours_and_loads_nothing_from_elsewhere() {
        let html = page(&[], &Redaction::default());
        assert!(html.contains("color-scheme: light dark") && html.contains("default-src 'none'"));
        assert!(!html.contains("http://") && !html.contains("https://"));
    }
}
