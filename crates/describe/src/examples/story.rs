//! The calls of the examples, a story on the demonstration data: each works when those before
//! it were made. The first call of an operation is its example; later ones move the story on.

use trivium_core::demonstration::{INVITATION, MEMBER, OWNER};

/// Who calls.
#[derive(Clone, Copy, Debug)]
pub enum Caller {
    /// Nobody: no token is given.
    Nobody,
    /// [`MEMBER`] of the demonstration.
    Marc,
    /// [`OWNER`] of its groups.
    Phil,
}

impl Caller {
    /// The token that they show.
    pub const fn token(self) -> Option<&'static str> {
        match self {
            Self::Nobody => None,
            Self::Marc => Some(MEMBER.2),
            Self::Phil => Some(OWNER.2),
        }
    }
}

/// A call of the story.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The operation.
    pub operation: &'static str,
    /// Who calls it.
    pub caller: Caller,
    /// What with, beside the token.
    pub arguments: &'static [(&'static str, &'static str)],
}

/// The admin password of a server on which the story works to its end.
pub const ADMIN_PASSWORD: &str = "adminspassword";

use Caller::{Marc, Nobody, Phil};

/// The story.
pub const STORY: &[Example] = &[
    call("echo", Nobody, &[("echoText", "Hello")]),
    call("echoPost", Nobody, &[("echoText", "Hello")]),
    call("errorTest", Nobody, &[]),
    call("exceptionTest", Nobody, &[]),
    call(
        "getUserList",
        Nobody,
        &[("page", "2"), ("resultsPerPage", "10")],
    ),
    call("getUserProfile", Nobody, &[("login", "marc")]),
    call("getCategories", Nobody, &[]),
    call("getGroups", Nobody, &[("context", "user:2")]),
    call("findGroup", Nobody, &[("name", "three")]),
    call("getGroup", Nobody, &[("id", "group:1234")]),
    // Of one member only: those who joined in the same second have no order to show.
    call("getMembers", Marc, &[("id", "group:1235")]),
    // Marc comes to an open group, and goes.
    call("canJoin", Marc, &[("id", "group:1235")]),
    call("joinGroup", Marc, &[("id", "group:1234")]),
    call(
        "getMyGroups",
        Marc,
        &[("page", "2"), ("resultsPerPage", "18")],
    ),
    call("leaveGroup", Marc, &[("id", "group:1234")]),
    // He asks at a moderated one, which phil owns, until he is shut out for a while.
    call(
        "joinGroup",
        Marc,
        &[("id", "group:1235"), ("message", "I keep gates, too.")],
    ),
    call("getJoinRequests", Phil, &[("id", "group:1235")]),
    call(
        "approveJoinRequest",
        Phil,
        &[("id", "group:1235"), ("user", "user:1")],
    ),
    call(
        "setMemberRole",
        Phil,
        &[
            ("id", "group:1235"),
            ("user", "user:1"),
            ("role", "moderator"),
        ],
    ),
    call(
        "removeMember",
        Phil,
        &[
            ("id", "group:1235"),
            ("user", "user:1"),
            ("reason", "Left a gate open."),
        ],
    ),
    call("joinGroup", Marc, &[("id", "group:1235")]),
    call(
        "denyJoinRequest",
        Phil,
        &[
            ("id", "group:1235"),
            ("user", "user:1"),
            ("reason", "Not yet."),
        ],
    ),
    call("joinGroup", Marc, &[("id", "group:1235")]),
    call("withdrawJoinRequest", Marc, &[("id", "group:1235")]),
    call(
        "banMember",
        Phil,
        &[
            ("id", "group:1235"),
            ("user", "user:1"),
            ("until", "2099-12-31T23:59:59Z"),
        ],
    ),
    call(
        "unbanMember",
        Phil,
        &[("id", "group:1235"), ("user", "user:1")],
    ),
    // An invitation opens the third.
    call("joinByInvitation", Marc, &[("invitation", INVITATION)]),
    call("getInvitations", Phil, &[("id", "group:1236")]),
    call(
        "newInvitation",
        Phil,
        &[
            ("id", "group:1236"),
            ("usageLimit", "5"),
            ("expiresIn", "604800"),
        ],
    ),
    call(
        "revokeInvitation",
        Phil,
        &[("id", "group:1236"), ("invitationId", "invitation:1")],
    ),
    // Marc founds a group, and hands it over.
    call(
        "newGroup",
        Marc,
        &[
            ("name", "Crossroads"),
            ("category", "cat:1"),
            ("tags", "ways, roads"),
            ("description", "Where ways meet."),
            ("image", ""),
            ("accessType", "public"),
            ("registrationType", "open"),
            ("moderationType", "direct"),
        ],
    ),
    call(
        "editGroup",
        Marc,
        &[
            ("id", "group:2084"),
            ("description", "Where three ways meet."),
        ],
    ),
    call("joinGroup", Phil, &[("id", "group:2084")]),
    call(
        "transferGroup",
        Marc,
        &[("id", "group:2084"), ("user", "user:2")],
    ),
    call("getAuditLog", Phil, &[("id", "group:2084")]),
    call("deleteGroup", Phil, &[("id", "group:2084")]),
    // An administrator makes an account, and ends it.
    call(
        "newUser",
        Nobody,
        &[
            ("adminPassword", ADMIN_PASSWORD),
            ("login", "nina"),
            ("firstName", "Nina"),
            ("lastName", "Nonesuch"),
            ("password", "ninaspassword"),
            ("email", "nina@example.org"),
        ],
    ),
    call(
        "editUser",
        Nobody,
        &[
            ("adminPassword", ADMIN_PASSWORD),
            ("id", "user:58060"),
            ("firstName", "Nina Maria"),
        ],
    ),
    call(
        "deleteUser",
        Nobody,
        &[("adminPassword", ADMIN_PASSWORD), ("login", "nina")],
    ),
    // Last, what ends tokens.
    call("getTokens", Marc, &[]),
    call("checkToken", Marc, &[]),
    call(
        "login",
        Nobody,
        &[("login", "marc"), ("password", "marcspassword")],
    ),
    call(
        "changePassword",
        Marc,
        &[
            ("oldPassword", "marcspassword"),
            ("newPassword", "marcs new password"),
        ],
    ),
    call("revokeToken", Marc, &[("prefix", "123576ab")]),
    call("logout", Phil, &[]),
];

const fn call(
    operation: &'static str,
    caller: Caller,
    arguments: &'static [(&'static str, &'static str)],
) -> Example {
    Example {
        operation,
        caller,
        arguments,
    }
}
