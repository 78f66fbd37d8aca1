//! `/configuration`: what clients read when they start.

use trivium_core::Result;

use crate::answer::Answer;
use crate::call::Context;

/// Describes the service.
pub(crate) fn configuration(context: Context<'_, '_>) -> Result<Answer> {
    Ok(Answer::Configuration {
        domain: context.domain().to_owned(),
    })
}
