//! The types of the group service's arguments and results: IDs, texts, secrets and pages.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize, Serializer};
pub use trivium_rpc::DateTime;
use trivium_rpc::text::TEXT;
use trivium_rpc::{id_type, text_type};
use trivium_storage::Page;

id_type!(
    /// The ID of a group: `group:1234`.
    GroupRef, "group", "Group ID", "group:123"
);
id_type!(
    /// The ID of a user: `user:7`.
    UserRef, "user", "User ID", "user:7"
);
id_type!(
    /// The ID of a category of groups: `cat:1`.
    CategoryRef, "cat", "Category ID", "cat:1"
);

id_type!(
    /// The ID of an invitation: `invitation:7`. It is not the secret.
    InvitationRef, "invitation", "Invitation ID", "invitation:7"
);

text_type!(
    /// The name of a group.
    GroupName, 255, "Microformats"
);
text_type!(
    /// The description of a group.
    Description, 16_384, "A group working on microformats."
);
text_type!(
    /// A message to moderators, or the reason of a moderator. The audit log keeps it.
    Message, 1_000, "I organise the yearly meeting."
);
text_type!(
    /// The tags of a group.
    Tags, 1_000, "microformats, web"
);
text_type!(
    /// The URL of an image or of a page. Its form is not checked.
    Link, 2_048, "https://example.org/image.png"
);
text_type!(
    /// A name of a user, or of their network.
    Name, 255, "Marc"
);
text_type!(
    /// A login.
    Login, 64, "marc"
);
text_type!(
    /// An e-mail address. Its form is not checked.
    Email, 254, "marc@example.org"
);
text_type!(
    /// The first characters of a secret, which identify it to its owner.
    Prefix, 64, "123576ab"
);
text_type!(
    /// The secret of an invitation.
    InvitationSecret, 2_048, "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"
);

/// A token. It is never printed.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct AuthToken(pub String);

impl fmt::Debug for AuthToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthToken(…)")
    }
}

impl JsonSchema for AuthToken {
    fn schema_name() -> Cow<'static, str> {
        "AuthToken".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "x-characters": TEXT, "examples": ["123576abcdef6572134"] })
    }
}

/// A password. It is never printed.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct Password(pub String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl JsonSchema for Password {
    fn schema_name() -> Cow<'static, str> {
        "Password".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": 4096, "x-characters": TEXT, "examples": ["marcspassword"] })
    }
}

/// The number of a page of a list, from 1.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub struct PageNumber(pub i64);

impl Default for PageNumber {
    fn default() -> Self {
        Self(1)
    }
}

/// The number of rows of a page: 10 to 100.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub struct ResultsPerPage(pub i64);

impl Default for ResultsPerPage {
    fn default() -> Self {
        Self(100)
    }
}

macro_rules! number {
    ($name:ident, $schema:tt) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_i64(self.0)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    };
}

number!(PageNumber, { "type": "integer", "minimum": 1, "maximum": 2_147_483_647, "examples": [1] });
number!(ResultsPerPage, { "type": "integer", "minimum": 10, "maximum": 100, "examples": [100] });

/// Declares the result of an operation that lists: the page, and its rows under a name.
///
/// It is a macro because a shared struct would need `#[serde(flatten)]`, which loses the list of
/// fields and turns the result into a map.
#[macro_export]
macro_rules! listing {
    ($(#[$meta:meta])* $name:ident { $(#[$rows_meta:meta])* $rows:ident: $row:ty }) => {
        $(#[$meta])*
        #[derive(Debug, serde::Serialize, schemars::JsonSchema)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            /// The number of this page
            pub page: $crate::types::PageNumber,
            /// The number of rows of a page
            pub results_per_page: $crate::types::ResultsPerPage,
            /// The total number of rows
            #[schemars(with = "trivium_rpc::schema::Count")]
            pub total_results: i64,
            /// The total number of pages
            #[schemars(with = "trivium_rpc::schema::Count")]
            pub total_pages: i64,
            $(#[$rows_meta])*
            pub $rows: Vec<$row>,
        }

        impl $name {
            fn new(
                page: $crate::types::PageNumber,
                results_per_page: $crate::types::ResultsPerPage,
                total_results: i64,
                $rows: Vec<$row>,
            ) -> Self {
                Self {
                    page,
                    results_per_page,
                    total_results,
                    total_pages: $crate::types::pages(total_results, results_per_page),
                    $rows,
                }
            }
        }
    };
}

/// The rows of a page.
pub fn slice(page: PageNumber, size: ResultsPerPage) -> Page {
    Page {
        offset: (page.0 - 1).saturating_mul(size.0),
        limit: size.0,
    }
}

/// The number of pages of a list of `total` rows.
pub fn pages(total: i64, size: ResultsPerPage) -> i64 {
    (total + size.0 - 1) / size.0.max(1)
}
