//! An entry of the catalog: all that any reader of a declaration needs.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::code::Code;
use crate::declaration::{Credential, CredentialSpec, Declaration};
use crate::lint;
use crate::rule::{Rule, rules};
use crate::text::TEXT;

/// An operation, as front-ends and descriptions see it.
#[derive(Debug)]
pub struct Entry {
    /// Its declaration.
    pub declared: &'static Declaration,
    /// The heading under which documents list it.
    pub subject: &'static str,
    /// The credential that it requires or accepts.
    pub credential: Credential,
    /// True if a call verifies or hashes a password, which keeps a processor busy for long.
    pub hashes_password: bool,
    /// The codes with which it may fail, beside [`codes::COMMON`](crate::codes::COMMON).
    pub errors: Vec<Code>,
    /// The rules of its arguments, its credential among them, in the order in which they are checked.
    pub rules: Vec<Rule>,
    /// The schema of its arguments, with its credential; its description is the operation's.
    pub input: Schema,
    /// The schema of its result, without `success`.
    pub output: Schema,
    /// The example call that documents show.
    pub example: Option<Example>,
}

/// An example call of an operation. The service has resolved all values to texts.
#[derive(Clone, Debug, Default)]
pub struct Example {
    /// The credential, if the caller presents one.
    pub credential: Option<String>,
    /// Names and values of the other arguments.
    pub arguments: Vec<(&'static str, String)>,
}

impl Entry {
    /// The entry of an operation with arguments `I` and result `O`.
    ///
    /// # Panics
    /// In debug builds, if a type cannot be represented in every format.
    pub fn of<I: JsonSchema, O: Serialize + JsonSchema>(
        declared: &'static Declaration,
        credential: CredentialSpec,
    ) -> Self {
        let mut input = schemars::schema_for!(I);
        add_credential(&mut input, declared, &credential);
        let settings = SchemaSettings::default().for_serialize();
        let output = settings.into_generator().into_root_schema_for::<O>();
        if cfg!(debug_assertions) {
            let findings = lint::check(&input, &output);
            assert!(findings.is_empty(), "{}: {findings:#?}", declared.name);
        }
        Self {
            declared,
            subject: "",
            credential: credential.credential,
            hashes_password: credential.credential == Credential::AdminPassword,
            errors: [credential.errors, declared.errors].concat(),
            rules: rules(&input),
            input,
            output,
            example: None,
        }
    }

    /// The name, without the namespace of the service.
    pub const fn name(&self) -> &'static str {
        self.declared.name
    }

    /// Returns the description of the operation: its doc comment.
    pub fn description(&self) -> &str {
        let description = self.input.get("description");
        description.and_then(Json::as_str).unwrap_or_default()
    }

    /// The schema of an argument.
    pub fn argument(&self, name: &str) -> Option<&Json> {
        self.input.get("properties")?.get(name)
    }

    /// The rule of an argument.
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name)
    }
}

/// Adds the argument that carries the credential: first if it is required, else last, unless the
/// declaration says otherwise.
fn add_credential(input: &mut Schema, declared: &Declaration, spec: &CredentialSpec) {
    let Some(name) = spec.credential.argument() else {
        return;
    };
    let required = spec.credential != Credential::OptionalToken;
    let (kind, example) = match spec.credential {
        Credential::AdminPassword => (json!("string"), "marcspassword"),
        Credential::OptionalToken => (json!(["string", "null"]), "123576abcdef6572134"),
        Credential::None | Credential::Token => (json!("string"), "123576abcdef6572134"),
    };
    let mut property = json!({ "description": spec.description, "type": kind });
    if let Some(members) = property.as_object_mut() {
        if spec.credential == Credential::AdminPassword {
            members.insert("maxLength".into(), json!(4096));
        }
        members.insert("x-characters".into(), json!(TEXT));
        members.insert("examples".into(), json!([example]));
    }
    let others = match input.get("properties") {
        Some(Json::Object(others)) => others.clone(),
        _ => Map::new(),
    };
    let own = std::iter::once((name.to_owned(), property));
    let properties: Map<String, Json> = if required || declared.token_first {
        own.chain(others).collect()
    } else {
        others.into_iter().chain(own).collect()
    };
    input.insert("properties".into(), Json::Object(properties));
    if required {
        let others = input.get("required").and_then(Json::as_array).cloned();
        let all = std::iter::once(json!(name)).chain(others.unwrap_or_default());
        input.insert("required".into(), all.collect());
    }
}

/// The result of an operation that only reports success.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Done {}
