//! TLS: the certificate that the server shows, and the certificates that the client commands trust.

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::{ParsedCertificate, ServerConfig};
use rustls::{CertificateError, Error, InconsistentKeys, RootCertStore};

/// The time before its end from which on a certificate is reported.
const NOTICE: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// The certificate that a server shows, with its key. It can change while the server runs.
#[derive(Clone)]
pub(crate) struct Identity(Arc<RwLock<Loaded>>);

struct Loaded {
    config: Arc<ServerConfig>,
    /// When the certificate ends, in seconds since 1970.
    ends: u64,
}

impl Identity {
    /// Reads a chain of certificates, the server's first, and its key, from files in PEM.
    ///
    /// # Errors
    /// What is wrong, by its setting and file.
    pub(crate) fn load(certificate: &Path, key: &Path) -> Result<Self, String> {
        let loaded = Loaded::read(certificate, key)?;
        Ok(Self(Arc::new(RwLock::new(loaded))))
    }

    /// Shows another one to the connections that begin from now on.
    pub(crate) fn replace(&self, by: &Self) {
        let new = by.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        current.config = Arc::clone(&new.config);
        current.ends = new.ends;
    }

    /// The configuration of a connection that begins now.
    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        let loaded = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&loaded.config)
    }

    /// When the certificate ends, in seconds since 1970.
    pub(crate) fn ends(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).ends
    }

    /// Whether the certificate has ended, or ends soon.
    pub(crate) fn end(&self) -> End {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.unwrap_or_default();
        match Duration::from_secs(self.ends()).checked_sub(now) {
            None => End::Past,
            Some(rest) if rest < NOTICE => End::Soon {
                hours: rest.as_secs() / 3600,
            },
            Some(_) => End::Later,
        }
    }

    /// Logs that the certificate has ended, or ends soon.
    pub(crate) fn report_end(&self) {
        match self.end() {
            End::Past => tracing::error!(
                "the certificate of tls_certificate has expired: clients reject it; replace it, then send SIGHUP"
            ),
            End::Soon { hours } => {
                tracing::warn!(hours, "the certificate of tls_certificate ends soon");
            }
            End::Later => {}
        }
    }
}

/// When a certificate ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Past,
    /// Within two weeks.
    Soon {
        hours: u64,
    },
    Later,
}

impl Loaded {
    fn read(certificate: &Path, key: &Path) -> Result<Self, String> {
        let at = |setting: &str, file: &Path, problem: &dyn std::fmt::Display| {
            format!("{setting}: {}: {problem}", file.display())
        };
        let cannot_certify =
            |problem: &dyn std::fmt::Display| at("tls_certificate", certificate, problem);
        let cannot_use_key = |problem: &dyn std::fmt::Display| at("tls_key", key, problem);
        let chain = certificates(certificate).map_err(|problem| cannot_certify(&problem))?;
        let first = chain
            .first()
            .ok_or_else(|| cannot_certify(&"it contains no certificate"))?;
        let ends = ends(first).map_err(|error| cannot_certify(&error))?;
        let private = PrivateKeyDer::from_pem_file(key).map_err(|error| {
            cannot_use_key(&format!(
                "{error}; expected a private key in PEM, without a password"
            ))
        })?;
        let builder = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?;
        let config = builder
            .with_no_client_auth()
            .with_single_cert(chain, private);
        let mut config = config.map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => cannot_use_key(&format!(
                "this is not the key of the certificate in {}",
                certificate.display()
            )),
            error => cannot_use_key(&error),
        })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let config = Arc::new(config);
        Ok(Self { config, ends })
    }
}

/// Reads the certificates of a file in PEM.
fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let found =
        CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match found {
        Ok(found) if found.is_empty() => Err("it contains no certificate in PEM".into()),
        found => found.map_err(|error| error.to_string()),
    }
}

/// Returns when a certificate ends, in seconds since 1970.
///
/// rustls reads the period of a certificate only to verify it, and the error of an expired one says when it ended. So
/// this verifies it at the end of time.
fn ends(certificate: &CertificateDer<'_>) -> Result<u64, String> {
    let parsed = ParsedCertificate::try_from(certificate).map_err(|error| error.to_string())?;
    let end_of_time = UnixTime::since_unix_epoch(Duration::from_secs(u64::MAX));
    let algorithms = provider().signature_verification_algorithms.all;
    let roots = RootCertStore::empty();
    let verified = rustls::client::verify_server_cert_signed_by_trust_anchor(
        &parsed,
        &roots,
        &[],
        end_of_time,
        algorithms,
    );
    match verified {
        Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
            Ok(not_after.as_secs())
        }
        Err(error) => Err(error.to_string()),
        Ok(()) => Ok(u64::MAX),
    }
}

/// The certificates of the authorities that a client trusts, in DER: those of a file, or those of the system.
///
/// # Errors
/// If the file cannot be read, or has no certificate.
pub(crate) fn trusted(file: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, String> {
    match file {
        Some(file) => {
            certificates(file).map_err(|problem| format!("{}: {problem}", file.display()))
        }
        // What cannot be read is not trusted. Without any, each connection fails.
        None => Ok(rustls_native_certs::load_native_certs().certs),
    }
}

/// The implementation of the algorithms.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
