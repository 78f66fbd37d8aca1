//! The story that is told in groups of the examination's own, as data.

/// A step of the story.
pub(crate) struct Step {
    /// Who takes it.
    pub(crate) by: By,
    /// The operation.
    pub(crate) operation: &'static str,
    /// Its arguments beside the token.
    pub(crate) arguments: &'static [(&'static str, Of)],
    /// The code with which it is refused, if it is.
    pub(crate) refusal: Option<&'static str>,
    /// Whether what it answers is about the group alone: the same then, for every group.
    pub(crate) own: bool,
}

/// Who takes a step.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By {
    /// Who makes the groups.
    Owner,
    /// Somebody else, where there is somebody.
    Guest,
}

/// A value in the story.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Of {
    /// This text.
    Text(&'static str),
    /// This time.
    Time(&'static str),
    /// This number.
    Number(i64),
    /// The name of the group.
    Name,
    /// The id of the group.
    Group,
    /// A category.
    Category,
    /// The login of the owner.
    Login,
    /// The id of the owner.
    Owner,
    /// The id of the guest.
    Guest,
    /// The id of the invitation.
    Invitation,
    /// The invitation itself.
    Secret,
}

const fn step(
    operation: &'static str,
    arguments: &'static [(&'static str, Of)],
    refusal: Option<&'static str>,
) -> Step {
    Step {
        by: By::Owner,
        operation,
        arguments,
        refusal,
        own: true,
    }
}

/// A look at more than the group.
const fn around(operation: &'static str, arguments: &'static [(&'static str, Of)]) -> Step {
    Step {
        own: false,
        ..step(operation, arguments, None)
    }
}

/// A step of the guest.
const fn guest(
    operation: &'static str,
    arguments: &'static [(&'static str, Of)],
    refusal: Option<&'static str>,
) -> Step {
    Step {
        by: By::Guest,
        ..step(operation, arguments, refusal)
    }
}

const GROUP: &[(&str, Of)] = &[("id", Of::Group)];
const ONESELF: &[(&str, Of)] = &[("id", Of::Group), ("user", Of::Owner)];
const THE_GUEST: &[(&str, Of)] = &[("id", Of::Group), ("user", Of::Guest)];
const NEW: &[(&str, Of)] = &[
    ("name", Of::Name),
    ("category", Of::Category),
    ("tags", Of::Text("conform, <&>")),
    (
        "description",
        Of::Text("Made by trivium conform:\r\n\"Grüße\" & <江>"),
    ),
    ("image", Of::Text("")),
    ("accessType", Of::Text("members")),
    ("registrationType", Of::Text("invite")),
    ("moderationType", Of::Text("direct")),
];

/// The story: what changes something is done once in each group, over the format that the
/// group is named for; what looks, looks at each over every format.
pub(crate) const STORY: &[Step] = &[
    around("checkToken", &[]),
    around("getTokens", &[]),
    around("getUserProfile", &[("login", Of::Login)]),
    step("newGroup", NEW, None),
    step(
        "newGroup",
        NEW,
        Some("content_collection_title_already_exist"),
    ),
    step("getGroup", GROUP, None),
    step("getMembers", GROUP, None),
    step("findGroup", &[("name", Of::Name)], None),
    around("getMyGroups", &[]),
    around(
        "getMyGroups",
        &[("page", Of::Number(2)), ("resultsPerPage", Of::Number(10))],
    ),
    around("getGroups", &[("context", Of::Owner)]),
    step("canJoin", GROUP, None),
    step("joinGroup", GROUP, Some("already_member")),
    step("leaveGroup", GROUP, Some("owner_cannot_leave")),
    step("withdrawJoinRequest", GROUP, Some("join_request_not_found")),
    step(
        "editGroup",
        &[("id", Of::Group), ("name", Of::Text(""))],
        Some("group_parameter_error"),
    ),
    step(
        "editGroup",
        &[
            ("id", Of::Group),
            ("category", Of::Text("cat:999999999999")),
        ],
        Some("category_does_not_exist"),
    ),
    step(
        "editGroup",
        &[
            ("id", Of::Group),
            ("description", Of::Text("")),
            ("registrationType", Of::Text("moderated")),
        ],
        None,
    ),
    step("getGroup", GROUP, None),
    step("getJoinRequests", GROUP, None),
    step(
        "approveJoinRequest",
        ONESELF,
        Some("join_request_not_found"),
    ),
    step("denyJoinRequest", ONESELF, Some("join_request_not_found")),
    step("removeMember", ONESELF, Some("owner_protected")),
    step("banMember", ONESELF, Some("owner_protected")),
    step("unbanMember", ONESELF, Some("not_banned")),
    step(
        "setMemberRole",
        &[
            ("id", Of::Group),
            ("user", Of::Owner),
            ("role", Of::Text("member")),
        ],
        Some("owner_protected"),
    ),
    step(
        "transferGroup",
        &[("id", Of::Group), ("user", Of::Text("user:999999999999"))],
        Some("user_not_found"),
    ),
    step(
        "newInvitation",
        &[
            ("id", Of::Group),
            ("usageLimit", Of::Number(2)),
            ("expiresIn", Of::Number(3_600)),
        ],
        None,
    ),
    step("getInvitations", GROUP, None),
    step(
        "joinByInvitation",
        &[("invitation", Of::Secret)],
        Some("already_member"),
    ),
    step(
        "revokeInvitation",
        &[("id", Of::Group), ("invitationId", Of::Invitation)],
        None,
    ),
    step("getInvitations", GROUP, None),
    guest("canJoin", GROUP, None),
    guest(
        "joinGroup",
        &[("id", Of::Group), ("message", Of::Text("Let me in"))],
        None,
    ),
    guest("joinGroup", GROUP, Some("join_request_pending")),
    step("getJoinRequests", GROUP, None),
    guest("withdrawJoinRequest", GROUP, None),
    guest("joinGroup", GROUP, None),
    step("denyJoinRequest", THE_GUEST, None),
    guest("joinGroup", GROUP, None),
    step("approveJoinRequest", THE_GUEST, None),
    guest("newInvitation", GROUP, Some("user_access_denied")),
    guest("leaveGroup", GROUP, None),
    guest("leaveGroup", GROUP, Some("not_a_member")),
    step("newInvitation", GROUP, None),
    guest("joinByInvitation", &[("invitation", Of::Secret)], None),
    step("getInvitations", GROUP, None),
    step("removeMember", THE_GUEST, None),
    step(
        "editGroup",
        &[("id", Of::Group), ("registrationType", Of::Text("open"))],
        None,
    ),
    guest("joinGroup", GROUP, None),
    guest("joinGroup", GROUP, Some("already_member")),
    step(
        "setMemberRole",
        &[
            ("id", Of::Group),
            ("user", Of::Guest),
            ("role", Of::Text("moderator")),
        ],
        None,
    ),
    step("getMembers", GROUP, None),
    guest("deleteGroup", GROUP, Some("user_access_denied")),
    step("transferGroup", THE_GUEST, None),
    guest("transferGroup", ONESELF, None),
    step(
        "banMember",
        &[
            ("id", Of::Group),
            ("user", Of::Guest),
            ("reason", Of::Text("a test")),
            ("until", Of::Time("2100-01-01T00:00:00Z")),
        ],
        None,
    ),
    guest("canJoin", GROUP, None),
    guest("joinGroup", GROUP, Some("banned")),
    step("unbanMember", THE_GUEST, None),
    step("getGroup", GROUP, None),
    step("getAuditLog", GROUP, None),
    step("deleteGroup", GROUP, None),
    step("getGroup", GROUP, Some("content_not_found")),
    step("joinGroup", GROUP, Some("content_not_found")),
    step("deleteGroup", GROUP, Some("content_not_found")),
];
