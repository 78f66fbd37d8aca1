//! `getUserProfile`: one person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::users;

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::get_members::full_name;
use crate::types::{Login, UserRef};
use crate::{Declaration, DirectoryReader, Operation, PublicOperation, Result, Session, codes};

/// Shows a person.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetUserProfile {
    /// The person's login
    pub login: Login,
}

/// What getUserProfile answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct UserProfile {
    /// The person's login
    #[schemars(with = "crate::types::Login")]
    pub login: String,
    /// ID of the person
    pub id: UserRef,
    /// Address of their public page
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub url: String,
    /// Their name
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub name: String,
    /// What they tell of themselves
    pub profile: Profile,
}

/// What a person tells of themselves.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Profile {
    /// To everybody: this service keeps nothing of the kind
    pub general: General,
}

/// What a person tells to everybody.
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
