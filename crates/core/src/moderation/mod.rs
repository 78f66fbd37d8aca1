//! Operations of moderators and owners on members and requests.

pub mod approve;
pub mod ban;
pub mod deny;
pub mod get_audit_log;
pub mod get_ending_memberships;
pub mod get_join_requests;
pub mod remove;
pub mod set_end;
pub mod set_role;
pub mod subject;
pub mod transfer;
pub mod unban;
