//! Certificates for TLS, which sign themselves.

use std::path::Path;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};

/// A certificate of a server, in files.
pub(crate) struct Certificate {
    /// The file with the certificate. A client that trusts it accepts the server.
    pub(crate) certificate: String,
    /// The file with its key.
    pub(crate) key: String,
}

impl Certificate {
    /// Writes a certificate that is valid for many years into this folder, for these hosts.
    pub(crate) fn new(folder: &Path, name: &str, hosts: &[&str]) -> Self {
        Self::until(folder, name, hosts, 2124)
    }

    /// Writes a certificate that is valid until the beginning of this year.
    pub(crate) fn until(folder: &Path, name: &str, hosts: &[&str], year: i32) -> Self {
        let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        let mut params = CertificateParams::new(hosts).expect("hosts");
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let write = |extension: &str, text: String| {
            let path = folder.join(format!("{name}.{extension}"));
            std::fs::write(&path, text).expect("a file");
            path.to_string_lossy().into_owned()
        };
        Self {
            certificate: write("pem", certificate.pem()),
            key: write("key", key.serialize_pem()),
        }
    }

    /// The options of a server that shows it.
    pub(crate) fn options(&self) -> [&str; 4] {
        [
            "--tls-certificate",
            &self.certificate,
            "--tls-key",
            &self.key,
        ]
    }
}
