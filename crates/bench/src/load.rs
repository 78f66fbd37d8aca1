//! The load driver: a closed loop over kept-alive connections, on one thread.
//!
//! It uses less CPU time than the server: one write and one read per call, and no HTTP library
//! except a parser for response heads.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use memchr::memmem;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::calls::Calls;
use crate::failure::{Failure, Result, fail};

/// Number of concurrent connections, if nothing else is said.
pub(crate) const CONNECTIONS: usize = 64;

/// Time after which a missing response is an error.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(70);

/// The responses on all connections.
#[derive(Default)]
pub(crate) struct Tally {
    /// Number of correct responses.
    pub(crate) correct: u64,
    /// Number of wrong responses.
    pub(crate) wrong: u64,
    /// Time from the first call to the last response.
    pub(crate) elapsed: Duration,
    /// One of the wrong responses.
    pub(crate) example: String,
    /// The time of each call.
    pub(crate) times: Times,
}

impl Tally {
    /// Fails if a response was wrong.
    pub(crate) fn check(&self, what: &str) -> Result<()> {
        match self.wrong {
            0 => Ok(()),
            wrong => fail(format!(
                "{what}: {wrong} of {} responses were wrong, e.g. {}",
                wrong + self.correct,
                self.example
            )),
        }
    }
}

/// The times of calls, of reads and of joins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    pub(crate) reads: Vec<Duration>,
    pub(crate) joins: Vec<Duration>,
}

/// A response.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

/// Runs a client on its own runtime, on the current thread.
fn run<T>(length: Duration, client: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, async {
        match tokio::time::timeout(length + RESPONSE_TIMEOUT, client).await {
            Ok(outcome) => outcome,
            Err(_) => fail("the server does not respond"),
        }
    })
}

/// Sends calls without pause for this long over so many connections, then waits for the last responses. If there is a disturbance, one more
/// connection repeats this request meanwhile.
pub(crate) fn drive(
    address: SocketAddr,
    calls: &Rc<RefCell<Calls>>,
    connections: usize,
    disturbance: Option<Vec<u8>>,
    length: Duration,
) -> Result<Tally> {
    run(length, async {
        let mut callers = Vec::with_capacity(connections);
        for _ in 0..connections {
            callers.push(Connection::open(address).await?);
        }
        let started = Instant::now();
        let tasks: Vec<_> = callers
            .into_iter()
            .map(|caller| {
                let calls = Rc::clone(calls);
                tokio::task::spawn_local(caller.call_until(started + length, calls))
            })
            .collect();
        let disturbing = disturbance
            .map(|request| tokio::task::spawn_local(disturb(address, request, started + length)));
        let mut total = Tally::default();
        for task in tasks {
            let tally = task.await.map_err(|e| Failure::Message(e.to_string()))??;
            total.correct += tally.correct;
            total.wrong += tally.wrong;
            if tally.wrong > 0 {
                total.example = tally.example;
            }
            total.times.reads.extend(tally.times.reads);
            total.times.joins.extend(tally.times.joins);
        }
        total.elapsed = started.elapsed();
        if let Some(task) = disturbing {
            task.await.map_err(|e| Failure::Message(e.to_string()))??;
        }
        Ok(total)
    })
}

/// Repeats a request without pause.
async fn disturb(address: SocketAddr, request: Vec<u8>, end: Instant) -> Result<()> {
    let mut connection = Connection::open(address).await?;
    connection.out = request;
    while Instant::now() < end {
        let head = connection.call().await?;
        let body = connection.body(&head);
        if head.status != 200 || memmem::find(body, br#""success": true"#).is_none() {
            let request = excerpt(&connection.out);
            return fail(format!("{request}: {}: {}", head.status, excerpt(body)));
        }
    }
    Ok(())
}

/// Sends one request on a new connection.
pub(crate) fn send(address: SocketAddr, request: &[u8]) -> Result<Response> {
    run(Duration::ZERO, async {
        let mut connection = Connection::open(address).await?;
        connection.out.extend_from_slice(request);
        let head = connection.call().await?;
        Ok(Response {
            status: head.status,
            body: connection.body(&head).to_vec(),
            content_type: head.content_type,
        })
    })
}

/// A connection with its buffers.
struct Connection {
    stream: TcpStream,
    out: Vec<u8>,
    response: Vec<u8>,
}

/// The part of a response head that the driver needs.
struct Head {
    status: u16,
    content_type: String,
    /// The range of the body in the buffer.
    body: std::ops::Range<usize>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            out: Vec::with_capacity(1024),
            response: Vec::with_capacity(64 * 1024),
        })
    }

    async fn call_until(mut self, end: Instant, calls: Rc<RefCell<Calls>>) -> Result<Tally> {
        let mut tally = Tally::default();
        while Instant::now() < end {
            self.out.clear();
            let is_join = calls.borrow_mut().write(&mut self.out)?;
            let began = Instant::now();
            let head = self.call().await?;
            let times = match is_join {
                true => &mut tally.times.joins,
                false => &mut tally.times.reads,
            };
            times.push(began.elapsed());
            let body = self.body(&head);
            if matches!(head.status, 200 | 201) && calls.borrow().is_correct(body) {
                tally.correct += 1;
            } else {
                tally.wrong += 1;
                tally.example = format!("{}: {}", head.status, excerpt(body));
            }
        }
        Ok(tally)
    }

    /// Sends the request in `out` and reads the response.
    async fn call(&mut self) -> Result<Head> {
        self.stream.write_all(&self.out).await?;
        self.response.clear();
        let mut head = None;
        loop {
            if self.stream.read_buf(&mut self.response).await? == 0 {
                return fail("the server closed a connection before the end of a response");
            }
            if head.is_none() {
                head = read_head(&self.response)?;
            }
            if head
                .as_ref()
                .is_some_and(|head| self.response.len() >= head.body.end)
            {
                break;
            }
        }
        head.ok_or_else(|| Failure::Message("a response without a head".into()))
    }

    fn body(&self, head: &Head) -> &[u8] {
        self.response.get(head.body.clone()).unwrap_or_default()
    }
}

/// Returns the beginning of a body, for error messages.
pub(crate) fn excerpt(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(300).collect()
}

/// Parses the head of a response; `None` if it is incomplete.
fn read_head(bytes: &[u8]) -> Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return fail(format!("malformed HTTP response: {error}")),
    };
    let header = |name: &str| {
        let found = response
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok()
    };
    let Some(body) = header("content-length").and_then(|value| value.parse::<usize>().ok()) else {
        return fail("a response without Content-Length");
    };
    Ok(Some(Head {
        status: response.code.unwrap_or(0),
        content_type: header("content-type").unwrap_or_default().to_owned(),
        body: length..length + body,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_is_parsed_when_complete() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\ncontent-length: 3\r\n\r\nabc";
        let (part, _) = whole.split_at(30);
        assert!(read_head(part).is_ok_and(|head| head.is_none()));
        let head = read_head(whole).ok().flatten();
        assert!(head.is_some_and(|head| {
            (head.status, &*head.content_type, whole.get(head.body))
                == (200, "text/plain", Some(&b"abc"[..]))
        }));
        assert!(read_head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
