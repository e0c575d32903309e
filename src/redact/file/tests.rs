//! Rule files that work, and every way in which one does not.

use std::path::Path;

use super::read;
use crate::redact::{Action, Length, Pattern, Place, PseudonymKey, RuleSet, What};

const KEY: Option<&str> = Some("a secret");

fn set(text: &str) -> RuleSet {
    read(text, "redact.toml", Some(Path::new("/nowhere")), KEY).unwrap_or_else(|error| panic!("{text}\n{error}")).0
}

/// The error of a file that has a key for pseudonyms.
fn refused(text: &str) -> String {
    read(text, "redact.toml", Some(Path::new("/nowhere")), KEY).expect_err(text).to_string()
}

const WHOLE: &str = r##"
version = 1
builtin = ["email", "card"]
respect-marks = false
[keep]
values = ["support@example.com"]
patterns = ['.*@example\.com', '(?x) a b # c']
selectors = [".footer", "#help > p"]
[[rule]]
name = "customer names"
selector = ".customer, [data-testid=name]"
everywhere = true
[[rule]]
selector = ".customer"
action = "remove"
[[rule]]
pattern = 'ORD-\d{6}'
in = ["text", "urls"]
within = ".orders"
[[rule]]
builtin = "email"
action = "pseudonym"
everywhere = false
[[rule]]
member = '(?i)^(ssn|tax_?id)$'
[[rule]]
selector = "img"
region = { x = 0, y = 1.5, width = "12.5%", height = "80px" }
action = "cover"
"##;

#[test]
fn a_file_is_read_as_it_is_meant() {
    let set = set(WHOLE);
    let told: Vec<_> = set.rules.iter().map(|rule| (rule.name.as_str(), rule.action.name(), rule.everywhere)).collect();
    let expected = [
        ("customer names", "mask", true),
        ("selector .customer", "remove", false),
        ("pattern 1", "mask", true),
        ("email", "pseudonym", false),
        ("member 1", "mask", true),
        ("region img", "cover", false),
        ("email (2)", "mask", true),
        ("card", "mask", true),
    ];
    assert_eq!(told, expected);
    assert!(!set.respect_marks);
    let order = &set.rules[2];
    assert!(order.looks_at(Place::Text) && order.looks_at(Place::Urls) && !order.looks_at(Place::Console));
    assert!(order.within.is_some() && set.rules[3].looks_at(Place::Console));
    let What::Text(Pattern::Own(pattern)) = &order.what else { panic!("{:?}", order.what) };
    assert!(pattern.is_match("ORD-123456"));
    let What::Region(_, area) = &set.rules[5].what else { panic!("{:?}", set.rules[5].what) };
    assert_eq!([area.x, area.y], [Length::Pixels(0.0), Length::Pixels(1.5)]);
    assert_eq!([area.width, area.height], [Length::Share(0.125), Length::Pixels(80.0)]);
}

#[test]
fn what_is_kept_is_kept_whole() {
    let keep = set(WHOLE).keep;
    assert_eq!(keep.values, ["support@example.com"]);
    assert_eq!(keep.selectors.len(), 2);
    assert!(keep.patterns[0].is_match("me@example.com") && !keep.patterns[0].is_match("me@example.com.evil"));
    assert!(keep.patterns[1].is_match("ab") && !keep.patterns[1].is_match("abc"));
}

#[test]
fn an_empty_file_only_respects_marks() {
    let (set, key) = read("", "redact.toml", Some(Path::new("/nowhere")), None).unwrap();
    assert!(set.rules.is_empty() && set.respect_marks && key.is_none());
}

#[test]
fn the_key_is_that_of_the_file_and_else_that_of_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("redact.key"), "from the file\n").unwrap();
    std::fs::write(folder.path().join("empty.key"), " \n").unwrap();
    let text = "[pseudonyms]\nkey-file = \"redact.key\"\n[[rule]]\nselector = \"p\"\naction = \"pseudonym\"";
    let (set, key) = read(text, "r", Some(folder.path()), KEY).unwrap();
    assert_eq!(set.rules[0].action, Action::Pseudonym);
    assert_eq!(key.unwrap().bytes(), PseudonymKey::new(b"from the file").bytes());
    let (_, key) = read("", "r", Some(folder.path()), KEY).unwrap();
    assert_eq!(key.unwrap().bytes(), PseudonymKey::new(b"a secret").bytes());
    let told = |name| read(&format!("[pseudonyms]\nkey-file = \"{name}\""), "r", Some(folder.path()), KEY).unwrap_err();
    assert!(told("empty.key").to_string().contains("it holds 0"));
    let missing = told("none.key").to_string();
    assert!(missing.starts_with("r:2:12: the key file ") && missing.contains("none.key cannot be read"), "{missing}");
}

#[test]
fn a_pseudonym_without_a_key_is_refused() {
    for environment in [None, Some(" ")] {
        let text = "[[rule]]\nbuiltin = 'email'\naction = 'pseudonym'";
        let error = read(text, "redact.toml", Some(Path::new("/nowhere")), environment).unwrap_err().to_string();
        assert!(error.starts_with("redact.toml:3:10: pseudonyms need a key"), "{error}");
    }
}

/// Text, where it is wrong, and what is told of it.
const WRONG: [(&str, &str, &str); 48] = [
    ("= 1", "1:1", "this is not TOML"),
    ("builtin = [\"email\"\nversion = 1", "", "this is not TOML"),
    ("version = 1\nversion = 1", "2:1", "this is not TOML: duplicate key"),
    ("version = 2", "1:11", "version 2 of rule files is not known here; there is version 1"),
    ("version = \"1\"", "1:11", "`version` has to be a whole number"),
    (
        "biultin = []",
        "1:1",
        "`biultin` is not known in a rule file; did you mean `builtin`? There are: version, builtin",
    ),
    ("zzz = 1", "1:1", "`zzz` is not known in a rule file. There are: version"),
    (
        "builtin = [\"email\", \"emial\"]",
        "1:21",
        "`emial` is no built-in rule that is known; did you mean `email`? There are",
    ),
    ("builtin = \"email\"", "1:11", "`builtin` has to be a list of strings"),
    ("builtin = [1]", "1:11", "`builtin` has to be a list of strings"),
    ("respect-marks = 1", "1:17", "`respect-marks` has to be true or false"),
    ("respect_marks = true", "1:1", "did you mean `respect-marks`?"),
    ("keep = 1", "1:8", "`keep` has to be a table"),
    ("[keep]\nvalue = []", "2:1", "`value` is not known in [keep]; did you mean `values`?"),
    ("[keep]\nvalues = [\"\"]", "2:11", "an empty value"),
    ("[keep]\npatterns = ['a', '(b']", "2:19", "unclosed group"),
    ("[keep]\nselectors = ['.a', '.b:foo']", "2:23", "`:foo` is no pseudo-class"),
    ("[pseudonyms]\nkey = 'x'", "2:1", "did you mean `key-file`?"),
    ("[rule]\nselector = 'p'", "1:1", "written [[rule]]"),
    ("rule = ['p']", "1:8", "written [[rule]]"),
    ("[[rule]]\nselektor = 'p'", "2:1", "`selektor` is not known in a rule; did you mean `selector`?"),
    ("\n[[rule]]\nname = 'x'", "2:1", "does not say what it finds"),
    (
        "[[rule]]\npattern = 'a'\nselector = 'p'",
        "3:1",
        "this one has `pattern` already: make `selector` a rule of its own",
    ),
    ("[[rule]]\nselector = 1", "2:12", "`selector` has to be a string"),
    ("[[rule]]\nselector = '.ä:foo'", "2:15", "`:foo` is no pseudo-class"),
    ("[[rule]]\nselector = \"\"\"\n.a,\n.b:hover\"\"\"", "4:3", "`:hover` holds only at moments"),
    ("[[rule]]\nselector = \"\\u0061:foo\"", "2:12", "`:foo` is no pseudo-class"),
    ("[[rule]]\npattern = 'aä(b'", "2:14", "this is no regular expression: unclosed group"),
    ("[[rule]]\npattern = \"\\ta(b\"", "2:11", "unclosed group"),
    ("[[rule]]\npattern = \"\"\"\na\n(b\"\"\"", "3:1", "unclosed group"),
    ("[[rule]]\npattern = 'a(?=b)'", "2:13", "look-around"),
    ("[[rule]]\npattern = '\\w{1000}{100}'", "2:11", "more than 1024 KiB (1048576 bytes)"),
    ("[[rule]]\npattern = ''", "2:11", "an empty regular expression"),
    ("[[rule]]\nmember = '[a'", "2:11", "unclosed character class"),
    ("[[rule]]\nbuiltin = 'phones'", "2:11", "did you mean `phone`?"),
    (
        "[[rule]]\nselector = 'p'\naction = 'masc'",
        "3:10",
        "`masc` is no action that is known; did you mean `mask`? There are: mask, cover",
    ),
    ("[[rule]]\npattern = 'p'\nin = ['text', 'url']", "3:15", "`url` is no place that is known; did you mean `urls`?"),
    ("[[rule]]\npattern = 'p'\nin = []", "3:6", "`in` names no place"),
    ("[[rule]]\nselector = 'p'\nin = ['text']", "3:1", "`in` narrows what"),
    ("[[rule]]\npattern = 'p'\nwithin = '.a >'", "3:15", "an element is missing after the combinator"),
    ("[[rule]]\npattern = 'p'\nname = ' '", "3:8", "a name cannot be empty"),
    ("[[rule]]\npattern = 'p'\nname = \"a\\nb\"", "3:8", "one line"),
    ("[[rule]]\nname = 'x'\npattern = 'p'\n[[rule]]\nname = 'x'\npattern = 'q'", "5:8", "a rule called \"x\" already"),
    ("[[rule]]\npattern = 'p'\nregion = {}", "3:1", "a region needs the `selector`"),
    ("[[rule]]\nselector = 'p'\nregion = { x = 0, y = 0, width = 1 }", "3:10", "the region's `height` is missing"),
    ("[[rule]]\nselector = 'p'\nregion = { x = -1, y = 0, width = 1, height = 1 }", "3:16", "cannot be negative"),
    ("[[rule]]\nselector = 'p'\nregion = { x = '1em', y = 0, width = 1, height = 1 }", "3:16", "a number of pixels"),
    ("[[rule]]\nselector = 'p'\nregion = { x = 0, y = 0, width = 0, height = 1 }", "3:34", "covers nothing"),
];

#[test]
fn what_cannot_work_is_refused_where_it_stands() {
    let mut otherwise = Vec::new();
    for (text, place, message) in WRONG {
        let error = refused(text);
        let place = if place.is_empty() { "redact.toml:".to_owned() } else { format!("redact.toml:{place}: ") };
        if !error.starts_with(&place) || !error.contains(message) || error.contains('\n') {
            otherwise.push(format!("{text}\n{error}"));
        }
    }
    assert!(otherwise.is_empty(), "{}", otherwise.join("\n\n"));
}

#[test]
fn a_region_can_only_be_covered() {
    let region = "[[rule]]\nselector = 'p'\nregion = { x = 0, y = 0, width = 1, height = 1 }\n";
    for (rest, place) in
        [("", "1:1"), ("action = 'mask'", "4:10"), ("action = 'remove'", "4:10"), ("action = 'pseudonym'", "4:10")]
    {
        let error = refused(&format!("{region}{rest}"));
        assert!(
            error.starts_with(&format!("redact.toml:{place}: a region of a picture can only be covered")),
            "{error}"
        );
    }
    let error = refused(&format!("{region}action = 'cover'\neverywhere = true"));
    assert!(error.starts_with("redact.toml:5:1: `everywhere` is for texts"), "{error}");
}

#[test]
fn no_text_ends_the_reader() {
    let mut text = WHOLE.to_owned();
    while text.pop().is_some() {
        let _ = read(&text, "redact.toml", Some(Path::new("/nowhere")), KEY);
    }
    for text in ["\"", "'''", "[[rule]]\nselector = '", "rule = [[", "a = \"\\", "ä", "\u{feff}version = 1", "\0"] {
        let _ = read(text, "redact.toml", Some(Path::new("/nowhere")), KEY);
    }
}

#[test]
fn a_file_costs_no_more_than_it_may_however_many_rules_are_in_it() {
    let rules = |count: usize, rule: &str| format!("[[rule]]\n{rule}\n").repeat(count);
    set(&rules(1000, "member = 'a'"));
    assert!(refused(&rules(1001, "member = 'a'")).contains("there are 1001 rules, and a file can have 1000"));
    let names = format!("builtin = [{}]", "'email', ".repeat(1001));
    assert!(refused(&names).contains("there are 1001 rules"));
    for key in ["values", "patterns", "selectors"] {
        let kept = format!("[keep]\n{key} = [{}]", "'a', ".repeat(1001));
        assert!(refused(&kept).contains(&format!("there are 1001 {key} to be kept")), "{key}");
    }
    // Ten letters of any alphabet: some 300 KiB.
    let large = "pattern = '\\w{10}'";
    set(&rules(32, large));
    assert!(refused(&rules(200, large)).contains("more than 163 KiB (167772 bytes), which is its share of 32 MiB"));
}

#[test]
fn rules_of_somebody_who_may_read_no_files_name_none_whatever_else_is_in_them() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "secret").unwrap();
    let names = format!("[pseudonyms]\nkey-file = '{}'\n", key.display());
    read(&names, "rules", Some(Path::new("/nowhere")), None).unwrap();
    // Numbers that no computer has are none of TOML's business until somebody asks for them.
    let number = "[[rule]]\nselector = 'img'\naction = 'cover'\nregion = { x = 99999999999999999999, y = 0, width = 1, height = 1 }\n";
    for text in [names.clone(), format!("{names}{number}")] {
        let error = read(&text, "rules", None, None).expect_err(&text).to_string();
        assert!(error.contains("leave [pseudonyms] out"), "{error}");
    }
}
