//! `getUserList`: the directory of people.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::users;

use crate::types::{AuthToken, PageNumber, ResultsPerPage, UserRef, pages, slice};
use crate::{Code, Context, Effect, Operation, Result, Verbs};

crate::words! {
    /// The size of pictures. This service keeps none; its clients ask all the same.
    ProfileImageSize {
        /// No picture.
        None = "none",
        /// 50 by 50 pixels.
        Small = "50x50",
        /// 127 by 135 pixels.
        Medium = "127x135",
        /// As it is.
        Full = "full",
    }
}

/// Lists the people, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetUserList {
    /// Which page of the list
    #[serde(default)]
    pub page: PageNumber,
    /// How many people a page has
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
    /// The size of pictures: understood, and without effect, as this service keeps none
    #[serde(default = "none")]
    pub profile_image_size: ProfileImageSize,
    /// An authentication token, where the service shows its directory to members only
    pub auth_token: Option<AuthToken>,
}

const fn none() -> ProfileImageSize {
    ProfileImageSize::None
}

/// What getUserList answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserList {
    /// Which page this is
    pub page: PageNumber,
    /// How many people a page has
    pub results_per_page: ResultsPerPage,
    /// How many people there are
    #[schemars(with = "crate::plain::Count")]
    pub total_users: i64,
    /// How many pages there are
    #[schemars(with = "crate::plain::Count")]
    pub total_pages: i64,
    /// The people of this page
    pub users: Vec<ListedUser>,
}

/// A person in the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListedUser {
    /// ID of the person
    pub id: UserRef,
    /// Their login
    #[schemars(with = "crate::types::Login")]
    pub login: String,
}

impl Operation for GetUserList {
    const NAME: &'static str = "getUserList";
    const VERBS: Verbs = Verbs::Get;
    const EFFECT: Effect = Effect::Read;
    const ERRORS: &'static [Code] = &[Code::UserTokenInvalid, Code::UserTokenExpired];
    type Output = UserList;

    fn run(&self, context: &mut Context<'_>) -> Result<UserList> {
        context.authenticate_for_directory(self.auth_token.as_ref())?;
        let (rows, total) =
            users::list(context.connection, slice(self.page, self.results_per_page))?;
        Ok(UserList {
            page: self.page,
            results_per_page: self.results_per_page,
            total_users: total,
            total_pages: pages(total, self.results_per_page),
            users: rows
                .into_iter()
                .map(|user| ListedUser {
                    id: UserRef(user.id),
                    login: user.login,
                })
                .collect(),
        })
    }
}
