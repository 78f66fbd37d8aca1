//! The client behind trusted proxies: its address, and whether it uses HTTPS.
//!
//! Anybody can send a forwarding header, so it is read from the right: each trusted proxy has appended the
//! address of its peer. No header changes the host.

use std::net::IpAddr;
use std::sync::Once;

use actix_web::http::header::{self, HeaderMap};
use clap::ValueEnum;
use ipnet::IpNet;

/// The header in which the trusted proxies forward the address of their client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ForwardedHeader {
    /// X-Forwarded-For, with X-Forwarded-Proto.
    XForwardedFor,
    /// Forwarded, see RFC 7239.
    Forwarded,
}

/// The proxies whose forwarding header is believed.
#[derive(Clone, Debug)]
pub(crate) struct Proxies {
    /// Their addresses.
    pub(crate) trusted: Vec<IpNet>,
    /// Their header.
    pub(crate) header: ForwardedHeader,
}

/// The client of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forwarded {
    /// Its address.
    pub(crate) address: IpAddr,
    /// True if it sent the request to the first proxy over HTTPS.
    pub(crate) is_secure: bool,
}

/// What one proxy forwards: the address of its peer, and the scheme of the request, if they are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Hop {
    address: Option<IpAddr>,
    is_secure: bool,
}

impl Proxies {
    /// True for the address of a trusted proxy.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted
            .iter()
            .any(|network| network.contains(&address))
    }

    /// Finds the client of a request that came from this peer, over TLS or not.
    pub(crate) fn client(&self, peer: IpAddr, is_secure: bool, headers: &HeaderMap) -> Forwarded {
        let mut client = Forwarded {
            address: peer.to_canonical(),
            is_secure,
        };
        if !self.trusts(peer) {
            warn_of_untrusted_proxy(peer, headers);
            return client;
        }
        for hop in self.hops(headers).into_iter().rev() {
            client.is_secure = hop.is_secure;
            let Some(address) = hop.address else { break };
            client.address = address;
            if !self.trusts(address) {
                break;
            }
        }
        client
    }

    fn hops(&self, headers: &HeaderMap) -> Vec<Hop> {
        match self.header {
            ForwardedHeader::Forwarded => {
                let elements = list(headers, "forwarded");
                elements.iter().map(|element| hop(element)).collect()
            }
            ForwardedHeader::XForwardedFor => {
                let schemes = list(headers, "x-forwarded-proto");
                let addresses = list(headers, "x-forwarded-for");
                // Most proxies replace the scheme and append the address. The last scheme is that of a trusted
                // proxy.
                let last = schemes.last().is_some_and(|scheme| is_https(scheme));
                let is_pairwise = schemes.len() == addresses.len();
                let hops = addresses.iter().enumerate().map(|(place, address)| Hop {
                    address: node(address),
                    is_secure: match schemes.get(place) {
                        Some(scheme) if is_pairwise => is_https(scheme),
                        _ => last,
                    },
                });
                hops.collect()
            }
        }
    }
}

/// Reports a proxy on this machine that is not trusted, once: all its clients share the limits on failed
/// logins.
fn warn_of_untrusted_proxy(peer: IpAddr, headers: &HeaderMap) {
    static WARNED: Once = Once::new();
    let is_forwarded =
        || headers.contains_key(header::FORWARDED) || headers.contains_key(header::X_FORWARDED_FOR);
    if peer.to_canonical().is_loopback() && is_forwarded() {
        WARNED.call_once(|| {
            tracing::warn!(
                %peer,
                "a peer sends a forwarding header and is not trusted: if it is your proxy, name it in \
                 trusted_proxies"
            );
        });
    }
}

/// The elements of a header, which may occur several times.
fn list<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    headers
        .get_all(name)
        // A value that is not text has one element that is not an address.
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .map(str::trim)
        .collect()
}

/// Reads an element of Forwarded.
fn hop(element: &str) -> Hop {
    let mut hop = Hop::default();
    for pair in element.split(';') {
        let Some((name, value)) = pair.split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches('"');
        match name.trim() {
            name if name.eq_ignore_ascii_case("for") => hop.address = node(value),
            name if name.eq_ignore_ascii_case("proto") => hop.is_secure = is_https(value),
            _ => {}
        }
    }
    hop
}

/// Reads an address, which may have a port and brackets.
fn node(text: &str) -> Option<IpAddr> {
    let address = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => match text.split_once(':') {
            Some((address, port)) if !port.contains(':') => address,
            _ => text,
        },
    };
    let address: IpAddr = address.parse().ok()?;
    Some(address.to_canonical())
}

fn is_https(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https")
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    fn client(header: ForwardedHeader, headers: &[(&str, &str)]) -> String {
        let proxies = Proxies {
            trusted: ["10.0.0.0/8", "2001:db8::/32"]
                .map(|network| network.parse().expect("a network"))
                .into(),
            header,
        };
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                HeaderName::from_bytes(name.as_bytes()).expect("a name"),
                HeaderValue::from_str(value).expect("a value"),
            );
        }
        let peer = IpAddr::from([10, 0, 0, 1]);
        let Forwarded { address, is_secure } = proxies.client(peer, false, &map);
        let scheme = if is_secure { "https" } else { "http" };
        format!("{scheme} {address}")
    }

    #[test]
    fn the_client_is_the_last_address_that_is_no_proxy() {
        let for_ = "X-Forwarded-For";
        let proto = "X-Forwarded-Proto";
        let cases: &[(&[(&str, &str)], &str)] = &[
            (&[], "http 10.0.0.1"),
            (&[(for_, "192.0.2.1")], "http 192.0.2.1"),
            (&[(for_, "192.0.2.1"), (proto, "HTTPS")], "https 192.0.2.1"),
            // The client sent the first one itself.
            (&[(for_, "192.0.2.9, 192.0.2.1")], "http 192.0.2.1"),
            (
                &[(for_, "192.0.2.9"), (for_, "192.0.2.1")],
                "http 192.0.2.1",
            ),
            (&[(for_, "192.0.2.1, 10.1.1.1")], "http 192.0.2.1"),
            (&[(for_, "192.0.2.1, 2001:db8::7")], "http 192.0.2.1"),
            (&[(for_, "192.0.2.1:4711")], "http 192.0.2.1"),
            (&[(for_, "[2001:db9::1]:80")], "http 2001:db9::1"),
            (&[(for_, "::ffff:192.0.2.1")], "http 192.0.2.1"),
            (&[(for_, "nonsense, 10.1.1.1")], "http 10.1.1.1"),
            (&[(for_, "")], "http 10.0.0.1"),
            (
                &[(for_, "192.0.2.1"), (proto, "https, http")],
                "http 192.0.2.1",
            ),
            (
                &[(for_, "192.0.2.1, 10.1.1.1"), (proto, "https, http")],
                "https 192.0.2.1",
            ),
            (
                &[("Forwarded", "for=192.0.2.1;proto=https")],
                "http 10.0.0.1",
            ),
        ];
        for (headers, expected) in cases {
            let found = client(ForwardedHeader::XForwardedFor, headers);
            assert_eq!(found, *expected, "{headers:?}");
        }
    }

    #[test]
    fn the_header_forwarded_has_an_element_for_each_proxy() {
        let cases = [
            ("for=192.0.2.1", "http 192.0.2.1"),
            ("For=192.0.2.1; Proto=https", "https 192.0.2.1"),
            ("for=\"[2001:db9::1]:80\";proto=https", "https 2001:db9::1"),
            (
                "for=192.0.2.9, for=192.0.2.1;proto=https, for=10.1.1.1;proto=http",
                "https 192.0.2.1",
            ),
            ("for=unknown", "http 10.0.0.1"),
            ("for=_hidden;proto=https", "https 10.0.0.1"),
            ("nonsense", "http 10.0.0.1"),
        ];
        for (value, expected) in cases {
            let found = client(ForwardedHeader::Forwarded, &[("Forwarded", value)]);
            assert_eq!(found, expected, "{value}");
        }
    }
}
