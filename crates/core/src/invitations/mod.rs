//! Operations on invitations, with which users join without the approval of a moderator.

pub mod get_invitations;
pub mod join_by_invitation;
pub mod new;
pub(crate) mod redeem;
pub mod revoke;
pub mod verify;
