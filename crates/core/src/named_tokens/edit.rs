//! Changes a named token, and revokes it or lifts its revocation.

use trivium_storage::named_tokens::{self as stored, NameChange, Named, TokenId};
use trivium_storage::{invitations, tokens};

use crate::named_tokens::{NamedToken, TokenKind, find, name_taken};
use crate::session::Record;
use crate::{Actor, Declaration, Exclusive, Operation, Result, Session, codes};

/// Changes a named token. `None` leaves a part as it is.
#[derive(Clone, Debug)]
pub struct EditNamedToken {
    /// The ID.
    pub id: TokenId,
    /// The new name.
    pub name: Option<String>,
    /// The new object that the client stores beside it, in JSON.
    pub custom: Option<String>,
    /// Whether it is revoked.
    pub is_revoked: Option<bool>,
}

impl Operation for EditNamedToken {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "editToken",
        &[codes::TOKEN_NOT_FOUND, codes::USER_ACCESS_DENIED],
    );
    /// It locks the row of the user before that of a token.
    type Caller = Exclusive<Actor>;
    type Output = ();

    fn run(&self, actor: &Exclusive<Actor>, session: &mut Session<'_>) -> Result<()> {
        let found = find(session, self.id)?;
        found.check_subject(actor)?;
        if let Some(is_revoked) = self.is_revoked {
            set_revoked(session, actor, &found, is_revoked)?;
        }
        let change = NameChange {
            name: self.name.clone(),
            custom: self.custom.clone(),
        };
        if change.name.is_some() || change.custom.is_some() {
            stored::update(session.connection, self.id, &change).map_err(name_taken)?;
            let entry = Record {
                subject: Some(change.name.as_ref().unwrap_or(&found.name)),
                ..Record::default()
            };
            session.record(&**actor, entry)?;
        }
        Ok(())
    }
}

/// Revokes a token, or lifts its revocation. An invitation belongs to its group, which the caller still moderates.
fn set_revoked(
    session: &mut Session<'_>,
    actor: &Actor,
    found: &NamedToken,
    is_revoked: bool,
) -> Result<()> {
    let group = match found.token.kind {
        TokenKind::Access => None,
        TokenKind::Invitation(group) => {
            session.moderated_group(actor, group)?;
            Some(group)
        }
    };
    if group.is_none() && !is_revoked && found.is_revoked {
        session.may_have_token(actor.id)?;
    }
    let now = session.now();
    let has_changed = match (&found.named, is_revoked) {
        (named, false) => stored::restore(session.connection, named)?,
        (Named::Access(token), true) => {
            tokens::revoke(session.connection, token.user_id, token.id, now)?
        }
        (Named::Invitation(invitation), true) => {
            invitations::revoke(session.connection, invitation.id, now)?
        }
    };
    if !has_changed {
        return Ok(());
    }
    let action = match (is_revoked, group) {
        (true, None) => "revokeToken",
        (true, Some(_)) => "revokeInvitation",
        (false, None) => "restoreToken",
        (false, Some(_)) => "restoreInvitation",
    };
    let subject = match found.token.id {
        TokenId::Invitation(id) => format!("invitation:{id}"),
        TokenId::Access(_) => found.name.clone(),
    };
    let entry = Record {
        group,
        action: Some(action),
        subject: Some(&subject),
        ..Record::default()
    };
    session.record(actor, entry)
}
