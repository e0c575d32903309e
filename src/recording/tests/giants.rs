use std::io::Write;

use super::*;

const MEGABYTES: usize = 64 << 20;
/// The same spaces as Node's `zlib.brotliCompressSync` packs them: we have no packer for brotli.
const BROTLI: &[u8] = b"cbffff3ff8a540b6e2b24000f7fe2ffeffffc12f0110874500baf77ffcffff835f02200e0b0074effff8ffff07bf04401c1600e8defff1ffff0f7e0980382c00d0bdffe3ffff1ffc1200715800a07bffc7ffff3ff82500e2b00040f7fe2ffffffff04b00c4610180eefd1f";

fn digit(hex: u8) -> u8 {
    (hex as char).to_digit(16).map_or(0, |digit| digit as u8)
}

/// A page with one text of so many letters.
fn long(letters: usize) -> String {
    let node = json!({"type": 3, "textContent": "", "id": 2}).to_string();
    let text = json!([meta(0), full(1)]).to_string();
    text.replace(
        "\"childNodes\":[]",
        &format!("\"childNodes\":[{}]", node.replace("\"\"", &format!("\"{}\"", "x".repeat(letters)))),
    )
}

#[test]
fn every_compression_is_stopped_by_what_comes_out_of_it() -> Outcome {
    let mut spaces = vec![b' '; MEGABYTES];
    spaces[0] = b'[';
    let level = flate2::Compression::best();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), level);
    gzip.write_all(&spaces)?;
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), level);
    zlib.write_all(&spaces)?;
    let mut twice = flate2::write::GzEncoder::new(Vec::new(), level);
    twice.write_all(&zstd::encode_all(spaces.as_slice(), 3)?)?;
    let bombs = [
        ("gzip", gzip.finish()?),
        ("zlib", zlib.finish()?),
        ("zstd", zstd::encode_all(spaces.as_slice(), 3)?),
        ("zstd in gzip", twice.finish()?),
        ("brotli", BROTLI.as_chunks().0.iter().map(|[high, low]| digit(*high) << 4 | digit(*low)).collect()),
        ("snappy", snap::raw::Encoder::new().compress_vec(&spaces)?),
    ];
    let limits = Limits { unpacked_bytes: 1_000_000, ..Limits::default() };
    for (name, bomb) in bombs {
        assert!(bomb.len() < 4 << 20, "{name}: {}", bomb.len());
        let outcome = open(bomb, &limits);
        assert!(
            matches!(
                &outcome,
                Err(RecordingError::TooLarge { limit: "unpacked_bytes", value: 1_000_000, event: None })
            ),
            "{name}: {outcome:?}"
        );
    }
    Ok(())
}

#[test]
fn more_events_than_allowed_are_refused_by_name() -> Outcome {
    let mut events = vec![meta(0), full(1)];
    events.extend((2..2000).map(scroll));
    let outcome = open(json!(events).to_string(), &Limits { events: 1000, ..Limits::default() });
    let error = outcome.unwrap_err().to_string();
    assert!(error.contains("the limit events of 1000"), "{error}");
    assert_eq!(read_events(&events)?.windows[0].events.len(), events.len());
    Ok(())
}

#[test]
fn a_text_of_many_megabytes_and_a_page_of_many_levels_are_read_in_one_go() -> Outcome {
    let recording = read(long(MEGABYTES))?;
    assert!(recording.windows[0].events[1].json.len() > MEGABYTES);
    let depth = 200_000;
    let open = r#"{"type":2,"tagName":"i","attributes":{},"id":9,"childNodes":["#.repeat(depth);
    let text = json!([meta(0), full(1)]).to_string();
    let nested = text.replace("\"childNodes\":[]", &format!("\"childNodes\":[{open}{}]", "]}".repeat(depth)));
    assert!(nested.len() > text.len());
    assert_eq!(read(nested)?.windows[0].events.len(), 2);
    Ok(())
}
