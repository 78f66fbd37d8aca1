//! A call, in the order in which Onezone checks: credentials, body, then the call itself.

use trivium_core::groups::get::GetGroup;
use trivium_core::types::GroupRef;
use trivium_core::{Actor, Caller, Error, Operation, Proof, Session, Work};

use crate::answer::Answer;
use crate::error::Refusal;
use crate::routes::{Ids, Route};
use crate::values::Values;

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
