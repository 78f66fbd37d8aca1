-- Times are whole seconds since 1970-01-01T00:00:00Z.

CREATE TABLE users (
    id            INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    login         TEXT    NOT NULL UNIQUE CHECK (login <> ''),
    first_name    TEXT    NOT NULL DEFAULT '',
    last_name     TEXT    NOT NULL DEFAULT '',
    email         TEXT    CHECK (email <> ''),
    -- An argon2id hash in PHC format; without one, the user cannot log in.
    password_hash TEXT,
    created_at    BIGINT  NOT NULL,
    disabled_at   BIGINT,
    deleted_at    BIGINT
);
-- A deleted user's login remains taken, the e-mail address does not.
CREATE UNIQUE INDEX users_email ON users (email) WHERE deleted_at IS NULL;

CREATE TABLE tokens (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id    BIGINT  NOT NULL REFERENCES users (id),
    -- SHA-256 of the token; the token itself is not stored.
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    prefix     TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX tokens_user ON tokens (user_id);

CREATE TABLE categories (
    id   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT    NOT NULL UNIQUE CHECK (name <> '')
);
INSERT INTO categories (name) VALUES ('General');

CREATE TABLE groups (
    id                    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name                  TEXT    NOT NULL CHECK (name <> ''),
    -- The name in lower case, by Unicode's rules in both databases, for findGroup.
    folded_name           TEXT    NOT NULL,
    description           TEXT    NOT NULL,
    category_id           BIGINT  NOT NULL REFERENCES categories (id),
    tags                  TEXT    NOT NULL DEFAULT '',
    image                 TEXT    NOT NULL DEFAULT '',
    access_type           TEXT    NOT NULL CHECK (access_type IN ('public', 'members')),
    registration_type     TEXT    NOT NULL CHECK (registration_type IN ('open', 'moderated', 'invite')),
    moderation_type       TEXT    NOT NULL CHECK (moderation_type IN ('direct', 'moderated')),
    member_count          BIGINT  NOT NULL DEFAULT 0 CHECK (member_count >= 0),
    topic_count           BIGINT  NOT NULL DEFAULT 0 CHECK (topic_count >= 0),
    -- Fields that only the groups of the Upcoming dialect have.
    num_topics            BIGINT  NOT NULL DEFAULT 0 CHECK (num_topics >= 0),
    commercial_account_id BIGINT  NOT NULL DEFAULT 0,
    owner_id              BIGINT  NOT NULL REFERENCES users (id),
    created_at            BIGINT  NOT NULL,
    deleted_at            BIGINT
);
CREATE UNIQUE INDEX groups_owner_name ON groups (owner_id, name) WHERE deleted_at IS NULL;
CREATE INDEX groups_category ON groups (category_id) WHERE deleted_at IS NULL;

-- At most one row, hence one state, for each user and group; no row is the state "none".
-- The owner is the member in groups.owner_id.
CREATE TABLE memberships (
    group_id BIGINT NOT NULL REFERENCES groups (id),
    user_id  BIGINT NOT NULL REFERENCES users (id),
    state    TEXT   NOT NULL CHECK (state IN ('requested', 'member', 'moderator', 'banned')),
    -- When this state began: joined, requested or banned.
    since    BIGINT NOT NULL,
    -- The message of a request, or the reason of a ban.
    note     TEXT   NOT NULL DEFAULT '',
    -- When a ban expires.
    until    BIGINT CHECK (until IS NULL OR state = 'banned'),
    PRIMARY KEY (group_id, user_id)
) WITHOUT ROWID;
CREATE INDEX memberships_user ON memberships (user_id, group_id);
-- For the list and the count of a group's pending requests.
CREATE INDEX memberships_requests ON memberships (group_id, since) WHERE state = 'requested';

CREATE TABLE invitations (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    group_id    BIGINT  NOT NULL REFERENCES groups (id),
    issuer_id   BIGINT  NOT NULL REFERENCES users (id),
    hash        BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    prefix      TEXT    NOT NULL,
    role        TEXT    NOT NULL CHECK (role IN ('member', 'moderator')),
    created_at  BIGINT  NOT NULL,
    expires_at  BIGINT,
    usage_limit BIGINT  CHECK (usage_limit > 0),
    uses        BIGINT  NOT NULL DEFAULT 0 CHECK (uses >= 0 AND (usage_limit IS NULL OR uses <= usage_limit)),
    revoked_at  BIGINT,
    -- When its issuer lost the right to invite.
    orphaned_at BIGINT
);
CREATE INDEX invitations_group ON invitations (group_id);
CREATE INDEX invitations_issuer ON invitations (issuer_id);

CREATE TABLE audit_entries (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    at       BIGINT  NOT NULL,
    group_id BIGINT  REFERENCES groups (id),
    -- Names at the time of the change, so that entries outlive the users they name.
    actor    TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    subject  TEXT,
    reason   TEXT,
    via      TEXT    NOT NULL
);
CREATE INDEX audit_entries_group ON audit_entries (group_id);
