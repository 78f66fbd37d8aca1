//! The service under test: converts steps to calls, and responses to the short texts of the model.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::ADMIN_PASSWORD;
use super::actions::{Act, Action, NAMES, PEOPLE, PLACES, POCKETS, Step, Until, View};
use super::views::list;
use crate::harness::{Answer, Caller, Crowd, PASSWORD, Protocol, Someone, plain};

/// How the service is reached.
pub(super) trait Calls {
    /// Calls an operation. `verb` is its HTTP method.
    fn call(&mut self, protocol: Protocol, verb: &str, name: &str, arguments: &Value) -> Answer;

    /// Moves the end of a membership into the past.
    fn end_membership(&mut self, group: i64, person: i64);
}

/// Over HTTP, and beside the server.
impl Calls for (&mut Caller, &Crowd) {
    fn call(&mut self, protocol: Protocol, verb: &str, name: &str, arguments: &Value) -> Answer {
        self.0.call(protocol, verb, name, arguments)
    }

    fn end_membership(&mut self, group: i64, person: i64) {
        self.1.end_membership(group, person);
    }
}

/// The people, groups and invitations of one sequence on the service.
#[derive(Clone)]
pub(super) struct Service {
    people: Vec<Someone>,
    /// The id of the group in each place.
    places: [String; PLACES],
    /// The id and secret of the invitation in each pocket.
    pockets: [(String, String); POCKETS],
    groups: usize,
    invitations: usize,
    /// Names of users, groups and invitations: of the service, and of the model. Copies share them until one is added.
    names: Arc<HashMap<String, String>>,
}

impl Service {
    /// Starts with users who are in no group.
    pub(super) fn new(people: Vec<Someone>) -> Self {
        let mut names = HashMap::new();
        for (person, name) in people.iter().zip(PEOPLE) {
            names.insert(person.id.clone(), name.to_owned());
            names.insert(person.login.clone(), name.to_owned());
        }
        Self {
            people,
            places: std::array::from_fn(|_| "group:999999999999".into()),
            pockets: std::array::from_fn(|_| ("invitation:999999999999".into(), "inv_x".into())),
            groups: 0,
            invitations: 0,
            names: Arc::new(names),
        }
    }

    /// Takes a step and returns its result.
    pub(super) fn take(&mut self, calls: &mut impl Calls, step: &Step) -> Result<String, String> {
        if let Action::EndMembership { place, whom } = step.action {
            if let (Some(group), Some(person)) = (self.group(place), self.person(whom)) {
                calls.end_membership(group, person);
            }
            return Ok("done".into());
        }
        let (verb, operation, arguments) = self.call(step);
        let answer = calls.call(step.protocol, verb, operation, &arguments);
        if answer.status != 200 {
            return Err(format!("status {}: {}", answer.status, answer.value));
        }
        // A successful response of canJoin may have a code, too.
        if answer.text("success") == "true" {
            Ok(self.result(step, &answer))
        } else {
            Err(answer.code())
        }
    }

    /// The number of the group in a place.
    pub(super) fn group(&self, place: usize) -> Option<i64> {
        number(&self.places[place])
    }

    /// The number of a user.
    pub(super) fn person(&self, whom: usize) -> Option<i64> {
        number(&self.people[whom].id)
    }

    fn call(&self, step: &Step) -> (&'static str, &'static str, Value) {
        let me = &self.people[step.who];
        let mut all = Map::new();
        let mut set = |name: &str, value: Value| all.insert(name.to_owned(), value);
        if !matches!(step.action, Action::DeleteUser { .. } | Action::Login) {
            set("authToken", json!(me.tokens[step.token]));
        }
        if let Some(place) = step.action.place() {
            let id = &self.places[place];
            match step.action {
                Action::See {
                    view: View::Standings,
                    ..
                } => {
                    let users: Vec<&str> = self.people.iter().map(|it| it.id.as_str()).collect();
                    set("users", json!(users));
                    set("groups", json!([id]))
                }
                _ => set("id", json!(id)),
            };
        }
        let (verb, operation) = match &step.action {
            Action::NewGroup {
                name, registration, ..
            } => {
                set("name", json!(NAMES[*name]));
                set("category", json!("cat:1"));
                for blank in ["tags", "description", "image"] {
                    set(blank, json!(""));
                }
                set("accessType", json!("public"));
                set("registrationType", json!(registration.word()));
                set("moderationType", json!("direct"));
                ("POST", "newGroup")
            }
            Action::EditGroup {
                registration,
                condition,
                ..
            } => {
                if let Some(condition) = condition {
                    let text = condition.map_or(String::new(), |condition| {
                        format!("{}:{}", condition.word(), self.places[condition.place])
                    });
                    set("joinCondition", json!(text));
                }
                set("registrationType", json!(registration.word()));
                ("POST", "editGroup")
            }
            Action::DeleteGroup { .. } => ("POST", "deleteGroup"),
            Action::JoinGroup { pocket, .. } | Action::CanJoin { pocket, .. } => {
                if let Some(pocket) = pocket {
                    set("invitation", json!(self.pockets[*pocket].1));
                }
                match step.action {
                    Action::CanJoin { .. } => ("GET", "canJoin"),
                    _ => ("POST", "joinGroup"),
                }
            }
            Action::JoinByInvitation { pocket } => {
                set("invitation", json!(self.pockets[*pocket].1));
                ("POST", "joinByInvitation")
            }
            Action::Withdraw { .. } => ("POST", "withdrawJoinRequest"),
            Action::Leave { .. } => ("POST", "leaveGroup"),
            Action::Act { whom, act, .. } => {
                set("user", json!(self.people[*whom].id));
                match act {
                    Act::Ban(Until::LongAgo) => set("until", json!("2006-08-11T13:38:44Z")),
                    Act::Ban(Until::FarAway) => set("until", json!("2999-12-31T23:59:59Z")),
                    Act::SetEnd(Until::LongAgo) => set("until", json!("2006-08-11T13:38:44Z")),
                    Act::SetEnd(Until::FarAway) => set("until", json!("2999-12-31T23:59:59Z")),
                    Act::SetRole(role) => set("role", json!(role.word())),
                    _ => None,
                };
                ("POST", act.operation())
            }
            Action::NewInvitation { limit, role, .. } => {
                if let Some(limit) = limit {
                    set("usageLimit", json!(limit));
                }
                set("role", json!(role.word()));
                ("POST", "newInvitation")
            }
            Action::RevokeInvitation { pocket, .. } => {
                set("invitationId", json!(self.pockets[*pocket].0));
                ("POST", "revokeInvitation")
            }
            Action::DeleteUser { whom } => {
                set("adminPassword", json!(ADMIN_PASSWORD));
                set("login", json!(self.people[*whom].login));
                ("POST", "deleteUser")
            }
            // No call makes it.
            Action::EndMembership { .. } => ("", ""),
            Action::Login => {
                set("login", json!(me.login));
                set("password", json!(PASSWORD));
                ("POST", "login")
            }
            Action::Logout => ("POST", "logout"),
            Action::MyGroups => ("GET", "getMyGroups"),
            Action::InCommon { whom } => {
                set("user", json!(self.people[*whom].id));
                ("GET", "getGroupsInCommon")
            }
            Action::See { view, .. } => ("GET", view.operation()),
        };
        (verb, operation, Value::Object(all))
    }

    fn result(&mut self, step: &Step, answer: &Answer) -> String {
        match step.action {
            Action::NewGroup { place, .. } => {
                let id = answer.text("id");
                Arc::make_mut(&mut self.names).insert(id.clone(), format!("g{}", self.groups));
                self.groups += 1;
                self.places[place] = id;
            }
            Action::NewInvitation { pocket, .. } => {
                let id = answer.text("invitationId");
                Arc::make_mut(&mut self.names).insert(id.clone(), format!("i{}", self.invitations));
                self.invitations += 1;
                self.pockets[pocket] = (id, answer.text("invitation"));
            }
            Action::Login => self.people[step.who].tokens[0] = answer.text("authToken"),
            Action::JoinGroup { .. } => return answer.text("joinState"),
            Action::JoinByInvitation { .. } => {
                let group = self.name(&answer.text("id"));
                return format!("{group} {}", answer.text("joinState"));
            }
            Action::CanJoin { .. } => {
                return match answer.text("canJoin").as_str() {
                    "true" => format!("can: {}", answer.text("joinState")),
                    _ => format!("cannot: {}", answer.text("code")),
                };
            }
            Action::EditGroup { .. }
            | Action::See {
                view: View::Group, ..
            } => {
                return self.describe(&answer.value["group"]);
            }
            Action::MyGroups | Action::InCommon { .. } => {
                let groups = rows(answer, "groups");
                let lines = groups.iter().map(|group| {
                    let (id, role) = (self.name(&text(group, "id")), text(group, "role"));
                    let waiting = match text(group, "waitingRequests").as_str() {
                        "null" => String::new(),
                        count => format!(", {count} waiting"),
                    };
                    format!("{id} as {role}: {}{waiting}", self.describe(group))
                });
                return lines.collect::<Vec<_>>().join("; ");
            }
            Action::See { view, .. } => return self.seen(view, answer),
            _ => {}
        }
        "done".into()
    }

    fn seen(&self, view: View, answer: &Answer) -> String {
        let login = |row: &Value, name: &str| self.name(&text(row, name));
        match view {
            View::Group => self.describe(&answer.value["group"]),
            View::Members => list(rows(answer, "members").iter().map(|row| {
                assert_eq!(login(row, "id"), login(row, "login"));
                let until = match text(row, "endsAt").as_str() {
                    "null" => "",
                    _ => " for a time",
                };
                format!("{} {}{until}", login(row, "login"), text(row, "role"))
            })),
            View::JoinRequests => list(
                rows(answer, "requests")
                    .iter()
                    .map(|row| login(row, "login")),
            ),
            View::Invitations => list(rows(answer, "invitations").iter().map(|row| {
                let limit = match text(row, "usageLimit").as_str() {
                    "null" => "any".to_owned(),
                    limit => limit.to_owned(),
                };
                format!(
                    "{} {} by {}, {} of {limit}, ended {}",
                    self.name(&text(row, "invitationId")),
                    text(row, "role"),
                    login(row, "createdBy"),
                    text(row, "uses"),
                    text(row, "revoked"),
                )
            })),
            View::AuditLog => list(rows(answer, "entries").iter().filter_map(|row| {
                let subject = match text(row, "subject").as_str() {
                    "null" => String::new(),
                    subject => self.name(subject),
                };
                let (via, actor) = (text(row, "via"), login(row, "actor"));
                let entry = format!("{via} {actor} {} {subject}", text(row, "action"));
                (via != "system").then_some(entry)
            })),
            View::Standings => {
                let group = &answer.value["groups"][0];
                let rows = |name: &str| group[name].as_array().cloned().unwrap_or_default();
                let members = rows("members").into_iter();
                let members =
                    members.map(|row| format!("{} {}", login(&row, "user"), text(&row, "role")));
                let others = ["requested", "banned"].into_iter().flat_map(|state| {
                    let users = rows(state).into_iter();
                    users.map(move |user| format!("{} {state}", self.name(&plain(&user))))
                });
                match (list(members.chain(others)), text(group, "unknown").as_str()) {
                    (standings, "false") => standings,
                    (standings, _) => format!("unknown{standings}"),
                }
            }
        }
    }

    fn describe(&self, group: &Value) -> String {
        let condition = match text(group, "joinCondition").split_once(':') {
            Some((kind, other)) => format!(", {kind} {}", self.name(other)),
            None => String::new(),
        };
        format!(
            "{}, {}, owner {}, {} members{condition}",
            text(group, "name"),
            text(group, "registrationType"),
            self.name(&text(group, "owner")),
            text(group, "memberCount"),
        )
    }

    fn name(&self, of: &str) -> String {
        self.names
            .get(of)
            .cloned()
            .unwrap_or_else(|| format!("({of})"))
    }
}

impl Action {
    /// The place of the group in the arguments.
    const fn place(&self) -> Option<usize> {
        match self {
            Self::EditGroup { place, .. }
            | Self::DeleteGroup { place }
            | Self::JoinGroup { place, .. }
            | Self::CanJoin { place, .. }
            | Self::Withdraw { place }
            | Self::Leave { place }
            | Self::Act { place, .. }
            | Self::EndMembership { place, .. }
            | Self::NewInvitation { place, .. }
            | Self::RevokeInvitation { place, .. }
            | Self::See { place, .. } => Some(*place),
            Self::NewGroup { .. }
            | Self::JoinByInvitation { .. }
            | Self::DeleteUser { .. }
            | Self::Login
            | Self::Logout
            | Self::MyGroups
            | Self::InCommon { .. } => None,
        }
    }
}

impl View {
    const fn operation(self) -> &'static str {
        match self {
            Self::Group => "getGroup",
            Self::Members => "getMembers",
            Self::JoinRequests => "getJoinRequests",
            Self::Invitations => "getInvitations",
            Self::AuditLog => "getAuditLog",
            Self::Standings => "checkMemberships",
        }
    }
}

/// The number in an ID.
fn number(id: &str) -> Option<i64> {
    id.rsplit(':').next()?.parse().ok()
}

/// The rows of a list that has one page.
fn rows(answer: &Answer, name: &str) -> Vec<Value> {
    let rows = answer.value[name].as_array().cloned().unwrap_or_default();
    assert_eq!(
        answer.text("totalResults"),
        rows.len().to_string(),
        "{}",
        answer.value
    );
    rows
}

fn text(row: &Value, name: &str) -> String {
    plain(&row[name])
}
