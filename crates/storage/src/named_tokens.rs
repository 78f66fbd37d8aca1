//! Names of access tokens and invitations, by which the Onezone dialect finds them.

use diesel::prelude::*;

use crate::invitations::Invitation;
use crate::schema::{invitations, named_tokens, tokens};
use crate::tokens::Token;
use crate::versions::Key;
use crate::{Connection, Result};

/// The access token or the invitation that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenId {
    /// An access token.
    Access(i64),
    /// An invitation.
    Invitation(i64),
}

/// A name, with what clients store beside it.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = named_tokens)]
pub struct NamedToken {
    /// The user who created the token, among whose tokens the name is unique.
    pub user_id: i64,
    /// The name.
    pub name: String,
    token_id: Option<i64>,
    invitation_id: Option<i64>,
    /// An object in JSON.
    pub custom: String,
}

impl NamedToken {
    /// A name of a token.
    pub const fn new(id: TokenId, user_id: i64, name: String, custom: String) -> Self {
        let (token_id, invitation_id) = match id {
            TokenId::Access(id) => (Some(id), None),
            TokenId::Invitation(id) => (None, Some(id)),
        };
        Self {
            user_id,
            name,
            token_id,
            invitation_id,
            custom,
        }
    }
}

/// What has a name.
#[derive(Clone, Debug)]
pub enum Named {
    /// An access token.
    Access(Token),
    /// An invitation.
    Invitation(Invitation),
}

/// Stores a name.
///
/// # Errors
/// A unique violation if the user has another token of this name.
pub fn insert(connection: &mut Connection, named: &NamedToken) -> Result<()> {
    let connection = connection.unrecorded();
    diesel::insert_into(named_tokens::table)
        .values(named)
        .execute(connection)?;
    Ok(())
}

/// Changes to a name; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, AsChangeset)]
#[diesel(table_name = named_tokens)]
pub struct NameChange {
    /// See [`NamedToken::name`].
    pub name: Option<String>,
    /// See [`NamedToken::custom`].
    pub custom: Option<String>,
}

/// Changes the name of a token, or what is stored beside it.
///
/// # Errors
/// A unique violation if the user has another token of the new name.
pub fn update(connection: &mut Connection, id: TokenId, change: &NameChange) -> Result<()> {
    let connection = connection.unrecorded();
    let named = diesel::update(named_tokens::table).set(change);
    match id {
        TokenId::Access(id) => named
            .filter(named_tokens::token_id.eq(id))
            .execute(connection)?,
        TokenId::Invitation(id) => named
            .filter(named_tokens::invitation_id.eq(id))
            .execute(connection)?,
    };
    Ok(())
}

/// Returns the IDs of a user's named tokens by their names.
pub fn list(connection: &mut Connection, user: i64) -> Result<Vec<TokenId>> {
    let connection = connection.reads_more();
    let rows: Vec<NamedToken> = named_tokens::table
        .filter(named_tokens::user_id.eq(user))
        .order(named_tokens::name)
        .select(NamedToken::as_select())
        .load(connection)?;
    Ok(rows.iter().filter_map(id_of).collect())
}

fn id_of(named: &NamedToken) -> Option<TokenId> {
    let access = named.token_id.map(TokenId::Access);
    access.or(named.invitation_id.map(TokenId::Invitation))
}

/// Finds a user's token by its name.
pub fn find_by_name(
    connection: &mut Connection,
    user: i64,
    name: &str,
) -> Result<Option<(NamedToken, Named)>> {
    let named: Option<NamedToken> = named_tokens::table
        .find((user, name))
        .select(NamedToken::as_select())
        .get_result(connection.reads_more())
        .optional()?;
    match named.as_ref().and_then(id_of) {
        Some(id) => find(connection, id),
        None => Ok(None),
    }
}

/// Finds a token that has a name.
pub fn find(connection: &mut Connection, id: TokenId) -> Result<Option<(NamedToken, Named)>> {
    let connection = connection.reads_more();
    Ok(match id {
        TokenId::Access(id) => named_tokens::table
            .inner_join(tokens::table)
            .filter(tokens::id.eq(id))
            .select((NamedToken::as_select(), Token::as_select()))
            .get_result(connection)
            .optional()?
            .map(|(named, token)| (named, Named::Access(token))),
        TokenId::Invitation(id) => named_tokens::table
            .inner_join(invitations::table)
            .filter(invitations::id.eq(id))
            .select((NamedToken::as_select(), Invitation::as_select()))
            .get_result(connection)
            .optional()?
            .map(|(named, invitation)| (named, Named::Invitation(invitation))),
    })
}

/// Lifts the revocation of a token; false if it is not revoked.
pub fn restore(connection: &mut Connection, named: &Named) -> Result<bool> {
    let restored = match named {
        Named::Access(token) => {
            let connection = connection.writes([Key::Tokens(token.user_id)]);
            diesel::update(tokens::table.find(token.id))
                .filter(tokens::revoked_at.is_not_null())
                .set(tokens::revoked_at.eq(None::<i64>))
                .execute(connection)?
        }
        Named::Invitation(invitation) => diesel::update(invitations::table.find(invitation.id))
            .filter(invitations::revoked_at.is_not_null())
            .set(invitations::revoked_at.eq(None::<i64>))
            .execute(connection.unrecorded())?,
    };
    Ok(restored > 0)
}
