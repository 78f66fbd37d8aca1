//! An application exchanges a frob for a token.

use trivium_storage::applications;
use trivium_storage::users::{self, User};

use crate::accounts::login::create_token;
use crate::applications::{find_valid, lock_valid};
use crate::session::Record;
use crate::{Declaration, Operation, Result, Session, codes, secrets};

/// Exchanges a frob for a token of the user who approved. A frob is valid once, for the application
/// that was approved.
#[derive(Debug)]
pub struct RedeemFrob {
    /// The application's key.
    pub key: String,
    /// The frob.
    pub frob: String,
}

impl Operation for RedeemFrob {
    const DECLARATION: &'static Declaration = &Declaration::change(
        "redeemFrob",
        &[
            codes::API_KEY_INVALID,
            codes::FROB_INVALID,
            codes::QUOTA_EXCEEDED,
        ],
    );
    type Caller = ();
    type Output = (String, User);

    fn run(&self, (): &(), session: &mut Session<'_>) -> Result<(String, User)> {
        // The key is checked before the frob; both again once the user is locked, because users are locked first.
        find_valid(session, &self.key)?;
        let hash = secrets::hash(&self.frob);
        let user = match applications::find_frob(session.connection, &hash)? {
            Some(frob) if session.connection.lock_user_shared(frob.user_id)? => frob.user_id,
            _ => return Err(codes::FROB_INVALID.into()),
        };
        let application = lock_valid(session, &self.key)?;
        let frob = applications::take_frob(session.connection, &hash)?
            .filter(|frob| frob.key_id == application.id && frob.expires_at > session.now())
            .filter(|frob| frob.user_id == user)
            .ok_or(codes::FROB_INVALID)?;
        // Such users have no frobs; SQLite does not check this in the lock.
        let user = users::find(session.connection, frob.user_id)?
            .filter(|user| user.disabled_at.is_none() && user.deleted_at.is_none())
            .ok_or(codes::FROB_INVALID)?;
        session.may_have_token(user.id)?;
        let lifetime = session.settings.token_lifetime;
        let (_, token) = create_token(session, user.id, Some(application.id), lifetime)?;
        session.record(
            &user,
            Record {
                subject: Some(&application.name),
                ..Record::default()
            },
        )?;
        Ok((token, user))
    }
}
