//! What an order may say, as JSON: every option of a render, read by the command line's own parser.
#![no_main]

use libfuzzer_sys::fuzz_target;
use replayreel::order::said::Said;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let Ok(spec) = serde_json::from_str::<Value>(text) else { return };
    match Said::parse(&spec) {
        // The same order is the same order: files are found again by it.
        Ok(said) => assert_eq!(said.canonical(), Said::parse(&spec).unwrap().canonical()),
        Err(errors) => {
            assert!(!errors.is_empty(), "refused without a reason");
            for error in errors {
                // An empty pointer is the whole.
                assert!(error.field.is_empty() || error.field.starts_with('/'), "{error:?}");
                assert!(!error.message.is_empty(), "{error:?}");
            }
        }
    }
});
