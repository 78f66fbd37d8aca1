//! `checkToken`: whose token it is, and for how long.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cases::{Access, Example, Who};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session};

/// Tells whose token it is and how long it is still good.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckToken {}

/// What checkToken answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Checked {
    /// The login of the person whose token it is
    #[schemars(with = "crate::types::Login")]
    pub login: String,
    /// How long the token is still good, in seconds
    #[schemars(range(min = 0, max = 2_147_483_647), extend("examples" = [86_400]))]
    pub token_lifetime: i64,
}

impl Operation for CheckToken {
    const DECLARATION: &'static Declaration = &Declaration::read("checkToken", &[]);
    type Caller = Actor;
    type Output = Checked;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<Checked> {
        let ends = actor.token.map_or(session.now, |(_, ends)| ends);
        Ok(Checked {
            login: actor.login.clone(),
            // A 32-bit <int> carries it everywhere; 68 years are long enough.
            token_lifetime: (ends - session.now).min(i64::from(i32::MAX)),
        })
    }
}

impl PublicOperation for CheckToken {
    const EXAMPLE: Example = Example::by(Who::Member, &[]);
    const ACCESS: Access = Access::everybody(&[]);
}
