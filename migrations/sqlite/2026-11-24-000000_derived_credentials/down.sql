DROP INDEX frobs_user;
DROP INDEX tokens_key;
ALTER TABLE tokens DROP COLUMN key_id;
