//! `/groups/{id}/users/token`, `/user/tokens/named` and `/tokens/named/{id}`: invitations, which
//! Onezone calls invite tokens. The ID of a named token is that of its invitation.

use trivium_core::invitations::new::{InvitedRole, NewInvitation};
use trivium_core::invitations::revoke::{RevokeInvitation, group_of};
use trivium_core::types::{GroupRef, InvitationRef};
use trivium_core::{Error, Operation, Result, catalog, codes};

use crate::answer::{Answer, Location};
use crate::call::Context;
use crate::error::{INVITE_TYPE, Refusal};
use crate::values::{Values, number};

/// Creates an invitation that can be used once.
pub(crate) fn invite(mut context: Context<'_, '_>) -> Result<Answer> {
    let id = GroupRef(context.ids.id);
    context.check_group(id)?;
    let actor = context.actor()?;
    let invited = invitation(id, Some(1), None).run(&actor, context.session)?;
    Ok(Answer::Token(invited.invitation))
}

/// Creates an invitation with limits.
pub(crate) fn name(mut context: Context<'_, '_>) -> Result<Answer> {
    let values = context.values;
    let id = group(values);
    if let Ok(id) = id {
        context.check_group(id)?;
    }
    let actor = context.actor()?;
    if let Ok(id) = id {
        context.session.moderated_group(&actor, id)?;
    }
    values.name()?;
    let id = id?;
    let (least, most) = limits("usageLimit");
    let usage_limit = values.limit("usageLimit", least, most)?;
    let expires_in = expires_in(values, context.session.now())?;
    let invitation = invitation(id, usage_limit, expires_in);
    let invited = invitation.run(&actor, context.session)?;
    Ok(Answer::NamedToken {
        location: Location::named_token(context.session, invited.invitation_id),
        id: invited.invitation_id,
        token: invited.invitation,
    })
}

/// Revokes an invitation. A revoked invitation does not exist.
pub(crate) fn revoke(mut context: Context<'_, '_>) -> Result<Answer> {
    let invitation_id = InvitationRef(context.ids.id);
    let not_found = |error: Error| match error.code() {
        codes::INVITATION_INVALID | codes::INVITATION_REVOKED => Refusal::NotFound.into(),
        _ => error,
    };
    // An unknown invitation takes the same statements as one to a hidden group.
    let id = match group_of(context.session, invitation_id) {
        Err(error) if error.code() == codes::INVITATION_INVALID => GroupRef(0),
        found => found?,
    };
    context.check_group(id)?;
    let actor = context.actor()?;
    let revocation = RevokeInvitation { id, invitation_id };
    revocation.run(&actor, context.session).map_err(not_found)?;
    Ok(Answer::Done)
}

fn invitation(id: GroupRef, usage_limit: Option<i64>, expires_in: Option<i64>) -> NewInvitation {
    NewInvitation {
        id,
        usage_limit,
        expires_in,
        role: InvitedRole::Member,
    }
}

/// The group of a new token, which must be an invitation to one.
fn group(values: &Values) -> Result<GroupRef, Refusal> {
    let kind = values.object("type")?;
    if !kind.0.contains_key("inviteToken") {
        return Err(Refusal::BadValueNotAllowed("type", vec!["inviteToken"]));
    }
    let invite = kind.object("inviteToken")?;
    if invite.text("inviteType")? != INVITE_TYPE {
        return Err(Refusal::BadValueNotAllowed("inviteType", vec![INVITE_TYPE]));
    }
    Ok(GroupRef(number(invite.text("groupId")?)))
}

/// The lifetime of a token, in seconds: the earliest caveat.
fn expires_in(values: &Values, now: i64) -> Result<Option<i64>, Refusal> {
    let (least, most) = limits("expiresIn");
    let mut first = None;
    for caveat in values.objects("caveats")? {
        if caveat.text("type")? != "time" {
            return Err(Refusal::BadValueNotAllowed("caveats", vec!["time"]));
        }
        let until = caveat.integer("validUntil", now + least, now + most)?;
        first = Some(first.map_or(until, |other: i64| other.min(until)));
    }
    Ok(first.map(|until| until - now))
}

/// The range of an argument of newInvitation, as declared.
fn limits(argument: &str) -> (i64, i64) {
    let rule = catalog()
        .find(NewInvitation::DECLARATION.name)
        .and_then(|entry| entry.rule(argument));
    let least = rule.and_then(|rule| rule.minimum);
    let most = rule.and_then(|rule| rule.maximum);
    (least.unwrap_or(0), most.unwrap_or(0))
}
