//! `auth.getToken`, `auth.checkToken`: whose token it is.

use trivium_core::accounts::find::{User, name_of};
use trivium_core::applications::redeem::redeem;
use trivium_core::types::UserRef;
use trivium_core::{Context, Result};

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::error::Refusal;

/// Changes a frob for a token.
pub(super) fn get_token(arguments: &Arguments, context: &mut Context<'_>) -> Result<Answer> {
    let application = arguments.application(context)?;
    let (token, user) = redeem(context, &application.key, arguments.text("frob"))?;
    Ok(answer(token, &user))
}

/// Tells whose token it is.
pub(super) fn check_token(arguments: &Arguments, context: &mut Context<'_>) -> Result<Answer> {
    arguments.application(context)?;
    let token = arguments.token().ok_or(Refusal::TokenNotFound)?;
    let actor = context.authenticate(&token)?;
    let user = context.user(UserRef(actor.id))?;
    Ok(answer(token.0, &user))
}

fn answer(token: String, user: &User) -> Answer {
    let attributes = vec![
        ("token", token.into()),
        ("user_id", user.id.into()),
        ("user_username", user.login.as_str().into()),
        ("user_name", name_of(user).into()),
    ];
    Answer::of("token", vec![attributes])
}
