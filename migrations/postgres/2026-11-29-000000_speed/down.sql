DROP INDEX memberships_user;
CREATE INDEX memberships_user ON memberships (user_id, group_id);
