//! The requests of each protocol, and the checks of their responses.

use std::cell::RefCell;
use std::rc::Rc;

use memchr::memmem::Finder;

use crate::data::{API_KEY, GROUPS_EACH, Pairs, Random, Scale, User, invitation};
use crate::failure::{Result, fail};

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
    Xml,
    XmlRpc,
    Upcoming,
    Onezone,
}

/// The expected body of a response.
enum Expected {
    /// A body of the service, with this number of occurrences of each text.
    Contains(Vec<(Finder<'static>, usize)>),
    /// A constant body of this many bytes.
    Bytes(usize),
}

/// An endless stream of calls of one operation over one protocol.
pub(crate) struct Calls {
    operation: Operation,
    protocol: Protocol,
    users: Rc<[User]>,
    scale: Scale,
    random: Random,
    pairs: Option<Rc<RefCell<Pairs>>>,
    /// The joins among the reads.
    joins: Option<Box<Calls>>,
    expected: Expected,
    body: String,
    /// The joins among the reads that were written.
    pub(crate) joined: u64,
}

impl Calls {
    /// Creates calls of `joinGroup` or `joinByInvitation`, one for each pair.
    pub(crate) fn joins(
        operation: Operation,
        protocol: Protocol,
        users: Rc<[User]>,
        scale: Scale,
        pairs: Rc<RefCell<Pairs>>,
    ) -> Self {
        let expected: &[&str] = match protocol {
            Protocol::Json => &[r#""joinState": "joined""#, r#""success": true"#],
            Protocol::Xml => &["<joinState>joined</joinState>", "<success>true</success>"],
            Protocol::XmlRpc => &["<string>joined</string>", "<boolean>1</boolean>"],
            Protocol::Upcoming => &[r#"<rsp stat="ok""#, "<group "],
            // Status 201 with an empty body.
            Protocol::Onezone => &[],
        };
        Self {
            operation,
            pairs: Some(pairs),
            expected: Expected::Contains(
                expected.iter().map(|text| (Finder::new(text), 1)).collect(),
            ),
            ..Self::my_groups(protocol, users, scale)
        }
    }

    /// Creates calls of `getMyGroups` by random users.
    pub(crate) fn my_groups(protocol: Protocol, users: Rc<[User]>, scale: Scale) -> Self {
        let expected = match protocol {
            Protocol::Json => [(r#""joinedAt""#, GROUPS_EACH), (r#""success": true"#, 1)],
            Protocol::Xml => [("<joinedAt>", GROUPS_EACH), ("<success>true</success>", 1)],
            Protocol::XmlRpc => [
                ("<name>joinedAt</name>", GROUPS_EACH),
                ("<boolean>1</boolean>", 1),
            ],
            Protocol::Upcoming => [("<group id=", GROUPS_EACH), (r#"<rsp stat="ok""#, 1)],
            Protocol::Onezone => [(",", GROUPS_EACH - 1), (r#"{"groups":["#, 1)],
        };
        Self {
            operation: Operation::GetMyGroups,
            protocol,
            users,
            scale,
            random: Random::new(scale.seed, 20),
            pairs: None,
            joins: None,
            expected: Expected::Contains(
                expected
                    .map(|(text, count)| (Finder::new(text), count))
                    .into(),
            ),
            body: String::new(),
            joined: 0,
        }
    }

    /// Creates calls of `checkMemberships` by random users, in JSON.
    pub(crate) fn checks(users: Rc<[User]>, scale: Scale) -> Self {
        let expected = [
            (Finder::new(r#""unknown": false"#), CHECKED as usize),
            (Finder::new(r#""success": true"#), 1),
        ];
        Self {
            operation: Operation::CheckMemberships,
            expected: Expected::Contains(expected.into()),
            ..Self::my_groups(Protocol::Json, users, scale)
        }
    }

    /// Creates calls of `getMyGroups` with one of `joinGroup` for nine of them, in JSON.
    pub(crate) fn mixed(users: Rc<[User]>, scale: Scale, pairs: Rc<RefCell<Pairs>>) -> Self {
        let joins = Self::joins(
            Operation::JoinGroup,
            Protocol::Json,
            Rc::clone(&users),
            scale,
            pairs,
        );
        Self {
            joins: Some(Box::new(joins)),
            // The users have more groups after each join.
            expected: Expected::Contains(vec![(Finder::new(r#""success": true"#), 1)]),
            ..Self::my_groups(Protocol::Json, users, scale)
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
        if let Some(joins) = &mut self.joins
            && self.random.up_to(10) == 1
        {
            self.joined += 1;
            return joins.write(out);
        }
        let (user, group) = match &self.pairs {
            Some(pairs) => {
                let pair = pairs.borrow_mut().next()?;
                (pair.user, pair.group)
            }
            None => (self.random.up_to(self.scale.users), 0),
        };
        let Some(User { token, .. }) = self.users.get(user as usize - 1) else {
            return fail("user number out of range");
        };
        self.body.clear();
        const FORM: &str = "application/x-www-form-urlencoded";
        let id = format!("group:{group}");
        let secret = || invitation(self.scale.seed, group);
        let mut header = String::new();
        let (verb, target, media_type) = match (self.protocol, self.operation) {
            (Protocol::Json | Protocol::Xml, operation) => {
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
                        let users = ids("user", &checked(&mut self.random, self.scale.users));
                        let groups = ids("group", &checked(&mut self.random, self.scale.groups));
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
        Ok(self.pairs.is_some())
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
