-- The list of a user's groups needs no row of memberships.
DROP INDEX memberships_user;
CREATE INDEX memberships_user ON memberships (user_id, group_id, state, since);
