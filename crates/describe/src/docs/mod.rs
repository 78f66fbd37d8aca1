//! The documentation at `/docs`, for authors of clients.
//!
//! - `index` lists the operations by subject; `operation` is the page of one.
//! - `dialect` is the page of a method of a dialect.
//! - `snippets` writes the example call of both in several languages.
//! - [`errors`] explains the codes; failed calls point there.
//! - `openapi` shows the OpenAPI document.

pub(crate) mod dialect;
pub mod errors;
pub(crate) mod index;
pub(crate) mod openapi;
pub(crate) mod operation;
pub(crate) mod snippets;

pub use snippets::{as_curl, as_python};

use trivium_front::Profile;
use trivium_front::fault::Fault;
use trivium_rpc::{Category, Code, codes};

/// Describes how XML-RPC reports a failure of this code.
fn xml_rpc_report(profile: Profile, code: Code) -> String {
    let number = Fault::of(code, true).and_then(|fault| fault.number(profile));
    match (number, code) {
        (_, codes::MALFORMED_BODY) => "fault -32600, -32700 or -32701".to_owned(),
        // No XML-RPC request fails with this code.
        (_, codes::NOT_FOUND) => "–".to_owned(),
        // exceptionTest returns the code itself.
        (Some(number), code) if code.category == Category::Internal => {
            format!("struct, or fault {number}")
        }
        (Some(number), _) => format!("fault {number}"),
        (None, _) => "struct".to_owned(),
    }
}
