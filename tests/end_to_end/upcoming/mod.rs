//! The Upcoming dialect: each documented request, status and error, on both databases.
//!
//! - [`pages`] compares with the bytes of the documentation pages; [`methods`] tests the methods.
//! - [`clients`] runs a client that was written from the documentation.
//! - [`refusals`] has rejected requests; [`sign_in`] tests the sign-in page.

mod clients;
mod methods;
mod pages;
mod refusals;
mod sign_in;

use trivium_test_support::Backend;

use crate::harness::{Gateway, Person, Protocol, Response, Story};

/// A gateway with two users, an API key, and groups of anna: an open, a moderated and a private one.
struct Fixture {
    gateway: Gateway,
    key: String,
    anna: Person,
    bert: Person,
    open: String,
    moderated: String,
    private: String,
}

/// Runs a test on both databases.
fn everywhere(test: impl Fn(&Fixture)) {
    for backend in Backend::ALL {
        let fixture = Fixture::build(Gateway::start(backend, &[]));
        test(&fixture);
        let log = fixture.gateway.served.log();
        assert!(!log.contains("ERROR"), "{log}");
        for secret in [&fixture.anna.token, &fixture.bert.token] {
            assert!(!log.contains(secret.as_str()), "{log}");
        }
    }
}

impl Fixture {
    fn build(gateway: Gateway) -> Self {
        let key = gateway.command(&["key", "create", "My calendar"], "");
        let story = Story {
            gateway: &gateway,
            protocol: Protocol::Json,
        };
        let anna = story.person("anna");
        let bert = story.person("bert");
        let group = |registration: &str| {
            let id = story.group(&anna, registration, registration);
            id.strip_prefix("group:").unwrap().to_owned()
        };
        let [open, moderated, private] = ["open", "moderated", "invite"].map(group);
        Self {
            key,
            anna,
            bert,
            open,
            moderated,
            private,
            gateway,
        }
    }

    /// Calls operations of the service over REST (JSON).
    fn story(&self) -> Story<'_> {
        Story {
            gateway: &self.gateway,
            protocol: Protocol::Json,
        }
    }

    /// Sends parameters unchanged, in the query or in a form.
    fn send(&self, verb: &str, parameters: &str) -> Response {
        let path = "/services/rest/";
        match verb {
            "POST" => self.gateway.served.post(
                path,
                "application/x-www-form-urlencoded",
                parameters.as_bytes(),
            ),
            _ => self.gateway.served.get(&format!("{path}?{parameters}")),
        }
    }

    /// Calls a method with the key, the token of a user, and these parameters.
    fn call(&self, verb: &str, method: &str, who: &Person, parameters: &str) -> Response {
        let (key, token) = (&self.key, &who.token);
        self.send(
            verb,
            &format!("method={method}&api_key={key}&token={token}&{parameters}"),
        )
    }

    /// Asserts that a call failed with this status and message.
    #[track_caller]
    fn refused(&self, response: &Response, status: u16, words: &str) {
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <rsp stat=\"fail\" version=\"1.0\"><error msg=\"{words}\" /></rsp>"
        );
        assert_eq!((response.status, response.text()), (status, body));
        assert_eq!(response.header("content-type"), "text/xml; charset=utf-8");
    }
}

/// The value of an attribute of the first element.
fn attribute(response: &Response, name: &str) -> String {
    let text = response.text();
    let start = format!(" {name}=\"");
    let (_, rest) = text.split_once(&start).unwrap_or_else(|| panic!("{text}"));
    rest.split('"').next().unwrap().to_owned()
}
