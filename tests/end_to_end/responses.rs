//! Responses that are kept and sent again: at any time, they are those of a read.
//!
//! In debug builds, the server compares every other one to that of a read, in all other tests, too.

use std::time::Duration;

use serde_json::json;
use trivium_test_support::Backend;

use crate::harness::{Gateway, PROTOCOLS, Person, Protocol, Response, Served, Story, ask, get};

/// A read of the caller's groups over each front-end.
struct Reads<'a> {
    gateway: &'a Gateway,
    requests: Vec<(String, Vec<u8>)>,
}

impl<'a> Reads<'a> {
    fn of(gateway: &'a Gateway, who: &Person) -> Self {
        let token = &who.token;
        let arguments = json!({"authToken": token});
        let mut requests: Vec<(String, Vec<u8>)> = PROTOCOLS
            .iter()
            .map(|protocol| {
                let request = protocol.request("GET", "getMyGroups", &arguments);
                (format!("{protocol:?}"), request.bytes())
            })
            .collect();
        let key = gateway.command(&["key", "create", "calendar"], "");
        let upcoming =
            format!("/services/rest/?method=group.getMyGroups&api_key={key}&token={token}");
        requests.push(("Upcoming".into(), get(&upcoming).bytes()));
        let onezone = ask("GET", "/api/v3/onezone/user/groups").with("Macaroon", token);
        requests.push(("Onezone".into(), onezone.bytes()));
        Self { gateway, requests }
    }

    /// The responses, each of which is requested four times.
    fn send(&self) -> Vec<Response> {
        let send = |(name, request): &(String, Vec<u8>)| {
            let first = self.gateway.served.send(request);
            for _ in 0..3 {
                let again = self.gateway.served.send(request);
                assert_eq!(again.text(), first.text(), "{name}");
                assert_ne!(
                    again.header("x-request-id"),
                    first.header("x-request-id"),
                    "{name}"
                );
            }
            first
        };
        self.requests.iter().map(send).collect()
    }

    fn texts(&self) -> Vec<String> {
        self.send().iter().map(Response::text).collect()
    }

    /// Asserts that each response has changed since.
    fn differ(&self, before: &[String]) {
        for ((name, _), (before, now)) in self.requests.iter().zip(before.iter().zip(self.texts()))
        {
            assert_ne!(*before, now, "{name}");
        }
    }
}

/// How many responses a server that ends has found, and how many not.
fn counts(served: &mut Served) -> Option<[u64; 2]> {
    served.stop();
    let log = served.log();
    let line = log
        .lines()
        .find(|line| line.contains("served from the cache"))?;
    let count = |name: &str| {
        let rest = line.split_once(name).expect("a count").1;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
        digits
            .and_then(|digits| digits.parse().ok())
            .expect("a number")
    };
    Some([count("hits="), count("misses=")])
}

#[test]
fn a_change_is_seen_at_once_over_every_front_end() {
    let mut gateway = Gateway::start(Backend::Sqlite, &[]);
    let story = Story {
        gateway: &gateway,
        protocol: Protocol::Json,
    };
    let [anna, berta] = ["anna", "berta"].map(|name| story.person(name));
    let chess = story.group(&berta, "Chess", "open");
    story.group(&anna, "Go", "open");
    let reads = Reads::of(&gateway, &anna);
    let before = reads.texts();

    story
        .post("joinGroup", json!({"authToken": anna.token, "id": chess}))
        .succeeds();
    let joined = reads.texts();
    reads.differ(&before);
    // By another process.
    gateway.command(&["member", "remove", &chess, &anna.login], "");
    assert_eq!(reads.texts(), before);
    gateway.command(&["member", "add", &chess, &anna.login], "");
    reads.differ(&before);
    assert_ne!(joined, before);

    // The token was good in every kept response.
    gateway.command(&["user", "disable", &anna.login], "");
    for (response, (name, _)) in reads.send().iter().zip(&reads.requests) {
        let text = response.text();
        assert!(
            !text.contains("Chess") && !text.contains("groups\":["),
            "{name}: {text}"
        );
    }
    let [hits, _] = counts(&mut gateway.served).expect("a cache");
    assert!(hits >= 5 * 3 * 3, "{hits}");
}

#[test]
fn the_log_names_the_caller_of_a_kept_response() {
    let server = Served::demonstration(&[]);
    let token = "123576abcdef6572134";
    let path = format!("/api/json/peopleaggregator/getMyGroups?authToken={token}");
    for _ in 0..4 {
        assert_eq!(server.get(&path).status, 200);
    }
    let log = server.log();
    let lines = log.lines().filter(|line| line.contains("getMyGroups"));
    let named = lines.filter(|line| line.contains("login=\"marc\"")).count();
    assert_eq!(named, 4, "{log}");
}

/// What is kept is bounded, and nothing is kept with a size of zero.
#[test]
fn the_setting_limits_what_is_kept() {
    let found = |size: &str| {
        let mut server = Served::demonstration(&["--response-cache", size]).unrecorded();
        let token = "123576abcdef6572134";
        for _ in 0..2 {
            for per_page in 10..=100 {
                let path = format!(
                    "/api/json/peopleaggregator/getMyGroups?authToken={token}&resultsPerPage={per_page}"
                );
                assert_eq!(server.get(&path).status, 200);
            }
        }
        counts(&mut server).map(|[hits, _]| hits)
    };
    assert_eq!(found("0"), None);
    // The responses have about 1 MB.
    let few = found("100KiB").expect("a cache");
    assert!(few < 50, "{few}");
    let all = found("64MiB").expect("a cache");
    // One that is looked up during a change of somebody else counts as outdated.
    assert!((80..=91).contains(&all), "{all}");
}

#[test]
fn a_reload_drops_what_is_kept() {
    let mut server = Served::demonstration(&[]).unrecorded();
    let read = |server: &Served| {
        let path = "/api/json/peopleaggregator/getMyGroups?authToken=123576abcdef6572134";
        for _ in 0..5 {
            assert_eq!(server.get(path).status, 200);
        }
    };
    read(&server);
    server.signal("HUP");
    while !server.log().contains("the settings were reloaded") {
        std::thread::sleep(Duration::from_millis(10));
    }
    read(&server);
    let [hits, misses] = counts(&mut server).expect("a cache");
    assert!(hits >= 6 && misses >= 2, "{hits}, {misses}");
}

/// Responses have addresses of the service as it was requested.
#[test]
fn hosts_do_not_share_responses() {
    let server = Served::demonstration(&[]);
    for _ in 0..4 {
        for host in ["one.example", "two.example"] {
            let request = get("json/getGroup?id=group%3A1234");
            let request = String::from_utf8(request.bytes()).unwrap();
            let request = request.replace("Host: test", &format!("Host: {host}"));
            let text = server.send(request.as_bytes()).text();
            assert!(text.contains(host), "{text}");
        }
    }
}

/// Other servers may change the same Postgres database.
#[test]
fn nothing_is_kept_on_postgres() {
    let mut gateway = Gateway::start(Backend::Postgres, &[]);
    let story = Story {
        gateway: &gateway,
        protocol: Protocol::Json,
    };
    let anna = story.person("anna");
    for _ in 0..2 {
        story
            .get("getMyGroups", json!({"authToken": anna.token}))
            .succeeds();
    }
    assert_eq!(counts(&mut gateway.served), None);
}
