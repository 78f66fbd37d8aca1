//! Rate limits on failed logins and unknown invitations. Successes are not counted.
//!
//! Existing rate limiters count a call when it starts and cannot undo that. Here, an attempt is counted
//! when it starts, and the count is undone if it succeeds.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::{Error, Result, codes};

/// The number of keys above which those without recent failures are removed.
const MAX_KEYS: usize = 10_000;

const MINUTE: Duration = Duration::from_secs(60);

/// The limits of one service.
pub struct Throttle {
    logins_by_address: Limit<IpAddr>,
    logins_by_account: Limit<String>,
    invitations_by_address: Limit<IpAddr>,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            logins_by_address: Limit::per_minute(10),
            logins_by_account: Limit::per_minute(10),
            invitations_by_address: Limit::per_minute(600),
        }
    }
}

impl Throttle {
    /// Begins an attempt to verify a password. It counts as failed until [`Attempt::succeeded`].
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait.
    pub fn password(&self, address: Option<IpAddr>, account: &str) -> Result<Attempt<'_>> {
        let address = address.map(network);
        if let Some(address) = address {
            self.logins_by_address.take(&address)?;
        }
        if let Err(error) = self.logins_by_account.take(&account.to_owned()) {
            if let Some(address) = address {
                self.logins_by_address.give_back(&address);
            }
            return Err(error);
        }
        Ok(Attempt {
            throttle: self,
            address,
            account: account.to_owned(),
        })
    }

    /// Counts an unknown invitation.
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait.
    pub fn unknown_invitation(&self, address: Option<IpAddr>) -> Result<()> {
        match address {
            Some(address) => self.invitations_by_address.take(&network(address)),
            None => Ok(()),
        }
    }
}

/// An attempt, which counts as failed unless [`Attempt::succeeded`] is called.
pub struct Attempt<'a> {
    throttle: &'a Throttle,
    address: Option<IpAddr>,
    account: String,
}

impl Attempt<'_> {
    /// Removes the attempt from the count.
    pub fn succeeded(self) {
        if let Some(address) = &self.address {
            self.throttle.logins_by_address.give_back(address);
        }
        self.throttle.logins_by_account.give_back(&self.account);
    }
}

/// The network of a client: a /64 of IPv6, or an IPv4 address, also if it is mapped into IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

/// A limit per minute for each key, which may be used all at once.
struct Limit<K> {
    limit: f64,
    spent: Mutex<HashMap<K, Spent>>,
}

/// The allowance that a key had used at a time.
#[derive(Clone, Copy)]
struct Spent {
    amount: f64,
    at: Instant,
}

impl Spent {
    /// The allowance that is still used: it comes back within a minute.
    fn now(self, limit: f64, now: Instant) -> f64 {
        let back = now.duration_since(self.at).as_secs_f64() * limit / MINUTE.as_secs_f64();
        (self.amount - back).max(0.0)
    }
}

impl<K: Eq + Hash + Clone> Limit<K> {
    fn per_minute(limit: u32) -> Self {
        Self {
            limit: limit.into(),
            spent: Mutex::default(),
        }
    }

    fn take(&self, key: &K) -> Result<()> {
        let now = Instant::now();
        let Ok(mut all) = self.spent.lock() else {
            return Ok(());
        };
        if all.len() >= MAX_KEYS {
            all.retain(|_, spent| spent.now(self.limit, now) > 0.0);
        }
        let spent = all.get(key).map_or(0.0, |spent| spent.now(self.limit, now));
        if spent + 1.0 > self.limit {
            let wait = (spent + 1.0 - self.limit) * MINUTE.as_secs_f64() / self.limit;
            let wait = Duration::from_secs_f64(wait).as_secs() + 1;
            return Err(Error::from(codes::RATE_LIMITED)
                .with_retry_after(u32::try_from(wait).unwrap_or(60)));
        }
        let amount = spent + 1.0;
        all.insert(key.clone(), Spent { amount, at: now });
        Ok(())
    }

    fn give_back(&self, key: &K) {
        if let Ok(mut all) = self.spent.lock()
            && let Some(spent) = all.get_mut(key)
        {
            spent.amount = (spent.amount - 1.0).max(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_limited_and_successes_are_not() {
        let throttle = Throttle::default();
        let here: Option<IpAddr> = "192.0.2.1".parse().ok();
        for _ in 0..100 {
            throttle
                .password(here, "anna")
                .expect("an attempt")
                .succeeded();
        }
        for _ in 0..10 {
            throttle.password(here, "anna").expect("an attempt");
        }
        let rejection = throttle
            .password(here, "berta")
            .err()
            .expect("the address is limited");
        assert_eq!(rejection.code(), codes::RATE_LIMITED);
        assert!(
            rejection
                .retry_after()
                .is_some_and(|s| (1..=7).contains(&s))
        );
        let there: Option<IpAddr> = "192.0.2.2".parse().ok();
        assert!(
            throttle.password(there, "anna").is_err(),
            "the account is limited"
        );
        assert!(throttle.password(there, "berta").is_ok());
    }

    #[test]
    fn addresses_of_an_ipv6_network_share_a_limit() {
        let network = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
