//! Rate limits on failed logins and unknown invitations. Only failures are counted.
//!
//! A failed check counts for the pair of address and account, for the account, and for the address. The
//! counters are read before a check and charged after a failed one, so the number of correct passwords is
//! not limited. Failures from other addresses never lock an owner out: above the limit of an account, each
//! pair still has one attempt a minute. The counters are in the memory of one process.
//!
//! Existing rate limiters count a call when it starts, and cannot leave out those that succeed.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::{Error, Origin, Result, codes};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// Checks of one pair that run at once. Further ones wait, as a check is charged when it ends.
const CHECKS_AT_ONCE: u32 = 4;

/// The account whose password is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Account<'a> {
    /// The user of this login, which may be unknown.
    User(&'a str),
    /// The administrator of the service.
    Administrator,
}

/// The limits of one service.
#[derive(Default)]
pub struct Throttle {
    hasher: RandomState,
    users: Passwords,
    administrator: Passwords,
    invitations: Invitations,
    checks: Checks,
}

impl Throttle {
    /// Begins to check a password. Waits while too many checks of the same pair are under way.
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait; `temporarily_unavailable` at the deadline of the call.
    pub fn password(&self, origin: &Origin, account: Account<'_>) -> Result<Attempt<'_>> {
        let address = origin.address.map(network);
        let keys = Keys {
            pair: self.hasher.hash_one((address, account)),
            account: self.hasher.hash_one(account),
            address: address.map(|address| self.hasher.hash_one(address)),
        };
        let counters = match account {
            Account::User(_) => &self.users,
            Account::Administrator => &self.administrator,
        };
        let turn = self.checks.wait(keys.pair, origin.deadline)?;
        counters.check(&keys, Instant::now())?;
        Ok(Attempt {
            counters,
            keys,
            has_failed: true,
            _turn: turn,
        })
    }

    /// Counts an unknown invitation.
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait.
    pub fn unknown_invitation(&self, address: Option<IpAddr>) -> Result<()> {
        let Some(address) = address.map(network) else {
            return Ok(());
        };
        let Invitations(addresses) = &self.invitations;
        let key = self.hasher.hash_one(address);
        let now = Instant::now();
        addresses.check(key, now)?;
        addresses.charge(key, now);
        Ok(())
    }
}

/// A check of a password, which counts as failed unless [`Attempt::succeeded`] is called.
pub struct Attempt<'a> {
    counters: &'a Passwords,
    keys: Keys,
    has_failed: bool,
    /// Dropped last: the next check of the pair sees this one's failure.
    _turn: Turn<'a>,
}

impl Attempt<'_> {
    /// Ends the attempt without a failure.
    pub fn succeeded(mut self) {
        self.has_failed = false;
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        if self.has_failed {
            self.counters.charge(&self.keys, Instant::now());
        }
    }
}

/// The hashed keys of an attempt.
struct Keys {
    pair: u64,
    account: u64,
    address: Option<u64>,
}

/// The counters of failed passwords.
struct Passwords {
    pairs: Counters,
    accounts: Counters,
    addresses: Counters,
}

impl Default for Passwords {
    fn default() -> Self {
        Self {
            pairs: Counters::new(10, MINUTE),
            accounts: Counters::new(1_000, HOUR),
            addresses: Counters::new(100, MINUTE),
        }
    }
}

impl Passwords {
    fn check(&self, keys: &Keys, now: Instant) -> Result<()> {
        if let Some(address) = keys.address {
            self.addresses.check(address, now)?;
        }
        self.pairs.check(keys.pair, now)?;
        let Err(over) = self.accounts.check(keys.account, now) else {
            return Ok(());
        };
        match self.pairs.last(keys.pair) {
            Some(last) if now.duration_since(last) < MINUTE => Err(over),
            _ => Ok(()),
        }
    }

    fn charge(&self, keys: &Keys, now: Instant) {
        self.pairs.charge(keys.pair, now);
        self.accounts.charge(keys.account, now);
        if let Some(address) = keys.address {
            self.addresses.charge(address, now);
        }
    }
}

/// The counters of unknown invitations, by address.
struct Invitations(Counters);

impl Default for Invitations {
    fn default() -> Self {
        Self(Counters::new(600, MINUTE))
    }
}

/// The network of a client: a /64 of IPv6, or an IPv4 address, also if it is mapped into IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & !u128::from(u64::MAX)).into()),
        v4 => v4,
    }
}

/// The checks under way, by pair.
#[derive(Default)]
struct Checks {
    running: Mutex<HashMap<u64, u32>>,
    ended: Condvar,
}

impl Checks {
    fn wait(&self, pair: u64, deadline: Option<Instant>) -> Result<Turn<'_>> {
        let is_full = |running: &mut HashMap<u64, u32>| {
            let count = running.get(&pair);
            count.is_some_and(|count| *count >= CHECKS_AT_ONCE)
        };
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let running = lock(&self.running);
        let waited = self
            .ended
            .wait_timeout_while(running, left.unwrap_or(HOUR), is_full);
        let (mut running, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(Error::unavailable());
        }
        *running.entry(pair).or_default() += 1;
        Ok(Turn { checks: self, pair })
    }
}

/// A check that is under way.
struct Turn<'a> {
    checks: &'a Checks,
    pair: u64,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut running = lock(&self.checks.running);
        match running.get_mut(&self.pair) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                running.remove(&self.pair);
            }
        }
        drop(running);
        self.checks.ended.notify_all();
    }
}

/// Counters of failures by hashed key: at most `limit` in a `period`, which may come all at once. The table
/// has a fixed size; if it is full, a new key replaces the one with the fewest failures among some.
struct Counters {
    limit: f64,
    period: Duration,
    sets: Mutex<Vec<Option<Box<[Slot; SLOTS]>>>>,
}

/// The number of sets of slots. A key belongs to one set.
const SETS: usize = 4_096;

/// The number of keys in a set.
const SLOTS: usize = 4;

/// The failures of a key, at the time of the last one.
#[derive(Clone, Copy)]
struct Slot {
    key: u64,
    failures: f64,
    last: Instant,
}

impl Counters {
    fn new(limit: u32, period: Duration) -> Self {
        Self {
            limit: limit.into(),
            period,
            sets: Mutex::new(vec![None; SETS]),
        }
    }

    /// The failures of a slot that still count. One is forgiven in each `period / limit`.
    fn current(&self, slot: &Slot, now: Instant) -> f64 {
        let forgiven = now.duration_since(slot.last).as_secs_f64() * self.limit;
        (slot.failures - forgiven / self.period.as_secs_f64()).max(0.0)
    }

    fn find(&self, key: u64) -> Option<Slot> {
        let sets = lock(&self.sets);
        let slots = sets.get(set_of(key))?.as_deref()?;
        slots.iter().find(|slot| slot.key == key).copied()
    }

    /// The time of the last failure of a key.
    fn last(&self, key: u64) -> Option<Instant> {
        self.find(key).map(|slot| slot.last)
    }

    fn check(&self, key: u64, now: Instant) -> Result<()> {
        let current = self.find(key).map_or(0.0, |slot| self.current(&slot, now));
        if current + 1.0 <= self.limit {
            return Ok(());
        }
        let excess = current + 1.0 - self.limit;
        let wait = excess * self.period.as_secs_f64() / self.limit;
        let wait = Duration::from_secs_f64(wait).as_secs() + 1;
        let wait = u32::try_from(wait).unwrap_or(60);
        Err(Error::from(codes::RATE_LIMITED).with_retry_after(wait))
    }

    fn charge(&self, key: u64, now: Instant) {
        let mut sets = lock(&self.sets);
        let Some(set) = sets.get_mut(set_of(key)) else {
            return;
        };
        let empty = Slot {
            key: 0,
            failures: 0.0,
            last: now,
        };
        let slots = set.get_or_insert_with(|| Box::new([empty; SLOTS]));
        let fewest =
            |a: &&mut Slot, b: &&mut Slot| self.current(a, now).total_cmp(&self.current(b, now));
        let slot = match slots.iter().position(|slot| slot.key == key) {
            Some(position) => slots.get_mut(position),
            None => slots.iter_mut().min_by(fewest),
        };
        if let Some(slot) = slot {
            let failures = match slot.key == key {
                true => self.current(slot, now),
                false => 0.0,
            };
            *slot = Slot {
                key,
                failures: failures + 1.0,
                last: now,
            };
        }
    }
}

/// The set of a key.
const fn set_of(key: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "the set is a small number")]
    let set = (key % SETS as u64) as usize;
    set
}

/// Locks. A thread that panicked between two statements here left nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(number: u8) -> Origin {
        Origin {
            address: Some(IpAddr::from([192, 0, 2, number])),
            ..Origin::command_line()
        }
    }

    /// Fails to log in; false if the attempt is rejected.
    fn fail(throttle: &Throttle, number: u8, account: Account<'_>) -> bool {
        throttle.password(&from(number), account).is_ok()
    }

    #[test]
    fn failures_of_a_pair_are_limited_and_successes_are_not() {
        let throttle = Throttle::default();
        let anna = Account::User("anna");
        for _ in 0..1_000 {
            let attempt = throttle.password(&from(1), anna);
            attempt.expect("an attempt").succeeded();
        }
        for _ in 0..10 {
            assert!(fail(&throttle, 1, anna));
        }
        let rejection = throttle.password(&from(1), anna).err();
        let rejection = rejection.expect("the pair is limited");
        assert_eq!(rejection.code(), codes::RATE_LIMITED);
        assert!((1..=7).contains(&rejection.retry_after().expect("a time to wait")));
        assert!(fail(&throttle, 2, anna), "from another address");
        assert!(
            fail(&throttle, 1, Account::User("berta")),
            "another account"
        );
    }

    #[test]
    fn failures_of_an_address_are_limited() {
        let throttle = Throttle::default();
        for number in 0..100 {
            let login = format!("user{number}");
            assert!(fail(&throttle, 1, Account::User(&login)));
        }
        assert!(!fail(&throttle, 1, Account::User("anna")));
        assert!(
            fail(&throttle, 1, Account::Administrator),
            "counters of its own"
        );
    }

    #[test]
    fn failures_from_other_addresses_do_not_lock_an_owner_out() {
        for account in [Account::User("anna"), Account::Administrator] {
            let throttle = Throttle::default();
            let mut accepted = 0;
            for _ in 0..100 {
                for number in 1..=100 {
                    accepted += i32::from(fail(&throttle, number, account));
                }
            }
            // The 1,000 of the account, and those that it forgives meanwhile.
            assert!((1_000..1_200).contains(&accepted), "{accepted}");
            assert!(fail(&throttle, 200, account), "the first attempt");
            assert!(!fail(&throttle, 200, account), "one a minute");
        }
    }

    #[test]
    fn one_of_too_many_checks_of_a_pair_waits() {
        let throttle = Throttle::default();
        let anna = Account::User("anna");
        std::thread::scope(|scope| {
            let attempts: Vec<_> = (0..CHECKS_AT_ONCE)
                .map(|_| throttle.password(&from(1), anna).expect("an attempt"))
                .collect();
            let (sender, receiver) = std::sync::mpsc::channel();
            let throttle = &throttle;
            scope.spawn(move || {
                drop(throttle.password(&from(1), anna));
                sender.send(()).expect("the test");
            });
            // No longer than to the deadline of its call.
            let expired = Origin {
                deadline: Some(Instant::now()),
                ..from(1)
            };
            let rejection = throttle.password(&expired, anna).err();
            let code = rejection.map(|rejection| rejection.code());
            assert_eq!(code, Some(codes::TEMPORARILY_UNAVAILABLE));
            // Another pair does not wait.
            drop(throttle.password(&from(2), anna));
            assert!(receiver.try_recv().is_err());
            drop(attempts);
            receiver.recv().expect("the check that waited");
        });
    }

    #[test]
    fn a_full_table_replaces_keys_with_the_fewest_failures() {
        let counters = Counters::new(10, MINUTE);
        let now = Instant::now();
        let keys = (1..).map(|number| number * SETS as u64);
        for (key, failures) in keys.clone().zip([9, 8, 7, 6]) {
            for _ in 0..failures {
                counters.charge(key, now);
            }
        }
        let mut keys = keys.skip(3);
        let [fewest, new] = [keys.next(), keys.next()].map(|key| key.expect("a key"));
        counters.charge(new, now);
        assert!(counters.last(new).is_some());
        assert!(counters.last(fewest).is_none());
    }

    #[test]
    fn addresses_of_an_ipv6_network_share_a_limit() {
        let network = |text: &str| network(text.parse().expect("an address"));
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
