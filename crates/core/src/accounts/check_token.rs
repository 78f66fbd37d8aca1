//! `checkToken`: shows the user and the remaining lifetime of a token.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cases::{Access, Example, Who};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session};

/// Shows the user and the remaining lifetime of the token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckToken {}

/// The result of checkToken.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// Login of the user
    #[schemars(with = "crate::types::Login")]
    pub login: String,
    /// The remaining lifetime of the token, in seconds
    #[schemars(range(min = 0, max = 2_147_483_647), extend("examples" = [86_400]))]
    pub token_lifetime: i64,
}

impl Operation for CheckToken {
    const DECLARATION: &'static Declaration = &Declaration::read("checkToken", &[]);
    type Caller = Actor;
    type Output = Checked;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Checked> {
        let ends = actor.token.map_or(session.now(), |(_, ends)| ends);
        Ok(Checked {
            login: actor.login.clone(),
            // The value must fit into a 32-bit <int> of XML-RPC; 68 years are long enough.
            token_lifetime: (ends - session.now()).min(i64::from(i32::MAX)),
        })
    }
}

impl PublicOperation for CheckToken {
    const EXAMPLE: Example = Example::by(Who::Member, &[]);
    const ACCESS: Access = Access::everybody(&[]);
}
