//! Names of things: devices, records, members, appointments, units and fields.
//!
//! Every identifier but the unit's is a UUID (RFC 9562), written in its canonical lower-case hyphenated
//! form and in no other, so that equal identifiers are equal bytes in every language.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};
use uuid::Uuid;

/// Why a text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not a UUID in lower-case hyphenated form.
    #[error("an identifier is a lower-case hyphenated UUID")]
    NotCanonical,
    /// Not twelve ASCII digits.
    #[error("a unit is named by its 12-digit division code")]
    NotUnitCode,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 16]);

        impl $name {
            /// The sixteen bytes, in network order.
            pub fn bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(*uuid.as_bytes())
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                Uuid::from_bytes(id.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                Uuid::from_bytes(self.0).as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_uuid(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    let mut buffer = Uuid::encode_buffer();
                    serializer.serialize_str(Uuid::from_bytes(self.0).as_hyphenated().encode_lower(&mut buffer))
                } else {
                    self.0.serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                    parse_uuid(&text).map(Self).map_err(de::Error::custom)
                } else {
                    <[u8; 16]>::deserialize(deserializer).map(Self)
                }
            }
        }
    };
}

uuid_id!(
    /// One installation of a client; it never survives a restore of the phone.
    DeviceId
);
uuid_id!(
    /// A document of some kind, merged from its operations. Made on the phone (UUIDv7 by convention).
    RecordId
);
uuid_id!(
    /// A person with a login.
    MemberId
);
uuid_id!(
    /// A role of a member in a unit, with a start and an end.
    AppointmentId
);

fn parse_uuid(text: &str) -> Result<[u8; 16], IdError> {
    let bytes = text.as_bytes();
    if bytes.len() != 36 || bytes.iter().any(u8::is_ascii_uppercase) {
        return Err(IdError::NotCanonical);
    }
    let uuid = Uuid::try_parse(text).map_err(|_| IdError::NotCanonical)?;
    Ok(*uuid.as_bytes())
}

/// The dense number of an operation in its device's feed, from 1.
pub type Seq = u64;

/// A place in a unit's log, dense from 1.
pub type Pos = u64;

/// A node of the grid, named by its 12-digit division code (GB/T 2260 and its extension to villages).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct UnitCode(String);

impl UnitCode {
    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UnitCode {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdError::NotUnitCode)
        }
    }
}

impl fmt::Display for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for UnitCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_an_identifier() {
        let good = "01970000-0000-7000-8000-000000000001";
        assert_eq!(good.parse::<RecordId>().map(|r| r.to_string()).as_deref(), Ok(good));
        for bad in [
            "",
            "01970000000070008000000000000001",
            "01970000-0000-7000-8000-00000000000A",
            "{01970000-0000-7000-8000-000000000001}",
        ] {
            assert_eq!(bad.parse::<RecordId>(), Err(IdError::NotCanonical), "{bad}");
        }
        assert_eq!("35011100102".parse::<UnitCode>(), Err(IdError::NotUnitCode));
        assert_eq!("35011100102６".parse::<UnitCode>(), Err(IdError::NotUnitCode));
    }
}
