//! Checks an invitation for whoever received it: is it genuine, and for how long?

use trivium_storage::users;

use crate::invitations::redeem;
use crate::types::UserRef;
use crate::{Declaration, ErrorDetail, Operation, Result, Session, codes};

/// Checks an invitation without using it. Its usage limit, its group and the rights of its issuer are not checked.
#[derive(Clone, Debug)]
pub struct VerifyInvitation {
    /// The invitation.
    pub invitation: String,
}

/// A genuine invitation.
#[derive(Clone, Copy, Debug)]
pub struct Genuine {
    /// The user who issued it.
    pub issuer: UserRef,
    /// The seconds until it expires.
    pub lifetime: Option<i64>,
}

impl Operation for VerifyInvitation {
    const DECLARATION: &'static Declaration = &Declaration::read(
        "verifyInvitation",
        &[
            codes::INVITATION_INVALID,
            codes::INVITATION_REVOKED,
            codes::INVITATION_EXPIRED,
            codes::INVITATION_ISSUER_INVALID,
        ],
    );
    type Caller = ();
    type Output = Genuine;

    fn run(&self, (): &(), session: &mut Session<'_>) -> Result<Genuine> {
        let found = redeem::find(session, &self.invitation)?;
        redeem::check_current(session, &found)?;
        let issuer = users::find(session.connection, found.issuer_id)?;
        let invalid = |detail: ErrorDetail| Err(detail.of(codes::INVITATION_ISSUER_INVALID));
        match issuer.filter(|user| user.deleted_at.is_none()) {
            None => invalid(ErrorDetail::IssuerDeleted),
            Some(user) if user.disabled_at.is_some() => invalid(ErrorDetail::IssuerDisabled),
            Some(user) => Ok(Genuine {
                issuer: UserRef(user.id),
                lifetime: found.expires_at.map(|end| end - session.now()),
            }),
        }
    }
}
