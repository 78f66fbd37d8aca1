//! The walk of a call through its transaction, in the order in which Onezone checks.

use trivium_core::context::Actor;
use trivium_core::groups::get::GetGroup;
use trivium_core::operation::Bound;
use trivium_core::types::{AuthToken, GroupRef};
use trivium_core::{Caller, Context, Error, Operation, Service};

use crate::answer::Answer;
use crate::credentials::Credentials;
use crate::error::Refusal;
use crate::values::Values;

/// What a call does, once it is known who asks, and what with.
pub(crate) type Work =
    dyn Fn(&Values, &mut Context<'_>) -> Result<Answer, Stop> + Send + Sync + 'static;

/// Why a call goes no further.
pub(crate) enum Stop {
    /// The dialect refuses it; nothing was changed.
    Refused(Refusal),
    /// Core does.
    Failed(Error),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// A call as it was asked for.
pub(crate) struct Asked {
    /// Who asks.
    pub(crate) credentials: Credentials,
    /// The body, or what is wrong with it: that is told to those only whose credentials are right.
    pub(crate) body: Result<Values, Refusal>,
    /// What is asked for.
    pub(crate) work: Box<Work>,
}

impl Bound<Answer> for Asked {
    fn prepare(&mut self, service: &Service, caller: &Caller) -> trivium_core::Result<()> {
        self.credentials.verify(service, caller)
    }

    fn run(&self, context: &mut Context<'_>) -> trivium_core::Result<Answer> {
        match self.walk(context) {
            Ok(answer) => Ok(answer),
            Err(Stop::Refused(refusal)) => Ok(Answer::Refused(refusal)),
            Err(Stop::Failed(error)) => Err(error),
        }
    }
}

impl Asked {
    fn walk(&self, context: &mut Context<'_>) -> Result<Answer, Stop> {
        context.actor = self.credentials.authenticate(context)?;
        let values = self.body.as_ref().map_err(Clone::clone)?;
        (self.work)(values, context)
    }
}

/// Somebody must ask.
///
/// # Errors
/// `unauthorized`.
pub(crate) fn somebody(context: &Context<'_>) -> Result<Actor, Refusal> {
    context.actor.clone().ok_or(Refusal::Unauthorized)
}

/// The group of a call must exist, for whoever asks: one that is not disclosed to them does not.
///
/// # Errors
/// `notFound`.
pub(crate) fn existing(id: GroupRef, context: &mut Context<'_>) -> Result<(), Stop> {
    let auth_token = context.actor.as_ref().map(|_| shown());
    Operation::run(&GetGroup { auth_token, id }, context)?;
    Ok(())
}

/// What operations are given for a token, once the context knows who calls.
pub(crate) fn shown() -> AuthToken {
    AuthToken::default()
}
