//! TLS: calls in each protocol, another certificate while clients call, and what goes wrong.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use trivium_test_support::{Backend, Scratch};
use ureq::Agent;
use ureq::tls::{Certificate as Trusted, RootCerts, TlsConfig};

use crate::harness::{Certificate, Served, attempt, run, trivium};

const HOSTS: &[&str] = &["127.0.0.1", "localhost"];

const ECHO: &str = "/api/json/peopleaggregator/echo?echoText=x";

/// A client with new connections, that trusts the certificates of these files.
fn client(trusted: &[&str]) -> Agent {
    let read = |file: &&str| {
        let pem = std::fs::read(file).expect("a certificate");
        Trusted::from_pem(&pem).expect("a certificate")
    };
    let roots: Vec<_> = trusted.iter().map(read).collect();
    let provider = rustls::crypto::ring::default_provider();
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(provider.into())
        .root_certs(RootCerts::new_with_certs(&roots));
    Agent::config_builder()
        .tls_config(tls.build())
        .build()
        .new_agent()
}

/// Calls a server over TLS.
fn echo(client: &Agent, server: &Served) -> Result<String, ureq::Error> {
    let url = format!("https://{}{ECHO}", server.address);
    client.get(url).call()?.body_mut().read_to_string()
}

/// A demonstration over TLS.
fn demonstration(certificate: &Certificate, options: &[&str]) -> Served {
    Served::demonstration(&[&certificate.options(), options].concat())
}

fn error(arguments: &[&str]) -> String {
    let output = trivium(arguments, "");
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn every_protocol_is_served_over_tls() {
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = Certificate::new(folder.path(), "server", HOSTS);
    let server = demonstration(&certificate, &[]);
    let url = format!("https://{}", server.address);
    // The lines that the demonstration prints, with a client that trusts the certificate.
    let curls = server
        .announcement
        .lines()
        .filter(|line| line.trim().starts_with("curl"));
    let mut calls = 0;
    for line in curls {
        let trusting = format!("curl --cacert '{}'", certificate.certificate);
        let line = line.trim().replacen("curl", &trusting, 1);
        let output = run("sh", &["-c", &line], b"");
        let text = String::from_utf8_lossy(&output.stdout);
        let is_done = text.contains("group") || text.contains("joined");
        assert!(line.contains(&url) && is_done, "{line}: {text}");
        calls += 1;
    }
    assert_eq!(calls, 5, "{}", server.announcement);

    let token = folder.path().join("token");
    std::fs::write(&token, "123576abcdef6572134").expect("a file");
    let token = token.to_string_lossy();
    let trust = ["--cacert", &certificate.certificate];
    let at = ["--url", &url];
    for via in ["json", "xml", "xml-rpc"] {
        let words = ["call", "getMyGroups", "--token-file", &token, "--via", via];
        let output = trivium(&[&words[..], &trust, &at].concat(), "");
        // The addresses of groups begin with the scheme of the request.
        let text = String::from_utf8_lossy(&output.stdout).replace("\\/", "/");
        assert!(
            output.status.success() && text.contains(&format!("{url}/group/")),
            "{text}"
        );
        // The same call by another tool.
        let output = trivium(&[&words[..], &trust, &at, &["--as", "curl"]].concat(), "");
        let line = String::from_utf8(output.stdout).expect("text");
        let output = run("sh", &["-c", &line], b"");
        assert!(
            String::from_utf8_lossy(&output.stdout).contains("1234"),
            "{line}"
        );
        let output = trivium(&[&words[..], &trust, &at, &["--as", "python"]].concat(), "");
        let output = run("python3", &["-"], &output.stdout);
        assert!(String::from_utf8_lossy(&output.stdout).contains("1234"));
    }
    // Without --cacert, the certificates of the system are trusted, which this variable replaces.
    let output = std::process::Command::new(crate::harness::BINARY)
        .args(["call", "getCategories", "--url", &url])
        .env("SSL_CERT_FILE", &certificate.certificate)
        .output()
        .expect("trivium");
    assert!(output.status.success(), "{output:?}");
    for words in [&["healthcheck", "--url", &url][..], &["conform", &url]] {
        let output = trivium(&[words, &trust].concat(), "");
        assert!(output.status.success(), "{words:?}: {output:?}");
    }
}

#[test]
fn another_certificate_is_shown_after_sighup_and_no_call_fails() {
    let scratch = Scratch::new(Backend::Sqlite);
    let folder = scratch.folder.path();
    let old = Certificate::new(folder, "old", HOSTS);
    let new = Certificate::new(folder, "new", HOSTS);
    let current = Certificate::new(folder, "current", HOSTS);
    let copy = |from: &Certificate| {
        std::fs::copy(&from.certificate, &current.certificate).expect("a copy");
        std::fs::copy(&from.key, &current.key).expect("a copy");
    };
    copy(&old);
    let options = [&current.options()[..], &["--database", &scratch.url]].concat();
    let server = Served::start(&options, &[], folder.join("log"));
    let ends = AtomicBool::new(false);
    let calls = AtomicU32::new(0);
    let served = |trusted: &[&str]| echo(&client(trusted), &server).is_ok();
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let (ends, calls, server) = (&ends, &calls, &server);
            let both = [old.certificate.as_str(), new.certificate.as_str()];
            scope.spawn(move || {
                let kept = client(&both);
                while !ends.load(Ordering::Relaxed) {
                    // Half of the clients keep their connections.
                    let text = match worker % 2 {
                        0 => echo(&kept, server),
                        _ => echo(&client(&both), server),
                    };
                    assert_eq!(
                        text.expect("a response"),
                        "{\"echoText\": \"x\", \"success\": true}"
                    );
                    calls.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let until = |count: u32| {
            while calls.load(Ordering::Relaxed) < count {
                std::thread::sleep(Duration::from_millis(1));
            }
        };
        until(20);
        assert!(served(&[&old.certificate]) && !served(&[&new.certificate]));

        // A certificate without its key changes nothing.
        std::fs::copy(&new.certificate, &current.certificate).expect("a copy");
        server.signal("HUP");
        let log = server.log_with("the settings remain as they were");
        assert!(
            log.contains("this is not the key of the certificate in"),
            "{log}"
        );
        assert!(served(&[&old.certificate]) && !served(&[&new.certificate]));

        copy(&new);
        server.signal("HUP");
        server.log_with("the settings were reloaded");
        assert!(served(&[&new.certificate]) && !served(&[&old.certificate]));
        until(calls.load(Ordering::Relaxed) + 20);
        ends.store(true, Ordering::Relaxed);
    });
}

#[test]
fn wrong_certificates_are_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    let good = Certificate::new(path, "good", HOSTS);
    let other = Certificate::new(path, "other", HOSTS);
    let empty = path.join("empty").to_string_lossy().into_owned();
    std::fs::write(&empty, "").expect("a file");
    let missing = path.join("missing").to_string_lossy().into_owned();
    for (certificate, key, problem) in [
        (
            &good.certificate,
            &other.key,
            "this is not the key of the certificate",
        ),
        (&good.certificate, &empty, "expected a private key in PEM"),
        (
            &good.certificate,
            &good.certificate,
            "expected a private key in PEM",
        ),
        (&empty, &good.key, "it contains no certificate in PEM"),
        (&good.key, &good.key, "it contains no certificate in PEM"),
        (&missing, &good.key, "No such file or directory"),
    ] {
        for command in [&["config", "check"][..], &["serve"]] {
            // Options of `serve` are variables for the other commands.
            let output = std::process::Command::new(crate::harness::BINARY)
                .args(command)
                .current_dir(path)
                .env("TRIVIUM_TLS_CERTIFICATE", certificate)
                .env("TRIVIUM_TLS_KEY", key)
                .output()
                .expect("trivium");
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(4), "{text}");
            assert!(
                text.contains("tls_") && text.contains(problem),
                "{problem}: {text}"
            );
            assert!(!text.contains("BEGIN"), "{text}");
        }
    }
    let alone = error(&["serve", "--tls-certificate", &good.certificate]);
    assert!(alone.contains("tls_certificate needs tls_key"), "{alone}");
    let socket = [
        &["serve", "--listen", "unix:trivium.sock"][..],
        &good.options(),
    ]
    .concat();
    let socket = error(&socket);
    assert!(socket.contains("a Unix socket has no TLS"), "{socket}");
}

#[test]
fn clients_and_server_report_why_there_is_no_connection() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path();
    let expired = Certificate::until(path, "expired", HOSTS, 2020);
    let server = demonstration(&expired, &[]);
    server.log_with("the certificate of tls_certificate has expired");
    let call = |server: &Served, scheme: &str, options: &[&str]| {
        let url = format!("{scheme}://{}", server.address);
        error(&[&["call", "getCategories", "--url", &url], options].concat())
    };
    let text = call(&server, "https", &["--cacert", &expired.certificate]);
    assert!(
        text.contains("expired") && text.contains("renew the certificate"),
        "{text}"
    );
    server.log_with("a TLS handshake failed");

    let good = Certificate::new(path, "good", HOSTS);
    let server = demonstration(&good, &[]);
    // The client does not trust the certificate.
    let text = call(&server, "https", &[]);
    assert!(
        text.contains("UnknownIssuer") && text.contains("--cacert FILE"),
        "{text}"
    );
    server.log_with("a TLS handshake failed");
    // The certificate is for another host.
    let elsewhere = Certificate::new(path, "elsewhere", &["groups.example"]);
    let other = demonstration(&elsewhere, &[]);
    let text = call(&other, "https", &["--cacert", &elsewhere.certificate]);
    assert!(text.contains("groups.example"), "{text}");
    // The client does not use TLS.
    let text = call(&server, "http", &[]);
    assert!(text.contains("failed"), "{text}");
    server.log_with("rejected a request without TLS");
    let response = server.get(ECHO);
    assert_eq!(response.status, 400);
    assert!(
        response.text().contains("use https://"),
        "{}",
        response.text()
    );
    // The server does not use TLS.
    let plain = Served::demonstration(&[]);
    let text = call(&plain, "https", &["--cacert", &good.certificate]);
    assert!(text.contains("the server does not use TLS there"), "{text}");
    // A file that is no certificate.
    let text = call(&server, "https", &["--cacert", &good.key]);
    assert!(text.contains("it contains no certificate"), "{text}");
}

/// Malformed and stalled handshakes are closed, and other clients are served meanwhile.
#[test]
fn stalled_handshakes_are_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = Certificate::new(folder.path(), "server", HOSTS);
    let server = demonstration(
        &certificate,
        &["--request-timeout", "1", "--keep-alive", "1"],
    );
    // A busy machine may be late for a deadline of a second, and an idle connection is closed after it.
    let is_served = || (0..20).any(|_| echo(&client(&[&certificate.certificate]), &server).is_ok());
    let stalls: [&[u8]; 5] = [
        b"",
        // The head of a record.
        b"\x16\x03\x01\x02\x00",
        // A record that is complete, but not a handshake.
        b"\x16\x03\x01\x00\x05nonse",
        // A record that is larger than is permitted.
        b"\x16\x03\x01\xff\xff\x01",
        b"GET /api/json/peopleagg",
    ];
    let streams = stalls.map(|bytes| {
        let mut stream = TcpStream::connect(&server.address).expect("a connection");
        stream.write_all(bytes).expect("a part of a handshake");
        stream
    });
    assert!(is_served());
    for (mut stream, bytes) in streams.into_iter().zip(stalls) {
        let long = Duration::from_secs(120);
        stream.set_read_timeout(Some(long)).expect("a limit");
        let mut text = Vec::new();
        if let Err(error) = stream.read_to_end(&mut text) {
            assert_eq!(
                error.kind(),
                std::io::ErrorKind::ConnectionReset,
                "{bytes:?}"
            );
        }
        // A client without TLS can read the response to it.
        let has_text = text.starts_with(b"HTTP/1.1 400");
        assert_eq!(has_text, bytes.starts_with(b"GET"), "{bytes:?}: {text:?}");
    }
    assert!(is_served());
}

/// Old versions of TLS are refused.
#[test]
fn tls_1_2_and_1_3_are_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = Certificate::new(folder.path(), "server", HOSTS);
    let server = demonstration(&certificate, &[]);
    let url = format!("https://{}{ECHO}", server.address);
    let trust = ["-sS", "--cacert", &certificate.certificate, &url];
    for (versions, is_served) in [
        (["--tlsv1.3", "--tls-max", "1.3"], true),
        (["--tlsv1.2", "--tls-max", "1.2"], true),
        (["--tlsv1.0", "--tls-max", "1.1"], false),
    ] {
        let output = attempt("curl", &[&versions[..], &trust].concat(), b"");
        assert_eq!(
            output.status.success(),
            is_served,
            "{versions:?}: {output:?}"
        );
    }
}

/// The metric of the management listener says when the certificate ends.
#[test]
fn the_end_of_the_certificate_is_measured() {
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = Certificate::until(folder.path(), "server", HOSTS, 2100);
    let management = ["--management-listen", "127.0.0.1:0"];
    let measured = |server: &Served| {
        let url = format!("http://{}/metrics", server.management());
        let output = run("curl", &["-sS", &url], b"");
        let text = String::from_utf8(output.stdout).expect("text");
        let lines = text.lines().map(str::to_owned);
        lines
            .filter(|line| line.starts_with("trivium_tls_certificate_expiry_timestamp_seconds "))
            .collect::<Vec<_>>()
    };
    let expected = "trivium_tls_certificate_expiry_timestamp_seconds 4102444800";
    assert_eq!(
        measured(&demonstration(&certificate, &management)),
        [expected]
    );
    let without = Served::demonstration(&management);
    assert_eq!(measured(&without), [""; 0]);
}
