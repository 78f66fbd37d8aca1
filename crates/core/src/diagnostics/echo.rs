//! `echo` and `echoPost`: the same text comes back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Code, Context, Effect, Operation, Result, Verbs};

/// Answers the text that it was given, by GET.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Echo {
    /// The text to answer
    #[schemars(extend("examples" = ["Hello"]))]
    #[schemars(with = "crate::plain::Text")]
    pub echo_text: String,
}

/// Answers the text that it was given, by POST.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EchoPost {
    /// The text to answer
    #[schemars(extend("examples" = ["Hello"]))]
    #[schemars(with = "crate::plain::Text")]
    pub echo_text: String,
}

/// What echo answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Echoed {
    /// The text that was given
    #[schemars(with = "crate::plain::Text")]
    pub echo_text: String,
}

impl Operation for Echo {
    const NAME: &'static str = "echo";
    const VERBS: Verbs = Verbs::Get;
    const EFFECT: Effect = Effect::Read;
    const ERRORS: &'static [Code] = &[];
    type Output = Echoed;

    fn run(&self, _: &mut Context<'_>) -> Result<Echoed> {
        Ok(Echoed {
            echo_text: self.echo_text.clone(),
        })
    }
}

impl Operation for EchoPost {
    const NAME: &'static str = "echoPost";
    const VERBS: Verbs = Verbs::Post;
    const EFFECT: Effect = Effect::Read;
    const ERRORS: &'static [Code] = &[];
    type Output = Echoed;

    fn run(&self, _: &mut Context<'_>) -> Result<Echoed> {
        Ok(Echoed {
            echo_text: self.echo_text.clone(),
        })
    }
}
