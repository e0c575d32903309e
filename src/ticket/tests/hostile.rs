//! Whatever strangers write, it is words: the document has the same parts as with harmless ones.

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::*;

const HOSTILE: [&str; 34] = [
    "@everyone @octo/team",
    "fixes #12, GH-12, octo/repo#12",
    "https://github.com/octo/repo/issues/12",
    "[click](https://evil.example)",
    "![x](https://evil.example/pixel.png)",
    "[x]: https://evil.example",
    "<script>alert(1)</script>",
    "</code><img src=x onerror=alert(1)>",
    "\" onmouseover=\"alert(1)",
    "' onfocus='alert(1)",
    "<!-- comment",
    "-->",
    "&lt;b&gt; &#64;all &copy;",
    "`code` ``code`` ```",
    "`",
    "a`b``c```d",
    "a | b | c",
    r"a \| b",
    r"a \\| b `",
    "\\",
    r"trailing \",
    "*bold* _it_ ~~no~~ **a**",
    "# heading",
    "a\n\n# heading\n\n- list\n\n---",
    "a\r\n| b | c |\r\n|--|--|",
    "1. one",
    "> quote",
    "{code}x{code} {color:red}y{color} {html}<b>{html}",
    "[~accountid:5] [a|https://evil.example] [^file.exe]",
    "!https://evil.example/pixel.png! !x.png|width=9999!",
    "bq. h1. ||head||",
    "mailto:a@b.example :) (x) ----",
    "a\u{202e}gnp.exe\u{200b}\u{feff}",
    "$x^2$ :shrug: www.evil.example",
];

fn hostile(words: &str) -> Ticket {
    // With a letter, so that none is taken for a mask.
    let words = format!("x{words}");
    let url = format!("https://shop.example/{words}");
    let window = format!("w{words}");
    let said = Said { name: &words, url: &url, message: &words, person: &words, window: &window };
    ticket_of(&session(&said), &choice())
}

/// The tags of a document in order, and the texts outside of code.
fn parts(markdown: &str) -> (Vec<String>, Vec<String>) {
    let (mut tags, mut texts) = (Vec::new(), Vec::new());
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                assert!(dest_url.ends_with(".png") || dest_url.ends_with(".gif"), "{dest_url} in {markdown}");
                assert!(!dest_url.contains(['/', ':']), "{dest_url} in {markdown}");
                tags.push(format!("picture {dest_url}"));
            }
            Event::Start(tag) => tags.push(format!("{tag:?}")),
            Event::End(tag) => tags.push(format!("{tag:?}")),
            Event::Code(_) => tags.push("code".to_owned()),
            Event::Text(text) => texts.push(text.to_string()),
            Event::SoftBreak => {}
            other => panic!("{other:?} in {markdown}"),
        }
    }
    (tags, texts)
}

#[test]
fn markdown_has_the_same_parts_whatever_strangers_write() {
    let (plain, _) = parts(&hostile("plain").markdown());
    for words in HOSTILE {
        let markdown = hostile(words).markdown();
        let (tags, texts) = parts(&markdown);
        assert_eq!(tags, plain, "{words:?}: {markdown}");
        let all = texts.concat();
        // What GitHub and Linear make links and notifications of.
        assert!(!all.contains('@') && !all.contains("://") && !all.contains("www."), "{words:?}: {markdown}");
        let refers = all.split('#').skip(1).any(|rest| rest.starts_with(|next: char| next.is_ascii_digit()));
        assert!(!refers, "{words:?}: {markdown}");
    }
}

#[test]
fn what_strangers_wrote_can_still_be_read() {
    for words in ["<b>&amp;</b>", "a`b", "*x*", "[x](y)", "@all"] {
        let markdown = hostile(words).markdown();
        let code: Vec<String> = Parser::new_ext(&markdown, Options::ENABLE_TABLES)
            .filter_map(|event| match event {
                Event::Code(text) => Some(text.to_string()),
                _ => None,
            })
            .collect();
        assert!(code.iter().any(|text| *text == format!("x{words}")), "{words}: {code:?}");
    }
}

/// Everything between `<` and `>`.
fn tags(html: &str) -> Vec<String> {
    html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap().to_owned()).collect()
}

#[test]
fn html_has_the_same_parts_whatever_strangers_write() {
    let plain = tags(&hostile("plain").html());
    for words in HOSTILE {
        let html = hostile(words).html();
        assert_eq!(tags(&html), plain, "{words:?}: {html}");
        assert!(html.contains("default-src 'none'"));
    }
}

/// The characters that mean something, without those that are escaped.
fn marks(jira: &str) -> String {
    let mut marks = String::new();
    let mut characters = jira.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '{' | '}' | '[' | ']' | '|' | '!' | '^' | '~' | '\n' | '@' | '"' => marks.push(character),
            _ => {}
        }
    }
    marks
}

#[test]
fn jira_has_the_same_parts_whatever_strangers_write() {
    let plain = hostile("plain").jira();
    let lines = |text: &str| text.lines().count();
    for words in HOSTILE {
        let jira = hostile(words).jira();
        assert_eq!(marks(&jira), marks(&plain), "{words:?}: {jira}");
        assert_eq!(lines(&jira), lines(&plain), "{words:?}: {jira}");
        assert!(!jira.contains("://") && !jira.contains("mailto:"), "{words:?}: {jira}");
    }
}

#[test]
fn texts_without_end_make_no_document_without_end() {
    let ticket = hostile(&"word ".repeat(100_000));
    for document in [ticket.markdown(), ticket.html(), ticket.jira(), serde_json::to_string(&ticket).unwrap()] {
        assert!(document.len() < 100_000, "{} bytes", document.len());
    }
}
