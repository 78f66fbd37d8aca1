//! The cache of responses to reads, in front of the readers.
//!
//! A hit parses nothing: the key is a hash of the whole request, and the value is the finished response. It is
//! sent while the database says that what the read depended on is [still current](Database::is_current), so it is
//! as fresh as a read, and its credential is still valid. Not in the value are the headers that each response has for
//! itself, such as X-Request-Id.
//!
//! Kept are successful reads whose dependencies are known. Lists over everybody have too many, what consults the
//! counters of failed attempts must count, and a password is verified each time.

use std::sync::Arc;

use prometheus::IntCounter;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use trivium_core::Trace;
use trivium_front::{Body, Reply, Request};
use trivium_storage::{Database, Dependencies};

use crate::metrics::Meter;

/// The maximum length of a body that is a part of a key, in bytes. Hashing a larger one is not worth it.
const MAX_BODY: usize = 16 * 1024;

/// The bytes of an entry beside its response: the key, the head, and the tables of the cache.
const OVERHEAD: usize = 512;

/// The SHA-256 of a request with its credential.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key([u8; 32]);

/// A response that was sent.
pub(crate) struct Kept {
    pub(crate) reply: Reply,
    /// The login of the caller, for the log.
    pub(crate) login: Option<String>,
    /// The operation, for the log and the metrics.
    pub(crate) operation: Option<&'static str>,
    /// Counts that it is sent.
    pub(crate) meter: Meter,
    dependencies: Dependencies,
}

/// The cache of responses.
pub(crate) struct Responses {
    cache: Option<Cache<Key, Arc<Kept>, Weight>>,
    hits: IntCounter,
    misses: IntCounter,
}

/// The weight of an entry in bytes.
#[derive(Clone)]
struct Weight;

impl Weighter<Key, Arc<Kept>> for Weight {
    fn weight(&self, _: &Key, kept: &Arc<Kept>) -> u64 {
        let bytes = OVERHEAD + kept.reply.body.len() + kept.dependencies.size();
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

impl Responses {
    /// A cache of this size in bytes; none if it is zero. Counts the responses that are found, and those that are not.
    pub(crate) fn new(size: usize, [hits, misses]: [IntCounter; 2]) -> Self {
        // Short responses are the most that fit.
        let entries = size / (4 * OVERHEAD);
        let capacity = u64::try_from(size).unwrap_or(u64::MAX);
        Self {
            cache: (size > 0).then(|| Cache::with_weighter(entries, capacity, Weight)),
            hits,
            misses,
        }
    }

    /// The key of a request: all of it, and the address of this service that it was sent to. `None` if its response
    /// is not kept.
    pub(crate) fn key(&self, request: &Request<'_>, base_url: &str) -> Option<Key> {
        self.cache.as_ref()?;
        // Whatever a response may depend on is named here.
        let Request {
            method,
            path,
            query,
            content_type,
            content_encoding,
            accept,
            authorization,
            auth_token,
            macaroon,
            cookie,
            origin,
            host,
            is_secure,
            body,
        } = request;
        let body = match body {
            Body::Whole(body) if body.len() <= MAX_BODY => *body,
            Body::Whole(_) | Body::TooLarge | Body::Refused => return None,
        };
        let mut hash = Sha256::new();
        let mut add = |part: Option<&[u8]>| {
            // The lengths tell where each part ends; none has the largest.
            let length = part.map_or(u64::MAX, |part| u64::try_from(part.len()).unwrap_or(0));
            hash.update(length.to_le_bytes());
            hash.update(part.unwrap_or_default());
        };
        for part in [*method, *path, *query, base_url] {
            add(Some(part.as_bytes()));
        }
        for part in [
            content_type,
            content_encoding,
            accept,
            authorization,
            auth_token,
            macaroon,
            cookie,
            origin,
            host,
        ] {
            add(part.map(str::as_bytes));
        }
        add(Some(&[u8::from(*is_secure)]));
        add(Some(body));
        Some(Key(hash.finalize().into()))
    }

    /// The response to a request, if it was kept and a read would have the same.
    pub(crate) fn find(&self, key: &Key, database: &Database) -> Option<Arc<Kept>> {
        let kept = self.cache.as_ref()?.get(key);
        // A failure is reported by the read that follows.
        let current = kept.filter(|kept| kept.is_current(database));
        let count = match current {
            Some(_) => &self.hits,
            None => &self.misses,
        };
        count.inc();
        current
    }

    /// Returns whether the response that was found is compared to that of a read: in debug builds every other one.
    pub(crate) fn checks_this(&self) -> bool {
        cfg!(debug_assertions) && self.hits.get() % 2 == 1
    }

    /// Keeps the response to a read.
    pub(crate) fn keep(
        &self,
        key: Key,
        reply: &Reply,
        trace: &Trace,
        meter: impl FnOnce() -> Meter,
        dependencies: Dependencies,
    ) {
        let Some(cache) = &self.cache else {
            return;
        };
        // What depends on nothing is computed faster than it is found.
        if reply.status != 200 || reply.code.is_some() || dependencies.is_empty() {
            return;
        }
        let kept = Kept {
            reply: reply.clone(),
            login: trace.login().map(ToOwned::to_owned),
            operation: trace.operation(),
            meter: meter(),
            dependencies,
        };
        cache.insert(key, Arc::new(kept));
    }

    /// Drops what is kept.
    pub(crate) fn clear(&self) {
        if let Some(cache) = &self.cache {
            cache.clear();
        }
    }

    /// The numbers of responses that were found and that were not, if there is a cache.
    pub(crate) fn counts(&self) -> Option<(u64, u64)> {
        self.cache.as_ref()?;
        Some((self.hits.get(), self.misses.get()))
    }
}

impl Kept {
    fn is_current(&self, database: &Database) -> bool {
        database.is_current(&self.dependencies).unwrap_or(false)
    }

    /// Compares it to the response of a read, if it would still be sent after that read. Ends the process if they
    /// differ.
    pub(crate) fn assert_same(&self, read: &Reply, database: &Database) {
        // A read may fail for a cause of its own.
        if read.code.is_none() && self.reply != *read && self.is_current(database) {
            tracing::error!(
                kept = %String::from_utf8_lossy(&self.reply.body),
                read = %String::from_utf8_lossy(&read.body),
                "a response in the cache is not that of a read"
            );
            std::process::abort();
        }
    }
}
