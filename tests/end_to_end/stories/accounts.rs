//! Accounts: login, logout, tokens, passwords, users.

use serde_json::json;
use trivium_test_support::Backend;

use crate::harness::{Gateway, PROTOCOLS, Person, Story, everywhere};

#[test]
fn login_returns_a_token() {
    everywhere(|story| {
        let anna = story.person("anna");
        let answer = story.post(
            "login",
            json!({"login": anna.login, "password": anna.password}),
        );
        let token = answer.text("authToken");
        assert_eq!(token.len(), 40);
        answer.is(json!({"authToken": token, "tokenLifetime": 86_400}));
        story
            .get("checkToken", json!({"authToken": token}))
            .succeeds();

        // A failed login does not disclose whether the account exists.
        let wrong = story.post("login", json!({"login": anna.login, "password": "x"}));
        let unknown = story.post("login", json!({"login": "nobody", "password": "x"}));
        wrong.fails("user_invalid_password");
        assert_eq!(wrong.value, unknown.value);
        story
            .post("login", json!({"login": anna.login}))
            .fails("validation_missing_key");
    });
}

#[test]
fn logout_revokes_only_its_token() {
    everywhere(|story| {
        let anna = story.person("anna");
        let other = story
            .post(
                "login",
                json!({"login": anna.login, "password": anna.password}),
            )
            .text("authToken");
        story
            .post("logout", json!({"authToken": anna.token}))
            .is(json!({}));
        let ended = json!({"authToken": anna.token});
        story
            .get("checkToken", ended.clone())
            .fails("user_token_invalid");
        story.get("logout", ended).fails("user_token_invalid");
        story
            .get("checkToken", json!({"authToken": other}))
            .succeeds();
        story
            .get("logout", json!({"authToken": other}))
            .is(json!({}));
    });
}

#[test]
fn check_token_returns_its_user() {
    everywhere(|story| {
        let anna = story.person("anna");
        let answer = story.get("checkToken", json!({"authToken": anna.token}));
        let remaining: i64 = answer.text("tokenLifetime").parse().unwrap();
        assert!((86_400..=30 * 86_400).contains(&remaining));
        answer.is(json!({"login": anna.login, "tokenLifetime": remaining}));

        for wrong in ["", "x", &anna.token[1..], &format!("{}0", anna.token)] {
            story
                .get("checkToken", json!({"authToken": wrong}))
                .fails("user_token_invalid");
        }
        let short = story
            .gateway
            .command(&["user", "token", &anna.login, "--ttl", "1s"], "");
        while story.get("checkToken", json!({"authToken": short})).code() == "success" {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        story
            .get("checkToken", json!({"authToken": short}))
            .fails("user_token_expired");
    });
}

#[test]
fn change_password_revokes_all_other_tokens() {
    everywhere(|story| {
        let anna = story.person("anna");
        let login = |password: &str| {
            story.post("login", json!({"login": anna.login, "password": password}))
        };
        let other = login(&anna.password).text("authToken");
        let change = |old: &str, new: &str| {
            let call = json!({"authToken": anna.token, "oldPassword": old, "newPassword": new});
            story.post("changePassword", call)
        };
        change("wrong", "another password").fails("user_invalid_password");
        change(&anna.password, "short").fails("user_password_too_weak");
        change(&anna.password, "Password1").fails("user_password_too_weak");
        change(&anna.password, "another password").is(json!({}));
        story
            .get("checkToken", json!({"authToken": anna.token}))
            .succeeds();
        story
            .get("checkToken", json!({"authToken": other}))
            .fails("user_token_invalid");
        login(&anna.password).fails("user_invalid_password");
        login("another password").succeeds();
    });
}

#[test]
fn tokens_are_listed_and_revoked_by_prefix() {
    everywhere(|story| {
        let anna = story.person("anna");
        let other = story
            .post(
                "login",
                json!({"login": anna.login, "password": anna.password}),
            )
            .text("authToken");
        let list = || story.get("getTokens", json!({"authToken": anna.token}));
        let answer = list();
        let member = |n: usize, name: &str| answer.value["tokens"][n][name].clone();
        answer.is(json!({"tokens": [
            {"prefix": other[..8], "createdAt": member(0, "createdAt"),
             "expiresAt": member(0, "expiresAt"), "current": false},
            {"prefix": anna.token[..8], "createdAt": member(1, "createdAt"),
             "expiresAt": member(1, "expiresAt"), "current": true},
        ]}));
        let revoke = json!({"authToken": anna.token, "prefix": other[..8]});
        story.post("revokeToken", revoke.clone()).is(json!({}));
        story
            .post("revokeToken", revoke)
            .fails("user_token_not_found");
        story
            .get("checkToken", json!({"authToken": other}))
            .fails("user_token_invalid");
        assert_eq!(list().value["tokens"].as_array().map(Vec::len), Some(1));
    });
}

#[test]
fn users_are_listed_and_shown() {
    everywhere(|story| {
        let anna = story.person("anna");
        let berta = story.person("berta");
        let list = story.get("getUserList", json!({"resultsPerPage": 10}));
        let user = |n: usize| list.value["users"][n].clone();
        assert_eq!(user(0), json!({"id": berta.id, "login": berta.login}));
        assert_eq!(user(1), json!({"id": anna.id, "login": anna.login}));
        let total = list.text("totalUsers");
        assert_eq!(
            total,
            story
                .get("getUserList", json!({"page": 1000}))
                .text("totalUsers")
        );
        story
            .get("getUserList", json!({"profileImageSize": "50x50"}))
            .succeeds();
        story
            .get("getUserList", json!({"profileImageSize": "big"}))
            .fails("validation_invalid_value");
        let number = anna.id.strip_prefix("user:").unwrap();
        story
            .get("getUserProfile", json!({"login": anna.login}))
            .is(json!({
                "login": anna.login, "id": anna.id, "url": format!("http://test/user/{number}"),
                "name": anna.login, "profile": {"general": {}},
            }));
        story
            .get("getUserProfile", json!({"login": "nobody"}))
            .fails("user_not_found");
    });
}

#[test]
fn an_administrator_creates_edits_and_deletes_users() {
    for backend in Backend::ALL {
        let environment = [("TRIVIUM_ADMIN_PASSWORD", "the admin's own")];
        let gateway = Gateway::start_with(backend, &[], &environment);
        for protocol in PROTOCOLS {
            let story = Story {
                gateway: &gateway,
                protocol,
            };
            let login = format!("newcomer-{}", protocol.word());
            let new = json!({
                "adminPassword": "the admin's own", "login": login, "firstName": "New",
                "lastName": "Comer", "password": "a fine password", "email": format!("{login}@example.org"),
            });
            let answer = story.post("newUser", new.clone());
            let id = answer.text("id");
            answer.is(json!({"msg": format!("User {login} was created."), "id": id}));
            let with = |name: &str, value: &str| {
                let mut call = new.clone();
                call[name] = json!(value);
                story.post("newUser", call)
            };
            with("login", &login).fails("user_loginname_taken");
            with("login", "other").fails("user_email_not_unique");
            with("login", "two words").fails("validation_invalid_value");
            with("password", "short").fails("user_password_too_weak");
            with("adminPassword", "x").fails("user_invalid_password");

            let mut log_in = json!({"login": login, "password": "a fine password"});
            let token = story.post("login", log_in.clone()).text("authToken");
            let name = |login: &str| {
                story
                    .get("getUserProfile", json!({"login": login}))
                    .text("name")
            };
            assert_eq!(name(&login), "New Comer");
            let edit = json!({
                "adminPassword": "the admin's own", "id": id, "lastName": "Friend",
                "password": "another password",
            });
            story
                .post("editUser", edit)
                .is(json!({"msg": format!("{id} was changed.")}));
            assert_eq!(name(&login), "New Friend");
            story
                .get("checkToken", json!({"authToken": token}))
                .fails("user_token_invalid");
            log_in["password"] = json!("another password");
            let token = story.post("login", log_in.clone()).text("authToken");

            let owner = Person {
                token: token.clone(),
                ..story.person("owner")
            };
            let group = story.group(&owner, "Owned", "open");
            let delete = json!({"adminPassword": "the admin's own", "login": login});
            story
                .post("deleteUser", delete.clone())
                .fails("owner_protected");
            story
                .post("deleteGroup", json!({"authToken": token, "id": group}))
                .succeeds();
            story
                .post("deleteUser", delete.clone())
                .is(json!({"msg": format!("User {login} was deleted.")}));
            story.post("deleteUser", delete).fails("user_not_found");
            story.post("login", log_in).fails("user_invalid_password");
            story
                .get("checkToken", json!({"authToken": token}))
                .fails("user_token_invalid");
            with("email", "free@example.org").fails("user_loginname_taken");
        }
    }
}

#[test]
fn administration_without_an_admin_password_is_rejected() {
    everywhere(|story| {
        let delete = json!({"adminPassword": "", "login": "x"});
        story
            .post("deleteUser", delete)
            .fails("operation_not_permitted");
    });
}

#[test]
fn a_closed_directory_requires_a_token() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &["--directory", "members"]);
        for protocol in PROTOCOLS {
            let story = Story {
                gateway: &gateway,
                protocol,
            };
            let anna = story.person("anna");
            story
                .get("getUserList", json!({}))
                .fails("user_token_invalid");
            story
                .get("getUserList", json!({"authToken": anna.token}))
                .succeeds();
            story
                .get("getUserProfile", json!({"login": anna.login}))
                .fails("user_token_invalid");
            story
                .post("findGroup", json!({"name": "x"}))
                .fails("user_token_invalid");
            story
                .post("findGroup", json!({"name": "x", "authToken": anna.token}))
                .succeeds();
        }
    }
}
