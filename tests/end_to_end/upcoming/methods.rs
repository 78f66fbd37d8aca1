//! The methods.

use serde_json::{Value, json};

use super::{Fixture, attribute, everywhere};
use crate::harness::{Person, Response};

/// The elements of a JSON response, without the envelope.
fn elements(response: &Response, name: &str) -> Vec<Value> {
    assert_eq!(response.status, 200, "{}", response.text());
    let document: Value = serde_json::from_str(&response.text()).unwrap();
    assert_eq!(document["rsp"]["stat"], "ok");
    document["rsp"][name].as_array().unwrap().clone()
}

fn number(id: &str) -> i64 {
    id.split(':').next_back().unwrap().parse().unwrap()
}

#[test]
fn groups_are_created_and_edited() {
    everywhere(|fixture| {
        let made = fixture.call(
            "POST",
            "group.add",
            &fixture.bert,
            "name=Chess+%26+Go&description=two%0D%0Alines&moderation_level=Moderated&member_moderation=1&format=json",
        );
        let made = &elements(&made, "group")[0];
        assert_eq!(made["name"], "Chess & Go");
        assert_eq!(made["description"], "two\r\nlines");
        assert_eq!(
            [
                &made["moderation_level"],
                &made["event_moderation"],
                &made["member_moderation"],
                &made["member_count"]
            ],
            [&json!("moderated"), &json!(1), &json!(1), &json!(1)]
        );
        let id = &made["id"];
        let edit = |who: &Person, parameters: &str| {
            fixture.call(
                "POST",
                "group.edit",
                who,
                &format!("group_id={id}&{parameters}"),
            )
        };
        // Absent parameters stay unchanged.
        let edited = edit(&fixture.bert, "is_private=1&event_moderation=0");
        assert_eq!(attribute(&edited, "is_private"), "1");
        assert_eq!(attribute(&edited, "event_moderation"), "0");
        assert_eq!(attribute(&edited, "name"), "Chess &amp; Go");
        let edited = edit(
            &fixture.bert,
            "name=Chess&is_private=0&member_moderation=1&description=",
        );
        assert_eq!(attribute(&edited, "name"), "Chess");
        assert_eq!(attribute(&edited, "description"), "");
        assert_eq!(attribute(&edited, "member_moderation"), "1");

        fixture.refused(
            &edit(&fixture.anna, "name=Mine"),
            403,
            "Invalid authentication parameters",
        );
        fixture.refused(
            &edit(&fixture.bert, "name="),
            409,
            "Invalid name parameter.",
        );
        fixture.refused(
            &edit(&fixture.bert, "is_private=2"),
            409,
            "Invalid is_private parameter.",
        );
        let add = |parameters: &str| fixture.call("POST", "group.add", &fixture.bert, parameters);
        fixture.refused(&add(""), 409, "Invalid name parameter.");
        fixture.refused(
            &add("name=Chess"),
            409,
            "Duplicate group exists with that name",
        );
        fixture.refused(&add("name=a%01"), 409, "Invalid name parameter.");
        let none = fixture.call("POST", "group.edit", &fixture.bert, "name=x");
        fixture.refused(&none, 409, "Missing valid group_id parameter.");
    });
}

#[test]
fn private_groups_are_shown_only_to_members() {
    everywhere(|fixture| {
        let Fixture {
            key, open, private, ..
        } = fixture;
        let list = format!("group_id={open},{private},999999,x&format=json");
        let ids = |response: &Response| -> Vec<Value> {
            elements(response, "group")
                .iter()
                .map(|group| group["id"].clone())
                .collect()
        };
        let stranger = fixture.send("GET", &format!("method=group.getInfo&api_key={key}&{list}"));
        assert_eq!(ids(&stranger), [json!(number(open))]);
        let member = fixture.call("GET", "group.getInfo", &fixture.anna, &list);
        assert_eq!(ids(&member), [json!(number(open)), json!(number(private))]);

        let info = |parameters: &str| {
            fixture.send(
                "GET",
                &format!("method=group.getInfo&api_key={key}&{parameters}"),
            )
        };
        for parameters in [
            "",
            "group_id=",
            "group_id=,",
            "group_id=x",
            &format!("group_id={private}"),
        ] {
            fixture.refused(&info(parameters), 404, "Missing valid group_id parameter");
        }
        let wrong = info(&format!("group_id={open}&token=nope"));
        fixture.refused(&wrong, 403, "Invalid authentication parameters");
        let mine = elements(
            &fixture.call("GET", "group.getMyGroups", &fixture.anna, "format=json"),
            "group",
        );
        let mut sorted = mine.clone();
        sorted.sort_by_key(|group| std::cmp::Reverse(group["id"].as_i64()));
        assert_eq!((mine.len(), &mine), (3, &sorted));
        let none = fixture.call("GET", "group.getMyGroups", &fixture.bert, "format=json");
        assert!(elements(&none, "group").is_empty());
    });
}

#[test]
fn members_are_listed_in_either_order() {
    everywhere(|fixture| {
        let open = format!("group_id={}", fixture.open);
        fixture.call("POST", "group.join", &fixture.bert, &open);
        let names = |parameters: &str| -> Vec<String> {
            let call = format!("{open}&format=json&{parameters}");
            elements(
                &fixture.call("GET", "group.getMembers", &fixture.bert, &call),
                "user",
            )
            .iter()
            .map(|user| user["username"].as_str().unwrap().to_owned())
            .collect()
        };
        let (anna, bert) = (fixture.anna.login.as_str(), fixture.bert.login.as_str());
        assert_eq!(names(""), [anna, bert]);
        assert_eq!(names("dir=desc"), [bert, anna]);
        assert_eq!(names("order=member_timestamp&dir=asc"), [anna, bert]);
        assert_eq!(names("order=member_timestamp&dir=desc"), [bert, anna]);
        assert_eq!(names("membersPerPage=1&page=2"), [bert]);
        assert_eq!(names("membersPerPage=1&page=3"), [""; 0]);

        let first = fixture.call(
            "GET",
            "group.getMembers",
            &fixture.bert,
            &format!("{open}&membersPerPage=1"),
        );
        let (id, text) = (number(&fixture.anna.id), first.text());
        assert!(
            text.contains(&format!(
                "\t<user id=\"{id}\" name=\"{anna}\" username=\"{anna}\" zip=\"\" \
             url=\"http://test/user/{id}\" photourl=\"\" is_admin=\"1\" member_timestamp=\"20"
            )),
            "{text}"
        );
        for (parameters, words) in [
            ("order=zip", "Invalid order parameter."),
            ("dir=up", "Invalid dir parameter."),
            ("page=0", "Invalid page parameter."),
            ("membersPerPage=-1", "Invalid membersPerPage parameter."),
        ] {
            let call = fixture.call(
                "GET",
                "group.getMembers",
                &fixture.bert,
                &format!("{open}&{parameters}"),
            );
            fixture.refused(&call, 404, words);
        }
        // The group is visible, but its members are not.
        fixture.gateway.command(
            &[
                "group",
                "edit",
                &format!("group:{}", fixture.moderated),
                "--access",
                "members",
            ],
            "",
        );
        let closed = format!("group_id={}", fixture.moderated);
        let closed = fixture.call("GET", "group.getMembers", &fixture.bert, &closed);
        fixture.refused(&closed, 404, "You are not a member of this private group.");
    });
}

#[test]
fn users_are_shown() {
    everywhere(|fixture| {
        let key = &fixture.key;
        fixture.gateway.command(
            &[
                "user",
                "add",
                "carla",
                "--first-name",
                "Carla",
                "--last-name",
                "C & A",
                "--email",
                "c@example.org",
            ],
            "",
        );
        let ask = |method: &str, parameters: &str| {
            fixture.send(
                "GET",
                &format!("method={method}&api_key={key}&{parameters}"),
            )
        };
        let by_name = ask("user.getInfoByUsername", "username=carla");
        let id = attribute(&by_name, "id");
        let carla = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rsp stat=\"ok\" version=\"1.0\">\n\
             \t<user id=\"{id}\" name=\"Carla C &amp; A\" username=\"carla\" zip=\"\" photourl=\"\" \
             url=\"http://test/user/{id}\" />\n</rsp>"
        );
        assert_eq!(by_name.text(), carla);
        assert_eq!(
            ask("user.getInfo", &format!("user_id={id},999999")).text(),
            carla
        );
        assert_eq!(
            ask("user.getInfoByEmail", "email=c%40example.org").text(),
            carla
        );
        let both = format!("user_id={id},{}&format=json", number(&fixture.anna.id));
        assert_eq!(elements(&ask("user.getInfo", &both), "user").len(), 2);
        fixture.refused(
            &ask("user.getInfo", "user_id=0"),
            404,
            "Missing valid user_id parameter",
        );
        fixture.refused(
            &ask("user.getInfoByUsername", ""),
            404,
            "Missing valid username parameter",
        );
        fixture.refused(
            &ask("user.getInfoByEmail", "email=x"),
            404,
            "Missing valid email parameter",
        );
        let many = "1,".repeat(101);
        fixture.refused(
            &ask("user.getInfo", &format!("user_id={many}")),
            404,
            "Invalid user_id parameter.",
        );
        let nobody = fixture.send("GET", "method=user.getInfo&user_id=1");
        fixture.refused(&nobody, 404, "Missing valid api_key");
    });
}

#[test]
fn a_leaving_owner_is_succeeded() {
    everywhere(|fixture| {
        let story = fixture.story();
        let group = format!("group:{}", fixture.open);
        let id = format!("group_id={}", fixture.open);
        let leave = |who: &Person| fixture.call("POST", "group.leave", who, &id);
        let [carl, dora, emil] = ["carl", "dora", "emil"].map(|name| story.person(name));
        for person in [&fixture.bert, &carl, &dora, &emil] {
            assert_eq!(fixture.call("POST", "group.join", person, &id).status, 200);
        }
        fixture.refused(
            &leave(&story.person("otto")),
            409,
            "You are not a member of this group.",
        );
        // Carl is a moderator, so he comes before bert, who joined first.
        story
            .post("setMemberRole", json!({"authToken": fixture.anna.token, "id": group, "user": carl.id, "role": "moderator"}))
            .succeeds();
        let done = leave(&fixture.anna);
        assert_eq!(
            (done.status, done.text().as_str()),
            (
                200,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rsp stat=\"ok\" version=\"1.0\">\n</rsp>"
            )
        );
        let owner = || story.get("getGroup", json!({"id": group})).value["group"]["owner"].clone();
        let count =
            || story.get("getGroup", json!({"id": group})).value["group"]["memberCount"].clone();
        assert_eq!((owner(), count()), (json!(carl.id), json!(4)));
        // Without moderators, the oldest member succeeds; disabled users come last.
        fixture
            .gateway
            .command(&["user", "disable", &fixture.bert.login], "");
        assert_eq!(leave(&carl).status, 200);
        assert_eq!((owner(), count()), (json!(dora.id), json!(3)));
        assert_eq!(leave(&emil).status, 200);
        assert_eq!((owner(), count()), (json!(dora.id), json!(2)));
        assert_eq!(leave(&dora).status, 200);
        assert_eq!((owner(), count()), (json!(fixture.bert.id), json!(1)));
        let log: Vec<Value> = {
            fixture
                .gateway
                .command(&["user", "enable", &fixture.bert.login], "");
            let token = fixture
                .gateway
                .command(&["user", "token", &fixture.bert.login], "");
            let log = story.get("getAuditLog", json!({"authToken": token, "id": group}));
            // The group is deleted with its last member.
            let bert = Person {
                token,
                ..fixture.bert.clone()
            };
            assert_eq!(leave(&bert).status, 200);
            story
                .get("getGroup", json!({"id": group}))
                .fails("content_not_found");
            fixture.refused(&leave(&bert), 409, "Invalid group_id parameter.");
            log.value["entries"].as_array().unwrap().clone()
        };
        let entries: Vec<String> = log
            .iter()
            .map(|e| format!("{} {} {}", e["actor"], e["action"], e["via"]))
            .take(2)
            .collect();
        let dora = &dora.login;
        assert_eq!(
            entries,
            [
                format!("\"{dora}\" \"leaveGroup\" \"upcoming\""),
                format!("\"{dora}\" \"transferGroup\" \"upcoming\""),
            ]
        );
    });
}
