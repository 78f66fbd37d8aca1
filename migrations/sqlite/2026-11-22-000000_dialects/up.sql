-- An application that uses the Upcoming dialect. Its key identifies it but grants no access.
CREATE TABLE api_keys (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    key        TEXT    NOT NULL UNIQUE CHECK (length(key) = 10),
    name       TEXT    NOT NULL CHECK (name <> ''),
    -- The URL that the browser is redirected to with a frob; without one, the frob is displayed.
    callback   TEXT    CHECK (callback <> ''),
    created_at BIGINT  NOT NULL,
    revoked_at BIGINT
);

-- One-time codes that an application exchanges for a token, once a user has approved it.
CREATE TABLE frobs (
    -- SHA-256 of the frob; the frob itself is not stored.
    hash       BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    key_id     BIGINT  NOT NULL REFERENCES api_keys (id),
    user_id    BIGINT  NOT NULL REFERENCES users (id),
    expires_at BIGINT  NOT NULL
);

-- The group type of Onezone.
ALTER TABLE groups ADD COLUMN onezone_type TEXT NOT NULL DEFAULT 'team'
    CHECK (onezone_type IN ('organization', 'unit', 'team', 'role_holders'));
