//! The table of methods.

use serde_json::{Value, json};

use super::{Town, attribute, everywhere};
use crate::harness::{Person, Response};

/// The JSON of an answer, without its envelope.
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
fn groups_are_made_and_changed() {
    everywhere(|town| {
        let made = town.call(
            "POST",
            "group.add",
            &town.bert,
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
            town.call(
                "POST",
                "group.edit",
                who,
                &format!("group_id={id}&{parameters}"),
            )
        };
        // What is not given stays.
        let edited = edit(&town.bert, "is_private=1&event_moderation=0");
        assert_eq!(attribute(&edited, "is_private"), "1");
        assert_eq!(attribute(&edited, "event_moderation"), "0");
        assert_eq!(attribute(&edited, "name"), "Chess &amp; Go");
        let edited = edit(
            &town.bert,
            "name=Chess&is_private=0&member_moderation=1&description=",
        );
        assert_eq!(attribute(&edited, "name"), "Chess");
        assert_eq!(attribute(&edited, "description"), "");
        assert_eq!(attribute(&edited, "member_moderation"), "1");

        town.refused(
            &edit(&town.anna, "name=Mine"),
            403,
            "Invalid authentication parameters",
        );
        town.refused(&edit(&town.bert, "name="), 409, "Invalid name parameter.");
        town.refused(
            &edit(&town.bert, "is_private=2"),
            409,
            "Invalid is_private parameter.",
        );
        let add = |parameters: &str| town.call("POST", "group.add", &town.bert, parameters);
        town.refused(&add(""), 409, "Invalid name parameter.");
        town.refused(
            &add("name=Chess"),
            409,
            "Duplicate group exists with that name",
        );
        town.refused(&add("name=a%01"), 409, "Invalid name parameter.");
        let none = town.call("POST", "group.edit", &town.bert, "name=x");
        town.refused(&none, 409, "Missing valid group_id parameter.");
        // A private group of somebody else's is none.
        let other = format!("group_id={}&name=x", town.private);
        let other = town.call("POST", "group.edit", &town.bert, &other);
        town.refused(&other, 409, "Missing valid group_id parameter.");
    });
}

#[test]
fn groups_are_shown_to_those_who_may_see_them() {
    everywhere(|town| {
        let Town {
            key, open, private, ..
        } = town;
        let list = format!("group_id={open},{private},999999,x&format=json");
        let ids = |response: &Response| -> Vec<Value> {
            elements(response, "group")
                .iter()
                .map(|group| group["id"].clone())
                .collect()
        };
        let stranger = town.send("GET", &format!("method=group.getInfo&api_key={key}&{list}"));
        assert_eq!(ids(&stranger), [json!(number(open))]);
        let member = town.call("GET", "group.getInfo", &town.anna, &list);
        assert_eq!(ids(&member), [json!(number(open)), json!(number(private))]);

        let info = |parameters: &str| {
            town.send(
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
            town.refused(&info(parameters), 404, "Missing valid group_id parameter");
        }
        let wrong = info(&format!("group_id={open}&token=nope"));
        town.refused(&wrong, 403, "Invalid authentication parameters");
        let mine = elements(
            &town.call("GET", "group.getMyGroups", &town.anna, "format=json"),
            "group",
        );
        let mut sorted = mine.clone();
        sorted.sort_by_key(|group| std::cmp::Reverse(group["id"].as_i64()));
        assert_eq!((mine.len(), &mine), (3, &sorted));
        let none = town.call("GET", "group.getMyGroups", &town.bert, "format=json");
        assert!(elements(&none, "group").is_empty());
    });
}

#[test]
fn members_are_listed_in_either_order() {
    everywhere(|town| {
        let open = format!("group_id={}", town.open);
        town.call("POST", "group.join", &town.bert, &open);
        let names = |parameters: &str| -> Vec<String> {
            let call = format!("{open}&format=json&{parameters}");
            elements(
                &town.call("GET", "group.getMembers", &town.bert, &call),
                "user",
            )
            .iter()
            .map(|user| user["username"].as_str().unwrap().to_owned())
            .collect()
        };
        let (anna, bert) = (town.anna.login.as_str(), town.bert.login.as_str());
        assert_eq!(names(""), [anna, bert]);
        assert_eq!(names("dir=desc"), [bert, anna]);
        assert_eq!(names("order=member_timestamp&dir=asc"), [anna, bert]);
        assert_eq!(names("order=member_timestamp&dir=desc"), [bert, anna]);
        assert_eq!(names("membersPerPage=1&page=2"), [bert]);
        assert_eq!(names("membersPerPage=1&page=3"), [""; 0]);

        let first = town.call(
            "GET",
            "group.getMembers",
            &town.bert,
            &format!("{open}&membersPerPage=1"),
        );
        let (id, text) = (number(&town.anna.id), first.text());
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
            let call = town.call(
                "GET",
                "group.getMembers",
                &town.bert,
                &format!("{open}&{parameters}"),
            );
            town.refused(&call, 404, words);
        }
        let private = format!("group_id={}", town.private);
        let hidden = town.call("GET", "group.getMembers", &town.bert, &private);
        town.refused(&hidden, 404, "Invalid group_id parameter.");
        // Its name is known, its members are not.
        town.gateway.command(
            &[
                "group",
                "edit",
                &format!("group:{}", town.moderated),
                "--access",
                "members",
            ],
            "",
        );
        let closed = format!("group_id={}", town.moderated);
        let closed = town.call("GET", "group.getMembers", &town.bert, &closed);
        town.refused(&closed, 404, "You are not a member of this private group.");
    });
}

#[test]
fn people_are_shown() {
    everywhere(|town| {
        let key = &town.key;
        town.gateway.command(
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
            town.send(
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
        let both = format!("user_id={id},{}&format=json", number(&town.anna.id));
        assert_eq!(elements(&ask("user.getInfo", &both), "user").len(), 2);
        town.refused(
            &ask("user.getInfo", "user_id=0"),
            404,
            "Missing valid user_id parameter",
        );
        town.refused(
            &ask("user.getInfoByUsername", ""),
            404,
            "Missing valid username parameter",
        );
        town.refused(
            &ask("user.getInfoByEmail", "email=x"),
            404,
            "Missing valid email parameter",
        );
        let many = "1,".repeat(101);
        town.refused(
            &ask("user.getInfo", &format!("user_id={many}")),
            404,
            "Invalid user_id parameter.",
        );
        let nobody = town.send("GET", "method=user.getInfo&user_id=1");
        town.refused(&nobody, 404, "Missing valid api_key");
    });
}

#[test]
fn who_leaves_hands_the_group_on() {
    everywhere(|town| {
        let story = town.story();
        let group = format!("group:{}", town.open);
        let id = format!("group_id={}", town.open);
        let leave = |who: &Person| town.call("POST", "group.leave", who, &id);
        let [carl, dora, emil] = ["carl", "dora", "emil"].map(|name| story.person(name));
        for person in [&town.bert, &carl, &dora, &emil] {
            assert_eq!(town.call("POST", "group.join", person, &id).status, 200);
        }
        town.refused(
            &leave(&story.person("otto")),
            409,
            "You are not a member of this group.",
        );
        // Carl is a moderator, so he comes before bert, who joined first.
        story
            .post("setMemberRole", json!({"authToken": town.anna.token, "id": group, "user": carl.id, "role": "moderator"}))
            .succeeds();
        let done = leave(&town.anna);
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
        // No moderator is left: who joined first. Whoever is disabled comes last.
        town.gateway
            .command(&["user", "disable", &town.bert.login], "");
        assert_eq!(leave(&carl).status, 200);
        assert_eq!((owner(), count()), (json!(dora.id), json!(3)));
        assert_eq!(leave(&emil).status, 200);
        assert_eq!((owner(), count()), (json!(dora.id), json!(2)));
        assert_eq!(leave(&dora).status, 200);
        assert_eq!((owner(), count()), (json!(town.bert.id), json!(1)));
        let log: Vec<Value> = {
            town.gateway
                .command(&["user", "enable", &town.bert.login], "");
            let token = town
                .gateway
                .command(&["user", "token", &town.bert.login], "");
            let log = story.get("getAuditLog", json!({"authToken": token, "id": group}));
            // The last member takes the group along.
            let bert = Person {
                token,
                ..town.bert.clone()
            };
            assert_eq!(leave(&bert).status, 200);
            story
                .get("getGroup", json!({"id": group}))
                .fails("content_not_found");
            town.refused(&leave(&bert), 409, "Invalid group_id parameter.");
            log.value["entries"].as_array().unwrap().clone()
        };
        let told: Vec<String> = log
            .iter()
            .map(|e| format!("{} {} {}", e["actor"], e["action"], e["via"]))
            .take(2)
            .collect();
        let dora = &dora.login;
        assert_eq!(
            told,
            [
                format!("\"{dora}\" \"leaveGroup\" \"upcoming\""),
                format!("\"{dora}\" \"transferGroup\" \"upcoming\""),
            ]
        );
        // A private group is not disclosed to those outside.
        let private = format!("group_id={}", town.private);
        let outside = town.call("POST", "group.leave", &emil, &private);
        town.refused(&outside, 409, "Invalid group_id parameter.");
    });
}
