//! The demonstration data: known people, known secrets, some groups of each kind.

use std::sync::Arc;

use trivium_storage::groups::NewGroup;

use crate::administration::{self, NewAccount, change};
use crate::applications::keys;
use crate::groups::new::found;
use crate::groups::rules::RegistrationType;
use crate::groups::view::{AccessType, ModerationType};
use crate::import::{ForeignGroup, ImportError, import_groups};
use crate::types::{Login, Password};
use crate::{Error, Service};

/// Who joins: login, password, and a token that is good in every front-end.
pub const MEMBER: (&str, &str, &str) = ("marc", "marcspassword", "123576abcdef6572134");

/// The key of an application of the Upcoming dialect.
pub const KEY: &str = "demo0demo0";

/// Who owns the groups: login and password.
pub const OWNER: (&str, &str) = ("phil", "philspassword");

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
        }
        Ok(())
    })?;
    import_groups(service, elsewhere, Some(member))?;
    Ok(())
}
