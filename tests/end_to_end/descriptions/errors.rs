//! Brings about every error that an operation declares, in every format.

use serde_json::{Map, Value, json};
use trivium_core::catalog;
use trivium_core::codes;
use trivium_describe::examples::{arguments, of};
use trivium_front::StatusRule;
use trivium_front::contract::status;
use trivium_rpc::ValueType;
use trivium_rpc::{Code, Verbs};
use trivium_test_support::Backend;

use crate::harness::{Answer, Gateway, PROTOCOLS, Person, Protocol, Story};

const ADMIN: &str = "the admin's password";

/// An address that is taken.
const EMAIL: &str = "mia@example.org";

/// What calls are about: some groups, and people who stand differently to them.
struct World<'a> {
    story: Story<'a>,
    owner: Person,
    member: Person,
    stranger: Person,
    banned: Person,
    waiting: Person,
    /// A token that has ended.
    ended: String,
    /// An open group, a moderated one, one by invitation, and one that was deleted.
    open: String,
    moderated: String,
    private: String,
    gone: String,
    /// Invitations that are good no more; of the first its id, too.
    revoked: (String, String),
    expired: String,
    used_up: String,
    orphaned: String,
    to_gone: String,
    /// One that is good, to the open group.
    good: String,
}

impl<'a> World<'a> {
    fn new(gateway: &'a Gateway, protocol: Protocol) -> Self {
        let story = Story { gateway, protocol };
        let names = ["olga", "mia", "sven", "bert", "rita", "mona"];
        let [owner, member, stranger, banned, waiting, moderator] =
            names.map(|name| story.person(name));
        let ended = gateway.command(&["user", "token", &member.login, "--ttl", "1s"], "");
        let [open, moderated, private, gone] = [
            ("Open", "open"),
            ("Moderated", "moderated"),
            ("Private", "invite"),
            ("Gone", "open"),
        ]
        .map(|(name, kind)| story.group(&owner, name, kind));
        let act = |by: &Person, name: &str, more: Value| {
            let answer = story.post(name, with(more, "authToken", &by.token));
            answer.succeeds();
            answer
        };
        let invite = |by: &Person, group: &str, more: Value| {
            let made = act(by, "newInvitation", with(more, "id", group));
            (made.text("invitation"), made.text("invitationId"))
        };
        act(&member, "joinGroup", json!({ "id": open }));
        act(&moderator, "joinGroup", json!({ "id": open }));
        act(&waiting, "joinGroup", json!({ "id": moderated }));
        let role = |role: &str| json!({ "id": open, "user": moderator.id, "role": role });
        act(&owner, "setMemberRole", role("moderator"));
        let (orphaned, _) = invite(&moderator, &open, json!({}));
        act(&owner, "setMemberRole", role("member"));
        let revoked = invite(&owner, &open, json!({}));
        let given = json!({ "id": open, "invitationId": revoked.1 });
        act(&owner, "revokeInvitation", given);
        let (expired, _) = invite(&owner, &open, json!({ "expiresIn": 1 }));
        let (used_up, _) = invite(&owner, &private, json!({ "usageLimit": 1 }));
        act(
            &member,
            "joinByInvitation",
            json!({ "invitation": used_up }),
        );
        let (to_gone, _) = invite(&owner, &gone, json!({}));
        act(&owner, "deleteGroup", json!({ "id": gone }));
        let given = json!({ "id": open, "user": banned.id });
        act(&owner, "banMember", given);
        story.group(&member, "Open", "open");
        let given = json!({ "id": moderated, "accessType": "members" });
        act(&owner, "editGroup", given);
        let given = json!({ "adminPassword": ADMIN, "id": member.id, "email": EMAIL });
        story.post("editUser", given).succeeds();
        let (good, _) = invite(&owner, &open, json!({}));
        // Until the token and the invitation have ended that are good for a second.
        std::thread::sleep(std::time::Duration::from_secs(2));
        Self {
            story,
            owner,
            member,
            stranger,
            banned,
            waiting,
            ended,
            open,
            moderated,
            private,
            gone,
            revoked,
            expired,
            used_up,
            orphaned,
            to_gone,
            good,
        }
    }

    /// With which arguments an operation answers a code. The operation takes of them what it
    /// knows.
    fn cause(&self, operation: &str, code: Code) -> Vec<(&str, &str)> {
        let [owner, member, stranger, banned, waiting] = [
            &self.owner,
            &self.member,
            &self.stranger,
            &self.banned,
            &self.waiting,
        ]
        .map(|person| ("authToken", &*person.token));
        let [open, moderated, private, gone] =
            [&self.open, &self.moderated, &self.private, &self.gone].map(|group| ("id", &**group));
        let [of_owner, of_member, of_stranger] =
            [&self.owner, &self.member, &self.stranger].map(|person| ("user", &*person.id));
        let [as_member, as_stranger] =
            [&self.member, &self.stranger].map(|person| ("id", &*person.id));
        let [revoked, expired, used_up, orphaned, to_gone, good] = [
            &self.revoked.0,
            &self.expired,
            &self.used_up,
            &self.orphaned,
            &self.to_gone,
            &self.good,
        ]
        .map(|invitation| ("invitation", &**invitation));
        let admin = ("adminPassword", ADMIN);
        let [login_of_owner, login_of_member] =
            [&self.owner, &self.member].map(|person| ("login", &*person.login));
        match (code, operation) {
            (codes::TEST_ERROR | codes::GENERAL_SOME_ERROR, _) => vec![],
            (codes::USER_TOKEN_INVALID, _) => vec![("authToken", "nope")],
            (codes::USER_TOKEN_EXPIRED, _) => vec![("authToken", &self.ended)],
            (codes::TOKEN_NOT_FOUND, _) => vec![owner, ("prefix", "ffffffff")],
            (codes::LOGIN_UNKNOWN, _) => vec![("login", "nobody")],
            (codes::USER_INVALID_PASSWORD, _) => vec![
                member,
                ("adminPassword", "wrong"),
                login_of_member,
                ("oldPassword", "wrong"),
            ],
            (codes::PASSWORD_TOO_WEAK, "changePassword") => {
                let old = ("oldPassword", &*self.member.password);
                vec![member, old, ("newPassword", "short")]
            }
            (codes::PASSWORD_TOO_WEAK, _) => vec![admin, as_member, ("password", "short")],
            (codes::USER_LOGINNAME_TAKEN, _) => vec![admin, as_stranger, login_of_member],
            (codes::USER_EMAIL_NOT_UNIQUE, _) => vec![admin, as_stranger, ("email", EMAIL)],
            (codes::USER_NOT_FOUND, "editUser") => vec![admin, ("id", "user:99999")],
            (codes::USER_NOT_FOUND, _) => vec![
                owner,
                open,
                admin,
                ("user", "user:99999"),
                ("login", "nobody"),
                ("context", "user:99999"),
            ],
            (codes::USER_ACCESS_DENIED, "getMembers") => vec![stranger, moderated],
            (codes::USER_ACCESS_DENIED, _) => vec![stranger, open, of_member],
            (codes::OWNER_PROTECTED, _) => vec![owner, open, of_owner, admin, login_of_owner],
            (codes::CONTENT_NOT_FOUND, _) => vec![owner, gone, to_gone],
            (codes::GROUP_PARAMETER_ERROR, _) => vec![owner, open, ("name", "")],
            (codes::CATEGORY_DOES_NOT_EXIST, _) => vec![owner, open, ("category", "cat:99")],
            (codes::CONTENT_COLLECTION_TITLE_ALREADY_EXIST, _) => {
                vec![owner, open, ("name", "Private"), of_member]
            }
            (codes::ALREADY_MEMBER, _) => vec![member, open, good],
            (codes::BANNED, _) => vec![banned, open, good],
            (codes::NOT_BANNED, _) => vec![owner, open, of_member],
            (codes::GROUP_NOT_INVITED, _) => vec![stranger, private],
            (codes::JOIN_REQUEST_PENDING, _) => vec![waiting, moderated],
            (codes::JOIN_REQUEST_NOT_FOUND, _) => vec![owner, open, of_stranger],
            (codes::NOT_A_MEMBER, "leaveGroup") => vec![stranger, open],
            (codes::NOT_A_MEMBER, _) => vec![owner, open, of_stranger],
            (codes::OWNER_CANNOT_LEAVE, _) => vec![owner, open],
            (codes::INVITATION_INVALID, "revokeInvitation") => {
                vec![owner, open, ("invitationId", "invitation:99999")]
            }
            (codes::INVITATION_REVOKED, "revokeInvitation") => {
                vec![owner, open, ("invitationId", &self.revoked.1)]
            }
            (codes::INVITATION_INVALID, _) => vec![stranger, open, ("invitation", "inv_nope")],
            (codes::INVITATION_REVOKED, _) => vec![stranger, open, revoked],
            (codes::INVITATION_EXPIRED, _) => vec![stranger, open, expired],
            (codes::INVITATION_USED_UP, _) => vec![stranger, private, used_up],
            (codes::INVITATION_ISSUER_INVALID, _) => vec![stranger, open, orphaned],
            _ => panic!("{operation} answers {code:?}: when?"),
        }
    }
}

/// Arguments with one more.
fn with(mut arguments: Value, name: &str, value: &str) -> Value {
    arguments[name] = value.into();
    arguments
}

/// Makes the example call of an operation, but for these arguments.
fn call(story: &Story<'_>, operation: &str, instead: &[(&str, &str)]) -> Answer {
    let entry = catalog().find(operation).expect(operation);
    let mut given = Map::new();
    for rule in entry.rules.iter() {
        let example = arguments(entry, of(entry).unwrap());
        let example = example.iter().find(|(name, ..)| *name == rule.name);
        let own = instead.iter().find(|(name, _)| *name == rule.name);
        let value = own.map(|(_, value)| *value);
        if let Some(value) = value.or(example.map(|(_, value, _)| *value)) {
            let value = match rule.value_type {
                ValueType::Integer => json!(value.parse::<i64>().unwrap()),
                ValueType::Boolean => json!(value == "true"),
                ValueType::Text | ValueType::DateTime => json!(value),
            };
            given.insert(rule.name.to_owned(), value);
        }
    }
    let given = Value::Object(given);
    match entry.declared.verbs {
        Verbs::Get => story.get(operation, given),
        Verbs::Post | Verbs::Any => story.post(operation, given),
    }
}

#[test]
fn every_declared_error_comes_about_in_every_format() {
    let options = [
        "--peopleaggregator-status",
        "http",
        "--directory",
        "members",
    ];
    let environment = [("TRIVIUM_ADMIN_PASSWORD", ADMIN)];
    for protocol in PROTOCOLS {
        // One for each: after some failures who calls has to wait.
        let gateway = Gateway::start_with(Backend::Sqlite, &options, &environment);
        let world = World::new(&gateway, protocol);
        let without_admin = Gateway::start(Backend::Sqlite, &options);
        for entry in catalog().entries.iter() {
            for code in &entry.errors {
                if *code == codes::OPERATION_NOT_PERMITTED {
                    let gateway = &without_admin;
                    let story = Story { gateway, protocol };
                    fails(&story, entry.name(), *code, &[]);
                } else {
                    let given = world.cause(entry.name(), *code);
                    fails(&world.story, entry.name(), *code, &given);
                }
            }
        }
    }
}

/// Holds that a call fails as the page of its operation says.
fn fails(story: &Story<'_>, operation: &str, code: Code, given: &[(&str, &str)]) {
    let answer = call(story, operation, given);
    let words = format!(
        "{:?} {operation} {code:?}: {}",
        story.protocol, answer.value
    );
    let told = match (story.protocol, code) {
        (Protocol::XmlRpc, codes::TEST_ERROR) => "fault -32603",
        _ => code.name,
    };
    assert_eq!(answer.code(), told, "{words}");
    let status = match story.protocol {
        Protocol::XmlRpc => 200,
        Protocol::Json | Protocol::Xml => status(StatusRule::Http, code),
    };
    assert_eq!(answer.status, status, "{words}");
}
