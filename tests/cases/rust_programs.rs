//! Programs in Rust that the pages show, one for each shape of a request. Written by
//! `make record`; run by tests/end_to_end/descriptions/snippets.rs.

#![expect(non_snake_case, reason = "modules are named as pages are")]

use super::Program;

/// Stores the output of a program.
macro_rules! println {
    ($($words:tt)*) => { crate::descriptions::snippets::PRINTED.set(format!($($words)*)) };
}

pub(super) const ALL: &[(&str, Program)] = &[
    ("echo", echo::run),
    ("echoPost", echoPost::run),
    ("errorTest", errorTest::run),
    ("onezone.configuration", onezone_configuration::run),
    ("onezone.user-groups-join", onezone_user_groups_join::run),
    ("onezone.groups-users-token", onezone_groups_users_token::run),
    ("onezone.groups-users-remove", onezone_groups_users_remove::run),
    ("onezone.groups-edit", onezone_groups_edit::run),
    ("onezone.user-tokens-named", onezone_user_tokens_named::run),
];

mod echo {
use super::super::fake_ureq as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut response = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/echo")
        .query("echoText", "Hello")
        .call()?;
    println!("{}", response.body_mut().read_to_string()?);
    Ok(())
}
}

mod echoPost {
use super::super::fake_ureq as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut response = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/echoPost")
        .send_form([
            ("echoText", "Hello"),
        ])?;
    println!("{}", response.body_mut().read_to_string()?);
    Ok(())
}
}

mod errorTest {
use super::super::fake_ureq as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut response = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/errorTest")
        .call()?;
    println!("{}", response.body_mut().read_to_string()?);
    Ok(())
}
}

mod onezone_configuration {
use super::super::fake_ureq as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut response = ureq::get("http://127.0.0.1:8080/api/v3/onezone/configuration")
        .header("X-Auth-Token", "123576abcdef6572134")
        .call()?;
    println!("{}", response.body_mut().read_to_string()?);
    Ok(())
}
}

mod onezone_user_groups_join {
use super::super::fake_ureq as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let response = ureq::post("http://127.0.0.1:8080/api/v3/onezone/user/groups/join")
        .header("X-Auth-Token", "123576abcdef6572134")
        .header("Content-Type", "application/json")
        .send(r#"{"token": "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"}"#)?;
    println!("{}", response.headers()["location"].to_str().unwrap_or_default());
    Ok(())
}
}

mod onezone_groups_users_token {
use super::super::fake_ureq as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut response = ureq::post("http://127.0.0.1:8080/api/v3/onezone/groups/1236/users/token")
        .header("X-Auth-Token", "4312176fedcba675321")
        .send_empty()?;
    println!("{}", response.body_mut().read_to_string()?);
    Ok(())
}
}

mod onezone_groups_users_remove {
use super::super::fake_ureq as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let response = ureq::delete("http://127.0.0.1:8080/api/v3/onezone/groups/1236/users/1")
        .header("X-Auth-Token", "4312176fedcba675321")
        .call()?;
    println!("{}", response.status());
    Ok(())
}
}

mod onezone_groups_edit {
use super::super::fake_ureq as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let response = ureq::patch("http://127.0.0.1:8080/api/v3/onezone/groups/1234")
        .header("X-Auth-Token", "4312176fedcba675321")
        .header("Content-Type", "application/json")
        .send(r#"{"type": "unit"}"#)?;
    println!("{}", response.status());
    Ok(())
}
}

mod onezone_user_tokens_named {
use super::super::fake_ureq as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut response = ureq::post("http://127.0.0.1:8080/api/v3/onezone/user/tokens/named")
        .header("X-Auth-Token", "4312176fedcba675321")
        .header("Content-Type", "application/json")
        .send(r#"{"name": "Spring", "type": {"inviteToken": {"inviteType": "userJoinGroup", "groupId": "1236"}}, "usageLimit": 5}"#)?;
    println!("{}", response.body_mut().read_to_string()?);
    Ok(())
}
}
