//! Takes a request to its front-end, and a call to the database and back.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::{JoinHandle, spawn_blocking};
use trivium_core::{Authority, Caller, Code, Effect, Error, Service};
use trivium_describe::dialects::Prefixes;
use trivium_front::{Call, Calls, FrontEnd, Outcome, Reply, Request, Wire, budget};
use trivium_onezone::Onezone;
use trivium_rest_json::Json;
use trivium_rest_xml::Xml;
use trivium_upcoming::Upcoming;
use trivium_upcoming::sign_in::SignIn;
use trivium_xml_rpc::XmlRpc;

/// How long a read waits for its turn before it is refused.
const PATIENCE: Duration = Duration::from_secs(2);

/// Reads that a reader is given at once: it goes on with the next, and does not fall asleep until
/// the server's thread has seen what became of the last.
const AHEAD: usize = 8;

/// Calls that hash a password, or wait to, before further ones are refused.
const HASHING: usize = 512;

/// The front-ends by name; a dialect may not be served.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way<'a> {
    Json,
    Xml,
    XmlRpc,
    Upcoming(&'a Upcoming),
    SignIn(&'a SignIn),
    Onezone(&'a Onezone),
}

impl Way<'_> {
    /// Bytes of a body that are read at the most.
    pub(crate) fn body(self) -> usize {
        match self {
            // Where several calls may come in one.
            Self::XmlRpc => budget::BODY_OF_CALLS,
            _ => budget::BODY,
        }
    }
}

/// The dialects that are served.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dialects {
    pub(crate) upcoming: Option<Upcoming>,
    pub(crate) sign_in: Option<SignIn>,
    pub(crate) onezone: Option<Onezone>,
}

impl Dialects {
    fn way(&self, path: &str) -> Option<Way<'_>> {
        let upcoming = self.upcoming.as_ref().filter(|it| it.serves(path));
        let sign_in = self.sign_in.as_ref().filter(|it| it.serves(path));
        let onezone = self.onezone.as_ref().filter(|it| it.serves(path));
        upcoming
            .map(Way::Upcoming)
            .or(sign_in.map(Way::SignIn))
            .or(onezone.map(Way::Onezone))
    }
}

/// Who asks over HTTP.
pub(crate) struct Client {
    pub(crate) address: Option<IpAddr>,
    /// Where this service's pages are for them, without a slash at the end.
    pub(crate) base_url: String,
}

/// The service behind its front-ends.
pub(crate) struct Gateway {
    pub(crate) service: Arc<Service>,
    /// The settings of the wire.
    pub(crate) wire: Wire,
    json: Json,
    xml: Xml,
    xml_rpc: XmlRpc,
    dialects: Dialects,
    /// [`AHEAD`] for each reader.
    reads: Arc<Semaphore>,
    /// Whose threads hash: those of the servers read.
    hashers: Handle,
    /// One for each core: hashing a password takes a core and 19 MiB.
    hashes: Arc<Semaphore>,
    /// One for each call that hashes, or waits to.
    hashing: Semaphore,
}

impl Gateway {
    pub(crate) fn new(
        service: Arc<Service>,
        wire: Wire,
        dialects: Dialects,
        readers: usize,
        hashers: Handle,
    ) -> Self {
        Self {
            service,
            wire,
            json: Json { wire },
            xml: Xml { wire },
            xml_rpc: XmlRpc { wire },
            dialects,
            reads: Arc::new(Semaphore::new(readers * AHEAD)),
            hashers,
            hashes: Arc::new(Semaphore::new(cores())),
            hashing: Semaphore::new(HASHING),
        }
    }

    /// The way that this path belongs to. Beside the operations of REST (XML) are their schemas.
    pub(crate) fn way(&self, path: &str) -> Option<Way<'_>> {
        if path.ends_with(".xsd") {
            None
        } else if path.starts_with(trivium_rest_json::PREFIX) {
            Some(Way::Json)
        } else if path.starts_with(trivium_rest_xml::PREFIX) {
            Some(Way::Xml)
        } else if path.trim_end_matches('/') == trivium_xml_rpc::PATH
            || path.starts_with(trivium_xml_rpc::PREFIX)
        {
            Some(Way::XmlRpc)
        } else {
            self.dialects.way(path)
        }
    }

    /// Where the dialects are.
    pub(crate) fn prefixes(&self) -> Prefixes<'_> {
        let Dialects {
            upcoming, onezone, ..
        } = &self.dialects;
        Prefixes {
            upcoming: upcoming.as_ref().map(|it| it.prefix.as_str()),
            onezone: onezone.as_ref().map(|it| it.prefix.as_str()),
        }
    }

    /// What a dialect has beside what it serves below its prefix.
    pub(crate) fn beside(&self, path: &str) -> Option<Reply> {
        let upcoming = self.dialects.upcoming.as_ref()?;
        upcoming.beside(path)
    }

    /// From request to reply.
    pub(crate) async fn serve(&self, way: Way<'_>, request: &Request<'_>, client: Client) -> Reply {
        match way {
            Way::Json => self.pass(&self.json, request, client).await,
            Way::Xml => self.pass(&self.xml, request, client).await,
            Way::XmlRpc => self.pass(&self.xml_rpc, request, client).await,
            Way::Upcoming(upcoming) => self.pass(upcoming, request, client).await,
            Way::SignIn(sign_in) => self.pass(sign_in, request, client).await,
            Way::Onezone(onezone) => self.pass(onezone, request, client).await,
        }
    }

    async fn pass<F: FrontEnd>(
        &self,
        front_end: &F,
        request: &Request<'_>,
        client: Client,
    ) -> Reply {
        let caller = Caller {
            via: front_end.via(),
            authority: Authority::Token,
            address: client.address,
            base_url: client.base_url,
        };
        match front_end.read(request) {
            Ok(Calls::One(call)) => front_end.write(request, self.call(call, caller).await),
            Ok(Calls::Several(mut several)) => {
                while let Some(call) = several.next() {
                    several.write(self.call(call, caller.clone()).await);
                }
                several.reply()
            }
            Err(reply) => *reply,
        }
    }

    /// Makes a call, and tells the log what its caller must not know.
    async fn call<R: Send + 'static>(&self, call: Call<R>, caller: Caller) -> Outcome<R> {
        let outcome = self.make(call, caller).await;
        if let Err(error) = &outcome
            && let Some(cause) = error.cause()
        {
            tracing::error!(code = error.code().name(), %cause, "a call failed");
        }
        outcome
    }

    async fn make<R: Send + 'static>(&self, call: Call<R>, caller: Caller) -> Outcome<R> {
        let Call {
            action, mut work, ..
        } = call;
        if call.prepares {
            let _waiting = self.hashing.try_acquire().map_err(|_| busy())?;
            let permit = permit(&self.hashes).await?;
            let service = Arc::clone(&self.service);
            let caller = caller.clone();
            let prepared = self.hashers.spawn_blocking(move || {
                let _permit = permit;
                work.prepare(&service, &caller)?;
                Ok(work)
            });
            work = done(prepared).await?;
        }
        match call.effect {
            Effect::Read => {
                let turn = tokio::time::timeout(PATIENCE, permit(&self.reads));
                let permit = turn.await.map_err(|_| busy())??;
                let service = Arc::clone(&self.service);
                // The one hop: off the server's thread, which must not wait for a disk.
                let read = spawn_blocking(move || {
                    let _permit = permit;
                    service.read(action, &*work, &caller)
                });
                done(read).await
            }
            Effect::Change => {
                let (sender, outcome) = oneshot::channel();
                self.service.change(action, work, caller, move |result| {
                    // A caller that is gone does not undo the change.
                    let _gone = sender.send(result);
                });
                outcome
                    .await
                    .unwrap_or_else(|_| Err(trivium_storage::Error::Closed.into()))
            }
        }
    }
}

/// A permit for work on another thread, which holds it: the work goes on when its client is gone.
async fn permit(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Error> {
    Arc::clone(of)
        .acquire_owned()
        .await
        .map_err(|error| Error::unforeseen(&error))
}

/// The refusal of a call for which there is no room.
fn busy() -> Error {
    Error::from(Code::TemporarilyUnavailable).retry_after(1)
}

/// What became of work on another thread.
async fn done<T>(work: JoinHandle<Result<T, Error>>) -> Result<T, Error> {
    work.await
        .unwrap_or_else(|error| Err(Error::unforeseen(&error)))
}

/// Cores of this machine.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
