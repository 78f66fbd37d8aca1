//! Stories: tests that run over every protocol and both databases.

use serde_json::{Value, json};
use trivium_test_support::Backend;

use super::gateway::Gateway;
use super::protocol::{Answer, PROTOCOLS, Protocol};

/// A story over one protocol.
pub(crate) struct Story<'a> {
    /// The gateway under test.
    pub(crate) gateway: &'a Gateway,
    /// The protocol of its calls.
    pub(crate) protocol: Protocol,
}

/// A user in a story.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// `user:N`.
    pub(crate) id: String,
    /// Their login, with the name of the protocol in it.
    pub(crate) login: String,
    /// Their password.
    pub(crate) password: String,
    /// One of their tokens.
    pub(crate) token: String,
}

/// Runs a story over every protocol and both databases.
pub(crate) fn everywhere(story: impl Fn(&Story<'_>)) {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        for protocol in PROTOCOLS {
            story(&Story {
                gateway: &gateway,
                protocol,
            });
        }
        assert!(
            !gateway.served.log().contains("ERROR"),
            "{}",
            gateway.served.log()
        );
    }
}

/// The arguments of newGroup for a public group, with empty texts.
pub(crate) fn new_group(token: &str, name: &str, registration: &str) -> Value {
    json!({
        "authToken": token, "name": name, "category": "cat:1", "tags": "",
        "description": "", "image": "", "accessType": "public",
        "registrationType": registration, "moderationType": "direct",
    })
}

impl Story<'_> {
    /// Creates a user with a password and a token.
    pub(crate) fn person(&self, name: &str) -> Person {
        let login = format!("{name}-{}", self.protocol.word());
        let password = format!("the password of {login}");
        let id = self
            .gateway
            .command(&["user", "add", &login, "--password-stdin"], &password);
        let token = self.gateway.command(&["user", "token", &login], "");
        Person {
            id,
            login,
            password,
            token,
        }
    }

    /// Calls an operation by GET.
    pub(crate) fn get(&self, name: &str, arguments: Value) -> Answer {
        self.protocol
            .call(&self.gateway.served, "GET", name, &arguments)
    }

    /// Calls an operation by POST.
    pub(crate) fn post(&self, name: &str, arguments: Value) -> Answer {
        self.protocol
            .call(&self.gateway.served, "POST", name, &arguments)
    }

    /// Creates a group of this owner and returns its id.
    pub(crate) fn group(&self, owner: &Person, name: &str, registration: &str) -> String {
        let made = self.post("newGroup", new_group(&owner.token, name, registration));
        made.succeeds();
        made.text("id")
    }
}
