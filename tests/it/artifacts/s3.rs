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

pub(super) struct Held {
    pub(super) proxy: Proxy,
    task: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub(super) async fn place() -> Place<Held> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("bucket")).unwrap();
    let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
    service.set_auth(SimpleAuth::from_single("AKIDEXAMPLE", "very-secret"));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
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
    let proxy = Proxy::start(server).await;
    let endpoint = format!("http://{}", proxy.address);
    let settings = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "very-secret"),
        ("AWS_REGION", "eu-central-1"),
    ];
    let open = |prefix: &str| Artifacts::open_with(&format!("s3://bucket/{prefix}"), &settings).unwrap();
    Place {
        store: open("of/tests"),
        neighbour: open("of/tests-of-others"),
        held: Held { proxy, task, _folder: folder },
    }
}
