//! Objects in S3 and what speaks like it (`MinIO`, R2, …), through the `object_store` crate.
//!
//! Credentials, region and endpoint come from the usual `AWS_*` environment. The crate is built without an HTTP client of its own: its requests go
//! through [`Outbound`], so the outbound policy holds for them like for all others, requests for credentials included.

use std::time::Duration;

use futures::StreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use object_store::path::Path;
use object_store::{ClientOptions, GetOptions, ObjectStore as _, RetryConfig};

use super::place::S3Place;
use super::{Limits, Listed, Progress, Settings, SourceBytes, SourceError};
use crate::outbound::{Client, OutboundError};

pub(super) async fn read(
    place: &S3Place,
    limits: &Limits,
    settings: &Settings,
) -> Result<Vec<SourceBytes>, SourceError> {
    let bucket = Bucket::open(place, limits, settings)?;
    if !place.is_prefix() {
        return Ok(vec![bucket.get(&place.key, place.range.clone(), limits.input_bytes).await?]);
    }
    let objects = bucket.list(limits).await?;
    let mut parts = Vec::new();
    let mut left = limits.input_bytes;
    let of = objects.len() as u64;
    for (key, ..) in objects {
        let part = bucket.get(&key, None, left).await?;
        left -= part.bytes.len() as u64;
        parts.push(part);
        let (done, bytes) = (parts.len() as u64, limits.input_bytes - left);
        (settings.progress)(Progress { done, of, bytes, waiting: None });
    }
    Ok(parts)
}

/// The objects below a prefix, each a file of its own.
pub(super) async fn list(place: &S3Place, settings: &Settings) -> Result<Vec<Listed>, SourceError> {
    let bucket = Bucket::open(place, &settings.limits, settings)?;
    let listed = bucket.list(&settings.limits).await?.into_iter().map(|(key, size, tag)| Listed {
        place: place.name(&key),
        path: key.strip_prefix(&place.key).unwrap_or(&key).to_owned(),
        stamp: tag.map(|tag| format!("{tag};{size}")),
        bytes: Some(size),
        seconds: None,
    });
    Ok(listed.collect())
}

struct Bucket<'a> {
    store: AmazonS3,
    place: &'a S3Place,
}

impl<'a> Bucket<'a> {
    fn open(place: &'a S3Place, limits: &Limits, settings: &Settings) -> Result<Self, SourceError> {
        let failed = |reason: String| SourceError::S3 { name: place.name(&place.key), reason };
        // Whether plain HTTP may be spoken is for the outbound policy to say. The crate waits between tries by itself.
        let retry = RetryConfig {
            max_retries: limits.tries.saturating_sub(1) as usize,
            retry_timeout: Duration::from_mins(3),
            ..RetryConfig::default()
        };
        let builder = AmazonS3Builder::from_env()
            .with_bucket_name(&place.bucket)
            .with_allow_http(true)
            .with_retry(retry)
            .with_http_connector(Outbound { client: settings.client.clone() });
        let has = |key| builder.get_config_value(&key).is_some_and(|value| !value.is_empty() && value != "false");
        if ![
            AmazonS3ConfigKey::AccessKeyId,
            AmazonS3ConfigKey::SkipSignature,
            AmazonS3ConfigKey::WebIdentityTokenFile,
            AmazonS3ConfigKey::ContainerCredentialsRelativeUri,
            AmazonS3ConfigKey::ContainerCredentialsFullUri,
        ]
        .into_iter()
        .any(has)
        {
            return Err(failed(
                "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true for a public bucket"
                    .to_owned(),
            ));
        }
        let store = builder.build().map_err(|error| failed(error.to_string()))?;
        Ok(Self { store, place })
    }

    /// The keys below the prefix, in order, each with its size, bytes, and what changes with its content.
    async fn list(&self, limits: &Limits) -> Result<Vec<(String, u64, Option<String>)>, SourceError> {
        let prefix = self.path(&self.place.key)?;
        let mut found = self.store.list(Some(&prefix));
        let mut keys = Vec::new();
        while let Some(object) = found.next().await {
            let object = object.map_err(|error| self.failed(&self.place.key, &error))?;
            // Consoles make "folders" as empty objects.
            if object.size == 0 {
                continue;
            }
            keys.push((object.location.to_string(), object.size, object.e_tag));
            if keys.len() > limits.objects {
                return Err(SourceError::TooManyObjects {
                    name: self.place.name(&self.place.key),
                    limit: limits.objects,
                });
            }
        }
        keys.sort_unstable();
        if keys.is_empty() {
            let reason = "there are no objects below this prefix".to_owned();
            return Err(SourceError::S3 { name: self.place.name(&self.place.key), reason });
        }
        Ok(keys)
    }

    async fn get(
        &self,
        key: &str,
        range: Option<std::ops::Range<u64>>,
        limit: u64,
    ) -> Result<SourceBytes, SourceError> {
        let name = self.place.name(key);
        let too_large = || SourceError::TooLarge { name: name.clone(), limit };
        if range.as_ref().is_some_and(|range| range.end - range.start > limit) {
            return Err(too_large());
        }
        let options = GetOptions { range: range.map(Into::into), ..GetOptions::default() };
        let failed = |error| self.failed(key, &error);
        let object = self.store.get_opts(&self.path(key)?, options).await.map_err(failed)?;
        if object.range.end - object.range.start > limit {
            return Err(too_large());
        }
        let bytes = object.bytes().await.map_err(failed)?;
        if bytes.len() as u64 > limit {
            return Err(too_large());
        }
        Ok(SourceBytes { name, bytes })
    }

    fn path(&self, key: &str) -> Result<Path, SourceError> {
        Path::parse(key).map_err(|error| SourceError::S3 { name: self.place.name(key), reason: error.to_string() })
    }

    fn failed(&self, key: &str, error: &object_store::Error) -> SourceError {
        let name = self.place.name(key);
        let reason = match error {
            object_store::Error::NotFound { .. } => "no such object; a prefix has to end with `/`".to_owned(),
            object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                "the credentials (AWS_ACCESS_KEY_ID, …) may not read it".to_owned()
            }
            error => outbound(error).unwrap_or_else(|| told(error)),
        };
        SourceError::S3 { name, reason }
    }
}

impl S3Place {
    pub(super) fn is_prefix(&self) -> bool {
        self.key.is_empty() || self.key.ends_with('/')
    }

    fn name(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.bucket)
    }
}

/// What the way out said, however deep it lies.
fn outbound(error: &object_store::Error) -> Option<String> {
    let mut error: &dyn std::error::Error = error;
    loop {
        if let Some(found) = error.downcast_ref::<OutboundError>() {
            return Some(found.to_string());
        }
        error = error.source()?;
    }
}

/// The innermost error: the outer ones repeat it.
fn told(error: &object_store::Error) -> String {
    let mut error: &dyn std::error::Error = error;
    while let Some(inner) = error.source() {
        error = inner;
    }
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The way out, as `object_store` wants it.
#[derive(Debug, Clone)]
struct Outbound {
    client: Client,
}

impl HttpConnector for Outbound {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

/// Written out because the trait is declared through a macro for asynchronous functions in traits.
type Called<'a> = std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'a>>;

impl HttpService for Outbound {
    fn call<'life, 'async_trait>(&'life self, request: HttpRequest) -> Called<'async_trait>
    where
        'life: 'async_trait,
        Self: 'async_trait,
    {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = body.as_bytes().cloned().unwrap_or_default();
            let request = self.client.request(head.method, &head.uri.to_string()).headers(head.headers).body(body);
            // What is stored compressed stays so: lengths and ranges are those of the object as stored.
            let response = request.keep_encoding().send().await.map_err(failed)?;
            let mut answer = HttpResponse::new(bytes::Bytes::new().into());
            *answer.status_mut() = http::StatusCode::from_u16(response.status())
                .map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
            *answer.headers_mut() = response.headers().clone();
            *answer.body_mut() = response.bytes().await.map_err(failed)?.into();
            Ok(answer)
        })
    }
}

fn failed(error: OutboundError) -> HttpError {
    let kind = if error.is_transient() { HttpErrorKind::Connect } else { HttpErrorKind::Unknown };
    HttpError::new(kind, error)
}
