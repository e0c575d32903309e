use regex::Regex;

use super::*;
use crate::redact::find::dice::{Dice, rules};
use crate::redact::{PseudonymKey, Rules};

const EMAIL: RuleId = RuleId { set: 0, rule: 0 };
const CARD: RuleId = RuleId { set: 0, rule: 1 };
const TOKEN: RuleId = RuleId { set: 0, rule: 3 };

fn with(action: Action) -> Rules {
    let own = What::Text(Pattern::Own(Regex::new("x").unwrap()));
    let texts = [Pattern::Email, Pattern::Card, Pattern::Phone, Pattern::Token].map(What::Text);
    let mut rules = rules(texts.into_iter().chain([own]));
    for rule in &mut rules.sets[0].rules {
        rule.action = action;
    }
    rules.key = Some(PseudonymKey::new(b"secret"));
    rules
}

fn of(action: Action, rule: RuleId, value: &str) -> String {
    stand_in(&with(action), rule, value, value)
}

#[test]
fn a_mask_keeps_length_case_and_signs_that_say_nothing() {
    assert_eq!(of(Action::Mask, EMAIL, "John.Doe-7@x.org"), "Xxxx.Xxxx#@x.xxx");
    assert_eq!(of(Action::Mask, CARD, "4111 1111-11"), "#### ####-##");
    assert_eq!(of(Action::Mask, TOKEN, "a-B.9 =\n"), "xxXx# x\n");
    assert_eq!(of(Action::Mask, TOKEN, "用e\u{301}👍🏽𠀋"), "ｘx\u{2060}\u{1f532}\u{e0078}\u{1f532}");
}

#[test]
fn a_value_that_is_written_with_escapes_is_masked_without() {
    assert_eq!(stand_in(&with(Action::Mask), EMAIL, "a%40b.c", "a@b.c"), "x@x.x");
}

#[test]
fn a_cover_is_a_box_over_each_character() {
    assert_eq!(of(Action::Cover, EMAIL, "a@b 用😀"), "███ ⬛\u{1f532}");
    assert_eq!(of(Action::Remove, EMAIL, "a@b"), "");
}

#[test]
fn the_same_value_has_the_same_pseudonym_however_it_is_written() {
    let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let first = of(Action::Pseudonym, CARD, "4111 1111 1111 1111");
    assert_eq!(digits(first.clone()), digits(of(Action::Pseudonym, CARD, "4111-1111-1111-1111")));
    assert_ne!(digits(first), "4111111111111111");
    let mail = of(Action::Pseudonym, EMAIL, "John@X.org");
    assert_eq!(mail.to_lowercase(), of(Action::Pseudonym, EMAIL, "john@x.org"));
    assert!(mail.chars().next().unwrap().is_uppercase());
    assert_eq!(&mail[4..5], "@");
    assert_ne!(of(Action::Pseudonym, EMAIL, "jane@x.org"), mail.to_lowercase());
}

#[test]
fn another_key_makes_other_pseudonyms_and_none_makes_masks() {
    let mut rules = with(Action::Pseudonym);
    let one = stand_in(&rules, EMAIL, "john@x.org", "john@x.org");
    rules.key = Some(PseudonymKey::new(b"other"));
    assert_ne!(stand_in(&rules, EMAIL, "john@x.org", "john@x.org"), one);
    rules.key = None;
    assert_eq!(stand_in(&rules, EMAIL, "john@x.org", "john@x.org"), "xxxx@x.xxx");
}

#[test]
fn a_pseudonym_is_never_the_value_itself() {
    for letter in ('a'..='z').chain('0'..='9') {
        let value = letter.to_string();
        assert_ne!(of(Action::Pseudonym, TOKEN, &value), value);
    }
}

#[test]
fn a_stand_in_has_as_many_characters_and_units_as_what_it_stands_for() {
    for seed in 0..2000 {
        let text = Dice::new(seed).text(40);
        for action in [Action::Mask, Action::Cover, Action::Pseudonym] {
            for rule in 0..5 {
                let other = of(action, RuleId { set: 0, rule }, &text);
                assert_eq!(other.chars().count(), text.chars().count(), "{text:?} {other:?}");
                assert_eq!(other.encode_utf16().count(), text.encode_utf16().count(), "{text:?} {other:?}");
            }
        }
    }
}

#[test]
fn the_mask_of_a_beginning_is_the_beginning_of_the_mask() {
    let rules = with(Action::Mask);
    for seed in 0..500 {
        let text = Dice::new(seed).text(20);
        let whole = mask(&rules, TOKEN, &text);
        for (end, _) in text.char_indices() {
            assert!(whole.starts_with(&mask(&rules, TOKEN, &text[..end])));
        }
    }
}
