//! A service started as people start it, and a client for it.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::is_option;

/// Longest that a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// `replayreel serve` or `replayreel worker`, killed with the test.
pub(crate) struct Process {
    child: Child,
    log: Arc<Mutex<VecDeque<String>>>,
}

/// A service, and where it listens.
pub(crate) struct Service {
    pub(crate) process: Process,
    pub(crate) base: String,
    client: reqwest::Client,
    key: Option<String>,
}

/// What a service was asked and answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body of an answer that has to have this status.
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(
            self.status,
            status,
            "{}\n{}",
            self.text(),
            self.headers.iter().map(|(n, v)| format!("{n}: {v:?}\n")).collect::<String>()
        );
        self
    }
}

/// A command of the program, with nothing in its environment that the person at the terminal has set.
pub(crate) fn program() -> Command {
    // The long forms of tests run the optimised program.
    let other = std::env::var_os("REPLAYREEL_TEST_PROGRAM");
    let mut program = Command::new(other.unwrap_or_else(|| env!("CARGO_BIN_EXE_replayreel").into()));
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_option(name) && name != "REPLAYREEL_CHROMIUM") {
        program.env_remove(name);
    }
    program
}

impl Process {
    pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::start_within(&[], arguments, environment)
    }

    /// Within another program, which becomes this one at its end.
    pub(crate) fn start_within(outer: &[&str], arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = program();
        if let [wrapper, words @ ..] = outer {
            let mut wrapped = Command::new(wrapper);
            wrapped.args(words).arg(command.get_program());
            for (name, value) in command.get_envs() {
                match value {
                    Some(value) => wrapped.env(name, value),
                    None => wrapped.env_remove(name),
                };
            }
            command = wrapped;
        }
        command
            .args(arguments)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let log = Arc::<Mutex<VecDeque<String>>>::default();
        let (lines, kept) = (BufReader::new(child.stderr.take().unwrap()).lines(), Arc::clone(&log));
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let mut kept = kept.lock().unwrap();
                kept.push_back(line);
                if kept.len() > 2000 {
                    kept.pop_front();
                }
            }
        });
        Self { child, log }
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().iter().map(|line| format!("{line}\n")).collect()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The first line of the log that holds a text, when it comes.
    pub(crate) fn line(&mut self, text: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(line) = self.log.lock().unwrap().iter().find(|line| line.contains(text)) {
                return line.clone();
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("ended with {status} before it said {text:?}:\n{}", self.log());
            }
            assert!(Instant::now() < until, "never said {text:?}:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Waits for it to end by itself.
    pub(crate) fn ended(&mut self) -> std::process::ExitStatus {
        self.ended_within(PATIENCE)
    }

    /// The same, of one that has more to do.
    pub(crate) fn ended_within(&mut self, patience: Duration) -> std::process::ExitStatus {
        let until = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "it does not end:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// SIGKILL, as the system does it when memory is out.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!("--- log of the service ---\n{}", self.log());
        }
    }
}

impl Service {
    /// `replayreel serve` on a port of its own, with its data in a folder.
    pub(crate) fn start(data: &Path, arguments: &[&str]) -> Self {
        Self::start_with(data, arguments, &[])
    }

    pub(crate) fn start_with(data: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let data = data.display().to_string();
        let mut all = vec!["serve", "--data", &data];
        if !arguments.contains(&"--listen") {
            all.extend(["--listen", "127.0.0.1:0"]);
        }
        // Pictures that do not depend on what the machine has installed come from the option's variable: jobs take it from there.
        all.extend(arguments);
        let mut variables = vec![("REPLAYREEL_FONTS", "bundled")];
        variables.extend(environment);
        let mut process = Process::start(&all, &variables);
        let line = process.line("listening on http://");
        let base = line.split_once("listening on ").unwrap().1.trim().to_owned();
        Self { process, base, client: client(), key: None }
    }

    pub(crate) fn with_key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let request = self.client.request(method.parse().unwrap(), url);
        match &self.key {
            Some(key) => request.header("authorization", format!("Bearer {key}")),
            None => request,
        }
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap_or_else(|error| panic!("{error:?}\n{}", self.process.log()));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: response.bytes().await.unwrap().to_vec() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Json) -> Answer {
        self.send(self.request("POST", path).header("content-type", "application/json").body(body.to_string())).await
    }

    /// A form with a recording and what is wanted of it.
    pub(crate) async fn upload(&self, path: &str, recording: &Path, spec: &Json) -> Answer {
        self.upload_with(path, recording, spec, &[]).await
    }

    pub(crate) async fn upload_with(
        &self,
        path: &str,
        recording: &Path,
        spec: &Json,
        headers: &[(&str, &str)],
    ) -> Answer {
        let name = recording.file_name().unwrap().to_string_lossy().into_owned();
        let (kind, body) = form(&name, &std::fs::read(recording).unwrap(), Some(&spec.to_string()));
        let mut request = self.request("POST", path).header("content-type", kind).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// The render when it has ended.
    pub(crate) async fn settled(&self, id: &str) -> Json {
        let until = Instant::now() + PATIENCE * 3;
        loop {
            let render = self.get(&format!("/v1/renders/{id}?wait=10")).await.expect(200).json();
            if matches!(render["state"].as_str(), Some("succeeded" | "failed" | "cancelled")) {
                return render;
            }
            assert!(Instant::now() < until, "{render:#}\n{}", self.process.log());
        }
    }

    /// The render when it does something that can be seen.
    pub(crate) async fn until(&self, id: &str, what: impl Fn(&Json) -> bool) -> Json {
        let until = Instant::now() + PATIENCE;
        loop {
            let render = self.get(&format!("/v1/renders/{id}")).await.expect(200).json();
            if what(&render) {
                return render;
            }
            assert!(Instant::now() < until, "{render:#}\n{}", self.process.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// A client that goes to loopback, without proxies.
fn client() -> reqwest::Client {
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// A form as browsers send it: content type and body.
pub(crate) fn form(name: &str, package: &[u8], spec: Option<&str>) -> (String, Vec<u8>) {
    let boundary = "----replayreel-test-boundary";
    let mut body = Vec::new();
    body.extend(
        format!("--{boundary}\r\ncontent-disposition: form-data; name=\"package\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n")
            .into_bytes(),
    );
    body.extend_from_slice(package);
    if let Some(spec) = spec {
        body.extend(
            format!("\r\n--{boundary}\r\ncontent-disposition: form-data; name=\"spec\"\r\n\r\n{spec}").into_bytes(),
        );
    }
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// Every process below this one, by id.
pub(crate) fn descendants(of: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let mut open = vec![of];
    let all: Vec<(u32, u32)> = std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok())
        .filter_map(|pid| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            let parent = stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?;
            Some((pid, parent))
        })
        .collect();
    while let Some(parent) = open.pop() {
        for (pid, _) in all.iter().filter(|(_, of)| *of == parent) {
            found.push(*pid);
            open.push(*pid);
        }
    }
    found
}

/// Whether a process is a browser.
pub(crate) fn is_browser(pid: u32) -> bool {
    // The kernel's own name for a process ends after 15 letters.
    std::fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.contains("headless"))
}

/// A file of the service's store.
pub(crate) fn stored(data: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![data.join("artifacts")];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}
