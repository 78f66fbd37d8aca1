DROP TABLE audit_entries;
DROP TABLE invitations;
DROP TABLE memberships;
DROP TABLE groups;
DROP TABLE categories;
DROP TABLE tokens;
DROP TABLE users;
