//! `/groups/{id}/users/token`, `/user/tokens/named` and `/tokens/named/{id}`: invitations, which
//! Onezone calls invite tokens. A named token's id is that of its invitation.

use trivium_core::invitations::new::{InvitedRole, NewInvitation};
use trivium_core::invitations::revoke::{RevokeInvitation, group_of};
use trivium_core::types::{GroupRef, InvitationRef};
use trivium_core::{Code, Context, Operation, catalog};

use crate::answer::{Answer, Location};
use crate::asked::{Stop, existing, shown, somebody};
use crate::error::{INVITE_TYPE, Refusal};
use crate::routes::number;
use crate::values::Values;

/// Makes an invitation that is good once.
pub(crate) fn invite(id: GroupRef, context: &mut Context<'_>) -> Result<Answer, Stop> {
    existing(id, context)?;
    somebody(context)?;
    let invited = Operation::run(&invitation(id, Some(1), None), context)?;
    Ok(Answer::Token(invited.invitation))
}

/// Makes an invitation with limits.
pub(crate) fn name(values: &Values, context: &mut Context<'_>) -> Result<Answer, Stop> {
    let id = group(values);
    if let Ok(id) = id {
        existing(id, context)?;
    }
    let actor = somebody(context)?;
    if let Ok(id) = id {
        context.moderated_group(&actor, id)?;
    }
    values.name()?;
    let id = id?;
    let (least, most) = limits("usageLimit");
    let usage_limit = values.optional_integer("usageLimit", least, most)?;
    let expires_in = expires_in(values, context.now)?;
    let invited = Operation::run(&invitation(id, usage_limit, expires_in), context)?;
    Ok(Answer::NamedToken {
        location: Location::named_token(context, invited.invitation_id),
        id: invited.invitation_id,
        token: invited.invitation,
    })
}

/// Ends an invitation. One that was ended is no more.
pub(crate) fn revoke(
    invitation_id: InvitationRef,
    context: &mut Context<'_>,
) -> Result<Answer, Stop> {
    let gone = |error: trivium_core::Error| match error.code() {
        Code::InvitationInvalid | Code::InvitationRevoked => Refusal::NotFound.into(),
        _ => Stop::from(error),
    };
    let id = group_of(context, invitation_id).map_err(gone)?;
    existing(id, context)?;
    somebody(context)?;
    let revocation = RevokeInvitation {
        auth_token: shown(),
        id,
        invitation_id,
    };
    Operation::run(&revocation, context).map_err(gone)?;
    Ok(Answer::Done)
}

fn invitation(id: GroupRef, usage_limit: Option<i64>, expires_in: Option<i64>) -> NewInvitation {
    NewInvitation {
        auth_token: shown(),
        id,
        usage_limit,
        expires_in,
        role: InvitedRole::Member,
    }
}

/// The group of a token to be, which must be an invitation to one.
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

/// For how many seconds a token is to be good: its first end decides.
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

/// What an argument of newInvitation may be: its declaration says so.
fn limits(argument: &str) -> (i64, i64) {
    let rule = catalog::find(NewInvitation::NAME)
        .and_then(|entry| entry.arguments.iter().find(|rule| rule.name == argument));
    let least = rule.and_then(|rule| rule.minimum);
    let most = rule.and_then(|rule| rule.maximum);
    (least.unwrap_or(0), most.unwrap_or(0))
}
