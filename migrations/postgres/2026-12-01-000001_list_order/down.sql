DROP INDEX users_listed;
DROP INDEX groups_listed;
ALTER TABLE groups DROP COLUMN imported_members;
DROP INDEX memberships_moderators;
DROP INDEX memberships_requests;
CREATE INDEX memberships_requests ON memberships (group_id, since) WHERE state = 'requested';
DROP INDEX memberships_group;
ALTER TABLE memberships DROP CONSTRAINT memberships_pkey, ADD PRIMARY KEY (group_id, user_id);
CREATE INDEX memberships_user ON memberships (user_id, group_id, state, since, ends_at);
