//! The demonstration data: known people, known secrets, some groups of each kind.

use std::sync::Arc;

use trivium_storage::groups::NewGroup;
use trivium_storage::invitations::{self, NewInvitation};

use crate::administration::{self, NewAccount, change};
use crate::applications::keys;
use crate::groups::new::found;
use crate::groups::rules::RegistrationType;
use crate::groups::view::{AccessType, ModerationType};
use crate::import::{ForeignGroup, ImportError, import_groups};
use crate::invitations::new::InvitedRole;
use crate::types::{Login, Password};
use crate::{Context, Error, Service, secrets};

/// Who joins: login, password, and a token that is good in every front-end.
pub const MEMBER: (&str, &str, &str) = ("marc", "marcspassword", "123576abcdef6572134");

/// The key of an application of the Upcoming dialect.
pub const KEY: &str = "demo0demo0";

/// Who owns the groups: login, password, and a token.
pub const OWNER: (&str, &str, &str) = ("phil", "philspassword", "4312176fedcba675321");

/// The secret of an invitation to the group that is joined by invitation only.
pub const INVITATION: &str = "inv_0123456789abcdef0123456789abcdef012345670e7b17ab";

/// The groups: their number, name, and how each is joined.
pub const GROUPS: &[(i64, &str, RegistrationType)] = &[
    (1234, "Three Ways", RegistrationType::Open),
    (1235, "Gatekeepers", RegistrationType::Moderated),
    (1236, "By Invitation", RegistrationType::Invite),
];

/// Ten years, in seconds.
const LONG: i64 = 10 * 365 * 86_400;

/// Puts the demonstration data into an empty database, with these groups from elsewhere, of
/// which [`MEMBER`] becomes a member.
///
/// # Errors
/// When the database is not empty.
pub fn install(service: &Arc<Service>, elsewhere: Vec<ForeignGroup>) -> Result<(), ImportError> {
    let account = |login: &str, password: &str, first_name: &str| NewAccount {
        login: Login(login.into()),
        first_name: first_name.into(),
        password: Some(Password(password.into())),
        ..NewAccount::default()
    };
    let member = administration::add_user(service, account(MEMBER.0, MEMBER.1, "Marc"))?;
    administration::add_known_token(service, MEMBER.0, MEMBER.2, LONG)?;
    keys::keep(service, KEY, "Demo calendar", None)?;
    let owner = administration::add_user(service, account(OWNER.0, OWNER.1, "Phil"))?;
    administration::add_known_token(service, OWNER.0, OWNER.2, LONG)?;
    change::<_, Error>(service, "newGroup", move |context| {
        for (id, name, registration_type) in GROUPS {
            let group = NewGroup {
                id: Some(*id),
                name: (*name).into(),
                folded_name: name.to_lowercase(),
                description: "A group of the demonstration.".into(),
                category_id: 1,
                tags: "demonstration".into(),
                image: String::new(),
                access_type: AccessType::Public.as_str(),
                registration_type: registration_type.as_str(),
                moderation_type: ModerationType::Direct.as_str(),
                member_count: 1,
                topic_count: 0,
                num_topics: 0,
                commercial_account_id: 0,
                owner_id: owner.0,
                created_at: context.now,
            };
            found(context, OWNER.0, &group)?;
            if *registration_type == RegistrationType::Invite {
                invite(context, &group)?;
            }
        }
        Ok(())
    })?;
    import_groups(service, elsewhere, Some(member))?;
    Ok(())
}

/// Puts [`INVITATION`] beside a group, as its owner's, for any number of members.
fn invite(context: &mut Context<'_>, group: &NewGroup) -> Result<(), Error> {
    let invitation = NewInvitation {
        group_id: group.id.unwrap_or_default(),
        issuer_id: group.owner_id,
        hash: secrets::hash(INVITATION),
        prefix: secrets::prefix(INVITATION),
        role: InvitedRole::Member.as_str(),
        created_at: context.now,
        expires_at: None,
        usage_limit: None,
    };
    invitations::insert(context.connection, &invitation)?;
    Ok(())
}
