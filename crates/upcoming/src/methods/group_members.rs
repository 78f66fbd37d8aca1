//! `group.getMembers`.

use trivium_core::groups::get_members::{MemberOrder, Person, members as list, name_of};
use trivium_core::groups::rules::Standing;
use trivium_core::{Page, Proof, Result, Session};

use crate::answer::{Answer, Attributes};
use crate::arguments::Arguments;
use crate::error::Refusal;
use crate::group::time;

/// The maximum number of members per page.
const MAX_PER_PAGE: i64 = 1_000;

/// Lists a page of the members of a group.
pub(super) fn members(
    arguments: &Arguments,
    proof: &Proof,
    session: &mut Session<'_>,
) -> Result<Answer> {
    let actor = arguments.actor(proof, session)?;
    let id = arguments.group(Refusal::InvalidGroup)?;
    let limit = arguments.number("membersPerPage", 100, MAX_PER_PAGE)?;
    let page = arguments.number("page", 1, i64::from(i32::MAX))?;
    let order = order(arguments)?;
    let page = Page {
        offset: (page - 1) * limit,
        limit,
    };
    let (group, people, _) = list(session, &actor, id, order, page)?;
    let show = |person: &Person| show(session, person, group.owner_id);
    Ok(Answer::of("user", people.iter().map(show).collect()))
}

fn order(arguments: &Arguments) -> Result<MemberOrder> {
    Ok(match (arguments.text("order"), arguments.text("dir")) {
        ("" | "username", "" | "asc") => MemberOrder::Login,
        ("" | "username", "desc") => MemberOrder::LoginDescending,
        ("member_timestamp", "" | "asc") => MemberOrder::Joining,
        ("member_timestamp", "desc") => MemberOrder::JoiningDescending,
        (_, "" | "asc" | "desc") => return Err(Refusal::Invalid("order").into()),
        _ => return Err(Refusal::Invalid("dir").into()),
    })
}

fn show(session: &Session<'_>, person: &Person, owner: i64) -> Attributes {
    let is_admin = Standing::of(person.state, person.user_id == owner).moderates();
    vec![
        ("id", person.user_id.into()),
        ("name", name_of(person).into()),
        ("username", person.login.as_str().into()),
        ("zip", "".into()),
        ("url", session.user_url(person.user_id).into()),
        ("photourl", "".into()),
        ("is_admin", is_admin.into()),
        ("member_timestamp", time(person.since).into()),
    ]
}
