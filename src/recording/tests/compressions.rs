use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression as Level;

use super::*;
use crate::recording::{Compression, Shape};

/// A meta event and a full snapshot.
const TEXT: &str = r#"[{"type":4,"data":{"href":"https://example.org/","width":800,"height":600},"timestamp":1700000000000},{"type":2,"data":{"node":{"type":0,"childNodes":[],"id":1},"initialOffset":{"top":0,"left":0}},"timestamp":1700000000001}]"#;
/// [`TEXT`] in brotli, by another encoder.
const BROTLI: &str = "G98AwIzUYs0Z7gTfzy31ly/cH2NakqGMNYtJwTgudGx5GmPKfUHcXVA2HM8nPB/MZG5jp+HYEljWjmpu2p50QQw2czrgL1ObOJxuRJUrpy283hh2xL491GFkJMGa7FdCk2GiX/j9zCWem4rwRO8dIT/eL6T4Sxzdqiw=";

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Level::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn zlib(bytes: &[u8], level: u32) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), Level::new(level));
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn deflate(bytes: &[u8], level: u32) -> std::io::Result<Vec<u8>> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Level::new(level));
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn snappy(text: &str) -> Result<Vec<u8>, snap::Error> {
    snap::raw::Encoder::new().compress_vec(text.as_bytes())
}

/// Each block after its length.
fn blocks(texts: &[&str]) -> Result<Vec<u8>, snap::Error> {
    let mut out = Vec::new();
    for text in texts {
        let block = snappy(text)?;
        out.extend((block.len() as u32).to_be_bytes());
        out.extend(block);
    }
    Ok(out)
}

fn lines(events: &[Value]) -> String {
    let lines: Vec<String> = events.iter().map(|event| json!(["w", event]).to_string()).collect();
    lines.join("\n") + "\n"
}

#[test]
fn every_compression_is_found_and_told() -> Outcome {
    use Compression as C;
    let text = TEXT.as_bytes();
    let form = format!("data={}&compression=base64", STANDARD.encode(text).replace('+', "%2B").replace('=', "%3D"));
    let body = json!({"compression": "gzip-js", "data": STANDARD.encode(gzip(text)?)}).to_string();
    for (bytes, compressions) in [
        (text.to_vec(), vec![]),
        (gzip(text)?, vec![C::Gzip]),
        (zstd::encode_all(text, 1)?, vec![C::Zstd]),
        (zlib(text, 1)?, vec![C::Zlib]),
        (zlib(text, 9)?, vec![C::Zlib]),
        (zlib(text, 0)?, vec![C::Zlib]),
        (deflate(text, 1)?, vec![C::Deflate]),
        (deflate(text, 9)?, vec![C::Deflate]),
        (STANDARD.decode(BROTLI)?, vec![C::Brotli]),
        (snappy(TEXT)?, vec![C::Snappy]),
        (blocks(&[TEXT])?, vec![C::SnappyBlocks]),
        (gzip(&snappy(TEXT)?)?, vec![C::Gzip, C::Snappy]),
        (form.into_bytes(), vec![C::Base64]),
        (body.into_bytes(), vec![C::Base64, C::Gzip]),
        (zlib(&gzip(text)?, 6)?, vec![C::Zlib, C::Gzip]),
    ] {
        let stored = bytes.len() as u64;
        let recording = open(bytes, &Limits::default()).map_err(|error| format!("{compressions:?}: {error}"))?;
        assert_eq!(recording.format.compressions, compressions);
        assert_eq!((recording.format.bytes_in, recording.format.bytes_unpacked), (stored, text.len() as u64));
        assert_eq!((times(&recording), recording.repairs.len()), (vec![vec![0.0, 1.0]], 0), "{compressions:?}");
    }
    Ok(())
}

#[test]
fn many_blocks_are_one_recording_whether_or_not_each_ends_its_line() -> Outcome {
    let (first, second) = (lines(&[meta(0), full(1)]), lines(&[scroll(5), scroll(6)]));
    for parts in [[first.as_str(), second.as_str()], [first.trim_end(), second.trim_end()]] {
        let recording = open(blocks(&parts)?, &Limits::default())?;
        assert_eq!(times(&recording), [[0.0, 1.0, 5.0, 6.0]]);
        assert_eq!(recording.windows[0].id, "w");
        assert_eq!(recording.format.compressions, [Compression::SnappyBlocks]);
    }
    Ok(())
}

#[test]
fn a_download_cut_in_its_last_block_or_stream_shows_what_arrived() -> Outcome {
    let long = lines(&(10..2000).map(|at| scroll(at * 7919 % 100_003)).collect::<Vec<_>>());
    let first = lines(&[meta(0), full(1)]);
    let whole = blocks(&[&first, &long])?;
    let recording = open(whole[..whole.len() - 5].to_vec(), &Limits::default())?;
    assert_eq!(times(&recording), [[0.0, 1.0]]);
    assert_eq!(repairs(&recording), [(RepairKind::CompressionCut, 1, None)]);

    let text = format!("{first}{long}");
    for whole in [zlib(text.as_bytes(), 6)?, deflate(text.as_bytes(), 6)?] {
        let recording = open(whole[..whole.len() / 2].to_vec(), &Limits::default())?;
        assert!((100..1900).contains(&recording.windows[0].events.len()));
        assert!(recording.repairs.iter().any(|repair| repair.kind == RepairKind::CompressionCut));
    }
    let brotli = STANDARD.decode(BROTLI)?;
    let outcome = open(brotli[..brotli.len() - 10].to_vec(), &Limits::default());
    assert!(matches!(&outcome, Err(RecordingError::Truncated { .. })), "{outcome:?}");
    Ok(())
}

#[test]
fn damage_inside_a_stream_without_a_magic_number_is_named() -> Outcome {
    let text = lines(&[meta(0), full(1)]) + &"x".repeat(100_000);
    let mut damaged = zlib(text.as_bytes(), 6)?;
    let last = damaged.len() - 2;
    damaged[last] ^= 0xff;
    let outcome = open(damaged, &Limits::default());
    assert!(
        matches!(&outcome, Err(RecordingError::CorruptCompression { compression: Compression::Zlib, .. })),
        "{outcome:?}"
    );
    Ok(())
}

#[test]
fn what_is_not_compressed_is_not_taken_for_it() {
    let noise: Vec<u8> = (0..4000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let cases: [&[u8]; 8] = [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"PK\x03\x04\x14\0\0\0\x08\0",
        b"\0\0\0\x04abcd",
        b"\x78\x9cnot zlib at all",
        b"%PDF-1.7 and so on",
        b"hello, this is text",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        &noise,
    ];
    for bytes in cases {
        let outcome = open(bytes.to_vec(), &Limits::default());
        assert!(matches!(&outcome, Err(RecordingError::NotJson { .. })), "{outcome:?}");
    }
}

#[test]
fn a_block_that_claims_the_impossible_is_not_allocated_for() -> Outcome {
    // Four gigabytes from a few bytes.
    let mut liar = vec![0xff, 0xff, 0xff, 0xff, 0x0f, 0x08];
    liar.extend(b"[{}");
    assert!(matches!(open(liar, &Limits::default()), Err(RecordingError::NotJson { .. })));

    let long = format!("[{}]", " ".repeat(500_000));
    for bytes in [snappy(&long)?, blocks(&[&long])?] {
        let outcome = open(bytes, &Limits { unpacked_bytes: 100_000, ..Limits::default() });
        assert!(
            matches!(&outcome, Err(RecordingError::TooLarge { limit: "unpacked_bytes", value: 100_000, .. })),
            "{outcome:?}"
        );
    }
    Ok(())
}

#[test]
fn layers_without_end_are_refused() -> Outcome {
    let mut bytes = TEXT.as_bytes().to_vec();
    for _ in 0..4 {
        bytes = gzip(&bytes)?;
    }
    assert!(matches!(open(bytes, &Limits::default()), Err(RecordingError::TooManyLayers { layers: 3, .. })));
    Ok(())
}

#[test]
fn a_sentry_segment_is_read_plain_compressed_and_several_in_one() -> Outcome {
    let array = json!([meta(0), full(1)]).to_string();
    let more = json!([scroll(5)]).to_string();
    let header = "{\"segment_id\":0}\n";
    let zipped = [header.as_bytes(), &zlib(array.as_bytes(), 6)?].concat();
    let zipped_whole = zlib(format!("{header}{array}").as_bytes(), 6)?;
    for (bytes, compressions) in [
        (format!("{header}{array}").into_bytes(), vec![]),
        (format!("{header}{array}\n{{\"segment_id\":1}}\n{more}\n").into_bytes(), vec![]),
        (zipped, vec![Compression::Zlib]),
        (zipped_whole, vec![Compression::Zlib]),
    ] {
        let recording = open(bytes, &Limits::default())?;
        assert_eq!(recording.format.shape, Shape::SentrySegment);
        assert_eq!(recording.format.compressions, compressions);
        assert_eq!(times(&recording)[0][..2], [0.0, 1.0]);
        assert_eq!(recording.repairs, []);
    }
    Ok(())
}

#[test]
fn posthogs_first_long_term_storage_is_read() -> Outcome {
    let document = json!({
        "version": "2022-12-22", "distinct_id": "ada", "segments": [{"window_id": "w", "is_active": true}],
        "snapshot_data_by_window_id": {"w": [meta(0), full(1)]}, "start_and_end_times_by_window_id": {"w": {"window_id": "w"}}
    })
    .to_string();
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(document.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let stored = STANDARD.encode(gzip(&utf16)?);
    for bytes in [stored.into_bytes(), gzip(document.as_bytes())?] {
        let recording = open(bytes, &Limits::default())?;
        assert_eq!(recording.format.shape, Shape::PosthogExportByWindow);
        assert_eq!(recording.format.version.as_deref(), Some("2022-12-22"));
        assert_eq!((times(&recording), recording.windows[0].id.as_str()), (vec![vec![0.0, 1.0]], "w"));
        assert_eq!(recording.person, Some(json!({"distinct_ids": ["ada"]})));
        assert_eq!(recording.repairs, []);
    }
    Ok(())
}
