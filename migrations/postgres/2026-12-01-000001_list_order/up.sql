-- Lists are read in the order of an index, so that a page costs the same in a large store as in a small one.

-- The key finds the groups of a user, too. A second index has the members of a group in the order in which they joined,
-- with all that filters them.
ALTER TABLE memberships DROP CONSTRAINT memberships_pkey, ADD PRIMARY KEY (user_id, group_id);
DROP INDEX memberships_user;
CREATE INDEX memberships_group ON memberships (group_id, since, user_id, state, ends_at);
DROP INDEX memberships_requests;
CREATE INDEX memberships_requests ON memberships (group_id, since, user_id, state) WHERE state = 'requested';
CREATE INDEX memberships_moderators ON memberships (group_id, since, user_id, state, ends_at) WHERE state = 'moderator';

-- The members that an import has counted and that have no row: member_count without them is the length of the list.
ALTER TABLE groups ADD COLUMN imported_members BIGINT NOT NULL DEFAULT 0 CHECK (imported_members >= 0);
UPDATE groups SET imported_members = greatest(0, member_count - (SELECT count(*) FROM memberships
    WHERE memberships.group_id = groups.id AND state IN ('member', 'moderator'))) WHERE deleted_at IS NULL;

-- Deleted rows remain, so these have what is listed. The names are in the index because findGroup reads all of them.
CREATE INDEX groups_listed ON groups (id, folded_name, name)
    WHERE deleted_at IS NULL AND registration_type <> 'invite';
CREATE INDEX users_listed ON users (id) WHERE deleted_at IS NULL;
