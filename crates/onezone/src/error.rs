//! Onezone's errors, and the one table from core's codes to them.

use serde_json::{Value, json};
use trivium_core::types::{DateTime, GroupRef, UserRef};
use trivium_core::{Error, ErrorDetail, codes};
use trivium_rpc::Category;

/// The maximum number of characters of a token.
pub(crate) const MAX_TOKEN_LENGTH: usize = 2_048;

/// The type of an invitation of a user to a group, in Onezone.
pub(crate) const INVITE_TYPE: &str = "userJoinGroup";

/// An error of Onezone.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// Nothing exists at this address, or it is not disclosed to the caller.
    NotFound,
    /// The address has no call of this HTTP method; these methods are allowed.
    MethodNotAllowed(String),
    /// The request has no credentials.
    Unauthorized,
    /// The credentials are invalid, for this reason.
    Unauthenticated(Box<Self>),
    /// The login or the password is wrong.
    BadBasicCredentials,
    /// The caller may not do this.
    Forbidden,
    /// The client does not accept JSON.
    NotAcceptable,
    /// The body is not declared as JSON.
    UnsupportedMediaType,
    /// The body is not a JSON object.
    MalformedData,
    /// The body exceeds a limit.
    RequestTooLarge,
    /// A value is missing.
    MissingRequiredValue(&'static str),
    /// None of these values is there.
    MissingAtLeastOneValue(&'static [&'static str]),
    /// A string is empty.
    BadValueEmpty(&'static str),
    /// A value is not a string.
    BadValueString(&'static str),
    /// A value is not an integer.
    BadValueInteger(&'static str),
    /// A number is below this limit.
    BadValueTooLow(&'static str, i64),
    /// A number is above this limit.
    BadValueTooHigh(&'static str, i64),
    /// A value is not an object, or not a list of them.
    BadValueJson(&'static str),
    /// A value is not one of these.
    BadValueNotAllowed(&'static str, Vec<&'static str>),
    /// A name is malformed.
    BadValueName,
    /// A value is neither true nor false.
    BadValueBoolean(&'static str),
    /// A list has other values than these.
    BadValueListNotAllowed(&'static str, Vec<&'static str>),
    /// The type of a token is malformed or unknown.
    BadValueTokenType(&'static str),
    /// The type of an invitation is malformed or unknown.
    BadValueInviteType(&'static str),
    /// A token cannot have this restriction.
    BadValueCaveat(Value),
    /// A value that must be unique is already in use.
    BadValueIdentifierOccupied(&'static str),
    /// A token is invalid, for this reason.
    BadValueToken(&'static str, Box<Self>),
    /// A token is malformed.
    BadToken,
    /// A token is too long.
    TokenTooLarge,
    /// An access token was presented as an invitation, of this type or "any".
    NotAnInviteToken(&'static str),
    /// A token is unknown.
    TokenInvalid,
    /// A token was revoked.
    TokenRevoked,
    /// A token expired at this time.
    TokenExpired(DateTime),
    /// An invitation has reached its usage limit.
    InviteTokenUsageLimitReached,
    /// The issuer of an invitation may no longer invite.
    InviteTokenSubjectNotAuthorized,
    /// The issuer of an invitation was deleted.
    TokenSubjectInvalid,
    /// The issuer of an invitation was disabled.
    UserBlocked,
    /// The group of an invitation was deleted.
    InviteTokenTargetIdInvalid(String),
    /// The user is already a member.
    RelationAlreadyExists(UserRef, GroupRef),
    /// A rate limit was exceeded.
    TooManyRequests,
    /// The service is temporarily unavailable.
    TemporaryFailure,
    /// An unexpected error; the cause is in the log.
    InternalServerError,
}

impl From<Refusal> for Error {
    /// The error with which a call fails, so that nothing of it remains. Only the refusal is shown.
    fn from(refusal: Refusal) -> Self {
        Self::from(codes::VALIDATION_INVALID_VALUE).with_detail(refusal)
    }
}

impl From<&Error> for Refusal {
    /// The refusal of this dialect, or else the table: the codes that Onezone names differently, then the
    /// category.
    fn from(error: &Error) -> Self {
        use ErrorDetail as Detail;
        if let Some(refusal) = error.detail::<Self>() {
            return refusal.clone();
        }
        let bad_token = |error| Self::BadValueToken("token", Box::new(error));
        match (error.code(), error.detail()) {
            (codes::USER_TOKEN_INVALID, Some(Detail::TokenRevoked)) => {
                Self::unauthenticated(Self::TokenRevoked)
            }
            (codes::USER_TOKEN_INVALID | codes::USER_TOKEN_EXPIRED, _) => {
                Self::unauthenticated(Self::TokenInvalid)
            }
            (codes::LOGIN_UNKNOWN | codes::USER_INVALID_PASSWORD, _) => {
                Self::unauthenticated(Self::BadBasicCredentials)
            }
            (codes::OWNER_CANNOT_LEAVE | codes::OWNER_PROTECTED | codes::QUOTA_EXCEEDED, _) => {
                Self::Forbidden
            }
            (codes::CONTENT_NOT_FOUND, Some(Detail::Target(group))) => {
                Self::InviteTokenTargetIdInvalid(group.0.to_string())
            }
            (codes::NOT_A_MEMBER | codes::NOT_BANNED, _) => Self::NotFound,
            (codes::INVITATION_INVALID, Some(Detail::NotAnInvitation)) => bad_token(Self::BadToken),
            (codes::INVITATION_INVALID, Some(Detail::AccessToken)) => {
                bad_token(Self::NotAnInviteToken(INVITE_TYPE))
            }
            (codes::INVITATION_EXPIRED, Some(Detail::ExpiredAt(end))) => Self::TokenExpired(*end),
            (codes::INVITATION_INVALID | codes::INVITATION_EXPIRED, _) => Self::TokenInvalid,
            (codes::INVITATION_REVOKED, _) => Self::TokenRevoked,
            (codes::INVITATION_USED_UP, _) => Self::InviteTokenUsageLimitReached,
            (codes::INVITATION_ISSUER_INVALID, Some(Detail::IssuerDeleted)) => {
                Self::TokenSubjectInvalid
            }
            (codes::INVITATION_ISSUER_INVALID, Some(Detail::IssuerDisabled)) => Self::UserBlocked,
            (codes::INVITATION_ISSUER_INVALID, _) => Self::InviteTokenSubjectNotAuthorized,
            (codes::ALREADY_MEMBER, Some(Detail::Membership(user, group))) => {
                Self::RelationAlreadyExists(*user, *group)
            }
            (_, Some(Detail::NameTaken)) => Self::BadValueIdentifierOccupied("name"),
            (codes::GROUP_PARAMETER_ERROR, _) => Self::BadValueName,
            (codes::CONTENT_COLLECTION_TITLE_ALREADY_EXIST, _) => {
                Self::BadValueIdentifierOccupied("name")
            }
            (codes::MALFORMED_BODY | codes::VALIDATION_DUPLICATE_KEY, _) => Self::MalformedData,
            (code, _) => match code.category {
                Category::Denied => Self::Forbidden,
                Category::NotFound => Self::NotFound,
                Category::TooLarge | Category::Unprocessable => Self::RequestTooLarge,
                Category::Media => Self::UnsupportedMediaType,
                Category::Limited => Self::TooManyRequests,
                Category::Unavailable => Self::TemporaryFailure,
                // No call of this dialect fails with the remaining codes.
                _ => Self::InternalServerError,
            },
        }
    }
}

impl Refusal {
    /// The error of invalid credentials, with the reason.
    pub(crate) fn unauthenticated(reason: Self) -> Self {
        Self::Unauthenticated(Box::new(reason))
    }

    /// The row of this error: HTTP status, ID and details for programs, description for people.
    pub fn row(&self) -> Row {
        let row = |status, id, details, description: &str| Row {
            status,
            id,
            details,
            description: description.to_owned(),
        };
        let plain = |status, id, description| row(status, id, None, description);
        let about_key = |id, key: &str, fault: &str| {
            let description = format!("Bad value: provided \"{key}\" {fault}.");
            row(400, id, Some(json!({"key": key})), &description)
        };
        match self {
            Self::NotFound => plain(404, "notFound", "The resource could not be found."),
            Self::MethodNotAllowed(allow) => {
                let description =
                    format!("This method is not allowed here. Allowed methods: {allow}.");
                plain(405, "methodNotAllowed", &description)
            }
            Self::Unauthorized => plain(
                401,
                "unauthorized",
                "You must authenticate yourself to perform this operation.",
            ),
            Self::Unauthenticated(reason) => row(
                401,
                "unauthorized",
                Some(json!({"authError": reason.json()})),
                "Provided authentication is not valid (see details).",
            ),
            Self::BadBasicCredentials => {
                plain(401, "badBasicCredentials", "Invalid username or password.")
            }
            Self::Forbidden => plain(
                403,
                "forbidden",
                "You are not authorized to perform this operation.",
            ),
            Self::NotAcceptable => plain(
                406,
                "notAcceptable",
                "Responses are application/json, which the header Accept excludes.",
            ),
            Self::UnsupportedMediaType => plain(
                415,
                "unsupportedMediaType",
                "The body must be application/json, without a content encoding.",
            ),
            Self::MalformedData => plain(
                400,
                "malformedData",
                "Provided data could not be understood by the server.",
            ),
            Self::RequestTooLarge => plain(
                413,
                "requestTooLarge",
                "Provided data exceeds the allowed size.",
            ),
            Self::MissingRequiredValue(key) => row(
                400,
                "missingRequiredValue",
                Some(json!({"key": key})),
                &format!("Missing required value: {key}."),
            ),
            Self::MissingAtLeastOneValue(keys) => row(
                400,
                "missingAtLeastOneValue",
                Some(json!({"keys": keys})),
                &format!(
                    "Missing data, you must provide at least one of: {}.",
                    keys.join(", ")
                ),
            ),
            Self::BadValueEmpty(key) => about_key("badValueEmpty", key, "must not be empty"),
            Self::BadValueString(key) => about_key("badValueString", key, "must be a string"),
            Self::BadValueInteger(key) => about_key("badValueInteger", key, "must be an integer"),
            Self::BadValueJson(key) => about_key("badValueJSON", key, "must be a valid JSON"),
            Self::BadValueTooLow(key, limit) => row(
                400,
                "badValueTooLow",
                Some(json!({"key": key, "limit": limit})),
                &format!("Bad value: provided \"{key}\" must be at least {limit}."),
            ),
            Self::BadValueTooHigh(key, limit) => row(
                400,
                "badValueTooHigh",
                Some(json!({"key": key, "limit": limit})),
                &format!("Bad value: provided \"{key}\" must not exceed {limit}."),
            ),
            Self::BadValueNotAllowed(key, allowed) => row(
                400,
                "badValueNotAllowed",
                Some(json!({"key": key, "allowed": allowed})),
                &format!(
                    "Bad value: provided \"{key}\" must be one of: {}.",
                    allowed.join(", ")
                ),
            ),
            Self::BadValueName => plain(
                400,
                "badValueName",
                "Bad value: Name must be 2-50 characters long and composed only of UTF-8 letters, \
                 digits, brackets and underscores. Dashes, spaces and dots are allowed (but not \
                 at the beginning or the end).",
            ),
            Self::BadValueBoolean(key) => about_key("badValueBoolean", key, "must be a boolean"),
            Self::BadValueListNotAllowed(key, allowed) => row(
                400,
                "badValueListNotAllowed",
                Some(json!({"key": key, "allowed": allowed})),
                &format!(
                    "Bad value: values of provided list \"{key}\" must be: {}.",
                    allowed.join(", ")
                ),
            ),
            Self::BadValueTokenType(key) => {
                about_key("badValueTokenType", key, "is not a valid token type")
            }
            Self::BadValueInviteType(key) => {
                about_key("badValueInviteType", key, "is not a valid invite type")
            }
            Self::BadValueCaveat(caveat) => row(
                400,
                "badValueCaveat",
                Some(json!({"caveat": caveat})),
                "Bad value: provided caveat is invalid, or cannot be kept by this service.",
            ),
            Self::BadValueIdentifierOccupied(key) => row(
                400,
                "badValueIdentifierOccupied",
                Some(json!({"key": key})),
                &format!("Bad value: provided identifier (\"{key}\") is already occupied."),
            ),
            Self::BadValueToken(key, reason) => row(
                400,
                "badValueToken",
                Some(json!({"key": key, "tokenError": reason.json()})),
                &format!("Bad value: provided \"{key}\" is not a valid token (see details)."),
            ),
            Self::BadToken => plain(
                400,
                "badToken",
                "Provided token could not be understood by the server.",
            ),
            Self::TokenTooLarge => row(
                400,
                "tokenTooLarge",
                Some(json!({"limit": MAX_TOKEN_LENGTH})),
                "Provided token exceeds the allowed size (2048 characters).",
            ),
            Self::NotAnInviteToken(expected) => row(
                400,
                "notAnInviteToken",
                Some(json!({"expectedInviteType": expected, "received": {"accessToken": {}}})),
                &match *expected {
                    INVITE_TYPE => format!(
                        "Expected an invitation token of type '{INVITE_TYPE}', but received a(n) access token."
                    ),
                    _ => "Expected an invitation token, but received a(n) access token.".to_owned(),
                },
            ),
            Self::TokenInvalid => plain(400, "tokenInvalid", "Provided token is not valid."),
            Self::TokenRevoked => plain(400, "tokenRevoked", "Provided token has been revoked."),
            Self::TokenExpired(end) => row(
                400,
                "tokenCaveatUnverified",
                Some(json!({"caveat": {"type": "time", "validUntil": end.0}})),
                &format!(
                    "Provided token is not valid - unverified time caveat: this token has expired \
                     at '{end}'."
                ),
            ),
            Self::InviteTokenUsageLimitReached => plain(
                400,
                "inviteTokenUsageLimitReached",
                "The usage limit of this invite token has been reached.",
            ),
            Self::InviteTokenSubjectNotAuthorized => plain(
                400,
                "inviteTokenSubjectNotAuthorized",
                "The subject of this token is not (or no longer) authorized to issue such \
                 invitations.",
            ),
            Self::TokenSubjectInvalid => plain(
                400,
                "tokenSubjectInvalid",
                "The token subject is invalid (does not exist or is different than expected).",
            ),
            Self::UserBlocked => plain(400, "userBlocked", "The user is blocked."),
            Self::InviteTokenTargetIdInvalid(id) => row(
                400,
                "inviteTokenTargetIdInvalid",
                Some(json!({"id": id})),
                &format!("The target id '{id}' is invalid for this type of invite token."),
            ),
            Self::RelationAlreadyExists(user, group) => row(
                409,
                "relationAlreadyExists",
                Some(json!({
                    "childType": "user", "childId": user.0.to_string(),
                    "parentType": "group", "parentId": group.0.to_string(),
                })),
                &format!("Bad value: {user} is already a member of {group}."),
            ),
            Self::TooManyRequests => plain(
                429,
                "tooManyRequests",
                "Too many requests - please try again later.",
            ),
            Self::TemporaryFailure => plain(
                503,
                "temporaryFailure",
                "Temporary failure - please try again later.",
            ),
            Self::InternalServerError => plain(
                500,
                "internalServerError",
                "The server has encountered an error while processing this request.",
            ),
        }
    }

    /// The error object, for the details of another error.
    fn json(&self) -> Value {
        self.row().json()
    }
}

/// The representation of an error.
#[derive(Clone, Debug)]
pub struct Row {
    /// The HTTP status.
    pub status: u16,
    /// The ID, for programs.
    pub id: &'static str,
    details: Option<Value>,
    /// The description, for people.
    pub description: String,
}

impl Row {
    /// The error object.
    pub(crate) fn json(&self) -> Value {
        match &self.details {
            Some(details) => json!({
                "id": self.id, "details": details, "description": self.description,
            }),
            None => json!({"id": self.id, "description": self.description}),
        }
    }
}
