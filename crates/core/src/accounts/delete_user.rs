//! `deleteUser`: an account ends, by who knows the admin password.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::users;

use crate::accounts::account::{administers, delete};
use crate::accounts::edit_user::Told;
use crate::types::{Login, Password, UserRef};
use crate::{Caller, Code, Context, Effect, Operation, Result, Service, Verbs};

/// Deletes an account, with its memberships, requests, tokens and invitations. Its login is
/// never used again. Needs the admin password of the service.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeleteUser {
    /// The admin password of the service
    pub admin_password: Password,
    /// Login of the user
    pub login: Login,
}

impl Operation for DeleteUser {
    const NAME: &'static str = "deleteUser";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::OperationNotPermitted,
        Code::UserInvalidPassword,
        Code::UserNotFound,
        Code::OwnerProtected,
    ];
    const PREPARES: bool = true;
    type Output = Told;

    fn prepare(&mut self, service: &Service, caller: &Caller) -> Result<()> {
        administers(service, caller, &self.admin_password)
    }

    fn run(&self, context: &mut Context<'_>) -> Result<Told> {
        let user = users::find_by_login(context.connection, &self.login)?
            .filter(|user| user.deleted_at.is_none())
            .ok_or(Code::UserNotFound)?;
        delete(context, UserRef(user.id))?;
        Ok(Told {
            msg: format!("User {} was deleted.", user.login),
        })
    }
}
