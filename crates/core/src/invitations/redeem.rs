//! Checks and uses invitations.

use trivium_storage::groups::Group;
use trivium_storage::invitations::{self, Invitation};
use trivium_storage::{Seconds, tokens, users};

use crate::invitations::new::InvitedRole;
use crate::session::{DisclosedGroup, Viewer};
use crate::types::{DateTime, GroupRef};
use crate::{Actor, Error, ErrorDetail, Result, Session, codes, secrets};

/// An invitation that is valid now.
pub(crate) struct Redeemable {
    /// Its ID.
    pub(crate) id: i64,
    /// The role of those who join with it.
    pub(crate) role: InvitedRole,
    /// When their membership ends.
    pub(crate) member_until: Option<Seconds>,
}

/// Looks up an invitation to this group.
///
/// # Errors
/// `invitation_invalid`, `_revoked`, `_expired`, `_used_up`, `_issuer_invalid`, in this order.
pub(crate) fn to_group(
    session: &mut Session<'_>,
    group: &Group,
    secret: &str,
) -> Result<Redeemable> {
    let invitation = find(session, secret)?;
    if invitation.group_id != group.id {
        return Err(codes::INVITATION_INVALID.into());
    }
    check_usable(session, &invitation)?;
    check_issuer(session, group, &invitation)
}

/// Looks up an invitation and its group.
///
/// # Errors
/// As [`to_group`], and `content_not_found` before the issuer is checked.
pub(crate) fn to_any_group(
    session: &mut Session<'_>,
    actor: &Actor,
    secret: &str,
) -> Result<(DisclosedGroup, Redeemable)> {
    let found = find(session, secret)?;
    check_usable(session, &found)?;
    let target = GroupRef(found.group_id);
    let group = session.group(target, Viewer::Joining(actor));
    let group = group.map_err(|error| match error.code() {
        codes::CONTENT_NOT_FOUND => error.with_detail(ErrorDetail::Target(target)),
        _ => error,
    })?;
    // Checked again, because the group is locked now: nobody else can use or revoke the invitation.
    let invitation =
        invitations::find(session.connection, found.id)?.ok_or(codes::INVITATION_INVALID)?;
    check_usable(session, &invitation)?;
    let redeemable = check_issuer(session, &group.group, &invitation)?;
    Ok((group, redeemable))
}

/// Looks up an invitation. An unknown one is counted.
///
/// # Errors
/// `invitation_invalid`, `rate_limited`.
pub(crate) fn find(session: &mut Session<'_>, secret: &str) -> Result<Invitation> {
    let known = if secrets::is_invitation(secret) {
        invitations::find_by_hash(session.connection, &secrets::hash(secret))?
    } else {
        None
    };
    match known {
        Some(invitation) => Ok(invitation),
        None => {
            session
                .throttle
                .unknown_invitation(session.origin.address)?;
            Err(unknown(session, secret)?)
        }
    }
}

/// The error of an unknown invitation. Its detail distinguishes malformed texts and access tokens.
fn unknown(session: &mut Session<'_>, secret: &str) -> Result<Error> {
    let code = codes::INVITATION_INVALID;
    Ok(if secrets::is_invitation(secret) {
        code.into()
    } else if tokens::find_bearer(session.connection, &secrets::hash(secret))?.is_some() {
        ErrorDetail::AccessToken.of(code)
    } else {
        ErrorDetail::NotAnInvitation.of(code)
    })
}

/// Checks that an invitation was not revoked and has not expired.
///
/// # Errors
/// `invitation_revoked`, `invitation_expired`.
pub(crate) fn check_current(session: &Session<'_>, invitation: &Invitation) -> Result<()> {
    if invitation.revoked_at.is_some() {
        return Err(codes::INVITATION_REVOKED.into());
    }
    match invitation.expires_at.filter(|end| session.is_past(*end)) {
        Some(end) => Err(ErrorDetail::ExpiredAt(DateTime(end)).of(codes::INVITATION_EXPIRED)),
        None => Ok(()),
    }
}

fn check_usable(session: &Session<'_>, invitation: &Invitation) -> Result<()> {
    check_current(session, invitation)?;
    if invitation
        .usage_limit
        .is_some_and(|limit| invitation.uses >= limit)
    {
        return Err(codes::INVITATION_USED_UP.into());
    }
    Ok(())
}

fn check_issuer(
    session: &mut Session<'_>,
    group: &Group,
    invitation: &Invitation,
) -> Result<Redeemable> {
    if invitation.orphaned_at.is_some() || has_ended(session, group, invitation.issuer_id)? {
        let issuer = users::find(session.connection, invitation.issuer_id)?;
        let error = Error::from(codes::INVITATION_ISSUER_INVALID);
        return Err(match issuer.filter(|user| user.deleted_at.is_none()) {
            Some(_) => error,
            None => error.with_detail(ErrorDetail::IssuerDeleted),
        });
    }
    Ok(Redeemable {
        id: invitation.id,
        role: invitation.role.into(),
        member_until: invitation.member_until,
    })
}

/// Returns whether the membership of an issuer has ended, and their invitations remain to be invalidated.
///
/// # Errors
/// A failure of the store.
pub(crate) fn has_ended(session: &mut Session<'_>, group: &Group, issuer: i64) -> Result<bool> {
    match group.next_end {
        Some(end) if session.is_past(end) => {
            let relation = session.relation(group, issuer)?;
            Ok(!relation.standing.moderates())
        }
        _ => Ok(false),
    }
}

/// Counts a use of an invitation.
///
/// # Errors
/// `invitation_used_up` if another user took the last use.
pub(crate) fn count(session: &mut Session<'_>, invitation: &Redeemable) -> Result<()> {
    if !invitations::use_once(session.connection, invitation.id)? {
        return Err(codes::INVITATION_USED_UP.into());
    }
    Ok(())
}
