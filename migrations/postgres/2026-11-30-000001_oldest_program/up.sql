-- The schema version of the oldest program that may run on these tables. A migration with which earlier programs
-- cannot run sets it to its own version; one that only adds leaves it.
CREATE TABLE __oldest_program (version TEXT NOT NULL PRIMARY KEY);
INSERT INTO __oldest_program (version) VALUES ('20261130000001');
