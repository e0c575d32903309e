//! What comes from elsewhere is what the lock files say: each package with its hash, from the usual registry, and nothing of it run on installation.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(ROOT).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap()
}

/// Folders with npm packages of their own.
const NPM: [&str; 4] = ["player-assets", "tests/fixtures", "tests/page", "benches/compare"];

/// Files of the project, by the end of their names, without what was installed or built.
fn files(ending: &str) -> Vec<PathBuf> {
    let skipped = ["target", "node_modules", ".git", "corpus", "recordings"];
    let entries = walkdir::WalkDir::new(ROOT).into_iter().filter_entry(|entry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0 || !skipped.contains(&name.as_ref())
    });
    let files = entries.map(|entry| entry.unwrap().into_path());
    files.filter(|path| path.to_string_lossy().ends_with(ending)).collect()
}

#[test]
fn every_lock_file_of_npm_is_known_here() {
    let known: BTreeSet<PathBuf> = NPM.map(|folder| Path::new(ROOT).join(folder).join("package-lock.json")).into();
    assert_eq!(files("package-lock.json").into_iter().collect::<BTreeSet<_>>(), known);
}

#[test]
fn every_package_of_npm_has_its_hash_and_comes_from_the_registry() {
    for folder in NPM {
        let lock = json(&format!("{folder}/package-lock.json"));
        assert_eq!(lock["lockfileVersion"], 3, "{folder}");
        let packages = lock["packages"].as_object().unwrap();
        for (path, package) in packages.iter().filter(|(path, _)| !path.is_empty()) {
            let integrity = package["integrity"].as_str().unwrap_or_default();
            assert!(integrity.starts_with("sha512-") && integrity.len() == 95, "{folder}: {path}: {integrity:?}");
            assert!(package["link"].is_null(), "{folder}: {path} is a folder");
            let from = package["resolved"].as_str();
            let is_usual = from.is_none_or(|url| url.starts_with("https://registry.npmjs.org/"));
            assert!(is_usual, "{folder}: {path} comes from {from:?}");
        }
    }
}

#[test]
fn packages_of_npm_are_asked_for_in_one_version_and_run_nothing_when_they_are_installed() {
    for folder in NPM {
        let package = json(&format!("{folder}/package.json"));
        for kind in ["dependencies", "devDependencies", "optionalDependencies"] {
            for (name, version) in package[kind].as_object().into_iter().flatten() {
                let version = version.as_str().unwrap();
                let is_exact =
                    version.split('.').count() == 3 && version.bytes().all(|c| c.is_ascii_digit() || c == b'.');
                assert!(is_exact, "{folder}: {name} is {version}");
            }
        }
    }
    let mut installs = 0;
    let places = files(".mjs")
        .into_iter()
        .chain(files(".rs"))
        .chain(files(".md"))
        .chain(files("Makefile"))
        .chain(["scripts/player-bundle", "scripts/setup", "Dockerfile"].map(|path| Path::new(ROOT).join(path)));
    for path in places.filter(|path| !path.ends_with("supply_chain.rs")) {
        let text = read(&path);
        for line in text.lines().filter(|line| line.contains("npm ci") || line.contains("\"ci\"")) {
            installs += 1;
            assert!(line.contains("--ignore-scripts"), "{}: {line}", path.display());
        }
        assert!(
            !text.contains("npm install") && !text.contains("npx "),
            "{} asks for more than its lock",
            path.display()
        );
    }
    assert!(installs >= 3, "only {installs} lines with npm ci were found");
}

#[test]
fn every_crate_comes_from_the_registry_with_its_checksum() {
    for lock in ["Cargo.lock", "fuzz/Cargo.lock"] {
        let text = read(lock);
        let mut own = Vec::new();
        for entry in text.split("[[package]]").skip(1) {
            let field = |name: &str| {
                let line = entry.lines().find(|line| line.starts_with(&format!("{name} = ")));
                line.and_then(|line| line.split('"').nth(1)).unwrap_or_default()
            };
            if field("source").is_empty() {
                own.push(field("name").to_owned());
                continue;
            }
            assert_eq!(field("source"), "registry+https://github.com/rust-lang/crates.io-index", "{lock}: {entry}");
            assert_eq!(field("checksum").len(), 64, "{lock}: {entry}");
        }
        own.sort();
        assert!(own == ["replayreel"] || own == ["replayreel", "replayreel-fuzz"], "{lock}: {own:?}");
    }
}

#[test]
fn images_are_named_with_their_versions_and_build_with_the_toolchain_of_the_manifest() {
    let docker = read("Dockerfile");
    let argument = |name: &str| {
        let line = docker.lines().find_map(|line| line.strip_prefix(&format!("ARG {name}=")));
        line.unwrap_or_else(|| panic!("no ARG {name}")).to_owned()
    };
    let manifest = read("Cargo.toml");
    let rust = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"');
    assert_eq!(argument("BUILD_IMAGE"), format!("rust:{rust}.0-bookworm"));
    for line in docker.lines().filter_map(|line| line.strip_prefix("FROM ")) {
        assert!(line.starts_with("${BUILD_IMAGE}") || line.starts_with("${BASE_IMAGE}"), "{line}");
    }
    let compose = read("docker-compose.yml");
    let images = compose.lines().filter_map(|line| line.trim().strip_prefix("image: "));
    for image in images.chain([argument("BASE_IMAGE").as_str()]).filter(|image| *image != "replayreel") {
        let tag = image.split_once(':').map(|(_, tag)| tag);
        assert!(tag.is_some_and(|tag| tag != "latest"), "{image} is another one tomorrow");
    }
    assert!(docker.contains("cargo build --release --locked"));
}

#[test]
fn the_list_of_what_a_release_is_made_of_is_whole_and_the_same_each_time() {
    let list = || {
        let mut node = Command::new("node");
        node.arg(Path::new(ROOT).join("scripts/sbom.mjs")).current_dir("/").env("CARGO_NET_OFFLINE", "true");
        let output = node.env("CARGO", env!("CARGO")).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let bytes = list();
    assert_eq!(bytes, list());
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains(ROOT), "it tells where it was made");
    let list: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&list["bomFormat"], &list["specVersion"]), (&"CycloneDX".into(), &"1.6".into()));
    let components = list["components"].as_array().unwrap();
    let mut refs = BTreeSet::from([list["metadata"]["component"]["bom-ref"].as_str().unwrap()]);
    for component in components {
        assert!(refs.insert(component["bom-ref"].as_str().unwrap()), "twice: {component}");
        assert!(!component["hashes"][0]["content"].as_str().unwrap().is_empty(), "{component}");
        assert!(!component["licenses"][0]["expression"].as_str().unwrap().is_empty(), "{component}");
    }
    let dependencies = list["dependencies"].as_array().unwrap();
    for dependency in dependencies {
        let on = dependency["dependsOn"].as_array().unwrap();
        for known in on.iter().chain([&dependency["ref"]]) {
            assert!(refs.contains(known.as_str().unwrap()), "{known} is no component");
        }
    }
    assert_eq!(dependencies.len(), refs.len());
    let scope = |purl: &str| {
        let found = components.iter().find(|one| one["purl"].as_str().is_some_and(|own| own.starts_with(purl)));
        found.map(|one| one["scope"].as_str().unwrap().to_owned()).unwrap_or_default()
    };
    let found = [
        "pkg:cargo/axum@",
        "pkg:npm/%40rrweb/replay@",
        "pkg:cargo/serde_derive@",
        "pkg:cargo/criterion@",
        "pkg:npm/esbuild@",
    ]
    .map(scope);
    assert_eq!(
        found,
        ["required", "required", "excluded", "", ""],
        "what only tests or builds the bundle is not in it"
    );
}
