//! What this machine renders with, and what it allows: set once by whoever runs it, the same for all jobs.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::failure::{self, JobError};
use super::session::SessionFacts;
use super::source::JobSource;
use crate::artifacts::Artifacts;
use crate::assets::fetch::{Pace, fetch};
use crate::assets::{self, scan};
use crate::destination::hexadecimal;
use crate::order::picture::request;
use crate::order::programs::Programs;
use crate::order::redacted::{open, open_with_subjects, redact_assets};
use crate::order::said::Said;
use crate::order::windows::of_windows;
use crate::outbound::{self, Client, Policy};
use crate::package::{self, Opened};
use crate::recording::Recording;
use crate::redact::{self, Rules};
use crate::render::{Request, Warning};
use crate::source::{self, Account, Place, Settings, Sourced, SystemClock};
use crate::stage::Pool;
use crate::subject::{self, Subject};

/// What this machine renders with.
#[derive(Debug)]
pub struct Machine {
    /// Browser, encoder, and their deadlines.
    pub programs: Programs,
    /// Where browsers come from.
    pub pool: Pool,
    /// What reading a recording may cost.
    pub package: package::Limits,
    /// What fetching one may cost.
    pub source: source::Limits,
    /// The same, by request.
    pub outbound: outbound::Limits,
    /// Whom fetching may talk to.
    pub policy: Policy,
    /// Whom to be in PostHog.
    pub posthog: Account,
    /// What is taken out of every recording.
    pub rules: Rules,
    /// What resources that recordings refer to may cost.
    pub assets: assets::Limits,
    /// How long fetching those may take.
    pub fetch_time: Duration,
}

/// The bytes of a recording, fetched.
pub(crate) struct Fetched {
    sourced: Sourced,
    /// Hex SHA-256 over all of its files.
    pub(crate) sha256: String,
}

impl Fetched {
    /// The bytes and their hash, where there is one file.
    pub(crate) fn into_only_part(mut self) -> (bytes::Bytes, String) {
        let bytes = self.sourced.parts.pop().map(|part| part.bytes).unwrap_or_default();
        (bytes, self.sha256)
    }

    /// Whom it is about, as far as its place says.
    pub(super) fn subjects(&self, source: &JobSource) -> BTreeSet<Subject> {
        let mut subjects = self.sourced.hints.session.as_ref().map(subject::of_session).unwrap_or_default();
        subjects.insert(Subject::source(&self.sha256));
        subjects.extend(source.subjects());
        subjects
    }

    /// Of one file that is here.
    pub(super) fn of(name: String, bytes: bytes::Bytes) -> Self {
        Sourced { parts: vec![source::SourceBytes { name, bytes }], ..Sourced::default() }.into()
    }
}

impl From<Sourced> for Fetched {
    fn from(sourced: Sourced) -> Self {
        let mut hash = Sha256::new();
        for part in &sourced.parts {
            if sourced.parts.len() > 1 {
                hash.update((part.bytes.len() as u64).to_be_bytes());
            }
            hash.update(&part.bytes);
        }
        Self { sha256: hexadecimal(&hash.finalize()), sourced }
    }
}

/// A render that can begin.
pub(crate) struct Prepared {
    pub(super) requests: Vec<Request>,
    /// What the source had to say.
    pub(super) notes: Vec<Warning>,
    /// Names of what is made beside what was asked for.
    pub(super) companions: Vec<String>,
    pub(super) session: Option<SessionFacts>,
    /// Of the recording as it was read, hex.
    pub(super) sha256: String,
    /// Whom the recording is about. To be noted, and never told.
    pub(super) subjects: BTreeSet<Subject>,
}

impl Machine {
    /// What makes two jobs the same: recording, order, program, and what this machine takes out. Hex SHA-256.
    pub fn content_key(&self, source_sha256: &str, said: &Said, companions: bool) -> String {
        let mut hash = Sha256::new();
        for part in [
            env!("CARGO_PKG_VERSION"),
            source_sha256,
            &said.canonical(),
            &format!("{:?}", self.rules),
            &format!("{companions}"),
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hexadecimal(&hash.finalize())
    }

    /// Brings the bytes.
    pub(super) async fn fetch(&self, source: &JobSource, store: &Artifacts) -> Result<Fetched, JobError> {
        match source {
            JobSource::Upload { key, name, .. } => {
                let bytes = store.read(key, self.source.input_bytes).await?;
                let name = name.clone();
                blocking(move || Ok(Fetched::of(name, bytes))).await
            }
            JobSource::Place { place } => self.fetch_place(place).await,
        }
    }

    pub(super) async fn fetch_place(&self, place: &str) -> Result<Fetched, JobError> {
        self.fetch_places(&[Place::parse(place)?]).await
    }

    /// Brings the files of one session.
    pub(crate) async fn fetch_places(&self, places: &[Place]) -> Result<Fetched, JobError> {
        let sourced = source::read(places, &self.settings()?).await?;
        blocking(move || Ok(Fetched::from(sourced))).await
    }

    /// How sources are read.
    pub(crate) fn settings(&self) -> Result<Settings, JobError> {
        Ok(Settings {
            limits: self.source.clone(),
            // A client remembers what names it resolved: each job has its own.
            client: self.client()?,
            posthog: self.posthog.clone(),
            cache: None,
            keep: false,
            clock: Arc::new(SystemClock),
            progress: Arc::new(|_| {}),
        })
    }

    fn client(&self) -> Result<Client, JobError> {
        Ok(Client::new(self.policy.clone(), self.outbound.clone()).map_err(source::SourceError::from)?)
    }

    /// Opens and redacts the recording, gets its resources, and says what is to be rendered into `folder`.
    pub(super) async fn prepare(
        self: &Arc<Self>,
        fetched: Fetched,
        said: Said,
        companions: bool,
        browsers: usize,
        folder: PathBuf,
    ) -> Result<Prepared, JobError> {
        let machine = Arc::clone(self);
        let Fetched { sourced: Sourced { parts, hints }, sha256 } = fetched;
        let rules = self.rules_for(&said)?;
        let opening = rules.clone();
        let opened = blocking(move || Ok(open_with_subjects(parts, &machine.package, &opening)?)).await?;
        let (mut opened, subjects) = opened;
        let failures = self.gather(&mut opened, &said, &rules).await?;
        let machine = Arc::clone(self);
        blocking(move || {
            let resources = opened.shelve(failures);
            let mut outputs = said.order.outputs("replay").map_err(|error| JobError::Spec(error.to_string()))?;
            let names = if companions { outputs.add_companions() } else { Vec::new() };
            if let Some(from) = hints.from_s.and_then(|seconds| format!("{seconds:.3}").parse().ok()) {
                outputs.begin_at(&from);
            }
            outputs.put_below(&folder);
            let picture = &said.order.picture;
            let mut request =
                Request { assets: resources, ..request(opened, picture, &machine.programs, said.order.max_frames) };
            request.browsers = request.browsers.min(browsers);
            request.pool = Some(machine.pool.clone());
            let requests = of_windows(outputs.of_recording(request), said.window());
            let requests = requests.map_err(|error| JobError::Spec(error.to_string()))?;
            let notes = hints.warnings.into_iter().map(Warning::from).collect();
            let session = requests.first().map(|request| SessionFacts::of(&request.recording));
            Ok(Prepared { requests, notes, companions: names, session, subjects, sha256 })
        })
        .await
    }

    /// A recording as it is rendered: opened and redacted.
    pub(crate) async fn opened(self: &Arc<Self>, places: &[Place], said: &Said) -> Result<Recording, JobError> {
        let parts = self.fetch_places(places).await?.sourced.parts;
        let (machine, rules) = (Arc::clone(self), self.rules_for(said)?);
        blocking(move || Ok(open(parts, &machine.package, &rules)?.recording)).await
    }

    /// The machine's rules first: what a caller's keep is not kept from them.
    fn rules_for(&self, said: &Said) -> Result<Rules, JobError> {
        let mut rules = self.rules.clone();
        let own = said.redact.rule_set().map_err(JobError::Spec)?;
        rules.sets.extend(own);
        Ok(rules)
    }

    async fn gather(&self, opened: &mut Opened, said: &Said, rules: &Rules) -> Result<Vec<(String, String)>, JobError> {
        if said.fetch_assets.is_empty() {
            return Ok(Vec::new());
        }
        let client = self.client()?;
        let references = scan::recording(&opened.recording);
        let pace = Pace { time: self.fetch_time, ..Pace::default() };
        let harvest = fetch(&references, &said.fetch_assets, &opened.assets, &self.assets, pace, &client).await;
        let fetched = redact_assets(harvest.assets, &opened.recording.format, rules, &mut opened.redaction);
        opened.assets.merge(fetched);
        Ok(harvest.failures)
    }
}

impl crate::order::said::SaidRedaction {
    /// As rules; none where nothing is to be redacted. A caller's rules name no files of this machine.
    pub(crate) fn rule_set(&self) -> Result<Option<redact::RuleSet>, String> {
        let mut set = match &self.rules {
            None => redact::RuleSet::default(),
            Some(text) => {
                let read = redact::read_rules(text, "rules", None, None);
                read.map_err(|error| error.to_string())?.0
            }
        };
        if !self.builtin.is_empty() {
            set.join(redact::builtin(&self.builtin));
        }
        Ok((!set.rules.is_empty() || self.rules.is_some()).then_some(set))
    }
}

/// Work that takes long and waits for nothing: off the threads that others wait on.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, JobError> + Send + 'static,
) -> Result<T, JobError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(failure::panicked(error)),
    }
}
