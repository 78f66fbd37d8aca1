//! The enums of groups, invitations and standings on the wire, from and to those of the store.

use trivium_storage::audit::Standing as Recorded;
use trivium_storage::groups::{Moderation, Registration, Visibility};
use trivium_storage::invitations::Role;
use trivium_storage::memberships::State;

use crate::groups::rules::{RegistrationType, Standing};
use crate::groups::view::{AccessType, ModerationType};
use crate::invitations::new::InvitedRole;

/// Converts between two enums with the same variants.
macro_rules! same_variants {
    ($wire:ident, $stored:ident: $($variant:ident),+) => {
        impl From<$stored> for $wire {
            fn from(stored: $stored) -> Self {
                match stored { $($stored::$variant => Self::$variant,)+ }
            }
        }

        impl From<$wire> for $stored {
            fn from(wire: $wire) -> Self {
                match wire { $($wire::$variant => Self::$variant,)+ }
            }
        }
    };
}

same_variants!(AccessType, Visibility: Public, Members);
same_variants!(RegistrationType, Registration: Open, Moderated, Invite);
same_variants!(ModerationType, Moderation: Direct, Moderated);
same_variants!(Standing, Recorded: None, Requested, Member, Moderator, Owner, Banned);
same_variants!(InvitedRole, Role: Member, Moderator);

impl From<InvitedRole> for State {
    fn from(role: InvitedRole) -> Self {
        match role {
            InvitedRole::Member => Self::Member,
            InvitedRole::Moderator => Self::Moderator,
        }
    }
}
