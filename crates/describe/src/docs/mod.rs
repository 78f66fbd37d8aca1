//! The documentation at `/docs`, for people who write clients.
//!
//! - `index` lists the operations by subject; `operation` is the page of one.
//! - `dialect` is the page of a method of a dialect.
//! - `snippets` are on both: the example call in some languages.
//! - [`errors`] explains the codes; failed calls point there.
//! - `openapi` shows the OpenAPI document.
//! - `membership` has the tables of membership, which `diagram` draws.

mod diagram;
pub(crate) mod dialect;
pub mod errors;
pub(crate) mod index;
pub(crate) mod membership;
pub(crate) mod openapi;
pub(crate) mod operation;
pub(crate) mod snippets;

use trivium_core::Code;
use trivium_front::Profile;

/// The number of the fault that tells what broke inside.
const fn internal(profile: Profile) -> i32 {
    match profile {
        Profile::Documented => -32603,
        Profile::Original => 42,
    }
}

/// How a failure of this code is told over XML-RPC.
fn told(profile: Profile, code: Code) -> String {
    let internal = internal(profile);
    match (profile, code) {
        (Profile::Documented, Code::UnknownMethod) => "fault -32601".to_owned(),
        (_, Code::MalformedBody) => "fault -32600, -32700 or -32701".to_owned(),
        // Its address is none of the protocol's.
        (_, Code::NotFound) => "–".to_owned(),
        (_, Code::TestError) => format!("fault {internal}"),
        // errorTest's like is unforeseen; what exceptionTest answers is not.
        (_, Code::GeneralSomeError) => format!("struct, or fault {internal}"),
        _ => "struct".to_owned(),
    }
}
