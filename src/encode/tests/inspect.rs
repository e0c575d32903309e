//! Files that ffmpeg leaves though it ends well are seen for what they are, before anybody gets them.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::super::{EncodeError, Format};
use super::media::{encode, spec};

/// An ffmpeg that does this to each video it has written, which is `$last`; `$real` is ffmpeg.
fn spoiling(folder: &Path, spoil: &str) -> std::path::PathBuf {
    let real = super::super::find_ffmpeg().unwrap();
    let script = format!(
        "#!/bin/sh\nreal={}\ncase \"$*\" in *rawvideo*pipe:1*) exec $real \"$@\";; esac\n$real \"$@\" || exit\nfor last; do :; done\nlast=${{last#file:}}\n{spoil}\n",
        real.display()
    );
    let path = folder.join("ffmpeg");
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn refused(format: Format, spoil: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = spec(format, "30", (160, 96));
    spec.ffmpeg = spoiling(folder.path(), spoil);
    let path = folder.path().join("clip");
    let error = encode(spec, &[0, 3, 50], 120, &path).unwrap_err();
    assert!(matches!(error, EncodeError::WrongFile(_)), "{format:?}: {error}");
    assert!(!path.exists(), "{format:?}: a wrong file has the final name");
    error.to_string()
}

#[test]
fn a_video_that_is_cut_short_is_refused() {
    for format in [Format::Mp4, Format::WebM] {
        let said = refused(format, "truncate -s 700 \"$last\"");
        assert!(said.contains("instead of") || said.contains("cannot be read"), "{format:?}: {said}");
    }
}

#[test]
fn a_video_that_shows_nothing_is_refused() {
    for (format, container) in [(Format::Mp4, "mp4"), (Format::WebM, "webm")] {
        let blank = format!(
            "$real -v error -y -f lavfi -i color=white:size=160x96:duration=4 -f {container} \"$last.blank\" && mv \"$last.blank\" \"$last\""
        );
        let said = refused(format, &blank);
        assert!(said.contains("does not end with the last picture"), "{format:?}: {said}");
    }
}

#[test]
fn a_video_of_another_length_is_refused() {
    let long = "$real -v error -y -f lavfi -i color=white:size=160x96:duration=9 -f mp4 \"$last.long\" && mv \"$last.long\" \"$last\"";
    assert!(refused(Format::Mp4, long).contains("it lasts 9.0 s instead of 4.0 s"));
}

#[test]
fn a_gif_that_is_cut_short_is_refused() {
    // A palette is tried first and is a file of its own kind: only GIFs are cut.
    let cut = "[ \"$(head -c 3 \"$last\")\" != GIF ] || truncate -s 20 \"$last\"";
    assert!(refused(Format::Gif, cut).contains("cannot be read"));
}
