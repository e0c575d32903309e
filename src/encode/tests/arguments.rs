use std::path::Path;

use super::super::Format;
use super::super::arguments::direct;
use super::media::spec;

#[test]
fn every_input_says_what_it_is_and_is_read_by_one_protocol_that_leads_nowhere_else() {
    let (captions, output) = (Path::new("/tmp/http:x.vtt"), Path::new("/tmp/concat:a.mp4"));
    for format in [Format::Mp4, Format::WebM] {
        for captions in [None, Some(captions)] {
            let words = direct(&spec(format, "30", (16, 16)), (1, 30), captions, output);
            let words: Vec<&str> = words.iter().map(|word| word.to_str().unwrap_or_default()).collect();
            let inputs: Vec<usize> = (0..words.len()).filter(|at| words[*at] == "-i").collect();
            assert_eq!(inputs.len(), 1 + usize::from(captions.is_some()), "{words:?}");
            let mut from = 0;
            for input in inputs {
                let said = |option: &str| {
                    words[from..input].iter().position(|word| *word == option).map(|at| words[from + at + 1])
                };
                let protocol = said("-protocol_whitelist");
                assert!(said("-f").is_some(), "{words:?}");
                assert!(matches!(protocol, Some("pipe" | "file")), "{words:?}");
                assert!(words[input + 1].starts_with(&format!("{}:", protocol.unwrap_or_default())), "{words:?}");
                from = input;
            }
            assert_eq!(words.last(), Some(&"file:/tmp/concat:a.mp4"));
        }
    }
}
