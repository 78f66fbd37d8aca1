//! Operations on people, their passwords and their tokens.

pub mod check_token;
pub mod login;
pub mod logout;
