//! Takes every step in every reachable state of a small world, on the real core over SQLite, and compares each with the
//! model: nothing is sampled.
//!
//! The world has a group, people who are all alike, and either an invitation or a condition of joining, which names
//! another group. Each state is reached by the fewest steps; each step is undone by a savepoint, so that all steps of a
//! state begin in it. The ends of memberships
//! and bans are far away, or have passed, and none passes meanwhile; a row that has ended is a state of its own until a
//! step removes it.
//!
//! `TRIVIUM_PEOPLE` is the number of people.

use std::collections::{HashSet, VecDeque};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;
use trivium_core::{Job, Origin, Service as Core, Settings, catalog};
use trivium_front::{Body, FrontEnd, Read, Reply, Request, Wire};
use trivium_rest_json::RestJson;
use trivium_storage::memberships::{self, State as Row};
use trivium_storage::{Connection, Database, Error, Options, Page, audit};
use trivium_test_support::{Backend, Scratch};

use super::actions::{Act, Action, Condition, Registration, Rights, Step, Until, View};
use super::rules::{State, World};
use super::service::{Calls, Service};
use crate::harness::{Answer, Crowd, Protocol, Response, end_membership, form_of};

/// The number of steps after which the progress is printed.
const PROGRESS: usize = 1_000_000;

/// The default of `TRIVIUM_PEOPLE`.
const EVERYBODY: usize = 2;

/// The place of the group, and that of the group of its condition.
const GROUP: usize = 0;
const OTHER: usize = 1;

/// The owner of the other group.
const SOMEBODY: usize = 4;

/// The pocket of the invitation.
const POCKET: usize = 0;

#[test]
fn every_state_with_an_invitation_agrees_with_the_model() {
    explore(World::invitations);
}

#[test]
fn every_state_with_a_condition_agrees_with_the_model() {
    explore(World::conditions);
}

/// The steps of a person that belong to one of the two worlds.
type Special = fn(&World) -> Vec<Action>;

impl World {
    fn invitations(&self) -> Vec<Action> {
        let mut steps = vec![
            Action::JoinGroup {
                place: GROUP,
                pocket: Some(POCKET),
            },
            Action::CanJoin {
                place: GROUP,
                pocket: Some(POCKET),
            },
            Action::JoinByInvitation { pocket: POCKET },
            Action::RevokeInvitation {
                place: GROUP,
                pocket: POCKET,
            },
        ];
        for limit in [None, Some(1)] {
            for role in [Rights::Member, Rights::Moderator] {
                steps.push(Action::NewInvitation {
                    place: GROUP,
                    pocket: POCKET,
                    limit,
                    role,
                });
            }
        }
        // An unknown secret is limited, and not a part of this world.
        let has_invitation = self.pockets[POCKET].is_some();
        steps.retain(|step| has_invitation || matches!(step, Action::NewInvitation { .. }));
        steps
    }

    fn conditions(&self) -> Vec<Action> {
        let registration = self
            .at(GROUP)
            .map_or(Registration::Open, |it| it.registration);
        let condition = |only| Condition { only, place: OTHER };
        let mut steps = vec![
            Action::JoinGroup {
                place: OTHER,
                pocket: None,
            },
            Action::Leave { place: OTHER },
        ];
        for condition in [None, Some(condition(false)), Some(condition(true))] {
            steps.push(Action::EditGroup {
                place: GROUP,
                registration,
                condition: Some(condition),
            });
        }
        steps
    }
}

/// The steps of a person in any state.
fn steps(world: &World, who: usize, people: usize, special: Special) -> Vec<Action> {
    let place = GROUP;
    let mut steps = vec![
        Action::DeleteGroup { place },
        Action::JoinGroup {
            place,
            pocket: None,
        },
        Action::CanJoin {
            place,
            pocket: None,
        },
        Action::Withdraw { place },
        Action::Leave { place },
        Action::EndMembership { place, whom: who },
    ];
    for registration in [
        Registration::Open,
        Registration::Moderated,
        Registration::Invite,
    ] {
        steps.push(Action::EditGroup {
            place,
            registration,
            condition: None,
        });
    }
    let ends = [Until::Never, Until::LongAgo, Until::FarAway];
    let roles = [Rights::Member, Rights::Moderator];
    let acts = [
        Act::Approve,
        Act::Deny,
        Act::Remove,
        Act::Unban,
        Act::Transfer,
    ];
    let acts = acts.into_iter();
    let acts = acts
        .chain(ends.map(Act::Ban))
        .chain(ends.map(Act::SetEnd))
        .chain(roles.map(Act::SetRole));
    for act in acts {
        steps.extend((0..people).map(|whom| Action::Act { place, whom, act }));
    }
    steps.extend(special(world));
    steps
}

/// The core, without HTTP.
struct InProcess {
    core: Arc<Core>,
    json: RestJson,
}

/// The core in a transaction.
struct InTransaction<'a> {
    of: &'a InProcess,
    connection: &'a mut Connection,
}

impl Calls for InTransaction<'_> {
    fn call(&mut self, _: Protocol, verb: &str, name: &str, arguments: &Value) -> Answer {
        let path = format!("/api/json/peopleaggregator/{name}");
        let form = form_of(arguments);
        let request = Request {
            method: verb,
            path: &path,
            ..Request::default()
        };
        let request = match verb {
            "GET" => Request {
                query: &form,
                ..request
            },
            _ => Request {
                content_type: Some("application/x-www-form-urlencoded"),
                body: Body::Whole(form.as_bytes()),
                ..request
            },
        };
        let InProcess { core, json } = self.of;
        let reply: Reply = match json.read(&request) {
            Read::Reply(reply) => reply,
            Read::Batch(_) => panic!("one call"),
            Read::Call(call, write) => {
                let origin = Origin {
                    via: json.via(),
                    ..Origin::command_line()
                };
                let ready = Job::try_from(call).and_then(|job| core.prepare(job, origin));
                write(ready.and_then(|ready| ready.run(core, self.connection)))
            }
        };
        Protocol::Json.read(&Response {
            status: reply.status,
            headers: Vec::new(),
            body: reply.body.to_vec(),
        })
    }

    fn end_membership(&mut self, group: i64, person: i64) {
        end_membership(self.connection, group, person).expect("a change");
    }
}

/// The row of a person: its state, whether that has an end, and whether it has ended.
type RowKey = Option<(&'static str, bool, bool)>;

/// What distinguishes a person from the others: their state in the model, the row, whether they are in the other group,
/// and whether they are the owner, and the issuer of the invitation.
type PersonKey = (Option<&'static str>, RowKey, bool, bool, bool);

/// What distinguishes a state. People who differ in nothing else are exchanged freely.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    group: Option<(Registration, Option<bool>)>,
    /// Its role, whether its number of uses is limited, and whether it is revoked, invalid, and used up.
    invitation: Option<(Rights, bool, bool, bool, bool)>,
    people: Vec<PersonKey>,
}

/// The rows of the people.
fn rows(connection: &mut Connection, service: &Service, people: usize) -> Vec<RowKey> {
    let group = service.group(GROUP).expect("a group");
    let now = connection.time();
    (0..people)
        .map(|who| {
            let person = service.person(who).expect("a user");
            let row = memberships::find(connection, group, person).expect("a query")?;
            let end = row.until.or(row.ends_at);
            let has_ended = end.is_some_and(|end| end <= now);
            Some((row.state.as_str(), end.is_some(), has_ended))
        })
        .collect()
}

fn key(world: &World, rows: &[RowKey]) -> Key {
    let group = world.at(GROUP);
    let found = world.pockets[POCKET].map(|invitation| &world.invitations[invitation]);
    let person = |(who, row): (usize, &RowKey)| {
        let state = group
            .and_then(|group| group.state(who))
            .map(|state| match state {
                State::Requested => "requested",
                State::Member => "member",
                State::Moderator => "moderator",
                State::Banned => "banned",
            });
        let is_outside = !world.at(OTHER).is_some_and(|other| other.has(who));
        let owns = group.is_some_and(|group| group.owner == who);
        let issued = found.is_some_and(|invitation| invitation.issuer == who);
        (state, *row, is_outside, owns, issued)
    };
    let mut people: Vec<PersonKey> = rows.iter().enumerate().map(person).collect();
    people.sort_unstable();
    Key {
        group: group.map(|group| {
            let condition = group.condition.map(|(condition, _)| condition.only);
            (group.registration, condition)
        }),
        invitation: found.map(|it| {
            let used_up = it.limit.is_some_and(|limit| it.uses >= limit);
            (
                it.role,
                it.limit.is_some(),
                it.revoked,
                it.orphaned,
                used_up,
            )
        }),
        people,
    }
}

fn step(who: usize, action: Action) -> Step {
    Step {
        who,
        token: 1,
        protocol: Protocol::Json,
        action,
    }
}

/// Explores one of the two worlds.
fn explore(special: Special) {
    let people = std::env::var("TRIVIUM_PEOPLE").map_or(EVERYBODY, |text| {
        text.parse().expect("TRIVIUM_PEOPLE is a number")
    });
    let scratch = Scratch::new(Backend::Sqlite);
    // In memory, because nothing has to survive this test.
    let memory = tempfile::tempdir_in(Path::new("/dev/shm")).or_else(|_| tempfile::tempdir());
    let memory = memory.expect("a folder");
    let scratch = Scratch {
        url: format!("sqlite:{}", memory.path().join("test.db").display()),
        ..scratch
    };
    let crowd = Crowd::without_password(&scratch);
    let service = Service::new(crowd.people(super::PEOPLE.len()));
    drop(crowd);
    let url = scratch.url.parse().expect("the address of a database");
    let database = Database::open(url, &Options::default()).expect("the database");
    let of = InProcess {
        core: Core::new(database, Settings::default()),
        json: RestJson::new(catalog(), Wire::DEFAULT),
    };
    let core = Arc::clone(&of.core);
    let (states, steps) = core
        .database
        .change_and_wait::<_, Error, _>(move |connection| {
            Ok(visit_all(&of, connection, service.clone(), people, special))
        })
        .expect("a change");
    eprintln!("{people} people: {states} states, {steps} steps");
    assert!(states > 100 && steps > 10_000);
}

/// Takes every step in every state, and returns the number of states and steps.
fn visit_all(
    of: &InProcess,
    connection: &mut Connection,
    mut service: Service,
    people: usize,
    special: Special,
) -> (usize, usize) {
    let mut world = World::new();
    let creations = [(0, GROUP), (SOMEBODY, OTHER)].map(|(who, place)| {
        let (name, registration) = (place, Registration::Open);
        step(
            who,
            Action::NewGroup {
                place,
                name,
                registration,
            },
        )
    });
    for creation in &creations {
        let calls = &mut InTransaction { of, connection };
        let expected = world.take(creation).map_err(str::to_owned);
        assert_eq!(service.take(calls, creation), expected);
    }
    let mut met = HashSet::from([key(&world, &rows(connection, &service, people))]);
    let mut taken = 0;
    // The shortest ways to the states whose steps are still to be taken.
    let mut waiting = VecDeque::from([Vec::new()]);
    while let Some(way) = waiting.pop_front() {
        let (mut world, mut service) = (world.clone(), service.clone());
        for step in &way {
            connection.begin_savepoint().expect("a savepoint");
            let _known = world.take(step);
            let _known = service.take(&mut InTransaction { of, connection }, step);
        }
        let (before, recorded) = (
            rows(connection, &service, people),
            entries(connection, &service),
        );
        let actions = (0..people).flat_map(|who| {
            let actions = steps(&world, who, people, special).into_iter();
            actions.map(move |action| step(who, action))
        });
        for step in actions {
            taken += 1;
            if taken % PROGRESS == 0 {
                eprintln!("{people} people: {} states, {taken} steps", met.len());
            }
            connection.begin_savepoint().expect("a savepoint");
            let about = || format!("{step} in {before:?} of {:?}", world.at(GROUP));
            let (mut world, mut service) = (world.clone(), service.clone());
            for group in &mut world.groups {
                group.log.clear();
            }
            let expected = world.take(&step).map_err(str::to_owned);
            let got = service.take(&mut InTransaction { of, connection }, &step);
            assert_eq!(got, expected, "{}", about());
            if expected.is_ok() {
                // What ended, and what the step did, each has one entry.
                let after = rows(connection, &service, people);
                let ended = before.iter().zip(&after);
                let ended = ended.filter(|(before, after)| is_due(before) && !is_due(after));
                let of_group = matches!(step.action, Action::DeleteGroup { .. });
                let of_step = world.groups[GROUP].log.len() + usize::from(of_group);
                let added = entries(connection, &service) - recorded;
                assert_eq!(
                    usize::try_from(added),
                    Ok(ended.count() + of_step),
                    "{}",
                    about()
                );
                if met.insert(key(&world, &after)) {
                    compare_views(of, connection, &world, &service, people, &about());
                    waiting.push_back([way.as_slice(), std::slice::from_ref(&step)].concat());
                }
            }
            connection.undo_savepoint().expect("the state");
        }
        for _ in &way {
            connection.undo_savepoint().expect("an earlier state");
        }
    }
    (met.len(), taken)
}

/// Returns whether the membership of a row has ended.
fn is_due(row: &RowKey) -> bool {
    row.is_some_and(|(state, _, has_ended)| has_ended && state != Row::Banned.as_str())
}

/// The number of entries in the audit log of the group.
fn entries(connection: &mut Connection, service: &Service) -> i64 {
    let group = service.group(GROUP).expect("a group");
    let page = Page {
        offset: 0,
        limit: 1,
    };
    audit::list(connection, group, page).expect("a query").1
}

/// Compares what each person, and a stranger, sees in a state.
fn compare_views(
    of: &InProcess,
    connection: &mut Connection,
    world: &World,
    service: &Service,
    people: usize,
    about: &str,
) {
    let views = [
        View::Group,
        View::Members,
        View::JoinRequests,
        View::Invitations,
        View::Standings,
    ];
    for who in 0..=people {
        let views = views.map(|view| Action::See { place: GROUP, view });
        let others = [Action::MyGroups, Action::InCommon { whom: 0 }];
        for action in views.into_iter().chain(others) {
            let step = step(who, action);
            let expected = world.clone().take(&step).map_err(str::to_owned);
            let calls = &mut InTransaction { of, connection };
            let got = service.clone().take(calls, &step);
            assert_eq!(got, expected, "{step} after {about}");
        }
    }
}
