//! Connections are cut at COMMIT, before or after Postgres receives it.

use super::{Arena, GROUPS, join, rounds};
use crate::harness::{PROTOCOLS, Random, seed};

/// Number of clients.
const CLIENTS: usize = 4;

#[test]
fn a_retry_after_a_lost_commit_has_one_effect() {
    let cuts = rounds(50);
    let seed = seed();
    eprintln!("TRIVIUM_TEST_SEED={seed}");
    // A join is cut twice in three times, on average.
    let arena = Arena::new(&["--log-level", "warn"], cuts);
    arena.proxy.cut_at_commit(Some(Random::new(seed)));
    std::thread::scope(|scope| {
        for members in arena.members.chunks(cuts.div_ceil(CLIENTS)) {
            let arena = &arena;
            scope.spawn(move || {
                let mut caller = arena.caller();
                for (number, member) in members.iter().enumerate() {
                    for group in 1..=GROUPS {
                        let protocol = PROTOCOLS[(number + group) % PROTOCOLS.len()];
                        let mut is_retry = false;
                        loop {
                            match join(&mut caller, protocol, member, group).as_str() {
                                "success" => break,
                                // The change was committed whose response was lost.
                                "already_member" if is_retry => break,
                                code => assert_eq!(code, "temporarily_unavailable"),
                            }
                            is_retry = true;
                        }
                    }
                }
            });
        }
    });
    arena.proxy.cut_at_commit(None);
    let [before, after] = arena.proxy.cut();
    eprintln!("{before} cut before COMMIT, {after} after it");
    assert!(before + after >= cuts && before > 0 && after > 0);
    arena.has_all_joins_once();
}
