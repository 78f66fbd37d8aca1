//! The programs in Rust that the pages show, as they stand there. Written by
//! tests/end_to_end/descriptions/snippets.rs, with INSTA_UPDATE=always; run there, too.

#![expect(non_snake_case, reason = "modules are named as pages are")]

use super::Program;

/// Keeps what a program prints.
macro_rules! println {
    ($($words:tt)*) => { crate::descriptions::snippets::PRINTED.set(format!($($words)*)) };
}

pub(super) const ALL: &[(&str, Program)] = &[
    ("echo", echo::run),
    ("echoPost", echoPost::run),
    ("errorTest", errorTest::run),
    ("exceptionTest", exceptionTest::run),
    ("getUserList", getUserList::run),
    ("getUserProfile", getUserProfile::run),
    ("newUser", newUser::run),
    ("editUser", editUser::run),
    ("deleteUser", deleteUser::run),
    ("login", login::run),
    ("logout", logout::run),
    ("checkToken", checkToken::run),
    ("changePassword", changePassword::run),
    ("getTokens", getTokens::run),
    ("revokeToken", revokeToken::run),
    ("getCategories", getCategories::run),
    ("getGroups", getGroups::run),
    ("getMyGroups", getMyGroups::run),
    ("getGroup", getGroup::run),
    ("getMembers", getMembers::run),
    ("findGroup", findGroup::run),
    ("newGroup", newGroup::run),
    ("editGroup", editGroup::run),
    ("deleteGroup", deleteGroup::run),
    ("canJoin", canJoin::run),
    ("joinGroup", joinGroup::run),
    ("withdrawJoinRequest", withdrawJoinRequest::run),
    ("leaveGroup", leaveGroup::run),
    ("newInvitation", newInvitation::run),
    ("getInvitations", getInvitations::run),
    ("revokeInvitation", revokeInvitation::run),
    ("joinByInvitation", joinByInvitation::run),
    ("getJoinRequests", getJoinRequests::run),
    ("approveJoinRequest", approveJoinRequest::run),
    ("denyJoinRequest", denyJoinRequest::run),
    ("removeMember", removeMember::run),
    ("banMember", banMember::run),
    ("unbanMember", unbanMember::run),
    ("setMemberRole", setMemberRole::run),
    ("transferGroup", transferGroup::run),
    ("getAuditLog", getAuditLog::run),
];

mod echo {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/echo")
        .query("echoText", "Hello")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod echoPost {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/echoPost")
        .send_form([
            ("echoText", "Hello"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod errorTest {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/errorTest")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod exceptionTest {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/exceptionTest")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod getUserList {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/getUserList")
        .query("page", "2")
        .query("resultsPerPage", "10")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod getUserProfile {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/getUserProfile")
        .query("login", "marc")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod newUser {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/newUser")
        .send_form([
            ("adminPassword", "adminspassword"),
            ("login", "nina"),
            ("firstName", "Nina"),
            ("lastName", "Nonesuch"),
            ("password", "ninaspassword"),
            ("email", "nina@example.org"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod editUser {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/editUser")
        .send_form([
            ("adminPassword", "adminspassword"),
            ("id", "user:58060"),
            ("firstName", "Nina Maria"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod deleteUser {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/deleteUser")
        .send_form([
            ("adminPassword", "adminspassword"),
            ("login", "nina"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod login {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/login")
        .send_form([
            ("login", "marc"),
            ("password", "marcspassword"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod logout {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/logout")
        .send_form([
            ("authToken", "4312176fedcba675321"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod checkToken {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/checkToken")
        .query("authToken", "123576abcdef6572134")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod changePassword {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/changePassword")
        .send_form([
            ("authToken", "123576abcdef6572134"),
            ("oldPassword", "marcspassword"),
            ("newPassword", "marcs new password"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod getTokens {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/getTokens")
        .query("authToken", "123576abcdef6572134")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod revokeToken {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/revokeToken")
        .send_form([
            ("authToken", "123576abcdef6572134"),
            ("prefix", "123576ab"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod getCategories {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/getCategories")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod getGroups {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/getGroups")
        .query("context", "user:2")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod getMyGroups {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/getMyGroups")
        .query("authToken", "123576abcdef6572134")
        .query("page", "2")
        .query("resultsPerPage", "18")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod getGroup {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/getGroup")
        .query("id", "group:1234")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod getMembers {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/getMembers")
        .query("authToken", "123576abcdef6572134")
        .query("id", "group:1235")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod findGroup {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/findGroup")
        .send_form([
            ("name", "three"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod newGroup {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/newGroup")
        .send_form([
            ("authToken", "123576abcdef6572134"),
            ("name", "Crossroads"),
            ("category", "cat:1"),
            ("tags", "ways, roads"),
            ("description", "Where ways meet."),
            ("image", ""),
            ("accessType", "public"),
            ("registrationType", "open"),
            ("moderationType", "direct"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod editGroup {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/editGroup")
        .send_form([
            ("authToken", "123576abcdef6572134"),
            ("id", "group:2084"),
            ("description", "Where three ways meet."),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod deleteGroup {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/deleteGroup")
        .send_form([
            ("authToken", "4312176fedcba675321"),
            ("id", "group:2084"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod canJoin {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/canJoin")
        .query("authToken", "123576abcdef6572134")
        .query("id", "group:1235")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod joinGroup {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/joinGroup")
        .send_form([
            ("authToken", "123576abcdef6572134"),
            ("id", "group:1234"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod withdrawJoinRequest {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/withdrawJoinRequest")
        .send_form([
            ("authToken", "123576abcdef6572134"),
            ("id", "group:1235"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod leaveGroup {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/leaveGroup")
        .send_form([
            ("authToken", "123576abcdef6572134"),
            ("id", "group:1234"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod newInvitation {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/newInvitation")
        .send_form([
            ("authToken", "4312176fedcba675321"),
            ("id", "group:1236"),
            ("usageLimit", "5"),
            ("expiresIn", "604800"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod getInvitations {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/getInvitations")
        .query("authToken", "4312176fedcba675321")
        .query("id", "group:1236")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod revokeInvitation {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/revokeInvitation")
        .send_form([
            ("authToken", "4312176fedcba675321"),
            ("id", "group:1236"),
            ("invitationId", "invitation:1"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod joinByInvitation {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/joinByInvitation")
        .send_form([
            ("authToken", "123576abcdef6572134"),
            ("invitation", "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod getJoinRequests {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/getJoinRequests")
        .query("authToken", "4312176fedcba675321")
        .query("id", "group:1235")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod approveJoinRequest {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/approveJoinRequest")
        .send_form([
            ("authToken", "4312176fedcba675321"),
            ("id", "group:1235"),
            ("user", "user:1"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod denyJoinRequest {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/denyJoinRequest")
        .send_form([
            ("authToken", "4312176fedcba675321"),
            ("id", "group:1235"),
            ("user", "user:1"),
            ("reason", "Not yet."),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod removeMember {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/removeMember")
        .send_form([
            ("authToken", "4312176fedcba675321"),
            ("id", "group:1235"),
            ("user", "user:1"),
            ("reason", "Left a gate open."),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod banMember {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/banMember")
        .send_form([
            ("authToken", "4312176fedcba675321"),
            ("id", "group:1235"),
            ("user", "user:1"),
            ("until", "2099-12-31T23:59:59Z"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod unbanMember {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/unbanMember")
        .send_form([
            ("authToken", "4312176fedcba675321"),
            ("id", "group:1235"),
            ("user", "user:1"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod setMemberRole {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/setMemberRole")
        .send_form([
            ("authToken", "4312176fedcba675321"),
            ("id", "group:1235"),
            ("user", "user:1"),
            ("role", "moderator"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod transferGroup {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::post("http://127.0.0.1:8080/api/json/peopleaggregator/transferGroup")
        .send_form([
            ("authToken", "123576abcdef6572134"),
            ("id", "group:2084"),
            ("user", "user:2"),
        ])?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}

mod getAuditLog {
use super::super::here as ureq;
pub(super) fn run() -> Result<(), ureq::Error> { main() }
// Cargo.toml: ureq = "3"
fn main() -> Result<(), ureq::Error> {
    let mut answer = ureq::get("http://127.0.0.1:8080/api/json/peopleaggregator/getAuditLog")
        .query("authToken", "4312176fedcba675321")
        .query("id", "group:2084")
        .call()?;
    println!("{}", answer.body_mut().read_to_string()?);
    Ok(())
}
}
