//! `manifest.json`: what is in a package, and what of it is known without reading the events.
//!
//! The JSON Schema of the format (`docs/package.schema.json`) is made from these types and their words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What [`Manifest::format`] is.
pub const FORMAT: &str = "replay-package";
/// The major version that this program writes and reads. Another one breaks what readers rely on.
pub const MAJOR: u32 = 1;
/// The minor version that this program writes where it has to. 1 brought the index. A higher one adds what readers may ignore.
pub const MINOR: u32 = 1;

/// What a replay package holds. Readers ignore members that they do not know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Manifest {
    /// Always `replay-package`.
    #[cfg_attr(test, schemars(extend("const" = FORMAT)))]
    pub format: String,
    /// `MAJOR.MINOR`. A reader reads every minor version of a major version that it knows, and no other major version.
    #[cfg_attr(test, schemars(regex(pattern = r"^1\.(0|[1-9][0-9]*)$")))]
    pub format_version: String,
    /// The program that wrote the package.
    pub tool: Tool,
    /// The session that was recorded.
    pub session: Session,
    /// The files that the package was made from.
    pub source: Source,
    /// What was put right in the recording before it was packed.
    #[serde(default)]
    pub repairs: Vec<PackedRepair>,
    /// What was removed from the recording on purpose before it was packed. Absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redaction: Option<Redaction>,
    /// Resources of the recorded pages, by URL.
    #[serde(default)]
    pub assets: Vec<AssetReference>,
    /// Every file of the package except the manifest itself.
    pub entries: Vec<Entry>,
}

/// A program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// The recorded session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Session {
    /// The recorder's id of it, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Time of the first event, RFC 3339 in UTC, by the recording's clock. Absent if that clock is beyond the calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<String>,
    /// The same in milliseconds since 1970-01-01 UTC. Session time zero.
    pub started_at_ms: f64,
    /// From the first event to the last, milliseconds.
    #[cfg_attr(test, schemars(range(min = 0)))]
    pub duration_ms: f64,
    /// How many events there are.
    pub events: u64,
    /// The largest viewport that is shown, CSS pixels.
    pub viewport: Size,
    /// The windows (browser tabs), in the order of their first events.
    #[cfg_attr(test, schemars(length(min = 1)))]
    pub windows: Vec<Window>,
    /// The pages visited, by time.
    #[serde(default)]
    pub pages: Vec<Page>,
    /// Who was recorded, as the source has it: for PostHog `name`, `distinct_ids`, `properties`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Value>,
    /// What else is known of the session, such as its ticket or its browser.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub properties: Map<String, Value>,
}

/// A size, CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Size {
    /// CSS pixels.
    pub width: u32,
    /// CSS pixels.
    pub height: u32,
}

/// A window (browser tab).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Window {
    /// Its id, as the events name it; `main` where the recorder knew no windows.
    pub id: String,
    /// How many events it has.
    pub events: u64,
    /// Its first event, milliseconds of session time.
    pub first_ms: f64,
    /// Its last event, milliseconds of session time.
    pub last_ms: f64,
    /// Its largest viewport that is shown. Absent if nothing of it can be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewport: Option<Size>,
}

/// A page visited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Page {
    /// The window that showed it.
    pub window: String,
    /// Its address.
    pub url: String,
    /// When it was first seen, milliseconds of session time.
    pub at_ms: f64,
}

/// Where a package's recording came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Source {
    /// How the files arranged their events, as `replayreel inspect --json` names it.
    pub shape: String,
    /// The version that the files stated of their format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The files, without the folders in which they were.
    #[serde(default)]
    pub files: Vec<SourceFile>,
}

/// A file that a package was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SourceFile {
    /// Its name.
    pub name: String,
    /// Its size as stored, bytes.
    pub bytes: u64,
}

/// Something that was put right before the recording was packed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PackedRepair {
    /// Which repair, as `replayreel inspect --json` names it.
    pub repair: String,
    /// How many events it touched.
    pub count: u64,
    /// The same in words.
    pub message: String,
}

/// What was removed from the recording on purpose. Never says what it was.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Redaction {
    /// The rules that were applied, those that found nothing too.
    pub rules: Vec<RedactionRule>,
}

/// A redaction rule and what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct RedactionRule {
    /// Its name.
    pub name: String,
    /// What it does with what it finds: `mask`, `cover`, `remove` or `pseudonym`.
    #[serde(default)]
    pub action: String,
    /// How many places it changed.
    pub count: u64,
    /// The same by kind of place (`text`, `inputs`, `urls`, `network`, …).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub places: BTreeMap<String, u64>,
}

/// A resource that recorded pages name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AssetReference {
    /// Its absolute URL, without fragment.
    pub url: String,
    /// Its MIME type as served; empty if unknown.
    #[serde(default)]
    pub content_type: String,
    /// The entry that holds its content. Several URLs may share one.
    #[cfg_attr(test, schemars(regex(pattern = r"^assets/[0-9a-f]{64}$")))]
    pub path: String,
}

/// A file of the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Entry {
    /// Its path in the package: relative, `/` between its steps.
    #[cfg_attr(test, schemars(length(min = 1, max = 1024)))]
    pub path: String,
    /// What it is: `events` (lines of `["window", event]`; several are read in the order of this list), `asset`, or (since 1.1) `index`: what happens when. Readers ignore others.
    pub kind: String,
    /// Its size, uncompressed.
    pub bytes: u64,
    /// SHA-256 of its uncompressed content, lower-case hexadecimal.
    #[cfg_attr(test, schemars(regex(pattern = "^[0-9a-f]{64}$")))]
    pub sha256: String,
}

impl Manifest {
    /// Its name in the archive.
    pub const PATH: &str = "manifest.json";
    /// [`Entry::kind`] of events.
    pub const EVENTS: &str = "events";
    /// [`Entry::kind`] of a resource.
    pub const ASSET: &str = "asset";
    /// [`Entry::kind`] of what was worked out from the events.
    pub const INDEX: &str = "index";
}

/// The major and minor version of `1.0`.
pub(super) fn parse_version(version: &str) -> Option<(u32, u32)> {
    let number = |text: &str| -> Option<u32> {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    let (major, minor) = version.split_once('.')?;
    Some((number(major)?, number(minor)?))
}
