DROP INDEX memberships_user;
CREATE INDEX memberships_user ON memberships (user_id, group_id, state, since);
DROP INDEX groups_next_end;
DROP INDEX memberships_ends;
ALTER TABLE invitations DROP COLUMN member_until;
ALTER TABLE groups DROP COLUMN next_end;
ALTER TABLE memberships DROP COLUMN ends_at;
