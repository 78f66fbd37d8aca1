//! Applies settings again on SIGHUP, while the server runs.

use std::sync::Arc;
use std::thread::Thread;

use tokio::signal::unix::{SignalKind, signal};
use trivium_core::Service;

use crate::failure::Failure;
use crate::http::Bounds;
use crate::logs::Levels;
use crate::options::{self, Command, Configuration, Options, Serve};

/// What a reload changes.
pub(crate) struct Reload {
    /// The settings at present.
    pub(crate) configuration: Configuration,
    pub(crate) service: Arc<Service>,
    pub(crate) bounds: Bounds,
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
        let Serve { reloaded, .. } = *serve;
        serve.check().map_err(Failure::Configuration)?;
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
