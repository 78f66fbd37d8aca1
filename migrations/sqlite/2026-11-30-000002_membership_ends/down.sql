-- What has ended would have no end.
UPDATE groups SET member_count = member_count - (SELECT count(*) FROM memberships
    WHERE memberships.group_id = groups.id AND ends_at <= unixepoch()) WHERE next_end <= unixepoch();
DELETE FROM memberships WHERE ends_at <= unixepoch();
DROP INDEX memberships_user;
CREATE INDEX memberships_user ON memberships (user_id, group_id, state, since);
DROP INDEX groups_next_end;
DROP INDEX memberships_ends;
ALTER TABLE invitations DROP COLUMN member_until;
ALTER TABLE groups DROP COLUMN next_end;
ALTER TABLE memberships DROP COLUMN ends_at;
