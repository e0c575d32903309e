//! A PostgreSQL server of the test's own, on a socket in a temp folder, ended with it.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// PostgreSQL refuses to run as root.
const NOBODY: u32 = 65_534;

pub(crate) struct Postgres {
    server: Child,
    folder: tempfile::TempDir,
    databases: AtomicU32,
    /// Of a server that is reached by TCP as well.
    port: Option<u16>,
}

impl Postgres {
    /// Takes one to two seconds: tests that need one share it as far as they can.
    pub(crate) fn start() -> Self {
        Self::start_on(None)
    }

    /// One that is reached at `127.0.0.1` as well.
    pub(crate) fn start_on_loopback() -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        Self::start_on(Some(port))
    }

    fn start_on(port: Option<u16>) -> Self {
        let programs = programs();
        let folder = tempfile::Builder::new().prefix("replayreel-postgres-").tempdir().unwrap();
        if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let data = folder.path().join("data");
        let made = unprivileged(&programs.join("initdb"), folder.path())
            .args([
                "--no-sync",
                "--auth",
                "trust",
                "--username",
                "postgres",
                "--encoding",
                "UTF8",
                "--locale",
                "C.UTF-8",
            ])
            .arg("--pgdata")
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let server = serve(folder.path(), port);
        Self { server, folder, databases: AtomicU32::new(0), port }
    }

    /// As its machine does it that loses its power: every connection breaks. It is back when this returns.
    pub(crate) fn restart(&mut self) {
        self.stop();
        self.server = serve(self.folder.path(), self.port);
    }

    fn stop(&mut self) {
        // Asked this way it ends its own children at once, and takes no time to leave its files in order.
        if let Some(pid) = i32::try_from(self.server.id()).ok().and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::QUIT);
        }
        let _ = self.server.wait();
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> std::net::SocketAddr {
        ([127, 0, 0, 1], self.port.expect("a server that listens")).into()
    }

    /// The URL of a new, empty database.
    pub(crate) fn database(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::SeqCst));
        let made = Command::new(programs().join("psql"))
            .args(["-X", "-q", "-U", "postgres", "-d", "postgres", "-h"])
            .arg(self.folder.path())
            .args(self.port.map(|port| format!("--port={port}")))
            .args(["-c", &format!("CREATE DATABASE {name}")])
            .output()
            .unwrap();
        assert!(made.status.success(), "psql: {}", String::from_utf8_lossy(&made.stderr));
        match self.port {
            Some(port) => format!("postgres://postgres:secret-password@127.0.0.1:{port}/{name}"),
            None => {
                format!("postgres://postgres:secret-password@localhost/{name}?host={}", self.folder.path().display())
            }
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The server of a folder, once it takes connections.
fn serve(folder: &Path, port: Option<u16>) -> Child {
    let listen = match port {
        Some(port) => vec!["-c".to_owned(), "listen_addresses=127.0.0.1".to_owned(), "-p".to_owned(), port.to_string()],
        None => vec!["-c".to_owned(), "listen_addresses=".to_owned()],
    };
    let mut server = unprivileged(&programs().join("postgres"), folder)
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args(listen)
        .args(["-c", "max_connections=60", "-c", "shared_buffers=16MB"])
        // What a crash of the machine would do to it is not ours to test. What is committed has to outlive a crash of the server, so commits are
        // written before they are answered: otherwise the last half second would be lost with each restart.
        .args(["-c", "fsync=off", "-c", "full_page_writes=off"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(server.stderr.take().unwrap()).lines().map_while(Result::ok);
    let mut seen = Vec::new();
    let ready = log.by_ref().any(|line| {
        seen.push(line);
        seen.last().is_some_and(|line| line.contains("ready to accept connections"))
    });
    assert!(ready, "postgres ended: {seen:#?}");
    // A pipe that nobody empties would stop it.
    std::thread::spawn(move || log.for_each(drop));
    server
}

/// The newest version's programs.
fn programs() -> PathBuf {
    let version = |path: &Path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("bin/initdb").exists())
        .max_by_key(|path| version(path))
        .expect("no PostgreSQL under /usr/lib/postgresql, which these tests need: run scripts/setup postgres")
        .join("bin")
}

fn unprivileged(program: &Path, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("LC_ALL", "C")
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home)
        .current_dir(home)
        .stdin(Stdio::null());
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}
