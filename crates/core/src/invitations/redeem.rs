//! What an invitation is worth when somebody brings it.

use trivium_storage::groups::Group;
use trivium_storage::invitations::{self, Invitation};
use trivium_storage::{tokens, users};

use crate::groups::rules::Role;
use crate::types::{DateTime, GroupRef};
use crate::{Code, Context, Error, Fact, Result, secrets};

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
    issued_rightly(context, &invitation)
}

/// Looks up an invitation, and the group that it leads into.
///
/// # Errors
/// As [`to_group`], and `content_not_found` before the issuer is looked at.
pub(crate) fn to_any_group(context: &mut Context<'_>, secret: &str) -> Result<(Group, Redeemable)> {
    let found = find(context, secret)?;
    usable(context, &found)?;
    let target = GroupRef(found.group_id);
    let group = context.group(target).map_err(|error| match error.code() {
        Code::ContentNotFound => error.about(Fact::LedInto(target)),
        _ => error,
    })?;
    // Once more, now that nobody else can use or end it.
    let invitation =
        invitations::find(context.connection, found.id)?.ok_or(Code::InvitationInvalid)?;
    usable(context, &invitation)?;
    Ok((group, issued_rightly(context, &invitation)?))
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
            Err(unknown(context, secret)?)
        }
    }
}

/// Why there is no such invitation: a slip of the pen, another kind of secret, or nobody made it.
fn unknown(context: &mut Context<'_>, secret: &str) -> Result<Error> {
    let code = Code::InvitationInvalid;
    Ok(if secrets::is_invitation(secret) {
        code.into()
    } else if tokens::find_bearer(context.connection, &secrets::hash(secret))?.is_some() {
        code.about(Fact::AccessToken)
    } else {
        code.about(Fact::NotAnInvitation)
    })
}

fn usable(context: &Context<'_>, invitation: &Invitation) -> Result<()> {
    if invitation.revoked_at.is_some() {
        return Err(Code::InvitationRevoked.into());
    }
    if let Some(end) = invitation.expires_at.filter(|end| *end <= context.now) {
        return Err(Code::InvitationExpired.about(Fact::ExpiredAt(DateTime(end))));
    }
    if invitation
        .usage_limit
        .is_some_and(|limit| invitation.uses >= limit)
    {
        return Err(Code::InvitationUsedUp.into());
    }
    Ok(())
}

fn issued_rightly(context: &mut Context<'_>, invitation: &Invitation) -> Result<Redeemable> {
    if invitation.orphaned_at.is_some() {
        let issuer = users::find(context.connection, invitation.issuer_id)?;
        let error = Error::from(Code::InvitationIssuerInvalid);
        return Err(match issuer.filter(|user| user.deleted_at.is_none()) {
            Some(_) => error,
            None => error.about(Fact::IssuerDeleted),
        });
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
