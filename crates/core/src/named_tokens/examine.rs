//! Describes a token to whoever has it.

use trivium_storage::named_tokens::{self as stored, TokenId};
use trivium_storage::{invitations, tokens};

use crate::named_tokens::{NamedToken, TokenKind, TokenView};
use crate::types::{DateTime, GroupRef, UserRef};
use crate::{Declaration, ErrorDetail, Operation, Result, Session, codes, secrets};

/// Describes an access token or an invitation, whether or not it is still valid.
#[derive(Clone, Debug)]
pub struct ExamineToken {
    /// The token.
    pub token: String,
}

impl Operation for ExamineToken {
    const DECLARATION: &'static Declaration =
        &Declaration::read("examineToken", &[codes::INVITATION_INVALID]);
    type Caller = ();
    type Output = TokenView;

    fn run(&self, (): &(), session: &mut Session<'_>) -> Result<TokenView> {
        let hash = secrets::hash(&self.token);
        if let Some(invitation) = invitations::find_by_hash(session.connection, &hash)? {
            return Ok(TokenView {
                id: TokenId::Invitation(invitation.id),
                subject: UserRef(invitation.issuer_id),
                kind: TokenKind::Invitation(GroupRef(invitation.group_id)),
                expires: invitation.expires_at.map(DateTime),
            });
        }
        if let Some(bearer) = tokens::find_bearer(session.connection, &hash)? {
            let id = TokenId::Access(bearer.token_id);
            if let Some(found) = stored::find(session.connection, id)? {
                return Ok(NamedToken::of(found).token);
            }
            return Ok(TokenView {
                id,
                subject: UserRef(bearer.user_id),
                kind: TokenKind::Access,
                expires: Some(DateTime(bearer.expires_at)),
            });
        }
        // Whoever guesses is as limited as with invitations.
        session
            .throttle
            .unknown_invitation(session.origin.address)?;
        Err(ErrorDetail::NotAnInvitation.of(codes::INVITATION_INVALID))
    }
}
