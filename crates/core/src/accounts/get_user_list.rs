//! `getUserList`: the directory of people.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::users;

use crate::cases::{Access, Example, Who};
use crate::types::{PageNumber, ResultsPerPage, UserRef, pages, slice};
use crate::{Declaration, DirectoryReader, Operation, PublicOperation, Result, Session};

trivium_rpc::string_enum! {
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
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub total_users: i64,
    /// How many pages there are
    #[schemars(with = "trivium_rpc::schema::Count")]
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
    const DECLARATION: &'static Declaration = &Declaration::read("getUserList", &[]);
    type Caller = DirectoryReader;
    type Output = UserList;

    fn run(&self, _: &DirectoryReader, session: &mut Session<'_>) -> Result<UserList> {
        let (rows, total) =
            users::list(session.connection, slice(self.page, self.results_per_page))?;
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

impl PublicOperation for GetUserList {
    const EXAMPLE: Example = Example::by(Who::Nobody, &[("page", "1"), ("resultsPerPage", "10")]);
    const ACCESS: Access = Access::everybody(&[]);
}
