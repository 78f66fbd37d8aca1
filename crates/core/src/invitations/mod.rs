//! Operations on invitations: who holds one, joins without a moderator.

pub mod redeem;
