//! Memberships that end, under a clock that the test moves: the end is the first second that has more than 31 bits.

use std::collections::BTreeMap;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trivium_test_support::Backend;

use crate::harness::{Clock, Gateway, PROTOCOLS, Person, Protocol, Served, Story, get, plain};

const END: &str = "2038-01-19T03:14:08Z";

/// Seconds from the start of a test to the end of the memberships: more than it takes until the clock is moved.
const BEFORE: i64 = 3_600;

/// Runs a test over every protocol and both databases.
fn everywhere(test: impl Fn(&Story<'_>, &Clock)) {
    for backend in Backend::ALL {
        for protocol in PROTOCOLS {
            let (clock, gateway) = start(backend);
            let gateway = &gateway;
            test(&Story { gateway, protocol }, &clock);
            let log = gateway.served.log();
            assert!(!log.contains("ERROR"), "{log}");
        }
    }
}

fn start(backend: Backend) -> (Clock, Gateway) {
    let clock = Clock::at((1 << 31) - BEFORE);
    let environment = clock.environment();
    let environment = environment
        .each_ref()
        .map(|(name, value)| (*name, &**value));
    let gateway = Gateway::start_with(backend, &[], &environment);
    (clock, gateway)
}

/// A user with a token of the server, whose time is not that of a command.
fn person(story: &Story<'_>, name: &str) -> Person {
    let person = story.person(name);
    let login = json!({"login": person.login, "password": person.password});
    let token = story.post("login", login).text("authToken");
    Person { token, ..person }
}

/// The arguments of a call on a group.
fn on(who: &Person, group: &str, more: Value) -> Value {
    let mut all = json!({"authToken": who.token, "id": group});
    let more = more.as_object().expect("an object").clone();
    all.as_object_mut().expect("an object").extend(more);
    all
}

/// Those of a call about a user and a time.
fn end(who: &Person, group: &str, user: &Person, until: &str) -> Value {
    on(who, group, json!({"user": user.id, "until": until}))
}

fn texts(rows: &Value, name: &str) -> String {
    let rows = rows.as_array().into_iter().flatten();
    let texts: Vec<_> = rows.map(|row| plain(&row[name])).collect();
    texts.join(" ")
}

/// The ends of memberships in the audit log, oldest first: time, actor, subject and front-end.
fn ends(story: &Story<'_>, who: &Person, group: &str) -> Vec<[String; 4]> {
    let call = on(who, group, json!({}));
    let value = story.get("getAuditLog", call).value;
    let rows = value["entries"].as_array().expect("entries").iter().rev();
    let ends = rows.filter(|row| plain(&row["action"]) == "endMembership");
    ends.map(|row| ["at", "actor", "subject", "via"].map(|name| plain(&row[name])))
        .collect()
}

#[test]
fn ended_memberships_are_absent_from_every_call() {
    everywhere(|story, clock| {
        let [anna, berta, cleo, dora, emil] =
            ["anna", "berta", "cleo", "dora", "emil"].map(|name| person(story, name));
        let key = story.gateway.command(&["key", "create", "Calendar"], "");
        let group = story.group(&anna, "Course", "open");
        let join = |who: &Person| story.post("joinGroup", on(who, &group, json!({})));
        for who in [&berta, &cleo, &dora] {
            join(who).succeeds();
        }
        let moderator = json!({"user": cleo.id, "role": "moderator"});
        story
            .post("setMemberRole", on(&anna, &group, moderator))
            .succeeds();
        let invited = story.post("newInvitation", on(&cleo, &group, json!({})));
        let invitation = json!({"invitation": invited.text("invitation")});
        let set = |by: &Person, whom: &Person, until: &str| {
            story.post("setMembershipEnd", end(by, &group, whom, until))
        };
        set(&berta, &berta, END).fails("user_access_denied");
        set(&cleo, &cleo, END).fails("user_access_denied");
        set(&cleo, &anna, END).fails("owner_protected");
        set(&anna, &emil, END).fails("not_a_member");
        set(&cleo, &berta, "2038-01-19T02:14:07Z").fails("validation_out_of_range");
        set(&cleo, &berta, END).succeeds();
        set(&anna, &cleo, END).succeeds();
        // The end can be moved, and removed.
        set(&cleo, &dora, END).succeeds();
        set(&cleo, &dora, "2038-01-19T04:00:00Z").succeeds();
        let forever = json!({"user": dora.id});
        story
            .post("setMembershipEnd", on(&cleo, &group, forever))
            .succeeds();

        let ending = |within: i64| {
            let call = on(&anna, &group, json!({"within": within}));
            texts(
                &story.get("getEndingMemberships", call).value["members"],
                "login",
            )
        };
        let logins = |people: &[&Person]| {
            let logins: Vec<_> = people.iter().map(|it| it.login.as_str()).collect();
            logins.join(" ")
        };
        assert_eq!(
            [ending(60), ending(BEFORE)],
            ["".into(), logins(&[&berta, &cleo])]
        );

        let number = group.trim_start_matches("group:").to_owned();
        let reads = || {
            let value = |operation: &str, call: Value| story.get(operation, call).value;
            let mine = value("getMyGroups", json!({"authToken": berta.token}));
            let one = on(&anna, &group, json!({"user": berta.id}));
            let member = story.get("getMember", one);
            let members = value("getMembers", on(&anna, &group, json!({})));
            let shown = value("getGroup", json!({"id": group}));
            let listed = value("getGroups", json!({}));
            let users = [&berta, &cleo, &dora].map(|it| &it.id);
            let check = json!({"authToken": anna.token, "users": users, "groups": [group]});
            let checked = value("checkMemberships", check);
            let common = json!({"authToken": dora.token, "user": berta.id});
            let common = value("getGroupsInCommon", common);
            let moderates = story.get("getJoinRequests", on(&cleo, &group, json!({})));
            let can = value("canJoin", on(&emil, &group, invitation.clone()));
            let invitations = value("getInvitations", on(&anna, &group, json!({})));
            let upcoming = format!(
                "/services/rest/?method=group.getMyGroups&api_key={key}&token={}",
                berta.token
            );
            let upcoming = story.gateway.served.send(&get(&upcoming).bytes()).text();
            let onezone = get("/api/v3/onezone/user/groups").with("X-Auth-Token", &berta.token);
            let onezone = story.gateway.served.send(&onezone.bytes()).text();
            BTreeMap::from([
                ("my groups", texts(&mine["groups"], "id")),
                ("my end", texts(&mine["groups"], "endsAt")),
                ("a member", member.code()),
                ("its end", plain(&member.value["endsAt"])),
                ("members", texts(&members["members"], "login")),
                ("ends", texts(&members["members"], "endsAt")),
                ("count", plain(&shown["group"]["memberCount"])),
                ("listed count", texts(&listed["groups"], "memberCount")),
                ("checked", texts(&checked["groups"][0]["members"], "user")),
                ("in common", plain(&common["totalResults"])),
                ("moderates", moderates.code()),
                ("can join", plain(&can["code"])),
                ("revoked", texts(&invitations["invitations"], "revoked")),
                ("Upcoming", upcoming.contains("Course").to_string()),
                ("Onezone", onezone.contains(&number).to_string()),
            ])
        };
        let expected = |berta_is_member: bool| {
            let pick =
                |before: &str, after: &str| if berta_is_member { before } else { after }.to_owned();
            BTreeMap::from([
                ("my groups", pick(&group, "")),
                ("my end", pick(END, "")),
                ("a member", pick("success", "not_a_member")),
                ("its end", pick(END, "null")),
                (
                    "members",
                    match berta_is_member {
                        true => logins(&[&anna, &berta, &cleo, &dora]),
                        false => logins(&[&anna, &dora]),
                    },
                ),
                ("ends", pick(&format!("null {END} {END} null"), "null null")),
                ("count", pick("4", "2")),
                ("listed count", pick("4", "2")),
                (
                    "checked",
                    match berta_is_member {
                        true => [&berta.id, &cleo.id, &dora.id]
                            .map(String::as_str)
                            .join(" "),
                        false => dora.id.clone(),
                    },
                ),
                ("in common", pick("1", "0")),
                ("moderates", pick("success", "user_access_denied")),
                ("can join", pick("null", "invitation_issuer_invalid")),
                ("revoked", pick("false", "true")),
                ("Upcoming", pick("true", "false")),
                ("Onezone", pick("true", "false")),
            ])
        };
        assert_eq!(reads(), expected(true));
        clock.advance(BEFORE);
        assert_eq!(reads(), expected(false));

        // Nor in changes.
        let dora_removed = on(&cleo, &group, json!({"user": dora.id}));
        story
            .post("removeMember", dora_removed)
            .fails("user_access_denied");
        let to_berta = on(&anna, &group, json!({"user": berta.id}));
        story.post("transferGroup", to_berta).fails("not_a_member");
        story
            .post("leaveGroup", on(&berta, &group, json!({})))
            .fails("not_a_member");
        let mut with_invitation = invitation.clone();
        with_invitation["authToken"] = json!(emil.token);
        story
            .post("joinByInvitation", with_invitation)
            .fails("invitation_issuer_invalid");
        assert_eq!(reads(), expected(false));
        join(&berta).succeeds();
        let count =
            || plain(&story.get("getGroup", json!({"id": group})).value["group"]["memberCount"]);
        assert_eq!(count(), "3");
        let of = |who: &Person| [END, "system", who.login.as_str(), "system"].map(str::to_owned);
        assert!(ends(story, &anna, &group).contains(&of(&berta)));
        story.gateway.served.signal("HUP");
        story.gateway.served.log_with("ended memberships");
        let mut found = ends(story, &anna, &group);
        found.sort();
        assert_eq!(found, [of(&berta), of(&cleo)]);
        assert_eq!(count(), "3");
    });
}

#[test]
fn owners_have_no_end_and_are_never_succeeded_by_ended_members() {
    everywhere(|story, clock| {
        let [anna, berta, cleo] = ["anna", "berta", "cleo"].map(|name| person(story, name));
        let groups = ["Left", "Given", "Deleted"].map(|name| story.group(&anna, name, "open"));
        let [left, given, deleted] = &groups;
        for group in &groups {
            for who in [&berta, &cleo] {
                story
                    .post("joinGroup", on(who, group, json!({})))
                    .succeeds();
            }
            let call = end(&anna, group, &berta, END);
            story.post("setMembershipEnd", call).succeeds();
        }
        let to_berta = on(&anna, given, json!({"user": berta.id}));
        story.post("transferGroup", to_berta).succeeds();
        clock.advance(BEFORE);

        // The first of the others who joined would be the owner.
        let number = left.trim_start_matches("group:");
        let path = format!("/api/v3/onezone/user/groups/{number}");
        let leave = crate::harness::ask("DELETE", &path).with("X-Auth-Token", &anna.token);
        assert_eq!(story.gateway.served.send(&leave.bytes()).status, 204);
        let role = |group: &str, who: &Person| {
            let call = on(&cleo, group, json!({"user": who.id}));
            let shown = story.get("getMember", call);
            (
                shown.code(),
                plain(&shown.value["role"]),
                plain(&shown.value["endsAt"]),
            )
        };
        let owner = ("success".into(), "owner".into(), "null".into());
        let nobody = ("not_a_member".into(), "null".into(), "null".into());
        assert_eq!(
            [role(left, &cleo), role(left, &berta)],
            [owner.clone(), nobody]
        );
        assert_eq!(role(given, &berta), owner);

        story
            .post("deleteGroup", on(&anna, deleted, json!({})))
            .succeeds();
        let log = story
            .gateway
            .command(&["group", "log", deleted, "--json"], "");
        assert!(log.contains("endMembership"), "{log}");
    });
}

#[test]
fn members_join_for_a_time() {
    everywhere(|story, clock| {
        let [anna, berta, cleo, dora] =
            ["anna", "berta", "cleo", "dora"].map(|name| person(story, name));
        let group = story.group(&anna, "Course", "moderated");
        let past = json!({"memberUntil": "2038-01-19T02:14:07Z"});
        story
            .post("newInvitation", on(&anna, &group, past))
            .fails("validation_out_of_range");
        let until = json!({"memberUntil": END, "expiresIn": 2 * BEFORE});
        let invited = story.post("newInvitation", on(&anna, &group, until));
        // Nobody can join for a time that is past.
        assert_eq!(invited.text("expiresAt"), END);
        let with = |who: &Person| json!({"authToken": who.token, "invitation": invited.text("invitation")});
        story.post("joinByInvitation", with(&berta)).succeeds();
        story
            .post("joinGroup", on(&cleo, &group, json!({})))
            .succeeds();
        let approve = json!({"user": cleo.id, "memberUntil": END});
        story
            .post("approveJoinRequest", on(&anna, &group, approve))
            .succeeds();
        let members = || {
            let call = on(&anna, &group, json!({}));
            texts(&story.get("getMembers", call).value["members"], "endsAt")
        };
        assert_eq!(members(), format!("null {0} {0}", END));
        // A role does not change the end.
        let moderator = json!({"user": cleo.id, "role": "moderator"});
        story
            .post("setMemberRole", on(&anna, &group, moderator))
            .succeeds();
        assert_eq!(members(), format!("null {0} {0}", END));
        let invitations = story.get("getInvitations", on(&anna, &group, json!({})));
        assert_eq!(texts(&invitations.value["invitations"], "memberUntil"), END);
        clock.advance(BEFORE);
        assert_eq!(members(), "null");
        story
            .post("joinByInvitation", with(&dora))
            .fails("invitation_expired");
    });
}

/// Two servers sweep, on Postgres, while the user joins again, and the owner renews the membership and changes the role.
#[test]
fn a_membership_ends_once() {
    for backend in Backend::ALL {
        let (clock, gateway) = start(backend);
        let story = Story {
            gateway: &gateway,
            protocol: Protocol::Json,
        };
        let environment = clock.environment();
        let environment = environment
            .each_ref()
            .map(|(name, value)| (*name, &**value));
        let log = gateway.scratch.folder.path().join("second");
        let options = ["--database", gateway.scratch.url.as_str()];
        let second = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(Served::start(&options, &environment, log)),
        };
        let [anna, berta] = ["anna", "berta"].map(|name| person(&story, name));
        let [groups, untouched] = ["Race", "Untouched"].map(|name| {
            let names = (0..8).map(|number| format!("{name} {number}"));
            names
                .map(|name| story.group(&anna, &name, "open"))
                .collect::<Vec<String>>()
        });
        for group in groups.iter().chain(&untouched) {
            story
                .post("joinGroup", on(&berta, group, json!({})))
                .succeeds();
            let call = end(&anna, group, &berta, END);
            story.post("setMembershipEnd", call).succeeds();
        }
        clock.advance(BEFORE);
        let later = "2038-01-20T00:00:00Z";
        let calls = [
            ("joinGroup", &berta, json!({})),
            (
                "setMembershipEnd",
                &anna,
                json!({"user": berta.id, "until": later}),
            ),
            (
                "setMemberRole",
                &anna,
                json!({"user": berta.id, "role": "moderator"}),
            ),
        ];
        let barrier = Barrier::new(calls.len() + 1);
        for group in &groups {
            std::thread::scope(|scope| {
                for ((operation, who, more), protocol) in calls.iter().zip(PROTOCOLS) {
                    let (barrier, gateway) = (&barrier, &gateway);
                    scope.spawn(move || {
                        barrier.wait();
                        let story = Story { gateway, protocol };
                        let code = story.post(operation, on(who, group, more.clone())).code();
                        assert!(
                            ["success", "not_a_member"].contains(&code.as_str()),
                            "{operation}: {code}"
                        );
                    });
                }
                barrier.wait();
                gateway.served.signal("HUP");
                if let Some(second) = &second {
                    second.signal("HUP");
                }
            });
        }
        // Of the others, only the sweeps end the memberships.
        let deadline = Instant::now() + Duration::from_secs(60);
        for group in &untouched {
            while ends(&story, &anna, group).is_empty() {
                assert!(Instant::now() < deadline, "{backend:?}: no sweep");
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        for group in &untouched {
            assert_eq!(ends(&story, &anna, group).len(), 1, "{backend:?}");
        }
        for group in &groups {
            let found = ends(&story, &anna, group);
            assert_eq!(found.len(), 1, "{backend:?}: {found:?}");
            let shown = story.get("getGroup", json!({"id": group}));
            assert_eq!(plain(&shown.value["group"]["memberCount"]), "2");
            let member = story.get("getMember", on(&anna, group, json!({"user": berta.id})));
            member.succeeds();
        }
    }
}
