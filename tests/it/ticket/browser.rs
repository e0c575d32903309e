//! A ticket with its pictures.

use super::*;
use crate::kit::{Gif, open};

fn names(folder: &str) -> Vec<String> {
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    let mut names: Vec<String> = std::fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

#[test]
fn a_ticket_shows_the_error_and_the_seconds_around_it() {
    let room = Room::new();
    let input = room.file("failing.json", failing());
    let output = room.out("some/ticket");
    let ended = room.run(&["ticket", &input, "-o", &output]);
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.stdout.contains("1 problem, 6 files"), "{ended:#?}");
    room.assert_tidy();
    let files = ["error-1.gif", "error-1.png", "ticket.html", "ticket.jira", "ticket.json", "ticket.md"];
    assert_eq!(names(&output), files);
    let still = open(format!("{output}/error-1.png").as_ref());
    assert_eq!((still.dimensions(), still.get_pixel(5, 5).0), ((320, 236), [0, 128, 0]));
    let clip = Gif::open(format!("{output}/error-1.gif").as_ref());
    // From the beginning, as six seconds before it there was nothing, to three seconds after it.
    // Both have a bar below the page.
    assert_eq!((clip.width, clip.height), (320, 236));
    assert!((clip.duration_ms() - 5000.0).abs() < 200.0, "{}", clip.duration_ms());
    let markdown = std::fs::read_to_string(format!("{output}/ticket.md")).unwrap();
    assert!(markdown.starts_with("# Error: `Boom <b>@all</b>`\n"), "{markdown}");
    assert!(markdown.contains("(error-1.png)") && markdown.contains("(error-1.gif)"), "{markdown}");
    assert_eq!(told(&output)["problems"][0]["at_ms"], 2000.0);

    // Another one over it, of a moment that is chosen, smaller, as a video.
    let again = ["--at", "3", "--clip", "mp4", "--force", "--size", "160x100", "-q"];
    let ended = room.run(&[&["ticket", &input, "-o", &output], &again[..]].concat());
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:#?}");
    assert_eq!(open(format!("{output}/moment-1.png").as_ref()).dimensions(), (160, 100));
    assert!(names(&output).contains(&"moment-1.mp4".to_owned()));
    assert_eq!(told(&output)["problems"][0]["kind"], "moment");
    room.assert_tidy();
}
