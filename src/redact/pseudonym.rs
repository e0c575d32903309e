//! Stand-ins that are the same for the same value.

use std::fmt;

/// The secret that pseudonyms are made with: who has not got it cannot try out which value a pseudonym stands for.
#[derive(Clone)]
pub struct PseudonymKey([u8; 32]);

impl PseudonymKey {
    /// From any secret text.
    pub fn new(secret: &[u8]) -> Self {
        Self(blake3::derive_key("replayreel 2026 pseudonyms of redacted values", secret))
    }

    /// The key itself.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Says nothing of the key.
impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey")
    }
}
