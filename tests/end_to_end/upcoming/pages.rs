//! The examples on the documentation pages of group.join and group.getMyGroups, byte for byte.

use trivium_test_support::Backend;

use super::{Fixture, everywhere};
use crate::harness::{Gateway, project};

const CASE: &str = include_str!("../../cases/upcoming.group.getMyGroups.json");

#[test]
fn imported_groups_are_returned_byte_for_byte() {
    for backend in Backend::ALL {
        let gateway = Gateway::start(backend, &[]);
        let file = project().join("tests/cases/upcoming.group.getMyGroups.json");
        let file = file.to_str().unwrap();
        gateway.command(&["user", "add", "reader"], "");
        gateway.command(&["import", "upcoming", file, "--member", "reader"], "");
        let key = gateway.command(&["key", "create", "Round trip"], "");
        let token = gateway.command(&["user", "token", "reader"], "");
        let call = format!("method=group.getMyGroups&api_key={key}&token={token}");
        let json = gateway
            .served
            .get(&format!("/services/rest/?{call}&format=json"));
        assert_eq!(json.status, 200);
        assert_eq!(
            json.header("content-type"),
            "application/json; charset=utf-8"
        );
        let lines = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
        assert_eq!(lines(&json.text()), lines(CASE));

        let xml = gateway.served.get(&format!("/services/rest?{call}")).text();
        assert_eq!(xml.matches("\t<group id=").count(), 18);
        assert!(xml.starts_with(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rsp stat=\"ok\" version=\"1.0\">\n\t<group id=\"2083\""
        ));
        // The XML example of the page, with the numbers of the JSON example.
        assert!(xml.contains(
            "\t<group id=\"101\" name=\"blasthaus fans\" description=\"people in and around san \
             francisco who go to blasthaus events. http://www.blasthaus.com/\" \
             event_moderation=\"0\" member_moderation=\"0\" is_private=\"0\" \
             timestamp=\"2005-09-02 02:15:11\" owner_user_id=\"2078\" commercial_account_id=\"0\" \
             topic_count=\"1\" member_count=\"55\" moderation_level=\"unmoderated\" \
             num_members=\"55\" num_topics=\"1\" />\n"
        ));
        // Line ends and non-ASCII characters are kept in attributes.
        assert!(xml.contains("Bonjour a tous!&#13;&#10;&#13;&#10;The time"));
        assert!(xml.contains("江大学同") && xml.contains("description=\"\""));
        assert!(xml.ends_with(" />\n</rsp>"));
    }
}

#[test]
fn group_join_returns_its_example() {
    everywhere(|fixture| {
        let joined = fixture.call(
            "POST",
            "group.join",
            &fixture.bert,
            &format!("group_id={}", fixture.open),
        );
        let (id, owner) = (
            &fixture.open,
            fixture.anna.id.strip_prefix("user:").unwrap(),
        );
        let text = joined.text();
        let (_, time) = text.split_once("timestamp=\"").unwrap();
        let time = &time[..19];
        assert_eq!(
            (joined.status, text.as_str()),
            (
                200,
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rsp stat=\"ok\" version=\"1.0\">\n\
                     \t<group id=\"{id}\" name=\"open\" description=\"\" event_moderation=\"0\" \
                     member_moderation=\"0\" is_private=\"0\" timestamp=\"{time}\" \
                     owner_user_id=\"{owner}\" commercial_account_id=\"0\" topic_count=\"0\" \
                     member_count=\"2\" moderation_level=\"unmoderated\" num_members=\"2\" \
                     num_topics=\"0\" />\n</rsp>"
                )
                .as_str()
            )
        );
        assert_eq!(
            time.replace(|c: char| c.is_ascii_digit(), "0"),
            "0000-00-00 00:00:00"
        );

        // A repeated request has the same response.
        for _ in 0..2 {
            let parameters = format!("group_id={}", fixture.moderated);
            let response = fixture.call("POST", "group.join", &fixture.bert, &parameters);
            assert_eq!(response.status, 202);
            assert!(response.text().contains("member_moderation=\"1\""));
            assert!(response.text().contains("member_count=\"1\""));
        }
    });
}

#[test]
fn documented_errors_are_returned() {
    everywhere(|fixture| {
        let Fixture {
            key, anna, bert, ..
        } = fixture;
        let (open, token) = (&fixture.open, &bert.token);
        let banned = fixture.story().post(
            "banMember",
            serde_json::json!({"authToken": anna.token, "id": format!("group:{}", fixture.moderated),
                "user": bert.id}),
        );
        banned.succeeds();
        let join = [
            ("", 403, "Missing valid authentication parameters"),
            ("token=", 403, "Missing valid authentication parameters"),
            ("token=nope", 403, "Invalid authentication parameters"),
            ("token={token}", 409, "Missing valid api_key"),
            (
                "token={token}&api_key=nope",
                409,
                "Your api_key is inactive or not found",
            ),
            (
                "token={token}&api_key={key}",
                409,
                "Invalid group_id parameter.",
            ),
            (
                "token={token}&api_key={key}&group_id=",
                409,
                "Invalid group_id parameter.",
            ),
            (
                "token={token}&api_key={key}&group_id=group:1",
                409,
                "Invalid group_id parameter.",
            ),
            (
                "token={token}&api_key={key}&group_id=999999",
                409,
                "Invalid group_id parameter.",
            ),
            (
                "token={token}&api_key={key}&group_id={private}",
                409,
                "Invalid group_id parameter.",
            ),
            (
                "token={token}&api_key={key}&group_id={moderated}",
                409,
                "You have been banned from this group.",
            ),
            (
                "token={anna}&api_key={key}&group_id={open}",
                409,
                "You are already a member of this group.",
            ),
        ];
        let filled = |parameters: &str| {
            parameters
                .replace("{token}", token)
                .replace("{anna}", &anna.token)
                .replace("{key}", key)
                .replace("{open}", open)
                .replace("{private}", &fixture.private)
                .replace("{moderated}", &fixture.moderated)
        };
        for (parameters, status, words) in join {
            let response =
                fixture.send("POST", &format!("method=group.join&{}", filled(parameters)));
            fixture.refused(&response, status, words);
        }
        let mine = [
            ("", 403, "Missing valid authentication parameters"),
            (
                "token=nope&api_key=nope",
                403,
                "Invalid authentication parameters",
            ),
            ("token={token}", 404, "Missing valid api_key"),
            (
                "token={token}&api_key=demo0demo0",
                404,
                "Your api_key is inactive or not found",
            ),
        ];
        for (parameters, status, words) in mine {
            let response = fixture.send(
                "GET",
                &format!("method=group.getMyGroups&{}", filled(parameters)),
            );
            fixture.refused(&response, status, words);
        }
        let failed = fixture
            .send("GET", "method=group.getMyGroups&format=json")
            .text();
        assert_eq!(
            failed,
            "{\n   \"rsp\":{\n      \"stat\":\"fail\",\n      \"version\":1,\n      \"error\":{\n         \
             \"msg\":\"Missing valid authentication parameters\"\n      }\n   }\n}\n"
        );
        // A revoked key is rejected.
        fixture.gateway.command(&["key", "revoke", key], "");
        let response = fixture.call("GET", "group.getMyGroups", bert, "");
        fixture.refused(&response, 404, "Your api_key is inactive or not found");
    });
}
