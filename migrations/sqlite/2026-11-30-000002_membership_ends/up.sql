-- When a membership ends by itself; it never does if NULL. An earlier program may run on these tables, but takes such a
-- membership for one without an end, and cannot ban its user.
ALTER TABLE memberships ADD COLUMN ends_at BIGINT CHECK (ends_at IS NULL OR state IN ('member', 'moderator'));
-- No membership of the group ends before this time; none has an end if NULL.
ALTER TABLE groups ADD COLUMN next_end BIGINT;
-- When the membership of those who join with the invitation ends.
ALTER TABLE invitations ADD COLUMN member_until BIGINT;
CREATE INDEX memberships_ends ON memberships (group_id, ends_at) WHERE ends_at IS NOT NULL;
CREATE INDEX groups_next_end ON groups (next_end) WHERE next_end IS NOT NULL;
-- The list of a user's groups needs no row of memberships.
DROP INDEX memberships_user;
CREATE INDEX memberships_user ON memberships (user_id, group_id, state, since, ends_at);
