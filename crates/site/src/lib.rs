//! Publishes the description of the group service, and the public pages of its groups and users.
//!
//! - [`description`] has the data for `trivium-describe`: catalog, recorded responses, dialects.
//! - [`membership`] is the page of the membership rules; `diagram` draws them.
//! - [`pages`] are the public pages of groups and users.
//!
//! The crate converts data to HTML. It uses no server and no database.

pub mod description;
mod diagram;
pub mod membership;
pub mod pages;
