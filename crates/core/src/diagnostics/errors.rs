//! `errorTest` and `exceptionTest`: they always fail, each in its own way.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::operation::Done;
use crate::{Code, Context, Effect, Error, Operation, Result, Verbs};

/// Always fails, outside what an operation answers: over XML-RPC with a fault.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ErrorTest {}

/// Always fails, as an operation does that met something unforeseen.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ExceptionTest {}

impl Operation for ErrorTest {
    const NAME: &'static str = "errorTest";
    const VERBS: Verbs = Verbs::Get;
    const EFFECT: Effect = Effect::Read;
    const ERRORS: &'static [Code] = &[Code::TestError];
    type Output = Done;

    fn run(&self, _: &mut Context<'_>) -> Result<Done> {
        Err(Error::new(Code::TestError, "This is a test error."))
    }
}

impl Operation for ExceptionTest {
    const NAME: &'static str = "exceptionTest";
    const VERBS: Verbs = Verbs::Get;
    const EFFECT: Effect = Effect::Read;
    const ERRORS: &'static [Code] = &[Code::GeneralSomeError];
    type Output = Done;

    fn run(&self, _: &mut Context<'_>) -> Result<Done> {
        Err(Error::new(
            Code::GeneralSomeError,
            "This is a test exception.",
        ))
    }
}
