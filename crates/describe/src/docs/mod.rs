//! The documentation at `/docs`, for people who write clients.
//!
//! - `index` lists the operations by subject; `operation` is the page of one, with
//!   `snippets` of its call in some languages.
//! - `dialect` is the page of a method of a dialect.
//! - [`errors`] explains the codes; failed calls point there.
//! - `membership` has the tables of membership, which `diagram` draws.

mod diagram;
pub(crate) mod dialect;
pub mod errors;
pub(crate) mod index;
pub(crate) mod membership;
pub(crate) mod operation;
pub(crate) mod snippets;

use trivium_core::Code;
use trivium_front::Profile;

/// How a failure of this code is told over XML-RPC.
fn told(profile: Profile, code: Code) -> String {
    let internal = match profile {
        Profile::Documented => -32603,
        Profile::Original => 42,
    };
    match (profile, code) {
        (Profile::Documented, Code::UnknownMethod) => "fault -32601".to_owned(),
        (_, Code::TestError) => format!("fault {internal}"),
        // errorTest's like is unforeseen; what exceptionTest answers is not.
        (_, Code::GeneralSomeError) => format!("struct, or fault {internal}"),
        _ => "struct".to_owned(),
    }
}
