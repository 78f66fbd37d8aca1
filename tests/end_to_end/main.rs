//! End-to-end tests over real sockets, both databases and every front-end.
//!
//! - [`harness`] starts gateways, sends requests and compares responses.
//! - [`stories`] has readable examples, run over every protocol and both databases.
//! - [`model`] compares the service with a model of its rules; [`races`] makes concurrent calls;
//!   [`authorisation`] has the table of permissions; [`disclosure`] compares groups by invitation with
//!   groups that do not exist.
//! - [`golden`] has the documented bytes; [`contract`] the rules of arguments, HTTP methods and
//!   encodings; [`system`] the methods of XML-RPC's `system`.
//! - [`hostile`] sends malformed and oversized input; [`deadlines`] stalls; [`revocation`] revokes
//!   tokens and floods the login; [`stop`] stops a busy server.
//! - [`lock_out`] tries thousands of wrong passwords.
//! - [`cors`] makes calls from web pages of other origins.
//! - [`tls`] calls over TLS, [`sockets`] over a Unix socket.
//! - [`bounds`] opens too many connections and fills the memory; [`proxies`] forwards requests.
//! - [`responses`] are kept and sent again; [`caching`] is what clients may keep.
//! - [`ends`] moves the clock past the end of memberships.
//! - [`quotas`] asks for more than is permitted; [`retention`] waits for the removal of what has ended.
//! - [`upcoming`] and [`onezone`] test the dialects; [`crossing`] combines all front-ends.
//! - [`clients`] and [`history`] run third-party clients; [`python_client`] tests our own.
//! - [`commands`] tests the command line; [`documents`] the examples in the documents;
//!   [`descriptions`] OpenAPI, XML Schema and the documentation pages; [`pages`] the public pages.
//! - [`monitoring`] compares the metrics with what clients did.
//! - [`disk`] deletes, replaces, damages and locks the file under a server, and fills its disk.
//! - [`postgres`] silences Postgres under a server, and cuts its connections at COMMIT.
//! - [`kill`] kills the server, or Postgres under it, and compares what is stored with what was acknowledged.
//! - [`backups`] copies a database and puts copies back, [`litestream`] copies each change; [`exports`] moves one to the other database.
//! - [`chains`] verifies audit logs that were changed.
//! - [`fixtures`] opens databases of earlier versions; [`migrations`] has the versions of tables and programs.
//! - [`conform`] tests `trivium conform`; [`crates`] the dependencies between the crates.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by a panic"
)]

mod authorisation;
mod backups;
mod bounds;
mod caching;
mod chains;
mod clients;
mod commands;
mod conform;
mod contract;
mod cors;
mod crates;
mod crossing;
mod deadlines;
mod descriptions;
mod disclosure;
mod disk;
mod documents;
mod ends;
mod exports;
mod fixtures;
mod golden;
mod harness;
mod history;
mod hostile;
mod kill;
mod litestream;
mod lock_out;
mod migrations;
mod model;
mod monitoring;
mod onezone;
mod pages;
mod postgres;
mod proxies;
mod python_client;
mod quotas;
mod races;
mod responses;
mod retention;
mod revocation;
mod sockets;
mod stop;
mod stories;
mod system;
mod tls;
mod upcoming;
