//! Imports groups of another service, with their IDs, counters, times and owners.

use std::collections::BTreeMap;
use std::fmt::Display;

use trivium_rpc::text::is_portable;
use trivium_storage::groups::{self, Visibility};
use trivium_storage::memberships::{self, Membership, State};
use trivium_storage::users;

use crate::groups::new::create_group;
use crate::groups::rules::RegistrationType;
use crate::groups::view::ModerationType;
use crate::session::{By, Change, Record};
use crate::types::{GroupRef, UserRef};
use crate::{Administrator, Declaration, Error, Operation, Result, Session, codes};

/// A group of another service.
#[derive(Clone, Debug)]
pub struct ForeignGroup {
    /// Its ID, which it keeps.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// How users join it.
    pub registration_type: RegistrationType,
    /// Whether posts of members are moderated.
    pub moderation_type: ModerationType,
    /// The number of members; those that the import adds are included.
    pub member_count: i64,
    /// The number of topics.
    pub topic_count: i64,
    /// The second counter of topics.
    pub num_topics: i64,
    /// The ID of a commercial account.
    pub commercial_account_id: i64,
    /// The ID of its owner, who keeps it.
    pub owner_id: i64,
    /// When it was created, in seconds since 1970.
    pub created_at: i64,
}

/// The detail of an error that the data of the file caused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidData;

fn invalid_data(message: String) -> Error {
    Error::new(codes::VALIDATION_INVALID_VALUE, message).with_detail(InvalidData)
}

/// The error of an ID or login that another group or user has.
fn taken(what: impl Display) -> Error {
    invalid_data(format!("{what} already exists: nothing was imported"))
}

/// The login of an owner that an import creates: `upcoming-674`.
fn login_of(owner: i64) -> String {
    format!("upcoming-{owner}")
}

/// Imports groups in one transaction, and returns their number.
#[derive(Clone, Debug)]
pub struct ImportGroups {
    /// The groups.
    pub groups: Vec<ForeignGroup>,
    /// A user who becomes a member of each.
    pub member: Option<UserRef>,
}

impl Operation for ImportGroups {
    const DECLARATION: &'static Declaration =
        &Declaration::change("import", &[codes::VALIDATION_INVALID_VALUE]);
    type Caller = Administrator;
    type Output = usize;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<usize> {
        // The owners first: several groups may have the same one.
        let owners: BTreeMap<i64, String> = self
            .groups
            .iter()
            .map(|group| (group.owner_id, login_of(group.owner_id)))
            .collect();
        for (id, login) in &owners {
            import_owner(session, *id, login)?;
        }
        for group in &self.groups {
            #[expect(
                clippy::disallowed_methods,
                reason = "the ID of a deleted group is taken, too"
            )]
            if groups::find(session.connection, group.id)?.is_some() {
                return Err(taken(GroupRef(group.id)));
            }
            check(group)?;
            import_group(session, group, self.member)?;
        }
        session.connection.advance_id_sequences()?;
        Ok(self.groups.len())
    }
}

/// Checks that every format can carry the group, and the database can store it.
fn check(group: &ForeignGroup) -> Result<()> {
    let invalid = |what: &str| {
        let id = GroupRef(group.id);
        Err(invalid_data(format!("{id}: {what}: nothing was imported")))
    };
    let counters = [group.member_count, group.topic_count, group.num_topics];
    if group.id < 1 || group.owner_id < 1 {
        return invalid("the IDs of groups and owners start at 1");
    }
    if counters.iter().any(|count| *count < 0) {
        return invalid("a count is negative");
    }
    if group.name.trim().is_empty() {
        return invalid("it has no name");
    }
    if !is_portable(&group.name) || !is_portable(&group.description) {
        return invalid("a text has a character that XML cannot carry");
    }
    Ok(())
}

fn import_owner(session: &mut Session<'_>, id: i64, login: &str) -> Result<()> {
    match users::find(session.connection, id)? {
        Some(user) if user.login == login && user.deleted_at.is_none() => return Ok(()),
        Some(_) => return Err(taken(UserRef(id))),
        None => {}
    }
    if users::find_by_login(session.connection, login)?.is_some() {
        return Err(taken(format!("the login {login}")));
    }
    users::insert(
        session.connection,
        &users::NewUser {
            id: Some(id),
            login: login.to_owned(),
            created_at: session.now(),
            ..Default::default()
        },
    )?;
    Ok(())
}

fn import_group(
    session: &mut Session<'_>,
    group: &ForeignGroup,
    member: Option<UserRef>,
) -> Result<()> {
    let member = member.filter(|member| member.0 != group.owner_id);
    let added = 1 + i64::from(member.is_some());
    let row = groups::NewGroup {
        id: Some(group.id),
        name: group.name.clone(),
        folded_name: group.name.to_lowercase(),
        description: group.description.clone(),
        category_id: 1,
        tags: String::new(),
        image: String::new(),
        access_type: Visibility::Public,
        registration_type: group.registration_type.into(),
        moderation_type: group.moderation_type.into(),
        // The counter of the file includes the members that are added below.
        member_count: group.member_count.max(added),
        imported_members: (group.member_count - added).max(0),
        topic_count: group.topic_count,
        num_topics: group.num_topics,
        commercial_account_id: group.commercial_account_id,
        owner_id: group.owner_id,
        created_at: group.created_at,
        condition_kind: None,
        condition_group_id: None,
    };
    create_group(session, By::ADMINISTRATOR, &row).map_err(|error| match error.code() {
        codes::CONTENT_COLLECTION_TITLE_ALREADY_EXIST => invalid_data(format!(
            "{} has two groups called '{}': nothing was imported",
            login_of(group.owner_id),
            group.name
        )),
        _ => error,
    })?;
    if let Some(member) = member {
        let row = Membership::new(group.id, member.0, State::Member, session.now());
        memberships::insert(session.connection, &row)?;
        let login = session.user(member)?.login;
        session.record(
            By::ADMINISTRATOR,
            Record {
                group: Some(GroupRef(group.id)),
                subject: Some(&login),
                change: Some(Change::of(&row, false)),
                ..Record::default()
            },
        )?;
    }
    Ok(())
}
