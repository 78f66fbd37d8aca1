//! The programs in Rust that the pages show, as they stand there. Written by
//! tests/end_to_end/descriptions/snippets.rs, with INSTA_UPDATE=always; run there, too.

#![expect(non_snake_case, reason = "modules are named as pages are")]

use super::Program;

/// Keeps what a program prints.
macro_rules! println {
    ($($words:tt)*) => { crate::descriptions::snippets::PRINTED.set(format!($($words)*)) };
}

pub(super) const ALL: &[(&str, Program)] = &[
    ("upcoming.auth.getToken", upcoming_auth_getToken::run),
    ("upcoming.auth.checkToken", upcoming_auth_checkToken::run),
    ("upcoming.group.getInfo", upcoming_group_getInfo::run),
    ("upcoming.group.getMyGroups", upcoming_group_getMyGroups::run),
    ("upcoming.group.getMembers", upcoming_group_getMembers::run),
    ("upcoming.group.add", upcoming_group_add::run),
    ("upcoming.group.edit", upcoming_group_edit::run),
    ("upcoming.group.join", upcoming_group_join::run),
    ("upcoming.group.leave", upcoming_group_leave::run),
    ("upcoming.user.getInfo", upcoming_user_getInfo::run),
    ("upcoming.user.getInfoByUsername", upcoming_user_getInfoByUsername::run),
    ("upcoming.user.getInfoByEmail", upcoming_user_getInfoByEmail::run),
    ("onezone.user-groups-join", onezone_user_groups_join::run),
    ("onezone.user-groups", onezone_user_groups::run),
    ("onezone.user-effective-groups", onezone_user_effective_groups::run),
    ("onezone.user-groups-create", onezone_user_groups_create::run),
    ("onezone.user-groups-get", onezone_user_groups_get::run),
    ("onezone.user-effective-groups-get", onezone_user_effective_groups_get::run),
    ("onezone.groups-users", onezone_groups_users::run),
    ("onezone.groups-users-token", onezone_groups_users_token::run),
    ("onezone.groups-users-remove", onezone_groups_users_remove::run),
    ("onezone.user-groups-leave", onezone_user_groups_leave::run),
    ("onezone.user-tokens-named", onezone_user_tokens_named::run),
    ("onezone.tokens-named-revoke", onezone_tokens_named_revoke::run),
];

mod upcoming_auth_getToken {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/services/rest/")
        .query("method", "auth.getToken")
        .query("api_key", "demo0demo0")
        .query("frob", "89abcdef0123456789abcdef0123456789abcdef")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod upcoming_auth_checkToken {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/services/rest/")
        .query("method", "auth.checkToken")
        .query("api_key", "demo0demo0")
        .query("token", "123576abcdef6572134")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod upcoming_group_getInfo {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/services/rest/")
        .query("method", "group.getInfo")
        .query("api_key", "demo0demo0")
        .query("group_id", "1234,1235")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod upcoming_group_getMyGroups {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/services/rest/")
        .query("method", "group.getMyGroups")
        .query("api_key", "demo0demo0")
        .query("token", "123576abcdef6572134")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod upcoming_group_getMembers {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/services/rest/")
        .query("method", "group.getMembers")
        .query("api_key", "demo0demo0")
        .query("token", "123576abcdef6572134")
        .query("group_id", "1234")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod upcoming_group_add {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/services/rest/")
        .send_form([
            ("method", "group.add"),
            ("api_key", "demo0demo0"),
            ("token", "123576abcdef6572134"),
            ("name", "Book Club"),
            ("description", "A book a month."),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod upcoming_group_edit {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/services/rest/")
        .send_form([
            ("method", "group.edit"),
            ("api_key", "demo0demo0"),
            ("token", "123576abcdef6572134"),
            ("group_id", "2084"),
            ("member_moderation", "1"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod upcoming_group_join {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/services/rest/")
        .send_form([
            ("method", "group.join"),
            ("api_key", "demo0demo0"),
            ("token", "123576abcdef6572134"),
            ("group_id", "1234"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod upcoming_group_leave {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/services/rest/")
        .send_form([
            ("method", "group.leave"),
            ("api_key", "demo0demo0"),
            ("token", "123576abcdef6572134"),
            ("group_id", "1234"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod upcoming_user_getInfo {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/services/rest/")
        .query("method", "user.getInfo")
        .query("api_key", "demo0demo0")
        .query("user_id", "1,2")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod upcoming_user_getInfoByUsername {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/services/rest/")
        .query("method", "user.getInfoByUsername")
        .query("api_key", "demo0demo0")
        .query("username", "marc")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod upcoming_user_getInfoByEmail {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/services/rest/")
        .query("method", "user.getInfoByEmail")
        .query("api_key", "demo0demo0")
        .query("email", "nina@example.org")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod onezone_user_groups_join {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let answer = ureq::post("http://127.0.0.1:8080/api/v3/onezone/user/groups/join")
        .header("X-Auth-Token", "123576abcdef6572134")
        .header("Content-Type", "application/json")
        .send(r#"{"token": "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"}"#)?;
    println!("{}", answer.headers()["location"].to_str().unwrap_or_default());
    Ok(())
}
}

mod onezone_user_groups {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/v3/onezone/user/groups")
        .header("X-Auth-Token", "123576abcdef6572134")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod onezone_user_effective_groups {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/v3/onezone/user/effective_groups")
        .header("X-Auth-Token", "123576abcdef6572134")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod onezone_user_groups_create {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let answer = ureq::post("http://127.0.0.1:8080/api/v3/onezone/user/groups")
        .header("X-Auth-Token", "123576abcdef6572134")
        .header("Content-Type", "application/json")
        .send(r#"{"name": "Book Club", "type": "team"}"#)?;
    println!("{}", answer.headers()["location"].to_str().unwrap_or_default());
    Ok(())
}
}

mod onezone_user_groups_get {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/v3/onezone/user/groups/1236")
        .header("X-Auth-Token", "123576abcdef6572134")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod onezone_user_effective_groups_get {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/v3/onezone/user/effective_groups/1236")
        .header("X-Auth-Token", "123576abcdef6572134")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod onezone_groups_users {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/v3/onezone/groups/1235/users")
        .header("X-Auth-Token", "123576abcdef6572134")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod onezone_groups_users_token {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/v3/onezone/groups/1236/users/token")
        .header("X-Auth-Token", "4312176fedcba675321")
        .send_empty()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod onezone_groups_users_remove {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let answer = ureq::delete("http://127.0.0.1:8080/api/v3/onezone/groups/1236/users/1")
        .header("X-Auth-Token", "4312176fedcba675321")
        .call()?;
    println!("{}", answer.status());
    Ok(())
}
}

mod onezone_user_groups_leave {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let answer = ureq::delete("http://127.0.0.1:8080/api/v3/onezone/user/groups/101")
        .header("X-Auth-Token", "123576abcdef6572134")
        .call()?;
    println!("{}", answer.status());
    Ok(())
}
}

mod onezone_user_tokens_named {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/v3/onezone/user/tokens/named")
        .header("X-Auth-Token", "4312176fedcba675321")
        .header("Content-Type", "application/json")
        .send(r#"{"name": "Spring", "type": {"inviteToken": {"inviteType": "userJoinGroup", "groupId": "1236"}}, "usageLimit": 5}"#)?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod onezone_tokens_named_revoke {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let answer = ureq::delete("http://127.0.0.1:8080/api/v3/onezone/tokens/named/3")
        .header("X-Auth-Token", "4312176fedcba675321")
        .call()?;
    println!("{}", answer.status());
    Ok(())
}
}
