//! What signs messages.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How secrets begin.
const PREFIX: &str = "whsec_";

/// A secret that receivers know too. Its `Debug` tells nothing; [`Secret::reveal`] does.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// What is no secret. The text is not repeated: most of it may be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be whsec_ and 24 to 64 bytes in base64")]
pub struct NotASecret;

impl Secret {
    pub(super) const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// As receivers are given it.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// `v1,…` over these parts, as the header `webhook-signature` holds it.
    pub fn sign(&self, id: &str, timestamp_s: i64, body: &str) -> Option<String> {
        // HMAC takes keys of any length; the type cannot say so.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body.as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

impl FromStr for Secret {
    type Err = NotASecret;

    fn from_str(text: &str) -> Result<Self, NotASecret> {
        let bytes = text.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        bytes.filter(|bytes| (24..=64).contains(&bytes.len())).map(Self).ok_or(NotASecret)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Whether a text is a secret to sign with: the prefix and 24 to 64 bytes in base64.
pub fn is_secret(text: &str) -> bool {
    text.parse::<Secret>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_specifications_example() {
        let secret: Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#).unwrap();
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_has_24_to_64_bytes_and_comes_back_as_it_was_written() {
        for length in [24, 32, 64] {
            let text = format!("whsec_{}", STANDARD.encode(vec![7; length]));
            assert_eq!(text.parse::<Secret>().unwrap().reveal(), text);
        }
        let bare = STANDARD.encode([7; 32]);
        let [short, long] = [23, 65].map(|length| format!("whsec_{}", STANDARD.encode(vec![7; length])));
        for wrong in ["", "whsec_", "whsec_%%%", &bare, &short, &long] {
            assert!(!is_secret(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_secret_does_not_show_in_messages() {
        let text = format!("whsec_{}", STANDARD.encode([7; 32]));
        assert_eq!(format!("{:?}", text.parse::<Secret>().unwrap()), "Secret");
        let wrong = "whsec_hunter2".parse::<Secret>().unwrap_err();
        assert!(!wrong.to_string().contains("hunter2"));
    }
}
