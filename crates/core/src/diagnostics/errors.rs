//! `errorTest` and `exceptionTest`: always fail.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::cases::{Access, Example, Who};
use crate::{Declaration, Error, Operation, PublicOperation, Result, Session, codes};
use trivium_rpc::entry::Done;

/// Always fails as an error outside of operations does: over XML-RPC, with a fault.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ErrorTest {}

/// Always fails as an operation with an unexpected error does.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ExceptionTest {}

impl Operation for ErrorTest {
    const DECLARATION: &'static Declaration = &Declaration::read("errorTest", &[codes::TEST_ERROR]);
    type Caller = ();
    type Output = Done;

    fn run(&self, (): &(), _: &mut Session<'_>) -> Result<Done> {
        Err(Error::new(codes::TEST_ERROR, "This is a test error."))
    }
}

impl PublicOperation for ErrorTest {
    const EXAMPLE: Example = Example::by(Who::Nobody, &[]);
    const ACCESS: Access = Access::fails(&[], codes::TEST_ERROR);
}

impl Operation for ExceptionTest {
    const DECLARATION: &'static Declaration =
        &Declaration::read("exceptionTest", &[codes::GENERAL_SOME_ERROR]);
    type Caller = ();
    type Output = Done;

    fn run(&self, (): &(), _: &mut Session<'_>) -> Result<Done> {
        Err(Error::new(
            codes::GENERAL_SOME_ERROR,
            "This is a test exception.",
        ))
    }
}

impl PublicOperation for ExceptionTest {
    const EXAMPLE: Example = Example::by(Who::Nobody, &[]);
    const ACCESS: Access = Access::fails(&[], codes::GENERAL_SOME_ERROR);
}
