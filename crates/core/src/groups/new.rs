//! `newGroup`: creates a group with its owner as the first member.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::memberships::{self, Membership, State};
use trivium_storage::{categories, groups};

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::condition::{ConditionText, JoinCondition};
use crate::groups::rules::{RegistrationType, Standing};
use crate::groups::view::{AccessType, ModerationType};
use crate::session::{By, Change, Record};
use crate::types::{CategoryRef, Description, GroupName, GroupRef, Link, Tags};
use crate::{Actor, Declaration, Error, Operation, PublicOperation, Result, Session, codes};

/// Creates a group. The caller becomes its owner.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewGroup {
    /// Name of the group
    #[schemars(extend("x-characters" = NAME))]
    pub name: GroupName,
    /// ID of its category
    pub category: CategoryRef,
    /// Tags of the group
    pub tags: Tags,
    /// Description of the group
    pub description: Description,
    /// URL of an image
    pub image: Link,
    /// Who may read the content of the group
    pub access_type: AccessType,
    /// How users join the group
    pub registration_type: RegistrationType,
    /// Whether posts of members are moderated
    pub moderation_type: ModerationType,
    /// Condition of joining: `member_of:` or `only_member_of:` with the ID of another group
    pub join_condition: Option<ConditionText>,
}

/// The result of newGroup.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GroupCreated {
    /// ID of the new group
    pub id: GroupRef,
}

impl Operation for NewGroup {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "newGroup",
        &[
            codes::GROUP_PARAMETER_ERROR,
            codes::CATEGORY_DOES_NOT_EXIST,
            codes::VALIDATION_INVALID_VALUE,
            codes::CONTENT_NOT_FOUND,
            codes::CONTENT_COLLECTION_TITLE_ALREADY_EXIST,
            codes::QUOTA_EXCEEDED,
        ],
    );
    type Caller = Actor;
    type Output = GroupCreated;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<GroupCreated> {
        acceptable_name(&self.name)?;
        if !categories::exists(session.connection, self.category.0)? {
            return Err(codes::CATEGORY_DOES_NOT_EXIST.into());
        }
        let condition = match &self.join_condition {
            Some(text) => JoinCondition::parse(text)?,
            None => None,
        };
        let condition = condition.map(|condition| condition.check(session, actor));
        let condition = condition.transpose()?;
        let group = groups::NewGroup {
            id: None,
            name: self.name.0.clone(),
            folded_name: self.name.to_lowercase(),
            description: self.description.0.clone(),
            category_id: self.category.0,
            tags: self.tags.0.clone(),
            image: self.image.0.clone(),
            access_type: self.access_type.into(),
            registration_type: self.registration_type.into(),
            moderation_type: self.moderation_type.into(),
            member_count: 1,
            imported_members: 0,
            topic_count: 0,
            num_topics: 0,
            commercial_account_id: 0,
            owner_id: actor.id,
            created_at: session.now(),
            condition_kind: condition.map(|condition| condition.kind),
            condition_group_id: condition.map(|condition| condition.group.0),
        };
        Ok(GroupCreated {
            id: create_group(session, actor.into(), &group)?,
        })
    }
}

impl PublicOperation for NewGroup {
    const EXAMPLE: Example = Example::by(
        Who::Member,
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
    );
    const ACCESS: Access = Access::everybody(&[
        ("name", Of::NewName),
        ("category", Of::Text("cat:1")),
        ("tags", Of::Text("")),
        ("description", Of::Text("")),
        ("image", Of::Text("")),
        ("accessType", Of::Text("public")),
        ("registrationType", Of::Text("open")),
        ("moderationType", Of::Text("direct")),
    ]);
    const CAUSES: &'static [Cause] = &[
        Cause::of(
            codes::GROUP_PARAMETER_ERROR,
            Who::Owner,
            &[("name", Of::Text(""))],
        ),
        Cause::of(
            codes::CATEGORY_DOES_NOT_EXIST,
            Who::Owner,
            &[("category", Of::Text("cat:99"))],
        ),
        Cause::of(
            codes::VALIDATION_INVALID_VALUE,
            Who::Owner,
            &[("joinCondition", Of::Text("member_of:7"))],
        ),
        Cause::of(
            codes::CONTENT_NOT_FOUND,
            Who::Owner,
            &[("joinCondition", Of::Text("member_of:group:999999"))],
        ),
        Cause::of(
            codes::CONTENT_COLLECTION_TITLE_ALREADY_EXIST,
            Who::Owner,
            &[("name", Of::TakenName)],
        ),
    ];
}

/// Creates a group with its owner as the first member, and records who did it in the audit log.
///
/// # Errors
/// `quota_exceeded`, `content_collection_title_already_exist`.
pub(crate) fn create_group(
    session: &mut Session<'_>,
    founder: By<'_>,
    group: &groups::NewGroup,
) -> Result<GroupRef> {
    session.may_own_group(group.owner_id)?;
    session.may_have_membership(group.owner_id)?;
    let id = groups::insert(session.connection, group).map_err(title_taken)?;
    let owner = Membership::new(id, group.owner_id, State::Moderator, group.created_at);
    memberships::insert(session.connection, &owner)?;
    session.begin_chain(id);
    let id = GroupRef(id);
    session.record(
        founder,
        Record {
            group: Some(id),
            change: Some(Change::to(group.owner_id, Standing::Owner)),
            ..Record::default()
        },
    )?;
    Ok(id)
}

/// [`acceptable_name`] as a pattern: characters that every format can carry, not all of them white
/// space.
pub(crate) const NAME: &str = concat!(
    r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]*",
    r"[^\u0000-\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFFFE\uFFFF]",
    r"[^\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]*$",
);

/// Checks the name of a group: it is not blank, and has at most 255 characters.
///
/// # Errors
/// `group_parameter_error`.
pub(crate) fn acceptable_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || name.chars().count() > GroupName::MAX_LENGTH {
        return Err(Error::new(
            codes::GROUP_PARAMETER_ERROR,
            "A group needs a name, of at most 255 characters.",
        ));
    }
    Ok(())
}

/// Maps a violation of the unique index: an owner cannot have two groups of the same name.
pub(crate) fn title_taken(error: trivium_storage::Error) -> Error {
    if error.is_unique_violation() {
        codes::CONTENT_COLLECTION_TITLE_ALREADY_EXIST.into()
    } else {
        error.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trivium_rpc::text::is_portable_char;
    use trivium_rpc::text::patterns::{characters, classes};

    #[test]
    fn name_pattern_agrees_with_the_check() {
        let [before, visible, after] = &classes(NAME)[..] else {
            panic!("three classes of characters");
        };
        for c in characters() {
            let acceptable = is_portable_char(c) && acceptable_name(&c.to_string()).is_ok();
            assert_eq!(visible(c), acceptable, "{c:?}");
            assert_eq!(
                (before(c), after(c)),
                (is_portable_char(c), is_portable_char(c)),
                "{c:?}"
            );
        }
    }
}
