use regex::Regex;

use super::dice::{Dice, rules};
use super::*;
use crate::redact::{Places, Selector};

fn built_ins() -> Rules {
    rules([Pattern::Email, Pattern::Card, Pattern::Phone, Pattern::Token].map(What::Text))
}

fn anywhere(_: RuleId) -> bool {
    true
}

fn values(rules: &Rules, text: &str) -> Vec<String> {
    Finder::new(rules).find(text, Place::Text, &anywhere).into_iter().map(|found| found.value).collect()
}

fn own(pattern: &str) -> What {
    What::Text(Pattern::Own(Regex::new(pattern).unwrap()))
}

#[test]
fn values_are_found_through_escapes() {
    for text in [
        "to=john%40x.org&y",
        "to=john%2540x.org",
        "to=john&#64;x&period;org;",
        r"\njohn\u0040x.org\n",
        r#"{\"to\":\"john\u0040x.org\"}"#,
        r"content: 'john\40 x.org'",
        "%22john%40x%2Eorg%22",
    ] {
        assert_eq!(values(&built_ins(), text), ["john@x.org"], "{text}");
    }
    assert_eq!(values(&built_ins(), "4111%201111%201111%201111"), ["4111 1111 1111 1111"]);
    assert_eq!(values(&built_ins(), "%7B%22password%22%3A%22a%20b%22%7D"), ["a b"]);
    assert_eq!(values(&built_ins(), "%2B49%20151%2012345678"), ["+49 151 12345678"]);
}

#[test]
fn what_is_found_stands_where_it_is_said_to() {
    let finder = Finder::new(&built_ins());
    let text = "ä john%40x.org, 4111 1111 1111 1111 ü";
    let found = finder.find(text, Place::Text, &anywhere);
    let parts: Vec<&str> = found.iter().map(|found| &text[found.range.clone()]).collect();
    assert_eq!(parts, ["john%40x.org", "4111 1111 1111 1111"]);
    assert_eq!(found.iter().map(|found| found.rule.rule).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn the_earlier_rule_holds_and_what_a_later_one_found_besides_is_not_lost() {
    let rules = rules([own("john"), What::Text(Pattern::Email)]);
    let found = Finder::new(&rules).find("john.doe@x.org", Place::Text, &anywhere);
    let list: Vec<(u16, &str)> = found.iter().map(|found| (found.rule.rule, found.value.as_str())).collect();
    assert_eq!(list, [(0, "john"), (1, ".doe@x.org")]);
}

#[test]
fn a_set_keeps_only_from_its_own_rules() {
    let mut rules = built_ins();
    rules.sets[0].keep.values = vec!["info@x.org".to_owned()];
    rules.sets[0].keep.patterns = vec![Regex::new("a|a.*@y").unwrap(), Regex::new(r".*@z\.org").unwrap()];
    assert_eq!(
        values(&rules, "info@x.org info%40x.org any@z.org any@z.org.uk xinfo@x.org"),
        ["any@z.org.uk", "xinfo@x.org"]
    );
    let finder = Finder::new(&rules);
    let id = RuleId { set: 0, rule: 0 };
    assert!(finder.keeps(id, "abc@y") && finder.keeps(id, "a") && !finder.keeps(id, "abc@yy"));
    rules.sets.push(built_ins().sets.remove(0));
    assert_eq!(values(&rules, "info@x.org"), ["info@x.org"]);
}

#[test]
fn rules_hold_only_at_their_places_and_within_their_elements() {
    let mut rules = rules([own("a"), own("b"), own("c")]);
    rules.sets[0].rules[0].places = Places::from_iter([Place::Urls]);
    rules.sets[0].rules[1].within = Some(Selector::parse("p").unwrap());
    let finder = Finder::new(&rules);
    let values = |place, inside: &dyn Fn(RuleId) -> bool| -> Vec<String> {
        finder.find("abc", place, inside).into_iter().map(|found| found.value).collect()
    };
    assert_eq!(values(Place::Text, &|_| false), ["c"]);
    assert_eq!(values(Place::Urls, &|rule| rule.rule == 1), ["a", "b", "c"]);
    rules.sets[0].rules.truncate(1);
    let finder = Finder::new(&rules);
    assert!(finder.looks_at(Place::Urls) && !finder.looks_at(Place::Text));
}

#[test]
fn names_say_what_their_values_are() {
    let mut rules = built_ins();
    rules.sets[0]
        .rules
        .push(super::dice::rules([What::Named(Regex::new("^(?i:iban)$").unwrap())]).sets.remove(0).rules.remove(0));
    let finder = Finder::new(&rules);
    let by_name = |name| finder.by_name(name, Place::Network).map(|id| id.rule);
    assert_eq!(by_name("userEmail"), Some(0));
    assert_eq!(by_name("card[cvc]"), Some(1));
    assert_eq!(by_name("X-Api-Key"), Some(3));
    assert_eq!(by_name("IBAN"), Some(4));
    assert_eq!(by_name("tokens_used"), None);
    let field = |name: &'static str, value: &'static str| {
        finder.field_inside(&move |asked| (asked == name).then(|| value.to_owned()), &|_| false).map(|id| id.rule)
    };
    assert_eq!(field("type", "EMAIL"), Some(0));
    assert_eq!(field("type", "tel"), Some(2));
    assert_eq!(field("type", "password"), Some(3));
    assert_eq!(field("autocomplete", "section-a billing cc-exp-month"), Some(1));
    assert_eq!(field("autocomplete", "one-time-code"), Some(3));
    assert_eq!(field("autocomplete", "work tel-national"), Some(2));
    assert_eq!(field("id", "login_password"), Some(3));
    assert_eq!(field("name", "iban"), Some(4));
    assert_eq!(field("name", "search"), None);
}

#[test]
fn parameters_of_a_url_are_found_by_name() {
    let rules = rules([What::Text(Pattern::Token), What::Named(Regex::new("^q$").unwrap())]);
    let finder = Finder::new(&rules);
    let found =
        |url: &str| -> Vec<String> { finder.in_url(url, &anywhere).into_iter().map(|found| found.value).collect() };
    assert_eq!(found("https://x.org/a?q=some%20thing&page=2#access_token=abc&x=1"), ["some thing", "abc"]);
    assert_eq!(found("https://x.org/#/reset?token=a?b&x"), ["a?b"]);
    assert_eq!(found("/login?next=%2Fa%3Fq%3Dsecret%26y%3D1"), ["secret"]);
    assert_eq!(found("https://john:s3cret@x.org/?api%5Fkey=z"), ["john:s3cret", "z"]);
    assert_eq!(found("/a;jsessionid=abc123?x=1#q="), ["abc123?x=1"]);
}

#[test]
fn on_any_text_ranges_are_in_order_and_at_character_boundaries() {
    let rules = rules(
        [Pattern::Email, Pattern::Card, Pattern::Phone, Pattern::Token]
            .map(What::Text)
            .into_iter()
            .chain([own("a.|用+")]),
    );
    let finder = Finder::new(&rules);
    for seed in 0..20_000 {
        let text = Dice::new(seed).text(30);
        for place in [Place::Text, Place::Attributes, Place::Styles] {
            let found = if place == Place::Styles {
                finder.in_url(&text, &anywhere)
            } else {
                finder.find(&text, place, &anywhere)
            };
            let mut end = 0;
            for one in found {
                assert!(one.range.start >= end && one.range.start < one.range.end, "{text:?} {one:?}");
                assert!(text.get(one.range.clone()).is_some() && !one.value.is_empty(), "{text:?} {one:?}");
                end = one.range.end;
            }
        }
    }
}

#[test]
fn an_address_is_found_wherever_it_stands_and_however_it_is_escaped() {
    let finder = Finder::new(&built_ins());
    for seed in 0..2000 {
        let mut dice = Dice::new(seed);
        let escaped = ["john@x.org", "john%40x.org", "john&#64;x.org", r"john\u0040x.org"][dice.roll(4)];
        let text = format!("{} {escaped} {}", dice.text(10), dice.text(10));
        let start = text.find(escaped).unwrap();
        let found = finder.find(&text, Place::Text, &anywhere);
        let mut at = start;
        for one in &found {
            if one.range.start <= at && at < one.range.end {
                at = one.range.end;
            }
        }
        assert!(at >= start + escaped.len(), "{text:?} {found:?}");
    }
}

/// Fails by taking minutes: each would take time with the square of the text.
#[test]
fn no_text_takes_time_out_of_proportion() {
    let finder = Finder::new(&built_ins());
    for part in [
        "a@",
        "a@a",
        "1 ",
        "1",
        "4111 ",
        "%40",
        "%2540",
        "a%40",
        "eyJ",
        "eyJ.",
        "eyJaaaaaaaa.",
        "sk-",
        "sk-a1",
        "://",
        "cookie: ",
        "token:",
        "token: ",
        "password='",
        "password=\\\"",
        "\"",
        "\\",
        "&",
        "&#",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN ",
        "+1",
        "+",
        "(",
        "tel:1",
        "tel:",
        "bearer ",
        "basic a",
        "0",
        "00 ",
        "a.",
        "?token=",
        "?a",
        "555-",
        "x1 ",
        "@a.b",
        "é",
        "auth-",
        "a@b.c-",
        "token=&",
        "\"@",
    ] {
        let text = part.repeat((1 << 20) / part.len());
        let found = finder.in_url(&text, &anywhere);
        assert!(found.len() <= text.len(), "{part}");
    }
}
