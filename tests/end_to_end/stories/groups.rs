//! Groups: categories, creation, lists, search, deletion.

use serde_json::{Value, json};

use crate::harness::{Person, Story, everywhere, plain};

#[test]
fn get_categories_counts_their_groups() {
    everywhere(|story| {
        let answer = story.get("getCategories", json!({}));
        let before: i64 = group_count(&answer.value).parse().unwrap();
        let anna = story.person("anna");
        story.group(&anna, "Listed", "open");
        story.group(&anna, "Unlisted", "invite");
        let answer = story.get("getCategories", json!({}));
        answer.is(json!({
            "msg": "1 categories", "totalResults": 1,
            "categories": [{"id": "cat:1", "name": "General", "groupCount": before + 1}],
        }));
    });
}

fn group_count(answer: &Value) -> String {
    plain(&answer["categories"][0]["groupCount"])
}

fn new_group(token: &str) -> Value {
    json!({
        "authToken": token, "name": "Three Ways", "category": "cat:1", "tags": "a, b",
        "description": "Grüße\r\n江大学同", "image": "", "accessType": "members",
        "registrationType": "moderated", "moderationType": "moderated",
    })
}

/// Arguments with one of them replaced, or left out if the value is null.
fn with(mut call: Value, name: &str, value: Value) -> Value {
    let members = call.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    call
}

#[test]
fn new_group_makes_its_caller_the_owner() {
    everywhere(|story| {
        let anna = story.person("anna");
        let call = new_group(&anna.token);
        let answer = story.post("newGroup", call.clone());
        let id = answer.text("id");
        answer.is(json!({"id": id}));

        let mine = story.get("getMyGroups", json!({"authToken": anna.token}));
        let joined = mine.value["groups"][0]["joinedAt"].clone();
        let number = id.strip_prefix("group:").unwrap();
        mine.is(json!({
            "page": 1, "resultsPerPage": 100, "totalResults": 1, "totalPages": 1,
            "groups": [{
                "id": id, "name": "Three Ways", "description": "Grüße\r\n江大学同",
                "category": "cat:1", "tags": "a, b", "image": "", "accessType": "members",
                "registrationType": "moderated", "moderationType": "moderated",
                "memberCount": 1, "topicCount": 0, "created": joined, "owner": anna.id,
                "url": format!("http://test/group/{number}"), "role": "owner",
                "joinedAt": joined, "waitingRequests": 0,
            }],
        }));

        story
            .post("newGroup", call.clone())
            .fails("content_collection_title_already_exist");
        for (name, value, code) in [
            ("name", json!(""), "group_parameter_error"),
            ("name", json!(" \t"), "group_parameter_error"),
            ("name", json!("x".repeat(256)), "validation_out_of_range"),
            ("name", Value::Null, "validation_missing_key"),
            ("tags", Value::Null, "validation_missing_key"),
            ("category", json!("cat:99"), "category_does_not_exist"),
            ("category", json!("group:1"), "invalid_id"),
            ("accessType", json!("secret"), "validation_invalid_value"),
            (
                "registrationType",
                json!("Open"),
                "validation_invalid_value",
            ),
            ("moderationType", json!(""), "validation_invalid_value"),
            ("authToken", json!("x"), "user_token_invalid"),
            ("authToken", Value::Null, "validation_missing_key"),
        ] {
            story
                .post("newGroup", with(call.clone(), name, value))
                .fails(code);
        }
    });
}

#[test]
fn get_groups_leaves_out_private_and_deleted_groups() {
    everywhere(|story| {
        let anna = story.person("anna");
        let berta = story.person("berta");
        let open = story.group(&anna, "Open", "open");
        let moderated = story.group(&berta, "Moderated", "moderated");
        let private = story.group(&anna, "Private", "invite");
        let gone = story.group(&anna, "Gone", "open");
        story
            .post("deleteGroup", json!({"authToken": anna.token, "id": gone}))
            .succeeds();

        let all = ids(&story.get("getGroups", json!({})).value);
        assert_eq!(all[..2], [moderated.clone(), open.clone()]);
        assert!(!all.contains(&private) && !all.contains(&gone));
        let url = |id: &str| format!("http://test/{}", id.replace(':', "/"));
        story
            .get(
                "getGroups",
                json!({"context": anna.id, "authToken": anna.token}),
            )
            .is(json!({
                "msg": "2 of 2 groups", "page": 1, "resultsPerPage": 100,
                "totalResults": 2, "totalPages": 1,
                "groups": [
                    {"id": private, "name": "Private", "memberCount": 1, "url": url(&private)},
                    {"id": open, "name": "Open", "memberCount": 1, "url": url(&open)},
                ],
            }));
        story
            .get("getGroups", json!({"context": "user:999999"}))
            .fails("user_not_found");
        story
            .get("getGroups", json!({"context": "everyone"}))
            .fails("invalid_id");
        story
            .get("getGroups", json!({"page": 0}))
            .fails("validation_out_of_range");
        story
            .get("getGroups", json!({"resultsPerPage": 9}))
            .fails("validation_out_of_range");
        story
            .get("getGroups", json!({"resultsPerPage": 101}))
            .fails("validation_out_of_range");
        story
            .get("getGroups", json!({"page": "x"}))
            .fails("validation_incorrect_type");
    });
}

#[test]
fn lists_have_pages() {
    everywhere(|story| {
        let anna = story.person("anna");
        let mut made: Vec<String> = (0..21)
            .map(|n| story.group(&anna, &format!("Number {n}"), "open"))
            .collect();
        made.reverse();
        let page = |n: i64| {
            let arguments = json!({"authToken": anna.token, "page": n, "resultsPerPage": 10});
            let answer = story.get("getMyGroups", arguments);
            assert_eq!(answer.text("totalResults"), "21");
            assert_eq!(answer.text("totalPages"), "3");
            ids(&answer.value)
        };
        let pages = [page(1), page(2), page(3)];
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [10, 10, 1]);
        assert_eq!(pages.concat(), made);
        assert!(page(4).is_empty());
        assert!(page(i64::from(i32::MAX)).is_empty());
    });
}

fn ids(answer: &Value) -> Vec<String> {
    let groups = answer["groups"].as_array().into_iter().flatten();
    groups
        .map(|group| group["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn find_group_searches_names() {
    everywhere(|story| {
        let anna = story.person("anna");
        let word = story.protocol.word();
        let find = |part: &str| {
            let name = format!("{part} {word}");
            ids(&story.post("findGroup", json!({"name": name})).value)
        };
        let plain = story.group(&anna, &format!("Ärger im 100% Büro_X {word}"), "open");
        story.group(&anna, &format!("Privates Büro_X {word}"), "invite");
        assert_eq!(find("büro_x"), [plain.as_str()]);
        assert_eq!(find("100% BÜRO_X"), [plain.as_str()]);
        assert!(find("büro-x").is_empty());
        assert!(find("1_0% büro_x").is_empty());
        story
            .post("findGroup", json!({}))
            .fails("validation_missing_key");
        story
            .post("findGroup", json!({"name": "x".repeat(256)}))
            .fails("validation_out_of_range");
    });
}

#[test]
fn only_the_owner_deletes_a_group() {
    everywhere(|story| {
        let anna = story.person("anna");
        let berta = story.person("berta");
        let group = story.group(&anna, "Short", "open");
        let by = |who: &Person, id: &str| {
            story.post("deleteGroup", json!({"authToken": who.token, "id": id}))
        };
        story
            .post("joinGroup", json!({"authToken": berta.token, "id": group}))
            .succeeds();
        by(&berta, &group).fails("user_access_denied");
        by(&anna, &group).is(json!({}));
        by(&anna, &group).fails("content_not_found");
        by(&anna, "group:999999").fails("content_not_found");
        by(&anna, "999999").fails("invalid_id");
        assert!(my_groups(story, &berta).is_empty());
        let join = json!({"authToken": berta.token, "id": group});
        story
            .post("joinGroup", join.clone())
            .fails("content_not_found");
        story.post("leaveGroup", join).fails("content_not_found");
        // The name is free again, but not the number.
        assert_ne!(story.group(&anna, "Short", "open"), group);
    });
}

fn my_groups(story: &Story<'_>, who: &Person) -> Vec<String> {
    ids(&story
        .get("getMyGroups", json!({"authToken": who.token}))
        .value)
}
