//! The methods of the Upcoming dialect, in the order in which their examples work on one
//! demonstration.

use trivium_core::Error;
use trivium_core::demonstration::{KEY, MEMBER};
use trivium_upcoming::error::{Refusal, status};
use trivium_upcoming::methods::{Verb, find};

use super::{Argument, Method, Need, Refused, default, optional, required};
use crate::examples::{Given, Request};

/// What a page says of a method.
struct Row {
    name: &'static str,
    says: &'static str,
    arguments: &'static [Argument],
    answer: &'static str,
    errors: &'static [Refusal],
    /// What the example gives beside method, key and token.
    example: &'static [(&'static str, &'static str)],
}

/// The frob of the example: in its place stands what the sign-in page gave.
pub const FROB: &str = "89abcdef0123456789abcdef0123456789abcdef";

const TOKEN: Argument = required("token", "Who calls: any token of the service.");
const GROUP: Argument = required("group_id", "A number.");
const NAME: &str = "The name, unique among the groups of its owner.";
const PROSE: &str = "Some text.";
const EVENTS: &str = "0 or 1: whether events wait for a moderator.";
const MEMBERS: &str = "0 or 1: whether members wait for a moderator.";
const PRIVATE: &str = "0 or 1: whether the group is joined by invitation only.";
const LEVEL: &str = "moderated, in any case, is event_moderation 1.";

const EACH_GROUP: &str = "An element group for each.";
const EACH_USER: &str = "An element user for each. Those that there are not, are left out.";
const WHOSE: &str = "An element token, with whose it is.";

/// What those methods refuse that know who calls.
const CALLER: [Refusal; 2] = [Refusal::MissingToken, Refusal::InvalidToken];

const ROWS: &[Row] = &[
    Row {
        name: "auth.getToken",
        says: "Changes a frob, which the sign-in page gives, for a token: once, within ten minutes.",
        arguments: &[required(
            "frob",
            "40 hexadecimal digits, as the sign-in page gave them, which people open at \
             auth/?api_key=KEY, beside rest/.",
        )],
        answer: WHOSE,
        errors: &[Refusal::InvalidFrob],
        example: &[("frob", FROB)],
    },
    Row {
        name: "auth.checkToken",
        says: "Tells whose token it is.",
        arguments: &[TOKEN],
        answer: WHOSE,
        errors: &[Refusal::TokenNotFound],
        example: &[],
    },
    Row {
        name: "group.getInfo",
        says: "Shows groups. Those that there are not, for who calls, are left out.",
        arguments: &[
            required("group_id", "Numbers, with commas between them."),
            optional("token", "Who calls, for groups by invitation."),
        ],
        answer: EACH_GROUP,
        errors: &[Refusal::InvalidToken, Refusal::MissingGroups],
        example: &[("group_id", "1234,1235")],
    },
    Row {
        name: "group.getMyGroups",
        says: "Shows the groups that who calls is a member of.",
        arguments: &[TOKEN],
        answer: "An element group for each, the highest number first.",
        errors: &CALLER,
        example: &[],
    },
    Row {
        name: "group.getMembers",
        says: "Shows the members of a group, a page of them.",
        arguments: &[
            TOKEN,
            GROUP,
            default("membersPerPage", "100", "1 to 1000."),
            default("page", "1", "A number from 1."),
            default("order", "username", "username or member_timestamp."),
            default("dir", "asc", "asc or desc."),
        ],
        answer: "An element user for each.",
        errors: &[
            Refusal::MissingToken,
            Refusal::InvalidToken,
            Refusal::InvalidGroup,
            Refusal::PrivateGroup,
            Refusal::Invalid("membersPerPage"),
            Refusal::Invalid("page"),
            Refusal::Invalid("order"),
            Refusal::Invalid("dir"),
        ],
        example: &[("group_id", "1234")],
    },
    Row {
        name: "group.add",
        says: "Makes a group, which who calls owns.",
        arguments: &[
            TOKEN,
            required("name", NAME),
            optional("description", PROSE),
            default("event_moderation", "0", EVENTS),
            default("member_moderation", "0", MEMBERS),
            default("is_private", "0", PRIVATE),
            optional("moderation_level", LEVEL),
        ],
        answer: "The element group of the new one.",
        errors: &[
            Refusal::MissingToken,
            Refusal::InvalidToken,
            Refusal::InvalidName,
            Refusal::DuplicateName,
            Refusal::Invalid("description"),
            Refusal::Invalid("event_moderation"),
            Refusal::Invalid("member_moderation"),
            Refusal::Invalid("is_private"),
        ],
        example: &[("name", "Book Club"), ("description", "A book a month.")],
    },
    Row {
        name: "group.edit",
        says: "Changes a group. What is not given stays as it is. For its moderators.",
        arguments: &[
            TOKEN,
            GROUP,
            optional("name", NAME),
            optional("description", PROSE),
            optional("event_moderation", EVENTS),
            optional("member_moderation", MEMBERS),
            optional("is_private", PRIVATE),
            optional("moderation_level", LEVEL),
        ],
        answer: "The element group, as it is now.",
        errors: &[
            Refusal::MissingToken,
            Refusal::InvalidToken,
            Refusal::MissingGroup,
            Refusal::InvalidName,
            Refusal::DuplicateName,
            Refusal::Invalid("description"),
            Refusal::Invalid("event_moderation"),
            Refusal::Invalid("member_moderation"),
            Refusal::Invalid("is_private"),
        ],
        example: &[("group_id", "2084"), ("member_moderation", "1")],
    },
    Row {
        name: "group.join",
        says: "Joins a group, or asks to. A private group is not disclosed: there is none.",
        arguments: &[TOKEN, GROUP],
        answer: "The element group: with status 200 when joined; with 202 when a moderator \
                 decides, also when asked before.",
        errors: &[
            Refusal::MissingToken,
            Refusal::InvalidToken,
            Refusal::InvalidGroup,
            Refusal::AlreadyMember,
            Refusal::Banned,
        ],
        example: &[("group_id", "1234")],
    },
    Row {
        name: "group.leave",
        says: "Ends a membership. When the owner leaves, the moderator who joined first owns the \
               group, or else the member who did; with its last member the group is deleted.",
        arguments: &[TOKEN, GROUP],
        answer: "Nothing.",
        errors: &[
            Refusal::MissingToken,
            Refusal::InvalidToken,
            Refusal::InvalidGroup,
            Refusal::NotAMember,
        ],
        example: &[("group_id", "1234")],
    },
    Row {
        name: "user.getInfo",
        says: "Shows people, by their numbers.",
        arguments: &[required("user_id", "Numbers, with commas between them.")],
        answer: EACH_USER,
        errors: &[Refusal::Missing("user_id")],
        example: &[("user_id", "1,2")],
    },
    Row {
        name: "user.getInfoByUsername",
        says: "Shows people, by their logins.",
        arguments: &[required("username", "Logins, with commas between them.")],
        answer: EACH_USER,
        errors: &[Refusal::Missing("username")],
        example: &[("username", "marc")],
    },
    Row {
        name: "user.getInfoByEmail",
        says: "Shows people, by their email addresses.",
        arguments: &[required("email", "Addresses, with commas between them.")],
        answer: EACH_USER,
        errors: &[Refusal::Missing("email")],
        example: &[("email", "nina@example.org")],
    },
];

/// What every method takes.
const EVERY: [Argument; 2] = [
    required("method", "The name of the method."),
    required(
        "api_key",
        "The application that calls: 10 letters and digits.",
    ),
];
const FORMAT: [Argument; 2] = [
    default("format", "xml", "xml or json."),
    optional(
        "callback",
        "The function to which JSONP gives its answer; with format=json.",
    ),
];

/// The methods.
pub(super) fn all() -> Vec<Method> {
    ROWS.iter().map(method).collect()
}

/// What any method may answer.
pub(super) fn common() -> Vec<Refused> {
    [
        Refusal::MethodNotFound,
        Refusal::WrongVerb,
        Refusal::InvalidCallback,
        Refusal::Invalid("format"),
    ]
    .map(|refusal| refused("", refusal))
    .into()
}

fn method(row: &Row) -> Method {
    let verb = find(row.name).map_or(Verb::Get, |method| method.verb);
    let signed = row
        .arguments
        .iter()
        .any(|argument| argument.name == "token" && argument.need == Need::Required);
    let token = signed.then_some(("token", MEMBER.2));
    let given = [("method", row.name), ("api_key", KEY)]
        .into_iter()
        .chain(token)
        .chain(row.example.iter().copied());
    let path = "/rest/";
    let verb = match verb {
        Verb::Get => "GET",
        Verb::Post => "POST",
    };
    let keys = [Refusal::MissingKey, Refusal::InvalidKey];
    Method {
        name: format!("upcoming.{}", row.name),
        verb,
        path,
        says: row.says,
        arguments: [&EVERY, row.arguments, &FORMAT].concat(),
        answer: row.answer,
        errors: keys
            .iter()
            .chain(row.errors)
            .map(|refusal| refused(row.name, *refusal))
            .collect(),
        example: Request {
            method: verb,
            path: path.to_owned(),
            given: Given::Arguments(given.collect()),
        },
    }
}

fn refused(method: &str, refusal: Refusal) -> Refused {
    let error = Error::from(refusal);
    Refused {
        status: status(
            &error,
            find(method).is_some_and(|method| method.verb == Verb::Get),
        ),
        id: String::new(),
        words: error.message().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use trivium_upcoming::methods::METHODS;

    use super::*;

    #[test]
    fn every_method_has_its_page() {
        let mut pages: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
        let mut methods: Vec<&str> = METHODS.iter().map(|method| method.name).collect();
        pages.sort_unstable();
        methods.sort_unstable();
        assert_eq!(pages, methods);
    }
}
