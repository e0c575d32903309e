//! Why an input could not be had, and what to do.

use std::io;
use std::time::Duration;

use crate::outbound::OutboundError;

/// Why an input could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The file is not there.
    #[error("{path}: no such file; give the path of a recording, or `-` to read one from standard input")]
    NotFound {
        /// As given.
        path: String,
    },
    /// The path is a directory.
    #[error("{path} is a directory; give the path of one recording in it, or of all files of one session")]
    Directory {
        /// As given.
        path: String,
    },
    /// The operating system would not let it be read.
    #[error("cannot read {name}: {error}")]
    Io {
        /// The input's name.
        name: String,
        /// What the system said.
        #[source]
        error: io::Error,
    },
    /// The input is longer than allowed.
    #[error(
        "{name} is larger than the limit of {limit} bytes (input_bytes); raise it with --max-input-bytes if the recording is meant to be that large"
    )]
    TooLarge {
        /// The input's name.
        name: String,
        /// [`super::Limits::input_bytes`].
        limit: u64,
    },
    /// A place that cannot be read from yet.
    #[error("reading from `{scheme}:` is not yet supported ({input}); download the recording and give its path")]
    UnsupportedScheme {
        /// For example `gs`.
        scheme: String,
        /// As given.
        input: String,
    },
    /// An address that is none.
    #[error("{input}: {reason}")]
    Address {
        /// As given, without its query.
        input: String,
        /// What is wrong.
        reason: String,
    },
    /// `-` was given, but nothing is piped in.
    #[error("standard input is a terminal; pipe a recording into it, or give a path instead of `-`")]
    Terminal,
    /// `-` was given together with others.
    #[error("standard input (`-`) has to be the only input")]
    StdinAmongOthers,
    /// It could not be fetched.
    #[error(transparent)]
    Fetch(#[from] OutboundError),
    /// The object store did not give it.
    #[error("{name}: {reason}")]
    S3 {
        /// The object or prefix.
        name: String,
        /// Why, and what to do.
        reason: String,
    },
    /// More objects than allowed.
    #[error("{name}: more than {limit} objects (objects); give a longer prefix, or raise --max-objects")]
    TooManyObjects {
        /// The prefix.
        name: String,
        /// [`super::Limits::objects`].
        limit: usize,
    },
    /// PostHog did not give it.
    #[error("recording {recording} at {host}: {error}")]
    PostHog {
        /// Its ID.
        recording: String,
        /// The server.
        host: String,
        /// Why.
        #[source]
        error: PostHogError,
    },
}

/// Why PostHog did not give a recording.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostHogError {
    /// No key was given.
    #[error(
        "a personal API key is needed: set POSTHOG_PERSONAL_API_KEY to one with the scope `session_recording:read` (PostHog: Settings, Personal API keys)"
    )]
    NoKey,
    /// A key that cannot be one.
    #[error(
        "this is a project API key (phc_…), which can only send events; set POSTHOG_PERSONAL_API_KEY to a personal one (phx_…) with the scope `session_recording:read`"
    )]
    ProjectKey,
    /// A pasted link to a server that the key was not given for.
    #[error(
        "the link is to {linked}, and the key is for {configured}; if it may be sent to {linked}, give --posthog-host {linked}"
    )]
    OtherHost {
        /// The link's.
        linked: String,
        /// The one set, or the default.
        configured: String,
    },
    /// The host is no address.
    #[error("{host:?} is no address of a PostHog server; give it like https://eu.posthog.com (--posthog-host)")]
    Host {
        /// As given.
        host: String,
    },
    /// 401.
    #[error(
        "the server does not accept the key ({detail}); it may have been deleted or belong to another region: --posthog-host says which server is asked"
    )]
    Unauthorized {
        /// What the server said.
        detail: String,
    },
    /// 403.
    #[error(
        "the key may not read it ({detail}); it needs the scope `session_recording:read`, and access to the project {project}"
    )]
    Forbidden {
        /// What the server said.
        detail: String,
        /// The project asked.
        project: String,
    },
    /// 401 or 403 with a sharing token, or a page without a recording.
    #[error("the link does not open it ({detail}): it may have been revoked, or not share a recording")]
    NotShared {
        /// What the server said.
        detail: String,
    },
    /// A shared link that asks for a password.
    #[error(
        "the link asks for a password, which is not supported; give the recording's own link and a personal API key"
    )]
    Password,
    /// A project that holds more recordings than are wanted.
    #[error("there are more than {limit} recordings; choose fewer by date, person or duration")]
    TooMany {
        /// Most recordings.
        limit: usize,
    },
    /// 404.
    #[error(
        "not found in the project {project} ({detail}); it may have expired, be too short to be kept, or be in another project (--posthog-project) or region (--posthog-host)"
    )]
    NotFound {
        /// What the server said.
        detail: String,
        /// The project asked.
        project: String,
    },
    /// 404 for a block that was listed.
    #[error("the server no longer has block {block} that it listed; run again")]
    BlockOutOfRange {
        /// The first block asked for.
        block: u64,
    },
    /// The server's own storage does not give them.
    #[error(
        "the server lists its blocks and cannot read them from its storage ({detail}); ask whoever runs the server"
    )]
    BlocksGone {
        /// What the server said.
        detail: String,
    },
    /// 410.
    #[error("it was deleted{}{}; it cannot be brought back", by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default(), at.as_ref().map(|at| format!(" on {at}")).unwrap_or_default())]
    Deleted {
        /// By whom.
        by: Option<String>,
        /// When.
        at: Option<String>,
    },
    /// Nothing is stored.
    #[error("the server lists nothing for it; recordings can be fetched a few minutes after they end")]
    Empty,
    /// 429 or 5xx to the end.
    #[error(
        "the server is still busy after {tries} tries (status {status}: {detail}); run again later, what has come is kept unless --no-cache is given"
    )]
    Busy {
        /// The last status.
        status: u16,
        /// How often it was tried.
        tries: u32,
        /// What the server said.
        detail: String,
    },
    /// A wait that is too long.
    #[error("the server asks to wait {} s, more than the limit of {} s (--max-wait); run again later, what has come is kept unless --no-cache is given", asked.as_secs(), limit.as_secs())]
    Wait {
        /// How long.
        asked: Duration,
        /// [`super::Limits::wait`].
        limit: Duration,
    },
    /// Any other answer.
    #[error("the server answered {status} ({detail})")]
    Status {
        /// The status.
        status: u16,
        /// What it said.
        detail: String,
    },
    /// It does not answer as PostHog does.
    #[error("the server's {what} is not what PostHog answers ({detail}); is the host right (--posthog-host)?")]
    Unexpected {
        /// Which answer.
        what: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// No answer.
    #[error(transparent)]
    Fetch(#[from] OutboundError),
    /// The cache cannot be written.
    #[error("cannot keep what has come in {path}: {error}; give another folder with --cache, or --no-cache")]
    Cache {
        /// The folder.
        path: String,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// More than allowed.
    #[error("it is larger than the limit of {limit} bytes (input_bytes, --max-input-bytes)")]
    TooLarge {
        /// [`super::Limits::input_bytes`].
        limit: u64,
    },
}

impl PostHogError {
    /// Whether an option is missing or wrong, rather than the recording.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::NoKey | Self::ProjectKey | Self::OtherHost { .. } | Self::Host { .. })
    }
}
