-- An application that calls through the Upcoming dialect. Its key names it and grants nothing.
CREATE TABLE api_keys (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    key        TEXT    NOT NULL UNIQUE CHECK (length(key) = 10),
    name       TEXT    NOT NULL CHECK (name <> ''),
    -- Where a browser is sent with a frob; without one, the frob is shown.
    callback   TEXT    CHECK (callback <> ''),
    created_at BIGINT  NOT NULL,
    revoked_at BIGINT
);

-- What a person who approved an application hands to it, to be changed for a token, once.
CREATE TABLE frobs (
    -- SHA-256 of the frob; the frob itself is nowhere.
    hash       BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    key_id     BIGINT  NOT NULL REFERENCES api_keys (id),
    user_id    BIGINT  NOT NULL REFERENCES users (id),
    expires_at BIGINT  NOT NULL
);

-- What Onezone calls the type of a group.
ALTER TABLE groups ADD COLUMN onezone_type TEXT NOT NULL DEFAULT 'team'
    CHECK (onezone_type IN ('organization', 'unit', 'team', 'role_holders'));
