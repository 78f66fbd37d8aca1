-- Lists are read in the order of an index, and their totals are kept, so that a page costs the same in a large store as
-- in a small one.

-- The rows are in the order of their users, whose groups are then together. A second index has the members of a group
-- in the order in which they joined, with all that filters them. Before, the rows were in the order of groups and user
-- IDs, and a list of members was sorted.
CREATE TABLE memberships_by_user (
    group_id BIGINT NOT NULL REFERENCES groups (id),
    user_id  BIGINT NOT NULL REFERENCES users (id),
    state    TEXT   NOT NULL CHECK (state IN ('requested', 'member', 'moderator', 'banned')),
    -- When this state began: joined, requested or banned.
    since    BIGINT NOT NULL,
    -- The message of a request, or the reason of a ban.
    note     TEXT   NOT NULL DEFAULT '',
    -- When a ban expires.
    until    BIGINT CHECK (until IS NULL OR state = 'banned'),
    -- When a membership ends by itself; it never does if NULL.
    ends_at  BIGINT CHECK (ends_at IS NULL OR state IN ('member', 'moderator')),
    PRIMARY KEY (user_id, group_id)
) WITHOUT ROWID;
INSERT INTO memberships_by_user (group_id, user_id, state, since, note, until, ends_at)
    SELECT group_id, user_id, state, since, note, until, ends_at FROM memberships ORDER BY user_id, group_id;
DROP TABLE memberships;
ALTER TABLE memberships_by_user RENAME TO memberships;
CREATE INDEX memberships_group ON memberships (group_id, since, user_id, state, ends_at);
CREATE INDEX memberships_ends ON memberships (group_id, ends_at) WHERE ends_at IS NOT NULL;
CREATE INDEX memberships_requests ON memberships (group_id, since, user_id, state) WHERE state = 'requested';
CREATE INDEX memberships_moderators ON memberships (group_id, since, user_id, state, ends_at) WHERE state = 'moderator';

-- The members that an import has counted and that have no row: member_count without them is the length of the list.
ALTER TABLE groups ADD COLUMN imported_members BIGINT NOT NULL DEFAULT 0 CHECK (imported_members >= 0);
UPDATE groups SET imported_members = max(0, member_count - (SELECT count(*) FROM memberships
    WHERE memberships.group_id = groups.id AND state IN ('member', 'moderator'))) WHERE deleted_at IS NULL;

-- Deleted rows remain, so these have what is listed. The names are in the index because findGroup reads all of them, and
-- the columns of the condition because SQLite reads them again.
CREATE INDEX groups_listed ON groups (id, folded_name, name, deleted_at, registration_type)
    WHERE deleted_at IS NULL AND registration_type <> 'invite';
CREATE INDEX users_listed ON users (id) WHERE deleted_at IS NULL;

-- The lengths of the lists of everything. Postgres counts: a counter would make all who add to a list wait for each
-- other.
CREATE TABLE __totals (list TEXT NOT NULL PRIMARY KEY, total BIGINT NOT NULL) WITHOUT ROWID;
INSERT INTO __totals (list, total) VALUES
    ('users', (SELECT count(*) FROM users WHERE deleted_at IS NULL)),
    ('groups', (SELECT count(*) FROM groups WHERE deleted_at IS NULL)),
    ('listed_groups', (SELECT count(*) FROM groups WHERE deleted_at IS NULL AND registration_type <> 'invite'));
CREATE TRIGGER users_inserted AFTER INSERT ON users BEGIN
    UPDATE __totals SET total = total + (new.deleted_at IS NULL) WHERE list = 'users';
END;
CREATE TRIGGER users_updated AFTER UPDATE OF deleted_at ON users BEGIN
    UPDATE __totals SET total = total + (new.deleted_at IS NULL) - (old.deleted_at IS NULL) WHERE list = 'users';
END;
CREATE TRIGGER users_deleted AFTER DELETE ON users BEGIN
    UPDATE __totals SET total = total - (old.deleted_at IS NULL) WHERE list = 'users';
END;
CREATE TRIGGER groups_inserted AFTER INSERT ON groups BEGIN
    UPDATE __totals SET total = total + (new.deleted_at IS NULL) WHERE list = 'groups';
    UPDATE __totals SET total = total + (new.deleted_at IS NULL AND new.registration_type <> 'invite')
        WHERE list = 'listed_groups';
END;
CREATE TRIGGER groups_updated AFTER UPDATE OF deleted_at, registration_type ON groups BEGIN
    UPDATE __totals SET total = total + (new.deleted_at IS NULL) - (old.deleted_at IS NULL) WHERE list = 'groups';
    UPDATE __totals SET total = total + (new.deleted_at IS NULL AND new.registration_type <> 'invite')
        - (old.deleted_at IS NULL AND old.registration_type <> 'invite') WHERE list = 'listed_groups';
END;
CREATE TRIGGER groups_deleted AFTER DELETE ON groups BEGIN
    UPDATE __totals SET total = total - (old.deleted_at IS NULL) WHERE list = 'groups';
    UPDATE __totals SET total = total - (old.deleted_at IS NULL AND old.registration_type <> 'invite')
        WHERE list = 'listed_groups';
END;
