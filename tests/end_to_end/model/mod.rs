//! Runs random sequences of calls on the service and on a model of its rules, and compares the
//! results, in every format and on both databases.
//!
//! - [`actions`] has the steps; [`generate`] generates them.
//! - [`rules`], [`invitations`], [`acts`] and [`views`] are the model; [`service`] calls the
//!   server.
//! - [`exhaustive`] takes every step in every state of a small world.
//! - This module runs several sequences at a time, and shortens a failing one.
//!
//! `TRIVIUM_SEQUENCES` is the number of sequences over both databases. A failure prints the seed of
//! its sequence.

mod actions;
mod acts;
mod exhaustive;
mod generate;
mod invitations;
mod rules;
mod service;
mod views;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use trivium_test_support::Backend;

use self::actions::{Action, PEOPLE, PLACES, Step};
use self::generate::VIEWS;
use self::rules::World;
use self::service::Service;
use crate::exports::check_moves;
use crate::harness::{Caller, Crowd, Gateway, PROTOCOLS, Random, seed};

const ADMIN_PASSWORD: &str = "the password of the administrator";

/// Steps in a sequence, before the final views.
const STEPS: usize = 50;

/// The default of `TRIVIUM_SEQUENCES`.
const SEQUENCES: u64 = 1_000;

#[test]
fn sqlite_agrees_with_the_model() {
    compare_with_model(Backend::Sqlite, 7, 8);
}

#[test]
fn postgres_agrees_with_the_model() {
    compare_with_model(Backend::Postgres, 3, 4);
}

/// Guards against a generator that no longer provokes errors.
#[test]
fn sequences_provoke_every_error() {
    let mut met = BTreeSet::new();
    for seed in 0..1_000 {
        let mut world = World::new();
        for step in generate(seed) {
            met.extend(world.take(&step).err());
        }
    }
    let all = BTreeSet::from([
        "already_member",
        "banned",
        "condition_not_met",
        "content_collection_title_already_exist",
        "content_not_found",
        "group_not_invited",
        "invitation_invalid",
        "invitation_issuer_invalid",
        "invitation_revoked",
        "invitation_used_up",
        "join_request_not_found",
        "join_request_pending",
        "not_a_member",
        "not_banned",
        "owner_cannot_leave",
        "owner_protected",
        "user_access_denied",
        "user_not_found",
        "user_token_invalid",
        "validation_out_of_range",
    ]);
    assert_eq!(met, all);
}

/// Runs this many tenths of all sequences, `at_once` of them in parallel.
fn compare_with_model(backend: Backend, tenths: u64, at_once: usize) {
    let sequences = std::env::var("TRIVIUM_SEQUENCES").map_or(SEQUENCES, |text| {
        text.parse().expect("TRIVIUM_SEQUENCES is a number")
    });
    let sequences = (sequences * tenths).div_ceil(10);
    let first = seed();
    eprintln!("{backend:?}: {sequences} sequences from TRIVIUM_TEST_SEED={first}");
    let mut gateway = Gateway::start_with(
        backend,
        &["--log-level", "warn"],
        &[("TRIVIUM_ADMIN_PASSWORD", ADMIN_PASSWORD)],
    );
    let crowd = Crowd::new(&gateway);
    let next = AtomicU64::new(0);
    let failed = AtomicBool::new(false);
    let unchanged = AtomicU64::new(0);
    let report = Mutex::new(String::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                let mut runner = Runner {
                    caller: Caller::new(&gateway.served.address),
                    crowd: &crowd,
                };
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= sequences || failed.load(Ordering::Relaxed) {
                        unchanged.fetch_add(runner.caller.unchanged, Ordering::Relaxed);
                        return;
                    }
                    if number > 0 && number.is_multiple_of(SEQUENCES) {
                        eprintln!("{backend:?}: {number} of {sequences}");
                    }
                    let seed = first.wrapping_add(number);
                    let sequence = generate(seed);
                    if runner.run(&sequence).is_err() && !failed.swap(true, Ordering::Relaxed) {
                        *report.lock().unwrap() = runner.explain(seed, sequence);
                    }
                }
            });
        }
    });
    let report = report.into_inner().unwrap();
    assert!(report.is_empty(), "{backend:?}: {report}");
    assert!(unchanged.into_inner() > 0, "{backend:?}");
    gateway.served.stop();
    let log = gateway.served.log();
    assert!(!log.contains("ERROR"), "{log}");
    // What random calls have left is the same after a move.
    check_moves(backend, &gateway.scratch.url);
}

/// Generates the sequence of a seed.
fn generate(seed: u64) -> Vec<Step> {
    let mut random = Random::new(seed);
    let mut world = World::new();
    let mut sequence = Vec::new();
    while sequence.len() < STEPS {
        let step = generate::step(&mut random, &world);
        if is_allowed(&world, &step) {
            let _answer = world.take(&step);
            sequence.push(step);
        }
    }
    sequence
}

/// Returns false for the login of a deleted user, because failed logins are rate limited.
fn is_allowed(world: &World, step: &Step) -> bool {
    world.has_account(step.who) || !matches!(step.action, Action::Login)
}

/// The final views, by users with access.
fn final_views(world: &World) -> Vec<Step> {
    let mine = (0..PEOPLE.len()).map(|who| (who, Action::MyGroups));
    let groups = (0..PLACES).flat_map(|place| {
        let owner = world.at(place).map_or(0, |group| group.owner);
        VIEWS.map(|view| (owner, Action::See { place, view }))
    });
    let all = mine.chain(groups).zip(PROTOCOLS.into_iter().cycle());
    all.map(|((who, action), protocol)| Step {
        who,
        token: 1,
        protocol,
        action,
    })
    .collect()
}

/// Runs sequences.
struct Runner<'a> {
    caller: Caller,
    crowd: &'a Crowd,
}

impl Runner<'_> {
    /// Runs a sequence with new users. The error lists the steps up to the first difference.
    fn run(&mut self, sequence: &[Step]) -> Result<(), String> {
        let mut world = World::new();
        let mut service = Service::new(self.crowd.people(PEOPLE.len()));
        let mut calls = (&mut self.caller, self.crowd);
        let mut story = String::new();
        let mut take = |world: &mut World, step: &Step| {
            let expected = world.take(step).map_err(str::to_owned);
            let got = service.take(&mut calls, step);
            let describe = |answer: &Result<String, String>| match answer {
                Ok(result) => format!("`{result}`"),
                Err(code) => format!("failure {code}"),
            };
            let _written = writeln!(story, "  {step} -> {}", describe(&expected));
            if got == expected {
                return Ok(());
            }
            Err(format!(
                "{story}  but the service answered {}",
                describe(&got)
            ))
        };
        for step in sequence {
            if is_allowed(&world, step) {
                take(&mut world, step)?;
            }
        }
        for step in final_views(&world) {
            take(&mut world, &step)?;
        }
        Ok(())
    }

    /// Removes steps from a sequence while it still fails, and describes the remaining steps.
    fn explain(&mut self, seed: u64, mut sequence: Vec<Step>) -> String {
        let mut story = None;
        let mut size = sequence.len() / 2;
        while size > 0 {
            let mut at = 0;
            while at < sequence.len() {
                let mut shorter = sequence.clone();
                shorter.drain(at..sequence.len().min(at + size));
                match self.run(&shorter) {
                    Err(failure) => (sequence, story) = (shorter, Some(failure)),
                    Ok(()) => at += size,
                }
            }
            size /= 2;
        }
        let story = story
            .or_else(|| self.run(&sequence).err())
            .unwrap_or_else(|| "a second run does not fail: look for a race".into());
        format!("TRIVIUM_TEST_SEED={seed} TRIVIUM_SEQUENCES=1 fails. In short:\n{story}")
    }
}
