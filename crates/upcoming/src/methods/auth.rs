//! `auth.getToken`, `auth.checkToken`.

use trivium_core::accounts::find::{User, name_of};
use trivium_core::applications::redeem::RedeemFrob;
use trivium_core::types::UserRef;
use trivium_core::{Actor, Caller, Operation, Proof, Result, Session};

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::error::Refusal;

/// Exchanges a frob for a token.
pub(super) fn get_token(
    arguments: &Arguments,
    _: &Proof,
    session: &mut Session<'_>,
) -> Result<Answer> {
    let application = arguments.application(session)?;
    let redeem = RedeemFrob {
        key: application.key,
        frob: arguments.text("frob").to_owned(),
    };
    let (token, user) = redeem.run(&(), session)?;
    Ok(answer(token, &user))
}

/// Shows the user of a token.
pub(super) fn check_token(
    arguments: &Arguments,
    proof: &Proof,
    session: &mut Session<'_>,
) -> Result<Answer> {
    arguments.application(session)?;
    let token = arguments.token().ok_or(Refusal::TokenNotFound)?;
    let actor = Actor::identify(proof, session)?;
    let user = session.user(UserRef(actor.id))?;
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
