//! A package is shown as the recording that was packed.

use crate::kit::{Workshop, fixture};
use crate::program::Room;

#[test]
fn a_package_and_every_conversion_give_the_frames_of_the_original() {
    let room = Room::new();
    let workshop = Workshop::new();
    let form = fixture("form");
    let options = "-o a.mp4 --fps 5 --to 4";
    let original = workshop.render(&form, options).frames_sha256;
    for (name, to) in [("a.replay.zip", "package"), ("a.json.zst", "posthog"), ("a.jsonl", "jsonl")] {
        let converted = room.out(name);
        let ended = room.run(&["convert", form.to_str().unwrap(), "-o", &converted, "--to", to]);
        assert_eq!(ended.code, Some(0), "{ended:#?}");
        assert_eq!(workshop.render(converted.as_ref(), options).frames_sha256, original, "{name}");
    }
    let other = workshop.render(&form, "-o a.mp4 --fps 5 --to 3").frames_sha256;
    assert_ne!(other, original);
}
