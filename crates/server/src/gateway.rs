//! Takes a request to its front-end, and a call to the database and back.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use trivium_core::{
    Credentials, Effect, Error, Job, Operation, Origin, Ready, Service, Trace, Via, catalog,
};
use trivium_describe::ServedDialect;
use trivium_front::{FrontEnd, Read, Reply, Request, Wire, limits};
use trivium_onezone::Onezone;
use trivium_rest_json::RestJson;
use trivium_rest_xml::RestXml;
use trivium_rpc::{Entry, Outcome};
use trivium_site::description;
use trivium_storage::{Dependencies, Priority, ThreadPool};
use trivium_upcoming::Upcoming;
use trivium_upcoming::sign_in::SignIn;
use trivium_xml_rpc::XmlRpc;

use crate::http::{Exchange, Policy, SMALL_RESPONSE};
use crate::metrics::Metrics;
use crate::readers::{Permit, Readers, by, on_thread};
use crate::responses::{Key, Responses};

/// Maximum number of calls that wait to hash a password; further ones are rejected.
const MAX_HASHING: usize = 512;

/// Maximum number of readiness checks that wait.
const MAX_CHECKS: usize = 64;

/// Time limit of a readiness check.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// The reason for the failure of a change that may have taken effect.
const UNCONFIRMED: &str = "a change was not confirmed by the deadline of the call: if it has begun, its \
                           outcome is unknown, otherwise it is not run";

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
    /// False for the page on which a user signs in.
    pub(crate) const fn is_for_programs(self) -> bool {
        !matches!(self, Self::SignIn(_))
    }

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
    pub(crate) trace: Arc<Trace>,
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
    /// The responses that are kept.
    pub(crate) responses: Responses,
    metrics: Arc<Metrics>,
    /// The time limit of a request from when its body has been read.
    call_timeout: Duration,
    /// Threads that hash passwords: one for each core, because hashing occupies a core and 19 MiB.
    hashers: ThreadPool,
    /// The thread that checks readiness, which must not wait for calls.
    checker: ThreadPool,
}

impl Gateway {
    pub(crate) fn new(
        service: Arc<Service>,
        wire: Wire,
        dialects: Dialects,
        responses: Responses,
        metrics: Arc<Metrics>,
        call_timeout: Duration,
    ) -> Self {
        let hashers = service
            .database
            .threads("hasher", Priority::Normal, cores(), MAX_HASHING);
        let checker = service
            .database
            .threads("readiness", Priority::Normal, 1, MAX_CHECKS);
        Self {
            service,
            wire,
            json: RestJson::new(catalog(), wire),
            xml: RestXml::new(catalog(), wire),
            xml_rpc: XmlRpc::new(catalog(), wire),
            dialects,
            responses,
            metrics,
            call_timeout,
            hashers,
            checker,
        }
    }

    /// Number of threads that read the database beside the readers: the hashers, the one that checks readiness,
    /// and the one that removes what has ended.
    pub(crate) fn other_readers() -> usize {
        cores() + 2
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

    /// Serves a request whose body has been read: with the response that was kept, or by its front-end.
    pub(crate) async fn serve(
        &self,
        readers: &Readers,
        endpoint: Endpoint<'_>,
        request: &Request<'_>,
        client: Client,
        exchange: &mut Exchange,
    ) -> Reply {
        let began = Instant::now();
        let key = match endpoint {
            // Each form has a secret of its own.
            Endpoint::SignIn(_) => None,
            _ => self.responses.key(request, &client.base_url),
        };
        let database = &self.service.database;
        let kept = key.and_then(|key| self.responses.find(&key, database));
        if let Some(kept) = &kept
            && !self.responses.checks_this()
            && exchange.charge(kept.reply.body.len(), SMALL_RESPONSE)
        {
            if let Some(login) = &kept.login {
                client.trace.identify(login);
            }
            if let Some(operation) = kept.operation {
                client.trace.calls(operation);
            }
            kept.meter.called(began.elapsed());
            readers.passed_by();
            return kept.reply.clone();
        }
        let reply = match endpoint {
            Endpoint::Json => {
                self.pass(readers, &self.json, request, key, client, exchange)
                    .await
            }
            Endpoint::Xml => {
                self.pass(readers, &self.xml, request, key, client, exchange)
                    .await
            }
            Endpoint::XmlRpc => {
                self.pass(readers, &self.xml_rpc, request, key, client, exchange)
                    .await
            }
            Endpoint::Upcoming(upcoming) => {
                self.pass(readers, upcoming, request, key, client, exchange)
                    .await
            }
            Endpoint::SignIn(sign_in) => {
                self.pass(readers, sign_in, request, key, client, exchange)
                    .await
            }
            Endpoint::Onezone(onezone) => {
                self.pass(readers, onezone, request, key, client, exchange)
                    .await
            }
        };
        if let Some(kept) = kept {
            kept.assert_same(&reply, database);
        }
        reply
    }

    /// Runs an operation that reads, and renders its outcome as a page.
    pub(crate) async fn show<O: Operation>(
        &self,
        readers: &Readers,
        operation: O,
        trace: &Arc<Trace>,
        page: impl FnOnce(Outcome<O::Output>) -> Reply,
    ) -> Reply {
        let origin = Origin {
            via: Via("page"),
            deadline: Some(self.deadline()),
            trace: Some(Arc::clone(trace)),
            ..Origin::command_line()
        };
        let job = Job::of(operation, Credentials::None);
        let (outcome, _permit) = self.call(readers, Ok(job), origin).await;
        page(outcome)
    }

    /// Checks that the database can be read, and that it accepted the last change.
    ///
    /// # Errors
    /// The reason why not, as a cause.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        let service = Arc::clone(&self.service);
        let deadline = Instant::now() + CHECK_TIMEOUT.min(self.call_timeout);
        let check = move || Ok(service.database.ready()?);
        on_thread(&self.checker, deadline, check).await
    }

    async fn pass<F>(
        &self,
        readers: &Readers,
        front_end: &F,
        request: &Request<'_>,
        key: Option<Key>,
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
            deadline: Some(self.deadline()),
            trace: Some(Arc::clone(&client.trace)),
        };
        let began = Instant::now();
        match front_end.read(request) {
            Read::Reply(mut reply) => {
                if reply.code.is_some() {
                    // REST names the operation in its path.
                    let name = request.path.rsplit('/').next().unwrap_or_default();
                    let operation = catalog().find(name).map(Entry::name);
                    let format = front_end.via().0;
                    self.metrics
                        .called(operation, format, reply.code, began.elapsed());
                }
                Policy::Nothing.apply(&mut reply);
                reply
            }
            Read::Call(call, write) => {
                let job = call.try_into().map_err(Into::into);
                let is_read = !matches!(&job, Ok(job) if job.effect == Effect::Change);
                let may_keep = !matches!(&job, Ok(job) if job.hashes_password());
                let (outcome, read) = self.call(readers, job, origin).await;
                let mut reply = write(outcome);
                match is_read {
                    // Nobody keeps a response to POST.
                    true if request.method == "POST" => {}
                    true => Policy::Read.apply(&mut reply),
                    // It may contain a new credential.
                    false => Policy::Nothing.apply(&mut reply),
                }
                let dependencies = read.and_then(|read| read.dependencies);
                if is_read && !exchange.charge(reply.body.len(), SMALL_RESPONSE) {
                    return refusal(front_end, request);
                }
                if let (Some(key), Some(dependencies), true) = (key, dependencies, may_keep) {
                    let trace = &client.trace;
                    let format = front_end.via().0;
                    let meter = || self.metrics.meter(trace.operation(), format);
                    self.responses.keep(key, &reply, trace, meter, dependencies);
                }
                reply
            }
            Read::Batch(mut batch) => {
                let mut size = 0;
                let mut is_short = false;
                loop {
                    let next = batch.next();
                    let is_last = next.is_none();
                    if let Some(call) = next {
                        let job = match is_short {
                            true => Err(Error::unavailable()),
                            false => call.try_into().map_err(Into::into),
                        };
                        let (outcome, _permit) = self.call(readers, job, origin.clone()).await;
                        batch.write(outcome);
                    }
                    // What is written is sent: its call was made, or it needed none.
                    let grown = batch.size().saturating_sub(size);
                    size += grown;
                    if !exchange.charge(grown, SMALL_RESPONSE) {
                        exchange.hold(grown);
                        is_short = true;
                    }
                    if is_last {
                        return batch.finish();
                    }
                }
            }
        }
    }

    /// The deadline of a request that begins now.
    fn deadline(&self) -> Instant {
        Instant::now() + self.call_timeout
    }

    /// Runs a call, and logs the private cause if it fails.
    async fn call<A: Send + 'static>(
        &self,
        readers: &Readers,
        job: Result<Job<A>, Error>,
        origin: Origin,
    ) -> (Outcome<A>, Option<Completed>) {
        let began = Instant::now();
        let trace = origin.trace.clone();
        let format = origin.via.0;
        let operation = job.as_ref().ok().map(|job| job.action);
        if let (Some(trace), Some(operation)) = (&trace, operation) {
            trace.calls(operation);
        }
        let result = match job {
            Ok(job) => self.run(readers, job, origin).await,
            Err(error) => Err(error),
        };
        let code = result.as_ref().err().map(|error| error.code().name);
        self.metrics
            .called(operation, format, code, began.elapsed());
        match result {
            Ok((result, read)) => (Ok(result), read),
            Err(error) => {
                if let Some(cause) = error.cause() {
                    let id = trace.as_ref().map(|trace| trace.id.as_str());
                    tracing::error!(id, code = error.code().name, %cause, "a call failed");
                }
                (Err(error), None)
            }
        }
    }

    async fn run<A: Send + 'static>(
        &self,
        readers: &Readers,
        job: Job<A>,
        origin: Origin,
    ) -> Result<(A, Option<Completed>), Error> {
        let deadline = origin.deadline.unwrap_or_else(|| self.deadline());
        // The calls of a multicall share a deadline.
        if deadline <= Instant::now() {
            return Err(Error::unavailable());
        }
        let ready = self.prepare(job, origin, deadline).await?;
        let service = Arc::clone(&self.service);
        match ready.effect {
            effect @ (Effect::Read | Effect::Scan) => {
                let is_scan = effect == Effect::Scan;
                let read = readers.read(is_scan, deadline, move || service.read(&ready));
                let ((result, dependencies), permit) = read.await?;
                let completed = Completed {
                    dependencies,
                    _permit: permit,
                };
                Ok((result, Some(completed)))
            }
            Effect::Change => {
                let (sender, outcome) = oneshot::channel();
                service.change(ready, move |result| {
                    // The change remains if the client has disconnected.
                    let _disconnected = sender.send(result);
                });
                Ok((by(deadline, outcome, UNCONFIRMED).await?, None))
            }
        }
    }

    /// Prepares a job: on a hashing thread if it verifies or hashes a password, else on this thread.
    async fn prepare<A: Send + 'static>(
        &self,
        job: Job<A>,
        origin: Origin,
        deadline: Instant,
    ) -> Result<Ready<A>, Error> {
        if !job.hashes_password() {
            return self.service.prepare(job, origin);
        }
        let service = Arc::clone(&self.service);
        let prepare = move || service.prepare(job, origin);
        on_thread(&self.hashers, deadline, prepare).await
    }
}

/// What a read leaves beside its result.
struct Completed {
    /// What the result depends on, if that is known.
    dependencies: Option<Dependencies>,
    /// Bounds the results in memory: dropped when the response is printed.
    _permit: Permit,
}

/// Returns the response to a read for whose result there is no memory at present. The request is read again,
/// because the writer of its response is used up.
fn refusal<F: FrontEnd>(front_end: &F, request: &Request<'_>) -> Reply {
    match front_end.read(request) {
        Read::Reply(reply) => reply,
        Read::Call(_, write) => write(Err(Error::unavailable())),
        Read::Batch(batch) => batch.finish(),
    }
}

/// Returns the number of cores of this machine.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
