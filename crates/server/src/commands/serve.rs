//! `trivium serve`.

use std::sync::Arc;

use rustix::process::{Resource, getrlimit, setrlimit};
use sd_notify::NotifyState;
use trivium_core::Directory;
use trivium_core::administration::users::ListReservedUsers;
use trivium_core::types::GroupRef;
use trivium_core::{Credentials, Origin, Service, Settings, demonstration};
use trivium_front::Wire;
use trivium_onezone::Onezone;
use trivium_storage::{Access, Database, DatabaseUrl, Options as Connections};
use trivium_upcoming::sign_in::SignIn;
use trivium_upcoming::{Upcoming, file};

use super::print;
use crate::failure::Failure;
use crate::gateway::{Dialects, Gateway};
use crate::http::{Limits, Proxies, Threads, Timeouts};
use crate::metrics::Metrics;
use crate::notify::notify;
use crate::options::{CheckpointsOption, DirectoryOption, Listen, Options, Serve};
use crate::reload::Reload;
use crate::responses::Responses;
use crate::{cures, gateway, http, logs, retention};

/// Open files that are not connections of clients: those of the database, of the log, and connections that
/// are being closed.
const RESERVED_FILES: usize = 512;

/// Connections that are accepted however few files may be open.
const MIN_CONNECTIONS: usize = 64;

pub(crate) fn run(options: &Options, serve: &Serve) -> Result<(), Failure> {
    serve.check().map_err(Failure::Configuration)?;
    // Dropped last, when the server has logged all it has to.
    let log = logs::start(serve.log_format, serve.reloaded.log_level)?;
    for variable in &options.configuration.unknown_variables {
        tracing::warn!("{variable}");
    }
    let identity = serve.reloaded.identity().map_err(Failure::Configuration)?;
    if let Some(identity) = &identity {
        identity.report_end();
    }
    // Removed when the demonstration ends.
    let scratch = serve.demo.then(tempfile::tempdir).transpose()?;
    let url = match &scratch {
        Some(folder) => {
            let path = folder.path().join("demo.db");
            DatabaseUrl::Sqlite(path.to_string_lossy().into_owned())
        }
        None => options.global.database.parse()?,
    };
    let threads = Threads {
        workers: serve.workers.map_or_else(gateway::cores, usize::from),
        readers: match url {
            // Most reads of SQLite are served from memory. More readers than cores would wait for cores,
            // each with its own page cache.
            DatabaseUrl::Sqlite(_) => 1,
            // A reader mostly waits for the network.
            DatabaseUrl::Postgres(_) => 8,
        },
        scanners: match url {
            DatabaseUrl::Sqlite(_) => 1,
            DatabaseUrl::Postgres(_) => 2,
        },
    };
    let readers = threads.workers * (threads.readers + threads.scanners) + Gateway::other_readers();
    let connections = Connections {
        access: Access::Serve,
        readers: u32::try_from(readers).unwrap_or(u32::MAX),
        call_timeout: Some(serve.call_timeout),
        page_cache: serve.page_cache,
        tracks_changes: serve.response_cache > 0,
        external_checkpoints: serve.checkpoints == CheckpointsOption::External,
        ..Connections::default()
    };
    let database = Database::open(url.clone(), &connections);
    let database = database.map_err(|error| cures::database(&url, error))?;
    // Other servers may change a Postgres database.
    let responses = match url {
        DatabaseUrl::Sqlite(_) => serve.response_cache,
        DatabaseUrl::Postgres(_) => 0,
    };
    let service = Service::new(database, settings(serve));
    report_reserved_logins(&service)?;
    if serve.demo {
        let groups = file::read(file::DEMONSTRATION).map_err(Failure::Data)?;
        demonstration::install(&service, groups)?;
    }
    actix_web::rt::System::new().block_on(async {
        let metrics = Arc::new(Metrics::new(service.database.measures())?);
        let gateway = Gateway::new(
            Arc::clone(&service),
            wire(serve),
            dialects(serve),
            Responses::new(responses, metrics.cache()),
            Arc::clone(&metrics),
            serve.call_timeout,
        );
        let timeouts = Timeouts {
            request: serve.request_timeout,
            keep_alive: serve.keep_alive,
            shutdown: serve.shutdown_timeout,
        };
        let settings = http::Settings {
            listen: serve.listen.clone(),
            identity: identity.clone(),
            management: serve.management_listen,
            threads,
            timeouts,
            limits: Limits {
                connections: max_connections(serve.max_connections),
                memory: serve.reloaded.memory_budget,
                quiet: timeouts.request + timeouts.keep_alive,
            },
            proxies: Proxies {
                trusted: serve.trusted_proxies.clone(),
                header: serve.forwarded_header,
            },
            origins: serve.cors_origins.clone().into(),
            base_url: serve.base_url.clone(),
            slow: serve.reloaded.slow_call,
        };
        let server = http::bind(gateway, metrics, settings)?;
        let base = match (&server.place, &identity) {
            (Listen::Tcp(address), None) => format!("http://{address}"),
            (Listen::Tcp(address), Some(_)) => format!("https://{address}"),
            (socket @ Listen::Unix(_), _) => socket.to_string(),
        };
        service.database.check_after_kill()?;
        let reload = Reload {
            configuration: options.configuration.clone(),
            service: Arc::clone(&service),
            bounds: server.bounds(),
            identity,
            levels: log.levels.clone(),
            retention: retention::start(&service)?,
        };
        reload.on_signal()?;
        print::line(&format!("Trivium serves {url} on {base}"))?;
        if let Some(address) = server.management {
            print::line(&format!("Metrics: http://{address}/metrics"))?;
        }
        if serve.demo {
            print::line(&announcement(&base, serve))?;
        }
        notify(NotifyState::Ready);
        server.run().await
    })
}

/// Raises the limit on open files as far as is permitted, and returns the limit on connections: the setting, or
/// fewer if there are not enough files.
fn max_connections(setting: usize) -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "cannot raise the limit on open files");
    }
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let files = usize::try_from(files).unwrap_or(usize::MAX);
    let connections = files.saturating_sub(RESERVED_FILES).max(MIN_CONNECTIONS);
    if connections < setting {
        tracing::warn!(
            max_connections = connections,
            "the limit on open files is {files}, so there are fewer connections than max_connections"
        );
    }
    setting.min(connections)
}

/// Logs the users whose login the audit log also uses for somebody else.
fn report_reserved_logins(service: &Arc<Service>) -> Result<(), Failure> {
    let origin = Origin::command_line();
    for user in service.run(ListReservedUsers, Credentials::Administrator, origin)? {
        tracing::warn!(
            login = user.login,
            "a user has a reserved login: the audit log cannot tell them apart"
        );
    }
    Ok(())
}

fn settings(serve: &Serve) -> Settings {
    let Serve {
        directory,
        admin_password,
        reloaded,
        ..
    } = serve;
    let password = admin_password.clone();
    reloaded.apply(Settings {
        directory: match directory {
            DirectoryOption::Public => Directory::Public,
            DirectoryOption::Members => Directory::Members,
        },
        // An empty password counts as no password.
        admin_password: password.filter(|password| !password.0.is_empty()),
        ..Settings::default()
    })
}

fn wire(serve: &Serve) -> Wire {
    Wire {
        profile: serve.peopleaggregator_profile.into(),
        status: serve.peopleaggregator_status.into(),
    }
}

fn dialects(serve: &Serve) -> Dialects {
    let onezone = serve.onezone.0.clone();
    let upcoming = serve.upcoming.0.clone();
    Dialects {
        onezone: onezone.map(|prefix| Onezone { prefix }),
        sign_in: upcoming.clone().map(|prefix| SignIn { prefix }),
        upcoming: upcoming.map(|prefix| Upcoming {
            prefix,
            jsonp_with_token: serve.upcoming_jsonp_with_token,
        }),
    }
}

/// Describes the demonstration: its credentials, and a line for each protocol to paste.
fn announcement(base: &str, serve: &Serve) -> String {
    let key = demonstration::KEY;
    let (login, password, token) = demonstration::MEMBER;
    let (owner, owners_password, owners_token) = demonstration::OWNER;
    let invitation = demonstration::INVITATION;
    let invited = GroupRef(demonstration::INVITED_GROUP);
    let mut groups = String::new();
    for (id, name, registration) in demonstration::GROUPS {
        groups.push_str(&format!(
            "  group:{id}  {name} ({})\n",
            registration.as_str()
        ));
    }
    let mut dialects = String::new();
    if let Some(prefix) = &serve.upcoming.0 {
        dialects.push_str(&format!(
            "Upcoming:
  curl '{base}{prefix}/rest/?method=group.getMyGroups&api_key={key}&token={token}'
"
        ));
    }
    if let Some(prefix) = &serve.onezone.0 {
        dialects.push_str(&format!(
            "Onezone:
  curl -u {login}:{password} {base}{prefix}/user/groups
"
        ));
    }
    format!(
        "
DEMONSTRATION: these passwords are public, and the data is deleted when the server stops.
  user {login}, password {password}, token {token}
  user {owner}, password {owners_password}, token {owners_token}, owner of
{groups}  invitation to {invited}: {invitation}
  API key {key}, of the Upcoming dialect

REST (JSON):
  curl -d 'authToken={token}&id=group%3A1234' {base}/api/json/peopleaggregator/joinGroup
REST (XML):
  curl '{base}/api/xml/peopleaggregator/getMyGroups?authToken={token}'
{dialects}XML-RPC:
  curl -H 'Content-Type: text/xml' -d '<methodCall><methodName>peopleaggregator.getMyGroups</methodName><params><param><value><struct><member><name>authToken</name><value>{token}</value></member></struct></value></param></params></methodCall>' {base}/api/xmlrpc
"
    )
}
