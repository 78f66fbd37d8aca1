//! The pages, documents and health checks, which are served beside the front-ends.

use std::sync::Arc;

use actix_web::web;
use trivium_core::public::{ShowPublicGroup, ShowPublicUser};
use trivium_core::types::{GroupRef, UserRef};
use trivium_core::{Credentials, Operation, Origin, Service, Via};
use trivium_describe::{Site, site};
use trivium_front::Reply;
use trivium_site::pages;

/// The path of the readiness check of load balancers.
pub(crate) const READY: &str = "/ready";

/// Renders the page at a path.
pub(crate) async fn find(path: &str, site: &Site<'_>, service: &Arc<Service>) -> Reply {
    match path {
        "/live" => return plain(200, "live"),
        READY => return ready(service).await,
        _ => {}
    }
    let number = |prefix: &str| path.strip_prefix(prefix)?.parse::<u32>().ok();
    if let Some(id) = number("/group/") {
        let id = GroupRef(id.into());
        show(service, ShowPublicGroup { id }, pages::group).await
    } else if let Some(id) = number("/user/") {
        let id = UserRef(id.into());
        show(service, ShowPublicUser { id }, pages::user).await
    } else {
        let found = site::find(path, site);
        found.unwrap_or_else(|| plain(404, "not_found: nothing is served at this address"))
    }
}

/// Runs an operation that reads, and renders its result as a page.
async fn show<O: Operation>(
    service: &Arc<Service>,
    operation: O,
    page: fn(&O::Output) -> Reply,
) -> Reply {
    let service = Arc::clone(service);
    let origin = Origin {
        via: Via("page"),
        ..Origin::command_line()
    };
    let read = move || service.run(operation, Credentials::None, origin);
    match web::block(read).await {
        Ok(Ok(found)) => page(&found),
        Ok(Err(error)) => match error.cause() {
            None => pages::missing(),
            Some(cause) => {
                tracing::error!(%cause, "a page failed");
                plain(503, error.message())
            }
        },
        Err(error) => {
            tracing::error!(%error, "a page failed");
            plain(503, "this service is stopping")
        }
    }
}

async fn ready(service: &Arc<Service>) -> Reply {
    let service = Arc::clone(service);
    match web::block(move || service.database.ready()).await {
        Ok(Ok(())) => plain(200, "ready"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            plain(503, "not ready: the log has the reason")
        }
        Err(_) => plain(503, "stopping"),
    }
}

/// Returns a response in plain text.
pub(crate) fn plain(status: u16, text: &str) -> Reply {
    Reply {
        status,
        content_type: "text/plain; charset=utf-8".into(),
        headers: Vec::new(),
        body: format!("{text}\n").into_bytes(),
        code: None,
    }
}
