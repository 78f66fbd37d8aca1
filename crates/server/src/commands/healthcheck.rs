//! `trivium healthcheck`: whether a server accepts calls, for supervisors and containers.

use crate::client::Client;
use crate::cures;
use crate::failure::Failure;
use crate::options::Healthcheck;
use crate::pages::READY;

use super::print::line;

pub(crate) fn run(healthcheck: &Healthcheck) -> Result<(), Failure> {
    let url = &healthcheck.url;
    let response = Client::new(url, &healthcheck.trust)?.get(READY);
    let response = response.map_err(|error| Failure::Unhealthy(cures::connecting(url, &error)))?;
    let text = String::from_utf8_lossy(&response.body);
    match response.status {
        200 => line(text.trim_end()),
        _ => Err(Failure::Unhealthy(format!("{url}: {}", text.trim_end()))),
    }
}
