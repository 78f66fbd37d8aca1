//! `getMembershipHistory`: how the standing of a user in a group has changed, and what it was at a time.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use trivium_storage::{Seconds, audit, users};

use crate::cases::{Access, Cause, Example, Of, Who};
use crate::groups::rules::Standing;
use crate::session::DisclosedGroup;
use crate::types::{
    DateTime, GroupRef, InvitationRef, PageNumber, ResultsPerPage, UserRef, pages, slice,
};
use crate::{Actor, Declaration, Operation, PublicOperation, Result, Session, codes};

/// Shows how the standing of a user in a group has changed, oldest change first, and what it was at a time. For the
/// user, and for moderators of the group.
///
/// Only recorded changes count. The standing before completeSince is not known, nor is that of a user without a
/// change since then, unless the record begins with the group.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GetMembershipHistory {
    /// ID of the group
    pub id: GroupRef,
    /// ID of the user, who may be deleted
    pub user: UserRef,
    /// The time of the standing; now if absent
    pub at: Option<DateTime>,
    /// Number of the page, from 1
    #[serde(default)]
    pub page: PageNumber,
    /// Number of changes per page
    #[serde(default)]
    pub results_per_page: ResultsPerPage,
}

/// The result of getMembershipHistory.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MembershipHistory {
    /// Standing of the user at the time; absent if it is not known
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Since when every change is recorded; absent if none is
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete_since: Option<DateTime>,
    /// Number of this page
    pub page: PageNumber,
    /// Number of changes per page
    pub results_per_page: ResultsPerPage,
    /// Total number of changes
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub total_results: i64,
    /// Total number of pages
    #[schemars(with = "trivium_rpc::schema::Count")]
    pub total_pages: i64,
    /// The changes of this page
    pub changes: Vec<MembershipChange>,
}

/// A change of the standing of a user in a group.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MembershipChange {
    /// Time of the change
    pub at: DateTime,
    /// Name of the action
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub action: String,
    /// Standing of the user after the change
    pub standing: Standing,
    /// Login of the user who made the change
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub by: String,
    /// ID of the invitation by which the user joined
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation_id: Option<InvitationRef>,
    /// When the standing ends by itself
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<DateTime>,
    /// The reason that was given
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<trivium_rpc::schema::Text>")]
    pub reason: Option<String>,
    /// Front-end of the call
    #[schemars(with = "trivium_rpc::schema::Text")]
    pub via: String,
}

impl Operation for GetMembershipHistory {
    const DECLARATION: &'static Declaration = &Declaration::scan(
        "getMembershipHistory",
        &[
            codes::CONTENT_NOT_FOUND,
            codes::USER_ACCESS_DENIED,
            codes::USER_NOT_FOUND,
        ],
    );
    type Caller = Actor;
    type Output = MembershipHistory;

    fn run(&self, actor: &Actor, session: &mut Session<'_>) -> Result<MembershipHistory> {
        let DisclosedGroup { group, relation } = session.group(self.id, actor)?;
        // Only moderators learn whether another user exists.
        if !relation.standing.moderates() && self.user.0 != actor.id {
            return Err(codes::USER_ACCESS_DENIED.into());
        }
        users::find(session.connection, self.user.0)?.ok_or(codes::USER_NOT_FOUND)?;
        let at = self.at.map_or_else(|| session.now(), |at| at.0);
        let rows = audit::standing_changes(session.connection, group.id, self.user.0)?;
        let changes = changes_of(self.user.0, &rows);
        let first = audit::first_numbered(session.connection, group.id)?;
        let standing = first.as_ref().and_then(|first| {
            let known = changes.iter().rev().find(|change| change.at <= at);
            match known {
                _ if at < first.at => None,
                Some(change) => Some(change.standing_at(at)),
                // Nobody had a standing before the group existed.
                None if first.number == Some(1) && first.action != audit::START => {
                    Some(Standing::None)
                }
                None => None,
            }
        });
        let total = i64::try_from(changes.len()).unwrap_or(i64::MAX);
        let page = slice(self.page, self.results_per_page);
        let [offset, limit] =
            [page.offset, page.limit].map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        let shown: Vec<Recorded> = changes.into_iter().skip(offset).take(limit).collect();
        let ids: Vec<i64> = shown.iter().map(|change| change.id).collect();
        let entries = audit::find_all(session.connection, &ids)?;
        let changes = shown.into_iter().zip(entries);
        let changes = changes.map(|(change, entry)| MembershipChange {
            at: DateTime(entry.at),
            action: entry.action,
            standing: change.standing,
            by: entry.actor,
            invitation_id: entry
                .invitation_id
                .filter(|_| change.is_own)
                .map(InvitationRef),
            ends_at: change.ends_at.map(DateTime),
            reason: entry.reason,
            via: entry.via,
        });
        Ok(MembershipHistory {
            standing,
            complete_since: first.map(|first| DateTime(first.at)),
            page: self.page,
            results_per_page: self.results_per_page,
            total_results: total,
            total_pages: pages(total, self.results_per_page),
            changes: changes.collect(),
        })
    }
}

impl PublicOperation for GetMembershipHistory {
    const EXAMPLE: Example = Example::by(Who::Owner, &[("id", "group:1237"), ("user", "user:3")]);
    const ACCESS: Access =
        Access::moderators(&[("id", Of::Group), ("user", Of::Id(Who::OtherMember))]);
    const CAUSES: &'static [Cause] = &[
        // Users without rights do not learn whether another user exists.
        Cause::of(
            codes::USER_ACCESS_DENIED,
            Who::Stranger,
            &[("user", Of::Id(Who::Missing))],
        ),
        Cause::of(
            codes::CONTENT_NOT_FOUND,
            Who::Owner,
            &[("id", Of::DeletedGroup)],
        ),
        Cause::of(
            codes::USER_NOT_FOUND,
            Who::Owner,
            &[("user", Of::Id(Who::Missing))],
        ),
    ];
}

/// A recorded change of the standing of a user.
struct Recorded {
    /// The ID of its entry.
    id: i64,
    at: Seconds,
    standing: Standing,
    ends_at: Option<Seconds>,
    /// False if the entry is of another user, who became the owner in the place of this one.
    is_own: bool,
}

impl Recorded {
    /// The standing at a time, if there is no later change before that.
    fn standing_at(&self, at: Seconds) -> Standing {
        match self.ends_at {
            Some(end) if end <= at => Standing::None,
            _ => self.standing,
        }
    }
}

/// The changes of the standing of a user. An owner in whose place another user comes is a moderator from then on.
fn changes_of(user: i64, rows: &[audit::StandingChange]) -> Vec<Recorded> {
    let mut changes: Vec<Recorded> = Vec::new();
    for row in rows {
        let is_own = row.user_id == Some(user);
        let owned = changes
            .last()
            .is_some_and(|last| last.standing == Standing::Owner);
        let standing = match row.standing {
            Some(standing) if is_own => standing.into(),
            // The owner may have become that before the record began.
            Some(_) if owned || row.actor_id == Some(user) => Standing::Moderator,
            _ => continue,
        };
        changes.push(Recorded {
            id: row.id,
            at: row.at,
            standing,
            ends_at: row.ends_at.filter(|_| is_own),
            is_own,
        });
    }
    changes
}
