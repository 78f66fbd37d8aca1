//! The demonstration data: known users, known secrets, and groups of each registration type.

pub(crate) mod known;

use std::sync::Arc;

use trivium_storage::groups::{Moderation, NewGroup, Visibility};
use trivium_storage::invitations::{self, NewInvitation, Role};
use trivium_storage::memberships::{self, Membership, State};

pub use self::known::{ADMIN_PASSWORD, INVITATION, KEY, MEMBER, OWNER};
use crate::administration::tokens::KeepToken;
use crate::administration::users::AddUser;
use crate::applications::keys::CreateKey;
use crate::groups::new::create_group;
use crate::groups::rules::RegistrationType;
use crate::import::{ForeignGroup, ImportGroups};
use crate::session::{By, Change, Record};
use crate::types::{GroupRef, Login, Password, UserRef};
use crate::{
    Administrator, Credentials, Declaration, Operation, Origin, PreparedOperation, Result, Service,
    Session, secrets,
};

/// The groups: ID, name and registration type.
pub const GROUPS: &[(i64, &str, RegistrationType)] = &[
    (1234, "Three Ways", RegistrationType::Open),
    (1235, "Gatekeepers", RegistrationType::Moderated),
    (INVITED_GROUP, "By Invitation", RegistrationType::Invite),
    (BUSY_GROUP, "Waiting Room", RegistrationType::Moderated),
];

/// The group that users join by invitation only.
pub const INVITED_GROUP: i64 = 1236;

/// The group that has a member and a banned user besides its owner, and a pending request of [`MEMBER`].
const BUSY_GROUP: i64 = 1237;

/// Ten years, in seconds.
const TEN_YEARS: i64 = 10 * 365 * 86_400;

/// Installs the demonstration data in an empty database, with these groups of another service, of
/// which [`MEMBER`] becomes a member.
///
/// # Errors
/// If the database is not empty.
pub fn install(service: &Arc<Service>, groups: Vec<ForeignGroup>) -> Result<()> {
    let add = |login: &str, first_name: &str, password: Option<&str>| AddUser {
        login: Login(login.into()),
        first_name: first_name.into(),
        password: password.map(|password| Password(password.into())),
        ..AddUser::default()
    };
    let keep = |(login, _, token)| KeepToken {
        login,
        token,
        lifetime: TEN_YEARS,
    };
    let member = run(service, add(MEMBER.0, "Marc", Some(MEMBER.1)))?;
    run(service, keep(MEMBER))?;
    run(
        service,
        CreateKey {
            name: "Demo calendar".to_owned(),
            callback: None,
            key: Some(KEY),
        },
    )?;
    let owner = run(service, add(OWNER.0, "Phil", Some(OWNER.1)))?;
    run(service, keep(OWNER))?;
    let lena = AddUser {
        email: Some("lena@example.org".to_owned()),
        ..add("lena", "Lena", None)
    };
    let busy_group = [
        (run(service, lena)?, State::Member),
        (run(service, add("bert", "Bert", None))?, State::Banned),
        (member, State::Requested),
    ];
    run(service, CreateGroups { owner, busy_group })?;
    let member = Some(member);
    run(service, ImportGroups { groups, member })?;
    Ok(())
}

fn run<O: PreparedOperation>(service: &Arc<Service>, operation: O) -> Result<O::Output> {
    service.run(
        operation,
        Credentials::Administrator,
        Origin::command_line(),
    )
}

/// Creates the groups of the demonstration.
struct CreateGroups {
    owner: UserRef,
    /// The states of users in [`BUSY_GROUP`].
    busy_group: [(UserRef, State); 3],
}

impl Operation for CreateGroups {
    const DECLARATION: &'static Declaration = &Declaration::change("newGroup", &[]);
    type Caller = Administrator;
    type Output = ();

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<()> {
        let owner = By::user(self.owner.0, OWNER.0);
        for (id, name, registration_type) in GROUPS {
            let group = NewGroup {
                id: Some(*id),
                name: (*name).into(),
                folded_name: name.to_lowercase(),
                description: "A group of the demonstration.".into(),
                category_id: 1,
                tags: "demonstration".into(),
                image: String::new(),
                access_type: Visibility::Public,
                registration_type: (*registration_type).into(),
                moderation_type: Moderation::Direct,
                member_count: if *id == BUSY_GROUP { 2 } else { 1 },
                imported_members: 0,
                topic_count: 0,
                num_topics: 0,
                commercial_account_id: 0,
                owner_id: self.owner.0,
                created_at: session.now(),
                condition_kind: None,
                condition_group_id: None,
            };
            create_group(session, owner, &group)?;
            if *registration_type == RegistrationType::Invite {
                invite(session, &group)?;
            }
        }
        for (user, state) in self.busy_group {
            let membership = Membership::new(BUSY_GROUP, user.0, state, session.now());
            memberships::insert(session.connection, &membership)?;
            let user = session.user(user)?;
            let (by, action, subject) = match state {
                State::Requested => ((&user).into(), "requestToJoin", None),
                State::Banned => (owner, "banMember", Some(&*user.login)),
                State::Member | State::Moderator => (owner, "addMember", Some(&*user.login)),
            };
            session.record(
                by,
                Record {
                    group: Some(GroupRef(BUSY_GROUP)),
                    action: Some(action),
                    subject,
                    change: Some(Change::of(&membership, false)),
                    ..Record::default()
                },
            )?;
        }
        Ok(())
    }
}

/// Adds [`INVITATION`] to a group, issued by its owner, without a usage limit.
fn invite(session: &mut Session<'_>, group: &NewGroup) -> Result<()> {
    let invitation = NewInvitation {
        group_id: group.id.unwrap_or_default(),
        issuer_id: group.owner_id,
        hash: secrets::hash(INVITATION),
        prefix: secrets::prefix(INVITATION),
        role: Role::Member,
        created_at: session.now(),
        expires_at: None,
        usage_limit: None,
        member_until: None,
    };
    invitations::insert(session.connection, &invitation)?;
    Ok(())
}
