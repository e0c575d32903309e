use super::super::{EncodeError, StillFormat, write_still};
use super::media::{assert_shows, card};
use crate::compose::Frame;

fn read(path: &std::path::Path) -> Frame {
    let picture = image::open(path).unwrap().into_rgb8();
    Frame { width: picture.width(), height: picture.height(), pixels: picture.into_raw() }
}

#[test]
fn lossless_stills_come_back_exactly_odd_sizes_and_all() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [("still.png", StillFormat::Png), ("still.webp", StillFormat::WebP)] {
        let path = folder.path().join(name);
        let still = write_still(&card(161, 95, 4), format, &path).unwrap();
        assert_eq!(read(&path), *card(161, 95, 4));
        assert_eq!((still.width, still.height, still.bytes), (161, 95, std::fs::metadata(&path).unwrap().len()));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "something is left over");
}

#[test]
fn a_jpeg_is_near_the_source_and_its_quality_matters() {
    let folder = tempfile::tempdir().unwrap();
    let (fine, coarse) = (folder.path().join("fine.jpg"), folder.path().join("coarse.jpg"));
    let large = write_still(&card(160, 96, 4), StillFormat::Jpeg { quality: 92 }, &fine).unwrap();
    let small = write_still(&card(160, 96, 4), StillFormat::Jpeg { quality: 20 }, &coarse).unwrap();
    assert_shows(&read(&fine), 4);
    assert!(small.bytes < large.bytes);
}

#[test]
fn the_hash_is_that_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("still.png");
    let still = write_still(&card(64, 64, 0), StillFormat::Png, &path).unwrap();
    let said = std::process::Command::new("sha256sum").arg(&path).output().unwrap();
    assert!(String::from_utf8_lossy(&said.stdout).starts_with(&still.sha256));
    assert_eq!(still.sha256.len(), 64);
}

#[test]
fn a_frame_that_lies_about_its_size_is_refused_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let short = Frame { width: 10, height: 10, pixels: vec![0; 299] };
    let error = write_still(&short, StillFormat::Png, &folder.path().join("still.png")).unwrap_err();
    assert!(matches!(error, EncodeError::Misuse(_)), "{error}");
    let error =
        write_still(&card(64, 64, 0), StillFormat::Jpeg { quality: 0 }, &folder.path().join("still.jpg")).unwrap_err();
    assert!(matches!(error, EncodeError::Unsupported(_)), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
