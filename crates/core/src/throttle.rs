//! Slows down guessing: failures are counted, successes are not.
//!
//! The rate limiters at hand take a call's price when it comes and cannot give it back; here a
//! right password must cost nothing, so the price is returned when a try was no failure.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::{Error, Result, codes};

/// Keys that are remembered before those who have their whole allowance back are forgotten.
const REMEMBERED: usize = 10_000;

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
    /// Begins a try to show a password. It counts as failed until [`Try::succeeded`].
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait.
    pub fn password(&self, address: Option<IpAddr>, account: &str) -> Result<Try<'_>> {
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
        Ok(Try {
            throttle: self,
            address,
            account: account.to_owned(),
        })
    }

    /// Counts an invitation that nobody made.
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

/// A try that counts as failed unless it is told otherwise.
pub struct Try<'a> {
    throttle: &'a Throttle,
    address: Option<IpAddr>,
    account: String,
}

impl Try<'_> {
    /// It was no failure: it costs nothing.
    pub fn succeeded(self) {
        if let Some(address) = &self.address {
            self.throttle.logins_by_address.give_back(address);
        }
        self.throttle.logins_by_account.give_back(&self.account);
    }
}

/// An IPv6 customer has a /64; an IPv4 address inside IPv6 is itself.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

/// So many a minute for each key, all of them at once if need be.
struct Limit<K> {
    most: f64,
    spent: Mutex<HashMap<K, Spent>>,
}

/// What a key has spent, and when that was so.
#[derive(Clone, Copy)]
struct Spent {
    amount: f64,
    at: Instant,
}

impl Spent {
    fn now(self, most: f64, now: Instant) -> f64 {
        let back = now.duration_since(self.at).as_secs_f64() * most / MINUTE.as_secs_f64();
        (self.amount - back).max(0.0)
    }
}

impl<K: Eq + Hash + Clone> Limit<K> {
    fn per_minute(most: u32) -> Self {
        Self {
            most: most.into(),
            spent: Mutex::default(),
        }
    }

    fn take(&self, key: &K) -> Result<()> {
        let now = Instant::now();
        let Ok(mut all) = self.spent.lock() else {
            return Ok(());
        };
        if all.len() >= REMEMBERED {
            all.retain(|_, spent| spent.now(self.most, now) > 0.0);
        }
        let spent = all.get(key).map_or(0.0, |spent| spent.now(self.most, now));
        if spent + 1.0 > self.most {
            let wait = (spent + 1.0 - self.most) * MINUTE.as_secs_f64() / self.most;
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
            throttle.password(here, "anna").expect("a try").succeeded();
        }
        for _ in 0..10 {
            throttle.password(here, "anna").expect("a try");
        }
        let refused = throttle
            .password(here, "berta")
            .err()
            .expect("the address is slow");
        assert_eq!(refused.code(), codes::RATE_LIMITED);
        assert!(refused.retry_after().is_some_and(|s| (1..=7).contains(&s)));
        let there: Option<IpAddr> = "192.0.2.2".parse().ok();
        assert!(
            throttle.password(there, "anna").is_err(),
            "the account is slow"
        );
        assert!(throttle.password(there, "berta").is_ok());
    }

    #[test]
    fn an_ipv6_customer_has_one_allowance() {
        let network = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
