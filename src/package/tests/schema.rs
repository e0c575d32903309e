//! The JSON Schema of the manifest.

use schemars::generate::SchemaSettings;

use super::*;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/package.schema.json");

fn committed() -> Value {
    serde_json::from_slice(&std::fs::read(FILE).unwrap()).unwrap()
}

fn manifest() -> Value {
    let (_, content) = files(&package()).into_iter().find(|(path, _)| path == Manifest::PATH).unwrap();
    serde_json::from_slice(&content).unwrap()
}

#[test]
fn the_committed_schema_is_the_one_of_the_types() {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Manifest>();
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os("REPLAYREEL_UPDATE").is_some() {
        std::fs::write(FILE, &text).unwrap();
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(written == text, "docs/package.schema.json is stale: run REPLAYREEL_UPDATE=1 cargo test --lib schema");
}

#[test]
fn what_is_packed_is_valid() {
    let validator = jsonschema::validator_for(&committed()).unwrap();
    let with_all = {
        let mut manifest = manifest();
        manifest["redaction"] = json!({"rules": [{"name": "email", "count": 12}]});
        manifest["format_version"] = json!("1.12");
        manifest["from_a_later_minor_version"] = json!([]);
        manifest
    };
    for manifest in [manifest(), with_all] {
        let errors: Vec<String> = validator.iter_errors(&manifest).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0]);
    }
}

#[test]
fn what_is_no_manifest_is_not_valid() {
    let validator = jsonschema::validator_for(&committed()).unwrap();
    let cases: [(&str, Value); 12] = [
        ("/format", json!("zip")),
        ("/format_version", json!("2.0")),
        ("/format_version", json!("1.x")),
        ("/session/duration_ms", json!(-1)),
        ("/session/windows", json!([])),
        ("/session/viewport/width", json!("wide")),
        ("/entries/0/sha256", json!("ABC")),
        ("/entries/0/bytes", json!(-1)),
        ("/entries/0/path", json!("")),
        ("/entries", json!({})),
        ("/assets/0/path", json!("../logo.png")),
        ("/tool", Value::Null),
    ];
    for (place, wrong) in cases {
        let mut manifest = manifest();
        *manifest.pointer_mut(place).unwrap() = wrong.clone();
        assert!(!validator.is_valid(&manifest), "{place} {wrong}");
    }
    for member in ["format", "format_version", "tool", "session", "source", "entries"] {
        let mut manifest = manifest();
        manifest.as_object_mut().unwrap().remove(member);
        assert!(!validator.is_valid(&manifest), "without {member}");
    }
}
