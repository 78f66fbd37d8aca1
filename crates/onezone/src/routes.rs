//! The calls by address and HTTP method: the whole dialect on one page.

use serde_json::json;
use trivium_core::Operation;
use trivium_core::accounts::get_tokens::GetTokens;
use trivium_core::accounts::get_user_profile::GetUserProfile;
use trivium_core::demonstration::{MEMBER, OWNER};
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
use trivium_core::invitations::revoke::RevokeInvitation;
use trivium_core::invitations::verify::VerifyInvitation;
use trivium_core::moderation::remove::RemoveMember;
use trivium_core::named_tokens::TokenId;
use trivium_core::named_tokens::edit::EditNamedToken;
use trivium_core::named_tokens::examine::ExamineToken;
use trivium_core::types::{DateTime, GroupRef, UserRef};
use trivium_front::dialect::ArgumentDescription;
use trivium_front::form;

use crate::call::{Example, Ids, Route};
use crate::calls::{groups, invitations, join, members, start, tokens, users};
use crate::error::{INVITE_TYPE, Refusal};
use crate::values::number;

const ID: ArgumentDescription =
    ArgumentDescription::required("id", "In the path: the number of a group.");
const USER: ArgumentDescription =
    ArgumentDescription::required("user", "In the path: the number of a user.");
const NAME: ArgumentDescription = ArgumentDescription::required(
    "name",
    "2 to 50 letters, digits, brackets and underscores. Dashes, spaces and dots are allowed between them.",
);
const TOKEN_ID: ArgumentDescription =
    ArgumentDescription::required("token", "In the path: the ID of a token.");
const TOKEN_NAME: ArgumentDescription =
    ArgumentDescription::required("name", "In the path: the name of a token.");
const SELF: ArgumentDescription =
    ArgumentDescription::required("user", "In the path: the number of the caller.");
const SECRET: ArgumentDescription = ArgumentDescription::required(
    "token",
    "A token, at most 2048 characters. Unknown ones are limited as for POST /user/groups/join.",
);
const CUSTOM: ArgumentDescription = ArgumentDescription::optional(
    "customMetadata",
    "An object that is stored beside the token, at most 16 KiB.",
);
const NEW_TOKEN: &[ArgumentDescription] = &[
    ArgumentDescription::required(
        "name",
        "As for POST /user/groups. A user has one token of each name.",
    ),
    ArgumentDescription::default(
        "type",
        r#"{"accessToken": {}}"#,
        r#"This, or {"inviteToken": {"inviteType": "userJoinGroup", "groupId": "ID"}}."#,
    ),
    ArgumentDescription::default(
        "usageLimit",
        "infinity",
        "Of an invitation: how many users can join with it, a number, digits, or \"infinity\".",
    ),
    ArgumentDescription::optional(
        "caveats",
        r#"[{"type": "time", "validUntil": SECONDS}]: its expiry, in Unix seconds. An access token without one expires after ten years."#,
    ),
    ArgumentDescription::optional("privileges", r#"Of an invitation: ["group_view"]."#),
    CUSTOM,
];
const TOKENS: &str = "200, and the IDs of the tokens.";
const TOKEN: &str = "200, and the token, without its secret.";
const TOKEN_MADE: &str = "201, the ID and the secret of the token; Location is its address.";
const GROUP_MADE: &str = "201 without a body; Location is the address of the group.";
const GROUPS: &str = "200, and the IDs of the groups.";
const GROUP: &str = "200, and the group.";
const PERSON: &str = "200, and the user.";
const PRIVILEGES: &str = "200, and the names of the privileges.";

/// Every call. The first path that matches takes precedence; all examples succeed in this order on one
/// demonstration.
pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "configuration",
        method: "GET",
        path: "/configuration",
        action: Echo::DECLARATION.name,
        effect: Echo::DECLARATION.effect,
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
        run: groups::leave,
        summary: "Ends the membership of the caller. The group of its owner passes to the moderator, or else the member, who \
                  joined first and has no group of this name; it is deleted with its last member.",
        arguments: &[ID],
        response: "204 without a body.",
        errors: hidden,
        example: by_marc("/user/groups/101", ""),
    },
    Route {
        name: "user-tokens-named",
        method: "POST",
        path: "/user/tokens/named",
        action: NewInvitation::DECLARATION.name,
        effect: NewInvitation::DECLARATION.effect,
        run: tokens::create,
        summary: "Creates an access token of the caller, or an invitation to a group that the caller moderates.",
        arguments: NEW_TOKEN,
        response: TOKEN_MADE,
        errors: naming,
        example: by_phil(
            "/user/tokens/named",
            r#"{"name": "Spring", "type": {"inviteToken": {"inviteType": "userJoinGroup", "groupId": "1236"}}, "usageLimit": 5}"#,
        ),
    },
    Route {
        name: "users-tokens-named",
        method: "POST",
        path: "/users/{user}/tokens/named",
        action: NewInvitation::DECLARATION.name,
        effect: NewInvitation::DECLARATION.effect,
        run: tokens::create,
        summary: "The same as POST /user/tokens/named. The user is the caller.",
        arguments: NEW_TOKEN,
        response: TOKEN_MADE,
        errors: naming,
        example: by_phil("/users/2/tokens/named", r#"{"name": "Laptop"}"#),
    },
    Route {
        name: "user-tokens-named-list",
        method: "GET",
        path: "/user/tokens/named",
        action: GetTokens::DECLARATION.name,
        effect: GetTokens::DECLARATION.effect,
        run: tokens::list,
        summary: "Lists the caller's access tokens and invitations that have a name.",
        arguments: &[],
        response: TOKENS,
        errors: Vec::new,
        example: by_phil("/user/tokens/named", ""),
    },
    Route {
        name: "users-tokens-named-list",
        method: "GET",
        path: "/users/{user}/tokens/named",
        action: GetTokens::DECLARATION.name,
        effect: GetTokens::DECLARATION.effect,
        run: tokens::list,
        summary: "The same as GET /user/tokens/named. The user is the caller.",
        arguments: &[SELF],
        response: TOKENS,
        errors: || vec![Refusal::Forbidden],
        example: by_phil("/users/2/tokens/named", ""),
    },
    Route {
        name: "user-tokens-named-name",
        method: "GET",
        path: "/user/tokens/named/name/{name}",
        action: GetTokens::DECLARATION.name,
        effect: GetTokens::DECLARATION.effect,
        run: tokens::show_by_name,
        summary: "Shows a token of the caller by its name.",
        arguments: &[TOKEN_NAME],
        response: TOKEN,
        errors: || vec![Refusal::NotFound],
        example: by_phil("/user/tokens/named/name/Spring", ""),
    },
    Route {
        name: "users-tokens-named-name",
        method: "GET",
        path: "/users/{user}/tokens/named/name/{name}",
        action: GetTokens::DECLARATION.name,
        effect: GetTokens::DECLARATION.effect,
        run: tokens::show_by_name,
        summary: "The same as GET /user/tokens/named/name/{name}. The user is the caller.",
        arguments: &[SELF, TOKEN_NAME],
        response: TOKEN,
        errors: hidden,
        example: by_phil("/users/2/tokens/named/name/Laptop", ""),
    },
    Route {
        name: "tokens-named-get",
        method: "GET",
        path: "/tokens/named/{token}",
        action: GetTokens::DECLARATION.name,
        effect: GetTokens::DECLARATION.effect,
        run: tokens::show,
        summary: "Shows a token of the caller that has a name.",
        arguments: &[TOKEN_ID],
        response: TOKEN,
        errors: hidden,
        example: by_phil("/tokens/named/3", ""),
    },
    Route {
        name: "tokens-named-status",
        method: "GET",
        path: "/tokens/named/{token}/status",
        action: GetTokens::DECLARATION.name,
        effect: GetTokens::DECLARATION.effect,
        run: tokens::status,
        summary: "Shows whether a token of the caller was revoked.",
        arguments: &[TOKEN_ID],
        response: "200, and true or false.",
        errors: hidden,
        example: by_phil("/tokens/named/3/status", ""),
    },
    Route {
        name: "tokens-named-edit",
        method: "PATCH",
        path: "/tokens/named/{token}",
        action: EditNamedToken::DECLARATION.name,
        effect: EditNamedToken::DECLARATION.effect,
        run: tokens::edit,
        summary: "Changes a token of the caller, of which at least one part is given.",
        arguments: &[
            TOKEN_ID,
            ArgumentDescription::optional("name", "As for POST /user/tokens/named."),
            ArgumentDescription::optional(
                "revoked",
                "true revokes the token, false lifts a revocation. An invitation belongs to its group, of which the caller is \
                 still a moderator.",
            ),
            CUSTOM,
        ],
        response: "204 without a body.",
        errors: || {
            [
                vec![
                    Refusal::MissingAtLeastOneValue(&tokens::EDITABLE),
                    Refusal::BadValueString("name"),
                    Refusal::BadValueName,
                    Refusal::BadValueBoolean("revoked"),
                    Refusal::BadValueJson("customMetadata"),
                    Refusal::BadValueIdentifierOccupied("name"),
                ],
                hidden(),
            ]
            .concat()
        },
        example: by_phil(
            "/tokens/named/3",
            r#"{"name": "Summer", "customMetadata": {"printed": true}}"#,
        ),
    },
    Route {
        name: "tokens-examine",
        method: "POST",
        path: "/tokens/examine",
        action: ExamineToken::DECLARATION.name,
        effect: ExamineToken::DECLARATION.effect,
        run: tokens::examine,
        summary: "Describes a token to whoever has it, whether or not it is still valid. For everybody.",
        arguments: &[SECRET],
        response: "200, and the token.",
        errors: secrets,
        example: by_marc(
            "/tokens/examine",
            r#"{"token": "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"}"#,
        ),
    },
    Route {
        name: "tokens-verify-invite",
        method: "POST",
        path: "/tokens/verify_invite_token",
        action: VerifyInvitation::DECLARATION.name,
        effect: VerifyInvitation::DECLARATION.effect,
        run: tokens::verify,
        summary: "Checks an invitation for whoever received it. Neither its usage limit nor its group nor the rights of its \
                  issuer are checked. For everybody.",
        arguments: &[
            SECRET,
            ArgumentDescription::optional("expectedInviteType", "userJoinGroup."),
            ArgumentDescription::optional("peerIp", "Ignored: no invitation depends on it."),
            ArgumentDescription::optional("consumerToken", "Ignored: no invitation depends on it."),
        ],
        response: "200, the issuer, and the seconds until it expires, or null.",
        errors: || {
            [
                secrets(),
                vec![
                    Refusal::BadValueInviteType("expectedInviteType"),
                    Refusal::NotAnInviteToken("any"),
                    Refusal::TokenRevoked,
                    Refusal::TokenInvalid,
                    Refusal::TokenExpired(DateTime(1_155_303_524)),
                    Refusal::TokenSubjectInvalid,
                    Refusal::UserBlocked,
                ],
            ]
            .concat()
        },
        example: by_marc(
            "/tokens/verify_invite_token",
            r#"{"token": "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"}"#,
        ),
    },
    Route {
        name: "tokens-named-revoke",
        method: "DELETE",
        path: "/tokens/named/{token}",
        action: RevokeInvitation::DECLARATION.name,
        effect: RevokeInvitation::DECLARATION.effect,
        run: tokens::revoke,
        summary: "Revokes an access token of the caller, or an invitation to a group that the caller moderates.",
        arguments: &[TOKEN_ID],
        response: "204 without a body.",
        errors: hidden,
        example: by_phil("/tokens/named/3", ""),
    },
    Route {
        name: "groups-edit",
        method: "PATCH",
        path: "/groups/{id}",
        action: EditGroup::DECLARATION.name,
        effect: EditGroup::DECLARATION.effect,
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
        example: by_phil("/groups/1236", r#"{"type": "unit"}"#),
    },
    Route {
        name: "groups-delete",
        method: "DELETE",
        path: "/groups/{id}",
        action: DeleteGroup::DECLARATION.name,
        effect: DeleteGroup::DECLARATION.effect,
        run: groups::delete,
        summary: "Deletes a group. For the owner.",
        arguments: &[ID],
        response: "204 without a body.",
        errors: hidden,
        example: by_phil("/groups/1236", ""),
    },
];

/// The calls at a path below the prefix, with the IDs in it.
pub(crate) fn at(path: &str) -> (Vec<&'static Route>, Ids) {
    let found = ROUTES
        .iter()
        .find_map(|route| Some((route.path, fit(route.path, path)?)));
    let Some((path, ids)) = found else {
        return (Vec::new(), Ids::default());
    };
    let routes = ROUTES.iter().filter(|route| route.path == path);
    (routes.collect(), ids)
}

/// The IDs of an address, if it matches a path.
fn fit(path: &str, address: &str) -> Option<Ids> {
    let mut ids = Ids::default();
    if path.split('/').count() != address.split('/').count() {
        return None;
    }
    for (wanted, segment) in path.split('/').zip(address.split('/')) {
        match wanted {
            // An ID is not empty.
            "{id}" | "{user}" | "{token}" | "{name}" if segment.is_empty() => return None,
            "{id}" => ids.id = number(segment),
            "{user}" => ids.user = Some(number(segment)),
            "{token}" => {
                ids.token = match segment.strip_prefix('a') {
                    Some(id) => TokenId::Access(number(id)),
                    None => TokenId::Invitation(number(segment)),
                }
            }
            "{name}" => ids.name = form::segment(segment),
            _ if wanted == segment => {}
            _ => return None,
        }
    }
    Some(ids)
}

/// The call of an HTTP method.
///
/// # Errors
/// `notFound` if there is no call, `methodNotAllowed` if there are calls of other methods.
pub(crate) fn choose(routes: Vec<&'static Route>, method: &str) -> Result<&'static Route, Refusal> {
    let mut allow = Vec::new();
    for route in routes {
        // HEAD is GET without the body of the response.
        if route.method == method || route.method == "GET" && method == "HEAD" {
            return Ok(route);
        }
        allow.push(match route.method {
            "GET" => "GET, HEAD",
            other => other,
        });
    }
    Err(match allow.is_empty() {
        true => Refusal::NotFound,
        false => Refusal::MethodNotAllowed(allow.join(", ")),
    })
}

const fn by_marc(path: &'static str, body: &'static str) -> Option<Example> {
    Some(Example {
        token: MEMBER.2,
        path,
        body,
    })
}

const fn by_phil(path: &'static str, body: &'static str) -> Option<Example> {
    Some(Example {
        token: OWNER.2,
        path,
        body,
    })
}

/// The errors about groups that are hidden from the caller, or that the caller may not change.
fn hidden() -> Vec<Refusal> {
    vec![Refusal::Forbidden, Refusal::NotFound]
}

fn names() -> Vec<Refusal> {
    vec![
        Refusal::MissingRequiredValue("name"),
        Refusal::BadValueString("name"),
        Refusal::BadValueName,
    ]
}

fn not_a_kind() -> Refusal {
    let kinds = Kind::ALL.iter().map(|kind| kind.as_str());
    Refusal::BadValueNotAllowed("type", kinds.collect())
}

/// The errors about a secret in the body.
fn secrets() -> Vec<Refusal> {
    let token = |reason| Refusal::BadValueToken("token", Box::new(reason));
    vec![
        Refusal::MissingRequiredValue("token"),
        Refusal::BadValueEmpty("token"),
        token(Refusal::BadToken),
        token(Refusal::TokenTooLarge),
    ]
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

fn naming() -> Vec<Refusal> {
    let own = vec![
        Refusal::BadValueIdentifierOccupied("name"),
        Refusal::BadValueTokenType("type"),
        Refusal::BadValueInteger("usageLimit"),
        Refusal::BadValueTooLow("usageLimit", 1),
        Refusal::BadValueJson("caveats"),
        Refusal::BadValueCaveat(json!({"type": "interface", "interface": "rest"})),
        Refusal::BadValueListNotAllowed("privileges", vec![tokens::INVITED]),
        Refusal::BadValueJson("customMetadata"),
        Refusal::InviteTokenTargetIdInvalid("1236".to_owned()),
        Refusal::InviteTokenSubjectNotAuthorized,
        Refusal::Forbidden,
    ];
    [names(), own].concat()
}
