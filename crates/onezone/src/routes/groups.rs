//! The calls about users and groups.

use trivium_core::Operation;
use trivium_core::accounts::get_user_profile::GetUserProfile;
use trivium_core::diagnostics::echo::Echo;
use trivium_core::groups::delete::DeleteGroup;
use trivium_core::groups::edit::EditGroup;
use trivium_core::groups::get::GetGroup;
use trivium_core::groups::get_groups::GetGroups;
use trivium_core::groups::get_member::GetMember;
use trivium_core::groups::get_members::GetMembers;
use trivium_core::groups::get_my_groups::GetMyGroups;
use trivium_core::groups::kind::Kind;
use trivium_core::groups::leave::LeaveGroup;
use trivium_core::groups::new::NewGroup;
use trivium_core::invitations::join_by_invitation::JoinByInvitation;
use trivium_core::invitations::new::NewInvitation;
use trivium_core::moderation::remove::RemoveMember;
use trivium_core::types::{DateTime, GroupRef, UserRef};
use trivium_front::dialect::ArgumentDescription;

use super::tokens::secrets;
use super::{by_marc, by_phil, hidden, names};
use crate::call::Route;
use crate::calls::{groups, invitations, join, members, start, users};
use crate::error::{INVITE_TYPE, Refusal};

const ID: ArgumentDescription =
    ArgumentDescription::required("id", "In the path: the number of a group.");
const USER: ArgumentDescription =
    ArgumentDescription::required("user", "In the path: the number of a user.");
const NAME: ArgumentDescription = ArgumentDescription::required(
    "name",
    "2 to 50 letters, digits, brackets and underscores. Dashes, spaces and dots are allowed between them.",
);
const GROUP_MADE: &str = "201 without a body; Location is the address of the group.";
const GROUPS: &str = "200, and the IDs of the groups.";
const GROUP: &str = "200, and the group.";
const PERSON: &str = "200, and the user.";
const PRIVILEGES: &str = "200, and the names of the privileges.";

pub(super) const ROUTES: &[Route] = &[
    Route {
        name: "configuration",
        method: "GET",
        path: "/configuration",
        action: Echo::DECLARATION.name,
        effect: Echo::DECLARATION.effect,
        locks_account: false,
        run: start::configuration,
        summary: "Describes the service, for clients that start.",
        arguments: &[],
        response: "200, and the properties that clients read.",
        errors: Vec::new,
        example: by_marc("/configuration", ""),
    },
    Route {
        name: "user",
        method: "GET",
        path: "/user",
        action: GetUserProfile::DECLARATION.name,
        effect: GetUserProfile::DECLARATION.effect,
        locks_account: false,
        run: users::own,
        summary: "Shows the caller.",
        arguments: &[],
        response: PERSON,
        errors: Vec::new,
        example: by_marc("/user", ""),
    },
    Route {
        name: "user-groups-join",
        method: "POST",
        path: "/user/groups/join",
        action: JoinByInvitation::DECLARATION.name,
        effect: JoinByInvitation::DECLARATION.effect,
        locks_account: false,
        run: join::join,
        summary: "Joins a group by invitation. Only a successful call counts as a use.",
        arguments: &[ArgumentDescription::required(
            "token",
            "An invitation, at most 2048 characters.",
        )],
        response: GROUP_MADE,
        errors: joining,
        example: by_marc(
            "/user/groups/join",
            r#"{"token": "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"}"#,
        ),
    },
    Route {
        name: "user-groups",
        method: "GET",
        path: "/user/groups",
        action: GetMyGroups::DECLARATION.name,
        effect: GetMyGroups::DECLARATION.effect,
        locks_account: false,
        run: groups::list,
        summary: "Lists the groups of the caller.",
        arguments: &[],
        response: GROUPS,
        errors: Vec::new,
        example: by_marc("/user/groups", ""),
    },
    Route {
        name: "user-effective-groups",
        method: "GET",
        path: "/user/effective_groups",
        action: GetMyGroups::DECLARATION.name,
        effect: GetMyGroups::DECLARATION.effect,
        locks_account: false,
        run: groups::list,
        summary: "Lists the same groups as GET /user/groups, because groups do not contain groups here.",
        arguments: &[],
        response: GROUPS,
        errors: Vec::new,
        example: by_marc("/user/effective_groups", ""),
    },
    Route {
        name: "user-groups-create",
        method: "POST",
        path: "/user/groups",
        action: NewGroup::DECLARATION.name,
        effect: NewGroup::DECLARATION.effect,
        locks_account: false,
        run: groups::create,
        summary: "Creates an invitation-only group, which is visible to its members only.",
        arguments: &[
            NAME,
            ArgumentDescription::default(
                "type",
                "team",
                "organization, unit, team or role_holders.",
            ),
        ],
        response: GROUP_MADE,
        errors: || {
            [
                names(),
                vec![
                    not_a_kind(),
                    Refusal::BadValueIdentifierOccupied("name"),
                    Refusal::Forbidden,
                ],
            ]
            .concat()
        },
        example: by_marc("/user/groups", r#"{"name": "Book Club", "type": "team"}"#),
    },
    Route {
        name: "user-groups-get",
        method: "GET",
        path: "/user/groups/{id}",
        action: GetGroup::DECLARATION.name,
        effect: GetGroup::DECLARATION.effect,
        locks_account: false,
        run: groups::show,
        summary: "Shows a group to a member.",
        arguments: &[ID],
        response: GROUP,
        errors: || vec![Refusal::NotFound],
        example: by_marc("/user/groups/1236", ""),
    },
    Route {
        name: "user-effective-groups-get",
        method: "GET",
        path: "/user/effective_groups/{id}",
        action: GetGroup::DECLARATION.name,
        effect: GetGroup::DECLARATION.effect,
        locks_account: false,
        run: groups::show,
        summary: "Shows a group to a member.",
        arguments: &[ID],
        response: GROUP,
        errors: || vec![Refusal::NotFound],
        example: by_marc("/user/effective_groups/1236", ""),
    },
    Route {
        name: "groups-privileges",
        method: "GET",
        path: "/groups/privileges",
        action: Echo::DECLARATION.name,
        effect: Echo::DECLARATION.effect,
        locks_account: false,
        run: users::all_privileges,
        summary: "Lists what members, moderators and owners may do, by the names of Onezone.",
        arguments: &[],
        response: "200, and the privileges of member, manager and admin.",
        errors: Vec::new,
        example: by_marc("/groups/privileges", ""),
    },
    Route {
        name: "groups-list",
        method: "GET",
        path: "/groups",
        action: GetGroups::DECLARATION.name,
        effect: GetGroups::DECLARATION.effect,
        locks_account: false,
        run: groups::list_all,
        summary: "",
        arguments: &[],
        response: "",
        errors: Vec::new,
        example: None,
    },
    Route {
        name: "groups-get",
        method: "GET",
        path: "/groups/{id}",
        action: GetGroup::DECLARATION.name,
        effect: GetGroup::DECLARATION.effect,
        locks_account: false,
        run: groups::show_to_members,
        summary: "Shows a group to a member.",
        arguments: &[ID],
        response: GROUP,
        errors: hidden,
        example: by_phil("/groups/1236", ""),
    },
    Route {
        name: "groups-users",
        method: "GET",
        path: "/groups/{id}/users",
        action: GetMembers::DECLARATION.name,
        effect: GetMembers::DECLARATION.effect,
        locks_account: false,
        run: members::list,
        summary: "Lists the members of a group.",
        arguments: &[ID],
        response: "200, and the IDs of the users.",
        errors: hidden,
        // A group of one member: those who joined in the same second have no defined order.
        example: by_marc("/groups/1235/users", ""),
    },
    Route {
        name: "groups-effective-users",
        method: "GET",
        path: "/groups/{id}/effective_users",
        action: GetMembers::DECLARATION.name,
        effect: GetMembers::DECLARATION.effect,
        locks_account: false,
        run: members::list,
        summary: "Lists the same users as GET /groups/{id}/users, because groups do not contain groups here.",
        arguments: &[ID],
        response: "200, and the IDs of the users.",
        errors: hidden,
        example: by_marc("/groups/1235/effective_users", ""),
    },
    Route {
        name: "groups-users-token",
        method: "POST",
        path: "/groups/{id}/users/token",
        action: NewInvitation::DECLARATION.name,
        effect: NewInvitation::DECLARATION.effect,
        locks_account: false,
        run: invitations::invite,
        summary: "Creates an invitation that can be used once. For moderators.",
        arguments: &[ID],
        response: "200, and the invitation.",
        errors: hidden,
        example: by_phil("/groups/1236/users/token", ""),
    },
    Route {
        name: "groups-users-get",
        method: "GET",
        path: "/groups/{id}/users/{user}",
        action: GetMember::DECLARATION.name,
        effect: GetMember::DECLARATION.effect,
        locks_account: false,
        run: users::show,
        summary: "Shows a member to the other members.",
        arguments: &[ID, USER],
        response: PERSON,
        errors: hidden,
        example: by_phil("/groups/1236/users/2", ""),
    },
    Route {
        name: "groups-effective-users-get",
        method: "GET",
        path: "/groups/{id}/effective_users/{user}",
        action: GetMember::DECLARATION.name,
        effect: GetMember::DECLARATION.effect,
        locks_account: false,
        run: users::show,
        summary: "Shows a member to the other members.",
        arguments: &[ID, USER],
        response: PERSON,
        errors: hidden,
        example: by_phil("/groups/1236/effective_users/2", ""),
    },
    Route {
        name: "groups-users-privileges",
        method: "GET",
        path: "/groups/{id}/users/{user}/privileges",
        action: GetMember::DECLARATION.name,
        effect: GetMember::DECLARATION.effect,
        locks_account: false,
        run: users::privileges,
        summary: "Lists what a member may do. For moderators, and the member.",
        arguments: &[ID, USER],
        response: PRIVILEGES,
        errors: hidden,
        example: by_phil("/groups/1236/users/2/privileges", ""),
    },
    Route {
        name: "groups-effective-users-privileges",
        method: "GET",
        path: "/groups/{id}/effective_users/{user}/privileges",
        action: GetMember::DECLARATION.name,
        effect: GetMember::DECLARATION.effect,
        locks_account: false,
        run: users::privileges,
        summary: "Lists what a member may do. For moderators, and the member.",
        arguments: &[ID, USER],
        response: PRIVILEGES,
        errors: hidden,
        example: by_phil("/groups/1236/effective_users/2/privileges", ""),
    },
    Route {
        name: "groups-users-remove",
        method: "DELETE",
        path: "/groups/{id}/users/{user}",
        action: RemoveMember::DECLARATION.name,
        effect: RemoveMember::DECLARATION.effect,
        locks_account: false,
        run: members::remove,
        summary: "Removes another member. For moderators.",
        arguments: &[ID, USER],
        response: "204 without a body.",
        errors: hidden,
        example: by_phil("/groups/1236/users/1", ""),
    },
    Route {
        name: "user-groups-leave",
        method: "DELETE",
        path: "/user/groups/{id}",
        action: LeaveGroup::DECLARATION.name,
        effect: LeaveGroup::DECLARATION.effect,
        locks_account: false,
        run: groups::leave,
        summary: "Ends the membership of the caller. The group of its owner passes to the moderator, or else the member, who \
                  joined first and has no group of this name; it is deleted with its last member.",
        arguments: &[ID],
        response: "204 without a body.",
        errors: hidden,
        example: by_marc("/user/groups/101", ""),
    },
    Route {
        name: "groups-edit",
        method: "PATCH",
        path: "/groups/{id}",
        action: EditGroup::DECLARATION.name,
        effect: EditGroup::DECLARATION.effect,
        locks_account: false,
        run: groups::edit,
        summary: "Changes the name or the type of a group, of which at least one is given. For the owner.",
        arguments: &[
            ID,
            ArgumentDescription::optional("name", "As for POST /user/groups."),
            ArgumentDescription::optional("type", "organization, unit, team or role_holders."),
        ],
        response: "204 without a body.",
        errors: || {
            [
                vec![
                    Refusal::MissingAtLeastOneValue(&["name", "type"]),
                    Refusal::BadValueString("name"),
                    Refusal::BadValueName,
                    not_a_kind(),
                    Refusal::BadValueIdentifierOccupied("name"),
                ],
                hidden(),
            ]
            .concat()
        },
        example: by_phil("/groups/1234", r#"{"type": "unit"}"#),
    },
    Route {
        name: "groups-delete",
        method: "DELETE",
        path: "/groups/{id}",
        action: DeleteGroup::DECLARATION.name,
        effect: DeleteGroup::DECLARATION.effect,
        locks_account: false,
        run: groups::delete,
        summary: "Deletes a group. For the owner.",
        arguments: &[ID],
        response: "204 without a body.",
        errors: hidden,
        example: by_phil("/groups/1234", ""),
    },
];

fn not_a_kind() -> Refusal {
    let kinds = Kind::ALL.iter().map(|kind| kind.as_str());
    Refusal::BadValueNotAllowed("type", kinds.collect())
}

fn joining() -> Vec<Refusal> {
    let group = GroupRef(1236);
    let not_an_invitation = Refusal::NotAnInviteToken(INVITE_TYPE);
    let own = vec![
        Refusal::BadValueToken("token", Box::new(not_an_invitation)),
        Refusal::TokenInvalid,
        Refusal::TokenRevoked,
        Refusal::TokenExpired(DateTime(1_155_303_524)),
        Refusal::InviteTokenUsageLimitReached,
        Refusal::InviteTokenSubjectNotAuthorized,
        Refusal::TokenSubjectInvalid,
        Refusal::InviteTokenTargetIdInvalid("1236".to_owned()),
        Refusal::Forbidden,
        Refusal::RelationAlreadyExists(UserRef(1), group),
    ];
    [secrets(), own].concat()
}
