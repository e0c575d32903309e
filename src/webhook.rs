//! Tells others that a render has ended, by [Standard Webhooks](https://www.standardwebhooks.com/).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// How secrets begin.
const PREFIX: &str = "whsec_";

/// Whether a text is a secret to sign with: the prefix and 24 to 64 bytes in base64.
pub fn is_secret(text: &str) -> bool {
    let bytes = text.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
    bytes.is_some_and(|bytes| (24..=64).contains(&bytes.len()))
}
