//! What things are called.
//!
//! Every name is a UUID of version 7, whose first bits are the time, so that names sort as they were made; its prefix says what it names.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// A text that is not the name of such a thing. The text is not repeated: it may be a stranger's, and of any length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a name of this kind: {prefix} and 32 digits of 0 to 9 and a to f are expected")]
pub struct NotAnId {
    /// How names of that kind begin.
    pub prefix: &'static str,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A name that nothing has yet.
            // Of the ledger's times this alone is the process's: it orders names, and decides nothing.
            #[expect(clippy::new_without_default, reason = "two new names are never equal")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            /// Reads exactly what is shown: one thing has one name, wherever names are compared as texts.
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.strip_prefix($prefix)
                    .filter(|hex| hex.len() == 32 && hex.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')))
                    .and_then(|hex| Uuid::try_parse(hex).ok())
                    .filter(|id| id.get_version_num() == 7)
                    .map(Self)
                    .ok_or(NotAnId { prefix: $prefix })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl From<$name> for super::database::Value {
            fn from(id: $name) -> Self {
                id.to_string().into()
            }
        }
    };
}

id!(
    /// The name of a job: `rnd_` and 32 hexadecimal digits.
    JobId,
    "rnd_"
);
id!(
    /// The name of a message to a webhook: `msg_` and 32 hexadecimal digits.
    DeliveryId,
    "msg_"
);
id!(
    /// The name of an API key: `key_` and 32 hexadecimal digits.
    KeyId,
    "key_"
);
id!(
    /// The name of a share: `shr_` and 32 hexadecimal digits.
    ShareId,
    "shr_"
);
id!(
    /// The name of an erasure: `ers_` and 32 hexadecimal digits.
    ErasureId,
    "ers_"
);

/// The name of a session that a recorder sends: `ses_` and 32 hexadecimal digits. The recorder makes it, of 128 random bits: who knows it may add to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(String);

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SessionId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let digits = text.strip_prefix("ses_").filter(|digits| digits.len() == 32);
        digits
            .filter(|digits| digits.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f')))
            .map(|_| Self(text.to_owned()))
            .ok_or(NotAnId { prefix: "ses_" })
    }
}

impl From<&SessionId> for super::database::Value {
    fn from(id: &SessionId) -> Self {
        id.0.as_str().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_shown() {
        let id = JobId::new();
        assert_eq!(id.to_string().len(), "rnd_".len() + 32);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(serde_json::from_str::<JobId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
    }

    #[test]
    fn names_sort_as_they_were_made_also_as_texts() {
        let ids: Vec<JobId> = (0..1000).map(|_| JobId::new()).collect();
        assert!(ids.is_sorted());
        assert!(ids.iter().map(ToString::to_string).collect::<Vec<_>>().is_sorted());
    }

    #[test]
    fn all_else_is_no_name() {
        let hex = "018f4a3e7c2b7d10a1b2c3d4e5f60718";
        assert!(format!("rnd_{hex}").parse::<JobId>().is_ok());
        for text in [
            String::new(),
            "rnd_".to_owned(),
            hex.to_owned(),
            format!("msg_{hex}"),
            format!("rnd_{}", hex.to_uppercase()),
            format!("rnd_{hex} "),
            format!("rnd_{hex}0"),
            format!("rnd_{}", &hex[1..]),
            format!("rnd_{}", uuid::Uuid::parse_str(hex).unwrap()),
            format!("rnd_{}", hex.replacen('7', "4", 2)),
            "rnd_".to_owned() + &"é".repeat(16),
            "rnd_../../../../../../etc/passwd.....".to_owned(),
        ] {
            assert_eq!(text.parse::<JobId>(), Err(NotAnId { prefix: "rnd_" }), "{text}");
        }
    }
}
