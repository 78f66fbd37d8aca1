//! Applies settings again on SIGHUP, while the server runs.

use std::sync::Arc;
use std::thread::Thread;

use tokio::signal::unix::{SignalKind, signal};
use trivium_core::Service;

use crate::failure::Failure;
use crate::http::Bounds;
use crate::logs::Levels;
use crate::options::{self, Command, Configuration, Options, Serve};
use crate::tls::Identity;

/// What a reload changes.
pub(crate) struct Reload {
    /// The settings at present.
    pub(crate) configuration: Configuration,
    pub(crate) service: Arc<Service>,
    pub(crate) bounds: Bounds,
    /// The certificate that the server shows.
    pub(crate) identity: Option<Identity>,
    pub(crate) levels: Levels,
    /// The thread that removes what has ended.
    pub(crate) retention: Thread,
}

impl Reload {
    /// Reloads on each SIGHUP from now on.
    ///
    /// # Errors
    /// If the signal cannot be received.
    pub(crate) fn on_signal(mut self) -> Result<(), Failure> {
        let mut hangups = signal(SignalKind::hangup())?;
        actix_web::rt::spawn(async move {
            while hangups.recv().await.is_some() {
                match options::parse(std::env::args_os()).and_then(|options| self.apply(options)) {
                    Ok(()) => tracing::info!("the settings were reloaded"),
                    Err(error) => tracing::error!(%error, "the settings remain as they were"),
                }
            }
        });
        Ok(())
    }

    /// Applies the settings that can change, and reports the others.
    fn apply(&mut self, options: Options) -> Result<(), Failure> {
        let Command::Serve(serve) = options.command else {
            return Ok(());
        };
        serve.check().map_err(Failure::Configuration)?;
        let Serve { reloaded, .. } = *serve;
        let identity = reloaded.identity().map_err(Failure::Configuration)?;
        match (&self.identity, identity) {
            (Some(current), Some(new)) => {
                current.replace(&new);
                current.report_end();
            }
            (None, None) => {}
            _ => {
                let message = "tls_certificate: restart the server to begin or to end TLS";
                return Err(Failure::Configuration(message.into()));
            }
        }
        let current = self.service.settings();
        self.service.configure(reloaded.apply((*current).clone()));
        self.bounds.set(reloaded.memory_budget, reloaded.slow_call);
        self.levels.set(reloaded.log_level);
        self.retention.unpark();
        let former = self.configuration.settings.iter_mut();
        for (former, new) in former.zip(options.configuration.settings) {
            let (setting, value) = (&new.key, &new.value);
            if former.value == *value {
                continue;
            }
            // A setting that needs a restart is reported until then.
            if new.is_reloaded {
                tracing::info!(setting, value, "a setting has changed");
                *former = new;
            } else {
                tracing::warn!(setting, value, "restart the server to change this setting");
            }
        }
        Ok(())
    }
}
