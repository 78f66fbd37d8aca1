//! The table of methods: what each does, and what its page says.

pub mod auth;
pub mod group_edit;
pub mod group_get;
pub mod group_join;
pub mod group_members;
pub mod user;

use trivium_core::applications::redeem::RedeemFrob;
use trivium_core::groups::{edit::EditGroup, join::JoinGroup, leave::LeaveGroup, new::NewGroup};
use trivium_core::{Effect, Operation};
use trivium_front::dialect::ArgumentDescription;

use crate::error::Refusal;
use crate::method::{Method, Verb};

/// The frob of the example. A client replaces it by the one that the sign-in page gave.
pub const EXAMPLE_FROB: &str = "89abcdef0123456789abcdef0123456789abcdef";

const TOKEN: ArgumentDescription = ArgumentDescription::required("token", "The caller's token.");
const GROUP: ArgumentDescription =
    ArgumentDescription::required("group_id", "The number of a group.");
const NAME: &str = "The name. It is unique among the groups of one owner.";
const PROSE: &str = "A text.";
const EVENTS: &str = "0 or 1: whether a moderator approves events.";
const MEMBERS: &str = "0 or 1: whether a moderator approves members.";
const PRIVATE: &str = "0 or 1: whether users join by invitation only.";
const LEVEL: &str = "The value moderated, in any case, sets event_moderation to 1.";

const EACH_GROUP: &str = "An element group for each group.";
const EACH_USER: &str = "An element user for each user that exists.";
const WHOSE: &str = "An element token with the user that it belongs to.";

/// Every method, in an order in which all examples succeed on one demonstration. The verbs are those of
/// the original documentation: `auth.getToken` redeems a frob and is called by GET.
pub const METHODS: &[Method] = &[
    Method {
        name: "auth.getToken",
        verb: Verb::Get,
        action: RedeemFrob::DECLARATION.name,
        effect: Effect::Change,
        run: auth::get_token,
        summary: "Exchanges a frob, which the sign-in page returns, for a token. A frob is valid once, for ten minutes.",
        arguments: &[ArgumentDescription::required(
            "frob",
            "40 hexadecimal digits from the sign-in page, which users open at \
             auth/?api_key=KEY, beside rest/.",
        )],
        response: WHOSE,
        errors: &[Refusal::InvalidFrob, Refusal::QuotaExceeded],
        example: &[("frob", EXAMPLE_FROB)],
    },
    Method {
        name: "auth.checkToken",
        verb: Verb::Get,
        action: "checkToken",
        effect: Effect::Read,
        run: auth::check_token,
        summary: "Returns the user of a token.",
        arguments: &[TOKEN],
        response: WHOSE,
        errors: &[Refusal::TokenNotFound],
        example: &[],
    },
    Method {
        name: "group.getInfo",
        verb: Verb::Get,
        action: "getGroup",
        effect: Effect::Scan,
        run: group_get::info,
        summary: "Returns groups. Groups that do not exist, or are hidden from the caller, are left out.",
        arguments: &[
            ArgumentDescription::required("group_id", "Numbers, separated by commas."),
            ArgumentDescription::optional(
                "token",
                "The caller's token. Required for invitation-only groups.",
            ),
        ],
        response: EACH_GROUP,
        errors: &[
            Refusal::InvalidToken,
            Refusal::MissingGroups,
            Refusal::ResponseTooLarge,
        ],
        example: &[("group_id", "1234,1235")],
    },
    Method {
        name: "group.getMyGroups",
        verb: Verb::Get,
        action: "getMyGroups",
        effect: Effect::Scan,
        run: group_get::mine,
        summary: "Returns the groups that the caller is a member of.",
        arguments: &[TOKEN],
        response: "An element group for each group, the highest number first.",
        errors: &[
            Refusal::MissingToken,
            Refusal::InvalidToken,
            Refusal::ResponseTooLarge,
        ],
        example: &[],
    },
    Method {
        name: "group.getMembers",
        verb: Verb::Get,
        action: "getMembers",
        effect: Effect::Scan,
        run: group_members::members,
        summary: "Returns one page of the members of a group.",
        arguments: &[
            TOKEN,
            GROUP,
            ArgumentDescription::default("membersPerPage", "100", "1 to 1000."),
            ArgumentDescription::default("page", "1", "A number from 1."),
            ArgumentDescription::default("order", "username", "username or member_timestamp."),
            ArgumentDescription::default("dir", "asc", "asc or desc."),
        ],
        response: "An element user for each member.",
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
    Method {
        name: "group.add",
        verb: Verb::Post,
        action: NewGroup::DECLARATION.name,
        effect: Effect::Change,
        run: group_edit::add,
        summary: "Creates a group, which the caller owns.",
        arguments: &[
            TOKEN,
            ArgumentDescription::required("name", NAME),
            ArgumentDescription::optional("description", PROSE),
            ArgumentDescription::default("event_moderation", "0", EVENTS),
            ArgumentDescription::default("member_moderation", "0", MEMBERS),
            ArgumentDescription::default("is_private", "0", PRIVATE),
            ArgumentDescription::optional("moderation_level", LEVEL),
        ],
        response: "An element group: the new group.",
        errors: &[
            Refusal::MissingToken,
            Refusal::InvalidToken,
            Refusal::InvalidName,
            Refusal::DuplicateName,
            Refusal::Invalid("description"),
            Refusal::Invalid("event_moderation"),
            Refusal::Invalid("member_moderation"),
            Refusal::Invalid("is_private"),
            Refusal::QuotaExceeded,
        ],
        example: &[("name", "Book Club"), ("description", "A book a month.")],
    },
    Method {
        name: "group.edit",
        verb: Verb::Post,
        action: EditGroup::DECLARATION.name,
        effect: Effect::Change,
        run: group_edit::edit,
        summary: "Changes the given properties of a group. For moderators of the group.",
        arguments: &[
            TOKEN,
            GROUP,
            ArgumentDescription::optional("name", NAME),
            ArgumentDescription::optional("description", PROSE),
            ArgumentDescription::optional("event_moderation", EVENTS),
            ArgumentDescription::optional("member_moderation", MEMBERS),
            ArgumentDescription::optional("is_private", PRIVATE),
            ArgumentDescription::optional("moderation_level", LEVEL),
        ],
        response: "An element group: the group after the change.",
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
    Method {
        name: "group.join",
        verb: Verb::Post,
        action: JoinGroup::DECLARATION.name,
        effect: Effect::Change,
        run: group_join::join,
        summary: "Joins a group, or requests to join it. A private group is reported as not found.",
        arguments: &[TOKEN, GROUP],
        response: "An element group. Status 200: the caller is a member now. Status 202: a moderator \
                   decides; also if the request was made before.",
        errors: &[
            Refusal::MissingToken,
            Refusal::InvalidToken,
            Refusal::InvalidGroup,
            Refusal::AlreadyMember,
            Refusal::Banned,
            Refusal::QuotaExceeded,
        ],
        example: &[("group_id", "1234")],
    },
    Method {
        name: "group.leave",
        verb: Verb::Post,
        action: LeaveGroup::DECLARATION.name,
        effect: Effect::Change,
        run: group_join::leave,
        summary: "Ends the caller's membership. If the owner leaves, the moderator who joined first becomes the \
                  owner, or without moderators the member who joined first; without members the group is deleted.",
        arguments: &[TOKEN, GROUP],
        response: "An empty response.",
        errors: &[
            Refusal::MissingToken,
            Refusal::InvalidToken,
            Refusal::InvalidGroup,
            Refusal::NotAMember,
            Refusal::QuotaExceeded,
        ],
        example: &[("group_id", "1234")],
    },
    Method {
        name: "user.getInfo",
        verb: Verb::Get,
        action: "getUserProfile",
        effect: Effect::Read,
        run: user::by_id,
        summary: "Returns users by number.",
        arguments: &[ArgumentDescription::required(
            "user_id",
            "Numbers, separated by commas.",
        )],
        response: EACH_USER,
        errors: &[Refusal::Missing("user_id")],
        example: &[("user_id", "1,2")],
    },
    Method {
        name: "user.getInfoByUsername",
        verb: Verb::Get,
        action: "getUserProfile",
        effect: Effect::Read,
        run: user::by_username,
        summary: "Returns users by login.",
        arguments: &[ArgumentDescription::required(
            "username",
            "Logins, separated by commas.",
        )],
        response: EACH_USER,
        errors: &[Refusal::Missing("username")],
        example: &[("username", "marc")],
    },
    Method {
        name: "user.getInfoByEmail",
        verb: Verb::Get,
        action: "getUserProfile",
        effect: Effect::Read,
        run: user::by_email,
        summary: "Returns users by email address.",
        arguments: &[ArgumentDescription::required(
            "email",
            "Addresses, separated by commas.",
        )],
        response: EACH_USER,
        errors: &[Refusal::Missing("email")],
        example: &[("email", "lena@example.org")],
    },
];

/// The method of this name.
pub fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}
