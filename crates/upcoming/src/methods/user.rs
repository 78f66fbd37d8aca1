//! `user.getInfo`, `user.getInfoByUsername`, `user.getInfoByEmail`.

use trivium_core::accounts::find::{KnownAs, User, find, name_of};
use trivium_core::types::UserRef;
use trivium_core::{Caller, DirectoryReader, Proof, Result, Session};

use crate::answer::{Answer, Attributes};
use crate::arguments::Arguments;
use crate::error::Refusal;

pub(super) fn by_id(
    arguments: &Arguments,
    proof: &Proof,
    session: &mut Session<'_>,
) -> Result<Answer> {
    let known = |id: &str| Some(KnownAs::Id(UserRef(id.parse().ok()?)));
    users(arguments, proof, session, "user_id", known)
}

pub(super) fn by_username(
    arguments: &Arguments,
    proof: &Proof,
    session: &mut Session<'_>,
) -> Result<Answer> {
    let known = |login: &str| Some(KnownAs::Login(login.to_owned()));
    users(arguments, proof, session, "username", known)
}

pub(super) fn by_email(
    arguments: &Arguments,
    proof: &Proof,
    session: &mut Session<'_>,
) -> Result<Answer> {
    let known = |email: &str| Some(KnownAs::Email(email.to_owned()));
    users(arguments, proof, session, "email", known)
}

/// Shows users. Users that do not exist are omitted.
fn users(
    arguments: &Arguments,
    proof: &Proof,
    session: &mut Session<'_>,
    name: &'static str,
    known: impl Fn(&str) -> Option<KnownAs>,
) -> Result<Answer> {
    arguments.application(session)?;
    DirectoryReader::identify(proof, session)?;
    let mut elements = Vec::new();
    for key in arguments.list(name)?.into_iter().filter_map(known) {
        if let Some(user) = find(session, &key)? {
            elements.push(show(session, &user));
        }
    }
    if elements.is_empty() {
        return Err(Refusal::Missing(name).into());
    }
    Ok(Answer::of("user", elements))
}

fn show(session: &Session<'_>, user: &User) -> Attributes {
    vec![
        ("id", user.id.into()),
        ("name", name_of(user).into()),
        ("username", user.login.as_str().into()),
        ("zip", "".into()),
        ("photourl", "".into()),
        ("url", session.user_url(user.id).into()),
    ]
}
