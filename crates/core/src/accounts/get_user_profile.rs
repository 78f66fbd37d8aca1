//! `getUserProfile`: shows a user.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::users;

use crate::accounts::find::full_name;
use crate::cases::{Access, Cause, Example, Of, Who};
use crate::types::{Login, UserRef};
use crate::{Declaration, DirectoryReader, Operation, PublicOperation, Result, Session, codes};

/// Shows a user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetUserProfile {
    /// Login of the user
    pub login: Login,
}

/// The result of getUserProfile.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UserProfile {
    /// Login of the user
    #[schemars(with = "crate::types::Login")]
    pub login: String,
    /// ID of the user
    pub id: UserRef,
    /// URL of the user's public page
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub url: String,
    /// Name of the user
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub name: String,
    /// Profile of the user
    pub profile: Profile,
}

/// The profile of a user.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Profile {
    /// Public part of the profile; always empty
    pub general: General,
}

/// The public part of a profile. Always empty.
#[derive(Debug, Serialize, JsonSchema)]
pub struct General {}

impl Operation for GetUserProfile {
    const DECLARATION: &'static Declaration =
        &Declaration::read("getUserProfile", &[codes::USER_NOT_FOUND]);
    type Caller = DirectoryReader;
    type Output = UserProfile;

    fn run(&self, _: &DirectoryReader, session: &mut Session<'_>) -> Result<UserProfile> {
        let user = users::find_by_login(session.connection, &self.login)?
            .filter(|user| user.deleted_at.is_none())
            .ok_or(codes::USER_NOT_FOUND)?;
        Ok(UserProfile {
            id: UserRef(user.id),
            url: session.user_url(user.id),
            name: full_name(&user.first_name, &user.last_name, &user.login),
            login: user.login,
            profile: Profile {
                general: General {},
            },
        })
    }
}

impl PublicOperation for GetUserProfile {
    const EXAMPLE: Example = Example::by(Who::Nobody, &[("login", "marc")]);
    const ACCESS: Access = Access::everybody(&[("login", Of::Login(Who::Member))]);
    const CAUSES: &'static [Cause] = &[Cause::of(
        codes::USER_NOT_FOUND,
        Who::Member,
        &[("login", Of::Login(Who::Missing))],
    )];
}
