//! What a call costs that no noise of a machine changes: the statements that it sends to SQLite, the pages that it
//! writes, and the allocations from the request to the response, without HTTP. They are in `work.txt`, so that a rise is a
//! difference that somebody sees.

#![expect(clippy::expect_used, reason = "a test may panic")]

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::channel;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use trivium_core::{Answer, Effect, Job, Origin, Service, Settings, catalog, demonstration};
use trivium_front::{Body, FrontEnd, Read, Reply, Request, Wire};
use trivium_rest_json::RestJson;
use trivium_rest_xml::RestXml;
use trivium_storage::{Database, Options};
use trivium_xml_rpc::XmlRpc;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

static STATEMENTS: AtomicU64 = AtomicU64::new(0);

/// A frame of the WAL: a page and its header.
const FRAME: u64 = 4_096 + 24;

/// Calls before the one that is measured: the first ones open connections and prepare statements.
const WARM_UP: usize = 5;

/// The reads, with their arguments after the token.
const READS: &[(&str, &str, &str)] = &[
    ("GET", "getMyGroups", ""),
    ("GET", "getGroup", "&id=group:1234"),
    ("GET", "canJoin", "&id=group:1234"),
    (
        "POST",
        "checkMemberships",
        "&users=user:2,user:3&groups=group:1234,group:1237",
    ),
    ("GET", "getMembers", "&id=group:1234"),
    ("GET", "getGroups", ""),
    ("GET", "getUserList", ""),
    ("POST", "findGroup", "&name=room"),
];

fn count() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            STATEMENTS.fetch_add(1, Ordering::SeqCst);
        }
    }))
}

/// What a call has cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    statements: u64,
    pages: u64,
    allocations: u64,
}

struct Place {
    service: Arc<Service>,
    wal: PathBuf,
}

impl Place {
    fn pages(&self) -> u64 {
        std::fs::metadata(&self.wal).map_or(0, |wal| wal.len() / FRAME)
    }

    /// Makes a call, and returns its response.
    fn call<F>(&self, front_end: &F, request: &Request<'_>) -> Reply
    where
        F: FrontEnd<Answer = Answer>,
        F::Call: TryInto<Job, Error: std::fmt::Debug>,
    {
        let (call, write) = match front_end.read(request) {
            Read::Call(call, write) => (call, write),
            Read::Reply(reply) => panic!("{:?}: {request:?}", reply.code),
            Read::Batch(_) => panic!("several calls: {request:?}"),
        };
        let job: Job = call.try_into().expect("a call");
        let origin = Origin {
            via: front_end.via(),
            ..Origin::command_line()
        };
        let ready = self.service.prepare(job, origin).expect("a call");
        let result = match ready.effect {
            Effect::Read | Effect::Scan => self.service.read(&ready).map(|(result, _)| result),
            Effect::Change => {
                let (sender, outcome) = channel();
                self.service.change(ready, move |result| {
                    sender.send(result).expect("the test waits");
                });
                outcome.recv().expect("an outcome")
            }
        };
        let reply = write(result);
        assert_eq!(reply.code, None, "{request:?}");
        reply
    }

    /// Makes a call several times, each after `undo`, and returns what the cheapest of the last ones has cost:
    /// the threads of the pool allocate now and then.
    fn cost(&self, call: impl Fn(), undo: impl Fn()) -> Cost {
        let mut costs = Vec::new();
        for _ in 0..WARM_UP + 3 {
            undo();
            let before = (
                STATEMENTS.load(Ordering::SeqCst),
                self.pages(),
                dhat::HeapStats::get().total_blocks,
            );
            call();
            costs.push(Cost {
                allocations: dhat::HeapStats::get().total_blocks - before.2,
                statements: STATEMENTS.load(Ordering::SeqCst) - before.0,
                pages: self.pages() - before.1,
            });
        }
        costs.into_iter().skip(WARM_UP).min().expect("calls")
    }
}

#[test]
fn calls_cost_what_they_did() {
    let _profiler = dhat::Profiler::builder().testing().build();
    set_default_instrumentation(count).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("work.db");
    let url = format!("sqlite:{}", file.display());
    let options = Options {
        // The writer looks at the WAL after its reply, beside the next call.
        external_checkpoints: true,
        ..Options::default()
    };
    let database = Database::open(url.parse().unwrap(), &options).unwrap();
    let service = Service::new(database, Settings::default());
    demonstration::install(&service, Vec::new()).unwrap();
    let place = Place {
        service,
        wal: folder.path().join("work.db-wal"),
    };
    let json = RestJson::new(catalog(), Wire::DEFAULT);
    let xml = RestXml::new(catalog(), Wire::DEFAULT);
    let xml_rpc = XmlRpc::new(catalog(), Wire::DEFAULT);
    let token = demonstration::MEMBER.2;

    let mut table = String::new();
    let mut line = |name: &str, format: &str, cost: Cost| {
        writeln!(
            table,
            "{name:<17}{format:<8}{:>3} statements, {} pages, {:>4} allocations",
            cost.statements, cost.pages, cost.allocations
        )
        .unwrap();
    };
    let rest = |format: &str, verb: &str, name: &str, arguments: &str| {
        let path = format!("/api/{format}/peopleaggregator/{name}");
        let arguments = format!("authToken={token}{arguments}");
        let request = Request {
            method: verb,
            path: &path,
            ..Request::default()
        };
        let request = match verb {
            "GET" => Request {
                query: &arguments,
                ..request
            },
            _ => Request {
                content_type: Some("application/x-www-form-urlencoded"),
                body: Body::Whole(arguments.as_bytes()),
                ..request
            },
        };
        match format {
            "xml" => place.call(&xml, &request),
            _ => place.call(&json, &request),
        };
    };
    for (verb, name, arguments) in READS {
        line(
            name,
            "JSON",
            place.cost(|| rest("json", verb, name, arguments), || ()),
        );
    }
    line(
        "getMyGroups",
        "XML",
        place.cost(|| rest("xml", "GET", "getMyGroups", ""), || ()),
    );
    let method_call = format!(
        "<?xml version='1.0'?><methodCall><methodName>peopleaggregator.getMyGroups</methodName><params><param><value>\
         <struct><member><name>authToken</name><value><string>{token}</string></value></member></struct></value>\
         </param></params></methodCall>"
    );
    let request = Request {
        method: "POST",
        path: "/api/xmlrpc",
        content_type: Some("text/xml"),
        body: Body::Whole(method_call.as_bytes()),
        ..Request::default()
    };
    let call = || drop(place.call(&xml_rpc, &request));
    line("getMyGroups", "XML-RPC", place.cost(call, || ()));
    let change = |name: &str| rest("json", "POST", name, "&id=group:1234");
    change("joinGroup");
    line(
        "joinGroup",
        "JSON",
        place.cost(|| change("joinGroup"), || change("leaveGroup")),
    );
    change("leaveGroup");
    line(
        "leaveGroup",
        "JSON",
        place.cost(|| change("leaveGroup"), || change("joinGroup")),
    );
    let expected = include_str!("work.txt");
    assert!(
        table == expected,
        "other costs than in work.txt:\n{table}instead of:\n{expected}"
    );
}
