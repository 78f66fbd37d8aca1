//! Groups from elsewhere, with their numbers, counters, times and owners.

use std::collections::BTreeMap;
use std::sync::Arc;

use trivium_storage::memberships::Membership;
use trivium_storage::{groups, memberships, users};

use crate::administration::change;
use crate::groups::new::found;
use crate::groups::rules::{RegistrationType, Standing};
use crate::groups::view::{AccessType, ModerationType};
use crate::types::{GroupRef, UserRef, carries};
use crate::{Code, Context, Error, Result, Service};

/// A group as another service knew it.
#[derive(Clone, Debug)]
pub struct ForeignGroup {
    /// Its number there, which it keeps.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// How it is joined.
    pub registration_type: RegistrationType,
    /// Whether what members post appears at once.
    pub moderation_type: ModerationType,
    /// How many members it has; those that the import makes are among them.
    pub member_count: i64,
    /// How many topics it has.
    pub topic_count: i64,
    /// The second count of topics.
    pub num_topics: i64,
    /// The number of a commercial account.
    pub commercial_account_id: i64,
    /// The number of its owner there, which they keep.
    pub owner_id: i64,
    /// When it was made, in seconds.
    pub created_at: i64,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A number of the file is somebody else's here.
    #[error("{0} is somebody else's already: nothing was imported")]
    Taken(String),
    /// The groups cannot be kept as they are.
    #[error("{0}: nothing was imported")]
    Unacceptable(String),
    /// A rule or the store refused.
    #[error(transparent)]
    Refused(#[from] Error),
}

impl From<trivium_storage::Error> for ImportError {
    fn from(error: trivium_storage::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl trivium_storage::Refusal for ImportError {
    fn storage_error(&self) -> Option<&trivium_storage::Error> {
        match self {
            Self::Refused(error) => error.storage_error(),
            Self::Taken(_) | Self::Unacceptable(_) => None,
        }
    }
}

/// The login of an owner whom an import makes: `upcoming-674`.
fn login_of(owner: i64) -> String {
    format!("upcoming-{owner}")
}

/// Imports all groups, or none. With `member`, that user is made a member of each.
///
/// # Errors
/// [`ImportError`]; nothing is kept then.
pub fn import_groups(
    service: &Arc<Service>,
    groups: Vec<ForeignGroup>,
    member: Option<UserRef>,
) -> Result<usize, ImportError> {
    let count = groups.len();
    change(service, "import", move |context| {
        import_all(context, &groups, member)
    })?;
    Ok(count)
}

fn import_all(
    context: &mut Context<'_>,
    groups: &[ForeignGroup],
    member: Option<UserRef>,
) -> Result<(), ImportError> {
    // A number for each owner first: several groups may have the same one.
    let owners: BTreeMap<i64, String> = groups
        .iter()
        .map(|group| (group.owner_id, login_of(group.owner_id)))
        .collect();
    for (id, login) in &owners {
        import_owner(context, *id, login)?;
    }
    for group in groups {
        if groups::find(context.connection, group.id)?.is_some() {
            return Err(ImportError::Taken(GroupRef(group.id).to_string()));
        }
        acceptable(group)?;
        import_group(context, group, member)?;
    }
    context.connection.continue_numbers()?;
    Ok(())
}

/// What every format can carry, and the database can keep.
fn acceptable(group: &ForeignGroup) -> Result<(), ImportError> {
    let complain = |what: &str| {
        Err(ImportError::Unacceptable(format!(
            "{}: {what}",
            GroupRef(group.id)
        )))
    };
    let counters = [group.member_count, group.topic_count, group.num_topics];
    if group.id < 1 || group.owner_id < 1 {
        return complain("the numbers of groups and owners begin at 1");
    }
    if counters.iter().any(|count| *count < 0) {
        return complain("a count is negative");
    }
    if group.name.trim().is_empty() {
        return complain("it has no name");
    }
    if !carries(&group.name) || !carries(&group.description) {
        return complain("a text has a character that XML cannot carry");
    }
    Ok(())
}

fn import_owner(context: &mut Context<'_>, id: i64, login: &str) -> Result<(), ImportError> {
    let taken = || ImportError::Taken(UserRef(id).to_string());
    match users::find(context.connection, id)? {
        Some(user) if user.login == login && user.deleted_at.is_none() => return Ok(()),
        Some(_) => return Err(taken()),
        None => {}
    }
    if users::find_by_login(context.connection, login)?.is_some() {
        return Err(ImportError::Taken(format!("the login {login}")));
    }
    users::insert(
        context.connection,
        &users::NewUser {
            id: Some(id),
            login: login.to_owned(),
            created_at: context.now,
            ..Default::default()
        },
    )?;
    Ok(())
}

fn import_group(
    context: &mut Context<'_>,
    group: &ForeignGroup,
    member: Option<UserRef>,
) -> Result<(), ImportError> {
    let member = member.filter(|member| member.0 != group.owner_id);
    let row = groups::NewGroup {
        id: Some(group.id),
        name: group.name.clone(),
        folded_name: group.name.to_lowercase(),
        description: group.description.clone(),
        category_id: 1,
        tags: String::new(),
        image: String::new(),
        access_type: AccessType::Public.as_str(),
        registration_type: group.registration_type.as_str(),
        moderation_type: group.moderation_type.as_str(),
        // The members that are made below are among those that the file counts.
        member_count: group.member_count.max(1 + i64::from(member.is_some())),
        topic_count: group.topic_count,
        num_topics: group.num_topics,
        commercial_account_id: group.commercial_account_id,
        owner_id: group.owner_id,
        created_at: group.created_at,
    };
    found(context, "administrator", &row).map_err(|error| match error.code() {
        Code::ContentCollectionTitleAlreadyExist => ImportError::Unacceptable(format!(
            "{} has two groups called '{}'",
            login_of(group.owner_id),
            group.name
        )),
        _ => error.into(),
    })?;
    if let Some(member) = member {
        memberships::insert(
            context.connection,
            &Membership {
                group_id: group.id,
                user_id: member.0,
                state: Standing::Member.as_str().into(),
                since: context.now,
                note: String::new(),
                until: None,
            },
        )?;
    }
    Ok(())
}
