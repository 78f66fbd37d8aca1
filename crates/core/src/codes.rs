//! The codes of the group service, beside those of the mechanism.

pub use trivium_rpc::codes::{
    COMMON, GENERAL_SOME_ERROR, IDEMPOTENCY_MISMATCH, INVALID_ID, INVALID_REQUEST_METHOD,
    MALFORMED_BODY, NOT_FOUND, RATE_LIMITED, REQUEST_TOO_LARGE, RESPONSE_TOO_LARGE,
    TEMPORARILY_UNAVAILABLE, UNKNOWN_METHOD, UNSUPPORTED_MEDIA_TYPE, VALIDATION_DUPLICATE_KEY,
    VALIDATION_EXTRA_KEY, VALIDATION_INCORRECT_TYPE, VALIDATION_INVALID_VALUE,
    VALIDATION_MISSING_KEY, VALIDATION_NOT_IN_ENUM, VALIDATION_OUT_OF_RANGE,
    VALIDATION_REQUEST_WRAPPER,
};

/// The codes that this service declares itself.
pub const OWN: &[trivium_rpc::Code] = own::ALL;

pub use own::*;

mod own {
    trivium_rpc::codes! {
        // Authentication.
        /// The token is unknown, malformed or revoked, or its user is disabled or deleted.
        USER_TOKEN_INVALID = "user_token_invalid", Unauthenticated;
        /// The token has expired.
        USER_TOKEN_EXPIRED = "user_token_expired", Unauthenticated;
        /// No user has the login.
        LOGIN_UNKNOWN = "user_invalid_password" as "user_not_found", Unauthenticated;
        /// The password is wrong.
        USER_INVALID_PASSWORD = "user_invalid_password", Unauthenticated;
        /// The API key is unknown or revoked.
        API_KEY_INVALID = "api_key_invalid", Unauthenticated;
        /// The frob is unknown, used or expired.
        FROB_INVALID = "frob_invalid", Unauthenticated;
        /// The caller may not do this in this group.
        USER_ACCESS_DENIED = "user_access_denied", Denied;
        /// The service is not configured for this operation.
        OPERATION_NOT_PERMITTED = "operation_not_permitted", Denied;

        // Users.
        /// There is no such user.
        USER_NOT_FOUND = "user_not_found", NotFound;
        /// The login is taken, or was used by a deleted user.
        USER_LOGINNAME_TAKEN = "user_loginname_taken", Conflict;
        /// Another user has this e-mail address.
        USER_EMAIL_NOT_UNIQUE = "user_email_not_unique", Conflict;
        /// The password is too short or too common.
        PASSWORD_TOO_WEAK = "user_password_too_weak", Invalid;
        /// The caller has no such token.
        TOKEN_NOT_FOUND = "user_token_not_found", NotFound;

        // Groups.
        /// There is no such group, or it was deleted, or it is not disclosed to the caller.
        CONTENT_NOT_FOUND = "content_not_found", NotFound;
        /// A property of the group is invalid.
        GROUP_PARAMETER_ERROR = "group_parameter_error", Invalid;
        /// The owner already has a group of this name.
        CONTENT_COLLECTION_TITLE_ALREADY_EXIST = "content_collection_title_already_exist", Conflict;
        /// There is no such category.
        CATEGORY_DOES_NOT_EXIST = "category_does_not_exist", NotFound;

        // Membership.
        /// The user is already a member.
        ALREADY_MEMBER = "already_member" as "operation_not_permitted", Conflict;
        /// A request to join is already pending.
        JOIN_REQUEST_PENDING = "join_request_pending" as "operation_not_permitted", Conflict;
        /// There is no pending request to join.
        JOIN_REQUEST_NOT_FOUND = "join_request_not_found", NotFound;
        /// The user is banned from the group.
        BANNED = "banned" as "operation_not_permitted", Denied;
        /// The user is not banned from the group.
        NOT_BANNED = "not_banned", Conflict;
        /// The group can be joined by invitation only.
        GROUP_NOT_INVITED = "group_not_invited", Denied;
        /// Only members of another group can join the group.
        CONDITION_NOT_MET = "condition_not_met" as "operation_not_permitted", Denied;
        /// The user is not a member.
        NOT_A_MEMBER = "not_a_member" as "operation_not_permitted", Conflict;
        /// An owner cannot leave: transfer or delete the group first.
        OWNER_CANNOT_LEAVE = "owner_cannot_leave" as "operation_not_permitted", Conflict;
        /// This cannot be done to the owner of a group.
        OWNER_PROTECTED = "owner_protected", Conflict;

        /// A quota of the service is used up.
        QUOTA_EXCEEDED = "quota_exceeded", Conflict;

        // Invitations.
        /// The invitation is malformed or unknown.
        INVITATION_INVALID = "invitation_invalid", Invalid;
        /// The invitation was revoked.
        INVITATION_REVOKED = "invitation_revoked", Invalid;
        /// The invitation has expired.
        INVITATION_EXPIRED = "invitation_expired", Invalid;
        /// The invitation has reached its usage limit.
        INVITATION_USED_UP = "invitation_used_up", Invalid;
        /// The issuer of the invitation may no longer invite.
        INVITATION_ISSUER_INVALID = "invitation_issuer_invalid", Invalid;

        /// The error of errorTest.
        TEST_ERROR = "system_error", Broken;
    }
}
