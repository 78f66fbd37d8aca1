//! Every way in which a credential ends, and every credential that must end with it, over every front-end.

use base64ct::{Base64, Encoding};
use serde_json::json;
use trivium_test_support::Backend;

use crate::harness::{
    Gateway, PROTOCOLS, Person, Protocol, Response, Served, Story, approve, ask, frob,
};

/// The admin password of the servers.
const ADMIN_PASSWORD: &str = "the admin's own";

/// A password that replaces another.
const NEW_PASSWORD: &str = "another long password";

/// A user with one of each credential, and the users and the application that they deal with.
struct Scene {
    gateway: Gateway,
    /// The holder. The token is of the command line.
    dora: Person,
    /// Joins by the invitation of the holder.
    joiner: Person,
    key: String,
    group: String,
    /// A token of login.
    login_token: String,
    /// A token that an application got for a frob.
    application_token: String,
    frob: String,
    invitation: String,
}

/// A credential of the scene.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Credential {
    /// The token of the command line, with which some of the endings are called.
    Token,
    LoginToken,
    ApplicationToken,
    Frob,
    Password,
    Invitation,
}

use Credential::{ApplicationToken, Frob, Invitation, LoginToken, Password, Token};

const CREDENTIALS: [Credential; 6] = [
    Token,
    LoginToken,
    ApplicationToken,
    Frob,
    Password,
    Invitation,
];

/// An event that ends credentials: its name, what happens, and the credentials that remain.
type Ending = (&'static str, fn(&Scene), &'static [Credential]);

const ENDINGS: &[Ending] = &[
    ("nothing", |_| (), &CREDENTIALS),
    (
        "changePassword",
        |scene| {
            let call = json!({
                "authToken": scene.dora.token, "oldPassword": scene.dora.password,
                "newPassword": NEW_PASSWORD,
            });
            scene.story().post("changePassword", call).succeeds();
        },
        &[Token, Invitation],
    ),
    (
        "user passwd",
        |scene| {
            let arguments = ["user", "passwd", &scene.dora.login, "--password-stdin"];
            scene.gateway.command(&arguments, NEW_PASSWORD);
        },
        &[Invitation],
    ),
    (
        "editUser",
        |scene| {
            let call = json!({
                "adminPassword": ADMIN_PASSWORD, "id": scene.dora.id, "password": NEW_PASSWORD,
            });
            scene.story().post("editUser", call).succeeds();
        },
        &[Invitation],
    ),
    ("user disable", |scene| scene.user("disable"), &[]),
    (
        "user disable and enable",
        |scene| {
            scene.user("disable");
            scene.user("enable");
        },
        &[Password],
    ),
    ("user delete", |scene| scene.user("delete"), &[]),
    (
        "deleteUser",
        |scene| {
            let call = json!({"adminPassword": ADMIN_PASSWORD, "login": scene.dora.login});
            scene.story().post("deleteUser", call).succeeds();
        },
        &[],
    ),
    (
        "logout",
        |scene| {
            let call = json!({"authToken": scene.login_token});
            scene.story().post("logout", call).succeeds();
        },
        &[Token, ApplicationToken, Frob, Password, Invitation],
    ),
    (
        "revokeToken",
        |scene| {
            let prefix = &scene.login_token[..8];
            let call = json!({"authToken": scene.dora.token, "prefix": prefix});
            scene.story().post("revokeToken", call).succeeds();
        },
        &[Token, ApplicationToken, Frob, Password, Invitation],
    ),
    (
        "token revoke PREFIX",
        |scene| {
            let prefix = &scene.application_token[..8];
            scene.token_revoke(&[&scene.dora.login, prefix]);
        },
        &[Token, LoginToken, Frob, Password, Invitation],
    ),
    (
        "token revoke LOGIN --all",
        |scene| scene.token_revoke(&[&scene.dora.login, "--all"]),
        &[Password, Invitation],
    ),
    (
        "token revoke --all --user",
        |scene| scene.token_revoke(&["--all", "--user", &scene.dora.login]),
        &[Password, Invitation],
    ),
    (
        "token revoke --all of another user",
        |scene| scene.token_revoke(&["--all", "--user", &scene.joiner.login]),
        &[Token, LoginToken, ApplicationToken, Frob, Password],
    ),
    (
        "token revoke --all",
        |scene| scene.token_revoke(&["--all"]),
        // The invitation remains, but the joiner has no token.
        &[Password],
    ),
    (
        "key revoke",
        |scene| {
            scene.gateway.command(&["key", "revoke", &scene.key], "");
        },
        &[Token, LoginToken, Password, Invitation],
    ),
];

impl Scene {
    fn build(backend: Backend) -> Self {
        let environment = [("TRIVIUM_ADMIN_PASSWORD", ADMIN_PASSWORD)];
        let gateway = Gateway::start_with(backend, &[], &environment);
        let key = gateway.command(&["key", "create", "My calendar"], "");
        let story = Story {
            gateway: &gateway,
            protocol: Protocol::Json,
        };
        let [anna, dora, joiner] = ["anna", "dora", "joiner"].map(|name| story.person(name));
        let group = story.group(&anna, "Chess", "invite");
        let add = ["member", "add", &group, &dora.login, "--role", "moderator"];
        gateway.command(&add, "");
        let login = json!({"login": dora.login, "password": dora.password});
        let login_token = story.post("login", login).text("authToken");
        let invite = json!({"authToken": dora.token, "id": group});
        let invitation = story.post("newInvitation", invite).text("invitation");
        let mut scene = Self {
            gateway,
            dora,
            joiner,
            key,
            group,
            login_token,
            application_token: String::new(),
            frob: String::new(),
            invitation,
        };
        let exchanged = scene.exchange(&scene.approved());
        scene.application_token = between(&exchanged.text(), " token=\"", '"');
        scene.frob = scene.approved();
        scene
    }

    fn story(&self) -> Story<'_> {
        Story {
            gateway: &self.gateway,
            protocol: Protocol::Json,
        }
    }

    fn user(&self, command: &str) {
        self.gateway
            .command(&["user", command, &self.dora.login], "");
    }

    fn token_revoke(&self, arguments: &[&str]) {
        self.gateway
            .command(&[&["token", "revoke"], arguments].concat(), "");
    }

    /// Approves the application with the password, on the sign-in page.
    fn approve(&self) -> Response {
        approve(self.served(), &self.key, &self.dora)
    }

    fn approved(&self) -> String {
        frob(&self.approve())
    }

    fn exchange(&self, frob: &str) -> Response {
        let key = &self.key;
        self.served().get(&format!(
            "/services/rest/?method=auth.getToken&api_key={key}&frob={frob}"
        ))
    }

    fn served(&self) -> &Served {
        &self.gateway.served
    }

    /// The calls with a credential, and whether they succeed.
    fn attempts(&self, credential: Credential) -> Vec<(String, bool)> {
        match credential {
            Token => self.token(&self.dora.token),
            LoginToken => self.token(&self.login_token),
            ApplicationToken => self.token(&self.application_token),
            Frob => vec![(
                "auth.getToken".into(),
                self.exchange(&self.frob).status == 200,
            )],
            Password => self.password(),
            Invitation => self.invitation(),
        }
    }

    fn token(&self, token: &str) -> Vec<(String, bool)> {
        let mut attempts = Vec::new();
        for protocol in PROTOCOLS {
            for (verb, name, more) in [
                ("GET", "checkToken", json!({})),
                ("GET", "getMyGroups", json!({})),
                ("POST", "newInvitation", json!({"id": self.group})),
            ] {
                let mut call = json!({"authToken": token});
                let members = call.as_object_mut().expect("an object");
                members.extend(more.as_object().expect("an object").clone());
                let code = protocol.call(self.served(), verb, name, &call).code();
                attempts.push((format!("{protocol:?} {name}"), code == "success"));
            }
        }
        // The key of the scene may be revoked.
        let key = self.gateway.command(&["key", "create", "Another"], "");
        for method in ["auth.checkToken", "group.getMyGroups"] {
            let path = format!("/services/rest/?method={method}&api_key={key}&token={token}");
            attempts.push((method.to_owned(), self.served().get(&path).status == 200));
        }
        let bearer = format!("Bearer {token}");
        for (header, value) in [
            ("X-Auth-Token", token),
            ("Authorization", &bearer),
            ("Macaroon", token),
        ] {
            let status = self.onezone(header, value);
            attempts.push((format!("Onezone {header}"), status == 200));
        }
        attempts
    }

    fn onezone(&self, header: &str, value: &str) -> u16 {
        let request = ask("GET", "/api/v3/onezone/user/groups").with(header, value);
        self.served().send(&Vec::from(request)).status
    }

    fn password(&self) -> Vec<(String, bool)> {
        let (login, password) = (&self.dora.login, &self.dora.password);
        let call = json!({"login": login, "password": password});
        let mut attempts: Vec<(String, bool)> = PROTOCOLS
            .iter()
            .map(|protocol| {
                let code = protocol.call(self.served(), "POST", "login", &call).code();
                assert_ne!(code, "rate_limited");
                (format!("{protocol:?} login"), code == "success")
            })
            .collect();
        let pair = Base64::encode_string(format!("{login}:{password}").as_bytes());
        let status = self.onezone("Authorization", &format!("Basic {pair}"));
        attempts.push(("Onezone Basic".into(), status == 200));
        let page = self.approve().text();
        // Without the key there is no page to sign in on.
        if page.contains("<output>") || !page.contains("No application has this API key") {
            attempts.push(("sign-in page".into(), page.contains("<output>")));
        }
        attempts
    }

    fn invitation(&self) -> Vec<(String, bool)> {
        let token = &self.joiner.token;
        let mut attempts = Vec::new();
        let leave = || {
            let call = json!({"authToken": token, "id": self.group});
            self.story().post("leaveGroup", call).code() == "success"
        };
        for protocol in PROTOCOLS {
            for (name, more) in [
                ("joinByInvitation", json!({})),
                ("joinGroup", json!({"id": self.group})),
            ] {
                let mut call = json!({"authToken": token, "invitation": self.invitation});
                let members = call.as_object_mut().expect("an object");
                members.extend(more.as_object().expect("an object").clone());
                let code = protocol.call(self.served(), "POST", name, &call).code();
                assert_eq!(code == "success", leave(), "{protocol:?} {name}: {code}");
                attempts.push((format!("{protocol:?} {name}"), code == "success"));
            }
        }
        let body = json!({"token": self.invitation}).to_string();
        let request = crate::harness::json("/api/v3/onezone/user/groups/join", body);
        let request = request.with("X-Auth-Token", token);
        let status = self.served().send(&Vec::from(request)).status;
        assert_eq!(status == 201, leave(), "{status}");
        attempts.push(("Onezone join".into(), status == 201));
        attempts
    }
}

fn between(text: &str, start: &str, end: char) -> String {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("{text}"));
    rest.split(end).next().unwrap_or_default().to_owned()
}

#[test]
fn credentials_end_with_what_they_derive_from() {
    for backend in Backend::ALL {
        let mut wrong = Vec::new();
        for (name, end, remaining) in ENDINGS {
            let scene = Scene::build(backend);
            end(&scene);
            for credential in CREDENTIALS {
                let expected = remaining.contains(&credential);
                for (attempt, succeeded) in scene.attempts(credential) {
                    if succeeded != expected {
                        let what = if succeeded { "valid" } else { "rejected" };
                        wrong.push(format!("{name}: {credential:?} is {what}: {attempt}"));
                    }
                }
            }
            let log = scene.served().log();
            assert!(!log.contains("ERROR"), "{name}: {log}");
        }
        assert!(wrong.is_empty(), "{backend:?}:\n{}", wrong.join("\n"));
    }
}

#[test]
fn old_admin_password_is_rejected_after_a_restart_with_a_new_one() {
    for backend in Backend::ALL {
        let start = |url: &str, log: &std::path::Path, password: &str| {
            let environment = [("TRIVIUM_ADMIN_PASSWORD", password)];
            Served::start(&["--database", url], &environment, log.to_owned())
        };
        let scratch = trivium_test_support::Scratch::new(backend);
        let log = scratch.folder.path().join("log");
        let calls = |server: &Served, password: &str, name: &str| -> Vec<String> {
            PROTOCOLS
                .iter()
                .map(|protocol| {
                    let call = json!({
                        "adminPassword": password, "firstName": "", "lastName": "", "email": "",
                        "login": format!("{name}-{}", protocol.word()), "password": NEW_PASSWORD,
                    });
                    protocol.call(server, "POST", "newUser", &call).code()
                })
                .collect()
        };
        let server = start(&scratch.url, &log, ADMIN_PASSWORD);
        assert_eq!(calls(&server, ADMIN_PASSWORD, "first"), ["success"; 3]);
        drop(server);
        let server = start(&scratch.url, &log, "quite another one");
        let old = calls(&server, ADMIN_PASSWORD, "second");
        assert_eq!(old, ["user_invalid_password"; 3], "{backend:?}");
        let new = calls(&server, "quite another one", "third");
        assert_eq!(new, ["success"; 3], "{backend:?}");
    }
}
