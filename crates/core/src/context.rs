//! What a running call sees: its connection, its caller, the time, the settings.

use std::net::IpAddr;

use trivium_storage::groups::{self, Group};
use trivium_storage::users::{self, User};
use trivium_storage::{AnyConnection, Seconds, audit, tokens};

use crate::groups::rules::Standing;
use crate::groups::standing::Towards;
use crate::secrets::hash;
use crate::throttle::Throttle;
use crate::types::{AuthToken, GroupRef, UserRef};
use crate::{Code, Effect, Error, Fact, Result};

/// The way by which a call came, as the audit log names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Via(pub &'static str);

/// On whose authority a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// The caller's own, shown by a token.
    Token,
    /// The administrator's, on behalf of this user.
    ActingFor(i64),
    /// The administrator's own.
    Administrator,
}

/// Who calls, as far as is known before the call runs.
#[derive(Clone, Debug)]
pub struct Caller {
    /// By which way.
    pub via: Via,
    /// On whose authority.
    pub authority: Authority,
    /// From which address, where there is one.
    pub address: Option<IpAddr>,
    /// Where this service's pages are, without a slash at the end.
    pub base_url: String,
}

/// What an administrator may set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long a token of `login` is good, in seconds.
    pub token_lifetime: i64,
    /// Whether lists of people and groups are open to those without a token.
    pub directory: Directory,
    /// What newUser, editUser and deleteUser ask for; without one they are not permitted.
    pub admin_password: Option<crate::types::Password>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            token_lifetime: 86_400,
            directory: Directory::Public,
            admin_password: None,
        }
    }
}

crate::words! {
    /// Who may read the lists of people and groups.
    Directory {
        /// Everybody.
        Public = "public",
        /// Those with a token.
        Members = "members",
    }
}

/// The user on whose behalf an operation runs.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Their number.
    pub id: i64,
    /// Their login.
    pub login: String,
    /// The token they showed, and when it ends.
    pub token: Option<(i64, Seconds)>,
    /// True when the administrator acts, whom no role in a group binds.
    pub administrator: bool,
}

/// A running call.
pub struct Context<'a> {
    /// The call's transaction.
    pub connection: &'a mut AnyConnection,
    /// The time of the call.
    pub now: Seconds,
    /// Who calls.
    pub caller: &'a Caller,
    /// On whose behalf, once that was found out otherwise than by the token of an operation.
    pub actor: Option<Actor>,
    /// What the administrator has set.
    pub settings: &'a Settings,
    /// What slows down guessing.
    pub throttle: &'a Throttle,
    /// What the operation does; a change locks what it relies on.
    pub effect: Effect,
    /// The operation's name, for the audit log.
    pub action: &'static str,
}

impl Context<'_> {
    /// Who is it? The first line of every operation that asks.
    ///
    /// # Errors
    /// `user_token_invalid`, `user_token_expired`.
    pub fn authenticate(&mut self, token: &AuthToken) -> Result<Actor> {
        if let Some(actor) = &self.actor {
            return Ok(actor.clone());
        }
        let actor = match self.caller.authority {
            Authority::Token => self.bearer(token)?,
            Authority::ActingFor(id) => self.acting_for(id)?,
            Authority::Administrator => Actor {
                id: 0,
                login: "administrator".into(),
                token: None,
                administrator: true,
            },
        };
        // Disabling and deleting wait for this change, or this change sees that they were first.
        if self.effect == Effect::Change
            && !actor.administrator
            && !self.connection.hold_user(actor.id)?
        {
            return Err(Code::UserTokenInvalid.into());
        }
        Ok(actor)
    }

    fn bearer(&mut self, token: &AuthToken) -> Result<Actor> {
        let bearer =
            tokens::find_bearer(self.connection, &hash(&token.0))?.ok_or(Code::UserTokenInvalid)?;
        if bearer.revoked_at.is_some() {
            return Err(Code::UserTokenInvalid.about(Fact::TokenRevoked));
        }
        if bearer.disabled_at.is_some() || bearer.deleted_at.is_some() {
            return Err(Code::UserTokenInvalid.into());
        }
        if bearer.expires_at <= self.now {
            return Err(Code::UserTokenExpired.into());
        }
        Ok(Actor {
            id: bearer.user_id,
            login: bearer.login,
            token: Some((bearer.token_id, bearer.expires_at)),
            administrator: false,
        })
    }

    fn acting_for(&mut self, id: i64) -> Result<Actor> {
        let user = self.user(UserRef(id))?;
        Ok(Actor {
            id: user.id,
            login: user.login,
            token: None,
            administrator: false,
        })
    }

    /// Who is it, if a token is given; and must one be, to read lists?
    ///
    /// # Errors
    /// As [`authenticate`](Self::authenticate).
    pub fn authenticate_for_directory(&mut self, token: Option<&AuthToken>) -> Result<()> {
        let open = self.settings.directory == Directory::Public;
        match token {
            Some(token) => self.authenticate(token).map(|_| ()),
            None if open || self.actor.is_some() => Ok(()),
            None if self.caller.authority != Authority::Token => Ok(()),
            None => Err(Code::UserTokenInvalid.into()),
        }
    }

    /// The group of this id. A change of it has it to itself until its transaction ends.
    ///
    /// # Errors
    /// `content_not_found`, also when the group was deleted.
    pub fn group(&mut self, id: GroupRef) -> Result<Group> {
        if self.effect == Effect::Change {
            self.connection.lock_group(id.0)?;
        }
        groups::find(self.connection, id.0)?
            .filter(|group| group.deleted_at.is_none())
            .ok_or_else(|| Error::from(Code::ContentNotFound))
    }

    /// The user of this id.
    ///
    /// # Errors
    /// `user_not_found`, also when the user was deleted.
    pub fn user(&mut self, id: UserRef) -> Result<User> {
        users::find(self.connection, id.0)?
            .filter(|user| user.deleted_at.is_none())
            .ok_or_else(|| Error::from(Code::UserNotFound))
    }

    /// How a user stands towards a group.
    ///
    /// # Errors
    /// The store's failure.
    pub fn towards(&mut self, group: &Group, user: i64) -> Result<Towards> {
        Towards::find(self.connection, group, user, self.now)
    }

    /// How the caller stands towards a group. The administrator stands as its owner does.
    ///
    /// # Errors
    /// The store's failure.
    pub fn standing_of(&mut self, actor: &Actor, group: &Group) -> Result<Standing> {
        if actor.administrator {
            return Ok(Standing::Owner);
        }
        Ok(self.towards(group, actor.id)?.standing)
    }

    /// A group as its members see it; for everybody else there is none.
    ///
    /// # Errors
    /// `content_not_found`.
    pub fn own_group(&mut self, actor: &Actor, id: GroupRef) -> Result<Group> {
        let group = self.group(id)?;
        match self.standing_of(actor, &group)?.role() {
            Some(_) => Ok(group),
            None => Err(Code::ContentNotFound.into()),
        }
    }

    /// A group whose members and requests the caller may act on.
    ///
    /// # Errors
    /// `content_not_found`, `user_access_denied`.
    pub fn moderated_group(&mut self, actor: &Actor, id: GroupRef) -> Result<Group> {
        let group = self.group(id)?;
        if self.standing_of(actor, &group)?.moderates() {
            Ok(group)
        } else {
            Err(Code::UserAccessDenied.into())
        }
    }

    /// Records the change that this call makes.
    ///
    /// # Errors
    /// The store's failure.
    pub fn record(&mut self, actor: &str, entry: Record<'_>) -> Result<()> {
        audit::insert(
            self.connection,
            &audit::NewEntry {
                at: self.now,
                group_id: entry.group.map(|group| group.0),
                actor,
                action: entry.action.unwrap_or(self.action),
                subject: entry.subject,
                reason: entry.reason.filter(|reason| !reason.is_empty()),
                via: self.caller.via.0,
            },
        )?;
        Ok(())
    }

    /// The address of a group's public page.
    pub fn group_url(&self, id: i64) -> String {
        format!("{}/group/{id}", self.caller.base_url)
    }

    /// The address of a user's public page.
    pub fn user_url(&self, id: i64) -> String {
        format!("{}/user/{id}", self.caller.base_url)
    }
}

/// What is recorded beside who, when and through which way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'a> {
    /// The group it concerns.
    pub group: Option<GroupRef>,
    /// What was done, where the operation's name does not say it.
    pub action: Option<&'a str>,
    /// The login, or other name, of whom it was done to.
    pub subject: Option<&'a str>,
    /// What was given as the reason.
    pub reason: Option<&'a str>,
}
