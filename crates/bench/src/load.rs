//! The load driver: a closed loop of kept-alive connections, on one thread.
//!
//! It is written to cost less than what it measures: one write and one read for a call, and
//! no HTTP library but a parser of heads.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use crate::calls::Calls;
use crate::failure::{Failure, Result, told};

/// Connections that call at the same time.
pub(crate) const CONNECTIONS: usize = 64;

/// An answer that takes longer than this is none.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the connections together have seen.
#[derive(Default)]
pub(crate) struct Seen {
    /// Right answers.
    pub(crate) right: u64,
    /// Other ones.
    pub(crate) wrong: u64,
    /// From the first call to the last answer.
    pub(crate) elapsed: Duration,
    /// One of the wrong answers.
    pub(crate) example: String,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

/// Runs a client on a runtime of its own, with one thread: this one.
fn run<T>(length: Duration, client: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    LocalSet::new().block_on(&runtime, async {
        match tokio::time::timeout(length + PATIENCE, client).await {
            Ok(outcome) => outcome,
            Err(_) => told("the server does not answer"),
        }
    })
}

/// Calls without pause for so long, then waits for the last answers.
pub(crate) fn drive(
    address: SocketAddr,
    calls: &Rc<RefCell<Calls>>,
    length: Duration,
) -> Result<Seen> {
    run(length, async {
        let mut connections = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            connections.push(Connection::open(address).await?);
        }
        let began = Instant::now();
        let tasks: Vec<_> = connections
            .into_iter()
            .map(|connection| {
                let calls = Rc::clone(calls);
                tokio::task::spawn_local(connection.call_until(began + length, calls))
            })
            .collect();
        let mut seen = Seen::default();
        for task in tasks {
            let of_one = task.await.map_err(|e| Failure::Told(e.to_string()))??;
            seen.right += of_one.right;
            seen.wrong += of_one.wrong;
            if of_one.wrong > 0 {
                seen.example = of_one.example;
            }
        }
        seen.elapsed = began.elapsed();
        Ok(seen)
    })
}

/// One call, on a connection of its own.
pub(crate) fn ask(address: SocketAddr, request: &[u8]) -> Result<Answer> {
    run(Duration::ZERO, async {
        let mut connection = Connection::open(address).await?;
        connection.out.extend_from_slice(request);
        let head = connection.call().await?;
        Ok(Answer {
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
    answer: Vec<u8>,
}

/// What of an answer's head the driver needs.
struct Head {
    status: u16,
    content_type: String,
    /// Where the body begins and ends in the buffer.
    body: std::ops::Range<usize>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            out: Vec::with_capacity(1024),
            answer: Vec::with_capacity(64 * 1024),
        })
    }

    async fn call_until(mut self, end: Instant, calls: Rc<RefCell<Calls>>) -> Result<Seen> {
        let mut seen = Seen::default();
        while Instant::now() < end {
            self.out.clear();
            calls.borrow_mut().write(&mut self.out)?;
            let head = self.call().await?;
            let body = self.body(&head);
            if matches!(head.status, 200 | 201) && calls.borrow().is_right(body) {
                seen.right += 1;
            } else {
                seen.wrong += 1;
                seen.example = format!("{}: {}", head.status, begin(body));
            }
        }
        Ok(seen)
    }

    /// Sends what is in `out` and reads the answer.
    async fn call(&mut self) -> Result<Head> {
        self.stream.write_all(&self.out).await?;
        self.answer.clear();
        let mut head = None;
        loop {
            if self.stream.read_buf(&mut self.answer).await? == 0 {
                return told("the server has closed a connection in the middle of an answer");
            }
            if head.is_none() {
                head = read_head(&self.answer)?;
            }
            if head
                .as_ref()
                .is_some_and(|head| self.answer.len() >= head.body.end)
            {
                break;
            }
        }
        head.ok_or_else(|| Failure::Told("an answer without a head".into()))
    }

    fn body(&self, head: &Head) -> &[u8] {
        self.answer.get(head.body.clone()).unwrap_or_default()
    }
}

/// What a person needs of a wrong answer.
pub(crate) fn begin(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(300).collect()
}

/// The head of an answer, when all of it has arrived.
fn read_head(bytes: &[u8]) -> Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; 16];
    let mut answer = httparse::Response::new(&mut headers);
    let length = match answer.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return told(format!("an answer that is not HTTP: {error}")),
    };
    let header = |name: &str| {
        let found = answer
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok()
    };
    let Some(body) = header("content-length").and_then(|value| value.parse::<usize>().ok()) else {
        return told("an answer without Content-Length");
    };
    Ok(Some(Head {
        status: answer.code.unwrap_or(0),
        content_type: header("content-type").unwrap_or_default().to_owned(),
        body: length..length + body,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_when_it_is_there() {
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
