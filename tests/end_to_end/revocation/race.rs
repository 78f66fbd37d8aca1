//! On Postgres, a change waits for the lock of a user or a key while a credential ends. It must then fail, or its
//! result would outlive the credential from which it was derived.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use trivium_core::administration::users::AddUser;
use trivium_core::applications::approve::ApproveApplication;
use trivium_core::applications::keys::CreateKey;
use trivium_core::applications::redeem::RedeemFrob;
use trivium_core::types::{AuthToken, Login, Password};
use trivium_core::{Credentials, Error, Origin, PreparedOperation, Service, Settings};
use trivium_core::{accounts::login, codes};
use trivium_storage::users::{self, UserChange};
use trivium_storage::{Connection, Database, Options, applications, tokens};
use trivium_test_support::{Backend, Cluster, Scratch};

const PASSWORD: &str = "the password of anna";

/// The ID of anna, and that of the application.
const FIRST: i64 = 1;

/// What another server does in a transaction, and has not committed yet.
type Ending = fn(&mut Connection) -> trivium_storage::Result<()>;

fn change_password(connection: &mut Connection) -> trivium_storage::Result<()> {
    connection.lock_user(FIRST)?;
    let change = UserChange {
        password_hash: Some(None),
        ..UserChange::default()
    };
    users::update(connection, FIRST, &change)?;
    applications::delete_frobs_of_user(connection, FIRST)?;
    tokens::revoke_others(connection, FIRST, None, 1)
}

fn revoke_key(connection: &mut Connection) -> trivium_storage::Result<()> {
    for application in applications::list(connection)? {
        applications::revoke(connection, &application.key, 1)?;
    }
    applications::delete_frobs_of_application(connection, FIRST)?;
    tokens::revoke_of_application(connection, FIRST, 1)
}

struct Scene {
    service: Arc<Service>,
    key: String,
    scratch: Scratch,
}

impl Scene {
    fn build() -> Self {
        let scratch = Scratch::new(Backend::Postgres);
        let service = Service::new(open(&scratch), Settings::default());
        let mut scene = Self {
            service,
            key: String::new(),
            scratch,
        };
        let account = AddUser {
            login: Login("anna".into()),
            password: Some(Password(PASSWORD.into())),
            ..AddUser::default()
        };
        scene
            .run(account, Credentials::Administrator)
            .expect("anna");
        let key = CreateKey {
            name: "My calendar".into(),
            callback: None,
            key: None,
        };
        scene.key = scene.run(key, Credentials::Administrator).expect("a key");
        scene
    }

    fn run<O: PreparedOperation>(
        &self,
        operation: O,
        credentials: Credentials,
    ) -> Result<O::Output, Error> {
        let origin = Origin::command_line();
        self.service.run(operation, credentials, origin)
    }

    fn approve(&self) -> Result<String, Error> {
        let password = Credentials::Password(Login("anna".into()), Password(PASSWORD.into()));
        let key = self.key.clone();
        let approved = self.run(ApproveApplication { key }, password)?;
        Ok(approved.frob)
    }

    /// The number of valid tokens and frobs.
    fn valid(&self) -> String {
        let database = self.scratch.url.rsplit('/').next().expect("a name");
        Cluster::get().sql(
            database,
            "SELECT (SELECT count(*) FROM tokens WHERE revoked_at IS NULL)
                  + (SELECT count(*) FROM frobs)",
        )
    }

    /// Runs a change while another transaction holds its locks, which is then committed.
    fn meanwhile<T: Send + 'static>(
        self: &Arc<Self>,
        end: Ending,
        change: impl FnOnce(&Self) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (locked, locks) = channel();
        let (commit, commits) = channel::<()>();
        let commits = Mutex::new(commits);
        let (ended, ends) = channel();
        let other = open(&self.scratch);
        other.change(
            None,
            move |connection| {
                end(connection)?;
                locked.send(()).expect("a test");
                commits.lock().expect("one").recv().expect("a test");
                Ok::<_, trivium_storage::Error>(())
            },
            move |outcome| ended.send(outcome).expect("a test"),
        );
        let within = Duration::from_secs(10);
        locks.recv_timeout(within).expect("the locks");
        let (sender, outcome) = channel();
        let scene = Arc::clone(self);
        std::thread::spawn(move || sender.send(change(&scene)).expect("a test"));
        // The change verifies the password, then waits for the lock.
        let early = outcome.recv_timeout(Duration::from_secs(1));
        let Err(RecvTimeoutError::Timeout) = early else {
            panic!("the change did not wait for the lock");
        };
        commit.send(()).expect("a transaction");
        ends.recv_timeout(within).expect("an end").expect("COMMIT");
        outcome.recv_timeout(within).expect("an outcome")
    }
}

fn open(scratch: &Scratch) -> Database {
    let url = scratch.url.parse().expect("an address");
    Database::open(url, &Options::default()).expect("a database")
}

#[test]
fn nothing_is_derived_from_a_password_that_has_changed() {
    let scene = Arc::new(Scene::build());
    let outcome = scene.meanwhile(change_password, Scene::approve);
    assert_eq!(
        outcome.map_err(|error| error.code()),
        Err(codes::USER_INVALID_PASSWORD)
    );
    assert_eq!(scene.valid(), "0");

    let scene = Arc::new(Scene::build());
    let outcome = scene.meanwhile(change_password, |scene| {
        let login = login::Login {
            login: Login("anna".into()),
            password: Password(PASSWORD.into()),
        };
        scene.run(login, Credentials::None)
    });
    assert_eq!(
        outcome.map(drop).map_err(|error| error.code()),
        Err(codes::USER_INVALID_PASSWORD)
    );
    assert_eq!(scene.valid(), "0");
}

#[test]
fn frobs_are_not_exchanged_after_a_password_change_or_a_revocation_of_the_key() {
    for (ending, code) in [
        (change_password as Ending, codes::FROB_INVALID),
        (revoke_key, codes::API_KEY_INVALID),
    ] {
        let scene = Arc::new(Scene::build());
        let frob = scene.approve().expect("a frob");
        let key = scene.key.clone();
        let exchange = RedeemFrob { key, frob };
        let outcome = scene.meanwhile(ending, move |scene| scene.run(exchange, Credentials::None));
        assert_eq!(outcome.map(drop).map_err(|error| error.code()), Err(code));
        assert_eq!(scene.valid(), "0", "{code:?}");
    }
}

#[test]
fn application_is_not_approved_after_the_revocation_of_its_key() {
    let scene = Arc::new(Scene::build());
    let outcome = scene.meanwhile(revoke_key, Scene::approve);
    assert_eq!(
        outcome.map_err(|error| error.code()),
        Err(codes::API_KEY_INVALID)
    );
    assert_eq!(scene.valid(), "0");
}

#[test]
fn revoked_token_makes_no_change_that_waited() {
    let scene = Arc::new(Scene::build());
    let login = login::Login {
        login: Login("anna".into()),
        password: Password(PASSWORD.into()),
    };
    let token = scene.run(login, Credentials::None).expect("a token");
    let token = Credentials::Token(AuthToken(token.auth_token));
    let outcome = scene.meanwhile(change_password, move |scene| {
        let key = scene.key.clone();
        scene.run(ApproveApplication { key }, token)
    });
    assert_eq!(
        outcome.map(drop).map_err(|error| error.code()),
        Err(codes::USER_TOKEN_INVALID)
    );
    assert_eq!(scene.valid(), "0");
}
