//! What a call is, and how it runs, in the order in which Onezone checks: credentials, body, then the
//! call itself.

use trivium_core::groups::get::GetGroup;
use trivium_core::types::GroupRef;
use trivium_core::{Actor, Caller, Effect, Error, Operation, Proof, Session, Work};
use trivium_front::dialect::ArgumentDescription;

use crate::answer::Answer;
use crate::error::Refusal;
use crate::values::Values;

/// The function of a call.
pub(crate) type Run = fn(Context<'_, '_>) -> Result<Answer, Failure>;

/// A call at an address: how it is made, what it does, and what its documentation says.
#[derive(Debug)]
pub(crate) struct Route {
    /// The name of its page.
    pub(crate) name: &'static str,
    /// The HTTP method.
    pub(crate) method: &'static str,
    /// The path below the prefix; `{id}` and `{user}` are placeholders of IDs.
    pub(crate) path: &'static str,
    /// Its name in the audit log: that of the operation of core.
    pub(crate) action: &'static str,
    /// Its effect on the data.
    pub(crate) effect: Effect,
    pub(crate) run: Run,
    /// What it does, for its page.
    pub(crate) summary: &'static str,
    /// The arguments, in the path and in the body.
    pub(crate) arguments: &'static [ArgumentDescription],
    /// The response to a call that succeeds.
    pub(crate) response: &'static str,
    /// The errors, besides those of every call.
    pub(crate) errors: fn() -> Vec<Refusal>,
    /// An example call.
    pub(crate) example: Example,
}

/// An example call.
#[derive(Debug)]
pub(crate) struct Example {
    /// The token of the caller.
    pub(crate) token: &'static str,
    /// The path below the prefix.
    pub(crate) path: &'static str,
    /// The body; empty if there is none.
    pub(crate) body: &'static str,
}

/// The IDs of a path; 0, which is never assigned, if one is malformed.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ids {
    pub(crate) id: i64,
    pub(crate) user: i64,
}

/// Why a call fails.
pub(crate) enum Failure {
    /// The dialect rejects it; nothing was changed.
    Refused(Refusal),
    /// Core rejects it, or fails.
    Failed(Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// A call of a route.
pub(crate) struct RouteCall {
    pub(crate) route: &'static Route,
    pub(crate) ids: Ids,
    /// The body, or what is wrong with it, which is reported only to authenticated callers.
    pub(crate) body: Result<Values, Refusal>,
}

impl Work<Answer> for RouteCall {
    fn run(&self, proof: &Proof, session: &mut Session<'_>) -> trivium_core::Result<Answer> {
        match self.run_checked(proof, session) {
            Ok(answer) => Ok(answer),
            Err(Failure::Refused(refusal)) => Ok(Answer::Refused(refusal)),
            Err(Failure::Failed(error)) => Err(error),
        }
    }
}

impl RouteCall {
    fn run_checked(&self, proof: &Proof, session: &mut Session<'_>) -> Result<Answer, Failure> {
        let actor = Option::<Actor>::identify(proof, session)?;
        let values = self.body.as_ref().map_err(Clone::clone)?;
        (self.route.run)(Context {
            ids: self.ids,
            values,
            actor,
            session,
        })
    }
}

/// What the function of a route receives.
pub(crate) struct Context<'a, 's> {
    /// The IDs of the path.
    pub(crate) ids: Ids,
    /// The values of the body.
    pub(crate) values: &'a Values,
    /// The authenticated user, if there is one.
    actor: Option<Actor>,
    pub(crate) session: &'a mut Session<'s>,
}

impl Context<'_, '_> {
    /// The authenticated user.
    ///
    /// # Errors
    /// `unauthorized`.
    pub(crate) fn actor(&self) -> Result<Actor, Refusal> {
        self.actor.clone().ok_or(Refusal::Unauthorized)
    }

    /// Checks that a group exists, and is disclosed to the caller.
    ///
    /// # Errors
    /// `notFound`.
    pub(crate) fn check_group(&mut self, id: GroupRef) -> Result<(), Failure> {
        Operation::run(&GetGroup { id }, &self.actor, self.session)?;
        Ok(())
    }
}
