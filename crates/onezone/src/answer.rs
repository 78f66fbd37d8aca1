//! The result of a call, and the reply that Onezone prints.

use serde::Serialize;
use serde_json::{Map, Value, json};
use trivium_core::accounts::view::{OwnUserView, UserView};
use trivium_core::groups::kind::Kind;
use trivium_core::groups::rules::Role;
use trivium_core::groups::view::GroupView;
use trivium_core::invitations::verify::Genuine;
use trivium_core::named_tokens::{NamedToken, TokenId, TokenKind, TokenView};
use trivium_core::types::{DateTime, GroupRef, UserRef};
use trivium_core::{Error, Session};
use trivium_front::{Reply, contract};

use crate::calls::tokens::INVITED;
use crate::calls::users::privileges_of;
use crate::error::{INVITE_TYPE, Refusal};

/// The version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The result of a call.
pub enum Answer {
    /// The groups of the caller.
    Groups(Vec<GroupRef>),
    /// A group, and its kind in an organization.
    Group(Box<GroupView>, Kind),
    /// The members of a group.
    Users(Vec<UserRef>),
    /// A user, as others see them.
    User(UserView),
    /// A user, as they see themselves.
    OwnUser(OwnUserView),
    /// What a member may do.
    Privileges(&'static [&'static str]),
    /// What each role may do.
    PrivilegesOfRoles,
    /// The service.
    Configuration {
        /// The host, with its port if there is one.
        domain: String,
    },
    /// An invitation.
    Token(String),
    /// The tokens of the caller that have a name.
    Tokens(Vec<TokenId>),
    /// An access token or an invitation that was created.
    NewToken {
        /// The ID.
        id: TokenId,
        /// The token itself.
        token: String,
        /// The address of what is known about it.
        location: Location,
    },
    /// A token, without its secret.
    NamedToken(Box<NamedToken>),
    /// Whether a token was revoked.
    TokenStatus {
        /// True if it was.
        is_revoked: bool,
    },
    /// A token, as whoever has it may see it.
    ExaminedToken {
        /// The host of this service.
        domain: String,
        /// The token.
        token: TokenView,
    },
    /// An invitation that is genuine.
    VerifiedInvitation(Genuine),
    /// The resource at this address was created.
    Created(Location),
    /// The call has no result.
    Done,
}

/// The address of a resource.
pub struct Location {
    /// The address of this service, without a slash at the end.
    base_url: String,
    /// The path below the prefix of the dialect.
    path: String,
}

impl Location {
    /// The address of a group of the caller.
    pub(crate) fn group(session: &Session<'_>, id: GroupRef) -> Self {
        Self::of(session, format!("/user/groups/{}", id.0))
    }

    /// The address of a named token.
    pub(crate) fn named_token(session: &Session<'_>, id: TokenId) -> Self {
        Self::of(session, format!("/tokens/named/{}", token_id(id)))
    }

    fn of(session: &Session<'_>, path: String) -> Self {
        Self {
            base_url: session.origin.base_url.clone(),
            path,
        }
    }
}

impl Answer {
    /// The reply. Addresses in it are below the prefix.
    pub(crate) fn print(&self, prefix: &str) -> Reply {
        let at = |reply: Reply, location: &Location| {
            let address = format!("{}{prefix}{}", location.base_url, location.path);
            Reply {
                headers: vec![("Location", address)],
                ..reply
            }
        };
        match self {
            Self::Groups(ids) => reply(200, &json!({"groups": texts(ids.iter().map(|id| id.0))})),
            Self::Users(ids) => reply(200, &json!({"users": texts(ids.iter().map(|id| id.0))})),
            Self::Group(group, kind) => reply(
                200,
                &json!({
                    "groupId": group.id.0.to_string(),
                    "name": group.name,
                    "type": kind,
                    "creator": {"type": "user", "id": group.owner.0.to_string()},
                    "creationTime": group.created.0,
                }),
            ),
            Self::User(user) => reply(200, &person(user, [])),
            Self::OwnUser(OwnUserView {
                user,
                email,
                has_password,
            }) => {
                let own = [
                    ("emails", json!(Vec::from_iter(email))),
                    ("linkedAccounts", json!([])),
                    ("basicAuthEnabled", json!(has_password)),
                    ("blocked", json!(false)),
                ];
                reply(200, &person(user, own))
            }
            Self::Privileges(names) => reply(200, &json!({"privileges": names})),
            Self::PrivilegesOfRoles => reply(
                200,
                &json!({
                    "member": privileges_of(Role::Member),
                    "manager": privileges_of(Role::Moderator),
                    "admin": privileges_of(Role::Owner),
                }),
            ),
            Self::Configuration { domain } => reply(
                200,
                &json!({
                    "name": "Trivium",
                    "domain": domain,
                    "version": VERSION,
                    "build": VERSION,
                    "subdomainDelegationSupported": false,
                    "compatibleOneproviderVersions": [],
                    "compatibilityRegistryRevision": 0,
                    "supportedIdPs": [],
                    "availableSpaceTags": {},
                }),
            ),
            Self::Token(token) => reply(200, &json!({"token": token})),
            Self::Tokens(ids) => {
                let ids: Vec<String> = ids.iter().copied().map(token_id).collect();
                reply(200, &json!({"tokens": ids}))
            }
            Self::NewToken {
                id,
                token,
                location,
            } => {
                let body = json!({"tokenId": token_id(*id), "token": token});
                at(reply(201, &body), location)
            }
            Self::NamedToken(token) => reply(200, &named(token)),
            Self::TokenStatus { is_revoked } => reply(200, &json!({"revoked": is_revoked})),
            Self::ExaminedToken { domain, token } => reply(
                200,
                &json!({
                    "onezoneDomain": domain,
                    "id": token_id(token.id),
                    "persistence": "named",
                    "subject": subject(token.subject),
                    "type": kind(token.kind),
                    "caveats": caveats(token.expires),
                }),
            ),
            Self::VerifiedInvitation(Genuine { issuer, lifetime }) => {
                reply(200, &json!({"subject": subject(*issuer), "ttl": lifetime}))
            }
            Self::Created(location) => at(empty(201), location),
            Self::Done => empty(204),
        }
    }
}

/// The ID of a named token. That of an invitation is its own, and that of an access token begins with `a`.
fn token_id(id: TokenId) -> String {
    match id {
        TokenId::Access(id) => format!("a{id}"),
        TokenId::Invitation(id) => id.to_string(),
    }
}

/// A named token. Its secret is not known any more.
fn named(named: &NamedToken) -> Value {
    let token = &named.token;
    // It was parsed before it was stored.
    let custom: Value = serde_json::from_str(&named.custom).unwrap_or_default();
    let mut metadata = Map::from_iter([("custom".to_owned(), custom)]);
    if let Some((limit, uses)) = named.usage {
        let limit = limit.map_or(json!("infinity"), Value::from);
        metadata.insert("privileges".into(), json!([INVITED]));
        metadata.insert("usageLimit".into(), limit);
        metadata.insert("usageCount".into(), uses.into());
    }
    metadata.insert("creationTime".into(), named.created.0.into());
    json!({
        "id": token_id(token.id),
        "name": named.name,
        "subject": subject(token.subject),
        "type": kind(token.kind),
        "caveats": caveats(token.expires),
        "revoked": named.is_revoked,
        "metadata": metadata,
    })
}

fn subject(user: UserRef) -> Value {
    json!({"type": "user", "id": user.0.to_string()})
}

fn kind(kind: TokenKind) -> Value {
    match kind {
        TokenKind::Access => json!({"accessToken": {}}),
        TokenKind::Invitation(group) => json!({
            "inviteToken": {"inviteType": INVITE_TYPE, "groupId": group.0.to_string()},
        }),
    }
}

fn caveats(expires: Option<DateTime>) -> Value {
    let time = |end: DateTime| json!({"type": "time", "validUntil": end.0});
    expires.map(time).into_iter().collect()
}

/// A user with more members. Servers of Onezone add the deprecated `name`, `login` and `alias`.
fn person<const N: usize>(user: &UserView, more: [(&str, Value); N]) -> Value {
    let members = [
        ("userId", json!(user.id.0.to_string())),
        ("fullName", json!(user.name)),
        ("username", json!(user.login)),
        ("name", json!(user.name)),
        ("login", json!(user.login)),
        ("alias", json!(user.login)),
    ];
    let created = ("creationTime", json!(user.created.0));
    let members = members.into_iter().chain(more).chain([created]);
    Value::from_iter(members)
}

/// IDs are strings in Onezone.
fn texts(ids: impl Iterator<Item = i64>) -> Vec<String> {
    ids.map(|id| id.to_string()).collect()
}

/// The reply to a rejected call.
pub(crate) fn refuse(refusal: &Refusal) -> Reply {
    let headers = match refusal {
        Refusal::MethodNotAllowed(allow) => vec![("Allow", allow.clone())],
        _ => Vec::new(),
    };
    let row = refusal.row();
    Reply {
        headers,
        code: Some(row.id),
        ..reply(row.status, &json!({"error": row.json()}))
    }
}

/// The reply to a call that core rejects.
pub(crate) fn fail(error: &Error) -> Reply {
    Reply {
        headers: contract::headers(error, None),
        ..refuse(&Refusal::from(error))
    }
}

fn reply(status: u16, body: &impl Serialize) -> Reply {
    Reply {
        content_type: "application/json".into(),
        // Serializing a JSON value cannot fail.
        body: serde_json::to_vec(body).unwrap_or_default().into(),
        ..empty(status)
    }
}

fn empty(status: u16) -> Reply {
    Reply {
        status,
        content_type: "".into(),
        headers: Vec::new(),
        body: Vec::new().into(),
        code: None,
    }
}
