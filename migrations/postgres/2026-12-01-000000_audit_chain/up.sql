-- The entries of a group are numbered, and each has a hash over its fields and the hash of the entry before. Entries
-- that an earlier program wrote have neither.
ALTER TABLE audit_entries ADD COLUMN number BIGINT
    CHECK (number IS NULL OR (number > 0 AND group_id IS NOT NULL));
ALTER TABLE audit_entries ADD COLUMN hash BYTEA
    CHECK ((hash IS NULL) = (number IS NULL) AND octet_length(hash) = 32);
-- The user whose standing in the group changes, and the standing after the change. Entries outlive the rows that they
-- name, so no ID is a reference.
ALTER TABLE audit_entries ADD COLUMN user_id BIGINT;
-- The user who made the change; NULL for the administrator and the system.
ALTER TABLE audit_entries ADD COLUMN actor_id BIGINT;
ALTER TABLE audit_entries ADD COLUMN standing TEXT
    CHECK ((standing IS NULL) = (user_id IS NULL)
        AND standing IN ('none', 'requested', 'member', 'moderator', 'owner', 'banned'));
-- The invitation by which the user joined.
ALTER TABLE audit_entries ADD COLUMN invitation_id BIGINT CHECK (invitation_id IS NULL OR standing IS NOT NULL);
-- When the standing ends by itself: a ban, or a membership.
ALTER TABLE audit_entries ADD COLUMN ends_at BIGINT CHECK (ends_at IS NULL OR standing IS NOT NULL);
-- The standings of a user are found in the index alone, in the order of the entries.
DROP INDEX audit_entries_group;
CREATE INDEX audit_entries_group ON audit_entries (group_id, id, user_id, standing);

-- Number and hash of the group's last entry.
ALTER TABLE groups ADD COLUMN audit_number BIGINT NOT NULL DEFAULT 0 CHECK (audit_number >= 0);
ALTER TABLE groups ADD COLUMN audit_hash BYTEA
    CHECK ((audit_hash IS NULL) = (audit_number = 0) AND octet_length(audit_hash) = 32);
-- Number and hash of the last entry that was removed after its retention.
ALTER TABLE groups ADD COLUMN audit_removed_number BIGINT NOT NULL DEFAULT 0 CHECK (audit_removed_number >= 0);
ALTER TABLE groups ADD COLUMN audit_removed_hash BYTEA
    CHECK ((audit_removed_hash IS NULL) = (audit_removed_number = 0) AND octet_length(audit_removed_hash) = 32);
