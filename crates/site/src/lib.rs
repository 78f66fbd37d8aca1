//! The service's own pages for people.
//!
//! - [`membership`] shows the membership rules, which `diagram` draws.
//! - [`pages`] are the public pages of groups and users.
//!
//! Data in, HTML out: no server and no database here.

mod diagram;
pub mod membership;
pub mod pages;
