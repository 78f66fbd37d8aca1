//! The table of methods.

pub mod auth;
pub mod group_edit;
pub mod group_get;
pub mod group_join;
pub mod group_members;
pub mod user;

use trivium_core::applications::redeem::RedeemFrob;
use trivium_core::groups::{edit::EditGroup, join::JoinGroup, leave::LeaveGroup, new::NewGroup};
use trivium_core::{Effect, Operation, Proof, Result, Session};

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::error::Refusal;

/// The HTTP verb of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It reads.
    Get,
    /// It changes something.
    Post,
}

/// A method.
#[derive(Debug)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// The HTTP verb.
    pub verb: Verb,
    /// Its name in the audit log.
    pub action: &'static str,
    /// What it does to the data.
    pub effect: Effect,
    /// What it does.
    pub run: Run,
}

/// Every method. The verbs are those of the pages: auth.getToken uses up a frob and is called by GET.
pub const METHODS: &[Method] = &[
    Method {
        effect: Effect::Change,
        ..get(
            "auth.getToken",
            RedeemFrob::DECLARATION.name,
            auth::get_token,
        )
    },
    get("auth.checkToken", "checkToken", auth::check_token),
    get("group.getInfo", "getGroup", group_get::info),
    get("group.getMyGroups", "getMyGroups", group_get::mine),
    get("group.getMembers", "getMembers", group_members::members),
    post("group.add", NewGroup::DECLARATION.name, group_edit::add),
    post("group.edit", EditGroup::DECLARATION.name, group_edit::edit),
    post("group.join", JoinGroup::DECLARATION.name, group_join::join),
    post(
        "group.leave",
        LeaveGroup::DECLARATION.name,
        group_join::leave,
    ),
    get("user.getInfo", "getUserProfile", user::by_id),
    get(
        "user.getInfoByUsername",
        "getUserProfile",
        user::by_username,
    ),
    get("user.getInfoByEmail", "getUserProfile", user::by_email),
];

/// What a method does.
pub type Run = fn(&Arguments, &Proof, &mut Session<'_>) -> Result<Answer>;

const fn get(name: &'static str, action: &'static str, run: Run) -> Method {
    Method {
        name,
        verb: Verb::Get,
        action,
        effect: Effect::Read,
        run,
    }
}

const fn post(name: &'static str, action: &'static str, run: Run) -> Method {
    Method {
        name,
        verb: Verb::Post,
        action,
        effect: Effect::Change,
        run,
    }
}

/// The method of this name.
pub fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

impl Verb {
    /// Checks the HTTP method of a request.
    ///
    /// # Errors
    /// [`Refusal::WrongVerb`].
    pub fn check(self, method: &str) -> Result<(), Refusal> {
        match (self, method) {
            // HEAD is GET without the body of the response.
            (Self::Get, "GET" | "HEAD") | (Self::Post, "POST") => Ok(()),
            _ => Err(Refusal::WrongVerb),
        }
    }

    /// The header Allow.
    pub const fn allow(self) -> &'static str {
        match self {
            Self::Get => "GET, HEAD",
            Self::Post => "POST",
        }
    }
}
