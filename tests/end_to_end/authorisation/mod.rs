//! What each operation declares about its callers and its errors, tested in every protocol: its access
//! for every standing in the caller's group and in somebody else's, on both databases, and a call for
//! each declared code.

pub(crate) mod scene;

use trivium_core::cases::{STANDINGS, Who};
use trivium_core::catalog::cases;
use trivium_core::codes;
use trivium_front::StatusRule;
use trivium_front::contract::status;
use trivium_rpc::{Code, Credential, Effect, Entry};
use trivium_test_support::Backend;

use self::scene::{Scene, Token, is_about_group, operations};
use crate::harness::{Answer, Gateway, PROTOCOLS, Protocol, Story};

/// The code of a declared result.
fn name(code: Option<Code>) -> &'static str {
    code.map_or("success", |code| code.name)
}

/// The code of an answer. `errorTest` is a fault over XML-RPC.
fn code(answer: &Answer, entry: &Entry) -> String {
    match answer.code().as_str() {
        "fault -32603" if entry.errors.contains(&codes::TEST_ERROR) => {
            codes::TEST_ERROR.name.to_owned()
        }
        code => code.to_owned(),
    }
}

#[test]
fn every_standing_has_its_declared_access() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        for protocol in PROTOCOLS {
            let gateway = &gateway;
            let mut scene = Scene::new(Story { gateway, protocol });
            standings(&mut scene);
            credentials(&scene);
        }
        let log = gateway.served.log();
        assert!(!log.contains("ERROR"), "{log}");
    }
}

fn standings(scene: &mut Scene<'_>) {
    for entry in operations() {
        let access = cases(entry).expect("a row").access;
        for (who, expected) in STANDINGS.into_iter().zip(access.codes) {
            let about = format!("{} by {who:?}, {:?}", entry.name(), scene.story.protocol);
            if is_about_group(entry) {
                let answer = scene.call(entry, who, Token::Own, &[], &scene.private_group);
                assert_eq!(code(&answer, entry), name(access.elsewhere), "{about}");
            }
            let answer = scene.call(entry, who, Token::Own, &[], &scene.group);
            assert_eq!(code(&answer, entry), name(expected), "{about}");
            let is_change = entry.declared.effect == Effect::Change;
            if is_change && expected.is_none() && is_about_group(entry) {
                scene.renew();
            }
        }
    }
}

/// Calls without a token, with an expired one, and with that of a disabled user.
fn credentials(scene: &Scene<'_>) {
    let gateway = scene.story.gateway;
    let disabled = scene.story.person("disabled");
    gateway.command(&["user", "disable", &disabled.login], "");
    let owner = &scene.person(Who::Owner).login;
    let expired = gateway.command(&["user", "token", owner, "--ttl", "1s"], "");
    std::thread::sleep(std::time::Duration::from_secs(2));
    for entry in operations() {
        let by_owner = name(cases(entry).expect("a row").access.code(Who::Owner));
        let (without, with_expired, of_disabled) = match entry.credential {
            Credential::None | Credential::AdminPassword => (by_owner, by_owner, by_owner),
            Credential::Token => (
                "validation_missing_key",
                "user_token_expired",
                "user_token_invalid",
            ),
            Credential::OptionalToken => ("success", "user_token_expired", "user_token_invalid"),
        };
        for (token, expected) in [
            (Token::Missing, without),
            (Token::Other(&expired), with_expired),
            (Token::Other(&disabled.token), of_disabled),
        ] {
            let answer = scene.call(entry, Who::Owner, token, &[], &scene.group);
            assert_eq!(code(&answer, entry), expected, "{} {token:?}", entry.name());
        }
    }
}

#[test]
fn every_declared_error_is_returned_in_every_format() {
    let options = [
        "--peopleaggregator-status",
        "http",
        "--directory",
        "members",
    ];
    let password = trivium_core::demonstration::ADMIN_PASSWORD;
    let environment = [("TRIVIUM_ADMIN_PASSWORD", password)];
    for protocol in PROTOCOLS {
        // One for each protocol, because failed logins are rate-limited.
        let gateway = Gateway::start_with(Backend::Sqlite, &options, &environment);
        let gateway = &gateway;
        let scene = Scene::new(Story { gateway, protocol });
        for entry in operations() {
            let cases = cases(entry).expect("a row");
            for (who, expected) in STANDINGS.into_iter().zip(cases.access.codes) {
                // This server has an admin password.
                let expected = expected.filter(|code| *code != codes::OPERATION_NOT_PERMITTED);
                if let Some(expected) = expected {
                    let answer = scene.call(entry, who, Token::Own, &[], &scene.group);
                    fails(&scene, entry, &answer, expected);
                }
            }
            for cause in cases.causes {
                let answer = scene.call(entry, cause.by, Token::Own, cause.arguments, &scene.group);
                fails(&scene, entry, &answer, cause.code);
            }
            match entry.credential {
                Credential::None => {}
                Credential::AdminPassword => {
                    let answer = scene.call(entry, Who::Nobody, Token::Missing, &[], &scene.group);
                    fails(&scene, entry, &answer, codes::USER_INVALID_PASSWORD);
                }
                Credential::Token | Credential::OptionalToken => {
                    let answer = scene.call(
                        entry,
                        Who::Owner,
                        Token::Other("unknown"),
                        &[],
                        &scene.group,
                    );
                    fails(&scene, entry, &answer, codes::USER_TOKEN_INVALID);
                }
            }
        }
    }
}

/// Asserts that a call failed with a code and its status.
fn fails(scene: &Scene<'_>, entry: &Entry, answer: &Answer, expected: Code) {
    let protocol = scene.story.protocol;
    let about = format!("{protocol:?} {}: {}", entry.name(), answer.value);
    assert_eq!(code(answer, entry), expected.name, "{about}");
    let expected = match protocol {
        Protocol::XmlRpc => 200,
        Protocol::Json | Protocol::Xml => status(StatusRule::Http, expected),
    };
    assert_eq!(answer.status, expected, "{about}");
}
