//! Users, groups and imports, on both databases, with and without a running server.

use serde_json::{Value, json};
use trivium_storage::users::{self, UserChange};
use trivium_storage::{Database, Options};
use trivium_test_support::{Backend, Scratch};

use super::{CommandResult, run};
use crate::harness::{Protocol, Served};
use crate::migrations::{command, sql};

const UPCOMING: &str = include_str!("../../cases/upcoming.group.getMyGroups.json");

/// A database for commands, and a server on it or not.
struct Place {
    scratch: Scratch,
    served: Option<Served>,
}

impl Place {
    fn run(&self, arguments: &[&str], stdin: &str) -> CommandResult {
        let environment = [("TRIVIUM_DATABASE", self.scratch.url.as_str())];
        run(self.scratch.folder.path(), &environment, arguments, stdin)
    }

    /// Runs a command without standard input.
    fn ask(&self, arguments: &[&str]) -> CommandResult {
        self.run(arguments, "")
    }

    /// Calls the server, if there is one, and returns the members of its response but `success`.
    fn served(&self, verb: &str, name: &str, arguments: Value) -> Option<Value> {
        let server = self.served.as_ref()?;
        let mut answer = Protocol::Json.call(server, verb, name, &arguments).value;
        answer.as_object_mut().unwrap().remove("success");
        Some(answer)
    }

    /// Writes a file and returns its path.
    fn file(&self, text: &str) -> String {
        let path = self.scratch.folder.path().join("groups.json");
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// Runs a test on both databases, with and without a server.
fn everywhere(story: impl Fn(&Place)) {
    for backend in Backend::ALL {
        for serving in [false, true] {
            let scratch = Scratch::new(backend);
            let log = scratch.folder.path().join("log");
            let options = ["--database", &scratch.url];
            let served = serving.then(|| Served::start(&options, &[], log));
            story(&Place { scratch, served });
        }
    }
}

/// The values of a member in a list of records.
fn all<'a>(records: &'a Value, name: &str) -> Vec<&'a Value> {
    let records = records.as_array().expect("a list");
    records.iter().map(|record| &record[name]).collect()
}

#[test]
fn users_are_added_and_listed() {
    everywhere(|place| {
        place.ask(&["user", "add", "marc"]).is("user:1");
        let phil = [
            "user",
            "add",
            "phil",
            "--password-stdin",
            "--first-name",
            "Phil",
            "--last-name",
            "O'Neil",
            "--email",
            "phil@example.org",
        ];
        place.run(&phil, "a long password\n").is("user:2");
        place
            .ask(&["--json", "user", "add", "江"])
            .is(r#"{"id":"user:3"}"#);

        let refused = [
            (
                &["user", "add", "marc"][..],
                "The login is taken, or was used by a deleted user.",
            ),
            (&["user", "add", "a b"], "A login is 1 to 64 characters"),
            (&["user", "add", ""], "A login is 1 to 64 characters"),
            (
                &["user", "add", "other", "--email", "phil@example.org"],
                "Another user has this e-mail address.",
            ),
            (&["user", "token", "nobody"], "There is no user 'nobody'."),
            (&["user", "show", "nobody"], "There is no user 'nobody'."),
        ];
        for (arguments, error) in refused {
            place.ask(arguments).fails(1, &format!("trivium: {error}"));
        }
        let weak = place.run(&["user", "add", "weak", "--password-stdin"], "short\n");
        weak.fails(1, "trivium: ");

        let table = place.ask(&["user", "list"]);
        assert_eq!(table.code, Some(0));
        let first: Vec<&str> = table
            .out
            .lines()
            .map(|line| line.split_whitespace().next().unwrap())
            .collect();
        assert_eq!(first, ["ID", "user:3", "user:2", "user:1"]);
        let list = place.ask(&["user", "list", "--json"]).json();
        assert_eq!(
            all(&list, "login"),
            [&json!("江"), &json!("phil"), &json!("marc")]
        );
        let mut phil = list[1].clone();
        assert_eq!(place.ask(&["user", "show", "phil", "--json"]).json(), phil);
        let created = phil.as_object_mut().unwrap().remove("created").unwrap();
        assert_eq!(
            created.as_str().unwrap().len(),
            "2006-08-11T13:38:44Z".len()
        );
        let expected = json!({
            "id": "user:2", "login": "phil", "firstName": "Phil", "lastName": "O'Neil",
            "email": "phil@example.org", "disabled": false,
        });
        assert_eq!(phil, expected);

        let token = place.ask(&["user", "token", "marc"]).out;
        assert_eq!(token.len(), 40);
        let other = place
            .ask(&["user", "token", "marc", "--ttl", "90s", "--json"])
            .json();
        let other = other["token"].as_str().unwrap();
        assert_ne!(token, other);
        // A running server sees the changes of commands.
        if let Some(mut checked) = place.served("GET", "checkToken", json!({"authToken": other})) {
            let lifetime = checked["tokenLifetime"].take().as_i64().unwrap();
            assert!((1..=90).contains(&lifetime));
            assert_eq!(checked, json!({"login": "marc", "tokenLifetime": null}));
            let login = json!({"login": "phil", "password": "a long password"});
            let login = place.served("POST", "login", login).unwrap();
            assert_eq!(login["authToken"].as_str().unwrap().len(), 40);
        }
    });
}

#[test]
fn groups_are_added_and_listed() {
    everywhere(|place| {
        place.ask(&["user", "add", "marc"]).is("user:1");
        place
            .ask(&["group", "add", "Three Ways", "--owner", "marc"])
            .is("group:1");
        let second = [
            "group",
            "add",
            "江 <&>",
            "--owner",
            "marc",
            "--registration",
            "moderated",
            "--access",
            "members",
            "--description",
            "two\r\nlines",
            "--category",
            "cat:1",
            "--json",
        ];
        place.ask(&second).is(r#"{"id":"group:2"}"#);

        for (arguments, error) in [
            (
                &["group", "add", "Three Ways", "--owner", "marc"][..],
                "The owner already has a group",
            ),
            (
                &["group", "add", "x", "--owner", "nobody"],
                "There is no user 'nobody'.",
            ),
            (
                &["group", "add", " ", "--owner", "marc"],
                "A group needs a name",
            ),
            (
                &[
                    "group",
                    "add",
                    "x",
                    "--owner",
                    "marc",
                    "--category",
                    "cat:99",
                ],
                "There is no such category.",
            ),
            (&["group", "show", "group:99"], "There is no"),
        ] {
            place.ask(arguments).fails(1, &format!("trivium: {error}"));
        }

        let list = place.ask(&["group", "list", "--json"]).json();
        assert_eq!(all(&list, "id"), [&json!("group:2"), &json!("group:1")]);
        assert_eq!(all(&list, "name"), [&json!("江 <&>"), &json!("Three Ways")]);
        let group = place.ask(&["group", "show", "group:2", "--json"]).json();
        for (name, value) in [
            ("id", json!("group:2")),
            ("name", json!("江 <&>")),
            ("description", json!("two\r\nlines")),
            ("accessType", json!("members")),
            ("registrationType", json!("moderated")),
            ("memberCount", json!(1)),
            ("owner", json!("user:1")),
        ] {
            assert_eq!(group[name], value, "{name}");
        }
        // In the table for people, a value is on one line.
        let shown = place.ask(&["group", "show", "group:2"]).out;
        assert!(
            shown.lines().any(|line| line.contains("two  lines")),
            "{shown}"
        );
        assert_eq!(place.ask(&["group", "list"]).out.lines().count(), 3);

        let everybody = json!({"context": "user:1", "resultsPerPage": 10});
        if let Some(groups) = place.served("GET", "getGroups", everybody) {
            assert_eq!(all(&groups["groups"], "name"), all(&list, "name"));
        }
    });
}

#[test]
fn an_import_is_atomic() {
    everywhere(|place| {
        // A number that no owner in the file has.
        place.ask(&["user", "add", "marc"]).is("user:1");
        let whole = place.file(UPCOMING);
        let import = |file: &str| place.ask(&["import", "upcoming", file, "--member", "marc"]);
        place
            .ask(&["import", "upcoming", &whole, "--member", "nobody"])
            .fails(1, "trivium: ");
        import(&whole).is("18");

        let everything = || {
            let lists = [["user", "list", "--json"], ["group", "list", "--json"]];
            lists.map(|list| place.ask(&list).json())
        };
        let before = everything();
        assert_eq!(before[1].as_array().unwrap().len(), 18);
        let token = place.ask(&["user", "token", "marc"]).out;
        let mine = || place.served("GET", "getMyGroups", json!({"authToken": token}));
        let joined = mine();

        let refused = |file: &str, error: &str| {
            import(file).fails(5, &format!("trivium: {error}"));
            assert_eq!(everything(), before);
            assert_eq!(mine(), joined);
        };
        refused(&whole, "group:2083 already exists: nothing was imported");

        // A new group of a new owner comes before one whose number is taken.
        let group = |id: i64, owner: i64| {
            let document: Value = serde_json::from_str(UPCOMING).unwrap();
            let mut group = document["rsp"]["group"][1].clone();
            group["id"] = json!(id);
            group["owner_user_id"] = json!(owner);
            group
        };
        let answer = |groups: &[Value]| json!({"rsp": {"stat": "ok", "group": groups}}).to_string();
        let named = |member: &str, value: Value| {
            let mut group = group(5000, 5001);
            group[member] = value;
            answer(&[group])
        };
        for (text, error) in [
            (
                r#"{"rsp":{"stat":"fail","version":1,"error":{"msg":"Invalid token."}}}"#.into(),
                "",
            ),
            (
                answer(&[group(5000, 5001), group(1972, 5001)]),
                "group:1972 already exists: nothing was imported",
            ),
            (
                answer(&[group(5000, 5001), group(5000, 5001)]),
                "group:5000 ",
            ),
            (
                answer(&[group(5000, 5001), group(5002, 1)]),
                "user:1 already exists: nothing was imported",
            ),
            (
                answer(&[group(5000, 5001), group(5002, 5001)]),
                "upcoming-5001 has two groups",
            ),
            (answer(&[group(0, 5001)]), "group:0: "),
            (answer(&[group(5000, -1)]), "group:5000: "),
            (named("name", json!(" ")), "group:5000: it has no name"),
            (
                named("name", json!("a\u{1}")),
                "group:5000: a text has a character",
            ),
            (
                named("description", json!("\u{FFFF}")),
                "group:5000: a text has a character",
            ),
            (
                named("member_count", json!(-1)),
                "group:5000: a count is negative",
            ),
            (named("timestamp", json!("yesterday")), ""),
            (named("id", json!("5000")), ""),
            (named("id", json!(9_999_999_999_999_999_999_u64)), ""),
            (answer(&[json!({"id": 5000})]), ""),
            (UPCOMING[..UPCOMING.len() / 2].to_owned(), ""),
            (format!("{UPCOMING}x"), ""),
            ("<rsp/>".to_owned(), ""),
            ("[]".to_owned(), ""),
            (String::new(), ""),
        ] {
            refused(&place.file(&text), error);
        }
        let latin1 = place.file("");
        std::fs::write(&latin1, b"{\"rsp\":{\"group\":[\"\xE9\"]}}").unwrap();
        refused(&latin1, "");
        refused("/nowhere/groups.json", "/nowhere/groups.json: ");

        // A rejected import leaves nothing that blocks a later one.
        let good = place.file(&answer(&[group(5000, 5001)]));
        place
            .ask(&["import", "upcoming", &good, "--json"])
            .is(r#"{"groups":1}"#);
        place
            .ask(&["group", "add", "Next", "--owner", "marc"])
            .is("group:5001");
        place.ask(&["user", "add", "next"]).is("user:58060");
    });
}

#[test]
fn every_list_is_available_as_json() {
    everywhere(|place| {
        place.ask(&["user", "add", "marc"]).is("user:1");
        place
            .ask(&["group", "add", "Three Ways", "--owner", "marc"])
            .is("group:1");
        for arguments in [
            &["user", "list"][..],
            &["group", "list"],
            &["group", "members", "group:1"],
            &["group", "log", "group:1"],
            &["token", "list", "marc"],
            &["request", "list", "group:1"],
            &["invite", "list", "group:1"],
            &["category", "list"],
        ] {
            for arguments in [
                [&["--json"], arguments].concat(),
                [arguments, &["--json"]].concat(),
            ] {
                assert!(place.ask(&arguments).json().is_array(), "{arguments:?}");
            }
            let table = place.ask(arguments);
            assert_eq!(
                (table.code, table.err.as_str()),
                (Some(0), ""),
                "{arguments:?}"
            );
        }
        for arguments in [
            &["user", "show", "marc"][..],
            &["group", "show", "group:1"],
            &["user", "token", "marc"],
            &["invite", "create", "group:1"],
            &["category", "add", "Music"],
        ] {
            let arguments = [arguments, &["--json"]].concat();
            assert!(place.ask(&arguments).json().is_object(), "{arguments:?}");
        }
    });
}

#[test]
fn log_of_a_group_that_never_existed_is_an_error() {
    everywhere(|place| {
        place.ask(&["user", "add", "marc"]).is("user:1");
        place
            .ask(&["group", "add", "Chess", "--owner", "marc"])
            .is("group:1");
        place.ask(&["group", "delete", "group:1"]).is("");
        // The log of a deleted group remains.
        let log = place.ask(&["group", "log", "group:1", "--json"]).json();
        assert_eq!(all(&log, "action"), ["deleteGroup", "newGroup"]);
        place
            .ask(&["group", "log", "group:2"])
            .fails(1, "trivium: There is no such group");
    });
}

#[test]
fn logins_of_the_audit_log_are_reserved() {
    for backend in Backend::ALL {
        let scratch = Scratch::new(backend);
        let log = scratch.folder.path().join("log");
        let environment = [("TRIVIUM_ADMIN_PASSWORD", "the admin's own")];
        let options = ["--database", scratch.url.as_str()];
        let served = Served::start(&options, &environment, log.clone());
        let place = Place {
            scratch,
            served: Some(served),
        };
        place.ask(&["user", "add", "marc"]).is("user:1");
        for login in ["administrator", "system"] {
            let error = format!("trivium: The login '{login}' is reserved. (user_loginname_taken)");
            place.ask(&["user", "add", login]).fails(1, &error);
            for (name, more) in [
                (
                    "newUser",
                    json!({"firstName": "", "lastName": "", "email": ""}),
                ),
                ("editUser", json!({"id": "user:1"})),
            ] {
                let mut call = json!({
                    "adminPassword": "the admin's own", "login": login,
                    "password": "a long password",
                });
                let members = call.as_object_mut().unwrap();
                members.extend(more.as_object().unwrap().clone());
                let answer = place.served("POST", name, call).unwrap();
                assert_eq!(answer["code"], "user_loginname_taken", "{name}");
            }
        }
        assert!(!place.served.as_ref().unwrap().log().contains("reserved"));

        // A user who has such a login already keeps working, and is reported at start.
        let url = place.scratch.url.parse().unwrap();
        let database = Database::open(url, &Options::default()).unwrap();
        let change = UserChange {
            login: Some("system".into()),
            ..UserChange::default()
        };
        database
            .change_and_wait(move |connection| users::update(connection, 1, &change))
            .unwrap();
        drop(database);
        drop(place.served);
        let served = Served::start(&["--database", &place.scratch.url], &[], log);
        assert!(
            served.log().contains("a user has a reserved login"),
            "{}",
            served.log()
        );
        let place = Place {
            served: Some(served),
            ..place
        };
        let token = place.ask(&["user", "token", "system"]).out;
        let checked = place.served("GET", "checkToken", json!({"authToken": token}));
        assert_eq!(checked.unwrap()["login"], "system");
    }
}

/// More requests than a statement of SQLite can have values.
#[test]
fn a_condition_decides_on_many_requests() {
    let scratch = Scratch::new(Backend::Sqlite);
    let succeeds = |arguments: &[&str]| {
        let (code, text) = command(&scratch, arguments);
        assert_eq!(code, Some(0), "{arguments:?}: {text}");
        text
    };
    succeeds(&["user", "add", "anna"]);
    for name in ["Team", "Club"] {
        let options = ["--owner", "anna", "--registration", "moderated"];
        succeeds(&[&["group", "add", name][..], &options].concat());
    }
    sql(
        &scratch,
        "WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < 33001)
             INSERT INTO users (id, login, created_at) SELECT n, 'user-' || n, 0 FROM numbers;
         INSERT INTO memberships (group_id, user_id, state, since)
             SELECT 1, id, 'requested', 0 FROM users WHERE id > 1;
         INSERT INTO memberships (group_id, user_id, state, since)
             SELECT 2, id, 'member', 0 FROM users WHERE id IN (2, 1001, 1002, 33001);
         UPDATE groups SET member_count = 5 WHERE id = 2",
    );
    succeeds(&[
        "group",
        "edit",
        "group:1",
        "--join-condition",
        "member_of:group:2",
    ]);
    let members = succeeds(&["group", "members", "group:1", "--json"]);
    let members: Vec<Value> = serde_json::from_str(&members).expect("a list");
    let ids: Vec<_> = members.iter().map(|row| row["id"].as_str()).collect();
    let expected = ["user:1", "user:2", "user:1001", "user:1002", "user:33001"];
    assert_eq!(ids, expected.map(Some));
}
