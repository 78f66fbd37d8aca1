//! The options of `trivium serve`.

#![allow(
    rustdoc::bare_urls,
    reason = "the comments of options are their help, in plain text"
)]

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ipnet::IpNet;
use trivium_core::Settings;
use trivium_core::retention::Retention;
use trivium_core::types::Password;

use super::listen::Listen;
use super::prefix::{Prefix, overlap};
use super::quotas::Quotas;
use super::units::{
    Forever, duration, number, seconds, seconds_or_forever, size, size_or_zero, up_to,
};
use crate::http::ForwardedHeader;
use crate::tls::Identity;

/// Options of `trivium serve`, which creates and migrates the database, then serves until SIGTERM
/// or SIGINT.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  trivium serve --demo
  trivium serve --listen 0.0.0.0:8080 --database sqlite:/srv/trivium.db
  TRIVIUM_DATABASE=postgres://trivium@db/trivium trivium serve --workers 4

Secrets are never flags. The password that newUser, editUser and deleteUser require is set in
TRIVIUM_ADMIN_PASSWORD, in the file that TRIVIUM_ADMIN_PASSWORD_FILE names, or as admin_password
in trivium.toml. TRIVIUM_DATABASE_FILE names a file with the database URL.")]
pub(crate) struct Serve {
    /// Serve a temporary database with demonstration data and known passwords; loopback only
    #[arg(long)]
    pub(crate) demo: bool,
    /// Address to listen on, or unix:PATH for a socket, for a proxy on this machine
    #[arg(
        long,
        env = "TRIVIUM_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    pub(crate) listen: Listen,
    /// Address of a second listener for administrators: /metrics, /ready with reasons, /version [default: none]
    /// [example: 127.0.0.1:9090]
    #[arg(
        long,
        env = "TRIVIUM_MANAGEMENT_LISTEN",
        value_name = "ADDRESS",
        value_parser = address
    )]
    pub(crate) management_listen: Option<SocketAddr>,
    /// Permit management_listen an address that other machines reach: it has no password and no TLS
    #[arg(long, env = "TRIVIUM_MANAGEMENT_PUBLIC")]
    pub(crate) management_public: bool,
    /// Number of server threads [default: one for each core] [example: 2]
    #[arg(long, env = "TRIVIUM_WORKERS", value_name = "N")]
    #[arg(value_parser = number(1_u16, 256))]
    pub(crate) workers: Option<u16>,
    /// Public base URL of the service, for links in responses [default: as requested]
    /// [example: https://groups.example]
    #[arg(long, env = "TRIVIUM_BASE_URL", value_name = "URL", value_parser = base_url)]
    pub(crate) base_url: Option<String>,
    /// Response format: as documented, or as sent by the original servers
    #[arg(
        long,
        env = "TRIVIUM_PEOPLEAGGREGATOR_PROFILE",
        value_enum,
        default_value = "documented"
    )]
    pub(crate) peopleaggregator_profile: ProfileOption,
    /// HTTP status of errors over REST: always 200, or the status of the error
    #[arg(
        long,
        env = "TRIVIUM_PEOPLEAGGREGATOR_STATUS",
        value_enum,
        default_value = "ok"
    )]
    pub(crate) peopleaggregator_status: StatusOption,
    /// Path prefix of the Upcoming dialect, or off
    #[arg(long, env = "TRIVIUM_UPCOMING", value_name = "PREFIX")]
    #[arg(default_value = trivium_upcoming::PREFIX)]
    pub(crate) upcoming: Prefix,
    /// Permit JSONP for calls with a token: any web page could then read data of the token's user
    #[arg(long, env = "TRIVIUM_UPCOMING_JSONP_WITH_TOKEN")]
    pub(crate) upcoming_jsonp_with_token: bool,
    /// Path prefix of the Onezone dialect, or off
    #[arg(long, env = "TRIVIUM_ONEZONE", value_name = "PREFIX")]
    #[arg(default_value = trivium_onezone::PREFIX)]
    pub(crate) onezone: Prefix,
    /// Who may list users and find groups
    #[arg(long, env = "TRIVIUM_DIRECTORY", value_enum, default_value = "public")]
    pub(crate) directory: DirectoryOption,
    /// Time limit for the head of a request, and for its body
    #[arg(long, env = "TRIVIUM_REQUEST_TIMEOUT", value_name = "DURATION")]
    #[arg(default_value = "20s", value_parser = up_to("1h", duration))]
    pub(crate) request_timeout: Duration,
    /// Time limit for an idle connection between requests
    #[arg(long, env = "TRIVIUM_KEEP_ALIVE", value_name = "DURATION")]
    #[arg(default_value = "30s", value_parser = up_to("1h", duration))]
    pub(crate) keep_alive: Duration,
    /// Time limit for a request from when its body has been read, waiting included
    #[arg(long, env = "TRIVIUM_CALL_TIMEOUT", value_name = "DURATION")]
    #[arg(default_value = "10s", value_parser = up_to("1h", duration))]
    pub(crate) call_timeout: Duration,
    /// Time limit for stopping; requests that are still in progress are cut
    #[arg(long, env = "TRIVIUM_SHUTDOWN_TIMEOUT", value_name = "DURATION")]
    #[arg(default_value = "10s", value_parser = up_to("1h", duration))]
    pub(crate) shutdown_timeout: Duration,
    /// Maximum number of open connections; at the limit, an idle one of the address with most is closed
    #[arg(
        long,
        env = "TRIVIUM_MAX_CONNECTIONS",
        default_value_t = 10_000,
        value_name = "N",
        value_parser = number(1_usize, 1_000_000)
    )]
    pub(crate) max_connections: usize,
    /// Memory for pages of an SQLite file, for each thread that reads
    #[arg(
        long,
        env = "TRIVIUM_PAGE_CACHE",
        default_value = "64MiB",
        value_name = "SIZE",
        value_parser = size
    )]
    pub(crate) page_cache: usize,
    /// Memory for responses to reads of an SQLite file, which are sent again while nothing has changed; 0 for none
    #[arg(
        long,
        env = "TRIVIUM_RESPONSE_CACHE",
        default_value = "64MiB",
        value_name = "SIZE",
        value_parser = size_or_zero
    )]
    pub(crate) response_cache: usize,
    /// Who moves what is in the -wal of an SQLite file to the file: the server, or another program such as Litestream
    #[arg(
        long,
        env = "TRIVIUM_CHECKPOINTS",
        value_enum,
        default_value = "automatic"
    )]
    pub(crate) checkpoints: CheckpointsOption,
    /// Addresses or networks of proxies whose forwarding header is believed, separated by commas
    /// [example: 127.0.0.1,10.0.0.0/8]
    #[arg(
        long,
        env = "TRIVIUM_TRUSTED_PROXIES",
        value_delimiter = ',',
        value_name = "NETWORK",
        value_parser = network
    )]
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Header in which the trusted proxies forward the address of the client
    #[arg(
        long,
        env = "TRIVIUM_FORWARDED_HEADER",
        value_enum,
        default_value = "x-forwarded-for"
    )]
    pub(crate) forwarded_header: ForwardedHeader,
    /// Origins whose web pages may make calls: scheme and host, separated by commas; * for all
    /// [example: https://example.org]
    #[arg(
        long,
        env = "TRIVIUM_CORS_ORIGINS",
        value_delimiter = ',',
        value_name = "ORIGIN",
        value_parser = origin
    )]
    pub(crate) cors_origins: Vec<String>,
    /// Format of the log on standard error
    #[arg(long, env = "TRIVIUM_LOG_FORMAT", value_enum, default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// Password that newUser, editUser and deleteUser require; without one, nobody can call them
    #[arg(
        long,
        env = "TRIVIUM_ADMIN_PASSWORD",
        hide_env_values = true,
        hide = true
    )]
    #[arg(value_parser = password)]
    pub(crate) admin_password: Option<Password>,
    #[command(flatten)]
    pub(crate) reloaded: Reloaded,
}

/// The settings that a running server applies again on SIGHUP.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Applied again on SIGHUP")]
pub(crate) struct Reloaded {
    /// File with the certificate for TLS, in PEM, followed by those of its issuers; without one, there is no TLS
    /// [example: /etc/trivium/tls.pem]
    #[arg(long, env = "TRIVIUM_TLS_CERTIFICATE", value_name = "FILE")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// File with the private key of the certificate, in PEM [example: /etc/trivium/tls.key]
    #[arg(long, env = "TRIVIUM_TLS_KEY", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Lifetime of a token from login, e.g. 90s, 15m, 12h, 30d
    #[arg(long, env = "TRIVIUM_TOKEN_LIFETIME", value_name = "DURATION")]
    #[arg(default_value = "1d", value_parser = up_to("2000000000s", seconds))]
    pub(crate) token_lifetime: i64,
    /// Memory for request bodies that are being read and for responses that are not sent yet
    #[arg(
        long,
        env = "TRIVIUM_MEMORY_BUDGET",
        default_value = "128MiB",
        value_name = "SIZE",
        value_parser = size
    )]
    pub(crate) memory_budget: usize,
    #[command(flatten)]
    pub(crate) quotas: Quotas,
    /// How long revoked and expired tokens and invitations are kept
    #[arg(long, env = "TRIVIUM_RETENTION", value_name = "DURATION")]
    #[arg(default_value = "30d", value_parser = seconds)]
    pub(crate) retention: i64,
    /// How long audit entries are kept, or forever
    #[arg(long, env = "TRIVIUM_AUDIT_RETENTION", value_name = "DURATION")]
    #[arg(default_value = "forever", value_parser = seconds_or_forever)]
    pub(crate) audit_retention: Forever,
    /// Log level
    #[arg(
        long,
        env = "TRIVIUM_LOG_LEVEL",
        value_enum,
        default_value = "info",
        value_name = "LEVEL"
    )]
    pub(crate) log_level: LogLevel,
    /// Duration from which on a call is reported in the log as slow
    #[arg(long, env = "TRIVIUM_SLOW_CALL", value_name = "DURATION")]
    #[arg(default_value = "1s", value_parser = duration)]
    pub(crate) slow_call: Duration,
}

impl Reloaded {
    /// Reads the certificate that the server shows, if it has one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn identity(&self) -> Result<Option<Identity>, String> {
        match (&self.tls_certificate, &self.tls_key) {
            (Some(certificate), Some(key)) => Identity::load(certificate, key).map(Some),
            (Some(_), None) => Err("tls_certificate needs tls_key, the file with its key".into()),
            (None, Some(_)) => {
                Err("tls_key needs tls_certificate, the file with its certificate".into())
            }
            (None, None) => Ok(None),
        }
    }

    /// Applies these settings to those of a service.
    pub(crate) fn apply(&self, settings: Settings) -> Settings {
        Settings {
            token_lifetime: self.token_lifetime,
            quotas: self.quotas.into(),
            retention: Retention {
                credentials: self.retention,
                audit_entries: self.audit_retention,
            },
            ..settings
        }
    }
}

impl Serve {
    /// Checks the settings with each other.
    ///
    /// # Errors
    /// The first problem, with what to do.
    pub(crate) fn check(&self) -> Result<(), String> {
        if let (Some(one), Some(other)) = (&self.upcoming.0, &self.onezone.0)
            && overlap(one, other)
        {
            return Err(format!(
                "the prefixes of the dialects overlap: upcoming is {one} and onezone is {other}"
            ));
        }
        if self.demo && !self.listen.is_local() {
            return Err(format!(
                "the demonstration has known passwords, so it must listen on a loopback address such as \
                 127.0.0.1:8080, not on {}",
                self.listen
            ));
        }
        let is_unix = matches!(self.listen, Listen::Unix(_));
        if is_unix && self.demo {
            return Err(
                "the demonstration prints calls of an address, so it must listen on one".into(),
            );
        }
        if is_unix && self.reloaded.tls_certificate.is_some() {
            return Err(
                "a Unix socket has no TLS: its proxy terminates it, so remove tls_certificate and tls_key".into(),
            );
        }
        self.reloaded.identity()?;
        match self.management_listen {
            Some(listen) if !listen.ip().is_loopback() && !self.management_public => Err(format!(
                "management_listen has no password and no TLS, so it must be a loopback address such as \
                 127.0.0.1:9090, not {listen}; if only administrators reach that, set management_public"
            )),
            _ => Ok(()),
        }
    }
}

/// Parses an address to listen on.
fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "expected an IP address and a port, such as 127.0.0.1:8080 or [::1]:8080, or 0.0.0.0:8080 for all \
         interfaces; a name of a host is not possible"
            .into()
    })
}

/// Takes a password of any form.
fn password(text: &str) -> Result<Password, String> {
    Ok(Password(text.to_owned()))
}

/// Parses the origin of web pages, in the form in which browsers send it.
fn origin(text: &str) -> Result<String, String> {
    let is_host = |rest: &str| {
        let valid = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._:[]".contains(&b);
        !rest.is_empty() && rest.bytes().all(valid)
    };
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match text == "*" || host.is_some_and(is_host) {
        true => Ok(text.to_owned()),
        false => {
            Err("expected e.g. https://example.org, in lower case and without a path, or *".into())
        }
    }
}

/// Parses the address or the network of a proxy.
fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let network = text.parse::<IpNet>();
    let network = network.or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    match network {
        // Every client could then choose the address by which its failed logins are limited.
        Ok(network) if network.prefix_len() == 0 => {
            Err("this would believe every client: name the addresses of the proxies".into())
        }
        Ok(network) => Ok(network),
        Err(_) => Err("expected an address or a network, such as 10.0.0.0/8".into()),
    }
}

/// Parses a base URL: a scheme, a host and perhaps a port.
fn base_url(text: &str) -> Result<String, String> {
    let host = ["http://", "https://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))
        .map(|rest| rest.strip_suffix('/').unwrap_or(rest));
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:[]".contains(&b);
    match host {
        Some(host) if !host.is_empty() && host.bytes().all(plain) => Ok(text.to_owned()),
        _ => Err(
            "expected an http or https URL without a path, such as https://groups.example".into(),
        ),
    }
}

/// See [`trivium_front::Profile`].
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ProfileOption {
    Documented,
    Original,
}

impl From<ProfileOption> for trivium_front::Profile {
    fn from(option: ProfileOption) -> Self {
        match option {
            ProfileOption::Documented => Self::Documented,
            ProfileOption::Original => Self::Original,
        }
    }
}

/// See [`trivium_front::StatusRule`].
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StatusOption {
    Ok,
    Http,
}

impl From<StatusOption> for trivium_front::StatusRule {
    fn from(option: StatusOption) -> Self {
        match option {
            StatusOption::Ok => Self::Ok,
            StatusOption::Http => Self::Http,
        }
    }
}

/// See [`trivium_core::Directory`].
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum DirectoryOption {
    Public,
    Members,
}

/// Who makes the checkpoints of an SQLite file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckpointsOption {
    Automatic,
    External,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// See [`tracing::Level`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

impl From<LogLevel> for tracing::Level {
    fn from(option: LogLevel) -> Self {
        match option {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
        }
    }
}
