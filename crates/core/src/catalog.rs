//! The one list of operations. Adding an operation is its file and a line here.

use std::sync::LazyLock;

use crate::operation::Catalog;
use crate::{Entry, accounts, diagnostics, groups, invitations, moderation};

/// The namespace of every operation: `peopleaggregator.joinGroup`.
pub const NAMESPACE: &str = "peopleaggregator";

/// Every operation, by subject.
pub static CATALOG: Catalog = LazyLock::new(|| {
    [
        subject(
            "For those who write clients",
            vec![
                Entry::of::<diagnostics::echo::Echo>(),
                Entry::of::<diagnostics::echo::EchoPost>(),
                Entry::of::<diagnostics::errors::ErrorTest>(),
                Entry::of::<diagnostics::errors::ExceptionTest>(),
            ],
        ),
        subject(
            "People, for everybody",
            vec![
                Entry::of::<accounts::get_user_list::GetUserList>(),
                Entry::of::<accounts::get_user_profile::GetUserProfile>(),
            ],
        ),
        subject(
            "People, for administrators",
            vec![
                Entry::of::<accounts::new_user::NewUser>(),
                Entry::of::<accounts::edit_user::EditUser>(),
                Entry::of::<accounts::delete_user::DeleteUser>(),
            ],
        ),
        subject(
            "The caller's password and tokens",
            vec![
                Entry::of::<accounts::login::Login>(),
                Entry::of::<accounts::logout::Logout>(),
                Entry::of::<accounts::check_token::CheckToken>(),
                Entry::of::<accounts::change_password::ChangePassword>(),
                Entry::of::<accounts::get_tokens::GetTokens>(),
                Entry::of::<accounts::revoke_token::RevokeToken>(),
            ],
        ),
        subject(
            "Groups",
            vec![
                Entry::of::<groups::get_categories::GetCategories>(),
                Entry::of::<groups::get_groups::GetGroups>(),
                Entry::of::<groups::get_my_groups::GetMyGroups>(),
                Entry::of::<groups::get::GetGroup>(),
                Entry::of::<groups::get_members::GetMembers>(),
                Entry::of::<groups::find::FindGroup>(),
                Entry::of::<groups::new::NewGroup>(),
                Entry::of::<groups::edit::EditGroup>(),
                Entry::of::<groups::delete::DeleteGroup>(),
            ],
        ),
        subject(
            "Membership",
            vec![
                Entry::of::<groups::can_join::CanJoin>(),
                Entry::of::<groups::join::JoinGroup>(),
                Entry::of::<groups::withdraw::WithdrawJoinRequest>(),
                Entry::of::<groups::leave::LeaveGroup>(),
            ],
        ),
        subject(
            "Invitations",
            vec![
                Entry::of::<invitations::new::NewInvitation>(),
                Entry::of::<invitations::get_invitations::GetInvitations>(),
                Entry::of::<invitations::revoke::RevokeInvitation>(),
                Entry::of::<invitations::join_by_invitation::JoinByInvitation>(),
            ],
        ),
        subject(
            "Moderation",
            vec![
                Entry::of::<moderation::get_join_requests::GetJoinRequests>(),
                Entry::of::<moderation::approve::ApproveJoinRequest>(),
                Entry::of::<moderation::deny::DenyJoinRequest>(),
                Entry::of::<moderation::remove::RemoveMember>(),
                Entry::of::<moderation::ban::BanMember>(),
                Entry::of::<moderation::unban::UnbanMember>(),
                Entry::of::<moderation::set_role::SetMemberRole>(),
                Entry::of::<moderation::transfer::TransferGroup>(),
                Entry::of::<moderation::get_audit_log::GetAuditLog>(),
            ],
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
});

/// The operations of a subject.
fn subject(subject: &'static str, mut operations: Vec<Entry>) -> Vec<Entry> {
    for entry in &mut operations {
        entry.subject = subject;
    }
    operations
}

/// The operation of this name, with the namespace.
pub fn find_qualified(name: &str) -> Option<&'static Entry> {
    find(name.strip_prefix(NAMESPACE)?.strip_prefix('.')?)
}

/// The operation of this name, without the namespace.
pub fn find(name: &str) -> Option<&'static Entry> {
    CATALOG.iter().find(|entry| entry.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_survives_every_format() {
        // Building the catalog refuses those that do not.
        assert!(!CATALOG.is_empty());
    }
}
