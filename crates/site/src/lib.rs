//! What the group service publishes about itself: its description, and its own pages for people.
//!
//! - [`description`] is the service as `trivium-describe` needs it: catalog, recorded responses, dialects.
//! - [`membership`] shows the membership rules, which `diagram` draws.
//! - [`pages`] are the public pages of groups and users.
//!
//! Data in, HTML out: no server and no database here.

pub mod description;
mod diagram;
pub mod membership;
pub mod pages;
