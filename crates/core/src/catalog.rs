//! The one list of operations. Adding an operation is its file, its `mod`, and a line here.

use std::sync::LazyLock;

use trivium_rpc::{Answer, Arguments, Catalog, Entry, Error};

use crate::operation::{Bind, Row, Work, row};
use crate::{Result, accounts, codes, diagnostics, groups, invitations, moderation};

/// The namespace of every operation: `peopleaggregator.joinGroup`.
pub const NAMESPACE: &str = "peopleaggregator";

/// Every operation, by subject.
fn rows() -> [(&'static str, Vec<Row>); 8] {
    [
        (
            "Diagnostics",
            vec![
                row::<diagnostics::echo::Echo>(),
                row::<diagnostics::echo::EchoPost>(),
                row::<diagnostics::errors::ErrorTest>(),
                row::<diagnostics::errors::ExceptionTest>(),
            ],
        ),
        (
            "Users",
            vec![
                row::<accounts::get_user_list::GetUserList>(),
                row::<accounts::get_user_profile::GetUserProfile>(),
            ],
        ),
        (
            "Users, for administrators",
            vec![
                row::<accounts::new_user::NewUser>(),
                row::<accounts::edit_user::EditUser>(),
                row::<accounts::delete_user::DeleteUser>(),
            ],
        ),
        (
            "The caller's password and tokens",
            vec![
                row::<accounts::login::Login>(),
                row::<accounts::logout::Logout>(),
                row::<accounts::check_token::CheckToken>(),
                row::<accounts::change_password::ChangePassword>(),
                row::<accounts::get_tokens::GetTokens>(),
                row::<accounts::revoke_token::RevokeToken>(),
            ],
        ),
        (
            "Groups",
            vec![
                row::<groups::get_categories::GetCategories>(),
                row::<groups::get_groups::GetGroups>(),
                row::<groups::get_my_groups::GetMyGroups>(),
                row::<groups::get::GetGroup>(),
                row::<groups::get_members::GetMembers>(),
                row::<groups::find::FindGroup>(),
                row::<groups::new::NewGroup>(),
                row::<groups::edit::EditGroup>(),
                row::<groups::delete::DeleteGroup>(),
            ],
        ),
        (
            "Membership",
            vec![
                row::<groups::can_join::CanJoin>(),
                row::<groups::join::JoinGroup>(),
                row::<groups::withdraw::WithdrawJoinRequest>(),
                row::<groups::leave::LeaveGroup>(),
            ],
        ),
        (
            "Invitations",
            vec![
                row::<invitations::new::NewInvitation>(),
                row::<invitations::get_invitations::GetInvitations>(),
                row::<invitations::revoke::RevokeInvitation>(),
                row::<invitations::join_by_invitation::JoinByInvitation>(),
            ],
        ),
        (
            "Moderation",
            vec![
                row::<moderation::get_join_requests::GetJoinRequests>(),
                row::<moderation::approve::ApproveJoinRequest>(),
                row::<moderation::deny::DenyJoinRequest>(),
                row::<moderation::remove::RemoveMember>(),
                row::<moderation::ban::BanMember>(),
                row::<moderation::unban::UnbanMember>(),
                row::<moderation::set_role::SetMemberRole>(),
                row::<moderation::transfer::TransferGroup>(),
                row::<moderation::get_audit_log::GetAuditLog>(),
            ],
        ),
    ]
}

/// The catalog, with how the operation at each position is run.
static ROWS: LazyLock<(Catalog, Vec<Bind>)> = LazyLock::new(|| {
    let mut catalog = Catalog::new(NAMESPACE, codes::OWN);
    let mut binds = Vec::new();
    for (subject, rows) in rows() {
        for Row { mut entry, bind } in rows {
            entry.subject = subject;
            catalog.entries.push(entry);
            binds.push(bind);
        }
    }
    (catalog, binds)
});

/// The catalog of the group service.
pub fn catalog() -> &'static Catalog {
    &ROWS.0
}

/// Makes the work of an operation from its arguments.
pub(crate) fn bind(entry: &Entry, arguments: Arguments) -> Result<Box<dyn Work<Answer>>> {
    let (catalog, binds) = &*ROWS;
    let bind = catalog
        .position(entry)
        .and_then(|position| binds.get(position));
    let bind = bind.ok_or_else(|| Error::internal("a call of another catalog"))?;
    bind(arguments)
}
