//! The requests of each protocol, and the checks of their responses.

use std::cell::RefCell;
use std::rc::Rc;

use memchr::memmem::Finder;

use crate::data::{API_KEY, Pairs, Random, Scale, User, invitation};
use crate::failure::{Result, fail};
use crate::lists::List;

/// The operation that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    JoinGroup,
    GetMyGroups,
    JoinByInvitation,
    /// Of [`CHECKED`] users in as many groups.
    CheckMemberships,
    /// Nine calls of getMyGroups for one of joinGroup.
    Mixed,
}

impl Operation {
    /// Returns whether each call adds a membership.
    pub(crate) const fn is_join(self) -> bool {
        matches!(self, Self::JoinGroup | Self::JoinByInvitation)
    }

    /// Returns the name in the results.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::JoinGroup => "joinGroup",
            Self::GetMyGroups => "getMyGroups",
            Self::JoinByInvitation => "joinByInvitation",
            Self::CheckMemberships => "checkMemberships",
            Self::Mixed => "9 getMyGroups, 1 joinGroup",
        }
    }
}

/// Number of users of a call of checkMemberships, and of groups.
pub(crate) const CHECKED: u32 = 100;

/// Returns the users or groups of a call of checkMemberships: numbers from 1 to `max`, from a random one on.
pub(crate) fn checked(random: &mut Random, max: u32) -> Vec<u32> {
    let first = random.up_to(max);
    let numbers = first..first + CHECKED;
    numbers.map(|number| 1 + (number - 1) % max).collect()
}

/// The protocol of the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Protocol {
    Json,
    /// JSON without spaces, as JavaScript prints it.
    Compact,
    Xml,
    XmlRpc,
    Upcoming,
    Onezone,
}

impl Protocol {
    /// Returns the name in the results.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Json | Self::Compact => "JSON",
            Self::Xml => "XML",
            Self::XmlRpc => "XML-RPC",
            Self::Upcoming => "Upcoming",
            Self::Onezone => "Onezone",
        }
    }
}

/// The expected body of a response.
enum Expected {
    /// A body of the service, with this number of occurrences of each text.
    Contains(Vec<(Finder<'static>, usize)>),
    /// A constant body of this many bytes.
    Bytes(usize),
}

/// The users of a store, and what they can join.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) users: Rc<[User]>,
    pub(crate) scale: Scale,
    pub(crate) pairs: Rc<RefCell<Pairs>>,
}

/// An endless stream of calls of one operation over one protocol.
pub(crate) struct Calls {
    operation: Operation,
    protocol: Protocol,
    world: World,
    random: Random,
    /// The joins among the reads.
    joins: Option<Box<Calls>>,
    /// The request, if it is always the same.
    repeated: Option<Vec<u8>>,
    expected: Expected,
    body: String,
    /// The joins among the reads that were written.
    pub(crate) joined: u64,
}

impl Calls {
    /// Creates calls by random users of a store.
    pub(crate) fn new(operation: Operation, protocol: Protocol, world: &World) -> Self {
        let each = world.scale.each as usize;
        let texts: Vec<(&'static str, usize)> = match (operation, protocol) {
            // The users have more groups after each join.
            (Operation::Mixed, _) => vec![(r#""success": true"#, 1)],
            (Operation::CheckMemberships, _) => vec![
                (r#""unknown": false"#, CHECKED as usize),
                (r#""success": true"#, 1),
            ],
            (Operation::GetMyGroups, Protocol::Json) => {
                vec![(r#""joinedAt""#, each), (r#""success": true"#, 1)]
            }
            (Operation::GetMyGroups, Protocol::Compact) => {
                vec![(r#""joinedAt""#, each), (r#""success":true"#, 1)]
            }
            (Operation::GetMyGroups, Protocol::Xml) => {
                vec![("<joinedAt>", each), ("<success>true</success>", 1)]
            }
            (Operation::GetMyGroups, Protocol::XmlRpc) => {
                vec![("<name>joinedAt</name>", each), ("<boolean>1</boolean>", 1)]
            }
            (Operation::GetMyGroups, Protocol::Upcoming) => {
                vec![("<group id=", each), (r#"<rsp stat="ok""#, 1)]
            }
            (Operation::GetMyGroups, Protocol::Onezone) => {
                vec![(",", each - 1), (r#"{"groups":["#, 1)]
            }
            (_, Protocol::Json) => vec![(r#""joinState": "joined""#, 1), (r#""success": true"#, 1)],
            (_, Protocol::Compact) => {
                vec![(r#""joinState":"joined""#, 1), (r#""success":true"#, 1)]
            }
            (_, Protocol::Xml) => vec![
                ("<joinState>joined</joinState>", 1),
                ("<success>true</success>", 1),
            ],
            (_, Protocol::XmlRpc) => {
                vec![("<string>joined</string>", 1), ("<boolean>1</boolean>", 1)]
            }
            (_, Protocol::Upcoming) => vec![(r#"<rsp stat="ok""#, 1), ("<group ", 1)],
            // Status 201 with an empty body.
            (_, Protocol::Onezone) => vec![],
        };
        let texts = texts
            .into_iter()
            .map(|(text, count)| (Finder::new(text), count));
        let joins = || Box::new(Self::new(Operation::JoinGroup, protocol, world));
        Self {
            operation,
            protocol,
            world: world.clone(),
            random: Random::new(world.scale.seed, 20),
            joins: (operation == Operation::Mixed).then(joins),
            repeated: None,
            expected: Expected::Contains(texts.collect()),
            body: String::new(),
            joined: 0,
        }
    }

    /// Creates calls of a list, in JSON.
    pub(crate) fn list(list: List, world: &World) -> Self {
        Self {
            repeated: Some(list.request(world)),
            expected: Expected::Contains(vec![(Finder::new(r#""success": true"#), 1)]),
            ..Self::new(Operation::GetMyGroups, Protocol::Json, world)
        }
    }

    /// Expects a constant body of this many bytes instead.
    pub(crate) fn expecting(self, bytes: usize) -> Self {
        Self {
            expected: Expected::Bytes(bytes),
            ..self
        }
    }

    /// Writes the next request. Returns whether it is a join.
    pub(crate) fn write(&mut self, out: &mut Vec<u8>) -> Result<bool> {
        if let Some(request) = &self.repeated {
            out.extend_from_slice(request);
            return Ok(false);
        }
        if let Some(joins) = &mut self.joins
            && self.random.up_to(10) == 1
        {
            self.joined += 1;
            return joins.write(out);
        }
        let scale = self.world.scale;
        let (user, group) = match self.operation.is_join() {
            true => {
                let pair = self.world.pairs.borrow_mut().next()?;
                (pair.user, pair.group)
            }
            false => (self.random.up_to(scale.users), 0),
        };
        let Some(User { token, .. }) = self.world.users.get(user as usize - 1) else {
            return fail("user number out of range");
        };
        self.body.clear();
        const FORM: &str = "application/x-www-form-urlencoded";
        let id = format!("group:{group}");
        let secret = || invitation(scale.seed, group);
        let mut header = String::new();
        let (verb, target, media_type) = match (self.protocol, self.operation) {
            (Protocol::Json | Protocol::Compact | Protocol::Xml, operation) => {
                let format = match self.protocol {
                    Protocol::Xml => "xml",
                    _ => "json",
                };
                let target = |name: &str| format!("/api/{format}/peopleaggregator/{name}");
                match operation {
                    Operation::GetMyGroups | Operation::Mixed => {
                        ("GET", target(&format!("getMyGroups?authToken={token}")), "")
                    }
                    Operation::JoinGroup => {
                        self.body = format!("authToken={token}&id=group%3A{group}");
                        ("POST", target("joinGroup"), FORM)
                    }
                    Operation::JoinByInvitation => {
                        self.body = format!("authToken={token}&invitation={}", secret());
                        ("POST", target("joinByInvitation"), FORM)
                    }
                    Operation::CheckMemberships => {
                        let ids = |kind: &str, numbers: &[u32]| {
                            let ids = numbers.iter();
                            let ids = ids.map(|number| format!("{kind}%3A{number}"));
                            ids.collect::<Vec<_>>().join(",")
                        };
                        let users = ids("user", &checked(&mut self.random, scale.users));
                        let groups = ids("group", &checked(&mut self.random, scale.groups));
                        self.body = format!("authToken={token}&users={users}&groups={groups}");
                        ("POST", target("checkMemberships"), FORM)
                    }
                }
            }
            (Protocol::XmlRpc, operation) => {
                let secret = secret();
                let (name, argument) = match operation {
                    Operation::JoinGroup => ("joinGroup", Some(("id", &id))),
                    Operation::JoinByInvitation => {
                        ("joinByInvitation", Some(("invitation", &secret)))
                    }
                    // The others are not measured in XML-RPC.
                    _ => ("getMyGroups", None),
                };
                let members = [("authToken", token)].into_iter().chain(argument);
                self.body = method_call(name, members);
                ("POST", "/api/xmlrpc".to_owned(), "text/xml")
            }
            (Protocol::Upcoming, Operation::GetMyGroups) => {
                let arguments = format!("method=group.getMyGroups&api_key={API_KEY}&token={token}");
                ("GET", format!("/services/rest/?{arguments}"), "")
            }
            (Protocol::Upcoming, _) => {
                self.body =
                    format!("method=group.join&api_key={API_KEY}&token={token}&group_id={group}");
                ("POST", "/services/rest/".to_owned(), FORM)
            }
            (Protocol::Onezone, Operation::GetMyGroups) => {
                header = format!("X-Auth-Token: {token}\r\n");
                ("GET", "/api/v3/onezone/user/groups".to_owned(), "")
            }
            (Protocol::Onezone, _) => {
                header = format!("X-Auth-Token: {token}\r\n");
                self.body = format!(r#"{{"token":"{}"}}"#, secret());
                let target = "/api/v3/onezone/user/groups/join".to_owned();
                ("POST", target, "application/json")
            }
        };
        let head = format!("{verb} {target} HTTP/1.1\r\nHost: trivium\r\n{header}");
        out.extend_from_slice(head.as_bytes());
        if !self.body.is_empty() {
            let length = self.body.len();
            let head = format!("Content-Type: {media_type}\r\nContent-Length: {length}\r\n");
            out.extend_from_slice(head.as_bytes());
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(self.body.as_bytes());
        Ok(self.operation.is_join())
    }

    /// Returns whether this body is as expected.
    pub(crate) fn is_correct(&self, body: &[u8]) -> bool {
        match &self.expected {
            Expected::Bytes(bytes) => body.len() == *bytes,
            Expected::Contains(texts) => texts
                .iter()
                .all(|(text, count)| text.find_iter(body).count() == *count),
        }
    }
}

/// Returns a methodCall in the layout of Python's xmlrpc.client.
fn method_call<'a>(name: &str, members: impl Iterator<Item = (&'a str, &'a String)>) -> String {
    let mut call = format!(
        "<?xml version='1.0'?>\n<methodCall>\n<methodName>peopleaggregator.{name}</methodName>\n\
         <params>\n<param>\n<value><struct>\n"
    );
    for (name, value) in members {
        call.push_str(&format!(
            "<member>\n<name>{name}</name>\n<value><string>{value}</string></value>\n</member>\n"
        ));
    }
    call.push_str("</struct></value>\n</param>\n</params>\n</methodCall>\n");
    call
}
