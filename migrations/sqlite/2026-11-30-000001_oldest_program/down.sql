DROP TABLE __oldest_program;
