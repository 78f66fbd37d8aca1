//! Diagnostics: echo, echoPost, errorTest, exceptionTest.

use serde_json::json;

use crate::harness::{Protocol, everywhere};

const TEXT: &str = "Grüße, 江大学同 & <b>\"'</b>\r\n\ttwo  spaces ]]>\u{7f}\u{85}😀 ";

#[test]
fn echo_returns_the_same_text() {
    everywhere(|story| {
        story
            .get("echo", json!({"echoText": TEXT}))
            .is(json!({"echoText": TEXT}));
        story
            .get("echo", json!({"echoText": ""}))
            .is(json!({"echoText": ""}));
        story
            .get("echo", json!({"echoText": "  "}))
            .is(json!({"echoText": "  "}));
        story.get("echo", json!({})).fails("validation_missing_key");
    });
}

#[test]
fn echo_post_returns_the_same_text() {
    everywhere(|story| {
        story
            .post("echoPost", json!({"echoText": TEXT}))
            .is(json!({"echoText": TEXT}));
        story
            .post("echoPost", json!({}))
            .fails("validation_missing_key");
    });
}

#[test]
fn error_test_fails_outside_an_operation() {
    everywhere(|story| {
        let answer = story.get("errorTest", json!({}));
        match story.protocol {
            Protocol::XmlRpc => assert_eq!(answer.code(), "fault -32603"),
            Protocol::Json | Protocol::Xml => {
                answer.fails("system_error");
            }
        }
    });
}

#[test]
fn exception_test_fails_like_an_operation() {
    everywhere(|story| {
        let answer = story.get("exceptionTest", json!({}));
        answer.fails("general_some_error");
        assert_eq!(answer.text("msg"), "This is a test exception.");
    });
}
