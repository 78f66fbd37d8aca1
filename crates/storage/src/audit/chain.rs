//! The chain of a group's audit entries: each holds a hash over its fields and the hash of the entry before.
//!
//! The hash is the SHA-256 of `trivium-audit-1`, followed by these fields in this order: the number of the group, the
//! number of the entry, its time in seconds since 1970, the actor, the action, the subject, the reason, the front-end,
//! the ID of the user, the ID of the actor, the standing, the ID of the invitation, the end of the standing, and the
//! hash of the entry before, which the first entry does not have.
//!
//! A field that is absent is a zero byte. Another is the byte 1, the length of its value as 8 bytes, the highest
//! first, and its value: a number is written in decimal digits, a text in UTF-8, and the hash as its 32 bytes. So no
//! two entries have the same bytes. In Python:
//!
//! ```python
//! def field(value):
//!     if value is None:
//!         return b"\0"
//!     data = value if isinstance(value, bytes) else str(value).encode()
//!     return b"\1" + len(data).to_bytes(8, "big") + data
//!
//! def entry_hash(*fields):
//!     return hashlib.sha256(b"trivium-audit-1" + b"".join(map(field, fields))).digest()
//! ```

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::{Entry, NewEntry};
use crate::schema::groups;

/// The tag of this format. Another format has another tag.
const TAG: &[u8] = b"trivium-audit-1";

/// The end of a group's chain, which the row of the group holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = groups)]
pub struct Head {
    /// The number of the last entry; 0 without one.
    #[diesel(column_name = audit_number)]
    pub number: i64,
    /// The hash of the last entry.
    #[diesel(column_name = audit_hash)]
    pub hash: Option<Vec<u8>>,
}

impl Head {
    /// The head after another entry.
    pub(crate) fn next(&self, group: i64, entry: &NewEntry<'_>) -> Self {
        let number = self.number + 1;
        let hash = hash(group, number, entry, self.hash.as_deref());
        Self {
            number,
            hash: Some(hash.to_vec()),
        }
    }
}

/// The hash of an entry of a group, after the entry with the hash `previous`.
pub fn hash(group: i64, number: i64, entry: &NewEntry<'_>, previous: Option<&[u8]>) -> [u8; 32] {
    let mut hasher = Sha256::new_with_prefix(TAG);
    let mut field = |value: Option<&[u8]>| match value {
        None => hasher.update([0]),
        Some(value) => {
            hasher.update([1]);
            hasher.update((value.len() as u64).to_be_bytes());
            hasher.update(value);
        }
    };
    let digits = |number: Option<i64>| number.map(|number| number.to_string());
    let numbers = [Some(group), Some(number), Some(entry.at)];
    for number in numbers {
        field(digits(number).as_deref().map(str::as_bytes));
    }
    let texts = [
        Some(entry.actor),
        Some(entry.action),
        entry.subject,
        entry.reason,
        Some(entry.via),
    ];
    for text in texts {
        field(text.map(str::as_bytes));
    }
    field(digits(entry.user_id).as_deref().map(str::as_bytes));
    field(digits(entry.actor_id).as_deref().map(str::as_bytes));
    field(entry.standing.map(|standing| standing.as_str().as_bytes()));
    field(digits(entry.invitation_id).as_deref().map(str::as_bytes));
    field(digits(entry.ends_at).as_deref().map(str::as_bytes));
    field(previous);
    hasher.finalize().into()
}

impl Entry {
    /// What the hash of the entry is computed from, besides its place in the chain.
    pub(crate) fn fields(&self) -> NewEntry<'_> {
        NewEntry {
            at: self.at,
            group_id: None,
            actor: &self.actor,
            action: &self.action,
            subject: self.subject.as_deref(),
            reason: self.reason.as_deref(),
            via: &self.via,
            user_id: self.user_id,
            actor_id: self.actor_id,
            standing: self.standing,
            invitation_id: self.invitation_id,
            ends_at: self.ends_at,
        }
    }
}
