-- The names that users of the Onezone dialect gave to access tokens and invitations.
CREATE TABLE named_tokens (
    user_id       BIGINT NOT NULL REFERENCES users (id),
    name          TEXT   NOT NULL CHECK (name <> ''),
    -- It is either of these.
    token_id      BIGINT UNIQUE REFERENCES tokens (id) ON DELETE CASCADE,
    invitation_id BIGINT UNIQUE REFERENCES invitations (id) ON DELETE CASCADE,
    -- An object in JSON that clients store.
    custom        TEXT   NOT NULL,
    PRIMARY KEY (user_id, name),
    CHECK ((token_id IS NULL) <> (invitation_id IS NULL))
);
