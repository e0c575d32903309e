//! The text of a style sheet in a recorded page, scanned for what it refers to.
#![no_main]

use libfuzzer_sys::fuzz_target;
use replayreel::assets::scan;
use replayreel::recording::open;
use replayreel_fuzz::limits;

fuzz_target!(|css: &str| {
    let text = serde_json::Value::from(css);
    let json = format!(
        r#"[{{"type":4,"timestamp":1,"data":{{"href":"https://a.example/b/","width":9,"height":9}}}},
        {{"type":2,"timestamp":1,"data":{{"node":{{"type":0,"id":1,"childNodes":[
        {{"type":2,"tagName":"style","id":2,"attributes":{{"_cssText":{text},"style":{text},"srcset":{text},"src":{text}}},
        "childNodes":[{{"type":3,"textContent":{text},"isStyle":true,"id":3}}]}}]}}}}}}]"#
    );
    if let Ok(recording) = open(json.into_bytes(), &limits()) {
        for url in scan::recording(&recording).keys() {
            assert!(url.starts_with("http"), "{url}");
        }
    }
});
