//! The generated reference pages are current.

use std::process::Command;

const COMMANDS: [&str; 22] = [
    "render",
    "still",
    "dom",
    "inspect",
    "pack",
    "player",
    "unpack",
    "verify",
    "convert",
    "redact",
    "ticket",
    "batch",
    "serve",
    "worker",
    "key create",
    "key list",
    "key revoke",
    "erase",
    "migrate",
    "healthcheck",
    "openapi",
    "doctor",
];
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cli.md");

fn help(command: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_replayreel"));
    // The width of the reader's terminal must not matter, nor their settings.
    program.env_clear().env("COLUMNS", "110").args(command.split(' ')).arg("--help");
    let output = program.output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[test]
fn the_command_line_reference_says_what_the_program_says() {
    let mut page = String::from(
        "# Command line\n\nGenerated from the program (`REPLAYREEL_UPDATE=1 cargo test --test it reference`).\n",
    );
    for command in COMMANDS {
        page += &format!("\n## replayreel {command}\n\n```text\n{}```\n", help(command));
    }
    if std::env::var_os("REPLAYREEL_UPDATE").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    }
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(written == page, "docs/cli.md is stale: run REPLAYREEL_UPDATE=1 cargo test --test it reference");
}

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");

/// What clients were built against does not change unseen.
#[test]
fn the_api_is_the_one_that_is_written_down() {
    let program = Command::new(env!("CARGO_BIN_EXE_replayreel")).env_clear().arg("openapi").output().unwrap();
    assert!(program.status.success());
    let document = String::from_utf8(program.stdout).unwrap();
    if std::env::var_os("REPLAYREEL_UPDATE").is_some() {
        std::fs::write(DOCUMENT, &document).unwrap();
    }
    let written = std::fs::read_to_string(DOCUMENT).unwrap_or_default();
    assert!(written == document, "docs/openapi.json is stale: run REPLAYREEL_UPDATE=1 cargo test --test it reference");
}

/// Every failure and every problem that the API can answer with stands in the guide, or has a page.
#[test]
fn the_guide_to_the_service_names_every_failure() {
    let guide = include_str!("../../docs/service.md");
    for (code, _) in replayreel::worker::CODES {
        assert!(guide.contains(&format!("`{code}`")), "docs/service.md lacks the failure {code}");
    }
}
