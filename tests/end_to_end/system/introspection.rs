//! Introspection: the methods, their signatures and help, and the capabilities.

use serde_json::{Value, json};
use trivium_core::catalog;

use super::{PROFILES, ask, calls_of, echo, operation, system, whole};
use crate::harness::{Served, xml_rpc};

/// Operations with a time, with defaults, and with enumerated values.
const RECORDED: [&str; 3] = ["banMember", "getGroups", "newGroup"];

const STRING: &str = "<string>peopleaggregator.joinGroup</string>";

fn names(server: &Served) -> Vec<String> {
    serde_json::from_value(ask(server, system("listMethods", &[]))).expect("names")
}

#[test]
fn every_method_is_listed_once_and_sorted() {
    let server = Served::demonstration(&[]);
    let names = names(&server);
    assert_eq!(names.len(), catalog().entries.len() + 5);
    assert!(names.is_sorted());
    insta::assert_snapshot!("list_methods", names.join("\n"));
}

#[test]
fn every_method_has_help_and_a_signature() {
    let server = Served::demonstration(&[]);
    let mut recorded = String::new();
    for name in names(&server) {
        let param = format!("<string>{name}</string>");
        let signatures = ask(&server, system("methodSignature", &[&param]));
        let types: Vec<Vec<String>> = serde_json::from_value(signatures).expect("signatures");
        let [types] = types.as_slice() else {
            panic!("{name}: {types:?}");
        };
        let help = ask(&server, system("methodHelp", &[&param]));
        let help = help.as_str().expect("a text");
        let operation = name.strip_prefix("peopleaggregator.");
        if let Some(entry) = operation.and_then(|name| catalog().find(name)) {
            assert_eq!(types, &["struct", "struct"], "{name}");
            for rule in &entry.rules {
                assert!(help.contains(&format!("- {} (", rule.name)), "{help}");
            }
        }
        // Only three operations are recorded.
        if operation.is_none_or(|name| RECORDED.contains(&name)) {
            let (answer, params) = types.split_first().expect("a type");
            let params = params.join(", ");
            recorded.push_str(&format!("{answer} {name}({params})\n\n{help}\n\n\n"));
        }
    }
    insta::assert_snapshot!("method_help", recorded);
}

#[test]
fn capabilities_have_a_url_and_a_version() {
    for profile in PROFILES {
        let server = Served::demonstration(&profile);
        let capabilities = ask(&server, system("getCapabilities", &[]));
        let capabilities = capabilities.as_object().expect("a struct");
        for (name, version) in [
            ("xmlrpc", 1),
            ("introspection", 1),
            ("system.multicall", 1),
            ("faults_interop", 20_010_516),
            ("nil", 1),
            ("i8", 1),
            ("dateTime", 1),
        ] {
            assert_eq!(capabilities[name]["specVersion"], version, "{name}");
            let address = capabilities[name]["specUrl"].as_str().expect("an address");
            assert!(address.starts_with("http://"), "{name}");
        }
        assert_eq!(capabilities.len(), 7);
    }
}

#[test]
fn responses_have_the_layout_of_their_profile() {
    let [documented, original] = PROFILES.map(|profile| Served::demonstration(&profile));
    let mut whole = String::new();
    for document in [
        system("methodSignature", &[STRING]),
        system("methodHelp", &["<string>peopleaggregator.logout</string>"]),
        system("getCapabilities", &[]),
        system("listMethods", &["<int>1</int>"]),
        system("nope", &[]),
        calls_of(&[]),
        calls_of(&[
            echo("a"),
            operation("joinGroup", &json!({"authToken": "x", "id": "group:1"})),
            operation("nope", &json!({})),
            operation(
                "login",
                &json!({"login": "marc", "password": "marcspassword"}),
            ),
        ]),
    ] {
        for server in [&documented, &original] {
            let response = server.send(&Vec::from(xml_rpc(document.as_str())));
            assert_eq!(
                (response.status, response.header("content-type")),
                (200, "text/xml")
            );
            whole.push_str(&format!("{}|\n\n", response.text()));
        }
    }
    insta::assert_snapshot!("layout", whole);
}

#[test]
fn wrong_parameters_are_a_fault() {
    let server = Served::demonstration(&[]);
    let none = whole(
        -32602,
        "Invalid parameters: this method takes no parameters.",
    );
    let one = whole(
        -32602,
        "Invalid parameters: this method takes the name of a method.",
    );
    let unknown = |name: &str| {
        let words = format!("Invalid parameters: there is no method '{name}'.");
        whole(-32602, &words)
    };
    let cases: Vec<(&str, Vec<&str>, Value)> = vec![
        ("listMethods", vec![STRING], none.clone()),
        ("getCapabilities", vec!["<struct></struct>"], none),
        ("methodHelp", vec![], one.clone()),
        ("methodHelp", vec![STRING, STRING], one.clone()),
        ("methodHelp", vec!["<int>1</int>"], one.clone()),
        ("methodSignature", vec!["<struct></struct>"], one),
        ("methodSignature", vec!["nope"], unknown("nope")),
        ("methodHelp", vec!["joinGroup"], unknown("joinGroup")),
        (
            "methodHelp",
            vec!["peopleaggregator"],
            unknown("peopleaggregator"),
        ),
        ("methodHelp", vec![""], unknown("")),
    ];
    for (name, params, expected) in cases {
        assert_eq!(
            ask(&server, system(name, &params)),
            expected,
            "{name} {params:?}"
        );
    }
    // A method of no parameters may also be called without <params>.
    let bare = "<methodCall><methodName> system.listMethods </methodName></methodCall>";
    assert_eq!(ask(&server, bare), json!(names(&server)));
    let unknown = whole(-32601, "Call to nonexistent function 'system.nope'.");
    assert_eq!(ask(&server, system("nope", &[])), unknown);
}
