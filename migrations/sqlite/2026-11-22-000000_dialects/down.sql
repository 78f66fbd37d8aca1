ALTER TABLE groups DROP COLUMN onezone_type;
DROP TABLE frobs;
DROP TABLE api_keys;
