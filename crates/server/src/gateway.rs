//! Takes a request to its front-end, and a call to the database and back.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::{JoinHandle, spawn_blocking};
use trivium_core::{Effect, Error, Job, Origin, Ready, Service, catalog, codes};
use trivium_describe::ServedDialect;
use trivium_front::{FrontEnd, Read, Reply, Request, Wire, limits};
use trivium_onezone::Onezone;
use trivium_rest_json::RestJson;
use trivium_rest_xml::RestXml;
use trivium_rpc::Outcome;
use trivium_site::description;
use trivium_upcoming::Upcoming;
use trivium_upcoming::sign_in::SignIn;
use trivium_xml_rpc::XmlRpc;

use crate::http::{Exchange, SMALL_RESPONSE};

/// Maximum time that a read waits for a permit before it is rejected.
const READ_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads that are queued for each reader thread: it continues with the next one while the server's
/// thread handles the result of the last.
const READS_PER_THREAD: usize = 8;

/// Maximum number of calls that hash a password or wait to do so; further ones are rejected.
const MAX_HASHING: usize = 512;

/// A front-end that serves a path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Endpoint<'a> {
    Json,
    Xml,
    XmlRpc,
    Upcoming(&'a Upcoming),
    SignIn(&'a SignIn),
    Onezone(&'a Onezone),
}

impl Endpoint<'_> {
    /// Maximum size of a body, in bytes.
    pub(crate) const fn max_body(self) -> usize {
        match self {
            // A body may contain several calls.
            Self::XmlRpc => limits::MAX_BATCH_BODY,
            _ => limits::MAX_BODY,
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
    fn endpoint(&self, path: &str) -> Option<Endpoint<'_>> {
        let upcoming = self.upcoming.as_ref().filter(|it| it.serves(path));
        let sign_in = self.sign_in.as_ref().filter(|it| it.serves(path));
        let onezone = self.onezone.as_ref().filter(|it| it.serves(path));
        upcoming
            .map(Endpoint::Upcoming)
            .or(sign_in.map(Endpoint::SignIn))
            .or(onezone.map(Endpoint::Onezone))
    }
}

/// The client of a request.
pub(crate) struct Client {
    pub(crate) address: Option<IpAddr>,
    /// The address of this service's pages for the client, without a slash at the end.
    pub(crate) base_url: String,
}

/// The service behind its front-ends.
pub(crate) struct Gateway {
    pub(crate) service: Arc<Service>,
    /// The wire format.
    pub(crate) wire: Wire,
    json: RestJson,
    xml: RestXml,
    xml_rpc: XmlRpc,
    dialects: Dialects,
    /// Permits for reads: [`READS_PER_THREAD`] for each reader.
    reads: Arc<Semaphore>,
    /// The runtime whose threads hash passwords. The server's own blocking threads run reads.
    hashers: Handle,
    /// Permits for hashing: one for each core, because hashing a password occupies a core and 19 MiB.
    hashes: Arc<Semaphore>,
    /// Permits for calls that hash or wait to do so.
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
            json: RestJson::new(catalog(), wire),
            xml: RestXml::new(catalog(), wire),
            xml_rpc: XmlRpc::new(catalog(), wire),
            dialects,
            reads: Arc::new(Semaphore::new(readers * READS_PER_THREAD)),
            hashers,
            hashes: Arc::new(Semaphore::new(cores())),
            hashing: Semaphore::new(MAX_HASHING),
        }
    }

    /// Finds the front-end that serves this path. The schemas below the path of REST (XML) are pages.
    pub(crate) fn endpoint(&self, path: &str) -> Option<Endpoint<'_>> {
        if path.ends_with(".xsd") {
            None
        } else if self.json.serves(path) {
            Some(Endpoint::Json)
        } else if self.xml.serves(path) {
            Some(Endpoint::Xml)
        } else if self.xml_rpc.serves(path) {
            Some(Endpoint::XmlRpc)
        } else {
            self.dialects.endpoint(path)
        }
    }

    /// Lists the served dialects, for the documentation.
    pub(crate) fn served_dialects(&self) -> Vec<ServedDialect<'_>> {
        let Dialects {
            upcoming, onezone, ..
        } = &self.dialects;
        description::served(
            upcoming.as_ref().map(|it| it.prefix.as_str()),
            onezone.as_ref().map(|it| it.prefix.as_str()),
        )
    }

    /// Responds at a path outside of the prefixes that belongs to a dialect.
    pub(crate) fn beside(&self, path: &str) -> Option<Reply> {
        let upcoming = self.dialects.upcoming.as_ref()?;
        upcoming.beside(path)
    }

    /// Serves a request.
    pub(crate) async fn serve(
        &self,
        endpoint: Endpoint<'_>,
        request: &Request<'_>,
        client: Client,
        exchange: &mut Exchange,
    ) -> Reply {
        match endpoint {
            Endpoint::Json => self.pass(&self.json, request, client, exchange).await,
            Endpoint::Xml => self.pass(&self.xml, request, client, exchange).await,
            Endpoint::XmlRpc => self.pass(&self.xml_rpc, request, client, exchange).await,
            Endpoint::Upcoming(upcoming) => self.pass(upcoming, request, client, exchange).await,
            Endpoint::SignIn(sign_in) => self.pass(sign_in, request, client, exchange).await,
            Endpoint::Onezone(onezone) => self.pass(onezone, request, client, exchange).await,
        }
    }

    async fn pass<F>(
        &self,
        front_end: &F,
        request: &Request<'_>,
        client: Client,
        exchange: &mut Exchange,
    ) -> Reply
    where
        F: FrontEnd,
        F::Call: TryInto<Job<F::Answer>, Error: Into<Error>>,
    {
        let origin = Origin {
            via: front_end.via(),
            address: client.address,
            base_url: client.base_url,
        };
        match front_end.read(request) {
            Read::Reply(reply) => reply,
            Read::Call(call, write) => {
                let job = call.try_into().map_err(Into::into);
                let may_refuse = !matches!(&job, Ok(job) if job.effect == Effect::Change);
                let (outcome, held) = self.call(job, origin).await;
                let reply = write(outcome);
                drop(held);
                let size = reply.body.capacity();
                if may_refuse && !exchange.charge(size, SMALL_RESPONSE) {
                    return refusal(front_end, request);
                }
                reply
            }
            Read::Batch(mut batch) => {
                let mut size = 0;
                let mut is_short = false;
                while let Some(call) = batch.next() {
                    let job = match is_short {
                        true => Err(limits::busy()),
                        false => call.try_into().map_err(Into::into),
                    };
                    let (outcome, _held) = self.call(job, origin.clone()).await;
                    batch.write(outcome);
                    // Its call was made, so its result is sent.
                    let grown = batch.size().saturating_sub(size);
                    size += grown;
                    if !exchange.charge(grown, SMALL_RESPONSE) {
                        exchange.hold(grown);
                        is_short = true;
                    }
                }
                batch.finish()
            }
        }
    }

    /// Runs a call, and logs the private cause if it fails. See [`run`](Self::run) for the permit.
    async fn call<A: Send + 'static>(
        &self,
        job: Result<Job<A>, Error>,
        origin: Origin,
    ) -> (Outcome<A>, Option<OwnedSemaphorePermit>) {
        let (outcome, held) = match job {
            Ok(job) => match self.run(job, origin).await {
                Ok((value, held)) => (Ok(value), held),
                Err(error) => (Err(error), None),
            },
            Err(error) => (Err(error), None),
        };
        if let Err(error) = &outcome
            && let Some(cause) = error.cause()
        {
            tracing::error!(code = error.code().name, %cause, "a call failed");
        }
        (outcome, held)
    }

    /// Runs a job. The result of a read has a permit, so that the number of results in memory is limited:
    /// it is to be dropped when the result was printed.
    async fn run<A: Send + 'static>(
        &self,
        job: Job<A>,
        origin: Origin,
    ) -> Outcome<(A, Option<OwnedSemaphorePermit>)> {
        let ready = self.prepare(job, origin).await?;
        match ready.effect {
            Effect::Read => {
                let permit = tokio::time::timeout(READ_TIMEOUT, permit(&self.reads));
                let permit = permit.await.map_err(|_| limits::busy())??;
                let service = Arc::clone(&self.service);
                // The server's thread must not wait for a disk.
                let read = spawn_blocking(move || {
                    let value = service.read(&ready)?;
                    Ok((value, Some(permit)))
                });
                joined(read).await
            }
            Effect::Change => {
                let (sender, outcome) = oneshot::channel();
                self.service.change(ready, move |result| {
                    // The change remains if the client has disconnected.
                    let _disconnected = sender.send(result);
                });
                let outcome = outcome
                    .await
                    .unwrap_or_else(|_| Err(codes::TEMPORARILY_UNAVAILABLE.into()));
                outcome.map(|value| (value, None))
            }
        }
    }

    /// Prepares a job: on a hashing thread if it verifies or hashes a password, else on this thread.
    async fn prepare<A: Send + 'static>(
        &self,
        job: Job<A>,
        origin: Origin,
    ) -> Result<Ready<A>, Error> {
        if !job.hashes_password() {
            return self.service.prepare(job, origin);
        }
        let _waiting = self.hashing.try_acquire().map_err(|_| limits::busy())?;
        let permit = permit(&self.hashes).await?;
        let service = Arc::clone(&self.service);
        let prepared = self.hashers.spawn_blocking(move || {
            let _permit = permit;
            service.prepare(job, origin)
        });
        joined(prepared).await
    }
}

/// Acquires a permit for work on another thread. The thread owns the permit, because the work continues
/// if its client disconnects.
async fn permit(of: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Error> {
    Ok(Arc::clone(of).acquire_owned().await?)
}

/// Returns the response to a read for whose result there is no memory at present. The request is read again,
/// because the writer of its response is used up.
fn refusal<F: FrontEnd>(front_end: &F, request: &Request<'_>) -> Reply {
    match front_end.read(request) {
        Read::Reply(reply) => reply,
        Read::Call(_, write) => write(Err(limits::busy())),
        Read::Batch(batch) => batch.finish(),
    }
}

/// Awaits the result of work on another thread.
async fn joined<T>(work: JoinHandle<Result<T, Error>>) -> Result<T, Error> {
    work.await.unwrap_or_else(|error| Err(error.into()))
}

/// Returns the number of cores of this machine.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
