//! `logout`: revokes a token.

use schemars::JsonSchema;
use serde::Deserialize;
use trivium_storage::tokens;

use crate::cases::{Access, Example, Of, Who};
use crate::session::Record;
use crate::{
    Actor, Declaration, Exclusive, Operation, PublicOperation, Result, Session, Verbs, codes,
};
use trivium_rpc::entry::Done;

/// Revokes the token of the call.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Logout {}

impl Operation for Logout {
    const DECLARATION: &'static Declaration = &Declaration {
        verbs: Verbs::Any,
        ..Declaration::change("logout", &[])
    };
    /// It locks the row of the user before that of a token.
    type Caller = Exclusive<Actor>;
    type Output = Done;

    fn run(&self, actor: &Exclusive<Actor>, session: &mut Session<'_>) -> Result<Done> {
        if let Some((token, _)) = actor.token
            && !tokens::revoke(session.connection, actor.id, token, session.now())?
        {
            return Err(codes::USER_TOKEN_INVALID.into());
        }
        session.record(&**actor, Record::default())?;
        Ok(Done {})
    }
}

impl PublicOperation for Logout {
    const EXAMPLE: Example = Example::by(Who::Member, &[]);
    const ACCESS: Access = Access::everybody(&[("authToken", Of::NewToken)]);
}
