//! login, logout, checkToken.

use serde_json::json;

use crate::harness::everywhere;

#[test]
fn login_gives_a_token_for_a_password() {
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

        // Who exists cannot be told from how a login fails.
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
fn logout_ends_its_token_and_no_other() {
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
fn check_token_tells_whose_it_is() {
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
