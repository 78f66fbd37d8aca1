//! Introspection: the methods, their signatures and help, and the capabilities.

use serde_json::json;
use trivium_core::catalog;

use super::{PROFILES, ask, system};
use crate::harness::Served;

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
fn every_operation_has_help_and_a_signature() {
    let server = Served::demonstration(&[]);
    for entry in &catalog().entries {
        let name = format!("<string>{}</string>", catalog().qualified(entry));
        let signatures = ask(&server, system("methodSignature", &[&name]));
        assert_eq!(signatures, json!([["struct", "struct"]]), "{name}");
        let help = ask(&server, system("methodHelp", &[&name]));
        let help = help.as_str().expect("a text");
        for rule in &entry.rules {
            assert!(help.contains(&format!("- {} (", rule.name)), "{help}");
        }
    }
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
