//! What `system.getCapabilities` answers: the specifications that are kept, and where values
//! are read and written in a dialect.

use serde::Serialize;

/// A specification.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Capability {
    spec_url: &'static str,
    spec_version: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'static str>,
}

/// All of them.
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

const fn keeps(spec_url: &'static str, spec_version: i32) -> Capability {
    Capability {
        spec_url,
        spec_version,
        description: None,
    }
}

const fn speaks(spec_url: &'static str, description: &'static str) -> Capability {
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
            xmlrpc: keeps(XMLRPC, 1),
            introspection: keeps("http://xmlrpc.usefulinc.com/doc/reserved.html", 1),
            multicall: keeps("http://www.xmlrpc.com/discuss/msgReader$1208", 1),
            faults_interop: keeps(
                "http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php",
                20_010_516,
            ),
            nil: speaks(
                "http://www.ontosys.com/xml-rpc/extensions.php",
                "<nil/> is read: an optional argument that is nil is not there. It is never sent.",
            ),
            i8: speaks(
                EXTENSIONS,
                "<i8> is read, and sent for a number beyond 32 bits.",
            ),
            date_time: speaks(
                XMLRPC,
                "Times are UTC. 20060811T13:38:44 is sent; it is read with separators and with Z \
                 too.",
            ),
        }
    }
}
