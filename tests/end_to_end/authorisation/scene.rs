//! The people and groups to which the cases of operations refer, created over the protocol under test.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use serde_json::{Value, json};
use trivium_core::cases::{Arguments, Invitation, Of, Who};
use trivium_core::catalog;
use trivium_core::catalog::cases;
use trivium_core::demonstration::ADMIN_PASSWORD;
use trivium_rpc::{Credential, Entry, ValueType, Verbs};

use crate::harness::{Answer, Person, Request, Story, new_group};

/// The people of a scene, with the beginnings of their logins.
const PEOPLE: [(Who, &str); 9] = [
    (Who::Stranger, "stranger"),
    (Who::Member, "member"),
    (Who::Requester, "requester"),
    (Who::Banned, "banned"),
    (Who::Moderator, "moderator"),
    (Who::Owner, "owner"),
    (Who::OtherMember, "other-member"),
    (Who::OtherRequester, "other-requester"),
    (Who::Namesake, "namesake"),
];

/// The token that a caller presents.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Token<'t> {
    /// Their own, or the one of the arguments; nothing for a caller without a token.
    Own,
    /// This one.
    Other(&'t str),
    /// None.
    Missing,
}

/// The people, the group in which each has their standing, and what is created when a call needs it.
pub(crate) struct Scene<'a> {
    pub(crate) story: Story<'a>,
    people: Vec<(Who, Person)>,
    /// The owner of the other groups.
    somebody: Person,
    /// The group.
    pub(crate) group: String,
    group_name: String,
    /// A private group of somebody else.
    pub(crate) private_group: String,
    /// What was created for [`Of`], by its debug format.
    created: RefCell<HashMap<String, String>>,
    names: Cell<u32>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(story: Story<'a>) -> Self {
        let people = PEOPLE.map(|(who, name)| (who, story.person(name))).into();
        let somebody = story.person("somebody");
        let private_group = story.group(&somebody, "Private", "invite");
        let mut scene = Self {
            story,
            people,
            somebody,
            group: String::new(),
            group_name: String::new(),
            private_group,
            created: RefCell::default(),
            names: Cell::new(0),
        };
        scene.renew();
        scene
    }

    /// Creates another group in which everybody has their standing.
    pub(crate) fn renew(&mut self) {
        self.created.borrow_mut().clear();
        self.group_name = self.new_name();
        let owner = self.person(Who::Owner);
        self.group = self.story.group(owner, &self.group_name, "moderated");
        let members = [Who::Member, Who::Moderator, Who::OtherMember];
        for who in members
            .into_iter()
            .chain([Who::Requester, Who::OtherRequester])
        {
            self.act(who, "joinGroup", json!({"id": self.group}));
        }
        for who in members {
            self.moderate("approveJoinRequest", who, json!({}));
        }
        self.moderate(
            "setMemberRole",
            Who::Moderator,
            json!({"role": "moderator"}),
        );
        self.moderate("banMember", Who::Banned, json!({}));
    }

    pub(crate) fn person(&self, who: Who) -> &Person {
        let found = self.people.iter().find(|(other, _)| *other == who);
        &found
            .unwrap_or_else(|| panic!("{who:?} is not in the scene"))
            .1
    }

    /// Makes the group private, with a condition that admits nobody here: its requests are denied.
    pub(crate) fn hide(&self) {
        let owner = self.person(Who::Owner);
        let other = self.story.group(owner, &self.new_name(), "open");
        let private = json!({
            "id": self.group, "registrationType": "invite",
            "joinCondition": format!("member_of:{other}"),
        });
        self.act(Who::Owner, "editGroup", private);
    }

    /// Calls an operation; see [`request`](Self::request).
    pub(crate) fn call(
        &self,
        entry: &Entry,
        by: Who,
        token: Token<'_>,
        instead: Arguments,
        group: &str,
    ) -> Answer {
        let request = self.request(entry, by, token, instead, group);
        let response = self.story.gateway.served.send(&Vec::from(request));
        self.story.protocol.read(&response)
    }

    /// Writes the call of an operation with the arguments of its access, some of which `instead`
    /// replaces. It is about this group.
    pub(crate) fn request(
        &self,
        entry: &Entry,
        by: Who,
        token: Token<'_>,
        instead: Arguments,
        group: &str,
    ) -> Request {
        let access = cases(entry).expect("a row").access;
        let is_replaced = |name: &str| instead.iter().any(|(other, _)| *other == name);
        let kept = access
            .arguments
            .iter()
            .filter(|(name, _)| !is_replaced(name));
        let mut arguments = json!({});
        for (name, of) in kept.chain(instead) {
            let value = match of {
                Of::Group => group.to_owned(),
                of => self.value(*of, by),
            };
            let rule = entry.rule(name).expect("a rule");
            arguments[*name] = match rule.value_type {
                ValueType::List => json!([value]),
                ValueType::Integer => json!(value.parse::<i64>().expect("a number")),
                _ => json!(value),
            };
        }
        match entry.credential {
            Credential::None => {}
            Credential::AdminPassword => {
                let is_administrator = by == Who::Administrator;
                let password = if is_administrator {
                    ADMIN_PASSWORD
                } else {
                    "wrong"
                };
                arguments["adminPassword"] = json!(password);
            }
            Credential::Token | Credential::OptionalToken => {
                let members = arguments.as_object_mut().expect("an object");
                match token {
                    Token::Own if by == Who::Nobody || members.contains_key("authToken") => {}
                    Token::Own => {
                        members.insert("authToken".into(), json!(self.person(by).token));
                    }
                    Token::Other(token) => {
                        members.insert("authToken".into(), json!(token));
                    }
                    Token::Missing => {
                        members.remove("authToken");
                    }
                }
            }
        }
        let verb = match entry.declared.verbs {
            Verbs::Get => "GET",
            Verbs::Post | Verbs::Any => "POST",
        };
        self.story.protocol.request(verb, entry.name(), &arguments)
    }

    /// The value of an argument of a caller.
    pub(crate) fn value(&self, of: Of, by: Who) -> String {
        match of {
            Of::Text(text) => text.to_owned(),
            Of::Group => self.group.clone(),
            Of::NewName => self.new_name(),
            Of::Id(Who::Missing) => "user:99999".to_owned(),
            Of::Login(Who::Missing) => "nobody".to_owned(),
            Of::Id(Who::Namesake) => self.namesake(),
            Of::Id(who) => self.person(who).id.clone(),
            Of::Login(who) => self.person(who).login.clone(),
            Of::Password(who) => self.person(who).password.clone(),
            Of::OwnPassword => self.person(by).password.clone(),
            Of::NewToken => {
                let login = &self.person(by).login;
                self.story.gateway.command(&["user", "token", login], "")
            }
            Of::MembersOnlyGroup
            | Of::ConditionalGroup
            | Of::DeletedGroup
            | Of::TakenName
            | Of::Email(_)
            | Of::Secret(_)
            | Of::InvitationId(_) => self.create_once(of),
        }
    }

    /// Creates what a call needs, unless an earlier call needed it in this group.
    fn create_once(&self, of: Of) -> String {
        let key = |of: Of| format!("{of:?}");
        if let Some(value) = self.created.borrow().get(&key(of)) {
            return value.clone();
        }
        let created = match of {
            Of::Secret(invitation) | Of::InvitationId(invitation) => {
                let (secret, id) = self.invitation(invitation);
                vec![
                    (Of::Secret(invitation), secret),
                    (Of::InvitationId(invitation), id),
                ]
            }
            of => vec![(of, self.create(of))],
        };
        let mut all = self.created.borrow_mut();
        all.extend(created.into_iter().map(|(of, value)| (key(of), value)));
        all[&key(of)].clone()
    }

    fn create(&self, of: Of) -> String {
        let owner = self.person(Who::Owner);
        match of {
            Of::MembersOnlyGroup => {
                let mut group = new_group(&self.somebody.token, &self.new_name(), "moderated");
                group["accessType"] = json!("members");
                let created = self.story.post("newGroup", group);
                created.succeeds();
                created.text("id")
            }
            Of::ConditionalGroup => {
                let other = self.story.group(&self.somebody, &self.new_name(), "open");
                let mut group = new_group(&self.somebody.token, &self.new_name(), "open");
                group["joinCondition"] = json!(format!("only_member_of:{other}"));
                let created = self.story.post("newGroup", group);
                created.succeeds();
                created.text("id")
            }
            Of::DeletedGroup => {
                let id = self.story.group(owner, &self.new_name(), "open");
                self.act(Who::Owner, "deleteGroup", json!({"id": id}));
                id
            }
            Of::TakenName => {
                let name = self.new_name();
                self.story.group(owner, &name, "open");
                name
            }
            Of::Email(who) => {
                let Person { id, login, .. } = self.person(who);
                let email = format!("{login}@example.org");
                let change = json!({"adminPassword": ADMIN_PASSWORD, "id": id, "email": email});
                self.story.post("editUser", change).succeeds();
                email
            }
            other => panic!("{other:?} is not created"),
        }
    }

    /// Creates an invitation to the group, and returns its secret and its ID.
    fn invitation(&self, invitation: Invitation) -> (String, String) {
        let invite = |by: Who, group: &str, limits: Value| {
            let invited = self.act(by, "newInvitation", with(limits, "id", group));
            (invited.text("invitation"), invited.text("invitationId"))
        };
        let by_owner = |limits: Value| invite(Who::Owner, &self.group, limits);
        match invitation {
            Invitation::Valid => by_owner(json!({})),
            Invitation::Revoked => {
                let invited = by_owner(json!({}));
                let revoked = json!({"id": self.group, "invitationId": invited.1});
                self.act(Who::Owner, "revokeInvitation", revoked);
                invited
            }
            Invitation::Expired => {
                let invited = by_owner(json!({"expiresIn": 1}));
                std::thread::sleep(std::time::Duration::from_secs(2));
                invited
            }
            Invitation::UsedUp => {
                let invited = by_owner(json!({"usageLimit": 1}));
                let guest = self.story.person("guest");
                let join = json!({"authToken": guest.token, "invitation": invited.0});
                self.story.post("joinByInvitation", join).succeeds();
                invited
            }
            Invitation::OfFormerModerator => {
                let role = |role: &str| {
                    self.moderate("setMemberRole", Who::OtherMember, json!({"role": role}));
                };
                role("moderator");
                let invited = invite(Who::OtherMember, &self.group, json!({}));
                role("member");
                invited
            }
            Invitation::ToDeletedGroup => {
                let owner = self.person(Who::Owner);
                let group = self.story.group(owner, &self.new_name(), "open");
                let invited = invite(Who::Owner, &group, json!({}));
                self.act(Who::Owner, "deleteGroup", json!({"id": group}));
                invited
            }
        }
    }

    /// Makes the namesake a member of the group and the owner of another group of its name.
    fn namesake(&self) -> String {
        let namesake = self.person(Who::Namesake);
        self.story.group(namesake, &self.group_name, "open");
        self.act(Who::Namesake, "joinGroup", json!({"id": self.group}));
        self.moderate("approveJoinRequest", Who::Namesake, json!({}));
        namesake.id.clone()
    }

    /// Makes a call that succeeds.
    pub(crate) fn act(&self, by: Who, operation: &str, arguments: Value) -> Answer {
        let arguments = with(arguments, "authToken", &self.person(by).token);
        let answer = self.story.post(operation, arguments);
        answer.succeeds();
        answer
    }

    /// The owner acts on a user.
    fn moderate(&self, operation: &str, on: Who, arguments: Value) {
        let arguments = with(arguments, "id", &self.group);
        let arguments = with(arguments, "user", &self.person(on).id);
        self.act(Who::Owner, operation, arguments);
    }

    fn new_name(&self) -> String {
        self.names.set(self.names.get() + 1);
        format!("Number {}", self.names.get())
    }
}

fn with(mut arguments: Value, name: &str, value: &str) -> Value {
    arguments[name] = json!(value);
    arguments
}

/// True if the access of an operation is about the group.
pub(crate) fn is_about_group(entry: &Entry) -> bool {
    let cases = cases(entry).expect("a row");
    let mut arguments = cases.access.arguments.iter();
    arguments.any(|(_, of)| *of == Of::Group)
}

/// The operations of the catalog.
pub(crate) fn operations() -> impl Iterator<Item = &'static Entry> {
    catalog().entries.iter()
}
