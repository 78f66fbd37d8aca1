//! The description of the dialect for its documentation.

use trivium_core::Error;
use trivium_core::demonstration::{KEY, MEMBER};
use trivium_front::dialect::{
    ArgumentDescription, Dialect, ErrorDescription, MethodDescription, Need,
};
use trivium_front::{ClientRequest, Payload};

use crate::PREFIX;
use crate::error::{Refusal, status};
use crate::method::{Method, Verb};
use crate::methods::METHODS;

/// The arguments of every method: these come first.
const FIRST: [ArgumentDescription; 2] = [
    ArgumentDescription::required("method", "The name of the method."),
    ArgumentDescription::required(
        "api_key",
        "The key of the calling application: 10 letters and digits.",
    ),
];

/// The arguments of every method: these come last.
const LAST: [ArgumentDescription; 2] = [
    ArgumentDescription::default("format", "xml", "xml or json."),
    ArgumentDescription::optional(
        "callback",
        "The JavaScript function that receives the response (JSONP); with format=json.",
    ),
];

/// The description of the dialect.
pub fn describe() -> Dialect {
    let common = [
        Refusal::MethodNotFound,
        Refusal::WrongVerb,
        Refusal::InvalidCallback,
        Refusal::Invalid("format"),
    ];
    Dialect {
        name: "upcoming",
        title: "Upcoming",
        prefix: PREFIX,
        methods: METHODS.iter().map(method).collect(),
        common: common.map(|refusal| error(Verb::Post, refusal)).into(),
    }
}

fn method(method: &Method) -> MethodDescription {
    let needs_token = method
        .arguments
        .iter()
        .any(|argument| argument.name == "token" && argument.need == Need::Required);
    let token = needs_token.then_some(("token", MEMBER.2));
    let given = [("method", method.name), ("api_key", KEY)]
        .into_iter()
        .chain(token)
        .chain(method.example.iter().copied());
    let path = "/rest/";
    let errors = [Refusal::MissingKey, Refusal::InvalidKey];
    let errors = errors.iter().chain(method.errors);
    MethodDescription {
        name: format!("upcoming.{}", method.name),
        verb: method.verb.as_str(),
        path,
        summary: method.summary,
        arguments: [&FIRST, method.arguments, &LAST].concat(),
        response: method.response,
        errors: errors.map(|refusal| error(method.verb, *refusal)).collect(),
        example: ClientRequest {
            method: method.verb.as_str(),
            path: path.to_owned(),
            payload: Payload::Arguments(given.collect()),
        },
    }
}

fn error(verb: Verb, refusal: Refusal) -> ErrorDescription {
    let error = Error::from(refusal);
    ErrorDescription {
        status: status(&error, verb == Verb::Get),
        id: String::new(),
        message: error.message().to_owned(),
    }
}
