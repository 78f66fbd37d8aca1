//! The table of methods.

pub mod auth;
pub mod group_edit;
pub mod group_get;
pub mod group_join;
pub mod group_members;
pub mod user;

use trivium_core::operation::Effect;
use trivium_core::{Context, Operation, Result, applications, groups};

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::error::Refusal;

/// The verb of HTTP that a method wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// It looks.
    Get,
    /// It changes something.
    Post,
}

/// A method.
#[derive(Debug)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// How it is called.
    pub verb: Verb,
    /// What the audit log names what it does.
    pub action: &'static str,
    /// What it does to the data.
    pub effect: Effect,
    /// What it does.
    pub run: fn(&Arguments, &mut Context<'_>) -> Result<Answer>,
}

/// Every method. The verb is the page's: auth.getToken uses up a frob, and is called by GET.
pub const METHODS: &[Method] = &[
    Method {
        effect: Effect::Change,
        ..get("auth.getToken", applications::redeem::NAME, auth::get_token)
    },
    get("auth.checkToken", "checkToken", auth::check_token),
    get("group.getInfo", "getGroup", group_get::info),
    get("group.getMyGroups", "getMyGroups", group_get::mine),
    get("group.getMembers", "getMembers", group_members::members),
    post("group.add", groups::new::NewGroup::NAME, group_edit::add),
    post(
        "group.edit",
        groups::edit::EditGroup::NAME,
        group_edit::edit,
    ),
    post(
        "group.join",
        groups::join::JoinGroup::NAME,
        group_join::join,
    ),
    post(
        "group.leave",
        groups::leave::LeaveGroup::NAME,
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

type Run = fn(&Arguments, &mut Context<'_>) -> Result<Answer>;

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
    /// Holds that a request comes with this verb.
    ///
    /// # Errors
    /// Of another one.
    pub fn admits(self, method: &str) -> Result<(), Refusal> {
        match (self, method) {
            // A HEAD request is a GET whose answer's body stays behind.
            (Self::Get, "GET" | "HEAD") | (Self::Post, "POST") => Ok(()),
            _ => Err(Refusal::WrongVerb),
        }
    }

    /// What the header Allow says.
    pub const fn allow(self) -> &'static str {
        match self {
            Self::Get => "GET, HEAD",
            Self::Post => "POST",
        }
    }
}
