//! Random sequences through the service and through a model of its rules: the same effect and
//! the same answer in every format, on both databases.
//!
//! - [`deeds`] is what a step can be; [`invent`] makes steps up.
//! - [`rules`], [`invitations`], [`acts`] and [`views`] are the model; [`service`] asks the server.
//! - Here sequences are run, several at a time, and one that fails is shortened.
//!
//! `TRIVIUM_SEQUENCES` is how many there are over both databases. A failure prints the seed that
//! makes the same sequence again.

mod acts;
mod deeds;
mod invent;
mod invitations;
mod rules;
mod service;
mod views;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use trivium_test_support::Backend;

use self::deeds::{Deed, PEOPLE, PLACES, Step};
use self::invent::VIEWS;
use self::rules::World;
use self::service::Service;
use crate::harness::{Caller, Crowd, Gateway, PROTOCOLS, Random, seed};

const ADMIN_PASSWORD: &str = "the password of the administrator";

/// Steps in a sequence, before everything is looked at.
const STEPS: usize = 50;

/// Sequences over both databases, where the environment does not say.
const SEQUENCES: u64 = 1_000;

#[test]
fn sqlite_follows_the_rules() {
    follows_the_rules(Backend::Sqlite, 7, 8);
}

#[test]
fn postgres_follows_the_rules() {
    follows_the_rules(Backend::Postgres, 3, 4);
}

/// A generator that goes blind would agree with anything.
#[test]
fn the_sequences_meet_every_refusal() {
    let mut met = BTreeSet::new();
    for seed in 0..1_000 {
        let mut world = World::new();
        for step in invent(seed) {
            met.extend(world.take(&step).err());
        }
    }
    let all = BTreeSet::from([
        "already_member",
        "banned",
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
    ]);
    assert_eq!(met, all);
}

/// Runs `tenths` of all sequences, so many at a time.
fn follows_the_rules(backend: Backend, tenths: u64, at_once: usize) {
    let sequences = std::env::var("TRIVIUM_SEQUENCES").map_or(SEQUENCES, |text| {
        text.parse().expect("TRIVIUM_SEQUENCES is a number")
    });
    let sequences = (sequences * tenths).div_ceil(10);
    let first = seed();
    eprintln!("{backend:?}: {sequences} sequences from TRIVIUM_TEST_SEED={first}");
    let gateway = Gateway::start_with(
        backend,
        &["--log-level", "warn"],
        &[("TRIVIUM_ADMIN_PASSWORD", ADMIN_PASSWORD)],
    );
    let crowd = Crowd::new(&gateway);
    let next = AtomicU64::new(0);
    let failed = AtomicBool::new(false);
    let report = Mutex::new(String::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                let mut stage = Stage {
                    caller: Caller::new(&gateway.served.address),
                    crowd: &crowd,
                };
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= sequences || failed.load(Ordering::Relaxed) {
                        return;
                    }
                    if number > 0 && number.is_multiple_of(SEQUENCES) {
                        eprintln!("{backend:?}: {number} of {sequences}");
                    }
                    let seed = first.wrapping_add(number);
                    let sequence = invent(seed);
                    if stage.run(&sequence).is_err() && !failed.swap(true, Ordering::Relaxed) {
                        *report.lock().unwrap() = stage.explain(seed, sequence);
                    }
                }
            });
        }
    });
    let report = report.into_inner().unwrap();
    assert!(report.is_empty(), "{backend:?}: {report}");
    let log = gateway.served.log();
    assert!(!log.contains("ERROR"), "{log}");
}

/// The sequence of this seed.
fn invent(seed: u64) -> Vec<Step> {
    let mut random = Random::new(seed);
    let mut world = World::new();
    let mut sequence = Vec::new();
    while sequence.len() < STEPS {
        let step = invent::step(&mut random, &world);
        if takes_part(&world, &step) {
            let _answer = world.take(&step);
            sequence.push(step);
        }
    }
    sequence
}

/// A login that fails slows all others down, so the dead do not try.
fn takes_part(world: &World, step: &Step) -> bool {
    world.lives(step.who) || !matches!(step.deed, Deed::Login)
}

/// Everything that can be seen at the end, by those who may.
fn looks(world: &World) -> Vec<Step> {
    let mine = (0..PEOPLE.len()).map(|who| (who, Deed::MyGroups));
    let groups = (0..PLACES).flat_map(|place| {
        let owner = world.at(place).map_or(0, |group| group.owner);
        VIEWS.map(|view| (owner, Deed::See { place, view }))
    });
    let all = mine.chain(groups).zip(PROTOCOLS.into_iter().cycle());
    all.map(|((who, deed), protocol)| Step {
        who,
        token: 1,
        protocol,
        deed,
    })
    .collect()
}

/// Where sequences are run.
struct Stage<'a> {
    caller: Caller,
    crowd: &'a Crowd,
}

impl Stage<'_> {
    /// Runs a sequence with new people. The error is the story up to where the service differs.
    fn run(&mut self, sequence: &[Step]) -> Result<(), String> {
        let mut world = World::new();
        let mut service = Service::new(&mut self.caller, self.crowd.people(PEOPLE.len()));
        let mut story = String::new();
        let mut take = |world: &mut World, step: &Step| {
            let expected = world.take(step).map_err(str::to_owned);
            let got = service.take(step);
            let words = |answer: &Result<String, String>| match answer {
                Ok(told) => format!("`{told}`"),
                Err(code) => format!("failure {code}"),
            };
            let _written = writeln!(story, "  {step} -> {}", words(&expected));
            if got == expected {
                return Ok(());
            }
            Err(format!("{story}  but the service answered {}", words(&got)))
        };
        for step in sequence {
            if takes_part(&world, step) {
                take(&mut world, step)?;
            }
        }
        for step in looks(&world) {
            take(&mut world, &step)?;
        }
        Ok(())
    }

    /// Drops steps from a sequence for as long as it fails, and tells what is left.
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
            .unwrap_or_else(|| "it does not fail again: look for a race".into());
        format!("TRIVIUM_TEST_SEED={seed} TRIVIUM_SEQUENCES=1 fails. In short:\n{story}")
    }
}
