-- The condition of joining the group: to be a member of another group, in which case nobody decides on the request
-- (member_of), or without which nobody can join (only_member_of). An earlier program may run on these tables, but
-- applies no condition.
ALTER TABLE groups ADD COLUMN condition_kind TEXT CHECK (condition_kind IN ('member_of', 'only_member_of'));
ALTER TABLE groups ADD COLUMN condition_group_id BIGINT
    REFERENCES groups (id) DEFERRABLE INITIALLY DEFERRED
    CHECK ((condition_group_id IS NULL) = (condition_kind IS NULL) AND condition_group_id <> id);
