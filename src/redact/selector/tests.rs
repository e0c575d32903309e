//! Selectors over a small page, and those that are refused.

use super::{Reach, Selector};
use crate::redact::dom::{Dom, NodeKind};

/// One node: its number, its parent's, and `tag#id.class name=value`, `"text"`, `<!-- -->` or `document`.
const PAGE: [(i64, i64, &str); 30] = [
    (1, 0, "document"),
    (2, 1, "html lang=de-AT"),
    (3, 2, "head"),
    (4, 2, "body#top class=Page"),
    (5, 4, "div#first class=a,b data-x=One-two"),
    (6, 5, "\"text\""),
    (7, 5, "p class=a"),
    (8, 5, "p class=b title=a,word,Z"),
    (9, 5, "span"),
    (10, 4, "<!-- -->"),
    (11, 4, "ul"),
    (12, 11, "li class=n"),
    (13, 11, "li"),
    (14, 11, "li class=n"),
    (15, 11, "li class=n"),
    (16, 15, "a href=https://example.com/x.pdf"),
    (17, 4, "fieldset disabled="),
    (18, 17, "legend"),
    (19, 18, "input type=CHECKBOX checked="),
    (20, 17, "select required="),
    (21, 20, "option selected="),
    (22, 4, "x-card class=host shadow=1"),
    (23, 22, "b class=inner"),
    (24, 4, "iframe"),
    (25, 24, "document"),
    (26, 25, "html"),
    (27, 26, "body"),
    (28, 27, "p class=a"),
    (29, 4, "svg xlink:href=#u viewBox=0"),
    (30, 29, "lineargradient"),
];

fn kind(written: &str) -> NodeKind {
    match written {
        "document" => return NodeKind::Document,
        "<!-- -->" => return NodeKind::Comment,
        "\"text\"" => return NodeKind::Text { style: false },
        _ => {}
    }
    let mut words = written.split(' ');
    let (tag, id) = words.next().map(|first| first.split_once('#').unwrap_or((first, ""))).unwrap();
    let mut attributes: Vec<(String, String)> = words
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.replace(',', " ")))
        .collect();
    let shadow_host = attributes.iter().any(|(name, _)| name == "shadow");
    if !id.is_empty() {
        attributes.push(("id".to_owned(), id.to_owned()));
    }
    NodeKind::Element { tag: tag.to_owned(), attributes, shadow_host }
}

fn page() -> Dom {
    let mut dom = Dom::default();
    for (id, parent, written) in PAGE {
        dom.insert(id, Some(parent), None, kind(written));
    }
    dom
}

fn selected(dom: &Dom, selector: &str) -> Vec<i64> {
    let selector = Selector::parse(selector).unwrap_or_else(|error| panic!("{selector}: {error}"));
    dom.subtree(1).filter(|id| dom.matches(*id, &selector)).collect()
}

#[test]
fn selectors_find_what_a_browser_finds() {
    let dom = page();
    let cases: [(&str, &[i64]); 75] = [
        ("P", &[7, 8, 28]),
        ("#top", &[4]),
        ("#Top", &[]),
        (".a", &[5, 7, 28]),
        (".A", &[]),
        (".page, .Page", &[4]),
        (".a.b", &[5]),
        ("p.a", &[7, 28]),
        ("div p", &[7, 8]),
        ("body > p", &[28]),
        ("html body p", &[7, 8, 28]),
        ("iframe p", &[]),
        (".a>.b", &[8]),
        (".a + .b", &[8]),
        ("p+p", &[8]),
        ("p ~ span", &[9]),
        ("div ~ ul > li.n", &[12, 14, 15]),
        (".n + li", &[13, 15]),
        (".n ~ .n", &[14, 15]),
        ("li:first-child", &[12]),
        ("li:last-child", &[15]),
        ("li:nth-child(2n)", &[13, 15]),
        ("li:nth-child(odd)", &[12, 14]),
        ("li:nth-child(-n+2)", &[12, 13]),
        ("li:nth-last-child(2)", &[14]),
        ("li:nth-child(2 of .n)", &[14]),
        ("li:nth-last-child(1 of .n)", &[15]),
        ("div > p:first-of-type", &[7]),
        ("div > :last-of-type", &[8, 9]),
        ("div > :only-of-type", &[9]),
        ("p:nth-of-type(2)", &[8]),
        ("a:only-child", &[16]),
        ("li:empty", &[12, 13, 14]),
        ("div:empty", &[]),
        (":root", &[2, 26]),
        (":root > body", &[4, 27]),
        (":is(ul, div) > .n", &[12, 14, 15]),
        (":where(.a .b)", &[8]),
        ("li:not(.n)", &[13]),
        ("li:not(.n, :last-child, ul > :first-child)", &[13]),
        ("li:not(:not(.n))", &[12, 14, 15]),
        ("li:has(a)", &[15]),
        ("ul:has(> li > a)", &[11]),
        ("body:has(> a)", &[]),
        ("li:has(+ li)", &[12, 13, 14]),
        ("li:has(~ li:last-child)", &[12, 13, 14]),
        ("div:has(p + p)", &[5]),
        ("body > :has(.inner), iframe:has(p)", &[22]),
        (":has(a) > .n", &[12, 14, 15]),
        ("[href]", &[16]),
        ("[HREF]", &[16]),
        ("[data-x=One-two]", &[5]),
        ("[data-x=one-two]", &[]),
        ("[data-x='one-TWO' i]", &[5]),
        ("[type=checkbox]", &[19]),
        ("[type=checkbox s]", &[]),
        ("[title~=word]", &[8]),
        ("[title~=wor]", &[]),
        ("[lang|=de]", &[2]),
        ("[href^='https:']", &[16]),
        ("[href$='.pdf']", &[16]),
        ("[href*=example]", &[16]),
        ("[href*=EXAMPLE i]", &[16]),
        ("[href^='']", &[]),
        ("[*|href]", &[16, 29]),
        (r"[xlink\:href]", &[29]),
        ("[viewbox], linearGradient", &[29, 30]),
        (":checked", &[19, 21]),
        (":disabled", &[17, 20]),
        (":enabled", &[19, 21]),
        (":required, :optional", &[19, 20]),
        (":any-link", &[16]),
        ("li:lang(de)", &[12, 13, 14, 15]),
        (".host .inner, :host", &[22, 23]),
        ("p:lang(de-at, en)", &[7, 8]),
    ];
    for (selector, expected) in cases {
        assert_eq!(selected(&dom, selector), expected, "{selector}");
    }
}

#[test]
fn escapes_comments_and_spaces_are_read_as_in_style_sheets() {
    let mut dom = Dom::default();
    dom.insert(1, None, None, kind("p class=1:x"));
    for selector in [r".\31\:x", "p/* c */.\\31\\:x", "  p , i ", "*|p", "[ class = '1:x' ]", "p:is( * )"] {
        assert_eq!(selected(&dom, selector), [1], "{selector}");
    }
}

#[test]
fn what_cannot_select_is_refused_where_it_stands() {
    let cases = [
        ("", 0, "a selector is missing"),
        ("  ", 2, "a selector is missing"),
        (".a,", 3, "a selector is missing"),
        (".a,,b", 3, "before the comma"),
        (".a >", 4, "after the combinator"),
        ("> .a", 0, "before `>`"),
        (".a > > b", 5, "before `>`"),
        (".a:foo", 2, "`:foo` is no pseudo-class"),
        (".ä:foo", 3, "`:foo` is no pseudo-class"),
        (".a, b:not(.c:hover)", 12, "`:hover` holds only at moments"),
        (".a::before", 2, "`::before` is a pseudo-element"),
        (".a:after", 2, "`::after` is a pseudo-element"),
        (".a :is(b, c::part(x))", 11, "`::part` is a pseudo-element"),
        ("b:is()", 5, "a selector is missing"),
        ("b:not(c,)", 8, "a selector is missing"),
        (":has(:has(a))", 5, "cannot stand in `:has()`"),
        (":has(a:not(:has(b)))", 11, "cannot stand in `:has()`"),
        ("a:nth-child(x)", 12, "a formula like `2n+1`"),
        ("a:nth-child(2 foo)", 14, "should end here"),
        ("a:nth-of-type(2 of b)", 16, "should end here"),
        ("svg|a", 0, "leave out `svg|`"),
        ("|a", 0, "namespaces"),
        ("&.a", 0, "`&` stands for nothing"),
        (".1a", 0, "cannot begin with a digit"),
        ("#1a", 0, "cannot begin with a digit"),
        (".", 0, "the name of a class"),
        ("a:", 1, "the name of a pseudo-class"),
        ("[]", 1, "the name of an attribute"),
        ("[x", 2, "still open"),
        (".a:not(.b", 9, "still open"),
        (".a /* c", 7, "still open"),
        (".a\\", 3, "still open"),
        ("[x=]", 3, "a value is missing"),
        ("[x=1]", 3, "quotes"),
        ("[x=a b]", 5, "only `i`, `s`"),
        ("[x!=a]", 2, "should follow the name"),
        ("[svg|x]", 1, "namespaces"),
        ("a b)", 3, "`)` cannot stand here"),
        ("a { color: red }", 2, "`{` cannot stand here"),
        ("a, 'b'", 3, "`'b'` cannot stand here"),
        ("@media", 0, "`@media` cannot stand here"),
        (":host(.a)", 0, "`:host` is no pseudo-class"),
        (":lang()", 6, "a language"),
    ];
    for (text, offset, message) in cases {
        let error = Selector::parse(text).expect_err(text);
        assert_eq!(error.offset, offset, "{text}: {error}");
        assert!(error.message.contains(message), "{text}: {error}");
    }
}

#[test]
fn no_selector_is_too_long_or_too_deep_for_the_stack() {
    let nested = |depth| format!("{}a{}", ":not(".repeat(depth), ")".repeat(depth));
    assert!(Selector::parse(&nested(20)).is_ok());
    assert!(Selector::parse(&nested(100_000)).unwrap_err().message.contains("nested more than"));
    assert!(Selector::parse(&"a ".repeat(900)).is_ok());
    assert!(Selector::parse(&"a ".repeat(100_000)).unwrap_err().message.contains("up to 1000 parts"));
    let mut dom = Dom::default();
    for id in 1..2_000 {
        dom.insert(id, Some(id - 1), None, kind("a"));
    }
    assert!(dom.matches(1_500, &Selector::parse(&"a ".repeat(1_000)).unwrap()));
    assert!(!dom.matches(900, &Selector::parse(&"a ".repeat(1_000)).unwrap()));
}

#[test]
fn the_reach_of_a_selector_is_that_of_its_farthest_part() {
    for (selector, reach) in [
        ("a.b#c[d]:not(.e):root", Reach::Own),
        ("a, b c", Reach::Subtree),
        ("a:is(b > c)", Reach::Subtree),
        (":lang(de)", Reach::Subtree),
        ("a, b c + d", Reach::Siblings),
        (":empty", Reach::Siblings),
        ("a:not(:nth-child(2))", Reach::Siblings),
        ("a:only-child", Reach::Siblings),
        ("a:not(:has(b))", Reach::Anything),
        (":nth-child(1 of :has(b)) > c", Reach::Anything),
    ] {
        assert_eq!(Selector::parse(selector).unwrap().reach(), reach, "{selector}");
    }
    assert!(Reach::Own < Reach::Subtree && Reach::Subtree < Reach::Siblings && Reach::Siblings < Reach::Anything);
}

#[test]
fn a_selector_tells_which_attributes_it_looks_at() {
    let selector = Selector::parse(".a:not(#b) [Data-X=y]:has(:disabled, .c), q").unwrap();
    assert_eq!(selector.attributes(), ["class", "data-x", "disabled", "id"]);
}

#[test]
fn selectors_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Selector>();
}
