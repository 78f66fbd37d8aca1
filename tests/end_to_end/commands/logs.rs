//! The log of a server: JSON lines, and no secrets.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::harness::{Served, form, get, json, post, struct_call, xml_body, xml_rpc};

const TOKEN: &str = "123576abcdef6572134";

#[test]
fn a_json_log_has_an_object_per_line_and_no_secrets() {
    for level in ["info", "debug"] {
        let options = ["--log-format", "json", "--log-level", level];
        let mut server =
            Served::demonstration_with(&options, &[("TRIVIUM_ADMIN_PASSWORD", "sesame-master")]);
        let token = |value: &str| format!("authToken={value}");
        let secret = "sesame-0123456789abcdef";
        let mut statuses = BTreeMap::new();
        for request in [
            form("json/login", "login=marc&password=marcspassword"),
            form("xml/login", "login=marc&password=sesame-wrong"),
            json(
                "json/login",
                r#"{"login": "phil", "password": "philspassword"}"#,
            ),
            xml_rpc(struct_call(
                "login",
                &[("login", "marc"), ("password", "sesame-wrong")],
            )),
            get(&format!("json/checkToken?{}", token(TOKEN))),
            get(&format!("xml/checkToken?{}", token(secret))),
            get(&format!("xmlrpc/nope?{}", token(secret))),
            get(&format!("/nope?{}&key={secret}", token(TOKEN))),
            get("json/checkToken").with("Authorization", &format!("Bearer {TOKEN}")),
            get("json/checkToken").with("Cookie", secret),
            form("json/joinGroup", format!("{}&id=group:1234", token(TOKEN))),
            form(
                "json/joinGroup",
                format!("{}&id=x&invitation={secret}", token(TOKEN)),
            ),
            form("json/newUser", "adminPassword=sesame-master&login=a"),
            xml_body("json/joinGroup", format!("<request><authToken>{secret}")),
            json("xml/joinGroup", format!("{{\"authToken\": \"{secret}")),
            xml_rpc(format!("<methodCall>{secret}")),
            post("json/echoPost", "text/plain", secret),
            form("json/echoPost", vec![b'x'; 300_000]),
            get("json/exceptionTest"),
            get("/live"),
        ] {
            let response = server.send(&Vec::from(request));
            let id = response.header("x-request-id").to_owned();
            statuses.insert(id, response.status);
        }
        // Malformed requests have no line, or one like the others.
        for broken in [
            format!("GET /{secret}\r\n\r\n"),
            format!("{secret}\r\n\r\n"),
        ] {
            server.send(broken.as_bytes());
        }
        server.signal("TERM");
        assert_eq!(server.wait(), Some(0));

        let log = server.log();
        let mut logged = BTreeMap::new();
        for line in log.lines() {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
            assert!(
                line["timestamp"].is_string() && line["level"].is_string(),
                "{line}"
            );
            if line["message"] == "request" {
                assert!(
                    line["method"].is_string() && line["path"].is_string(),
                    "{line}"
                );
                assert_eq!(line["client"], "127.0.0.1");
                assert!(line["microseconds"].is_u64(), "{line}");
                let id = line["id"].as_str().unwrap().to_owned();
                logged.insert(id, u16::try_from(line["status"].as_u64().unwrap()).unwrap());
            }
        }
        assert_eq!(logged, statuses);
        for word in [TOKEN, secret, "marcspassword", "philspassword", "sesame"] {
            let line = log.lines().find(|line| line.contains(word));
            assert_eq!(line, None, "{word} at level {level}");
        }
    }
}
