//! The description of the dialect for its documentation.

use trivium_front::dialect::{Dialect, ErrorDescription, MethodDescription};
use trivium_front::{ClientRequest, Payload};

use crate::PREFIX;
use crate::call::{Example, Route};
use crate::error::Refusal;
use crate::routes;

/// The description of the dialect.
pub fn describe() -> Dialect {
    let unauthenticated = |reason| Refusal::Unauthenticated(Box::new(reason));
    let common = [
        Refusal::MalformedData,
        Refusal::Unauthorized,
        unauthenticated(Refusal::BadBasicCredentials),
        unauthenticated(Refusal::TokenInvalid),
        unauthenticated(Refusal::TokenRevoked),
        Refusal::MethodNotAllowed("GET, HEAD, POST".to_owned()),
        Refusal::NotAcceptable,
        Refusal::RequestTooLarge,
        Refusal::UnsupportedMediaType,
        Refusal::TooManyRequests,
        Refusal::TemporaryFailure,
    ];
    Dialect {
        name: "onezone",
        title: "Onezone",
        prefix: PREFIX,
        methods: routes::all().filter_map(method).collect(),
        common: common.iter().map(error).collect(),
    }
}

/// The description of a call; none if no call succeeds.
fn method(route: &Route) -> Option<MethodDescription> {
    let Example { token, path, body } = route.example.as_ref()?;
    Some(MethodDescription {
        name: format!("onezone.{}", route.name),
        verb: route.method,
        path: route.path,
        summary: route.summary,
        arguments: route.arguments.to_vec(),
        response: route.response,
        errors: (route.errors)().iter().map(error).collect(),
        example: ClientRequest {
            method: route.method,
            path: (*path).to_owned(),
            payload: Payload::Message {
                headers: vec![("X-Auth-Token", *token)],
                body: (!body.is_empty()).then(|| ("application/json", (*body).to_owned())),
            },
        },
    })
}

fn error(refusal: &Refusal) -> ErrorDescription {
    let row = refusal.row();
    let (id, message) = match refusal {
        Refusal::BadValueToken(_, reason) | Refusal::Unauthenticated(reason) => {
            let reason = reason.row();
            (format!("{}: {}", row.id, reason.id), reason.description)
        }
        _ => (row.id.to_owned(), row.description),
    };
    ErrorDescription {
        status: row.status,
        id,
        message,
    }
}
