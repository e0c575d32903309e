//! Random numbers that all servers on one database share: what one has signed, another can check.

use super::database::values;
use super::{Ledger, LedgerError};
use crate::destination::hexadecimal;

impl Ledger {
    /// The secret of this name: made when it is first asked for, and the same for everybody ever after.
    pub async fn secret(&self, name: &str) -> Result<[u8; 32], LedgerError> {
        if let Some(known) = self.known_secret(name).await? {
            return Ok(known);
        }
        let mut fresh = [0; 32];
        getrandom::fill(&mut fresh).map_err(LedgerError::Random)?;
        // Of several that make it at once one is first, and the others take what it made.
        self.database
            .write(
                "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                values![name, hexadecimal(&fresh)],
            )
            .await?;
        self.known_secret(name)
            .await?
            .ok_or(LedgerError::Corrupt { column: "value", why: "a secret that was just written is gone".to_owned() })
    }

    async fn known_secret(&self, name: &str) -> Result<Option<[u8; 32]>, LedgerError> {
        let rows = self.database.read("SELECT value FROM secrets WHERE name = $1", values![name]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let text: String = row.get("value")?;
        let bytes = from_hex(&text);
        // The value is not repeated: it is a secret even if it is broken.
        bytes
            .map(Some)
            .ok_or(LedgerError::Corrupt { column: "value", why: "64 hexadecimal digits expected".to_owned() })
    }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let bytes: Vec<u8> = digits?.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    if text.len() == 64 { bytes.try_into().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sixty_four_digits_are_a_secret() {
        let bytes: [u8; 32] = std::array::from_fn(|n| n as u8 * 7);
        assert_eq!(from_hex(&hexadecimal(&bytes)), Some(bytes));
        for text in [String::new(), "0".repeat(63), "0".repeat(65), "x".repeat(64), "é".repeat(32)] {
            assert_eq!(from_hex(&text), None, "{text}");
        }
    }
}
