//! The steps of the scenario, as data.

use std::borrow::Cow;

use trivium_rpc::{Catalog, Credential, Entry};

/// A step of the scenario: a call, and whether it succeeds.
#[derive(Clone, Debug)]
pub(crate) struct ScenarioStep {
    /// Whose token the call carries.
    pub(crate) called_by: CalledBy,
    /// The operation.
    pub(crate) operation: &'static str,
    /// Its arguments beside the token.
    pub(crate) arguments: Cow<'static, [(&'static str, ValueSource)]>,
    /// The name of the code that must reject the call; `None` if it must succeed.
    pub(crate) rejection: Option<&'static str>,
    /// True if the result depends on the group only: the call is made for each group, and the
    /// results must be equal. Otherwise one call is made.
    pub(crate) per_group: bool,
}

/// Whose token a call carries.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CalledBy {
    /// The user who creates the groups.
    Owner,
    /// The other user; without one, the step is skipped.
    Guest,
}

/// The source of an argument's value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ValueSource {
    /// This text.
    Text(&'static str),
    /// This time.
    Time(&'static str),
    /// This number.
    Number(i64),
    /// The name of the group.
    GroupName,
    /// The ID of the group.
    GroupId,
    /// The ID of a category.
    Category,
    /// The login of the owner.
    OwnerLogin,
    /// The ID of the owner.
    OwnerId,
    /// The ID of the guest.
    GuestId,
    /// The ID of the group's last invitation.
    InvitationId,
    /// The secret of the group's last invitation.
    InvitationSecret,
}

/// A step of the owner for each group.
const fn step(
    operation: &'static str,
    arguments: &'static [(&'static str, ValueSource)],
    rejection: Option<&'static str>,
) -> ScenarioStep {
    ScenarioStep {
        called_by: CalledBy::Owner,
        operation,
        arguments: Cow::Borrowed(arguments),
        rejection,
        per_group: true,
    }
}

/// A step of the owner whose result depends on more than the group.
const fn general(
    operation: &'static str,
    arguments: &'static [(&'static str, ValueSource)],
) -> ScenarioStep {
    let mut step = step(operation, arguments, None);
    step.per_group = false;
    step
}

/// A step of the guest for each group.
const fn guest(
    operation: &'static str,
    arguments: &'static [(&'static str, ValueSource)],
    rejection: Option<&'static str>,
) -> ScenarioStep {
    let mut step = step(operation, arguments, rejection);
    step.called_by = CalledBy::Guest;
    step
}

const GROUP: &[(&str, ValueSource)] = &[("id", ValueSource::GroupId)];
const OWNER: &[(&str, ValueSource)] =
    &[("id", ValueSource::GroupId), ("user", ValueSource::OwnerId)];
const GUEST: &[(&str, ValueSource)] =
    &[("id", ValueSource::GroupId), ("user", ValueSource::GuestId)];
const NEW_GROUP: &[(&str, ValueSource)] = &[
    ("name", ValueSource::GroupName),
    ("category", ValueSource::Category),
    ("tags", ValueSource::Text("conform, <&>")),
    (
        "description",
        ValueSource::Text("Made by trivium conform:\r\n\"Grüße\" & <江>"),
    ),
    ("image", ValueSource::Text("")),
    ("accessType", ValueSource::Text("members")),
    ("registrationType", ValueSource::Text("invite")),
    ("moderationType", ValueSource::Text("direct")),
];

/// The scenario. A call that changes something is made once for each group, over the format of the
/// group; a call that reads is made for each group over every format.
pub(crate) const SCENARIO: &[ScenarioStep] = &[
    general("checkToken", &[]),
    general("getTokens", &[]),
    general("getUserProfile", &[("login", ValueSource::OwnerLogin)]),
    step("newGroup", NEW_GROUP, None),
    step(
        "newGroup",
        NEW_GROUP,
        Some("content_collection_title_already_exist"),
    ),
    step("getGroup", GROUP, None),
    step("getMembers", GROUP, None),
    step("findGroup", &[("name", ValueSource::GroupName)], None),
    general("getMyGroups", &[]),
    general(
        "getMyGroups",
        &[
            ("page", ValueSource::Number(2)),
            ("resultsPerPage", ValueSource::Number(10)),
        ],
    ),
    general("getGroups", &[("context", ValueSource::OwnerId)]),
    general("getGroupsInCommon", &[("user", ValueSource::OwnerId)]),
    step("canJoin", GROUP, None),
    step("joinGroup", GROUP, Some("already_member")),
    step("leaveGroup", GROUP, Some("owner_cannot_leave")),
    step("withdrawJoinRequest", GROUP, Some("join_request_not_found")),
    step(
        "editGroup",
        &[
            ("id", ValueSource::GroupId),
            ("name", ValueSource::Text("")),
        ],
        Some("group_parameter_error"),
    ),
    step(
        "editGroup",
        &[
            ("id", ValueSource::GroupId),
            ("category", ValueSource::Text("cat:999999999999")),
        ],
        Some("category_does_not_exist"),
    ),
    step(
        "editGroup",
        &[
            ("id", ValueSource::GroupId),
            ("description", ValueSource::Text("")),
            ("registrationType", ValueSource::Text("moderated")),
        ],
        None,
    ),
    step("getGroup", GROUP, None),
    step("getJoinRequests", GROUP, None),
    step("approveJoinRequest", OWNER, Some("join_request_not_found")),
    step("denyJoinRequest", OWNER, Some("join_request_not_found")),
    step("removeMember", OWNER, Some("owner_protected")),
    step("banMember", OWNER, Some("owner_protected")),
    step("unbanMember", OWNER, Some("not_banned")),
    step(
        "setMemberRole",
        &[
            ("id", ValueSource::GroupId),
            ("user", ValueSource::OwnerId),
            ("role", ValueSource::Text("member")),
        ],
        Some("owner_protected"),
    ),
    step(
        "transferGroup",
        &[
            ("id", ValueSource::GroupId),
            ("user", ValueSource::Text("user:999999999999")),
        ],
        Some("user_not_found"),
    ),
    step(
        "newInvitation",
        &[
            ("id", ValueSource::GroupId),
            ("usageLimit", ValueSource::Number(2)),
            ("expiresIn", ValueSource::Number(3_600)),
        ],
        None,
    ),
    step("getInvitations", GROUP, None),
    step(
        "joinByInvitation",
        &[("invitation", ValueSource::InvitationSecret)],
        Some("already_member"),
    ),
    step(
        "revokeInvitation",
        &[
            ("id", ValueSource::GroupId),
            ("invitationId", ValueSource::InvitationId),
        ],
        None,
    ),
    step("getInvitations", GROUP, None),
    guest("canJoin", GROUP, None),
    guest(
        "joinGroup",
        &[
            ("id", ValueSource::GroupId),
            ("message", ValueSource::Text("Let me in")),
        ],
        None,
    ),
    guest("joinGroup", GROUP, Some("join_request_pending")),
    step("getJoinRequests", GROUP, None),
    guest("withdrawJoinRequest", GROUP, None),
    guest("joinGroup", GROUP, None),
    step("denyJoinRequest", GUEST, None),
    guest("joinGroup", GROUP, None),
    step("approveJoinRequest", GUEST, None),
    guest("newInvitation", GROUP, Some("user_access_denied")),
    guest("leaveGroup", GROUP, None),
    guest("leaveGroup", GROUP, Some("not_a_member")),
    step("newInvitation", GROUP, None),
    guest(
        "joinByInvitation",
        &[("invitation", ValueSource::InvitationSecret)],
        None,
    ),
    step("getInvitations", GROUP, None),
    step("removeMember", GUEST, None),
    step(
        "editGroup",
        &[
            ("id", ValueSource::GroupId),
            ("registrationType", ValueSource::Text("open")),
        ],
        None,
    ),
    guest("joinGroup", GROUP, None),
    guest("joinGroup", GROUP, Some("already_member")),
    step(
        "setMemberRole",
        &[
            ("id", ValueSource::GroupId),
            ("user", ValueSource::GuestId),
            ("role", ValueSource::Text("moderator")),
        ],
        None,
    ),
    step(
        "setMembershipEnd",
        &[
            ("id", ValueSource::GroupId),
            ("user", ValueSource::GuestId),
            ("until", ValueSource::Time("2100-01-01T00:00:00Z")),
        ],
        None,
    ),
    step(
        "getMembershipHistory",
        &[("id", ValueSource::GroupId), ("user", ValueSource::GuestId)],
        None,
    ),
    step(
        "getEndingMemberships",
        &[
            ("id", ValueSource::GroupId),
            ("within", ValueSource::Number(315_360_000)),
        ],
        None,
    ),
    step("getMembers", GROUP, None),
    guest("deleteGroup", GROUP, Some("user_access_denied")),
    step("transferGroup", GUEST, None),
    guest("transferGroup", OWNER, None),
    step(
        "banMember",
        &[
            ("id", ValueSource::GroupId),
            ("user", ValueSource::GuestId),
            ("reason", ValueSource::Text("a test")),
            ("until", ValueSource::Time("2100-01-01T00:00:00Z")),
        ],
        None,
    ),
    guest("canJoin", GROUP, None),
    guest("joinGroup", GROUP, Some("banned")),
    step("unbanMember", GUEST, None),
    step("getGroup", GROUP, None),
    step("getAuditLog", GROUP, None),
    step("deleteGroup", GROUP, None),
    step("getGroup", GROUP, Some("content_not_found")),
    step("joinGroup", GROUP, Some("content_not_found")),
    step("deleteGroup", GROUP, Some("content_not_found")),
];

/// The scenario for a catalog: after the groups are created, the owner also calls each operation that
/// reads and has no step, with the group and the owner where it takes their IDs.
pub(crate) fn scenario(catalog: &'static Catalog) -> Vec<ScenarioStep> {
    let created = SCENARIO
        .iter()
        .position(|step| step.operation == "getMembers");
    let (before, after) = SCENARIO.split_at(created.unwrap_or_default());
    let others = catalog.entries.iter().filter_map(step_of);
    before
        .iter()
        .cloned()
        .chain(others)
        .chain(after.iter().cloned())
        .collect()
}

/// A step for an operation that has none. `None` if it has one, changes something, or takes what the
/// scenario does not know.
fn step_of(entry: &'static Entry) -> Option<ScenarioStep> {
    let has_step = SCENARIO.iter().any(|step| step.operation == entry.name());
    let reads = entry.declared.effect.reads() && entry.credential == Credential::Token;
    if has_step || !reads {
        return None;
    }
    let own = entry
        .rules
        .iter()
        .filter(|rule| rule.required && rule.name != "authToken");
    let source = |prefix: &str| match prefix {
        "group:" => Some(ValueSource::GroupId),
        "user:" => Some(ValueSource::OwnerId),
        "cat:" => Some(ValueSource::Category),
        _ => None,
    };
    let arguments = own.map(|rule| Some((rule.name, source(&rule.id.as_ref()?.prefix)?)));
    Some(ScenarioStep {
        called_by: CalledBy::Owner,
        operation: entry.name(),
        arguments: arguments.collect::<Option<_>>()?,
        rejection: None,
        per_group: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_that_reads_with_a_token_is_called() {
        let catalog = trivium_core::catalog();
        let scenario = scenario(catalog);
        for entry in &catalog.entries {
            let reads = entry.declared.effect.reads();
            if reads && entry.credential == Credential::Token {
                let steps = scenario.iter();
                let mut own = steps.filter(|step| step.operation == entry.name());
                assert!(own.any(|step| step.rejection.is_none()), "{}", entry.name());
            }
        }
    }
}
