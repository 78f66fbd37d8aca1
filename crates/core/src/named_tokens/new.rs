//! Names for new tokens.

use trivium_storage::named_tokens::{self, NamedToken, TokenId};

use crate::accounts::login::create_token;
use crate::named_tokens::name_taken;
use crate::session::Record;
use crate::types::InvitationRef;
use crate::{Actor, Result, Session};

/// The lifetime of an access token for which its user chose none, and the longest that can be chosen, in seconds:
/// ten years.
pub const MAX_LIFETIME: i64 = 315_360_000;

/// The name of a new token, and the object that the client stores beside it, in JSON.
#[derive(Clone, Copy, Debug)]
pub struct TokenName<'a> {
    /// The name.
    pub name: &'a str,
    /// The object.
    pub custom: &'a str,
}

impl TokenName<'_> {
    fn give(self, session: &mut Session<'_>, actor: &Actor, id: TokenId) -> Result<()> {
        let named = NamedToken::new(id, actor.id, self.name.to_owned(), self.custom.to_owned());
        named_tokens::insert(session.connection, &named).map_err(name_taken)
    }

    /// Names an invitation that the caller created in this call.
    ///
    /// # Errors
    /// `validation_invalid_value` with [`NameTaken`](crate::ErrorDetail::NameTaken).
    pub fn give_to_invitation(
        self,
        session: &mut Session<'_>,
        actor: &Actor,
        invitation: InvitationRef,
    ) -> Result<()> {
        self.give(session, actor, TokenId::Invitation(invitation.0))
    }

    /// Creates an access token of the caller, with this lifetime in seconds. Returns its ID and the token.
    ///
    /// # Errors
    /// `quota_exceeded`; `validation_invalid_value` with [`NameTaken`](crate::ErrorDetail::NameTaken).
    pub fn give_to_new_access_token(
        self,
        session: &mut Session<'_>,
        actor: &Actor,
        lifetime: Option<i64>,
    ) -> Result<(TokenId, String)> {
        session.may_have_token(actor.id)?;
        let lifetime = lifetime.unwrap_or(MAX_LIFETIME);
        let (id, token) = create_token(session, actor.id, None, lifetime)?;
        let id = TokenId::Access(id);
        self.give(session, actor, id)?;
        session.record(
            actor,
            Record {
                action: Some("newToken"),
                subject: Some(self.name),
                ..Record::default()
            },
        )?;
        Ok((id, token))
    }
}
