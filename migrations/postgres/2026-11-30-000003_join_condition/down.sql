ALTER TABLE groups DROP COLUMN condition_group_id;
ALTER TABLE groups DROP COLUMN condition_kind;
