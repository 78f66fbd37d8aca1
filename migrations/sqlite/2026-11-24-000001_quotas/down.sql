DROP INDEX invitations_live;
DROP INDEX tokens_live;
