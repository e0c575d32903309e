//! Words in videos, as other programs see them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::told;
use crate::kit::{Video, Workshop};

fn probed(path: &Path) -> Value {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "json", "-show_chapters", "-show_streams", "-show_format"])
        .arg(path)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn videos_have_chapters_and_captions_and_a_browser_plays_them() {
    let workshop = Workshop::new();
    let recording = workshop.path("told.json");
    std::fs::write(&recording, told()).unwrap();
    let report = workshop.render(
        &recording,
        "-o a.mp4 -o a.webm -o again.mp4 -o bare.mp4,chapters=off,captions=off -o talk.vtt -o map.json",
    );
    let map: Value = serde_json::from_slice(&std::fs::read(workshop.path("map.json")).unwrap()).unwrap();
    let titles: Vec<&str> =
        map["chapters"].as_array().unwrap().iter().map(|chapter| chapter["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["shop.example", "a=b;c#\\<i>", "/pay"]);
    for (name, codec) in [("a.mp4", "mov_text"), ("a.webm", "webvtt")] {
        let told = probed(&workshop.path(name));
        for (chapter, wanted) in told["chapters"].as_array().unwrap().iter().zip(map["chapters"].as_array().unwrap()) {
            assert_eq!(chapter["tags"]["title"], wanted["title"], "{name}");
            let from: f64 = chapter["start_time"].as_str().unwrap().parse().unwrap();
            // On the next frame, which is what shows it.
            let late = from * 1000.0 - wanted["from_ms"].as_f64().unwrap();
            assert!((-1.0..34.0).contains(&late), "{name}: {late}");
        }
        assert_eq!(told["chapters"].as_array().unwrap().len(), 3, "{name}");
        let captions = told["streams"].as_array().unwrap().iter().find(|stream| stream["codec_name"] == codec).unwrap();
        assert_eq!(captions["disposition"]["default"], 0, "{name}");
        assert_eq!(captions["tags"]["language"], "eng", "{name}");
    }
    // The pictures are those of a video without words, and two runs of the encoder agree to the byte.
    assert_eq!(Video::open(workshop.path("a.mp4")).hashes(), Video::open(workshop.path("bare.mp4")).hashes());
    assert_eq!(report.video("a.mp4").frames_sha256, report.video("bare.mp4").frames_sha256);
    assert_eq!(std::fs::read(workshop.path("a.mp4")).unwrap(), std::fs::read(workshop.path("again.mp4")).unwrap());
    assert_eq!(probed(&workshop.path("bare.mp4"))["streams"].as_array().unwrap().len(), 1);

    // Chromium shows no tracks of a file's own; it reads the captions from beside it.
    let captions = std::fs::read_to_string(workshop.path("talk.vtt")).unwrap();
    let seen = in_browser(&workshop);
    assert!(
        seen.contains(&format!("video {}x{}", report.output("a.webm").width, report.output("a.webm").height)),
        "{seen}"
    );
    let lengths = format!("length {}", (report.video("a.webm").duration_ms / 1000.0).floor());
    assert!(seen.contains(&lengths), "{lengths}: {seen}");
    assert!(seen.contains(&format!("cues {}", captions.matches("-->").count())), "{seen}\n{captions}");
    assert!(seen.contains("a=b;c#\\&lt;i&gt;"), "{seen}");
}

/// What a page with the video and its captions says of them.
fn in_browser(workshop: &Workshop) -> String {
    let page = r#"<video id=video src="a.webm" muted><track id=track kind=captions src="talk.vtt" default></video>
<pre id=seen></pre><script>
const say = text => seen.textContent += text + "\n";
video.onloadedmetadata = () => say(`video ${video.videoWidth}x${video.videoHeight} length ${Math.floor(video.duration)}`);
video.onerror = () => say(`video: ${video.error.message}`);
track.onload = () => say(`cues ${track.track.cues.length} ` + [...track.track.cues].map(cue => cue.getCueAsHTML().textContent).join("|"));
track.onerror = () => say("no captions");
</script>"#;
    std::fs::write(workshop.path("page.html"), page).unwrap();
    let browser = replayreel::stage::find_chromium(None).unwrap();
    let output = Command::new(browser)
        .args(["--no-sandbox", "--allow-file-access-from-files", "--virtual-time-budget=20000", "--timeout=60000"])
        .arg(format!("--user-data-dir={}", workshop.path("profile").display()))
        .arg("--dump-dom")
        .arg(format!("file://{}", workshop.path("page.html").display()))
        .output()
        .unwrap();
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    page.split("<pre id=\"seen\">").nth(1).unwrap_or_default().split("</pre>").next().unwrap_or_default().to_owned()
}
