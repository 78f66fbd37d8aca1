//! `/user/tokens/named`, `/tokens/named/{token}` and their neighbours: access tokens and invitations that have a
//! name.

use serde_json::{Map, Value};
use trivium_core::invitations::new::NewInvitation;
use trivium_core::invitations::revoke::{RevokeInvitation, group_of};
use trivium_core::invitations::verify::VerifyInvitation;
use trivium_core::named_tokens::edit::EditNamedToken;
use trivium_core::named_tokens::examine::ExamineToken;
use trivium_core::named_tokens::new::{MAX_LIFETIME, TokenName};
use trivium_core::named_tokens::{self, MAX_CUSTOM, TokenId};
use trivium_core::types::{GroupRef, InvitationRef};
use trivium_core::{Actor, Error, Operation, Result, catalog, codes};

use crate::answer::{Answer, Location};
use crate::call::Context;
use crate::calls::invitations::invitation;
use crate::error::{INVITE_TYPE, Refusal};
use crate::values::{Values, is_name, number};

/// The privileges that an invitation gives.
pub(crate) const INVITED: &str = "group_view";

/// The values of an edit.
pub(crate) const EDITABLE: [&str; 3] = ["customMetadata", "name", "revoked"];

/// Lists the caller's tokens.
pub(crate) fn list(context: Context<'_, '_>) -> Result<Answer> {
    let actor = self_of(&context)?;
    let ids = named_tokens::list(context.session, &actor)?;
    Ok(Answer::Tokens(ids))
}

/// Creates an access token of the caller, or an invitation.
pub(crate) fn create(context: Context<'_, '_>) -> Result<Answer> {
    let actor = self_of(&context)?;
    let values = context.values;
    let custom = custom(values)?;
    let name = TokenName {
        name: values.name()?,
        custom: custom.as_deref().unwrap_or("{}"),
    };
    let Some(text) = invited_group(values)? else {
        let lifetime = lifetime(values, context.session.now(), (1, MAX_LIFETIME))?;
        let (id, token) = name.give_to_new_access_token(context.session, &actor, lifetime)?;
        return Ok(named(&context, id, token));
    };
    let (least, most) = limits("usageLimit");
    let usage_limit = values.limit("usageLimit", least, most)?;
    if !values.texts("privileges")?.iter().all(|it| *it == INVITED) {
        return Err(Refusal::BadValueListNotAllowed("privileges", vec![INVITED]).into());
    }
    let lifetime = lifetime(values, context.session.now(), limits("expiresIn"))?;
    let invitation = invitation(GroupRef(number(text)), usage_limit, lifetime);
    let invited = invitation.run(&actor, context.session);
    let invited = invited.map_err(|error| match error.code() {
        codes::CONTENT_NOT_FOUND => Refusal::InviteTokenTargetIdInvalid(text.to_owned()).into(),
        codes::USER_ACCESS_DENIED => Refusal::InviteTokenSubjectNotAuthorized.into(),
        _ => error,
    })?;
    name.give_to_invitation(context.session, &actor, invited.invitation_id)?;
    let id = TokenId::Invitation(invited.invitation_id.0);
    Ok(named(&context, id, invited.invitation))
}

fn named(context: &Context<'_, '_>, id: TokenId, token: String) -> Answer {
    Answer::NewToken {
        location: Location::named_token(context.session, id),
        id,
        token,
    }
}

/// Shows one of the caller's tokens by its name.
pub(crate) fn show_by_name(context: Context<'_, '_>) -> Result<Answer> {
    let actor = self_of(&context)?;
    let name = &context.ids.name;
    // Not every text can be looked up.
    if !is_name(name) {
        return Err(Refusal::NotFound.into());
    }
    let token = named_tokens::find_by_name(context.session, &actor, name)?;
    Ok(Answer::NamedToken(Box::new(token)))
}

/// Shows one of the caller's tokens.
pub(crate) fn show(context: Context<'_, '_>) -> Result<Answer> {
    let token = named_tokens::find(context.session, context.ids.token)?;
    token.check_subject(&context.actor()?)?;
    Ok(Answer::NamedToken(Box::new(token)))
}

/// Shows whether one of the caller's tokens was revoked.
pub(crate) fn status(context: Context<'_, '_>) -> Result<Answer> {
    let token = named_tokens::find(context.session, context.ids.token)?;
    token.check_subject(&context.actor()?)?;
    Ok(Answer::TokenStatus {
        is_revoked: token.is_revoked,
    })
}

/// Changes one of the caller's tokens.
pub(crate) fn edit(context: Context<'_, '_>) -> Result<Answer> {
    let id = context.ids.token;
    let token = named_tokens::find(context.session, id)?;
    let actor = context.account()?;
    token.check_subject(&actor)?;
    let values = context.values;
    if !EDITABLE.iter().any(|key| values.0.contains_key(*key)) {
        return Err(Refusal::MissingAtLeastOneValue(&EDITABLE).into());
    }
    let name = match values.0.contains_key("name") {
        true => Some(values.name()?.to_owned()),
        false => None,
    };
    let edit = EditNamedToken {
        id,
        name,
        custom: custom(values)?,
        is_revoked: values.boolean("revoked")?,
    };
    edit.run(&actor, context.session)?;
    Ok(Answer::Done)
}

/// Revokes a token. What was revoked does not exist for this call.
pub(crate) fn revoke(mut context: Context<'_, '_>) -> Result<Answer> {
    match context.ids.token {
        TokenId::Access(_) => revoke_access_token(context),
        TokenId::Invitation(id) => revoke_invitation(&mut context, InvitationRef(id)),
    }
}

fn revoke_access_token(context: Context<'_, '_>) -> Result<Answer> {
    let id = context.ids.token;
    let token = named_tokens::find(context.session, id)?;
    let actor = context.account()?;
    token.check_subject(&actor)?;
    if token.is_revoked {
        return Err(Refusal::NotFound.into());
    }
    let revocation = EditNamedToken {
        id,
        name: None,
        custom: None,
        is_revoked: Some(true),
    };
    revocation.run(&actor, context.session)?;
    Ok(Answer::Done)
}

/// Revokes an invitation, also one without a name. For moderators of the group.
fn revoke_invitation(
    context: &mut Context<'_, '_>,
    invitation_id: InvitationRef,
) -> Result<Answer> {
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

/// Describes a token to whoever has it.
pub(crate) fn examine(context: Context<'_, '_>) -> Result<Answer> {
    let token = context.values.secret()?.to_owned();
    let token = ExamineToken { token }.run(&(), context.session)?;
    Ok(Answer::ExaminedToken {
        domain: context.domain().to_owned(),
        token,
    })
}

/// Checks an invitation for whoever received it.
pub(crate) fn verify(context: Context<'_, '_>) -> Result<Answer> {
    let values = context.values;
    let invitation = values.secret()?.to_owned();
    let expected = match values.0.get("expectedInviteType") {
        None | Some(Value::Null) => "any",
        Some(Value::String(kind)) if kind == INVITE_TYPE => INVITE_TYPE,
        Some(_) => return Err(Refusal::BadValueInviteType("expectedInviteType").into()),
    };
    let verified = VerifyInvitation { invitation }.run(&(), context.session);
    let verified = verified.map_err(|error| match Refusal::from(&error) {
        Refusal::BadValueToken(_, reason) if *reason == Refusal::NotAnInviteToken(INVITE_TYPE) => {
            Refusal::NotAnInviteToken(expected).into()
        }
        _ => error,
    })?;
    Ok(Answer::VerifiedInvitation(verified))
}

/// The caller, who is the user of the path if it names one.
fn self_of(context: &Context<'_, '_>) -> Result<Actor> {
    let actor = context.actor()?;
    match context.ids.user {
        None => Ok(actor),
        Some(user) if user == actor.id => Ok(actor),
        Some(_) => Err(codes::USER_ACCESS_DENIED.into()),
    }
}

/// The group to which a new token invites; none if it is an access token, which is the default.
fn invited_group(values: &Values) -> Result<Option<&str>, Refusal> {
    let Some(kind) = values.0.get("type") else {
        return Ok(None);
    };
    if kind.get("accessToken").is_some() {
        return Ok(None);
    }
    let text = |key| kind.get("inviteToken")?.get(key)?.as_str();
    match (text("inviteType"), text("groupId")) {
        (Some(INVITE_TYPE), Some(group)) => Ok(Some(group)),
        _ => Err(Refusal::BadValueTokenType("type")),
    }
}

/// The object that the client stores, as JSON.
fn custom(values: &Values) -> Result<Option<String>, Refusal> {
    const KEY: &str = "customMetadata";
    match values.0.get(KEY) {
        None => Ok(None),
        Some(Value::Object(members)) => {
            let text = Value::Object(Map::clone(members)).to_string();
            match text.len() <= MAX_CUSTOM {
                true => Ok(Some(text)),
                false => Err(Refusal::RequestTooLarge),
            }
        }
        Some(_) => Err(Refusal::BadValueJson(KEY)),
    }
}

/// The lifetime of a token within a range, in seconds: the earliest caveat.
fn lifetime(values: &Values, now: i64, (least, most): (i64, i64)) -> Result<Option<i64>, Refusal> {
    let mut first = None;
    for caveat in values.objects("caveats")? {
        if caveat.0.get("type").and_then(Value::as_str) != Some("time") {
            return Err(Refusal::BadValueCaveat(Value::Object(caveat.0)));
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
