use crate::program::Room;

#[test]
fn a_bad_option_is_answered_with_what_is_allowed() {
    let room = Room::new();
    let table: [(&[&str], &[&str]); 7] = [
        (&["--bar", "left"], &["off", "top", "bottom"]),
        (&["--bar-shows", "title,weather"], &["title, url, window, idle, clock, wall, progress"]),
        (&["--marks", "error,joy"], &["\"joy\" is no kind of moment", "problems", "off"]),
        (&["--zone", "Mars/Base"], &["Europe/Berlin", "+02:00"]),
        (&["--cursor-size", "7"], &["normal", "large", "huge"]),
        (&["--theme", "blue"], &["dark", "light"]),
        (&["--preset", "tiktok"], &["share", "ticket", "archive", "docs"]),
    ];
    for (options, said) in table {
        let mut arguments = vec!["render", "nowhere.json"];
        arguments.extend(options);
        room.run(&arguments).assert_failed(2, said);
    }
}
