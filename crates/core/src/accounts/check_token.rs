//! `checkToken`: whose token it is, and for how long.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::types::AuthToken;
use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Tells whose token it is and how long it is still good.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckToken {
    /// An authentication token
    pub auth_token: AuthToken,
}

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
    const NAME: &'static str = "checkToken";
    const VERBS: Verbs = Verbs::Get;
    const EFFECT: Effect = Effect::Read;
    const ERRORS: &'static [Code] = &[Code::UserTokenInvalid, Code::UserTokenExpired];
    type Output = Checked;

    fn run(&self, context: &mut Context<'_>) -> Result<Checked> {
        let actor = context.authenticate(&self.auth_token)?;
        let ends = actor.token.map_or(context.now, |(_, ends)| ends);
        Ok(Checked {
            login: actor.login,
            // A 32-bit <int> carries it everywhere; 68 years are long enough.
            token_lifetime: (ends - context.now).min(i64::from(i32::MAX)),
        })
    }
}
