//! How near the quotas are.

use trivium_storage::holdings::{self, Most};

use crate::types::GroupRef;
use crate::{Administrator, Declaration, Operation, Result, Session};

/// Shows for each quota who has most of what it limits.
#[derive(Clone, Copy, Debug)]
pub struct ShowUsage;

/// What the users and groups have that have most.
#[derive(Clone, Debug)]
pub struct Usage {
    /// The user who owns most groups.
    pub groups: Fullest,
    /// The user with most memberships and open join requests.
    pub memberships: Fullest,
    /// The user with most valid tokens.
    pub tokens: Fullest,
    /// The group with most invitations that can still be used.
    pub invitations: Fullest,
    /// The user with most unused frobs for one application.
    pub frobs: Fullest,
}

/// The user or group that has most of something.
#[derive(Clone, Debug, Default)]
pub struct Fullest {
    /// How much it has.
    pub most: i64,
    /// The login of the user, or the ID of the group; `None` if nobody has any.
    pub holder: Option<String>,
}

impl Operation for ShowUsage {
    const DECLARATION: &'static Declaration = &Declaration::read("showUsage", &[]);
    type Caller = Administrator;
    type Output = Usage;

    fn run(&self, _: &Administrator, session: &mut Session<'_>) -> Result<Usage> {
        let now = session.now();
        let groups = holdings::most_groups(session.connection)?;
        let memberships = holdings::most_memberships(session.connection)?;
        let tokens = holdings::most_tokens(session.connection, now)?;
        let invitations = holdings::most_invitations(session.connection, now)?;
        let frobs = holdings::most_frobs(session.connection, now)?;
        Ok(Usage {
            groups: of_user(session, groups)?,
            memberships: of_user(session, memberships)?,
            tokens: of_user(session, tokens)?,
            invitations: invitations.map_or_else(Fullest::default, |(group, most)| Fullest {
                most,
                holder: Some(GroupRef(group).to_string()),
            }),
            frobs: of_user(session, frobs)?,
        })
    }
}

fn of_user(session: &mut Session<'_>, most: Most) -> Result<Fullest> {
    let Some((user, most)) = most else {
        return Ok(Fullest::default());
    };
    let user = trivium_storage::users::find(session.connection, user)?;
    Ok(Fullest {
        most,
        holder: user.map(|user| user.login),
    })
}
