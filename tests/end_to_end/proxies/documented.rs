//! nginx, Caddy and haproxy with the configurations of docs/OPERATING.md: each terminates TLS, and the server
//! believes its headers.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::documents::Document;
use crate::harness::{Certificate, Running, Served, haproxy, run, unpacked};

/// What a configuration is completed with for a test.
struct Setup<'a> {
    folder: &'a Path,
    certificate: Certificate,
    /// Where the proxy listens.
    port: String,
    /// Where the server listens.
    server: &'a str,
}

impl Setup<'_> {
    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    /// The configuration of the documents in this language, with these replacements.
    fn documented(&self, language: &str, replacements: &[(&str, &str)]) -> String {
        let document = Document::read("docs/OPERATING.md");
        let blocks = document.blocks();
        let block = blocks.iter().find(|block| block.language == language);
        let text = block.expect("a configuration").text.clone();
        let server = ("127.0.0.1:8080", self.server);
        let all = replacements.iter().chain([&server]);
        all.fold(text, |text, (from, to)| {
            assert!(text.contains(from), "no {from} in: {text}");
            text.replace(from, to)
        })
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

#[test]
fn nginx_is_configured_as_documented() {
    proxies_as_documented(|setup| {
        let site = setup.documented(
            "nginx",
            &[
                ("listen 443", &format!("listen 127.0.0.1:{}", setup.port)),
                (
                    "/etc/ssl/groups.example.pem",
                    &setup.certificate.certificate,
                ),
                ("/etc/ssl/groups.example.key", &setup.certificate.key),
            ],
        );
        let folders: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|name| format!("{name}_temp_path {};\n", setup.path(name)))
            .collect();
        let text = format!(
            "daemon off; master_process off; pid {};\nevents {{}}\nhttp {{\naccess_log off;\n{folders}{site}}}\n",
            setup.path("pid")
        );
        let file = setup.write("nginx.conf", &text);
        let mut command = Command::new(unpacked("nginx", "usr/sbin"));
        command.args(["-e", "stderr", "-p", &setup.path(""), "-c", &file]);
        command
    });
}

#[test]
fn caddy_is_configured_as_documented() {
    proxies_as_documented(|setup| {
        let Certificate { certificate, key } = &setup.certificate;
        let site = format!(
            "https://groups.example:{} {{\n bind 127.0.0.1\n tls {certificate} {key}\n",
            setup.port
        );
        let site = setup.documented("caddyfile", &[("groups.example {\n", &site)]);
        let text = format!("{{\n admin off\n auto_https disable_redirects\n}}\n{site}");
        let file = setup.write("Caddyfile", &text);
        let mut command = Command::new(unpacked("caddy", "usr/bin"));
        command
            .args(["run", "--adapter", "caddyfile", "--config", &file])
            .env("HOME", setup.folder)
            .env("XDG_DATA_HOME", setup.folder)
            .env("XDG_CONFIG_HOME", setup.folder);
        command
    });
}

#[test]
fn haproxy_is_configured_as_documented() {
    proxies_as_documented(|setup| {
        let read = |file: &str| std::fs::read_to_string(file).expect("a file");
        let both = read(&setup.certificate.certificate) + &read(&setup.certificate.key);
        let both = setup.write("both.pem", &both);
        let site = setup.documented(
            "haproxy",
            &[
                ("bind :443", &format!("bind 127.0.0.1:{}", setup.port)),
                ("/etc/haproxy/groups.example.pem", &both),
            ],
        );
        let defaults = "defaults\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n";
        let file = setup.write("haproxy.cfg", &format!("{defaults}{site}"));
        haproxy(&file)
    });
}

/// Calls a server through a proxy.
fn proxies_as_documented(configure: impl FnOnce(&Setup<'_>) -> Command) {
    let server = Served::demonstration(&["--trusted-proxies", "127.0.0.1"]);
    let folder = tempfile::tempdir().expect("a folder");
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port().to_string();
    drop(free);
    let setup = Setup {
        folder: folder.path(),
        certificate: Certificate::new(folder.path(), "site", &["groups.example"]),
        port: port.clone(),
        server: &server.address,
    };
    // Caddy logs that all is well.
    let proxy = configure(&setup).stderr(Stdio::null()).spawn();
    let _proxy = Running(proxy.expect("a proxy: `make tools` installs it"));
    let url = format!("https://groups.example:{port}");
    let resolve = format!("groups.example:{port}:127.0.0.1");
    let curl = |options: &[&str], target: &str| {
        let url = format!("{url}{target}");
        let common = [
            "-sS",
            "--cacert",
            &setup.certificate.certificate,
            "--resolve",
            &resolve,
        ];
        // The proxy may not listen yet, or not have seen that the server is ready.
        let patient = ["--retry", "50", "--retry-connrefused", "--retry-delay", "0"];
        let from = ["--interface", "127.0.0.2"];
        let output = run(
            "curl",
            &[&common[..], &patient, &from, options, &[&url]].concat(),
            b"",
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let groups = curl(&[], "/api/json/peopleaggregator/getGroups").replace("\\/", "/");
    assert!(groups.contains(&format!("{url}/group/2083")), "{groups}");
    // What a client claims is not forwarded.
    let claim = ["-H", "X-Forwarded-For: 192.0.2.9", "-d", "echoText=x"];
    let echo = curl(&claim, "/api/json/peopleaggregator/echoPost");
    assert!(echo.contains("\"echoText\""), "{echo}");
    let log = server.log_with("echoPost");
    assert!(
        log.contains("client=127.0.0.2") && !log.contains("192.0.2.9"),
        "{log}"
    );
}
