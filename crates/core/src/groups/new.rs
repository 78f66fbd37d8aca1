//! `newGroup`: a group begins, with its owner as first member.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::{groups, memberships};

use crate::context::Record;
use crate::groups::rules::{RegistrationType, Standing};
use crate::groups::view::{AccessType, ModerationType};
use crate::types::{AuthToken, CategoryRef, GroupName, GroupRef, Line, Prose};
use crate::{Code, Context, Effect, Error, Operation, Result, Verbs};

/// Makes a group; the caller becomes its owner.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewGroup {
    /// An authentication token
    pub auth_token: AuthToken,
    /// Name of the group
    #[schemars(extend("x-characters" = NAME))]
    pub name: GroupName,
    /// ID of its category
    pub category: CategoryRef,
    /// Words to find it by
    pub tags: Line,
    /// What the group is about
    pub description: Prose,
    /// Address of a picture
    pub image: Line,
    /// Who may read what is in it
    pub access_type: AccessType,
    /// How it is joined
    pub registration_type: RegistrationType,
    /// Whether what members post appears at once
    pub moderation_type: ModerationType,
}

/// What newGroup answers.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Made {
    /// ID of the new group
    pub id: GroupRef,
}

impl Operation for NewGroup {
    const NAME: &'static str = "newGroup";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Change;
    const ERRORS: &'static [Code] = &[
        Code::UserTokenInvalid,
        Code::UserTokenExpired,
        Code::GroupParameterError,
        Code::CategoryDoesNotExist,
        Code::ContentCollectionTitleAlreadyExist,
    ];
    type Output = Made;

    fn run(&self, context: &mut Context<'_>) -> Result<Made> {
        let actor = context.authenticate(&self.auth_token)?;
        acceptable_name(&self.name)?;
        if !groups::category_exists(context.connection, self.category.0)? {
            return Err(Code::CategoryDoesNotExist.into());
        }
        let group = groups::NewGroup {
            id: None,
            name: self.name.0.clone(),
            folded_name: self.name.to_lowercase(),
            description: self.description.0.clone(),
            category_id: self.category.0,
            tags: self.tags.0.clone(),
            image: self.image.0.clone(),
            access_type: self.access_type.as_str(),
            registration_type: self.registration_type.as_str(),
            moderation_type: self.moderation_type.as_str(),
            member_count: 1,
            topic_count: 0,
            num_topics: 0,
            commercial_account_id: 0,
            owner_id: actor.id,
            created_at: context.now,
        };
        Ok(Made {
            id: found(context, &actor.login, &group)?,
        })
    }
}

/// Makes a group with its owner as first member, and records that `founder` did.
///
/// # Errors
/// `content_collection_title_already_exist`.
pub(crate) fn found(
    context: &mut Context<'_>,
    founder: &str,
    group: &groups::NewGroup,
) -> Result<GroupRef> {
    let id = groups::insert(context.connection, group).map_err(title_taken)?;
    memberships::insert(
        context.connection,
        &memberships::Membership {
            group_id: id,
            user_id: group.owner_id,
            state: Standing::Moderator.as_str().into(),
            since: group.created_at,
            note: String::new(),
            until: None,
        },
    )?;
    let id = GroupRef(id);
    context.record(
        founder,
        Record {
            group: Some(id),
            ..Record::default()
        },
    )?;
    Ok(id)
}

/// [`acceptable_name`] as a pattern: what formats can carry, and not white space alone.
pub(crate) const NAME: &str = concat!(
    r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]*",
    r"[^\u0000-\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFFFE\uFFFF]",
    r"[^\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]*$",
);

/// A group has a name that people can see.
///
/// # Errors
/// `group_parameter_error`.
pub(crate) fn acceptable_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || name.chars().count() > GroupName::LONGEST {
        return Err(Error::new(
            Code::GroupParameterError,
            "A group needs a name, of at most 255 characters.",
        ));
    }
    Ok(())
}

/// Two living groups of one owner cannot have the same name: the database says so.
pub(crate) fn title_taken(error: trivium_storage::Error) -> Error {
    if error.is_unique_violation() {
        Code::ContentCollectionTitleAlreadyExist.into()
    } else {
        error.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::can_carry;
    use crate::types::patterns::{characters, classes};

    #[test]
    fn the_pattern_of_names_is_what_is_acceptable() {
        let [before, visible, after] = &classes(NAME)[..] else {
            panic!("three classes of characters");
        };
        for c in characters() {
            let acceptable = can_carry(c) && acceptable_name(&c.to_string()).is_ok();
            assert_eq!(visible(c), acceptable, "{c:?}");
            assert_eq!((before(c), after(c)), (can_carry(c), can_carry(c)), "{c:?}");
        }
    }
}
