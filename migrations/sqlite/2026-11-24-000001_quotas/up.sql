-- For the counts of what can still be used, however much has ended.
CREATE INDEX tokens_live ON tokens (user_id, expires_at) WHERE revoked_at IS NULL;
CREATE INDEX invitations_live ON invitations (group_id, expires_at)
    WHERE revoked_at IS NULL AND orphaned_at IS NULL AND (usage_limit IS NULL OR usage_limit > uses);
