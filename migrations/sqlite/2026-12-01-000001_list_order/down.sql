DROP TRIGGER groups_deleted;
DROP TRIGGER groups_updated;
DROP TRIGGER groups_inserted;
DROP TRIGGER users_deleted;
DROP TRIGGER users_updated;
DROP TRIGGER users_inserted;
DROP TABLE __totals;
DROP INDEX users_listed;
DROP INDEX groups_listed;
ALTER TABLE groups DROP COLUMN imported_members;
CREATE TABLE memberships_by_group (
    group_id BIGINT NOT NULL REFERENCES groups (id),
    user_id  BIGINT NOT NULL REFERENCES users (id),
    state    TEXT   NOT NULL CHECK (state IN ('requested', 'member', 'moderator', 'banned')),
    -- When this state began: joined, requested or banned.
    since    BIGINT NOT NULL,
    -- The message of a request, or the reason of a ban.
    note     TEXT   NOT NULL DEFAULT '',
    -- When a ban expires.
    until    BIGINT CHECK (until IS NULL OR state = 'banned'),
    ends_at  BIGINT CHECK (ends_at IS NULL OR state IN ('member', 'moderator')),
    PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
INSERT INTO memberships_by_group (group_id, user_id, state, since, note, until, ends_at)
    SELECT group_id, user_id, state, since, note, until, ends_at FROM memberships ORDER BY group_id, user_id;
DROP TABLE memberships;
ALTER TABLE memberships_by_group RENAME TO memberships;
CREATE INDEX memberships_user ON memberships (user_id, group_id, state, since, ends_at);
CREATE INDEX memberships_requests ON memberships (group_id, since) WHERE state = 'requested';
CREATE INDEX memberships_ends ON memberships (group_id, ends_at) WHERE ends_at IS NOT NULL;
