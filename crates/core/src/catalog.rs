//! The one list of operations. To add an operation, add its file, its `mod` line, and a line here.

use std::sync::LazyLock;

use trivium_rpc::{Answer, Arguments, Catalog, Entry, Error};

use crate::cases::Cases;
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
                row::<groups::get_groups_in_common::GetGroupsInCommon>(),
                row::<groups::get::GetGroup>(),
                row::<groups::get_members::GetMembers>(),
                row::<groups::get_member::GetMember>(),
                row::<groups::check_memberships::CheckMemberships>(),
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
                row::<groups::get_membership_history::GetMembershipHistory>(),
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
                row::<moderation::set_end::SetMembershipEnd>(),
                row::<moderation::get_ending_memberships::GetEndingMemberships>(),
                row::<moderation::transfer::TransferGroup>(),
                row::<moderation::get_audit_log::GetAuditLog>(),
            ],
        ),
    ]
}

/// The catalog, with how the operation at each position is run, and what its tests try.
static ROWS: LazyLock<(Catalog, Vec<(Bind, Cases)>)> = LazyLock::new(|| {
    let mut catalog = Catalog::new(NAMESPACE, codes::OWN);
    let mut others = Vec::new();
    for (subject, rows) in rows() {
        for Row { entry, bind, cases } in rows {
            catalog.entries.push(Entry { subject, ..entry });
            others.push((bind, cases));
        }
    }
    (catalog, others)
});

/// The catalog of the group service.
pub fn catalog() -> &'static Catalog {
    &ROWS.0
}

/// What the tests of an operation try.
pub fn cases(entry: &Entry) -> Option<&'static Cases> {
    let (catalog, others) = &*ROWS;
    let (_, cases) = others.get(catalog.position(entry)?)?;
    Some(cases)
}

/// Makes the work of an operation from its arguments.
pub(crate) fn bind(entry: &Entry, arguments: Arguments) -> Result<Box<dyn Work<Answer>>> {
    let (catalog, others) = &*ROWS;
    let found = catalog
        .position(entry)
        .and_then(|position| others.get(position));
    let (bind, _) =
        found.ok_or_else(|| Error::internal("the operation belongs to another catalog"))?;
    bind(arguments)
}

#[cfg(test)]
mod tests {
    use trivium_rpc::Credential;

    use super::*;
    use crate::cases::Cause;

    /// Codes that no single call produces: they need a broken store, a clock, or thousands of calls.
    const EXEMPT: [&str; 4] = [
        "temporarily_unavailable",
        "rate_limited",
        "quota_exceeded",
        "user_token_expired",
    ];

    #[test]
    fn every_declared_code_has_a_call_that_produces_it() {
        for entry in &catalog().entries {
            let cases = cases(entry).unwrap();
            let by_access = cases
                .access
                .codes
                .into_iter()
                .chain([cases.access.elsewhere]);
            let by_causes = cases.causes.iter().map(|cause| Some(cause.code));
            let mut produced: Vec<_> = by_access.chain(by_causes).flatten().collect();
            for code in &produced {
                assert!(entry.errors.contains(code), "{}: {code:?}", entry.name());
            }
            produced.push(codes::USER_TOKEN_INVALID);
            if entry.credential == Credential::AdminPassword {
                produced.push(codes::USER_INVALID_PASSWORD);
            }
            for code in &entry.errors {
                let found = produced.contains(code) || EXEMPT.contains(&code.name);
                assert!(found, "{}: no call fails with {code:?}", entry.name());
            }
        }
    }

    #[test]
    fn cases_name_arguments_of_their_operations() {
        for entry in &catalog().entries {
            let cases = cases(entry).unwrap();
            let example = entry.example.as_ref().unwrap();
            let names = example.arguments.iter().map(|(name, _)| *name);
            let causes = cases
                .causes
                .iter()
                .map(|Cause { arguments, .. }| *arguments);
            let of_cases = causes.chain([cases.access.arguments]).flatten();
            for name in names.chain(of_cases.map(|(name, _)| *name)) {
                assert!(entry.rule(name).is_some(), "{}: {name}", entry.name());
            }
            let needs_credential = entry.credential.argument();
            for rule in entry.rules.iter().filter(|rule| rule.required) {
                let is_credential = Some(rule.name) == needs_credential;
                let given = match is_credential {
                    true => example.credential.is_some(),
                    false => example.arguments.iter().any(|(name, _)| *name == rule.name),
                };
                assert!(given, "{}: {}", entry.name(), rule.name);
            }
        }
    }
}
