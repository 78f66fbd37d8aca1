//! What an invitation is worth when somebody brings it.

use trivium_storage::groups::Group;
use trivium_storage::invitations::{self, Invitation};

use crate::groups::rules::Role;
use crate::{Code, Context, Result, secrets};

/// An invitation that is good now.
pub(crate) struct Redeemable {
    id: i64,
    role: Role,
}

/// Looks up an invitation to this group.
///
/// # Errors
/// `invitation_invalid`, `_revoked`, `_expired`, `_used_up`, `_issuer_invalid`, in this order.
pub(crate) fn find(context: &mut Context<'_>, group: &Group, secret: &str) -> Result<Redeemable> {
    let invitation = invitations::find_by_hash(context.connection, &secrets::hash(secret))?
        .filter(|invitation| invitation.group_id == group.id)
        .ok_or(Code::InvitationInvalid)?;
    good(&invitation, context.now)
}

fn good(invitation: &Invitation, now: i64) -> Result<Redeemable> {
    let used_up = invitation
        .usage_limit
        .is_some_and(|limit| invitation.uses >= limit);
    if invitation.revoked_at.is_some() {
        return Err(Code::InvitationRevoked.into());
    }
    if invitation.expires_at.is_some_and(|end| end <= now) {
        return Err(Code::InvitationExpired.into());
    }
    if used_up {
        return Err(Code::InvitationUsedUp.into());
    }
    if invitation.orphaned_at.is_some() {
        return Err(Code::InvitationIssuerInvalid.into());
    }
    Ok(Redeemable {
        id: invitation.id,
        role: invitation.role.parse()?,
    })
}

/// Counts the member that an invitation makes, and tells the role that it gives.
///
/// # Errors
/// `invitation_used_up` when the last use went to somebody else.
pub(crate) fn count(context: &mut Context<'_>, invitation: &Redeemable) -> Result<Role> {
    if !invitations::use_once(context.connection, invitation.id)? {
        return Err(Code::InvitationUsedUp.into());
    }
    Ok(invitation.role)
}
