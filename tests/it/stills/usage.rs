//! What can be wrong with the options, before any browser is started.

use crate::program::recording::{json_of, turning};
use crate::program::{Room, SECONDS};

fn refused(arguments: &[&str], parts: &[&str]) {
    let room = Room::new();
    let input = room.file("demo.json", json_of(&turning(500, "green")));
    let line = [&arguments[..1], &[input.as_str()], &arguments[1..]].concat();
    room.start(room.command(&line)).wait(SECONDS).assert_failed(2, parts);
    room.assert_nothing_left();
}

#[test]
fn a_kind_that_there_is_not_is_answered_with_those_there_are() {
    refused(&["render", "--stills", "errors,tears"], &["\"tears\"", "submits", "problems"]);
}

#[test]
fn a_template_that_would_call_all_stills_the_same_is_refused() {
    refused(&["still", "--stills", "pages", "--stills-to", "{kind}.png"], &["{n} or {time}"]);
    refused(&["still", "--stills", "pages", "--stills-to", "{label}-{n}.png"], &["{label}", "{stem}"]);
}

#[test]
fn a_name_that_two_stills_would_have_is_refused() {
    refused(
        &["render", "--stills", "pages", "--still", "0=page-1.png", "--stills-to", "{kind}-{n}.png"],
        &["page-1.png"],
    );
    refused(&["still", "--stills", "pages", "-o", "a.png"], &["--stills-to"]);
}

#[test]
fn whole_pages_and_single_elements_exclude_each_other() {
    refused(&["still", "--at", "0", "--full-page", "--crop", "h1"], &["--full-page", "--crop"]);
}

#[test]
fn a_still_needs_a_moment_or_kinds_of_moments() {
    refused(&["still"], &["--at"]);
}
