//! How typed values stand in columns: identifiers and hashes as fixed bytes, roles and units as text.
//!
//! A row struct keeps the typed value and names the column type in an attribute:
//!
//! ```ignore
//! #[diesel(deserialize_as = Fixed<16>, serialize_as = Fixed<16>)]
//! pub id: MemberId,
//! #[diesel(deserialize_as = Word<Role>, serialize_as = Word<Role>)]
//! pub role: Role,
//! ```
//!
//! A stored value that does not read back is an error of the row, never a default.

use std::fmt;
use std::str::FromStr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Binary, Text};
use sync_protocol::id::{AppointmentId, DeviceId, MemberId, RecordId, UnitCode};
use sync_protocol::role::Role;

use crate::accounts::unit::Level;

/// Exactly `N` bytes in a Binary column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, FromSqlRow, AsExpression)]
#[diesel(sql_type = Binary)]
pub struct Fixed<const N: usize>(pub [u8; N]);

impl<DB: Backend, const N: usize> FromSql<Binary, DB> for Fixed<N>
where
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = Vec::<u8>::from_sql(bytes)?;
        let length = bytes.len();
        let bytes = bytes
            .try_into()
            .map_err(|_| format!("{length} bytes stored where {N} belong"))?;
        Ok(Self(bytes))
    }
}

impl<DB: Backend, const N: usize> ToSql<Binary, DB> for Fixed<N>
where
    [u8]: ToSql<Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <[u8] as ToSql<Binary, DB>>::to_sql(&self.0, out)
    }
}

macro_rules! fixed_id {
    ($($id:ident),*) => {$(
        impl From<Fixed<16>> for $id {
            fn from(bytes: Fixed<16>) -> Self {
                $id(bytes.0)
            }
        }

        impl From<$id> for Fixed<16> {
            fn from(id: $id) -> Self {
                Fixed(id.0)
            }
        }
    )*};
}

fixed_id!(DeviceId, RecordId, MemberId, AppointmentId);

impl<const N: usize> From<Fixed<N>> for [u8; N] {
    fn from(bytes: Fixed<N>) -> Self {
        bytes.0
    }
}

impl<const N: usize> From<[u8; N]> for Fixed<N> {
    fn from(bytes: [u8; N]) -> Self {
        Fixed(bytes)
    }
}

/// A value of a closed vocabulary in a Text column.
#[derive(Debug, Clone, PartialEq, Eq, FromSqlRow, AsExpression)]
#[diesel(sql_type = Text)]
pub struct Word<T: fmt::Debug>(pub T);

impl<DB: Backend, T> FromSql<Text, DB> for Word<T>
where
    String: FromSql<Text, DB>,
    T: FromStr + fmt::Debug,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(String::from_sql(bytes)?.parse()?))
    }
}

impl<DB: Backend, T> ToSql<Text, DB> for Word<T>
where
    str: ToSql<Text, DB>,
    T: Vocabulary + fmt::Debug,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        <str as ToSql<Text, DB>>::to_sql(self.0.word(), out)
    }
}

/// A value that is stored as the text that names it.
pub trait Vocabulary {
    /// The text, which `FromStr` reads back.
    fn word(&self) -> &str;
}

impl Vocabulary for Role {
    fn word(&self) -> &str {
        self.code()
    }
}

impl Vocabulary for UnitCode {
    fn word(&self) -> &str {
        self.as_str()
    }
}

impl Vocabulary for Level {
    fn word(&self) -> &str {
        self.code()
    }
}

macro_rules! word {
    ($($name:ident),*) => {$(
        impl From<Word<$name>> for $name {
            fn from(word: Word<$name>) -> Self {
                word.0
            }
        }

        impl From<$name> for Word<$name> {
            fn from(value: $name) -> Self {
                Word(value)
            }
        }
    )*};
}

word!(Role, UnitCode, Level);
