//! Operations on invitations: who holds one, joins without a moderator.

pub mod get_invitations;
pub mod join_by_invitation;
pub mod new;
pub(crate) mod redeem;
pub mod revoke;
