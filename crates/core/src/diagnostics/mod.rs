//! Operations for those who write clients: they touch no data.

pub mod echo;
pub mod errors;
