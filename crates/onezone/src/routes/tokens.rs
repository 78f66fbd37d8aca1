//! The calls about named tokens.

use serde_json::json;
use trivium_core::Operation;
use trivium_core::accounts::get_tokens::GetTokens;
use trivium_core::invitations::new::NewInvitation;
use trivium_core::invitations::revoke::RevokeInvitation;
use trivium_core::invitations::verify::VerifyInvitation;
use trivium_core::named_tokens::edit::EditNamedToken;
use trivium_core::named_tokens::examine::ExamineToken;
use trivium_core::types::DateTime;
use trivium_front::dialect::ArgumentDescription;

use super::{by_marc, by_phil, hidden, names};
use crate::call::Route;
use crate::calls::tokens;
use crate::error::Refusal;

const TOKEN_ID: ArgumentDescription =
    ArgumentDescription::required("token", "In the path: the ID of a token.");
const TOKEN_NAME: ArgumentDescription =
    ArgumentDescription::required("name", "In the path: the name of a token.");
const SELF: ArgumentDescription =
    ArgumentDescription::required("user", "In the path: the number of the caller.");
const SECRET: ArgumentDescription = ArgumentDescription::required(
    "token",
    "A token, at most 2048 characters. Unknown ones are limited as for POST /user/groups/join.",
);
const CUSTOM: ArgumentDescription = ArgumentDescription::optional(
    "customMetadata",
    "An object that is stored beside the token, at most 16 KiB.",
);
const NAME: ArgumentDescription = ArgumentDescription::required(
    "name",
    "As for POST /user/groups. A user has one token of each name.",
);
const TYPE: ArgumentDescription = ArgumentDescription::default(
    "type",
    r#"{"accessToken": {}}"#,
    r#"This, or {"inviteToken": {"inviteType": "userJoinGroup", "groupId": "ID"}}."#,
);
const USAGE_LIMIT: ArgumentDescription = ArgumentDescription::default(
    "usageLimit",
    "infinity",
    "Of an invitation: how many users can join with it, a number, digits, or \"infinity\".",
);
const CAVEATS: ArgumentDescription = ArgumentDescription::optional(
    "caveats",
    r#"[{"type": "time", "validUntil": SECONDS}]: its expiry, in Unix seconds. An access token without one expires after ten years."#,
);
const PRIVILEGES: ArgumentDescription =
    ArgumentDescription::optional("privileges", r#"Of an invitation: ["group_view"]."#);
const TOKENS: &str = "200, and the IDs of the tokens.";
const TOKEN: &str = "200, and the token, without its secret.";
const TOKEN_MADE: &str = "201, the ID and the secret of the token; Location is its address.";

pub(super) const ROUTES: &[Route] = &[
    Route {
        name: "user-tokens-named",
        method: "POST",
        path: "/user/tokens/named",
        action: NewInvitation::DECLARATION.name,
        effect: NewInvitation::DECLARATION.effect,
        locks_account: false,
        run: tokens::create,
        summary: "Creates an access token of the caller, or an invitation to a group that the caller moderates.",
        arguments: &[NAME, TYPE, USAGE_LIMIT, CAVEATS, PRIVILEGES, CUSTOM],
        response: TOKEN_MADE,
        errors: naming,
        example: by_phil(
            "/user/tokens/named",
            r#"{"name": "Spring", "type": {"inviteToken": {"inviteType": "userJoinGroup", "groupId": "1236"}}, "usageLimit": 5}"#,
        ),
    },
    Route {
        name: "users-tokens-named",
        method: "POST",
        path: "/users/{user}/tokens/named",
        action: NewInvitation::DECLARATION.name,
        effect: NewInvitation::DECLARATION.effect,
        locks_account: false,
        run: tokens::create,
        summary: "The same as POST /user/tokens/named. The user is the caller.",
        arguments: &[SELF, NAME, TYPE, USAGE_LIMIT, CAVEATS, PRIVILEGES, CUSTOM],
        response: TOKEN_MADE,
        errors: naming,
        example: by_phil("/users/2/tokens/named", r#"{"name": "Laptop"}"#),
    },
    Route {
        name: "user-tokens-named-list",
        method: "GET",
        path: "/user/tokens/named",
        action: GetTokens::DECLARATION.name,
        effect: GetTokens::DECLARATION.effect,
        locks_account: false,
        run: tokens::list,
        summary: "Lists the caller's access tokens and invitations that have a name.",
        arguments: &[],
        response: TOKENS,
        errors: Vec::new,
        example: by_phil("/user/tokens/named", ""),
    },
    Route {
        name: "users-tokens-named-list",
        method: "GET",
        path: "/users/{user}/tokens/named",
        action: GetTokens::DECLARATION.name,
        effect: GetTokens::DECLARATION.effect,
        locks_account: false,
        run: tokens::list,
        summary: "The same as GET /user/tokens/named. The user is the caller.",
        arguments: &[SELF],
        response: TOKENS,
        errors: || vec![Refusal::Forbidden],
        example: by_phil("/users/2/tokens/named", ""),
    },
    Route {
        name: "user-tokens-named-name",
        method: "GET",
        path: "/user/tokens/named/name/{name}",
        action: GetTokens::DECLARATION.name,
        effect: GetTokens::DECLARATION.effect,
        locks_account: false,
        run: tokens::show_by_name,
        summary: "Shows a token of the caller by its name.",
        arguments: &[TOKEN_NAME],
        response: TOKEN,
        errors: || vec![Refusal::NotFound],
        example: by_phil("/user/tokens/named/name/Spring", ""),
    },
    Route {
        name: "users-tokens-named-name",
        method: "GET",
        path: "/users/{user}/tokens/named/name/{name}",
        action: GetTokens::DECLARATION.name,
        effect: GetTokens::DECLARATION.effect,
        locks_account: false,
        run: tokens::show_by_name,
        summary: "The same as GET /user/tokens/named/name/{name}. The user is the caller.",
        arguments: &[SELF, TOKEN_NAME],
        response: TOKEN,
        errors: hidden,
        example: by_phil("/users/2/tokens/named/name/Laptop", ""),
    },
    Route {
        name: "tokens-named-get",
        method: "GET",
        path: "/tokens/named/{token}",
        action: GetTokens::DECLARATION.name,
        effect: GetTokens::DECLARATION.effect,
        locks_account: false,
        run: tokens::show,
        summary: "Shows a token of the caller that has a name.",
        arguments: &[TOKEN_ID],
        response: TOKEN,
        errors: hidden,
        example: by_phil("/tokens/named/3", ""),
    },
    Route {
        name: "tokens-named-status",
        method: "GET",
        path: "/tokens/named/{token}/status",
        action: GetTokens::DECLARATION.name,
        effect: GetTokens::DECLARATION.effect,
        locks_account: false,
        run: tokens::status,
        summary: "Shows whether a token of the caller was revoked.",
        arguments: &[TOKEN_ID],
        response: "200, and true or false.",
        errors: hidden,
        example: by_phil("/tokens/named/3/status", ""),
    },
    Route {
        name: "tokens-named-edit",
        method: "PATCH",
        path: "/tokens/named/{token}",
        action: EditNamedToken::DECLARATION.name,
        effect: EditNamedToken::DECLARATION.effect,
        locks_account: true,
        run: tokens::edit,
        summary: "Changes a token of the caller, of which at least one part is given.",
        arguments: &[
            TOKEN_ID,
            ArgumentDescription::optional("name", "As for POST /user/tokens/named."),
            ArgumentDescription::optional(
                "revoked",
                "true revokes the token, false lifts a revocation. An invitation belongs to its group, of which the caller is \
                 still a moderator.",
            ),
            CUSTOM,
        ],
        response: "204 without a body.",
        errors: || {
            [
                vec![
                    Refusal::MissingAtLeastOneValue(&tokens::EDITABLE),
                    Refusal::BadValueString("name"),
                    Refusal::BadValueName,
                    Refusal::BadValueBoolean("revoked"),
                    Refusal::BadValueJson("customMetadata"),
                    Refusal::BadValueIdentifierOccupied("name"),
                ],
                hidden(),
            ]
            .concat()
        },
        example: by_phil(
            "/tokens/named/3",
            r#"{"name": "Summer", "customMetadata": {"printed": true}}"#,
        ),
    },
    Route {
        name: "tokens-examine",
        method: "POST",
        path: "/tokens/examine",
        action: ExamineToken::DECLARATION.name,
        effect: ExamineToken::DECLARATION.effect,
        locks_account: false,
        run: tokens::examine,
        summary: "Describes a token to whoever has it, whether or not it is still valid. For everybody.",
        arguments: &[SECRET],
        response: "200, and the token.",
        errors: secrets,
        example: by_marc(
            "/tokens/examine",
            r#"{"token": "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"}"#,
        ),
    },
    Route {
        name: "tokens-verify-invite",
        method: "POST",
        path: "/tokens/verify_invite_token",
        action: VerifyInvitation::DECLARATION.name,
        effect: VerifyInvitation::DECLARATION.effect,
        locks_account: false,
        run: tokens::verify,
        summary: "Checks an invitation for whoever received it. Neither its usage limit nor its group nor the rights of its \
                  issuer are checked. For everybody.",
        arguments: &[
            SECRET,
            ArgumentDescription::optional("expectedInviteType", "userJoinGroup."),
            ArgumentDescription::optional("peerIp", "Ignored: no invitation depends on it."),
            ArgumentDescription::optional("consumerToken", "Ignored: no invitation depends on it."),
        ],
        response: "200, the issuer, and the seconds until it expires, or null.",
        errors: || {
            [
                secrets(),
                vec![
                    Refusal::BadValueInviteType("expectedInviteType"),
                    Refusal::NotAnInviteToken("any"),
                    Refusal::TokenRevoked,
                    Refusal::TokenInvalid,
                    Refusal::TokenExpired(DateTime(1_155_303_524)),
                    Refusal::TokenSubjectInvalid,
                    Refusal::UserBlocked,
                ],
            ]
            .concat()
        },
        example: by_marc(
            "/tokens/verify_invite_token",
            r#"{"token": "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"}"#,
        ),
    },
    Route {
        name: "tokens-named-revoke",
        method: "DELETE",
        path: "/tokens/named/{token}",
        action: RevokeInvitation::DECLARATION.name,
        effect: RevokeInvitation::DECLARATION.effect,
        locks_account: true,
        run: tokens::revoke,
        summary: "Revokes an access token of the caller, or an invitation to a group that the caller moderates.",
        arguments: &[TOKEN_ID],
        response: "204 without a body.",
        errors: hidden,
        example: by_phil("/tokens/named/3", ""),
    },
];

/// The errors about a secret in the body.
pub(super) fn secrets() -> Vec<Refusal> {
    let token = |reason| Refusal::BadValueToken("token", Box::new(reason));
    vec![
        Refusal::MissingRequiredValue("token"),
        Refusal::BadValueEmpty("token"),
        token(Refusal::BadToken),
        token(Refusal::TokenTooLarge),
    ]
}

fn naming() -> Vec<Refusal> {
    let own = vec![
        Refusal::BadValueIdentifierOccupied("name"),
        Refusal::BadValueTokenType("type"),
        Refusal::BadValueInteger("usageLimit"),
        Refusal::BadValueTooLow("usageLimit", 1),
        Refusal::BadValueJson("caveats"),
        Refusal::BadValueCaveat(json!({"type": "interface", "interface": "rest"})),
        Refusal::BadValueListNotAllowed("privileges", vec![tokens::INVITED]),
        Refusal::BadValueJson("customMetadata"),
        Refusal::InviteTokenTargetIdInvalid("1236".to_owned()),
        Refusal::InviteTokenSubjectNotAuthorized,
        Refusal::Forbidden,
    ];
    [names(), own].concat()
}
