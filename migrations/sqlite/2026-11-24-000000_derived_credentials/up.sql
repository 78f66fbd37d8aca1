-- The application that a token was given to; NULL if its user got it directly.
ALTER TABLE tokens ADD COLUMN key_id BIGINT REFERENCES api_keys (id);
CREATE INDEX tokens_key ON tokens (key_id) WHERE key_id IS NOT NULL;
CREATE INDEX frobs_user ON frobs (user_id);
