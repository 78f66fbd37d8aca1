//! The result of `system.getCapabilities`: the supported specifications, and where values deviate
//! from them.

use serde::Serialize;

/// A supported specification.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Capability {
    spec_url: &'static str,
    spec_version: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'static str>,
}

/// All supported specifications.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Capabilities {
    xmlrpc: Capability,
    introspection: Capability,
    #[serde(rename = "system.multicall")]
    multicall: Capability,
    faults_interop: Capability,
    nil: Capability,
    i8: Capability,
    #[serde(rename = "dateTime")]
    date_time: Capability,
}

const fn supported(spec_url: &'static str, spec_version: i32) -> Capability {
    Capability {
        spec_url,
        spec_version,
        description: None,
    }
}

const fn extended(spec_url: &'static str, description: &'static str) -> Capability {
    Capability {
        spec_url,
        spec_version: 1,
        description: Some(description),
    }
}

impl Default for Capabilities {
    fn default() -> Self {
        const XMLRPC: &str = "http://www.xmlrpc.com/spec";
        const EXTENSIONS: &str = "http://ws.apache.org/xmlrpc/types.html";
        Self {
            xmlrpc: supported(XMLRPC, 1),
            introspection: supported("http://xmlrpc.usefulinc.com/doc/reserved.html", 1),
            multicall: supported("http://www.xmlrpc.com/discuss/msgReader$1208", 1),
            faults_interop: supported(
                "http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php",
                20_010_516,
            ),
            nil: extended(
                "http://www.ontosys.com/xml-rpc/extensions.php",
                "<nil/> is accepted: an optional argument that is nil counts as absent. It is never sent.",
            ),
            i8: extended(
                EXTENSIONS,
                "<i8> is accepted, and sent for a number beyond 32 bits.",
            ),
            date_time: extended(
                XMLRPC,
                "Times are UTC. 20060811T13:38:44 is sent; separators and Z are accepted.",
            ),
        }
    }
}
