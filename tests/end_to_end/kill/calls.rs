//! The calls of the clients, in the form of each front-end.

use serde_json::{Value, json};

use crate::harness::{
    PROTOCOLS, Protocol, Request, Response, ask, encode, form, get, json as json_body, new_group,
};

/// A front-end.
#[derive(Clone, Copy, Debug)]
pub(super) enum FrontEnd {
    Protocol(Protocol),
    Upcoming,
    Onezone,
}

pub(super) const FRONT_ENDS: [FrontEnd; 5] = [
    FrontEnd::Protocol(PROTOCOLS[0]),
    FrontEnd::Protocol(PROTOCOLS[1]),
    FrontEnd::Protocol(PROTOCOLS[2]),
    FrontEnd::Upcoming,
    FrontEnd::Onezone,
];

/// A call. Groups are named by their number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Call<'a> {
    /// Creates a group of this name.
    NewGroup(&'a str),
    /// Creates an invitation to a group, with this number of uses.
    Invite(&'a str, usize),
    /// Joins an open group.
    Join(&'a str),
    /// Joins by this invitation.
    JoinBy(&'a str),
    /// Leaves a group.
    Leave(&'a str),
    /// Lists the caller's groups.
    MyGroups,
}

/// The caller's credentials: a token, and an API key of Upcoming.
#[derive(Clone, Copy, Debug)]
pub(super) struct Credentials<'a> {
    pub(super) token: &'a str,
    pub(super) key: &'a str,
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// The call succeeded. The number of a new group, or the secret of a new invitation.
    Done(String),
    /// The call was rejected, and changed nothing.
    Refused(String),
    /// The outcome is unknown: `temporarily_unavailable`, or the response of a proxy that has none.
    Unavailable,
}

impl FrontEnd {
    /// Its name in the audit log.
    pub(super) const fn via(self) -> &'static str {
        match self {
            Self::Protocol(protocol) => protocol.via(),
            Self::Upcoming => "upcoming",
            Self::Onezone => "onezone",
        }
    }

    /// Writes a request; `None` if the front-end has no such call.
    pub(super) fn request(self, call: Call<'_>, who: Credentials<'_>) -> Option<Request> {
        match self {
            Self::Protocol(protocol) => Some(over_protocol(protocol, call, who.token)),
            Self::Upcoming => over_upcoming(call, who),
            Self::Onezone => {
                over_onezone(call).map(|request| request.with("X-Auth-Token", who.token))
            }
        }
    }

    /// Reads the response to a call.
    pub(super) fn reply(self, call: Call<'_>, response: &Response) -> Reply {
        if let 502..=504 = response.status {
            return Reply::Unavailable;
        }
        let result = match self {
            Self::Protocol(protocol) => {
                let answer = protocol.read(response);
                let member = match call {
                    Call::Invite(..) => "invitation",
                    _ => "id",
                };
                match answer.code().as_str() {
                    "success" => Ok(answer.text(member)),
                    code => Err(code.to_owned()),
                }
            }
            Self::Upcoming => match response.status {
                200 | 202 => Ok(value(response)["rsp"]["group"][0]["id"].to_string()),
                _ => Err(response.text()),
            },
            Self::Onezone => match (response.status, call) {
                (200, Call::Invite(..)) => Ok(text(&value(response)["token"])),
                (201, _) => Ok(response.header("location").to_owned()),
                (200 | 204, _) => Ok(String::new()),
                _ => Err(response.text()),
            },
        };
        assert!(response.status < 500, "{call:?}: {response:?}");
        match result {
            // `group:7` or `http://test/api/v3/onezone/user/groups/7`.
            Ok(result) => Reply::Done(result.rsplit([':', '/']).next().unwrap().to_owned()),
            Err(refusal) => Reply::Refused(refusal),
        }
    }
}

fn over_protocol(protocol: Protocol, call: Call<'_>, token: &str) -> Request {
    let group = |number: &str| json!({"authToken": token, "id": format!("group:{number}")});
    let (verb, operation, arguments) = match call {
        Call::NewGroup(name) => ("POST", "newGroup", new_group(token, name, "open")),
        Call::Invite(number, uses) => {
            let mut arguments = group(number);
            arguments["usageLimit"] = uses.into();
            ("POST", "newInvitation", arguments)
        }
        Call::Join(number) => ("POST", "joinGroup", group(number)),
        Call::JoinBy(invitation) => (
            "POST",
            "joinByInvitation",
            json!({"authToken": token, "invitation": invitation}),
        ),
        Call::Leave(number) => ("POST", "leaveGroup", group(number)),
        Call::MyGroups => ("GET", "getMyGroups", json!({"authToken": token})),
    };
    protocol.request(verb, operation, &arguments)
}

fn over_upcoming(call: Call<'_>, Credentials { token, key }: Credentials<'_>) -> Option<Request> {
    const PATH: &str = "/services/rest/";
    let rest = format!(
        "api_key={key}&token={token}&format=json",
        token = encode(token)
    );
    Some(match call {
        Call::NewGroup(name) => {
            let name = encode(name);
            form(PATH, format!("method=group.add&name={name}&{rest}"))
        }
        Call::Join(number) => form(PATH, format!("method=group.join&group_id={number}&{rest}")),
        Call::Leave(number) => form(PATH, format!("method=group.leave&group_id={number}&{rest}")),
        Call::MyGroups => get(&format!("{PATH}?method=group.getMyGroups&{rest}")),
        Call::Invite(..) | Call::JoinBy(_) => return None,
    })
}

fn over_onezone(call: Call<'_>) -> Option<Request> {
    const PREFIX: &str = "/api/v3/onezone";
    let post = |path: &str, body: Value| json_body(&format!("{PREFIX}{path}"), body.to_string());
    Some(match call {
        Call::NewGroup(name) => post("/user/groups", json!({"name": name})),
        Call::Invite(number, 1) => post(&format!("/groups/{number}/users/token"), json!({})),
        Call::JoinBy(invitation) => post("/user/groups/join", json!({"token": invitation})),
        Call::Leave(number) => ask("DELETE", &format!("{PREFIX}/user/groups/{number}")),
        Call::MyGroups => get(&format!("{PREFIX}/user/groups")),
        Call::Invite(..) | Call::Join(_) => return None,
    })
}

fn value(response: &Response) -> Value {
    serde_json::from_str(&response.text()).unwrap_or_else(|e| panic!("{e}: {response:?}"))
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value}"))
        .to_owned()
}
