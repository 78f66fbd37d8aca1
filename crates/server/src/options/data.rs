//! The commands on data: people, groups, membership.

use std::path::PathBuf;

use clap::Subcommand;
use trivium_core::groups::rules::RegistrationType;
use trivium_core::groups::view::AccessType;
use trivium_core::invitations::new::InvitedRole;
use trivium_core::types::{CategoryRef, DateTime, GroupRef, InvitationRef};

#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Add a person; prints their ID
    #[command(after_help = "Examples:
  trivium user add marc --first-name Marc
  echo 'a long password' | trivium user add marc --password-stdin")]
    Add {
        /// What the person logs in with
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
        /// Read the password from standard input; without it, and without a terminal to ask
        /// on, the person has none and cannot log in
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the people, newest first
    #[command(after_help = "Example:\n  trivium user list --json")]
    List,
    /// Show a person
    #[command(after_help = "Example:\n  trivium user show marc")]
    Show {
        /// Whose account
        login: String,
    },
    /// Give a person a new password; ends all their tokens
    #[command(after_help = "Examples:
  trivium user passwd marc
  echo 'a long password' | trivium user passwd marc --password-stdin")]
    Passwd {
        /// Whose password
        login: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Refuse a person, and end their tokens and invitations at once
    #[command(after_help = "Example:\n  trivium user disable marc")]
    Disable {
        /// Whom
        login: String,
    },
    /// Let a disabled person in again; their tokens do not come back
    #[command(after_help = "Example:\n  trivium user enable marc")]
    Enable {
        /// Whom
        login: String,
    },
    /// Delete a person with their memberships, requests, tokens and invitations
    #[command(after_help = "Example:\n  trivium user delete marc")]
    Delete {
        /// Whom
        login: String,
    },
    /// Give a person a new token; prints it, this once
    #[command(after_help = "Examples:
  trivium user token marc
  TOKEN=$(trivium user token marc --ttl 12h)")]
    Token {
        /// Whose token
        login: String,
        /// How long it is good: 90s, 15m, 12h, 30d
        #[arg(long, default_value = "30d", value_parser = seconds)]
        ttl: i64,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Group {
    /// Add a group; prints its ID
    #[command(after_help = "Example:
  trivium group add 'Three Ways' --owner marc --registration moderated")]
    Add {
        /// Name of the group
        name: String,
        /// Login of the person who owns it
        #[arg(long, value_name = "LOGIN")]
        owner: String,
        /// How it is joined: open, moderated or invite
        #[arg(long, default_value = "open")]
        registration: RegistrationType,
        /// Who may read what is in it: public or members
        #[arg(long, default_value = "public")]
        access: AccessType,
        /// What the group is about
        #[arg(long, default_value = "", value_name = "TEXT")]
        description: String,
        /// ID of its category
        #[arg(long, default_value = "cat:1")]
        category: CategoryRef,
    },
    /// List the groups, newest first
    #[command(after_help = "Example:\n  trivium group list")]
    List,
    /// Show a group
    #[command(after_help = "Example:\n  trivium group show group:7")]
    Show {
        /// ID of the group: group:7
        id: GroupRef,
    },
    /// Change a group; what is not given stays as it is
    ///
    /// Made open, a group lets those in who wait; made invite, it turns them away.
    #[command(after_help = "Example:\n  trivium group edit group:7 --registration open")]
    Edit {
        /// ID of the group
        id: GroupRef,
        /// Its new name
        #[arg(long)]
        name: Option<String>,
        /// How it is joined: open, moderated or invite
        #[arg(long)]
        registration: Option<RegistrationType>,
        /// Who may read what is in it: public or members
        #[arg(long)]
        access: Option<AccessType>,
        /// What the group is about
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// ID of its category
        #[arg(long)]
        category: Option<CategoryRef>,
        /// Login of the member who becomes its owner
        #[arg(long, value_name = "LOGIN")]
        owner: Option<String>,
    },
    /// Delete a group with its memberships, requests and invitations
    #[command(after_help = "Example:\n  trivium group delete group:7")]
    Delete {
        /// ID of the group
        id: GroupRef,
    },
    /// List the members of a group in the order in which they joined
    #[command(after_help = "Example:\n  trivium group members group:7")]
    Members {
        /// ID of the group
        id: GroupRef,
    },
    /// List what was done in a group, newest first
    #[command(after_help = "Example:\n  trivium group log group:7 --json")]
    Log {
        /// ID of the group
        id: GroupRef,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// List a person's tokens that are good, by their first characters
    #[command(after_help = "Example:\n  trivium token list marc")]
    List {
        /// Whose tokens
        login: String,
    },
    /// End those of a person's tokens that begin so, or all of them
    #[command(
        after_help = "Examples:\n  trivium token revoke marc 1f0c22ab\n  trivium token revoke marc --all"
    )]
    Revoke {
        /// Whose tokens
        login: String,
        /// The first characters, as `token list` shows them
        #[arg(required_unless_present = "all")]
        prefix: Option<String>,
        /// End all of them
        #[arg(long, conflicts_with = "prefix")]
        all: bool,
    },
}

/// A person in a group.
#[derive(Debug, clap::Args)]
pub(crate) struct InGroup {
    /// ID of the group
    pub(crate) group: GroupRef,
    /// Login of the person
    pub(crate) login: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Member {
    /// Make a person a member, past all moderation
    #[command(after_help = "Example:\n  trivium member add group:7 marc")]
    Add {
        #[command(flatten)]
        who: InGroup,
        /// What they become: member or moderator
        #[arg(long, default_value = "member")]
        role: InvitedRole,
    },
    /// End a membership
    #[command(after_help = "Example:\n  trivium member remove group:7 marc --reason 'moved away'")]
    Remove {
        #[command(flatten)]
        who: InGroup,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Shut a person out
    #[command(
        after_help = "Example:\n  trivium member ban group:7 marc --reason spam --until 2030-01-01T00:00:00Z"
    )]
    Ban {
        #[command(flatten)]
        who: InGroup,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        /// When the ban ends by itself, in UTC
        #[arg(long, value_name = "TIME")]
        until: Option<DateTime>,
    },
    /// End a ban
    #[command(after_help = "Example:\n  trivium member unban group:7 marc")]
    Unban {
        #[command(flatten)]
        who: InGroup,
    },
    /// Make a member a moderator, or a moderator a member
    #[command(after_help = "Example:\n  trivium member role group:7 marc moderator")]
    Role {
        #[command(flatten)]
        who: InGroup,
        /// What they become: member or moderator
        role: InvitedRole,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Request {
    /// List who waits, oldest first
    #[command(after_help = "Example:\n  trivium request list group:7")]
    List {
        /// ID of the group
        group: GroupRef,
    },
    /// Let a person in
    #[command(after_help = "Example:\n  trivium request approve group:7 marc")]
    Approve {
        #[command(flatten)]
        who: InGroup,
    },
    /// Turn a person away
    #[command(after_help = "Example:\n  trivium request deny group:7 marc --reason 'not now'")]
    Deny {
        #[command(flatten)]
        who: InGroup,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Invite {
    /// Make an invitation; prints it, this once
    #[command(after_help = "Example:\n  trivium invite create group:7 --uses 5 --ttl 7d")]
    Create {
        /// ID of the group
        group: GroupRef,
        /// How many members it may make [default: any number]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=1_000_000))]
        uses: Option<i64>,
        /// How long it is good: 90s, 15m, 12h, 30d [default: until it is revoked]
        #[arg(long, value_parser = seconds)]
        ttl: Option<i64>,
        /// What it makes a person: member or moderator
        #[arg(long, default_value = "member")]
        role: InvitedRole,
    },
    /// List the invitations to a group, without their secrets
    #[command(after_help = "Example:\n  trivium invite list group:7")]
    List {
        /// ID of the group
        group: GroupRef,
    },
    /// End an invitation
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
    /// Add an application; prints its API key, which names it and grants nothing alone
    #[command(after_help = "Examples:
  trivium key create 'My calendar'
  trivium key create 'My calendar' --callback https://example.org/back")]
    Create {
        /// What people know it as
        name: String,
        /// Where a browser is sent with the frob, once a person has allowed the application to
        /// act for them [default: the frob is shown]
        #[arg(long, value_name = "URL")]
        callback: Option<String>,
    },
    /// List the applications, oldest first
    #[command(after_help = "Example:\n  trivium key list --json")]
    List,
    /// End an application's key; tokens that people gave it stay good
    #[command(after_help = "Example:\n  trivium key revoke 0a1b2c3d4e")]
    Revoke {
        /// The key
        key: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Category {
    /// Add a category; prints its ID
    #[command(after_help = "Example:\n  trivium category add Music")]
    Add {
        /// Its name
        name: String,
    },
    /// List the categories
    #[command(after_help = "Example:\n  trivium category list")]
    List,
    /// Give a category another name
    #[command(after_help = "Example:\n  trivium category rename cat:2 Concerts")]
    Rename {
        /// ID of the category
        id: CategoryRef,
        /// Its new name
        name: String,
    },
}

/// An example of `trivium import`.
pub(super) const IMPORTS: &str = "Example:\n  trivium import upcoming groups.json --member marc";

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Groups from an answer of Upcoming's getMyGroups, in JSON; all of them or none
    #[command(after_help = "Example:
  trivium import upcoming groups.json --member marc")]
    Upcoming {
        /// The file with the answer
        file: PathBuf,
        /// Login of a person to make a member of each, counted as already included
        #[arg(long, value_name = "LOGIN")]
        member: Option<String>,
    },
}

/// `90s`, `15m`, `12h`, `30d` as seconds.
fn seconds(text: &str) -> Result<i64, String> {
    let wrong = || "a time is a number and a unit: 90s, 15m, 12h or 30d".to_owned();
    let unit = text.chars().last().ok_or_else(wrong)?;
    let factor = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    text.strip_suffix(unit)
        .and_then(|number| number.parse::<u32>().ok())
        .filter(|number| *number > 0)
        .map(|number| i64::from(number) * factor)
        .ok_or_else(wrong)
}
