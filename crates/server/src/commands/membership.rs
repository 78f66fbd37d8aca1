//! `trivium member`, `trivium request` and `trivium invite`: the operations of moderators, run with the
//! authority of the administrator.

use serde_json::json;
use trivium_core::administration::members::AddMember;
use trivium_core::invitations::get_invitations::GetInvitations;
use trivium_core::invitations::new::NewInvitation;
use trivium_core::invitations::revoke::RevokeInvitation;
use trivium_core::moderation::approve::ApproveJoinRequest;
use trivium_core::moderation::ban::BanMember;
use trivium_core::moderation::deny::DenyJoinRequest;
use trivium_core::moderation::get_join_requests::GetJoinRequests;
use trivium_core::moderation::remove::RemoveMember;
use trivium_core::moderation::set_end::SetMembershipEnd;
use trivium_core::moderation::set_role::SetMemberRole;
use trivium_core::moderation::unban::UnbanMember;
use trivium_core::types::Message;

use super::{Administrator, print};
use crate::failure::Failure;
use crate::options::{Global, Invite, Member, Request};

pub(crate) fn member(global: &Global, command: &Member) -> Result<(), Failure> {
    let administrator = Administrator::open(global)?;
    match command {
        Member::Add { who, role } => {
            let user = administrator.user(&who.login)?;
            administrator.run(AddMember {
                group: who.group,
                user,
                role: *role,
            })?;
        }
        Member::Remove { who, reason } => {
            let user = administrator.user(&who.login)?;
            let reason = reason.clone().map(Message);
            administrator.run(RemoveMember {
                id: who.group,
                user,
                reason,
            })?;
        }
        Member::Ban { who, reason, until } => {
            let user = administrator.user(&who.login)?;
            let reason = reason.clone().map(Message);
            let until = *until;
            administrator.run(BanMember {
                id: who.group,
                user,
                reason,
                until,
            })?;
        }
        Member::Unban { who } => {
            let user = administrator.user(&who.login)?;
            administrator.run(UnbanMember {
                id: who.group,
                user,
            })?;
        }
        Member::Role { who, role } => {
            let user = administrator.user(&who.login)?;
            administrator.run(SetMemberRole {
                id: who.group,
                user,
                role: *role,
            })?;
        }
        Member::End { who, until } => {
            let user = administrator.user(&who.login)?;
            administrator.run(SetMembershipEnd {
                id: who.group,
                user,
                until: *until,
            })?;
        }
    }
    Ok(())
}

pub(crate) fn request(global: &Global, command: &Request) -> Result<(), Failure> {
    let reads = matches!(command, Request::List { .. });
    let administrator = Administrator::open_to_read(global, reads)?;
    match command {
        Request::List { group } => {
            let rows = administrator.pages(
                |page, results_per_page| GetJoinRequests {
                    id: *group,
                    page,
                    results_per_page,
                },
                |answer| answer.requests,
            )?;
            print::list(
                global,
                &["id", "login", "name", "message", "requestedAt"],
                &rows,
            )
        }
        Request::Approve { who, member_until } => {
            let user = administrator.user(&who.login)?;
            administrator.run(ApproveJoinRequest {
                id: who.group,
                user,
                member_until: *member_until,
            })?;
            Ok(())
        }
        Request::Deny { who, reason } => {
            let user = administrator.user(&who.login)?;
            let reason = reason.clone().map(Message);
            administrator.run(DenyJoinRequest {
                id: who.group,
                user,
                reason,
            })?;
            Ok(())
        }
    }
}

pub(crate) fn invite(global: &Global, command: &Invite) -> Result<(), Failure> {
    let reads = matches!(command, Invite::List { .. });
    let administrator = Administrator::open_to_read(global, reads)?;
    match command {
        Invite::Create {
            group,
            uses,
            ttl,
            role,
            member_until,
        } => {
            let made = administrator.run(NewInvitation {
                id: *group,
                usage_limit: *uses,
                expires_in: *ttl,
                role: *role,
                member_until: *member_until,
            })?;
            if global.json {
                return print::record(global, &json!(made));
            }
            print::line(&made.invitation)
        }
        Invite::List { group } => {
            let rows = administrator.pages(
                |page, results_per_page| GetInvitations {
                    id: *group,
                    page,
                    results_per_page,
                },
                |answer| answer.invitations,
            )?;
            let columns = [
                "invitationId",
                "prefix",
                "role",
                "createdBy",
                "createdAt",
                "expiresAt",
                "memberUntil",
                "usageLimit",
                "uses",
                "revoked",
            ];
            print::list(global, &columns, &rows)
        }
        Invite::Revoke { group, invitation } => {
            administrator.run(RevokeInvitation {
                id: *group,
                invitation_id: *invitation,
            })?;
            Ok(())
        }
    }
}
