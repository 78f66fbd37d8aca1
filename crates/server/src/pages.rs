//! The pages, documents and health checks, which are served beside the front-ends.

use std::sync::Arc;

use trivium_core::Trace;
use trivium_core::codes;
use trivium_core::public::{ShowPublicGroup, ShowPublicUser};
use trivium_core::types::{GroupRef, UserRef};
use trivium_describe::{Site, site};
use trivium_front::Reply;
use trivium_rpc::Outcome;
use trivium_site::pages;

use crate::gateway::Gateway;
use crate::http::Policy;
use crate::readers::Readers;

/// The path of the check that the process runs.
pub(crate) const LIVE: &str = "/live";

/// The path of the readiness check of load balancers.
pub(crate) const READY: &str = "/ready";

/// Renders the page at a path, with the headers that say who may keep it.
pub(crate) async fn find(
    path: &str,
    site: &Site<'_>,
    gateway: &Gateway,
    readers: &Readers,
    trace: &Arc<Trace>,
) -> Reply {
    let (mut reply, policy) = render(path, site, gateway, readers, trace).await;
    policy.apply(&mut reply);
    reply
}

async fn render(
    path: &str,
    site: &Site<'_>,
    gateway: &Gateway,
    readers: &Readers,
    trace: &Arc<Trace>,
) -> (Reply, Policy) {
    match path {
        LIVE => return (plain(200, "live"), Policy::Nothing),
        READY => return (ready(gateway, trace).await, Policy::Nothing),
        _ => {}
    }
    let number = |prefix: &str| path.strip_prefix(prefix)?.parse::<u32>().ok();
    if let Some(id) = number("/group/") {
        let id = GroupRef(id.into());
        let render = |outcome| rendered(outcome, pages::group);
        let group = ShowPublicGroup { id };
        let reply = gateway.show(readers, group, trace, render).await;
        (reply, Policy::Page)
    } else if let Some(id) = number("/user/") {
        let id = UserRef(id.into());
        let render = |outcome| rendered(outcome, pages::user);
        let user = ShowPublicUser { id };
        let reply = gateway.show(readers, user, trace, render).await;
        (reply, Policy::Page)
    } else {
        match site::find(path, site) {
            Some(reply) => (reply, Policy::Document),
            None => {
                let missing = plain(404, "not_found: nothing is served at this address");
                (missing, Policy::Page)
            }
        }
    }
}

/// Renders a page, or an error.
fn rendered<T>(outcome: Outcome<T>, page: fn(&T) -> Reply) -> Reply {
    match outcome {
        Ok(found) => page(&found),
        Err(error) if error.cause().is_none() && error.code() != codes::TEMPORARILY_UNAVAILABLE => {
            pages::missing()
        }
        Err(error) => {
            let retry_after = error.retry_after().map(|seconds| seconds.to_string());
            Reply {
                headers: Vec::from_iter(retry_after.map(|seconds| ("Retry-After", seconds))),
                ..plain(503, error.message())
            }
        }
    }
}

async fn ready(gateway: &Gateway, trace: &Trace) -> Reply {
    match gateway.check().await {
        Ok(()) => plain(200, "ready"),
        Err(error) => {
            let reason = error.cause().map(ToString::to_string);
            let error = reason.as_deref().unwrap_or("the database does not respond");
            tracing::warn!(id = trace.id, error, "not ready");
            plain(503, "not ready: the log has the reason")
        }
    }
}

/// Returns a response in plain text.
pub(crate) fn plain(status: u16, text: &str) -> Reply {
    Reply {
        status,
        content_type: "text/plain; charset=utf-8".into(),
        headers: Vec::new(),
        body: format!("{text}\n").into(),
        code: None,
    }
}
