//! Stores by URL.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::azure::MicrosoftAzureBuilder;
use object_store::client::{HttpClient, HttpConnector};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use url::Url;

use super::ArtifactError;
use crate::outbound::without_secrets;

/// With the folder, where it is one.
type Opened = (Arc<dyn ObjectStore>, Key, Option<PathBuf>);

/// How long a request to a store may take: a part of 8 MiB over a slow line.
const REQUEST: Duration = Duration::from_mins(2);

/// Settings go before those of the environment, and are called as there.
pub(super) fn open(text: &str, settings: &[(&str, &str)]) -> Result<Opened, ArtifactError> {
    let bad = |reason: String| ArtifactError::Url { url: shown(text), reason };
    let Some((scheme, _)) = text.split_once("://") else { return folder(Path::new(text), text) };
    let url = Url::parse(text).map_err(|error| bad(error.to_string()))?;
    let name = || match url.host_str() {
        Some(name) if !name.is_empty() => Ok(name.to_owned()),
        _ => Err(bad(format!("it names no bucket, as in {scheme}://BUCKET/PREFIX"))),
    };
    let prefix = Key::from_url_path(url.path()).map_err(|error| bad(error.to_string()))?;
    // Who runs the service names the store: whether it is on a network of one's own, and without TLS, is for them to say.
    let store: Arc<dyn ObjectStore> = match scheme {
        "file" => {
            let path: PathBuf = url.to_file_path().map_err(|()| bad("it names no folder".to_owned()))?;
            return folder(&path, text);
        }
        "s3" => {
            let builder = AmazonS3Builder::from_env().with_bucket_name(name()?).with_allow_http(true);
            let builder = known(settings).fold(builder, |builder, (key, value)| builder.with_config(key, value));
            let builder = builder.with_retry(retry()).with_http_connector(Connector);
            Arc::new(builder.build().map_err(|error| bad(error.to_string()))?)
        }
        "gs" => {
            let builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(name()?);
            let builder = known(settings).fold(builder, |builder, (key, value)| builder.with_config(key, value));
            let builder = builder.with_retry(retry()).with_http_connector(Connector);
            Arc::new(builder.build().map_err(|error| bad(error.to_string()))?)
        }
        "az" | "azure" => {
            let builder = MicrosoftAzureBuilder::from_env().with_container_name(name()?).with_allow_http(true);
            let builder = known(settings).fold(builder, |builder, (key, value)| builder.with_config(key, value));
            let builder = builder.with_retry(retry()).with_http_connector(Connector);
            Arc::new(builder.build().map_err(|error| bad(error.to_string()))?)
        }
        _ => return Err(bad("it has to be a folder, or begin with file://, s3://, gs:// or az://".to_owned())),
    };
    Ok((store, prefix, None))
}

/// The settings that a provider knows; what it does not know is for others, as in the environment.
fn known<'a, K: FromStr>(settings: &'a [(&str, &'a str)]) -> impl Iterator<Item = (K, &'a str)> {
    settings.iter().filter_map(|(name, value)| Some((name.to_ascii_lowercase().parse().ok()?, *value)))
}

/// Without what may be secret.
pub(super) fn shown(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or_default();
    match Url::parse(text) {
        Ok(url) if !url.cannot_be_a_base() => without_secrets(url).into(),
        _ => text.to_owned(),
    }
}

fn folder(path: &Path, text: &str) -> Result<Opened, ArtifactError> {
    let bad = |reason: String| ArtifactError::Url { url: shown(text), reason };
    std::fs::create_dir_all(path).map_err(|error| bad(error.to_string()))?;
    let store = LocalFileSystem::new_with_prefix(path).map_err(|error| bad(error.to_string()))?;
    // What the ledger calls finished must be there after the power has failed. Empty folders go with the last file in them.
    let store = store.with_fsync(true).with_automatic_cleanup(true);
    Ok((Arc::new(store), Key::default(), Some(path.to_owned())))
}

fn retry() -> RetryConfig {
    RetryConfig { max_retries: 5, retry_timeout: Duration::from_mins(3), ..RetryConfig::default() }
}

/// Connections that believe whom all others of this program believe.
#[derive(Debug)]
struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let failed =
            |source: Box<dyn std::error::Error + Send + Sync>| object_store::Error::Generic { store: "http", source };
        let tls = crate::outbound::tls().map_err(|error| failed(error.into()))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .timeout(REQUEST)
            .connect_timeout(Duration::from_secs(10))
            .http1_only()
            .user_agent(concat!("replayreel/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(HttpClient::new(client.map_err(|error| failed(error.into()))?))
    }
}
