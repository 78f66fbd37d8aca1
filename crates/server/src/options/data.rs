//! The options of the commands on data: users, groups, memberships.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use trivium_core::groups::rules::RegistrationType;
use trivium_core::groups::view::AccessType;
use trivium_core::invitations::new::InvitedRole;
use trivium_core::types::{CategoryRef, DateTime, GroupRef, InvitationRef};

use super::units::seconds;

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add a user and print the ID
    #[command(after_help = "Examples:
  trivium user add marc --first-name Marc
  echo 'a long password' | trivium user add marc --password-stdin")]
    Add {
        /// Login name
        login: String,
        /// Given name
        #[arg(long, default_value = "")]
        first_name: String,
        /// Family name
        #[arg(long, default_value = "")]
        last_name: String,
        /// E-mail address
        #[arg(long)]
        email: Option<String>,
        /// Read the password from standard input; without it and without a terminal for a
        /// prompt, the user has no password and cannot log in
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the users, newest first
    #[command(after_help = "Example:\n  trivium user list --json")]
    List,
    /// Show a user
    #[command(after_help = "Example:\n  trivium user show marc")]
    Show {
        /// Login of the user
        login: String,
    },
    /// Set a user's password, and revoke all of the user's tokens and frobs
    #[command(after_help = "Examples:
  trivium user passwd marc
  echo 'a long password' | trivium user passwd marc --password-stdin")]
    Passwd {
        /// Login of the user
        login: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Disable a user, and revoke the user's tokens and invitations
    #[command(after_help = "Example:\n  trivium user disable marc")]
    Disable {
        /// Login of the user
        login: String,
    },
    /// Enable a disabled user; revoked tokens remain revoked
    #[command(after_help = "Example:\n  trivium user enable marc")]
    Enable {
        /// Login of the user
        login: String,
    },
    /// Delete a user with all memberships, requests, tokens and invitations
    #[command(after_help = "Example:\n  trivium user delete marc")]
    Delete {
        /// Login of the user
        login: String,
    },
    /// Issue a new token for a user and print it, only once
    #[command(after_help = "Examples:
  trivium user token marc
  TOKEN=$(trivium user token marc --ttl 12h)")]
    Token {
        /// Login of the user
        login: String,
        /// Lifetime of the token, e.g. 90s, 15m, 12h, 30d
        #[arg(long, default_value = "30d", value_parser = seconds)]
        ttl: i64,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Group {
    /// Add a group and print its ID
    #[command(after_help = "Example:
  trivium group add 'Three Ways' --owner marc --registration moderated")]
    Add {
        /// Name of the group
        name: String,
        /// Login of the owner
        #[arg(long, value_name = "LOGIN")]
        owner: String,
        /// How users join: open, moderated or invite
        #[arg(long, default_value = "open")]
        registration: RegistrationType,
        /// Who may read its content: public or members
        #[arg(long, default_value = "public")]
        access: AccessType,
        /// Description of the group
        #[arg(long, default_value = "", value_name = "TEXT")]
        description: String,
        /// ID of the category
        #[arg(long, default_value = "cat:1")]
        category: CategoryRef,
    },
    /// List the groups, newest first
    #[command(after_help = "Example:\n  trivium group list")]
    List,
    /// Show a group
    #[command(after_help = "Example:\n  trivium group show group:7")]
    Show {
        /// ID of the group, e.g. group:7
        id: GroupRef,
    },
    /// Change a group; omitted options remain unchanged
    ///
    /// If registration or condition change, pending requests are decided anew.
    #[command(after_help = "Examples:
  trivium group edit group:7 --registration open
  trivium group edit group:7 --join-condition only_member_of:group:3")]
    Edit {
        /// ID of the group
        id: GroupRef,
        /// New name
        #[arg(long)]
        name: Option<String>,
        /// How users join: open, moderated or invite
        #[arg(long)]
        registration: Option<RegistrationType>,
        /// Who may read its content: public or members
        #[arg(long)]
        access: Option<AccessType>,
        /// Description of the group
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// ID of the category
        #[arg(long)]
        category: Option<CategoryRef>,
        /// Condition of joining: member_of:ID or only_member_of:ID of another group, or '' to remove it
        #[arg(long, value_name = "CONDITION")]
        join_condition: Option<String>,
        /// Login of the member who becomes the owner
        #[arg(long, value_name = "LOGIN")]
        owner: Option<String>,
    },
    /// Delete a group with its memberships, requests and invitations
    #[command(after_help = "Example:\n  trivium group delete group:7")]
    Delete {
        /// ID of the group
        id: GroupRef,
    },
    /// List the members of a group in the order of joining
    #[command(after_help = "Example:\n  trivium group members group:7")]
    Members {
        /// ID of the group
        id: GroupRef,
    },
    /// List the audit log of a group, newest first
    #[command(after_help = "Example:\n  trivium group log group:7 --json")]
    Log {
        /// ID of the group
        id: GroupRef,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// List a user's valid tokens by their first characters
    #[command(after_help = "Example:\n  trivium token list marc")]
    List {
        /// Login of the user
        login: String,
    },
    /// Revoke a user's tokens by their first characters, all tokens of a user, or those of everybody
    #[command(after_help = "Examples:
  trivium token revoke marc 1f0c22ab
  trivium token revoke --all --user marc
  trivium token revoke --all")]
    Revoke {
        /// Login of the user
        #[arg(required_unless_present = "all")]
        login: Option<String>,
        /// First characters, as printed by `token list`
        #[arg(required_unless_present = "all")]
        prefix: Option<String>,
        /// Revoke all tokens and frobs: of the user, or without a user of everybody
        #[arg(long, conflicts_with = "prefix")]
        all: bool,
        /// Login of the user whose tokens --all revokes
        #[arg(long, value_name = "LOGIN", requires = "all", conflicts_with = "login")]
        user: Option<String>,
    },
}

/// A user in a group.
#[derive(Debug, clap::Args)]
pub(crate) struct InGroup {
    /// ID of the group
    pub(crate) group: GroupRef,
    /// Login of the user
    pub(crate) login: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Member {
    /// Add a user to a group, without moderation
    #[command(after_help = "Example:\n  trivium member add group:7 marc")]
    Add {
        #[command(flatten)]
        who: InGroup,
        /// New role: member or moderator
        #[arg(long, default_value = "member")]
        role: InvitedRole,
    },
    /// Remove a member from a group
    #[command(after_help = "Example:\n  trivium member remove group:7 marc --reason 'moved away'")]
    Remove {
        #[command(flatten)]
        who: InGroup,
        /// Reason
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Ban a user from a group
    #[command(
        after_help = "Example:\n  trivium member ban group:7 marc --reason spam --until 2030-01-01T00:00:00Z"
    )]
    Ban {
        #[command(flatten)]
        who: InGroup,
        /// Reason
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// Expiry of the ban, in UTC [default: never]
        #[arg(long, value_name = "TIME")]
        until: Option<DateTime>,
    },
    /// Lift a ban
    #[command(after_help = "Example:\n  trivium member unban group:7 marc")]
    Unban {
        #[command(flatten)]
        who: InGroup,
    },
    /// Change a member's role
    #[command(after_help = "Example:\n  trivium member role group:7 marc moderator")]
    Role {
        #[command(flatten)]
        who: InGroup,
        /// New role: member or moderator
        role: InvitedRole,
    },
    /// Set when a membership ends by itself
    #[command(after_help = "Examples:
  trivium member end group:7 marc --until 2030-01-01T00:00:00Z
  trivium member end group:7 marc")]
    End {
        #[command(flatten)]
        who: InGroup,
        /// End of the membership, in UTC [default: never]
        #[arg(long, value_name = "TIME")]
        until: Option<DateTime>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Request {
    /// List the pending requests, oldest first
    #[command(after_help = "Example:\n  trivium request list group:7")]
    List {
        /// ID of the group
        group: GroupRef,
    },
    /// Approve a request
    #[command(after_help = "Examples:
  trivium request approve group:7 marc
  trivium request approve group:7 marc --member-until 2030-01-01T00:00:00Z")]
    Approve {
        #[command(flatten)]
        who: InGroup,
        /// End of the membership, in UTC [default: never]
        #[arg(long, value_name = "TIME")]
        member_until: Option<DateTime>,
    },
    /// Deny a request
    #[command(after_help = "Example:\n  trivium request deny group:7 marc --reason 'not now'")]
    Deny {
        #[command(flatten)]
        who: InGroup,
        /// Reason
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Invite {
    /// Create an invitation and print it, only once
    #[command(after_help = "Example:\n  trivium invite create group:7 --uses 5 --ttl 7d")]
    Create {
        /// ID of the group
        group: GroupRef,
        /// Maximum number of uses [default: unlimited]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
        uses: Option<i64>,
        /// Lifetime of the invitation, e.g. 90s, 15m, 12h, 30d [default: unlimited]
        #[arg(long, value_parser = seconds)]
        ttl: Option<i64>,
        /// Role that it grants: member or moderator
        #[arg(long, default_value = "member")]
        role: InvitedRole,
        /// End of the memberships of those who join with it, in UTC; it expires then, too [default: never]
        #[arg(long, value_name = "TIME")]
        member_until: Option<DateTime>,
    },
    /// List the invitations to a group, without their secrets
    #[command(after_help = "Example:\n  trivium invite list group:7")]
    List {
        /// ID of the group
        group: GroupRef,
    },
    /// Revoke an invitation
    #[command(after_help = "Example:\n  trivium invite revoke group:7 invitation:3")]
    Revoke {
        /// ID of the group
        group: GroupRef,
        /// ID of the invitation
        invitation: InvitationRef,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Add an application and print its API key, which identifies it but grants no access
    #[command(after_help = "Examples:
  trivium key create 'My calendar'
  trivium key create 'My calendar' --callback https://example.org/back")]
    Create {
        /// Name that users see
        name: String,
        /// URL that the browser is redirected to with the frob, once a user has approved the
        /// application [default: the frob is displayed]
        #[arg(long, value_name = "URL")]
        callback: Option<String>,
    },
    /// List the applications, oldest first
    #[command(after_help = "Example:\n  trivium key list --json")]
    List,
    /// Revoke an API key, with the tokens and frobs of its application
    #[command(after_help = "Example:\n  trivium key revoke 0a1b2c3d4e")]
    Revoke {
        /// The API key
        key: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Category {
    /// Add a category and print its ID
    #[command(after_help = "Example:\n  trivium category add Music")]
    Add {
        /// Name of the category
        name: String,
    },
    /// List the categories
    #[command(after_help = "Example:\n  trivium category list")]
    List,
    /// Rename a category
    #[command(after_help = "Example:\n  trivium category rename cat:2 Concerts")]
    Rename {
        /// ID of the category
        id: CategoryRef,
        /// New name
        name: String,
    },
}

/// The example in the help of `trivium import`.
pub(super) const IMPORTS: &str = "Examples:\n  trivium import trivium.jsonl\n  trivium import upcoming groups.json --member marc";

/// Options of `trivium import`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(crate) struct Import {
    /// Everything, as `trivium export` wrote it, into an empty database
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) from: Option<ImportFrom>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportFrom {
    /// Import the groups of a JSON response of Upcoming's getMyGroups, all or none
    #[command(after_help = "Example:
  trivium import upcoming groups.json --member marc")]
    Upcoming {
        /// File with the response
        file: PathBuf,
        /// Login of a user to add to each group, whose member count already includes the user
        #[arg(long, value_name = "LOGIN")]
        member: Option<String>,
    },
}
