//! `getUserList`: lists the users.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::users;

use crate::cases::{Access, Example, Who};
use crate::types::{PageNumber, ResultsPerPage, UserRef, pages, slice};
use crate::{Declaration, DirectoryReader, Operation, PublicOperation, Result, Session};

trivium_rpc::string_enum! {
    /// The size of profile images. Accepted for compatibility: this service stores no images.
    ProfileImageSize {
        /// No image.
        None = "none",
        /// 50 by 50 pixels.
        Small = "50x50",
        /// 127 by 135 pixels.
        Medium = "127x135",
        /// The original size.
        Full = "full",
    }
}

/// Lists the users, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetUserList {
    /// Number of the page, from 1
    #[serde(default)]
    pub page: PageNumber,
    /// Number of users per page
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
    /// Size of profile images; accepted for compatibility and ignored
    #[serde(default = "default_size")]
    pub profile_image_size: ProfileImageSize,
}

const fn default_size() -> ProfileImageSize {
    ProfileImageSize::None
}

/// The result of getUserList.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserList {
    /// Number of this page
    pub page: PageNumber,
    /// Number of users per page
    pub results_per_page: ResultsPerPage,
    /// Total number of users
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub total_users: i64,
    /// Total number of pages
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub total_pages: i64,
    /// The users of this page
    pub users: Vec<ListedUser>,
}

/// A user in the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ListedUser {
    /// ID of the user
    pub id: UserRef,
    /// Login of the user
    #[schemars(with = "crate::types::Login")]
    pub login: String,
}

impl Operation for GetUserList {
    const DECLARATION: &'static Declaration = &Declaration::scan("getUserList", &[]);
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
