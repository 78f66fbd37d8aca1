//! `deleteUser`: deletes an account, with the admin password.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::users;

use crate::accounts::account::delete;
use crate::accounts::edit_user::Confirmation;
use crate::cases::{Access, Cause, Example, Of, Who};
use crate::types::{Login, UserRef};
use crate::{Administrator, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Deletes an account with its memberships, join requests, tokens and invitations. The login cannot be
/// used again. Requires the admin password of the service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeleteUser {
    /// Login of the user
    pub login: Login,
}

impl Operation for DeleteUser {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "deleteUser",
        &[codes::USER_NOT_FOUND, codes::OWNER_PROTECTED],
    );
    type Caller = Administrator;
    type Output = Confirmation;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<Confirmation> {
        let user = users::find_by_login(session.connection, &self.login)?
            .filter(|user| user.deleted_at.is_none())
            .ok_or(codes::USER_NOT_FOUND)?;
        delete(session, UserRef(user.id))?;
        Ok(Confirmation {
            msg: format!("User {} was deleted.", user.login),
        })
    }
}

impl PublicOperation for DeleteUser {
    const EXAMPLE: Example = Example::by(Who::Administrator, &[("login", "lena")]);
    const ACCESS: Access = Access::fails(
        &[("login", Of::Login(Who::Member))],
        codes::OPERATION_NOT_PERMITTED,
    );
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::USER_NOT_FOUND,
            Who::Administrator,
            &[("login", Of::Login(Who::Missing))],
        ),
        Cause::of(
            codes::OWNER_PROTECTED,
            Who::Administrator,
            &[("login", Of::Login(Who::Owner))],
        ),
    ];
}
