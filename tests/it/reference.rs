//! The generated reference pages are current.

use std::process::Command;

const COMMANDS: [&str; 11] =
    ["render", "still", "dom", "inspect", "pack", "unpack", "verify", "convert", "redact", "ticket", "doctor"];
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cli.md");

fn help(command: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_replayreel"));
    // The width of the reader's terminal must not matter, nor their settings.
    program.env_clear().env("COLUMNS", "110").args([command, "--help"]);
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
