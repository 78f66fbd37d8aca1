//! `changePassword`: replaces the caller's password.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_rpc::entry::Done;
use trivium_storage::users::{self, UserChange};

use crate::accounts::account::revoke_tokens;
use crate::cases::{Access, Cause, Example, Of, Who};
use crate::session::Record;
use crate::throttle::Account;
use crate::types::Password;
use crate::{
    Actor, Caller, Declaration, Error, Exclusive, Origin, PreparedOperation, Proof,
    PublicOperation, Result, Service, Session, codes, passwords,
};

/// Changes the caller's password, and revokes all their tokens except that of this call.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangePassword {
    /// The current password
    pub old_password: Password,
    /// The new password
    #[schemars(length(min = passwords::MIN_LENGTH))]
    pub new_password: Password,
}

/// The hashes that [`ChangePassword`] prepares.
pub struct Hashes {
    /// The hash against which the old password was verified.
    old: Option<String>,
    new: String,
}

impl PreparedOperation for ChangePassword {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "changePassword",
        &[codes::USER_INVALID_PASSWORD, codes::PASSWORD_TOO_WEAK],
    );
    type Caller = Exclusive<Actor>;
    type Prepared = Hashes;
    type Output = Done;

    fn prepare(&self, service: &Service, origin: &Origin, proof: &Proof) -> Result<Hashes> {
        let user = service.read_with(origin, |session| {
            let actor = Actor::identify(proof, session)?;
            Ok(users::find(session.connection, actor.id)?)
        })?;
        let user = user.ok_or(codes::USER_TOKEN_INVALID)?;
        let attempt = service
            .throttle
            .password(origin, Account::User(&user.login))?;
        if !passwords::verify(&self.old_password, user.password_hash.as_deref())? {
            return Err(wrong());
        }
        attempt.succeeded();
        Ok(Hashes {
            old: user.password_hash,
            new: passwords::hash(&self.new_password)?,
        })
    }

    fn run(
        &self,
        hashes: &Hashes,
        actor: &Exclusive<Actor>,
        session: &mut Session<'_>,
    ) -> Result<Done> {
        let user = users::find(session.connection, actor.id)?;
        // The password may have changed since it was verified.
        if user.is_none_or(|user| user.password_hash != hashes.old) {
            return Err(wrong());
        }
        let change = UserChange {
            password_hash: Some(Some(hashes.new.clone())),
            ..UserChange::default()
        };
        users::update(session.connection, actor.id, &change)?;
        let keep = actor.token.map(|(token, _)| token);
        revoke_tokens(session, actor.id, keep)?;
        session.record(&**actor, Record::default())?;
        Ok(Done {})
    }
}

impl PublicOperation for ChangePassword {
    const EXAMPLE: Example = Example::by(
        Who::Member,
        &[
            ("oldPassword", "marcspassword"),
            ("newPassword", "marcs new password"),
        ],
    );
    const ACCESS: Access = Access::everybody(&[
        ("oldPassword", Of::OwnPassword),
        ("newPassword", Of::OwnPassword),
    ]);
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::USER_INVALID_PASSWORD,
            Who::Member,
            &[("oldPassword", Of::Text("wrong"))],
        ),
        Cause::of(
            codes::PASSWORD_TOO_WEAK,
            Who::Member,
            &[("newPassword", Of::Text("short"))],
        ),
    ];
}

fn wrong() -> Error {
    Error::new(codes::USER_INVALID_PASSWORD, "The old password is wrong.")
}
