//! Operations for testing clients. They do not touch data.

pub mod echo;
pub mod errors;
