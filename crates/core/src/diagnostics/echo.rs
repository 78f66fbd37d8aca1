//! `echo` and `echoPost`: the same text comes back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cases::{Access, Example, Of, Who};
use crate::{Declaration, Operation, PublicOperation, Result, Session, Verbs};

/// Answers the text that it was given, by GET.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Echo {
    /// The text to answer
    #[schemars(extend("examples" = ["Hello"]))]
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub echo_text: String,
}

/// Answers the text that it was given, by POST.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EchoPost {
    /// The text to answer
    #[schemars(extend("examples" = ["Hello"]))]
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub echo_text: String,
}

/// What echo answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Echoed {
    /// The text that was given
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub echo_text: String,
}

impl Operation for Echo {
    const DECLARATION: &'static Declaration = &Declaration::read("echo", &[]);
    type Caller = ();
    type Output = Echoed;

    fn run(&self, (): &(), _: &mut Session<'_>) -> Result<Echoed> {
        Ok(Echoed {
            echo_text: self.echo_text.clone(),
        })
    }
}

impl PublicOperation for Echo {
    const EXAMPLE: Example = Example::by(Who::Nobody, &[("echoText", "Hello")]);
    const ACCESS: Access = Access::everybody(&[("echoText", Of::Text("Hello"))]);
}

impl Operation for EchoPost {
    const DECLARATION: &'static Declaration = &Declaration {
        verbs: Verbs::Post,
        ..Declaration::read("echoPost", &[])
    };
    type Caller = ();
    type Output = Echoed;

    fn run(&self, (): &(), _: &mut Session<'_>) -> Result<Echoed> {
        Ok(Echoed {
            echo_text: self.echo_text.clone(),
        })
    }
}

impl PublicOperation for EchoPost {
    const EXAMPLE: Example = Example::by(Who::Nobody, &[("echoText", "Hello")]);
    const ACCESS: Access = Access::everybody(&[("echoText", Of::Text("Hello"))]);
}
