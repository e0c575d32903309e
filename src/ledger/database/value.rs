//! Values on their way into a statement, and rows on their way out, for both databases.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};

use crate::ledger::LedgerError;

/// A value for one of a statement's places.
#[derive(Debug, Clone)]
pub(in crate::ledger) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bool(bool),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Int(Some(i64::from(value)))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<String> for Value {
    /// PostgreSQL's text cannot hold a NUL, and the same text has to mean the same in both databases.
    fn from(value: String) -> Self {
        Self::Text(Some(if value.contains('\0') { value.replace('\0', "\u{fffd}") } else { value }))
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        value.to_owned().into()
    }
}

impl From<Option<String>> for Value {
    fn from(value: Option<String>) -> Self {
        value.map_or(Self::Text(None), Self::from)
    }
}

impl From<&serde_json::Value> for Value {
    fn from(value: &serde_json::Value) -> Self {
        value.to_string().into()
    }
}

impl From<Option<&serde_json::Value>> for Value {
    fn from(value: Option<&serde_json::Value>) -> Self {
        value.map(ToString::to_string).into()
    }
}

/// What both databases can give back: `i64`, `bool`, `String`, and options of them.
pub(in crate::ledger) trait Readable:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl<T> Readable for T where T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{}

/// One row of an answer.
pub(in crate::ledger) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(in crate::ledger) fn get<T: Readable>(&self, column: &'static str) -> Result<T, LedgerError> {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
        .map_err(|error| LedgerError::Corrupt { column, why: error.to_string() })
    }

    /// A text that is written in a form of its own: a name, an id.
    pub(in crate::ledger) fn parsed<T>(&self, column: &'static str) -> Result<T, LedgerError>
    where
        T: std::str::FromStr,
        T::Err: std::fmt::Display,
    {
        let text: String = self.get(column)?;
        text.parse().map_err(|error: T::Err| LedgerError::Corrupt { column, why: error.to_string() })
    }

    pub(in crate::ledger) fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<T, LedgerError> {
        let text: String = self.get(column)?;
        read_json(column, &text)
    }

    pub(in crate::ledger) fn json_or_none<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, LedgerError> {
        let text: Option<String> = self.get(column)?;
        text.map(|text| read_json(column, &text)).transpose()
    }

    /// A count, or another number that is never below zero and small.
    pub(in crate::ledger) fn number(&self, column: &'static str) -> Result<u32, LedgerError> {
        let number: i64 = self.get(column)?;
        u32::try_from(number).map_err(|error| LedgerError::Corrupt { column, why: error.to_string() })
    }
}

fn read_json<T: serde::de::DeserializeOwned>(column: &'static str, text: &str) -> Result<T, LedgerError> {
    serde_json::from_str(text).map_err(|error| LedgerError::Corrupt { column, why: error.to_string() })
}

/// JSON text of what this program writes itself.
pub(in crate::ledger) fn json_text<T: serde::Serialize>(column: &'static str, value: &T) -> Result<Value, LedgerError> {
    serde_json::to_string(value)
        .map(Value::from)
        .map_err(|error| LedgerError::Corrupt { column, why: error.to_string() })
}

/// The values of a statement, in the order of its places.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::ledger::database::Value::from($value)),*] };
}
pub(in crate::ledger) use values;
