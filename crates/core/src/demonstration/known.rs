//! The users and secrets of the demonstration, which everybody knows.

/// The user who joins: login, password and token.
pub const MEMBER: (&str, &str, &str) = ("marc", "marcspassword", "123576abcdef6572134");

/// The API key of an application of the Upcoming dialect.
pub const KEY: &str = "demo0demo0";

/// The owner of the groups: login, password and token.
pub const OWNER: (&str, &str, &str) = ("phil", "philspassword", "4312176fedcba675321");

/// The admin password in the examples. A server has the one of its configuration.
pub const ADMIN_PASSWORD: &str = "adminspassword";

/// The secret of an invitation to [`INVITED_GROUP`](super::INVITED_GROUP).
pub const INVITATION: &str = "inv_0123456789abcdef0123456789abcdef012345670e7b17ab";
