//! The calls of the Onezone dialect, in the order in which their examples work on one
//! demonstration.

use trivium_core::demonstration::{MEMBER, OWNER};
use trivium_core::groups::kind::Kind;
use trivium_core::types::{DateTime, GroupRef, UserRef};
use trivium_onezone::Refusal;

use super::{Argument, Method, Refused, default, optional, required};
use crate::examples::{Given, Request};

/// What a page says of a call.
struct Row {
    name: &'static str,
    /// Method and path of the call, as the dialect's table has them.
    call: (&'static str, &'static str),
    says: &'static str,
    arguments: &'static [Argument],
    answer: &'static str,
    errors: fn() -> Vec<Refusal>,
    example: Example,
}

/// An example: whose token it shows, where it goes to, and its body.
struct Example {
    token: &'static str,
    path: &'static str,
    body: &'static str,
}

const ID: Argument = required("id", "In the path: the number of a group.");
const NAME: Argument = required(
    "name",
    "2 to 50 letters, digits, brackets and underscores; dashes, spaces and dots inside.",
);
const GROUP_MADE: &str = "201, nothing, and where the group is in Location.";
const GROUPS: &str = "200, and the numbers of groups.";
const GROUP: &str = "200, and the group.";

const ROWS: &[Row] = &[
    Row {
        name: "user-groups-join",
        call: ("POST", "/user/groups/join"),
        says: "Joins a group by an invitation. Only success uses it up.",
        arguments: &[required("token", "An invitation, at most 2048 characters.")],
        answer: GROUP_MADE,
        errors: joining,
        example: by_marc(
            "/user/groups/join",
            r#"{"token": "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"}"#,
        ),
    },
    Row {
        name: "user-groups",
        call: ("GET", "/user/groups"),
        says: "Lists the groups of who asks.",
        arguments: &[],
        answer: GROUPS,
        errors: Vec::new,
        example: by_marc("/user/groups", ""),
    },
    Row {
        name: "user-effective-groups",
        call: ("GET", "/user/effective_groups"),
        says: "Lists the groups of who asks. Groups have no groups in them here.",
        arguments: &[],
        answer: GROUPS,
        errors: Vec::new,
        example: by_marc("/user/effective_groups", ""),
    },
    Row {
        name: "user-groups-create",
        call: ("POST", "/user/groups"),
        says: "Makes a group, which is joined by invitation and seen by its members.",
        arguments: &[
            NAME,
            default("type", "team", "organization, unit, team or role_holders."),
        ],
        answer: GROUP_MADE,
        errors: || {
            [
                names(),
                vec![not_a_kind(), Refusal::BadValueIdentifierOccupied("name")],
            ]
            .concat()
        },
        example: by_marc("/user/groups", r#"{"name": "Book Club", "type": "team"}"#),
    },
    Row {
        name: "user-groups-get",
        call: ("GET", "/user/groups/{id}"),
        says: "Shows a group to a member.",
        arguments: &[ID],
        answer: GROUP,
        errors: || vec![Refusal::NotFound],
        example: by_marc("/user/groups/1236", ""),
    },
    Row {
        name: "user-effective-groups-get",
        call: ("GET", "/user/effective_groups/{id}"),
        says: "Shows a group to a member.",
        arguments: &[ID],
        answer: GROUP,
        errors: || vec![Refusal::NotFound],
        example: by_marc("/user/effective_groups/1236", ""),
    },
    Row {
        name: "groups-users",
        call: ("GET", "/groups/{id}/users"),
        says: "Lists the members of a group.",
        arguments: &[ID],
        answer: "200, and the numbers of people.",
        errors: hidden,
        // Of one member only: those who joined in the same second have no order to show.
        example: by_marc("/groups/1235/users", ""),
    },
    Row {
        name: "groups-users-token",
        call: ("POST", "/groups/{id}/users/token"),
        says: "Makes an invitation that is good for one member. For moderators.",
        arguments: &[ID],
        answer: "200, and the invitation.",
        errors: hidden,
        example: by_phil("/groups/1236/users/token", ""),
    },
    Row {
        name: "groups-users-remove",
        call: ("DELETE", "/groups/{id}/users/{user}"),
        says: "Ends the membership of another person. For moderators.",
        arguments: &[ID, required("user", "In the path: the number of a person.")],
        answer: "204, and nothing.",
        errors: hidden,
        example: by_phil("/groups/1236/users/1", ""),
    },
    Row {
        name: "user-groups-leave",
        call: ("DELETE", "/user/groups/{id}"),
        says: "Ends the membership of who asks. The owner cannot leave.",
        arguments: &[ID],
        answer: "204, and nothing.",
        errors: hidden,
        example: by_marc("/user/groups/101", ""),
    },
    Row {
        name: "user-tokens-named",
        call: ("POST", "/user/tokens/named"),
        says: "Makes an invitation with limits. For moderators of the group.",
        arguments: &[
            NAME,
            required(
                "type",
                r#"{"inviteToken": {"inviteType": "userJoinGroup", "groupId": "ID"}}."#,
            ),
            optional("usageLimit", "How many members it is good for."),
            optional(
                "caveats",
                r#"[{"type": "time", "validUntil": SECONDS}]: until when it is good."#,
            ),
        ],
        answer: "201, its number and the invitation, and where it is in Location.",
        errors: naming,
        example: by_phil(
            "/user/tokens/named",
            r#"{"name": "Spring", "type": {"inviteToken": {"inviteType": "userJoinGroup", "groupId": "1236"}}, "usageLimit": 5}"#,
        ),
    },
    Row {
        name: "tokens-named-revoke",
        call: ("DELETE", "/tokens/named/{id}"),
        says: "Ends an invitation. For moderators of its group.",
        arguments: &[required("id", "In the path: the number of an invitation.")],
        answer: "204, and nothing.",
        errors: hidden,
        example: by_phil("/tokens/named/3", ""),
    },
];

const fn by_marc(path: &'static str, body: &'static str) -> Example {
    Example {
        token: MEMBER.2,
        path,
        body,
    }
}

const fn by_phil(path: &'static str, body: &'static str) -> Example {
    Example {
        token: OWNER.2,
        path,
        body,
    }
}

/// What a group is behind that not everybody may see, or act on.
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

fn joining() -> Vec<Refusal> {
    let token = |reason| Refusal::BadValueToken("token", Box::new(reason));
    let group = GroupRef(1236);
    vec![
        Refusal::MissingRequiredValue("token"),
        Refusal::BadValueEmpty("token"),
        token(Refusal::BadToken),
        token(Refusal::NotAnInviteToken),
        token(Refusal::TokenTooLarge),
        Refusal::TokenInvalid,
        Refusal::TokenRevoked,
        Refusal::TokenExpired(DateTime(1_155_303_524)),
        Refusal::InviteTokenUsageLimitReached,
        Refusal::InviteTokenSubjectNotAuthorized,
        Refusal::TokenSubjectInvalid,
        Refusal::InviteTokenTargetIdInvalid(group),
        Refusal::Forbidden,
        Refusal::RelationAlreadyExists(UserRef(1), group),
    ]
}

fn naming() -> Vec<Refusal> {
    let own = vec![
        Refusal::MissingRequiredValue("type"),
        Refusal::BadValueJson("type"),
        Refusal::BadValueNotAllowed("type", vec!["inviteToken"]),
        Refusal::BadValueInteger("usageLimit"),
        Refusal::BadValueTooLow("usageLimit", 1),
        Refusal::BadValueJson("caveats"),
        Refusal::BadValueNotAllowed("caveats", vec!["time"]),
    ];
    [names(), own, hidden()].concat()
}

/// The calls.
pub(super) fn all() -> Vec<Method> {
    ROWS.iter().map(method).collect()
}

/// What any call may answer.
pub(super) fn common() -> Vec<Refused> {
    let unauthenticated = |reason| Refusal::Unauthenticated(Box::new(reason));
    let list = [
        Refusal::MalformedData,
        Refusal::Unauthorized,
        unauthenticated(Refusal::BadBasicCredentials),
        unauthenticated(Refusal::TokenInvalid),
        unauthenticated(Refusal::TokenRevoked),
        Refusal::MethodNotAllowed("GET, HEAD, POST".to_owned()),
        Refusal::NotAcceptable,
        Refusal::RequestTooLarge,
        Refusal::UnsupportedMediaType,
        Refusal::TooManyRequests,
        Refusal::TemporaryFailure,
    ];
    list.iter().map(refused).collect()
}

fn method(row: &Row) -> Method {
    let (verb, path) = row.call;
    let Example {
        token,
        path: to,
        body,
    } = row.example;
    Method {
        name: format!("onezone.{}", row.name),
        verb,
        path,
        says: row.says,
        arguments: row.arguments.to_vec(),
        answer: row.answer,
        errors: (row.errors)().iter().map(refused).collect(),
        example: Request {
            method: verb,
            path: to.to_owned(),
            given: Given::Message {
                headers: vec![("X-Auth-Token", token)],
                body: (!body.is_empty()).then(|| ("application/json", body.to_owned())),
            },
        },
    }
}

fn refused(refusal: &Refusal) -> Refused {
    let row = refusal.row();
    let (id, words) = match refusal {
        Refusal::BadValueToken(_, reason) | Refusal::Unauthenticated(reason) => {
            let reason = reason.row();
            (format!("{}: {}", row.id, reason.id), reason.description)
        }
        _ => (row.id.to_owned(), row.description),
    };
    Refused {
        status: row.status,
        id,
        words,
    }
}

#[cfg(test)]
mod tests {
    use trivium_onezone::ROUTES;

    use super::*;

    #[test]
    fn every_call_has_its_page() {
        let mut pages: Vec<_> = ROWS.iter().map(|row| row.call).collect();
        let mut calls: Vec<_> = ROUTES
            .iter()
            .map(|route| (route.method, route.path))
            .collect();
        pages.sort_unstable();
        calls.sort_unstable();
        assert_eq!(pages, calls);
    }
}
