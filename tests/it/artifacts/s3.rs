//! S3: a server that implements it on a folder, with a connection that can fail.

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use replayreel::artifacts::Artifacts;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::Place;
use super::proxy::Proxy;

/// The server. Its buckets are folders.
pub(crate) struct S3 {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) address: std::net::SocketAddr,
    task: JoinHandle<()>,
}

pub(super) struct Held {
    pub(super) proxy: Proxy,
    _server: S3,
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl S3 {
    /// With a bucket that is called so.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bucket")).unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single("AKIDEXAMPLE", "very-secret"));
        let service = service.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let http = Builder::new(TokioExecutor::new()).http1_only();
                    // A connection that is cut is an error here.
                    let _ = http.serve_connection(TokioIo::new(connection), service).await;
                });
            }
        });
        Self { folder, address, task }
    }

    /// What says where it is, as everybody's tools read it.
    pub(crate) fn settings(&self) -> [(&'static str, String); 4] {
        settings(&format!("http://{}", self.address))
    }
}

pub(crate) fn settings(endpoint: &str) -> [(&'static str, String); 4] {
    [
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "very-secret".to_owned()),
        ("AWS_REGION", "eu-central-1".to_owned()),
    ]
}

pub(super) async fn place() -> Place<Held> {
    let server = S3::start().await;
    let proxy = Proxy::start(server.address).await;
    let settings = settings(&format!("http://{}", proxy.address));
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let open = |prefix: &str| Artifacts::open_with(&format!("s3://bucket/{prefix}"), &settings).unwrap();
    Place { store: open("of/tests"), neighbour: open("of/tests-of-others"), held: Held { proxy, _server: server } }
}
