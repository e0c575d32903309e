//! The HTML file: a page that holds the player and a package, and asks nobody for anything.

use std::io::{self, Cursor, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use base64::write::EncoderWriter;
use sha2::{Digest, Sha256};

use super::Index;
use crate::package::{self, Manifest, Opened, PackageError};

/// The player as one script that defines `<replay-reel>`, for pages of others.
pub const ELEMENT: &str = include_str!("../../player-assets/dist/player.js");

/// Characters of a title.
const LONGEST_TITLE: usize = 200;

/// A recording, ready to be written as a file that plays it.
#[derive(Debug)]
pub struct Player {
    package: Vec<u8>,
    /// What the package says of itself.
    pub manifest: Manifest,
    title: String,
}

impl Player {
    /// Packs a recording in memory. `title` stands above the page and in the browser's tab.
    ///
    /// # Errors
    /// As [`package::write`].
    pub fn of(opened: &Opened, title: &str) -> Result<Self, PackageError> {
        let index = Index::of(&opened.recording).to_json();
        let mut package = Cursor::new(Vec::new());
        let manifest = package::write_indexed(opened, Some(&index), &mut package)?;
        let title = title.chars().take(LONGEST_TITLE).collect();
        Ok(Self { package: package.into_inner(), manifest, title })
    }

    /// Writes the file. The same recording and title give the same bytes.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        let title = escaped(&self.title);
        write!(out, "{TO_POLICY}{}{TO_TITLE}{title}{TO_LABEL}{title}{TO_PACKAGE}", policy())?;
        let mut encoder = EncoderWriter::new(&mut out, &BASE64);
        encoder.write_all(&self.package)?;
        encoder.finish()?;
        drop(encoder);
        write!(out, "{TO_SCRIPT}{ELEMENT}{TO_END}")?;
        out.flush()
    }
}

/// Nothing is loaded and nothing is sent; the one script is named by its hash. The replayed page inherits this, and has a stricter one.
fn policy() -> String {
    let hash = BASE64.encode(Sha256::digest(ELEMENT));
    format!(
        "default-src 'none'; script-src 'sha256-{hash}'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; \
         frame-src 'none'; object-src 'none'; form-action 'none'; base-uri 'none'"
    )
}

/// For text and attributes.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            character if character.is_control() => safe.push(' '),
            // Not seen, and some turn others around.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            character => safe.push(character),
        }
    }
    safe
}

const TO_POLICY: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content=""#;
const TO_TITLE: &str = r#"">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="replayreel">
<title>"#;
const TO_LABEL: &str = r#"</title>
<style>html,body{height:100%;margin:0}replay-reel{height:100vh;height:100dvh;--replay-radius:0}</style>
</head>
<body>
<noscript>This file plays a session recording. It needs JavaScript, and asks nobody for anything.</noscript>
<replay-reel hash keys label=""#;
const TO_PACKAGE: &str = r#""></replay-reel>
<script type="application/octet-stream" id="replay-package">"#;
const TO_SCRIPT: &str = "</script>\n<script>";
const TO_END: &str = "</script>\n</body>\n</html>\n";
