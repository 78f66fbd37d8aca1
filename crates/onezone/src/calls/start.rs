//! `/configuration`: what clients read when they start.

use trivium_core::Result;

use crate::answer::Answer;
use crate::call::Context;

/// Describes the service.
pub(crate) fn configuration(context: Context<'_, '_>) -> Result<Answer> {
    let url = &context.session.origin.base_url;
    let domain = url.split_once("://").map_or(url.as_str(), |(_, host)| host);
    Ok(Answer::Configuration {
        domain: domain.to_owned(),
    })
}
