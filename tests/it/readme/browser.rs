//! Every command that the README prints runs as printed.

use std::path::Path;
use std::process::Command;

/// The lines of the README's shell blocks that call the program.
fn printed_commands() -> Vec<String> {
    let readme = include_str!("../../../README.md");
    let blocks = readme.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    let lines = blocks.flat_map(str::lines).filter(|line| line.contains("replayreel "));
    lines.map(str::to_owned).collect()
}

#[test]
fn every_command_of_the_readme_runs_as_printed() {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::os::unix::fs::symlink(root.join("examples"), folder.path().join("examples")).unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_replayreel")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let commands = printed_commands();
    assert!(commands.len() >= 8, "the README lost its commands: {commands:?}");
    for command in commands {
        let output =
            Command::new("sh").args(["-c", &command]).current_dir(folder.path()).env("PATH", &path).output().unwrap();
        assert!(output.status.success(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
    }
    for made in [
        "checkout.mp4",
        "checkout.gif",
        "middle.png",
        "end.jpg",
        "paying.mp4",
        "form.png",
        "piped.webm",
        "editor.mp4",
        "tabs-1.mp4",
        "phone.mp4",
        "checkout.replay.zip",
        "checkout.jsonl",
        "export.json",
        "page.html",
        "report.json",
        "shared.mp4",
        "ticket/ticket.md",
        "chat.gif",
        "sheet.png",
        "poster.jpg",
        "page.png",
    ] {
        assert!(folder.path().join(made).metadata().is_ok_and(|file| file.len() > 1000), "{made} was not made");
    }
}
