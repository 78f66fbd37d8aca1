//! What an invitation is worth when somebody brings it.

use trivium_storage::groups::Group;
use trivium_storage::invitations::{self, Invitation};

use crate::groups::rules::Role;
use crate::types::GroupRef;
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
pub(crate) fn to_group(
    context: &mut Context<'_>,
    group: &Group,
    secret: &str,
) -> Result<Redeemable> {
    let invitation = find(context, secret)?;
    if invitation.group_id != group.id {
        return Err(Code::InvitationInvalid.into());
    }
    usable(context, &invitation)?;
    issued_rightly(&invitation)
}

/// Looks up an invitation, and the group that it leads into.
///
/// # Errors
/// As [`to_group`], and `content_not_found` before the issuer is looked at.
pub(crate) fn to_any_group(context: &mut Context<'_>, secret: &str) -> Result<(Group, Redeemable)> {
    let found = find(context, secret)?;
    usable(context, &found)?;
    let group = context.group(GroupRef(found.group_id))?;
    // Once more, now that nobody else can use or end it.
    let invitation =
        invitations::find(context.connection, found.id)?.ok_or(Code::InvitationInvalid)?;
    usable(context, &invitation)?;
    Ok((group, issued_rightly(&invitation)?))
}

fn find(context: &mut Context<'_>, secret: &str) -> Result<Invitation> {
    let known = if secrets::is_invitation(secret) {
        invitations::find_by_hash(context.connection, &secrets::hash(secret))?
    } else {
        None
    };
    match known {
        Some(invitation) => Ok(invitation),
        None => {
            context
                .throttle
                .unknown_invitation(context.caller.address)?;
            Err(Code::InvitationInvalid.into())
        }
    }
}

fn usable(context: &Context<'_>, invitation: &Invitation) -> Result<()> {
    if invitation.revoked_at.is_some() {
        return Err(Code::InvitationRevoked.into());
    }
    if invitation.expires_at.is_some_and(|end| end <= context.now) {
        return Err(Code::InvitationExpired.into());
    }
    if invitation
        .usage_limit
        .is_some_and(|limit| invitation.uses >= limit)
    {
        return Err(Code::InvitationUsedUp.into());
    }
    Ok(())
}

fn issued_rightly(invitation: &Invitation) -> Result<Redeemable> {
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
