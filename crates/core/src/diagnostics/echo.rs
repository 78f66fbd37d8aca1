//! `echo` and `echoPost`: return the given text.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::cases::{Access, Example, Of, Who};
use crate::{Declaration, Operation, PublicOperation, Result, Session, Verbs};

/// Returns the given text, by GET.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Echo {
    /// The text to return
    #[schemars(extend("examples" = ["Hello"]))]
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub echo_text: String,
}

/// Returns the given text, by POST.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EchoPost {
    /// The text to return
    #[schemars(extend("examples" = ["Hello"]))]
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub echo_text: String,
}

/// The result of echo and echoPost.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Echoed {
    /// The given text
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
