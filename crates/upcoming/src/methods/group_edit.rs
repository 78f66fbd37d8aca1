//! `group.add`, `group.edit`.

use trivium_core::groups::edit::EditGroup;
use trivium_core::groups::new::NewGroup;
use trivium_core::groups::rules::RegistrationType;
use trivium_core::groups::view::{AccessType, ModerationType};
use trivium_core::types::{CategoryRef, Description, GroupName, Link, Tags};
use trivium_core::{Operation, Proof, Result, Session};

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::error::Refusal;
use crate::group;

/// The category of groups that this dialect creates: Upcoming has no categories.
const CATEGORY: CategoryRef = CategoryRef(1);

/// The arguments of both methods.
struct Properties {
    name: Option<GroupName>,
    description: Option<Description>,
    event_moderation: Option<bool>,
    member_moderation: Option<bool>,
    is_private: Option<bool>,
}

impl Properties {
    fn read(arguments: &Arguments) -> Result<Self> {
        let name = arguments.prose("name").map(GroupName);
        let level = arguments.text("moderation_level");
        let event_moderation = match arguments.flag("event_moderation")? {
            Some(flag) => Some(flag),
            None if level.is_empty() => None,
            None => Some(level.eq_ignore_ascii_case("moderated")),
        };
        let description = arguments.prose("description").map(Description);
        if description
            .as_ref()
            .is_some_and(|text| text.chars().count() > Description::MAX_LENGTH)
        {
            return Err(Refusal::Invalid("description").into());
        }
        Ok(Self {
            name,
            description,
            event_moderation,
            member_moderation: arguments.flag("member_moderation")?,
            is_private: arguments.flag("is_private")?,
        })
    }

    fn moderation_type(&self) -> Option<ModerationType> {
        self.event_moderation.map(|moderated| match moderated {
            true => ModerationType::Moderated,
            false => ModerationType::Direct,
        })
    }

    /// The new registration type, given the one `before`.
    fn registration_type(&self, before: RegistrationType) -> RegistrationType {
        let is_private = self
            .is_private
            .unwrap_or(before == RegistrationType::Invite);
        let moderated = self
            .member_moderation
            .unwrap_or(before == RegistrationType::Moderated);
        match (is_private, moderated) {
            (true, _) => RegistrationType::Invite,
            (false, true) => RegistrationType::Moderated,
            (false, false) => RegistrationType::Open,
        }
    }
}

/// Creates a group.
pub(super) fn add(
    arguments: &Arguments,
    proof: &Proof,
    session: &mut Session<'_>,
) -> Result<Answer> {
    let actor = arguments.actor(proof, session)?;
    let given = Properties::read(arguments)?;
    let moderation_type = given.moderation_type().unwrap_or(ModerationType::Direct);
    let registration_type = given.registration_type(RegistrationType::Open);
    let call = NewGroup {
        name: given.name.unwrap_or_default(),
        category: CATEGORY,
        tags: Tags::default(),
        description: given.description.unwrap_or_default(),
        image: Link::default(),
        access_type: AccessType::Public,
        registration_type,
        moderation_type,
        join_condition: None,
    };
    let created = call.run(&actor, session)?;
    Ok(group::answer(vec![
        session.group(created.id, &actor)?.group,
    ]))
}

/// Changes the given properties of a group.
pub(super) fn edit(
    arguments: &Arguments,
    proof: &Proof,
    session: &mut Session<'_>,
) -> Result<Answer> {
    let actor = arguments.actor(proof, session)?;
    let id = arguments.group(Refusal::MissingGroup)?;
    let group = session.group(id, &actor)?.group;
    let given = Properties::read(arguments)?;
    let before: RegistrationType = group.registration_type.into();
    let registration_type = given.registration_type(before);
    let moderation_type = given.moderation_type();
    let call = EditGroup {
        id,
        name: given.name,
        description: given.description,
        category: None,
        tags: None,
        image: None,
        access_type: None,
        registration_type: (registration_type != before).then_some(registration_type),
        moderation_type,
        join_condition: None,
    };
    call.run(&actor, session)?;
    Ok(group::answer(vec![session.group(id, &actor)?.group]))
}
