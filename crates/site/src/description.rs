//! The data of the group service for `trivium-describe`.

use std::sync::LazyLock;

use trivium_core::catalog;
use trivium_describe::{Answers, ServedDialect, Service, ServicePage, openapi};
use trivium_front::Dialect;

use crate::membership;

/// Returns the description of the group service.
pub fn service() -> &'static Service {
    static SERVICE: LazyLock<Service> = LazyLock::new(|| Service {
        title: "Trivium",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Groups and their members: joining, moderation and invitations.",
        catalog: catalog(),
        login: Some("login"),
        answers: Answers {
            documented: include_str!("../answers/documented.txt").into(),
            original: include_str!("../answers/original.txt").into(),
            dialects: include_str!("../answers/dialects.txt").into(),
        },
        dialects: vec![trivium_upcoming::describe(), trivium_onezone::describe()],
        pages: &[ServicePage {
            path: membership::PATH,
            title: "The membership rules",
            label: "Membership",
            render: membership::page,
        }],
        openapi: openapi::Cache::default(),
    });
    &SERVICE
}

/// Lists the served dialects with their prefixes. A dialect with the prefix `None` is not served.
pub fn served<'a>(upcoming: Option<&'a str>, onezone: Option<&'a str>) -> Vec<ServedDialect<'a>> {
    let serve = |(dialect, prefix): (&'a Dialect, Option<&'a str>)| {
        let prefix = prefix?;
        Some(ServedDialect { dialect, prefix })
    };
    let dialects = service().dialects.iter();
    dialects
        .zip([upcoming, onezone])
        .filter_map(serve)
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::Value;
    use trivium_describe::{Site, examples::Format, openapi, site, xsd};
    use trivium_front::{Profile, Wire};

    use super::*;

    fn with_site<T>(run: impl FnOnce(&Site<'_>) -> T) -> T {
        let prefixes = [trivium_upcoming::PREFIX, trivium_onezone::PREFIX];
        let [upcoming, onezone] = prefixes.map(Some);
        run(&Site {
            service: service(),
            base_url: "http://here",
            wire: Wire::default(),
            dialects: &served(upcoming, onezone),
            is_live: true,
        })
    }

    #[test]
    fn every_address_has_a_page() {
        with_site(|here| {
            for path in site::paths(service()) {
                let reply = site::find(&path, here);
                assert_eq!(reply.map(|reply| reply.status), Some(200), "{path}");
            }
            assert_eq!(site::find("/docs/", here), site::find("/docs", here));
            for path in [
                "",
                "/style.css/",
                "/docs/x",
                "/api/xml/peopleaggregator/joinGroup",
            ] {
                assert_eq!(site::find(path, here), None, "{path}");
            }
        });
    }

    #[test]
    fn pages() {
        with_site(|here| {
            for path in [
                "/docs",
                "/docs/peopleaggregator.joinGroup",
                "/docs/upcoming.group.join",
                "/docs/onezone.user-groups-join",
                "/docs/errors/banned",
            ] {
                let reply = site::find(path, here).expect(path);
                let html = String::from_utf8(reply.body.into()).expect("text");
                insta::assert_snapshot!(path.trim_start_matches('/').replace('/', "_"), html);
            }
        });
    }

    #[test]
    fn every_example_has_its_recorded_response() {
        let service = service();
        for entry in &service.catalog.entries {
            for profile in [Profile::Documented, Profile::Original] {
                for format in Format::ALL {
                    let answer = service.answers.of(profile, entry.name(), format);
                    assert!(answer.is_some(), "{} {format:?} {profile:?}", entry.name());
                }
            }
        }
        for method in service.dialects.iter().flat_map(|dialect| &dialect.methods) {
            let answer = service.answers.of_dialect(&method.name);
            assert!(answer.is_some(), "{}", method.name);
        }
    }

    /// Operations with enumerations, with a list of optional members, and with nested structs.
    const RECORDED: [&str; 3] = ["joinGroup", "getMyGroups", "getUserProfile"];

    #[test]
    fn xsd() {
        let mut text = String::new();
        for profile in [Profile::Documented, Profile::Original] {
            text.push_str(&format!("{profile:?}\n{}\n", xsd::any(catalog(), profile)));
        }
        for entry in RECORDED.map(|name| catalog().find(name).unwrap()) {
            let schema = xsd::operation(Profile::Documented, entry);
            text.push_str(&format!("{}\n{schema}\n", entry.name()));
        }
        insta::assert_snapshot!(text);
    }

    #[test]
    fn openapi() {
        with_site(|here| {
            for name in openapi::names(service()) {
                let document = openapi::document(here, name).expect(name);
                let mut text = String::new();
                outline(&document, 0, &mut text);
                insta::assert_snapshot!(format!("openapi_{name}"), text);
            }
        });
    }

    /// Writes JSON with deeply nested values on one line.
    fn outline(value: &Value, depth: usize, text: &mut String) {
        match value.as_object().filter(|_| depth < 4) {
            Some(members) => {
                for (name, value) in members {
                    text.push_str(&format!("\n{}{name}: ", "  ".repeat(depth)));
                    outline(value, depth + 1, text);
                }
            }
            None => text.push_str(&value.to_string()),
        }
    }

    #[test]
    fn definitions_of_one_name_are_equal() {
        let mut known: BTreeMap<&str, &Value> = BTreeMap::new();
        for entry in &catalog().entries {
            assert!(!known.contains_key(entry.name()), "{}", entry.name());
            let definitions = entry.output.as_value().get("$defs");
            for (name, schema) in definitions.and_then(Value::as_object).into_iter().flatten() {
                assert_eq!(*known.entry(name).or_insert(schema), schema, "{name}");
            }
        }
    }
}
