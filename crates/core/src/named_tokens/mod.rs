//! Named tokens: access tokens and invitations to which the user who created them gave a name. Only the Onezone
//! dialect uses names.

pub mod edit;
pub mod examine;
pub mod new;

pub use trivium_storage::named_tokens::TokenId;
use trivium_storage::named_tokens::{self as stored, Named};

use crate::types::{DateTime, GroupRef, UserRef};
use crate::{Actor, Error, ErrorDetail, Result, Session, codes};

/// The maximum length of the object that a client stores beside a token, in bytes of JSON.
pub const MAX_CUSTOM: usize = 16 * 1024;

/// A token, without its secret.
#[derive(Clone, Debug)]
pub struct TokenView {
    /// The ID.
    pub id: TokenId,
    /// The user who created it.
    pub subject: UserRef,
    /// What it is.
    pub kind: TokenKind,
    /// When it expires.
    pub expires: Option<DateTime>,
}

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// It authenticates its user.
    Access,
    /// It is an invitation to this group.
    Invitation(GroupRef),
}

/// A token with its name, as the user who created it sees it.
#[derive(Clone, Debug)]
pub struct NamedToken {
    /// The token.
    pub token: TokenView,
    /// The name.
    pub name: String,
    /// When it was created.
    pub created: DateTime,
    /// Whether it was revoked.
    pub is_revoked: bool,
    /// Of an invitation: how often it can be used, and how often it was.
    pub usage: Option<(Option<i64>, i64)>,
    /// The object that the client stored beside it, in JSON.
    pub custom: String,
    named: Named,
}

impl NamedToken {
    fn of((row, named): (stored::NamedToken, Named)) -> Self {
        let (token, created, revoked, usage) = match &named {
            Named::Access(it) => (
                TokenView {
                    id: TokenId::Access(it.id),
                    subject: UserRef(it.user_id),
                    kind: TokenKind::Access,
                    expires: expiry(it.created_at, it.expires_at),
                },
                it.created_at,
                it.revoked_at,
                None,
            ),
            Named::Invitation(it) => (
                TokenView {
                    id: TokenId::Invitation(it.id),
                    subject: UserRef(row.user_id),
                    kind: TokenKind::Invitation(GroupRef(it.group_id)),
                    expires: it.expires_at.map(DateTime),
                },
                it.created_at,
                it.revoked_at,
                Some((it.usage_limit, it.uses)),
            ),
        };
        Self {
            token,
            name: row.name,
            created: DateTime(created),
            is_revoked: revoked.is_some(),
            usage,
            custom: row.custom,
            named,
        }
    }

    /// Checks that the caller created the token.
    ///
    /// # Errors
    /// `user_access_denied`.
    pub fn check_subject(&self, actor: &Actor) -> Result<()> {
        match self.token.subject.0 == actor.id {
            true => Ok(()),
            false => Err(codes::USER_ACCESS_DENIED.into()),
        }
    }
}

/// The expiry of an access token, unless its user chose none.
const fn expiry(created: i64, expires: i64) -> Option<DateTime> {
    match expires - created < new::MAX_LIFETIME {
        true => Some(DateTime(expires)),
        false => None,
    }
}

/// Lists the caller's tokens that have a name.
///
/// # Errors
/// A failure of the store.
pub fn list(session: &mut Session<'_>, actor: &Actor) -> Result<Vec<TokenId>> {
    Ok(stored::list(session.connection, actor.id)?)
}

/// The named token of this ID, of any user.
///
/// # Errors
/// `user_token_not_found`.
pub fn find(session: &mut Session<'_>, id: TokenId) -> Result<NamedToken> {
    let found = stored::find(session.connection, id)?;
    found
        .map(NamedToken::of)
        .ok_or_else(|| codes::TOKEN_NOT_FOUND.into())
}

/// The caller's token of this name.
///
/// # Errors
/// `user_token_not_found`.
pub fn find_by_name(session: &mut Session<'_>, actor: &Actor, name: &str) -> Result<NamedToken> {
    let found = stored::find_by_name(session.connection, actor.id, name)?;
    found
        .map(NamedToken::of)
        .ok_or_else(|| codes::TOKEN_NOT_FOUND.into())
}

/// Maps a violation of the unique index: a user cannot have two tokens of the same name.
fn name_taken(error: trivium_storage::Error) -> Error {
    match error.is_unique_violation() {
        true => ErrorDetail::NameTaken.of(codes::VALIDATION_INVALID_VALUE),
        false => error.into(),
    }
}
