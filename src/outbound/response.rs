//! What comes back: counted and timed while it streams.

use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::decode::{DecodeError, Decoder};
use super::error::{OutboundError, cause, shown};

/// How long things may take.
pub(super) struct Pace {
    pub(super) deadline: Instant,
    pub(super) total: Duration,
    pub(super) idle: Duration,
}

impl Pace {
    /// By when the next thing has to come.
    pub(super) fn next(&self) -> Instant {
        self.deadline.min(Instant::now() + self.idle)
    }

    /// Which limit it was.
    pub(super) fn exceeded(&self, url: String) -> OutboundError {
        if Instant::now() >= self.deadline {
            OutboundError::TooLong { url, limit_s: self.total.as_secs_f64() }
        } else {
            OutboundError::Idle { url, limit_s: self.idle.as_secs_f64() }
        }
    }
}

/// A response: its head has come, its body streams.
pub struct Response {
    inner: reqwest::Response,
    url: Url,
    decoder: Decoder,
    max_bytes: u64,
    received: u64,
    ended: bool,
    pace: Pace,
    /// Until the body has come, the request is under way.
    _permit: OwnedSemaphorePermit,
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("url", &shown(&self.url))
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

impl Response {
    pub(super) fn new(
        response: reqwest::Response,
        url: Url,
        decoder: Decoder,
        max_bytes: u64,
        pace: Pace,
        permit: OwnedSemaphorePermit,
    ) -> Result<Self, OutboundError> {
        if response.content_length().is_some_and(|length| length > max_bytes) {
            return Err(OutboundError::TooLarge { url: shown(&url), limit: max_bytes, unpacked: false });
        }
        Ok(Self { inner: response, url, decoder, max_bytes, received: 0, ended: false, pace, _permit: permit })
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.inner.status().as_u16()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.inner.headers()
    }

    /// A header, if it is there and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inner.headers().get(name).and_then(|value| value.to_str().ok())
    }

    /// Where it came from in the end.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The response if its status is 2xx.
    ///
    /// # Errors
    /// [`OutboundError::Status`].
    pub fn successful(self) -> Result<Self, OutboundError> {
        if self.inner.status().is_success() {
            Ok(self)
        } else {
            Err(OutboundError::Status { url: shown(&self.url), status: self.status() })
        }
    }

    /// The next piece of the body, unpacked; nothing at its end.
    ///
    /// # Errors
    /// The limits, and a body that breaks off or is not what it says.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, OutboundError> {
        while !self.ended {
            let next = timeout_at(self.pace.next(), self.inner.chunk()).await;
            let piece = match next {
                Err(_) => return Err(self.pace.exceeded(shown(&self.url))),
                Ok(Err(error)) => return Err(self.broken(cause(&error))),
                Ok(Ok(piece)) => piece,
            };
            let unpacked = if let Some(piece) = piece {
                self.received += piece.len() as u64;
                if self.received > self.max_bytes {
                    return Err(self.too_large(false));
                }
                self.decoder.push(piece)
            } else {
                self.ended = true;
                self.decoder.finish()
            };
            match unpacked {
                Ok(unpacked) if unpacked.is_empty() => {}
                Ok(unpacked) => return Ok(Some(unpacked)),
                Err(DecodeError::TooLarge) => return Err(self.too_large(true)),
                Err(DecodeError::Corrupt(reason)) => return Err(self.broken(reason)),
            }
        }
        Ok(None)
    }

    /// The whole body, unpacked.
    ///
    /// # Errors
    /// As [`Self::chunk`].
    pub async fn bytes(mut self) -> Result<Bytes, OutboundError> {
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.chunk().await? else { return Ok(first) };
        let mut whole = [first, second].concat();
        while let Some(piece) = self.chunk().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.into())
    }

    fn too_large(&self, unpacked: bool) -> OutboundError {
        OutboundError::TooLarge { url: shown(&self.url), limit: self.max_bytes, unpacked }
    }

    fn broken(&self, reason: String) -> OutboundError {
        OutboundError::Broken { url: shown(&self.url), received: self.received, reason }
    }
}
