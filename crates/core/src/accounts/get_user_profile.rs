//! `getUserProfile`: one person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::users;

use crate::groups::get_members::full_name;
use crate::types::{AuthToken, Login, UserRef};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Shows a person.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetUserProfile {
    /// The person's login
    pub login: Login,
    /// An authentication token, where the service shows its directory to members only
    pub auth_token: Option<AuthToken>,
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
    #[schemars(with = "crate::plain::Text")]
    pub url: String,
    /// Their name
    #[schemars(with = "crate::plain::Text")]
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
    const NAME: &'static str = "getUserProfile";
    const VERBS: Verbs = Verbs::Get;
    const EFFECT: Effect = Effect::Read;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::UserNotFound,
    ];
    type Output = UserProfile;

    fn run(&self, context: &mut Context<'_>) -> Result<UserProfile> {
        context.authenticate_for_directory(self.auth_token.as_ref())?;
        let user = users::find_by_login(context.connection, &self.login)?
            .filter(|user| user.deleted_at.is_none())
            .ok_or(Code::UserNotFound)?;
        Ok(UserProfile {
            id: UserRef(user.id),
            url: context.user_url(user.id),
            name: full_name(&user.first_name, &user.last_name, &user.login),
            login: user.login,
            profile: Profile {
                general: General {},
            },
        })
    }
}
